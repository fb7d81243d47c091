// The table of assessed fields against what random commands get: each field is set for the commands that the table names, and for no
// others. A policy check rests on it: a rule that reads such a field at any other command reads nothing.
#include "frontdesk/domain/assessed_fields.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/unchanged.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::Chance;
using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

constexpr std::uint64_t kSeed = 20'261'201;
// At least and at most. More are run while an entry of the table has not been seen.
constexpr int kDesks = 20;
constexpr int kMaxDesks = 200;
constexpr int kCommandsPerDesk = 400;

// The random policy, with remedies, and messages that reopen their case.
std::shared_ptr<const Policy> MakePolicy() {
  v1::PolicyPack pack;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(testing::kRandomPolicy, &pack));
  EXPECT_TRUE(google::protobuf::TextFormat::MergeFromString(
      "cases { remedies { name: 'voucher' code: 'helped' } }", &pack));
  const PolicyResult compiled = Policy::Compile(pack);
  EXPECT_NE(compiled.policy, nullptr) << compiled.status();
  return compiled.policy;
}

// Words that the policy lists, and words that it does not, in the fields of that name.
void SetWords(Chance& chance, Message* message) {
  static const std::map<std::string, std::vector<std::string>> words = {
      {"state_name", {"in work", "asked back", "nobody knows"}},
      {"chain", {"up", "sideways"}},
      {"remedy", {"voucher", "flowers"}}};
  // Some corrections say what the resolution says already.
  if (message->GetDescriptor() == v1::CorrectResolution::descriptor() && chance.OneIn(2)) return;
  std::vector<const FieldDescriptor*> fields;
  message->GetReflection()->ListFields(*message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated()) {
      SetWords(chance, message->GetReflection()->MutableMessage(message, field));
    }
  }
  for (const auto& [name, choices] : words) {
    const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    message->GetReflection()->SetString(
        message, field,
        choices[static_cast<size_t>(chance.Below(static_cast<int>(choices.size())))]);
  }
}

// The fields that are set in the assessment of an input, of one that has such.
std::vector<std::string> AssessedIn(const v1::DecisionInput& input) {
  std::vector<const FieldDescriptor*> arms;
  input.GetReflection()->ListFields(input, &arms);
  if (arms.size() != 1) return {};
  const Message& arm = input.GetReflection()->GetMessage(input, arms[0]);
  const FieldDescriptor* assessment = arm.GetDescriptor()->FindFieldByName("assessment");
  if (assessment == nullptr) return {};
  const Message& assessed = arm.GetReflection()->GetMessage(arm, assessment);
  std::vector<const FieldDescriptor*> fields;
  assessed.GetReflection()->ListFields(assessed, &fields);
  std::vector<std::string> names;
  for (const FieldDescriptor* field : fields) names.push_back(field->name());
  return names;
}

std::set<std::string> ListedCommands(const Descriptor* input, const std::string& field) {
  for (const domain::AssessedField& listed : domain::ListAssessedFields()) {
    if (listed.decision_input == input && listed.path == absl::StrCat("assessment.", field)) {
      return {listed.commands.begin(), listed.commands.end()};
    }
  }
  return {};
}

class Observed {
 public:
  void Run() {
    RunExpiredCard();
    RunCorrections();
    for (int i = 0; i < kMaxDesks && (i < kDesks || !IsComplete()); ++i) RunDesk(i);
  }

  // The commands that had an assessment, by its type; and those that had the field.
  std::map<const Descriptor*, std::set<std::string>> commands;
  std::map<std::pair<const Descriptor*, std::string>, std::set<std::string>> by_field;

 private:
  bool IsComplete() {
    for (const domain::AssessedField& listed : domain::ListAssessedFields()) {
      const std::string field(listed.path.substr(listed.path.find('.') + 1));
      const std::set<std::string>& seen = by_field[{listed.decision_input, field}];
      if (seen.size() < listed.commands.size()) return false;
    }
    for (const auto& [key, seen] : by_field) {
      if (ListedCommands(key.first, key.second).empty() && seen != commands[key.first]) {
        return false;
      }
    }
    return true;
  }

  // Orders that a gift card paid, which has expired since: random desks have none.
  void RunExpiredCard() {
    DeskOptions options;
    options.policy = policy_;
    auto opened = Desk::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    Desk& desk = **opened;
    testing::MustActivate(desk, policy_, 0);
    for (const v1::Command& command : testing::OpeningCommands()) testing::MustDo(desk, command);
    const auto ask = [&](const std::string& text, std::int64_t seconds) {
      const v1::Command command = testing::AskInText(text, seconds);
      Ask(desk, *domain::FindCommand(command), command, testing::FactsFor(command));
    };
    ask("import_account { account { account_id: 'old' kind: KIND_GIFT_CARD state: STATE_ACTIVE "
        "customer_id: 'c1' balance { units: 900000 currency_code: 'USD' } expire_time { seconds: "
        "1700000500 } } source { system: 'x' } }",
        100);
    ask("add_payment_method { customer_id: 'c1' payment_method { payment_method_id: 'old' kind: "
        "KIND_GIFT_CARD account_id: 'old' } }",
        110);
    v1::Command place = testing::PlaceOrder("old", "old");
    *place.mutable_now() = testing::At(120);
    place.mutable_order()->mutable_place_order()->mutable_lines(0)->set_quantity(3);
    Ask(desk, *domain::FindCommand(place), place, testing::FactsFor(place));
    const std::string line_id = (*desk.Get(testing::OrderRef("old")))->order().lines(0).line_id();
    const std::string item = absl::StrCat(" { line_id: '", line_id, "' quantity: 1 } ");
    for (const char* method : {"", "payment_method_id: 'card'", "payment_method_id: 'old'"}) {
      ask(absl::StrCat("refund_order { order_id: 'old' cause: REFUND_CAUSE_GOODWILL amount { "
                       "units: 5 currency_code: 'USD' } ",
                       method, " }"),
          600);
      ask(absl::StrCat("cancel_items { order_id: 'old' items", item, method, " }"), 610);
      ask(absl::StrCat("cancel_order { order_id: 'old' ", method, " }"), 620);
      if (*method == '\0') continue;
      ask(absl::StrCat("change_items { order_id: 'old' changes { item", item, "} ", method, " }"),
          630);
      ask(absl::StrCat("change_payment_method { order_id: 'old' ", method, " }"), 640);
    }
  }

