#include "desk/find_query.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/case_query.h"
#include "desk/page_token.h"
#include "desk/relations.h"
#include "desk/row_reader.h"
#include "desk/text_search.h"
#include "event_log/index_keys.h"
#include "frontdesk/base/contact_point.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/approval/approval.h"
#include "internal/fold_text.h"
#include "internal/message_utf8.h"
#include "internal/status_macros.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

using StatePtr = std::shared_ptr<const v1::EntityState>;

// Checks the fields of a request and collects the violations.
class RequestChecker {
 public:
  RequestChecker(const v1::FindRequest& request, const FindLimits& limits)
      : request_(request), limits_(limits), errors_(kReasonFindMalformed) {}

  absl::Status Check() {
    for (const std::string& field : FieldsWithInvalidUtf8(request_)) {
      errors_.Add(field, kReasonFindTextEncoding, "the text is not UTF-8");
    }
    switch (request_.query_case()) {
      case v1::FindRequest::kCustomers:
        CheckCustomers(request_.customers());
        break;
      case v1::FindRequest::kOrders:
        CheckOrders(request_.orders());
        break;
      case v1::FindRequest::kCases:
        CheckCases(request_.cases());
        break;
      case v1::FindRequest::kInteractions:
        CheckInteractions(request_.interactions());
        break;
      case v1::FindRequest::kTexts:
        CheckTexts(request_.texts());
        break;
      case v1::FindRequest::kApprovals:
        CheckApprovals(request_.approvals());
        break;
      case v1::FindRequest::QUERY_NOT_SET:
        Required("query", "no query is set; exactly one is required");
        break;
    }
    if (request_.page_size() < 0 || request_.page_size() > kMaxPageSize) {
      errors_.Add("page_size", kReasonFindFieldOutOfRange,
                  absl::StrCat("a page has 1 to ", kMaxPageSize, " entities"));
    }
    if (request_.page_token().size() > kMaxPageTokenBytes) {
      errors_.Add("page_token", kReasonFindFieldTooLong,
                  "the page token is longer than any valid one");
    }
    return errors_.Build();
  }

 private:
  void Required(absl::string_view field, absl::string_view text) {
    errors_.Add(field, kReasonFindFieldRequired, text);
  }

  void Text(absl::string_view field, const std::string& text, bool required) {
    if (text.empty()) {
      if (required) Required(field, "is required");
    } else if (text.size() > limits_.max_text_bytes) {
      errors_.Add(field, kReasonFindFieldTooLong,
                  absl::StrCat("max_text_bytes is ", limits_.max_text_bytes));
    }
  }

  // An id, or the name of a word of the policy. Texts that are not UTF-8 were found before.
  void Id(absl::string_view field, const std::string& id, bool required) {
    if (id.empty() && required) Required(field, "is required");
    const auto fault = FindIdFault(id);
    if (fault.has_value() && *fault->reason != kReasonIdEncoding) {
      errors_.Add(field, *fault->reason, fault->text);
    }
  }

  // A text of which something is left without blanks.
  void Name(absl::string_view field, const std::string& text) {
    Text(field, text, true);
    if (!text.empty() && text.size() <= limits_.max_text_bytes && FoldText(text).empty()) {
      Required(field, "the text has only blanks");
    }
  }

  void CheckCustomers(const v1::CustomerQuery& query) {
    switch (query.by_case()) {
      case v1::CustomerQuery::kPhone:
        Text("customers.phone.phone", query.phone().phone(), true);
        Text("customers.phone.region_code", query.phone().region_code(), false);
        break;
      case v1::CustomerQuery::kEmail:
        Text("customers.email", query.email(), true);
        break;
      case v1::CustomerQuery::kNameAndPostcode:
        Name("customers.name_and_postcode.name", query.name_and_postcode().name());
        Name("customers.name_and_postcode.postal_code", query.name_and_postcode().postal_code());
        break;
      case v1::CustomerQuery::kOrderId:
        Id("customers.order_id", query.order_id(), true);
        break;
      case v1::CustomerQuery::kExternalId:
        CheckExternalId("customers.external_id", query.external_id());
        break;
      case v1::CustomerQuery::BY_NOT_SET:
        Required("customers.by", "no search is set; exactly one is required");
        break;
    }
  }

