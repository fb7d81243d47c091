// Faults of single fields in a command or in facts: texts that are no ids (base/id_text.h), and values of enums that this
// build does not know.
//
//   for (const frontdesk::domain::FieldFault& each : frontdesk::domain::FindFieldFaults(command)) {
//     std::cout << each.field << " " << each.text << "\n";
//   }
#ifndef FRONTDESK_DOMAIN_FIELD_FAULTS_H_
#define FRONTDESK_DOMAIN_FIELD_FAULTS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/base/reason.h"

namespace google {
namespace protobuf {
class Message;
}  // namespace protobuf
}  // namespace google

namespace frontdesk {
namespace domain {

// A field with a fault. A plain struct.
struct FieldFault {
  // The path of the field: "order.cancel_order.order_id".
  std::string field;
  // ID_TOO_LONG, ID_ENCODING, ID_CHARACTER or ARGUMENT_UNKNOWN_VALUE; never null.
  const Reason* reason = nullptr;
  // The fault for people, without the text of the field.
  std::string text;
};

// Whether it is known, before the arguments of a command are checked, that FindFieldFaults() finds nothing in it. The checks then leave
// that out.
enum class Fields { kUnknown, kSound };

// Every text field of data class INTERNAL in `message`, at any depth, that is not an id, and every
// enum field with a number that has no name. In the order in which fields are declared. A number
// without a name may mean anything to the newer program that wrote it. `path` is the path to
// `message`, empty for none. Types that neither v1.Command nor v1.Facts contains are not looked
// into. Linear in the message.
std::vector<FieldFault> FindFieldFaults(const google::protobuf::Message& message,
                                        absl::string_view path = "");

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_FIELD_FAULTS_H_
