#include "frontdesk/policy/service_levels.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/rules/rule_set.h"
#include "internal/canonical.h"
#include "internal/sha256.h"
#include "internal/status_macros.h"
#include "policy/command_checks.h"
#include "policy/compile_service_levels.h"
#include "policy/service_level_checks.h"

namespace frontdesk {
namespace {

// The rule of a set.
class RuleCondition final : public ServiceCondition {
 public:
  RuleCondition(std::shared_ptr<const rules::RuleSet> set, int rule)
      : set_(std::move(set)), rule_(rule) {}

  absl::StatusOr<bool> Holds(const v1::ServiceLevelInput& input,
                             cel::Budget* budget) const override {
    cel::Scratch scratch;
    FRONTDESK_ASSIGN_OR_RETURN(const int match,
                               set_->FindMatch(input, budget, scratch, rule_, rule_ + 1));
    return match == rule_;
  }

 private:
  const std::shared_ptr<const rules::RuleSet> set_;
  const int rule_;
};

// The states that pause a clock of the metric where its target names none.
std::vector<v1::Case::State> PausingStatesOf(v1::ServiceMetric metric,
                                             const v1::Milestone* milestone) {
  switch (metric) {
    case v1::SERVICE_METRIC_PAUSABLE_UPDATE:
    case v1::SERVICE_METRIC_REQUESTER_WAIT:
      return {v1::Case::STATE_WAITING_ON_CUSTOMER};
    case v1::SERVICE_METRIC_AGENT_WORK:
      return {v1::Case::STATE_WAITING_ON_CUSTOMER, v1::Case::STATE_WAITING_ON_THIRD_PARTY};
    case v1::SERVICE_METRIC_MILESTONE: {
      std::vector<v1::Case::State> states;
      if (milestone == nullptr) return states;
      for (const int state : milestone->pausing_states()) {
        states.push_back(static_cast<v1::Case::State>(state));
      }
      return states;
    }
    default:
      return {};
  }
}

// A condition, and its place in the pack.
struct Source {
  std::string path;
  const std::string* text;
};

// Finds reads of the event where there is none.
rules::ExpressionCheck MakeEventCheck() {
  struct Visitor {
    static void Visit(const cel::Expr& expr, std::vector<rules::ExpressionFinding>* findings) {
      if (expr.reference() == cel::ReferenceKind::kRootField && expr.name() == "event") {
        findings->push_back({expr, std::string(kReasonPolicyEntityAbsent.word),
                             "'event' is always absent in the condition of a service level"});
      }
      for (std::size_t i = 0; i < expr.child_count(); ++i) Visit(expr.child(i), findings);
    }
  };
  return [](const cel::Expr& root) {
    std::vector<rules::ExpressionFinding> findings;
    Visitor::Visit(root, &findings);
    return findings;
  };
}

}  // namespace

// Compiles the levels of one pack. Thread-compatible.
class ServiceLevelCompiler {
 public:
  ServiceLevelCompiler(const v1::PolicyPack& pack, const internal::PackExpressions& expressions,
                       internal::PackCalendars* calendars, internal::PackIssues* issues,
                       std::vector<v1::Issue>* notes)
      : pack_(pack),
        expressions_(expressions),
        calendars_(calendars),
        issues_(issues),
        notes_(notes) {}

  ServiceLevels Compile() {
    internal::CheckServiceLevels(pack_, calendars_, issues_);
    internal::CheckMilestones(pack_, issues_);
    levels_.calendars_ = calendars_->calendars();
    CompileLevelConditions();
    for (int i = 0; i < pack_.milestones_size(); ++i) CompileMilestone(i);
    for (int i = 0; i < pack_.service_levels_size(); ++i) CompileLevel(i);
    return std::move(levels_);
  }

 private:
  static std::string LevelPath(int level) { return absl::StrCat("service_levels[", level, "]"); }

  // All in one set, so that the analysis sees which of them can be chosen.
  void CompileLevelConditions() {
    std::vector<Source> sources;
    for (int i = 0; i < pack_.service_levels_size(); ++i) {
      const v1::ServiceLevel& level = pack_.service_levels(i);
      if (level.condition().empty()) {
        if (levels_.level_of_all_ < 0) levels_.level_of_all_ = i;
        continue;
      }
      levels_.level_of_rule_.push_back(i);
      rule_of_level_[i] = static_cast<int>(sources.size());
      sources.push_back({absl::StrCat(LevelPath(i), ".condition"), &level.condition()});
    }
    levels_.level_rules_ = CompileSet(sources, /*has_event=*/false);
  }

