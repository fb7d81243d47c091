#include "command_mix.h"

#include <algorithm>
#include <string>
#include <utility>

#include "desk_inputs.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

// Of each kind, before the clock runs: they bring the code and the top of the file into memory.
constexpr int kWarm = 4;
// The commands of a turn.
constexpr std::size_t kTurn = 6;

CommandWithFacts WithFacts(DeskInput input) {
  return {std::move(input.command), input.needs_catalog ? DeskCatalog() : v1::Facts()};
}

}  // namespace

Mix MakeMix(int count) {
  const std::vector<std::string>& names = DeskInputNames();
  const int kinds = static_cast<int>(names.size());
  // A multiple of four: desk_inputs.h.
  const int of_each = kWarm + (count + kinds * 4 - 1) / (kinds * 4) * 4;
  Mix mix;
  std::vector<std::vector<DeskInput>> all;
  for (int kind = 0; kind < kinds; ++kind) {
    DeskInputs inputs = MakeDeskInputs(names[kind], of_each, kind * of_each);
    for (DeskInput& each : inputs.history) mix.history.push_back(WithFacts(std::move(each)));
    all.push_back(std::move(inputs.commands));
  }
  for (int i = 0; i < of_each; ++i) {
    for (std::vector<DeskInput>& commands : all) {
      mix.commands.push_back(WithFacts(std::move(commands[i])));
    }
  }
  mix.warm = static_cast<std::size_t>(kWarm * kinds);
  mix.commands.resize(mix.warm + static_cast<std::size_t>(count));
  return mix;
}

void RequireDone(const absl::StatusOr<v1::Outcome>& outcome) {
  if (!outcome.ok()) Die(outcome.status().ToString());
  if (outcome->verdict() != v1::VERDICT_DONE) Die(outcome->ShortDebugString());
}

std::vector<absl::StatusOr<v1::Outcome>> Execute(absl::Span<const CommandWithFacts> commands,
                                                 Way way, Desk& desk) {
  if (way == Way::kTogether) {
    ExecuteAllOptions options;
    options.group_size = static_cast<int>(commands.size());
    return desk.ExecuteAll(commands, options);
  }
  std::vector<absl::StatusOr<v1::Outcome>> outcomes;
  outcomes.reserve(commands.size());
  for (const CommandWithFacts& each : commands) {
    outcomes.push_back(desk.Execute(each.command, each.facts));
  }
  return outcomes;
}

std::vector<std::pair<std::size_t, std::size_t>> PiecesOf(const Mix& mix, Way way) {
  std::vector<std::pair<std::size_t, std::size_t>> pieces = {{0, mix.warm}};
  const std::size_t size = way == Way::kTogether ? mix.commands.size() : kTurn;
  for (std::size_t begin = mix.warm; begin < mix.commands.size(); begin += size) {
    pieces.emplace_back(begin, std::min(begin + size, mix.commands.size()));
  }
  return pieces;
}

}  // namespace frontdesk
