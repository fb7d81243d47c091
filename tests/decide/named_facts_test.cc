#include "decide/named_facts.h"

#include <string>
#include <vector>

#include "frontdesk/v1/order_commands.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace internal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::CatalogFacts Shop() {
  v1::CatalogFacts catalog;
  catalog.mutable_as_of_time()->set_seconds(7);
  for (const char* product : {"lamp", "fan"}) catalog.add_products()->set_product_id(product);
  for (const char* variant : {"red", "blue", "big", "small"}) {
    v1::Variant& added = *catalog.add_variants();
    added.set_variant_id(variant);
    added.set_product_id(catalog.variants_size() <= 2 ? "lamp" : "fan");
  }
  return catalog;
}

std::vector<std::string> Variants(const v1::CatalogFacts& facts) {
  std::vector<std::string> ids;
  for (const v1::Variant& variant : facts.variants()) ids.push_back(variant.variant_id());
  return ids;
}

v1::CatalogFacts NamedFacts(const v1::OrderCommand& command, const v1::CatalogFacts& catalog) {
  v1::CatalogFacts named;
  AddNamedFacts(command, catalog, &named);
  return named;
}

TEST(NamedFactsTest, VariantsOfTheCommandWithTheirProducts) {
  v1::OrderCommand place;
  for (const char* variant : {"big", "red", "red", "unknown"}) {
    place.mutable_place_order()->add_lines()->set_variant_id(variant);
  }
  const v1::CatalogFacts named = NamedFacts(place, Shop());
  EXPECT_THAT(Variants(named), ElementsAre("red", "big"));
  EXPECT_EQ(named.products_size(), 2);
  EXPECT_EQ(named.as_of_time().seconds(), 7);

  v1::OrderCommand change;
  v1::ItemChange& one = *change.mutable_change_items()->add_changes();
  one.mutable_item()->set_variant_id("small");
  one.set_new_variant_id("big");
  const v1::CatalogFacts both = NamedFacts(change, Shop());
  EXPECT_THAT(Variants(both), ElementsAre("big", "small"));
  ASSERT_EQ(both.products_size(), 1);
  EXPECT_EQ(both.products(0).product_id(), "fan");
}

TEST(NamedFactsTest, ACommandThatNamesNoneHasNone) {
  v1::OrderCommand cancel;
  cancel.mutable_cancel_order()->set_order_id("red");
  const v1::CatalogFacts named = NamedFacts(cancel, Shop());
  EXPECT_THAT(Variants(named), IsEmpty());
  EXPECT_EQ(named.products_size(), 0);
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
