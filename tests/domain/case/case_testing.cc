#include "case_testing.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "domain/case/case_world.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/command_info.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using testing::IsEmpty;
using v1::Case;
using v1::Command;
using v1::InteractionPart;

// The case as a merge leaves it.
Case Merged(Case current_case, int64_t seconds) {
  current_case.set_state(Case::STATE_MERGED);
  current_case.set_survivor_case_id("case-2");
  v1::CaseStateSpan& span = *current_case.add_state_spans();
  span.set_state(Case::STATE_MERGED);
  span.mutable_start_time()->set_seconds(seconds);
  return Counted(current_case);
}

}  // namespace

Command At(int64_t seconds, const std::string& actor_id, v1::Actor::Kind kind) {
  Command command;
  command.mutable_actor()->set_actor_id(actor_id);
  command.mutable_actor()->set_kind(kind);
  command.mutable_now()->set_seconds(seconds);
  return command;
}

Command Open(int64_t seconds) {
  Command command = At(seconds);
  v1::OpenCase& verb = *command.mutable_case_()->mutable_open_case();
  verb.set_case_id(kId);
  verb.set_kind(Case::KIND_COMPLAINT);
  verb.set_subject("a lamp that does not light");
  return command;
}

Command Classify(Case::Kind kind, const std::vector<std::string>& add,
                 const std::vector<std::string>& remove, int64_t seconds) {
  Command command = At(seconds);
  v1::ClassifyCase& verb = *command.mutable_case_()->mutable_classify_case();
  verb.set_case_id(kId);
  verb.set_kind(kind);
  for (const std::string& tag : add) verb.add_add_tags(tag);
  for (const std::string& tag : remove) verb.add_remove_tags(tag);
  return command;
}

Command Assign(const std::string& assignee_id, const std::string& queue_id, int64_t seconds) {
  Command command = At(seconds);
  v1::AssignCase& verb = *command.mutable_case_()->mutable_assign_case();
  verb.set_case_id(kId);
  verb.set_assignee_id(assignee_id);
  verb.set_queue_id(queue_id);
  return command;
}

Command KeepState(Command command) {
  if (command.case_().has_assign_case()) {
    command.mutable_case_()->mutable_assign_case()->set_keeps_state(true);
  } else {
    command.mutable_case_()->mutable_transfer_case()->set_keeps_state(true);
  }
  return command;
}

Command AddPart(const std::string& part_id, InteractionPart::Kind kind, v1::Visibility visibility,
                const std::string& corrects, int64_t seconds) {
  Command command = At(seconds);
  v1::AddCasePart& verb = *command.mutable_case_()->mutable_add_case_part();
  verb.set_case_id(kId);
  InteractionPart& part = *verb.mutable_part();
  part.set_part_id(part_id);
  part.set_kind(kind);
  part.set_visibility(visibility);
  part.set_corrects_part_id(corrects);
  part.set_text("text of " + part_id);
  return command;
}

Command CustomerSays(const std::string& part_id, int64_t seconds) {
  Command command =
      AddPart(part_id, InteractionPart::KIND_MESSAGE, v1::VISIBILITY_PUBLIC, "", seconds);
  command.mutable_actor()->set_actor_id("customer-1");
  command.mutable_actor()->set_kind(v1::Actor::KIND_CUSTOMER);
  return command;
}

Command Hold(Case::State state, const std::string& state_name, int64_t seconds) {
  Command command = At(seconds);
  v1::PauseCase& verb = *command.mutable_case_()->mutable_pause_case();
  verb.set_case_id(kId);
  verb.set_state(state);
  verb.set_state_name(state_name);
  return command;
}

Command Resume(int64_t seconds, const std::string& state_name) {
  Command command = At(seconds);
  command.mutable_case_()->mutable_resume_case()->set_case_id(kId);
  command.mutable_case_()->mutable_resume_case()->set_state_name(state_name);
  return command;
}

Command Resolve(int64_t seconds) {
  Command command = At(seconds);
  v1::ResolveCase& verb = *command.mutable_case_()->mutable_resolve_case();
  verb.set_case_id(kId);
  verb.set_code("replaced");
  return command;
}

Command ResolveAs(const std::string& state_name, int64_t seconds) {
  Command command = Resolve(seconds);
  command.mutable_case_()->mutable_resolve_case()->set_state_name(state_name);
  return command;
}

