// The parts of tests of policies that reading and running share. Private.
#ifndef FRONTDESK_SRC_REPORT_POLICY_TEST_CHECKS_H_
#define FRONTDESK_SRC_REPORT_POLICY_TEST_CHECKS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/report/policy_tests.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/error.pb.h"
#include "frontdesk/v1/policy_test.pb.h"

namespace frontdesk {
namespace report {

// Gives an issue at a field its place in a text.
using PlaceIssue = std::function<void(v1::Issue*)>;

// Every fault of the tests, added to `issues`.
void CheckPolicyTests(const v1::PolicyTestFile& file, const PolicyTestOptions& options,
                      const PlaceIssue& place, std::vector<v1::Issue>* issues);

// The instant in a text of RFC 3339; nothing when it is none, or outside of the years 1 to 9999.
absl::optional<absl::Time> ParseTestTime(absl::string_view text);

// The command that imports an entity, without actor and time; nothing for one that cannot be imported.
absl::optional<v1::Command> MakeImport(const v1::EntityState& entity);

}  // namespace report
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_REPORT_POLICY_TEST_CHECKS_H_
