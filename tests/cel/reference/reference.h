// The language as a reader of its specification would write it down: walks the checked expression, copies every value,
// plans nothing. It shares with the evaluator under test the expression tree and protobuf, nothing else.
#ifndef FRONTDESK_TESTS_CEL_REFERENCE_REFERENCE_H_
#define FRONTDESK_TESTS_CEL_REFERENCE_REFERENCE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/types/optional.h"
#include "cel/reference/plain_value.h"
#include "frontdesk/cel/ast.h"
#include "google/protobuf/message.h"

namespace frontdesk::cel::testing {

class Reference {
 public:
  explicit Reference(const google::protobuf::Message& root) : root_(root) {}

  // The value of `expr`, which comes from Environment::Check; of kind kError when it fails. Nothing when it holds what
  // the reference does not know (hosts' functions, format(), some well-known types in message literals) or goes beyond
  // a hundred thousand steps.
  absl::optional<Plain> Evaluate(const Expr& expr);

 private:
  Plain Visit(const Expr& expr);
  Plain VisitIdentifier(const Expr& expr);
  Plain VisitSelect(const Expr& expr, bool optional);
  Plain VisitHas(const Expr& expr);
  Plain VisitCall(const Expr& expr);
  Plain VisitLogical(const Expr& expr, bool decisive);
  Plain VisitIndex(const Expr& expr, bool optional);
  Plain VisitList(const Expr& expr);
  Plain VisitMap(const Expr& expr);
  Plain VisitMessage(const Expr& expr);
  Plain VisitComprehension(const Expr& expr);
  Plain VisitBind(const Expr& expr);
  Plain Unknown();
  // The value of an entry that may be optional; false when it is left out.
  bool Entry(const Expr& expr, size_t child, Plain* value);

  const google::protobuf::Message& root_;
  std::vector<std::pair<std::string, Plain>> locals_;
  int64_t steps_ = 0;
  bool unknown_ = false;
};

// A call of a function or of an operator on values. Error UNSUPPORTED for an unknown one.
Plain CallPlainFunction(const std::string& name, bool member, std::vector<Plain> arguments);
// sum, min, max and avg; `zero` is the sum of an empty list.
Plain AggregatePlain(const std::string& name, const Plain& list, const Plain& zero);
Plain ApplyPlainOperator(Operator op, const std::vector<Plain>& arguments);

}  // namespace frontdesk::cel::testing

#endif  // FRONTDESK_TESTS_CEL_REFERENCE_REFERENCE_H_
