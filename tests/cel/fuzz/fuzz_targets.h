// Entry points for fuzzing: each takes any bytes, and returns unless something is wrong with the language.
#ifndef FRONTDESK_TESTS_CEL_FUZZ_FUZZ_TARGETS_H_
#define FRONTDESK_TESTS_CEL_FUZZ_FUZZ_TARGETS_H_

#include <cstddef>
#include <cstdint>

namespace frontdesk::cel::testing {

// The bytes as the text of an expression: parsed, checked, planned, evaluated and explained over a fixed message,
// with types checked and without. The plain and the explaining evaluation must agree.
void FuzzExpression(const uint8_t* data, size_t size);

// The bytes as a serialised Input message, read by a fixed set of expressions, with and without accessors; both must
// agree.
void FuzzMessage(const uint8_t* data, size_t size);

}  // namespace frontdesk::cel::testing

#endif  // FRONTDESK_TESTS_CEL_FUZZ_FUZZ_TARGETS_H_
