// Explanations in three lengths of every command, and of every reason that a command can be refused with, beside golden files in
// tests/desk/explanations. FRONTDESK_UPDATE_GOLDEN=1 writes them anew; read them as a customer and as an agent before they are
// kept.
//
// The commands are random ones with a fixed seed. Each that is done is previewed before by an actor that the policy refuses, and by one
// that it holds. Reasons that no such run gives are explained from a refusal that is made by hand; the file says which.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "desk/planter.h"
#include "desk/random_commands.h"
#include "desk/shop.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/decide/explain.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/command_options.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::Chance;
using ::frontdesk::testing::RandomCommands;

constexpr std::uint64_t kSeed = 20'261'130;
constexpr int kCommandsPerDesk = 400;
constexpr int kDesks = 80;

// The texts of one explanation.
struct Texts {
  std::string title;
  std::string customer;
  std::vector<std::string> agent;
  std::string auditor;
};

Texts TextsOf(std::string title, const v1::Explanation& why) {
  return {std::move(title),
          why.customer_text(),
          {why.agent_lines().begin(), why.agent_lines().end()},
          why.text()};
}

// ---- A company that refuses and holds by role --------------------------------------------------

// The random policy with other rule sets: one for each decision input.
std::shared_ptr<const Policy> MakePolicy() {
  v1::PolicyPack pack;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(testing::kRandomPolicy, &pack));
  pack.clear_rule_sets();
  std::map<const google::protobuf::Descriptor*, v1::RuleSet*> sets;
  for (const domain::CommandInfo& info : domain::Commands()) {
    if (info.decision_input == nullptr) continue;
    v1::RuleSet*& set = sets[info.decision_input];
    if (set == nullptr) {
      set = pack.add_rule_sets();
      EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(
          R"pb(
            default_outcome: POLICY_OUTCOME_ALLOW
            rules {
              id: "blocked"
              order: 1
              outcome: POLICY_OUTCOME_REFUSE
              reason: "REQUESTER_BLOCKED"
              text: "Who is blocked cannot do this."
              condition: "actor.has_role('blocked')"
            }
            rules {
              id: "trainee"
              order: 2
              outcome: POLICY_OUTCOME_HOLD
              reason: "REQUESTER_NEW"
              text: "Trainees ask before they do this."
              authority: "supervisor"
              condition: "actor.has_role('trainee')"
            }
          )pb",
          set));
      set->set_id(info.decision_input->name());
    }
    set->add_decision_points(std::string(info.name));
  }
  v1::VocabularyWord& authority = *pack.mutable_vocabulary()->add_authorities();
  authority.set_name("supervisor");
  authority.set_text("a supervisor");
  for (const char* role : {"blocked", "trainee"}) {
    pack.mutable_vocabulary()->add_roles()->set_name(role);
  }
  PolicyResult compiled = Policy::Compile(pack);
  EXPECT_NE(compiled.policy, nullptr) << compiled.status();
  return compiled.policy;
}

// ---- Collecting ----------------------------------------------------------------------------------

class Collector {
 public:
  void Run() {
    for (int i = 0; i < kDesks && !IsComplete(); ++i) RunDesk(i);
  }

  // By command, then verdict.
  const std::map<std::string, std::vector<Texts>>& commands() const { return commands_; }
  const std::map<std::string, Texts>& reasons() const { return reasons_; }
  const Policy* policy() const { return policy_.get(); }

 private:
  bool IsComplete() const { return commands_.size() == domain::Commands().size(); }

  std::vector<const domain::CommandInfo*> Missing() const {
    std::vector<const domain::CommandInfo*> missing;
    for (const domain::CommandInfo& info : domain::Commands()) {
      if (commands_.count(std::string(info.name)) == 0) missing.push_back(&info);
    }
    return missing;
  }