  std::shared_ptr<const rules::RuleSet> CompileSet(const std::vector<Source>& sources,
                                                   bool has_event) {
    if (sources.empty()) return nullptr;
    v1::RuleSet set;
    set.set_id("service_levels");
    rules::CompileOptions options = expressions_.options();
    options.default_expected = false;
    options.limits.max_rules =
        std::max(options.limits.max_rules, static_cast<std::int32_t>(sources.size()));
    options.facts = internal::MakeServiceLevelFacts(has_event);
    std::vector<rules::ExpressionCheck> own;
    if (!has_event) own.push_back(MakeEventCheck());
    options.expression_check = expressions_.MakeCheck(std::move(own));
    for (const Source& source : sources) {
      options.condition_paths.push_back(source.path);
      v1::Rule& rule = *set.add_rules();
      rule.set_id(source.path);
      rule.set_order(set.rules_size());
      rule.set_outcome(v1::POLICY_OUTCOME_ALLOW);
      rule.set_condition(*source.text);
    }
    rules::CompileResult result =
        rules::RuleSet::Compile(set, v1::ServiceLevelInput::descriptor(), options);
    for (v1::Issue& issue : result.issues) {
      if (issue.reason() == kReasonRuleNeverReached || issue.reason() == kReasonRuleDuplicate) {
        issue.set_reason(std::string(kReasonPolicyServiceLevelUnreached.word));
        issue.set_text(
            "whenever this condition holds an earlier level applies, so no case has this one; "
            "move it up, or remove it");
      }
      issues_->Add(std::move(issue));
    }
    for (v1::Issue& note : result.notes) notes_->push_back(std::move(note));
    return result.rule_set;
  }

  // Null for an empty text, and for one with errors.
  std::unique_ptr<const ServiceCondition> CompileAfterEvent(std::string path,
                                                            const std::string& text) {
    if (text.empty()) return nullptr;
    std::shared_ptr<const rules::RuleSet> set =
        CompileSet({{std::move(path), &text}}, /*has_event=*/true);
    if (set == nullptr) return nullptr;
    return std::make_unique<RuleCondition>(std::move(set), 0);
  }

  void CompileMilestone(int index) {
    const v1::Milestone& source = pack_.milestones(index);
    const std::string path = absl::StrCat("milestones[", index, "]");
    PolicyMilestone milestone;
    milestone.source = &source;
    milestone.start =
        CompileAfterEvent(absl::StrCat(path, ".start_condition"), source.start_condition());
    milestone.end = CompileAfterEvent(absl::StrCat(path, ".end_condition"), source.end_condition());
    levels_.milestones_.push_back(std::move(milestone));
  }

  void CompileLevel(int index) {
    const v1::ServiceLevel& source = pack_.service_levels(index);
    PolicyLevel level;
    level.source = &source;
    level.calendar = levels_.FindCalendar(source.calendar_id());
    const auto rule = rule_of_level_.find(index);
    if (rule != rule_of_level_.end() && levels_.level_rules_ != nullptr) {
      level.condition = std::make_unique<RuleCondition>(levels_.level_rules_, rule->second);
    }
    for (int i = 0; i < source.targets_size(); ++i) {
      level.targets.push_back(CompileTarget(source, source.targets(i),
                                            absl::StrCat(LevelPath(index), ".targets[", i, "]")));
    }
    levels_.levels_.push_back(std::move(level));
  }

  PolicyTarget CompileTarget(const v1::ServiceLevel& level, const v1::ServiceTarget& source,
                             const std::string& path) {
    levels_.metrics_.insert(source.metric());
    PolicyTarget target;
    target.source = &source;
    target.end = CompileAfterEvent(absl::StrCat(path, ".end_condition"), source.end_condition());
    v1::ClockTarget& kept = target.target;
    kept.set_level_id(level.level_id());
    kept.set_target_id(source.target_id());
    if (source.has_duration()) *kept.mutable_duration() = source.duration();
    kept.set_business_days(source.business_days());
    if (!source.counts_all_time()) {
      kept.set_calendar_id(source.calendar_id().empty() ? level.calendar_id()
                                                        : source.calendar_id());
    }
    target.calendar = levels_.FindCalendar(kept.calendar_id());
    AddPausingStates(source, &kept);
    kept.set_on_change(source.on_change() == v1::TARGET_CHANGE_MODE_UNSPECIFIED
                           ? v1::TARGET_CHANGE_MODE_LATEST
                           : source.on_change());
    *kept.mutable_warnings() = source.warnings();
    absl::c_sort(*kept.mutable_warnings(), [](const auto& a, const auto& b) {
      return std::make_pair(a.seconds(), a.nanos()) > std::make_pair(b.seconds(), b.nanos());
    });
    std::string bytes = internal::Sha256(internal::CanonicalBytes(kept));
    if (target.calendar != nullptr) bytes += calendars_->Digest(kept.calendar_id());
    kept.set_fingerprint(internal::Sha256(bytes));
    return target;
  }

