// The options of the commands and events fit the messages that they are about.
#include "frontdesk/domain/command_info.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::SizeIs;

// The fields of a oneof.
std::vector<const FieldDescriptor*> FieldsOf(const Descriptor* message, const std::string& oneof) {
  std::vector<const FieldDescriptor*> fields;
  const OneofDescriptor* found = message->FindOneofByName(oneof);
  EXPECT_NE(found, nullptr) << message->name();
  for (int i = 0; found != nullptr && i < found->field_count(); ++i) {
    fields.push_back(found->field(i));
  }
  return fields;
}

// The fields on a path; fewer than its parts when it leads nowhere.
std::vector<const FieldDescriptor*> FieldsOnPath(const Descriptor* message,
                                                 const std::string& path) {
  std::vector<const FieldDescriptor*> fields;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(path, '.'))) {
    const FieldDescriptor* field = message == nullptr ? nullptr : message->FindFieldByName(part);
    if (field == nullptr) break;
    fields.push_back(field);
    message = field->message_type();
  }
  return fields;
}

bool LeadsTo(const std::vector<const FieldDescriptor*>& fields, const std::string& path) {
  return static_cast<int>(fields.size()) == 1 + std::count(path.begin(), path.end(), '.');
}

// "cancel_order" of "CancelOrder".
std::string SnakeCase(const std::string& name) {
  std::string snake;
  for (const char c : name) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !snake.empty()) snake += '_';
    snake += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return snake;
}

// An envelope around an empty command.
v1::Command EnvelopeOf(const CommandInfo& info) {
  v1::Command command;
  Message* arm = command.GetReflection()->MutableMessage(
      &command, v1::Command::descriptor()->FindFieldByName(std::string(info.arm)));
  arm->GetReflection()->MutableMessage(arm, arm->GetDescriptor()->FindFieldByNumber(info.number));
  return command;
}

TEST(CommandInfoTest, EveryCommandOfEveryArmIsThere) {
  size_t count = 0;
  for (const FieldDescriptor* arm : FieldsOf(v1::Command::descriptor(), "command")) {
    for (const FieldDescriptor* field : FieldsOf(arm->message_type(), "verb")) {
      SCOPED_TRACE(field->full_name());
      ++count;
      EXPECT_TRUE(field->message_type()->options().HasExtension(v1::command));
      EXPECT_EQ(field->name(), SnakeCase(field->message_type()->name()));
      const CommandInfo* info = FindCommandByMessage(field->message_type());
      ASSERT_NE(info, nullptr);
      EXPECT_EQ(info->message, field->message_type());
      EXPECT_EQ(info->name, field->message_type()->name());
      EXPECT_EQ(info->field, field->name());
      EXPECT_EQ(info->number, field->number());
      EXPECT_EQ(info->arm, arm->name());
      EXPECT_EQ(info->arm_number, arm->number());
      EXPECT_EQ(FindCommandByName(info->name), info);
      const v1::Command command = EnvelopeOf(*info);
      EXPECT_EQ(FindCommand(command), info);
      EXPECT_EQ(FindEntityCommand(command.GetReflection()->GetMessage(command, arm)), info);
      ASSERT_NE(GetCommandMessage(command), nullptr);
      EXPECT_EQ(GetCommandMessage(command)->GetDescriptor(), info->message);
    }
  }
  EXPECT_THAT(Commands(), SizeIs(count));
  EXPECT_TRUE(std::is_sorted(
      Commands().begin(), Commands().end(), [](const CommandInfo& a, const CommandInfo& b) {
        const auto place = [](const CommandInfo& info) {
          const auto* arm = v1::Command::descriptor()->FindFieldByName(std::string(info.arm));
          return std::make_pair(arm->number(), info.number);
        };
        return place(a) < place(b);
      }));
}

TEST(CommandInfoTest, TheKindIsThatOfTheArm) {
  for (const CommandInfo& info : Commands()) {
    SCOPED_TRACE(info.name);
    EXPECT_EQ(info.entity_kind, info.options->entity_kind());
    const bool is_approval = info.entity_kind == v1::ENTITY_KIND_APPROVAL;
    const bool to_desk = is_approval || info.entity_kind == v1::ENTITY_KIND_UNSPECIFIED;
    EXPECT_EQ(info.arm, to_desk ? "desk" : EntityKindNoun(info.entity_kind));
    EXPECT_EQ(DecisionInputDescriptor(info.entity_kind) == nullptr, is_approval);
    EXPECT_EQ(info.decision_input, DecisionInputDescriptor(info.entity_kind));
    EXPECT_EQ(EntityKindName(info.entity_kind),
              absl::AsciiStrToUpper(EntityKindNoun(info.entity_kind)));
  }
}

