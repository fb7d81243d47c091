// Commands of all kinds in turn, as the benchmarks of a desk in a file or a database execute them.
#ifndef FRONTDESK_TESTS_BENCH_COMMAND_MIX_H_
#define FRONTDESK_TESTS_BENCH_COMMAND_MIX_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "frontdesk/desk/desk.h"

namespace frontdesk {

// A plain struct.
struct Mix {
  std::vector<CommandWithFacts> history;
  std::vector<CommandWithFacts> commands;
  // The commands that come before the clock runs.
  std::size_t warm = 0;
};

// At least `count` commands, besides those that warm up.
Mix MakeMix(int count);

// Ends the program for any other outcome.
void RequireDone(const absl::StatusOr<v1::Outcome>& outcome);

// How the commands reach the desk: one commit each, or all in one.
enum class Way { kOneByOne, kTogether };

std::vector<absl::StatusOr<v1::Outcome>> Execute(absl::Span<const CommandWithFacts> commands,
                                                 Way way, Desk& desk);

// The commands in pieces, as they are executed: the first one warms up.
std::vector<std::pair<std::size_t, std::size_t>> PiecesOf(const Mix& mix, Way way);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_COMMAND_MIX_H_
