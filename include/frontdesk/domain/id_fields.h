// The ids in a command or in facts, and names of words of a policy, checked by the rule of
// base/id_text.h.
//
//   for (const frontdesk::domain::IdFieldFault& each : frontdesk::domain::FindIdFaults(command)) {
//     std::cout << each.field << " " << each.fault.text << "\n";
//   }
#ifndef FRONTDESK_DOMAIN_ID_FIELDS_H_
#define FRONTDESK_DOMAIN_ID_FIELDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/base/id_text.h"

namespace google {
namespace protobuf {
class Message;
}  // namespace protobuf
}  // namespace google

namespace frontdesk {
namespace domain {

// A field whose text is not an id. A plain struct.
struct IdFieldFault {
  // The path of the field: "order.cancel_order.order_id".
  std::string field;
  IdFault fault;
};

// Every text field of data class INTERNAL in `message`, at any depth, that is not an id, in the
// order in which fields are declared. `path` is the path to `message`, empty for none. Types that
// neither v1.Command nor v1.Facts contains are not looked into. Linear in the message.
std::vector<IdFieldFault> FindIdFaults(const google::protobuf::Message& message,
                                       absl::string_view path = "");

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ID_FIELDS_H_
