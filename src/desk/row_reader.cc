#include "desk/row_reader.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

absl::Status AddRow(const StoredRow& row, const domain::RowList& list,
                    google::protobuf::Message* entity) {
  return domain::AddElement(list, row.element, entity).status();
}

absl::Status RowReader::ReadInto(absl::string_view list, v1::EntityState* state) {
  const domain::RowList& rows = *domain::FindRowList(state->entity().kind(), list);
  google::protobuf::Message* entity = domain::MutableEntity(state);
  RowPage page;
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(
        const std::vector<StoredRow> found,
        view_.Rows(state->entity(), rows.field->number(), state->version(), page));
    count_ += static_cast<int>(found.size());
    if (count_ > max_rows_) {
      return MakeError(kReasonFindRowsTooMany, absl::StrCat("max_rows is ", max_rows_));
    }
    for (const StoredRow& row : found) FRONTDESK_RETURN_IF_ERROR(AddRow(row, rows, entity));
    if (static_cast<int>(found.size()) < page.page_size) return absl::OkStatus();
    page.after = found.back().position;
  }
}

}  // namespace internal
}  // namespace frontdesk
