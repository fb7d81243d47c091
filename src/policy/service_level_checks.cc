#include "policy/service_level_checks.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontdesk/domain/case/case_state.h"
#include "frontdesk/policy/reasons.h"
#include "internal/near_name.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::Duration;
using v1::Case;
using v1::ServiceTarget;

bool IsPositive(const Duration& duration) {
  return IsValid(duration) && duration.seconds() >= 0 && duration.nanos() >= 0 &&
         (duration.seconds() > 0 || duration.nanos() > 0);
}

void CheckPausingStates(const google::protobuf::RepeatedField<int>& states, const std::string& path,
                        PackIssues* issues) {
  constexpr std::size_t kStatesThatCount = 4;
  std::set<int> seen;
  for (int i = 0; i < states.size(); ++i) {
    const std::string field = absl::StrCat(path, "[", i, "]");
    if (!domain::IsWorkedOn(static_cast<Case::State>(states[i]))) {
      issues->AddError(kReasonPolicyServicePausingState, field,
                       "the state is not known, or clocks end in it; a state that pauses is NEW, "
                       "OPEN, WAITING_ON_CUSTOMER or WAITING_ON_THIRD_PARTY");
    } else if (!seen.insert(states[i]).second) {
      issues->AddError(kReasonPolicyServicePausingState, field, "the state is listed already");
    }
  }
  if (seen.size() == kStatesThatCount) {
    issues->AddError(kReasonPolicyServicePausingState, path,
                     "every state pauses the clock, so no time would count");
  }
}

class LevelChecker {
 public:
  LevelChecker(const v1::PolicyPack& pack, PackCalendars* calendars, PackIssues* issues)
      : calendars_(calendars), issues_(issues) {
    for (const v1::Milestone& milestone : pack.milestones()) milestones_.insert(milestone.name());
  }

  void CheckLevel(const v1::ServiceLevel& level, const std::string& path) {
    issues_->CheckName(level.level_id(), absl::StrCat(path, ".level_id"));
    issues_->CheckName(level.name(), absl::StrCat(path, ".name"));
    if (level.level_id().empty()) {
      issues_->AddError(kReasonPolicyServiceLevelIdMissing, path, "the level has no id");
    } else if (!level_ids_.insert(level.level_id()).second) {
      issues_->AddError(kReasonPolicyServiceLevelIdDuplicate, absl::StrCat(path, ".level_id"),
                        "an earlier level has this id");
    }
    calendars_->CheckUse(level.calendar_id(), absl::StrCat(path, ".calendar_id"));
    if (has_level_of_all_) {
      issues_->AddWarning(
          kReasonPolicyServiceLevelUnreached, path,
          "an earlier level has no condition, and so is for all cases; no case has this one");
    }
    has_level_of_all_ = has_level_of_all_ || level.condition().empty();
    target_ids_.clear();
    covered_.clear();
    for (int i = 0; i < level.targets_size(); ++i) {
      CheckTarget(level, level.targets(i), absl::StrCat(path, ".targets[", i, "]"));
    }
  }

 private:
  // The priorities that earlier targets of the level cover.
  struct Covered {
    bool all = false;
    std::set<int> priorities;
  };

  void CheckTarget(const v1::ServiceLevel& level, const ServiceTarget& target,
                   const std::string& path) {
    issues_->CheckName(target.target_id(), absl::StrCat(path, ".target_id"));
    if (target.target_id().empty()) {
      issues_->AddError(kReasonPolicyServiceTargetIdMissing, path, "the target has no id");
    } else if (!target_ids_.insert(target.target_id()).second) {
      issues_->AddError(kReasonPolicyServiceTargetIdDuplicate, absl::StrCat(path, ".target_id"),
                        "an earlier target of the level has this id");
    }
    if (target.metric() == v1::SERVICE_METRIC_UNSPECIFIED) {
      issues_->AddError(kReasonPolicyServiceMetric, path, "the target has no metric");
    } else if (!v1::ServiceMetric_IsValid(target.metric())) {
      issues_->AddError(kReasonPolicyServiceMetric, absl::StrCat(path, ".metric"),
                        absl::StrCat("there is no metric of number ", target.metric()));
    }
    CheckMilestoneOf(target, path);
    CheckPriorities(target, path);
    CheckPromise(level, target, path);
    CheckCalendarOf(target, path);
    CheckPauses(target, path);
    CheckWarnings(target, path);
    if (!v1::TargetChangeMode_IsValid(target.on_change())) {
      issues_->AddError(kReasonPolicyServiceChangeMode, absl::StrCat(path, ".on_change"),
                        "the effect is not known; it is PINNED, LATEST or CUMULATIVE");
    }
  }

