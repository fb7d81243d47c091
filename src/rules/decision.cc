#include "frontdesk/rules/decision.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "frontdesk/base/money.h"
#include "frontdesk/rules/reasons.h"
#include "internal/escape_text.h"
#include "internal/time.h"

namespace frontdesk {
namespace rules {
namespace {

using internal::EscapeLines;
using internal::EscapeText;
using internal::EscapeValue;
using v1::ConjunctTrace;
using v1::RuleTrace;

// "refuses", "refused", "would refuse".
enum class Tense { kPresent, kPast, kConditional };

std::string Says(v1::PolicyOutcome outcome, Tense tense) {
  absl::string_view verb = "say nothing";
  switch (outcome) {
    case v1::POLICY_OUTCOME_ALLOW:
      verb = tense == Tense::kPast ? "allowed" : "allow";
      break;
    case v1::POLICY_OUTCOME_REFUSE:
      verb = tense == Tense::kPast ? "refused" : "refuse";
      break;
    case v1::POLICY_OUTCOME_HOLD:
      verb = tense == Tense::kPast ? "held" : "hold";
      break;
    default:
      break;
  }
  if (tense == Tense::kPresent) return absl::StrCat(verb, "s");
  return tense == Tense::kPast ? std::string(verb) : absl::StrCat("would ", verb);
}

// The traces of the rules that fired, in their order; null where the decision has none. Of an error of the hit policy, the rules
// that violate it. Linear.
std::vector<const RuleTrace*> FiredRules(const v1::Decision& decision) {
  std::vector<const RuleTrace*> fired;
  fired.reserve(decision.fired_rule_ids_size());
  if (decision.fired_rule_ids_size() == 1) {
    fired.push_back(FindRule(decision, decision.fired_rule_ids(0)));
    return fired;
  }
  absl::flat_hash_map<absl::string_view, const RuleTrace*> by_id;
  by_id.reserve(decision.rules_size());
  for (const RuleTrace& rule : decision.rules()) by_id.emplace(rule.rule_id(), &rule);
  const auto add = [&](const std::string& id) {
    const auto found = by_id.find(id);
    fired.push_back(found == by_id.end() ? nullptr : found->second);
  };
  for (const std::string& id : decision.fired_rule_ids()) add(id);
  if (decision.has_hit_policy_error()) {
    for (const v1::RuleHit& hit : decision.hits()) add(hit.rule_id());
  }
  return fired;
}

class Formatter {
 public:
  Formatter(const v1::Decision& decision, const FormatOptions& options)
      : decision_(decision), options_(options) {}

  std::string Run() {
    WriteHeadline();
    WriteOutputs();
    WriteHits();
    bool first = true;
    for (const RuleTrace* rule : FiredRules(decision_)) {
      if (rule == nullptr) continue;
      if (first) text_ += "\nWhy:\n";
      first = false;
      WriteRule(*rule);
    }
    if (options_.why_not) WriteOthers();
    return std::move(text_);
  }

 private:
  void WriteHeadline() {
    text_ += decision_.decision_point().empty() ? "It" : EscapeValue(decision_.decision_point());
    switch (decision_.outcome()) {
      case v1::POLICY_OUTCOME_ALLOW:
        text_ += " is allowed";
        break;
      case v1::POLICY_OUTCOME_HOLD:
        text_ += " is held";
        break;
      default:
        text_ += " is refused";
        break;
    }
    const std::vector<DecisionReason> reasons = DecisionReasons(decision_);
    if (!reasons.empty()) {
      const DecisionReason& leading = reasons.front();
      if (!leading.reason.empty()) absl::StrAppend(&text_, ": ", EscapeValue(leading.reason));
      if (decision_.outcome() == v1::POLICY_OUTCOME_HOLD) {
        absl::StrAppend(&text_, ", until approved by '", EscapeValue(leading.authority), "'");
      }
      if (!leading.rule_id.empty()) {
        absl::StrAppend(&text_, " (rule ", EscapeValue(leading.rule_id), ")");
      }
      if (!leading.text.empty()) absl::StrAppend(&text_, "\n  ", EscapeLines(leading.text, "  "));
    } else if (decision_.by_default()) {
      text_ += " by default: no rule matched";
    }
    text_ += "\n";
  }