  // In the order of their numbers, so that the order of the text makes no other target.
  void AddPausingStates(const v1::ServiceTarget& source, v1::ClockTarget* kept) const {
    if (source.business_days() != 0) return;  // Nothing pauses these.
    if (source.pausing_states().empty()) {
      const PolicyMilestone* const milestone = levels_.FindMilestone(source.milestone());
      for (const v1::Case::State state :
           PausingStatesOf(source.metric(), milestone == nullptr ? nullptr : milestone->source)) {
        kept->add_pausing_states(state);
      }
    } else {
      *kept->mutable_pausing_states() = source.pausing_states();
    }
    absl::c_sort(*kept->mutable_pausing_states());
  }

  const v1::PolicyPack& pack_;
  const internal::PackExpressions& expressions_;
  internal::PackCalendars* const calendars_;
  internal::PackIssues* const issues_;
  std::vector<v1::Issue>* const notes_;
  std::map<int, int> rule_of_level_;
  ServiceLevels levels_;
};

absl::StatusOr<const PolicyLevel*> ServiceLevels::ChooseLevel(const v1::ServiceLevelInput& input,
                                                              cel::Budget* budget) const {
  const PolicyLevel* const level_of_all =
      level_of_all_ < 0 ? nullptr : &levels_[static_cast<std::size_t>(level_of_all_)];
  if (level_rules_ == nullptr) return level_of_all;
  const auto end = level_of_all == nullptr ? level_of_rule_.end()
                                           : absl::c_lower_bound(level_of_rule_, level_of_all_);
  cel::Scratch scratch;
  FRONTDESK_ASSIGN_OR_RETURN(
      const int rule, level_rules_->FindMatch(input, budget, scratch, 0,
                                              static_cast<int>(end - level_of_rule_.begin())));
  if (rule < 0) return level_of_all;
  return &levels_[static_cast<std::size_t>(level_of_rule_[static_cast<std::size_t>(rule)])];
}

const PolicyTarget* ServiceLevels::ChooseTarget(const PolicyLevel& level, v1::ServiceMetric metric,
                                                absl::string_view milestone, int priority) {
  for (const PolicyTarget& target : level.targets) {
    const v1::ServiceTarget& source = *target.source;
    if (source.metric() != metric || source.milestone() != milestone) continue;
    if (source.priorities().empty() || absl::c_linear_search(source.priorities(), priority)) {
      return &target;
    }
  }
  return nullptr;
}

const PolicyLevel* ServiceLevels::FindLevel(absl::string_view level_id) const {
  const auto found = absl::c_find_if(levels_, [level_id](const PolicyLevel& level) {
    return level.source->level_id() == level_id;
  });
  return found == levels_.end() ? nullptr : &*found;
}

const PolicyTarget* ServiceLevels::FindTarget(absl::string_view level_id,
                                              absl::string_view target_id) const {
  const PolicyLevel* const level = FindLevel(level_id);
  if (level == nullptr) return nullptr;
  const auto found = absl::c_find_if(level->targets, [target_id](const PolicyTarget& target) {
    return target.source->target_id() == target_id;
  });
  return found == level->targets.end() ? nullptr : &*found;
}

const PolicyMilestone* ServiceLevels::FindMilestone(absl::string_view name) const {
  const auto found = absl::c_find_if(milestones_, [name](const PolicyMilestone& milestone) {
    return milestone.source->name() == name;
  });
  return found == milestones_.end() ? nullptr : &*found;
}

const calendar::BusinessCalendar* ServiceLevels::FindCalendar(absl::string_view calendar_id) const {
  const auto found = calendars_.find(calendar_id);
  return found == calendars_.end() ? nullptr : &found->second;
}

namespace internal {

ServiceLevels CompileServiceLevels(const v1::PolicyPack& pack, const PackExpressions& expressions,
                                   PackCalendars* calendars, PackIssues* issues,
                                   std::vector<v1::Issue>* notes) {
  return ServiceLevelCompiler(pack, expressions, calendars, issues, notes).Compile();
}

}  // namespace internal
}  // namespace frontdesk
