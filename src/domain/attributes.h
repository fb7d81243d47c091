// Custom attributes that a command sets, checked by the definitions of the policy pack. Private.
#ifndef FRONTDESK_DOMAIN_ATTRIBUTES_H_
#define FRONTDESK_DOMAIN_ATTRIBUTES_H_

#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "frontdesk/v1/policy.pb.h"

namespace frontdesk {
namespace domain {

using Attributes = google::protobuf::RepeatedPtrField<v1::Attribute>;
using AttributeDefinitions = google::protobuf::RepeatedPtrField<v1::AttributeDefinition>;

// Which type an attribute has; TYPE_UNSPECIFIED without a value.
v1::AttributeDefinition::Type AttributeType(const v1::Attribute& attribute);

// The attribute, or definition, of that name; null when there is none.
const v1::Attribute* FindAttribute(const Attributes& attributes, absl::string_view name);
const v1::AttributeDefinition* FindDefinition(const AttributeDefinitions& definitions,
                                              absl::string_view name);

// The refusals against setting `attributes`, which are in the command's `field`
// ("edit_customer.set_attributes"), in their order, one each: ATTRIBUTE_UNDEFINED, ATTRIBUTE_TYPE,
// ATTRIBUTE_VALUE. `definitions` are those for the kind of entity. Origin INVARIANT; no text holds a value.
// Linear in both together.
std::vector<v1::Refusal> CheckSetAttributes(absl::string_view field, const Attributes& attributes,
                                            const AttributeDefinitions& definitions);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ATTRIBUTES_H_
