// Rows, clock and median, shared by the benchmark programs that print their rows themselves.
//
//   const std::int64_t begin = frontdesk::ThreadNanoseconds();
//   Work();
//   frontdesk::PrintRow("work", static_cast<double>(frontdesk::ThreadNanoseconds() - begin), "ns", "floor_work");
#ifndef FRONTDESK_TESTS_BENCH_PRINTED_ROWS_H_
#define FRONTDESK_TESTS_BENCH_PRINTED_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace frontdesk {

// Ends the program with a message.
[[noreturn]] void Die(absl::string_view why);

// The CPU time of this thread so far.
std::int64_t ThreadNanoseconds();

// The middle value; of an even number the mean of the two in the middle. `values` is not empty.
double Median(std::vector<double> values);

// Prints one row as run_bench.py reads it. `against` is the name of the row that it is compared with; empty: none.
void PrintRow(absl::string_view name, double value, absl::string_view unit,
              absl::string_view against);

// Prints in place of a row why there is no value.
void PrintSkipped(absl::string_view name, absl::string_view why);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_PRINTED_ROWS_H_
