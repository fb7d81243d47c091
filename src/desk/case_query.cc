#include "desk/case_query.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <set>
#include <utility>

#include "event_log/index_keys.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::Timestamp;
using v1::Case;
using Keys = std::vector<std::string>;

bool IsBefore(const Timestamp& a, const Timestamp& b) { return *DecodeTime(a) < *DecodeTime(b); }

template <typename List, typename Value>
bool Has(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool HasAttribute(const Case& current, const v1::Attribute& asked) {
  return std::any_of(current.attributes().begin(), current.attributes().end(),
                     [&asked](const v1::Attribute& each) {
                       return asked.value_case() == v1::Attribute::VALUE_NOT_SET
                                  ? each.name() == asked.name()
                                  : IsSameAttribute(each, asked);
                     });
}

// Whether the times of a case are as asked. One that is not known is none of them.
bool HasTimes(const v1::CaseQuery& query, const Case& current) {
  if ((query.has_open_start_time() || query.has_open_end_time()) && !current.has_open_time()) {
    return false;
  }
  if (query.has_open_start_time() && IsBefore(current.open_time(), query.open_start_time())) {
    return false;
  }
  if (query.has_open_end_time() && !IsBefore(current.open_time(), query.open_end_time())) {
    return false;
  }
  return !query.has_state_end_time() ||
         (current.has_state_time() && IsBefore(current.state_time(), query.state_end_time()));
}

// Whether something is due before the end that is asked for, if one is.
bool IsDueBefore(const v1::CaseQuery& query, const Case& current) {
  if (!query.has_clock_due_end_time()) return true;
  const Timestamp* due = FindDueTime(current);
  return due != nullptr && IsBefore(*due, query.clock_due_end_time());
}

// Whether everything is as asked but the external id, which the state does not show when it is that of a part.
bool IsMeant(const v1::CaseQuery& query, const std::vector<std::string>& customer_ids,
             const Case& current) {
  return (customer_ids.empty() || Has(customer_ids, current.customer_id())) &&
         (query.states().empty() || Has(query.states(), current.state())) &&
         (query.queue_id().empty() || current.queue_id() == query.queue_id()) &&
         (query.assignee_id().empty() || current.assignee_id() == query.assignee_id()) &&
         (!query.is_unassigned() || current.assignee_id().empty()) &&
         (query.tag().empty() || Has(current.tags(), query.tag())) &&
         (!query.has_attribute() || HasAttribute(current, query.attribute())) &&
         (query.priorities().empty() || Has(query.priorities(), current.priority())) &&
         HasTimes(query, current) && IsDueBefore(query, current);
}

std::set<Case::State> StatesOf(const v1::CaseQuery& query) {
  std::set<Case::State> states;
  for (const int state : query.states()) states.insert(static_cast<Case::State>(state));
  for (int state = Case::State_MIN; query.states().empty() && state <= Case::State_MAX; ++state) {
    if (Case::State_IsValid(state)) states.insert(static_cast<Case::State>(state));
  }
  return states;
}

// Whether the keys of a queue have the priority in them: there is none for cases without one.
bool IsByPriority(const v1::CaseQuery& query) {
  return !query.priorities().empty() && !Has(query.priorities(), 0);
}

// The keys of a queue's cases in a state.
void AddQueueKeys(const v1::CaseQuery& query, Case::State state, Keys* keys) {
  if (IsByPriority(query)) {
    for (const std::int32_t priority : query.priorities()) {
      keys->push_back(InQueueKey(query.queue_id(), state, priority));
    }
  } else if (query.is_unassigned() && HasUnassignedKey(state)) {
    keys->push_back(UnassignedKey(query.queue_id(), state));
  } else {
    keys->push_back(InQueueKey(query.queue_id(), state));
  }
}

// The keys of tags and attributes, which belong to no state.
template <typename MakeKey>
Keys KeysWithin(const std::set<Case::State>& states, MakeKey make_key) {
  Keys keys;
  for (const bool is_over : {false, true}) {
    if (std::any_of(states.begin(), states.end(),
                    [is_over](Case::State state) { return IsOver(state) == is_over; })) {
      keys.push_back(make_key(is_over));
    }
  }
  return keys;
}

// The keys that have a state in them.
Keys KeysByState(const v1::CaseQuery& query, const std::vector<std::string>& customer_ids) {
  Keys keys;
  for (const Case::State state : StatesOf(query)) {
    for (const std::string& id : customer_ids) keys.push_back(OfCustomerKey(id, state));
    if (!customer_ids.empty()) continue;
    if (!query.assignee_id().empty()) {
      keys.push_back(OfAssigneeKey(query.assignee_id(), state));
    } else if (!query.queue_id().empty()) {
      AddQueueKeys(query, state, &keys);
    } else {
      keys.push_back(InStateKey(state));
    }
  }
  return keys;
}

// The keys under which all that can be meant is found. The fields that they hold themselves are removed from `rest`, and from `customer_ids`.
Keys TakeKeys(v1::CaseQuery* rest, std::vector<std::string>* customer_ids) {
  const v1::CaseQuery query = *rest;
  if (query.has_external_id()) {
    rest->clear_external_id();
    return {ExternalIdKey(query.external_id()), PartExternalIdKey(query.external_id())};
  }
  if (customer_ids->empty() && query.has_attribute() &&
      query.attribute().value_case() != v1::Attribute::VALUE_NOT_SET) {
    rest->clear_attribute();
    return KeysWithin(StatesOf(query),
                      [&query](bool is_over) { return AttributeKey(query.attribute(), is_over); });
  }
  if (customer_ids->empty() && query.assignee_id().empty() && !query.tag().empty()) {
    rest->clear_tag();
    return KeysWithin(StatesOf(query),
                      [&query](bool is_over) { return TagKey(query.tag(), is_over); });
  }
  rest->clear_states();
  Keys keys = KeysByState(query, *customer_ids);
  if (!customer_ids->empty()) {
    customer_ids->clear();
  } else if (!query.assignee_id().empty()) {
    rest->clear_assignee_id();
  } else if (!query.queue_id().empty()) {
    rest->clear_queue_id();
    if (IsByPriority(query)) rest->clear_priorities();
  }
  return keys;
}

// The key of the cases that something is due of, in place of those above: by assignee, by queue, or all.
std::string TakeDueKey(v1::CaseQuery* rest) {
  if (!rest->assignee_id().empty()) {
    std::string key = DueOfAssigneeKey(rest->assignee_id());
    rest->clear_assignee_id();
    return key;
  }
  if (!rest->queue_id().empty()) {
    std::string key = DueInQueueKey(rest->queue_id());
    rest->clear_queue_id();
    return key;
  }
  return DueKey();
}

// Whether no other time has that place: see UnixNanos().
bool IsExact(std::int64_t place) {
  return place > kNoNanos + 1 && place < std::numeric_limits<std::int64_t>::max();
}

// Bounds a list by due time, and removes that from `rest`.
void TakeDueTime(v1::CaseQuery* rest, IndexQuery* query) {
  const std::int64_t end = UnixNanos(rest->has_clock_due_end_time(), rest->clock_due_end_time());
  if (!IsExact(end)) return;
  query->end = end;
  rest->clear_clock_due_end_time();
}

// Bounds the list by the time of opening, which is the place of a case in it, and removes that from `rest`. A place that many times have
// in common bounds the list no further than it can.
void TakeTimes(v1::CaseQuery* rest, IndexQuery* query) {
  // An end alone leaves the cases whose time is not known, which come first in the list.
  if (rest->has_open_start_time()) query->start = UnixNanos(true, rest->open_start_time());
  const std::int64_t end = UnixNanos(rest->has_open_end_time(), rest->open_end_time());
  if (!IsExact(end)) return;
  query->end = end;
  if (query->start.has_value() && IsExact(*query->start)) {
    rest->clear_open_start_time();
    rest->clear_open_end_time();
  }
}

}  // namespace

FindPlan PlanCaseQuery(const v1::CaseQuery& query, std::vector<std::string> customer_ids) {
  FindPlan plan;
  plan.query.kind = v1::ENTITY_KIND_CASE;
  plan.query.descending = query.order() == v1::CaseQuery::ORDER_UNSPECIFIED;
  v1::CaseQuery rest = query;
  rest.clear_order();
  rest.clear_customer_id();
  if (query.order() == v1::CaseQuery::ORDER_DUE_FIRST) {
    // Cases of an outside id come as places.
    if (!query.has_external_id()) plan.query.keys = {TakeDueKey(&rest)};
    rest.clear_external_id();
    TakeDueTime(&rest, &plan.query);
  } else {
    plan.query.keys = TakeKeys(&rest, &customer_ids);
    TakeTimes(&rest, &plan.query);
  }
  if (rest.ByteSizeLong() == 0 && customer_ids.empty()) return plan;
  plan.is_meant = [rest, customer_ids = std::move(customer_ids)](const v1::EntityState& state) {
    return IsMeant(rest, customer_ids, state.case_());
  };
  return plan;
}

}  // namespace internal
}  // namespace frontdesk
