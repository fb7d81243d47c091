#include "decide/approval_content.h"

#include <algorithm>
#include <cmath>
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
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "decide/pipeline.h"
#include "frontdesk/base/money.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/money.pb.h"
#include "internal/canonical.h"
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

// ---- Making a round

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
  if (refund.state() == v1::Refund::STATE_FAILED) return;
  AddMovement(v1::ApprovalMovement::KIND_REFUND, refund.route(), refund.amount(),
              refund.refund_id(), movements);
}

void AddMovement(const v1::Payment& payment, std::vector<v1::ApprovalMovement>* movements) {
  if (payment.state() == v1::Payment::STATE_FAILED ||
      payment.state() == v1::Payment::STATE_VOIDED) {
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

void AddMovement(const v1::Event& event, std::vector<v1::ApprovalMovement>* movements) {
  const bool is_credit = event.account().has_account_credited();
  if (!is_credit && !event.account().has_account_debited()) return;
  v1::Money amount = is_credit ? event.account().account_credited().entry().amount()
                               : event.account().account_debited().entry().amount();
  if (amount.units() < 0) amount.set_units(-amount.units());
  v1::MoneyRoute route;
  route.set_account_id(event.entity().id());
  AddMovement(is_credit ? v1::ApprovalMovement::KIND_CREDIT : v1::ApprovalMovement::KIND_DEBIT,
              route, amount, "", movements);
}

void AddPaid(const domain::Decided& decided, v1::ApprovalRound* round) {
  // Sums of valid amounts of one command; wider than any of them.
  std::map<std::string, absl::int128> paid;
  std::set<std::pair<std::string, std::string>> routes;
  for (const v1::ApprovalMovement& movement : MovementsOf(decided)) {
    if (movement.kind() != v1::ApprovalMovement::KIND_REFUND &&
        movement.kind() != v1::ApprovalMovement::KIND_CREDIT) {
      continue;
    }
    if (movement.amount().units() == 0) continue;
    paid[movement.amount().currency_code()] += movement.amount().units();
    routes.emplace(movement.route().payment_method_id(), movement.route().account_id());
  }
  for (const auto& [currency, units] : paid) {
    v1::Money& amount = *round->add_paid_amounts();
    constexpr absl::int128 kMost = std::numeric_limits<std::int64_t>::max();
    amount.set_units(static_cast<std::int64_t>(std::min(units, kMost)));
    amount.set_currency_code(currency);
  }
  for (const auto& [method, account] : routes) {
    v1::ApprovalRoute& route = *round->mutable_target()->add_routes();
    route.set_payment_method_id(method);
    route.set_account_id(account);
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

// ---- Comparing rounds

absl::int128 Magnitude(absl::int128 value) { return value < 0 ? -value : value; }

bool IsWithin(absl::int128 seen, absl::int128 now, int percent, absl::optional<absl::int128> most) {
  if (now == 0) return true;
  if (seen != 0 && (seen < 0) != (now < 0)) return false;
  const absl::int128 growth = Magnitude(now) - Magnitude(seen);
  if (growth <= 0) return true;
  if (percent <= 0 && !most.has_value()) return false;
  if (percent > 0 && growth * 100 > Magnitude(seen) * percent) return false;
  return !most.has_value() || growth <= *most;
}

bool IsWithin(double seen, double now, int percent) {
  if (now == 0) return true;
  if (seen != 0 && (seen < 0) != (now < 0)) return false;
  const double growth = std::abs(now) - std::abs(seen);
  return growth <= 0 || (percent > 0 && growth * 100 <= std::abs(seen) * percent);
}

bool IsAmountCovered(const v1::Money* seen, const v1::Money& now,
                     const v1::ApprovalTolerance& tolerance) {
  const bool has_seen = seen != nullptr && seen->units() != 0;
  if (has_seen && now.units() != 0 && seen->currency_code() != now.currency_code()) return false;
  absl::optional<absl::int128> most;
  if (tolerance.has_amount() && tolerance.amount().currency_code() == now.currency_code()) {
    most = tolerance.amount().units();
  }
  return IsWithin(has_seen ? seen->units() : 0, now.units(), tolerance.percent(), most);
}

std::string TextOf(const v1::ApprovalQuantity& quantity) {
  switch (quantity.value_case()) {
    case v1::ApprovalQuantity::kMoneyValue:
      return FormatMoney(quantity.money_value());
    case v1::ApprovalQuantity::kIntValue:
      return absl::StrCat(quantity.int_value());
    case v1::ApprovalQuantity::kDoubleValue:
      return absl::StrCat(quantity.double_value());
    case v1::ApprovalQuantity::VALUE_NOT_SET:
      break;
  }
  return "";
}

std::string TextOf(const v1::EntityRef& entity) {
  return absl::StrCat(domain::EntityKindNoun(entity.kind()), " ", entity.id());
}

std::string TextOf(const v1::ApprovalRoute& route) {
  if (route.account_id().empty()) return route.payment_method_id();
  return route.payment_method_id().empty()
             ? absl::StrCat("account ", route.account_id())
             : absl::StrCat(route.payment_method_id(), " (account ", route.account_id(), ")");
}

template <typename List>
std::string TextOfAll(const List& list) {
  return absl::StrJoin(list, ", ",
                       [](std::string* out, const auto& each) { out->append(TextOf(each)); });
}

const v1::ApprovalFinding* Find(const v1::ApprovalRound& round, const v1::ApprovalFinding& like) {
  for (const v1::ApprovalFinding& finding : round.findings()) {
    if (finding.rule_id() == like.rule_id() && finding.authority() == like.authority()) {
      return &finding;
    }
  }
  return nullptr;
}

const v1::ApprovalQuantity* Find(const v1::ApprovalFinding& finding, const std::string& path) {
  for (const v1::ApprovalQuantity& quantity : finding.quantities()) {
    if (quantity.path() == path) return &quantity;
  }
  return nullptr;
}

const v1::Money* FindPaid(const v1::ApprovalRound& round, const std::string& currency) {
  for (const v1::Money& amount : round.paid_amounts()) {
    if (amount.currency_code() == currency) return &amount;
  }
  return nullptr;
}

class Comparison {
 public:
  Comparison(const v1::ApprovalRound& seen, const v1::ApprovalRound& now,
             const v1::ApprovalTolerance& tolerance)
      : seen_(seen), now_(now), tolerance_(tolerance) {}

  std::vector<v1::ApprovalDifference> Run() {
    CompareFindings();
    CompareQuantities();
    ComparePaid();
    CompareTargets();
    if (seen_.entity_version() != now_.entity_version()) {
      Add(v1::ApprovalDifference::KIND_VERSION, "expected_version",
          absl::StrCat(seen_.entity_version()), absl::StrCat(now_.entity_version()), true);
    }
    if (!seen_.policy_hash().empty() && seen_.policy_hash() != now_.policy_hash()) {
      Add(v1::ApprovalDifference::KIND_POLICY, "policy", seen_.policy_name(), now_.policy_name(),
          false);
    }
    return std::move(differences_);
  }

 private:
  void Add(v1::ApprovalDifference::Kind kind, absl::string_view path, absl::string_view before,
           absl::string_view after, bool asks_again) {
    v1::ApprovalDifference& difference = differences_.emplace_back();
    difference.set_kind(kind);
    difference.set_path(std::string(path));
    difference.set_before(std::string(before));
    difference.set_after(std::string(after));
    difference.set_asks_again(asks_again);
  }

  void CompareFindings() {
    for (const v1::ApprovalFinding& finding : now_.findings()) {
      if (Find(seen_, finding) != nullptr) continue;
      Add(v1::ApprovalDifference::KIND_FINDING_ADDED, finding.rule_id(), "", finding.authority(),
          true);
    }
    for (const v1::ApprovalFinding& finding : seen_.findings()) {
      if (Find(now_, finding) != nullptr) continue;
      Add(v1::ApprovalDifference::KIND_FINDING_REMOVED, finding.rule_id(), finding.authority(), "",
          false);
    }
  }

  // Of the findings that both have. Several may read the same; each path is shown once.
  void CompareQuantities() {
    std::map<std::string, std::tuple<std::string, std::string, bool>> changed;
    for (const v1::ApprovalFinding& finding : now_.findings()) {
      const v1::ApprovalFinding* const before = Find(seen_, finding);
      if (before == nullptr) continue;
      const auto note = [&](const std::string& path, const v1::ApprovalQuantity* was,
                            const v1::ApprovalQuantity& is) {
        const std::string was_text = was == nullptr ? "" : TextOf(*was);
        if (was_text == TextOf(is)) return;
        auto& [old_text, new_text, asks] = changed[path];
        old_text = was_text;
        new_text = TextOf(is);
        asks = asks || !IsCovered(was, is, tolerance_);
      };
      for (const v1::ApprovalQuantity& quantity : finding.quantities()) {
        note(quantity.path(), Find(*before, quantity.path()), quantity);
      }
      for (const v1::ApprovalQuantity& quantity : before->quantities()) {
        if (Find(finding, quantity.path()) == nullptr) {
          note(quantity.path(), &quantity, v1::ApprovalQuantity());
        }
      }
    }
    for (const auto& [path, values] : changed) {
      Add(v1::ApprovalDifference::KIND_QUANTITY, path, std::get<0>(values), std::get<1>(values),
          std::get<2>(values));
    }
  }

  void ComparePaid() {
    std::set<std::string> currencies;
    for (const v1::Money& amount : seen_.paid_amounts()) currencies.insert(amount.currency_code());
    for (const v1::Money& amount : now_.paid_amounts()) currencies.insert(amount.currency_code());
    for (const std::string& currency : currencies) {
      const v1::Money* const was = FindPaid(seen_, currency);
      const v1::Money* const is = FindPaid(now_, currency);
      if (was != nullptr && is != nullptr && was->units() == is->units()) continue;
      Add(v1::ApprovalDifference::KIND_PAID_AMOUNT, currency,
          was == nullptr ? "" : FormatMoney(*was), is == nullptr ? "" : FormatMoney(*is),
          is != nullptr && !IsAmountCovered(was, *is, tolerance_));
    }
  }

  void CompareTargets() {
    const v1::ApprovalTarget& was = seen_.target();
    const v1::ApprovalTarget& is = now_.target();
    const auto compare = [this](absl::string_view path, const std::string& before,
                                const std::string& after) {
      if (before != after) Add(v1::ApprovalDifference::KIND_TARGET, path, before, after, true);
    };
    compare("entity", was.has_entity() ? TextOf(was.entity()) : "",
            is.has_entity() ? TextOf(is.entity()) : "");
    compare("references", TextOfAll(was.references()), TextOfAll(is.references()));
    if (was.routes_size() != is.routes_size() ||
        TextOfAll(was.routes()) != TextOfAll(is.routes())) {
      // A route less pays nobody else.
      const bool is_part = std::all_of(is.routes().begin(), is.routes().end(), [&](const auto& a) {
        return std::any_of(was.routes().begin(), was.routes().end(),
                           [&](const auto& b) { return CanonicalBytes(a) == CanonicalBytes(b); });
      });
      Add(v1::ApprovalDifference::KIND_TARGET, "routes", TextOfAll(was.routes()),
          TextOfAll(is.routes()), !is_part);
    }
  }

  const v1::ApprovalRound& seen_;
  const v1::ApprovalRound& now_;
  const v1::ApprovalTolerance& tolerance_;
  std::vector<v1::ApprovalDifference> differences_;
};

}  // namespace

std::vector<v1::ApprovalMovement> MovementsOf(const domain::Decided& decided) {
  const bool is_of_order = std::any_of(decided.events.begin(), decided.events.end(),
                                       [](const v1::Event& event) { return event.has_order(); });
  std::vector<v1::ApprovalMovement> movements;
  for (const v1::Event& event : decided.events) {
    if (event.has_order()) AddMovements(event.order(), &movements);
    // Movements on accounts that go with those of an order are the same money.
    if (event.has_account() && !is_of_order) AddMovement(event, &movements);
  }
  return movements;
}

absl::StatusOr<ApprovalContent> MakeContent(const Asked& asked, const Policy& policy,
                                            int max_findings, const PolicyCall& call,
                                            const v1::DecisionInput& input) {
  ApprovalContent content;
  FRONTDESK_ASSIGN_OR_RETURN(PolicyHolds holds,
                             policy.FindHolds(input, max_findings, call.budget, call.as_of));
  content.decision = std::move(holds.decision);
  FRONTDESK_ASSIGN_OR_RETURN(content.decided,
                             DecideEvents(asked, policy, content.decision, call, input));
  holds.decision = content.decision;
  AddFindings(holds, input, &content.round);
  AddTarget(asked, input, content.round.mutable_target());
  if (content.decision.outcome() != v1::POLICY_OUTCOME_REFUSE) {
    AddPaid(content.decided, &content.round);
  }
  content.round.set_policy_hash(policy.hash());
  content.round.set_policy_name(PolicyName(policy));
  return content;
}

bool IsCovered(const v1::ApprovalQuantity* seen, const v1::ApprovalQuantity& now,
               const v1::ApprovalTolerance& tolerance) {
  if (now.value_case() == v1::ApprovalQuantity::VALUE_NOT_SET) return true;
  if (seen != nullptr && seen->value_case() != now.value_case()) return false;
  switch (now.value_case()) {
    case v1::ApprovalQuantity::kMoneyValue:
      return IsAmountCovered(seen == nullptr ? nullptr : &seen->money_value(), now.money_value(),
                             tolerance);
    case v1::ApprovalQuantity::kIntValue:
      return IsWithin(absl::int128(seen == nullptr ? 0 : seen->int_value()),
                      absl::int128(now.int_value()), tolerance.percent(), absl::nullopt);
    default:
      return IsWithin(seen == nullptr ? 0.0 : seen->double_value(), now.double_value(),
                      tolerance.percent());
  }
}

std::vector<v1::ApprovalDifference> CompareRounds(const v1::ApprovalRound& seen,
                                                  const v1::ApprovalRound& now,
                                                  const v1::ApprovalTolerance& tolerance) {
  return Comparison(seen, now, tolerance).Run();
}

bool IsSeen(const v1::ApprovalFinding& finding, const v1::ApprovalRound& seen,
            const v1::ApprovalRound& now, const v1::ApprovalTolerance& tolerance) {
  if (Find(seen, finding) == nullptr) return false;
  // Findings of other rules are not of this approver, and neither are their quantities.
  v1::ApprovalRound of_one = now;
  of_one.clear_findings();
  *of_one.add_findings() = finding;
  const std::vector<v1::ApprovalDifference> differences = CompareRounds(seen, of_one, tolerance);
  return std::none_of(differences.begin(), differences.end(),
                      [](const v1::ApprovalDifference& each) { return each.asks_again(); });
}

std::vector<v1::ApprovalGrant> CoveringGrants(const v1::Approval& approval,
                                              const std::vector<v1::ApprovalGrant>& given,
                                              const v1::ApprovalRound& now,
                                              const v1::ApprovalTolerance& tolerance) {
  std::vector<v1::ApprovalGrant> covering;
  for (const v1::ApprovalFinding& finding : now.findings()) {
    for (const v1::ApprovalGrant& grant : given) {
      if (grant.rule_id() != finding.rule_id() || grant.authority() != finding.authority()) {
        continue;
      }
      if (grant.round() < 1 || grant.round() > approval.rounds_size()) continue;
      if (!IsSeen(finding, approval.rounds(grant.round() - 1), now, tolerance)) continue;
      covering.push_back(grant);
      break;
    }
  }
  return covering;
}

absl::optional<absl::Time> ApprovalExpiry(const v1::ApprovalPolicy& policy, absl::Time time) {
  absl::Duration expiry = kDefaultApprovalExpiry;
  if (policy.has_expire_after()) {
    expiry = absl::Seconds(policy.expire_after().seconds()) +
             absl::Nanoseconds(policy.expire_after().nanos());
  }
  const absl::Time end = time + expiry;
  if (end > absl::FromUnixSeconds(kMaxTimestampSeconds)) return absl::nullopt;
  return end;
}

std::string PolicyName(const Policy& policy) {
  return policy.pack().version().empty()
             ? policy.pack().name()
             : absl::StrCat(policy.pack().name(), " ", policy.pack().version());
}

}  // namespace internal
}  // namespace frontdesk
