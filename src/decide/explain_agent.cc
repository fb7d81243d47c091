// The lines for the agent.
#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "decide/explain_parts.h"
#include "decide/expression_words.h"
#include "decide/message_text.h"
#include "decide/path_words.h"
#include "decide/value_words.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/decide/explain.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/rules/decision.h"
#include "frontdesk/rules/reasons.h"
#include "frontdesk/v1/command_options.pb.h"
#include "internal/escape_text.h"
#include "internal/time.h"

namespace frontdesk {
namespace internal {
namespace {

constexpr size_t kMaxReasons = 3;
constexpr size_t kMaxValues = 4;
constexpr size_t kMaxEvents = 3;
constexpr size_t kMaxAlternatives = 2;
// A longer clause or line is no help at a desk.
constexpr size_t kMaxClauseBytes = 160;
constexpr size_t kMaxLineBytes = 500;

// The fault of an argument, after its name.
constexpr std::pair<absl::string_view, absl::string_view> kArgumentFaults[] = {
    {"ARGUMENT_REQUIRED", "is missing"},
    {"ARGUMENT_FORBIDDEN", "is not possible here"},
    {"ARGUMENT_EXCLUSIVE", "is one of several alternatives, and exactly one of them is needed"},
    {"ARGUMENT_UNKNOWN_VALUE", "has a value that is not possible here"},
    {"ARGUMENT_OUT_OF_RANGE", "is too small, too large, too early or too late"},
    {"ARGUMENT_COUNT", "has too few or too many entries"},
    {"ARGUMENT_DUPLICATE", "is there twice"},
    {"ARGUMENT_SYNTAX", "does not have the form that is needed"},
    {"ARGUMENT_LANGUAGE_TAG", "is no language"},
    {"ARGUMENT_TIME_ZONE", "is no time zone"},
    {"ARGUMENT_CURRENCY_UNKNOWN", "is not in a known currency"},
    {"ARGUMENT_CURRENCY_MISMATCH", "is in another currency"},
    {"ID_TOO_LONG", "is too long"},
    {"ID_ENCODING", "has characters that are not possible"},
    {"ID_CHARACTER", "has characters that are not possible"},
};

// At most `max` of `words`, and the number of the rest.
std::string Some(const std::vector<std::string>& words, size_t max, absl::string_view separator) {
  std::string out;
  for (size_t i = 0; i < std::min(max, words.size()); ++i) {
    absl::StrAppend(&out, i == 0 ? "" : separator, words[i]);
  }
  if (words.size() > max) {
    const bool is_sentence = absl::EndsWith(out, ".");
    absl::StrAppend(&out, separator, is_sentence ? "And " : "and ", words.size() - max, " more",
                    is_sentence ? "." : "");
  }
  return out;
}

// The event with its instants as agents read them, and names of fields as words.
std::string EventWords(const v1::Event& event) {
  v1::Event plain = event;
  plain.clear_occur_time();
  std::string words = EventText(plain);
  if (event.customer().has_customer_edited()) words = absl::StrReplaceAll(words, {{"_", " "}});
  const auto time = DecodeTime(event.occur_time());
  if (event.has_occur_time() && time.has_value()) {
    absl::StrAppend(&words, ", occurred ", InstantWords(*time));
  }
  return words;
}

void AddOnce(std::string words, std::vector<std::string>* list) {
  if (!words.empty() && !absl::c_linear_search(*list, words)) list->push_back(std::move(words));
}

class AgentWriter {
 public:
  explicit AgentWriter(const Explained& explained)
      : explained_(explained),
        outcome_(explained.outcome),
        decision_(outcome_.decision()),
        company_(explained.pack),
        expressions_(explained.info == nullptr ? nullptr : explained.info->decision_input,
                     company_) {}

  std::vector<std::string> Write() {
    Add(Verdict());
    switch (outcome_.verdict()) {
      case v1::VERDICT_DONE:
        Add(AllowedBy());
        Add(Happened());
        Add(Resolution());
        Add(Outputs());
        break;
      case v1::VERDICT_HELD:
        Add(absl::StrCat("Reason: ", AsSentence(Capitalized(ReasonWords(outcome_.held().reason(),
                                                                        outcome_.held().text())))));
        Add(HasChanges() ? Changes() : Values(outcome_.held().rule_id()));
        Add(Needed());
        Add(Alternatives(outcome_.held().rule_id()));
        break;
      default:
        Add(Reasons());
        Add(LeadingValues());
        Add(Resolution());
        Add(LeadingAlternatives());
        break;
    }
    return std::move(lines_);
  }

