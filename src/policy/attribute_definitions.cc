#include "policy/attribute_definitions.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/v1/common.pb.h"

namespace frontdesk {
namespace internal {

void CheckAttributeLimits(const v1::PolicyPack& pack, const PolicyOptions& options,
                          PackIssues* issues) {
  if (pack.attribute_definitions_size() <= options.max_attribute_definitions) return;
  issues->AddError(kReasonPolicyLimitAttributes, "attribute_definitions",
                   absl::StrCat("a pack has at most ", options.max_attribute_definitions,
                                " definitions of attributes"));
}

void CheckAttributeDefinitions(const v1::PolicyPack& pack, PackIssues* issues) {
  std::set<std::pair<int, std::string>> names;
  for (int i = 0; i < pack.attribute_definitions_size(); ++i) {
    const v1::AttributeDefinition& definition = pack.attribute_definitions(i);
    const std::string path = absl::StrCat("attribute_definitions[", i, "]");
    const auto add = [&](absl::string_view reason, absl::string_view field, std::string text) {
      issues->AddError(reason, absl::StrCat(path, ".", field), std::move(text));
    };
    if (definition.entity_kind() != v1::ENTITY_KIND_CUSTOMER &&
        definition.entity_kind() != v1::ENTITY_KIND_CASE) {
      add(kReasonPolicyAttributeKind, "entity_kind",
          "attributes are possible for ENTITY_KIND_CUSTOMER and ENTITY_KIND_CASE");
    }
    if (!IsLowerSnake(definition.name())) {
      add(kReasonPolicyAttributeName, "name", "the name is not lower_snake_case");
    } else if (!names.emplace(definition.entity_kind(), definition.name()).second) {
      add(kReasonPolicyAttributeDuplicate, "name",
          "an earlier definition has this name for the same kind of entity");
    }
    if (definition.type() == v1::AttributeDefinition::TYPE_UNSPECIFIED ||
        !v1::AttributeDefinition::Type_IsValid(definition.type())) {
      add(kReasonPolicyAttributeTypeMissing, "type", "the type is not set, or not known");
    }
    std::set<absl::string_view> values;
    for (int j = 0; j < definition.allowed_values_size(); ++j) {
      const std::string field = absl::StrCat("allowed_values[", j, "]");
      if (definition.type() != v1::AttributeDefinition::TYPE_STRING) {
        add(kReasonPolicyAttributeAllowedValues, field,
            "only an attribute of TYPE_STRING can list its possible values");
        break;
      }
      if (!values.insert(definition.allowed_values(j)).second) {
        add(kReasonPolicyAttributeAllowedValues, field, "the value is listed twice");
      }
    }
  }
}

}  // namespace internal
}  // namespace frontdesk
