#include "frontdesk/cel/condition_index.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "absl/numeric/bits.h"
#include "cel/condition_index_data.h"
#include "cel/condition_run.h"
#include "cel/plan.h"

namespace frontdesk::cel {

using cel_internal::IndexData;
using cel_internal::IndexGroup;
using cel_internal::IndexRow;
using cel_internal::IndexSubject;
using cel_internal::ScratchAccess;

namespace cel_internal {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

// The cell of a value among constants.
template <typename T, typename V>
uint32_t FindCell(const std::vector<T>& constants, const V& value) {
  const auto place = std::lower_bound(constants.begin(), constants.end(), value);
  const auto number = static_cast<uint32_t>(place - constants.begin());
  return 2 * number + (place != constants.end() && *place == value ? 1 : 0);
}

// Reads one value; false when it errs, or cannot be read here.
template <ScalarKind kind>
bool CellOfValue(const IndexSubject& subject, ConditionFrame& frame, uint32_t* cell) {
  KindType<kind> value;
  if (!LoadAny<kind>(subject.left, frame, &value)) return false;
  if constexpr (kind == ScalarKind::kString) {
    *cell = FindCell(subject.texts, value);
  } else if constexpr (kind == ScalarKind::kTimestamp) {
    *cell = FindCell(subject.times, NumberOf(value));
  } else if constexpr (kind == ScalarKind::kDouble) {
    *cell = std::isnan(value) ? subject.nan_cell() : FindCell(subject.numbers, NumberOf(value));
  } else if constexpr (kind == ScalarKind::kUint) {
    *cell = FindCell(subject.numbers, NumberOf(value));
  } else {
    *cell = FindCell(subject.numbers, static_cast<int64_t>(value));
  }
  return true;
}

bool CellOfDifference(const IndexSubject& subject, ConditionFrame& frame, uint32_t* cell) {
  TimeParts a, b;
  int64_t nanos;
  if (!LoadAny<ScalarKind::kTimestamp>(subject.left, frame, &a) ||
      !LoadAny<ScalarKind::kTimestamp>(subject.right, frame, &b) ||
      !DurationToNanos(a.seconds - b.seconds, a.nanos - b.nanos, &nanos)) {
    return false;
  }
  *cell = FindCell(subject.numbers, nanos);
  return true;
}

bool CellOf(const IndexSubject& subject, ConditionFrame& frame, uint32_t* cell) {
  if (subject.kind == SubjectKind::kHas) {
    const Message& message = Walk<Read::kReflection>(subject.left, frame);
    *cell = FindCell(subject.numbers, int64_t{HasOperand(subject.left, message)});
    return true;
  }
  if (subject.kind == SubjectKind::kDifference) return CellOfDifference(subject, frame, cell);
  switch (subject.scalar) {
    case ScalarKind::kBool:
      return CellOfValue<ScalarKind::kBool>(subject, frame, cell);
    case ScalarKind::kInt:
      return CellOfValue<ScalarKind::kInt>(subject, frame, cell);
    case ScalarKind::kUint:
      return CellOfValue<ScalarKind::kUint>(subject, frame, cell);
    case ScalarKind::kDouble:
      return CellOfValue<ScalarKind::kDouble>(subject, frame, cell);
    case ScalarKind::kString:
      return CellOfValue<ScalarKind::kString>(subject, frame, cell);
    case ScalarKind::kTimestamp:
      return CellOfValue<ScalarKind::kTimestamp>(subject, frame, cell);
    case ScalarKind::kDuration:
      return CellOfValue<ScalarKind::kDuration>(subject, frame, cell);
    default:
      return false;
  }
}

// The bits of a row in that cell.
void SelectCell(const IndexRow& row, uint32_t cell, size_t words, uint64_t* out) {
  const auto changes = static_cast<uint32_t>(
      std::upper_bound(row.cells.begin(), row.cells.end(), cell) - row.cells.begin());
  const uint32_t block = changes / row.block;
  std::memcpy(out, row.snapshots.data() + block * words, words * sizeof(uint64_t));
  for (uint32_t i = block * row.block; i < changes; ++i) {
    out[row.bits[i] / 64] ^= uint64_t{1} << (row.bits[i] % 64);
  }
}

void AddConstant(const IndexRow& row, uint32_t constant, uint64_t* out) {
  for (uint32_t i = row.cells[constant]; i < row.cells[constant + 1]; ++i) {
    out[row.bits[i] / 64] |= uint64_t{1} << (row.bits[i] % 64);
  }
}

}  // namespace

// One question. Cells come first, one a subject; then each group is asked.
class IndexQuery {
 public:
  IndexQuery(const IndexData& data, const Message& root, uint32_t* cells)
      : data_(data), cells_(cells) {
    frame_.slots[0].message = &root;
    frame_.max_cost = frame_.max_iterations = std::numeric_limits<int64_t>::max();
  }

