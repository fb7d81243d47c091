// The shape of an imported case; whether its parts are consistent is checked in import_case.cc.
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "domain/arguments.h"
#include "domain/case/case_import.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/case_commands.pb.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Timestamp;
using v1::Case;
using v1::CaseLink;

// Most participants, and most links to things elsewhere, of a case.
constexpr int kMaxImported = 100;

constexpr absl::string_view kComputedFields[] = {
    "part_count",
    "part_counts",
    "link_count",
    "further_case_links",
    "case_link_counts",
    "state_time",
    "state_totals",
    "resolved_since_time",
    "span_before_merge",
    "task_count",
    "open_task_count",
    "merged_case_count",
    "unrecognized_attributes",
};

// Checks the shape of one imported case, field by field.
class CaseImportChecker {
 public:
  CaseImportChecker(const Case& imported, const FieldPath& root, ArgumentChecker* checker)
      : case_(imported), root_(root), checker_(checker) {}

  void Check() {
    CheckState({&root_, "state"}, case_.state());
    checker_->CheckEnum(
        {&root_, "kind"}, case_.kind(),
        case_.kind() != Case::KIND_UNSPECIFIED && v1::Case_Kind_IsValid(case_.kind()));
    checker_->RequireText({&root_, "subject"}, case_.subject());
    CheckCounter("impact", case_.impact());
    CheckCounter("urgency", case_.urgency());
    CheckCounter("priority", case_.priority());
    CheckCounter("reassignment_count", case_.reassignment_count());
    CheckCounter("reopen_count", case_.reopen_count());
    CheckParts();
    CheckLinks();
    CheckCaseLinks();
    CheckResolutions();
    CheckSpans();
    CheckTasks();
    CheckTags();
    CheckTime(root_, "open_time", case_.has_open_time(), case_.open_time());
    CheckTime(root_, "close_time", case_.has_close_time(), case_.close_time());
    checker_->CheckExternalIds(root_, case_.external_ids());
    checker_->CheckAttributes(root_, case_.attributes());
    CheckOffer();
    CheckConsultations();
    CheckEscalation();
    CheckReferrals();
    CheckSpanTimes("assignee_spans", case_.assignee_spans());
    CheckSpanTimes("priority_spans", case_.priority_spans());
    CheckPriorities();
    CheckParticipants();
    CheckExternalLinks();
    const FieldPath survivor{&root_, "survivor_case_id"};
    if (case_.state() == Case::STATE_MERGED) {
      checker_->RequireText(survivor, case_.survivor_case_id());
    } else {
      checker_->Forbid(survivor, !case_.survivor_case_id().empty());
    }
    const bool may_have_end_reason = case_.state() == Case::STATE_CLOSED ||
                                     case_.state() == Case::STATE_CANCELED ||
                                     case_.state() == Case::STATE_MERGED;
    checker_->Forbid({&root_, "end_reason"}, !case_.end_reason().empty() && !may_have_end_reason);
    checker_->Forbid({&root_, "merged_cases"}, !case_.merged_cases().empty());
    checker_->Forbid({&root_, "part_refs"}, !case_.part_refs().empty());
    checker_->Forbid({&root_, "split_offs"}, !case_.split_offs().empty());
    checker_->ForbidComputed(root_, case_, kComputedFields);
  }

 private:
  void CheckState(const FieldPath& field, Case::State state) {
    checker_->CheckEnum(field, state,
                        state != Case::STATE_UNSPECIFIED && v1::Case_State_IsValid(state));
  }

  void CheckCounter(absl::string_view name, int32_t value) {
    checker_->CheckRange({&root_, name}, value, 0, INT32_MAX);
  }

  void CheckTime(const FieldPath& parent, absl::string_view name, bool present,
                 const Timestamp& time) {
    checker_->CheckTime({&parent, name}, present, time);
  }

  void CheckId(const FieldPath& parent, absl::string_view name, const std::string& id,
               DistinctIds* ids) {
    const FieldPath field{&parent, name};
    if (checker_->RequireText(field, id)) ids->Check(field, id, checker_);
  }

