#include "requests.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "files.h"
#include "node.h"
#include "shop_reader.h"
#include "words.h"

namespace retail_desk {
namespace {

using ::frontdesk::v1::CancelOrder;
using ::frontdesk::v1::ChangeAddress;
using ::frontdesk::v1::ChangeItems;
using ::frontdesk::v1::ChangePaymentMethod;
using ::frontdesk::v1::ChangeShippingAddress;
using ::frontdesk::v1::ItemChange;
using ::frontdesk::v1::ItemSelector;
using ::frontdesk::v1::RequestExchange;
using ::frontdesk::v1::RequestReturn;

// The file's lists name pieces by item id, a piece at a time.
void SelectItem(const std::string& item_id, ItemSelector* selector) {
  selector->set_variant_id(item_id);
  selector->set_quantity(1);
}

// The lists side by side. Where one is longer, the other half of its changes stays absent: what to make of that is for the
// policy to say.
template <typename Verb>
void ReadChanges(const Node& arguments, const Catalog& catalog, Verb* verb, Request* request) {
  arguments.ExpectMembers({"order_id", "item_ids", "new_item_ids", "payment_method_id"});
  const std::vector<std::string> item_ids = arguments["item_ids"].Texts();
  const std::vector<std::string> new_item_ids = arguments["new_item_ids"].Texts();
  verb->set_order_id(arguments["order_id"].Text());
  verb->set_payment_method_id(arguments["payment_method_id"].Text());
  for (std::size_t i = 0; i < std::max(item_ids.size(), new_item_ids.size()); ++i) {
    ItemChange* change = verb->add_changes();
    if (i < item_ids.size()) {
      SelectItem(item_ids[i], change->mutable_item());
    } else {
      change->set_added_quantity(1);
    }
    if (i < new_item_ids.size()) change->set_new_variant_id(new_item_ids[i]);
  }
  request->facts = catalog.FactsFor(new_item_ids);
}

void ReadCancel(const Node& arguments, const Catalog&, Request* request) {
  arguments.ExpectMembers({"order_id", "reason"});
  CancelOrder verb;
  verb.set_order_id(arguments["order_id"].Text());
  verb.set_reason(arguments["reason"].Text());
  verb.set_settlement(frontdesk::v1::SETTLEMENT_DONE);
  request->command = AgentCommand(verb);
}

void ReadOrderAddress(const Node& arguments, const Catalog&, Request* request) {
  arguments.ExpectMembers({"order_id", "address1", "address2", "city", "state", "country", "zip"});
  ChangeShippingAddress verb;
  verb.set_order_id(arguments["order_id"].Text());
  *verb.mutable_address() = ReadAddress(arguments);
  request->command = AgentCommand(verb);
}

void ReadOrderPayment(const Node& arguments, const Catalog&, Request* request) {
  arguments.ExpectMembers({"order_id", "payment_method_id"});
  ChangePaymentMethod verb;
  verb.set_order_id(arguments["order_id"].Text());
  verb.set_payment_method_id(arguments["payment_method_id"].Text());
  verb.set_settlement(frontdesk::v1::SETTLEMENT_DONE);
  request->command = AgentCommand(verb);
}

void ReadOrderItems(const Node& arguments, const Catalog& catalog, Request* request) {
  ChangeItems verb;
  ReadChanges(arguments, catalog, &verb, request);
  verb.set_settlement(frontdesk::v1::SETTLEMENT_DONE);
  request->command = AgentCommand(verb);
}

void ReadExchange(const Node& arguments, const Catalog& catalog, Request* request) {
  RequestExchange verb;
  ReadChanges(arguments, catalog, &verb, request);
  request->command = AgentCommand(verb);
}

void ReadReturn(const Node& arguments, const Catalog&, Request* request) {
  arguments.ExpectMembers({"order_id", "item_ids", "payment_method_id"});
  RequestReturn verb;
  verb.set_order_id(arguments["order_id"].Text());
  verb.set_payment_method_id(arguments["payment_method_id"].Text());
  for (const std::string& id : arguments["item_ids"].Texts()) SelectItem(id, verb.add_items());
  request->command = AgentCommand(verb);
}

void ReadUserAddress(const Node& arguments, const Catalog&, Request* request) {
  arguments.ExpectMembers({"user_id", "address1", "address2", "city", "state", "country", "zip"});
  ChangeAddress verb;
  verb.set_customer_id(arguments["user_id"].Text());
  *verb.mutable_address() = ReadAddress(arguments);
  request->command = AgentCommand(verb);
}

// The shop's operations.
struct Operation {
  absl::string_view name;
  void (*read)(const Node& arguments, const Catalog& catalog, Request* request);
};
constexpr Operation kOperations[] = {
    {"cancel_pending_order", ReadCancel},
    {"modify_pending_order_address", ReadOrderAddress},
    {"modify_pending_order_payment", ReadOrderPayment},
    {"modify_pending_order_items", ReadOrderItems},
    {"return_delivered_order_items", ReadReturn},
    {"exchange_delivered_order_items", ReadExchange},
    {"modify_user_address", ReadUserAddress},
};

// Reads "name" and "arguments" of a call or action.
Request ReadRequest(const Node& node, const Catalog& catalog) {
  Request request;
  const Node name = node["name"];
  request.operation = name.Text();
  for (const Operation& operation : kOperations) {
    if (operation.name != request.operation) continue;
    operation.read(node["arguments"], catalog, &request);
    return request;
  }
  if (name.present() && name.json()->kind == Json::Kind::kText) {
    name.Problem(absl::StrCat("\"", request.operation, "\" is no operation of the shop"));
  }
  return request;
}

void ReadCall(const Node& node, const Catalog& catalog, Task* task) {
  node.ExpectMembers({"name", "arguments"}, {"error", "order_after", "user_after"});
  task->requests.push_back(ReadRequest(node, catalog));
}

void ReadTask(const Node& node, const Catalog& catalog, Task* task) {
  const Node actions = node["actions"];
  for (const Node& action : actions.Items()) {
    action.ExpectMembers({"name", "arguments"}, {"result"});
    task->requests.push_back(ReadRequest(action, catalog));
  }
  for (const Node& change : node.Optional("changed").Items()) {
    change.ExpectMembers({"collection", "id"}, {"before", "after"});
    change["collection"].Text();
    change["id"].Text();
  }
}

absl::optional<std::vector<Task>> ReadLines(const std::string& path, const Catalog& catalog,
                                            void (*read)(const Node&, const Catalog&, Task*),
                                            Problems* problems) {
  const std::size_t problems_before = problems->size();
  std::vector<Task> tasks;
  for (JsonLine& line : ReadJsonLines(path, problems)) {
    Task task;
    task.place = std::move(line.place);
    task.line = std::move(line.object);
    read(Node(task.place, "", &task.line, problems), catalog, &task);
    tasks.push_back(std::move(task));
  }
  if (problems->size() > problems_before) return absl::nullopt;
  return tasks;
}

}  // namespace

absl::optional<std::vector<Task>> ReadCalls(const std::string& path, const Catalog& catalog,
                                            Problems* problems) {
  return ReadLines(path, catalog, ReadCall, problems);
}

absl::optional<std::vector<Task>> ReadTasks(const std::string& path, const Catalog& catalog,
                                            Problems* problems) {
  return ReadLines(path, catalog, ReadTask, problems);
}

}  // namespace retail_desk
