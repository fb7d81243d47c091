#include "frontdesk/domain/case.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "domain/transition_text.h"
#include "frontdesk/domain/verbs.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::Command;

// Decides one command on one case.
class CaseDecision {
 public:
  explicit CaseDecision(const v1::CaseDecisionInput& input)
      : command_(input.command()), case_(input.current_case()) {}

  absl::StatusOr<Decided> Run() {
    const VerbInfo* verb = FindVerb(command_.verb_case());
    if (verb == nullptr || verb->entity_kind != v1::ENTITY_KIND_CASE) return WrongEntityError();
    const CaseTransition* transition = FindTransition(CaseTransitions(), verb->verb, case_.state());
    if (transition == nullptr) {  // A state that this build does not know.
      decided_.refusals.push_back(
          MakeStateRefusal(verb->creates ? kReasonCaseExists : kReasonCaseNotFound, verb->creates));
    } else if (transition->to.empty()) {
      decided_.refusals.push_back(
          MakeTransitionRefusal(CaseTransitions(), *transition, *Case::State_descriptor()));
    } else {
      Decide();
    }
    if (decided_.refused()) decided_.events.clear();
    return std::move(decided_);
  }

 private:
  void Decide() {
    switch (command_.verb_case()) {
      case Command::kOpenCase:
        return Open(command_.open_case());
      case Command::kClassifyCase:
        return Classify(command_.classify_case());
      case Command::kAssignCase:
        return Assign(command_.assign_case());
      case Command::kAddCasePart:
        return AddPart(command_.add_case_part().part());
      case Command::kHoldCase:
        return Hold(command_.hold_case());
      case Command::kResumeCase:
        return ChangeState(Case::STATE_OPEN, "", kReasonCaseResumeTime);
      case Command::kResolveCase:
        return Resolve(command_.resolve_case());
      case Command::kReopenCase:
        return Reopen(command_.reopen_case());
      case Command::kCloseCase:
        return ChangeState(Case::STATE_CLOSED, "", kReasonCaseCloseTime);
      default:
        return Cancel(command_.cancel_case());
    }
  }

  v1::Event& AddEvent(const std::string& case_id) {
    return decided_.events.emplace_back(MakeEvent(v1::ENTITY_KIND_CASE, case_id, command_));
  }

  void Refuse(absl::string_view reason, absl::string_view field, absl::string_view text) {
    decided_.refusals.push_back(MakeRefusal(reason, field, text));
  }

  // Spans follow one another in time: every clock counts on it.
  void CheckTime(absl::string_view reason) {
    if (case_.state_spans().empty()) return;
    if (IsBefore(command_.now(), case_.state_spans(case_.state_spans_size() - 1).from_time())) {
      Refuse(reason, "", "the state would change before it last did");
    }
  }

  void ChangeState(Case::State state, const std::string& state_name,
                   absl::string_view time_reason) {
    CheckTime(time_reason);
    v1::CaseStateChanged& fact = *AddEvent(case_.case_id()).mutable_case_state_changed();
    fact.set_state(state);
    fact.set_state_name(state_name);
    *fact.mutable_from_time() = command_.now();
  }

  void Open(const v1::OpenCase& verb) {
    Case& opened = *AddEvent(verb.case_id()).mutable_case_opened()->mutable_opened_case();
    opened.set_case_id(verb.case_id());
    opened.set_state(Case::STATE_NEW);
    opened.set_kind(verb.kind());
    opened.set_subject(verb.subject());
    opened.set_customer_id(verb.customer_id());
    opened.set_queue_id(verb.queue_id());
    *opened.mutable_links() = verb.links();
    *opened.mutable_opened_time() = command_.now();
    v1::CaseStateSpan& span = *opened.add_state_spans();
    span.set_state(Case::STATE_NEW);
    *span.mutable_from_time() = command_.now();
  }

