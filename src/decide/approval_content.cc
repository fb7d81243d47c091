#include "decide/approval_content.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "decide/case_calendar.h"
#include "decide/pipeline.h"
#include "frontdesk/domain/service_level/time_span.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/money.pb.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// By path.
using Quantities = std::map<std::string, v1::ApprovalQuantity>;

constexpr absl::string_view kAssessment = "assessment.";
constexpr absl::string_view kElement = "[]";

// Reads the amounts and numbers on the paths that a rule reads.
class QuantityReader {
 public:
  explicit QuantityReader(Quantities* quantities) : quantities_(*quantities) {}

  void Read(const Message& arm, absl::string_view path) {
    const std::vector<std::string> names = absl::StrSplit(path, '.');
    Walk(arm, names, 0, "");
  }

 private:
  void Walk(const Message& message, const std::vector<std::string>& names, std::size_t at,
            const std::string& before) {
    const std::string name(absl::StripSuffix(names[at], kElement));
    const FieldDescriptor* const field = message.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) return;
    const auto& access = *message.GetReflection();
    const std::string path = before.empty() ? name : absl::StrCat(before, ".", name);
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    const bool is_last = at + 1 == names.size();
    if (field->is_repeated()) {
      const int size = access.FieldSize(message, field);
      if (is_last && !absl::EndsWith(names[at], kElement)) return AddInt(path, size);
      for (int i = 0; i < size; ++i) {
        const std::string element = absl::StrCat(path, "[", i, "]");
        if (!is_message) {
          AddScalar(message, *field, i, element);
        } else {
          Enter(access.GetRepeatedMessage(message, field, i), names, at, element);
        }
      }
      return;
    }
    if (!is_message) return AddScalar(message, *field, -1, path);
    if (access.HasField(message, field)) Enter(access.GetMessage(message, field), names, at, path);
  }

  void Enter(const Message& message, const std::vector<std::string>& names, std::size_t at,
             const std::string& path) {
    if (message.GetDescriptor() == v1::Money::descriptor()) {
      const auto& money = static_cast<const v1::Money&>(message);
      if (money.units() == 0) return;
      *quantities_[path].mutable_money_value() = money;
    } else if (at + 1 < names.size()) {
      Walk(message, names, at + 1, path);
    }
  }

  void AddScalar(const Message& message, const FieldDescriptor& field, int index,
                 const std::string& path) {
    const auto& access = *message.GetReflection();
    const bool is_element = index >= 0;
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return AddInt(path, is_element ? access.GetRepeatedInt32(message, &field, index)
                                       : access.GetInt32(message, &field));
      case FieldDescriptor::CPPTYPE_INT64:
        return AddInt(path, is_element ? access.GetRepeatedInt64(message, &field, index)
                                       : access.GetInt64(message, &field));
      default:
        return;  // The rest is no quantity.
    }
  }

  void AddInt(const std::string& path, std::int64_t value) {
    if (value != 0) quantities_[path].set_int_value(value);
  }

  Quantities& quantities_;
};

void AddOutput(const v1::OutputValue& output, Quantities* quantities) {
  const std::string path = absl::StrCat("outputs.", output.name());
  if (output.has_money_value()) {
    if (output.money_value().units() != 0) {
      *(*quantities)[path].mutable_money_value() = output.money_value();
    }
  } else if (output.has_int_value()) {
    if (output.int_value() != 0) (*quantities)[path].set_int_value(output.int_value());
  } else if (output.has_double_value() && output.double_value() != 0) {
    (*quantities)[path].set_double_value(output.double_value());
  }
}

void AddFindings(const PolicyHolds& holds, const v1::DecisionInput& input,
                 v1::ApprovalRound* round) {
  for (const PolicyHold& hold : holds.holds) {
    v1::ApprovalFinding& finding = *round->add_findings();
    finding.set_rule_id(hold.rule_id);
    finding.set_authority(hold.authority);
    finding.set_reason(hold.reason);
    finding.set_text(hold.text);
    Quantities quantities;
    QuantityReader reader(&quantities);
    for (const std::string& path : hold.reads) {
      if (absl::StartsWith(path, kAssessment)) reader.Read(*InputArm(input), path);
    }
    for (const v1::OutputValue& output : holds.decision.outputs()) {
      if (output.rule_id() == hold.rule_id) AddOutput(output, &quantities);
    }
    for (auto& [path, quantity] : quantities) {
      quantity.set_path(path);
      *finding.add_quantities() = std::move(quantity);
    }
  }
}

