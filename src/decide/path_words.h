// Paths of a decision input in words: "the delivery time of the order" of order.deliver_time. Private.
#ifndef FRONTDESK_SRC_DECIDE_PATH_WORDS_H_
#define FRONTDESK_SRC_DECIDE_PATH_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace internal {

// One part of a path: a field, or an element of the list before it.
struct PathPart {
  std::string name;  // "lines"; empty for an element.
  int index = -1;    // From 0; -1 for a field.
  // The field; null where the path is not one of the input.
  const google::protobuf::FieldDescriptor* field = nullptr;
};

// A path, read against the message that it begins at.
struct Path {
  std::vector<PathPart> parts;
  // The last field; null when it is not known.
  const google::protobuf::FieldDescriptor* field() const;
  // Whether the last part is a number of minor units: of an amount, or of the price of a piece.
  bool is_minor_units() const;
  bool is_time() const;
  bool is_list() const;
};

// "order.lines[2].quantity" below `input`, which may be null. `path` may begin at an element of a list, whose message is `input`
// then. No part for a path that is no such text.
Path ReadPath(absl::string_view path, const google::protobuf::Descriptor* input);

// The path as a noun: "the quantity of line 3", "the amount" of command.refund_order.amount, "the total of the order" of
// order.totals.total.units. `element` is the noun of the element that the path begins at; empty for a path of the input.
std::string PathWords(const Path& path, absl::string_view element = {});

// A field name as words, without an article: "delivery time" of deliver_time, "customer" of customer_id.
std::string FieldWords(absl::string_view name);

// "line" of "lines", "delivery" of "deliveries", "method" of "payment_methods"' last word with the words before it.
std::string SingularWords(absl::string_view name);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_PATH_WORDS_H_
