// Checks of arguments that several commands of cases share. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_ARGUMENTS_H_
#define FRONTDESK_DOMAIN_CASE_CASE_ARGUMENTS_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/arguments.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {

// A number of the company's own scale of impact, urgency or priority; 0 is not set.
inline void CheckCaseScale(const FieldPath& field, int32_t value, ArgumentChecker* checker) {
  checker->CheckRange(field, value, 0, INT32_MAX);
}

// The arguments of ResolveCase and CorrectResolution.
template <typename Verb>
void CheckResolutionArguments(const FieldPath& root, const Verb& verb, ArgumentChecker* checker) {
  checker->RequireText({&root, "code"}, verb.code());
  if (!verb.has_remedy_amount()) return;
  if (verb.remedy().empty()) {
    checker->Add({&root, "remedy"}, kReasonArgumentRequired,
                 "is required when remedy_amount is set");
  }
  checker->CheckAmount({&root, "remedy_amount"}, verb.remedy_amount(), 0);
}

// The text about a priority that is not the one of the matrix, which has `priority`; 0: it has none.
inline std::string PriorityDiffersText(int32_t impact, int32_t urgency, int32_t priority) {
  if (priority == 0) return "by the policy's matrix, the priority follows from impact and urgency";
  return absl::StrCat("by the policy's matrix, impact ", impact, " and urgency ", urgency,
                      " have the priority ", priority);
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_ARGUMENTS_H_
