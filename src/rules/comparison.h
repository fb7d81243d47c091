// Inputs that were decided twice, in groups, and counted: by both verdicts, by decision point, by reason. Private; shared with report/.
#ifndef FRONTDESK_SRC_RULES_COMPARISON_H_
#define FRONTDESK_SRC_RULES_COMPARISON_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/cel/scratch.h"
#include "frontdesk/rules/replay.h"
#include "frontdesk/v1/money.pb.h"
#include "frontdesk/v1/replay.pb.h"
#include "google/protobuf/repeated_field.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace rules {

// A reason, and the rule that gave it.
using GivenReason = std::pair<std::string, std::string>;

// An input under one of the policies. A plain struct.
struct DecidedSide {
  // A value of an enum of kVerdicts values; anything else counts as 0.
  int verdict = 0;
  absl::optional<v1::Money> amount;
  // In any order.
  std::vector<GivenReason> reasons;
};

// Verdicts and outcomes are enums of a value that is not set, and three more.
inline constexpr int kVerdicts = 4;

// An input under both. A plain struct.
struct Compared {
  // An error: the sides have no meaning.
  absl::Status status;
  DecidedSide before;
  DecidedSide after;
};

// Sums by currency.
class Sums {
 public:
  // OUT_OF_RANGE MONEY_OVERFLOW.
  absl::Status Add(const absl::optional<v1::Money>& amount);
  void Put(google::protobuf::RepeatedPtrField<v1::Money>* field) const;

 private:
  std::map<std::string, v1::Money> sums_;
};

using Examples = std::vector<std::string>;

// The inputs with the same two verdicts. A plain struct.
struct VerdictCell {
  std::int64_t count = 0;
  Sums before;
  Sums after;
  Examples examples;
};
// By the verdict before, then after.
using VerdictTable = std::array<std::array<VerdictCell, kVerdicts>, kVerdicts>;

// Adds the cells that have inputs to a list of v1.VerdictChange or v1.OutcomeChange.
template <class Change>
void PutVerdicts(const VerdictTable& table, google::protobuf::RepeatedPtrField<Change>* field) {
  for (int before = 0; before < kVerdicts; ++before) {
    for (int after = 0; after < kVerdicts; ++after) {
      const VerdictCell& cell = table[before][after];
      if (cell.count == 0) continue;
      Change& change = *field->Add();
      change.set_before(static_cast<decltype(change.before())>(before));
      change.set_after(static_cast<decltype(change.after())>(after));
      change.set_count(cell.count);
      *change.mutable_example_ids() = {cell.examples.begin(), cell.examples.end()};
      if constexpr (requires { change.mutable_before_amounts(); }) {
        cell.before.Put(change.mutable_before_amounts());
        cell.after.Put(change.mutable_after_amounts());
      }
    }
  }
}

// Adds up what was compared, in the order of the inputs. Thread-compatible.
class Comparison {
 public:
  explicit Comparison(const ReplayOptions& options);

  // OUT_OF_RANGE MONEY_OVERFLOW; RESOURCE_EXHAUSTED RULES_REPLAY_LIMIT_DECISION_POINTS.
  absl::Status Add(absl::string_view id, absl::string_view decision_point,
                   const Compared& compared);

  std::int64_t decided_count() const { return decided_count_; }
  std::int64_t undecided_count() const { return undecided_count_; }
  std::int64_t changed_count() const { return changed_count_; }

  const VerdictTable& all() const { return all_; }
  // Those of each decision point, by name.
  std::vector<std::pair<absl::string_view, const VerdictTable*>> points() const;

  void PutReasons(google::protobuf::RepeatedPtrField<v1::ReasonChange>* field) const;
  void PutUndecided(google::protobuf::RepeatedPtrField<v1::UndecidedInputs>* field) const;

 private:
  struct ReasonRow {
    std::int64_t before = 0;
    std::int64_t after = 0;
    Examples examples;
  };
  struct Point {
    VerdictTable verdicts;
    absl::flat_hash_map<GivenReason, ReasonRow> reasons;
  };

  void AddExample(absl::string_view id, Examples* examples) const;
  absl::Status AddVerdict(absl::string_view id, const Compared& compared,
                          VerdictTable* table) const;
  void AddReasons(absl::string_view id, const Compared& compared, Point* point) const;
  absl::StatusOr<Point*> FindPoint(absl::string_view name);

  const std::size_t max_examples_;
  const std::size_t max_decision_points_;
  std::int64_t decided_count_ = 0;
  std::int64_t undecided_count_ = 0;
  std::int64_t changed_count_ = 0;
  VerdictTable all_;
  absl::node_hash_map<std::string, Point> points_;
  std::map<std::string, std::pair<std::int64_t, Examples>> undecided_;
};

// Whether the numbers are those that ReplayOptions admits.
bool IsValid(const ReplayOptions& options);

// Calls `work(index, scratch)` for each number from 0 to below `count`, on `executor` or, without one, on the calling thread. A scratch is
// used by one call at a time; `scratches` keeps them from call to call.
void RunGroup(int count, const Executor& executor,
              std::vector<std::unique_ptr<cel::Scratch>>* scratches,
              absl::FunctionRef<void(int index, cel::Scratch& scratch)> work);

// Reads inputs in groups, compares each, and adds the group up in its order.
//   - `read` fills a group, which holds the one before, and gives false when it is the last one.
//   - `compare` is called on the threads of the executor.
//   - `add` is called on this thread, in the order of the inputs.
// Ends with the first error of `read` or `add`.
template <class Input>
absl::Status CompareGroups(
    const ReplayOptions& options, absl::FunctionRef<absl::StatusOr<bool>(std::vector<Input>*)> read,
    absl::FunctionRef<Compared(Input& input, cel::Scratch& scratch)> compare,
    absl::FunctionRef<absl::Status(const Input& input, const Compared& compared)> add) {
  std::vector<Input> group;
  std::vector<Compared> compared;
  std::vector<std::unique_ptr<cel::Scratch>> scratches;
  std::int64_t count = 0;
  for (bool goes_on = true; goes_on;) {
    FRONTDESK_ASSIGN_OR_RETURN(goes_on, read(&group));
    compared.resize(group.size());
    RunGroup(static_cast<int>(group.size()), options.executor, &scratches,
             [&](int index, cel::Scratch& scratch) {
               compared[index] = compare(group[index], scratch);
             });
    for (std::size_t i = 0; i < group.size(); ++i) {
      FRONTDESK_RETURN_IF_ERROR(add(group[i], compared[i]));
    }
    count += static_cast<std::int64_t>(group.size());
    if (options.progress && !options.progress(count)) break;
  }
  return absl::OkStatus();
}

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_RULES_COMPARISON_H_
