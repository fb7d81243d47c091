#include "domain/row_lists.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/row_lists.pb.h"
#include "internal/canonical.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using internal::CanonicalBytes;

constexpr std::size_t kFewElements = 4;

std::vector<RowList> MakeLists(const Descriptor& entity) {
  std::vector<RowList> lists;
  const Reflection* const access =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&entity)->GetReflection();
  for (int i = 0; i < entity.field_count(); ++i) {
    const FieldDescriptor* field = entity.field(i);
    if (!field->options().HasExtension(v1::row_list)) continue;
    RowList& list = lists.emplace_back();
    list.field = field;
    list.access = access;
    for (const std::string& name : field->options().GetExtension(v1::row_list).key()) {
      list.key.push_back(field->message_type()->FindFieldByName(name));
    }
  }
  std::sort(lists.begin(), lists.end(), [](const RowList& a, const RowList& b) {
    return a.field->number() < b.field->number();
  });
  return lists;
}

// The message of an entity.
struct EntityMessage {
  const Descriptor* message;
  v1::EntityKind kind;
  const FieldDescriptor* id;
  std::vector<RowList> lists;
};

const std::vector<EntityMessage>& AllEntities() {
  static const auto* const all = [] {
    auto* entities = new std::vector<EntityMessage>();
    for (int i = 0; i < v1::EntityKind_ARRAYSIZE; ++i) {
      const auto kind = static_cast<v1::EntityKind>(i);
      const std::string noun(EntityKindNoun(kind));
      const FieldDescriptor* arm = v1::EntityState::descriptor()->FindFieldByName(noun);
      if (arm == nullptr) continue;
      const Descriptor* entity = arm->message_type();
      entities->push_back(
          {entity, kind, entity->FindFieldByName(noun + "_id"), MakeLists(*entity)});
    }
    return entities;
  }();
  return *all;
}

// Null for a message of another type.
const EntityMessage* FindEntityMessage(const Descriptor* message) {
  for (const EntityMessage& each : AllEntities()) {
    if (each.message == message) return &each;
  }
  return nullptr;
}

}  // namespace

absl::Span<const RowList> RowListsOf(const Descriptor& entity) {
  const EntityMessage* const found = FindEntityMessage(&entity);
  if (found == nullptr) return {};
  return found->lists;
}

const RowList* FindRowList(const FieldDescriptor& field) {
  for (const RowList& list : RowListsOf(*field.containing_type())) {
    if (list.field == &field) return &list;
  }
  return nullptr;
}

const RowList* FindRowList(v1::EntityKind kind, absl::string_view name) {
  for (const EntityMessage& entity : AllEntities()) {
    if (entity.kind != kind) continue;
    for (const RowList& list : entity.lists) {
      if (list.field->name() == name) return &list;
    }
  }
  return nullptr;
}

std::string RowName(const RowList& list, const Message& named) {
  const Reflection& access = *named.GetReflection();
  const Descriptor* const type = named.GetDescriptor();
  const bool is_element = type == list.field->message_type();
  std::string name;
  for (const FieldDescriptor* of_element : list.key) {
    const FieldDescriptor* field =
        is_element ? of_element : type->FindFieldByName(of_element->name());
    if (field == nullptr) continue;  // A test checks that there is none.
    if (!name.empty()) name.push_back('/');
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      absl::StrAppend(&name, access.GetEnumValue(named, field));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      absl::StrAppend(&name, access.GetInt64(named, field));
    } else {
      std::string scratch;
      name += access.GetStringReference(named, field, &scratch);
    }
  }
  return name;
}

v1::EntityRef RefOf(const Message& entity) {
  v1::EntityRef ref;
  const EntityMessage* const found = FindEntityMessage(entity.GetDescriptor());
  if (found == nullptr) return ref;
  ref.set_kind(found->kind);
  ref.set_id(entity.GetReflection()->GetString(entity, found->id));
  return ref;
}

