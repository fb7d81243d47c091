#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "decide/field_screen.h"
#include "decide/pipeline.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/field_faults.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/v1/catalog.pb.h"
#include "google/protobuf/unknown_field_set.h"
#include "internal/message_utf8.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

constexpr std::size_t kMaxIdempotencyKeyBytes = 128;

// The errors of an envelope. Nearly always there is none, and nothing is made for them.
class Errors {
 public:
  void Add(absl::string_view field, absl::string_view reason, absl::string_view text) {
    if (!made_.has_value()) made_.emplace(kReasonCommandMalformed);
    made_->Add(field, reason, text);
  }
  absl::Status Build() const { return made_.has_value() ? made_->Build() : absl::OkStatus(); }

 private:
  absl::optional<ErrorBuilder> made_;
};

// Whether `message` carries a field that is newer than this build.
bool HasUnknownField(const google::protobuf::Message& message) {
  return !message.GetReflection()->GetUnknownFields(message).empty();
}

// Why no command is known: nothing is asked, or something that is newer than this build.
bool HasUnknownCommand(const v1::Command& command) {
  if (command.command_case() == v1::Command::COMMAND_NOT_SET) return HasUnknownField(command);
  const google::protobuf::Reflection& reflection = *command.GetReflection();
  const google::protobuf::FieldDescriptor* arm =
      command.GetDescriptor()->FindFieldByNumber(command.command_case());
  return HasUnknownField(reflection.GetMessage(command, arm));
}

// Another check finds texts that are not UTF-8.
void CheckId(absl::string_view field, absl::string_view id, Errors* errors) {
  const auto fault = FindIdFault(id);
  if (fault.has_value() && *fault->reason != kReasonIdEncoding) {
    errors->Add(field, *fault->reason, fault->text);
  }
}

// The ids and the values of enums in `message`, which is at `path`.
void CheckInside(const google::protobuf::Message& message, absl::string_view path, Errors* errors) {
  for (const domain::FieldFault& each : domain::FindFieldFaults(message, path)) {
    if (*each.reason == kReasonIdEncoding) continue;
    const bool is_enum = *each.reason == kReasonArgumentUnknownValue;
    errors->Add(each.field, is_enum ? kReasonCommandFieldOutOfRange : *each.reason, each.text);
  }
}

void CheckActor(const v1::Command& command, Errors* errors) {
  if (!command.has_actor()) {
    errors->Add("actor", kReasonCommandFieldRequired, "the actor is required");
    return;
  }
  if (command.actor().actor_id().empty()) {
    errors->Add("actor.actor_id", kReasonCommandFieldRequired, "the actor's id is required");
  }
  if (command.actor().kind() == v1::Actor::KIND_UNSPECIFIED) {
    errors->Add("actor.kind", kReasonCommandFieldRequired, "the actor's kind is required");
  }
}

void CheckFields(const v1::Command& command, const domain::CommandInfo* info, domain::Fields fields,
                 Errors* errors) {
  CheckActor(command, errors);
  if (!command.has_now()) {
    errors->Add("now", kReasonCommandFieldRequired, "the time of the command is required");
  } else if (!IsValid(command.now())) {
    errors->Add("now", kReasonCommandFieldOutOfRange, "the time is not in the years 1 to 9999");
  }
  if (command.idempotency_key().size() > kMaxIdempotencyKeyBytes) {
    errors->Add("idempotency_key", kReasonCommandFieldTooLong,
                absl::StrCat("a key has at most ", kMaxIdempotencyKeyBytes, " bytes"));
  }
  CheckId("idempotency_key", command.idempotency_key(), errors);
  CheckId("interaction_id", command.interaction_id(), errors);
  if (fields == domain::Fields::kUnknown) CheckInside(command.actor(), "actor", errors);
  if (command.has_expected_version() && command.expected_version() < 0) {
    errors->Add("expected_version", kReasonCommandFieldOutOfRange,
                "the version is negative; 0 or more is possible");
  }
  if (info == nullptr) {
    if (HasUnknownCommand(command)) {
      errors->Add("command", kReasonCommandVerbUnknown, "this build does not know the command");
    } else {
      errors->Add("command", kReasonCommandFieldRequired,
                  "no command is set; exactly one is required");
    }
  }
}

// Facts that no decision about the command's entity reads have a mistake behind them. An approval decides a command that is not
// known here.
void CheckFacts(const domain::CommandInfo* info, const Companion& companion, domain::Fields fields,
                Errors* errors) {
  if (companion.message.GetDescriptor() != v1::Facts::descriptor()) return;
  if (fields == domain::Fields::kUnknown) CheckInside(companion.message, companion.name, errors);
  if (info == nullptr) return;
  const google::protobuf::Descriptor* input = info->decision_input;
  if (input == nullptr) return;
  std::vector<const google::protobuf::FieldDescriptor*> given;
  companion.message.GetReflection()->ListFields(companion.message, &given);
  for (const google::protobuf::FieldDescriptor* field : given) {
    if (input->FindFieldByName(field->name()) != nullptr) continue;
    errors->Add(JoinFieldPath(companion.name, field->name()), kReasonFactUnexpected,
                info->entity_kind == v1::ENTITY_KIND_UNSPECIFIED
                    ? std::string("decisions about the desk read no such facts")
                    : absl::StrCat("decisions about a ", domain::EntityKindNoun(info->entity_kind),
                                   " read no such facts"));
  }
}

void CheckEncoding(const Companion& companion, Errors* errors) {
  for (const std::string& field : FieldsWithInvalidUtf8(companion.message)) {
    errors->Add(JoinFieldPath(companion.name, field), kReasonCommandTextEncoding,
                "the text is not UTF-8");
  }
}

domain::Fields FieldsOf(const google::protobuf::Message& message) {
  return AreFieldsSound(message) ? domain::Fields::kSound : domain::Fields::kUnknown;
}

}  // namespace

absl::Status CheckEnvelope(const v1::Command& command, const Companion& companion,
                           const CommandLimits& limits, domain::Fields* fields) {
  if (command.ByteSizeLong() > limits.max_command_bytes) {
    return MakeError(kReasonCommandTooLarge,
                     absl::StrCat("max_command_bytes is ", limits.max_command_bytes));
  }
  const std::size_t companion_bytes = companion.message.ByteSizeLong();
  if (companion_bytes > limits.max_facts_bytes) {
    return MakeError(kReasonFactsTooLarge,
                     absl::StrCat("max_facts_bytes is ", limits.max_facts_bytes));
  }
  // Nearly always everything is sound. The checks that name fields cost many times as much.
  *fields = FieldsOf(command);
  const domain::CommandInfo* info = domain::FindCommand(command);
  Errors errors;
  CheckFields(command, info, *fields, &errors);
  if (*fields == domain::Fields::kUnknown) CheckEncoding({command, ""}, &errors);
  if (companion_bytes > 0) {
    const domain::Fields companion_fields = FieldsOf(companion.message);
    if (companion_fields == domain::Fields::kUnknown) CheckEncoding(companion, &errors);
    CheckFacts(info, companion, companion_fields, &errors);
  }
  return errors.Build();
}

}  // namespace internal
}  // namespace frontdesk
