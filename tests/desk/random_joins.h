// Refining random commands that edit, merge and part customers, and that link, merge and split cases:
// see Generator in random_commands.h.
#ifndef FRONTDESK_TESTS_DESK_RANDOM_JOINS_H_
#define FRONTDESK_TESTS_DESK_RANDOM_JOINS_H_

#include "desk/random_commands.h"
#include "frontdesk/v1/command.pb.h"

namespace frontdesk {
namespace testing {

void EditCustomer(RandomCommands& random, v1::Command* command);
void VerifyIdentity(RandomCommands& random, v1::Command* command);
void MergeCustomers(RandomCommands& random, v1::Command* command);
void UnmergeCustomers(RandomCommands& random, v1::Command* command);
void ClassifyCase(RandomCommands& random, v1::Command* command);
void LinkCase(RandomCommands& random, v1::Command* command);
void UnlinkCase(RandomCommands& random, v1::Command* command);
void AddCaseTask(RandomCommands& random, v1::Command* command);
void MergeCases(RandomCommands& random, v1::Command* command);
void UnmergeCases(RandomCommands& random, v1::Command* command);
void SplitCase(RandomCommands& random, v1::Command* command);
void UnsplitCase(RandomCommands& random, v1::Command* command);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_RANDOM_JOINS_H_
