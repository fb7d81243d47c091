// Takes a shop's files over: users.json, orders.json, products.json.
//
//   retail_desk::Problems problems;
//   absl::optional<retail_desk::Shop> shop = retail_desk::ReadShop("examples/shop", &problems);
//   if (!shop) std::fputs(problems.ToText().c_str(), stdout);     // all that is wrong, with file and place
//   for (const retail_desk::Import& import : shop->imports) desk->Execute(import.command);
//
// Every customer becomes an ImportCustomer, every gift card an ImportAccount, every order an ImportOrder; products become
// facts. Formats are translated here, nothing is decided.
#ifndef FRONTDESK_EXAMPLES_SHOP_SHOP_READER_H_
#define FRONTDESK_EXAMPLES_SHOP_SHOP_READER_H_

#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "catalog.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "json.h"
#include "node.h"

namespace retail_desk {

// A command that imports something, and its place in the files.
struct Import {
  frontdesk::v1::Command command;
  std::string file;
  std::string place;
};

// A shop as read.
struct Shop {
  Catalog catalog;
  // Customers, each followed by its gift cards, then orders; in the order of the files.
  std::vector<Import> imports;
};

// Customers by id, to look up what orders refer to.
using Customers = std::unordered_map<std::string, frontdesk::v1::Customer>;

// Reads the three files of `directory`. On any problem, in any of them, nothing is returned and all are reported. Text
// that is no JSON is reported with line and column, any other problem with a path. The path leads to a value that is
// missing, of another kind, unknown, negative, dangling or there twice.
absl::optional<Shop> ReadShop(const std::string& directory, Problems* problems);

// One order of orders.json.
frontdesk::v1::Order ReadOrder(const std::string& order_id, const Node& node,
                               const Catalog& catalog, const Customers& customers);

// An address of users.json, orders.json, or of a request: two lines, the country as written.
frontdesk::v1::PostalAddress ReadAddress(const Node& address);

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_SHOP_READER_H_
