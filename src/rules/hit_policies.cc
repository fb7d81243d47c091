#include "rules/hit_policies.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <numeric>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/reasons.h"
#include "internal/escape_text.h"

namespace frontdesk {
namespace rules {
namespace {

using internal::EscapeValue;

// Rules, and values, that one text names; the rest is counted.
constexpr size_t kMaxNamed = 5;
// Characters of a value in a text.
constexpr size_t kMaxValueBytes = 80;
constexpr int64_t kNanosPerSecond = 1000000000;
// Of google.protobuf.Duration: about 10,000 years.
constexpr int64_t kMaxDurationSeconds = 315576000000;

v1::HitPolicyError MakeHitError(const Reason& reason, std::string text) {
  v1::HitPolicyError error;
  error.set_reason(std::string(reason.word));
  error.set_text(std::move(text));
  return error;
}

// "'a', 'b' and 3 more".
std::string JoinNamed(const std::vector<std::string>& names) {
  std::string text;
  const size_t named = std::min(names.size(), kMaxNamed);
  for (size_t i = 0; i < named; ++i) {
    const bool is_last = i > 0 && i + 1 == names.size();
    absl::StrAppend(&text, i == 0 ? "" : is_last ? " and " : ", ", names[i]);
  }
  if (names.size() > named) absl::StrAppend(&text, " and ", names.size() - named, " more");
  return text;
}

std::string RuleNames(const std::vector<Hit>& hits, const std::vector<size_t>& numbers) {
  std::vector<std::string> names;
  for (const size_t i : numbers) {
    names.push_back(absl::StrCat("'", EscapeValue(hits[i].rule->id()), "'"));
  }
  return JoinNamed(names);
}

std::string ValueText(const v1::OutputValue* value) {
  if (value == nullptr) return "no value";
  const std::string text = internal::CutText(OutputText(*value), kMaxValueBytes);
  return value->value_case() == v1::OutputValue::kStringValue
             ? absl::StrCat("'", internal::EscapeText(text), "'")
             : internal::EscapeText(text);
}

std::vector<size_t> AllOf(const std::vector<Hit>& hits) {
  std::vector<size_t> numbers(hits.size());
  std::iota(numbers.begin(), numbers.end(), size_t{0});
  return numbers;
}

v1::PolicyOutcome OutcomeOf(const Hit& hit) {
  return hit.is_approved ? v1::POLICY_OUTCOME_ALLOW : hit.rule->outcome();
}

int Strength(v1::PolicyOutcome outcome) {
  return outcome == v1::POLICY_OUTCOME_REFUSE ? 2 : outcome == v1::POLICY_OUTCOME_HOLD ? 1 : 0;
}

// ---- Unique, any ----

HitResult ApplyUnique(const std::vector<Hit>& hits) {
  HitResult result;
  if (hits.size() > 1) {
    result.error = MakeHitError(kReasonPolicyUniqueViolated,
                                absl::StrCat("rules ", RuleNames(hits, AllOf(hits)),
                                             " match, and the hit policy UNIQUE allows one"));
    return result;
  }
  result.counting = {0};
  result.deciding = {0};
  result.outcome = OutcomeOf(hits[0]);
  return result;
}

// A part of the result of a rule: its name, and a key and a text of its value.
struct ResultPart {
  std::string key;
  std::string text;
};

ResultPart WordPart(absl::string_view word) {
  return {std::string(word), word.empty() ? "none" : EscapeValue(word)};
}

ResultPart PartOf(const Hit& hit, absl::string_view name) {
  if (name == "outcome") {
    const std::string word = v1::PolicyOutcome_Name(hit.rule->outcome());
    return WordPart(absl::StripPrefix(word, "POLICY_OUTCOME_"));
  }
  if (name == "reason") return WordPart(hit.rule->reason());
  if (name == "authority") return WordPart(hit.rule->authority());
  const v1::OutputValue* value = FindValue(hit.outputs, absl::StripPrefix(name, "output "));
  return {value == nullptr ? "" : ValueKey(*value), ValueText(value)};
}

// "differ in output 'rate': 5 ('a') and 7 ('b')".
std::string DifferenceText(const std::vector<Hit>& hits, absl::string_view name) {
  std::vector<std::string> values;
  std::set<std::string> seen;
  for (const Hit& hit : hits) {
    const ResultPart part = PartOf(hit, name);
    if (!seen.insert(part.key).second) continue;
    values.push_back(absl::StrCat(part.text, " ('", EscapeValue(hit.rule->id()), "')"));
  }
  return absl::StrCat(EscapeValue(name), ": ", JoinNamed(values));
}

HitResult ApplyAny(const std::vector<Hit>& hits) {
  std::set<std::string> output_names;
  for (const Hit& hit : hits) {
    for (const v1::OutputValue& value : hit.outputs) output_names.insert(value.name());
  }
  std::vector<std::string> parts = {"outcome", "reason", "authority"};
  for (const std::string& name : output_names) parts.push_back(absl::StrCat("output ", name));
  HitResult result;
  for (const std::string& name : parts) {
    const std::string first = PartOf(hits[0], name).key;
    const bool is_same =
        absl::c_all_of(hits, [&](const Hit& hit) { return PartOf(hit, name).key == first; });
    if (is_same) continue;
    if (!result.error.has_value()) {
      result.error =
          MakeHitError(kReasonPolicyAnyViolated,
                       absl::StrCat("rules ", RuleNames(hits, AllOf(hits)),
                                    " match, and the hit policy ANY allows equal results only; "
                                    "they differ in ",
                                    DifferenceText(hits, name)));
    }
    absl::string_view output = name;
    if (absl::ConsumePrefix(&output, "output ")) {
      result.error->add_output_names(std::string(output));
    }
  }
  if (result.error.has_value()) return result;
  result.counting = AllOf(hits);
  result.deciding = result.counting;
  result.outcome = OutcomeOf(hits[0]);
  return result;
}

// ---- Order of outputs ----

// The hits by the orders of their outputs, and by order number where these are equal.
std::vector<size_t> SortByOutputs(const HitPlan& plan, const std::vector<Hit>& hits,
                                  absl::optional<v1::HitPolicyError>* error) {
  std::vector<std::vector<size_t>> places(hits.size());
  for (size_t i = 0; i < hits.size(); ++i) {
    for (const ValueOrder& order : plan.orders) {
      const v1::OutputValue* value = FindValue(hits[i].outputs, order.name);
      const auto place =
          value == nullptr ? order.places.end() : order.places.find(ValueKey(*value));
      if (place == order.places.end()) {
        *error = MakeHitError(
            kReasonPolicyOutputUnranked,
            absl::StrCat("rule ", RuleNames(hits, {i}), " has ", ValueText(value), " for output '",
                         EscapeValue(order.name), "', which is not listed in the order of it"));
        (*error)->add_output_names(order.name);
        return {};
      }
      places[i].push_back(place->second);
    }
  }
  std::vector<size_t> numbers = AllOf(hits);
  absl::c_stable_sort(numbers, [&](size_t a, size_t b) { return places[a] < places[b]; });
  return numbers;
}

// ---- Aggregates ----

int CompareValues(const v1::OutputValue& a, const v1::OutputValue& b) {
  const auto compare = [](const auto& x, const auto& y) { return x < y ? -1 : y < x ? 1 : 0; };
  switch (a.value_case()) {
    case v1::OutputValue::kStringValue:
      return compare(a.string_value(), b.string_value());
    case v1::OutputValue::kIntValue:
      return compare(a.int_value(), b.int_value());
    case v1::OutputValue::kDoubleValue:
      return compare(a.double_value(), b.double_value());
    case v1::OutputValue::kBoolValue:
      return compare(a.bool_value(), b.bool_value());
    case v1::OutputValue::kTimeValue:
      return compare(std::make_pair(a.time_value().seconds(), a.time_value().nanos()),
                     std::make_pair(b.time_value().seconds(), b.time_value().nanos()));
    case v1::OutputValue::kDurationValue:
      return compare(std::make_pair(a.duration_value().seconds(), a.duration_value().nanos()),
                     std::make_pair(b.duration_value().seconds(), b.duration_value().nanos()));
    case v1::OutputValue::kMoneyValue:
      return compare(a.money_value().units(), b.money_value().units());
    case v1::OutputValue::VALUE_NOT_SET:
      return 0;
  }
  return 0;
}

v1::OutputValue ExtremeOf(const std::vector<const v1::OutputValue*>& values, bool is_max) {
  const v1::OutputValue* best = values[0];
  for (const v1::OutputValue* value : values) {
    // A NaN is less than nothing and more than nothing: the first one stays.
    if (value->value_case() == v1::OutputValue::kDoubleValue && std::isnan(value->double_value())) {
      return *value;
    }
    const int order = CompareValues(*value, *best);
    if (is_max ? order > 0 : order < 0) best = value;
  }
  return *best;
}

// False when the sum does not fit.
bool SumOf(const std::vector<const v1::OutputValue*>& values, v1::OutputValue* sum) {
  const auto fits = [](absl::int128 number) {
    return number >= std::numeric_limits<int64_t>::min() &&
           number <= std::numeric_limits<int64_t>::max();
  };
  absl::int128 whole = 0;
  double real = 0;
  for (const v1::OutputValue* value : values) {
    switch (value->value_case()) {
      case v1::OutputValue::kIntValue:
        whole += value->int_value();
        break;
      case v1::OutputValue::kMoneyValue:
        whole += value->money_value().units();
        break;
      case v1::OutputValue::kDurationValue:
        whole += absl::int128(value->duration_value().seconds()) * kNanosPerSecond +
                 value->duration_value().nanos();
        break;
      case v1::OutputValue::kDoubleValue:
        real += value->double_value();
        break;
      default:
        break;  // The checks at load let no other type pass.
    }
  }
  switch (values[0]->value_case()) {
    case v1::OutputValue::kDoubleValue:
      sum->set_double_value(real);
      return true;
    case v1::OutputValue::kDurationValue: {
      const absl::int128 limit = absl::int128(kMaxDurationSeconds) * kNanosPerSecond;
      if (whole > limit || whole < -limit) return false;
      sum->mutable_duration_value()->set_seconds(static_cast<int64_t>(whole / kNanosPerSecond));
      sum->mutable_duration_value()->set_nanos(static_cast<int32_t>(whole % kNanosPerSecond));
      return true;
    }
    case v1::OutputValue::kMoneyValue:
      if (!fits(whole)) return false;
      sum->mutable_money_value()->set_currency_code(values[0]->money_value().currency_code());
      sum->mutable_money_value()->set_units(static_cast<int64_t>(whole));
      return true;
    default:
      if (!fits(whole)) return false;
      sum->set_int_value(static_cast<int64_t>(whole));
      return true;
  }
}

v1::HitPolicyError CurrencyError(const HitPlan& plan, const std::vector<Hit>& hits) {
  std::vector<std::string> amounts;
  std::set<std::string> seen;
  for (const Hit& hit : hits) {
    const v1::OutputValue* value = FindValue(hit.outputs, plan.aggregate_output);
    if (value == nullptr || !seen.insert(value->money_value().currency_code()).second) continue;
    amounts.push_back(absl::StrCat(ValueText(value), " ('", EscapeValue(hit.rule->id()), "')"));
  }
  v1::HitPolicyError error = MakeHitError(
      kReasonPolicyAggregateCurrency,
      absl::StrCat("the amounts of output '", EscapeValue(plan.aggregate_output),
                   "' are in several currencies, and no ",
                   absl::StripPrefix(v1::HitAggregator_Name(plan.aggregator), "HIT_AGGREGATOR_"),
                   " can be computed of them: ", JoinNamed(amounts)));
  error.add_output_names(plan.aggregate_output);
  return error;
}

void Aggregate(const HitPlan& plan, const std::vector<Hit>& hits, HitResult* result) {
  std::vector<const v1::OutputValue*> values;
  for (const Hit& hit : hits) {
    const v1::OutputValue* value = FindValue(hit.outputs, plan.aggregate_output);
    if (value != nullptr) values.push_back(value);
  }
  v1::OutputValue computed;
  if (plan.aggregator == v1::HIT_AGGREGATOR_COUNT) {
    computed.set_int_value(static_cast<int64_t>(values.size()));
  } else if (values.empty()) {
    return;
  } else {
    const bool is_mixed = absl::c_any_of(values, [&](const v1::OutputValue* value) {
      return value->money_value().currency_code() != values[0]->money_value().currency_code();
    });
    if (is_mixed) {
      result->error = CurrencyError(plan, hits);
      return;
    }
    if (plan.aggregator != v1::HIT_AGGREGATOR_SUM) {
      computed = ExtremeOf(values, plan.aggregator == v1::HIT_AGGREGATOR_MAX);
    } else if (!SumOf(values, &computed)) {
      result->error =
          MakeHitError(kReasonPolicyAggregateOverflow,
                       absl::StrCat("the sum of output '", EscapeValue(plan.aggregate_output),
                                    "' of rules ", RuleNames(hits, AllOf(hits)), " does not fit"));
      result->error->add_output_names(plan.aggregate_output);
      return;
    }
  }
  computed.set_name(plan.aggregate_output);
  computed.clear_rule_id();
  result->aggregate = std::move(computed);
}

// All of `counting` count, and those with the strongest outcome decide.
void CountAll(const std::vector<Hit>& hits, std::vector<size_t> counting, HitResult* result) {
  if (counting.empty()) return;
  for (const size_t i : counting) {
    const v1::PolicyOutcome outcome = OutcomeOf(hits[i]);
    if (result->deciding.empty() || Strength(outcome) > Strength(result->outcome)) {
      result->deciding.clear();
      result->outcome = outcome;
    }
    if (outcome == result->outcome) result->deciding.push_back(i);
  }
  result->counting = std::move(counting);
}

}  // namespace

bool ComparesOutputs(v1::HitPolicy policy) {
  return policy == v1::HIT_POLICY_PRIORITY || policy == v1::HIT_POLICY_OUTPUT_ORDER;
}

std::string HitPolicyName(v1::HitPolicy policy) {
  return std::string(absl::StripPrefix(v1::HitPolicy_Name(policy), "HIT_POLICY_"));
}

std::string ValueKey(const v1::OutputValue& value) {
  switch (value.value_case()) {
    case v1::OutputValue::kStringValue:
      return absl::StrCat("s", value.string_value());
    case v1::OutputValue::kIntValue:
      return absl::StrCat("i", value.int_value());
    case v1::OutputValue::kDoubleValue: {
      double number = value.double_value();
      if (std::isnan(number)) return "nan";
      if (number == 0) number = 0;  // Of -0, 0.
      uint64_t bits = 0;
      std::memcpy(&bits, &number, sizeof(bits));
      return absl::StrCat("d", bits);
    }
    case v1::OutputValue::kBoolValue:
      return value.bool_value() ? "b1" : "b0";
    case v1::OutputValue::kTimeValue:
      return absl::StrCat("t", value.time_value().seconds(), ".", value.time_value().nanos());
    case v1::OutputValue::kDurationValue:
      return absl::StrCat("p", value.duration_value().seconds(), ".",
                          value.duration_value().nanos());
    case v1::OutputValue::kMoneyValue:
      return absl::StrCat("m", value.money_value().units(), " ",
                          value.money_value().currency_code());
    case v1::OutputValue::VALUE_NOT_SET:
      break;
  }
  return "";
}

const v1::OutputValue* FindValue(const std::vector<v1::OutputValue>& values,
                                 absl::string_view name) {
  const auto found =
      absl::c_find_if(values, [name](const v1::OutputValue& each) { return each.name() == name; });
  return found == values.end() ? nullptr : &*found;
}

HitResult ApplyHitPolicy(const HitPlan& plan, const std::vector<Hit>& hits) {
  HitResult result;
  if (hits.empty()) {
    if (plan.aggregator == v1::HIT_AGGREGATOR_COUNT) Aggregate(plan, hits, &result);
    return result;
  }
  switch (plan.policy) {
    case v1::HIT_POLICY_UNIQUE:
      return ApplyUnique(hits);
    case v1::HIT_POLICY_ANY:
      return ApplyAny(hits);
    case v1::HIT_POLICY_PRIORITY:
    case v1::HIT_POLICY_OUTPUT_ORDER: {
      std::vector<size_t> sorted = SortByOutputs(plan, hits, &result.error);
      if (result.error.has_value()) return result;
      if (plan.policy == v1::HIT_POLICY_PRIORITY) sorted.resize(1);
      CountAll(hits, std::move(sorted), &result);
      return result;
    }
    default:
      break;
  }
  if (plan.aggregator != v1::HIT_AGGREGATOR_UNSPECIFIED) Aggregate(plan, hits, &result);
  if (!result.error.has_value()) CountAll(hits, AllOf(hits), &result);
  return result;
}

}  // namespace rules
}  // namespace frontdesk
