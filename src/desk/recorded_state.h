// The state that a command was decided on, as it was then. Private.
#ifndef FRONTDESK_SRC_DESK_RECORDED_STATE_H_
#define FRONTDESK_SRC_DESK_RECORDED_STATE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "decide/state_source.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/v1/journal.pb.h"

namespace frontdesk {
namespace internal {

// Serves what a journal record says that was read, in the versions of then. For anything else there is nothing: other code asks for
// it.
class RecordedState : public StateSource {
 public:
  // Both outlive this.
  RecordedState(const event_log::View& view, const v1::JournalRecord& record);

  absl::StatusOr<std::shared_ptr<const v1::EntityState>> Get(v1::EntityKind kind,
                                                             const std::string& id) override;
  bool HasRead(v1::EntityKind kind, const std::string& id) const override;
  absl::StatusOr<std::shared_ptr<const v1::EntityState>> GetAt(const v1::EntityRef& entity,
                                                               std::int64_t version) override;
  absl::StatusOr<std::vector<std::string>> MergedCasesOf(const std::string& customer_id) override;
  absl::StatusOr<std::vector<std::string>> CustomersWith(
      const v1::ExternalId& external_id) override;
  absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> HeldRecord(
      const std::string& approval_id) override;
  // Nothing is.
  absl::StatusOr<RememberedVerdict> FindRemembered(const v1::Command& command) override;

 private:
  std::vector<std::string> ReadKey(v1::EntityKind kind, const std::string& key) const;

  const event_log::View& view_;
  const v1::JournalRecord& record_;
  std::map<std::pair<int, std::string>, std::int64_t> versions_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_RECORDED_STATE_H_