  void RunDesk(int number) {
    DeskOptions options;
    options.policy = policy_;
    options.trace = rules::TraceLevel::kFull;
    auto opened = Desk::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    Desk& desk = **opened;
    // Two policies to choose from.
    v1::PolicyPack second = policy_->pack();
    second.set_version("2");
    testing::MustActivate(desk, Policy::Compile(second).policy, 0);
    testing::MustActivate(desk, policy_, 0);
    for (const v1::Command& command : testing::OpeningCommands()) testing::MustDo(desk, command);
    Chance chance(kSeed + static_cast<std::uint64_t>(number));
    RandomCommands random(&chance, &desk);
    for (int i = 0; i < kCommandsPerDesk; ++i) {
      // Rare commands come more often while they are missing.
      const std::vector<const domain::CommandInfo*> missing = Missing();
      v1::Command command = number > 0 && i % 2 == 1 && !missing.empty()
                                ? random.Next(*missing[i / 2 % missing.size()])
                                : random.Next();
      // With a planted word some commands cannot be done: the name of a state, for example.
      if (number % 2 == 0) testing::Plant(testing::Planting::kKeepForm, &command);
      const v1::Facts facts = random.NextFacts(command);
      // Something to approve and to decline.
      if (i % 10 == 9) command.mutable_actor()->add_roles("trainee");
      Execute(desk, command, facts);
    }
  }

  v1::Explanation Why(const Desk& desk, const v1::Command& command, const v1::Outcome& outcome) {
    if (outcome.record_id().empty()) return Explain(command, outcome, policy_.get());
    const auto why = desk.Explain(outcome.record_id());
    EXPECT_TRUE(why.ok()) << why.status();
    return why.ok() ? *why : v1::Explanation();
  }

  void Execute(Desk& desk, const v1::Command& command, const v1::Facts& facts) {
    const domain::CommandInfo* info = domain::FindCommand(command);
    if (info == nullptr) return;
    const std::string name(info->name);
    std::vector<Texts> previews;
    if (commands_.count(name) == 0 && info->decision_input != nullptr) {
      for (const char* role : {"blocked", "trainee"})
        Preview(desk, command, facts, role, &previews);
    }
    const auto outcome = desk.Execute(command, facts);
    if (!outcome.ok()) return;
    if (outcome->verdict() == v1::VERDICT_REFUSED) {
      const std::string& reason = outcome->refusals(0).reason();
      if (reasons_.count(reason) > 0) return;
      reasons_[reason] = TextsOf(absl::StrCat(reason, ", by ", name), Why(desk, command, *outcome));
    }
    // A change says more than none.
    if (outcome->verdict() != v1::VERDICT_DONE || commands_.count(name) > 0) return;
    if (outcome->events().empty() || (info->decision_input != nullptr && previews.size() < 2)) {
      return;
    }
    std::vector<Texts>& texts = commands_[name];
    texts.push_back(TextsOf(absl::StrCat(name, ", done"), Why(desk, command, *outcome)));
    texts.insert(texts.end(), previews.begin(), previews.end());
  }

  void Preview(Desk& desk, v1::Command command, const v1::Facts& facts, const char* role,
               std::vector<Texts>* previews) {
    command.mutable_actor()->add_roles(role);
    command.clear_idempotency_key();
    const auto outcome = desk.Preview(command, facts);
    if (!outcome.ok()) return;
    const bool is_held = outcome->verdict() == v1::VERDICT_HELD;
    if (!is_held && (outcome->verdict() != v1::VERDICT_REFUSED ||
                     outcome->refusals(0).reason() != "REQUESTER_BLOCKED")) {
      return;
    }
    previews->push_back(TextsOf(absl::StrCat(domain::FindCommand(command)->name,
                                             is_held ? ", held" : ", refused by a rule"),
                                Explain(command, *outcome, policy_.get())));
  }

  const std::shared_ptr<const Policy> policy_ = MakePolicy();
  std::map<std::string, std::vector<Texts>> commands_;
  std::map<std::string, Texts> reasons_;
};

const Collector& Collected() {
  static const Collector* const collected = [] {
    auto* collector = new Collector();
    collector->Run();
    return collector;
  }();
  return *collected;
}

// ---- Reasons ---------------------------------------------------------------------------------------

// Whether a command can be refused with it: no status, and not about the text of a policy or a search.
bool IsOfRefusals(const Reason& reason) {
  static const std::regex other("(POLICY|RULE|RULE_SET|FIND|CALENDAR)_.*");
  static const std::set<std::string> also = {"POLICY_NO_RULE", "POLICY_ERROR", "POLICY_DEFAULT",
                                             "POLICY_NOT_FOUND"};
  const std::string word(reason.word);
  if (also.count(word) > 0) return true;
  return reason.code == absl::StatusCode::kOk && !std::regex_match(word, other) &&
         !absl::StartsWith(word, "COMMAND_FIELD") && !absl::StartsWith(word, "COMMAND_TEXT") &&
         !absl::StartsWith(word, "COMMAND_VERB");
}

