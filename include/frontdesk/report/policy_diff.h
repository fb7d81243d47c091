// The differences of two policy packs, rule by rule.
//
//   for (const frontdesk::v1::PolicyDifference& difference :
//        frontdesk::report::ComparePacks(before->pack(), after->pack())) {
//     std::cout << frontdesk::report::FormatDifference(difference);
//   }
//
// Their consequences for recorded work: frontdesk/report/backtest.h.
#ifndef FRONTDESK_REPORT_POLICY_DIFF_H_
#define FRONTDESK_REPORT_POLICY_DIFF_H_

#include <string>
#include <vector>

#include "frontdesk/v1/backtest.pb.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace report {

// Every difference: of the pack, then of each rule set in the order of the earlier pack, then of the sets that only the later one has. Rule sets
// and rules are the same when they have the same id; where they are written in the pack makes no difference. Pure; O(size of the packs).
std::vector<v1::PolicyDifference> ComparePacks(const v1::PolicyPack& before,
                                               const v1::PolicyPack& after);

// A difference as text for people, one to three lines.
std::string FormatDifference(const v1::PolicyDifference& difference);

}  // namespace report
}  // namespace frontdesk

#endif  // FRONTDESK_REPORT_POLICY_DIFF_H_
