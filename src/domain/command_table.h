// The commands of one entity in one list. Each has the check of its arguments, the function that decides it, the states between which it
// leads, and the test whether it changes nothing. The lifecycle and the dispatch are made from the same rows. Private.
#ifndef FRONTDESK_DOMAIN_COMMAND_TABLE_H_
#define FRONTDESK_DOMAIN_COMMAND_TABLE_H_

#include <initializer_list>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "domain/arguments.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/lifecycle.h"
#include "frontdesk/domain/unchanged.h"

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

// The test whether one command would change nothing, on the input and its assessment so far. It is asked before policy, in
// whatever state the entity is. True promises that the events of the command would leave every entity as it is.
template <typename Input, typename Assessment>
using UnchangedTest = bool(const Input& input, const Assessment& assessment);

// `Decide` is the type of the entity's deciding functions, `Unchanged` that of its tests. Immutable.
template <typename Command, typename Decide, typename Unchanged = void()>
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
    // Tests whether the command would change nothing, in which case it is not decided; null when it always changes something.
    Unchanged* unchanged = nullptr;
    // How things are then, for people: "the case waits in that state already".
    absl::string_view unchanged_text = {};
  };

  // `states` is the enum of the entity's states; `reasons` lists the reasons of its refusals; all commands of the entity have a
  // row.
  CommandTable(const google::protobuf::EnumDescriptor* states, absl::Span<const Reason> reasons,
               const std::vector<Row>& rows)
      : lifecycle_(states, Command::descriptor(), reasons, LifecycleRows(rows)) {
    for (const Row& row : rows) {
      if (row.command >= static_cast<int>(functions_.size())) functions_.resize(row.command + 1);
      functions_[row.command] = {row.check, row.decide, row.unchanged};
      if (row.unchanged == nullptr) continue;
      const auto* verb = Command::descriptor()->FindFieldByNumber(row.command)->message_type();
      unchanged_.push_back({verb->name(), row.unchanged_text});
    }
  }

  const Lifecycle& lifecycle() const { return lifecycle_; }

  // Null when the command has none. Constant time.
  Check* FindCheck(const CommandInfo& command) const { return Find(command.number).check; }
  Decide* FindDecide(const CommandInfo& command) const { return Find(command.number).decide; }

  // Whether the command in `input` would change nothing. Costs what its test does, and next to nothing without one.
  template <typename Input, typename Assessment>
  bool IsUnchanged(const Input& input, const Assessment& assessment) const {
    const auto test = Find(input.command().verb_case()).unchanged;
    return test != nullptr && test(input, assessment);
  }

  // The commands with such a test, by number.
  absl::Span<const UnchangedCommand> unchanged_commands() const { return unchanged_; }

 private:
  static std::vector<Lifecycle::Row> LifecycleRows(const std::vector<Row>& rows) {
    std::vector<Lifecycle::Row> result;
    result.reserve(rows.size());
    for (const Row& row : rows) result.push_back({row.command, row.moves});
    return result;
  }

  struct Functions {
    Check* check = nullptr;
    Decide* decide = nullptr;
    Unchanged* unchanged = nullptr;
  };

  Functions Find(int number) const {
    return number < static_cast<int>(functions_.size()) ? functions_[number] : Functions();
  }

  Lifecycle lifecycle_;
  std::vector<Functions> functions_;  // By the number of the command.
  std::vector<UnchangedCommand> unchanged_;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_COMMAND_TABLE_H_
