#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "desk/event_text.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/rules/decision.h"
#include "internal/escape_text.h"
#include "internal/time.h"

namespace frontdesk {
namespace {

using internal::EscapeLines;
using internal::EscapeText;
using internal::EscapeValue;

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

void AppendHead(const v1::JournalRecord& record, std::string* text) {
  absl::StrAppend(text, CommandName(record.command()), " on ",
                  domain::EntityKindNoun(record.entity().kind()), " ",
                  EscapeValue(record.entity().id()), " was ", VerdictText(record.verdict()), ".\n");
  absl::StrAppend(text, "  record ", EscapeValue(record.record_id()));
  const std::string decided = internal::TimeText(record.time());
  const std::string given = internal::TimeText(record.command().now());
  if (!decided.empty()) absl::StrAppend(text, ", ", decided);
  if (record.command().late_entry()) {
    absl::StrAppend(text, ", a late entry of ", given);
  } else if (given != decided && record.command().has_now()) {
    absl::StrAppend(text, ", given as ", given);
  }
  absl::StrAppend(text, ", asked by ", EscapeValue(record.command().actor().actor_id()), "\n");
  if (!record.approval_id().empty()) {
    absl::StrAppend(text, "  after approval ", EscapeValue(record.approval_id()), "\n");
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

void AppendDecision(const v1::Decision& decision, std::string* text) {
  for (absl::string_view line :
       absl::StrSplit(rules::FormatDecision(decision), '\n', absl::SkipEmpty())) {
    absl::StrAppend(text, "  ", line, "\n");
  }
}

void AppendPolicy(const v1::JournalRecord& record, std::string* text) {
  const std::string name =
      record.policy_name().empty() ? "without a name" : EscapeValue(record.policy_name());
  absl::StrAppend(text, "Policy ", name, ", hash ",
                  absl::BytesToHexString(record.policy_hash().substr(0, 6)), ":\n");
  AppendDecision(record.decision(), text);
  for (const v1::Decision& decision : record.further_decisions()) {
    absl::StrAppend(text, "And on ", EscapeValue(decision.decision_point()), ":\n");
    AppendDecision(decision, text);
  }
}

}  // namespace

v1::Explanation ExplainRecord(const v1::JournalRecord& record,
                              const std::vector<v1::Event>& events) {
  v1::Explanation explanation;
  explanation.set_record_id(record.record_id());
  explanation.set_decision_point(std::string(CommandName(record.command())));
  explanation.set_verdict(record.verdict());
  *explanation.mutable_refusals() = record.refusals();
  if (record.has_held()) *explanation.mutable_held() = record.held();
  if (record.has_decision()) *explanation.mutable_decision() = record.decision();
  *explanation.mutable_further_decisions() = record.further_decisions();

  std::string* text = explanation.mutable_text();
  AppendHead(record, text);
  if (record.refusals_size() > 0) absl::StrAppend(text, "Because:\n");
  for (const v1::Refusal& refusal : record.refusals()) AppendRefusal(refusal, text);
  if (record.has_held()) {
    const v1::Held& held = record.held();
    absl::StrAppend(text, "Held for the authority ", EscapeValue(held.authority()), ", approval ",
                    EscapeValue(held.approval_id()), ":\n  ", EscapeValue(held.reason()), " (rule ",
                    EscapeValue(held.rule_id()), ")", held.text().empty() ? "" : ": ",
                    EscapeLines(held.text(), "  "), "\n");
  }
  if (!events.empty()) absl::StrAppend(text, "Events:\n");
  for (const v1::Event& event : events) {
    explanation.add_event_texts(internal::EventText(event));
    absl::StrAppend(text, "  ", EscapeValue(event.event_id()), " ",
                    explanation.event_texts().rbegin()[0], "\n");
  }
  if (record.effects_size() > 0) absl::StrAppend(text, "To be carried out:\n");
  for (const v1::Effect& effect : record.effects()) {
    absl::StrAppend(text, "  ", EscapeValue(effect.effect_id()), " ", internal::EffectText(effect),
                    "\n");
  }
  if (record.has_decision()) AppendPolicy(record, text);
  return explanation;
}

}  // namespace frontdesk
