#include "event_log/fetched_rows.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace event_log {

using store::Range;
using store::Row;
using store::Value;

namespace {

// Whether all keys of `range` are in `known`.
bool Covers(const Range& known, const Range& range) {
  if (known.table != range.table || range.begin < known.begin) return false;
  return !known.end.has_value() || (range.end.has_value() && *range.end <= *known.end);
}

// The part of a request in which every row is known: all of it, unless there may be more rows than were asked for.
Range KnownPart(const store::ScanRequest& request, const std::vector<Row>& rows) {
  Range range = request.range;
  if (rows.size() < request.most) return range;
  if (rows.empty()) {
    range.end = range.begin;
  } else if (request.descending) {
    range.begin = rows.back().key;
  } else {
    range.end = rows.back().key + '\0';
  }
  return range;
}

}  // namespace

FetchedRows::FetchedRows(std::shared_ptr<const store::Snapshot> below,
                         std::vector<store::ScanRequest> requests,
                         std::vector<std::vector<Row>> rows)
    : below_(std::move(below)) {
  known_.reserve(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    Known known = {KnownPart(requests[i], rows[i]), std::move(rows[i])};
    if (requests[i].descending) std::reverse(known.rows.begin(), known.rows.end());
    known_.push_back(std::move(known));
  }
  std::stable_sort(known_.begin(), known_.end(), [](const Known& a, const Known& b) {
    return std::tie(a.range.table, a.range.begin) < std::tie(b.range.table, b.range.begin);
  });
}

absl::StatusOr<Value> FetchedRows::Get(const store::Key& key) const {
  const store::ScanRequest request = store::RequestOf(key);
  absl::StatusOr<std::vector<Row>> rows = Scan(request.range, 1, /*descending=*/false);
  if (!rows.ok()) return rows.status();
  return rows->empty() ? Value() : std::move(rows->front().value);
}

absl::StatusOr<std::vector<Row>> FetchedRows::Scan(const Range& range, std::size_t most,
                                                   bool descending) const {
  // The last one that begins before the range, or with it.
  auto place = std::upper_bound(known_.begin(), known_.end(), range,
                                [](const Range& wanted, const Known& known) {
                                  return std::tie(wanted.table, wanted.begin) <
                                         std::tie(known.range.table, known.range.begin);
                                });
  if (place == known_.begin() || !Covers(std::prev(place)->range, range)) {
    return below_->Scan(range, most, descending);
  }
  const std::vector<Row>& rows = std::prev(place)->rows;
  const auto comes_before = [](const Row& row, absl::string_view key) { return row.key < key; };
  auto first = std::lower_bound(rows.begin(), rows.end(), range.begin, comes_before);
  auto last = range.end.has_value() ? std::lower_bound(first, rows.end(), *range.end, comes_before)
                                    : rows.end();
  const auto count = std::min<std::size_t>(most, static_cast<std::size_t>(last - first));
  if (!descending) return std::vector<Row>(first, first + static_cast<std::ptrdiff_t>(count));
  std::vector<Row> found(last - static_cast<std::ptrdiff_t>(count), last);
  std::reverse(found.begin(), found.end());
  return found;
}

}  // namespace event_log
}  // namespace frontdesk
