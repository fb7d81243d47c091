// Messages that no honest program makes: texts that are not UTF-8, values of enums and fields that this build does not know,
// in every place of every command.
//
// FRONTDESK_RANDOM_SEED repeats a run.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "desk/message_filler.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/parse.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/reasons.h"
#include "gmock/gmock.h"
#include "google/protobuf/unknown_field_set.h"
#include "gtest/gtest.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::Chance;
using ::frontdesk::testing::FactsFor;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::Reasons;
using ::frontdesk::testing::ViolatedFields;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;
using ::testing::Contains;
using ::testing::ElementsAre;

constexpr int kUnknownNumber = 77777;
constexpr char kPlaceholder[] = "QZXQZX";
constexpr char kNotUtf8[] = "\xff\xfe\xfd\xfc\xc3\x28";

// One value of a field that is set, at any depth: where it is, and how its message is found in another of the same form.
struct Place {
  std::string path;
  const FieldDescriptor* field;
  std::function<Message*(Message*)> owner;
  int index;  // -1 for a singular field.
};

// All values of fields that are set in `message` and that `wanted` accepts. Maps are left out.
void Collect(const Message& message, const std::string& path,
             const std::function<Message*(Message*)>& owner,
             const std::function<bool(const FieldDescriptor&)>& wanted,
             std::vector<Place>* places) {
  const Reflection* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_map()) continue;
    const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      const int index = field->is_repeated() ? i : -1;
      std::string own = JoinFieldPath(path, field->name());
      if (index >= 0) absl::StrAppend(&own, "[", index, "]");
      if (wanted(*field)) places->push_back({own, field, owner, index});
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      const auto inner = [owner, field, index](Message* root) {
        Message* outer = owner(root);
        return index < 0 ? outer->GetReflection()->MutableMessage(outer, field)
                         : outer->GetReflection()->MutableRepeatedMessage(outer, field, index);
      };
      Collect(index < 0 ? reflection->GetMessage(message, field)
                        : reflection->GetRepeatedMessage(message, field, index),
              own, inner, wanted, places);
    }
  }
}

std::vector<Place> Find(const Message& message,
                        const std::function<bool(const FieldDescriptor&)>& wanted) {
  std::vector<Place> places;
  Collect(
      message, "", [](Message* root) { return root; }, wanted, &places);
  return places;
}

// The message at a place.
Message* Inner(const Place& place, Message* root) {
  Message* owner = place.owner(root);
  const Reflection* reflection = owner->GetReflection();
  return place.index < 0 ? reflection->MutableMessage(owner, place.field)
                         : reflection->MutableRepeatedMessage(owner, place.field, place.index);
}

void PutText(const Place& place, const std::string& text, Message* root) {
  Message* owner = place.owner(root);
  const Reflection* reflection = owner->GetReflection();
  if (place.index < 0) {
    reflection->SetString(owner, place.field, text);
  } else {
    reflection->SetRepeatedString(owner, place.field, place.index, text);
  }
}

void PutNumber(const Place& place, int number, Message* root) {
  Message* owner = place.owner(root);
  const Reflection* reflection = owner->GetReflection();
  if (place.index < 0) {
    reflection->SetEnumValue(owner, place.field, number);
  } else {
    reflection->SetRepeatedEnumValue(owner, place.field, place.index, number);
  }
}

bool IsText(const FieldDescriptor& field) { return field.type() == FieldDescriptor::TYPE_STRING; }
bool IsEnum(const FieldDescriptor& field) { return field.type() == FieldDescriptor::TYPE_ENUM; }
bool IsMessage(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
}

// The name of a field with its message, which says which of all places it is.
std::string NameOf(const FieldDescriptor& field) { return field.full_name(); }

// Every text of every message that is below `descriptor`, by name.
void AllFields(const google::protobuf::Descriptor* descriptor,
               const std::function<bool(const FieldDescriptor&)>& wanted,
               std::set<const google::protobuf::Descriptor*>* seen, std::set<std::string>* names) {
  if (!seen->insert(descriptor).second) return;
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const FieldDescriptor& field = *descriptor->field(i);
    if (field.is_map()) continue;
    if (wanted(field)) names->insert(NameOf(field));
    if (IsMessage(field)) AllFields(field.message_type(), wanted, seen, names);
  }
}

