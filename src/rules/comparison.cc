#include "rules/comparison.h"

#include <algorithm>
#include <memory>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/rules/reasons.h"

namespace frontdesk {
namespace rules {
namespace {

// Inputs that one call of the executor decides: many small pieces cost more than the decisions, few large ones leave threads idle.
constexpr int kPiece = 16;

// A value that the enum does not have counts as one that is not set.
int Row(int verdict) { return verdict > 0 && verdict < kVerdicts ? verdict : 0; }

// The reasons in order, each once.
std::vector<const GivenReason*> Ordered(const std::vector<GivenReason>& reasons) {
  std::vector<const GivenReason*> ordered;
  ordered.reserve(reasons.size());
  for (const GivenReason& reason : reasons) ordered.push_back(&reason);
  std::sort(ordered.begin(), ordered.end(),
            [](const auto* left, const auto* right) { return *left < *right; });
  const auto same = [](const auto* left, const auto* right) { return *left == *right; };
  ordered.erase(std::unique(ordered.begin(), ordered.end(), same), ordered.end());
  return ordered;
}

}  // namespace

absl::Status Sums::Add(const absl::optional<v1::Money>& amount) {
  if (!amount.has_value()) return absl::OkStatus();
  v1::Money& sum = sums_[amount->currency_code()];
  if (sum.currency_code().empty()) sum.set_currency_code(amount->currency_code());
  FRONTDESK_ASSIGN_OR_RETURN(sum, AddMoney(sum, *amount));
  return absl::OkStatus();
}

void Sums::Put(google::protobuf::RepeatedPtrField<v1::Money>* field) const {
  for (const auto& [code, sum] : sums_) *field->Add() = sum;
}

Comparison::Comparison(const ReplayOptions& options)
    : max_examples_(static_cast<std::size_t>(options.max_examples)),
      max_decision_points_(options.max_decision_points) {}

absl::Status Comparison::Add(absl::string_view id, absl::string_view decision_point,
                             const Compared& compared) {
  if (!compared.status.ok()) {
    ++undecided_count_;
    auto& [count, examples] = undecided_[GetReason(compared.status)];
    ++count;
    AddExample(id, &examples);
    return absl::OkStatus();
  }
  ++decided_count_;
  if (compared.before.verdict != compared.after.verdict) ++changed_count_;
  FRONTDESK_RETURN_IF_ERROR(AddVerdict(id, compared, &all_));
  FRONTDESK_ASSIGN_OR_RETURN(Point* const point, FindPoint(decision_point));
  FRONTDESK_RETURN_IF_ERROR(AddVerdict(id, compared, &point->verdicts));
  if (!compared.before.reasons.empty() || !compared.after.reasons.empty()) {
    AddReasons(id, compared, point);
  }
  return absl::OkStatus();
}

void Comparison::AddExample(absl::string_view id, Examples* examples) const {
  if (examples->size() < max_examples_) examples->emplace_back(id);
}

absl::Status Comparison::AddVerdict(absl::string_view id, const Compared& compared,
                                    VerdictTable* table) const {
  VerdictCell& cell = (*table)[Row(compared.before.verdict)][Row(compared.after.verdict)];
  ++cell.count;
  if (compared.before.verdict != compared.after.verdict) AddExample(id, &cell.examples);
  FRONTDESK_RETURN_IF_ERROR(cell.before.Add(compared.before.amount));
  return cell.after.Add(compared.after.amount);
}

void Comparison::AddReasons(absl::string_view id, const Compared& compared, Point* point) const {
  const std::vector<const GivenReason*> before = Ordered(compared.before.reasons);
  const std::vector<const GivenReason*> after = Ordered(compared.after.reasons);
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    const bool is_old = old != before.end() && (now == after.end() || **old <= **now);
    const bool is_now = now != after.end() && (old == before.end() || **now <= **old);
    ReasonRow& row = point->reasons[is_old ? **old : **now];
    row.before += is_old ? 1 : 0;
    row.after += is_now ? 1 : 0;
    if (is_old != is_now) AddExample(id, &row.examples);
    old += is_old ? 1 : 0;
    now += is_now ? 1 : 0;
  }
}

absl::StatusOr<Comparison::Point*> Comparison::FindPoint(absl::string_view name) {
  const auto found = points_.find(name);
  if (found != points_.end()) return &found->second;
  if (points_.size() >= max_decision_points_) {
    return MakeError(kReasonRulesReplayLimitDecisionPoints,
                     absl::StrCat("max_decision_points is ", max_decision_points_));
  }
  return &points_[std::string(name)];
}

std::vector<std::pair<absl::string_view, const VerdictTable*>> Comparison::points() const {
  std::vector<std::pair<absl::string_view, const VerdictTable*>> points;
  points.reserve(points_.size());
  for (const auto& [name, point] : points_) points.emplace_back(name, &point.verdicts);
  std::sort(points.begin(), points.end());
  return points;
}

void Comparison::PutReasons(google::protobuf::RepeatedPtrField<v1::ReasonChange>* field) const {
  std::map<std::tuple<absl::string_view, absl::string_view, absl::string_view>, const ReasonRow*>
      ordered;
  for (const auto& [name, point] : points_) {
    for (const auto& [reason, row] : point.reasons) {
      ordered[{name, reason.first, reason.second}] = &row;
    }
  }
  for (const auto& [key, row] : ordered) {
    const auto& [point, reason, rule] = key;
    v1::ReasonChange& change = *field->Add();
    change.set_decision_point(std::string(point));
    change.set_reason(std::string(reason));
    change.set_rule_id(std::string(rule));
    change.set_before_count(row->before);
    change.set_after_count(row->after);
    *change.mutable_example_ids() = {row->examples.begin(), row->examples.end()};
  }
}

void Comparison::PutUndecided(
    google::protobuf::RepeatedPtrField<v1::UndecidedInputs>* field) const {
  for (const auto& [reason, row] : undecided_) {
    v1::UndecidedInputs& undecided = *field->Add();
    undecided.set_reason(reason);
    undecided.set_count(row.first);
    *undecided.mutable_example_ids() = {row.second.begin(), row.second.end()};
  }
}

bool IsValid(const ReplayOptions& options) {
  return options.max_examples >= 0 && options.group_size > 0;
}

void RunGroup(int count, const Executor& executor,
              std::vector<std::unique_ptr<cel::Scratch>>* scratches,
              absl::FunctionRef<void(int index, cel::Scratch& scratch)> work) {
  const int pieces = executor ? (count + kPiece - 1) / kPiece : 1;
  while (scratches->size() < static_cast<std::size_t>(pieces)) {
    scratches->push_back(std::make_unique<cel::Scratch>());
  }
  if (!executor) {
    for (int i = 0; i < count; ++i) work(i, *scratches->front());
    return;
  }
  executor(pieces, [&](int piece) {
    const int end = std::min(count, (piece + 1) * kPiece);
    for (int i = piece * kPiece; i < end; ++i) work(i, *(*scratches)[piece]);
  });
}

}  // namespace rules
}  // namespace frontdesk