  void CheckExternalId(absl::string_view field, const v1::ExternalId& external_id) {
    Id(absl::StrCat(field, ".system"), external_id.system(), true);
    Id(absl::StrCat(field, ".id"), external_id.id(), true);
    if (external_id.is_invalid()) {
      errors_.Add(absl::StrCat(field, ".is_invalid"), kReasonFindFieldOutOfRange,
                  "nothing is found by an invalid id");
    }
  }

  void CheckOrders(const v1::OrderQuery& query) {
    Id("orders.customer_id", query.customer_id(), false);
    if (query.has_external_id()) {
      CheckExternalId("orders.external_id", query.external_id());
    } else if (query.customer_id().empty()) {
      Required("orders.customer_id", "neither customer nor external id is set; one is required");
    }
  }

  void CheckCases(const v1::CaseQuery& query) {
    Id("cases.customer_id", query.customer_id(), false);
    Id("cases.queue_id", query.queue_id(), false);
    Id("cases.assignee_id", query.assignee_id(), false);
    Id("cases.tag", query.tag(), false);
    if (query.has_external_id()) CheckExternalId("cases.external_id", query.external_id());
    if (query.has_attribute()) CheckAttribute("cases.attribute", query.attribute());
    if (query.priorities_size() > kMaxQueryPriorities) {
      errors_.Add("cases.priorities", kReasonFindFieldOutOfRange,
                  absl::StrCat("a search has at most ", kMaxQueryPriorities, " priorities"));
    }
    CheckTime("cases.open_start_time", query.has_open_start_time(), query.open_start_time());
    CheckTime("cases.open_end_time", query.has_open_end_time(), query.open_end_time());
    CheckTime("cases.state_end_time", query.has_state_end_time(), query.state_end_time());
    CheckTime("cases.clock_due_end_time", query.has_clock_due_end_time(),
              query.clock_due_end_time());
    if (query.is_unassigned() && !query.assignee_id().empty()) {
      errors_.Add("cases", kReasonFindFieldExclusive,
                  "is_unassigned and an assignee are both set; one is possible");
    }
    if (!v1::CaseQuery::Order_IsValid(query.order())) {
      errors_.Add("cases.order", kReasonFindFieldOutOfRange, "the order is not known");
    }
    for (int i = 0; i < query.states_size(); ++i) {
      if (query.states(i) == v1::Case::STATE_UNSPECIFIED ||
          !v1::Case::State_IsValid(query.states(i))) {
        errors_.Add(absl::StrCat("cases.states[", i, "]"), kReasonFindFieldOutOfRange,
                    "the state is not known");
      }
    }
  }

  void CheckAttribute(const std::string& field, const v1::Attribute& attribute) {
    Id(absl::StrCat(field, ".name"), attribute.name(), true);
    Text(absl::StrCat(field, ".string_value"), attribute.string_value(), false);
    CheckTime(absl::StrCat(field, ".time_value"), attribute.has_time_value(),
              attribute.time_value());
  }

  void CheckInteractions(const v1::InteractionQuery& query) {
    Id("interactions.case_id", query.case_id(), false);
    Id("interactions.customer_id", query.customer_id(), false);
    if (query.has_external_id()) CheckExternalId("interactions.external_id", query.external_id());
    const int set = static_cast<int>(!query.case_id().empty()) +
                    static_cast<int>(!query.customer_id().empty()) +
                    static_cast<int>(query.has_external_id());
    if (set == 0) {
      Required("interactions",
               "none of case, customer and external id is set; exactly one is required");
    } else if (set > 1) {
      errors_.Add("interactions", kReasonFindFieldExclusive,
                  "several of case, customer and external id are set; exactly one is possible");
    }
  }

  void CheckTexts(const v1::TextQuery& query) {
    Text("texts.words", query.words(), true);
    if (!query.words().empty() && query.words().size() <= limits_.max_text_bytes) {
      const std::size_t count = ReadSearchTerms(query.words()).size();
      if (count == 0) Required("texts.words", "the text has no word");
      if (count > static_cast<std::size_t>(kMaxSearchWords)) {
        errors_.Add("texts.words", kReasonFindFieldOutOfRange,
                    absl::StrCat("a search has at most ", kMaxSearchWords, " different words"));
      }
    }
    if (query.entity_kind() == v1::ENTITY_KIND_UNSPECIFIED) {
      Required("texts.entity_kind", "is required");
    } else if (query.entity_kind() != v1::ENTITY_KIND_CASE &&
               query.entity_kind() != v1::ENTITY_KIND_INTERACTION) {
      errors_.Add("texts.entity_kind", kReasonFindFieldOutOfRange,
                  "the kind is not CASE or INTERACTION");
    }
    Id("texts.customer_id", query.customer_id(), query.customer_view());
  }

