// A shop's service desk at work: imports a shop from its files, carries out the requests by the shop's own policy, and
// prints the results.
//
//   retail_desk                                       the small shop that lies in examples/shop
//   retail_desk --db DIR --tasks FILE --calls FILE    another shop, other requests
//   retail_desk --policy FILE --report FILE           another policy; one JSON line for each task and call
//   retail_desk --store sqlite:FILE                   the shop is kept in a file, and each task gets a copy of it
//   retail_desk --store postgres:PARAMETERS           the shop is kept in a database, and each task gets a fork of it
//   retail_desk --short                               the results on one screen
//
// Ends with 0 when every request was answered, whatever the answers. Ends with 1 when an input cannot be used, and
// reports all places of its problems. Ends with 2 when its arguments are not valid. Writes nothing to stderr.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "files.h"
#include "frontdesk/policy/policy.h"
#include "held.h"
#include "options.h"
#include "requests.h"
#include "run.h"
#include "shop_desk.h"
#include "shop_reader.h"
#include "summary.h"

namespace retail_desk {
namespace {

// Requests between two signs of life.
constexpr std::size_t kProgressEvery = 100;
// Differences from the expected results that are reported one by one.
constexpr int kDifferencesTold = 5;

// The arguments of the program.
struct Options {
  std::string db;
  std::string tasks;
  std::string calls;
  std::string policy;
  std::string report;
  std::string store = "memory";
  std::string reopen;
  std::string cache;
  bool is_short = false;
  bool calls_tools = false;
};

// Reads the options; false when the arguments are not valid.
bool ReadOptions(const std::vector<std::string>& arguments, Options* options) {
  if (!ReadNamedOptions(arguments,
                        {{"--db", &options->db},
                         {"--tasks", &options->tasks},
                         {"--calls", &options->calls},
                         {"--policy", &options->policy},
                         {"--report", &options->report},
                         {"--store", &options->store},
                         {"--reopen", &options->reopen},
                         {"--cache", &options->cache}},
                        {{"--short", &options->is_short}, {"--tools", &options->calls_tools}})) {
    return false;
  }
  const std::string examples = FRONTDESK_EXAMPLES_DIR;
  if (options->db.empty()) options->db = examples + "/shop";
  if (options->policy.empty()) options->policy = examples + "/policies/retail.textproto";
  if (options->tasks.empty() && options->calls.empty()) {
    // The files that lie beside the shop, if there are any.
    for (const auto& [name, path] :
         {std::pair<const char*, std::string*>("tasks.jsonl", &options->tasks),
          {"calls.jsonl", &options->calls}}) {
      const std::string beside = absl::StrCat(options->db, "/", name);
      if (std::filesystem::exists(beside)) *path = beside;
    }
  }
  return true;
}

// A number of 0 or more; anything else is reported.
template <typename Number>
void ReadNumber(absl::string_view option, const std::string& text, Number* number,
                Problems* problems) {
  std::int64_t read = 0;
  if (text.empty()) return;
  if (absl::SimpleAtoi(text, &read) && read >= 0) {
    *number = static_cast<Number>(read);
  } else {
    problems->Add(option, "", absl::StrCat("is a number of 0 or more, not ", text));
  }
}

// How the desk is kept.
ShopDeskOptions ReadDeskOptions(const Options& options, Problems* problems) {
  ShopDeskOptions how;
  how.store = ReadStoreChoice(options.store, problems).value_or(StoreChoice());
  ReadNumber("--reopen", options.reopen, &how.reopen_after, problems);
  how.calls_tools = options.calls_tools;
  ReadNumber("--cache", options.cache, &how.max_cached_state_bytes, problems);
  return how;
}

// Tasks or calls, how they compare with the expected results, and their lines for the report.
struct Batch {
  std::vector<Task> tasks;
  Match (*compare)(const Task&, const TaskResult&);
  std::string (*report)(const Task&, const TaskResult&);
  int equal = 0;
  int expected = 0;
};

// Runs everything, in order.
class Runner {
 public:
  Runner(const ShopDesk& shop, bool keep_report)
      : shop_(shop), keep_report_(keep_report), terminal_(isatty(STDOUT_FILENO) == 1) {}

  void Run(Batch* batch) {
    std::size_t ran = 0;
    for (const Task& task : batch->tasks) {
      const TaskResult result =
          RunTask(shop_, task, [this](const Request& request, const auto& outcome) {
            return summary_.WantsExplanation(request, outcome);
          });
      summary_.Add(task, result);
      Compare(task, result, batch);
      if (keep_report_) absl::StrAppend(&report_, batch->report(task, result), "\n");
      if (terminal_ && ++ran % kProgressEvery == 0) {
        std::cout << "\r" << ran << " of " << batch->tasks.size() << std::flush;
      }
    }
    if (terminal_) std::cout << "\r                              \r" << std::flush;
  }

