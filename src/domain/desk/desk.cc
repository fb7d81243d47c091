#include "frontdesk/domain/desk/desk.h"

#include <utility>

#include "domain/arguments.h"
#include "domain/desk/desk_draft.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/command_info.h"

namespace frontdesk {
namespace domain {

// The functions of each command are in a file of its own, and only the list below names them.
void CheckCorrectEntityTime(const FieldPath& root, const v1::DeskCommand& command,
                            ArgumentChecker* checker);
void DecideCorrectEntityTime(DeskDraft* draft);

namespace {

// A command that policy decides.
struct DeskCommandRow {
  int command;  // A VerbCase of v1.DeskCommand.
  void (*check)(const FieldPath& root, const v1::DeskCommand& command, ArgumentChecker* checker);
  void (*decide)(DeskDraft* draft);
};

constexpr DeskCommandRow kDeskCommands[] = {
    {v1::DeskCommand::kCorrectEntityTime, CheckCorrectEntityTime, DecideCorrectEntityTime},
};

// Null when policy does not decide the command.
const DeskCommandRow* FindDeskCommand(const v1::DeskCommand& command) {
  for (const DeskCommandRow& row : kDeskCommands) {
    if (row.command == command.verb_case()) return &row;
  }
  return nullptr;
}

}  // namespace

std::vector<v1::Refusal> CheckDeskArguments(const v1::DeskCommand& command) {
  const DeskCommandRow* row = FindDeskCommand(command);
  const CommandInfo* info = FindEntityCommand(command);
  if (row == nullptr || info == nullptr) return {};
  ArgumentChecker checker;
  row->check(FieldPath{nullptr, info->field}, command, &checker);
  checker.CheckFields(command);
  return std::move(checker).Take();
}

absl::StatusOr<Decided> DecideDesk(const v1::DeskDecisionInput& input) {
  const DeskCommandRow* row = FindDeskCommand(input.command());
  const CommandInfo* info = FindEntityCommand(input.command());
  if (row == nullptr || info == nullptr) return WrongEntityError();
  const v1::CorrectEntityTime& verb = input.command().correct_entity_time();
  if (input.command().has_correct_entity_time() && !IsSameEntity(verb.entity(), input.entity())) {
    return WrongEntityError();
  }
  DeskDraft draft(input, *info);
  row->decide(&draft);
  return std::move(draft).Finish();
}

}  // namespace domain
}  // namespace frontdesk
