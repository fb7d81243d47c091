#include "rules/solver.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_split.h"

namespace frontdesk {
namespace rules {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// Values of an enum that are looked at one by one; of a larger one only those that occur in conditions, and one more.
constexpr int kMaxEnumValues = 200;

// The presence that follows from a point: all fields up to `present` are set, the one at the end of `absent` is not. Lengths of Term::path.
struct Implication {
  size_t present = 0;
  size_t absent = 0;  // 0: nothing.
};

Implication ImpliedBy(const Term& term, const Point& point) {
  Implication implied;
  if (term.path.empty() || point.is_error) return implied;
  const size_t length = term.path.size();
  const bool is_unset = IsUnset(term, point);
  switch (term.role) {
    case TermRole::kPresence:
      (is_unset ? implied.absent : implied.present) = length;
      break;
    case TermRole::kValue:
    case TermRole::kSize:
    case TermRole::kMember:
      if (!is_unset) implied.present = length;
      break;
    default:
      break;
  }
  return implied;
}

// Whether the first `length` of `a` begin `b`.
bool Begins(const FieldPath& a, size_t length, const FieldPath& b, size_t b_length) {
  return length <= b_length && std::equal(a.begin(), a.begin() + length, b.begin());
}

// Whether both paths are set although one field in them excludes another.
bool AreInOneof(const FieldPath& a, size_t a_length, const FieldPath& b, size_t b_length) {
  const size_t shared = std::min(a_length, b_length);
  for (size_t i = 0; i < shared; ++i) {
    if (a[i] == b[i]) continue;
    return a[i]->containing_oneof() != nullptr &&
           a[i]->containing_oneof() == b[i]->containing_oneof();
  }
  return false;
}

bool Contradict(const FieldPath& a, const Implication& of_a, const FieldPath& b,
                const Implication& of_b) {
  if (of_a.absent > 0 && of_b.present > 0 && Begins(a, of_a.absent, b, of_b.present)) return true;
  if (of_b.absent > 0 && of_a.present > 0 && Begins(b, of_b.absent, a, of_a.present)) return true;
  return AreInOneof(a, of_a.present, b, of_b.present);
}

}  // namespace

bool IsUnset(const Term& term, const Point& point) {
  return !point.is_error && ComparePoints(point, term.unset) == 0;
}

std::vector<FieldFact> FindFacts(absl::Span<const PresenceFact> facts, const Descriptor& input) {
  std::vector<FieldFact> found;
  for (const PresenceFact& fact : facts) {
    FieldFact known;
    known.is_present = fact.is_present;
    const Descriptor* holder = &input;
    for (const absl::string_view name : absl::StrSplit(fact.path, '.')) {
      const FieldDescriptor* field =
          holder == nullptr ? nullptr : holder->FindFieldByName(std::string(name));
      if (field == nullptr) {
        known.path.clear();
        break;
      }
      known.path.push_back(field);
      holder = field->message_type();
    }
    if (!known.path.empty()) found.push_back(std::move(known));
  }
  return found;
}

void Solver::CollectTerms(const std::vector<Demand>& demands) {
  std::vector<int32_t> atoms;
  for (const Demand& demand : demands) table_.CollectAtoms(demand.node, &atoms);
  *steps_ -= static_cast<int64_t>(atoms.size());
  absl::flat_hash_map<int32_t, size_t> places;
  std::vector<std::pair<int32_t, std::vector<int32_t>>> by_term;
  for (const int32_t atom : atoms) {
    const int32_t term = table_.atom(atom).term;
    const auto [place, is_new] = places.try_emplace(term, by_term.size());
    if (is_new) by_term.push_back({term, {}});
    by_term[place->second].second.push_back(atom);
  }
  terms_.clear();
  for (auto& [term, its_atoms] : by_term) terms_.push_back({term, {}});
  for (size_t i = 0; i < terms_.size(); ++i) {
    terms_[i].points = CandidatesOf(terms_[i].term, by_term[i].second);
  }
}

std::vector<Point> Solver::CandidatesOf(int32_t index, const std::vector<int32_t>& atoms) const {
  const Term& term = table_.term(index);
  std::vector<Point> constants;
  for (const int32_t atom : atoms) {
    const std::vector<Point>& its = table_.atom(atom).constants;
    constants.insert(constants.end(), its.begin(), its.end());
  }
  std::vector<Point> points;
  if (term.enum_type != nullptr && term.role == TermRole::kValue &&
      term.enum_type->value_count() <= kMaxEnumValues) {
    for (int i = 0; i < term.enum_type->value_count(); ++i) {
      points.push_back(Point::Whole(term.enum_type->value(i)->number()));
    }
  } else {
    if (term.role == TermRole::kValue) constants.push_back(term.unset);
    if (term.role == TermRole::kSize) {
      // As many as there can be different elements, and fewer.
      int64_t members = 1;
      for (const Candidate& other : terms_) {
        const Term& its = table_.term(other.term);
        members += its.role == TermRole::kMember && its.path == term.path ? 1 : 0;
      }
      constants.push_back(Point::Whole(0));
      for (int64_t size = 1; size <= std::min<int64_t>(members, 64); ++size) {
        constants.push_back(Point::Whole(size));
      }
    }
    points = Representatives(term.line, std::move(constants), term.min, term.max);
  }
  // Of those that no atom tells apart, the first is enough.
  *steps_ -= static_cast<int64_t>(points.size() * atoms.size());
  absl::flat_hash_set<std::string> seen;
  std::vector<Point> kept;
  const bool is_size = term.role == TermRole::kSize;
  std::stable_partition(points.begin(), points.end(),
                        [&](const Point& point) { return IsUnset(term, point); });
  for (Point& point : points) {
    std::string signature;
    for (const int32_t atom : atoms) {
      signature += static_cast<char>('0' + table_.EvaluateAtom(table_.atom(atom), &point));
    }
    signature += term.role == TermRole::kValue && IsUnset(term, point) ? 'u' : 's';
    if (is_size) signature += PointKey(point);
    if (seen.insert(std::move(signature)).second) kept.push_back(std::move(point));
  }
  if (term.may_fail) kept.push_back(Point::Error());
  return kept;
}

bool Solver::IsConsistent(size_t last) const {
  const Term& term = table_.term(terms_[last].term);
  const Point& point = *chosen_[last];
  const Implication implied = ImpliedBy(term, point);
  for (const FieldFact& fact : facts_) {
    Implication of_fact;
    (fact.is_present ? of_fact.present : of_fact.absent) = fact.path.size();
    if (Contradict(term.path, implied, fact.path, of_fact)) return false;
  }
  if (term.path.empty()) return true;
  absl::int128 members = term.role == TermRole::kMember ? point.whole : 0;
  const Point* size = term.role == TermRole::kSize ? &point : nullptr;
  for (size_t i = 0; i < last; ++i) {
    const Term& other = table_.term(terms_[i].term);
    if (other.path.empty()) continue;
    if (Contradict(term.path, implied, other.path, ImpliedBy(other, *chosen_[i]))) return false;
    if (other.path != term.path) continue;
    if (other.role == TermRole::kMember) members += chosen_[i]->whole;
    if (other.role == TermRole::kSize) size = chosen_[i];
  }
  return size == nullptr || members <= size->whole;
}

bool Solver::IsMet(const std::vector<Demand>& demands) {
  return std::all_of(demands.begin(), demands.end(), [&](const Demand& demand) {
    return (table_.Evaluate(demand.node, assignment_, steps_) & demand.allowed) != 0;
  });
}

// The depth is the number of terms of one question, which the steps bound.
bool Solver::Search(const std::vector<Demand>& demands, size_t depth) {
  if (*steps_ < 0) return false;
  if (depth == terms_.size()) return true;
  const Candidate& candidate = terms_[depth];
  for (const Point& point : candidate.points) {
    chosen_[depth] = &point;
    assignment_.Set(candidate.term, &point);
    *steps_ -= static_cast<int64_t>(depth / 8);
    if (IsConsistent(depth) && IsMet(demands) && Search(demands, depth + 1)) return true;
    if (*steps_ < 0) break;
  }
  assignment_.Set(candidate.term, nullptr);
  return false;
}

SolveResult Solver::Solve(const std::vector<Demand>& demands, Model* model, int64_t* steps) {
  constexpr size_t kMaxTerms = 500;  // The search goes that deep.
  steps_ = steps;
  CollectTerms(demands);
  if (*steps < 0 || terms_.size() > kMaxTerms) return SolveResult::kNotDecided;
  chosen_.assign(terms_.size(), nullptr);
  if (!IsMet(demands)) return SolveResult::kNoModel;
  if (!Search(demands, 0)) {
    return *steps < 0 ? SolveResult::kNotDecided : SolveResult::kNoModel;
  }
  model->points.clear();
  for (size_t i = 0; i < terms_.size(); ++i) {
    model->points.emplace_back(terms_[i].term, *chosen_[i]);
    assignment_.Set(terms_[i].term, nullptr);
  }
  return SolveResult::kModel;
}

}  // namespace rules
}  // namespace frontdesk
