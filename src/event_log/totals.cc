// Reading totals.
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "event_log/read_rows.h"
#include "event_log/rows.h"
#include "event_log/total_rows.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {
namespace {

// How many rows are read at a time.
constexpr std::size_t kTotalPiece = 1'000;

}  // namespace

absl::StatusOr<SummedTotal> View::SumTotal(const TotalKey& key, absl::Time from,
                                           std::int64_t before) const {
  SummedTotal summed;
  ReadTotal& read = summed.read;
  read.list = TotalList(key);
  const store::Range list = store::RangeOf(kTotals, read.list);
  read.end.range = list;
  store::Range range = list;
  if (before < std::numeric_limits<std::int64_t>::max()) {
    range.end = TotalRowKey(read.list, before);
  }
  Counted sum;
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(std::vector<store::Row> found, ScanRows(*rows_, range, kTotalPiece));
    if (!found.empty()) range.begin = found.back().key + '\0';
    const bool is_last = found.size() < kTotalPiece;
    for (store::Row& row : found) {
      const absl::optional<std::int64_t> position = DecodeTotalPosition(read.list, row.key);
      const absl::optional<CountedRow> counted = DecodeCountedRow(*row.value);
      if (!position.has_value() || !counted.has_value()) {
        return CorruptError("a counted command is not valid");
      }
      if (counted->time >= from) sum.Add(*counted);
      // Nothing is added before a row, so that the last one is enough.
      if (*position > committed_) {
        read.pending.push_back({{kTotals, row.key}, row.value});
      } else {
        read.end.range.begin = row.key;
        read.end.keys.clear();
      }
      read.end.keys.push_back(std::move(row.key));
    }
    if (is_last) break;
  }
  FRONTDESK_ASSIGN_OR_RETURN(summed.total, sum.Make());
  return summed;
}

}  // namespace event_log
}  // namespace frontdesk