Command Reopen(int64_t seconds, const std::string& follow_up_case_id,
               const std::string& state_name) {
  Command command = At(seconds);
  v1::ReopenCase& verb = *command.mutable_case_()->mutable_reopen_case();
  verb.set_case_id(kId);
  verb.set_follow_up_case_id(follow_up_case_id);
  verb.set_state_name(state_name);
  return command;
}

Command Close(int64_t seconds) {
  Command command = At(seconds);
  command.mutable_case_()->mutable_close_case()->set_case_id(kId);
  return command;
}

Command CloseFor(const std::string& reason, int64_t seconds) {
  return CloseAs("", reason, seconds);
}

Command CloseAs(const std::string& state_name, const std::string& reason, int64_t seconds) {
  Command command = Close(seconds);
  command.mutable_case_()->mutable_close_case()->set_state_name(state_name);
  command.mutable_case_()->mutable_close_case()->set_reason(reason);
  return command;
}

Command CancelAs(const std::string& state_name, int64_t seconds) {
  Command command = Cancel(seconds);
  command.mutable_case_()->mutable_cancel_case()->set_state_name(state_name);
  return command;
}

Command Cancel(int64_t seconds) {
  Command command = At(seconds);
  command.mutable_case_()->mutable_cancel_case()->set_case_id(kId);
  command.mutable_case_()->mutable_cancel_case()->set_reason("spam");
  return command;
}

Command Prioritize(int impact, int urgency, int64_t seconds) {
  Command command = At(seconds);
  v1::PrioritizeCase& verb = *command.mutable_case_()->mutable_prioritize_case();
  verb.set_case_id(kId);
  verb.set_impact(impact);
  verb.set_urgency(urgency);
  return command;
}

Command Transfer(v1::TransferCase::Kind kind, const std::string& assignee_id,
                 const std::string& queue_id, int64_t seconds, const std::string& actor_id) {
  Command command = At(seconds, actor_id);
  v1::TransferCase& verb = *command.mutable_case_()->mutable_transfer_case();
  verb.set_case_id(kId);
  verb.set_kind(kind);
  verb.set_assignee_id(assignee_id);
  verb.set_queue_id(queue_id);
  verb.set_note("she knows about lamps");
  return command;
}

Command Accept(const std::string& actor_id, int64_t seconds) {
  Command command = At(seconds, actor_id);
  command.mutable_case_()->mutable_accept_case_transfer()->set_case_id(kId);
  return command;
}

Command DeclineOffer(const std::string& actor_id, int64_t seconds) {
  Command command = At(seconds, actor_id);
  command.mutable_case_()->mutable_decline_case_transfer()->set_case_id(kId);
  command.mutable_case_()->mutable_decline_case_transfer()->set_note("too much to do");
  return command;
}

Command Consult(const std::string& consultation_id, const std::string& consultant_id,
                int64_t seconds) {
  Command command = At(seconds);
  v1::ConsultOnCase& verb = *command.mutable_case_()->mutable_consult_on_case();
  verb.set_case_id(kId);
  verb.set_consultation_id(consultation_id);
  verb.set_consultant_id(consultant_id);
  verb.set_question("which bulb?");
  return command;
}

Command Answer(const std::string& consultation_id, const std::string& actor_id, int64_t seconds) {
  Command command = At(seconds, actor_id);
  v1::AnswerCaseConsultation& verb = *command.mutable_case_()->mutable_answer_case_consultation();
  verb.set_case_id(kId);
  verb.set_consultation_id(consultation_id);
  verb.set_answer("the small one");
  return command;
}

Command Escalate(const std::string& chain, const std::vector<std::string>& unavailable,
                 int64_t seconds) {
  Command command = At(seconds);
  v1::EscalateCase& verb = *command.mutable_case_()->mutable_escalate_case();
  verb.set_case_id(kId);
  verb.set_chain(chain);
  for (const std::string& queue_id : unavailable) verb.add_unavailable_queue_ids(queue_id);
  verb.set_note("too hard");
  return command;
}

Command SetCustomer(const std::string& customer_id, int64_t seconds) {
  Command command = At(seconds);
  command.mutable_case_()->mutable_set_case_customer()->set_case_id(kId);
  command.mutable_case_()->mutable_set_case_customer()->set_customer_id(customer_id);
  return command;
}

Command ChangeSubject(const std::string& subject, int64_t seconds) {
  Command command = At(seconds);
  command.mutable_case_()->mutable_change_case_subject()->set_case_id(kId);
  command.mutable_case_()->mutable_change_case_subject()->set_subject(subject);
  return command;
}

