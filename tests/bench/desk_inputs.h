// The commands that the desk's benchmarks carry out: for each of six names a desk to begin with, and commands that differ from
// one to the next.
#ifndef FRONTDESK_TESTS_BENCH_DESK_INPUTS_H_
#define FRONTDESK_TESTS_BENCH_DESK_INPUTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"

namespace frontdesk {

// A command to carry out. A plain struct.
struct DeskInput {
  v1::Command command;
  // Whether the command reads catalog facts: those of DeskCatalog().
  bool needs_catalog = false;
};

// The commands of one benchmark. A plain struct.
struct DeskInputs {
  // The commands before; not measured.
  std::vector<DeskInput> history;
  // The measured commands. Each is DONE.
  std::vector<DeskInput> commands;
};

// create_customer, open_case, add_part, place_order, cancel_order, refund_order.
const std::vector<std::string>& DeskInputNames();

// `count` commands of one of these names. The same arguments give the same commands. `first` is the number of the first one, a
// multiple of four: commands of other numbers are about other entities.
DeskInputs MakeDeskInputs(absl::string_view name, int count, int first = 0);

// A small policy as a shop has it: a few rules for each of the commands.
absl::string_view DeskPolicyText();

// Twenty variants of one product.
const v1::Facts& DeskCatalog();

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_DESK_INPUTS_H_
