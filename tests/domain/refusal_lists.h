// Texts by which tests compare lists of refusals.
#ifndef FRONTDESK_TESTS_DOMAIN_REFUSAL_LISTS_H_
#define FRONTDESK_TESTS_DOMAIN_REFUSAL_LISTS_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/v1/outcome.pb.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {

// The reasons, in order.
inline std::vector<std::string> Reasons(const std::vector<v1::Refusal>& refusals) {
  std::vector<std::string> reasons;
  for (const v1::Refusal& refusal : refusals) reasons.push_back(refusal.reason());
  return reasons;
}

// "reason at field" of each; expects that they are about arguments and say so for people.
inline std::vector<std::string> Places(const std::vector<v1::Refusal>& refusals) {
  std::vector<std::string> places;
  for (const v1::Refusal& refusal : refusals) {
    places.push_back(absl::StrCat(refusal.reason(), " at ", refusal.field()));
    EXPECT_EQ(refusal.origin(), v1::Refusal::ORIGIN_ARGUMENT);
    EXPECT_FALSE(refusal.text().empty());
  }
  return places;
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DOMAIN_REFUSAL_LISTS_H_
