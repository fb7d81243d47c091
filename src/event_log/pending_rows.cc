#include "event_log/pending_rows.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/check_batches.h"

namespace frontdesk {
namespace event_log {

using store::Row;
using store::Value;
using store::Write;

void PendingRows::Add(const store::Batch& batch) {
  if (store::HasPosition(batch)) ++position_;
  if (!batch.digest.empty()) link_ = store::NextLink(link_, batch.digest);
  const std::string position = store::EncodePosition(position_);
  Rows* table = nullptr;
  std::uint8_t number = 0;
  for (const Write& write : batch.writes) {
    std::string key = write.key.bytes;
    Value value = write.value;
    if (store::IsBehindKey(write.position)) key += position;
    if (store::BytesBehindValue(write.position) > 0) {
      value = store::MakeValue(
          absl::StrCat(*value, store::BehindValue(write.position, position, link_)));
    }
    if (table == nullptr || number != write.key.table) {
      number = write.key.table;
      table = &tables_[number];
    }
    (*table)[std::move(key)] = std::move(value);
  }
}

absl::StatusOr<Value> PendingRows::Get(const store::Key& key) const {
  const auto table = tables_.find(key.table);
  if (table != tables_.end()) {
    const auto found = table->second.find(key.bytes);
    if (found != table->second.end()) return found->second;
  }
  return below_->Get(key);
}

absl::StatusOr<std::vector<Row>> PendingRows::Scan(const store::Range& range, std::size_t most,
                                                   bool descending) const {
  const auto table = tables_.find(range.table);
  if (table == tables_.end()) return below_->Scan(range, most, descending);
  const auto first = table->second.lower_bound(range.begin);
  const auto last =
      range.end.has_value() ? table->second.lower_bound(*range.end) : table->second.end();
  if (first == last) return below_->Scan(range, most, descending);
  std::vector<std::pair<std::string, Value>> pending(first, last);
  if (descending) std::reverse(pending.begin(), pending.end());
  // Each pending row takes the place of one below at most.
  absl::StatusOr<std::vector<Row>> below = below_->Scan(range, most + pending.size(), descending);
  if (!below.ok()) return below;
  const auto comes_first = [descending](const std::string& a, const std::string& b) {
    return descending ? b < a : a < b;
  };
  std::vector<Row> rows;
  auto old = below->begin();
  for (auto& [key, value] : pending) {
    for (; old != below->end() && comes_first(old->key, key); ++old)
      rows.push_back(std::move(*old));
    if (old != below->end() && old->key == key) ++old;
    if (value != nullptr) rows.push_back({std::move(key), std::move(value)});
  }
  for (; old != below->end(); ++old) rows.push_back(std::move(*old));
  if (rows.size() > most) rows.resize(most);
  return rows;
}

}  // namespace event_log
}  // namespace frontdesk
