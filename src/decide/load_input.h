// Reading the input of a command's decision. Private.
#ifndef FRONTDESK_SRC_DECIDE_LOAD_INPUT_H_
#define FRONTDESK_SRC_DECIDE_LOAD_INPUT_H_

#include "absl/status/status.h"
#include "decide/asked.h"
#include "decide/state_source.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/decision_input.pb.h"

namespace frontdesk {
namespace internal {

// Loads the state that the command is decided on into `input`: the addressed entity, and related ones. The arm is set by the kind
// of the addressed entity; catalog facts are those given.
absl::Status LoadInput(const Asked& asked, const v1::Facts& facts, const CommandLimits& limits,
                       StateSource* source, v1::DecisionInput* input);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_LOAD_INPUT_H_
