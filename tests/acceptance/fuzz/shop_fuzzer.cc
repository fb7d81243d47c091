// The bytes as a shop's files: users, orders, products and calls, with a line `====` between them. Bytes
// that do not begin with `{` are choices instead: the changes to a good shop's JSON. A shop is read and
// run, or all errors in it are reported; the program never ends over it.
#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "desk/chance.h"
#include "json.h"
#include "nlohmann/json.hpp"
#include "requests.h"
#include "run.h"
#include "shop_desk.h"
#include "shop_reader.h"

namespace retail_desk {
namespace {

using ::frontdesk::testing::Chance;
using Node = nlohmann::ordered_json;

void Require(bool condition, absl::string_view what) {
  if (condition) return;
  std::cerr << "broken: " << what << "\n";
  std::abort();
}

std::string ReadAll(const char* path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// ---- Changing a good shop ---------------------------------------------------------------------------

void Collect(Node* node, std::vector<Node*>* nodes) {
  nodes->push_back(node);
  if (!node->is_structured()) return;
  for (Node& child : *node) Collect(&child, nodes);
}

Node Odd(Chance& chance) {
  static const auto* const values = new std::vector<Node>{nullptr,
                                                          true,
                                                          0,
                                                          -1,
                                                          0.1 + 0.2,
                                                          1e300,
                                                          INT64_MIN,
                                                          UINT64_MAX,
                                                          "",
                                                          "#W0",
                                                          "pending",
                                                          "delivered",
                                                          "gift_card",
                                                          "refund",
                                                          "\xc2\x85",
                                                          std::string(5000, 'x'),
                                                          Node::array(),
                                                          Node::object(),
                                                          {1, 2},
                                                          {{"name", "x"}},
                                                          -0.005,
                                                          1e17};
  return (*values)[static_cast<std::size_t>(chance.Below(static_cast<int>(values->size())))];
}

void Change(Chance& chance, Node* root) {
  std::vector<Node*> nodes;
  Collect(root, &nodes);
  const auto any = [&] {
    return nodes[static_cast<std::size_t>(chance.Below(static_cast<int>(nodes.size())))];
  };
  Node* node = any();
  switch (chance.Below(5)) {
    case 0:
      *node = Odd(chance);
      return;
    case 1: {
      const Node other = *any();
      *node = other;
      return;
    }
    case 2:
      if (node->is_object() && !node->empty()) {
        node->erase(std::next(node->begin(), chance.Below(static_cast<int>(node->size()))));
      } else if (node->is_array() && !node->empty()) {
        node->erase(static_cast<std::size_t>(chance.Below(static_cast<int>(node->size()))));
      }
      return;
    case 3:
      if (node->is_array()) {
        node->push_back(node->empty() ? Odd(chance) : Node(node->front()));
      } else if (node->is_object()) {
        (*node)["colour"] = Odd(chance);
      } else if (node->is_string()) {
        *node = node->get<std::string>() + "0";
      }
      return;
    default:
      if (node->is_number_float()) *node = node->get<double>() + (chance.OneIn(2) ? 0.01 : 0.001);
      if (node->is_number_integer()) *node = node->get<std::int64_t>() + 1;
      return;
  }
}

std::vector<std::string> ChangedShop(Chance& chance) {
  static const auto* const good =
      new std::vector<std::string>(absl::StrSplit(ReadAll(FRONTDESK_FUZZ_SHOP), "\n====\n"));
  std::vector<std::string> files = *good;
  do {
    const auto file = static_cast<std::size_t>(chance.Below(static_cast<int>(files.size())));
    std::vector<std::string> lines = absl::StrSplit(files[file], '\n', absl::SkipEmpty());
    if (lines.empty()) continue;
    std::string& line =
        lines[static_cast<std::size_t>(chance.Below(static_cast<int>(lines.size())))];
    Node root = Node::parse(line, nullptr, false);
    if (root.is_discarded()) continue;
    Change(chance, &root);
    line = root.dump(-1, ' ', false, Node::error_handler_t::replace);
    files[file] = absl::StrJoin(lines, "\n");
  } while (!chance.done() && chance.OneIn(2));
  return files;
}

// ---- Reading and running it ---------------------------------------------------------------------------

// A folder of this process.
const std::string& Folder() {
  static const auto* const folder = [] {
    std::string path = std::filesystem::temp_directory_path() / "frontdesk-fuzz-XXXXXX";
    Require(mkdtemp(path.data()) != nullptr, "no temporary folder");
    auto* made = new std::string(path);
    std::atexit([] { std::filesystem::remove_all(Folder()); });
    return made;
  }();
  return *folder;
}

void FuzzShop(const std::uint8_t* data, std::size_t size) {
  std::vector<std::string> files;
  if (size > 0 && data[0] == '{') {
    const std::string text(reinterpret_cast<const char*>(data), size);
    files = absl::StrSplit(text, "\n====\n");
  } else {
    Chance chance(data, size);
    files = ChangedShop(chance);
  }
  files.resize(4);
  static const char* const kNames[] = {"users.json", "orders.json", "products.json", "calls.jsonl"};
  for (std::size_t i = 0; i < files.size(); ++i) {
    std::ofstream(absl::StrCat(Folder(), "/", kNames[i]), std::ios::binary) << files[i];
  }
  static const auto* const policy = new std::shared_ptr<const frontdesk::Policy>(
      frontdesk::Policy::FromText(ReadAll(FRONTDESK_FUZZ_POLICY), "retail.textproto").policy);

  Problems problems;
  const absl::optional<Shop> shop = ReadShop(Folder(), &problems);
  Require(shop.has_value() == problems.empty(), "a shop, or problems");
  if (!shop.has_value()) return Require(!problems.ToText().empty(), "nothing is told");
  const absl::optional<std::vector<Task>> calls =
      ReadCalls(Folder() + "/calls.jsonl", shop->catalog, &problems);
  Require(calls.has_value() == problems.empty(), "calls, or problems");
  Problems refused;
  const absl::optional<ShopDesk> desk = ShopDesk::Open(*shop, *policy, &refused);
  Require(desk.has_value() == refused.empty(), "a desk, or problems");
  if (!desk.has_value() || !calls.has_value()) return;
  for (const Task& call : *calls) {
    const TaskResult result = RunTask(*desk, call, [](const auto&, const auto&) { return true; });
    Require(!ReportCall(call, result).empty(), "no report");
    CompareCall(call, result);
  }
}

}  // namespace
}  // namespace retail_desk

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  retail_desk::FuzzShop(data, size);
  return 0;
}
