// The clocks of a case, computed from its history alone.
//
//   // A command for each that changed the case, with its events in order.
//   const absl::StatusOr<frontdesk::v1::Case> computed = frontdesk::ComputeClocks(commands, policies, cases);
//   if (computed.ok()) std::cout << computed->clocks_size() << "\n";  // as many as the desk has kept
//
// Reader::ComputeClocks (desk/reader.h) reads the history and calls this.
#ifndef FRONTDESK_DECIDE_COMPUTE_CLOCKS_H_
#define FRONTDESK_DECIDE_COMPUTE_CLOCKS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "frontdesk/domain/case/case_parts.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {

// A command that changed a case. A plain struct.
struct ClockCommand {
  // Its events about the case, at least one, in order; those about clocks are passed over.
  absl::Span<const v1::Event> events;
  // The policy that it was decided by. Never null.
  const Policy* policy = nullptr;
  // The customer of the case as before the command, for a merged one the survivor. Null: nobody, or not known to the desk.
  const v1::Customer* customer = nullptr;
};

// An earlier policy by its hash.
using PolicyByHash =
    std::function<absl::StatusOr<std::shared_ptr<const Policy>>(const std::string& hash)>;

// The case after all commands, with the clocks that follow from the rest of its events: a pure function of the history and the policies.
// `find_case` has the cases that were merged into it, with all of their stretches (the fold of all events). `find_policy` is asked for the
// policies of targets that were kept while another policy was active. `max_cost` bounds the conditions of a command.
// Errors: those of `find_policy`; DATA_LOSS EVENT_NOT_APPLICABLE for events that do not follow one another; DATA_LOSS STORE_CORRUPT for a
// target that its policy does not have; RESOURCE_EXHAUSTED RULES_BUDGET_EXHAUSTED. Costs the events, with the conditions that each command asks.
absl::StatusOr<v1::Case> ComputeClocks(absl::Span<const ClockCommand> commands,
                                       const PolicyByHash& find_policy,
                                       const domain::CaseLookup& find_case,
                                       std::int64_t max_cost = 10'000'000);

}  // namespace frontdesk

#endif  // FRONTDESK_DECIDE_COMPUTE_CLOCKS_H_
