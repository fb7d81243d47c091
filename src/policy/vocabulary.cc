#include "policy/vocabulary.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/environment.h"
#include "frontdesk/cel/value.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/rules/origins.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/vocabulary_list.pb.h"
#include "internal/near_name.h"

namespace frontdesk {
namespace internal {
namespace {

using cel::Expr;
using google::protobuf::FieldDescriptor;
using google::protobuf::RepeatedPtrField;
using v1::VocabularyList;
using Words = RepeatedPtrField<v1::VocabularyWord>;

// Words that a text names where none is near.
constexpr size_t kMaxShownWords = 5;
// Looking for a word that was meant takes a look at the whole list: done so often for one pack.
constexpr int kMaxWordSuggestions = 20;

struct ListName {
  VocabularyList list;
  absl::string_view path;  // In the pack.
  absl::string_view noun;  // Of one word.
};
constexpr ListName kLists[] = {
    {v1::VOCABULARY_LIST_ROLES, "vocabulary.roles", "role"},
    {v1::VOCABULARY_LIST_AUTHORITIES, "vocabulary.authorities", "authority"},
    {v1::VOCABULARY_LIST_TIERS, "vocabulary.tiers", "tier"},
    {v1::VOCABULARY_LIST_REASONS, "vocabulary.reasons", "reason"},
    {v1::VOCABULARY_LIST_TAGS, "vocabulary.tags", "tag"},
    {v1::VOCABULARY_LIST_QUEUES, "vocabulary.queues", "queue"},
    {v1::VOCABULARY_LIST_STATE_NAMES, "cases.state_names", "name of a state"},
    {v1::VOCABULARY_LIST_ESCALATION_CHAINS, "cases.escalation_chains", "escalation chain"},
    {v1::VOCABULARY_LIST_REMEDIES, "cases.remedies", "remedy"},
};

// Empty for the lists that the vocabulary does not hold.
const Words& WordsOf(const v1::Vocabulary& vocabulary, VocabularyList list) {
  switch (list) {
    case v1::VOCABULARY_LIST_ROLES:
      return vocabulary.roles();
    case v1::VOCABULARY_LIST_AUTHORITIES:
      return vocabulary.authorities();
    case v1::VOCABULARY_LIST_TIERS:
      return vocabulary.tiers();
    case v1::VOCABULARY_LIST_REASONS:
      return vocabulary.reasons();
    case v1::VOCABULARY_LIST_TAGS:
      return vocabulary.tags();
    case v1::VOCABULARY_LIST_QUEUES:
      return vocabulary.queues();
    default: {
      static const auto* const none = new Words();
      return *none;
    }
  }
}

// The lists of a pack, to look words up. Thread-compatible.
class WordLists {
 public:
  explicit WordLists(const v1::PolicyPack& pack) {
    for (const ListName& list : kLists) Add(list.list, WordsOf(pack.vocabulary(), list.list));
    Add(v1::VOCABULARY_LIST_STATE_NAMES, pack.cases().state_names());
    Add(v1::VOCABULARY_LIST_ESCALATION_CHAINS, pack.cases().escalation_chains());
    Add(v1::VOCABULARY_LIST_REMEDIES, pack.cases().remedies());
  }

  bool is_empty() const { return words_.empty(); }

  // The fault of a word in a field of that list; "" for none.
  std::string FindFault(VocabularyList list, absl::string_view word) {
    const auto found = words_.find(list);
    if (found == words_.end() || word.empty() || found->second.count(word) > 0) return "";
    const ListName* name = nullptr;
    for (const ListName& each : kLists) {
      if (each.list == list) name = &each;
    }
    if (name == nullptr) return "";
    return absl::StrCat("'", word, "' is no ", name->noun, " of this policy (", name->path, ")",
                        Advice(found->second, *name, word));
  }

 private:
  template <typename Named>
  void Add(VocabularyList list, const RepeatedPtrField<Named>& named) {
    for (const Named& each : named) words_[list].insert(each.name());
  }

  std::string Advice(const std::set<absl::string_view>& known, const ListName& name,
                     absl::string_view word) {
    if (suggestions_++ >= kMaxWordSuggestions) return "";
    NearName near(word);
    for (const absl::string_view each : known) {
      if (absl::EqualsIgnoreCase(each, word)) {
        return absl::StrCat("; did you mean '", each, "'?");
      }
      near.Consider(each);
    }
    std::string hint = near.Hint();
    if (!hint.empty()) return hint;
    for (const ListName& other : kLists) {
      const auto found = words_.find(other.list);
      if (found != words_.end() && found->second.count(word) > 0) {
        return absl::StrCat("; it is in ", other.path);
      }
    }
    const std::vector<absl::string_view> shown(
        known.begin(), std::next(known.begin(), static_cast<std::ptrdiff_t>(
                                                    std::min(known.size(), kMaxShownWords))));
    return absl::StrCat("; write one such as '", absl::StrJoin(shown, "', '"), "', or add it to ",
                        name.path);
  }