// The command whose prefix the reason has, else one of the entity, else CancelOrder.
const domain::CommandInfo& CommandOf(absl::string_view reason) {
  const domain::CommandInfo* found = domain::FindCommandByName("CancelOrder");
  size_t length = 0;
  for (const domain::CommandInfo& info : domain::Commands()) {
    const absl::string_view noun = domain::EntityKindName(info.entity_kind);
    const bool is_prefix = absl::StartsWith(reason, absl::StrCat(info.reason_prefix, "_"));
    const bool is_entity = !noun.empty() && absl::StartsWith(reason, absl::StrCat(noun, "_")) &&
                           !info.options->done_text().empty();
    const size_t fit = is_prefix ? info.reason_prefix.size() + 100 : is_entity ? noun.size() : 0;
    if (fit > length) found = &info;
    length = std::max(length, fit);
  }
  return *found;
}

v1::Command EmptyCommand(const domain::CommandInfo& info) {
  v1::Command command = testing::By("anna");
  const auto* arm = v1::Command::descriptor()->FindFieldByName(std::string(info.arm));
  google::protobuf::Message* entity = command.GetReflection()->MutableMessage(&command, arm);
  entity->GetReflection()->MutableMessage(entity,
                                          entity->GetDescriptor()->FindFieldByNumber(info.number));
  return command;
}

Texts MadeByHand(const Reason& reason, const Policy* policy) {
  const domain::CommandInfo& info = CommandOf(reason.word);
  v1::Outcome outcome;
  outcome.set_verdict(v1::VERDICT_REFUSED);
  v1::Refusal& refusal = *outcome.add_refusals();
  refusal.set_reason(std::string(reason.word));
  refusal.set_text(std::string(reason.text));
  refusal.set_origin(v1::Refusal::ORIGIN_INVARIANT);
  if (absl::StartsWith(reason.word, "ARGUMENT_")) refusal.set_origin(v1::Refusal::ORIGIN_ARGUMENT);
  if (absl::StartsWith(reason.word, "POLICY_")) refusal.set_origin(v1::Refusal::ORIGIN_POLICY);
  return TextsOf(absl::StrCat(reason.word, ", by ", info.name, ", made by hand"),
                 Explain(EmptyCommand(info), outcome, policy));
}

std::vector<Texts> ReasonTexts() {
  std::map<std::string, Texts> texts = Collected().reasons();
  for (const Reason& reason : AllReasons()) {
    const std::string word(reason.word);
    if (IsOfRefusals(reason) && texts.count(word) == 0) {
      texts[word] = MadeByHand(reason, Collected().policy());
    }
  }
  std::vector<Texts> sorted;
  for (auto& [word, each] : texts) sorted.push_back(std::move(each));
  return sorted;
}

std::vector<Texts> CommandTexts() {
  std::vector<Texts> texts;
  for (const domain::CommandInfo& info : domain::Commands()) {
    const auto found = Collected().commands().find(std::string(info.name));
    if (found == Collected().commands().end()) continue;
    texts.insert(texts.end(), found->second.begin(), found->second.end());
  }
  return texts;
}

// ---- Lint --------------------------------------------------------------------------------------------

// Words that no agent and no customer reads: enum values, paths, words of protobuf, minor units.
std::string FindFault(const std::string& text) {
  static const std::regex faults(
      "[A-Z]+_[A-Z]+|\\b(fields?|oneof|message type|protobuf|proto|enum|repeated|minor unit|minor "
      "units|bool|int64)\\b|\\b[a-z]+_[a-z_]+\\b|\\b(order|case|customer|account|command|"
      "interaction)\\."
      "[a-z]|1970-01-01|\\bunspecified\\b");
  std::smatch match;
  return std::regex_search(text, match, faults) ? match.str() : "";
}

void ExpectClean(const Texts& texts) {
  SCOPED_TRACE(texts.title);
  EXPECT_EQ(testing::FindPersonal(texts.customer), "");
  EXPECT_EQ(FindFault(texts.customer), "") << texts.customer;
  if (!texts.customer.empty()) {
    EXPECT_EQ(texts.customer.back(), '.') << texts.customer;
    EXPECT_EQ(texts.customer.find(". "), std::string::npos) << texts.customer;
    EXPECT_EQ(texts.customer.find('\n'), std::string::npos);
    static const std::regex ids("\\b[a-z]+-?[0-9]+\\b|[A-Z]{2,}|\"");
    EXPECT_FALSE(std::regex_search(texts.customer, ids)) << texts.customer;
  }
  ASSERT_FALSE(texts.agent.empty());
  EXPECT_LE(texts.agent.size(), 5u);
  for (const std::string& line : texts.agent) {
    EXPECT_EQ(testing::FindPersonal(line), "") << line;
    EXPECT_EQ(FindFault(line), "") << line;
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_EQ(line.back(), '.') << line;
  }
  EXPECT_EQ(testing::FindPersonal(texts.auditor), "") << texts.auditor;
}

