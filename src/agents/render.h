// Messages of the desk as JSON for a model: what the purpose needs. Private.
#ifndef FRONTDESK_AGENTS_RENDER_H_
#define FRONTDESK_AGENTS_RENDER_H_

#include "absl/status/status.h"
#include "agents/json_writer.h"
#include "agents/scope.h"
#include "frontdesk/policy/policy.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace agents {

// Writes messages by the class of each field: CallAnswer::json says how. Refers to the scope.
class Renderer {
 public:
  // `policy` is the active one: it demands the level of identity for personal data.
  Renderer(const Policy& policy, Scope& scope);

  // Writes the fields of `message` that are set as one object. Errors: those of the store.
  absl::Status WriteMessage(const google::protobuf::Message& message, JsonWriter* json);

 private:
  bool IsShown(const google::protobuf::Message& message,
               const google::protobuf::FieldDescriptor& field) const;
  absl::Status WriteMembers(const google::protobuf::Message& message, bool by_company,
                            JsonWriter* json);
  absl::Status WriteElement(const google::protobuf::Message& message,
                            const google::protobuf::FieldDescriptor& field, int index,
                            bool by_company, JsonWriter* json);
  absl::Status WriteText(const google::protobuf::FieldDescriptor& field, const std::string& text,
                         bool by_company, JsonWriter* json);
  absl::Status WriteInner(const google::protobuf::Message& message, bool by_company,
                          JsonWriter* json);

  Scope& scope_;
  const bool shows_personal_;
};

// "3600s", "1.500000000s".
std::string DurationText(const google::protobuf::Duration& duration);

// RFC 3339, in UTC.
std::string TimeText(const google::protobuf::Timestamp& timestamp);

// The level of identity that the policy demands for showing personal data: that of DiscloseCustomer; 0: none.
int LevelForPersonalData(const Policy& policy);

// An object that takes the place of a value that is not shown: {"hidden":"PERSONAL"}.
void WriteHidden(absl::string_view why, JsonWriter* json);

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_RENDER_H_