 private:
  void Add(std::string line) {
    if (!line.empty()) lines_.push_back(CutText(EscapeText(line), kMaxLineBytes));
  }

  // "to cancel the order": a customer's text without the customer.
  std::string Request() const {
    if (explained_.info == nullptr) return "The request, which this version does not know,";
    return absl::StrCat(
        "The request to ",
        absl::StrReplaceAll(explained_.info->options->request_text(), {{"your ", "the "}}));
  }

  std::string Verdict() const {
    if (explained_.is_declined() && !explained_.is_held_unknown()) {
      return absl::StrCat(Request(),
                          explained_.is_withdrawn() ? " was withdrawn." : " was declined.");
    }
    switch (outcome_.verdict()) {
      case v1::VERDICT_DONE:
        return absl::StrCat(Request(), " is done.");
      case v1::VERDICT_HELD:
        return absl::StrCat(
            Request(), HasChanges() ? " has to be approved again." : " waits for an approval.");
      default:
        return absl::StrCat(Request(), " was refused.");
    }
  }

  // ---- Reasons ----

  // An author's text, else the meaning of a reason of the house, else the word itself.
  static std::string ReasonWords(const std::string& reason, const std::string& text) {
    if (!text.empty()) return text;
    const Reason* known = FindRefusalReason(reason);
    return known == nullptr ? SpacedWords(reason) : std::string(known->text);
  }

  // The argument that a refusal is about; no part when it is none of the command.
  Path Argument(const v1::Refusal& refusal) const {
    if (explained_.info == nullptr) return {};
    const absl::string_view field = refusal.field();
    const size_t dot = field.find('.');
    if (dot == absl::string_view::npos || field.substr(0, dot) != explained_.info->field) return {};
    return ReadPath(field.substr(dot + 1), explained_.info->message);
  }

  bool IsListArgument(const v1::Refusal& refusal) const { return Argument(refusal).is_list(); }

  // "the new variant of change 1".
  std::string ArgumentWords(const v1::Refusal& refusal) const {
    const Path path = Argument(refusal);
    if (path.parts.empty()) return "something in the request";
    const std::string words = PathWords(path);
    // In words the field "case_id" is "the case", but the id has the fault.
    const bool is_id =
        absl::StartsWith(refusal.reason(), "ID_") && absl::EndsWith(path.parts.back().name, "_id");
    return is_id ? absl::StrCat("the id of ", words) : words;
  }

  // The fault of the argument: of an amount "is not in a known currency", of its currency "is not known".
  std::string FaultWords(const v1::Refusal& refusal, absl::string_view fault) const {
    const Path path = Argument(refusal);
    const bool is_code = !path.parts.empty() && path.parts.back().name == "currency_code";
    if (is_code && absl::ConsumePrefix(&fault, "is not in a known")) return "is not known";
    return IsListArgument(refusal) ? InPlural(fault) : std::string(fault);
  }

  // "have too few entries" of "has too few entries".
  static std::string InPlural(absl::string_view fault) {
    if (absl::ConsumePrefix(&fault, "has ")) return absl::StrCat("have ", fault);
    if (absl::ConsumePrefix(&fault, "is ")) return absl::StrCat("are ", fault);
    return std::string(fault);
  }

  std::string RefusalWords(const v1::Refusal& refusal) const {
    if (refusal.reason() == kReasonPolicyError.word) return std::string(kReasonPolicyError.text);
    // The rules and the values are for the author of the policy.
    if (refusal.rule_id().empty() && rules::IsHitPolicyReason(refusal.reason())) {
      return std::string(FindRefusalReason(refusal.reason())->text);
    }
    for (const auto& [reason, fault] : kArgumentFaults) {
      if (refusal.reason() == reason && refusal.rule_id().empty()) {
        return absl::StrCat(Capitalized(ArgumentWords(refusal)), " ", FaultWords(refusal, fault),
                            ".");
      }
    }
    const bool is_rule = refusal.origin() == v1::Refusal::ORIGIN_POLICY;
    return AsSentence(Capitalized(ReasonWords(refusal.reason(), is_rule ? refusal.text() : "")));
  }