TEST(CommandInfoTest, OutputsFillPlainFields) {
  int count = 0;
  for (const CommandInfo& info : Commands()) {
    SCOPED_TRACE(info.name);
    ASSERT_THAT(info.outputs, SizeIs(info.options->outputs_size()));
    // A further decision point is evaluated with the command as it was asked.
    if (info.name == "AddCasePart") {
      EXPECT_THAT(info.outputs, IsEmpty());
    }
    std::set<std::string> names;
    std::set<const FieldDescriptor*> fields;
    for (size_t i = 0; i < info.outputs.size(); ++i) {
      const OutputInfo& output = info.outputs[i];
      ++count;
      EXPECT_EQ(output.name, info.options->outputs(static_cast<int>(i)).name());
      EXPECT_EQ(output.field->name(), info.options->outputs(static_cast<int>(i)).field());
      EXPECT_EQ(output.field->containing_type(), info.message);
      EXPECT_TRUE(names.insert(std::string(output.name)).second) << output.name;
      EXPECT_TRUE(fields.insert(output.field).second) << output.name;
      // The addressed entity, and all that is read for the command, is known before policy decides.
      EXPECT_NE(info.id_fields.front(), output.field);
      for (const ReferenceInfo& reference : info.references) {
        EXPECT_NE(reference.path.front(), output.field);
      }
      for (const NamedRowInfo& row : info.rows) EXPECT_NE(row.path.front(), output.field);
    }
  }
  EXPECT_GT(count, 0);
  const OutputInfo& amount = FindCommandByName("RefundOrder")->outputs.front();
  EXPECT_EQ(amount.value_case, v1::OutputValue::kMoneyValue);
  EXPECT_EQ(OutputTypeText(amount.value_case), "an amount of money");
  const CommandInfo& open = *FindCommandByName("OpenCase");
  EXPECT_EQ(OutputTypeText(open.outputs[0].value_case), "a text");
  EXPECT_EQ(OutputTypeText(open.outputs[1].value_case), "a whole number");
}

TEST(CommandInfoTest, TheIdIsATextThatIsReachedThroughSingleMessages) {
  for (const CommandInfo& info : Commands()) {
    SCOPED_TRACE(info.name);
    const std::string path(info.id_path);
    EXPECT_EQ(path, info.options->id_field());
    const bool of_any_kind = info.entity_kind == v1::ENTITY_KIND_UNSPECIFIED;
    if (of_any_kind && path.empty()) continue;  // It is about no entity.
    const std::vector<const FieldDescriptor*> fields = FieldsOnPath(info.message, path);
    ASSERT_TRUE(LeadsTo(fields, path)) << path;
    for (const FieldDescriptor* field : fields) EXPECT_FALSE(field->is_repeated());
    EXPECT_EQ(fields.back()->type(), FieldDescriptor::TYPE_STRING);
    if (of_any_kind) {
      EXPECT_EQ(fields.back()->containing_type(), v1::EntityRef::descriptor());
    } else {
      EXPECT_EQ(fields.back()->name(), absl::StrCat(EntityKindNoun(info.entity_kind), "_id"));
    }

    v1::Command command = EnvelopeOf(info);
    Message* message = const_cast<Message*>(GetCommandMessage(command));
    for (size_t i = 0; i + 1 < fields.size(); ++i) {
      message = message->GetReflection()->MutableMessage(message, fields[i]);
    }
    EXPECT_EQ(AddressedEntity(command).id(), "");
    message->GetReflection()->SetString(message, fields.back(), "the-id");
    EXPECT_EQ(AddressedEntity(command).id(), "the-id");
    EXPECT_EQ(AddressedEntity(command).kind(), info.entity_kind);
  }
}

