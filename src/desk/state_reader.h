// The state that commands are decided on, read from a log. Private.
#ifndef FRONTDESK_SRC_DESK_STATE_READER_H_
#define FRONTDESK_SRC_DESK_STATE_READER_H_

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "desk/view_source.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/policy/policy.h"

namespace frontdesk {
namespace internal {

// Reads the contents of one moment, and keeps a list of the rows, so that a commit can demand that they are unchanged.
class StateReader : public ViewSource {
 public:
  // How states come from the store.
  enum class Reading {
    kOneByOne,
    // In few exchanges, for a store that is remote.
    kTogether,
    // The same, but a state that is in memory counts as the newest one, a command that creates an entity meets none, its key is new, and no approval waits. So a decision
    // counts only once its batch is committed.
    kPresumed,
  };

  // Verdicts of a key count for a time: up to `remember_for` before the instant of the command. `offered` is kept with the command; null:
  // none is.
  StateReader(const event_log::View& view, absl::Duration remember_for,
              const Policy* offered = nullptr, Reading reading = Reading::kOneByOne)
      : ViewSource(view), remember_for_(remember_for), offered_(offered), reading_(reading) {
    read_.reserve(kFewReads);
  }

  bool is_presumed() const { return reading_ == Reading::kPresumed; }

  bool ReadsAhead() const override { return reading_ != Reading::kOneByOne; }
  void Expect(std::vector<v1::EntityRef> named, v1::EntityRef created) override;
  absl::StatusOr<std::shared_ptr<const v1::EntityState>> Get(v1::EntityKind kind,
                                                             const std::string& id) override;
  bool HasRead(v1::EntityKind kind, const std::string& id) const override;
  absl::StatusOr<v1::Total> SumTotal(const TotalKey& key, absl::Time from) override;
  absl::StatusOr<absl::optional<v1::PolicyRef>> FindPolicy(absl::string_view hash) override;
  absl::StatusOr<absl::optional<absl::Time>> NewestTime() override;
  absl::StatusOr<RememberedVerdict> FindRemembered(const v1::Command& command) override;

  // Every entity that was read, every key of the index, and every list of counted commands. The keys and lists are released: nothing may
  // be read behind that.
  std::vector<event_log::ReadEntity> ReadEntities() const;
  std::vector<event_log::ReadIndex> TakeIndexes();
  std::vector<event_log::ReadTotal> TakeTotals() { return std::move(read_totals_); }

  // The same for the journal: what a decision read, in the order of kinds and ids.
  void AddReads(v1::JournalRecord* record) const;

  // An entity that was read; nothing in it when it was not, or there is none.
  event_log::StoredState Stored(const v1::EntityRef& entity) const;

  // The row of the command's key, when its outcome counts no more; null when there was none.
  const store::Value& outdated() const { return outdated_; }

  // Whether FindRemembered() was called, and the row of the key that it found; null when there was none.
  bool has_read_outcome() const { return has_read_outcome_; }
  const store::Value& outcome_row() const { return outcome_row_; }

  // The result of NewestTime(), and its row; null when the instant is that of the last record.
  const absl::optional<absl::Time>& newest_time() const { return newest_time_; }
  const store::Value& newest_time_row() const { return newest_time_row_; }

 private:
  absl::StatusOr<std::vector<std::string>> ReadKey(v1::EntityKind kind,
                                                   const std::string& key) override;
  absl::StatusOr<event_log::StoredState> ReadState(v1::EntityKind kind, const std::string& id);
  // Of the two kinds of reading that fetch.
  absl::StatusOr<event_log::StoredState> FetchState(v1::EntityKind kind, const std::string& id);

  const absl::Duration remember_for_;
  const Policy* const offered_;
  const Reading reading_;
  store::Value outdated_;
  bool has_read_outcome_ = false;
  store::Value outcome_row_;
  absl::optional<absl::Time> newest_time_;
  store::Value newest_time_row_;
  // One thing that was read: under an id of an entity, or a key of the index.
  template <typename Value>
  struct Read {
    v1::EntityKind kind;
    std::string text;
    Value value;
  };
  // Commands read few things: in the order of kinds and texts, one piece of memory.
  template <typename Value>
  using Reads = std::vector<Read<Value>>;
  static constexpr std::size_t kFewReads = 6;

  // The place of that kind and text in `reads`, or that before which it belongs.
  template <typename AnyReads>
  static auto FindPlace(AnyReads& reads, v1::EntityKind kind, absl::string_view text) {
    return std::lower_bound(reads.begin(), reads.end(), text,
                            [kind](const auto& read, absl::string_view wanted) {
                              return read.kind != kind ? read.kind < kind : read.text < wanted;
                            });
  }
  template <typename AnyReads, typename Place>
  static bool IsAt(const AnyReads& reads, Place place, v1::EntityKind kind,
                   absl::string_view text) {
    return place != reads.end() && place->kind == kind && place->text == text;
  }

  Reads<event_log::StoredState> read_;
  // Entities that will be read, those that were fetched for that, and the one that the command creates; empty: none.
  std::vector<v1::EntityRef> expected_;
  Reads<event_log::StoredState> fetched_;
  v1::EntityRef created_;
  Reads<std::vector<IndexPosition>> read_index_;
  // One for each list.
  std::vector<event_log::ReadTotal> read_totals_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_STATE_READER_H_
