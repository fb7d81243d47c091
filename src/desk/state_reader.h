// The state that commands are decided on, read from a store. Private.
#ifndef FRONTDESK_SRC_DESK_STATE_READER_H_
#define FRONTDESK_SRC_DESK_STATE_READER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "decide/state_source.h"
#include "frontdesk/desk/store.h"

namespace frontdesk {
namespace internal {

// Reads entities from a store and remembers their versions, so that a commit can demand that they are unchanged.
class StateReader : public StateSource {
 public:
  // Verdicts of a key count for a time: up to `remember_for` before the instant of the command.
  StateReader(const Store& store, absl::Duration remember_for)
      : store_(store), remember_for_(remember_for) {}

  absl::StatusOr<std::shared_ptr<const v1::EntityState>> Get(v1::EntityKind kind,
                                                             const std::string& id) override;
  bool HasRead(v1::EntityKind kind, const std::string& id) const override;
  absl::StatusOr<std::vector<v1::Event>> History(const v1::EntityRef& entity, std::int64_t after,
                                                 std::int64_t most) override;
  absl::StatusOr<std::vector<std::string>> MergedCasesOf(const std::string& customer_id) override;
  absl::StatusOr<std::vector<std::string>> CustomersWith(
      const v1::ExternalId& external_id) override;
  absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> HeldRecord(
      const std::string& approval_id) override;
  absl::StatusOr<RememberedVerdict> FindRemembered(const v1::Command& command) override;

  // Every entity that was read.
  std::vector<ExpectedVersion> ExpectedVersions() const;

  // The time of the verdict under the command's key that counts no more; nothing when there is none.
  const absl::optional<absl::Time>& outdated() const { return outdated_; }

  // Every key of the index that was read.
  std::vector<ExpectedIndex> ExpectedIndexes() const;

 private:
  // The ids of all entities under a key of the index, ascending; the same ones each time.
  absl::StatusOr<std::vector<std::string>> ReadIndex(v1::EntityKind kind, const std::string& key);

  const Store& store_;
  const absl::Duration remember_for_;
  absl::optional<absl::Time> outdated_;
  std::map<std::pair<int, std::string>, std::shared_ptr<const v1::EntityState>> read_;
  std::map<std::pair<int, std::string>, std::vector<std::string>> read_index_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_STATE_READER_H_
