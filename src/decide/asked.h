// A command with the properties that the options of its message declare, read once and handed from step to step. Private.
#ifndef FRONTDESK_SRC_DECIDE_ASKED_H_
#define FRONTDESK_SRC_DECIDE_ASKED_H_

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/field_faults.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace internal {

// One entity that a command refers to beside the one that it addresses.
struct Reference {
  const domain::ReferenceInfo* info = nullptr;
  v1::EntityKind kind = v1::ENTITY_KIND_UNSPECIFIED;
  // In the command.
  const std::string* id = nullptr;
  // The places in the repeated fields on the way.
  std::vector<int> indexes;

  v1::EntityRef entity() const;
  // Whether the command is refused when there is no such entity, whether it changes the entity, and whether the decision input has a
  // place for it.
  bool must_exist() const;
  bool is_changed() const;
  bool has_place() const { return info->input_field != nullptr; }
};

// One command. Immutable.
class Asked {
 public:
  // `command` is one that domain::FindCommand knows, and outlives this.
  explicit Asked(const v1::Command& command) : Asked(command, command.now()) {}
  // The same, decided at `now`, which outlives this too. `fields` is what the envelope found in the command.
  Asked(const v1::Command& command, const google::protobuf::Timestamp& now,
        domain::Fields fields = domain::Fields::kUnknown);

  const v1::Command& command() const { return command_; }
  const domain::CommandInfo& info() const { return info_; }
  // The message of the verb.
  const google::protobuf::Message& message() const { return message_; }
  // The instant decided at. That of the command is the given one.
  const google::protobuf::Timestamp& now() const { return now_; }
  domain::Fields fields() const { return fields_; }
  // The addressed entity. Without a kind and an id when the command addresses none.
  v1::EntityKind entity_kind() const { return entity_kind_; }
  const std::string& entity_id() const { return entity_id_; }
  v1::EntityRef entity() const;
  // Every reference that the command fills, in the order of the options and then of the fields.
  const std::vector<Reference>& references() const { return references_; }

  // The place of the id in the command, as a path from the command's field: "open_case.links[0]".
  std::string FieldOf(const Reference& reference) const;
  // That of the addressed entity: "cancel_order.order_id".
  std::string EntityField() const;

  // The id of the first reference whose entity the decision input holds in `input_field`; empty when there is none.
  const std::string& ReferencedId(absl::string_view input_field) const;

 private:
  const v1::Command& command_;
  const google::protobuf::Timestamp& now_;
  const domain::Fields fields_;
  const domain::CommandInfo& info_;
  const google::protobuf::Message& message_;
  const v1::EntityKind entity_kind_;
  const std::string& entity_id_;
  std::vector<Reference> references_;
};

// Asked about a customer whose own record does not show that it is the survivor of the one with that id: customers may be imported
// as merged.
using IsSurvivor = absl::FunctionRef<bool(const std::string& customer_id)>;

// Whether the decision input `arm` holds the entity that `reference` is about. Of a customer it may be the survivor instead.
bool IsLoaded(const Reference& reference, const google::protobuf::Message& arm,
              IsSurvivor is_survivor);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_ASKED_H_
