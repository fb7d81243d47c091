// The time of a command that changes items of an order with many lines.
#ifndef FRONTDESK_TESTS_BENCH_ORDER_GROWTH_H_
#define FRONTDESK_TESTS_BENCH_ORDER_GROWTH_H_

#include <memory>
#include <string>

#include "frontdesk/policy/policy.h"

namespace frontdesk {

// Which rows, and how far they are measured. A plain struct.
struct OrderGrowthSize {
  // The first letters of the rows.
  std::string only;
  // The lines of the long order.
  int lines = 1'000;
  int rounds = 9;
};

// Prints the rows change_line_N, for one line of N and of ten, and changes_100_discounts_100_lines_N.
void MeasureOrderGrowth(const OrderGrowthSize& size, const std::shared_ptr<const Policy>& policy);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_ORDER_GROWTH_H_