std::string ForPeople(const std::vector<Texts>& all) {
  std::string text;
  for (const Texts& texts : all) {
    absl::StrAppend(&text, "== ", texts.title, "\n",
                    texts.customer.empty() ? "(customers are not informed)" : texts.customer, "\n");
    for (const std::string& line : texts.agent) absl::StrAppend(&text, "  ", line, "\n");
  }
  return text;
}

std::string ForAuditors(const std::vector<Texts>& all) {
  std::string text;
  for (const Texts& texts : all) {
    // The hash of the policy is another one after each change of the test policy.
    static const std::regex hash("hash [0-9a-f]{12}");
    absl::StrAppend(&text, "== ", texts.title, "\n",
                    std::regex_replace(texts.auditor, hash, "hash of it"));
  }
  return text;
}

void ExpectGolden(const std::string& name, const std::string& text) {
  const char* source = std::getenv("FRONTDESK_SOURCE_DIR");
  const std::string path =
      absl::StrCat(source == nullptr ? "." : source, "/tests/desk/explanations/", name, ".txt");
  if (std::getenv("FRONTDESK_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << text;
    return;
  }
  std::stringstream kept;
  kept << std::ifstream(path).rdbuf();
  // The first difference says more than two long texts.
  std::istringstream expected(kept.str()), actual(text);
  std::string expected_line, actual_line;
  for (int line = 1;; ++line) {
    const bool more = static_cast<bool>(std::getline(expected, expected_line));
    const bool more_now = static_cast<bool>(std::getline(actual, actual_line));
    ASSERT_EQ(more_now, more) << path << ":" << line;
    if (!more) break;
    ASSERT_EQ(actual_line, expected_line) << path << ":" << line;
  }
}

// ---- Tests ---------------------------------------------------------------------------------------------

TEST(ExplanationsTest, EveryCommandInThreeLengths) {
  const std::vector<Texts> texts = CommandTexts();
  for (const domain::CommandInfo& info : domain::Commands()) {
    EXPECT_EQ(Collected().commands().count(std::string(info.name)), 1u) << info.name;
  }
  for (const Texts& each : texts) ExpectClean(each);
  ExpectGolden("commands", ForPeople(texts));
  ExpectGolden("commands_for_auditors", ForAuditors(texts));
}

TEST(ExplanationsTest, EveryReasonInThreeLengths) {
  const std::vector<Texts> texts = ReasonTexts();
  EXPECT_GT(texts.size(), 200u);
  EXPECT_GT(Collected().reasons().size(), 80u);
  for (const Texts& each : texts) ExpectClean(each);
  ExpectGolden("reasons", ForPeople(texts));
  ExpectGolden("reasons_for_auditors", ForAuditors(texts));
}

// A cause is read after "We cannot cancel your order because".
TEST(ExplanationsTest, CausesAreClauses) {
  for (const Reason& reason : AllReasons()) {
    if (reason.customer_cause.empty()) continue;
    const std::string cause(reason.customer_cause);
    EXPECT_TRUE(absl::ascii_islower(static_cast<unsigned char>(cause.front()))) << cause;
    EXPECT_NE(cause.back(), '.') << cause;
    EXPECT_EQ(FindFault(cause), "") << cause;
  }
}

TEST(ExplanationsTest, EveryCommandSaysWhatItAsksFor) {
  for (const domain::CommandInfo& info : domain::Commands()) {
    const std::string& request = info.options->request_text();
    ASSERT_FALSE(request.empty()) << info.name;
    EXPECT_TRUE(absl::ascii_islower(static_cast<unsigned char>(request.front()))) << request;
    EXPECT_NE(request.back(), '.') << request;
    const std::string& done = info.options->done_text();
    if (done.empty()) continue;
    EXPECT_EQ(done.back(), '.') << done;
    EXPECT_EQ(done.find('.'), done.size() - 1) << done;
  }
}

}  // namespace
}  // namespace frontdesk
