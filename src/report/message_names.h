// The names of messages in envelopes, and of verdicts. Private.
#ifndef FRONTDESK_SRC_REPORT_MESSAGE_NAMES_H_
#define FRONTDESK_SRC_REPORT_MESSAGE_NAMES_H_

#include "absl/strings/string_view.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace report {

// The name of the message in a v1.Event or a v1.Effect: "CaseOpened", "SendRefund". Empty when nothing is set. Both have a oneof of
// entities, and the message of an entity has one of its own.
absl::string_view InnerName(const google::protobuf::Message& envelope);

// "REFUSED" of VERDICT_REFUSED.
absl::string_view VerdictName(v1::Verdict verdict);

}  // namespace report
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_REPORT_MESSAGE_NAMES_H_
