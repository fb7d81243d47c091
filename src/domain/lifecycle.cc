#include "frontdesk/domain/lifecycle.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "domain/event_maker.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::EnumDescriptor;

// "OPEN" of STATE_OPEN, also of a state of another entity; the number of a state that is not known.
std::string StateName(const EnumDescriptor& states, int state) {
  const google::protobuf::EnumValueDescriptor* value = states.FindValueByNumber(state);
  if (value == nullptr) return absl::StrCat(state);
  constexpr absl::string_view kPrefix = "STATE_";
  const std::string& name = value->name();
  return absl::StartsWith(name, kPrefix) ? name.substr(kPrefix.size()) : name;
}

// A lifecycle whose reasons lack one refuses all the same, with a reason that says less; tests find that.
const Reason* RefusalReason(const CommandInfo& command, int from,
                            absl::Span<const Reason> reasons) {
  const absl::string_view kind = EntityKindName(command.entity_kind);
  std::string word = absl::StrCat(command.reason_prefix, "_STATE");
  if (command.creates) word = absl::StrCat(kind, "_EXISTS");
  if (from == 0) word = absl::StrCat(kind, "_NOT_FOUND");
  const Reason* reason = FindReason(reasons, word);
  return reason == nullptr ? &kReasonEntityStateUnknown : reason;
}

const CommandInfo* CommandOf(const google::protobuf::Descriptor* commands, int number) {
  const google::protobuf::FieldDescriptor* field = commands->FindFieldByNumber(number);
  return field == nullptr ? nullptr : FindCommandByMessage(field->message_type());
}

void AppendName(absl::string_view name, std::string* names) {
  absl::StrAppend(names, names->empty() ? "" : ", ", name);
}

}  // namespace

Lifecycle::Lifecycle(const EnumDescriptor* states, const google::protobuf::Descriptor* commands,
                     absl::Span<const Reason> reasons, std::vector<Row> rows)
    : states_(states), reasons_(reasons) {
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return a.command < b.command; });
  transitions_.reserve(rows.size() * states->value_count());
  for (Row& row : rows) {
    const CommandInfo* command = CommandOf(commands, row.command);
    if (command == nullptr) continue;
    for (int i = 0; i < states->value_count(); ++i) {
      Transition& cell = transitions_.emplace_back();
      cell.command = command;
      cell.from = states->value(i)->number();
      for (Row::Move& move : row.moves) {
        if (move.from == cell.from) cell.to = std::move(move.to);
      }
      if (cell.to.empty()) cell.refusal_reason = RefusalReason(*command, cell.from, reasons);
    }
  }
}

const Transition* Lifecycle::Find(const CommandInfo& command, int from) const {
  const size_t states = states_->value_count();
  for (size_t row = 0; row < transitions_.size(); row += states) {
    if (transitions_[row].command != &command) continue;
    for (size_t i = row; i < row + states; ++i) {
      if (transitions_[i].from == from) return &transitions_[i];
    }
    return nullptr;
  }
  return nullptr;
}

absl::optional<v1::Refusal> Lifecycle::Refuse(const CommandInfo& command, int from) const {
  const Transition* cell = Find(command, from);
  if (cell != nullptr && cell->refusal_reason == nullptr) return absl::nullopt;
  const Reason* reason = &kReasonEntityStateUnknown;
  if (cell != nullptr) {
    reason = cell->refusal_reason;
  } else if (command.creates) {
    // There is such an entity, and nothing else is possible in a state of which nothing is known.
    reason = RefusalReason(command, from, reasons_);
  }
  v1::Refusal refusal = MakeRefusal(*reason, "");
  if (from == 0) refusal.set_origin(v1::Refusal::ORIGIN_NOT_FOUND);
  if (cell == nullptr || from == 0 || command.creates) return refusal;
  std::string possible_in;
  std::string possible_verbs;
  for (const Transition& other : transitions_) {
    if (other.to.empty()) continue;
    if (other.command == &command) AppendName(StateName(*states_, other.from), &possible_in);
    if (other.from == from) AppendName(other.command->name, &possible_verbs);
  }
  const std::string state = StateName(*states_, from);
  refusal.set_text(absl::StrCat(command.name, " is possible in ", possible_in,
                                ", and the state is ", state, "; possible in ", state, " are ",
                                possible_verbs.empty() ? "none" : possible_verbs));
  AddDetail("state", state, &refusal);
  AddDetail("possible_in", possible_in, &refusal);
  AddDetail("possible_verbs", possible_verbs, &refusal);
  return refusal;
}

}  // namespace domain
}  // namespace frontdesk
