// The bytes of an entry of the log, without a message. Private.
#ifndef FRONTDESK_SRC_EVENT_LOG_ENTRY_BYTES_H_
#define FRONTDESK_SRC_EVENT_LOG_ENTRY_BYTES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/common.pb.h"

namespace frontdesk {
namespace event_log {

// The canonical bytes of a v1::LogEntry without position and link. Everything but the hashes is written at once; the hashes are those of
// the rows that the entry refers to, made by Make(). Thread-compatible; immutable once it is complete.
class EntryBytes : public store::LateValue {
 public:
  EntryBytes() { bytes_.reserve(kRoom); }

  // The parts, in this order; `row` is the row of the part.
  void AddEvent(const v1::EntityRef& entity, std::int64_t version, store::Value row);
  void SetRecord(absl::string_view record_id, store::Value row);
  void SetPolicy(absl::string_view hash, store::Value row);

  // Costs a hash of each row.
  std::string Make() const override;
  std::size_t size() const override { return bytes_.size(); }

 private:
  // The entry of a command with one event is not larger.
  static constexpr std::size_t kRoom = 192;

  void AppendTag(int field, bool is_number);
  void AppendText(int field, absl::string_view text);
  void AppendHash(int field, store::Value row);

  // With zeros in place of the hashes.
  std::string bytes_;
  // Where each hash goes, and the row that it is of.
  absl::InlinedVector<std::pair<std::size_t, store::Value>, 3> hashes_;
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_ENTRY_BYTES_H_