  // False when one subject cannot be read.
  bool ReadSubjects() {
    bool is_certain = true;
    for (size_t i = 0; i < data_.subjects.size(); ++i) {
      const IndexSubject& subject = data_.subjects[i];
      // Elements are read when they are needed.
      if (subject.kind == SubjectKind::kElements) {
        cells_[i] = 0;
      } else if (!CellOf(subject, frame_, &cells_[i])) {
        cells_[i] = kUnread;
        is_certain = false;
      }
    }
    return is_certain;
  }

  // The conditions of the group that may hold, as bits in `found`.
  void Ask(const IndexGroup& group, uint64_t* found, uint64_t* row_bits) {
    const size_t words = group.words();
    bool is_first = true;
    for (const IndexRow& row : group.rows) {
      uint64_t* const out = is_first ? found : row_bits;
      if (!Select(row, words, out)) continue;
      if (!is_first) {
        for (size_t i = 0; i < words; ++i) found[i] &= row_bits[i];
      }
      is_first = false;
    }
    if (!is_first) return;
    std::fill(found, found + words, ~uint64_t{0});
    if (group.conditions.size() % 64 != 0) {
      found[words - 1] = (uint64_t{1} << (group.conditions.size() % 64)) - 1;
    }
  }

  bool is_certain() const { return is_certain_; }

 private:
  static constexpr uint32_t kUnread = ~uint32_t{0};

  // False when nothing is known of the subject.
  bool Select(const IndexRow& row, size_t words, uint64_t* out) {
    const auto number = static_cast<size_t>(row.subject);
    const IndexSubject& subject = data_.subjects[number];
    if (subject.kind == SubjectKind::kElements) return SelectElements(row, subject, words, out);
    if (cells_[number] == kUnread) return false;
    SelectCell(row, cells_[number], words, out);
    return true;
  }

  bool SelectElements(const IndexRow& row, const IndexSubject& subject, size_t words,
                      uint64_t* out) {
    std::memcpy(out, row.snapshots.data(), words * sizeof(uint64_t));
    const Message& message = Walk<Read::kReflection>(subject.left, frame_);
    const int size = SizeOfOperand(subject.left, message);
    for (int i = 0; i < size; ++i) {
      Slot slot;
      if (!LoadElementOf(subject.scalar, subject.left, message, i, &slot)) {
        is_certain_ = false;
        return false;
      }
      if (subject.scalar == ScalarKind::kString) {
        const auto found = subject.text_numbers.find(slot.text);
        if (found != subject.text_numbers.end()) AddConstant(row, found->second, out);
      } else {
        const auto found = subject.number_numbers.find(slot.integer);
        if (found != subject.number_numbers.end()) AddConstant(row, found->second, out);
      }
    }
    return true;
  }

  const IndexData& data_;
  uint32_t* const cells_;
  ConditionFrame frame_;
  bool is_certain_ = true;
};

}  // namespace cel_internal