  void Classify(const v1::ClassifyCase& verb) {
    v1::CaseClassified fact;
    fact.set_kind(verb.kind() == Case::KIND_UNSPECIFIED ? case_.kind() : verb.kind());
    const auto has = [](const auto& tags, const std::string& tag) {
      return std::find(tags.begin(), tags.end(), tag) != tags.end();
    };
    bool changed = fact.kind() != case_.kind();
    for (const std::string& tag : case_.tags()) {
      if (has(verb.remove_tags(), tag)) {
        changed = true;
      } else {
        fact.add_tags(tag);
      }
    }
    for (const std::string& tag : verb.add_tags()) {
      if (has(case_.tags(), tag)) continue;
      fact.add_tags(tag);
      changed = true;
    }
    if (!changed) {
      Refuse(kReasonCaseClassifyUnchanged, "", "the case is of that kind and has those tags");
    }
    *AddEvent(case_.case_id()).mutable_case_classified() = std::move(fact);
  }

  void Assign(const v1::AssignCase& verb) {
    v1::CaseAssigned fact;
    fact.set_assignee_id(verb.assignee_id());
    fact.set_queue_id(verb.queue_id().empty() ? case_.queue_id() : verb.queue_id());
    if (fact.assignee_id() == case_.assignee_id() && fact.queue_id() == case_.queue_id()) {
      Refuse(kReasonCaseAssignUnchanged, "", "the case is where it would be given to");
    }
    *AddEvent(case_.case_id()).mutable_case_assigned() = std::move(fact);
    // Somebody works on it from now on.
    if (case_.state() == Case::STATE_NEW && !verb.assignee_id().empty()) {
      ChangeState(Case::STATE_OPEN, "", kReasonCaseAssignTime);
    }
  }

  void AddPart(const v1::InteractionPart& part) {
    const PartReasons reasons = {kReasonCaseAddPartIdExists, kReasonCaseAddPartCorrectsUnknown,
                                 kReasonCaseAddPartMoreVisible};
    decided_.refusals = CheckPartInvariants("add_case_part", part, case_.parts(), reasons);
    *AddEvent(case_.case_id()).mutable_case_part_added()->mutable_part() = MakePart(part, command_);
  }

  void Hold(const v1::HoldCase& verb) {
    if (verb.state() == case_.state() && verb.state_name() == case_.state_name()) {
      Refuse(kReasonCaseHoldUnchanged, "hold_case.state", "the case waits in that state already");
    }
    ChangeState(verb.state(), verb.state_name(), kReasonCaseHoldTime);
  }

  void Resolve(const v1::ResolveCase& verb) {
    CheckTime(kReasonCaseResolveTime);
    v1::Resolution& resolution =
        *AddEvent(case_.case_id()).mutable_case_resolved()->mutable_resolution();
    resolution.set_code(verb.code());
    resolution.set_remedy(verb.remedy());
    if (verb.has_remedy_amount()) *resolution.mutable_remedy_amount() = verb.remedy_amount();
    resolution.set_note(verb.note());
    *resolution.mutable_time() = command_.now();
  }

  void Reopen(const v1::ReopenCase& verb) {
    CheckTime(kReasonCaseReopenTime);
    v1::CaseReopened& fact = *AddEvent(case_.case_id()).mutable_case_reopened();
    fact.set_note(verb.note());
    *fact.mutable_from_time() = command_.now();
  }

  void Cancel(const v1::CancelCase& verb) {
    CheckTime(kReasonCaseCancelTime);
    v1::CaseCancelled& fact = *AddEvent(case_.case_id()).mutable_case_cancelled();
    fact.set_reason(verb.reason());
    *fact.mutable_from_time() = command_.now();
  }

  const Command& command_;
  const Case& case_;
  Decided decided_;
};

}  // namespace

absl::StatusOr<Decided> DecideCase(const v1::CaseDecisionInput& input) {
  return CaseDecision(input).Run();
}

}  // namespace domain
}  // namespace frontdesk
