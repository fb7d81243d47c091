// The commands that are counted together: lists from which totals are made (frontdesk/v1/total.proto).
//
//   #include "frontdesk/domain/command_info.h"
//   frontdesk::TotalKey key;
//   key.subject = frontdesk::v1::TOTAL_SUBJECT_CUSTOMER;
//   key.id = "c1";
//   key.command = frontdesk::domain::FindCommandByName("RefundOrder");
#ifndef FRONTDESK_DOMAIN_TOTAL_KEY_H_
#define FRONTDESK_DOMAIN_TOTAL_KEY_H_

#include <string>

#include "absl/types/optional.h"
#include "frontdesk/v1/total.pb.h"

namespace frontdesk {

namespace domain {
struct CommandInfo;
}  // namespace domain

// The properties that the commands of a list share. A plain struct.
struct TotalKey {
  // CUSTOMER, ACTOR, CASE, ORDER or ACCOUNT. UNSPECIFIED: nothing, all commands of the desk are in the list.
  v1::TotalSubject subject = v1::TOTAL_SUBJECT_UNSPECIFIED;
  // The id of that subject; empty for UNSPECIFIED. A customer is the one of that very id.
  std::string id;
  // The command, which has an amount or a reason. Not null.
  const domain::CommandInfo* command = nullptr;
  // The reason that the command gives. Nothing: whatever it is.
  absl::optional<std::string> reason;
};

}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_TOTAL_KEY_H_