  void WriteOutputs() {
    const std::string& aggregate = decision_.aggregate().name();
    if (decision_.outputs_size() > 0) text_ += "\nComputed:\n";
    for (const v1::OutputValue& output : decision_.outputs()) {
      absl::StrAppend(
          &text_, "  ", EscapeValue(output.name()), " = ", EscapeText(OutputText(output)), " (",
          !output.rule_id().empty()    ? absl::StrCat("rule ", EscapeValue(output.rule_id()))
          : output.name() == aggregate ? "aggregate"
                                       : "default",
          ")\n");
    }
  }

  void WriteHits() {
    if (decision_.hits().empty()) return;
    text_ += decision_.has_hit_policy_error() ? "\nRules that match:\n" : "\nHits:\n";
    for (int i = 0; i < decision_.hits_size(); ++i) {
      if (i == options_.max_rules) {
        absl::StrAppend(&text_, "  and ", decision_.hits_size() - i, " more rules\n");
        return;
      }
      const v1::RuleHit& hit = decision_.hits(i);
      absl::StrAppend(&text_, "  rule ", EscapeValue(hit.rule_id()));
      for (int k = 0; k < hit.outputs_size(); ++k) {
        absl::StrAppend(&text_, k == 0 ? ": " : ", ", EscapeValue(hit.outputs(k).name()), " = ",
                        EscapeText(OutputText(hit.outputs(k))));
      }
      text_ += "\n";
    }
  }

  void WriteRule(const RuleTrace& rule) {
    absl::StrAppend(&text_, "  rule ", EscapeValue(rule.rule_id()));
    switch (rule.result()) {
      case RuleTrace::RESULT_FIRED:
        absl::StrAppend(&text_, " ", Says(rule.outcome(), Tense::kPast));
        break;
      case RuleTrace::RESULT_APPROVED:
        absl::StrAppend(&text_, " holds, and the approval of '", EscapeValue(rule.authority()),
                        "' satisfies it");
        break;
      case RuleTrace::RESULT_ERROR:
        text_ += " could not be evaluated";
        break;
      case RuleTrace::RESULT_MATCHED:
        absl::StrAppend(&text_, " matches too; it ", Says(rule.outcome(), Tense::kConditional));
        break;
      case RuleTrace::RESULT_NOT_IN_EFFECT:
        text_ += " is not in effect at that time";
        break;
      default:
        absl::StrAppend(&text_, " ", Says(rule.outcome(), Tense::kConditional));
        break;
    }
    if (!rule.reason().empty() && rule.result() != RuleTrace::RESULT_ERROR) {
      absl::StrAppend(&text_, ": ", EscapeValue(rule.reason()));
    }
    text_ += "\n";
    // An error of the condition is shown with its conjunct.
    const bool told = absl::c_any_of(
        rule.conjuncts(), [](const ConjunctTrace& conjunct) { return !conjunct.error().empty(); });
    if (!told && !rule.error().empty()) {
      absl::StrAppend(&text_, "    error ", EscapeText(rule.error()), "\n");
    }
    for (const ConjunctTrace& conjunct : rule.conjuncts()) WriteConjunct(conjunct);
    for (const v1::DetailValue& detail : rule.details()) {
      absl::StrAppend(&text_, "    hands out ", EscapeValue(detail.name()), " = ",
                      EscapeText(detail.value()), "\n");
    }
  }

