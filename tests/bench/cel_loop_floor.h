// The baseline of comprehensions: the same loops as a person writes them in C++.
#ifndef FRONTDESK_TESTS_BENCH_CEL_LOOP_FLOOR_H_
#define FRONTDESK_TESTS_BENCH_CEL_LOOP_FLOOR_H_

#include <vector>

#include "frontdesk/v1/decision_input.pb.h"

namespace frontdesk {

// Every line has a piece ordered and costs less than 1000.
bool AllLinesSmall(const v1::OrderDecisionInput& input);
// Some line is of this product.
bool HasProduct(const v1::OrderDecisionInput& input);
// How many lines cost more than 100, by way of a list of them.
int CountDearLines(const v1::OrderDecisionInput& input);
// The amounts of all lines, doubled.
std::vector<int64_t> DoubledAmounts(const v1::OrderDecisionInput& input);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_CEL_LOOP_FLOOR_H_
