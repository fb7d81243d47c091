#include "agents/summary.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "agents/render.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace agents {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The fields of a summary, of all kinds of entities. A kind has those of these names that it has.
constexpr absl::string_view kFields[] = {
    "customer_id", "interaction_id", "order_id",        "account_id",      "case_id",
    "approval_id", "order_number",   "state",           "state_name",      "kind",
    "subject",     "channel",        "direction",       "reason",          "command_name",
    "authority",   "currency_code",  "captured_amount", "refunded_amount", "owed_amount",
    "balance",     "priority",       "queue_id",        "place_time",      "deliver_time",
    "open_time",   "start_time",     "end_time",        "expire_time",     "request_time",
    "entity"};

void Copy(const Message& from, const FieldDescriptor& field, Message* to) {
  const Reflection& reflection = *from.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      reflection.MutableMessage(to, &field)->CopyFrom(reflection.GetMessage(from, &field));
      break;
    case FieldDescriptor::CPPTYPE_STRING:
      reflection.SetString(to, &field, reflection.GetString(from, &field));
      break;
    case FieldDescriptor::CPPTYPE_ENUM:
      reflection.SetEnumValue(to, &field, reflection.GetEnumValue(from, &field));
      break;
    case FieldDescriptor::CPPTYPE_INT32:
      reflection.SetInt32(to, &field, reflection.GetInt32(from, &field));
      break;
    default:
      break;
  }
}

}  // namespace

absl::Status WriteSummary(const Message& state, const Policy& policy, Scope& scope,
                          JsonWriter* json) {
  const std::unique_ptr<Message> few(state.New());
  std::vector<const FieldDescriptor*> fields;
  state.GetReflection()->ListFields(state, &fields);
  for (const FieldDescriptor* field : fields) {
    if (!field->is_repeated() &&
        std::find(std::begin(kFields), std::end(kFields), field->name()) != std::end(kFields)) {
      Copy(state, *field, few.get());
    }
  }
  return Renderer(policy, scope).WriteMessage(*few, json);
}

absl::Status WriteSummary(const v1::EntityState& state, const Policy& policy, Scope& scope,
                          JsonWriter* json) {
  const FieldDescriptor* arm =
      v1::EntityState::descriptor()->FindFieldByNumber(static_cast<int>(state.state_case()));
  if (arm == nullptr) {
    json->Raw("{}");
    return absl::OkStatus();
  }
  return WriteSummary(state.GetReflection()->GetMessage(state, arm), policy, scope, json);
}

}  // namespace agents
}  // namespace frontdesk