TEST(HostileMessagesTest, EveryTextThatIsNotUtf8IsNamed) {
  const std::uint64_t seed = testing::SeedOfRun();
  std::unique_ptr<Desk> desk = MustOpen();
  std::set<std::string> wanted, tried;
  std::set<const google::protobuf::Descriptor*> seen;
  AllFields(v1::Command::descriptor(), IsText, &seen, &wanted);
  for (std::uint64_t round = 0; round < 400 && tried != wanted; ++round) {
    for (const domain::CommandInfo& info : domain::Commands()) {
      Chance chance(seed + round);
      testing::RandomCommands random(&chance, desk.get());
      testing::MessageFiller filler(&chance);
      v1::Command command = random.Next(info);
      // Some random commands are damaged already.
      if (!internal::FieldsWithInvalidUtf8(command).empty()) continue;
      // Everything in the arguments, more than a command that makes sense has.
      for (const Place& place : Find(command, IsMessage)) {
        if (place.field->message_type()->full_name() == info.message->full_name()) {
          filler.Fill(place.owner(&command)->GetReflection()->MutableMessage(place.owner(&command),
                                                                             place.field));
          break;
        }
      }
      for (const Place& place : Find(command, IsText)) {
        if (!tried.insert(NameOf(*place.field)).second) continue;
        v1::Command bad = command;
        PutText(place, kPlaceholder, &bad);
        const std::string bytes =
            absl::StrReplaceAll(bad.SerializeAsString(), {{kPlaceholder, kNotUtf8}});
        v1::Command read;
        const absl::Status parsed = ParseBytes(bytes, &read);
        EXPECT_EQ(GetReason(parsed), kReasonMessageTextEncoding) << place.path;
        EXPECT_THAT(ViolatedFields(parsed), ElementsAre(place.path));
        PutText(place, kNotUtf8, &bad);
        const absl::Status status = desk->Preview(bad).status();
        EXPECT_EQ(GetReason(status), kReasonCommandMalformed) << place.path;
        EXPECT_THAT(ViolatedFields(status), Contains(place.path));
        EXPECT_EQ(status.ToString().find(kNotUtf8), std::string::npos) << place.path;
      }
    }
  }
  EXPECT_EQ(tried, wanted);
}

// Whether a refusal of an argument names the place, once.
bool IsNamedOnce(const v1::Outcome& outcome, const Place& place) {
  int named = 0;
  for (const v1::Refusal& refusal : outcome.refusals()) {
    named += refusal.origin() == v1::Refusal::ORIGIN_ARGUMENT && !refusal.field().empty() &&
             absl::EndsWith(place.path, refusal.field());
  }
  return named == 1;
}

bool IsImport(const v1::Command& command) {
  return command.case_().has_import_case() || command.customer().has_import_customer() ||
         command.order().has_import_order();
}

void MakeStrict(v1::Command* command) {
  if (command->case_().has_import_case()) {
    command->mutable_case_()->mutable_import_case()->set_strict(true);
  } else if (command->customer().has_import_customer()) {
    command->mutable_customer()->mutable_import_customer()->set_strict(true);
  } else if (command->order().has_import_order()) {
    command->mutable_order()->mutable_import_order()->set_strict(true);
  }
}

// Whether one of the findings is of the place, or of an element of a list that it is in. Their fields begin below the state.
template <typename Findings>
bool IsFound(const Findings& findings, const Place& place) {
  // "case.import_case.case.parts[0].kind".
  const std::vector<std::string> steps = absl::StrSplit(place.path, absl::MaxSplits('.', 3));
  if (steps.size() != 4) return false;
  for (const v1::ImportFinding& finding : findings) {
    std::vector<std::string> whole = {finding.field()};
    // An item that lacks something is left out as a whole.
    if (finding.reason() == "IMPORT_ITEM_INCOMPLETE") {
      whole.push_back(finding.field().substr(0, finding.field().rfind('.')));
    }
    for (std::size_t end = 0; end < finding.field().size(); ++end) {
      if (finding.field()[end] == ']') whole.push_back(finding.field().substr(0, end + 1));
    }
    for (const std::string& path : whole) {
      if (steps[3] == path || absl::StartsWith(steps[3], path + ".")) return true;
    }
  }
  return false;
}

bool IsFound(const v1::Outcome& outcome, const Place& place) {
  for (const v1::Event& event : outcome.events()) {
    if (IsFound(event.case_().case_imported().findings(), place) ||
        IsFound(event.customer().customer_imported().findings(), place) ||
        IsFound(event.order().order_imported().findings(), place)) {
      return true;
    }
  }
  return false;
}

// Whether an enum in an event has the unknown value.
bool HasUnknownNumber(const v1::Outcome& outcome) {
  for (v1::Event event : outcome.events()) {
    for (const Place& place : Find(event, IsEnum)) {
      const Message* const owner = place.owner(&event);
      const Reflection* const reflection = owner->GetReflection();
      const int number = place.index < 0
                             ? reflection->GetEnumValue(*owner, place.field)
                             : reflection->GetRepeatedEnumValue(*owner, place.field, place.index);
      if (number == kUnknownNumber) return true;
    }
  }
  return false;
}

