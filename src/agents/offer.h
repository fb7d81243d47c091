// The commands that an actor may do at all. Private.
#ifndef FRONTDESK_AGENTS_OFFER_H_
#define FRONTDESK_AGENTS_OFFER_H_

#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/common.pb.h"

namespace frontdesk {
namespace agents {

// Whether the policy may allow, or hold, the command for the actor. False only when each decision about it refuses: a rule counts as one
// that may match, unless its condition reads the actor alone and is false for this one. True of commands that policy does not decide.
bool MayEverPass(const Policy& policy, const domain::CommandInfo& info, const v1::Actor& actor);

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_OFFER_H_
