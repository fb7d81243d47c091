// The bytes that a desk keeps, and the time of a command. One side has a long list in an entity, many lines in an order, or many rules
// in the policy.
//
//   frontdesk_desk_growth [--only PREFIX] [--bytes-length N] [--time-length N] [--rules N] [--order-lines N]
//     [--rounds N] [--seconds N]
//
// The rows are described in docs/performance.md; each has the length or the number of rules in its name. The sides of a time take
// turns. Prints one JSON object a row, as run_bench.py reads them. A row is skipped, with the cause,
// when its list takes more than --seconds of CPU or comes to a limit of the desk.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "bench_options.h"
#include "counting_store.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "growth_inputs.h"
#include "growth_run.h"
#include "order_growth.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

constexpr int kFewRules = 3;
// The commands under rules whose bytes are counted, and those of a round whose time is measured.
constexpr int kRuledCommands = 100;
constexpr int kRuledBatch = 10;

struct Arguments {
  std::string only;
  GrowthSize size;
  int rules = 10'000;
  int order_lines = 1'000;
};

// Whether --only asks for one of the rows.
bool IsSelected(const Arguments& arguments, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&arguments](const std::string& name) {
    return absl::StartsWith(name, arguments.only);
  });
}

void PrintGrowth(const std::vector<std::string>& names, const absl::StatusOr<Growth>& growth,
                 absl::string_view unit) {
  if (!growth.ok()) {
    for (const std::string& name : names) PrintSkipped(name, growth.status().message());
    return;
  }
  PrintRow(names[0], growth->late, unit, names[1]);
  PrintRow(names[1], growth->early, unit, "");
  PrintRow(names[2], growth->worst, unit, "");
}

void MeasureList(const GrowthList& list, const Arguments& arguments,
                 const std::shared_ptr<const Policy>& policy) {
  GrowthSize size = arguments.size;
  size.bytes_length = std::min(size.bytes_length, list.most);
  size.time_length = std::min(size.time_length, list.most);
  const auto names_of = [&list](absl::string_view quantity, int length, int early) {
    const std::string late = absl::StrCat(quantity, "_per_", list.name, "_", length);
    return std::vector<std::string>{late, absl::StrCat(quantity, "_per_", list.name, "_", early),
                                    absl::StrCat(late, "_worst")};
  };
  GrowthRun run(list, policy, size);
  const std::vector<std::string> bytes = names_of("bytes", size.bytes_length, 1);
  if (IsSelected(arguments, bytes)) PrintGrowth(bytes, run.MeasureBytes(), "bytes");
  const std::vector<std::string> time = names_of("time", size.time_length, 10);
  if (IsSelected(arguments, time)) PrintGrowth(time, run.MeasureTime(), "ns");
}

// A desk whose policy has that number of rules.
struct RuledDesk {
  std::shared_ptr<const Policy> policy;
  std::shared_ptr<CountingStore> store;
  std::unique_ptr<Desk> desk;
  int commands = 0;
};

RuledDesk OpenRuled(int rules) {
  RuledDesk ruled;
  ruled.policy = CompileGrowthPolicy(RulesPolicyText(rules));
  ruled.store = std::make_shared<CountingStore>(store::MakeMemoryStore());
  ruled.desk = OpenDesk(ruled.policy, ruled.store);
  const absl::StatusOr<v1::Outcome> outcome =
      ExecuteDone(CreateGrowthCustomer(RuledCustomer().id()), /*entity=*/nullptr, *ruled.desk);
  if (!outcome.ok()) Die(outcome.status().ToString());
  return ruled;
}

// The next command of the desk.
absl::StatusOr<v1::Outcome> ExecuteNext(RuledDesk* ruled, double* nanoseconds = nullptr) {
  const v1::Command command = RuledCommand(ruled->commands++);
  const v1::EntityRef opened = Ref(v1::ENTITY_KIND_CASE, command.case_().open_case().case_id());
  return ExecuteDone({command, false}, &opened, *ruled->desk, nanoseconds);
}

absl::StatusOr<double> KeptPerCommand(int rules) {
  RuledDesk ruled = OpenRuled(rules);
  // The first command may keep what is kept once only.
  absl::StatusOr<v1::Outcome> outcome = ExecuteNext(&ruled);
  const std::int64_t before = ruled.store->kept_bytes();
  for (int i = 0; outcome.ok() && i < kRuledCommands; ++i) outcome = ExecuteNext(&ruled);
  if (!outcome.ok()) return outcome.status();
  return static_cast<double>(ruled.store->kept_bytes() - before) / kRuledCommands;
}

void MeasureKept(const Arguments& arguments) {
  const auto name_of = [](int rules) { return absl::StrCat("kept_per_command_", rules, "_rules"); };
  const std::string many = name_of(arguments.rules), few = name_of(kFewRules);
  if (!IsSelected(arguments, {many, few})) return;
  const absl::StatusOr<double> kept = KeptPerCommand(arguments.rules);
  const absl::StatusOr<double> kept_few = KeptPerCommand(kFewRules);
  if (!kept.ok() || !kept_few.ok()) {
    const absl::Status& status = kept.ok() ? kept_few.status() : kept.status();
    for (const std::string& name : {many, few}) PrintSkipped(name, status.message());
    return;
  }
  PrintRow(many, *kept, "bytes", few);
  PrintRow(few, *kept_few, "bytes", "");
}