// The kind of an entity of any kind comes from the command.
TEST(CommandInfoTest, AnEntityOfAnyKindHasTheKindThatTheCommandNames) {
  v1::Command command;
  v1::EntityRef* entity = command.mutable_desk()->mutable_correct_entity_time()->mutable_entity();
  entity->set_kind(v1::ENTITY_KIND_CASE);
  entity->set_id("k");
  EXPECT_EQ(AddressedEntity(command).kind(), v1::ENTITY_KIND_CASE);
  EXPECT_EQ(AddressedEntity(command).id(), "k");
  EXPECT_EQ(AddressedKind(*FindCommand(command), *GetCommandMessage(command)),
            v1::ENTITY_KIND_CASE);
  command.mutable_desk()->mutable_approve()->set_approval_id("a");
  EXPECT_EQ(AddressedEntity(command).kind(), v1::ENTITY_KIND_APPROVAL);
}

TEST(CommandInfoTest, ReasonsBeginWithThePrefix) {
  // These have no invariants of their own.
  const std::set<absl::string_view> without_reasons = {
      "CUSTOMER_CREATE",   "CUSTOMER_IMPORT",      "ACCOUNT_IMPORT",
      "INTERACTION_START", "DESK_ACTIVATE_POLICY", "INTERACTION_SET_CUSTOMER"};
  std::set<absl::string_view> prefixes;
  for (const CommandInfo& info : Commands()) {
    SCOPED_TRACE(info.name);
    EXPECT_EQ(info.reason_prefix, info.options->reason_prefix());
    for (const char c : info.reason_prefix) {
      EXPECT_TRUE(c == '_' || absl::ascii_isupper(static_cast<unsigned char>(c)));
    }
    const bool to_desk = info.entity_kind == v1::ENTITY_KIND_UNSPECIFIED;
    EXPECT_TRUE(
        absl::StartsWith(absl::StrCat(info.reason_prefix, "_"),
                         to_desk ? "DESK_" : absl::StrCat(EntityKindName(info.entity_kind), "_")));
    EXPECT_TRUE(prefixes.insert(info.reason_prefix).second || info.arm == "desk");
    const bool has_reasons =
        std::any_of(AllReasons().begin(), AllReasons().end(), [&](const Reason& reason) {
          return absl::StartsWith(reason.word, absl::StrCat(info.reason_prefix, "_"));
        });
    EXPECT_EQ(has_reasons, without_reasons.count(info.reason_prefix) == 0);
    if (to_desk) continue;
    EXPECT_NE(FindReason(absl::StrCat(EntityKindName(info.entity_kind),
                                      info.creates ? "_EXISTS" : "_NOT_FOUND")),
              nullptr);
  }
}

TEST(CommandInfoTest, ReferencesNameFieldsOfTheCommandAndOfTheInput) {
  for (const CommandInfo& info : Commands()) {
    for (const v1::CommandReference& reference : info.options->references()) {
      SCOPED_TRACE(absl::StrCat(info.name, ".", reference.field()));
      const std::vector<const FieldDescriptor*> fields =
          FieldsOnPath(info.message, reference.field());
      ASSERT_TRUE(LeadsTo(fields, reference.field()));
      if (reference.entity_kind() == v1::ENTITY_KIND_UNSPECIFIED) {
        EXPECT_EQ(fields.back()->message_type(), v1::EntityRef::descriptor());
      } else {
        EXPECT_EQ(fields.back()->type(), FieldDescriptor::TYPE_STRING);
      }
      // An entity that it changes is one that it is decided on.
      if (reference.is_changed()) {
        EXPECT_NE(reference.input_field(), "");
      }
      if (reference.input_field().empty()) continue;
      const FieldDescriptor* loaded =
          DecisionInputDescriptor(info.entity_kind)->FindFieldByName(reference.input_field());
      ASSERT_NE(loaded, nullptr) << reference.input_field();
      ASSERT_NE(loaded->message_type(), nullptr);
      EXPECT_EQ(absl::AsciiStrToLower(loaded->message_type()->name()),
                EntityKindNoun(reference.entity_kind()));
    }
  }
}

