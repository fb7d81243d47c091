#include "domain/domain_testing.h"

namespace frontdesk {
namespace domain {

World MakeWorld() {
  World world;
  world.customer = FromText<v1::Customer>(R"pb(
    customer_id: "c1"
    state: STATE_CUSTOMER
    given_name: "Ann"
    addresses {
      address_id: "default"
      address { lines: "1 Main Street" locality: "Town" }
    }
    payment_methods { payment_method_id: "card" kind: KIND_CARD last_four: "4242" }
    payment_methods { payment_method_id: "wallet" kind: KIND_WALLET }
    payment_methods { payment_method_id: "gift" kind: KIND_GIFT_CARD account_id: "a1" }
    payment_methods { payment_method_id: "gift2" kind: KIND_GIFT_CARD account_id: "a2" }
    payment_methods { payment_method_id: "lost" kind: KIND_GIFT_CARD account_id: "nowhere" }
  )pb");
  for (const char* id : {"a1", "a2"}) {
    world.accounts.push_back(FromText<v1::Account>(
        absl::StrCat("account_id: '", id,
                     "' kind: KIND_GIFT_CARD state: STATE_ACTIVE customer_id: 'c1' "
                     "balance { units: 50000 currency_code: 'USD' }")));
  }
  world.catalog = FromText<v1::CatalogFacts>(R"pb(
    products { product_id: "shirt" name: "Shirt" }
    products { product_id: "mug" name: "Mug" }
    variants {
      variant_id: "shirt-blue"
      product_id: "shirt"
      name: "Shirt"
      options { name: "colour" value: "blue" }
      unit_price { value: 10000 scale: 2 currency_code: "USD" }
      available: true
    }
    variants {
      variant_id: "shirt-red"
      product_id: "shirt"
      name: "Shirt"
      options { name: "colour" value: "red" }
      unit_price { value: 12000 scale: 2 currency_code: "USD" }
      available: true
    }
    variants {
      variant_id: "shirt-old"
      product_id: "shirt"
      name: "Shirt"
      unit_price { value: 8000 scale: 2 currency_code: "USD" }
      available: false
    }
    variants {
      variant_id: "mug-plain"
      product_id: "mug"
      name: "Mug"
      unit_price { value: 1000 scale: 2 currency_code: "USD" }
      available: true
    }
    variants {
      variant_id: "mug-yen"
      product_id: "mug"
      name: "Mug"
      unit_price { value: 1000 scale: 0 currency_code: "JPY" }
      available: true
    }
    variants { variant_id: "mug-unpriced" product_id: "mug" name: "Mug" available: true }
  )pb");
  return world;
}

World MakePlacedWorld() {
  World world = MakeWorld();
  world.Done(R"pb(place_order {
                    order_id: "o1"
                    customer_id: "c1"
                    currency_code: "USD"
                    lines { variant_id: "shirt-blue" quantity: 3 }
                    lines { variant_id: "mug-plain" quantity: 1 }
                    payment_method_id: "card"
                    settlement: SETTLEMENT_DONE
                  })pb");
  return world;
}

World MakeShippedWorld() {
  World world = MakePlacedWorld();
  world.Done(R"pb(record_shipment {
                    order_id: "o1"
                    shipment {
                      shipment_id: "s1"
                      lines { line_id: "1" quantity: 3 }
                      lines { line_id: "2" quantity: 1 }
                    }
                  })pb");
  return world;
}

World MakeDeliveredWorld() {
  World world = MakeShippedWorld();
  world.Done("record_delivery { order_id: 'o1' shipment_id: 's1' }");
  return world;
}

}  // namespace domain
}  // namespace frontdesk