  // A rule that did not fire is shown with the conjunct that stopped it only.
  void WriteStopped(const RuleTrace& rule) {
    RuleTrace stopped = rule;
    stopped.clear_conjuncts();
    for (const ConjunctTrace& conjunct : rule.conjuncts()) {
      if (conjunct.result() != ConjunctTrace::RESULT_TRUE) *stopped.add_conjuncts() = conjunct;
    }
    if (rule.result() == RuleTrace::RESULT_NOT_MATCHED && stopped.conjuncts_size() > 1) {
      const ConjunctTrace last = stopped.conjuncts(stopped.conjuncts_size() - 1);
      stopped.clear_conjuncts();
      *stopped.add_conjuncts() = last;
    }
    WriteRule(stopped);
  }

  void WriteConjunct(const ConjunctTrace& conjunct) {
    absl::string_view mark = "    ";
    absl::string_view otherwise;
    switch (conjunct.result()) {
      case ConjunctTrace::RESULT_TRUE:
        mark = "    yes   ";
        otherwise = "would not hold if ";
        break;
      case ConjunctTrace::RESULT_FALSE:
        mark = "    no    ";
        otherwise = "would hold if ";
        break;
      case ConjunctTrace::RESULT_ERROR:
        mark = "    error ";
        break;
      default:
        break;
    }
    absl::StrAppend(&text_, mark, EscapeLines(conjunct.text(), "          "), "\n");
    if (!conjunct.error().empty()) {
      absl::StrAppend(&text_, "            ", EscapeText(conjunct.error()), "\n");
    }
    for (const v1::ValueRead& read : conjunct.reads()) {
      absl::StrAppend(&text_, "            ", EscapeText(read.path()),
                      read.value().empty() ? "" : " is ", EscapeText(read.value()), "\n");
    }
    // The counterfactual is often the conjunct itself.
    const bool new_text = conjunct.counterfactual() != conjunct.text();
    if (!conjunct.counterfactual().empty() && !otherwise.empty() && new_text) {
      absl::StrAppend(&text_, "            ", otherwise, UnsetFirst(conjunct),
                      EscapeLines(conjunct.counterfactual(), "            "), "\n");
    }
  }

  // "order.deliver_time were set, and ": the fields that a counterfactual needs before its values count; "" when all are set.
  static std::string UnsetFirst(const ConjunctTrace& conjunct) {
    std::string unset;
    for (const v1::ValueRead& read : conjunct.reads()) {
      if (!absl::StartsWith(read.value(), "not set")) continue;
      absl::StrAppend(&unset, unset.empty() ? "" : " and ", EscapeText(read.path()));
    }
    return unset.empty() ? "" : absl::StrCat(unset, " were set, and ");
  }

  void WriteOthers() {
    int told = 0;
    int left_out = 0;
    absl::flat_hash_set<absl::string_view> fired(decision_.fired_rule_ids().begin(),
                                                 decision_.fired_rule_ids().end());
    if (decision_.has_hit_policy_error()) {
      for (const v1::RuleHit& hit : decision_.hits()) fired.insert(hit.rule_id());
    }
    std::vector<const RuleTrace*> others;
    for (const RuleTrace& rule : decision_.rules()) {
      if (!fired.contains(rule.rule_id())) others.push_back(&rule);
    }
    // The nearest misses first, after what matched or erred.
    absl::c_stable_sort(others, [](const RuleTrace* a, const RuleTrace* b) {
      return a->miss_count() < b->miss_count();
    });
    for (const RuleTrace* rule : others) {
      if (told >= options_.max_rules) {
        ++left_out;
        continue;
      }
      if (told++ == 0) text_ += "\nWhy not:\n";
      WriteStopped(*rule);
    }
    if (left_out > 0) absl::StrAppend(&text_, "  and ", left_out, " more rules\n");
  }

