#include "internal/canonical.h"

#include <algorithm>
#include <string>
#include <vector>

#include "frontdesk/v1/money.pb.h"
#include "google/protobuf/struct.pb.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace internal {
namespace {

TEST(CanonicalTest, FieldsInOrderOfNumber) {
  v1::Money money;
  money.set_currency_code("USD");
  money.set_units(3);
  EXPECT_EQ(CanonicalBytes(money), std::string("\x08\x03\x12\x03USD"));
}

TEST(CanonicalTest, MapsDoNotDependOnTheOrderOfInsertion) {
  std::vector<std::string> keys;
  for (int i = 0; i < 200; ++i) keys.push_back("key" + std::to_string(i * 7919 % 1000));
  const auto bytes_of = [](const std::vector<std::string>& order) {
    google::protobuf::Struct message;
    for (const std::string& key : order) (*message.mutable_fields())[key].set_string_value(key);
    return CanonicalBytes(message);
  };
  const std::string forward = bytes_of(keys);
  std::reverse(keys.begin(), keys.end());
  EXPECT_EQ(bytes_of(keys), forward);
  // Sorted by key, so the first entry is that of the least key.
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(forward.substr(4, keys.front().size()), keys.front());
}

TEST(CanonicalTest, AppendKeepsWhatIsThere) {
  v1::Money money;
  money.set_units(1);
  std::string output = "before";
  AppendCanonicalBytes(money, &output);
  EXPECT_EQ(output, "before\x08\x01");
}

TEST(CanonicalTest, NothingIsNoBytes) { EXPECT_EQ(CanonicalBytes(v1::Money()), ""); }

}  // namespace
}  // namespace internal
}  // namespace frontdesk
