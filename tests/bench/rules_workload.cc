// A workload of rules: all matches of an event, loading, and memory.
//
//   frontdesk_rules_workload --workload DIR [--only PREFIX] [--rounds N] [--rules N] [--most N]
//
// DIR has rules_plain.cel and rules_mixed.cel with one condition a line. events.jsonl has one event a line in the JSON form of
// protos/workload/event.proto. expected_plain.json and expected_mixed.json have for each event the zero-based numbers of the lines that hold.
// Sets of fewer rules are the first lines; those of more are the lines again, with other constants.
//
//   - plain_N: RuleSet::FindMatches of one parsed event, against typed_loop_N: typed_rules.cc.
//   - mixed_N: the same, against program_loop_N, which evaluates the program of each condition.
//   - load_N: CompileText of a set, against parse_N: the same text parsed as a message. memory_N: the bytes that the set holds.
//
// Time is the CPU time of the thread; a value is the median over the rounds, in which the two sides take turns. Matches are compared with
// the expected ones, or, for more rules, those of both sides with each other.
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "bench_options.h"
#include "frontdesk/cel/environment.h"
#include "frontdesk/cel/program.h"
#include "frontdesk/rules/issues.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/text.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "printed_rows.h"
#include "typed_rules.h"
#include "workload/accessors.h"
#include "workload/event.pb.h"

namespace frontdesk {
namespace {

using Matches = std::vector<std::int32_t>;

struct Arguments {
  std::string workload;
  std::string only;
  int rounds = 15;
  int most = 100'000;
};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) Die(absl::StrCat("cannot read ", path));
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

std::vector<std::string> ReadLines(const std::string& path) {
  std::vector<std::string> lines = absl::StrSplit(ReadFile(path), '\n', absl::SkipEmpty());
  if (lines.empty()) Die(absl::StrCat(path, " has no lines"));
  return lines;
}

// The lists of a JSON text of lists of numbers.
std::vector<Matches> ReadExpected(const std::string& path) {
  std::vector<Matches> lists;
  std::string number;
  int depth = 0;
  for (const char c : ReadFile(path)) {
    if (absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      number += c;
      continue;
    }
    if (!number.empty()) {
      lists.back().push_back(0);
      if (!absl::SimpleAtoi(number, &lists.back().back())) Die(path);
      number.clear();
    }
    if (c == '[' && ++depth == 2) lists.emplace_back();
    if (c == ']') --depth;
  }
  return lists;
}

// The numbers that a condition compares with are raised by `more`.
std::string WithOtherConstants(const std::string& condition, std::int64_t more) {
  std::string other;
  for (const absl::string_view word : absl::StrSplit(condition, ' ')) {
    std::int64_t number = 0;
    if (!other.empty()) other += ' ';
    if (word.size() > 2 && absl::SimpleAtoi(word, &number)) {
      absl::StrAppend(&other, number + more);
    } else {
      absl::StrAppend(&other, word);
    }
  }
  return other;
}

struct Workload {
  std::vector<std::string> lines;
  std::vector<Matches> expected;

  std::vector<std::string> Conditions(int count) const {
    std::vector<std::string> conditions;
    for (int i = 0; i < count; ++i) {
      const std::size_t copy = static_cast<std::size_t>(i) / lines.size();
      const std::string& line = lines[static_cast<std::size_t>(i) % lines.size()];
      conditions.push_back(copy == 0 ? line
                                     : WithOtherConstants(line, static_cast<std::int64_t>(copy)));
    }
    return conditions;
  }
};

std::string TextOf(const std::vector<std::string>& conditions) {
  v1::RuleSet source;
  source.set_id("workload");
  source.set_default_outcome(v1::POLICY_OUTCOME_ALLOW);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    v1::Rule& rule = *source.add_rules();
    rule.set_id(absl::StrCat("rule_", i));
    rule.set_order(static_cast<std::int32_t>(i + 1));
    rule.set_condition(conditions[i]);
    rule.set_outcome(v1::POLICY_OUTCOME_REFUSE);
    rule.set_reason("WORKLOAD");
  }
  std::string text;
  google::protobuf::TextFormat::PrintToString(source, &text);
  return text;
}

