#include "shop_reader.h"

#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "files.h"
#include "words.h"

namespace retail_desk {
namespace {

using ::frontdesk::v1::Account;
using ::frontdesk::v1::ContactPoint;
using ::frontdesk::v1::Customer;
using ::frontdesk::v1::ImportAccount;
using ::frontdesk::v1::ImportCustomer;
using ::frontdesk::v1::ImportOrder;
using ::frontdesk::v1::ImportSource;
using ::frontdesk::v1::PaymentMethod;
using ::frontdesk::v1::Product;
using ::frontdesk::v1::Variant;

// One of the shop's files: an object of objects by id.
struct File {
  absl::string_view name;
  absl::string_view root;
  absl::optional<Json> json;
};

bool Load(const std::string& directory, File* file, Problems* problems) {
  const absl::optional<std::string> text =
      ReadFile(absl::StrCat(directory, "/", file->name), file->name, problems);
  if (!text.has_value()) return false;
  file->json = ParseJson(*text, file->name, 1, file->root, problems);
  return file->json.has_value();
}

Node Root(const File& file, Problems* problems) {
  return Node(std::string(file.name), std::string(file.root), &*file.json, problems);
}

// Reports an id inside that differs from the name of the object's member.
void ExpectSameId(const Node& id, const std::string& name) {
  const std::string text = id.Id();
  if (!text.empty() && text != name) {
    id.Problem(absl::StrCat("is \"", text, "\" and stands under \"", name, "\""));
  }
}

void ReadVariant(const std::string& variant_id, const Node& node, const Product& product,
                 Catalog* catalog) {
  node.ExpectMembers({"item_id", "options", "available", "price"});
  ExpectSameId(node["item_id"], variant_id);
  Variant variant;
  variant.set_variant_id(variant_id);
  variant.set_product_id(product.product_id());
  variant.set_name(product.name());
  for (const auto& [name, value] : node["options"].Members()) {
    auto* option = variant.add_options();
    option->set_name(name);
    option->set_value(value.Text());
  }
  *variant.mutable_unit_price() = node["price"].Price();
  variant.set_available(node["available"].Bool());
  if (!catalog->AddVariant(std::move(variant))) {
    node.Problem("the item stands under another product as well");
  }
}

void ReadProducts(const Node& root, Catalog* catalog) {
  for (const auto& [product_id, node] : root.Members()) {
    node.ExpectMembers({"name", "product_id", "variants"});
    ExpectSameId(node["product_id"], product_id);
    Product product;
    product.set_product_id(product_id);
    product.set_name(node["name"].Text());
    for (const auto& [variant_id, variant] : node["variants"].Members()) {
      ReadVariant(variant_id, variant, product, catalog);
    }
    catalog->AddProduct(std::move(product));
  }
}

ImportSource Source(absl::string_view document) {
  ImportSource source;
  source.set_system("shop files");
  source.set_document(std::string(document));
  source.mutable_as_of_time()->set_seconds(kNow);
  return source;
}

// Reads one payment method into `customer`; a gift card makes an account too, which is put into `accounts`.
void ReadPaymentMethod(const std::string& method_id, const Node& node, Customer* customer,
                       std::vector<Import>* accounts) {
  PaymentMethod* method = customer->add_payment_methods();
  method->set_payment_method_id(method_id);
  ExpectSameId(node["id"], method_id);
  const Node source = node["source"];
  const std::string kind = source.Text();
  if (kind == "credit_card") {
    node.ExpectMembers({"source", "id", "brand", "last_four"});
    method->set_kind(PaymentMethod::KIND_CARD);
    method->set_brand(node["brand"].Text());
    method->set_last_four(node["last_four"].Text());
  } else if (kind == "paypal") {
    node.ExpectMembers({"source", "id"});
    method->set_kind(PaymentMethod::KIND_WALLET);
    method->set_brand("paypal");
  } else if (kind == "gift_card") {
    node.ExpectMembers({"source", "id", "balance"});
    method->set_kind(PaymentMethod::KIND_GIFT_CARD);
    method->set_account_id(AccountId(customer->customer_id(), method_id));
    ImportAccount verb;
    *verb.mutable_source() = Source(node.file());
    Account* account = verb.mutable_account();
    account->set_account_id(method->account_id());
    account->set_kind(Account::KIND_GIFT_CARD);
    account->set_state(Account::STATE_ACTIVE);
    account->set_customer_id(customer->customer_id());
    *account->mutable_balance() = node["balance"].Amount(Sign::kNotNegative);
    accounts->push_back({ImportCommand(verb), node.file(), node.place()});
  } else if (source.present() && source.json()->kind == Json::Kind::kText) {
    source.Problem(absl::StrCat("\"", kind, "\" is no kind of payment method"));
  }
}

void ReadUser(const std::string& customer_id, const Node& node, Shop* shop, Customers* customers) {
  node.ExpectMembers({"name", "address", "email", "payment_methods", "orders"});
  ImportCustomer verb;
  *verb.mutable_source() = Source(node.file());
  verb.set_strict(true);
  Customer& customer = *verb.mutable_customer();
  customer.set_customer_id(customer_id);
  customer.set_state(Customer::STATE_CUSTOMER);
  const Node name = node["name"];
  name.ExpectMembers({"first_name", "last_name"});
  customer.set_given_name(name["first_name"].Text());
  customer.set_family_name(name["last_name"].Text());
  ContactPoint* email = customer.add_contact_points();
  email->set_contact_point_id("email");
  email->set_kind(ContactPoint::KIND_EMAIL);
  email->set_as_typed(node["email"].Id());
  auto* address = customer.add_addresses();
  address->set_address_id(std::string(kAddressId));
  node["address"].ExpectMembers({"address1", "address2", "city", "state", "country", "zip"});
  *address->mutable_address() = ReadAddress(node["address"]);
  std::vector<Import> accounts;
  for (const auto& [method_id, method] : node["payment_methods"].Members()) {
    ReadPaymentMethod(method_id, method, &customer, &accounts);
  }
  auto* order_ids = customer.add_attributes();
  order_ids->set_name(std::string(kOrderIdsAttribute));
  order_ids->set_string_value(absl::StrJoin(node["orders"].Ids(), "\n"));
  shop->imports.push_back({ImportCommand(verb), node.file(), node.place()});
  std::move(accounts.begin(), accounts.end(), std::back_inserter(shop->imports));
  customers->emplace(customer_id, std::move(customer));
}

// Each user lists the user's own orders, each of them once.
void CheckOrderLists(const Node& users, const Node& orders) {
  std::map<std::string, std::string> owner_of;
  for (const auto& [order_id, order] : orders.Members()) {
    const Json* owner = order.json()->Find("user_id");
    owner_of[order_id] = owner == nullptr ? "" : owner->text;
  }
  std::set<std::string> listed;
  for (const auto& [user_id, user] : users.Members()) {
    const Node list = user.Optional("orders");
    if (!list.present() || list.json()->kind != Json::Kind::kList) continue;  // Reported already.
    for (const Node& id : list.Items()) {
      if (id.json()->kind != Json::Kind::kText) continue;
      const auto owner = owner_of.find(id.json()->text);
      if (owner == owner_of.end()) {
        id.Problem(absl::StrCat("there is no order \"", id.json()->text, "\""));
      } else if (owner->second != user_id) {
        id.Problem(absl::StrCat("the order \"", id.json()->text, "\" is of another user"));
      } else if (!listed.insert(id.json()->text).second) {
        id.Problem(absl::StrCat("the order \"", id.json()->text, "\" is listed twice"));
      }
    }
  }
}

}  // namespace

frontdesk::v1::PostalAddress ReadAddress(const Node& address) {
  frontdesk::v1::PostalAddress read;
  read.add_lines(address["address1"].Text());
  read.add_lines(address["address2"].Text());
  read.set_locality(address["city"].Text());
  read.set_administrative_area(address["state"].Text());
  read.set_country_as_written(address["country"].Text());
  read.set_postal_code(address["zip"].Text());
  return read;
}

absl::optional<Shop> ReadShop(const std::string& directory, Problems* problems) {
  File products{"products.json", "products", {}};
  File users{"users.json", "users", {}};
  File orders{"orders.json", "orders", {}};
  bool loaded = Load(directory, &products, problems);
  loaded = Load(directory, &users, problems) && loaded;
  loaded = Load(directory, &orders, problems) && loaded;
  if (!loaded) return absl::nullopt;

  Shop shop;
  Customers customers;
  ReadProducts(Root(products, problems), &shop.catalog);
  for (const auto& [user_id, user] : Root(users, problems).Members()) {
    ReadUser(user_id, user, &shop, &customers);
  }
  for (const auto& [order_id, order] : Root(orders, problems).Members()) {
    ImportOrder verb;
    *verb.mutable_order() = ReadOrder(order_id, order, shop.catalog, customers);
    *verb.mutable_source() = Source(orders.name);
    verb.set_strict(true);
    shop.imports.push_back({ImportCommand(verb), order.file(), order.place()});
  }
  CheckOrderLists(Root(users, problems), Root(orders, problems));
  if (!problems->empty()) return absl::nullopt;
  return shop;
}

}  // namespace retail_desk
