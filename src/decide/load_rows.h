// Reading the elements of lists that a decision needs. Private.
#ifndef FRONTDESK_SRC_DECIDE_LOAD_ROWS_H_
#define FRONTDESK_SRC_DECIDE_LOAD_ROWS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "decide/asked.h"
#include "decide/state_source.h"
#include "domain/row_lists.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace internal {

// An element that a command names, of a list of an entity.
struct LoadedRow {
  v1::EntityRef entity;
  const domain::RowList* list;
  StoredRow row;
};

// Puts the elements that the command names, and those that it needs beside them, into the lists of the entities in the arm of the input,
// which are loaded. A lent entity is copied before. Each is put into `rows` too, once.
absl::Status LoadRows(const Asked& asked, const CommandLimits& limits, StateSource* source,
                      v1::DecisionInput* input, std::vector<LoadedRow>* rows);

// RESOURCE_EXHAUSTED RELATED_TOO_MANY when there are more than the limit.
absl::Status CheckRelated(std::size_t count, int max_related);

// A list of cases whose elements are rows.
const domain::RowList& CaseList(absl::string_view name);

// Calls `visit` with each element of a list of the case.
template <typename Element, typename Visitor>
absl::Status ForEachElement(const v1::Case& one, absl::string_view name, StateSource* source,
                            Visitor visit) {
  const int list = CaseList(name).field->number();
  absl::optional<RowPosition> after;
  while (true) {
    constexpr int kPiece = 1'000;
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<StoredRow> rows,
                               source->Rows(domain::RefOf(one), list, after, kPiece));
    for (const StoredRow& row : rows) {
      Element element;
      if (!element.ParseFromString(row.element)) return domain::InvalidElementError();
      visit(element);
    }
    if (rows.size() < kPiece) return absl::OkStatus();
    after = rows.back().position;
  }
}

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_LOAD_ROWS_H_
