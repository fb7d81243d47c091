// The inside of a ConditionIndex. Private to cel/.
//
// The constants that a subject is compared with, in order, cut its values into cells. Cell 0 has the values below the first constant, cell 1 is
// that constant, cell 2 has the values up to the second one, and so on. The last cell is NaN. A condition holds in some of the cells. A
// row has the places where that changes, for the conditions of a group, in the order of cells. It also has snapshots of the bits between
// blocks of changes. So its size is that of its changes, however many constants there are.
#ifndef FRONTDESK_CEL_CONDITION_INDEX_DATA_H_
#define FRONTDESK_CEL_CONDITION_INDEX_DATA_H_

#include <cstdint>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "cel/condition.h"
#include "cel/condition_tests.h"
#include "frontdesk/cel/environment.h"

namespace frontdesk::cel::cel_internal {

struct IndexSubject {
  SubjectKind kind = SubjectKind::kValue;
  ScalarKind scalar = ScalarKind::kNone;  // Of the value, or of an element.
  Operand left, right;
  // The constants, ascending; one of them is in use.
  std::vector<int64_t> numbers;
  std::vector<__int128> times;
  std::vector<std::string> texts;
  // Of kElements: the number of a constant.
  absl::flat_hash_map<absl::string_view, uint32_t> text_numbers;
  absl::flat_hash_map<int64_t, uint32_t> number_numbers;

  size_t constant_count() const { return numbers.size() + times.size() + texts.size(); }
  uint32_t nan_cell() const { return static_cast<uint32_t>(2 * constant_count() + 1); }
};

// The conditions of a group by the cell of one subject.
struct IndexRow {
  int32_t subject = 0;
  // The changes, in order of their cells: the cell from which the bit is another one.
  std::vector<uint32_t> cells;
  std::vector<uint32_t> bits;
  // The bits before each `block`th change, `words` of them each. The first are those before the first cell.
  std::vector<uint64_t> snapshots;
  uint32_t block = 1;
  // Of kElements: the bits that need each constant, from `cells[constant]` to before `cells[constant + 1]`, besides those of the only snapshot.
};

// Conditions that test the same subjects, or, in the last group, any.
struct IndexGroup {
  std::vector<int32_t> conditions;  // Ascending.
  std::vector<IndexRow> rows;
  size_t words() const { return (conditions.size() + 63) / 64; }
};

struct IndexData {
  int32_t condition_count = 0;
  // Whether a conjunct is known, by its number among all; the first of each condition.
  std::vector<bool> is_known;
  std::vector<uint32_t> first_conjunct;

  std::shared_ptr<const Environment> environment;
  const std::type_info* root_type = nullptr;
  const google::protobuf::Reflection* root_reflection = nullptr;
  Arena memory;  // The hops of operands.
  std::vector<IndexSubject> subjects;
  std::vector<IndexGroup> groups;
  size_t max_words = 0;   // Of a group.
  size_t work_words = 0;  // Of all rows.
};

// Groups smaller than this are one.
inline constexpr size_t kMinGroup = 64;

std::unique_ptr<const IndexData> BuildIndex(absl::Span<const absl::Span<const Program>> conditions);

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_CONDITION_INDEX_DATA_H_
