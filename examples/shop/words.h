// The words of the shop's files, beside frontdesk's.
#ifndef FRONTDESK_EXAMPLES_SHOP_WORDS_H_
#define FRONTDESK_EXAMPLES_SHOP_WORDS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "frontdesk/v1/command.pb.h"
#include "google/protobuf/message.h"

namespace retail_desk {

// The demo runs at one fixed instant, so that it gives the same bytes every time: 2024-05-15T15:00:00Z.
inline constexpr int64_t kNow = 1'715'785'200;

inline constexpr absl::string_view kPending = "pending";
inline constexpr absl::string_view kItemModified = "pending (item modified)";
inline constexpr absl::string_view kProcessed = "processed";
inline constexpr absl::string_view kDelivered = "delivered";
inline constexpr absl::string_view kReturnRequested = "return requested";
inline constexpr absl::string_view kExchangeRequested = "exchange requested";
inline constexpr absl::string_view kCanceled = "cancelled";

// The id of the one address of a customer, and the attribute that keeps the order of the customer's order ids. The
// ids are separated by line feeds: frontdesk's customers hold no list of their orders.
inline constexpr absl::string_view kAddressId = "default";
inline constexpr absl::string_view kOrderIdsAttribute = "order_ids";

// A command at kNow, from the program that brings the files in.
frontdesk::v1::Command ImportCommand(const google::protobuf::Message& verb);

// A command at kNow, from the desk.
frontdesk::v1::Command AgentCommand(const google::protobuf::Message& verb);

// The entity behind a gift card. The files know gift cards by customer only, so two customers may use one id.
std::string AccountId(absl::string_view customer_id, absl::string_view payment_method_id);

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_WORDS_H_