TEST(CommandInfoTest, EventsAndEffectsAreThoseThatThereAre) {
  std::set<std::string> events;
  for (const FieldDescriptor* arm : FieldsOf(v1::Event::descriptor(), "event")) {
    for (const FieldDescriptor* field : FieldsOf(arm->message_type(), "event")) {
      EXPECT_EQ(field->name(), SnakeCase(field->message_type()->name()));
      EXPECT_NE(field->message_type()->options().GetExtension(v1::event).text(), "")
          << field->message_type()->name();
      EXPECT_TRUE(events.insert(field->message_type()->name()).second);
    }
  }
  std::set<std::string> effects;
  for (const FieldDescriptor* arm : FieldsOf(v1::Effect::descriptor(), "effect")) {
    for (const FieldDescriptor* field : FieldsOf(arm->message_type(), "effect")) {
      EXPECT_EQ(field->name(), SnakeCase(field->message_type()->name()));
      EXPECT_TRUE(effects.insert(field->message_type()->name()).second);
    }
  }
  std::set<std::string> uncaused_events = events;
  std::set<std::string> uncaused_effects = effects;
  for (const CommandInfo& info : Commands()) {
    EXPECT_FALSE(info.options->events().empty()) << info.name;
    std::set<std::string> once;
    for (const std::string& event : info.options->events()) {
      EXPECT_EQ(events.count(event), 1u) << info.name << " causes " << event;
      EXPECT_TRUE(once.insert(event).second) << info.name << " causes " << event << " twice";
      uncaused_events.erase(event);
    }
    for (const std::string& effect : info.options->effects()) {
      EXPECT_EQ(effects.count(effect), 1u) << info.name << " asks for " << effect;
      uncaused_effects.erase(effect);
    }
  }
  // By any command that is held, and by any that changes a case.
  EXPECT_THAT(uncaused_events, testing::ElementsAre("ApprovalRequested", "CaseClocksChanged"));
  EXPECT_THAT(uncaused_effects, IsEmpty());
}

TEST(CommandInfoTest, TotalsCountAnAmountOfTheInputAndAReasonOfTheCommand) {
  std::set<std::string> counted;
  for (const CommandInfo& info : Commands()) {
    SCOPED_TRACE(info.name);
    const std::string amount(info.amount_path);
    const std::string reason(info.reason_path);
    EXPECT_EQ(amount, info.options->amount_field());
    EXPECT_EQ(reason, info.options->reason_field());
    EXPECT_EQ(info.counts_for_totals(), !amount.empty() || !reason.empty());
    EXPECT_EQ(info.amount_fields.empty(), amount.empty());
    EXPECT_EQ(info.reason_fields.empty(), reason.empty());
    if (!amount.empty()) {
      EXPECT_TRUE(LeadsTo(info.amount_fields, amount));
      EXPECT_EQ(info.amount_fields.front()->containing_type(), info.decision_input);
      EXPECT_EQ(info.amount_fields.back()->message_type(), v1::Money::descriptor());
      for (const FieldDescriptor* field : info.amount_fields) EXPECT_FALSE(field->is_repeated());
    }
    if (!reason.empty()) {
      EXPECT_TRUE(LeadsTo(info.reason_fields, reason));
      EXPECT_EQ(info.reason_fields.front()->containing_type(), info.message);
      EXPECT_TRUE(info.reason_fields.back()->type() == FieldDescriptor::TYPE_STRING ||
                  info.reason_fields.back()->type() == FieldDescriptor::TYPE_ENUM);
      for (const FieldDescriptor* field : info.reason_fields) EXPECT_FALSE(field->is_repeated());
    }
    if (info.counts_for_totals()) counted.insert(std::string(info.name));
  }
  EXPECT_THAT(counted,
              ElementsAreArray({"CancelCase", "CancelItems", "CancelOrder", "ChangeCustomerState",
                                "ChangeItems", "ChangePaymentMethod", "CloseCase",
                                "CorrectResolution", "CreditAccount", "DebitAccount", "PlaceOrder",
                                "RecordDispute", "RefundOrder", "RequestExchange", "RequestPayment",
                                "RequestReturn", "ResolveCase"}));
}