Command Refer(const std::string& referral_id, const std::string& state_name, int64_t seconds) {
  Command command = At(seconds);
  v1::ReferCase& verb = *command.mutable_case_()->mutable_refer_case();
  verb.set_case_id(kId);
  verb.set_referral_id(referral_id);
  verb.set_party("the maker");
  verb.set_reference("RMA-7");
  verb.set_note("see the picture");
  verb.set_state_name(state_name);
  return command;
}

Command Withdraw(const std::string& referral_id, int64_t seconds) {
  Command command = At(seconds);
  v1::WithdrawReferral& verb = *command.mutable_case_()->mutable_withdraw_referral();
  verb.set_case_id(kId);
  verb.set_referral_id(referral_id);
  return command;
}

Command Correct(const std::string& code, int64_t seconds) {
  Command command = At(seconds);
  command.mutable_case_()->mutable_correct_resolution()->set_case_id(kId);
  command.mutable_case_()->mutable_correct_resolution()->set_code(code);
  return command;
}

Command ChangeIds(const std::vector<std::string>& add, const std::vector<std::string>& remove,
                  int64_t seconds) {
  Command command = At(seconds);
  v1::ChangeCaseExternalIds& verb = *command.mutable_case_()->mutable_change_case_external_ids();
  verb.set_case_id(kId);
  const auto set = [](const std::string& id, v1::ExternalId* external_id) {
    external_id->set_system("crm");
    external_id->set_id(id);
  };
  for (const std::string& id : add) set(id, verb.add_add_external_ids());
  for (const std::string& id : remove) set(id, verb.add_remove_external_ids());
  return command;
}

Command AddCopied(const std::string& participant_id, const std::string& address, int64_t seconds) {
  Command command = At(seconds);
  v1::AddCaseParticipant& verb = *command.mutable_case_()->mutable_add_case_participant();
  verb.set_case_id(kId);
  verb.mutable_participant()->set_participant_id(participant_id);
  verb.mutable_participant()->set_kind(v1::CaseParticipant::KIND_COPIED);
  verb.mutable_participant()->set_address(address);
  return command;
}

Command AddFollower(const std::string& participant_id, const std::string& actor_id,
                    int64_t seconds) {
  Command command = AddCopied(participant_id, "", seconds);
  v1::CaseParticipant& participant =
      *command.mutable_case_()->mutable_add_case_participant()->mutable_participant();
  participant.set_kind(v1::CaseParticipant::KIND_FOLLOWER);
  participant.set_actor_id(actor_id);
  return command;
}

Command RemoveParticipant(const std::string& participant_id, int64_t seconds) {
  Command command = At(seconds);
  v1::RemoveCaseParticipant& verb = *command.mutable_case_()->mutable_remove_case_participant();
  verb.set_case_id(kId);
  verb.set_participant_id(participant_id);
  return command;
}

Command LinkBilling(const std::string& id, const std::string& role, int64_t seconds) {
  Command command = At(seconds);
  v1::LinkCase& verb = *command.mutable_case_()->mutable_link_case();
  verb.set_case_id(kId);
  verb.mutable_external_link()->set_system("billing");
  verb.mutable_external_link()->set_id(id);
  verb.mutable_external_link()->set_role(role);
  return command;
}

Command UnlinkBilling(const std::string& id, const std::string& role, int64_t seconds) {
  Command command = At(seconds);
  v1::UnlinkCase& verb = *command.mutable_case_()->mutable_unlink_case();
  verb.set_case_id(kId);
  *verb.mutable_external_link() = LinkBilling(id, role).case_().link_case().external_link();
  return command;
}

Command NameState(const std::string& state_name, int64_t seconds) {
  Command command = At(seconds);
  command.mutable_case_()->mutable_name_case_state()->set_case_id(kId);
  command.mutable_case_()->mutable_name_case_state()->set_state_name(state_name);
  return command;
}

Command Import(const Case& imported, int64_t seconds) {
  Command command = At(seconds);
  *command.mutable_case_()->mutable_import_case()->mutable_case_() = imported;
  command.mutable_case_()->mutable_import_case()->mutable_source()->set_system("elsewhere");
  return command;
}

Command ImportStrictly(const Case& imported, int64_t seconds) {
  Command command = Import(imported, seconds);
  command.mutable_case_()->mutable_import_case()->set_strict(true);
  return command;
}

Command Import(Case::State state, int64_t seconds) {
  Case imported;
  imported.set_case_id(kId);
  imported.set_state(state);
  imported.set_kind(Case::KIND_TROUBLE);
  imported.set_subject("an old lamp");
  if (state == Case::STATE_MERGED) imported.set_survivor_case_id("case-2");
  return Import(imported, seconds);
}

