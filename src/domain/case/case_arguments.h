// Checks of arguments that several commands of cases share. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_ARGUMENTS_H_
#define FRONTDESK_DOMAIN_CASE_CASE_ARGUMENTS_H_

#include <cstdint>

#include "domain/arguments.h"

namespace frontdesk {
namespace domain {

// A number of the company's own scale of impact, urgency or priority; 0 is not set.
inline void CheckCaseScale(const FieldPath& field, int32_t value, ArgumentChecker* checker) {
  checker->CheckRange(field, value, 0, INT32_MAX);
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_ARGUMENTS_H_
