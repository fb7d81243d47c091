#include "frontdesk/decide/explain.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "decide/explain_parts.h"
#include "decide/external_ids.h"
#include "decide/load_totals.h"
#include "decide/message_text.h"
#include "decide/value_words.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/account/reasons.h"
#include "frontdesk/domain/approval/reasons.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/customer/reasons.h"
#include "frontdesk/domain/desk/reasons.h"
#include "frontdesk/domain/interaction/reasons.h"
#include "frontdesk/domain/order/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/domain/unchanged.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/reasons.h"
#include "internal/escape_text.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {

const v1::Rule* FindSourceRule(const Explained& explained, const v1::Decision& decision,
                               absl::string_view rule_id) {
  if (explained.pack == nullptr || rule_id.empty()) return nullptr;
  for (const v1::RuleSet& set : explained.pack->rule_sets()) {
    if (set.id() != decision.rule_set_id()) continue;
    for (const v1::Rule& rule : set.rules()) {
      if (rule.id() == rule_id) return &rule;
    }
  }
  return nullptr;
}

const Reason* FindRefusalReason(absl::string_view word) {
  static const auto* const all = [] {
    auto* gathered = new std::vector<Reason>();
    for (const absl::Span<const Reason> room :
         {absl::MakeSpan(kBaseReasons), absl::MakeSpan(kRulesReasons),
          absl::MakeSpan(kDomainReasons), absl::MakeSpan(kCustomerReasons),
          absl::MakeSpan(kInteractionReasons), absl::MakeSpan(kOrderReasons),
          absl::MakeSpan(kAccountReasons), absl::MakeSpan(kCaseReasons),
          absl::MakeSpan(kApprovalReasons), absl::MakeSpan(kDeskCommandReasons),
          absl::MakeSpan(kPolicyReasons), absl::MakeSpan(kDecideReasons)}) {
      gathered->insert(gathered->end(), room.begin(), room.end());
    }
    return gathered;
  }();
  return FindReason(*all, word);
}

std::string NothingChanged(const Explained& explained) {
  if (explained.outcome.verdict() != v1::VERDICT_DONE || explained.is_declined()) return "";
  if (explained.outcome.has_existing_entity()) return "";  // It names what was there instead.
  for (const v1::Event& event : explained.outcome.events()) {
    if (!event.has_approval()) return "";
  }
  const domain::UnchangedCommand* const known =
      explained.info == nullptr ? nullptr : domain::FindUnchangedCommand(explained.info->name);
  return known == nullptr ? "" : absl::StrCat("nothing to change: ", known->text);
}

}  // namespace internal

