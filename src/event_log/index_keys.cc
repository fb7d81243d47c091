#include "event_log/index_keys.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "internal/fold_text.h"
#include "internal/sha256.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

std::string MakeKey(absl::string_view word, std::initializer_list<absl::string_view> texts) {
  constexpr std::size_t kSizeRoom = 4;  // For the size of a text, and the colon.
  std::size_t room = word.size() + 1;
  for (const absl::string_view text : texts) room += text.size() + kSizeRoom;
  std::string key;
  key.reserve(room);
  key.append(word.data(), word.size());
  key.push_back('/');
  for (const absl::string_view text : texts) absl::StrAppend(&key, text.size(), ":", text);
  const absl::string_view rest = absl::string_view(key).substr(word.size() + 1);
  // No literal rest begins with a #. NUL is what PostgreSQL takes in no text.
  if (key.size() > kMaxIndexKeyBytes || rest.find('\0') != absl::string_view::npos) {
    key = absl::StrCat(word, "/#", Sha256Hex(rest));
  }
  return key;
}

// Keys in any order, and more than once.
using Keys = std::vector<std::string>;

std::vector<std::string> InOrder(Keys keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

template <typename State>
std::string StateText(State state) {
  return absl::StrCat(static_cast<int>(state));
}

// The survivor has the valid contact points of its merged customers, so these need no keys of their own.
void AddContactKeys(const v1::Customer& customer, Keys* keys) {
  for (const v1::ContactPoint& point : customer.contact_points()) {
    if (point.match_key().empty()) continue;
    if (point.kind() == v1::ContactPoint::KIND_PHONE) keys->push_back(PhoneKey(point.match_key()));
    if (point.kind() == v1::ContactPoint::KIND_EMAIL) keys->push_back(EmailKey(point.match_key()));
    if (point.kind() == v1::ContactPoint::KIND_HANDLE) {
      keys->push_back(HandleKey(point.service(), point.match_key()));
    }
  }
}

template <typename Names, typename PostalCodes>
void AddNameKeys(const Names& names, const PostalCodes& postal_codes, Keys* keys) {
  for (const std::string& name : names) {
    if (FoldText(name).empty()) continue;
    for (const std::string& postal_code : postal_codes) {
      if (!FoldText(postal_code).empty()) keys->push_back(NameAndPostcodeKey(name, postal_code));
    }
  }
}

// Those of merged customers too, from that place on: a survivor has one name only.
void AddNameKeys(const v1::Customer& customer, int first_ref, Keys* keys) {
  std::set<std::string> postal_codes;
  for (const v1::CustomerAddress& address : customer.addresses()) {
    postal_codes.insert(address.address().postal_code());
  }
  const std::string* const names[] = {&customer.family_name(), &customer.organization_name()};
  for (const std::string* name : names) {
    AddNameKeys(std::initializer_list<std::string>{*name}, postal_codes, keys);
  }
  for (int i = first_ref; i < customer.merged_customer_refs_size(); ++i) {
    const v1::MergedCustomerRef& ref = customer.merged_customer_refs(i);
    AddNameKeys(ref.names(), ref.postal_codes(), keys);
  }
}

// Nothing is found by an id that breaks the rule for ids.
template <typename ExternalIds>
void AddExternalIdKeys(const ExternalIds& external_ids, Keys* keys) {
  for (const v1::ExternalId& external_id : external_ids) {
    if (!external_id.is_invalid()) keys->push_back(ExternalIdKey(external_id));
  }
}

template <typename Elements, typename IsSame>
bool AreSame(const Elements& some, const Elements& others, IsSame is_same) {
  return some.size() == others.size() &&
         std::equal(some.begin(), some.end(), others.begin(), is_same);
}

bool IsSameExternalId(const v1::ExternalId& one, const v1::ExternalId& other) {
  return one.id() == other.id() && one.system() == other.system() &&
         one.is_invalid() == other.is_invalid();
}

// The value of an attribute as text; those of two types differ in the key by the type.
std::string ValueText(const v1::Attribute& attribute) {
  switch (attribute.value_case()) {
    case v1::Attribute::kStringValue:
      return attribute.string_value();
    case v1::Attribute::kIntValue:
      return absl::StrCat(attribute.int_value());
    case v1::Attribute::kBoolValue:
      return attribute.bool_value() ? "1" : "0";
    case v1::Attribute::kTimeValue:
      return absl::StrCat(attribute.time_value().seconds(), ".", attribute.time_value().nanos());
    case v1::Attribute::kMoneyValue:
      return absl::StrCat(attribute.money_value().units(), " ",
                          attribute.money_value().currency_code());
    case v1::Attribute::VALUE_NOT_SET:
      break;
  }
  return "";
}

void AddCaseKeys(const v1::Case& current, Keys* keys) {
  keys->push_back(InStateKey(current.state()));
  if (!current.customer_id().empty()) {
    keys->push_back(OfCustomerKey(current.customer_id(), current.state()));
    if (IsJoined(current)) keys->push_back(JoinedKey(current.customer_id()));
  }
  if (!current.queue_id().empty()) {
    keys->push_back(InQueueKey(current.queue_id(), current.state()));
    if (current.priority() != 0) {
      keys->push_back(InQueueKey(current.queue_id(), current.state(), current.priority()));
    }
    if (current.assignee_id().empty() && HasUnassignedKey(current.state())) {
      keys->push_back(UnassignedKey(current.queue_id(), current.state()));
    }
  }
  if (!current.assignee_id().empty()) {
    keys->push_back(OfAssigneeKey(current.assignee_id(), current.state()));
  }
  const bool is_over = IsOver(current.state());
  for (const std::string& tag : current.tags()) keys->push_back(TagKey(tag, is_over));
  for (const v1::Attribute& attribute : current.attributes()) {
    keys->push_back(AttributeKey(attribute, is_over));
  }
  AddExternalIdKeys(current.external_ids(), keys);
}

void AddApprovalKeys(const v1::Approval& approval, Keys* keys) {
  const v1::Approval::State state = approval.state();
  keys->push_back(InStateKey(state));
  keys->push_back(OfAuthorityKey(approval.authority(), state));
  keys->push_back(OfRequesterKey(approval.requester_id(), state));
  if (approval.has_entity()) keys->push_back(ApprovalOfKey(approval.entity(), state));
  if (!approval.customer_id().empty())
    keys->push_back(OfCustomerKey(approval.customer_id(), state));
  if (state == v1::Approval::STATE_PENDING && !approval.request_hash().empty()) {
    keys->push_back(RequestKey(approval.request_hash()));
  }
}

void AddInteractionKeys(const v1::Interaction& interaction, Keys* keys) {
  if (!interaction.customer_id().empty()) keys->push_back(OfCustomerKey(interaction.customer_id()));
  AddExternalIdKeys(interaction.external_ids(), keys);
  for (const v1::EntityRef& link : interaction.links()) {
    if (link.kind() == v1::ENTITY_KIND_CASE) keys->push_back(OfCaseKey(link.id()));
  }
}

}  // namespace

