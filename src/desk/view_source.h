// The answers of a view that two sources of state have in common. Private.
#ifndef FRONTDESK_SRC_DESK_VIEW_SOURCE_H_
#define FRONTDESK_SRC_DESK_VIEW_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "decide/state_source.h"
#include "frontdesk/event_log/event_log.h"

namespace frontdesk {
namespace internal {

// Reads earlier states and records from a view, and knows the keys of the index. How the index is read is left to the source.
class ViewSource : public StateSource {
 public:
  absl::StatusOr<std::shared_ptr<const v1::EntityState>> GetAt(const v1::EntityRef& entity,
                                                               std::int64_t version) final;
  absl::StatusOr<absl::optional<StoredRow>> FindRow(const v1::EntityRef& entity, int list,
                                                    absl::string_view name) final;
  absl::StatusOr<std::vector<StoredRow>> Rows(const v1::EntityRef& entity, int list,
                                              absl::optional<RowPosition> after, int most) final;
  absl::StatusOr<std::vector<std::string>> MergedCasesOf(const std::string& customer_id) final;
  absl::StatusOr<std::vector<std::string>> EntitiesWith(v1::EntityKind kind, bool of_parts,
                                                        const v1::ExternalId& external_id) final;
  absl::StatusOr<std::string> PartWith(const v1::EntityRef& entity,
                                       const v1::ExternalId& external_id) final;
  absl::StatusOr<std::vector<std::string>> OrdersWithReference(absl::string_view reference) final;
  absl::StatusOr<std::vector<std::string>> WaitingApprovalsOf(const v1::EntityRef& entity) final;
  absl::StatusOr<std::vector<std::string>> WaitingRequests(absl::string_view hash) final;
  absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> CausingRecord(
      const v1::EntityRef& entity, std::int64_t version) final;
  absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> HeldRecord(
      const std::string& approval_id) final;
  absl::StatusOr<absl::optional<v1::Effect>> FindEffect(absl::string_view effect_id) final;
  absl::StatusOr<absl::optional<v1::PolicyRef>> FindPolicy(absl::string_view hash) override;

 protected:
  // `view` outlives this.
  explicit ViewSource(const event_log::View& view) : view_(view) {}

  const event_log::View& view() const { return view_; }

  // The key of an entity, or of an index, in maps.
  using Key = std::pair<int, std::string>;
  static Key KeyOf(v1::EntityKind kind, const std::string& text) {
    return {static_cast<int>(kind), text};
  }

 private:
  // The ids of all entities under a key of the index, ascending; the same ones each time.
  virtual absl::StatusOr<std::vector<std::string>> ReadKey(v1::EntityKind kind,
                                                           const std::string& key) = 0;

  const event_log::View& view_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_VIEW_SOURCE_H_
