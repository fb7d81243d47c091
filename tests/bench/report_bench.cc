// Recorded work decided again under two policies, beside the plain loops of report_floor.cc; and the memory that it takes.
//
//   frontdesk_report_bench [--only PREFIX] [--commands N] [--rounds N] [--records N]
//
//   - replay: rules::Replay over decision inputs in memory, against replay_loop, which asks both policies about each of them. The time
//     of an input.
//   - backtest: report::Backtest over the journal of a desk in memory, against backtest_loop, which makes each input again and decides
//     it under both policies. The time of a record.
//   - backtest_memory: the most memory that a backtest of --records records holds beyond the desk, between groups, against
//     backtest_memory_1000. Both desks keep few states in memory.
//
// Time is the CPU time of the thread; a value is the median over the rounds, in which the two sides take turns. The counts of both sides
// are compared.
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "bench_options.h"
#include "command_mix.h"
#include "desk_inputs.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/report/backtest.h"
#include "frontdesk/rules/replay.h"
#include "many_entities.h"
#include "printed_rows.h"
#include "report_floor.h"

namespace frontdesk {
namespace {

struct Arguments {
  std::string only;
  int commands = 1'200;
  int rounds = 15;
  int records = 200'000;
};

constexpr int kFewRecords = 1'000;
// Of the desks whose backtest is measured in bytes: less than the smaller one reads.
constexpr std::size_t kCachedBytes = 64 << 10;

std::shared_ptr<const Policy> Compile(absl::string_view text) {
  const PolicyResult result = Policy::FromText(text, "report_bench.textproto");
  if (!result.status().ok()) Die(result.status().ToString());
  return result.policy;
}

// The policy of the desk, and one that refuses and holds more.
struct Policies {
  std::shared_ptr<const Policy> before = Compile(DeskPolicyText());
  std::shared_ptr<const Policy> after =
      Compile(absl::StrReplaceAll(DeskPolicyText(), {{"blocked'", "gold'"},
                                                     {"quantity > 100", "quantity > 1"},
                                                     {"units > 1000000", "units > 4000"}}));
};

std::unique_ptr<Desk> OpenDesk(const std::shared_ptr<const Policy>& policy,
                               absl::optional<std::size_t> max_cached_state_bytes) {
  DeskOptions options;
  options.policy = policy;
  options.max_cached_state_bytes = max_cached_state_bytes;
  absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(std::move(options));
  if (!desk.ok()) Die(desk.status().ToString());
  return *std::move(desk);
}

// A desk with commands of all kinds. Each is asked for twice: the second time most are refused.
std::unique_ptr<Desk> MakeWorkedDesk(const std::shared_ptr<const Policy>& policy, int commands) {
  std::unique_ptr<Desk> desk = OpenDesk(policy, absl::nullopt);
  const Mix mix = MakeMix(commands / 2);
  for (const CommandWithFacts& each : mix.history) {
    RequireDone(desk->Execute(each.command, each.facts));
  }
  for (const CommandWithFacts& each : mix.commands) {
    for (int i = 0; i < 2; ++i) {
      const absl::StatusOr<v1::Outcome> outcome = desk->Execute(each.command, each.facts);
      if (!outcome.ok()) Die(outcome.status().ToString());
    }
  }
  return desk;
}

// The records of the desk that reached policy.
std::vector<v1::JournalRecord> RecordsOf(const Reader& reader) {
  std::vector<v1::JournalRecord> records;
  LogPage page;
  page.page_size = 1'000;
  for (;;) {
    const absl::StatusOr<std::vector<v1::JournalRecord>> read = reader.Journal(page);
    if (!read.ok()) Die(read.status().ToString());
    if (read->empty()) return records;
    page.after = read->back().sequence();
    for (const v1::JournalRecord& record : *read) {
      if (record.has_input_hash()) records.push_back(record);
    }
  }
}

std::vector<v1::DecisionInput> InputsOf(const Reader& reader,
                                        const std::vector<v1::JournalRecord>& records) {
  std::vector<v1::DecisionInput> inputs;
  for (const v1::JournalRecord& record : records) {
    absl::StatusOr<v1::RebuiltInput> rebuilt = reader.DecisionInputOf(record.record_id());
    if (!rebuilt.ok()) Die(rebuilt.status().ToString());
    inputs.push_back(std::move(*rebuilt->mutable_input()));
  }
  return inputs;
}

template <class Changes>
PairCounts CountsOf(const Changes& changes) {
  PairCounts counts{};
  for (const auto& change : changes) counts[change.before()][change.after()] = change.count();
  return counts;
}

// Both policies about each input, by rules::Replay.
PairCounts Replay(const std::vector<v1::DecisionInput>& inputs, const Policies& policies) {
  std::size_t next = 0;
  const rules::ReplayInputs source = [&](rules::ReplayInput* input) -> absl::StatusOr<bool> {
    if (next == inputs.size()) return false;
    input->id = absl::StrCat(next);
    // The inputs outlive it.
    input->message = std::shared_ptr<const google::protobuf::Message>(
        std::shared_ptr<const google::protobuf::Message>(), &inputs[next++]);
    return true;
  };
  const auto by = [](const Policy& policy) -> rules::DecideInput {
    return [&policy](const rules::ReplayInput& input, cel::Scratch&) {
      return policy.Decide(static_cast<const v1::DecisionInput&>(*input.message), {}, nullptr,
                           rules::TraceLevel::kFired);
    };
  };
  const absl::StatusOr<v1::ReplayReport> report =
      rules::Replay(source, by(*policies.before), by(*policies.after));
  if (!report.ok()) Die(report.status().ToString());
  return CountsOf(report->outcomes());
}

PairCounts Backtest(const Reader& reader, const Policies& policies) {
  report::BacktestOptions options;
  options.before = policies.before;
  const absl::StatusOr<v1::BacktestReport> report =
      report::Backtest(reader, policies.after, options);
  if (!report.ok()) Die(report.status().ToString());
  return CountsOf(report->verdicts());
}

using Side = std::function<PairCounts()>;

// Inputs whose outcomes differ, and those whose do not: neither may be none.
void RequireBoth(const PairCounts& counts) {
  std::int64_t same = 0, changed = 0;
  for (int before = 0; before < 4; ++before) {
    for (int after = 0; after < 4; ++after) {
      (before == after ? same : changed) += counts[before][after];
    }
  }
  if (same == 0 || changed == 0) Die("all inputs have outcomes of one kind");
}

void MeasurePair(absl::string_view name, std::size_t inputs, int rounds, const Side& side,
                 const Side& floor) {
  const PairCounts expected = floor();
  RequireBoth(expected);
  std::vector<double> times, floor_times;
  const auto run = [&](const Side& each, std::vector<double>* into) {
    const std::int64_t begin = ThreadNanoseconds();
    const PairCounts counts = each();
    into->push_back(static_cast<double>(ThreadNanoseconds() - begin) / static_cast<double>(inputs));
    if (counts != expected) Die(absl::StrCat(name, " and its loop count otherwise"));
  };
  for (int round = 0; round < rounds; ++round) {
    if (round % 2 == 0) run(side, &times);
    run(floor, &floor_times);
    if (round % 2 != 0) run(side, &times);
  }
  const std::string floor_name = absl::StrCat(name, "_loop");
  PrintRow(name, Median(std::move(times)), "ns", floor_name);
  PrintRow(floor_name, Median(std::move(floor_times)), "ns", "");
}

std::int64_t BytesInUse() { return static_cast<std::int64_t>(mallinfo2().uordblks); }

// The most bytes beyond those of the desk, at ten points of a backtest of that number of records: asking costs as much as the heap is
// large.
double MostBytes(const Policies& policies, int records) {
  const std::unique_ptr<Desk> desk = OpenDesk(policies.before, kCachedBytes);
  AddEntities(0, records, 1'000, *desk);
  const std::int64_t begin = BytesInUse();
  std::int64_t most = 0;
  report::BacktestOptions options;
  options.before = policies.before;
  std::int64_t next = 0;
  options.progress = [&](std::int64_t count) {
    if (count < next && count < records) return true;
    next = count + records / 10;
    most = std::max(most, BytesInUse() - begin);
    return true;
  };
  const absl::StatusOr<v1::BacktestReport> report =
      report::Backtest(*desk, policies.after, options);
  if (!report.ok()) Die(report.status().ToString());
  if (report->decided_count() != records) Die("a record was not decided");
  return static_cast<double>(most);
}

bool IsSelected(absl::string_view name, absl::string_view only) {
  return absl::StartsWith(name, only) || absl::StartsWith(absl::StrCat(name, "_loop"), only);
}

void Run(const Arguments& arguments) {
  const Policies policies;
  const bool replay = IsSelected("replay", arguments.only);
  const bool backtest = IsSelected("backtest", arguments.only);
  if (replay || backtest) {
    const std::unique_ptr<Desk> desk = MakeWorkedDesk(policies.before, arguments.commands);
    const std::vector<v1::JournalRecord> records = RecordsOf(*desk);
    if (replay) {
      const std::vector<v1::DecisionInput> inputs = InputsOf(*desk, records);
      MeasurePair(
          "replay", inputs.size(), arguments.rounds, [&] { return Replay(inputs, policies); },
          [&] { return ReplayLoop(inputs, *policies.before, *policies.after); });
    }
    if (backtest) {
      MeasurePair(
          "backtest", records.size(), arguments.rounds, [&] { return Backtest(*desk, policies); },
          [&] { return BacktestLoop(*desk, records, *policies.before, *policies.after); });
    }
  }
  if (absl::StartsWith("backtest_memory", arguments.only) ||
      absl::StartsWith("backtest_memory_1000", arguments.only)) {
    PrintRow("backtest_memory", MostBytes(policies, arguments.records), "bytes",
             "backtest_memory_1000");
    PrintRow("backtest_memory_1000", MostBytes(policies, kFewRecords), "bytes", "");
  }
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) {
  frontdesk::Arguments arguments;
  frontdesk::ReadBenchOptions(argc, argv,
                              {{"--only", &arguments.only},
                               {"--commands", &arguments.commands},
                               {"--rounds", &arguments.rounds},
                               {"--records", &arguments.records}});
  frontdesk::Run(arguments);
}