// The nanoseconds of a command, one value a round.
struct RuledTimes {
  std::vector<double> many, few, decide;
};

// Decides `command` alone, adds the time, and checks that the events are those of the desk.
absl::Status DecideAlone(const v1::Command& command, const v1::Outcome& expected,
                         const v1::DecisionInput& input, const Policy& policy,
                         double* nanoseconds) {
  const std::int64_t begin = ThreadNanoseconds();
  // As the desk decides: with the rules that decided, and no others.
  const absl::StatusOr<v1::Outcome> outcome =
      Decide(input, command, policy, {}, rules::TraceLevel::kFired);
  *nanoseconds += static_cast<double>(ThreadNanoseconds() - begin);
  if (!outcome.ok()) return outcome.status();
  bool equal =
      outcome->verdict() == expected.verdict() && outcome->events_size() == expected.events_size();
  for (int i = 0; equal && i < expected.events_size(); ++i) {
    equal = outcome->events(i).case_().SerializeAsString() ==
            expected.events(i).case_().SerializeAsString();
  }
  return equal ? absl::OkStatus() : absl::InternalError("Decide and the desk differ");
}

absl::StatusOr<RuledTimes> MeasureRuledTimes(const Arguments& arguments) {
  RuledDesk many = OpenRuled(arguments.rules), few = OpenRuled(kFewRules);
  const auto customer = many.desk->Get(RuledCustomer());
  if (!customer.ok()) return customer.status();
  v1::DecisionInput input;
  *input.mutable_case_()->mutable_customer() = (*customer)->customer();
  RuledTimes times;
  // The first round is not counted.
  for (int round = 0; round <= arguments.size.rounds; ++round) {
    double of_many = 0, of_few = 0, of_decide = 0, nanoseconds = 0;
    const int first = many.commands;
    std::vector<v1::Outcome> outcomes;
    for (int i = 0; i < kRuledBatch; ++i) {
      absl::StatusOr<v1::Outcome> outcome = ExecuteNext(&many, &nanoseconds);
      if (!outcome.ok()) return outcome.status();
      of_many += nanoseconds;
      outcomes.push_back(*std::move(outcome));
    }
    for (int i = 0; i < kRuledBatch; ++i) {
      const absl::Status decided =
          DecideAlone(RuledCommand(first + i), outcomes[i], input, *many.policy, &of_decide);
      if (!decided.ok()) return decided;
    }
    for (int i = 0; i < kRuledBatch; ++i) {
      const absl::StatusOr<v1::Outcome> outcome = ExecuteNext(&few, &nanoseconds);
      if (!outcome.ok()) return outcome.status();
      of_few += nanoseconds;
    }
    if (round == 0) continue;
    times.many.push_back(of_many / kRuledBatch);
    times.few.push_back(of_few / kRuledBatch);
    times.decide.push_back(of_decide / kRuledBatch);
  }
  return times;
}

void MeasureRules(const Arguments& arguments) {
  const std::string many = absl::StrCat("command_", arguments.rules, "_rules");
  const std::string few = absl::StrCat("command_", kFewRules, "_rules");
  const std::string decide = absl::StrCat("decide_", arguments.rules, "_rules");
  const std::string sum = absl::StrCat(decide, "_and_", few);
  if (!IsSelected(arguments, {many, few, decide, sum})) return;
  const absl::StatusOr<RuledTimes> times = MeasureRuledTimes(arguments);
  if (!times.ok()) {
    for (const std::string& name : {many, sum, decide, few}) {
      PrintSkipped(name, times.status().message());
    }
    return;
  }
  const double decide_time = Median(times->decide), few_time = Median(times->few);
  PrintRow(many, Median(times->many), "ns", sum);
  PrintRow(sum, decide_time + few_time, "ns", "");
  PrintRow(decide, decide_time, "ns", "");
  PrintRow(few, few_time, "ns", "");
}

// The time of a command under a pack of many rules, against one under a pack of a hundredth of them.
void MeasurePacks(const Arguments& arguments) {
  const int rules = std::max(100, arguments.rules / 2);
  const std::string many = absl::StrCat("pack_", rules);
  const std::string few = absl::StrCat("pack_", rules / 100);
  if (!IsSelected(arguments, {many, few})) return;
  RuledDesk of_many = OpenRuled(rules), of_few = OpenRuled(rules / 100);
  std::vector<double> many_times, few_times;
  // The first round is not counted.
  for (int round = 0; round <= arguments.size.rounds; ++round) {
    for (RuledDesk* ruled : {&of_many, &of_few}) {
      double sum = 0, nanoseconds = 0;
      for (int i = 0; i < kRuledBatch; ++i) {
        const absl::StatusOr<v1::Outcome> outcome = ExecuteNext(ruled, &nanoseconds);
        if (!outcome.ok()) {
          for (const std::string& name : {many, few}) {
            PrintSkipped(name, outcome.status().message());
          }
          return;
        }
        sum += nanoseconds;
      }
      if (round > 0) (ruled == &of_many ? many_times : few_times).push_back(sum / kRuledBatch);
    }
  }
  PrintRow(many, Median(many_times), "ns", few);
  PrintRow(few, Median(few_times), "ns", "");
}

