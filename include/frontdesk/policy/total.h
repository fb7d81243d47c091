// A total of a policy, compiled: which commands of the past count for a command that is decided.
//
//   #include "frontdesk/domain/command_info.h"
//   const frontdesk::PolicyTotal* total = policy->FindTotal("refunds_30d");
//   if (total == nullptr) return;
//   const absl::Time begin = total->WindowBegin(absl::Now());  // Commands decided then or later count.
//   for (const frontdesk::TotalKey& key : total->KeysFor({"c1"}, "")) {
//     std::cout << key.command->name << " of customer " << key.id << " since " << begin << "\n";
//   }
//
// frontdesk/v1/total.proto says what a total counts.
#ifndef FRONTDESK_POLICY_TOTAL_H_
#define FRONTDESK_POLICY_TOTAL_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "frontdesk/domain/total_key.h"
#include "frontdesk/v1/total.pb.h"

namespace frontdesk {

// A plain struct. It refers to the pack of its policy.
struct PolicyTotal {
  // As it is in the pack; never null.
  const v1::TotalDefinition* definition = nullptr;
  // The commands that count, in the order of the definition; none is null.
  std::vector<const domain::CommandInfo*> commands;
  // CUSTOMER, ACTOR, CASE, ORDER or ACCOUNT. UNSPECIFIED: all commands of the desk count.
  v1::TotalSubject subject = v1::TOTAL_SUBJECT_UNSPECIFIED;
  // Whether only commands with the reason of the command that is decided count.
  bool is_per_reason = false;
  // That of `calendar_unit`.
  absl::TimeZone time_zone = absl::UTCTimeZone();

  // The total for people: its text, else its name.
  const std::string& words() const;

  // The first instant that counts for a decision at `now`: commands that were decided then or later are in the window. Instants have
  // nanoseconds, so a window by duration begins one nanosecond after the last instant that has left it. InfinitePast without a window. Where a
  // day of the zone begins later than at midnight, its unit begins then.
  absl::Time WindowBegin(absl::Time now) const;

  // The lists whose commands the total counts: for each id, each command and each reason. `ids` are those of the subject, each once; they
  // are not read for a total of the desk. `reason` is that of the command that is decided, read only for a total per reason.
  std::vector<TotalKey> KeysFor(absl::Span<const std::string> ids, absl::string_view reason) const;
};

}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_TOTAL_H_