v1::ApprovalRoute RouteOf(const v1::MoneyRoute& route) {
  v1::ApprovalRoute shown;
  shown.set_payment_method_id(route.payment_method_id());
  shown.set_account_id(route.account_id());
  shown.set_customer_id(route.customer_id());
  return shown;
}

void AddMovement(v1::ApprovalMovement::Kind kind, const v1::MoneyRoute& route,
                 const v1::Money& amount, const std::string& id,
                 std::vector<v1::ApprovalMovement>* movements) {
  v1::ApprovalMovement& movement = movements->emplace_back();
  movement.set_kind(kind);
  *movement.mutable_route() = RouteOf(route);
  *movement.mutable_amount() = amount;
  movement.set_movement_id(id);
}

void AddMovement(const v1::Refund& refund, std::vector<v1::ApprovalMovement>* movements) {
  if (refund.state() == v1::Refund::STATE_FAILED || refund.state() == v1::Refund::STATE_CANCELED) {
    return;
  }
  AddMovement(v1::ApprovalMovement::KIND_REFUND, refund.route(), refund.amount(),
              refund.refund_id(), movements);
}

void AddMovement(const v1::Payment& payment, std::vector<v1::ApprovalMovement>* movements) {
  if (payment.state() == v1::Payment::STATE_FAILED ||
      payment.state() == v1::Payment::STATE_VOIDED ||
      payment.state() == v1::Payment::STATE_EXPIRED) {
    return;
  }
  AddMovement(v1::ApprovalMovement::KIND_PAYMENT, payment.route(), payment.amount(),
              payment.payment_id(), movements);
}

void AddMovements(const v1::OrderEvent& event, std::vector<v1::ApprovalMovement>* movements) {
  if (event.has_order_refunded()) AddMovement(event.order_refunded().refund(), movements);
  if (event.payment_recorded().has_refund()) {
    AddMovement(event.payment_recorded().refund(), movements);
  }
  if (event.payment_recorded().has_payment()) {
    AddMovement(event.payment_recorded().payment(), movements);
  }
  for (const v1::Payment& payment : event.order_placed().order().payments()) {
    AddMovement(payment, movements);
  }
  if (event.has_return_requested()) {
    const v1::Return& back = event.return_requested().return_request();
    AddMovement(v1::ApprovalMovement::KIND_REFUND, back.refund_route(), back.refund_amount(),
                back.return_id(), movements);
  }
}

void AddMovement(const v1::Event& event, const v1::Account& account,
                 std::vector<v1::ApprovalMovement>* movements) {
  const bool is_credit = event.account().has_account_credited();
  if (!is_credit && !event.account().has_account_debited()) return;
  v1::Money amount = is_credit ? event.account().account_credited().entry().amount()
                               : event.account().account_debited().entry().amount();
  if (amount.units() < 0) amount.set_units(-amount.units());
  v1::MoneyRoute route;
  route.set_account_id(event.entity().id());
  if (account.account_id() == event.entity().id()) route.set_customer_id(account.customer_id());
  AddMovement(is_credit ? v1::ApprovalMovement::KIND_CREDIT : v1::ApprovalMovement::KIND_DEBIT,
              route, amount, "", movements);
}

std::vector<v1::ApprovalMovement> MovementsOf(const domain::Decided& decided,
                                              const v1::DecisionInput& input) {
  const bool is_of_order = std::any_of(decided.events.begin(), decided.events.end(),
                                       [](const v1::Event& event) { return event.has_order(); });
  std::vector<v1::ApprovalMovement> movements;
  for (const v1::Event& event : decided.events) {
    if (event.has_order()) AddMovements(event.order(), &movements);
    // Movements on accounts that go with those of an order are the same money.
    if (event.has_account() && !is_of_order) {
      AddMovement(event, input.account().account(), &movements);
    }
  }
  return movements;
}