  void CheckApprovals(const v1::ApprovalQuery& query) {
    Id("approvals.requester_id", query.requester_id(), false);
    Id("approvals.customer_id", query.customer_id(), false);
    Text("approvals.authority", query.authority(), false);
    if (query.has_entity()) {
      Id("approvals.entity.id", query.entity().id(), true);
      if (query.entity().kind() == v1::ENTITY_KIND_UNSPECIFIED ||
          !v1::EntityKind_IsValid(query.entity().kind())) {
        errors_.Add("approvals.entity.kind", kReasonFindFieldOutOfRange, "the kind is not known");
      }
    }
    for (int i = 0; i < query.states_size(); ++i) {
      const std::string field = absl::StrCat("approvals.states[", i, "]");
      if (query.states(i) == v1::Approval::STATE_UNSPECIFIED ||
          !v1::Approval::State_IsValid(query.states(i))) {
        errors_.Add(field, kReasonFindFieldOutOfRange, "the state is not known");
      } else if (query.states(i) == v1::Approval::STATE_EXPIRED && !query.has_now()) {
        Required("approvals.now", "is required to find what has expired");
      }
    }
    CheckTime("approvals.start_time", query.has_start_time(), query.start_time());
    CheckTime("approvals.end_time", query.has_end_time(), query.end_time());
    CheckTime("approvals.now", query.has_now(), query.now());
    CheckAmount("approvals.min_amount", query.has_min_amount(), query.min_amount());
    CheckAmount("approvals.max_amount", query.has_max_amount(), query.max_amount());
    if (query.has_min_amount() && query.has_max_amount() &&
        query.min_amount().currency_code() != query.max_amount().currency_code()) {
      errors_.Add("approvals.max_amount", kReasonFindFieldOutOfRange,
                  "the two amounts are of different currencies");
    }
  }

  void CheckTime(absl::string_view field, bool is_set, const google::protobuf::Timestamp& time) {
    if (is_set && !IsValid(time)) {
      errors_.Add(field, kReasonFindFieldOutOfRange, "the time is not in the years 1 to 9999");
    }
  }

  void CheckAmount(absl::string_view field, bool is_set, const v1::Money& amount) {
    if (is_set && !CheckMoney(amount).ok()) {
      errors_.Add(field, kReasonFindFieldOutOfRange, "the amount has no known currency");
    }
  }

  const v1::FindRequest& request_;
  const FindLimits& limits_;
  ErrorBuilder errors_;
};

bool IsBefore(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return *DecodeTime(a) < *DecodeTime(b);
}

// The amount that the last round of an approval pays in a currency; 0 when it pays none.
std::int64_t PaidIn(const v1::Approval& approval, const std::string& currency) {
  if (approval.rounds().empty()) return 0;
  for (const v1::Money& paid : approval.rounds(approval.rounds_size() - 1).paid_amounts()) {
    if (paid.currency_code() == currency) return paid.units();
  }
  return 0;
}

bool IsMeant(const v1::ApprovalQuery& query, const v1::Approval& approval) {
  const v1::Approval::State state = ShownApprovalState(query, approval);
  const auto& states = query.states();
  if (!states.empty() && std::find(states.begin(), states.end(), state) == states.end()) {
    return false;
  }
  if (!query.authority().empty() && approval.authority() != query.authority()) return false;
  if (!query.requester_id().empty() && approval.requester_id() != query.requester_id()) {
    return false;
  }
  if (query.has_entity() && (approval.entity().kind() != query.entity().kind() ||
                             approval.entity().id() != query.entity().id())) {
    return false;
  }
  if (query.has_start_time() && IsBefore(approval.request_time(), query.start_time())) return false;
  if (query.has_end_time() && !IsBefore(approval.request_time(), query.end_time())) return false;
  if (query.has_min_amount() &&
      PaidIn(approval, query.min_amount().currency_code()) < query.min_amount().units()) {
    return false;
  }
  return !query.has_max_amount() ||
         PaidIn(approval, query.max_amount().currency_code()) <= query.max_amount().units();
}

