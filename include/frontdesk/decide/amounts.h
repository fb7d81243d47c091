// The amount that a command is about: the one that was asked, and the one that was given.
//
//   const frontdesk::v1::Money* asked = frontdesk::AskedAmount(input, command);
//   const frontdesk::v1::Money* given = frontdesk::GivenAmount(input, command, outcome.decision());
#ifndef FRONTDESK_DECIDE_AMOUNTS_H_
#define FRONTDESK_DECIDE_AMOUNTS_H_

#include "absl/base/attributes.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/money.pb.h"

namespace frontdesk {

// The amount in CommandOptions.amount_field of an assessed `input`, which is for `command`; null when the command is about none, or it is
// not set.
const v1::Money* AskedAmount(const v1::DecisionInput& input ABSL_ATTRIBUTE_LIFETIME_BOUND,
                             const v1::Command& command);

// The amount that the command gives when it is done by `decision`: the amount that policy computed for a field that `command` leaves out,
// else AskedAmount(). Null: none.
const v1::Money* GivenAmount(const v1::DecisionInput& input ABSL_ATTRIBUTE_LIFETIME_BOUND,
                             const v1::Command& command,
                             const v1::Decision& decision ABSL_ATTRIBUTE_LIFETIME_BOUND);

}  // namespace frontdesk

#endif  // FRONTDESK_DECIDE_AMOUNTS_H_