void AddPaid(const std::vector<v1::ApprovalMovement>& movements, v1::ApprovalRound* round) {
  // Sums of valid amounts of one command; wider than any of them.
  std::map<std::string, absl::int128> paid;
  std::set<std::tuple<std::string, std::string, std::string>> routes;
  for (const v1::ApprovalMovement& movement : movements) {
    if (movement.kind() != v1::ApprovalMovement::KIND_REFUND &&
        movement.kind() != v1::ApprovalMovement::KIND_CREDIT) {
      continue;
    }
    if (movement.amount().units() == 0) continue;
    paid[movement.amount().currency_code()] += movement.amount().units();
    routes.emplace(movement.route().payment_method_id(), movement.route().account_id(),
                   movement.route().customer_id());
  }
  for (const auto& [currency, units] : paid) {
    v1::Money& amount = *round->add_paid_amounts();
    constexpr absl::int128 kMost = std::numeric_limits<std::int64_t>::max();
    amount.set_units(static_cast<std::int64_t>(std::min(units, kMost)));
    amount.set_currency_code(currency);
  }
  for (const auto& [method, account, customer] : routes) {
    v1::ApprovalRoute& route = *round->mutable_target()->add_routes();
    route.set_payment_method_id(method);
    route.set_account_id(account);
    route.set_customer_id(customer);
  }
}

void AddTarget(const Asked& asked, const v1::DecisionInput& input, v1::ApprovalTarget* target) {
  if (!asked.entity_id().empty()) *target->mutable_entity() = asked.entity();
  const std::string& customer_id = InputCustomerId(input);
  for (const Reference& reference : asked.references()) {
    v1::EntityRef& ref = *target->add_references();
    ref = reference.entity();
    const bool is_concerned =
        reference.has_place() && reference.info->input_field->name() == "customer";
    if (is_concerned && !customer_id.empty()) ref.set_id(customer_id);
  }
}

}  // namespace

absl::StatusOr<ApprovalContent> MakeContent(const Asked& asked, const Policy& policy,
                                            int max_findings, const PolicyCall& call,
                                            const v1::DecisionInput& input) {
  ApprovalContent content;
  FRONTDESK_ASSIGN_OR_RETURN(const PolicyHolds holds,
                             policy.FindHolds(input, max_findings, call.budget, call.as_of));
  FRONTDESK_ASSIGN_OR_RETURN(content.decided,
                             DecideEvents(asked, policy, holds.decision, call, input));
  AddFindings(holds, input, &content.round);
  content.movements = MovementsOf(content.decided, input);
  AddTarget(asked, input, content.round.mutable_target());
  if (holds.decision.outcome() != v1::POLICY_OUTCOME_REFUSE) {
    AddPaid(content.movements, &content.round);
  }
  content.round.set_policy_hash(policy.hash());
  content.round.set_policy_name(PolicyName(policy));
  return content;
}

absl::optional<absl::Time> ApprovalExpiry(const Policy& policy, const v1::DecisionInput& input,
                                          absl::Time time) {
  const v1::ApprovalPolicy& approvals = policy.pack().approvals();
  const google::protobuf::Duration duration = approvals.has_expire_after()
                                                  ? approvals.expire_after()
                                                  : EncodeDuration(kDefaultApprovalExpiry);
  const bool has_level = !input.case_().case_().service_level_id().empty();
  return domain::EndOfSpan(duration, approvals.expire_after_basis(), time,
                           has_level
                               ? CalendarOfCase(policy, input.case_().case_())
                               : policy.service_levels().FindCalendar(approvals.calendar_id()));
}

std::string PolicyName(const Policy& policy) {
  return policy.pack().version().empty()
             ? policy.pack().name()
             : absl::StrCat(policy.pack().name(), " ", policy.pack().version());
}

}  // namespace internal
}  // namespace frontdesk