  std::string Reasons() const {
    std::vector<std::string> reasons;
    for (const v1::Refusal& refusal : outcome_.refusals()) AddOnce(RefusalWords(refusal), &reasons);
    if (reasons.empty()) return "";
    const absl::string_view title = reasons.size() == 1 ? "Reason: " : "Reasons: ";
    return absl::StrCat(title, Some(reasons, kMaxReasons, " "));
  }

  // ---- Values ----

  // A value that is shown is set.
  static void RemoveObvious(std::vector<std::string>* values) {
    const std::vector<std::string> all = *values;
    values->erase(std::remove_if(values->begin(), values->end(),
                                 [&all](const std::string& clause) {
                                   absl::string_view stem = clause;
                                   return absl::ConsumeSuffix(&stem, " set") &&
                                          absl::EndsWith(stem, " is") &&
                                          absl::c_any_of(all, [&](const std::string& other) {
                                            return other != clause && absl::StartsWith(other, stem);
                                          });
                                 }),
                  values->end());
  }

  std::string Values(absl::string_view rule_id) const {
    const v1::RuleTrace* rule = rules::FindRule(decision_, rule_id);
    if (rule == nullptr) return "";
    std::vector<std::string> values;
    for (const v1::ConjunctTrace& conjunct : rule->conjuncts()) {
      if (rule->result() == v1::RuleTrace::RESULT_ERROR &&
          conjunct.result() != v1::ConjunctTrace::RESULT_ERROR) {
        continue;
      }
      for (std::string& clause : expressions_.SayReads(conjunct)) {
        if (clause.size() <= kMaxClauseBytes) AddOnce(std::move(clause), &values);
      }
    }
    RemoveObvious(&values);
    if (values.empty()) return "";
    return absl::StrCat("Values that counted: ", Some(values, kMaxValues, "; "), ".");
  }

  const v1::Refusal& leading() const {
    return outcome_.refusals().empty() ? v1::Refusal::default_instance() : outcome_.refusals(0);
  }

  // The value of a detail of the leading refusal, in words.
  std::string Detail(absl::string_view name) const {
    for (const v1::DetailValue& detail : leading().details()) {
      if (detail.name() != name) continue;
      std::vector<std::string> words;
      for (const absl::string_view word : absl::StrSplit(detail.value(), ", ", absl::SkipEmpty())) {
        words.push_back(SpacedWords(word));
      }
      return ListWords(words, "or");
    }
    return "";
  }

  // Whether the leading refusal is one of a lifecycle, which says the state.
  bool IsOfState() const {
    return leading().origin() == v1::Refusal::ORIGIN_INVARIANT && !Detail("state").empty();
  }

  std::string EntityNoun() const {
    const absl::string_view noun =
        explained_.info == nullptr ? "" : domain::EntityKindNoun(explained_.info->entity_kind);
    return absl::StrCat("the ", noun.empty() ? "approval" : noun);
  }

  std::string LeadingValues() const {
    if (!leading().rule_id().empty()) return Values(leading().rule_id());
    if (!IsOfState()) return "";
    return absl::StrCat("Values that counted: the state of ", EntityNoun(), " is ", Detail("state"),
                        ".");
  }

  // ---- Approvals ----

  std::string Needed() const {
    const std::string& authority = outcome_.held().authority();
    const std::string text = company_.FindText(v1::VOCABULARY_LIST_AUTHORITIES, authority);
    if (!text.empty()) return absl::StrCat("It needs the approval of ", text, ".");
    return absl::StrCat("Whoever has the authority \"",
                        company_.Find(v1::VOCABULARY_LIST_AUTHORITIES, authority),
                        "\" can approve it.");
  }

  bool HasChanges() const {
    return absl::c_any_of(explained_.differences,
                          [](const v1::ApprovalDifference* each) { return each->asks_again(); });
  }

