// Fields of commands of which only one is set. A rule that reads one of them alone misses the commands that have the other. And amounts
// that may be left out.
//
//   for (const frontdesk::domain::ExclusiveFields& fields : frontdesk::domain::ListExclusiveFields()) {
//     std::cout << fields.command << ": " << fields.field << " or " << fields.other << "\n";
//   }
#ifndef FRONTDESK_DOMAIN_EXCLUSIVE_FIELDS_H_
#define FRONTDESK_DOMAIN_EXCLUSIVE_FIELDS_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace frontdesk {
namespace domain {

// Two such fields. A plain struct.
struct ExclusiveFields {
  absl::string_view command;  // "RefundOrder"
  absl::string_view field;    // "amount"
  absl::string_view other;    // "items"
  // The path in the decision input that has the value in both cases; empty: there is none.
  absl::string_view instead;
};

// All of them. Static storage; thread-safe.
absl::Span<const ExclusiveFields> ListExclusiveFields();

// An amount that a command may leave out. A plain struct.
struct OptionalAmount {
  absl::string_view command;  // "ResolveCase"
  absl::string_view field;    // "remedy_amount"
};

// All of them. Static storage; thread-safe.
absl::Span<const OptionalAmount> ListOptionalAmounts();

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_EXCLUSIVE_FIELDS_H_
