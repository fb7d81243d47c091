// Commands at a desk in memory, beside the floor of desk_floor.cc, which repeats what a recorded run of the same commands
// caused. Both begin with the bytes of a command and end with its events.
//
//   frontdesk_desk_bench [--only PREFIX] [--commands N] [--rounds N] [--count-instructions]
//
// In each round a new desk and a new floor carry out the same history and then the same commands. Time is the CPU time of the
// thread; a value is the median over the rounds, for one command. The two sides take turns. Prints one JSON object a row, as
// run_bench.py reads them. With --count-instructions it only calls CountInstructions() once for each side, and prints
// the names in that order; run_bench.py runs it in callgrind. The rows two_threads and one_thread are commands a second by the clock:
// two threads at one desk, each about entities of its own, against one thread with the commands of both. In the row two_desks each
// thread has a desk of its own: the most that the machine gives.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "allocation_count.h"
#include "bench_options.h"
#include "desk_floor.h"
#include "desk_inputs.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/policy.h"
#include "printed_rows.h"

namespace {

using Function = std::function<void()>;

}  // namespace

// The function whose instructions callgrind counts, by this name.
extern "C" ABSL_ATTRIBUTE_NOINLINE void FrontdeskCountInstructions(const Function& function) {
  function();
}

namespace frontdesk {
namespace {

struct Arguments {
  std::string only;
  int commands = 256;
  int rounds = 31;
  bool count_instructions = false;
};

// The commands of one name, with their results.
struct Recording {
  std::string name;
  std::vector<RecordedCommand> history;
  std::vector<RecordedCommand> commands;
};

std::shared_ptr<const Policy> CompilePolicy() {
  const PolicyResult result = Policy::FromText(DeskPolicyText(), "desk_bench.textproto");
  if (!result.status().ok()) Die(result.status().ToString());
  return result.policy;
}

std::unique_ptr<Desk> OpenDesk(const std::shared_ptr<const Policy>& policy) {
  DeskOptions options;
  options.policy = policy;
  absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(std::move(options));
  if (!desk.ok()) Die(desk.status().ToString());
  return *std::move(desk);
}

ABSL_ATTRIBUTE_NOINLINE absl::StatusOr<v1::Outcome> Execute(const RecordedCommand& recorded,
                                                            const v1::Facts& none, Desk& desk) {
  v1::Command command;
  if (!command.ParseFromString(recorded.bytes)) return absl::InternalError("not a command");
  return desk.Execute(command, recorded.needs_catalog ? DeskCatalog() : none);
}

RecordedCommand Record(const DeskInput& input, Desk& desk) {
  RecordedCommand recorded;
  recorded.bytes = input.command.SerializeAsString();
  recorded.needs_catalog = input.needs_catalog;
  const absl::StatusOr<v1::Outcome> outcome = Execute(recorded, v1::Facts(), desk);
  if (!outcome.ok()) Die(outcome.status().ToString());
  if (outcome->verdict() != v1::VERDICT_DONE || outcome->events().empty()) {
    Die(absl::StrCat(input.command.ShortDebugString(), " came to ", outcome->ShortDebugString()));
  }
  absl::flat_hash_set<std::string> seen;
  for (const v1::Event& event : outcome->events()) {
    recorded.events.push_back(event);
    if (!seen.insert(event.entity().SerializeAsString()).second) continue;
    const auto state = desk.Get(event.entity());
    if (!state.ok()) Die(state.status().ToString());
    recorded.states.push_back(**state);
  }
  return recorded;
}

Recording Record(const std::string& name, int count, const std::shared_ptr<const Policy>& policy) {
  const DeskInputs inputs = MakeDeskInputs(name, count);
  Recording recording;
  recording.name = name;
  const std::unique_ptr<Desk> desk = OpenDesk(policy);
  for (const DeskInput& input : inputs.history) recording.history.push_back(Record(input, *desk));
  for (const DeskInput& input : inputs.commands) recording.commands.push_back(Record(input, *desk));
  return recording;
}

// The cost of one command of a batch.
struct Cost {
  double nanoseconds = 0;
  double allocations = 0;
};

Cost Measure(std::size_t commands, const Function& batch) {
  const std::int64_t allocations = AllocationCount();
  const std::int64_t begin = ThreadNanoseconds();
  batch();
  const std::int64_t end = ThreadNanoseconds();
  const double count = static_cast<double>(commands);
  return {static_cast<double>(end - begin) / count,
          static_cast<double>(AllocationCount() - allocations) / count};
}

template <typename Events>
void CheckEvents(const Recording& recording, std::size_t i, const Events& events) {
  const std::vector<v1::Event>& expected = recording.commands[i].events;
  bool equal = static_cast<std::size_t>(events.size()) == expected.size();
  for (std::size_t k = 0; equal && k < expected.size(); ++k) {
    equal = events[static_cast<int>(k)].SerializeAsString() == expected[k].SerializeAsString();
  }
  if (!equal)
    Die(absl::StrCat("command ", i, " of ", recording.name,
                     " has other events than the recorded ones"));
}

using Runner = std::function<Cost(std::size_t commands, const Function& batch)>;

// Carries out the commands of a recording at a new desk, and checks the events afterwards.
Cost RunDesk(const Recording& recording, const std::shared_ptr<const Policy>& policy,
             const Runner& run) {
  const std::unique_ptr<Desk> desk = OpenDesk(policy);
  const v1::Facts none;
  for (const RecordedCommand& recorded : recording.history) {
    const absl::StatusOr<v1::Outcome> outcome = Execute(recorded, none, *desk);
    if (!outcome.ok()) Die(outcome.status().ToString());
  }
  std::vector<absl::StatusOr<v1::Outcome>> outcomes;
  outcomes.reserve(recording.commands.size());
  const Cost cost = run(recording.commands.size(), [&] {
    for (const RecordedCommand& recorded : recording.commands) {
      outcomes.push_back(Execute(recorded, none, *desk));
    }
  });
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].ok()) Die(outcomes[i].status().ToString());
    CheckEvents(recording, i, outcomes[i]->events());
  }
  return cost;
}

