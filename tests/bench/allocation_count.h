// Counts the allocations of a benchmark program. A program that is linked with allocation_count.cc allocates through it.
#ifndef FRONTDESK_TESTS_BENCH_ALLOCATION_COUNT_H_
#define FRONTDESK_TESTS_BENCH_ALLOCATION_COUNT_H_

#include <cstdint>

namespace frontdesk {

// The number of calls of operator new by this thread so far, of every form that throws or not.
std::int64_t AllocationCount();

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_ALLOCATION_COUNT_H_
