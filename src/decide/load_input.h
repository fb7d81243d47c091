// Reading the input of a command's decision. Private.
#ifndef FRONTDESK_SRC_DECIDE_LOAD_INPUT_H_
#define FRONTDESK_SRC_DECIDE_LOAD_INPUT_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "decide/asked.h"
#include "decide/load_rows.h"
#include "decide/state_source.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/decision_input.pb.h"

namespace frontdesk {
namespace internal {

// The parts of a loaded input that must live as long.
struct LoadedParts {
  std::vector<LoadedRow> rows;
  // States that are lent to an input on an arena.
  std::vector<std::shared_ptr<const v1::EntityState>> states;
};

// Loads the state that the command is decided on into `input`, which is new. It is that of the addressed entity and of related ones,
// each with the elements of its lists that the command names. These are put into `parts` too, each once. An input on an arena is not to be cleared.
// The arm is set by the kind of the addressed entity; catalog facts are those given.
absl::Status LoadInput(const Asked& asked, const v1::Facts& facts, const CommandLimits& limits,
                       StateSource* source, v1::DecisionInput* input, LoadedParts* parts);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_LOAD_INPUT_H_