// The same with a new floor.
Cost RunFloor(const Recording& recording, const Runner& run) {
  DeskFloor floor;
  for (const RecordedCommand& recorded : recording.history) floor.Execute(recorded);
  std::vector<std::vector<v1::Event>> results;
  results.reserve(recording.commands.size());
  const Cost cost = run(recording.commands.size(), [&] {
    for (const RecordedCommand& recorded : recording.commands) {
      results.push_back(floor.Execute(recorded));
    }
  });
  for (std::size_t i = 0; i < results.size(); ++i) CheckEvents(recording, i, results[i]);
  return cost;
}

// One quantity of one name: a row of the desk, and one of the floor.
struct Pair {
  std::string desk;
  std::string floor;
  const char* unit;
  double Cost::*value;

  bool IsSelected(absl::string_view only) const {
    return absl::StartsWith(desk, only) || absl::StartsWith(floor, only);
  }
};

std::vector<Pair> PairsOf(const std::string& name, const Arguments& arguments) {
  std::vector<Pair> pairs;
  if (arguments.count_instructions) {
    pairs = {{absl::StrCat("instructions_", name), absl::StrCat("floor_instructions_", name),
              "instructions", nullptr}};
  } else {
    pairs = {
        {absl::StrCat("execute_", name), absl::StrCat("floor_", name), "ns", &Cost::nanoseconds},
        {absl::StrCat("allocations_", name), absl::StrCat("floor_allocations_", name),
         "allocations", &Cost::allocations}};
  }
  pairs.erase(
      std::remove_if(pairs.begin(), pairs.end(),
                     [&arguments](const Pair& pair) { return !pair.IsSelected(arguments.only); }),
      pairs.end());
  return pairs;
}

double MedianOf(const std::vector<Cost>& costs, double Cost::*value) {
  std::vector<double> values;
  for (const Cost& cost : costs) values.push_back(cost.*value);
  return Median(std::move(values));
}

void MeasureAll(const std::vector<Recording>& recordings, const Arguments& arguments,
                const std::shared_ptr<const Policy>& policy) {
  std::vector<std::vector<Cost>> desks(recordings.size()), floors(recordings.size());
  // The first round is not counted.
  for (int round = 0; round <= arguments.rounds; ++round) {
    for (std::size_t i = 0; i < recordings.size(); ++i) {
      const bool desk_first = round % 2 == 0;
      Cost desk, floor;
      if (desk_first) desk = RunDesk(recordings[i], policy, Measure);
      floor = RunFloor(recordings[i], Measure);
      if (!desk_first) desk = RunDesk(recordings[i], policy, Measure);
      if (round == 0) continue;
      desks[i].push_back(desk);
      floors[i].push_back(floor);
    }
  }
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    for (const Pair& pair : PairsOf(recordings[i].name, arguments)) {
      PrintRow(pair.desk, MedianOf(desks[i], pair.value), pair.unit, pair.floor);
      PrintRow(pair.floor, MedianOf(floors[i], pair.value), pair.unit, "");
    }
  }
}

// The number of instructions is known to callgrind only: these rows have a number of commands in place of a value.
void CountAll(const std::vector<Recording>& recordings, const Arguments& arguments,
              const std::shared_ptr<const Policy>& policy) {
  const Runner run = [](std::size_t, const Function& batch) {
    FrontdeskCountInstructions(batch);
    return Cost();
  };
  for (const Recording& recording : recordings) {
    for (const Pair& pair : PairsOf(recording.name, arguments)) {
      const double commands = static_cast<double>(recording.commands.size());
      RunDesk(recording, policy, run);
      PrintRow(pair.desk, commands, pair.unit, pair.floor);
      RunFloor(recording, run);
      PrintRow(pair.floor, commands, pair.unit, "");
    }
  }
}

constexpr absl::string_view kTwoThreads = "two_threads";
constexpr absl::string_view kTwoDesks = "two_desks";
constexpr absl::string_view kOneThread = "one_thread";

