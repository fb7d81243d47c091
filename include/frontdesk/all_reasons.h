// Every reason that frontdesk itself gives, gathered from the rooms. Issues in the expressions of a policy have reasons besides:
// CEL_ and one of cel::IssueCodes() (cel/issue.h).
//
//   for (const frontdesk::Reason& reason : frontdesk::AllReasons()) {
//     std::cout << reason << ": " << reason.text << "\n";
//   }
#ifndef FRONTDESK_ALL_REASONS_H_
#define FRONTDESK_ALL_REASONS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/agents/reasons.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/calendar/reasons.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/account/reasons.h"
#include "frontdesk/domain/approval/reasons.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/customer/reasons.h"
#include "frontdesk/domain/desk/reasons.h"
#include "frontdesk/domain/interaction/reasons.h"
#include "frontdesk/domain/order/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/event_log/reasons.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/report/reasons.h"
#include "frontdesk/rules/reasons.h"

namespace frontdesk {

// All of them, room by room. Static storage; thread-safe.
inline const std::vector<Reason>& AllReasons() {
  static const auto* const all = [] {
    auto* gathered = new std::vector<Reason>();
    for (const absl::Span<const Reason> room :
         {absl::MakeSpan(kBaseReasons), absl::MakeSpan(kCalendarReasons),
          absl::MakeSpan(kRulesReasons),
          absl::MakeSpan(kDomainReasons), absl::MakeSpan(kCustomerReasons),
          absl::MakeSpan(kInteractionReasons), absl::MakeSpan(kOrderReasons),
          absl::MakeSpan(kAccountReasons), absl::MakeSpan(kCaseReasons),
          absl::MakeSpan(kApprovalReasons), absl::MakeSpan(kDeskCommandReasons),
          absl::MakeSpan(kPolicyReasons), absl::MakeSpan(kEventLogReasons),
          absl::MakeSpan(kDecideReasons), absl::MakeSpan(kDeskReasons),
          absl::MakeSpan(kReportReasons), absl::MakeSpan(kAgentsReasons)}) {
      gathered->insert(gathered->end(), room.begin(), room.end());
    }
    return gathered;
  }();
  return *all;
}

// The reason of that word; null when there is none. Linear time; thread-safe.
inline const Reason* FindReason(absl::string_view word) { return FindReason(AllReasons(), word); }

}  // namespace frontdesk

#endif  // FRONTDESK_ALL_REASONS_H_
