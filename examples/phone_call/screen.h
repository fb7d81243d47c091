// The agent's screen: states in a few lines each.
//
//   std::cout << phone_call::Lines(phone_call::ShowCase(a_case), "    ");
#ifndef FRONTDESK_EXAMPLES_PHONE_CALL_SCREEN_H_
#define FRONTDESK_EXAMPLES_PHONE_CALL_SCREEN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/v1/customer_view.pb.h"
#include "frontdesk/v1/find.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace phone_call {

using TextLines = std::vector<std::string>;

// "2024-05-15 15:00:00", in UTC.
std::string InstantText(const google::protobuf::Timestamp& instant);

// The lists of a case that are shown, and that a desk returns when they are asked for.
inline constexpr absl::string_view kListsOfCases[] = {"links", "further_case_links", "tasks"};

// An entity: the first line has its id and state, the others have the data that an agent needs.
TextLines ShowEntity(const frontdesk::v1::EntityState& state);

// The customer's file.
TextLines ShowFile(const frontdesk::v1::CustomerFile& file);

// The view that a customer may have.
TextLines ShowCustomerView(const frontdesk::v1::CustomerView& view);

// The work that somebody has to do outside.
std::string EffectText(const frontdesk::v1::Effect& effect);

// A mark before the verdict: "!" when it was refused, "~" when it is held, else a blank.
absl::string_view VerdictMark(frontdesk::v1::Verdict verdict);

// "DONE", "HELD" with the reason, or "REFUSED" with the leading reason.
std::string VerdictText(const frontdesk::v1::Outcome& outcome);

// "1 command", "2 commands".
std::string Count(std::int64_t count, absl::string_view what);

// Every refusal with who says so, and the authority needed where it is held.
TextLines ShowRefusals(const frontdesk::v1::Outcome& outcome);

// The lines as one text, each indented.
std::string Lines(const TextLines& lines, absl::string_view indent);

}  // namespace phone_call

#endif  // FRONTDESK_EXAMPLES_PHONE_CALL_SCREEN_H_