// Commands of all kinds about entities of a thread's own.
std::vector<v1::Command> CommandsOfThread(int thread, int count) {
  std::vector<v1::Command> commands;
  for (int i = 0; i < count; ++i) {
    v1::Command command;
    command.mutable_actor()->set_actor_id("anna");
    command.mutable_actor()->set_kind(v1::Actor::KIND_AGENT);
    command.mutable_now()->set_seconds(1'700'000'000);
    const std::string customer_id = absl::StrCat("t", thread, "-c", i / 3);
    const std::string case_id = absl::StrCat("t", thread, "-k", i / 3);
    if (i % 3 == 0) {
      v1::CreateCustomer& verb = *command.mutable_customer()->mutable_create_customer();
      verb.set_customer_id(customer_id);
      verb.set_given_name("Ann");
    } else if (i % 3 == 1) {
      v1::OpenCase& verb = *command.mutable_case_()->mutable_open_case();
      verb.set_case_id(case_id);
      verb.set_customer_id(customer_id);
      verb.set_kind(v1::Case::KIND_TROUBLE);
      verb.set_subject("The lamp does not light");
    } else {
      v1::AddCasePart& verb = *command.mutable_case_()->mutable_add_case_part();
      verb.set_case_id(case_id);
      verb.mutable_part()->set_part_id("p1");
      verb.mutable_part()->set_kind(v1::InteractionPart::KIND_MESSAGE);
      verb.mutable_part()->set_visibility(v1::VISIBILITY_PUBLIC);
      verb.mutable_part()->set_text("We will send you another bulb.");
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

// Commands a second by the clock, by one thread or by two, which share the commands; the second one may have a desk of its own.
double RunThreads(int threads, int desks, const std::vector<v1::Command> (&commands)[2],
                  const std::shared_ptr<const Policy>& policy) {
  const std::unique_ptr<Desk> first = OpenDesk(policy);
  const std::unique_ptr<Desk> second = desks == 1 ? nullptr : OpenDesk(policy);
  const v1::Facts none;
  std::atomic<int> failed{0};
  const auto run = [&](const std::vector<v1::Command>& each, Desk* desk) {
    for (const v1::Command& command : each) {
      const absl::StatusOr<v1::Outcome> outcome = desk->Execute(command, none);
      if (!outcome.ok() || outcome->verdict() != v1::VERDICT_DONE) ++failed;
    }
  };
  Desk* const other_desk = second == nullptr ? first.get() : second.get();
  const auto begin = std::chrono::steady_clock::now();
  if (threads == 1) {
    run(commands[0], first.get());
    run(commands[1], first.get());
  } else {
    std::thread other([&] { run(commands[1], other_desk); });
    run(commands[0], first.get());
    other.join();
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (failed > 0) Die("commands of two threads were not done");
  return static_cast<double>(commands[0].size() + commands[1].size()) / seconds.count();
}

void MeasureThreads(const Arguments& arguments, const std::shared_ptr<const Policy>& policy) {
  const bool is_selected = absl::StartsWith(kTwoThreads, arguments.only) ||
                           absl::StartsWith(kTwoDesks, arguments.only) ||
                           absl::StartsWith(kOneThread, arguments.only);
  if (!is_selected) return;
  const int count = arguments.commands * 12;
  const std::vector<v1::Command> commands[2] = {CommandsOfThread(0, count),
                                                CommandsOfThread(1, count)};
  std::vector<double> one, two, apart;
  for (int round = 0; round <= arguments.rounds; ++round) {
    const double alone = RunThreads(1, 1, commands, policy);
    const double together = RunThreads(2, 1, commands, policy);
    const double with_two_desks = RunThreads(2, 2, commands, policy);
    if (round == 0) continue;  // Not counted.
    one.push_back(alone);
    two.push_back(together);
    apart.push_back(with_two_desks);
  }
  PrintRow(kTwoThreads, Median(two), "commands/s", kOneThread);
  PrintRow(kTwoDesks, Median(apart), "commands/s", kOneThread);
  PrintRow(kOneThread, Median(one), "commands/s", "");
}

Arguments ParseArguments(int argc, char** argv) {
  Arguments arguments;
  ReadBenchOptions(argc, argv,
                   {{"--only", &arguments.only},
                    {"--commands", &arguments.commands},
                    {"--rounds", &arguments.rounds},
                    {"--count-instructions", &arguments.count_instructions}});
  return arguments;
}

int Main(int argc, char** argv) {
  const Arguments arguments = ParseArguments(argc, argv);
  const std::shared_ptr<const Policy> policy = CompilePolicy();
  std::vector<Recording> recordings;
  for (const std::string& name : DeskInputNames()) {
    if (!PairsOf(name, arguments).empty()) {
      recordings.push_back(Record(name, arguments.commands, policy));
    }
  }
  if (arguments.count_instructions) {
    CountAll(recordings, arguments, policy);
  } else {
    MeasureAll(recordings, arguments, policy);
    MeasureThreads(arguments, policy);
  }
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) { return frontdesk::Main(argc, argv); }