  // "the refund amount was 10.00 USD and is 25.50 USD".
  static std::string ChangeWords(const v1::ApprovalDifference& difference) {
    const auto change = [&difference](absl::string_view thing) {
      const auto value = [](const std::string& of) { return of.empty() ? "nothing" : of; };
      return absl::StrCat(thing, " was ", value(difference.before()), " and is ",
                          value(difference.after()));
    };
    switch (difference.kind()) {
      case v1::ApprovalDifference::KIND_FINDING_ADDED:
        return "another rule asks for an approval";
      case v1::ApprovalDifference::KIND_QUANTITY: {
        absl::string_view name = difference.path();
        name = name.substr(name.rfind('.') + 1);
        return change(absl::StrCat("the ", SpacedWords(name)));
      }
      case v1::ApprovalDifference::KIND_PAID_AMOUNT:
        return change("the amount to pay");
      case v1::ApprovalDifference::KIND_TARGET:
        return difference.path() == "routes" ? "the money goes another way"
                                             : "it is about something else";
      case v1::ApprovalDifference::KIND_VERSION:
        return "something else was changed in between";
      default:
        return "";
    }
  }

  std::string Changes() const {
    std::vector<std::string> changes;
    for (const v1::ApprovalDifference* each : explained_.differences) {
      if (each->asks_again()) AddOnce(ChangeWords(*each), &changes);
    }
    return absl::StrCat("Since it was shown to who approves: ", Some(changes, kMaxValues, "; "),
                        ".");
  }

  // Of an Approve that came to nothing.
  std::string Attempt() const {
    if (explained_.attempt == nullptr || outcome_.verdict() != v1::VERDICT_REFUSED) return "";
    const bool is_closed = absl::c_any_of(outcome_.events(), [](const v1::Event& event) {
      return event.approval().has_approval_closed();
    });
    return absl::StrCat("Approved by ", EscapeText(explained_.attempt->resolver_id()),
                        is_closed ? "; the approval is closed." : "; the approval stays open.");
  }

  std::string Resolution() const {
    if (explained_.resolved == nullptr) return Attempt();
    const v1::ApprovalResolved& resolved = *explained_.resolved;
    const std::string resolver = EscapeText(resolved.resolver_id());
    const absl::string_view verb = explained_.is_withdrawn()  ? "withdrawn"
                                   : explained_.is_declined() ? "declined"
                                                              : "approved";
    if (explained_.requester_id.empty()) {
      return absl::StrCat(Capitalized(verb), " by ", resolver, ".");
    }
    return absl::StrCat("Asked by ", EscapeText(explained_.requester_id), ", ", verb, " by ",
                        resolver, ".");
  }

  // ---- Events and outputs ----

  std::string AllowedBy() const {
    for (const std::string& id : decision_.fired_rule_ids()) {
      const v1::RuleTrace* rule = rules::FindRule(decision_, id);
      if (rule != nullptr && rule->outcome() == v1::POLICY_OUTCOME_ALLOW && !rule->text().empty()) {
        return absl::StrCat("Allowed: ", AsSentence(rule->text()));
      }
    }
    return "";
  }

  std::string Happened() const {
    if (outcome_.has_existing_entity()) {
      return absl::StrCat("Nothing was created: the outside id belongs to ",
                          ExistingWords(outcome_), ".");
    }
    std::vector<std::string> events;
    for (const v1::Event& event : outcome_.events()) {
      if (event.has_approval()) continue;
      events.push_back(EventWords(event));
    }
    if (events.empty()) {
      const std::string nothing = NothingChanged(explained_);
      if (!nothing.empty()) return AsSentence(Capitalized(nothing));
      return explained_.resolved == nullptr ? "Nothing had to change." : "";
    }
    std::string line = absl::StrCat("Done: ", Some(events, kMaxEvents, "; "), ".");
    std::vector<std::string> effects;
    for (const v1::Effect& effect : outcome_.effects()) effects.push_back(EffectText(effect));
    if (!effects.empty()) {
      absl::StrAppend(&line, " To be carried out: ", Some(effects, kMaxEvents, "; "), ".");
    }
    return line;
  }

  std::string Outputs() const {
    std::vector<std::string> values;
    for (const v1::OutputValue& output : decision_.outputs()) {
      const std::string words = OutputWords(output);
      if (!words.empty()) values.push_back(absl::StrCat(SpacedWords(output.name()), " ", words));
    }
    if (values.empty()) return "";
    return absl::StrCat("Computed: ", Some(values, kMaxValues, ", "), ".");
  }

  // ---- Alternatives ----

