// Why a clock of a case is due when it is: the facts of the explanation, read from the log.
#include "decide/explain_clock.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/active_policy.h"
#include "desk/desk_entry.h"
#include "desk/history.h"
#include "desk/relations.h"
#include "desk/row_reader.h"
#include "domain/row_lists.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

// A clock by its name. A plain struct.
struct ClockKey {
  v1::ServiceMetric metric;
  int instance;
  std::string milestone;

  bool IsOf(const v1::CaseClock& clock) const {
    return clock.metric() == metric && clock.instance() == instance &&
           clock.milestone() == milestone;
  }
};

// Reads what is known about one case from one moment of the log.
class ClockReader {
 public:
  ClockReader(const event_log::View& view, std::shared_ptr<const v1::EntityState> state,
              int max_rows)
      : view_(view), state_(std::move(state)), max_rows_(max_rows), rows_(view, max_rows) {}

  // Open ones are in the state, those that are over in a list, whose last ones are likely asked for.
  absl::StatusOr<v1::CaseClock> ReadClock(const ClockKey& key) const {
    for (const v1::CaseClock& clock : state_->case_().clocks()) {
      if (key.IsOf(clock)) return clock;
    }
    const domain::RowList& list = *domain::FindRowList(v1::ENTITY_KIND_CASE, "ended_clocks");
    RowPage page;
    page.descending = true;
    for (int count = 0;;) {
      FRONTDESK_ASSIGN_OR_RETURN(
          const std::vector<StoredRow> found,
          view_.Rows(state_->entity(), list.field->number(), state_->version(), page));
      count += static_cast<int>(found.size());
      if (count > max_rows_) {
        return MakeError(kReasonFindRowsTooMany, absl::StrCat("max_rows is ", max_rows_));
      }
      v1::Case holder;
      for (const StoredRow& row : found) FRONTDESK_RETURN_IF_ERROR(AddRow(row, list, &holder));
      for (const v1::CaseClock& clock : holder.ended_clocks()) {
        if (key.IsOf(clock)) return clock;
      }
      if (static_cast<int>(found.size()) < page.page_size) break;
      page.after = found.back().position;
    }
    return MakeError(kReasonClockNotFound, "the case has no such clock");
  }

  absl::Status ReadSteps(ClockStepReader* steps) const {
    return ForEachEvent(view_, state_->entity(),
                        [steps](const v1::Event& event) { steps->Add(event); });
  }

  // A step that removed the target has no policy of its own; its record has one.
  absl::Status MarkPolicies(std::vector<v1::ClockStep>* steps) const {
    for (std::size_t i = 1; i < steps->size(); ++i) {
      const v1::CaseClock& before = (*steps)[i - 1].change().clock();
      v1::ClockStep& step = (*steps)[i];
      if (step.change().kind() != v1::ClockChange::KIND_TARGET_APPLIED || !before.has_target() ||
          step.change().clock().has_target()) {
        continue;
      }
      FRONTDESK_ASSIGN_OR_RETURN(const auto record, view_.GetRecord(step.record_id()));
      step.set_is_by_policy(record != nullptr &&
                            record->policy_hash() != before.target().policy_hash());
    }
    return absl::OkStatus();
  }

