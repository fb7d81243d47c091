// Messages with an order as points of terms. Private to rules/.
#ifndef FRONTDESK_RULES_ORDERED_MESSAGE_H_
#define FRONTDESK_RULES_ORDERED_MESSAGE_H_

#include <vector>

#include "absl/types/optional.h"
#include "frontdesk/cel/type.h"
#include "frontdesk/cel/value.h"
#include "frontdesk/rules/rule_set.h"
#include "google/protobuf/message.h"
#include "rules/point.h"

namespace frontdesk {
namespace rules {

// The order of messages of that type; null: none is known.
const OrderedMessage* FindOrdered(const std::vector<OrderedMessage>& ordered,
                                  const cel::Type& type);

// Its point. That of a message without a kind is the one of a message that is not set: operators treat both alike.
Point PointOfMessage(const OrderedMessage& ordered, const google::protobuf::Message& message);

// The point of a constant; nothing when it has no kind.
absl::optional<Point> PointOfConstant(const OrderedMessage& ordered, const cel::Value& value);

// Makes a message have the point.
void WriteOrdered(const OrderedMessage& ordered, const Point& point,
                  google::protobuf::Message* message);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_ORDERED_MESSAGE_H_