// The states that a query names; all when it names none.
template <typename Entity>
std::set<typename Entity::State> StatesOf(const google::protobuf::RepeatedField<int>& named = {}) {
  using State = typename Entity::State;
  std::set<State> states;
  for (const int state : named) states.insert(static_cast<State>(state));
  if (!states.empty()) return states;
  for (int state = Entity::State_MIN; state <= Entity::State_MAX; ++state) {
    if (Entity::State_IsValid(state)) states.insert(static_cast<State>(state));
  }
  return states;
}

// The states in which approvals are stored that are shown in one of `states`.
std::set<v1::Approval::State> StoredStates(std::set<v1::Approval::State> states) {
  if (states.erase(v1::Approval::STATE_EXPIRED) > 0) states.insert(v1::Approval::STATE_PENDING);
  return states;
}

// The keys of customers and states.
template <typename State>
void AddKeys(const std::vector<std::string>& customer_ids, const std::set<State>& states,
             FindPlan* plan) {
  for (const State state : states) {
    for (const std::string& id : customer_ids) plan->query.keys.push_back(OfCustomerKey(id, state));
  }
}

// Cases of customers, the latest first.
FindPlan CasesInStates(const std::vector<std::string>& customer_ids,
                       const std::set<v1::Case::State>& states) {
  FindPlan plan;
  plan.query.kind = v1::ENTITY_KIND_CASE;
  plan.query.descending = true;
  AddKeys(customer_ids, states, &plan);
  return plan;
}

// Approvals of customers, the longest waiting first.
FindPlan ApprovalsInStates(const std::vector<std::string>& customer_ids,
                           const std::set<v1::Approval::State>& states) {
  FindPlan plan;
  plan.query.kind = v1::ENTITY_KIND_APPROVAL;
  AddKeys(customer_ids, states, &plan);
  return plan;
}

absl::StatusOr<FindPlan> PlanApprovals(const v1::ApprovalQuery& query, int max_related,
                                       const event_log::View& view) {
  const std::set<v1::Approval::State> states = StoredStates(StatesOf<v1::Approval>(query.states()));
  std::vector<std::string> customer_ids;
  if (!query.customer_id().empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(customer_ids,
                               CustomerWithMerged(view, query.customer_id(), max_related));
  }
  // One field finds, likely the one with the fewest approvals; the others are looked up in each approval.
  FindPlan plan = ApprovalsInStates(customer_ids, states);
  if (customer_ids.empty()) {
    for (const v1::Approval::State state : states) {
      plan.query.keys.push_back(
          query.has_entity()              ? ApprovalOfKey(query.entity(), state)
          : !query.requester_id().empty() ? OfRequesterKey(query.requester_id(), state)
          : !query.authority().empty()    ? OfAuthorityKey(query.authority(), state)
                                          : InStateKey(state));
    }
  }
  plan.is_meant = [query](const v1::EntityState& state) {
    return IsMeant(query, state.approval());
  };
  return plan;
}

FindPlan PlanOfCustomer(v1::EntityKind kind, const std::vector<std::string>& ids) {
  FindPlan plan;
  plan.query.kind = kind;
  plan.query.descending = true;
  for (const std::string& id : ids) plan.query.keys.push_back(OfCustomerKey(id));
  return plan;
}

