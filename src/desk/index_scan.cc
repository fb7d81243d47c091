#include "desk/index_scan.h"

#include <algorithm>

#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

IndexScan::IndexScan(const event_log::View& view, IndexQuery query,
                     absl::optional<IndexPosition> after, int piece)
    : view_(view), query_(std::move(query)), after_(std::move(after)), piece_(piece) {}

absl::Status IndexScan::Begin() {
  begun_ = true;
  // An empty id comes before all ids.
  const absl::optional<std::int64_t>& first = query_.descending ? query_.end : query_.start;
  if (first.has_value()) {
    const IndexPosition ahead{*first, ""};
    if (!after_.has_value() || Precedes(*after_, ahead)) after_ = ahead;
  }
  for (std::string& key : query_.keys) sources_.push_back({std::move(key), {}, 0});
  Source places;
  for (IndexPosition& place : query_.places) {
    if (!after_.has_value() || Precedes(*after_, place)) places.piece.push_back(std::move(place));
  }
  std::sort(places.piece.begin(), places.piece.end(),
            [this](const IndexPosition& a, const IndexPosition& b) { return Precedes(a, b); });
  sources_.push_back(std::move(places));
  for (std::size_t i = 0; i < sources_.size(); ++i) FRONTDESK_RETURN_IF_ERROR(Push(i));
  return absl::OkStatus();
}

bool IndexScan::IsBehindEnd(const IndexPosition& position) const {
  return query_.descending ? query_.start.has_value() && position.sort < *query_.start
                           : query_.end.has_value() && position.sort >= *query_.end;
}

absl::Status IndexScan::Push(std::size_t index) {
  Source& source = sources_[index];
  if (source.at == source.piece.size() && !source.key.empty()) {
    IndexPage page;
    page.after = source.piece.empty() ? after_ : source.piece.back();
    page.page_size = piece_;
    page.descending = query_.descending;
    FRONTDESK_ASSIGN_OR_RETURN(source.piece, view_.Find(query_.kind, source.key, page));
    source.at = 0;
    if (source.piece.size() < static_cast<std::size_t>(piece_)) source.key.clear();
  }
  if (source.at == source.piece.size()) return absl::OkStatus();
  if (IsBehindEnd(source.piece[source.at])) {
    source.key.clear();
    source.at = source.piece.size();
    return absl::OkStatus();
  }
  heap_.emplace_back(source.piece[source.at++], index);
  std::push_heap(heap_.begin(), heap_.end(), Later());
  return absl::OkStatus();
}

absl::StatusOr<absl::optional<IndexPosition>> IndexScan::Next() {
  if (!begun_) FRONTDESK_RETURN_IF_ERROR(Begin());
  absl::optional<IndexPosition> next;
  while (!heap_.empty()) {
    if (next.has_value() && !(heap_.front().first == *next)) break;
    std::pop_heap(heap_.begin(), heap_.end(), Later());
    const auto [position, source] = std::move(heap_.back());
    heap_.pop_back();
    next = position;
    FRONTDESK_RETURN_IF_ERROR(Push(source));
  }
  return next;
}

}  // namespace internal
}  // namespace frontdesk