namespace {

using internal::EscapeLines;
using internal::EscapeText;
using internal::EscapeValue;
using internal::Explained;

absl::string_view CommandName(const v1::Command& command) {
  const domain::CommandInfo* info = domain::FindCommand(command);
  return info == nullptr ? "a command that this build does not know" : info->name;
}

absl::string_view OriginText(v1::Refusal::Origin origin) {
  switch (origin) {
    case v1::Refusal::ORIGIN_POLICY:
      return "policy";
    case v1::Refusal::ORIGIN_INVARIANT:
      return "invariant";
    case v1::Refusal::ORIGIN_ARGUMENT:
      return "argument";
    case v1::Refusal::ORIGIN_NOT_FOUND:
      return "not found";
    default:
      return "unknown origin";
  }
}

absl::string_view VerdictText(v1::Verdict verdict) {
  switch (verdict) {
    case v1::VERDICT_DONE:
      return "done";
    case v1::VERDICT_REFUSED:
      return "refused";
    case v1::VERDICT_HELD:
      return "held";
    default:
      return "undecided";
  }
}

void AppendHead(const v1::Command& command, v1::Verdict verdict, const v1::EntityRef& entity,
                std::string* text) {
  absl::StrAppend(text, CommandName(command));
  if (!domain::EntityKindNoun(entity.kind()).empty()) {
    absl::StrAppend(text, " on ", internal::EntityWords(entity));
  }
  absl::StrAppend(text, " was ", VerdictText(verdict), ".\n");
}

void AppendRecord(const v1::JournalRecord& record, const v1::JournalRecord* request,
                  std::string* text) {
  absl::StrAppend(text, "  record ", EscapeValue(record.record_id()));
  const std::string decided = internal::TimeText(record.time());
  const std::string given = internal::TimeText(record.command().now());
  if (!decided.empty()) absl::StrAppend(text, ", ", decided);
  if (record.command().late_entry()) {
    absl::StrAppend(text, ", a late entry of ", given);
  } else if (given != decided && record.command().has_now()) {
    absl::StrAppend(text, ", given as ", given);
  }
  absl::StrAppend(text, ", asked by ", EscapeValue(record.command().actor().actor_id()));
  if (!record.command().tool_call_id().empty()) {
    absl::StrAppend(text, " by tool call ", EscapeValue(record.command().tool_call_id()));
    if (!record.command().interaction_id().empty()) {
      absl::StrAppend(text, " in ", EscapeValue(record.command().interaction_id()));
    }
  }
  absl::StrAppend(text, "\n");
  if (!record.approval_id().empty()) {
    absl::StrAppend(text, "  after approval ", EscapeValue(record.approval_id()), "\n");
  }
  if (request != nullptr) {
    absl::StrAppend(text, "  requested as ", CommandName(request->command()), " by ",
                    EscapeValue(request->command().actor().actor_id()), ", ",
                    internal::TimeText(request->time()), "\n");
  }
}

void AppendRefusal(const v1::Refusal& refusal, std::string* text) {
  absl::StrAppend(text, "  ", EscapeValue(refusal.reason()), " (", OriginText(refusal.origin()));
  if (!refusal.rule_id().empty()) {
    absl::StrAppend(text, ", rule ", EscapeValue(refusal.rule_id()));
  }
  if (!refusal.field().empty()) absl::StrAppend(text, ", ", EscapeText(refusal.field()));
  absl::StrAppend(text, ")");
  if (!refusal.text().empty()) absl::StrAppend(text, ": ", EscapeLines(refusal.text(), "  "));
  absl::StrAppend(text, "\n");
}

// Group, owner, tags and documentation of the rules that decided.
void AppendSources(const Explained& explained, const v1::Decision& decision, std::string* text) {
  for (const std::string& id : decision.fired_rule_ids()) {
    const v1::Rule* rule = internal::FindSourceRule(explained, decision, id);
    if (rule == nullptr) continue;
    std::vector<std::string> facts;
    if (!rule->group_id().empty()) {
      facts.push_back(absl::StrCat("group ", EscapeValue(rule->group_id())));
    }
    if (!rule->owner().empty()) facts.push_back(absl::StrCat("owner ", EscapeText(rule->owner())));
    if (!rule->tags().empty()) {
      facts.push_back(absl::StrCat("tags ", EscapeText(absl::StrJoin(rule->tags(), ", "))));
    }
    if (!rule->documentation().empty()) {
      facts.push_back(EscapeLines(rule->documentation(), "    "));
    }
    if (facts.empty()) continue;
    absl::StrAppend(text, "  About rule ", EscapeValue(id), ":\n");
    for (const std::string& fact : facts) absl::StrAppend(text, "    ", fact, "\n");
  }
}

void AppendDecision(const Explained& explained, const v1::Decision& decision, std::string* text) {
  for (absl::string_view line :
       absl::StrSplit(rules::FormatDecision(decision), '\n', absl::SkipEmpty())) {
    absl::StrAppend(text, "  ", line, "\n");
  }
  AppendSources(explained, decision, text);
}

void AppendPolicy(const Explained& explained, absl::string_view name, absl::string_view hash,
                  std::string* text) {
  absl::StrAppend(text, "Policy ", name.empty() ? "without a name" : EscapeValue(name));
  if (!hash.empty()) {
    absl::StrAppend(text, ", hash ", absl::BytesToHexString(hash.substr(0, 6)));
  }
  absl::StrAppend(text, ":\n");
  AppendDecision(explained, explained.outcome.decision(), text);
  for (const v1::Decision& decision : explained.outcome.further_decisions()) {
    absl::StrAppend(text, "And on ", EscapeValue(decision.decision_point()), ":\n");
    AppendDecision(explained, decision, text);
  }
}

// "4, 110.00 EUR and 7.00 USD".
std::string SumsText(std::int64_t count,
                     const google::protobuf::RepeatedPtrField<v1::Money>& sums) {
  std::vector<std::string> amounts;
  for (const v1::Money& sum : sums) amounts.push_back(EscapeText(FormatMoney(sum)));
  return amounts.empty() ? absl::StrCat(count)
                         : absl::StrCat(count, ", ", internal::ListWords(amounts));
}

void AppendTotals(const Explained& explained, const v1::Totals& totals, std::string* text) {
  if (totals.totals().empty()) return;
  const internal::CompanyWords company(explained.pack);
  absl::StrAppend(text, "Totals before the command:\n");
  for (const v1::Total& total : totals.totals()) {
    absl::StrAppend(text, "  ", EscapeValue(total.name()), " (", company.FindTotal(total.name()),
                    "): asked ", SumsText(total.asked_count(), total.asked()), "; given ",
                    SumsText(total.given_count(), total.given()), "\n");
  }
}

void AppendHeld(const v1::Held& held, std::string* text) {
  absl::StrAppend(text, "Held for the authority ", EscapeValue(held.authority()));
  if (!held.approval_id().empty()) {
    absl::StrAppend(text, ", approval ", EscapeValue(held.approval_id()));
    if (held.round() > 1) absl::StrAppend(text, ", round ", held.round());
  }
  absl::StrAppend(text, ":\n  ", EscapeValue(held.reason()), " (rule ", EscapeValue(held.rule_id()),
                  ")", held.text().empty() ? "" : ": ", EscapeLines(held.text(), "  "), "\n");
}

// An id and a text; an id that is not given yet is left out.
void AppendItem(absl::string_view id, absl::string_view item, std::string* text) {
  absl::StrAppend(text, "  ", EscapeValue(id), id.empty() ? "" : " ", item, "\n");
}

void AppendDifferences(const std::vector<const v1::ApprovalDifference*>& differences,
                       std::string* text) {
  if (!differences.empty()) absl::StrAppend(text, "Other than the approver saw:\n");
  for (const v1::ApprovalDifference* each : differences) {
    const auto value = [](const std::string& of) { return of.empty() ? "none" : EscapeValue(of); };
    absl::StrAppend(text, "  ", EscapeValue(each->path()), ": ", value(each->before()), ", now ",
                    value(each->after()), each->asks_again() ? "; this asks again" : "", "\n");
  }
}

// The part between the head and the policy.
void AppendOutcome(const Explained& explained, v1::Explanation* explanation) {
  const v1::Outcome& outcome = explained.outcome;
  std::string* const text = explanation->mutable_text();
  if (!outcome.refusals().empty()) absl::StrAppend(text, "Because:\n");
  for (const v1::Refusal& refusal : outcome.refusals()) AppendRefusal(refusal, text);
  if (outcome.has_held()) AppendHeld(outcome.held(), text);
  if (outcome.has_existing_entity()) {
    absl::StrAppend(text, "Nothing was created: the outside id belongs to ",
                    internal::ExistingWords(outcome), ".\n");
  }
  AppendDifferences(explained.differences, text);
  if (!outcome.events().empty()) absl::StrAppend(text, "Events:\n");
  for (const v1::Event& event : outcome.events()) {
    explanation->add_event_texts(EventText(event));
    AppendItem(event.event_id(), *explanation->event_texts().rbegin(), text);
  }
  const std::string nothing = internal::NothingChanged(explained);
  if (!nothing.empty()) {
    absl::StrAppend(text, internal::AsSentence(internal::Capitalized(nothing)), "\n");
  }
  if (!outcome.effects().empty()) absl::StrAppend(text, "To be carried out:\n");
  for (const v1::Effect& effect : outcome.effects()) {
    AppendItem(effect.effect_id(), EffectText(effect), text);
  }
}

const v1::ApprovalResolved* FindResolved(const v1::Outcome& outcome) {
  for (const v1::Event& event : outcome.events()) {
    if (event.approval().has_approval_resolved()) return &event.approval().approval_resolved();
  }
  return nullptr;
}

// The Approve in an event of an approval; null when it has none.
const v1::ApprovalAttempt* AttemptIn(const v1::ApprovalEvent& event) {
  if (event.has_approval_attempted()) return &event.approval_attempted().attempt();
  if (event.has_approval_granted()) return &event.approval_granted().attempt();
  if (event.approval_asked_again().has_attempt()) return &event.approval_asked_again().attempt();
  return event.approval_closed().has_attempt() ? &event.approval_closed().attempt() : nullptr;
}

// Those of the outcome, or of its events: a record has only these.
std::vector<const v1::ApprovalDifference*> FindDifferences(const v1::Outcome& outcome) {
  std::vector<const v1::ApprovalDifference*> found;
  for (const v1::ApprovalDifference& each : outcome.approval_differences()) found.push_back(&each);
  if (!found.empty()) return found;
  for (const v1::Event& event : outcome.events()) {
    for (const auto& each : event.approval().approval_asked_again().round().differences()) {
      found.push_back(&each);
    }
    for (const auto& each : event.approval().approval_resolved().differences()) {
      found.push_back(&each);
    }
  }
  return found;
}

// The command that the texts for people are about: the held one, where `command` only resolves its approval.
const v1::Command& CommandInQuestion(const v1::Command& command, const v1::JournalRecord* request,
                                     bool is_resolved) {
  const bool is_ended = command.desk().has_decline() || command.desk().has_withdraw();
  return request != nullptr && is_resolved && is_ended ? request->command() : command;
}

Explained MakeExplained(const v1::Command& command, const v1::Outcome& outcome,
                        const ExplainContext& context) {
  const v1::ApprovalResolved* resolved = FindResolved(outcome);
  const v1::Command& in_question = CommandInQuestion(command, context.request, resolved != nullptr);
  Explained explained{in_question, domain::FindCommand(in_question),
                      outcome,     context.policy == nullptr ? nullptr : &context.policy->pack(),
                      "",          resolved};
  for (const v1::Event& event : outcome.events()) {
    if (explained.attempt == nullptr && event.has_approval()) {
      explained.attempt = AttemptIn(event.approval());
    }
  }
  explained.differences = FindDifferences(outcome);
  if ((resolved != nullptr || explained.attempt != nullptr) && context.request != nullptr) {
    explained.requester_id = context.request->command().actor().actor_id();
  }
  return explained;
}

// Everything but the text.
v1::Explanation Begin(const v1::Command& command, const v1::Outcome& outcome,
                      const Explained& explained) {
  v1::Explanation explanation;
  explanation.set_record_id(outcome.record_id());
  explanation.set_decision_point(std::string(CommandName(command)));
  explanation.set_verdict(outcome.verdict());
  *explanation.mutable_refusals() = outcome.refusals();
  if (outcome.has_held()) *explanation.mutable_held() = outcome.held();
  if (outcome.has_decision()) *explanation.mutable_decision() = outcome.decision();
  *explanation.mutable_further_decisions() = outcome.further_decisions();
  explanation.set_customer_text(internal::CustomerText(explained));
  for (std::string& line : internal::AgentLines(explained)) {
    explanation.add_agent_lines(std::move(line));
  }
  explanation.set_requester_id(explained.requester_id);
  if (explained.resolved != nullptr) {
    explanation.set_resolver_id(explained.resolved->resolver_id());
  } else if (explained.attempt != nullptr) {
    explanation.set_resolver_id(explained.attempt->resolver_id());
  }
  return explanation;
}

}  // namespace

