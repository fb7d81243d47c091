// The baselines of the reports: plain loops that decide the same inputs under both policies and count the pairs of outcomes.
#ifndef FRONTDESK_TESTS_BENCH_REPORT_FLOOR_H_
#define FRONTDESK_TESTS_BENCH_REPORT_FLOOR_H_

#include <array>
#include <cstdint>
#include <vector>

#include "frontdesk/desk/reader.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/journal.pb.h"

namespace frontdesk {

// The number of inputs, by outcome or verdict before, then after; both are enums of four values.
using PairCounts = std::array<std::array<std::int64_t, 4>, 4>;

// Asks both policies about each input.
PairCounts ReplayLoop(const std::vector<v1::DecisionInput>& inputs, const Policy& before,
                      const Policy& after);

// Makes the input of each record again, and decides its command under both policies.
PairCounts BacktestLoop(const Reader& reader, const std::vector<v1::JournalRecord>& records,
                        const Policy& before, const Policy& after);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_REPORT_FLOOR_H_
