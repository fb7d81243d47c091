#include "internal/short_hash.h"

#include <string>

#include "gtest/gtest.h"

namespace frontdesk {
namespace internal {
namespace {

// The first is in the specification of XXH3; the others are those of xxHash 0.8.1. They are kept in journals, so they stay.
TEST(ShortHashTest, IsTheSameForEver) {
  EXPECT_EQ(ShortHash(""), 0x2d06800538d394c2u);
  EXPECT_EQ(ShortHash("frontdesk"), 0xda00629947adcd7eu);
  EXPECT_EQ(ShortHash(std::string(300, 'x')), 0xa5d1b4607dc83554u);
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