// Commands that would be done, with a value that a newer build may know. An import is done without the value, and reports that.
TEST(HostileMessagesTest, NoCommandIsDoneWithAnUnknownValueOfAnEnum) {
  const std::uint64_t seed = testing::SeedOfRun();
  std::set<std::string> tried;
  int imported = 0;
  for (std::uint64_t round = 0; round < 12; ++round) {
    std::unique_ptr<Desk> desk = testing::OpenRandomDesk();
    for (const v1::Command& command : testing::OpeningCommands()) MustDo(*desk, command);
    Chance chance(seed + round);
    testing::RandomCommands random(&chance, desk.get());
    for (int i = 0; i < 250; ++i) {
      const v1::Command command = random.Next();
      const v1::Facts facts = random.NextFacts(command);
      const auto previewed = desk->Preview(command, facts);
      if (!previewed.ok() || previewed->verdict() != v1::VERDICT_DONE) continue;
      for (const Place& place : Find(command, IsEnum)) {
        v1::Command unknown = command;
        PutNumber(place, kUnknownNumber, &unknown);
        unknown.clear_idempotency_key();
        tried.insert(NameOf(*place.field));
        const auto refused = desk->Preview(unknown, facts);
        if (!refused.ok()) {
          EXPECT_THAT(ViolatedFields(refused.status()), Contains(place.path)) << refused.status();
          continue;
        }
        const std::string told = absl::StrCat("seed ", seed, ", round ", round, ", command ", i,
                                              ": ", place.path, " of\n", unknown.ShortDebugString(),
                                              "\ngives ", refused->ShortDebugString());
        if (IsImport(unknown) && refused->verdict() == v1::VERDICT_DONE) {
          ++imported;
          EXPECT_TRUE(IsFound(*refused, place)) << told;
          EXPECT_FALSE(HasUnknownNumber(*refused)) << told;
          MakeStrict(&unknown);
          const auto strictly = desk->Preview(unknown, facts);
          ASSERT_TRUE(strictly.ok()) << strictly.status();
          EXPECT_TRUE(IsNamedOnce(*strictly, place)) << told;
          continue;
        }
        EXPECT_TRUE(IsNamedOnce(*refused, place)) << told;
      }
      EXPECT_TRUE(desk->Execute(command, facts).ok());
    }
  }
  EXPECT_GT(tried.size(), 15u);
  EXPECT_GT(imported, 0);
}

void AddUnknownFields(Message* message) {
  auto* unknown = message->GetReflection()->MutableUnknownFields(message);
  unknown->AddVarint(kUnknownNumber, 5);
  unknown->AddLengthDelimited(kUnknownNumber + 1, std::string("\xff\x00\n", 3));
  unknown->AddGroup(kUnknownNumber + 2)->AddFixed64(1, 7);
}

// In the command itself, and in its arguments: an attribute with an unknown field may be another one than without.
TEST(HostileMessagesTest, UnknownFieldsAreKeptAndChangeNothing) {
  const std::uint64_t seed = testing::SeedOfRun();
  int done = 0;
  for (std::uint64_t round = 0; round < 4; ++round) {
    std::unique_ptr<Desk> desk = testing::OpenRandomDesk();
    for (const v1::Command& command : testing::OpeningCommands()) MustDo(*desk, command);
    Chance chance(seed + round);
    testing::RandomCommands random(&chance, desk.get());
    std::set<std::string> keys;
    for (int i = 0; i < 250; ++i) {
      v1::Command command = random.Next();
      // Unknown fields are part of a body: under a key that was used, the two commands differ.
      if (!keys.insert(command.idempotency_key()).second) command.clear_idempotency_key();
      const v1::Facts facts = random.NextFacts(command);
      // With an unknown field it would be a command that is not known.
      if (domain::FindCommand(command) == nullptr) continue;
      // Some random texts are not UTF-8.
      v1::Command read;
      if (!ParseBytes(command.SerializeAsString(), &read).ok()) continue;
      v1::Command newer = command;
      v1::Command newest = command;
      AddUnknownFields(&newer);
      AddUnknownFields(&newest);
      for (const Place& place : Find(command, IsMessage)) {
        if (std::count(place.path.begin(), place.path.end(), '.') < 2 && place.index < 0) {
          AddUnknownFields(Inner(place, &newer));
        }
        AddUnknownFields(Inner(place, &newest));
      }
      ASSERT_TRUE(ParseBytes(newest.SerializeAsString(), &read).ok());
      EXPECT_EQ(read.SerializeAsString(), newest.SerializeAsString());
      const auto everywhere = desk->Preview(read, facts);
      if (!everywhere.ok()) {
        EXPECT_NE(GetReason(everywhere.status()), "");
      }
      const auto without = desk->Preview(command, facts);
      const auto with = desk->Preview(newer, facts);
      ASSERT_EQ(with.status(), without.status());
      if (!with.ok()) continue;
      ASSERT_EQ(with->verdict(), without->verdict());
      ASSERT_EQ(Reasons(*with), Reasons(*without));
      const auto outcome = desk->Execute(newer, facts);
      ASSERT_TRUE(outcome.ok()) << outcome.status();
      if (outcome->verdict() != v1::VERDICT_DONE) continue;
      ++done;
      const auto record = desk->GetRecord(outcome->record_id());
      ASSERT_TRUE(record.ok());
      // The record of an approval shows the approved command.
      if (!record->approval_id().empty()) continue;
      EXPECT_EQ(record->command().SerializeAsString(), newer.SerializeAsString());
    }
  }
  EXPECT_GT(done, 50);
}

}  // namespace
}  // namespace frontdesk
