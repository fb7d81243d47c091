// The state of an entity with the elements of its lists that a desk keeps as rows.
#ifndef FRONTDESK_TESTS_DESK_WHOLE_STATE_H_
#define FRONTDESK_TESTS_DESK_WHOLE_STATE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/row_lists.pb.h"

namespace frontdesk {
namespace testing {

// Reads the state, and each list in pages of that size. The result is the fold of all events.
inline absl::StatusOr<v1::EntityState> GetWhole(const Desk& desk, const v1::EntityRef& entity,
                                                int page_size = 1'000) {
  const absl::StatusOr<std::shared_ptr<const v1::EntityState>> shared = desk.Get(entity);
  if (!shared.ok()) return shared.status();
  v1::EntityState state = **shared;
  const auto entity_of = [](v1::EntityState& of) -> google::protobuf::Message* {
    const auto* arm = of.GetReflection()->GetOneofFieldDescriptor(
        of, v1::EntityState::descriptor()->oneof_decl(0));
    return of.GetReflection()->MutableMessage(&of, arm);
  };
  google::protobuf::Message* whole = entity_of(state);
  for (int i = 0; i < whole->GetDescriptor()->field_count(); ++i) {
    const auto* field = whole->GetDescriptor()->field(i);
    if (!field->options().HasExtension(v1::row_list)) continue;
    if (whole->GetReflection()->FieldSize(*whole, field) > 0) {
      return absl::InternalError("a state has elements that are rows");
    }
    RowPage page;
    page.page_size = page_size;
    do {
      absl::StatusOr<Rows> rows = desk.ReadRows(entity, field->name(), page);
      if (!rows.ok()) return rows.status();
      if (rows->state.version() != state.version()) return GetWhole(desk, entity, page_size);
      whole->MergeFrom(*entity_of(rows->state));
      page.after = rows->next;
    } while (page.after.has_value());
  }
  return state;
}

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_WHOLE_STATE_H_