  std::map<VocabularyList, std::set<absl::string_view>> words_;
  int suggestions_ = 0;
};

class WordCheck {
 public:
  explicit WordCheck(const v1::PolicyPack& pack) : lists_(pack) {}

  std::vector<rules::ExpressionFinding> Run(const Expr& root) {
    findings_.clear();
    seen_.clear();
    rules::WalkExpression(root, [this](const Expr& expr, const rules::Scope& scope) {
      CheckOrder(expr, scope);
      if (lists_.is_empty()) return;
      CheckCall(expr, scope);
      rules::VisitEqualities(expr, scope, [this](const Expr& origin, const Expr& value) {
        const FieldDescriptor* field = FieldOf(origin);
        if (field != nullptr) CheckWord(ListOf(*field), value);
      });
    });
    return std::move(findings_);
  }

 private:
  static VocabularyList ListOf(const FieldDescriptor& field) {
    return field.options().GetExtension(v1::vocabulary);
  }

  static const FieldDescriptor* FieldOf(const Expr& expr) {
    if (expr.kind() == cel::ExprKind::kSelect || expr.kind() == cel::ExprKind::kIdentifier) {
      return expr.field();
    }
    if (expr.op() != cel::Operator::kOptionalSelect) return nullptr;
    const cel::Type* holder = &expr.child(0).type();
    if (holder->kind() == cel::TypeKind::kOptional) holder = &holder->parameters()[0];
    return holder->descriptor() == nullptr
               ? nullptr
               : holder->descriptor()->FindFieldByName(std::string(expr.name()));
  }

  // customer.tier > 'gold'
  void CheckOrder(const Expr& expr, const rules::Scope& scope) {
    if (!cel::IsOrder(expr.op())) return;
    for (size_t i = 0; i < 2; ++i) {
      for (const Expr& origin : scope.OriginsOf(expr.child(i))) {
        const FieldDescriptor* field = FieldOf(origin);
        if (field == nullptr || ListOf(*field) == v1::VOCABULARY_LIST_UNSPECIFIED) continue;
        rules::ExpressionFinding finding;
        finding.expr = expr;
        finding.severity = v1::Issue::SEVERITY_WARNING;
        finding.reason = std::string(kReasonPolicyWordOrder.word);
        finding.text = absl::StrCat("words have no order, and '", expr.child(i).text(),
                                    "' is compared by its letters; name those that are meant: `",
                                    expr.child(i).text(), " in [...]`");
        findings_.push_back(std::move(finding));
        return;
      }
    }
  }

  // actor.has_role('supervisor')
  void CheckCall(const Expr& expr, const rules::Scope& scope) {
    if (expr.kind() != cel::ExprKind::kCall || !expr.is_member() || expr.child_count() != 2 ||
        expr.child(0).type().descriptor() != v1::Actor::descriptor()) {
      return;
    }
    VocabularyList list = v1::VOCABULARY_LIST_UNSPECIFIED;
    if (expr.name() == "has_role") list = v1::VOCABULARY_LIST_ROLES;
    if (expr.name() == "has_authority") list = v1::VOCABULARY_LIST_AUTHORITIES;
    for (const Expr& word : scope.OriginsOf(expr.child(1))) CheckWord(list, word);
  }

  void CheckWord(VocabularyList list, const Expr& value) {
    if (list == v1::VOCABULARY_LIST_UNSPECIFIED) return;
    const cel::Value* constant = value.constant();
    if (constant == nullptr || !constant->is_string()) return;
    std::string fault = lists_.FindFault(list, constant->string_value());
    // A word may be compared more than once, through variables and branches.
    if (fault.empty() || !seen_.insert(value.id()).second) return;
    rules::ExpressionFinding finding;
    finding.expr = value;
    finding.reason = std::string(kReasonPolicyWordUnknown.word);
    finding.text = std::move(fault);
    findings_.push_back(std::move(finding));
  }

  WordLists lists_;
  std::set<int32_t> seen_;
  std::vector<rules::ExpressionFinding> findings_;
};

void CheckWords(const Words& words, absl::string_view path, PackIssues* issues) {
  std::set<absl::string_view> names;
  for (int i = 0; i < words.size(); ++i) {
    const v1::VocabularyWord& word = words.Get(i);
    const std::string place = absl::StrCat(path, "[", i, "]");
    issues->CheckName(word.name(), absl::StrCat(place, ".name"));
    issues->CheckName(word.text(), absl::StrCat(place, ".text"));
    if (word.name().empty()) {
      issues->AddError(kReasonPolicyWordNameEmpty, place, "the word has no name");
    } else if (!names.insert(word.name()).second) {
      issues->AddError(kReasonPolicyWordDuplicate, absl::StrCat(place, ".name"),
                       "an earlier word of the list has this name");
    }
  }
}

// The list of the words that an output of the set is: a command that the set decides fills such a field by it.
VocabularyList ListOfOutput(const v1::RuleSet& set, absl::string_view name) {
  for (const std::string& point : set.decision_points()) {
    const domain::CommandInfo* info = domain::FindCommandByName(point);
    if (info == nullptr) continue;
    for (const domain::OutputInfo& output : info->outputs) {
      if (output.name != name) continue;
      const VocabularyList list = output.field->options().GetExtension(v1::vocabulary);
      if (list != v1::VOCABULARY_LIST_UNSPECIFIED) return list;
    }
  }
  return v1::VOCABULARY_LIST_UNSPECIFIED;
}

// The texts that an expression is, written out: itself, or a branch.
void AddTexts(const Expr& expr, std::vector<std::string>* texts) {
  if (expr.constant() != nullptr) {
    if (expr.constant()->kind() == cel::ValueKind::kString) {
      texts->emplace_back(expr.constant()->string_value());
    }
  } else if (expr.op() == cel::Operator::kConditional) {
    AddTexts(expr.child(1), texts);
    AddTexts(expr.child(2), texts);
  }
}

// Checks the texts in outputs that fill a field of words.
class OutputCheck {
 public:
  OutputCheck(WordLists* lists, PackIssues* issues)
      : lists_(*lists), issues_(*issues), environment_(cel::EnvironmentBuilder().Build()) {}

