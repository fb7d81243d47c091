// Conjuncts as tests of one subject against constants: the values for which they hold, as intervals. Private to cel/.
#ifndef FRONTDESK_CEL_CONDITION_TESTS_H_
#define FRONTDESK_CEL_CONDITION_TESTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "cel/condition.h"

namespace frontdesk::cel::cel_internal {

// A constant that a subject is compared with. Numbers of all kinds are mapped to whole numbers of the same order, texts stay.
struct TestKey {
  __int128 number = 0;
  std::string text;

  friend bool operator<(const TestKey& a, const TestKey& b) {
    return a.number != b.number ? a.number < b.number : a.text < b.text;
  }
  friend bool operator==(const TestKey& a, const TestKey& b) {
    return a.number == b.number && a.text == b.text;
  }
};

// The numbers of values, in the order of the language. No double that is a NaN has one.
inline int64_t NumberOf(double value) {
  if (value == 0) return 0;
  int64_t bits;
  static_assert(sizeof bits == sizeof value);
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits < 0 ? static_cast<int64_t>(0x8000000000000000ull - static_cast<uint64_t>(bits))
                  : bits;
}
inline int64_t NumberOf(uint64_t value) { return static_cast<int64_t>(value ^ (1ull << 63)); }
inline __int128 NumberOf(const TimeParts& time) {
  return static_cast<__int128>(time.seconds) * 1'000'000'000 + time.nanos;
}

// A point between values: before or after those that equal the key.
struct TestBound {
  enum class Side : uint8_t { kLowest, kBefore, kAfter, kHighest };
  Side side = Side::kLowest;
  TestKey key;
};

struct TestInterval {
  TestBound from;
  TestBound to;
};

enum class SubjectKind : uint8_t {
  kValue,       // left
  kDifference,  // left - right, two timestamps
  kHas,         // has(left)
  kElements,    // The constants among the elements of left, which is repeated.
};

// A conjunct that the index knows.
struct ConjunctTest {
  SubjectKind kind = SubjectKind::kValue;
  OperandSpec left, right;
  // It holds for the values in one of these, or, when negated, for all others. Of kElements the one constant is the key of
  // the first `from`.
  std::vector<TestInterval> intervals;
  bool negated = false;
};

// The conjunct as a test; nothing for one that is none.
absl::optional<ConjunctTest> TestOf(const PlanNode* node);

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_CONDITION_TESTS_H_