  void CheckMilestoneOf(const ServiceTarget& target, const std::string& path) {
    const std::string field = absl::StrCat(path, ".milestone");
    if (target.metric() != v1::SERVICE_METRIC_MILESTONE) {
      if (target.milestone().empty()) return;
      issues_->AddError(kReasonPolicyServiceMilestone, field,
                        "only a target of the metric MILESTONE names a milestone");
    } else if (target.milestone().empty()) {
      issues_->AddError(kReasonPolicyServiceMilestone, path,
                        "a target of the metric MILESTONE names its milestone");
    } else if (milestones_.count(target.milestone()) == 0) {
      NearName near(target.milestone());
      for (const std::string& name : milestones_) near.Consider(name);
      issues_->AddError(kReasonPolicyServiceMilestone, field,
                        absl::StrCat("the pack has no milestone of this name", near.Hint()));
    }
  }

  void CheckPriorities(const ServiceTarget& target, const std::string& path) {
    std::set<int> own;
    for (int i = 0; i < target.priorities_size(); ++i) {
      const std::string field = absl::StrCat(path, ".priorities[", i, "]");
      if (target.priorities(i) < 1) {
        issues_->AddError(kReasonPolicyServicePriority, field, "a priority is at least 1");
      } else if (!own.insert(target.priorities(i)).second) {
        issues_->AddError(kReasonPolicyServicePriority, field, "the priority is listed already");
      }
    }
    Covered& covered = covered_[{target.metric(), target.milestone()}];
    const bool has_none = covered.all || (!own.empty() && std::includes(covered.priorities.begin(),
                                                                        covered.priorities.end(),
                                                                        own.begin(), own.end()));
    if (has_none && target.metric() != v1::SERVICE_METRIC_UNSPECIFIED) {
      issues_->AddWarning(kReasonPolicyServiceTargetUnreached, path,
                          "earlier targets of the level for this metric apply to all of its "
                          "priorities; no clock runs under this one");
    }
    covered.all = covered.all || target.priorities().empty();
    covered.priorities.insert(own.begin(), own.end());
  }

  void CheckPromise(const v1::ServiceLevel& level, const ServiceTarget& target,
                    const std::string& path) {
    const bool has_days = target.business_days() != 0;
    if (target.has_duration() == has_days) {
      issues_->AddError(kReasonPolicyServiceTime, path,
                        has_days ? "the target has a duration and business days; give one of them"
                                 : "the target has no duration and no business days");
    }
    if (target.has_duration() && !IsPositive(target.duration())) {
      issues_->AddError(kReasonPolicyServiceTimeRange, absl::StrCat(path, ".duration"),
                        "the time is not a duration of more than 0");
    }
    if (!has_days) return;
    const std::string field = absl::StrCat(path, ".business_days");
    if (target.business_days() < 0) {
      issues_->AddError(kReasonPolicyServiceTimeRange, field, "business days are at least 1");
    }
    if (target.calendar_id().empty() && level.calendar_id().empty()) {
      issues_->AddError(kReasonPolicyServiceBusinessDays, field,
                        "business days need a calendar, of the target or of its level");
    }
    if (target.counts_all_time()) {
      issues_->AddError(kReasonPolicyServiceBusinessDays, absl::StrCat(path, ".counts_all_time"),
                        "business days count by a calendar; use a duration where all time counts");
    }
    if (!target.pausing_states().empty()) {
      issues_->AddError(kReasonPolicyServiceBusinessDays, absl::StrCat(path, ".pausing_states"),
                        "nothing pauses a clock in business days; use a duration");
    }
  }

  void CheckCalendarOf(const ServiceTarget& target, const std::string& path) {
    const std::string field = absl::StrCat(path, ".calendar_id");
    if (target.counts_all_time() && !target.calendar_id().empty()) {
      issues_->AddError(kReasonPolicyServiceCalendarExcluded, field,
                        "the target counts all time, so it has no calendar");
    }
    calendars_->CheckUse(target.calendar_id(), field);
  }

  void CheckPauses(const ServiceTarget& target, const std::string& path) {
    const std::string field = absl::StrCat(path, ".pausing_states");
    if (IsNeverPaused(target.metric()) && !target.pausing_states().empty()) {
      issues_->AddError(kReasonPolicyServicePausingState, field,
                        "nothing pauses PERIODIC_UPDATE and TOTAL_RESOLUTION; use PAUSABLE_UPDATE "
                        "or REQUESTER_WAIT");
      return;
    }
    CheckPausingStates(target.pausing_states(), field, issues_);
  }

  void CheckWarnings(const ServiceTarget& target, const std::string& path) {
    std::set<std::pair<std::int64_t, int>> seen;
    for (int i = 0; i < target.warnings_size(); ++i) {
      const Duration& warning = target.warnings(i);
      const std::string field = absl::StrCat(path, ".warnings[", i, "]");
      if (!IsPositive(warning)) {
        issues_->AddError(kReasonPolicyServiceWarning, field,
                          "the warning is not a duration of more than 0 before the end");
      } else if (target.has_duration() && IsPositive(target.duration()) &&
                 *DecodeDuration(warning) >= *DecodeDuration(target.duration())) {
        issues_->AddError(kReasonPolicyServiceWarning, field,
                          "the warning is not later than the start of the clock");
      } else if (!seen.emplace(warning.seconds(), warning.nanos()).second) {
        issues_->AddError(kReasonPolicyServiceWarning, field, "the warning is listed already");
      }
    }
  }

