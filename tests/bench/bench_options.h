// The options of a benchmark program that prints its rows itself.
//
//   int rounds = 9;
//   std::string only;
//   frontdesk::ReadBenchOptions(argc, argv, {{"--rounds", &rounds}, {"--only", &only}});
#ifndef FRONTDESK_TESTS_BENCH_BENCH_OPTIONS_H_
#define FRONTDESK_TESTS_BENCH_BENCH_OPTIONS_H_

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace frontdesk {

// A plain struct.
struct BenchOption {
  absl::string_view name;
  // A number and a text have a value; a bool is set by the name alone.
  std::variant<int*, std::string*, bool*> value;
  // The least number.
  int least = 1;
};

// Sets the values that the arguments name. Ends the program with a message when they are not valid.
void ReadBenchOptions(int argc, char** argv, const std::vector<BenchOption>& options);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_BENCH_OPTIONS_H_