Message* MutableEntity(v1::EntityState* state) {
  switch (state->state_case()) {
    case v1::EntityState::kCustomer:
      return state->mutable_customer();
    case v1::EntityState::kInteraction:
      return state->mutable_interaction();
    case v1::EntityState::kOrder:
      return state->mutable_order();
    case v1::EntityState::kAccount:
      return state->mutable_account();
    case v1::EntityState::kCase:
      return state->mutable_case_();
    case v1::EntityState::kApproval:
      return state->mutable_approval();
    case v1::EntityState::kDesk:
      return state->mutable_desk();
    case v1::EntityState::STATE_NOT_SET:
      break;
  }
  return nullptr;
}

Message* SetEntity(v1::EntityKind kind, v1::EntityState* state) {
  return state->GetReflection()->MutableMessage(
      state, v1::EntityState::descriptor()->FindFieldByName(std::string(EntityKindNoun(kind))));
}

absl::Status InvalidElementError() {
  return MakeError(kReasonStoreCorrupt, "an element of a list is not valid");
}

absl::StatusOr<Message*> AddElement(const RowList& list, absl::string_view bytes, Message* entity) {
  const Reflection& access = *entity->GetReflection();
  Message* element = access.AddMessage(entity, list.field);
  if (element->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return element;
  access.RemoveLast(entity, list.field);
  return InvalidElementError();
}

void ClearRows(Message* entity) {
  for (const RowList& list : RowListsOf(*entity->GetDescriptor())) {
    if (list.access->FieldSize(*entity, list.field) > 0)
      list.access->ClearField(entity, list.field);
  }
}

absl::Status RowTracker::Load(const RowList& list, RowPosition position, absl::string_view element,
                              Message* entity) {
  FRONTDESK_ASSIGN_OR_RETURN(const Message* added, AddElement(list, element, entity));
  known_.push_back({&list, RowName(list, *added), position, std::string(element)});
  return absl::OkStatus();
}

void RowTracker::Note(std::int64_t version, const Message& entity,
                      std::vector<RowChange>* changes) {
  for (const RowList& list : RowListsOf(*entity.GetDescriptor())) {
    NoteList(list, version, entity, changes);
  }
}

void RowTracker::Clear(Message* entity) const {
  const RowList* cleared = nullptr;
  for (const Known& known : known_) {
    // The elements of a list are next to each other.
    if (known.list != cleared) known.list->access->ClearField(entity, known.list->field);
    cleared = known.list;
  }
}

void RowTracker::NoteList(const RowList& list, std::int64_t version, const Message& entity,
                          std::vector<RowChange>* changes) {
  const Reflection& access = *list.access;
  const int size = access.FieldSize(entity, list.field);
  // Most lists are empty, and stay so.
  if (size == 0 && known_.empty()) return;
  // Mostly these few are all of the entity.
  if (known_.capacity() == 0) known_.reserve(kFewElements);
  if (changes->capacity() == 0) changes->reserve(kFewElements);
  // The known elements of the list move to the end of `known_`, as they are now.
  std::vector<Known> old;
  if (!known_.empty()) {
    const auto before = std::stable_partition(
        known_.begin(), known_.end(), [&list](const Known& known) { return known.list != &list; });
    old.assign(std::make_move_iterator(before), std::make_move_iterator(known_.end()));
    known_.erase(before, known_.end());
  }
  const auto note_removal = [&](Known& gone) {
    changes->push_back({list.field->number(), gone.name, gone.position, version,
                        /*element=*/{}, std::move(gone.element)});
  };
  std::int32_t place = 0;
  std::size_t next =
      0;  // Elements stay in their order, so this one of `old` is the first that may come.
  for (int i = 0; i < size; ++i) {
    const Message& element = access.GetRepeatedMessage(entity, list.field, i);
    Known now = {&list, RowName(list, element), {}, CanonicalBytes(element)};
    std::size_t same = next;
    while (same < old.size() && old[same].name != now.name) ++same;
    if (same < old.size()) {
      now.position = old[same].position;
      for (; next < same; ++next) {
        note_removal(old[next]);
      }
      ++next;
      if (old[same].element != now.element) {
        changes->push_back({list.field->number(), now.name, now.position, version, now.element,
                            std::move(old[same].element)});
      }
    } else {
      now.position = {version, place++};
      changes->push_back({list.field->number(), now.name, now.position, version, now.element, {}});
    }
    known_.push_back(std::move(now));
  }
  for (; next < old.size(); ++next) note_removal(old[next]);
}

}  // namespace domain
}  // namespace frontdesk