absl::StatusOr<FindPlan> PlanCustomers(const v1::CustomerQuery& query,
                                       const std::string& default_region_code, int max_related,
                                       const event_log::View& view) {
  FindPlan plan;
  plan.query.kind = v1::ENTITY_KIND_CUSTOMER;
  if (query.has_phone()) {
    const std::string& region = query.phone().region_code();
    FRONTDESK_ASSIGN_OR_RETURN(
        const NormalizedContactPoint phone,
        NormalizeContactPoint(v1::ContactPoint::KIND_PHONE, query.phone().phone(),
                              region.empty() ? default_region_code : region));
    plan.query.keys.push_back(PhoneKey(phone.match_key));
  } else if (query.by_case() == v1::CustomerQuery::kEmail) {
    FRONTDESK_ASSIGN_OR_RETURN(const NormalizedContactPoint email,
                               NormalizeContactPoint(v1::ContactPoint::KIND_EMAIL, query.email()));
    plan.query.keys.push_back(EmailKey(email.match_key));
  } else if (query.has_name_and_postcode()) {
    plan.query.keys.push_back(NameAndPostcodeKey(query.name_and_postcode().name(),
                                                 query.name_and_postcode().postal_code()));
  } else if (query.has_external_id()) {
    plan.query.keys.push_back(ExternalIdKey(query.external_id()));
  } else {
    FRONTDESK_ASSIGN_OR_RETURN(const StatePtr order,
                               GetState(view, v1::ENTITY_KIND_ORDER, query.order_id()));
    if (order == nullptr || order->order().customer_id().empty()) return plan;
    FRONTDESK_ASSIGN_OR_RETURN(const StatePtr customer,
                               StandingCustomer(view, order->order().customer_id(), max_related));
    if (customer != nullptr) plan.query.places.push_back(PositionOf(*customer));
  }
  return plan;
}

// The places in the list by due time of the cases with an outside id, which are few.
absl::Status AddDuePlaces(const v1::ExternalId& external_id, int max_related,
                          const event_log::View& view, std::vector<IndexPosition>* places) {
  IndexQuery query;
  query.kind = v1::ENTITY_KIND_CASE;
  query.keys = {ExternalIdKey(external_id), PartExternalIdKey(external_id)};
  constexpr int kPiece = 64;
  IndexScan scan(view, std::move(query), absl::nullopt, kPiece);
  for (int count = 0;; ++count) {
    FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<IndexPosition> place, scan.Next());
    if (!place.has_value()) return absl::OkStatus();
    if (count == max_related) {
      return MakeError(kReasonFindRelatedTooMany, absl::StrCat("max_related is ", max_related));
    }
    FRONTDESK_ASSIGN_OR_RETURN(const StatePtr state,
                               GetState(view, v1::ENTITY_KIND_CASE, place->id));
    const auto due = state == nullptr ? absl::nullopt : DuePositionOf(*state);
    if (due.has_value()) places->push_back(*due);
  }
}

absl::StatusOr<FindPlan> PlanCases(const v1::CaseQuery& query, int max_related,
                                   const event_log::View& view) {
  std::vector<std::string> customer_ids;
  if (!query.customer_id().empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(customer_ids,
                               CustomerWithMerged(view, query.customer_id(), max_related));
  }
  FindPlan plan = PlanCaseQuery(query, std::move(customer_ids));
  if (query.order() == v1::CaseQuery::ORDER_DUE_FIRST && query.has_external_id()) {
    FRONTDESK_RETURN_IF_ERROR(
        AddDuePlaces(query.external_id(), max_related, view, &plan.query.places));
  }
  return plan;
}

absl::StatusOr<FindPlan> PlanOrdersOf(const v1::OrderQuery& query, int max_related,
                                      const event_log::View& view) {
  std::vector<std::string> ids;
  if (!query.customer_id().empty()) {
    FRONTDESK_ASSIGN_OR_RETURN(ids, CustomerWithMerged(view, query.customer_id(), max_related));
  }
  FindPlan plan = PlanOrders(ids);
  if (query.has_external_id()) {
    plan.query.keys = {ExternalIdKey(query.external_id())};
    if (!query.customer_id().empty()) {
      plan.is_meant = [ids = std::move(ids)](const v1::EntityState& state) {
        return std::find(ids.begin(), ids.end(), state.order().customer_id()) != ids.end();
      };
    }
  }
  return plan;
}

