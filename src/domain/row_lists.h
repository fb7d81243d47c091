// The lists of entities whose elements are rows of their own (frontdesk/v1/row_lists.proto). Private.
#ifndef FRONTDESK_SRC_DOMAIN_ROW_LISTS_H_
#define FRONTDESK_SRC_DOMAIN_ROW_LISTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/domain/row.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace domain {

// One list. Immutable; it lives as long as the program.
struct RowList {
  // In the message of the entity.
  const google::protobuf::FieldDescriptor* field = nullptr;
  // Of that message. A message looks it up each time it is asked.
  const google::protobuf::Reflection* access = nullptr;
  // The fields of an element that are its name; none when it has none.
  std::vector<const google::protobuf::FieldDescriptor*> key;
};

// The lists of an entity, by the number of the field.
absl::Span<const RowList> RowListsOf(const google::protobuf::Descriptor& entity);

// The list that this field is, or the list of that name; null when there is none.
const RowList* FindRowList(const google::protobuf::FieldDescriptor& field);
const RowList* FindRowList(v1::EntityKind kind, absl::string_view name);

// The name of an element. `named` is the element itself, or another message that has the fields of its name.
std::string RowName(const RowList& list, const google::protobuf::Message& named);

// The entity whose message this is.
v1::EntityRef RefOf(const google::protobuf::Message& entity);

// The message of the entity in a state; null when there is none.
google::protobuf::Message* MutableEntity(v1::EntityState* state);

// Makes the state one of an entity of that kind, in which nothing is set, and returns its message. The kind must be known.
google::protobuf::Message* SetEntity(v1::EntityKind kind, v1::EntityState* state);

// DATA_LOSS STORE_CORRUPT: the bytes of an element are not valid.
absl::Status InvalidElementError();

// Adds an element, read from its bytes, to a list, and returns it. InvalidElementError().
absl::StatusOr<google::protobuf::Message*> AddElement(const RowList& list, absl::string_view bytes,
                                                      google::protobuf::Message* entity);

// Removes the elements of all lists.
void ClearRows(google::protobuf::Message* entity);

// The elements in the lists of one entity, while events are folded into it.
class RowTracker {
 public:
  // Puts an element, which is kept at that place, into its list. InvalidElementError().
  absl::Status Load(const RowList& list, RowPosition position, absl::string_view element,
                    google::protobuf::Message* entity);

  // Says how an event of that version, which was folded into `entity` just now, changed the elements, at the end of `changes`.
  void Note(std::int64_t version, const google::protobuf::Message& entity,
            std::vector<RowChange>* changes);

  // Removes the elements of all lists of `entity` as it was noted last.
  void Clear(google::protobuf::Message* entity) const;

 private:
  struct Known {
    const RowList* list;
    std::string name;
    RowPosition position;
    std::string element;
  };

  void NoteList(const RowList& list, std::int64_t version, const google::protobuf::Message& entity,
                std::vector<RowChange>* changes);

  // In the order of each list.
  std::vector<Known> known_;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DOMAIN_ROW_LISTS_H_
