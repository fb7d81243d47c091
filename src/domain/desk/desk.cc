#include "frontdesk/domain/desk/desk.h"

#include <utility>

#include "domain/arguments.h"
#include "domain/desk/desk_draft.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/desk.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace domain {

// The functions of each command are in a file of its own, and only the list below names them.
void CheckCorrectEntityTime(const FieldPath& root, const v1::DeskCommand& command,
                            ArgumentChecker* checker);
void DecideCorrectEntityTime(DeskDraft* draft);
void CheckActivatePolicy(const FieldPath& root, const v1::DeskCommand& command,
                         ArgumentChecker* checker);
void DecideActivatePolicy(DeskDraft* draft);
void CheckReportEffect(const FieldPath& root, const v1::DeskCommand& command,
                       ArgumentChecker* checker);
void DecideReportEffect(DeskDraft* draft);

void CheckAnyEntity(const FieldPath& field, bool present, const v1::EntityRef& entity,
                    ArgumentChecker* checker) {
  if (!checker->RequireMessage(field, present)) return;
  checker->CheckEnum(
      {&field, "kind"}, entity.kind(),
      entity.kind() != v1::ENTITY_KIND_UNSPECIFIED && v1::EntityKind_IsValid(entity.kind()));
  checker->RequireText({&field, "id"}, entity.id());
}

namespace {

// A command that policy decides.
struct DeskCommandRow {
  int command;  // A VerbCase of v1.DeskCommand.
  void (*check)(const FieldPath& root, const v1::DeskCommand& command, ArgumentChecker* checker);
  void (*decide)(DeskDraft* draft);
};

constexpr DeskCommandRow kDeskCommands[] = {
    {v1::DeskCommand::kCorrectEntityTime, CheckCorrectEntityTime, DecideCorrectEntityTime},
    {v1::DeskCommand::kActivatePolicy, CheckActivatePolicy, DecideActivatePolicy},
    {v1::DeskCommand::kReportEffect, CheckReportEffect, DecideReportEffect},
};

// Null when policy does not decide the command.
const DeskCommandRow* FindDeskCommand(const v1::DeskCommand& command) {
  for (const DeskCommandRow& row : kDeskCommands) {
    if (row.command == command.verb_case()) return &row;
  }
  return nullptr;
}

// Whether the entity, the policy and the effect in the input are those of the command.
bool IsAboutNamed(const v1::DeskDecisionInput& input) {
  if (input.command().has_correct_entity_time()) {
    return IsSameEntity(input.command().correct_entity_time().entity(), input.entity());
  }
  if (input.command().has_report_effect()) {
    const v1::ReportEffect& verb = input.command().report_effect();
    return IsSameEntity(verb.entity(), input.entity()) &&
           IsSameEntity(verb.entity(), input.effect().entity()) &&
           verb.effect_id() == input.effect().effect_id();
  }
  const v1::ActivatePolicy& verb = input.command().activate_policy();
  return input.entity().kind() == v1::ENTITY_KIND_DESK && input.entity().id() == verb.desk_id() &&
         input.policy().hash() == verb.policy_hash();
}

}  // namespace

std::vector<v1::Refusal> CheckDeskArguments(const v1::DeskCommand& command, Fields fields) {
  const DeskCommandRow* row = FindDeskCommand(command);
  const CommandInfo* info = FindEntityCommand(command);
  if (row == nullptr || info == nullptr) return {};
  ArgumentChecker checker;
  row->check(FieldPath{nullptr, info->field}, command, &checker);
  if (fields == Fields::kUnknown) checker.CheckFields(command);
  return std::move(checker).Take();
}

absl::StatusOr<Decided> DecideDesk(const v1::DeskDecisionInput& input) {
  const DeskCommandRow* row = FindDeskCommand(input.command());
  const CommandInfo* info = FindEntityCommand(input.command());
  if (row == nullptr || info == nullptr) return WrongEntityError();
  if (!IsAboutNamed(input)) return WrongEntityError();
  DeskDraft draft(input, *info);
  row->decide(&draft);
  return std::move(draft).Finish();
}

absl::Status EvolveDesk(const v1::Event& event, v1::Desk* desk) {
  if (!event.desk().has_policy_activated()) {
    return NotApplicableError("this build does not know the event of the desk");
  }
  desk->set_desk_id(event.entity().id());
  *desk->mutable_active_policy() = event.desk().policy_activated().policy();
  return absl::OkStatus();
}

}  // namespace domain
}  // namespace frontdesk
