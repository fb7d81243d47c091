// The hit policies of DMN: the rules that count of those that match, their order, and the value computed of them. Private to rules/.
#ifndef FRONTDESK_RULES_HIT_POLICIES_H_
#define FRONTDESK_RULES_HIT_POLICIES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/v1/decision.pb.h"

namespace frontdesk {
namespace rules {

// The declared order of the values of one output.
struct ValueOrder {
  std::string name;
  // The place of a value, by its ValueKey(); 0 is the most important one.
  absl::flat_hash_map<std::string, size_t> places;
};

// The hit policy of a set, compiled.
struct HitPlan {
  v1::HitPolicy policy = v1::HIT_POLICY_FIRST;
  v1::HitAggregator aggregator = v1::HIT_AGGREGATOR_UNSPECIFIED;
  std::string aggregate_output;
  std::vector<ValueOrder> orders;

  // Whether every rule is asked, and the rules that match are then looked at together.
  bool asks_all() const { return policy > v1::HIT_POLICY_ALL; }
};

// Whether rules are compared by the orders of outputs.
bool ComparesOutputs(v1::HitPolicy policy);

// "HIT_POLICY_UNIQUE" as "UNIQUE".
std::string HitPolicyName(v1::HitPolicy policy);

// Equal for values of one type that are equal by value. Numbers: 0 and -0 are equal, and NaN is equal to itself.
std::string ValueKey(const v1::OutputValue& value);

// The value with that name; null when there is none. `values` are by name.
const v1::OutputValue* FindValue(const std::vector<v1::OutputValue>& values,
                                 absl::string_view name);

// A rule that matches.
struct Hit {
  size_t index = 0;  // In the set, by order number.
  const v1::Rule* rule = nullptr;
  bool is_approved = false;
  std::vector<v1::OutputValue> outputs;  // By name.
};

struct HitResult {
  // Numbers in the list of hits: those that count, in the order of the policy, and those that decide, leading one first.
  std::vector<size_t> counting;
  std::vector<size_t> deciding;
  v1::PolicyOutcome outcome = v1::POLICY_OUTCOME_UNSPECIFIED;
  absl::optional<v1::OutputValue> aggregate;
  absl::optional<v1::HitPolicyError> error;  // Then nothing else is set, and the set refuses.
};

// Applies a policy for which `plan.asks_all()` to the rules that match, by order number. Without any there is no outcome: the default
// of the set counts. Linear in the values, and in the logarithm of the number of hits where they are sorted.
HitResult ApplyHitPolicy(const HitPlan& plan, const std::vector<Hit>& hits);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_HIT_POLICIES_H_
