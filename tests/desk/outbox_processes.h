// One outbox that eight threads of this process and four other processes work on at the same time.
//
// FRONTDESK_OUTBOX_ROUNDS is the number of rounds of each worker; 15 without it.
#ifndef FRONTDESK_TESTS_DESK_OUTBOX_PROCESSES_H_
#define FRONTDESK_TESTS_DESK_OUTBOX_PROCESSES_H_

#include <functional>
#include <memory>
#include <string>

#include "frontdesk/store/store.h"

namespace frontdesk {
namespace testing {

// `place` names the store for the processes, as desk_worker.cc has it; `open` opens it in this one. The store is empty. Checks that
// each effect is claimed once, and that all is as the log says.
void ClaimByThreadsAndProcesses(const std::string& place,
                                const std::function<std::shared_ptr<store::Store>()>& open);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_OUTBOX_PROCESSES_H_