  PackCalendars* const calendars_;
  PackIssues* const issues_;
  std::set<std::string> milestones_;
  std::set<std::string> level_ids_;
  bool has_level_of_all_ = false;
  // Of one level.
  std::set<std::string> target_ids_;
  std::map<std::pair<int, std::string>, Covered> covered_;
};

class MilestoneChecker {
 public:
  MilestoneChecker(const v1::PolicyPack& pack, PackIssues* issues) : pack_(pack), issues_(issues) {
    for (int i = 0; i < pack_.milestones_size(); ++i) {
      places_.emplace(pack_.milestones(i).name(), i);
    }
  }

  void Run() {
    for (int i = 0; i < pack_.milestones_size(); ++i) {
      Check(i, absl::StrCat("milestones[", i, "]"));
    }
    for (int i = 0; i < pack_.milestones_size(); ++i) CheckChain(i);
  }

 private:
  void Check(int index, const std::string& path) {
    const v1::Milestone& milestone = pack_.milestones(index);
    if (!IsLowerSnake(milestone.name())) {
      issues_->AddError(kReasonPolicyMilestoneName,
                        milestone.name().empty() ? path : absl::StrCat(path, ".name"),
                        "the name of a milestone is lower_snake_case");
    } else if (places_.at(milestone.name()) != index) {
      issues_->AddError(kReasonPolicyMilestoneDuplicate, absl::StrCat(path, ".name"),
                        "an earlier milestone has this name");
    }
    issues_->CheckName(milestone.name(), absl::StrCat(path, ".name"));
    if (milestone.start_condition().empty() == milestone.after_milestone().empty()) {
      issues_->AddError(
          kReasonPolicyMilestoneStart, path,
          milestone.start_condition().empty()
              ? "the milestone never starts: it has no start_condition and no after_milestone"
              : "the milestone has a start_condition and an after_milestone; give one of them");
    }
    if (milestone.end_condition().empty()) {
      issues_->AddError(kReasonPolicyMilestoneEnd, path, "the milestone has no end_condition");
    }
    if (!v1::Milestone_Recurrence_IsValid(milestone.recurrence())) {
      issues_->AddError(kReasonPolicyMilestoneRecurrence, absl::StrCat(path, ".recurrence"),
                        "the recurrence is not known; it is ONE_OFF or RECURRING");
    }
    CheckPausingStates(milestone.pausing_states(), absl::StrCat(path, ".pausing_states"), issues_);
    if (milestone.after_milestone().empty() || places_.count(milestone.after_milestone()) > 0) {
      return;
    }
    NearName near(milestone.after_milestone());
    for (const auto& [name, place] : places_) near.Consider(name);
    issues_->AddError(kReasonPolicyMilestoneUnknown, absl::StrCat(path, ".after_milestone"),
                      absl::StrCat("the pack has no milestone of this name", near.Hint()));
  }

  // Reports a circle once, at its first milestone.
  void CheckChain(int index) {
    int place = index;
    for (int steps = 0; steps < pack_.milestones_size(); ++steps) {
      const auto before = places_.find(pack_.milestones(place).after_milestone());
      if (before == places_.end() || before->first.empty()) return;
      place = before->second;
      if (place < index) return;
      if (place != index) continue;
      issues_->AddError(kReasonPolicyMilestoneCycle,
                        absl::StrCat("milestones[", index, "].after_milestone"),
                        "the milestone starts when it ends itself, so it never starts");
      return;
    }
  }

  const v1::PolicyPack& pack_;
  PackIssues* const issues_;
  // The first of each name.
  std::map<std::string, int> places_;
};

}  // namespace

bool IsNeverPaused(v1::ServiceMetric metric) {
  return metric == v1::SERVICE_METRIC_PERIODIC_UPDATE ||
         metric == v1::SERVICE_METRIC_TOTAL_RESOLUTION;
}

void CheckServiceLevelLimits(const v1::PolicyPack& pack, const PolicyOptions& options,
                             PackIssues* issues) {
  std::int64_t targets = pack.service_levels_size();  // A level counts like a target.
  for (const v1::ServiceLevel& level : pack.service_levels()) targets += level.targets_size();
  if (targets > options.max_service_targets) {
    issues->AddError(kReasonPolicyLimitServiceTargets, "service_levels",
                     absl::StrCat("the service levels of a pack and their targets are at most ",
                                  options.max_service_targets));
  }
  if (pack.milestones_size() > options.max_milestones) {
    issues->AddError(kReasonPolicyLimitMilestones, "milestones",
                     absl::StrCat("a pack has at most ", options.max_milestones, " milestones"));
  }
}

void CheckServiceLevels(const v1::PolicyPack& pack, PackCalendars* calendars, PackIssues* issues) {
  LevelChecker checker(pack, calendars, issues);
  for (int i = 0; i < pack.service_levels_size(); ++i) {
    checker.CheckLevel(pack.service_levels(i), absl::StrCat("service_levels[", i, "]"));
  }
}

void CheckMilestones(const v1::PolicyPack& pack, PackIssues* issues) {
  MilestoneChecker(pack, issues).Run();
}

}  // namespace internal
}  // namespace frontdesk
