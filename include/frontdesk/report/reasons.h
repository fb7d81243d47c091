// Reasons of report/: errors of reports, and issues of files of tests. The type is in base/reason.h.
#ifndef FRONTDESK_REPORT_REASONS_H_
#define FRONTDESK_REPORT_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning.").
// clang-format off
#define FRONTDESK_REPORT_REASONS(X) \
  X(kReasonFrameColumnUnknown, "FRAME_COLUMN_UNKNOWN", kInvalidArgument, "A column of a frame is no field of the input that rules read.") \
  X(kReasonFrameColumnType, "FRAME_COLUMN_TYPE", kInvalidArgument, "A column of a frame, or its field, is of a type that is not possible there.") \
  X(kReasonFrameColumnLength, "FRAME_COLUMN_LENGTH", kInvalidArgument, "The columns of a frame have different numbers of rows.") \
  X(kReasonFrameTimeNaive, "FRAME_TIME_NAIVE", kInvalidArgument, "A column of times has no time zone.") \
  X(kReasonFrameValue, "FRAME_VALUE", kInvalidArgument, "A value of a frame does not fit into its field.") \
  X(kReasonReportOptionsInvalid, "REPORT_OPTIONS_INVALID", kInvalidArgument, "A policy, or a limit, with which a report is made is missing or not valid.") \
  X(kReasonPolicyTestNone, "POLICY_TEST_NONE", kOk, "The file has no test.") \
  X(kReasonPolicyTestLimitTests, "POLICY_TEST_LIMIT_TESTS", kOk, "The file has more tests than the limit.") \
  X(kReasonPolicyTestLimitGiven, "POLICY_TEST_LIMIT_GIVEN", kOk, "A test is given more entities and commands than the limit.") \
  X(kReasonPolicyTestName, "POLICY_TEST_NAME", kOk, "A test has no name, or that of an earlier one.") \
  X(kReasonPolicyTestCommand, "POLICY_TEST_COMMAND", kOk, "A test has no command where it needs one.") \
  X(kReasonPolicyTestTime, "POLICY_TEST_TIME", kOk, "The time of a test is missing, or is not written as RFC 3339 demands.") \
  X(kReasonPolicyTestEntity, "POLICY_TEST_ENTITY", kOk, "An entity that a test is given is no customer, order, case or account.") \
  X(kReasonPolicyTestExpected, "POLICY_TEST_EXPECTED", kOk, "A test does not say what it expects, or expects what no outcome can be.")
// clang-format on

FRONTDESK_REPORT_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kReportReasons[] = {FRONTDESK_REPORT_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_REPORT_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_REPORT_REASONS_H_