  // Reads the case and all that were merged into it: as they were with `version` at `time`; 0: as they are.
  absl::Status ReadCases(std::int64_t version, absl::Time time) {
    std::vector<std::string> open = {state_->entity().id()};
    while (!open.empty()) {
      const std::string case_id = std::move(open.back());
      open.pop_back();
      const auto [entry, is_new] = cases_.try_emplace(case_id);
      if (!is_new) continue;
      v1::EntityState& whole = entry->second;
      whole.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
      whole.mutable_entity()->set_id(case_id);
      whole.mutable_case_()->set_case_id(case_id);
      if (version == 0) {
        FRONTDESK_ASSIGN_OR_RETURN(const auto now, GetState(view_, v1::ENTITY_KIND_CASE, case_id));
        whole.set_version(now == nullptr ? 0 : now->version());
      } else if (case_id == state_->entity().id()) {
        whole.set_version(version);
      } else {
        FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t of_then,
                                   view_.VersionAsOf(v1::ENTITY_KIND_CASE, case_id, time));
        whole.set_version(of_then);
      }
      FRONTDESK_RETURN_IF_ERROR(rows_.ReadInto("state_spans", &whole));
      FRONTDESK_RETURN_IF_ERROR(rows_.ReadInto("merged_cases", &whole));
      for (const v1::MergedCase& merged : whole.case_().merged_cases()) {
        open.push_back(merged.case_id());
      }
    }
    return absl::OkStatus();
  }

  const v1::Case* FindCase(const std::string& case_id) const {
    const auto found = cases_.find(case_id);
    return found == cases_.end() ? nullptr : &found->second.case_();
  }

 private:
  const event_log::View& view_;
  const std::shared_ptr<const v1::EntityState> state_;
  const int max_rows_;
  RowReader rows_;
  std::map<std::string, v1::EntityState> cases_;
};

absl::StatusOr<std::shared_ptr<const calendar::Zone>> ReadZone(const std::string& name,
                                                               const Policy& policy) {
  if (name.empty()) return std::shared_ptr<const calendar::Zone>();
  const calendar::ZoneSource& source = policy.options().zones;
  return calendar::LoadZone(source ? source : calendar::SystemZones(), name);
}

}  // namespace
}  // namespace internal

absl::StatusOr<v1::ClockExplanation> Reader::ExplainClock(
    absl::string_view case_id, v1::ServiceMetric metric, int instance, absl::string_view milestone,
    const ExplainClockOptions& options) const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_RETURN_IF_ERROR(internal::CheckEntityId(case_id, "case_id"));
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  internal::ClockFacts facts;
  facts.case_id = std::string(case_id);
  FRONTDESK_ASSIGN_OR_RETURN(const auto state,
                             internal::GetState(view, v1::ENTITY_KIND_CASE, facts.case_id));
  if (state == nullptr) return internal::EntityNotFoundError(v1::ENTITY_KIND_CASE, case_id);
  internal::ClockReader reader(view, state, find_limits_.max_rows);
  FRONTDESK_ASSIGN_OR_RETURN(facts.clock,
                             reader.ReadClock({metric, instance, std::string(milestone)}));
  FRONTDESK_ASSIGN_OR_RETURN(facts.zone,
                             internal::ReadZone(options.time_zone, *active_policy_->last()));
  internal::ClockStepReader steps(metric, std::string(milestone), instance);
  FRONTDESK_RETURN_IF_ERROR(reader.ReadSteps(&steps));
  const std::int64_t last_version = facts.clock.has_end_time() ? steps.last_version() : 0;
  facts.steps = steps.TakeSteps();
  FRONTDESK_RETURN_IF_ERROR(reader.MarkPolicies(&facts.steps));
  facts.stretches = internal::TargetStretchesOf(facts.clock, facts.steps);
  for (internal::TargetStretch& stretch : facts.stretches) {
    FRONTDESK_ASSIGN_OR_RETURN(stretch.policy,
                               active_policy_->Get(view, stretch.target.policy_hash()));
  }
  const absl::Time last_time =
      facts.steps.empty()
          ? absl::InfiniteFuture()
          : internal::DecodeTime(facts.steps.back().time()).value_or(absl::InfiniteFuture());
  FRONTDESK_RETURN_IF_ERROR(reader.ReadCases(last_version, last_time));
  facts.whole = reader.FindCase(facts.case_id);
  facts.find_case = [&reader](const std::string& id) { return reader.FindCase(id); };
  facts.now =
      options.now.value_or(internal::DecodeTime(state->update_time()).value_or(absl::UnixEpoch()));
  facts.max_segments = options.max_segments;
  return internal::ExplainClock(facts);
}

}  // namespace frontdesk
