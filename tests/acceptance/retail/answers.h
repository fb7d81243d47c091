// The result of a request in the shop's own words.
//
//   std::string error = retail_desk::ErrorText(outcome);      // "Error: order not found", or "" when it was done
#ifndef FRONTDESK_TESTS_ACCEPTANCE_RETAIL_ANSWERS_H_
#define FRONTDESK_TESTS_ACCEPTANCE_RETAIL_ANSWERS_H_

#include <string>

#include "frontdesk/v1/outcome.pb.h"

namespace retail_desk {

// Empty for DONE. For REFUSED the shop's words for the leading reason, with the values that came with it. A reason that
// the shop has no words for is reported in those of the refusal itself. For HELD that it waits, and the authority it
// waits for.
std::string ErrorText(const frontdesk::v1::Outcome& outcome);

}  // namespace retail_desk

#endif  // FRONTDESK_TESTS_ACCEPTANCE_RETAIL_ANSWERS_H_
