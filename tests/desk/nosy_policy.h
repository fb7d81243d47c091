// A policy that reads every personal field in every way in which a rule may reveal one.
#ifndef FRONTDESK_TESTS_DESK_NOSY_POLICY_H_
#define FRONTDESK_TESTS_DESK_NOSY_POLICY_H_

#include <cstddef>
#include <memory>

#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/rule.pb.h"

namespace frontdesk {
namespace testing {

// The outcome of the conditions of its rules.
enum class Nosiness {
  kReads,  // They hold.
  kErrs,   // They cannot be evaluated, which is reported without the value.
};

// The number of forms in which a rule hands a text out as a detail.
std::size_t NosyShapeCount();

// Each personal field of each decision input gets a rule with one condition and one detail. `first` chooses them, and the
// first field; of each `stride` fields only one gets a rule.
std::shared_ptr<const Policy> NosyPolicy(v1::PolicyOutcome outcome, Nosiness nosiness,
                                         std::size_t first = 0, std::size_t stride = 1);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_NOSY_POLICY_H_