namespace {

// Appends the numbers of the bits.
template <typename Add>
void ForEachBit(const uint64_t* words, size_t count, Add add) {
  for (size_t i = 0; i < count; ++i) {
    for (uint64_t word = words[i]; word != 0; word &= word - 1) {
      add(i * 64 + static_cast<size_t>(absl::countr_zero(word)));
    }
  }
}

}  // namespace

ConditionIndex::ConditionIndex(absl::Span<const absl::Span<const Program>> conditions)
    : data_(cel_internal::BuildIndex(conditions)) {}
ConditionIndex::~ConditionIndex() = default;

bool ConditionIndex::Knows(int32_t condition, int32_t conjunct) const {
  return data_->is_known[data_->first_conjunct[static_cast<size_t>(condition)] +
                         static_cast<size_t>(conjunct)];
}

ConditionIndex::Answer ConditionIndex::Find(const google::protobuf::Message& root, Scratch& scratch,
                                            std::vector<int32_t>* candidates) const {
  const IndexData& data = *data_;
  candidates->clear();
  Budget& budget = ScratchAccess::budget(scratch);
  const auto cost = static_cast<int64_t>(data.subjects.size() + data.work_words);
  // Where the budget ends the programs say so.
  if (!cel_internal::IsPlannedRoot(data.root_type, data.root_reflection, root) ||
      budget.left < cost) {
    for (int32_t i = 0; i < data.condition_count; ++i) candidates->push_back(i);
    return Answer::kUncertain;
  }
  budget.left -= cost;
  // Cells of subjects, two rows of a group, and the bits of all conditions.
  const size_t cell_words = (data.subjects.size() + 1) / 2;
  const size_t all_words = (static_cast<size_t>(data.condition_count) + 63) / 64;
  std::vector<uint64_t>& memory = ScratchAccess::words(scratch);
  memory.resize(std::max(memory.size(), cell_words + 2 * data.max_words + all_words));
  uint64_t* const found = memory.data() + cell_words;
  uint64_t* const all = found + 2 * data.max_words;
  cel_internal::IndexQuery query(data, root, reinterpret_cast<uint32_t*>(memory.data()));
  bool is_certain = query.ReadSubjects();
  if (data.groups.size() == 1) {
    const IndexGroup& group = data.groups[0];
    query.Ask(group, found, found + data.max_words);
    ForEachBit(found, group.words(),
               [&](size_t bit) { candidates->push_back(group.conditions[bit]); });
  } else {
    std::fill(all, all + all_words, 0);
    for (const IndexGroup& group : data.groups) {
      query.Ask(group, found, found + data.max_words);
      ForEachBit(found, group.words(), [&](size_t bit) {
        const auto condition = static_cast<size_t>(group.conditions[bit]);
        all[condition / 64] |= uint64_t{1} << (condition % 64);
      });
    }
    ForEachBit(all, all_words,
               [&](size_t bit) { candidates->push_back(static_cast<int32_t>(bit)); });
  }
  is_certain = is_certain && query.is_certain();
  return is_certain ? Answer::kCertain : Answer::kUncertain;
}

size_t ConditionIndex::subject_count() const { return data_->subjects.size(); }

size_t ConditionIndex::memory_bytes() const {
  const auto bytes_of = [](const auto& values) {
    return values.capacity() * sizeof(*values.data());
  };
  size_t bytes = sizeof(IndexData) + bytes_of(data_->first_conjunct) + data_->is_known.size() / 8;
  for (const IndexSubject& subject : data_->subjects) {
    bytes += sizeof subject + bytes_of(subject.numbers) + bytes_of(subject.times);
    for (const std::string& text : subject.texts) bytes += sizeof text + text.capacity();
  }
  for (const IndexGroup& group : data_->groups) {
    bytes += sizeof group + bytes_of(group.conditions);
    for (const IndexRow& row : group.rows) {
      bytes += sizeof row + bytes_of(row.cells) + bytes_of(row.bits) + bytes_of(row.snapshots);
    }
  }
  return bytes;
}

}  // namespace frontdesk::cel
