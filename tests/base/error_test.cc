#include "frontdesk/base/error.h"

#include <string>

#include "absl/strings/cord.h"
#include "frontdesk/base/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ErrorTest, CodeComesFromTheRegistry) {
  const absl::Status status = MakeError(kReasonMoneyOverflow, "far too much");
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(status.message(), "MONEY_OVERFLOW: far too much");
  EXPECT_EQ(GetReason(status), "MONEY_OVERFLOW");
  const absl::optional<v1::ErrorDetail> detail = GetErrorDetail(status);
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->reason(), "MONEY_OVERFLOW");
  EXPECT_EQ(detail->domain(), "frontdesk");
}

TEST(ErrorTest, EveryReasonCanBeMade) {
  for (const Reason& reason : kBaseReasons) {
    const absl::Status status = MakeError(reason, "text");
    EXPECT_EQ(status.code(), reason.code) << reason;
    EXPECT_EQ(GetReason(status), reason);
  }
}

// A reason of refusals is never that of a status.
TEST(ErrorTest, ReasonOfRefusalsIsInternal) {
  constexpr Reason kReasonTooLate = {"TOO_LATE", absl::StatusCode::kOk, "It is too late."};
  EXPECT_EQ(MakeError(kReasonTooLate, "x").code(), absl::StatusCode::kInternal);
}

TEST(ErrorTest, ReasonThatIsNotListed) {
  const absl::Status status = MakeError(absl::StatusCode::kAborted, "NO_SUCH_REASON", "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(GetReason(status), "NO_SUCH_REASON");
}

TEST(ErrorTest, AnErrorIsNeverOk) {
  EXPECT_EQ(MakeError(absl::StatusCode::kOk, kReasonMoneyOverflow, "x").code(),
            absl::StatusCode::kInternal);
}

TEST(ErrorTest, ExtrasAreKept) {
  v1::ErrorDetail extras;
  extras.set_domain("elsewhere");
  extras.add_issues()->set_line(7);
  extras.add_metadata()->set_name("limit");
  const absl::optional<v1::ErrorDetail> detail =
      GetErrorDetail(MakeError(kReasonMoneySyntax, "x", extras));
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->domain(), "frontdesk");
  EXPECT_EQ(detail->issues(0).line(), 7);
  EXPECT_EQ(detail->metadata(0).name(), "limit");
}

TEST(ErrorTest, NoDetail) {
  EXPECT_FALSE(GetErrorDetail(absl::OkStatus()).has_value());
  EXPECT_FALSE(GetErrorDetail(absl::NotFoundError("x")).has_value());
  EXPECT_EQ(GetReason(absl::OkStatus()), "");
  EXPECT_EQ(GetReason(absl::NotFoundError("x")), "");
  absl::Status garbled = absl::NotFoundError("x");
  garbled.SetPayload(kErrorDetailTypeUrl, absl::Cord("\xff\xff\xff"));
  EXPECT_FALSE(GetErrorDetail(garbled).has_value());
  EXPECT_EQ(GetReason(garbled), "");
}

TEST(ErrorTest, TextsThatAreNotUtf8BreakNothing) {
  testing::internal::CaptureStderr();
  ErrorBuilder errors(kReasonMoneySyntax);
  errors.Add("field", "NOT_UTF8", "\xff\xfe");
  const absl::optional<v1::ErrorDetail> detail = GetErrorDetail(errors.Build());
  ASSERT_TRUE(detail.has_value());
  EXPECT_EQ(detail->violations(0).text(), "\\ufffd\\ufffd");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(ErrorTest, Paths) {
  struct Case {
    const char* prefix;
    const char* path;
    const char* joined;
  };
  const Case cases[] = {
      {"order", "lines[0]", "order.lines[0]"},
      {"lines", "[0]", "lines[0]"},
      {"", "lines", "lines"},
      {"order", "", "order"},
      {"", "", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(JoinFieldPath(c.prefix, c.path), c.joined);
}

TEST(ErrorBuilderTest, NoViolationIsOk) {
  ErrorBuilder errors(kReasonMoneySyntax);
  EXPECT_TRUE(errors.empty());
  errors.AddMetadata("verb", "CancelOrder");
  EXPECT_TRUE(errors.empty());
  EXPECT_TRUE(errors.Build().ok());
}

TEST(ErrorBuilderTest, AllViolationsAreReportedAtOnce) {
  ErrorBuilder errors(kReasonMoneySyntax, "this command is wrong:");
  errors.AddMetadata("verb", "CancelOrder");
  for (int i = 0; i < 20; ++i) {
    errors.Add("field" + std::to_string(i), "REQUIRED", "text" + std::to_string(i));
  }
  const absl::Status status = errors.Build();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  const std::string message(status.message());
  EXPECT_THAT(message, HasSubstr("this command is wrong: field0: text0; field1: text1"));
  EXPECT_THAT(message, HasSubstr("field7: text7; and 12 more"));
  EXPECT_THAT(message, Not(HasSubstr("field8")));
  const absl::optional<v1::ErrorDetail> detail = GetErrorDetail(status);
  ASSERT_TRUE(detail.has_value());
  ASSERT_EQ(detail->violations_size(), 20);
  EXPECT_EQ(detail->violations(19).field(), "field19");
  EXPECT_EQ(detail->violations(19).reason(), "REQUIRED");
  EXPECT_EQ(detail->metadata(0).value(), "CancelOrder");
  EXPECT_EQ(errors.detail().reason(), "MONEY_SYNTAX");
}

TEST(ErrorBuilderTest, TheRegistrysTextIsTheDefault) {
  ErrorBuilder errors(kReasonMoneySyntax);
  errors.Add("now", "REQUIRED", "missing");
  EXPECT_THAT(std::string(errors.Build().message()),
              HasSubstr(std::string(kReasonMoneySyntax.text)));
}

}  // namespace
}  // namespace frontdesk
