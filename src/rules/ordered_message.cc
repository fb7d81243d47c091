#include "rules/ordered_message.h"

#include <string>

namespace frontdesk {
namespace rules {

using google::protobuf::Message;

const OrderedMessage* FindOrdered(const std::vector<OrderedMessage>& ordered,
                                  const cel::Type& type) {
  for (const OrderedMessage& each : ordered) {
    if (type.kind() == cel::TypeKind::kMessage &&
        type.descriptor() == each.number->containing_type())
      return &each;
  }
  return nullptr;
}

Point PointOfMessage(const OrderedMessage& ordered, const Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::string kind = reflection.GetString(message, ordered.kind);
  if (kind.empty()) return Point::Kind("", 0);
  return Point::Kind(std::move(kind), reflection.GetInt64(message, ordered.number));
}

absl::optional<Point> PointOfConstant(const OrderedMessage& ordered, const cel::Value& value) {
  if (!value.is_message()) return absl::nullopt;
  const Message& message = value.message_value();
  if (message.GetDescriptor() != ordered.number->containing_type()) return absl::nullopt;
  Point point = PointOfMessage(ordered, message);
  if (point.text.empty()) return absl::nullopt;
  return point;
}

void WriteOrdered(const OrderedMessage& ordered, const Point& point, Message* message) {
  const google::protobuf::Reflection& reflection = *message->GetReflection();
  reflection.SetInt64(message, ordered.number, static_cast<int64_t>(point.whole));
  reflection.SetString(message, ordered.kind, point.text);
}

}  // namespace rules
}  // namespace frontdesk