// A desk on which that number of credits were counted.
struct TotalDesk {
  std::shared_ptr<store::Store> store;
  std::unique_ptr<Desk> desk;
  int credits = 0;
};

// The account of the credits before, and that of the measured ones.
constexpr absl::string_view kCountedBefore = "before";
constexpr absl::string_view kCountedNow = "now";

absl::StatusOr<TotalDesk> OpenCounted(int credits, const std::shared_ptr<const Policy>& policy) {
  TotalDesk counted;
  counted.store = store::MakeMemoryStore();
  counted.desk = OpenDesk(policy, counted.store);
  std::vector<DeskInput> inputs = {CreateGrowthCustomer("hub")};
  for (const absl::string_view account : {kCountedBefore, kCountedNow}) {
    inputs.push_back(ImportCountedAccount(account));
  }
  for (; counted.credits < credits; ++counted.credits) {
    inputs.push_back(CreditCounted(counted.credits, kCountedBefore));
  }
  for (const DeskInput& input : inputs) {
    const absl::StatusOr<v1::Outcome> outcome =
        ExecuteDone(input, /*entity=*/nullptr, *counted.desk);
    if (!outcome.ok()) return outcome.status();
  }
  return counted;
}

// The time of commands whose policy reads a total over many commands, and over few: these on a desk of their own each round.
absl::Status MeasureTotalTimes(int many, int few, const Arguments& arguments, double* of_many,
                               double* of_few) {
  const std::shared_ptr<const Policy> policy = CompileGrowthPolicy(TotalPolicyText());
  absl::StatusOr<TotalDesk> long_list = OpenCounted(many, policy);
  if (!long_list.ok()) return long_list.status();
  std::vector<double> many_times, few_times;
  // The first round is not counted.
  for (int round = 0; round <= arguments.size.rounds; ++round) {
    absl::StatusOr<TotalDesk> short_list = OpenCounted(few, policy);
    if (!short_list.ok()) return short_list.status();
    for (TotalDesk* counted : {&*long_list, &*short_list}) {
      double sum = 0;
      for (int i = 0; i < few; ++i) {
        double nanoseconds = 0;
        const absl::StatusOr<v1::Outcome> outcome =
            ExecuteDone(CreditCounted(counted->credits++, kCountedNow), /*entity=*/nullptr,
                        *counted->desk, &nanoseconds);
        if (!outcome.ok()) return outcome.status();
        sum += nanoseconds;
      }
      if (round > 0) (counted == &*long_list ? many_times : few_times).push_back(sum / few);
    }
  }
  *of_many = Median(many_times);
  *of_few = Median(few_times);
  return absl::OkStatus();
}

void MeasureTotals(const Arguments& arguments) {
  constexpr int kFew = 10;
  const int longest = 10 * arguments.size.time_length;
  const std::string many = absl::StrCat("total_", longest);
  const std::string few = absl::StrCat("total_", kFew);
  if (!IsSelected(arguments, {many, few})) return;
  double of_many = 0, of_few = 0;
  const absl::Status measured = MeasureTotalTimes(longest, kFew, arguments, &of_many, &of_few);
  if (!measured.ok()) {
    for (const std::string& name : {many, few}) PrintSkipped(name, measured.message());
    return;
  }
  PrintRow(many, of_many, "ns", few);
  PrintRow(few, of_few, "ns", "");
}

Arguments ParseArguments(int argc, char** argv) {
  Arguments arguments;
  int seconds = 60;
  ReadBenchOptions(argc, argv,
                   {{"--only", &arguments.only},
                    {"--bytes-length", &arguments.size.bytes_length},
                    {"--time-length", &arguments.size.time_length, 20},
                    {"--rules", &arguments.rules},
                    {"--order-lines", &arguments.order_lines, 20},
                    {"--rounds", &arguments.size.rounds},
                    {"--seconds", &seconds}});
  arguments.size.most_time = absl::Seconds(seconds);
  return arguments;
}

int Main(int argc, char** argv) {
  const Arguments arguments = ParseArguments(argc, argv);
  const std::shared_ptr<const Policy> policy = CompileGrowthPolicy(GrowthPolicyText());
  MeasureKept(arguments);
  MeasureRules(arguments);
  MeasurePacks(arguments);
  MeasureTotals(arguments);
  MeasureOrderGrowth({arguments.only, arguments.order_lines, arguments.size.rounds}, policy);
  for (const GrowthList& list : GrowthLists()) MeasureList(list, arguments, policy);
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) { return frontdesk::Main(argc, argv); }