  const v1::Decision& decision_;
  const FormatOptions& options_;
  std::string text_;
};

DecisionReason ReasonOf(const RuleTrace& rule) {
  DecisionReason reason{rule.rule_id(), rule.reason(), rule.text(), rule.authority(), {}};
  if (rule.result() == RuleTrace::RESULT_ERROR) {
    reason.reason = std::string(kReasonPolicyError.word);
    reason.text = absl::StrCat("rule ", EscapeValue(rule.rule_id()),
                               " could not be evaluated: ", EscapeText(rule.error()));
    reason.authority.clear();
  }
  reason.details.assign(rule.details().begin(), rule.details().end());
  return reason;
}

}  // namespace

std::vector<DecisionReason> DecisionReasons(const v1::Decision& decision) {
  std::vector<DecisionReason> reasons;
  if (decision.has_hit_policy_error()) {
    const v1::HitPolicyError& error = decision.hit_policy_error();
    reasons.push_back({"", error.reason(), error.text(), "", {}});
    return reasons;
  }
  const std::vector<const RuleTrace*> fired = FiredRules(decision);
  for (int i = 0; i < decision.fired_rule_ids_size(); ++i) {
    if (fired[i] != nullptr) {
      reasons.push_back(ReasonOf(*fired[i]));
    } else {
      reasons.push_back({decision.fired_rule_ids(i), "", "", "", {}});
    }
  }
  if (!reasons.empty() || decision.outcome() != v1::POLICY_OUTCOME_REFUSE) return reasons;
  if (!decision.default_error().empty()) {
    reasons.push_back({"",
                       std::string(kReasonPolicyError.word),
                       absl::StrCat("a default of the rule set could not be evaluated: ",
                                    EscapeText(decision.default_error())),
                       "",
                       {}});
    return reasons;
  }
  const Reason& reason = decision.by_default() ? kReasonPolicyDefault : kReasonPolicyNoRule;
  reasons.push_back({"", std::string(reason.word), std::string(reason.text), "", {}});
  return reasons;
}

bool IsHitPolicyReason(absl::string_view reason) {
  for (const Reason* each :
       {&kReasonPolicyUniqueViolated, &kReasonPolicyAnyViolated, &kReasonPolicyOutputUnranked,
        &kReasonPolicyAggregateCurrency, &kReasonPolicyAggregateOverflow}) {
    if (reason == each->word) return true;
  }
  return false;
}

const v1::OutputValue* FindOutput(const v1::Decision& decision, absl::string_view name) {
  const auto output = absl::c_find_if(
      decision.outputs(), [name](const v1::OutputValue& each) { return each.name() == name; });
  return output == decision.outputs().end() ? nullptr : &*output;
}

std::string OutputText(const v1::OutputValue& output) {
  switch (output.value_case()) {
    case v1::OutputValue::kStringValue:
      return output.string_value();
    case v1::OutputValue::kIntValue:
      return absl::StrCat(output.int_value());
    case v1::OutputValue::kDoubleValue:
      return absl::StrCat(output.double_value());
    case v1::OutputValue::kBoolValue:
      return output.bool_value() ? "true" : "false";
    case v1::OutputValue::kTimeValue: {
      const absl::optional<absl::Time> time = internal::DecodeTime(output.time_value());
      return time.has_value() ? absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", *time, absl::UTCTimeZone())
                              : "";
    }
    case v1::OutputValue::kDurationValue:
      return absl::FormatDuration(absl::Seconds(output.duration_value().seconds()) +
                                  absl::Nanoseconds(output.duration_value().nanos()));
    case v1::OutputValue::kMoneyValue:
      return FormatMoney(output.money_value());
    case v1::OutputValue::VALUE_NOT_SET:
      break;
  }
  return "";
}

const RuleTrace* FindRule(const v1::Decision& decision, absl::string_view rule_id) {
  const auto rule = absl::c_find_if(
      decision.rules(), [rule_id](const RuleTrace& trace) { return trace.rule_id() == rule_id; });
  return rule == decision.rules().end() ? nullptr : &*rule;
}

std::string FormatDecision(const v1::Decision& decision, const FormatOptions& options) {
  return Formatter(decision, options).Run();
}

}  // namespace rules
}  // namespace frontdesk
