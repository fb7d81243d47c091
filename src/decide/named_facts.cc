#include "decide/named_facts.h"

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "frontdesk/v1/command_options.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

using Ids = absl::flat_hash_set<std::string>;

// Adds the ids of variants in `message` and in the messages within it.
void AddVariantIds(const Message& message, Ids* ids) {
  const Reflection& access = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  access.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!field->is_repeated()) {
        AddVariantIds(access.GetMessage(message, field), ids);
        continue;
      }
      for (int i = 0; i < access.FieldSize(message, field); ++i) {
        AddVariantIds(access.GetRepeatedMessage(message, field, i), ids);
      }
    } else if (field->options().GetExtension(v1::fact) == v1::FACT_KIND_VARIANT) {
      ids->insert(access.GetString(message, field));
    }
  }
}

}  // namespace

v1::CatalogFacts NamedFacts(const Message& command, const v1::CatalogFacts& catalog) {
  Ids variant_ids;
  AddVariantIds(command, &variant_ids);
  v1::CatalogFacts named;
  if (catalog.has_as_of_time()) *named.mutable_as_of_time() = catalog.as_of_time();
  Ids product_ids;
  for (const v1::Variant& variant : catalog.variants()) {
    if (!variant_ids.contains(variant.variant_id())) continue;
    product_ids.insert(variant.product_id());
    *named.add_variants() = variant;
  }
  for (const v1::Product& product : catalog.products()) {
    if (product_ids.contains(product.product_id())) *named.add_products() = product;
  }
  return named;
}

}  // namespace internal
}  // namespace frontdesk
