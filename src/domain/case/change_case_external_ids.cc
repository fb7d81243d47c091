#include <algorithm>

#include "absl/strings/str_cat.h"
#include "domain/case/case_draft.h"
#include "domain/external_ids.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

// Most ids of a case in other systems; most in each list of one command.
constexpr int kMaxCaseExternalIds = 100;

void CheckListOfIds(const FieldPath& root, absl::string_view name, const ExternalIds& external_ids,
                    ArgumentChecker* checker) {
  checker->CheckCount({&root, name}, external_ids.size(), 0, kMaxCaseExternalIds);
  checker->CheckExternalIds(root, external_ids, name);
}

}  // namespace

bool IsChangeCaseExternalIdsUnchanged(const v1::CaseDecisionInput& input,
                                      const v1::CaseAssessment&) {
  const v1::ChangeCaseExternalIds& verb = input.command().change_case_external_ids();
  return verb.remove_external_ids().empty() &&
         std::all_of(verb.add_external_ids().begin(), verb.add_external_ids().end(),
                     [&input](const v1::ExternalId& external_id) {
                       return HasExternalId(input.case_().external_ids(), external_id);
                     });
}

void CheckChangeCaseExternalIds(const FieldPath& root, const v1::CaseCommand& command,
                                ArgumentChecker* checker) {
  const v1::ChangeCaseExternalIds& verb = command.change_case_external_ids();
  if (verb.add_external_ids().empty() && verb.remove_external_ids().empty()) {
    checker->Add({&root, "add_external_ids"}, kReasonArgumentRequired,
                 "is required when remove_external_ids is empty");
  }
  CheckListOfIds(root, "add_external_ids", verb.add_external_ids(), checker);
  CheckListOfIds(root, "remove_external_ids", verb.remove_external_ids(), checker);
  for (int i = 0; i < verb.remove_external_ids_size(); ++i) {
    if (HasExternalId(verb.add_external_ids(), verb.remove_external_ids(i))) {
      checker->Add({&root, "remove_external_ids", i}, kReasonArgumentDuplicate, "occurs twice");
    }
  }
}

void DecideChangeCaseExternalIds(CaseDraft* draft) {
  const v1::ChangeCaseExternalIds& verb = draft->command().change_case_external_ids();
  const ExternalIds& present = draft->current().external_ids();
  for (int i = 0; i < verb.remove_external_ids_size(); ++i) {
    if (HasExternalId(present, verb.remove_external_ids(i))) continue;
    draft->Refuse(kReasonCaseChangeExternalIdsUnknown,
                  absl::StrCat("change_case_external_ids.remove_external_ids[", i, "]"));
  }
  v1::CaseExternalIdsChanged& fact =
      *draft->AddEvent().mutable_case_()->mutable_case_external_ids_changed();
  for (const v1::ExternalId& external_id : present) {
    if (HasExternalId(verb.remove_external_ids(), external_id)) continue;
    *fact.add_external_ids() = external_id;
  }
  for (const v1::ExternalId& external_id : verb.add_external_ids()) {
    if (HasExternalId(present, external_id)) continue;
    *fact.add_external_ids() = external_id;
  }
  // An imported case may have more; then ids can be removed.
  if (fact.external_ids_size() > std::max(kMaxCaseExternalIds, present.size())) {
    draft->Refuse(
        kReasonCaseChangeExternalIdsTooMany, "change_case_external_ids.add_external_ids",
        absl::StrCat("a case has ", kMaxCaseExternalIds, " ids in other systems at most"));
  }
}

}  // namespace domain
}  // namespace frontdesk
