// Reading lists whose elements are rows. Private.
#ifndef FRONTDESK_SRC_DESK_ROW_READER_H_
#define FRONTDESK_SRC_DESK_ROW_READER_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "domain/row_lists.h"
#include "frontdesk/event_log/event_log.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace internal {

// Adds the element to the list of the entity. DATA_LOSS STORE_CORRUPT.
absl::Status AddRow(const StoredRow& row, const domain::RowList& list,
                    google::protobuf::Message* entity);

// Reads lists whole, up to a number of elements together.
class RowReader {
 public:
  // `view` outlives this.
  RowReader(const event_log::View& view, int max_rows) : view_(view), max_rows_(max_rows) {}

  // Puts the elements of the list of that name, in the version of `state`, into it; the list must exist. RESOURCE_EXHAUSTED
  // FIND_ROWS_TOO_MANY; as the store fails.
  absl::Status ReadInto(absl::string_view list, v1::EntityState* state);

 private:
  const event_log::View& view_;
  const int max_rows_;
  int count_ = 0;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_ROW_READER_H_
