// The compiled calendars, service levels and milestones of a pack: which level a case has, which target a clock runs under, and whether a
// condition of theirs holds. Policy::service_levels() has them.
#ifndef FRONTDESK_POLICY_SERVICE_LEVELS_H_
#define FRONTDESK_POLICY_SERVICE_LEVELS_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/calendar/business_calendar.h"
#include "frontdesk/cel/budget.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/service_level.pb.h"

namespace frontdesk {

namespace rules {
class RuleSet;
}  // namespace rules

// A compiled condition over a ServiceLevelInput.
class ServiceCondition {
 public:
  virtual ~ServiceCondition() = default;
  // Whether it holds. One that errs on this input does not. RESOURCE_EXHAUSTED RULES_BUDGET_EXHAUSTED: the budget ends.
  virtual absl::StatusOr<bool> Holds(const v1::ServiceLevelInput& input,
                                     cel::Budget* budget) const = 0;
};

// A target. A plain struct.
struct PolicyTarget {
  // The target in the pack.
  const v1::ServiceTarget* source = nullptr;
  // The target as a clock keeps it, without the hash of the policy; `pausing_states` are those of the metric where it names none.
  v1::ClockTarget target;
  // The calendar by which time counts. Null: all time counts.
  const calendar::BusinessCalendar* calendar = nullptr;
  // The condition that ends the clock. Null: the metric's own end.
  std::unique_ptr<const ServiceCondition> end;
};

// A level. A plain struct.
struct PolicyLevel {
  // The level in the pack.
  const v1::ServiceLevel* source = nullptr;
  // The calendar of the level. Null: all time counts.
  const calendar::BusinessCalendar* calendar = nullptr;
  // Null: it is for all cases.
  std::unique_ptr<const ServiceCondition> condition;
  // In the order of the pack.
  std::vector<PolicyTarget> targets;
};

// A milestone. A plain struct.
struct PolicyMilestone {
  // The milestone in the pack.
  const v1::Milestone* source = nullptr;
  // Null: it starts when `after_milestone` ends.
  std::unique_ptr<const ServiceCondition> start;
  std::unique_ptr<const ServiceCondition> end;
};

// Immutable, thread-safe. Lives as long as its policy.
class ServiceLevels {
 public:
  // Whether a case has clocks at all: there is a level.
  bool has_levels() const { return !levels_.empty(); }
  // In the order of the pack.
  absl::Span<const PolicyLevel> levels() const { return levels_; }
  absl::Span<const PolicyMilestone> milestones() const { return milestones_; }
  // Whether some level has a target for that metric; its clocks run then, whether a target applies to them or not.
  bool Measures(v1::ServiceMetric metric) const { return metrics_.count(metric) > 0; }

  // The first level whose condition holds; null: none does. Errors as of ServiceCondition::Holds(). Costs the evaluation of the conditions
  // up to that one.
  absl::StatusOr<const PolicyLevel*> ChooseLevel(const v1::ServiceLevelInput& input,
                                                 cel::Budget* budget) const;
  // The first target of the level that fits; null: none does.
  static const PolicyTarget* ChooseTarget(const PolicyLevel& level, v1::ServiceMetric metric,
                                          absl::string_view milestone, int priority);

  // By id; null: the pack has none.
  const PolicyLevel* FindLevel(absl::string_view level_id) const;
  const PolicyTarget* FindTarget(absl::string_view level_id, absl::string_view target_id) const;
  const PolicyMilestone* FindMilestone(absl::string_view name) const;
  const calendar::BusinessCalendar* FindCalendar(absl::string_view calendar_id) const;

 private:
  friend class ServiceLevelCompiler;

  std::map<std::string, calendar::BusinessCalendar, std::less<>> calendars_;
  std::vector<PolicyLevel> levels_;
  std::vector<PolicyMilestone> milestones_;
  std::set<v1::ServiceMetric> metrics_;
  // The conditions of levels, one a rule; null: no level has one. The level of each, ascending.
  std::shared_ptr<const rules::RuleSet> level_rules_;
  std::vector<int> level_of_rule_;
  // The first level without a condition; -1: there is none.
  int level_of_all_ = -1;
};

}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_SERVICE_LEVELS_H_
