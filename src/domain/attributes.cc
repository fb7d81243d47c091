#include "domain/attributes.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "domain/event_maker.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::AttributeDefinition;

// "money" of TYPE_MONEY.
std::string TypeWord(AttributeDefinition::Type type) {
  const std::string& name = AttributeDefinition::Type_Name(type);
  return absl::AsciiStrToLower(absl::StripPrefix(absl::string_view(name), "TYPE_"));
}

template <typename List>
auto FindByName(const List& list, absl::string_view name) -> decltype(&*list.begin()) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [name](const auto& one) { return one.name() == name; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

AttributeDefinition::Type AttributeType(const v1::Attribute& attribute) {
  switch (attribute.value_case()) {
    case v1::Attribute::kStringValue:
      return AttributeDefinition::TYPE_STRING;
    case v1::Attribute::kIntValue:
      return AttributeDefinition::TYPE_INT;
    case v1::Attribute::kBoolValue:
      return AttributeDefinition::TYPE_BOOL;
    case v1::Attribute::kTimeValue:
      return AttributeDefinition::TYPE_TIME;
    case v1::Attribute::kMoneyValue:
      return AttributeDefinition::TYPE_MONEY;
    case v1::Attribute::VALUE_NOT_SET:
      break;
  }
  return AttributeDefinition::TYPE_UNSPECIFIED;
}

const v1::Attribute* FindAttribute(const Attributes& attributes, absl::string_view name) {
  return FindByName(attributes, name);
}

const AttributeDefinition* FindDefinition(const AttributeDefinitions& definitions,
                                          absl::string_view name) {
  return FindByName(definitions, name);
}

std::vector<v1::Refusal> CheckSetAttributes(absl::string_view field, const Attributes& attributes,
                                            const AttributeDefinitions& definitions) {
  std::map<absl::string_view, const AttributeDefinition*> by_name;
  for (const AttributeDefinition& definition : definitions) {
    by_name.emplace(definition.name(), &definition);
  }
  std::vector<v1::Refusal> refusals;
  for (int i = 0; i < attributes.size(); ++i) {
    const v1::Attribute& attribute = attributes[i];
    const std::string path = absl::StrCat(field, "[", i, "]");
    const auto defined = by_name.find(attribute.name());
    if (defined == by_name.end()) {
      refusals.push_back(MakeRefusal(kReasonAttributeUndefined, absl::StrCat(path, ".name"),
                                     "the policy pack defines no attribute of this name"));
      continue;
    }
    const AttributeDefinition& definition = *defined->second;
    if (AttributeType(attribute) != definition.type()) {
      refusals.push_back(MakeRefusal(
          kReasonAttributeType, path,
          absl::StrCat("the policy pack defines the attribute as ", TypeWord(definition.type()))));
      continue;
    }
    const auto& allowed = definition.allowed_values();
    if (!allowed.empty() &&
        std::find(allowed.begin(), allowed.end(), attribute.string_value()) == allowed.end()) {
      refusals.push_back(MakeRefusal(kReasonAttributeValue, absl::StrCat(path, ".string_value"),
                                     "the value is not one that the policy pack lists"));
    }
  }
  return refusals;
}

}  // namespace domain
}  // namespace frontdesk
