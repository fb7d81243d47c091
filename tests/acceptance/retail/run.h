// Runs the requests of the files, each call and each task on a desk of its own, and compares with the results that the
// files expect.
//
//   retail_desk::TaskResult result = retail_desk::RunTask(shop, task);
//   retail_desk::Match match = retail_desk::CompareCall(task, result);
//   report << retail_desk::ReportCall(task, result) << "\n";
#ifndef FRONTDESK_TESTS_ACCEPTANCE_RETAIL_RUN_H_
#define FRONTDESK_TESTS_ACCEPTANCE_RETAIL_RUN_H_

#include <functional>
#include <string>
#include <vector>

#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/log.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "json.h"
#include "requests.h"
#include "shop_desk.h"

namespace retail_desk {

// An object of the files that is not as it was.
struct Change {
  ObjectId object;
  Json after;
};

// The results of a call or a task.
struct TaskResult {
  // One for each request.
  std::vector<frontdesk::v1::Outcome> outcomes;
  // The shop's answer to each: empty when it was done.
  std::vector<std::string> errors;
  // Sorted by collection and id.
  std::vector<Change> changes;
  // The changes of the fork's log, as ShopDesk::Log.
  std::vector<frontdesk::v1::LogChange> log;
  // Desk::Explain of each; without a record where none was asked for.
  std::vector<frontdesk::v1::Explanation> explanations;
};

// Whether an outcome that reached policy is to be explained.
using WantsExplanation = std::function<bool(const Request&, const frontdesk::v1::Outcome&)>;

// Carries out the task's requests one after the other on a fork of `shop`.
TaskResult RunTask(const ShopDesk& shop, const Task& task,
                   const WantsExplanation& wants_explanation);

// Whether what came out is what the file expects.
enum class Match { kNothingExpected, kEqual, kDifferent };

// A call that carries "error" (null when it is done) is compared whole: "order_after" and "user_after" that are absent mean
// that the order and the user are as before. Without "error" only what is there is compared.
Match CompareCall(const Task& call, const TaskResult& result);

// The same for a task: each "result", and "changed" whole.
Match CompareTask(const Task& task, const TaskResult& result);

// The line of the file with the actual results in place of the expected ones.
std::string ReportCall(const Task& call, const TaskResult& result);
std::string ReportTask(const Task& task, const TaskResult& result);

}  // namespace retail_desk

#endif  // FRONTDESK_TESTS_ACCEPTANCE_RETAIL_RUN_H_
