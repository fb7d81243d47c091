// Refining random commands about the money of an order: see Generator in random_commands.h.
#ifndef FRONTDESK_TESTS_DESK_RANDOM_MONEY_H_
#define FRONTDESK_TESTS_DESK_RANDOM_MONEY_H_

#include "desk/random_commands.h"
#include "frontdesk/v1/command.pb.h"

namespace frontdesk {
namespace testing {

void RecordPayment(RandomCommands& random, v1::Command* command);
void RefundOrder(RandomCommands& random, v1::Command* command);
void RequestPayment(RandomCommands& random, v1::Command* command);
void CancelOrder(RandomCommands& random, v1::Command* command);
void CancelItems(RandomCommands& random, v1::Command* command);
void RecordDispute(RandomCommands& random, v1::Command* command);
void AnswerDispute(RandomCommands& random, v1::Command* command);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_RANDOM_MONEY_H_
