// Reads that are made together, where the store is remote.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "event_log/fetched_rows.h"
#include "event_log/lazy_rows.h"
#include "event_log/rows.h"
#include "event_log/state_cache.h"
#include "frontdesk/event_log/event_log.h"

namespace frontdesk {
namespace event_log {
namespace {

// Events of an entity behind the copy of its state: mostly not more. Others are read when they are needed.
constexpr std::size_t kFewEvents = 32;

// The reads after which a view answers View::Get() of the entities and View::FindRemembered() of the keys. Of an entity whose state is in
// `cache`, its head alone.
std::vector<store::ScanRequest> RequestsOf(absl::Span<const v1::EntityRef> entities,
                                           absl::Span<const std::string> idempotency_keys,
                                           StateCache& cache) {
  std::vector<store::ScanRequest> requests;
  requests.reserve(entities.size() + idempotency_keys.size());
  for (const v1::EntityRef& entity : entities) {
    requests.push_back(store::RequestOf({kHeads, EntityKey(entity.kind(), entity.id())}));
    if (cache.FindLast(entity.kind(), entity.id()).second != nullptr) continue;
    const std::string prefix = EventsPrefix(entity.kind(), entity.id());
    requests.push_back({store::RangeOf(kStates, prefix), 1, /*descending=*/true});
    requests.push_back({store::RangeOf(kEvents, prefix), kFewEvents, /*descending=*/true});
  }
  for (const std::string& key : idempotency_keys) {
    requests.push_back(store::RequestOf({kRemembered, key}));
  }
  return requests;
}

}  // namespace

StoredState View::GetKnown(v1::EntityKind kind, const std::string& id) const {
  StoredState known;
  std::tie(known.head, known.state) = cache_->FindLast(kind, id);
  return known;
}

absl::StatusOr<View> View::Fetch(absl::Span<const v1::EntityRef> entities,
                                 absl::Span<const std::string> idempotency_keys) const {
  std::vector<store::ScanRequest> requests = RequestsOf(entities, idempotency_keys, *cache_);
  absl::StatusOr<std::vector<std::vector<store::Row>>> rows = rows_->ScanAll(requests);
  if (!rows.ok()) return ReadError(rows.status());
  return View(std::make_shared<const FetchedRows>(rows_, std::move(requests), *std::move(rows)),
              fold_, cache_);
}

View EventLog::ReadLater() const {
  View view(std::make_shared<const LazyRows>(store_, last_position_.load()), options_.fold, cache_);
  view.is_remote_ = is_remote();
  return view;
}

void EventLog::NotePosition(std::int64_t position) const {
  std::int64_t last = last_position_.load();
  while (last < position && !last_position_.compare_exchange_weak(last, position)) {
  }
}

}  // namespace event_log
}  // namespace frontdesk
