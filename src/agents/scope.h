// The entities that a call may read and change. Private.
#ifndef FRONTDESK_AGENTS_SCOPE_H_
#define FRONTDESK_AGENTS_SCOPE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "agents/json_reader.h"
#include "frontdesk/agents/toolset.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/interaction.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace agents {

// An entity that a message names. A plain struct.
struct NamedEntity {
  v1::EntityKind kind = v1::ENTITY_KIND_UNSPECIFIED;
  std::string id;
  // The JSON Pointer of the id in the message.
  std::string path;
  // The field of the id.
  const google::protobuf::FieldDescriptor* field = nullptr;
};

// Every entity that a message names, at any depth: each EntityRef, and each text field that has the name of an id of an entity. In the order
// in which fields are declared.
std::vector<NamedEntity> NamedEntities(const google::protobuf::Message& message);

// The scope of one call. Each entity is read once. Refers to reader and context. Thread-compatible.
class Scope {
 public:
  Scope(const Reader& reader, const CallContext& context) : reader_(reader), context_(context) {}

  // Reads the customer and the interaction of the context. INVALID_ARGUMENT AGENT_CONTEXT_INVALID with all violations.
  absl::Status Begin();

  // Whether the scope is less than the whole desk.
  bool is_bound() const { return !context_.whole_desk; }
  // The customer of the context, or its survivor; null: none.
  const v1::Customer* customer() const;
  // Its id; empty: none.
  const std::string& customer_id() const { return customer_id_; }
  // The interaction of the context; null: none.
  const v1::Interaction* interaction() const;
  // The level to which the identity of the customer is verified; 0 without one.
  int identity_level() const;

  // Whether an entity exists and is in scope. One that does not exist never is, unless the scope is the whole desk.
  absl::StatusOr<bool> Has(v1::EntityKind kind, const std::string& id);

  // Whether no entity that a message names is somebody else's. One that does not exist is nobody's.
  absl::StatusOr<bool> HasAll(const google::protobuf::Message& message);

  // A violation for each entity that the command's message names and that is out of scope. A command that creates an entity names the customer
  // of the scope.
  absl::StatusOr<std::vector<Violation>> CheckCommand(const domain::CommandInfo& info,
                                                      const google::protobuf::Message& message);
  // The same for the arguments of a tool that reads.
  absl::StatusOr<std::vector<Violation>> CheckRead(const google::protobuf::Message& message);

 private:
  struct Found {
    bool exists = false;
    bool is_own = false;
  };

  absl::StatusOr<std::shared_ptr<const v1::EntityState>> Read(v1::EntityKind kind,
                                                              const std::string& id);
  // The customer that replaces the one of that id; empty when there is none.
  absl::StatusOr<std::string> Survivor(std::string id);
  absl::StatusOr<Found> Find(v1::EntityKind kind, const std::string& id);
  absl::StatusOr<Found> Look(v1::EntityKind kind, const std::string& id);

  const Reader& reader_;
  const CallContext& context_;
  std::string customer_id_;
  std::shared_ptr<const v1::EntityState> customer_;
  std::shared_ptr<const v1::EntityState> interaction_;
  std::map<std::pair<int, std::string>, Found> found_;
};

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_SCOPE_H_
