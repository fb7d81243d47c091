#include "frontdesk/decide/parse.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The bytes of a command whose note and second change's line are not UTF-8, made without protobuf
// complaining.
std::string BadBytes() {
  std::string bytes;
  bytes += std::string("\x32\x01\xff", 3);                  // note
  bytes += std::string("\x62\x0b", 2);                      // order
  bytes += std::string("\x4a\x09", 2);                      // change_items
  bytes += std::string("\x12\x00", 2);                      // changes[0]
  bytes += std::string("\x12\x05\x0a\x03\x0a\x01\xfe", 7);  // changes[1].item.line_id
  return bytes;
}

class ParseTest : public ::testing::Test {
 protected:
  void SetUp() override { ::testing::internal::CaptureStderr(); }
  void TearDown() override { EXPECT_EQ(::testing::internal::GetCapturedStderr(), ""); }
};

TEST_F(ParseTest, BytesThereAndBack) {
  v1::Command command = testing::PlaceOrder("o1");
  command.GetReflection()->MutableUnknownFields(&command)->AddVarint(77777, 5);
  v1::Command read;
  ASSERT_TRUE(ParseBytes(command.SerializeAsString(), &read).ok());
  EXPECT_EQ(read.SerializeAsString(), command.SerializeAsString()) << "unknown fields are kept";
}

TEST_F(ParseTest, StringsThatAreNotUtf8AreNamed) {
  v1::Command command = testing::PlaceOrder("o1");
  const absl::Status status = ParseBytes(BadBytes(), &command);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetReason(status), kReasonMessageTextEncoding);
  EXPECT_THAT(testing::ViolatedFields(status),
              ElementsAre("note", "order.change_items.changes[1].item.line_id"));
  EXPECT_EQ(command.ByteSizeLong(), 0u) << "nothing is left of what was there";
}

TEST_F(ParseTest, BytesThatAreNoMessage) {
  v1::Command command;
  for (const std::string& bytes :
       {std::string("\x0a"), std::string("\x0a\x05x"),
        std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), std::string("\x0b"),
        std::string("\x0c"), std::string("\x00", 1), std::string("\x0a\x02\x0a\x05", 4)}) {
    const absl::Status status = ParseBytes(bytes, &command);
    EXPECT_EQ(GetReason(status), kReasonMessageMalformed) << ::testing::PrintToString(bytes);
  }
  EXPECT_TRUE(ParseBytes("", &command).ok());
}

// A length is checked before anything is made for it: of a text, of a message, of a list, of a field that nobody knows.
TEST_F(ParseTest, LengthsThatAreNotThere) {
  const std::string lengths[] = {"\x7f",
                                 "\xff\xff\xff\x7f",                // 256 MB
                                 "\xff\xff\xff\xff\x07",            // 2 GB - 1
                                 "\x80\x80\x80\x80\x08",            // 2 GB
                                 "\xff\xff\xff\xff\x0f",            // 4 GB - 1
                                 std::string(9, '\xff') + "\x01",   // 2^64 - 1
                                 std::string(10, '\xff') + "\x01",  // no number
                                 "\xff"};
  for (const std::string& length : lengths) {
    for (const char* tag : {"\x0a", "\x32", "\x62", "\x7a", "\xfa\x7f"}) {
      v1::Command command;
      // At the top, and inside an order's command, whose own length fits.
      const std::string field = absl::StrCat(tag, length, "xy");
      const std::string inside =
          absl::StrCat("\x62", std::string(1, static_cast<char>(field.size())), field);
      for (const std::string& bytes : {field, inside}) {
        EXPECT_EQ(GetReason(ParseBytes(bytes, &command)), kReasonMessageMalformed)
            << ::testing::PrintToString(bytes);
        EXPECT_EQ(command.ByteSizeLong(), 0u);
      }
    }
  }
}

TEST_F(ParseTest, Limits) {
  v1::Command command;
  ParseLimits limits;
  limits.max_bytes = 3;
  EXPECT_EQ(GetReason(ParseBytes("\x32\x02xy", &command, limits)), kReasonMessageTooLarge);
  EXPECT_EQ(GetReason(ParseJson("{   }", &command, limits)), kReasonMessageTooLarge);
  limits = ParseLimits();
  limits.max_depth = 3;
  EXPECT_TRUE(ParseBytes(testing::CancelOrder("o1").SerializeAsString(), &command, limits).ok());
  EXPECT_EQ(GetReason(ParseBytes(testing::PlaceOrder("o1").SerializeAsString(), &command, limits)),
            kReasonMessageMalformed);
  // Groups that this schema does not know, a thousand inside each other.
  EXPECT_EQ(GetReason(ParseBytes(std::string(1000, '\x0b'), &command)), kReasonMessageMalformed);
}

TEST_F(ParseTest, Json) {
  v1::Command command;
  ASSERT_TRUE(
      ParseJson(R"({"actor": {"actorId": "anna"}, "order": {"cancel_order": {"orderId": "o1"}}})",
                &command)
          .ok());
  EXPECT_EQ(command.order().cancel_order().order_id(), "o1");
  struct Case {
    std::string json;
    absl::string_view reason;
  };
  for (const Case& c : {Case{"{", kReasonMessageMalformed}, Case{"[]", kReasonMessageMalformed},
                        Case{R"({"nothing": 1})", kReasonMessageMalformed},
                        Case{R"({"expectedVersion": "Wilhelmina"})", kReasonMessageMalformed},
                        Case{std::string(100'000, '['), kReasonMessageMalformed},
                        Case{"{\"note\": \"\xff\"}", kReasonMessageTextEncoding}}) {
    const absl::Status status = ParseJson(c.json, &command);
    EXPECT_EQ(GetReason(status), c.reason) << c.json.substr(0, 40) << status;
    EXPECT_EQ(status.ToString().find("Wilhelmina"), std::string::npos);
    EXPECT_EQ(command.ByteSizeLong(), 0u);
  }
  // Half of a surrogate pair is no text; whatever becomes of it is no complaint on stderr.
  ParseJson(R"({"note": "\ud800"})", &command).IgnoreError();
}

}  // namespace
}  // namespace frontdesk
