// Outside ids that many threads and processes give at the same time to cases, interactions, orders, customers and parts.
#ifndef FRONTDESK_TESTS_DESK_UNIQUE_IDS_WORK_H_
#define FRONTDESK_TESTS_DESK_UNIQUE_IDS_WORK_H_

#include <string>
#include <vector>

#include "frontdesk/desk/desk.h"

namespace frontdesk {
namespace testing {

// Makes the ids unique: a second one is refused in some systems, and names the first one in the others.
extern const char kUniqueIdsPolicy[];

// The number of threads of a process.
inline constexpr int kUniqueIdsThreads = 4;

// In each thread of the process, gives the ids of that round to entities and parts of the thread's own, in every way and in the same
// order. Returns a line for each id: "WAY ID won|existing|refused HOLDER", or "error" and the text.
std::vector<std::string> GiveUniqueIds(Desk* desk, const std::string& process, int round);

// Compares the lines of all processes with each other and with the desk. Each id was given once, every other line names who has it,
// as the policy says for its way, and Find finds that one alone. Empty, or the first difference.
std::string CheckUniqueIds(const Desk& desk, const std::vector<std::string>& lines, int processes,
                           int rounds);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_UNIQUE_IDS_WORK_H_
