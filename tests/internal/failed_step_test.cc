// A step that fails does not end the whole test program. A read beyond an end is an exception, which GoogleTest reports as a
// failure of that test alone.
#include "absl/status/statusor.h"
#include "frontdesk/v1/error.pb.h"
#include "google/protobuf/stubs/common.h"
#include "google/protobuf/stubs/logging.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

TEST(FailedStepTest, AnIndexBehindTheEndOfARepeatedFieldIsAnException) {
  google::protobuf::LogSilencer silencer;
  const v1::ErrorDetail detail;
  EXPECT_THROW(static_cast<void>(detail.violations(0)), google::protobuf::FatalException);
  EXPECT_THROW(static_cast<void>(detail.metadata(-1)), google::protobuf::FatalException);
}

TEST(FailedStepTest, TheValueOfAnErrorIsAnException) {
  const absl::StatusOr<int> error = absl::NotFoundError("there is none");
  EXPECT_THROW(static_cast<void>(*error), absl::BadStatusOrAccess);
  EXPECT_THROW(static_cast<void>(error.value()), absl::BadStatusOrAccess);
}

}  // namespace
}  // namespace frontdesk
