// The lifecycle of an entity as a table: every state, every command, what follows or why it is refused. Each entity has one:
// domain::OrderLifecycle() and so on.
//
//   #include "frontdesk/domain/order/order.h"
//
//   for (const frontdesk::domain::Transition& cell : frontdesk::domain::OrderLifecycle().transitions()) {
//     if (cell.command->name == "CancelOrder" && cell.refusal_reason == nullptr) std::cout << cell.from << "\n";
//   }
#ifndef FRONTDESK_DOMAIN_LIFECYCLE_H_
#define FRONTDESK_DOMAIN_LIFECYCLE_H_

#include <initializer_list>
#include <vector>

#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/domain/command_info.h"

namespace google {
namespace protobuf {
class EnumDescriptor;
}  // namespace protobuf
}  // namespace google

namespace frontdesk {
namespace v1 {
class Refusal;
}  // namespace v1

namespace domain {

// One cell: what a command does in a state. Immutable.
struct Transition {
  const CommandInfo* command = nullptr;
  // The number of the state; 0, which is no state, means "there is no such entity".
  int from = 0;
  // The states that may follow; empty when the command is refused.
  std::vector<int> to;
  // Why it is refused: <KIND>_EXISTS, <KIND>_NOT_FOUND or <reason prefix of the command>_STATE; null when it is not.
  // ENTITY_STATE_UNKNOWN if the entity's reasons lack that one.
  const Reason* refusal_reason = nullptr;
};

// Every state x every command of one entity. Immutable.
class Lifecycle {
 public:
  // The transitions of one command: for each state in which it is possible, the states that may
  // follow.
  struct Row {
    // A VerbCase of the entity's command.
    int command = 0;
    struct Move {
      int from = 0;
      std::vector<int> to;
    };
    std::vector<Move> moves;
  };

  // `states` is the enum of the entity's states; `commands` its message of commands, all of which have a row; `reasons` lists the
  // reasons of refusals, and outlives the lifecycle.
  Lifecycle(const google::protobuf::EnumDescriptor* states,
            const google::protobuf::Descriptor* commands, absl::Span<const Reason> reasons,
            std::vector<Row> rows);

  // The cells: commands by number, states by number.
  absl::Span<const Transition> transitions() const { return transitions_; }

  // The enum of the states.
  const google::protobuf::EnumDescriptor* states() const { return states_; }

  // The cell of a command in a state; null for a state that the table does not know.
  const Transition* Find(const CommandInfo& command, int from) const;

  // Why the command is refused in a state; nothing when it is possible there. With no such entity the origin is NOT_FOUND, else
  // INVARIANT. In a state that the table does not know the reason is ENTITY_STATE_UNKNOWN, or <KIND>_EXISTS. The text and the
  // details ("state", "possible_in", "possible_verbs") name the states in which the command is possible, and the commands
  // that are possible in this state.
  absl::optional<v1::Refusal> Refuse(const CommandInfo& command, int from) const;

 private:
  const google::protobuf::EnumDescriptor* states_;
  absl::Span<const Reason> reasons_;
  std::vector<Transition> transitions_;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_LIFECYCLE_H_