Decided Decide(const Command& command, const Case& current_case, const v1::CasePolicy& policy,
               const Case& other_case) {
  EXPECT_THAT(CheckCaseArguments(command.case_()), IsEmpty());
  v1::CaseDecisionInput input;
  SetCommand(command, &input);
  if (current_case.state() != Case::STATE_UNSPECIFIED) *input.mutable_case_() = current_case;
  if (other_case.state() != Case::STATE_UNSPECIFIED) *input.mutable_other_case() = other_case;
  *input.mutable_assessment() = AssessCase(input, policy);
  for (const auto& [name, type] : {std::pair("colour", v1::AttributeDefinition::TYPE_STRING),
                                   std::pair("watts", v1::AttributeDefinition::TYPE_INT)}) {
    v1::AttributeDefinition& definition = *input.add_attribute_definitions();
    definition.set_entity_kind(v1::ENTITY_KIND_CASE);
    definition.set_name(name);
    definition.set_type(type);
  }
  input.mutable_attribute_definitions(0)->add_allowed_values("red");
  input.mutable_attribute_definitions(0)->add_allowed_values("green");
  if (input.assessment().may_reopen_on_message()) {
    input.mutable_assessment()->set_reopens_on_message(
        absl::StartsWith(command.case_().add_case_part().part().part_id(), "again"));
  }
  absl::StatusOr<Decided> decided = DecideCase(input);
  EXPECT_TRUE(decided.ok()) << decided.status();
  if (!decided.ok()) return {};
  EXPECT_TRUE(decided->refusals.empty() || decided->events.empty());
  EXPECT_TRUE(decided->postings.empty());
  ExpectDeclared(command, *decided);
  EXPECT_TRUE(decided->effects.empty() || command.case_().has_withdraw_referral());
  for (const v1::Refusal& refusal : decided->refusals) {
    EXPECT_NE(FindReason(refusal.reason()), nullptr) << refusal.reason();
  }
  return *std::move(decided);
}

bool ChangesNothing(const Command& command, const Case& current_case, const v1::CasePolicy& policy,
                    const Case& other_case) {
  const Decided decided = Decide(command, current_case, policy, other_case);
  return !decided.refused() && decided.events.empty() && decided.effects.empty();
}

std::vector<std::string> Do(const Command& command, Case* current_case,
                            const v1::CasePolicy& policy) {
  const Decided decided = Decide(command, *current_case, policy);
  for (const v1::Event& event : decided.events) {
    EXPECT_EQ(event.entity().kind(), v1::ENTITY_KIND_CASE);
    EXPECT_EQ(event.actor_id(), command.actor().actor_id());
    EXPECT_EQ(event.time().seconds(), command.now().seconds());
    Case other_case;
    const bool is_own = event.entity().id() == kId;
    EXPECT_TRUE(is_own || event.case_().has_case_opened());
    const absl::Status evolved = EvolveCase(event, is_own ? current_case : &other_case);
    EXPECT_TRUE(evolved.ok()) << evolved;
  }
  return Reasons(decided.refusals);
}

Case After(const std::vector<Command>& commands, const v1::CasePolicy& policy) {
  Case current_case;
  for (const Command& command : commands) {
    EXPECT_THAT(Do(command, &current_case, policy), IsEmpty()) << FindCommand(command)->name;
  }
  return current_case;
}

Case Made(Case::State state) {
  switch (state) {
    case Case::STATE_UNSPECIFIED:
      return Case();
    case Case::STATE_NEW:
      return After({Open()});
    case Case::STATE_OPEN:
      return After({Open(), Assign("ann", "", 110)});
    case Case::STATE_RESOLVED:
      return After({Open(), Resolve(120)});
    case Case::STATE_CLOSED:
      return After({Open(), Resolve(120), Close(130)});
    case Case::STATE_CANCELED:
      return After({Open(), Cancel(120)});
    case Case::STATE_MERGED:
      return Merged(After({Open()}), 120);
    default:
      return After({Open(), Hold(state, "", 120)});
  }
}

std::string Spans(const Case& current_case) {
  std::string text;
  for (const v1::CaseStateSpan& span : current_case.state_spans()) {
    absl::StrAppend(&text, text.empty() ? "" : " ", Case::State_Name(span.state()).substr(6),
                    span.state_name().empty() ? "" : "/", span.state_name(), "@",
                    span.has_start_time() ? absl::StrCat(span.start_time().seconds()) : "?");
  }
  return text;
}

}  // namespace domain
}  // namespace frontdesk
