#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "domain/attributes.h"
#include "domain/customer/customer_changes.h"
#include "domain/customer/customer_items.h"
#include "domain/interaction_part.h"
#include "domain/merged_method_ids.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/survivor.h"
#include "internal/join_ids.h"
#include "internal/time.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Customer;

template <typename Message>
bool Equal(const Message& a, const Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

// The id of the items of a list, and the content that makes two of them one thing under two ids.
struct ContactPoints {
  static constexpr absl::string_view kName = "contact_points";
  static const std::string& Id(const v1::ContactPoint& point) { return point.contact_point_id(); }
  static void SetId(std::string id, v1::ContactPoint* point) {
    point->set_contact_point_id(std::move(id));
  }
  static std::string Identity(const v1::ContactPoint& point) {
    // One that is no address is compared as it was typed; no match key begins with a blank.
    return absl::StrCat(
        point.kind(), "/", point.service().size(), "/", point.service(),
        point.is_invalid() ? absl::StrCat(" ", point.as_typed()) : point.match_key());
  }
  static bool Verified(const v1::ContactPoint& point) { return point.has_verify_time(); }
};

struct PaymentMethods {
  static constexpr absl::string_view kName = "payment_methods";
  static const std::string& Id(const v1::PaymentMethod& method) {
    return method.payment_method_id();
  }
  static void SetId(std::string id, v1::PaymentMethod* method) {
    method->set_payment_method_id(std::move(id));
  }
  // The account or the gateway's token; without either, all that is said about it.
  static std::string Identity(const v1::PaymentMethod& method) {
    if (!method.account_id().empty()) return absl::StrCat(method.kind(), "a", method.account_id());
    if (!method.gateway_token().empty()) {
      return absl::StrCat(method.kind(), "t", method.gateway_token());
    }
    v1::PaymentMethod content = method;
    content.clear_payment_method_id();
    content.clear_verify_time();
    content.clear_verification_method();
    return absl::StrCat(method.kind(), "c", content.SerializeAsString());
  }
  static bool Verified(const v1::PaymentMethod& method) { return method.has_verify_time(); }
};

struct Addresses {
  static constexpr absl::string_view kName = "addresses";
  static const std::string& Id(const v1::CustomerAddress& address) { return address.address_id(); }
  static void SetId(std::string id, v1::CustomerAddress* address) {
    address->set_address_id(std::move(id));
  }
  static std::string Identity(v1::CustomerAddress address) {
    address.clear_address_id();
    return address.SerializeAsString();
  }
  static bool Verified(const v1::CustomerAddress&) { return false; }
};

// The ids that the merged customer's items must not get.
template <typename Kind>
struct UsedIds {
  explicit UsedIds(const Customer&, const Customer&) {}
  bool IsUsed(const std::string&) const { return false; }
  bool IsUsedByEither(const std::string&) const { return false; }
};

// A movement of money may still name a method that was removed.
template <>
struct UsedIds<PaymentMethods> {
  UsedIds(const Customer& survivor_of, const Customer& merged_of)
      : survivor(survivor_of), merged(merged_of) {}
  bool IsUsed(const std::string& id) const { return WasMethodId(survivor, id); }
  bool IsUsedByEither(const std::string& id) const {
    return WasMethodId(survivor, id) || WasMethodId(merged, id);
  }

  const Customer& survivor;
  const Customer& merged;
};

class CustomerMerge {
 public:
  CustomerMerge(const Customer& survivor, const Customer& merged, v1::MergedCustomer* merge)
      : survivor_(survivor),
        merged_(merged),
        merge_(merge),
        after_(*merge->mutable_survivor_after()) {}

  void Run(const google::protobuf::RepeatedPtrField<std::string>& merged_field_names) {
    const auto from_merged = [&](absl::string_view name) {
      return std::find(merged_field_names.begin(), merged_field_names.end(), name) !=
             merged_field_names.end();
    };
#define FRONTDESK_TEXT(field)                               \
  if ((from_merged(#field) || survivor_.field().empty()) && \
      survivor_.field() != merged_.field()) {               \
    after_.set_##field(merged_.field());                    \
    AddProvenance(#field);                                  \
  }
    FRONTDESK_TEXT(given_name)
    FRONTDESK_TEXT(family_name)
    FRONTDESK_TEXT(organization_name)
    FRONTDESK_TEXT(tier)
#undef FRONTDESK_TEXT
    const bool has_preferences =
        !Equal(survivor_.preferences(), v1::CustomerPreferences::default_instance());
    if ((from_merged("preferences") || !has_preferences) &&
        !Equal(survivor_.preferences(), merged_.preferences())) {
      after_.clear_preferences();
      if (merged_.has_preferences()) *after_.mutable_preferences() = merged_.preferences();
      AddProvenance("preferences");
    }
    UniteContactPoints();
    Unite<Addresses>(merged_.addresses(), after_.mutable_addresses());
    UnitePaymentMethods();
    UniteRest();
  }

  void UnitePaymentMethods() {
    Unite<PaymentMethods>(merged_.payment_methods(), after_.mutable_payment_methods());
  }

 private:
  void AddProvenance(std::string field) {
    v1::FieldProvenance& provenance = *merge_->add_provenance();
    provenance.set_field(std::move(field));
    provenance.set_source_customer_id(merged_.customer_id());
  }

  void AddItemProvenance(absl::string_view list, absl::string_view id) {
    AddProvenance(absl::StrCat(list, "[", id, "]"));
  }

  // Adds the items of `from` to `to`, which begins with the survivor's own. One that the survivor has
  // is there once, under the survivor's id; if only the other customer's is verified, as that one is.
  template <typename Kind, typename List>
  void Unite(const List& from, List* to) {
    const UsedIds<Kind> used(survivor_, merged_);
    std::map<std::string, int> own;
    std::set<std::string> taken;
    for (int i = 0; i < to->size(); ++i) {
      own.emplace(Kind::Identity((*to)[i]), i);
      taken.insert(Kind::Id((*to)[i]));
    }
    for (const auto& item : from) {
      std::string id = Kind::Id(item);
      const auto same = own.find(Kind::Identity(item));
      if (same != own.end()) {
        auto& mine = (*to)[same->second];
        if (!Kind::Verified(item) || Kind::Verified(mine)) continue;
        id = Kind::Id(mine);
        mine = item;
        Kind::SetId(id, &mine);
      } else {
        if (used.IsUsed(id) || !taken.insert(id).second) {
          do {
            id = internal::JoinIds(merged_.customer_id(), id, kMaxIdBytes);
          } while (used.IsUsedByEither(id) || !taken.insert(id).second);
        }
        auto& added = *to->Add();
        added = item;
        Kind::SetId(id, &added);
      }
      AddItemProvenance(Kind::kName, id);
    }
  }

  // At most one of a kind is preferred, the survivor's first of all.
  void UniteContactPoints() {
    auto& points = *after_.mutable_contact_points();
    Unite<ContactPoints>(merged_.contact_points(), &points);
    std::set<int> kinds;  // Of which the survivor prefers one.
    for (const v1::ContactPoint& point : survivor_.contact_points()) {
      if (point.preferred()) kinds.insert(point.kind());
    }
    std::set<std::string> preferred_there;
    for (const v1::ContactPoint& point : merged_.contact_points()) {
      if (point.preferred() && kinds.count(point.kind()) == 0) {
        preferred_there.insert(ContactPoints::Identity(point));
      }
    }
    for (int i = 0; i < points.size(); ++i) {
      v1::ContactPoint* own = i < survivor_.contact_points_size()
                                  ? merge_->mutable_survivor_before()->mutable_contact_points(i)
                                  : nullptr;
      const bool takes_over = preferred_there.count(ContactPoints::Identity(points[i])) > 0;
      points[i].set_preferred((own != nullptr && own->preferred()) || takes_over);
      // Where the other fields are the survivor's own, the provenance does not list the item yet.
      if (own != nullptr && takes_over && points[i].has_verify_time() == own->has_verify_time()) {
        AddItemProvenance(ContactPoints::kName, points[i].contact_point_id());
      }
    }
  }

  template <typename List>
  static std::set<std::string> Contents(const List& list) {
    std::set<std::string> contents;
    for (const auto& item : list) contents.insert(item.SerializeAsString());
    return contents;
  }

  // The lists whose items have no id of their own.
  void UniteRest() {
    const std::set<std::string> external_ids = Contents(survivor_.external_ids());
    for (const v1::ExternalId& external_id : merged_.external_ids()) {
      if (external_ids.count(external_id.SerializeAsString()) > 0) continue;
      *after_.add_external_ids() = external_id;
      AddItemProvenance("external_ids", ExternalIdName(external_id));
    }
    UniteConsents();
    for (const v1::Attribute& attribute : merged_.attributes()) {
      if (FindAttribute(survivor_.attributes(), attribute.name()) != nullptr) continue;
      *after_.add_attributes() = attribute;
      AddItemProvenance("attributes", attribute.name());
    }
    const std::set<std::string> verifications = Contents(survivor_.current_verifications());
    for (const v1::IdentityVerification& verification : merged_.current_verifications()) {
      if (verifications.count(verification.SerializeAsString()) > 0) continue;
      *after_.add_current_verifications() = verification;
      AddItemProvenance("current_verifications", internal::TimeText(verification.verify_time()));
    }
    BoundVerifications(after_.mutable_current_verifications());
  }

  // A refusal beats a consent; of two of a kind the later one counts.
  static bool Beats(const v1::Consent& one, const v1::Consent& other) {
    const bool refused = one.answer() == v1::Consent::ANSWER_REFUSED;
    const bool other_refused = other.answer() == v1::Consent::ANSWER_REFUSED;
    return refused != other_refused ? refused : IsBefore(AnswerTime(other), AnswerTime(one));
  }

  void UniteConsents() {
    std::map<std::pair<std::string, std::string>, int> own;
    for (int i = 0; i < survivor_.consents_size(); ++i) {
      own.emplace(std::make_pair(survivor_.consents(i).purpose(), survivor_.consents(i).channel()),
                  i);
    }
    for (const v1::Consent& consent : merged_.consents()) {
      const auto same = own.find({consent.purpose(), consent.channel()});
      if (same == own.end()) {
        *after_.add_consents() = consent;
      } else if (Beats(consent, survivor_.consents(same->second))) {
        *after_.mutable_consents(same->second) = consent;
      } else {
        continue;
      }
      AddItemProvenance("consents", absl::StrCat(consent.purpose(), "/", consent.channel()));
    }
  }

  const Customer& survivor_;
  const Customer& merged_;
  v1::MergedCustomer* merge_;
  Customer& after_;
};

constexpr int kMaxCurrentVerifications = 32;

// Whether `later` counts wherever and as long as `earlier` does.
bool Covers(const v1::IdentityVerification& later, const v1::IdentityVerification& earlier) {
  const bool lasts =
      !later.has_expire_time() ||
      (earlier.has_expire_time() && !IsBefore(later.expire_time(), earlier.expire_time()));
  return lasts && later.level() >= earlier.level() &&
         (later.interaction_id().empty() || later.interaction_id() == earlier.interaction_id());
}

}  // namespace

void SortVerifications(IdentityVerifications* verifications) {
  std::stable_sort(verifications->begin(), verifications->end(),
                   [](const v1::IdentityVerification& a, const v1::IdentityVerification& b) {
                     return IsBefore(a.verify_time(), b.verify_time());
                   });
}

void BoundVerifications(IdentityVerifications* current) {
  SortVerifications(current);
  while (current->size() > kMaxCurrentVerifications) {
    int dropped = 0;
    for (int i = 0; i + 1 < current->size(); ++i) {
      const bool is_covered = std::any_of(
          current->begin() + i + 1, current->end(),
          [&](const v1::IdentityVerification& later) { return Covers(later, (*current)[i]); });
      if (!is_covered) continue;
      dropped = i;
      break;
    }
    current->DeleteSubrange(dropped, 1);
  }
}

void AddCurrentVerification(const v1::IdentityVerification& added, IdentityVerifications* current) {
  // One that was imported without a time, or without a level, never counts. It must not cover one that does.
  if (!added.has_verify_time() || added.level() < 1) return;
  current->erase(
      std::remove_if(current->begin(), current->end(),
                     [&added](const v1::IdentityVerification& each) {
                       const bool is_over = each.has_expire_time() &&
                                            !IsBefore(added.verify_time(), each.expire_time());
                       return is_over || (each.method() == added.method() && Covers(added, each));
                     }),
      current->end());
  *current->Add() = added;
  BoundVerifications(current);
}

v1::MergedCustomer MakeMerge(
    const Customer& survivor, const Customer& merged,
    const google::protobuf::RepeatedPtrField<std::string>& merged_field_names,
    const google::protobuf::Timestamp& now) {
  v1::MergedCustomer merge;
  merge.set_customer_id(merged.customer_id());
  *merge.mutable_merge_time() = now;
  *merge.mutable_merged_before() = merged;
  merge.mutable_merged_before()->clear_identity_verifications();
  merge.mutable_merged_before()->clear_merged_customers();
  merge.mutable_merged_before()->clear_removed_payment_methods();
  *merge.mutable_survivor_before() = survivor;
  merge.mutable_survivor_before()->clear_merged_customers();
  merge.mutable_survivor_before()->clear_merged_customer_refs();
  merge.mutable_survivor_before()->clear_identity_verifications();
  merge.mutable_survivor_before()->clear_removed_payment_methods();
  *merge.mutable_survivor_after() = merge.survivor_before();
  CustomerMerge(survivor, merged, &merge).Run(merged_field_names);
  return merge;
}

std::vector<std::string> MergedMethodIds(const Customer& survivor, const Customer& merged) {
  v1::MergedCustomer merge;
  *merge.mutable_survivor_after()->mutable_payment_methods() = survivor.payment_methods();
  CustomerMerge(survivor, merged, &merge).UnitePaymentMethods();
  std::vector<std::string> ids;
  const auto& methods = merge.survivor_after().payment_methods();
  for (int i = survivor.payment_methods_size(); i < methods.size(); ++i) {
    ids.push_back(methods[i].payment_method_id());
  }
  return ids;
}

namespace {

void AddOnce(const std::string& text, google::protobuf::RepeatedPtrField<std::string>* texts) {
  if (text.empty() || std::find(texts->begin(), texts->end(), text) != texts->end()) return;
  *texts->Add() = text;
}

// Adds the customer and all that it replaced, one more merge away.
void AddRefs(const Customer& merged, const std::string& direct_id, int depth, MergedRefs* refs) {
  v1::MergedCustomerRef& own = *refs->Add();
  own.set_customer_id(merged.customer_id());
  own.set_direct_customer_id(direct_id);
  own.set_depth(depth);
  AddOnce(merged.family_name(), own.mutable_names());
  AddOnce(merged.organization_name(), own.mutable_names());
  for (const v1::CustomerAddress& address : merged.addresses()) {
    AddOnce(address.address().postal_code(), own.mutable_postal_codes());
  }
  for (const v1::MergedCustomerRef& ref : merged.merged_customer_refs()) {
    v1::MergedCustomerRef& further = *refs->Add();
    further = ref;
    further.set_direct_customer_id(direct_id);
    further.set_depth(depth + std::max(0, std::min(ref.depth(), kMaxMergeChain)));
  }
  // Older events have these whole.
  if (!merged.merged_customer_refs().empty() || depth > kMaxMergeChain) return;
  for (const v1::MergedCustomer& merge : merged.merged_customers()) {
    AddRefs(merge.merged_before(), direct_id, depth + 1, refs);
  }
}

}  // namespace

void AddMergedRefs(const Customer& merged, MergedRefs* refs) {
  AddRefs(merged, merged.customer_id(), 1, refs);
}

int MergeChain(const Customer& customer) {
  int longest = 0;
  for (const v1::MergedCustomerRef& ref : customer.merged_customer_refs()) {
    longest = std::max(longest, ref.depth());
  }
  return longest;
}

bool StandsFor(const Customer& customer, absl::string_view customer_id) {
  if (customer.customer_id() == customer_id) return true;
  return std::any_of(
      customer.merged_customer_refs().begin(), customer.merged_customer_refs().end(),
      [customer_id](const v1::MergedCustomerRef& ref) { return ref.customer_id() == customer_id; });
}

bool AreOfOneCustomer(const Customer& customer, absl::string_view a, absl::string_view b) {
  return a == b || (!a.empty() && !b.empty() && StandsFor(customer, a) && StandsFor(customer, b));
}

void KeepLaterRefusals(const Customer& current, const v1::MergedCustomer& merge,
                       Customer* restored) {
  const auto find = [](auto& consents, const v1::Consent& like) {
    return std::find_if(consents.begin(), consents.end(), [&like](const v1::Consent& consent) {
      return consent.purpose() == like.purpose() && consent.channel() == like.channel();
    });
  };
  for (const v1::Consent& consent : current.consents()) {
    if (consent.answer() != v1::Consent::ANSWER_REFUSED) continue;
    const auto& then = merge.survivor_after().consents();
    const auto before = find(then, consent);
    if (before != then.end() && Equal(*before, consent)) continue;
    const auto own = find(*restored->mutable_consents(), consent);
    if (own == restored->mutable_consents()->end()) {
      *restored->add_consents() = consent;
    } else {
      *own = consent;
    }
  }
}

void KeepLaterRemovals(const Customer& current, const v1::MergedCustomer& merge,
                       Customer* restored) {
  // Whether the survivor still has them, under the ids that it gave them.
  std::map<std::string, bool> is_left;
  for (const v1::PaymentMethod& method : merge.survivor_after().payment_methods()) {
    is_left[PaymentMethods::Identity(method)] |=
        FindPaymentMethod(current, method.payment_method_id()) != nullptr;
  }
  auto* methods = restored->mutable_payment_methods();
  methods->erase(std::remove_if(methods->begin(), methods->end(),
                                [&](const v1::PaymentMethod& method) {
                                  const auto one = is_left.find(PaymentMethods::Identity(method));
                                  return one != is_left.end() && !one->second;
                                }),
                 methods->end());
}

}  // namespace domain
}  // namespace frontdesk
