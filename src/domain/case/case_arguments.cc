#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/arguments.h"
#include "domain/case/case_import.h"
#include "domain/case/case_relations.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/case.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

constexpr int kMaxLinks = 100;
constexpr int kMaxTags = 100;
constexpr int kMaxUnavailableQueues = 1'000;

// A number of the company's own scale; 0 is not set.
void CheckScale(const FieldPath& field, int32_t value, ArgumentChecker* checker) {
  checker->CheckRange(field, value, 0, INT32_MAX);
}

void CheckOpen(const FieldPath& root, const v1::OpenCase& verb, ArgumentChecker* checker) {
  checker->CheckEnum({&root, "kind"}, verb.kind(),
                     verb.kind() != Case::KIND_UNSPECIFIED && v1::Case_Kind_IsValid(verb.kind()));
  checker->RequireText({&root, "subject"}, verb.subject());
  checker->CheckCount({&root, "links"}, verb.links_size(), 0, kMaxLinks);
  std::set<std::pair<int, std::string>> seen;
  for (int i = 0; i < verb.links_size(); ++i) {
    const v1::EntityRef& link = verb.links(i);
    const FieldPath field{&root, "links", i};
    CheckLink(field, link, v1::ENTITY_KIND_INTERACTION, v1::ENTITY_KIND_ORDER, checker);
    if (!link.id().empty() && !seen.emplace(link.kind(), link.id()).second) {
      checker->Add(field, kReasonArgumentDuplicate, "occurs twice");
    }
  }
  CheckScale({&root, "impact"}, verb.impact(), checker);
  CheckScale({&root, "urgency"}, verb.urgency(), checker);
  checker->CheckAttributes(root, verb.attributes());
  checker->CheckExternalIds(root, verb.external_ids());
}

void CheckPrioritize(const FieldPath& root, const v1::PrioritizeCase& verb,
                     ArgumentChecker* checker) {
  const FieldPath impact{&root, "impact"};
  if (verb.impact() == 0 && verb.urgency() == 0) {
    checker->Add(impact, kReasonArgumentRequired, "is required when urgency is not set");
  }
  CheckScale(impact, verb.impact(), checker);
  CheckScale({&root, "urgency"}, verb.urgency(), checker);
}

void CheckTransfer(const FieldPath& root, const v1::TransferCase& verb, ArgumentChecker* checker) {
  checker->CheckEnum(
      {&root, "kind"}, verb.kind(),
      verb.kind() == v1::TransferCase::KIND_WARM || verb.kind() == v1::TransferCase::KIND_COLD);
  if (verb.assignee_id().empty() && verb.queue_id().empty()) {
    checker->Add({&root, "assignee_id"}, kReasonArgumentRequired,
                 "is required when queue_id is not set");
  }
}

void CheckConsult(const FieldPath& root, const v1::ConsultOnCase& verb, ArgumentChecker* checker) {
  checker->RequireText({&root, "consultation_id"}, verb.consultation_id());
  checker->RequireText({&root, "consultant_id"}, verb.consultant_id());
  checker->RequireText({&root, "question"}, verb.question());
}

void CheckAnswer(const FieldPath& root, const v1::AnswerCaseConsultation& verb,
                 ArgumentChecker* checker) {
  checker->RequireText({&root, "consultation_id"}, verb.consultation_id());
  checker->RequireText({&root, "answer"}, verb.answer());
}

void CheckEscalate(const FieldPath& root, const v1::EscalateCase& verb, ArgumentChecker* checker) {
  checker->RequireText({&root, "chain"}, verb.chain());
  constexpr absl::string_view kUnavailable = "unavailable_queue_ids";
  checker->CheckCount({&root, kUnavailable}, verb.unavailable_queue_ids_size(), 0,
                      kMaxUnavailableQueues);
  for (int i = 0; i < verb.unavailable_queue_ids_size(); ++i) {
    checker->RequireText({&root, kUnavailable, i}, verb.unavailable_queue_ids(i));
  }
}

void CheckRefer(const FieldPath& root, const v1::ReferCase& verb, ArgumentChecker* checker) {
  checker->RequireText({&root, "referral_id"}, verb.referral_id());
  checker->RequireText({&root, "party"}, verb.party());
}

// `tags` of the list `name`; `seen` holds those of both lists.
void CheckTags(const FieldPath& root, absl::string_view name,
               const google::protobuf::RepeatedPtrField<std::string>& tags, DistinctIds* seen,
               ArgumentChecker* checker) {
  checker->CheckCount({&root, name}, tags.size(), 0, kMaxTags);
  for (int i = 0; i < tags.size(); ++i) {
    const FieldPath field{&root, name, i};
    if (checker->RequireText(field, tags[i])) seen->Check(field, tags[i], checker);
  }
}

