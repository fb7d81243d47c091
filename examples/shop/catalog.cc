#include "catalog.h"

#include <unordered_set>
#include <utility>

namespace retail_desk {

using ::frontdesk::v1::Facts;
using ::frontdesk::v1::Product;
using ::frontdesk::v1::Variant;

bool Catalog::AddProduct(Product product) {
  std::string id = product.product_id();
  return products_.emplace(std::move(id), std::move(product)).second;
}

bool Catalog::AddVariant(Variant variant) {
  std::string id = variant.variant_id();
  return variants_.emplace(std::move(id), std::move(variant)).second;
}

const Product* Catalog::FindProduct(const std::string& product_id) const {
  const auto found = products_.find(product_id);
  return found == products_.end() ? nullptr : &found->second;
}

const Variant* Catalog::FindVariant(const std::string& variant_id) const {
  const auto found = variants_.find(variant_id);
  return found == variants_.end() ? nullptr : &found->second;
}

Facts Catalog::FactsFor(const std::vector<std::string>& variant_ids) const {
  Facts facts;
  facts.mutable_catalog();  // Present also when nothing that is named exists.
  std::unordered_set<std::string> taken;
  for (const std::string& id : variant_ids) {
    const Variant* variant = FindVariant(id);
    if (variant == nullptr || !taken.insert("variant " + id).second) continue;
    *facts.mutable_catalog()->add_variants() = *variant;
    const Product* product = FindProduct(variant->product_id());
    if (product != nullptr && taken.insert("product " + product->product_id()).second) {
      *facts.mutable_catalog()->add_products() = *product;
    }
  }
  return facts;
}

}  // namespace retail_desk