  // Corrections that change something, and then nothing: rare in random desks.
  void RunCorrections() {
    DeskOptions options;
    options.policy = policy_;
    auto opened = Desk::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    Desk& desk = **opened;
    testing::MustActivate(desk, policy_, 0);
    std::int64_t seconds = 100;
    for (const char* text :
         {"open_case { case_id: 'k1' kind: KIND_TROUBLE subject: 'a lamp' impact: 1 urgency: 1 }",
          "resolve_case { case_id: 'k1' code: 'repaired' }",
          "correct_resolution { case_id: 'k1' code: 'replaced' remedy: 'credit' remedy_amount { "
          "units: 5 "
          "currency_code: 'USD' } }",
          "correct_resolution { case_id: 'k1' code: 'replaced' }",
          "correct_resolution { case_id: 'k1' code: 'replaced' }"}) {
      const v1::Command command = testing::AskInText(text, seconds += 10);
      Ask(desk, *domain::FindCommand(command), command, testing::FactsFor(command));
    }
  }

  void RunDesk(int number) {
    DeskOptions options;
    options.policy = policy_;
    auto opened = Desk::Open(std::move(options));
    ASSERT_TRUE(opened.ok()) << opened.status();
    Desk& desk = **opened;
    testing::MustActivate(desk, policy_, 0);
    for (const v1::Command& command : testing::OpeningCommands()) testing::MustDo(desk, command);
    Chance chance(kSeed + static_cast<std::uint64_t>(number));
    testing::RandomCommands random(&chance, &desk);
    for (int i = 0; i < kCommandsPerDesk; ++i) {
      // Some by turns, however rare they are.
      const auto all = domain::Commands();
      v1::Command command =
          i % 4 == 3 ? random.Next(all[static_cast<size_t>(number * 41 + i / 4) % all.size()])
                     : random.Next();
      const domain::CommandInfo* info = domain::FindCommand(command);
      if (info == nullptr) continue;
      if (chance.OneIn(2)) SetWords(chance, &command);
      if (chance.OneIn(2)) command.mutable_actor()->set_kind(v1::Actor::KIND_CUSTOMER);
      const v1::Facts facts = random.NextFacts(command);
      if (!Ask(desk, *info, command, facts)) continue;
      // Once more, where that may change nothing.
      if (domain::FindUnchangedCommand(info->name) == nullptr) continue;
      command.clear_idempotency_key();
      command.clear_expected_version();
      Ask(desk, *info, command, facts);
    }
  }

  // Whether it was done.
  bool Ask(Desk& desk, const domain::CommandInfo& info, const v1::Command& command,
           const v1::Facts& facts) {
    const auto outcome = desk.Execute(command, facts);
    if (!outcome.ok() || outcome->record_id().empty()) return false;
    const auto rebuilt = desk.DecisionInputOf(outcome->record_id());
    if (rebuilt.ok()) Observe(info, rebuilt->input());
    return outcome->verdict() == v1::VERDICT_DONE;
  }

  void Observe(const domain::CommandInfo& info, const v1::DecisionInput& input) {
    if (info.decision_input == nullptr ||
        info.decision_input->FindFieldByName("assessment") == nullptr) {
      return;
    }
    const std::vector<std::string> fields = AssessedIn(input);
    commands[info.decision_input].insert(std::string(info.name));
    for (const std::string& field : fields) {
      by_field[{info.decision_input, field}].insert(std::string(info.name));
    }
  }

  const std::shared_ptr<const Policy> policy_ = MakePolicy();
};

TEST(AssessedFieldsTest, TheTableNamesTheCommandsThatSetEachField) {
  Observed observed;
  observed.Run();
  ASSERT_EQ(observed.commands.size(), 4u);
  for (const auto& [input, commands] : observed.commands) {
    const Descriptor& assessment = *input->FindFieldByName("assessment")->message_type();
    for (int i = 0; i < assessment.field_count(); ++i) {
      const std::string& field = assessment.field(i)->name();
      const std::set<std::string> listed = ListedCommands(input, field);
      // A field that is not listed may be set for every command.
      EXPECT_EQ(observed.by_field[std::make_pair(input, field)], listed.empty() ? commands : listed)
          << assessment.name() << "." << field;
    }
  }
}

// An entry for a field that does not exist would never be looked at.
TEST(AssessedFieldsTest, EveryEntryNamesAFieldAndCommands) {
  for (const domain::AssessedField& listed : domain::ListAssessedFields()) {
    ASSERT_EQ(listed.path.substr(0, 11), "assessment.");
    const FieldDescriptor* assessment = listed.decision_input->FindFieldByName("assessment");
    EXPECT_NE(assessment->message_type()->FindFieldByName(std::string(listed.path.substr(11))),
              nullptr)
        << listed.path;
    EXPECT_FALSE(listed.commands.empty());
    for (const absl::string_view name : listed.commands) {
      const domain::CommandInfo* info = domain::FindCommandByName(name);
      ASSERT_NE(info, nullptr) << name;
      EXPECT_EQ(info->decision_input, listed.decision_input) << name;
    }
  }
}

}  // namespace
}  // namespace frontdesk
