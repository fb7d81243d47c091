// Shared by the tests of base: matchers for statuses, short ways to amounts, printed seeds.
#ifndef FRONTDESK_TESTS_BASE_TESTING_H_
#define FRONTDESK_TESTS_BASE_TESTING_H_

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reason.h"
#include "gtest/gtest.h"

namespace frontdesk {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& value) {
  return value.status();
}

// Whether `value` failed for `reason`, with its code.
template <typename T>
testing::AssertionResult FailsFor(const T& value, const Reason& reason) {
  const absl::Status& status = StatusOf(value);
  const std::string got = GetReason(status);
  if (got != reason) {
    return testing::AssertionFailure() << "status " << status << " has reason \"" << got << "\"";
  }
  if (reason.code != status.code()) {
    return testing::AssertionFailure() << "status " << status << " has not the reason's code";
  }
  return testing::AssertionSuccess();
}

// An amount, which may be in any "currency".
inline v1::Money Units(int64_t units, const std::string& currency_code = "USD") {
  v1::Money money;
  money.set_units(units);
  money.set_currency_code(currency_code);
  return money;
}

// The text of FormatMoney or FormatUnitPrice for a result, the units of a list of amounts; or the
// reason of the error.
inline std::string Shown(const absl::StatusOr<v1::Money>& money) {
  return money.ok() ? FormatMoney(*money) : GetReason(money.status());
}
inline std::string Shown(const absl::StatusOr<v1::UnitPrice>& price) {
  return price.ok() ? FormatUnitPrice(*price) : GetReason(price.status());
}
inline std::string Shown(const absl::StatusOr<std::vector<v1::Money>>& amounts) {
  if (!amounts.ok()) return GetReason(amounts.status());
  std::string units;
  for (const v1::Money& amount : *amounts) {
    absl::StrAppend(&units, units.empty() ? "" : " ", amount.units());
  }
  return units;
}

// FRONTDESK_TEST_SEED if that is set, else a fresh one; printed so that a failure can be run again.
inline uint64_t TestSeed() {
  const char* given = std::getenv("FRONTDESK_TEST_SEED");
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10)
                                         : static_cast<uint64_t>(std::random_device{}());
  std::cout << "FRONTDESK_TEST_SEED=" << seed << std::endl;
  return seed;
}

// 64 bits whose magnitude is spread over all lengths, ends of the range included.
inline int64_t AnyInt64(std::mt19937_64& random) {
  switch (random() % 16) {
    case 0:
      return INT64_MAX - static_cast<int64_t>(random() % 3);
    case 1:
      return INT64_MIN + static_cast<int64_t>(random() % 3);
    default:
      return static_cast<int64_t>(random()) >> (random() % 64);
  }
}

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BASE_TESTING_H_
