// Looks for points of the terms under which conditions have demanded outcomes. Private to rules/.
#ifndef FRONTDESK_RULES_SOLVER_H_
#define FRONTDESK_RULES_SOLVER_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "frontdesk/rules/analysis.h"
#include "google/protobuf/descriptor.h"
#include "rules/formula.h"

namespace frontdesk {
namespace rules {

// A fact with its path found in the input.
struct FieldFact {
  FieldPath path;
  bool is_present = true;
};

// Those of `facts` whose path the input has.
std::vector<FieldFact> FindFacts(absl::Span<const PresenceFact> facts,
                                 const google::protobuf::Descriptor& input);

// A demand: the outcome of `node` is one of `allowed`.
struct Demand {
  int32_t node = 0;
  Outcomes allowed = kTrue;
};

// A point for each of some terms, in the order in which they occur.
struct Model {
  std::vector<std::pair<int32_t, Point>> points;
};

enum class SolveResult : uint8_t { kModel, kNoModel, kNotDecided };

class Solver {
 public:
  // All are referred to.
  Solver(const FormulaTable& table, const std::vector<FieldFact>& facts)
      : table_(table), facts_(facts) {}

  // Looks for points that meet all demands. kNoModel: there is no input that does. kModel: the points in `model` do, where terms are
  // independent but for the fields that hold each other. Stops with kNotDecided after `steps`, which it lowers.
  SolveResult Solve(const std::vector<Demand>& demands, Model* model, int64_t* steps);

 private:
  struct Candidate {
    int32_t term;
    std::vector<Point> points;
  };

  void CollectTerms(const std::vector<Demand>& demands);
  std::vector<Point> CandidatesOf(int32_t term, const std::vector<int32_t>& atoms) const;
  bool IsConsistent(size_t last) const;
  bool IsMet(const std::vector<Demand>& demands);
  bool Search(const std::vector<Demand>& demands, size_t depth);

  const FormulaTable& table_;
  const std::vector<FieldFact>& facts_;
  std::vector<Candidate> terms_;
  Assignment assignment_;
  std::vector<const Point*> chosen_;
  int64_t* steps_ = nullptr;
};

// Whether the term has the point that it has when its field is not set.
bool IsUnset(const Term& term, const Point& point);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_SOLVER_H_
