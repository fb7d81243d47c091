// Parts of a condition that hold because something is not there, and elements that a list may not have. Private to rules/.
#ifndef FRONTDESK_RULES_ABSENCE_H_
#define FRONTDESK_RULES_ABSENCE_H_

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/environment.h"
#include "frontdesk/cel/program.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/rules/rule_set.h"
#include "rules/formula.h"
#include "rules/solver.h"
#include "rules/witness.h"

namespace frontdesk {
namespace rules {

// Checks the conditions of one set. Thread-compatible.
class AbsenceCheck {
 public:
  // All are referred to. Parts that call one of `impure_functions` are not looked at.
  AbsenceCheck(const InputFacts& facts, const cel::Environment& environment,
               const google::protobuf::Descriptor& input,
               const std::set<std::string>& impure_functions);

  // Appends what is found in a condition. Linear in it, but for the parts that are compiled once more.
  void Run(const cel::Expr& condition, std::vector<ExpressionFinding>* findings);

 private:
  enum class Effect { kNone, kHolds, kFails };
  // Something that may be absent.
  struct Optional {
    FieldPath path;      // Empty for a call.
    std::string text;    // As its author wrote it.
    std::string advice;  // Empty for times and calls.
    std::string test;    // "has(customer)"
    bool is_of_element = false;
    cel::Expr call;  // Of a DefaultedFunction; else not valid.
    const DefaultedFunction* function = nullptr;
  };
  // A part that has to be `wanted`, or else the part that is looked at makes no difference.
  struct Context {
    cel::Expr part;
    bool wanted;
  };

  void Visit(const cel::Expr& expr, bool is_positive);
  void VisitOperands(const cel::Expr& expr, bool is_positive, bool wanted);
  void CheckPart(const cel::Expr& part, bool is_positive);
  bool IsUnequalToOther(const cel::Expr& part, const std::vector<Optional>& optionals) const;
  std::string TextOf(const cel::Expr& part, const Optional& optional, Effect effect) const;
  void CheckIndices(const cel::Expr& part);
  void CollectOptionals(const cel::Expr& expr, std::vector<Optional>* found);
  void CollectOfPath(const cel::Expr& expr, const FieldPath& path, std::vector<Optional>* found);
  // The function of a call that reads a default; null for any other expression.
  const DefaultedFunction* FindDefaulted(const cel::Expr& expr) const;
  bool IsTest(const cel::Expr& expr) const;
  bool IsGuarded(const Optional& absent);
  // Whether a part that decides with the one that is looked at reads the list.
  bool IsReadByContext(const FieldPath& list) const;
  Outcomes OutcomesWithout(const Optional& absent, const cel::Expr& part);
  // Whether it is a call that says what an absent argument means.
  bool HandlesAbsence(const cel::Expr& expr) const;
  // Whether the part holds (or does not, when not `is_positive`) for an input.
  Effect EffectOn(const google::protobuf::Message& input, const cel::Program& part,
                  bool is_positive);
  // The typical input with one empty element in every list that a macro in the part goes through. Null: there is none.
  std::unique_ptr<google::protobuf::Message> WithElements(const cel::Expr& part);

  // Parts that are looked at for guards, in all conditions of a set; when they are spent, everything counts as guarded.
  int64_t steps_ = 200000;
  const InputFacts& facts_;
  const cel::Environment& environment_;
  const std::set<std::string>& impure_functions_;
  std::vector<FieldFact> present_;
  std::vector<std::pair<FieldPath, std::string>> optional_;
  // Of the macros around what is looked at: a variable, and the list of its values.
  std::vector<std::pair<std::string, FieldPath>> elements_;
  std::vector<Context> contexts_;
  // The tests that the findings of this condition propose.
  std::set<std::string> advised_;
  std::vector<ExpressionFinding>* findings_ = nullptr;
  cel::Scratch scratch_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_ABSENCE_H_
