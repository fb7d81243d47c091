#include "policy/customer_texts.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/account/reasons.h"
#include "frontdesk/domain/approval/reasons.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/customer/reasons.h"
#include "frontdesk/domain/desk/reasons.h"
#include "frontdesk/domain/interaction/reasons.h"
#include "frontdesk/domain/order/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/reasons.h"
#include "internal/escape_text.h"
#include "internal/near_name.h"

namespace frontdesk {
namespace internal {
namespace {

// More make another word.
constexpr size_t kMaxChanges = 2;

using Names = std::set<absl::string_view>;

// The values that a rule gives to texts.
void AddNames(const v1::Rule& rule, Names* names) {
  for (const v1::RuleDetail& detail : rule.details()) names->insert(detail.name());
  for (const v1::RuleOutput& output : rule.outputs()) names->insert(output.name());
}

// Reports each placeholder of `text` that is none of `names`; `owner` is what should give the value.
void CheckPlaceholders(absl::string_view text, const Names& names, absl::string_view owner,
                       const std::string& field, PackIssues* issues) {
  while (true) {
    const size_t begin = text.find('{');
    if (begin == absl::string_view::npos) return;
    const size_t end = text.find('}', begin);
    if (end == absl::string_view::npos) {
      issues->AddError(kReasonPolicyTextPlaceholder, field,
                       "a placeholder has no end: it is written {name}");
      return;
    }
    const absl::string_view name = text.substr(begin + 1, end - begin - 1);
    if (names.count(name) == 0) {
      NearName near(name);
      for (const absl::string_view known : names) near.Consider(known);
      issues->AddError(
          kReasonPolicyTextPlaceholder, field,
          absl::StrCat("{", EscapeValue(name), "} is no detail or output of ", owner, near.Hint()));
    }
    text.remove_prefix(end + 1);
  }
}

// Warns of a reason that no rule gives and this room does not know, if it is near to one that is known. Rooms above have reasons of their own.
void CheckReason(const v1::PolicyPack& pack, absl::string_view reason, std::string field,
                 PackIssues* issues) {
  NearName near(reason, kMaxChanges);
  for (const absl::Span<const Reason> reasons :
       {absl::MakeSpan(kBaseReasons), absl::MakeSpan(kRulesReasons), absl::MakeSpan(kDomainReasons),
        absl::MakeSpan(kCustomerReasons), absl::MakeSpan(kInteractionReasons),
        absl::MakeSpan(kOrderReasons), absl::MakeSpan(kAccountReasons),
        absl::MakeSpan(kCaseReasons), absl::MakeSpan(kApprovalReasons),
        absl::MakeSpan(kDeskCommandReasons), absl::MakeSpan(kPolicyReasons)}) {
    for (const Reason& known : reasons) {
      if (known.word == reason) return;
      near.Consider(known.word);
    }
  }
  for (const v1::RuleSet& set : pack.rule_sets()) {
    for (const v1::Rule& rule : set.rules()) near.Consider(rule.reason());
  }
  const std::string hint = near.Hint();
  if (hint.empty()) return;
  issues->AddWarning(kReasonPolicyReasonTextUnknown, std::move(field),
                     absl::StrCat("no rule gives the reason '", EscapeValue(reason), "'", hint));
}

}  // namespace

void CheckCustomerTexts(const v1::PolicyPack& pack, PackIssues* issues) {
  for (int i = 0; i < pack.rule_sets_size(); ++i) {
    const v1::RuleSet& set = pack.rule_sets(i);
    for (int k = 0; k < set.rules_size(); ++k) {
      const v1::Rule& rule = set.rules(k);
      if (rule.customer_text().empty()) continue;
      Names names;
      AddNames(rule, &names);
      CheckPlaceholders(rule.customer_text(), names, "the rule",
                        absl::StrCat("rule_sets[", i, "].rules[", k, "].customer_text"), issues);
    }
  }
  std::set<absl::string_view> seen;
  for (int i = 0; i < pack.reason_texts_size(); ++i) {
    const v1::ReasonText& text = pack.reason_texts(i);
    const std::string path = absl::StrCat("reason_texts[", i, "]");
    if (text.reason().empty() || text.customer_text().empty()) {
      issues->AddError(kReasonPolicyReasonTextMissing, path,
                       text.reason().empty() ? "the reason is missing" : "the text is missing");
      continue;
    }
    if (!seen.insert(text.reason()).second) {
      issues->AddError(kReasonPolicyReasonTextDuplicate, absl::StrCat(path, ".reason"),
                       "the reason has a text already");
    }
    // Of a reason of the house, the details are known where it is given.
    Names names;
    bool is_given = false;
    for (const v1::RuleSet& set : pack.rule_sets()) {
      for (const v1::Rule& rule : set.rules()) {
        if (rule.reason() != text.reason()) continue;
        is_given = true;
        AddNames(rule, &names);
      }
    }
    if (!is_given) CheckReason(pack, text.reason(), absl::StrCat(path, ".reason"), issues);
    if (is_given) {
      CheckPlaceholders(text.customer_text(), names, "a rule with that reason",
                        absl::StrCat(path, ".customer_text"), issues);
    }
  }
}

}  // namespace internal
}  // namespace frontdesk
