#include "run.h"

#include <map>
#include <set>
#include <utility>

#include "answers.h"

namespace retail_desk {
namespace {

using ::frontdesk::v1::Event;
using ::frontdesk::v1::Outcome;

// Desk::Explain about an outcome that reached policy.
frontdesk::v1::Explanation Explain(ShopDesk& shop, const Outcome& outcome) {
  absl::StatusOr<frontdesk::v1::Explanation> explanation = shop.desk().Explain(outcome.record_id());
  if (!explanation.ok()) Die("an outcome cannot be explained", explanation.status());
  return *std::move(explanation);
}

Json ErrorJson(const std::string& error) {
  return error.empty() ? Json::Null() : Json::Text(error);
}

Json ResultJson(const std::string& error) { return Json::Text(error.empty() ? "ok" : error); }

// The change of the one order, or user, that a call can change; null when there is none.
const Json* AfterOf(const TaskResult& result, absl::string_view collection) {
  for (const Change& change : result.changes) {
    if (change.object.collection == collection) return &change.after;
  }
  return nullptr;
}

// Compares an object as expected, which may be absent, with one as it came out.
bool SameAfter(const Json* expected, const Json* after) {
  if (expected == nullptr || after == nullptr) return expected == after;
  return SameValue(*expected, *after);
}

bool SameChanges(const Json& expected, const std::vector<Change>& changes) {
  if (expected.items.size() != changes.size()) return false;
  std::map<ObjectId, const Json*> after_of;
  for (const Json& change : expected.items) {
    after_of[{change.Find("collection")->text, change.Find("id")->text}] = change.Find("after");
  }
  for (const Change& change : changes) {
    const auto found = after_of.find(change.object);
    if (found == after_of.end()) return false;
    if (found->second != nullptr && !SameValue(*found->second, change.after)) return false;
  }
  return after_of.size() == changes.size();
}

}  // namespace

TaskResult RunTask(const ShopDesk& shop, const Task& task,
                   const WantsExplanation& wants_explanation) {
  TaskResult result;
  ShopDesk fork = shop.Fork();
  std::set<ObjectId> touched;
  for (const Request& request : task.requests) {
    absl::StatusOr<Outcome> outcome = fork.Execute(request.command, request.facts);
    if (!outcome.ok()) Die(task.place, outcome.status());
    if (outcome->verdict() == frontdesk::v1::VERDICT_DONE) {
      for (const Event& event : outcome->events()) touched.insert(fork.ChangedBy(event));
    }
    const bool explain = !outcome->record_id().empty() && wants_explanation(request, *outcome);
    result.explanations.push_back(explain ? Explain(fork, *outcome) : frontdesk::v1::Explanation());
    result.errors.push_back(ErrorText(*outcome));
    result.outcomes.push_back(*std::move(outcome));
  }
  for (const ObjectId& object : touched) {
    Json after = fork.Form(object);
    if (!SameValue(shop.Form(object), after)) result.changes.push_back({object, std::move(after)});
  }
  result.log = fork.Log(fork.imported_at());
  return result;
}

Match CompareCall(const Task& call, const TaskResult& result) {
  const Json* error = call.line.Find("error");
  const Json* order_after = call.line.Find("order_after");
  const Json* user_after = call.line.Find("user_after");
  if (error == nullptr && order_after == nullptr && user_after == nullptr) {
    return Match::kNothingExpected;
  }
  bool equal = true;
  if (error != nullptr) equal = SameValue(*error, ErrorJson(result.errors[0]));
  if (error != nullptr || order_after != nullptr) {
    equal = equal && SameAfter(order_after, AfterOf(result, "orders"));
  }
  if (error != nullptr || user_after != nullptr) {
    equal = equal && SameAfter(user_after, AfterOf(result, "users"));
  }
  return equal ? Match::kEqual : Match::kDifferent;
}

Match CompareTask(const Task& task, const TaskResult& result) {
  bool expected = false;
  bool equal = true;
  const Json& actions = *task.line.Find("actions");
  for (std::size_t i = 0; i < actions.items.size(); ++i) {
    const Json* action_result = actions.items[i].Find("result");
    if (action_result == nullptr) continue;
    expected = true;
    equal = equal && SameValue(*action_result, ResultJson(result.errors[i]));
  }
  if (const Json* changed = task.line.Find("changed")) {
    expected = true;
    equal = equal && SameChanges(*changed, result.changes);
  }
  if (!expected) return Match::kNothingExpected;
  return equal ? Match::kEqual : Match::kDifferent;
}

std::string ReportCall(const Task& call, const TaskResult& result) {
  Json line = call.line;
  line.Set("error", ErrorJson(result.errors[0]));
  for (const auto& [name, collection] :
       {std::pair<absl::string_view, absl::string_view>("order_after", "orders"),
        {"user_after", "users"}}) {
    const Json* after = AfterOf(result, collection);
    if (after != nullptr) {
      line.Set(name, *after);
    } else {
      line.Remove(name);
    }
  }
  return line.ToLine();
}

std::string ReportTask(const Task& task, const TaskResult& result) {
  Json line = task.line;
  Json actions = *line.Find("actions");
  for (std::size_t i = 0; i < actions.items.size(); ++i) {
    actions.items[i].Set("result", ResultJson(result.errors[i]));
  }
  Json changed = Json::List();
  for (const Change& change : result.changes) {
    Json entry = Json::Object();
    entry.Set("collection", Json::Text(change.object.collection));
    entry.Set("id", Json::Text(change.object.id));
    entry.Set("after", change.after);
    changed.items.push_back(std::move(entry));
  }
  line.Set("actions", std::move(actions));
  line.Set("changed", std::move(changed));
  return line.ToLine();
}

}  // namespace retail_desk
