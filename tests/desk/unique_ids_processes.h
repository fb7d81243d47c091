// Threads of this process and of two others that give the same outside ids at the same time, round by round.
//
// FRONTDESK_UNIQUE_ID_ROUNDS is the number of rounds; 20 without it.
#ifndef FRONTDESK_TESTS_DESK_UNIQUE_IDS_PROCESSES_H_
#define FRONTDESK_TESTS_DESK_UNIQUE_IDS_PROCESSES_H_

#include <functional>
#include <memory>
#include <string>

#include "frontdesk/store/store.h"

namespace frontdesk {
namespace testing {

// `place` names the store for the processes, as desk_worker.cc has it; `open` opens it in this one. The store is empty. Checks that each
// id is given once, and that everybody else is refused or gets the holder, as the policy says.
void GiveIdsByThreadsAndProcesses(const std::string& place,
                                  const std::function<std::shared_ptr<store::Store>()>& open);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_UNIQUE_IDS_PROCESSES_H_
