#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/customer/customer_changes.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Customer;

const std::string& Key(const v1::ContactPoint& point) { return point.contact_point_id(); }
const std::string& Key(const v1::CustomerAddress& address) { return address.address_id(); }
const std::string& Key(const v1::PaymentMethod& method) { return method.payment_method_id(); }
const std::string& Key(const v1::Attribute& attribute) { return attribute.name(); }
std::string Key(const v1::Consent& consent) { return consent.purpose() + '\0' + consent.channel(); }
std::string Key(const v1::ExternalId& external_id) {
  return external_id.system() + '\0' + external_id.id();
}

// The bytes by which it is seen whether an item changed. Which contact point is preferred is not part
// of it: that changes with other ones.
template <typename Item>
std::string Content(const Item& item) {
  return item.SerializeAsString();
}
std::string Content(v1::ContactPoint point) {
  point.clear_preferred();
  return point.SerializeAsString();
}

template <typename List>
auto MapByKey(const List& list) {
  std::map<std::string, decltype(&*list.begin())> by_key;
  for (const auto& item : list) by_key.emplace(Key(item), &item);
  return by_key;
}

// Each item that is still as in `after` gets its value in `before`, or is removed if it was not there.
template <typename List>
void TakeBack(const List& before, const List& after, List* current) {
  const auto was = MapByKey(before);
  const auto left = MapByKey(after);
  List result;
  for (const auto& item : *current) {
    const auto merged = left.find(Key(item));
    const bool unchanged = merged != left.end() && Content(*merged->second) == Content(item);
    const auto own = was.find(Key(item));
    if (unchanged && own == was.end()) continue;
    *result.Add() = unchanged ? *own->second : item;
  }
  result.Swap(current);
}

// The same for which contact points are preferred, by their ids: those that the merge made preferred
// are so no longer, unless somebody has said so since.
void TakeBackPreferred(const Customer& before, const Customer& after, const Customer& current,
                       Customer* result) {
  const auto was = MapByKey(before.contact_points());
  const auto left = MapByKey(after.contact_points());
  const auto is = MapByKey(current.contact_points());
  for (v1::ContactPoint& point : *result->mutable_contact_points()) {
    const bool preferred = is.at(Key(point))->preferred();
    const auto merged = left.find(Key(point));
    const auto own = was.find(Key(point));
    const bool unchanged = merged != left.end() && merged->second->preferred() == preferred;
    point.set_preferred(unchanged && own != was.end() ? own->second->preferred() : preferred);
  }
}

// Verifications have no key: as many of each content go as the merge brought, and those come back for which it had no room.
void TakeBackVerifications(const Customer& before, const Customer& after, Customer* result) {
  std::map<std::string, int> brought;
  for (const v1::IdentityVerification& one : after.current_verifications()) ++brought[Content(one)];
  for (const v1::IdentityVerification& one : before.current_verifications())
    --brought[Content(one)];
  auto& verifications = *result->mutable_current_verifications();
  for (const v1::IdentityVerification& one : before.current_verifications()) {
    int& count = brought[Content(one)];
    if (count >= 0) continue;
    ++count;
    *verifications.Add() = one;
  }
  verifications.erase(std::remove_if(verifications.begin(), verifications.end(),
                                     [&brought](const v1::IdentityVerification& one) {
                                       int& count = brought[Content(one)];
                                       return count > 0 && count-- > 0;
                                     }),
                      verifications.end());
  BoundVerifications(&verifications);
}

void TakeBackPreferences(const Customer& before, const Customer& after, const Customer& current,
                         Customer* result) {
  v1::CustomerPreferences& preferences = *result->mutable_preferences();
  bool changed = false;
#define FRONTDESK_TEXT(field)                                         \
  if (current.preferences().field() == after.preferences().field()) { \
    preferences.set_##field(before.preferences().field());            \
  } else {                                                            \
    changed = true;                                                   \
  }
  FRONTDESK_TEXT(language_tag)
  FRONTDESK_TEXT(channel)
  FRONTDESK_TEXT(time_zone)
#undef FRONTDESK_TEXT
  const bool empty = preferences.language_tag().empty() && preferences.channel().empty() &&
                     preferences.time_zone().empty();
  if (empty && (changed || !before.has_preferences())) result->clear_preferences();
}

void TakeBackTexts(const Customer& before, const Customer& after, Customer* result) {
  const Customer current = *result;
#define FRONTDESK_TEXT(field) \
  if (current.field() == after.field()) result->set_##field(before.field());
  FRONTDESK_TEXT(given_name)
  FRONTDESK_TEXT(family_name)
  FRONTDESK_TEXT(organization_name)
  FRONTDESK_TEXT(tier)
#undef FRONTDESK_TEXT
  // A customer has a name: if none is left without those of the merge, the old ones are restored.
  if (result->given_name().empty() && result->family_name().empty() &&
      result->organization_name().empty()) {
    result->set_given_name(before.given_name());
    result->set_family_name(before.family_name());
    result->set_organization_name(before.organization_name());
  }
}

}  // namespace

Customer TakeApart(const Customer& current, const v1::MergedCustomer& merge) {
  const Customer& before = merge.survivor_before();
  const Customer& after = merge.survivor_after();
  Customer result = current;
  result.clear_merged_customers();
  result.clear_merged_customer_refs();
  result.clear_identity_verifications();
  result.clear_removed_payment_methods();
  TakeBackTexts(before, after, &result);
  TakeBackPreferences(before, after, current, &result);
  TakeBack(before.contact_points(), after.contact_points(), result.mutable_contact_points());
  TakeBackPreferred(before, after, current, &result);
  TakeBack(before.addresses(), after.addresses(), result.mutable_addresses());
  TakeBack(before.payment_methods(), after.payment_methods(), result.mutable_payment_methods());
  TakeBack(before.external_ids(), after.external_ids(), result.mutable_external_ids());
  TakeBack(before.consents(), after.consents(), result.mutable_consents());
  TakeBack(before.attributes(), after.attributes(), result.mutable_attributes());
  TakeBackVerifications(before, after, &result);
  return result;
}

}  // namespace domain
}  // namespace frontdesk
