#include "frontdesk/domain/customer/customer_match.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "internal/fold_text.h"

namespace frontdesk {
namespace domain {
namespace {

using Kind = v1::DuplicateEvidence;

constexpr std::int32_t kMaxScore = 1'000;

// The identifiers of a customer: a text for each, and whether it was verified.
using Marks = std::map<std::pair<std::string, std::string>, bool>;

void Add(std::string first, std::string second, bool verified, Marks* marks) {
  bool& mark = (*marks)[{std::move(first), std::move(second)}];
  mark = mark || verified;
}

Marks ContactMarks(const v1::Customer& customer, v1::ContactPoint::Kind kind) {
  Marks marks;
  for (const v1::ContactPoint& point : customer.contact_points()) {
    if (point.kind() != kind || point.match_key().empty()) continue;
    Add(kind == v1::ContactPoint::KIND_HANDLE ? internal::FoldText(point.service()) : "",
        point.match_key(), point.has_verify_time() && !point.has_expire_time(), &marks);
  }
  return marks;
}

Marks ExternalIdMarks(const v1::Customer& customer) {
  Marks marks;
  for (const v1::ExternalId& external_id : customer.external_ids()) {
    if (!external_id.is_invalid()) Add(external_id.system(), external_id.id(), false, &marks);
  }
  return marks;
}

Marks PaymentMarks(const v1::Customer& customer) {
  Marks marks;
  for (const v1::PaymentMethod& method : customer.payment_methods()) {
    if (method.gateway_token().empty()) continue;
    Add("", method.gateway_token(), method.has_verify_time(), &marks);
  }
  return marks;
}

Marks NameMarks(const v1::Customer& customer) {
  Marks marks;
  std::string given = internal::FoldText(customer.given_name());
  std::string family = internal::FoldText(customer.family_name());
  std::string organization = internal::FoldText(customer.organization_name());
  if (!given.empty() && !family.empty()) Add(std::move(given), std::move(family), false, &marks);
  // A person has both names, so an organization is none.
  if (!organization.empty()) Add("", std::move(organization), false, &marks);
  return marks;
}

Marks AddressMarks(const v1::Customer& customer) {
  Marks marks;
  for (const v1::CustomerAddress& address : customer.addresses()) {
    if (address.address().lines().empty()) continue;
    std::string postal_code = internal::FoldText(address.address().postal_code());
    std::string line = internal::FoldText(address.address().lines(0));
    if (postal_code.empty() || line.empty()) continue;
    Add(std::move(postal_code), std::move(line), false, &marks);
  }
  return marks;
}

// Compares what two customers are identified by and adds up what is the same.
class Matcher {
 public:
  Matcher(const v1::Customer& customer, const v1::Customer& other)
      : customer_(customer), other_(other) {}

  template <typename MarksOf>
  void Compare(Kind::Kind kind, std::int32_t weight, std::int32_t weight_verified,
               MarksOf marks_of) {
    const Marks own = marks_of(customer_);
    if (own.empty()) return;
    const Marks others = marks_of(other_);
    bool found = false;
    bool verified = false;
    for (const auto& [mark, own_verified] : own) {
      const auto same = others.find(mark);
      if (same == others.end()) continue;
      found = true;
      verified = verified || (own_verified && same->second);
    }
    if (!found) return;
    v1::DuplicateEvidence* evidence = candidate_.add_evidence();
    evidence->set_kind(kind);
    evidence->set_verified(verified);
    evidence->set_weight(verified ? weight_verified : weight);
    if (kind == Kind::KIND_EXTERNAL_ID || (kind == Kind::KIND_EMAIL && verified)) {
      candidate_.set_is_certain(true);
    }
  }

  absl::optional<v1::DuplicateCandidate> Finish() {
    if (candidate_.evidence().empty()) return absl::nullopt;
    candidate_.set_customer_id(other_.customer_id());
    auto* evidence = candidate_.mutable_evidence();
    std::sort(evidence->begin(), evidence->end(), [](const auto& a, const auto& b) {
      return a.weight() != b.weight() ? a.weight() > b.weight() : a.kind() < b.kind();
    });
    std::int32_t score = 0;
    for (const v1::DuplicateEvidence& each : *evidence) score += each.weight();
    candidate_.set_score(std::min(score, kMaxScore));
    return std::move(candidate_);
  }

 private:
  const v1::Customer& customer_;
  const v1::Customer& other_;
  v1::DuplicateCandidate candidate_;
};

}  // namespace

absl::optional<v1::DuplicateCandidate> MatchCustomers(const v1::Customer& customer,
                                                      const v1::Customer& other) {
  const auto contacts = [](v1::ContactPoint::Kind kind) {
    return [kind](const v1::Customer& each) { return ContactMarks(each, kind); };
  };
  Matcher matcher(customer, other);
  matcher.Compare(Kind::KIND_EXTERNAL_ID, 1'000, 1'000, ExternalIdMarks);
  matcher.Compare(Kind::KIND_EMAIL, 400, 600, contacts(v1::ContactPoint::KIND_EMAIL));
  matcher.Compare(Kind::KIND_PHONE, 200, 250, contacts(v1::ContactPoint::KIND_PHONE));
  matcher.Compare(Kind::KIND_HANDLE, 300, 400, contacts(v1::ContactPoint::KIND_HANDLE));
  matcher.Compare(Kind::KIND_NAME, 150, 150, NameMarks);
  matcher.Compare(Kind::KIND_ADDRESS, 150, 150, AddressMarks);
  matcher.Compare(Kind::KIND_PAYMENT_METHOD, 300, 350, PaymentMarks);
  return matcher.Finish();
}

}  // namespace domain
}  // namespace frontdesk
