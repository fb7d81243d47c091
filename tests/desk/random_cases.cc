#include "desk/random_cases.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/importable.h"

namespace frontdesk {
namespace testing {

using v1::Command;

void ComeFromElsewhere(v1::ImportSource* source) {
  source->Clear();
  source->set_system("elsewhere");
}

void RepairPart(v1::InteractionPart* part) {
  part->clear_author();
  part->clear_time();
  part->clear_occur_time();
  const bool media = part->kind() == v1::InteractionPart::KIND_ATTACHMENT ||
                     part->kind() == v1::InteractionPart::KIND_RECORDING;
  if (part->kind() == v1::InteractionPart::KIND_TOOL_CALL) {
    part->clear_text();
    part->clear_media();
    part->set_visibility(v1::VISIBILITY_INTERNAL);
    part->mutable_tool_call()->Clear();
    part->mutable_tool_call()->set_call_id("call-7");
    part->mutable_tool_call()->set_tool("refund_order");
    part->mutable_tool_call()->set_result(v1::ToolCall::RESULT_DONE);
    return;
  }
  part->clear_tool_call();
  if (media) {
    part->clear_text();
    part->mutable_media()->set_uri("media:7");
    part->mutable_media()->clear_consent_purpose();
  } else {
    part->clear_media();
    if (part->text().empty()) part->set_text("alpha");
  }
  if (part->kind() == v1::InteractionPart::KIND_NOTE) part->set_visibility(v1::VISIBILITY_INTERNAL);
}

void RepairPart(RandomCommands& random, v1::InteractionPart* part) {
  RepairPart(part);
  part->set_part_id(absl::StrCat("p", random.chance().Below(200)));
  if (!random.chance().OneIn(4)) part->clear_corrects_part_id();
}

void OpenCase(RandomCommands& random, Command* command) {
  v1::OpenCase* verb = command->mutable_case_()->mutable_open_case();
  verb->clear_links();
  verb->clear_attributes();
  verb->clear_external_ids();
  // The matrix has another priority, nearly always.
  if (!random.chance().OneIn(8)) verb->clear_priority();
  if (random.chance().OneIn(3)) {
    verb->add_links()->set_kind(v1::ENTITY_KIND_ORDER);
    verb->mutable_links(0)->set_id(random.AnyId(v1::ENTITY_KIND_ORDER));
  }
}

// Now and then the customer writes.
void AddCasePart(RandomCommands& random, Command* command) {
  v1::InteractionPart* part = command->mutable_case_()->mutable_add_case_part()->mutable_part();
  RepairPart(random, part);
  if (!random.chance().OneIn(3)) return;
  command->mutable_actor()->set_kind(v1::Actor::KIND_CUSTOMER);
  part->set_kind(v1::InteractionPart::KIND_MESSAGE);
  part->set_visibility(v1::VISIBILITY_PUBLIC);
  RepairPart(part);
}

namespace {

// Merged in the source into a case of the desk, mostly of the same customer. Half of them have a history, so that they can come apart.
void ImportMerged(RandomCommands& random, const google::protobuf::Timestamp& now,
                  v1::Case* imported) {
  const v1::Case survivor = random.Existing(v1::ENTITY_KIND_CASE).case_();
  imported->set_state(v1::Case::STATE_MERGED);
  imported->set_survivor_case_id(survivor.case_id().empty() ? "k1" : survivor.case_id());
  if (random.chance().OneIn(4)) *imported->mutable_close_time() = now;
  if (random.chance().OneIn(3)) {
    imported->clear_customer_id();
  } else if (!random.chance().OneIn(4)) {
    imported->set_customer_id(survivor.customer_id());
  }
  if (random.chance().OneIn(2)) return;
  static constexpr v1::Case::State kBefore[] = {v1::Case::STATE_NEW, v1::Case::STATE_OPEN,
                                                v1::Case::STATE_WAITING_ON_CUSTOMER,
                                                v1::Case::STATE_RESOLVED, v1::Case::STATE_CLOSED};
  imported->add_state_spans()->set_state(kBefore[random.chance().Below(5)]);
  imported->add_state_spans()->set_state(v1::Case::STATE_MERGED);
  if (random.chance().OneIn(2)) return;
  std::int64_t seconds = survivor.open_time().seconds();
  for (v1::CaseStateSpan& span : *imported->mutable_state_spans()) {
    span.mutable_start_time()->set_seconds(seconds += random.chance().Below(20));
  }
}

}  // namespace

// Without a history, unless it is merged: it begins with the state, when the case was opened.
void ImportCase(RandomCommands& random, Command* command) {
  v1::Case* imported = command->mutable_case_()->mutable_import_case()->mutable_case_();
  domain::MakeImportable(imported);
  if (imported->state() == v1::Case::STATE_UNSPECIFIED) imported->set_state(v1::Case::STATE_OPEN);
  if (imported->kind() == v1::Case::KIND_UNSPECIFIED) imported->set_kind(v1::Case::KIND_TROUBLE);
  if (imported->subject().empty()) imported->set_subject("alpha");
  if (imported->state() != v1::Case::STATE_MERGED) imported->clear_survivor_case_id();
  imported->clear_state_spans();
  imported->clear_open_time();
  imported->clear_close_time();
  imported->clear_links();
  imported->clear_case_links();
  imported->clear_resolutions();
  imported->clear_tasks();
  imported->clear_tags();
  imported->clear_external_ids();
  imported->clear_attributes();
  imported->clear_transfer_offer();
  imported->clear_merged_cases();
  imported->clear_part_refs();
  imported->clear_split_offs();
  imported->clear_state_name();
  if (imported->state() == v1::Case::STATE_MERGED) ImportMerged(random, command->now(), imported);
  const bool is_over =
      imported->state() == v1::Case::STATE_CLOSED || imported->state() == v1::Case::STATE_CANCELED;
  if (!is_over) imported->clear_end_reason();
  int place = 0;
  for (v1::InteractionPart& part : *imported->mutable_parts()) {
    RepairPart(&part);
    part.set_part_id(absl::StrCat("i", ++place));
    part.clear_corrects_part_id();
    part.clear_external_ids();
    part.mutable_author()->set_actor_id("ben");
  }
  place = 0;
  for (v1::CaseConsultation& asked : *imported->mutable_consultations()) {
    asked.set_consultation_id(absl::StrCat("q", ++place));
    asked.clear_answer();
    asked.clear_answerer_id();
    asked.clear_answer_time();
  }
  // It is in a chain only in that chain's queue.
  if (random.chance().OneIn(2)) imported->clear_escalation();
  if (imported->has_escalation()) {
    imported->mutable_escalation()->set_basis(v1::ESCALATION_BASIS_SKILL);
    imported->mutable_escalation()->set_queue_id(imported->queue_id());
    *imported->mutable_escalation()->mutable_due_time() = imported->escalation().escalate_time();
  }
  place = 0;
  for (v1::CaseReferral& referral : *imported->mutable_referrals()) {
    referral.set_referral_id(absl::StrCat("f", ++place));
    *referral.mutable_return_time() = referral.refer_time();
  }
  ComeFromElsewhere(command->mutable_case_()->mutable_import_case()->mutable_source());
  if (random.chance().OneIn(4)) imported->mutable_transfer_offer()->set_assignee_id("ben");
}

// Now and then to nobody.
void AssignCase(RandomCommands& random, Command* command) {
  v1::AssignCase* verb = command->mutable_case_()->mutable_assign_case();
  verb->set_assignee_id(random.chance().OneIn(3) ? "" : "ben");
  verb->set_queue_id(random.chance().OneIn(2) ? ""
                                              : absl::StrCat("queue", random.chance().Below(3)));
  verb->set_keeps_state(random.chance().OneIn(2));
}

void TransferCase(RandomCommands& random, Command* command) {
  v1::TransferCase* verb = command->mutable_case_()->mutable_transfer_case();
  if (verb->kind() == v1::TransferCase::KIND_WARM) verb->clear_keeps_state();
  verb->set_assignee_id(random.chance().OneIn(2) ? "ben" : "");
  verb->set_queue_id(absl::StrCat("queue", random.chance().Below(3)));
}

void AcceptCaseTransfer(RandomCommands& random, Command* command) {
  const std::string& offered_to = random.about().case_().transfer_offer().assignee_id();
  command->mutable_actor()->set_actor_id(offered_to.empty() ? "ben" : offered_to);
}

void ConsultOnCase(RandomCommands& random, Command* command) {
  v1::ConsultOnCase* verb = command->mutable_case_()->mutable_consult_on_case();
  verb->set_consultation_id(absl::StrCat("q", random.chance().Below(20)));
  verb->set_consultant_id("ben");
}

void AnswerCaseConsultation(RandomCommands& random, Command* command) {
  const auto& asked = random.about().case_().consultations();
  command->mutable_actor()->set_actor_id("ben");
  if (asked.empty()) return;
  command->mutable_case_()->mutable_answer_case_consultation()->set_consultation_id(
      asked[random.chance().Below(asked.size())].consultation_id());
}

void EscalateCase(RandomCommands& random, Command* command) {
  v1::EscalateCase* verb = command->mutable_case_()->mutable_escalate_case();
  verb->set_chain(random.chance().OneIn(10) ? "down" : "up");
  verb->clear_unavailable_queue_ids();
  for (int i = 0; i < 3; ++i) {
    if (random.chance().OneIn(3)) verb->add_unavailable_queue_ids(absl::StrCat("queue", i));
  }
}

void ReferCase(RandomCommands& random, Command* command) {
  v1::ReferCase* verb = command->mutable_case_()->mutable_refer_case();
  verb->set_referral_id(absl::StrCat("f", random.chance().Below(20)));
  verb->set_state_name(random.chance().OneIn(2) ? "with the carrier" : "");
}

// Another subject than most cases have.
void ChangeCaseSubject(RandomCommands& random, Command* command) {
  command->mutable_case_()->mutable_change_case_subject()->set_subject(
      absl::StrCat("matter ", random.chance().Below(20)));
}

// A referral of the case, where it has one.
void WithdrawReferral(RandomCommands& random, Command* command) {
  const auto& referrals = random.about().case_().referrals();
  command->mutable_case_()->mutable_withdraw_referral()->set_referral_id(
      referrals.empty() ? "f0" : referrals[random.chance().Below(referrals.size())].referral_id());
}

// The matrix has another priority, nearly always.
void PrioritizeCase(RandomCommands& random, Command* command) {
  if (random.chance().OneIn(8)) return;
  command->mutable_case_()->mutable_prioritize_case()->clear_priority();
}

// A name of the category that the case is in, where the policy has one.
void NameCaseState(RandomCommands& random, Command* command) {
  const v1::Case::State state = random.about().case_().state();
  command->mutable_case_()->mutable_name_case_state()->set_state_name(
      state == v1::Case::STATE_WAITING_ON_CUSTOMER      ? "asked back"
      : state == v1::Case::STATE_WAITING_ON_THIRD_PARTY ? "with the carrier"
                                                        : "in work");
}

// Names of its new state, and ids of follow-up cases for those that cannot be reopened any more.
void ReopenCase(RandomCommands& random, Command* command) {
  v1::ReopenCase* verb = command->mutable_case_()->mutable_reopen_case();
  verb->set_state_name(random.chance().OneIn(2) ? "in work" : "");
  verb->set_follow_up_case_id(random.AnyId(v1::ENTITY_KIND_CASE));
}

void ResumeCase(RandomCommands& random, Command* command) {
  command->mutable_case_()->mutable_resume_case()->set_state_name(
      random.chance().OneIn(2) ? "in work" : "");
}

void RepairSpan(RandomCommands& random, v1::TimeSpan* span) {
  span->Clear();
  if (random.chance().OneIn(3)) {
    span->set_business_days(1 + random.chance().Below(3));
    return;
  }
  span->mutable_duration()->set_seconds(1 + random.chance().Below(5'000));
  if (random.chance().OneIn(2)) span->set_basis(v1::TIME_BASIS_BUSINESS);
}

void PauseCase(RandomCommands& random, Command* command) {
  v1::PauseCase* verb = command->mutable_case_()->mutable_pause_case();
  verb->clear_wait();
  if (random.chance().OneIn(3)) RepairSpan(random, verb->mutable_wait());
  verb->set_state(random.chance().OneIn(2) ? v1::Case::STATE_WAITING_ON_CUSTOMER
                                           : v1::Case::STATE_WAITING_ON_THIRD_PARTY);
  if (random.chance().OneIn(2)) verb->clear_state_name();
}

// With a reason where the case needs one, nearly always.
void CloseCase(RandomCommands& random, Command* command) {
  v1::CloseCase* verb = command->mutable_case_()->mutable_close_case();
  const bool is_resolved = random.about().case_().state() == v1::Case::STATE_RESOLVED;
  verb->set_reason(is_resolved != random.chance().OneIn(8) ? "" : "no answer");
  verb->set_state_name(random.chance().OneIn(2) ? "filed" : "");
}

void CancelCase(RandomCommands& random, Command* command) {
  command->mutable_case_()->mutable_cancel_case()->set_state_name(
      random.chance().OneIn(2) ? "dropped" : "");
}

namespace {

// A resolution with an amount that is possible, or with none.
template <typename Verb>
void RepairResolution(RandomCommands& random, Verb* verb) {
  if (random.chance().OneIn(2)) verb->clear_remedy_amount();
  if (!verb->has_remedy_amount()) return;
  verb->set_remedy("credit");
  verb->mutable_remedy_amount()->set_currency_code("USD");
}

v1::ExternalId AnyExternalId(RandomCommands& random) {
  v1::ExternalId external_id;
  external_id.set_system(random.chance().OneIn(4) ? "crm" : "old desk");
  external_id.set_id(absl::StrCat("e", random.chance().Below(60)));
  return external_id;
}

}  // namespace

void ResolveCase(RandomCommands& random, Command* command) {
  command->mutable_case_()->mutable_resolve_case()->set_state_name(
      random.chance().OneIn(2) ? "settled" : "");
  RepairResolution(random, command->mutable_case_()->mutable_resolve_case());
}

// Mostly a task that the case has.
template <typename Verb>
void NameTask(RandomCommands& random, Verb* verb) {
  const v1::Case& one = random.about().case_();
  if (one.tasks().empty() || random.chance().OneIn(4)) return;
  verb->set_task_id(one.tasks(random.chance().Below(one.tasks_size())).task_id());
}

void CompleteCaseTask(RandomCommands& random, Command* command) {
  NameTask(random, command->mutable_case_()->mutable_complete_case_task());
}

void RemoveCaseTask(RandomCommands& random, Command* command) {
  NameTask(random, command->mutable_case_()->mutable_remove_case_task());
}

// Now and then the resolution that the case has.
void CorrectResolution(RandomCommands& random, Command* command) {
  v1::CorrectResolution* verb = command->mutable_case_()->mutable_correct_resolution();
  RepairResolution(random, verb);
  const v1::Case& one = random.about().case_();
  if (one.resolutions().empty() || !random.chance().OneIn(2)) return;
  const v1::Resolution& last = one.resolutions(one.resolutions_size() - 1);
  verb->set_code(last.code());
  verb->set_remedy(last.remedy());
  verb->clear_remedy_amount();
  if (last.has_remedy_amount()) *verb->mutable_remedy_amount() = last.remedy_amount();
  verb->set_note(last.note());
  verb->set_root_cause(last.root_cause());
}

// One to add, mostly; and one to remove that the case has.
void ChangeCaseExternalIds(RandomCommands& random, Command* command) {
  v1::ChangeCaseExternalIds* verb = command->mutable_case_()->mutable_change_case_external_ids();
  const v1::Case& one = random.about().case_();
  verb->clear_add_external_ids();
  verb->clear_remove_external_ids();
  if (!random.chance().OneIn(4)) *verb->add_add_external_ids() = AnyExternalId(random);
  if (random.chance().OneIn(3)) {
    *verb->add_remove_external_ids() =
        one.external_ids().empty()
            ? AnyExternalId(random)
            : one.external_ids(random.chance().Below(one.external_ids_size()));
  }
}

void AddCaseParticipant(RandomCommands& random, Command* command) {
  v1::CaseParticipant* participant =
      command->mutable_case_()->mutable_add_case_participant()->mutable_participant();
  participant->set_participant_id(absl::StrCat("w", random.chance().Below(40)));
  participant->clear_start_time();
  participant->clear_customer_id();
  if (random.chance().OneIn(2)) {
    participant->set_customer_id(random.AnyId(v1::ENTITY_KIND_CUSTOMER));
  }
  participant->set_kind(random.chance().OneIn(2) ? v1::CaseParticipant::KIND_COPIED
                                                 : v1::CaseParticipant::KIND_FOLLOWER);
  if (participant->kind() == v1::CaseParticipant::KIND_FOLLOWER) participant->set_actor_id("ben");
}

// One of the case, where it has one.
void RemoveCaseParticipant(RandomCommands& random, Command* command) {
  const auto& participants = random.about().case_().participants();
  command->mutable_case_()->mutable_remove_case_participant()->set_participant_id(
      participants.empty()
          ? "w0"
          : participants[random.chance().Below(participants.size())].participant_id());
}

}  // namespace testing
}  // namespace frontdesk