std::string PhoneKey(absl::string_view match_key) { return MakeKey("phone", {match_key}); }

std::string EmailKey(absl::string_view match_key) { return MakeKey("email", {match_key}); }

std::string HandleKey(absl::string_view service, absl::string_view match_key) {
  return MakeKey("handle", {FoldText(service), match_key});
}

std::string NameAndPostcodeKey(absl::string_view name, absl::string_view postal_code) {
  return MakeKey("name_postcode", {FoldText(name), FoldText(postal_code)});
}

std::string ExternalIdKey(const v1::ExternalId& external_id) {
  return MakeKey("external_id", {external_id.system(), external_id.id()});
}

std::string PartExternalIdKey(const v1::ExternalId& external_id) {
  return MakeKey("part_external_id", {external_id.system(), external_id.id()});
}

std::string ReferenceKey(absl::string_view reference) { return MakeKey("reference", {reference}); }

std::string MergedIntoKey(absl::string_view customer_id) {
  return MakeKey("merged_into", {customer_id});
}

std::string OfCustomerKey(absl::string_view customer_id) {
  return MakeKey("customer", {customer_id});
}

std::string OfCaseKey(absl::string_view case_id) { return MakeKey("case", {case_id}); }

std::string InStateKey(v1::Case::State state) { return MakeKey("state", {StateText(state)}); }

