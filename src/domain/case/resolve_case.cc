#include <set>
#include <string>

#include "domain/case/case_arguments.h"
#include "domain/case/case_draft.h"
#include "domain/case/case_resolution.h"
#include "frontdesk/domain/case/case_state.h"
#include "frontdesk/domain/case/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;

// Adds the effects that propose to resolve what this case caused, which is resolved by `code` now.
void ProposeResolutions(const std::string& code, CaseDraft* draft) {
  std::set<std::string> seen = {draft->current().case_id()};
  for (const Case& caused : draft->input().caused_cases()) {
    if (!IsWorkedOn(caused.state()) || !seen.insert(caused.case_id()).second) continue;
    v1::ProposeResolution& proposal =
        *draft->AddEffect().mutable_case_()->mutable_propose_resolution();
    proposal.set_case_id(caused.case_id());
    proposal.set_cause_case_id(draft->current().case_id());
    proposal.set_code(code);
  }
}

}  // namespace

void CheckResolveCase(const FieldPath& root, const v1::CaseCommand& command,
                      ArgumentChecker* checker) {
  CheckResolutionArguments(root, command.resolve_case(), checker);
}

void DecideResolveCase(CaseDraft* draft) {
  const v1::ResolveCase& verb = draft->command().resolve_case();
  if (draft->assessment().remedy_problem() == v1::CaseAssessment::REMEDY_PROBLEM_UNKNOWN) {
    draft->Refuse(kReasonCaseResolveRemedyUnknown, "resolve_case.remedy",
                  "the policy lists remedies, and this is not one for cases of that kind");
  } else if (draft->assessment().remedy_problem() == v1::CaseAssessment::REMEDY_PROBLEM_AMOUNT) {
    draft->Refuse(kReasonCaseResolveRemedyAmount, "resolve_case.remedy_amount",
                  "the policy lists the remedy with another amount, or with none");
  }
  draft->CheckTime(kReasonCaseResolveTime);
  draft->CheckStateName(kReasonCaseResolveNameUnknown, "resolve_case.state_name");
  v1::CaseResolved& fact = *draft->AddEvent().mutable_case_()->mutable_case_resolved();
  fact.set_state_name(verb.state_name());
  v1::Resolution& resolution = *fact.mutable_resolution();
  SetResolution(verb, &resolution);
  resolution.set_resolver_id(draft->input().actor().actor_id());
  *resolution.mutable_time() = draft->input().now();
  if (draft->input().has_occur_time()) {
    *resolution.mutable_occur_time() = draft->input().occur_time();
  }
  ProposeResolutions(verb.code(), draft);
}

}  // namespace domain
}  // namespace frontdesk