std::shared_ptr<const rules::RuleSet> Load(const std::string& text) {
  rules::CompileOptions options;
  options.accessors = &workload::Accessors();
  options.limits.max_rules = 200'000;
  rules::TextLimits limits;
  limits.max_text_bytes = 256 << 20;
  rules::CompileResult compiled =
      rules::CompileText(text, workload::Event::descriptor(), options, limits);
  if (!compiled.ok()) Die(rules::FormatIssues(compiled.issues));
  return std::move(compiled.rule_set);
}

std::vector<cel::Program> Programs(const std::vector<std::string>& conditions) {
  cel::EnvironmentBuilder builder;
  builder.SetRootMessage(workload::Event::descriptor());
  builder.AddAccessors(workload::Accessors());
  const auto environment = builder.Build();
  if (!environment.ok()) Die(environment.status().ToString());
  std::vector<cel::Program> programs;
  for (const std::string& condition : conditions) {
    const cel::CompileResult compiled = (*environment)->Compile(condition);
    if (compiled.program == nullptr) Die(condition);
    programs.push_back(*compiled.program);
  }
  return programs;
}

class WorkloadBench {
 public:
  explicit WorkloadBench(const Arguments& arguments) : arguments_(arguments) {
    plain_ = ReadWorkload("plain");
    mixed_ = ReadWorkload("mixed");
    for (const std::string& line : ReadLines(absl::StrCat(arguments.workload, "/events.jsonl"))) {
      const auto parsed =
          google::protobuf::util::JsonStringToMessage(line, &events_.emplace_back());
      if (!parsed.ok()) Die(parsed.ToString());
    }
  }