std::string OfCustomerKey(absl::string_view customer_id, v1::Case::State state) {
  return MakeKey("customer", {customer_id, StateText(state)});
}

bool IsJoined(const v1::Case& current) {
  return current.merged_case_count() > 0 || !current.part_refs().empty() ||
         !current.split_offs().empty();
}

std::string JoinedKey(absl::string_view customer_id) { return MakeKey("joined", {customer_id}); }

std::string InQueueKey(absl::string_view queue_id, v1::Case::State state) {
  return MakeKey("queue", {queue_id, StateText(state)});
}

std::string OfAssigneeKey(absl::string_view assignee_id, v1::Case::State state) {
  return MakeKey("assignee", {assignee_id, StateText(state)});
}

std::string InQueueKey(absl::string_view queue_id, v1::Case::State state, std::int32_t priority) {
  return MakeKey("queue_priority", {queue_id, StateText(state), absl::StrCat(priority)});
}

std::string UnassignedKey(absl::string_view queue_id, v1::Case::State state) {
  return MakeKey("unassigned", {queue_id, StateText(state)});
}

bool HasUnassignedKey(v1::Case::State state) {
  return state == v1::Case::STATE_OPEN || state == v1::Case::STATE_WAITING_ON_CUSTOMER ||
         state == v1::Case::STATE_WAITING_ON_THIRD_PARTY;
}

bool IsOver(v1::Case::State state) {
  return state == v1::Case::STATE_CLOSED || state == v1::Case::STATE_CANCELED ||
         state == v1::Case::STATE_MERGED;
}

std::string TagKey(absl::string_view tag, bool is_over) {
  return MakeKey(is_over ? "tag_over" : "tag", {tag});
}

std::string DueKey() { return MakeKey("due", {}); }

std::string DueInQueueKey(absl::string_view queue_id) { return MakeKey("due_queue", {queue_id}); }

std::string DueOfAssigneeKey(absl::string_view assignee_id) {
  return MakeKey("due_assignee", {assignee_id});
}

const google::protobuf::Timestamp* FindDueTime(const v1::Case& current) {
  const google::protobuf::Timestamp* earliest = nullptr;
  for (const v1::CaseClock& clock : current.clocks()) {
    if (!clock.has_due_time()) continue;
    const google::protobuf::Timestamp& due = clock.due_time();
    if (earliest == nullptr || std::make_pair(due.seconds(), due.nanos()) <
                                   std::make_pair(earliest->seconds(), earliest->nanos())) {
      earliest = &due;
    }
  }
  return earliest;
}

std::string AttributeKey(const v1::Attribute& attribute, bool is_over) {
  return MakeKey(is_over ? "attribute_over" : "attribute",
                 {attribute.name(), StateText(attribute.value_case()), ValueText(attribute)});
}

bool IsSameAttribute(const v1::Attribute& one, const v1::Attribute& other) {
  return one.value_case() == other.value_case() && one.name() == other.name() &&
         ValueText(one) == ValueText(other);
}

std::string InStateKey(v1::Approval::State state) { return MakeKey("state", {StateText(state)}); }

std::string OfAuthorityKey(absl::string_view authority, v1::Approval::State state) {
  return MakeKey("authority", {authority, StateText(state)});
}

std::string OfRequesterKey(absl::string_view requester_id, v1::Approval::State state) {
  return MakeKey("requester", {requester_id, StateText(state)});
}

std::string ApprovalOfKey(const v1::EntityRef& entity, v1::Approval::State state) {
  return MakeKey("entity", {StateText(entity.kind()), entity.id(), StateText(state)});
}

std::string OfCustomerKey(absl::string_view customer_id, v1::Approval::State state) {
  return MakeKey("customer", {customer_id, StateText(state)});
}

std::string RequestKey(absl::string_view request_hash) {
  return MakeKey("request", {absl::BytesToHexString(request_hash)});
}

IndexPosition PositionOf(const v1::EntityState& state) {
  IndexPosition position;
  position.id = state.entity().id();
  if (state.has_order()) {
    position.sort = UnixNanos(state.order().has_place_time(), state.order().place_time());
  } else if (state.has_interaction()) {
    position.sort =
        UnixNanos(state.interaction().has_start_time(), state.interaction().start_time());
  } else if (state.has_case_()) {
    position.sort = UnixNanos(state.case_().has_open_time(), state.case_().open_time());
  } else if (state.has_approval()) {
    position.sort = UnixNanos(state.approval().has_request_time(), state.approval().request_time());
  }
  return position;
}

