// Checks that no two customers, merged ones aside, have one id in another system. Private.
#ifndef FRONTDESK_SRC_DECIDE_EXTERNAL_IDS_H_
#define FRONTDESK_SRC_DECIDE_EXTERNAL_IDS_H_

#include <vector>

#include "absl/status/status.h"
#include "decide/state_source.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace internal {

// Adds a refusal for each external id that `command` would give a customer and that another customer has. The
// reads are part of the commit. If two commands give the same id to two customers at the same time, one is
// decided again.
absl::Status CheckExternalIds(const v1::Command& command, StateSource* source,
                              std::vector<v1::Refusal>* refusals);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_EXTERNAL_IDS_H_