  void Check(const v1::RuleSet& set, const RepeatedPtrField<v1::RuleOutput>& outputs,
             const std::string& path) {
    for (int i = 0; i < outputs.size(); ++i) {
      const VocabularyList list = ListOfOutput(set, outputs[i].name());
      if (list == v1::VOCABULARY_LIST_UNSPECIFIED || !environment_.ok()) continue;
      const cel::AstResult parsed = (*environment_)->Parse(outputs[i].expression());
      if (!parsed.ok()) continue;
      std::vector<std::string> texts;
      AddTexts(parsed.ast->root(), &texts);
      for (const std::string& text : texts) {
        std::string fault = lists_.FindFault(list, text);
        if (fault.empty()) continue;
        issues_.AddError(kReasonPolicyWordUnknown, absl::StrCat(path, "[", i, "].expression"),
                         std::move(fault));
      }
    }
  }

 private:
  WordLists& lists_;
  PackIssues& issues_;
  const absl::StatusOr<std::shared_ptr<const cel::Environment>> environment_;
};

}  // namespace

void CheckVocabularyLimits(const v1::PolicyPack& pack, const PolicyOptions& options,
                           PackIssues* issues) {
  int64_t count = 0;
  for (const ListName& list : kLists) count += WordsOf(pack.vocabulary(), list.list).size();
  if (count <= options.max_vocabulary_words) return;
  issues->AddError(kReasonPolicyLimitVocabulary, "vocabulary",
                   absl::StrCat("the vocabulary of a pack has at most ",
                                options.max_vocabulary_words, " words (max_vocabulary_words)"));
}

void CheckVocabulary(const v1::PolicyPack& pack, PackIssues* issues) {
  for (const ListName& list : kLists) {
    CheckWords(WordsOf(pack.vocabulary(), list.list), list.path, issues);
  }
  WordLists lists(pack);
  const auto check = [&](VocabularyList list, const std::string& word, std::string field) {
    std::string fault = lists.FindFault(list, word);
    if (!fault.empty()) {
      issues->AddError(kReasonPolicyWordUnknown, std::move(field), std::move(fault));
    }
  };
  if (!pack.vocabulary().authorities().empty()) {
    for (int i = 0; i < pack.rule_sets_size(); ++i) {
      for (int k = 0; k < pack.rule_sets(i).rules_size(); ++k) {
        const v1::Rule& rule = pack.rule_sets(i).rules(k);
        check(v1::VOCABULARY_LIST_AUTHORITIES, rule.authority(),
              absl::StrCat("rule_sets[", i, "].rules[", k, "].authority"));
      }
    }
  }
  if (!lists.is_empty()) {
    OutputCheck outputs(&lists, issues);
    for (int i = 0; i < pack.rule_sets_size(); ++i) {
      const v1::RuleSet& set = pack.rule_sets(i);
      const std::string path = absl::StrCat("rule_sets[", i, "].");
      for (int k = 0; k < set.rules_size(); ++k) {
        outputs.Check(set, set.rules(k).outputs(), absl::StrCat(path, "rules[", k, "].outputs"));
      }
      outputs.Check(set, set.default_outputs(), absl::StrCat(path, "default_outputs"));
    }
  }
  for (int i = 0; i < pack.cases().escalation_chains_size(); ++i) {
    const v1::EscalationChain& chain = pack.cases().escalation_chains(i);
    const std::string path = absl::StrCat("cases.escalation_chains[", i, "]");
    for (int k = 0; k < chain.steps_size(); ++k) {
      check(v1::VOCABULARY_LIST_QUEUES, chain.steps(k).queue_id(),
            absl::StrCat(path, ".steps[", k, "].queue_id"));
    }
    check(v1::VOCABULARY_LIST_QUEUES, chain.fallback_queue_id(),
          absl::StrCat(path, ".fallback_queue_id"));
  }
}

rules::ExpressionCheck MakeWordCheck(const v1::PolicyPack& pack) {
  const auto check = std::make_shared<WordCheck>(pack);
  return [check](const Expr& root) { return check->Run(root); };
}

}  // namespace internal
}  // namespace frontdesk