  void CheckParts() {
    DistinctIds ids;
    for (int i = 0; i < case_.parts_size(); ++i) {
      const FieldPath field{&root_, "parts", i};
      const v1::InteractionPart& part = case_.parts(i);
      CheckPartFields(field, part, PartOrigin::kRecorded, checker_);
      if (!part.part_id().empty()) ids.Check({&field, "part_id"}, part.part_id(), checker_);
    }
  }

  void CheckLinks() {
    std::set<std::pair<int, std::string>> seen;
    for (int i = 0; i < case_.links_size(); ++i) {
      const FieldPath field{&root_, "links", i};
      const v1::EntityRef& link = case_.links(i);
      CheckLink(field, link, v1::ENTITY_KIND_INTERACTION, v1::ENTITY_KIND_ORDER, checker_);
      if (!link.id().empty() && !seen.emplace(link.kind(), link.id()).second) {
        checker_->Add(field, kReasonArgumentDuplicate, "occurs twice");
      }
    }
  }

  void CheckCaseLinks() {
    std::set<std::pair<int, std::string>> seen;
    bool has_parent = false;
    for (int i = 0; i < case_.case_links_size(); ++i) {
      const FieldPath field{&root_, "case_links", i};
      const CaseLink& link = case_.case_links(i);
      const bool is_split =
          link.kind() == CaseLink::KIND_SPLIT_FROM || link.kind() == CaseLink::KIND_SPLIT_INTO;
      checker_->CheckEnum({&field, "kind"}, link.kind(),
                          link.kind() != CaseLink::KIND_UNSPECIFIED && !is_split &&
                              v1::CaseLink_Kind_IsValid(link.kind()));
      if (!checker_->RequireText({&field, "case_id"}, link.case_id())) continue;
      if (link.case_id() == case_.case_id()) {
        checker_->Add({&field, "case_id"}, kReasonArgumentForbidden, "is the case itself");
      }
      const bool second_parent = link.kind() == CaseLink::KIND_PARENT && has_parent;
      has_parent |= link.kind() == CaseLink::KIND_PARENT;
      if (!seen.emplace(link.kind(), link.case_id()).second || second_parent) {
        checker_->Add(field, kReasonArgumentDuplicate, "occurs twice; a case has one parent");
      }
    }
  }

  void CheckResolutions() {
    for (int i = 0; i < case_.resolutions_size(); ++i) {
      const FieldPath field{&root_, "resolutions", i};
      const v1::Resolution& resolution = case_.resolutions(i);
      if (resolution.has_remedy_amount()) {
        checker_->CheckAmount({&field, "remedy_amount"}, resolution.remedy_amount(), 0);
      }
      CheckTime(field, "time", resolution.has_time(), resolution.time());
      CheckTime(field, "occur_time", resolution.has_occur_time(), resolution.occur_time());
      CheckTime(field, "correct_time", resolution.has_correct_time(), resolution.correct_time());
    }
  }

  void CheckSpans() {
    for (int i = 0; i < case_.state_spans_size(); ++i) {
      const FieldPath field{&root_, "state_spans", i};
      const v1::CaseStateSpan& span = case_.state_spans(i);
      // Of a case that is merged, the last stretch is that.
      const bool may_be_merged =
          case_.state() == Case::STATE_MERGED && i + 1 == case_.state_spans_size();
      checker_->CheckEnum({&field, "state"}, span.state(),
                          span.state() != Case::STATE_UNSPECIFIED &&
                              (may_be_merged || span.state() != Case::STATE_MERGED) &&
                              v1::Case_State_IsValid(span.state()));
      CheckTime(field, "start_time", span.has_start_time(), span.start_time());
      CheckTime(field, "occur_time", span.has_occur_time(), span.occur_time());
    }
  }

  template <typename Spans>
  void CheckSpanTimes(absl::string_view name, const Spans& spans) {
    for (int i = 0; i < spans.size(); ++i) {
      const FieldPath field{&root_, name, i};
      CheckTime(field, "start_time", spans[i].has_start_time(), spans[i].start_time());
    }
  }

  void CheckPriorities() {
    for (int i = 0; i < case_.priority_spans_size(); ++i) {
      const FieldPath field{&root_, "priority_spans", i};
      const v1::CasePrioritySpan& span = case_.priority_spans(i);
      checker_->CheckRange({&field, "impact"}, span.impact(), 0, INT32_MAX);
      checker_->CheckRange({&field, "urgency"}, span.urgency(), 0, INT32_MAX);
      checker_->CheckRange({&field, "priority"}, span.priority(), 0, INT32_MAX);
    }
  }

