// The sentence for the customer.
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "decide/explain_parts.h"
#include "decide/value_words.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/v1/command_options.pb.h"

namespace frontdesk {
namespace internal {
namespace {

using Values = absl::flat_hash_map<std::string, std::string>;

// The details and outputs of a rule, in words.
Values ValuesOf(const v1::Decision& decision, absl::string_view rule_id,
                const google::protobuf::RepeatedPtrField<v1::DetailValue>& details) {
  Values values;
  for (const v1::OutputValue& output : decision.outputs()) {
    if (output.rule_id() == rule_id) values[output.name()] = OutputWords(output);
  }
  for (const v1::DetailValue& detail : details) {
    values[detail.name()] = IsUnsetLiteral(detail.value()) ? "" : LiteralWords(detail.value());
  }
  return values;
}

// `text` with its placeholders filled; nothing when a value is missing.
absl::optional<std::string> Fill(absl::string_view text, const Values& values) {
  std::string filled;
  while (!text.empty()) {
    const size_t begin = text.find('{');
    const size_t end = begin == absl::string_view::npos ? begin : text.find('}', begin);
    if (end == absl::string_view::npos) break;
    const auto value = values.find(text.substr(begin + 1, end - begin - 1));
    if (value == values.end() || value->second.empty()) return absl::nullopt;
    absl::StrAppend(&filled, text.substr(0, begin), value->second);
    text.remove_prefix(end + 1);
  }
  return AsSentence(absl::StrCat(filled, text));
}

class CustomerWriter {
 public:
  explicit CustomerWriter(const Explained& explained)
      : explained_(explained), outcome_(explained.outcome), decision_(outcome_.decision()) {}

  std::string Write() const {
    if (explained_.info == nullptr) return "";
    if (explained_.is_declined()) return Declined();
    switch (outcome_.verdict()) {
      case v1::VERDICT_DONE:
        return Done();
      case v1::VERDICT_HELD:
        return Held();
      case v1::VERDICT_REFUSED:
        return Refused();
      default:
        return "";
    }
  }

 private:
  bool is_informed() const {
    return explained_.is_held_unknown() || !explained_.info->options->done_text().empty();
  }

  std::string Request() const {
    if (explained_.is_held_unknown()) return "do what you asked for";
    return explained_.info->options->request_text();
  }

  // The text of a rule that decided, with its values.
  absl::optional<std::string> RuleText(absl::string_view rule_id) const {
    const v1::Rule* rule = FindSourceRule(explained_, decision_, rule_id);
    if (rule == nullptr || rule->customer_text().empty()) return absl::nullopt;
    return Fill(rule->customer_text(), RuleValues(rule_id));
  }

  Values RuleValues(absl::string_view rule_id) const {
    const v1::RuleTrace* trace = rules::FindRule(decision_, rule_id);
    return ValuesOf(
        decision_, rule_id,
        trace == nullptr ? v1::RuleTrace::default_instance().details() : trace->details());
  }

  // The text of the pack for a reason.
  absl::optional<std::string> PackText(absl::string_view reason, const Values& values) const {
    if (explained_.pack == nullptr || !is_informed()) return absl::nullopt;
    for (const v1::ReasonText& text : explained_.pack->reason_texts()) {
      if (text.reason() == reason) return Fill(text.customer_text(), values);
    }
    return absl::nullopt;
  }

  std::string Done() const {
    // The text of a rule would speak of a change.
    const std::string nothing = explained_.is_held_unknown() ? "" : NothingChanged(explained_);
    if (!nothing.empty()) return is_informed() ? AsSentence(Capitalized(nothing)) : "";
    for (const std::string& id : decision_.fired_rule_ids()) {
      const v1::RuleTrace* trace = rules::FindRule(decision_, id);
      if (trace == nullptr || trace->outcome() != v1::POLICY_OUTCOME_ALLOW) continue;
      if (auto text = RuleText(id)) return *std::move(text);
    }
    if (!is_informed()) return "";
    if (explained_.is_held_unknown()) return "A colleague has approved your request.";
    const std::string& done = explained_.info->options->done_text();
    if (explained_.resolved == nullptr) return done;
    return absl::StrCat("A colleague has approved your request: ", Uncapitalized(done));
  }

  std::string Held() const {
    const v1::Held& held = outcome_.held();
    if (auto text = RuleText(held.rule_id())) return *std::move(text);
    if (auto text = PackText(held.reason(), RuleValues(held.rule_id()))) return *std::move(text);
    if (!is_informed()) return "";
    return absl::StrCat("A colleague has to look at your request before we can ", Request(), ".");
  }

  std::string Declined() const {
    if (!is_informed()) return "";
    if (explained_.is_withdrawn()) {
      return absl::StrCat("The request to ", Request(), " was withdrawn.");
    }
    return absl::StrCat("A colleague has looked at your request, and we cannot ", Request(), ".");
  }

  std::string Refused() const {
    if (outcome_.refusals().empty()) return "";
    const v1::Refusal& refusal = outcome_.refusals(0);
    Values values = ValuesOf(decision_, refusal.rule_id(), refusal.details());
    if (!refusal.rule_id().empty() && refusal.reason() != kReasonPolicyError.word) {
      if (auto text = RuleText(refusal.rule_id())) return *std::move(text);
    }
    if (auto text = PackText(refusal.reason(), values)) return *std::move(text);
    if (!is_informed()) return "";
    return absl::StrCat("We cannot ", Request(), Cause(refusal), ".");
  }

  // The end of "We cannot cancel your order".
  static std::string Cause(const v1::Refusal& refusal) {
    // A rule may give the word of a reason of the house, with a meaning of its own.
    const bool is_ours =
        refusal.rule_id().empty() || refusal.reason() == kReasonIdentityLevelTooLow.word;
    const Reason* reason = is_ours ? FindRefusalReason(refusal.reason()) : nullptr;
    if (reason != nullptr && !reason->customer_cause.empty()) {
      return absl::StrCat(" because ", reason->customer_cause);
    }
    switch (refusal.origin()) {
      case v1::Refusal::ORIGIN_ARGUMENT:
        return " because something in the request is missing or not possible";
      case v1::Refusal::ORIGIN_POLICY:
        // A company says no, unless its rules have failed it.
        return refusal.reason() == kReasonPolicyError.word ||
                       refusal.reason() == kReasonPolicyNoRule.word ||
                       (refusal.rule_id().empty() && rules::IsHitPolicyReason(refusal.reason()))
                   ? " at the moment"
                   : "";
      default:
        return " at the moment";
    }
  }

  const Explained& explained_;
  const v1::Outcome& outcome_;
  const v1::Decision& decision_;
};

}  // namespace

std::string CustomerText(const Explained& explained) { return CustomerWriter(explained).Write(); }

}  // namespace internal
}  // namespace frontdesk