  Summary& summary() { return summary_; }
  const std::string& report() const { return report_; }
  const std::string& differences() const { return differences_; }

 private:
  void Compare(const Task& task, const TaskResult& result, Batch* batch) {
    const Match match = batch->compare(task, result);
    if (match == Match::kNothingExpected) return;
    ++batch->expected;
    if (match == Match::kEqual) {
      ++batch->equal;
    } else if (++different_ <= kDifferencesTold) {
      absl::StrAppend(&differences_, task.place, ": not as expected: ", batch->report(task, result),
                      "\n");
    }
  }

  const ShopDesk& shop_;
  const bool keep_report_;
  const bool terminal_;
  Summary summary_;
  std::string report_;
  std::string differences_;
  int different_ = 0;
};

int Main(const std::vector<std::string>& arguments) {
  if (arguments.size() == 1 && (arguments[0] == "--help" || arguments[0] == "-h")) {
    std::cout << ReadUsage(FRONTDESK_RETAIL_DIR);
    return 0;
  }
  Options options;
  if (!ReadOptions(arguments, &options)) {
    std::cout << ReadUsage(FRONTDESK_RETAIL_DIR);
    return 2;
  }
  Problems problems;
  const ShopDeskOptions how = ReadDeskOptions(options, &problems);
  const std::shared_ptr<const frontdesk::Policy> policy = ReadPolicy(options.policy, &problems);
  const absl::optional<Shop> shop = ReadShop(options.db, &problems);
  const Catalog no_catalog;
  const Catalog& catalog = shop.has_value() ? shop->catalog : no_catalog;
  Batch tasks{{}, CompareTask, ReportTask};
  Batch calls{{}, CompareCall, ReportCall};
  if (!options.tasks.empty()) {
    tasks.tasks = ReadTasks(options.tasks, catalog, &problems).value_or(std::vector<Task>());
  }
  if (!options.calls.empty()) {
    calls.tasks = ReadCalls(options.calls, catalog, &problems).value_or(std::vector<Task>());
  }
  absl::optional<ShopDesk> desk;
  if (policy != nullptr && problems.empty()) {
    desk = ShopDesk::Open(*shop, policy, &problems, how);
  }
  if (!desk.has_value()) {
    std::cout << problems.ToText();
    return 1;
  }

  std::cout << "Shop " << options.db << ", policy " << policy->pack().name() << " "
            << policy->pack().version() << " "
            << absl::BytesToHexString(policy->hash().substr(0, 6)) << ", " << tasks.tasks.size()
            << " tasks, " << calls.tasks.size() << " calls\n";
  if (!how.store.name().empty()) {
    std::cout << "Kept in " << how.store.name()
              << (desk->was_there() ? ", which held this shop already\n" : "\n");
  }
  std::cout << "\n";
  Runner runner(*desk, !options.report.empty());
  runner.summary().AddLog(desk->Log());
  runner.Run(&tasks);
  runner.Run(&calls);
  // The recorded requests are over: what comes now is in no digest.
  if (auto refund = ApproveHeldRefund(*desk, *shop)) {
    runner.summary().SetHeldRefund(*std::move(refund));
  }
  if (!options.report.empty()) {
    std::ofstream report(options.report, std::ios::binary);
    report << runner.report();
    report.close();
    if (!report) {
      std::cout << options.report << ": cannot be written\n";
      return 1;
    }
  }
  std::cout << (options.is_short ? runner.summary().ToShortText() : runner.summary().ToText())
            << "\n"
            << runner.differences();
  if (how.reopen_after > 0) std::cout << "opened again " << desk->reopened() << " times\n";
  std::cout << "records " << runner.summary().record_count() << ", sha256 "
            << runner.summary().FinishRecordDigest() << "\n";
  if (tasks.expected + calls.expected > 0) {
    std::cout << "tasks " << tasks.equal << "/" << tasks.expected << " equal, calls " << calls.equal
              << "/" << calls.expected << " equal\n";
  }
  std::cout << "sha256 " << runner.summary().FinishDigest() << "\n";
  return 0;
}

}  // namespace
}  // namespace retail_desk

int main(int argc, char** argv) {
  return retail_desk::Main(std::vector<std::string>(argv + 1, argv + argc));
}
