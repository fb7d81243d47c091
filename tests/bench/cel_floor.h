// The baseline of the language: the same conditions as a person writes them in C++.
#ifndef FRONTDESK_TESTS_BENCH_CEL_FLOOR_H_
#define FRONTDESK_TESTS_BENCH_CEL_FLOOR_H_

#include "frontdesk/v1/decision_input.pb.h"

namespace frontdesk {

// Total above a constant, tier equal, state in two, delivered less than 720 hours ago. Our customers' tier is a word of
// the company's own, so the customer's state is the enum here.
bool IsRecentLargeOrder(const v1::OrderDecisionInput& input);

// The same condition as IsRecentLargeOrder, with the times compared as integers, which a programmer writes where speed counts. Absent times
// are those of 1970, as there.
bool IsRecentLargeOrderByNumbers(const v1::OrderDecisionInput& input);

// The same with text where the other has enums: the tier, and the currency for the state.
bool IsRecentLargeOrderByText(const v1::OrderDecisionInput& input);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_CEL_FLOOR_H_
