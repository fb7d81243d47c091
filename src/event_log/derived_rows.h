// The rows that are made from other rows of a store: states, the index, the words of texts, the order of the outbox, totals. They carry a version, and are made again where a
// store has an older one. Private.
//
// One row has the version. While rows are being made, it has the version that they will have, and how far they are: each batch expects
// the row as it was, and moves it on. So a process that was killed is continued by the next one that opens the store, and of several
// that make rows at the same time one makes each batch. Whoever writes events expects the row as it was when it was opened: a process of
// an older version writes no event from the first batch on.
#ifndef FRONTDESK_SRC_EVENT_LOG_DERIVED_ROWS_H_
#define FRONTDESK_SRC_EVENT_LOG_DERIVED_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "event_log/rows.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/store/store.h"

namespace frontdesk {
namespace event_log {

// The version of the rows that this code makes. It is one more with every change of their contents, also with each change of the
// states that events fold to.
inline constexpr std::int64_t kDerivedVersion = 7;

// Rows that are made together. A plain struct.
struct DerivedRows {
  // They hold nothing else, and are emptied before. None: the rows are changed where they are.
  std::vector<Table> tables;
  // Adds rows that follow from those of `rows`, from `place` on, to the batch: some hundreds, or all that are left. Returns the place behind
  // them; nothing: these were the last ones. The first place is empty. `view` has the same rows. Rows that change without an event
  // are expected as they were read.
  absl::StatusOr<absl::optional<std::string>> (*make)(const View& view, const store::Snapshot& rows,
                                                      absl::string_view place, store::Batch* batch);
};

// All of them. Another one is one line here, and one more of kDerivedVersion.
absl::Span<const DerivedRows> AllDerivedRows();

// How far a store's derived rows are. A plain struct.
struct DerivedProgress {
  std::int64_t version = 0;
  // Nothing: they are complete. Else the number of a step, from 0: two for each of AllDerivedRows(), which remove the rows and make them.
  absl::optional<int> step;
  // Where the step continues.
  std::string place;
};
std::string EncodeProgress(const DerivedProgress& progress);
// Nothing for other bytes.
absl::optional<DerivedProgress> DecodeProgress(absl::string_view bytes);

// FAILED_PRECONDITION STORE_NOT_USABLE unless the rows are complete and of this version. `current` is the row of the version, null
// without one.
absl::Status CheckDerivedVersion(const store::Snapshot& rows, const store::Value& current);

// The next batch of making the rows, and the row of the version behind it. A plain struct.
struct DerivedBatch {
  store::Batch batch;
  // Null: they are complete as they are, and the batch is empty.
  store::Value next;
};
// `current` is the row of the version, null without one. `view` has the rows of `rows`. FAILED_PRECONDITION STORE_NOT_USABLE when the
// version is newer; DATA_LOSS STORE_CORRUPT.
absl::StatusOr<DerivedBatch> NextDerivedBatch(const View& view, const store::Snapshot& rows,
                                              const store::Value& current);

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_DERIVED_ROWS_H_
