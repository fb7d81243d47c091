// The shop's goods, as facts for commands.
//
//   retail_desk::Catalog catalog;
//   frontdesk::v1::Facts facts = catalog.FactsFor({"4711"});   // that variant and its product, if there is one
#ifndef FRONTDESK_EXAMPLES_SHOP_CATALOG_H_
#define FRONTDESK_EXAMPLES_SHOP_CATALOG_H_

#include <string>
#include <unordered_map>
#include <vector>

#include "frontdesk/v1/catalog.pb.h"

namespace retail_desk {

// Products and variants by id. Thread-compatible.
class Catalog {
 public:
  // False when there is one of that id already; then nothing changed.
  bool AddProduct(frontdesk::v1::Product product);
  bool AddVariant(frontdesk::v1::Variant variant);

  // Null when there is none.
  const frontdesk::v1::Product* FindProduct(const std::string& product_id) const;
  const frontdesk::v1::Variant* FindVariant(const std::string& variant_id) const;

  // The variants of these ids that exist, each once, in this order, and their products. Facts are kept in the journal with
  // the command, so only what the command names is handed over.
  frontdesk::v1::Facts FactsFor(const std::vector<std::string>& variant_ids) const;

 private:
  std::unordered_map<std::string, frontdesk::v1::Product> products_;
  std::unordered_map<std::string, frontdesk::v1::Variant> variants_;
};

}  // namespace retail_desk

#endif  // FRONTDESK_EXAMPLES_SHOP_CATALOG_H_
