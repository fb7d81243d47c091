#include "event_log/pending_rows.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "internal/sha256.h"
#include "store/check_batches.h"

namespace frontdesk {
namespace event_log {

using store::Row;
using store::Value;
using store::Write;

void PendingRows::Add(store::Batch batch) {
  std::int64_t after = position();
  if (store::HasPosition(batch)) ++after;
  positions_.push_back(after);
  const auto number = static_cast<std::uint32_t>(batches_.size());
  for (std::size_t i = 0; i < batch.writes.size(); ++i) {
    tables_[batch.writes[i].key.table].waiting.emplace_back(number, static_cast<std::uint32_t>(i));
  }
  batches_.push_back(std::move(batch));
}

const std::string& PendingRows::LinkOf(std::size_t batches) const {
  if (links_.empty()) links_.push_back(below_->link());
  while (links_.size() <= batches) {
    const store::Batch& batch = batches_[links_.size() - 1];
    const std::string digest =
        batch.late_value == nullptr ? batch.digest : internal::Sha256(batch.late_value->Make());
    links_.push_back(digest.empty() ? links_.back() : store::NextLink(links_.back(), digest));
  }
  return links_[batches];
}

const PendingRows::Rows* PendingRows::RowsOf(std::uint8_t number) const {
  const auto found = tables_.find(number);
  if (found == tables_.end()) return nullptr;
  Table& table = found->second;
  for (const auto& [batch, place] : table.waiting) {
    const Write& write = batches_[batch].writes[place];
    const std::string position = store::EncodePosition(positions_[batch]);
    std::string key = write.key.bytes;
    if (store::IsBehindKey(write.position)) key += position;
    Value value = write.value;
    if (store::BytesBehindValue(write.position) > 0) {
      const store::LateValue* const late =
          write.position == Write::Position::kBehindKeyLinkBehindValue
              ? batches_[batch].late_value.get()
              : nullptr;
      value = store::MakeValue(absl::StrCat(
          late == nullptr ? *value : late->Make(),
          store::BehindValue(write.position, position, LinkOf(batch + std::size_t{1}))));
    }
    table.rows[std::move(key)] = std::move(value);
  }
  table.waiting.clear();
  return &table.rows;
}

absl::StatusOr<Value> PendingRows::Get(const store::Key& key) const {
  if (const Rows* const rows = RowsOf(key.table)) {
    const auto found = rows->find(key.bytes);
    if (found != rows->end()) return found->second;
  }
  return below_->Get(key);
}

absl::StatusOr<std::vector<Row>> PendingRows::Scan(const store::Range& range, std::size_t most,
                                                   bool descending) const {
  const Rows* const in_table = RowsOf(range.table);
  if (in_table == nullptr) return below_->Scan(range, most, descending);
  const auto first = in_table->lower_bound(range.begin);
  const auto last = range.end.has_value() ? in_table->lower_bound(*range.end) : in_table->end();
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