  void CheckParticipants() {
    checker_->CheckCount({&root_, "participants"}, case_.participants_size(), 0, kMaxImported);
    DistinctIds ids;
    for (int i = 0; i < case_.participants_size(); ++i) {
      const FieldPath field{&root_, "participants", i};
      const v1::CaseParticipant& participant = case_.participants(i);
      CheckId(field, "participant_id", participant.participant_id(), &ids);
      checker_->CheckEnum({&field, "kind"}, participant.kind(),
                          participant.kind() != v1::CaseParticipant::KIND_UNSPECIFIED &&
                              v1::CaseParticipant_Kind_IsValid(participant.kind()));
      if (participant.customer_id().empty() && participant.address().empty()) {
        checker_->RequireText({&field, "actor_id"}, participant.actor_id());
      }
      CheckTime(field, "start_time", participant.has_start_time(), participant.start_time());
    }
  }

  void CheckExternalLinks() {
    checker_->CheckCount({&root_, "external_links"}, case_.external_links_size(), 0, kMaxImported);
    for (int i = 0; i < case_.external_links_size(); ++i) {
      const FieldPath field{&root_, "external_links", i};
      checker_->RequireText({&field, "system"}, case_.external_links(i).system());
      checker_->RequireText({&field, "id"}, case_.external_links(i).id());
    }
  }

  void CheckTasks() {
    DistinctIds ids;
    for (int i = 0; i < case_.tasks_size(); ++i) {
      const FieldPath field{&root_, "tasks", i};
      const v1::FollowUpTask& task = case_.tasks(i);
      CheckId(field, "task_id", task.task_id(), &ids);
      checker_->RequireText({&field, "title"}, task.title());
      CheckTime(field, "due_time", task.has_due_time(), task.due_time());
      CheckTime(field, "complete_time", task.has_complete_time(), task.complete_time());
      CheckTime(field, "complete_occur_time", task.has_complete_occur_time(),
                task.complete_occur_time());
      checker_->Forbid({&field, "outcome_note"},
                       !task.outcome_note().empty() && !task.has_complete_time());
    }
  }

  void CheckTags() {
    DistinctIds seen;
    for (int i = 0; i < case_.tags_size(); ++i) {
      const FieldPath field{&root_, "tags", i};
      if (checker_->RequireText(field, case_.tags(i))) seen.Check(field, case_.tags(i), checker_);
    }
  }

  // Of a merged case, the state that it returns to when it is unmerged. MERGED: its history has none.
  Case::State StateApartFromMerge() const {
    for (int i = case_.state_spans_size(); case_.state() == Case::STATE_MERGED && i > 0; --i) {
      const Case::State before = case_.state_spans(i - 1).state();
      if (before != Case::STATE_MERGED && before != Case::STATE_UNSPECIFIED &&
          v1::Case_State_IsValid(before)) {
        return before;
      }
    }
    return case_.state();
  }

  // A case that is over waits for nobody to take it.
  void CheckOffer() {
    if (!case_.has_transfer_offer()) return;
    const FieldPath field{&root_, "transfer_offer"};
    const v1::CaseTransferOffer& offer = case_.transfer_offer();
    const Case::State state = StateApartFromMerge();
    checker_->Forbid(field, state == Case::STATE_CLOSED || state == Case::STATE_CANCELED);
    if (offer.assignee_id().empty() && offer.queue_id().empty()) {
      checker_->Add({&field, "assignee_id"}, kReasonArgumentRequired,
                    "is required when queue_id is not set");
    }
    CheckTime(field, "offer_time", offer.has_offer_time(), offer.offer_time());
  }

  void CheckConsultations() {
    DistinctIds ids;
    for (int i = 0; i < case_.consultations_size(); ++i) {
      const FieldPath field{&root_, "consultations", i};
      const v1::CaseConsultation& asked = case_.consultations(i);
      CheckId(field, "consultation_id", asked.consultation_id(), &ids);
      checker_->RequireText({&field, "consultant_id"}, asked.consultant_id());
      checker_->RequireText({&field, "question"}, asked.question());
      CheckTime(field, "ask_time", asked.has_ask_time(), asked.ask_time());
      if (asked.has_answer_time()) {
        checker_->RequireText({&field, "answer"}, asked.answer());
      } else {
        checker_->Forbid({&field, "answer"}, !asked.answer().empty());
        checker_->Forbid({&field, "answerer_id"}, !asked.answerer_id().empty());
      }
      CheckTime(field, "answer_time", asked.has_answer_time(), asked.answer_time());
      CheckTime(field, "answer_occur_time", asked.has_answer_occur_time(),
                asked.answer_occur_time());
    }
  }

