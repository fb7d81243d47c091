#include "desk/case_policy.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

void CheckMatrix(const v1::CasePolicy& policy, const IssueSink& add_error) {
  std::set<std::pair<int, int>> pairs;
  for (int i = 0; i < policy.priority_matrix_size(); ++i) {
    const v1::PriorityCell& cell = policy.priority_matrix(i);
    const std::string path = absl::StrCat("cases.priority_matrix[", i, "]");
    const auto require = [&](int value, absl::string_view name) {
      if (value >= 1) return;
      // A number that is not set stands nowhere but in its cell.
      add_error(kReasonPolicyPriorityCellRange, value == 0 ? path : absl::StrCat(path, ".", name),
                absl::StrCat(name, " is at least 1"));
    };
    require(cell.impact(), "impact");
    require(cell.urgency(), "urgency");
    require(cell.priority(), "priority");
    if (!pairs.emplace(cell.impact(), cell.urgency()).second) {
      add_error(kReasonPolicyPriorityCellDuplicate, path,
                absl::StrCat("an earlier cell is for impact ", cell.impact(), " and urgency ",
                             cell.urgency()));
    }
  }
}

void CheckStateNames(const v1::CasePolicy& policy, const IssueSink& add_error) {
  std::set<std::string> names;
  for (int i = 0; i < policy.state_names_size(); ++i) {
    const v1::CaseStateName& name = policy.state_names(i);
    const std::string path = absl::StrCat("cases.state_names[", i, "]");
    if (name.name().empty()) {
      add_error(kReasonPolicyStateNameEmpty, path, "a name has letters");
    } else if (!names.insert(name.name()).second) {
      add_error(kReasonPolicyStateNameDuplicate, absl::StrCat(path, ".name"),
                "an earlier state has this name");
    }
    if (name.state() == v1::Case::STATE_UNSPECIFIED) {
      add_error(kReasonPolicyStateNameState, path, "a name is for a state");
    } else if (name.state() == v1::Case::STATE_MERGED || !v1::Case_State_IsValid(name.state())) {
      add_error(kReasonPolicyStateNameState, absl::StrCat(path, ".state"),
                "a name is for any state that is known, but for MERGED");
    }
  }
}

void CheckRemedies(const v1::CasePolicy& policy, const IssueSink& add_error) {
  std::set<std::string> names;
  for (int i = 0; i < policy.remedies_size(); ++i) {
    const v1::Remedy& remedy = policy.remedies(i);
    const std::string path = absl::StrCat("cases.remedies[", i, "]");
    if (remedy.name().empty()) {
      add_error(kReasonPolicyRemedyNameEmpty, path, "a name has letters");
    } else if (!names.insert(remedy.name()).second) {
      add_error(kReasonPolicyRemedyNameDuplicate, absl::StrCat(path, ".name"),
                "an earlier remedy has this name");
    }
    if (remedy.code().empty()) {
      add_error(kReasonPolicyRemedyCodeEmpty, path, "a case is resolved with a code");
    }
    if (remedy.has_amount() && (!CheckMoney(remedy.amount()).ok() || remedy.amount().units() < 0)) {
      add_error(kReasonPolicyRemedyAmount, absl::StrCat(path, ".amount"),
                "an amount is in a currency of ISO 4217 and not below zero");
    }
    for (int k = 0; k < remedy.kinds_size(); ++k) {
      if (remedy.kinds(k) != v1::Case::KIND_UNSPECIFIED && v1::Case_Kind_IsValid(remedy.kinds(k))) {
        continue;
      }
      add_error(kReasonPolicyRemedyKind, absl::StrCat(path, ".kinds[", k, "]"),
                "a remedy is for kinds of cases that are known");
    }
  }
}

}  // namespace

void CheckCasePolicy(const v1::CasePolicy& policy, const IssueSink& add_error) {
  CheckMatrix(policy, add_error);
  CheckStateNames(policy, add_error);
  CheckRemedies(policy, add_error);
  if (!policy.has_reopen_window()) return;
  const google::protobuf::Duration& window = policy.reopen_window();
  if (!IsValid(window) || window.seconds() < 0 || window.nanos() < 0) {
    add_error(kReasonPolicyReopenWindowRange, "cases.reopen_window",
              "a window is a duration of at least 0");
  }
}

}  // namespace internal
}  // namespace frontdesk