v1::Explanation Explain(const v1::Command& command, const v1::Outcome& outcome,
                        const Policy* policy) {
  ExplainContext context;
  context.policy = policy;
  const Explained explained = MakeExplained(command, outcome, context);
  v1::Explanation explanation = Begin(command, outcome, explained);
  std::string* const text = explanation.mutable_text();
  AppendHead(command, outcome.verdict(), domain::AddressedEntity(command), text);
  AppendOutcome(explained, &explanation);
  if (outcome.has_decision()) {
    const bool is_known = policy != nullptr;
    AppendPolicy(explained,
                 is_known ? absl::StripAsciiWhitespace(
                                absl::StrCat(policy->pack().name(), " ", policy->pack().version()))
                          : "",
                 is_known ? policy->hash() : "", text);
  }
  return explanation;
}

v1::Explanation ExplainRecord(const v1::JournalRecord& record, const std::vector<v1::Event>& events,
                              const ExplainContext& context) {
  v1::Outcome outcome;
  outcome.set_verdict(record.verdict());
  outcome.set_record_id(record.record_id());
  outcome.mutable_events()->Assign(events.begin(), events.end());
  *outcome.mutable_refusals() = record.refusals();
  if (record.has_held()) *outcome.mutable_held() = record.held();
  if (record.has_decision()) *outcome.mutable_decision() = record.decision();
  *outcome.mutable_effects() = record.effects();
  *outcome.mutable_further_decisions() = record.further_decisions();
  if (absl::optional<v1::EntityRef> existing = internal::ExistingEntity(record)) {
    *outcome.mutable_existing_entity() = *std::move(existing);
  }

  const Explained explained = MakeExplained(record.command(), outcome, context);
  v1::Explanation explanation = Begin(record.command(), outcome, explained);
  std::string* const text = explanation.mutable_text();
  AppendHead(record.command(), record.verdict(), record.entity(), text);
  AppendRecord(
      record,
      explained.resolved == nullptr && explained.attempt == nullptr ? nullptr : context.request,
      text);
  AppendOutcome(explained, &explanation);
  if (record.has_decision()) {
    AppendPolicy(explained, record.policy_name(), record.policy_hash(), text);
    if (context.input != nullptr) {
      AppendTotals(explained, internal::InputTotals(*context.input), text);
    }
  }
  return explanation;
}

}  // namespace frontdesk