absl::optional<IndexPosition> DuePositionOf(const v1::EntityState& state) {
  const google::protobuf::Timestamp* due = FindDueTime(state.case_());
  if (due == nullptr) return absl::nullopt;
  return IndexPosition{UnixNanos(true, *due), state.entity().id()};
}

bool HaveSameKeys(const v1::EntityState& one, const v1::EntityState& other) {
  if (one.state_case() != other.state_case()) return false;
  const auto is_same_time = [](const auto& a, const auto& b) {
    return a.seconds() == b.seconds() && a.nanos() == b.nanos();
  };
  const auto is_same_due = [&is_same_time](const auto* a, const auto* b) {
    return (a == nullptr) == (b == nullptr) && (a == nullptr || is_same_time(*a, *b));
  };
  if (one.has_case_()) {
    const v1::Case& a = one.case_();
    const v1::Case& b = other.case_();
    return a.state() == b.state() && a.customer_id() == b.customer_id() &&
           a.queue_id() == b.queue_id() && a.assignee_id() == b.assignee_id() &&
           a.priority() == b.priority() && IsJoined(a) == IsJoined(b) &&
           a.has_open_time() == b.has_open_time() && is_same_time(a.open_time(), b.open_time()) &&
           is_same_due(FindDueTime(a), FindDueTime(b)) &&
           AreSame(a.tags(), b.tags(), std::equal_to<std::string>()) &&
           AreSame(a.attributes(), b.attributes(), &IsSameAttribute) &&
           AreSame(a.external_ids(), b.external_ids(), &IsSameExternalId);
  }
  if (one.has_order()) {
    const v1::Order& a = one.order();
    const v1::Order& b = other.order();
    return a.customer_id() == b.customer_id() && a.has_place_time() == b.has_place_time() &&
           is_same_time(a.place_time(), b.place_time()) &&
           AreSame(a.external_ids(), b.external_ids(), &IsSameExternalId);
  }
  return false;
}

std::vector<std::string> CustomerKeys(const v1::Customer& customer, int first_ref) {
  Keys keys;
  if (customer.state() != v1::Customer::STATE_MERGED) {
    AddContactKeys(customer, &keys);
    AddNameKeys(customer, first_ref, &keys);
    AddExternalIdKeys(customer.external_ids(), &keys);
  }
  return InOrder(std::move(keys));
}

std::vector<std::string> IndexKeysOf(const v1::EntityState& state, int first_ref) {
  Keys keys;
  if (state.has_customer()) {
    keys = CustomerKeys(state.customer(), first_ref);
    const std::string& into = state.customer().survivor_customer_id();
    if (!into.empty()) keys.push_back(MergedIntoKey(into));
  } else if (state.has_order()) {
    if (!state.order().customer_id().empty())
      keys.push_back(OfCustomerKey(state.order().customer_id()));
    AddExternalIdKeys(state.order().external_ids(), &keys);
  } else if (state.has_interaction()) {
    AddInteractionKeys(state.interaction(), &keys);
  } else if (state.has_case_()) {
    AddCaseKeys(state.case_(), &keys);
  } else if (state.has_approval()) {
    AddApprovalKeys(state.approval(), &keys);
  }
  return InOrder(std::move(keys));
}

std::vector<IndexEntry> IndexEntriesOf(const v1::EntityState& state, int first_ref) {
  std::vector<IndexEntry> entries;
  const std::int64_t sort = PositionOf(state).sort;
  for (std::string& key : IndexKeysOf(state, first_ref)) entries.push_back({std::move(key), sort});
  const absl::optional<IndexPosition> due = DuePositionOf(state);
  if (!due.has_value()) return entries;
  const v1::Case& current = state.case_();
  entries.push_back({DueKey(), due->sort});
  if (!current.queue_id().empty()) {
    entries.push_back({DueInQueueKey(current.queue_id()), due->sort});
  }
  if (!current.assignee_id().empty()) {
    entries.push_back({DueOfAssigneeKey(current.assignee_id()), due->sort});
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

}  // namespace internal
}  // namespace frontdesk
