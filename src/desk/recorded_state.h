// The state that a command was decided on, as it was then. Private.
#ifndef FRONTDESK_SRC_DESK_RECORDED_STATE_H_
#define FRONTDESK_SRC_DESK_RECORDED_STATE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "desk/view_source.h"
#include "frontdesk/v1/journal.pb.h"

namespace frontdesk {
namespace internal {

// Serves what a journal record says that was read, in the versions of then. For anything else there is nothing: other code asks for
// it.
class RecordedState : public ViewSource {
 public:
  // Both outlive this.
  RecordedState(const event_log::View& view, const v1::JournalRecord& record);

  absl::StatusOr<std::shared_ptr<const v1::EntityState>> Get(v1::EntityKind kind,
                                                             const std::string& id) override;
  bool HasRead(v1::EntityKind kind, const std::string& id) const override;
  // Of the commands that were recorded before this one.
  absl::StatusOr<v1::Total> SumTotal(const TotalKey& key, absl::Time from) override;
  // Nothing: no input holds it.
  absl::StatusOr<absl::optional<absl::Time>> NewestTime() override;
  // Nothing is.
  absl::StatusOr<RememberedVerdict> FindRemembered(const v1::Command& command) override;

 private:
  absl::StatusOr<std::vector<std::string>> ReadKey(v1::EntityKind kind,
                                                   const std::string& key) override;

  const v1::JournalRecord& record_;
  std::map<Key, std::int64_t> versions_;
  // One view needs one check, whatever the number of lists.
  bool are_rows_checked_ = false;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_RECORDED_STATE_H_