  void Run() {
    for (const int count : {10, 100, 1'000, 10'000, 100'000}) {
      if (count > arguments_.most) break;
      RunPlain(count);
      RunMixed(count);
    }
    for (const int count : {10, 100, 1'000, 10'000}) {
      if (count <= arguments_.most) RunLoading(count);
    }
  }

 private:
  Workload ReadWorkload(const std::string& kind) const {
    return {ReadLines(absl::StrCat(arguments_.workload, "/rules_", kind, ".cel")),
            ReadExpected(absl::StrCat(arguments_.workload, "/expected_", kind, ".json"))};
  }

  bool IsAsked(const std::string& name) const { return absl::StartsWith(name, arguments_.only); }

  // Times both sides in turns, an event after the other, and prints the rows. Times of one event.
  void Compare(const std::string& name, const std::function<void(const workload::Event&)>& ours,
               const std::string& floor,
               const std::function<void(const workload::Event&)>& theirs) const {
    const auto time = [&](const std::function<void(const workload::Event&)>& side) {
      // About ten milliseconds a side and round, by a first pass. It also brings back what the other side has driven out of the caches.
      constexpr std::int64_t kNanoseconds = 10'000'000;
      std::int64_t begin = ThreadNanoseconds();
      for (const workload::Event& event : events_) side(event);
      const std::int64_t first = std::max<std::int64_t>(1, ThreadNanoseconds() - begin);
      const std::int64_t passes = std::max<std::int64_t>(1, kNanoseconds / first);
      begin = ThreadNanoseconds();
      for (std::int64_t pass = 0; pass < passes; ++pass) {
        for (const workload::Event& event : events_) side(event);
      }
      return static_cast<double>(ThreadNanoseconds() - begin) /
             static_cast<double>(passes * static_cast<std::int64_t>(events_.size()));
    };
    std::vector<double> our_times, their_times;
    for (int round = 0; round < arguments_.rounds; ++round) {
      our_times.push_back(time(ours));
      their_times.push_back(time(theirs));
    }
    PrintRow(name, Median(our_times), "ns", floor);
    PrintRow(floor, Median(their_times), "ns", "");
  }

  // Dies where the matches are not the expected ones.
  void Check(const Workload& workload, int count, const std::string& name, std::size_t event,
             const Matches& matches, const Matches& others) const {
    Matches expected = others;
    if (count <= static_cast<int>(workload.lines.size())) {
      if (event >= workload.expected.size()) Die("an event has no expected matches");
      expected = workload.expected[event];
      expected.erase(std::lower_bound(expected.begin(), expected.end(), count), expected.end());
    }
    if (matches != expected || others != expected) {
      Die(absl::StrCat(name, ": other matches for event ", event));
    }
  }

  void RunPlain(int count) {
    const std::string name = absl::StrCat("plain_", count);
    if (!IsAsked(name)) return;
    const std::vector<std::string> conditions = plain_.Conditions(count);
    const std::shared_ptr<const rules::RuleSet> set = Load(TextOf(conditions));
    std::vector<TypedRule> typed;
    for (const std::string& condition : conditions) typed.push_back(ParseTypedRule(condition));
    Matches found;
    for (std::size_t i = 0; i < events_.size(); ++i) {
      MatchTypedRules(typed, events_[i], &found);
      Check(plain_, count, name, i, Find(*set, events_[i]), found);
    }
    Compare(
        name, [&](const workload::Event& event) { Find(*set, event); },
        absl::StrCat("typed_loop_", count),
        [&](const workload::Event& event) { MatchTypedRules(typed, event, &found); });
  }

  void RunMixed(int count) {
    const std::string name = absl::StrCat("mixed_", count);
    if (!IsAsked(name)) return;
    const std::vector<std::string> conditions = mixed_.Conditions(count);
    const std::shared_ptr<const rules::RuleSet> set = Load(TextOf(conditions));
    const std::vector<cel::Program> programs = Programs(conditions);
    cel::Scratch scratch;
    Matches found;
    const auto loop = [&](const workload::Event& event) {
      found.clear();
      for (std::size_t i = 0; i < programs.size(); ++i) {
        if (programs[i].EvaluateBool(event, scratch) == cel::BoolOutcome::kTrue) {
          found.push_back(static_cast<std::int32_t>(i));
        }
      }
    };
    for (std::size_t i = 0; i < events_.size(); ++i) {
      loop(events_[i]);
      Check(mixed_, count, name, i, Find(*set, events_[i]), found);
    }
    Compare(
        name, [&](const workload::Event& event) { Find(*set, event); },
        absl::StrCat("program_loop_", count), loop);
  }

  void RunLoading(int count) const {
    const std::string load = absl::StrCat("load_", count);
    const std::string memory = absl::StrCat("memory_", count);
    if (!IsAsked(load) && !IsAsked(memory)) return;
    const std::string text = TextOf(plain_.Conditions(count));
    if (IsAsked(memory)) {
      const std::size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
      const std::shared_ptr<const rules::RuleSet> set = Load(text);
      const std::size_t after = mallinfo2().uordblks + mallinfo2().hblkhd;
      PrintRow(memory, static_cast<double>(after - before), "bytes", "");
    }
    if (!IsAsked(load)) return;
    std::vector<double> load_times, parse_times;
    for (int round = 0; round < std::min(arguments_.rounds, 5); ++round) {
      std::int64_t begin = ThreadNanoseconds();
      Load(text);
      load_times.push_back(static_cast<double>(ThreadNanoseconds() - begin));
      begin = ThreadNanoseconds();
      v1::RuleSet source;
      if (!google::protobuf::TextFormat::ParseFromString(text, &source)) Die("parse");
      parse_times.push_back(static_cast<double>(ThreadNanoseconds() - begin));
    }
    const std::string parse = absl::StrCat("parse_", count);
    PrintRow(load, Median(load_times), "ns", parse);
    PrintRow(parse, Median(parse_times), "ns", "");
  }

  const Matches& Find(const rules::RuleSet& set, const workload::Event& event) {
    const absl::Status status = set.FindMatches(event, {}, scratch_, &matches_);
    if (!status.ok() || !matches_.erring.empty()) Die("FindMatches");
    return matches_.holding;
  }

  const Arguments arguments_;
  Workload plain_, mixed_;
  std::vector<workload::Event> events_;
  cel::Scratch scratch_;
  rules::RuleMatches matches_;
};

int Main(int argc, char** argv) {
  Arguments arguments;
  ReadBenchOptions(argc, argv,
                   {{"--workload", &arguments.workload},
                    {"--only", &arguments.only},
                    {"--rounds", &arguments.rounds},
                    {"--most", &arguments.most}});
  WorkloadBench(arguments).Run();
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) { return frontdesk::Main(argc, argv); }
