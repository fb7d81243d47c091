#include "decide/approval_rounds.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/money.pb.h"

namespace frontdesk {
namespace internal {
namespace {

// `most` is the largest growth beside that in percent.
template <typename Number>
bool IsWithin(Number seen, Number now, int percent, absl::optional<Number> most) {
  const auto magnitude = [](Number value) { return value < 0 ? -value : value; };
  if (now == 0) return true;
  if (seen != 0 && (seen < 0) != (now < 0)) return false;
  const Number growth = magnitude(now) - magnitude(seen);
  if (growth <= 0) return true;
  if (percent <= 0 && !most.has_value()) return false;
  // Not the other way round: no comparison with a NaN is true.
  if (percent > 0 && !(growth * 100 <= magnitude(seen) * percent)) return false;
  return !most.has_value() || growth <= *most;
}

bool IsAmountCovered(const v1::Money* seen, const v1::Money& now,
                     const v1::ApprovalTolerance& tolerance) {
  const bool has_seen = seen != nullptr && seen->units() != 0;
  if (has_seen && now.units() != 0 && seen->currency_code() != now.currency_code()) return false;
  absl::optional<absl::int128> most;
  if (tolerance.has_amount() && tolerance.amount().currency_code() == now.currency_code()) {
    most = tolerance.amount().units();
  }
  return IsWithin<absl::int128>(has_seen ? seen->units() : 0, now.units(), tolerance.percent(),
                                most);
}

// Whether `now` is no more than an approver saw: the same currency and sign, and not larger, apart from the tolerance. An amount or number
// that is not there is 0.
bool IsCovered(const v1::ApprovalQuantity* seen, const v1::ApprovalQuantity& now,
               const v1::ApprovalTolerance& tolerance) {
  if (now.value_case() == v1::ApprovalQuantity::VALUE_NOT_SET) return true;
  if (seen != nullptr && seen->value_case() != now.value_case()) return false;
  switch (now.value_case()) {
    case v1::ApprovalQuantity::kMoneyValue:
      return IsAmountCovered(seen == nullptr ? nullptr : &seen->money_value(), now.money_value(),
                             tolerance);
    case v1::ApprovalQuantity::kIntValue:
      return IsWithin<absl::int128>(seen == nullptr ? 0 : seen->int_value(), now.int_value(),
                                    tolerance.percent(), absl::nullopt);
    default:
      return IsWithin<double>(seen == nullptr ? 0.0 : seen->double_value(), now.double_value(),
                              tolerance.percent(), absl::nullopt);
  }
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
  std::string text = route.payment_method_id();
  if (text.empty()) {
    text = absl::StrCat("account ", route.account_id());
  } else if (!route.account_id().empty()) {
    absl::StrAppend(&text, " (account ", route.account_id(), ")");
  }
  if (!route.customer_id().empty()) absl::StrAppend(&text, " of ", route.customer_id());
  return text;
}

// Whether both are one way of money. Where the owner is not known, as in older rounds, it says nothing.
bool IsSameRoute(const v1::ApprovalRoute& a, const v1::ApprovalRoute& b) {
  return a.payment_method_id() == b.payment_method_id() && a.account_id() == b.account_id() &&
         (a.customer_id().empty() || b.customer_id().empty() || a.customer_id() == b.customer_id());
}

// Whether each route of `some` is one of `all`.
template <typename Routes>
bool HasRoutes(const Routes& all, const Routes& some) {
  return std::all_of(some.begin(), some.end(), [&](const v1::ApprovalRoute& route) {
    return std::any_of(all.begin(), all.end(),
                       [&](const v1::ApprovalRoute& other) { return IsSameRoute(route, other); });
  });
}

template <typename List>
std::string TextOfAll(const List& list) {
  return absl::StrJoin(list, ", ",
                       [](std::string* out, const auto& each) { out->append(TextOf(each)); });
}

const v1::ApprovalFinding* Find(const v1::ApprovalRound& round, const v1::ApprovalFinding& like) {
  for (const v1::ApprovalFinding& finding : round.findings()) {
    if (IsSameRule(finding, like)) return &finding;
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
    // A route less pays nobody else.
    const bool is_part = HasRoutes(was.routes(), is.routes());
    if (!is_part || !HasRoutes(is.routes(), was.routes())) {
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

std::vector<v1::ApprovalDifference> CompareRounds(const v1::ApprovalRound& seen,
                                                  const v1::ApprovalRound& now,
                                                  const v1::ApprovalTolerance& tolerance) {
  return Comparison(seen, now, tolerance).Run();
}

bool AsksAgain(const std::vector<v1::ApprovalDifference>& differences) {
  return std::any_of(differences.begin(), differences.end(),
                     [](const v1::ApprovalDifference& each) { return each.asks_again(); });
}

bool IsSeen(const v1::ApprovalFinding& finding, const v1::ApprovalRound& seen,
            const v1::ApprovalRound& now, const v1::ApprovalTolerance& tolerance) {
  if (Find(seen, finding) == nullptr) return false;
  // Findings of other rules are not of this approver, and neither are their quantities.
  v1::ApprovalRound of_one = now;
  of_one.clear_findings();
  *of_one.add_findings() = finding;
  return !AsksAgain(CompareRounds(seen, of_one, tolerance));
}

std::vector<v1::ApprovalGrant> CoveringGrants(const v1::Approval& approval,
                                              const std::vector<v1::ApprovalGrant>& given,
                                              const v1::ApprovalRound& now,
                                              const v1::ApprovalTolerance& tolerance) {
  std::vector<v1::ApprovalGrant> covering;
  for (const v1::ApprovalFinding& finding : now.findings()) {
    for (const v1::ApprovalGrant& grant : given) {
      if (!IsSameRule(grant, finding)) continue;
      if (grant.round() < 1 || grant.round() > approval.rounds_size()) continue;
      if (!IsSeen(finding, approval.rounds(grant.round() - 1), now, tolerance)) continue;
      covering.push_back(grant);
      break;
    }
  }
  return covering;
}

}  // namespace internal
}  // namespace frontdesk