void CheckClassify(const FieldPath& root, const v1::ClassifyCase& verb, ArgumentChecker* checker) {
  const FieldPath kind{&root, "kind"};
  checker->CheckEnum(kind, verb.kind(), v1::Case_Kind_IsValid(verb.kind()));
  if (verb.kind() == Case::KIND_UNSPECIFIED && verb.add_tags().empty() &&
      verb.remove_tags().empty() && verb.set_attributes().empty() &&
      verb.remove_attributes().empty()) {
    checker->Add(kind, kReasonArgumentRequired,
                 "is required when no tag and no attribute is named");
  }
  DistinctIds seen;
  CheckTags(root, "add_tags", verb.add_tags(), &seen, checker);
  CheckTags(root, "remove_tags", verb.remove_tags(), &seen, checker);
  checker->CheckAttributes(root, verb.set_attributes(), "set_attributes");
  checker->CheckCount({&root, "remove_attributes"}, verb.remove_attributes_size(), 0,
                      kMaxAttributes);
  DistinctIds names;
  ArgumentChecker told;  // CheckAttributes() reports duplicates in set_attributes.
  for (const v1::Attribute& attribute : verb.set_attributes()) {
    names.Check(root, attribute.name(), &told);
  }
  for (int i = 0; i < verb.remove_attributes_size(); ++i) {
    const FieldPath field{&root, "remove_attributes", i};
    if (checker->RequireText(field, verb.remove_attributes(i))) {
      names.Check(field, verb.remove_attributes(i), checker);
    }
  }
}

void CheckResolve(const FieldPath& root, const v1::ResolveCase& verb, ArgumentChecker* checker) {
  checker->RequireText({&root, "code"}, verb.code());
  if (!verb.has_remedy_amount()) return;
  if (verb.remedy().empty()) {
    checker->Add({&root, "remedy"}, kReasonArgumentRequired,
                 "is required when remedy_amount is set");
  }
  checker->CheckAmount({&root, "remedy_amount"}, verb.remedy_amount(), 0);
}

}  // namespace

std::vector<v1::Refusal> CheckCaseArguments(const v1::CaseCommand& command) {
  const CommandInfo* info = FindEntityCommand(command);
  if (info == nullptr) return {};
  ArgumentChecker checker;
  const FieldPath root{nullptr, info->field};
  checker.RequireText({&root, info->id_path}, AddressedId(command));
  switch (command.verb_case()) {
    case v1::CaseCommand::kOpenCase:
      CheckOpen(root, command.open_case(), &checker);
      break;
    case v1::CaseCommand::kClassifyCase:
      CheckClassify(root, command.classify_case(), &checker);
      break;
    case v1::CaseCommand::kAssignCase:
      if (command.assign_case().assignee_id().empty() && command.assign_case().queue_id().empty()) {
        checker.Add({&root, "assignee_id"}, kReasonArgumentRequired,
                    "is required when queue_id is not set");
      }
      break;
    case v1::CaseCommand::kAddCasePart:
      CheckPartArguments(root, command.add_case_part().has_part(), command.add_case_part().part(),
                         &checker);
      break;
    case v1::CaseCommand::kPauseCase: {
      const Case::State state = command.pause_case().state();
      checker.CheckEnum(
          {&root, "state"}, state,
          state == Case::STATE_WAITING_ON_CUSTOMER || state == Case::STATE_WAITING_ON_THIRD_PARTY);
      break;
    }
    case v1::CaseCommand::kResolveCase:
      CheckResolve(root, command.resolve_case(), &checker);
      break;
    case v1::CaseCommand::kCancelCase:
      checker.RequireText({&root, "reason"}, command.cancel_case().reason());
      break;
    case v1::CaseCommand::kImportCase:
      CheckImportCase(root, command.import_case(), &checker);
      break;
    case v1::CaseCommand::kPrioritizeCase:
      CheckPrioritize(root, command.prioritize_case(), &checker);
      break;
    case v1::CaseCommand::kTransferCase:
      CheckTransfer(root, command.transfer_case(), &checker);
      break;
    case v1::CaseCommand::kConsultOnCase:
      CheckConsult(root, command.consult_on_case(), &checker);
      break;
    case v1::CaseCommand::kAnswerCaseConsultation:
      CheckAnswer(root, command.answer_case_consultation(), &checker);
      break;
    case v1::CaseCommand::kEscalateCase:
      CheckEscalate(root, command.escalate_case(), &checker);
      break;
    case v1::CaseCommand::kReferCase:
      CheckRefer(root, command.refer_case(), &checker);
      break;
    default:  // The others have no further checks here.
      CheckRelationArguments(root, command, &checker);
      break;
  }
  return std::move(checker).Take();
}

}  // namespace domain
}  // namespace frontdesk