absl::StatusOr<FindPlan> PlanOfCase(const std::string& case_id, int max_related,
                                    const event_log::View& view) {
  FindPlan plan;
  plan.query.kind = v1::ENTITY_KIND_INTERACTION;
  plan.query.descending = true;
  FRONTDESK_ASSIGN_OR_RETURN(const std::vector<StatePtr> cases,
                             CaseWithMerged(view, case_id, max_related));
  std::set<std::string> linked;
  RowReader rows(view, std::numeric_limits<int>::max());
  for (const StatePtr& each : cases) {
    plan.query.keys.push_back(OfCaseKey(each->entity().id()));
    v1::EntityState whole = *each;
    FRONTDESK_RETURN_IF_ERROR(rows.ReadInto("links", &whole));
    for (const v1::EntityRef& link : whole.case_().links()) {
      if (link.kind() == v1::ENTITY_KIND_INTERACTION) linked.insert(link.id());
    }
    if (linked.size() > static_cast<std::size_t>(max_related)) {
      return MakeError(kReasonFindRelatedTooMany, absl::StrCat("max_related is ", max_related));
    }
  }
  if (cases.empty()) plan.query.keys.push_back(OfCaseKey(case_id));
  for (const std::string& id : linked) {
    FRONTDESK_ASSIGN_OR_RETURN(const StatePtr interaction,
                               GetState(view, v1::ENTITY_KIND_INTERACTION, id));
    if (interaction != nullptr) plan.query.places.push_back(PositionOf(*interaction));
  }
  return plan;
}

}  // namespace

absl::Status CheckFindRequest(const v1::FindRequest& request, const FindLimits& limits) {
  return RequestChecker(request, limits).Check();
}

absl::StatusOr<FindPlan> PlanFind(const v1::FindRequest& request,
                                  const std::string& default_region_code, const FindLimits& limits,
                                  const event_log::View& view) {
  if (request.has_customers())
    return PlanCustomers(request.customers(), default_region_code, limits.max_related, view);
  if (request.has_cases()) return PlanCases(request.cases(), limits.max_related, view);
  if (request.has_approvals()) {
    return PlanApprovals(request.approvals(), limits.max_related, view);
  }
  if (request.has_orders()) {
    return PlanOrdersOf(request.orders(), limits.max_related, view);
  }
  if (!request.interactions().case_id().empty()) {
    return PlanOfCase(request.interactions().case_id(), limits.max_related, view);
  }
  if (request.interactions().has_external_id()) {
    FindPlan plan = PlanInteractions({});
    plan.query.keys = {ExternalIdKey(request.interactions().external_id()),
                       PartExternalIdKey(request.interactions().external_id())};
    return plan;
  }
  FRONTDESK_ASSIGN_OR_RETURN(
      const std::vector<std::string> ids,
      CustomerWithMerged(view, request.interactions().customer_id(), limits.max_related));
  return PlanInteractions(ids);
}

FindPlan PlanOrders(const std::vector<std::string>& ids) {
  return PlanOfCustomer(v1::ENTITY_KIND_ORDER, ids);
}

FindPlan PlanInteractions(const std::vector<std::string>& ids) {
  return PlanOfCustomer(v1::ENTITY_KIND_INTERACTION, ids);
}

FindPlan PlanOpenCases(const std::vector<std::string>& ids) {
  std::set<v1::Case::State> open = StatesOf<v1::Case>();
  for (const v1::Case::State over :
       {v1::Case::STATE_CLOSED, v1::Case::STATE_CANCELED, v1::Case::STATE_MERGED}) {
    open.erase(over);
  }
  return CasesInStates(ids, open);
}

FindPlan PlanAllCases(const std::vector<std::string>& ids) {
  return CasesInStates(ids, StatesOf<v1::Case>());
}

FindPlan PlanPendingApprovals(const std::vector<std::string>& ids,
                              const google::protobuf::Timestamp& now) {
  FindPlan plan = ApprovalsInStates(ids, {v1::Approval::STATE_PENDING});
  plan.is_meant = [now](const v1::EntityState& state) {
    return !domain::HasExpired(state.approval(), *DecodeTime(now));
  };
  return plan;
}

FindPlan PlanAllApprovals(const std::vector<std::string>& ids) {
  return ApprovalsInStates(ids, StoredStates(StatesOf<v1::Approval>()));
}

FindPlan PlanApprovalsOf(const v1::EntityRef& entity) {
  FindPlan plan = ApprovalsInStates({}, {});
  for (const v1::Approval::State state : StoredStates(StatesOf<v1::Approval>())) {
    plan.query.keys.push_back(ApprovalOfKey(entity, state));
  }
  return plan;
}

v1::Approval::State ShownApprovalState(const v1::ApprovalQuery& query,
                                       const v1::Approval& approval) {
  if (query.has_now() && domain::HasExpired(approval, *DecodeTime(query.now()))) {
    return v1::Approval::STATE_EXPIRED;
  }
  return approval.state();
}

}  // namespace internal
}  // namespace frontdesk