  // A resolved or finished case is in no chain.
  void CheckEscalation() {
    if (!case_.has_escalation()) return;
    const FieldPath field{&root_, "escalation"};
    const v1::CaseEscalation& escalation = case_.escalation();
    const Case::State state = StateApartFromMerge();
    checker_->Forbid(field, state == Case::STATE_RESOLVED || state == Case::STATE_CLOSED ||
                                state == Case::STATE_CANCELED);
    checker_->RequireText({&field, "chain"}, escalation.chain());
    checker_->CheckEnum({&field, "basis"}, escalation.basis(),
                        escalation.basis() != v1::ESCALATION_BASIS_UNSPECIFIED &&
                            v1::EscalationBasis_IsValid(escalation.basis()));
    checker_->CheckRange({&field, "step"}, escalation.step(), 0, INT32_MAX);
    if (checker_->RequireText({&field, "queue_id"}, escalation.queue_id())) {
      checker_->Forbid({&field, "queue_id"}, escalation.queue_id() != case_.queue_id());
    }
    CheckTime(field, "escalate_time", escalation.has_escalate_time(), escalation.escalate_time());
    CheckTime(field, "due_time", escalation.has_due_time(), escalation.due_time());
    if (escalation.has_due_time() && IsBefore(escalation.due_time(), escalation.escalate_time())) {
      checker_->Add({&field, "due_time"}, kReasonArgumentOutOfRange, "is before escalate_time");
    }
  }

  void CheckReferrals() {
    DistinctIds ids;
    for (int i = 0; i < case_.referrals_size(); ++i) {
      const FieldPath field{&root_, "referrals", i};
      const v1::CaseReferral& referral = case_.referrals(i);
      CheckId(field, "referral_id", referral.referral_id(), &ids);
      checker_->RequireText({&field, "party"}, referral.party());
      CheckTime(field, "refer_time", referral.has_refer_time(), referral.refer_time());
      CheckTime(field, "return_time", referral.has_return_time(), referral.return_time());
      if (!referral.has_return_time()) {
        if (case_.state() == Case::STATE_WAITING_ON_THIRD_PARTY) continue;
        checker_->Add({&field, "return_time"}, kReasonArgumentRequired,
                      "is required when the case does not wait for a third party");
      } else if (IsBefore(referral.return_time(), referral.refer_time())) {
        checker_->Add({&field, "return_time"}, kReasonArgumentOutOfRange, "is before refer_time");
      }
    }
  }

  const Case& case_;
  const FieldPath& root_;
  ArgumentChecker* const checker_;
};

}  // namespace

void CleanImportedCase(const FieldPath& field, const Case& imported, ImportCleaner* cleaner,
                       ArgumentChecker* checker) {
  const std::string path = field.ToString();
  cleaner->Clean(
      [&](ArgumentChecker* found) {
        CaseImportChecker(imported, field, found).Check();
        found->CheckFields(imported, path);
      },
      checker);
}

void CheckImportCase(const FieldPath& root, const v1::CaseCommand& command,
                     ArgumentChecker* checker) {
  const v1::ImportCase& verb = command.import_case();
  const FieldPath field{&root, "case"};
  if (checker->RequireMessage(field, verb.has_case_())) {
    if (verb.strict()) {
      CaseImportChecker(verb.case_(), field, checker).Check();
    } else {
      Case cleaned = verb.case_();
      ImportCleaner cleaner(field, verb.source(), &cleaned);
      CleanImportedCase(field, cleaned, &cleaner, checker);
    }
  }
  const FieldPath source{&root, "source"};
  checker->CheckSource(source, verb.has_source(), verb.source());
  if (!verb.strict()) checker->CheckFields(verb.source(), source.ToString());
}

}  // namespace domain
}  // namespace frontdesk
