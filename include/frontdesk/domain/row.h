// Rows: the elements of an entity's lists that are kept beside its state (frontdesk/v1/row_lists.proto).
//
//   const frontdesk::RowPosition first{7, 0};  // the first element that event 7 added
//   std::cout << (first < frontdesk::RowPosition{7, 1}) << "\n";  // 1
#ifndef FRONTDESK_DOMAIN_ROW_H_
#define FRONTDESK_DOMAIN_ROW_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/types/optional.h"

namespace frontdesk {

// The place of an element in its list, for ever. A plain struct.
struct RowPosition {
  // The version of the event that added the element.
  std::int64_t version = 0;
  // Its number among the elements that this event added, from 0.
  std::int32_t place = 0;

  friend bool operator==(const RowPosition& a, const RowPosition& b) {
    return a.version == b.version && a.place == b.place;
  }
  friend bool operator<(const RowPosition& a, const RowPosition& b) {
    return std::make_pair(a.version, a.place) < std::make_pair(b.version, b.place);
  }
};

// An element as it was read. A plain struct.
struct StoredRow {
  RowPosition position;
  // Canonical bytes of its message.
  std::string element;
};

// A change of an element by an event. A plain struct.
struct RowChange {
  // The number of the list's field in the entity's message.
  int list = 0;
  // Empty: the element has no name.
  std::string name;
  RowPosition position;
  // The version of the event.
  std::int64_t version = 0;
  // The element as canonical bytes. Nothing: it was removed.
  absl::optional<std::string> element;
  // The element before, likewise. Nothing: it is new.
  absl::optional<std::string> before = absl::nullopt;
};

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ROW_H_
