// Fields of an assessment that are worked out for some commands only. A rule of any other command reads nothing there.
//
//   for (const frontdesk::domain::AssessedField& field : frontdesk::domain::ListAssessedFields()) {
//     std::cout << field.path << " of " << field.commands.size() << " commands\n";
//   }
#ifndef FRONTDESK_DOMAIN_ASSESSED_FIELDS_H_
#define FRONTDESK_DOMAIN_ASSESSED_FIELDS_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace domain {

// One such field. A plain struct.
struct AssessedField {
  const google::protobuf::Descriptor* decision_input = nullptr;
  // "assessment.price_difference"
  absl::string_view path;
  // The names of the commands for which it may be set.
  std::vector<absl::string_view> commands;
};

// All of them; a field that is not listed may be set for every command. Thread-safe.
absl::Span<const AssessedField> ListAssessedFields();

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ASSESSED_FIELDS_H_
