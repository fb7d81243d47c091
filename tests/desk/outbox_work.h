// Work on one outbox by many threads and processes at the same time, and a check of the things that each of them saw.
#ifndef FRONTDESK_TESTS_DESK_OUTBOX_WORK_H_
#define FRONTDESK_TESTS_DESK_OUTBOX_WORK_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "frontdesk/desk/desk.h"

namespace frontdesk {
namespace testing {

// The number of orders that the workers refund: w1, w2, ….
inline constexpr int kWorkOrders = 50;

// A desk in memory or on a file with the shop and those orders.
void OpenWork(Desk& desk);

// Refunds a cent of a random order, which makes an effect, and claims effects, in turn. Of those that it claims it acknowledges some,
// reports some by a command, retries some, and forgets some, whose leases end. `say` gets a line for each thing that was done.
// Empty, or the first error.
std::string WorkOnOutbox(Desk* desk, std::uint64_t seed, int rounds,
                         const std::function<void(const std::string&)>& say);

// Carries out all that is left.
std::string DrainOutbox(Desk* desk, const std::function<void(const std::string&)>& say);

// Compares the lines of all workers with each other and with the desk. Every refund counts once. No effect was claimed while another
// claim of it was valid, and attempts have no gaps. Each report is in a history once. Empty, or the first difference.
std::string CheckWork(const Desk& desk, const std::vector<std::string>& lines);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_OUTBOX_WORK_H_