TEST(CommandInfoTest, AReasonIsATextOrTheWordOfAnEnumValue) {
  v1::Command command;
  v1::RefundOrder& refund = *command.mutable_order()->mutable_refund_order();
  const CommandInfo& info = *FindCommandByName("RefundOrder");
  EXPECT_EQ(ReasonOf(info, refund), "");
  refund.set_cause(v1::REFUND_CAUSE_GOODWILL);
  EXPECT_EQ(ReasonOf(info, refund), "goodwill");
  refund.set_cause(static_cast<v1::RefundCause>(77));
  EXPECT_EQ(ReasonOf(info, refund), "77");
  v1::CancelOrder cancel;
  cancel.set_reason("no longer needed");
  EXPECT_EQ(ReasonOf(*FindCommandByName("CancelOrder"), cancel), "no longer needed");
  EXPECT_EQ(ReasonOf(*FindCommandByName("PlaceOrder"), v1::PlaceOrder()), "");
}

TEST(CommandInfoTest, NothingForNoCommand) {
  EXPECT_EQ(FindCommand(v1::Command()), nullptr);
  v1::Command command;
  command.mutable_order();
  EXPECT_EQ(FindCommand(command), nullptr);
  EXPECT_EQ(GetCommandMessage(command), nullptr);
  EXPECT_EQ(AddressedEntity(command).kind(), v1::ENTITY_KIND_UNSPECIFIED);
  EXPECT_EQ(AddressedEntity(command).id(), "");
  EXPECT_EQ(FindEntityCommand(command.order()), nullptr);
  EXPECT_EQ(FindEntityCommand(v1::EntityRef()), nullptr);
  EXPECT_EQ(FindEntityCommand(v1::Event()), nullptr);
  EXPECT_EQ(FindCommandByName("Cancel"), nullptr);
  EXPECT_EQ(FindCommandByMessage(v1::Command::descriptor()), nullptr);
  EXPECT_EQ(DecisionInputDescriptor(v1::ENTITY_KIND_UNSPECIFIED),
            v1::DeskDecisionInput::descriptor());
  for (const int kind : {0, -1, 99}) {
    if (kind != 0) {
      EXPECT_EQ(DecisionInputDescriptor(static_cast<v1::EntityKind>(kind)), nullptr);
    }
    EXPECT_EQ(EntityKindName(static_cast<v1::EntityKind>(kind)), "");
    EXPECT_EQ(EntityKindNoun(static_cast<v1::EntityKind>(kind)), "");
  }
}

// A rule that reads only shared fields is the same text for each entity.
TEST(DecisionInputTest, SharedFieldsAreTheSameInEach) {
  const Descriptor* first = nullptr;
  int inputs = 0;
  for (const FieldDescriptor* arm : FieldsOf(v1::DecisionInput::descriptor(), "input")) {
    const Descriptor* input = arm->message_type();
    SCOPED_TRACE(input->name());
    ++inputs;
    if (first == nullptr) first = input;
    for (int number = 1; number <= 10; ++number) {
      const FieldDescriptor* field = input->FindFieldByNumber(number);
      const FieldDescriptor* expected = first->FindFieldByNumber(number);
      ASSERT_NE(field, nullptr) << number;
      EXPECT_EQ(field->name(), expected->name());
      EXPECT_EQ(field->type(), expected->type());
      EXPECT_FALSE(field->is_repeated());
      // The command is that of the entity.
      if (number == 1) {
        EXPECT_EQ(field->message_type(),
                  v1::Command::descriptor()->FindFieldByName(arm->name())->message_type());
      } else {
        EXPECT_EQ(field->message_type(), expected->message_type());
      }
    }
    for (int i = 0; i < input->field_count(); ++i) {
      const int number = input->field(i)->number();
      EXPECT_TRUE(number <= 10 || number >= 20) << input->field(i)->name();
    }
  }
  EXPECT_EQ(inputs, 6);
}

TEST(CommandInfoTest, AReasonIsOfTheCommandWithTheLongestPrefix) {
  const CommandInfo& order = *FindCommandByName("CancelOrder");
  const CommandInfo& items = *FindCommandByName("CancelItems");
  EXPECT_TRUE(IsReasonOf(order, "ORDER_CANCEL_SHIPPED"));
  EXPECT_FALSE(IsReasonOf(order, "ORDER_CANCEL_ITEMS_STATE"));
  EXPECT_TRUE(IsReasonOf(items, "ORDER_CANCEL_ITEMS_STATE"));
  EXPECT_FALSE(IsReasonOf(items, "ORDER_CANCEL_STATE"));
  EXPECT_FALSE(IsReasonOf(order, "ORDER_CANCELED"));
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