  // The fields that have to be set before the values of a counterfactual count.
  std::string UnsetFirst(const v1::ConjunctTrace& conjunct, const std::string& clause) const {
    if (absl::EndsWith(clause, " set")) return "";
    std::string unset;
    for (const v1::ValueRead& read : conjunct.reads()) {
      if (!absl::StartsWith(read.value(), "not set") || absl::StartsWith(read.path(), "has(")) {
        continue;
      }
      const Path path = ReadPath(read.path(), explained_.info->decision_input);
      if (!path.parts.empty()) absl::StrAppend(&unset, PathWords(path), " were set and ");
    }
    return unset;
  }

  std::string Alternatives(absl::string_view rule_id) const {
    const v1::RuleTrace* rule = rules::FindRule(decision_, rule_id);
    if (rule == nullptr || rule->result() == v1::RuleTrace::RESULT_ERROR) return "";
    std::vector<std::string> clauses;
    for (const v1::ConjunctTrace& conjunct : rule->conjuncts()) {
      if (conjunct.result() != v1::ConjunctTrace::RESULT_TRUE) continue;
      const auto clause = expressions_.Say(conjunct.counterfactual(), conjunct.reads(), true);
      if (!clause.has_value()) continue;
      std::string whole = absl::StrCat("if ", UnsetFirst(conjunct, *clause), *clause);
      if (whole.size() <= kMaxClauseBytes) AddOnce(std::move(whole), &clauses);
    }
    if (clauses.empty()) return "";
    // Another value says more than none.
    std::stable_partition(clauses.begin(), clauses.end(), [](const std::string& clause) {
      return !absl::EndsWith(clause, " not set");
    });
    clauses.resize(std::min(clauses.size(), kMaxAlternatives));
    const bool is_first = outcome_.refusals_size() > 1;
    return absl::StrCat(
        rule->outcome() == v1::POLICY_OUTCOME_HOLD ? "This approval would not be needed "
        : is_first                                 ? "The first reason would not apply "
                                                   : "This reason would not apply ",
        clauses.size() == 1 ? clauses[0] : absl::StrCat(clauses[0], ", or ", clauses[1]), ".");
  }

  std::string LeadingAlternatives() const {
    if (!leading().rule_id().empty()) return Alternatives(leading().rule_id());
    if (IsOfState()) {
      const std::string states = Detail("possible_in");
      if (states.empty()) return "";
      return absl::StrCat("It is possible while ", EntityNoun(), " is ", states, ".");
    }
    if (leading().origin() == v1::Refusal::ORIGIN_POLICY && decision_.fired_rule_ids().empty() &&
        !decision_.has_hit_policy_error()) {
      return Demands();
    }
    return "";
  }

  // The rules that would have allowed, when none did.
  std::string Demands() const {
    std::vector<std::string> demands;
    for (const v1::RuleTrace& rule : decision_.rules()) {
      if (rule.outcome() != v1::POLICY_OUTCOME_ALLOW || rule.conjuncts().empty() ||
          rule.result() != v1::RuleTrace::RESULT_NOT_MATCHED) {
        continue;
      }
      const v1::ConjunctTrace& stopped = *rule.conjuncts().rbegin();
      const auto clause = expressions_.Say(stopped.counterfactual(), stopped.reads(), false);
      if (clause.has_value() && clause->size() <= kMaxClauseBytes) AddOnce(*clause, &demands);
    }
    if (demands.empty()) return "";
    if (demands.size() == 1) {
      return absl::StrCat("A rule that would allow it demands that ", demands[0], ".");
    }
    demands.resize(kMaxAlternatives);
    return absl::StrCat("Rules that would allow it demand that ", demands[0], ", or that ",
                        demands[1], ".");
  }

  const Explained& explained_;
  const v1::Outcome& outcome_;
  const v1::Decision& decision_;
  const CompanyWords company_;
  const ExpressionWords expressions_;
  std::vector<std::string> lines_;
};

}  // namespace

std::string ExistingWords(const v1::Outcome& outcome) {
  const std::string entity = internal::EntityWords(outcome.existing_entity());
  return outcome.existing_part_id().empty()
             ? entity
             : absl::StrCat("part ", EscapeValue(outcome.existing_part_id()), " of ", entity);
}

std::vector<std::string> AgentLines(const Explained& explained) {
  return AgentWriter(explained).Write();
}

}  // namespace internal
}  // namespace frontdesk
