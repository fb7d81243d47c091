// The environment of the expressions of rules. Private to rules/.
#ifndef FRONTDESK_RULES_RULE_ENVIRONMENT_H_
#define FRONTDESK_RULES_RULE_ENVIRONMENT_H_

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "frontdesk/cel/environment.h"
#include "frontdesk/rules/rule_set.h"

namespace frontdesk {
namespace rules {

// The scope of names in rules over that input.
std::string ContainerOf(const CompileOptions& options, const google::protobuf::Descriptor* input);

// Those made so far, by input.
using EnvironmentMap =
    std::map<const google::protobuf::Descriptor*, std::shared_ptr<const cel::Environment>>;

// The environment for expressions over `input`: that of `made`, or a new one, which is put there. `made` may be null.
absl::StatusOr<std::shared_ptr<const cel::Environment>> MakeRuleEnvironment(
    const CompileOptions& options, EnvironmentMap* made, const google::protobuf::Descriptor& input);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_RULE_ENVIRONMENT_H_
