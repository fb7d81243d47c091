#include "report_floor.h"

#include "frontdesk/decide/decide.h"
#include "printed_rows.h"

namespace frontdesk {

PairCounts ReplayLoop(const std::vector<v1::DecisionInput>& inputs, const Policy& before,
                      const Policy& after) {
  PairCounts counts{};
  for (const v1::DecisionInput& input : inputs) {
    const auto old = before.Decide(input, {}, nullptr, rules::TraceLevel::kFired);
    const auto now = after.Decide(input, {}, nullptr, rules::TraceLevel::kFired);
    if (!old.ok() || !now.ok()) Die("an input cannot be decided");
    ++counts[old->outcome()][now->outcome()];
  }
  return counts;
}

PairCounts BacktestLoop(const Reader& reader, const std::vector<v1::JournalRecord>& records,
                        const Policy& before, const Policy& after) {
  PairCounts counts{};
  for (const v1::JournalRecord& record : records) {
    const auto rebuilt = reader.DecisionInputOf(record.record_id());
    if (!rebuilt.ok()) Die(rebuilt.status().ToString());
    const auto decide = [&](const Policy& policy) {
      return Decide(rebuilt->input(), record.command(), policy, {}, rules::TraceLevel::kFired);
    };
    const auto old = decide(before);
    const auto now = decide(after);
    if (!old.ok() || !now.ok()) Die("a command cannot be decided");
    ++counts[old->verdict()][now->verdict()];
  }
  return counts;
}

}  // namespace frontdesk
