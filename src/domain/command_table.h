// The commands of one entity in one list: for each, the check of its arguments, the function that decides it, and the states
// between which it leads. The lifecycle and the dispatch are made from the same rows. Private.
#ifndef FRONTDESK_DOMAIN_COMMAND_TABLE_H_
#define FRONTDESK_DOMAIN_COMMAND_TABLE_H_

#include <initializer_list>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "domain/arguments.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/lifecycle.h"

namespace frontdesk {
namespace domain {

using Moves = std::vector<Lifecycle::Row::Move>;

// The moves of a command that is possible in `states` and keeps the state.
inline Moves Keep(std::initializer_list<int> states) {
  Moves moves;
  for (const int state : states) moves.push_back({state, {state}});
  return moves;
}

// The check of the arguments of one command. `Command` is the entity's command, `root` the field in it.
template <typename Command>
using ArgumentCheck = void(const FieldPath& root, const Command& command, ArgumentChecker* checker);

// `Decide` is the type of the entity's deciding functions. Immutable.
template <typename Command, typename Decide>
class CommandTable {
 public:
  using Check = ArgumentCheck<Command>;

  struct Row {
    // A VerbCase of the entity's command.
    int command = 0;
    // Checks the arguments; null when there is nothing to check but the id.
    Check* check = nullptr;
    // Decides the command in a state that allows it.
    Decide* decide = nullptr;
    Moves moves;
  };

  // `states` is the enum of the entity's states; `reasons` lists the reasons of its refusals; all commands of the entity have a
  // row.
  CommandTable(const google::protobuf::EnumDescriptor* states, absl::Span<const Reason> reasons,
               const std::vector<Row>& rows)
      : lifecycle_(states, Command::descriptor(), reasons, LifecycleRows(rows)) {
    for (const Row& row : rows) {
      if (row.command >= static_cast<int>(functions_.size())) functions_.resize(row.command + 1);
      functions_[row.command] = {row.check, row.decide};
    }
  }

  const Lifecycle& lifecycle() const { return lifecycle_; }

  // Null when the command has none. Constant time.
  Check* FindCheck(const CommandInfo& command) const { return Find(command).first; }
  Decide* FindDecide(const CommandInfo& command) const { return Find(command).second; }

 private:
  static std::vector<Lifecycle::Row> LifecycleRows(const std::vector<Row>& rows) {
    std::vector<Lifecycle::Row> result;
    result.reserve(rows.size());
    for (const Row& row : rows) result.push_back({row.command, row.moves});
    return result;
  }

  std::pair<Check*, Decide*> Find(const CommandInfo& command) const {
    if (command.number >= static_cast<int>(functions_.size())) return {nullptr, nullptr};
    return functions_[command.number];
  }

  Lifecycle lifecycle_;
  std::vector<std::pair<Check*, Decide*>> functions_;  // By the number of the command.
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_COMMAND_TABLE_H_
