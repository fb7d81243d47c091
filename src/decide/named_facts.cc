#include "decide/named_facts.h"

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "decide/lend.h"
#include "frontdesk/cel/accessor_table.h"
#include "frontdesk/v1/accessors.h"
#include "frontdesk/v1/command_options.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace internal {
namespace {

using cel::FieldAccessor;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

using Ids = absl::flat_hash_set<absl::string_view>;

struct FactType;

// A field that holds the id of a variant, or a message with such fields.
struct FactField {
  FieldAccessor accessor;
  bool is_list;
  const FactType* inner;  // Null for an id.
};

struct FactType {
  std::vector<FactField> fields;
};

// The types in order commands. They are made once.
class FactTypes {
 public:
  FactTypes() : root_(*Make(v1::OrderCommand::descriptor())) {}

  const FactType& root() const { return root_; }

 private:
  static bool IsVariantId(const FieldDescriptor& field) {
    return field.options().GetExtension(v1::fact) == v1::FACT_KIND_VARIANT;
  }

  // Whether an id of a variant can be in a message of the type, at any depth.
  static bool HasVariantId(const Descriptor* type, std::unordered_set<const Descriptor*>* seen) {
    if (!seen->insert(type).second) return false;
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor& field = *type->field(i);
      if (IsVariantId(field)) return true;
      if (field.message_type() != nullptr && HasVariantId(field.message_type(), seen)) return true;
    }
    return false;
  }

  const FactType* Make(const Descriptor* descriptor) {
    const auto [entry, is_new] = types_.try_emplace(descriptor);
    FactType& made = entry->second;  // Stays where it is.
    if (!is_new) return &made;
    for (int i = 0; i < descriptor->field_count(); ++i) {
      const FieldDescriptor& field = *descriptor->field(i);
      std::unordered_set<const Descriptor*> seen;
      const bool is_on_the_way =
          field.message_type() != nullptr && HasVariantId(field.message_type(), &seen);
      if (!is_on_the_way && !IsVariantId(field)) continue;
      // All fields of our protos have one.
      const FieldAccessor& accessor = *v1::Accessors().Find(&field);
      made.fields.push_back(
          {accessor, field.is_repeated(), is_on_the_way ? Make(field.message_type()) : nullptr});
    }
    return &made;
  }

  std::unordered_map<const Descriptor*, FactType> types_;
  const FactType& root_;
};

const FactTypes& TheFactTypes() {
  static const FactTypes* const types = new FactTypes();
  return *types;
}

// Adds the ids of variants in `message` and in the messages within it.
void AddVariantIds(const Message& message, const FactType& type, Ids* ids) {
  for (const FactField& field : type.fields) {
    const FieldAccessor& read = field.accessor;
    if (!field.is_list) {
      if (field.inner == nullptr) {
        ids->insert(read.getter.get_string(message));
      } else if (read.has(message)) {
        AddVariantIds(*read.getter.get_message(message), *field.inner, ids);
      }
      continue;
    }
    const int size = read.size(message);
    for (int i = 0; i < size; ++i) {
      if (field.inner == nullptr) {
        ids->insert(read.getter.at_string(message, i));
      } else {
        AddVariantIds(*read.getter.at_message(message, i), *field.inner, ids);
      }
    }
  }
}

}  // namespace

void AddNamedFacts(const v1::OrderCommand& command, const v1::CatalogFacts& catalog,
                   v1::CatalogFacts* named) {
  Ids variant_ids;
  AddVariantIds(command, TheFactTypes().root(), &variant_ids);
  variant_ids.erase("");
  google::protobuf::Arena* const arena = named->GetArena();
  if (catalog.has_as_of_time()) *named->mutable_as_of_time() = catalog.as_of_time();
  Ids product_ids;
  for (const v1::Variant& variant : catalog.variants()) {
    if (!variant_ids.contains(variant.variant_id())) continue;
    product_ids.insert(variant.product_id());
    named->mutable_variants()->UnsafeArenaAddAllocated(LendTo(arena, variant));
  }
  for (const v1::Product& product : catalog.products()) {
    if (product_ids.contains(product.product_id())) {
      named->mutable_products()->UnsafeArenaAddAllocated(LendTo(arena, product));
    }
  }
}

}  // namespace internal
}  // namespace frontdesk
