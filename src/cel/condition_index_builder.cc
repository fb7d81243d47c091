// Building a ConditionIndex: its subjects with their constants, then the groups of conditions with their rows.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "cel/condition_index_data.h"
#include "cel/plan.h"
#include "cel/program_access.h"

namespace frontdesk::cel::cel_internal {
namespace {

using Side = TestBound::Side;

// A half-open range of cells.
using CellRange = std::pair<uint32_t, uint32_t>;
using CellRanges = std::vector<CellRange>;

struct KnownTest {
  int32_t condition;
  int32_t subject;
  ConjunctTest test;
};

// A name for the subject of a test, the same for equal ones.
std::string SubjectName(const ConjunctTest& test) {
  std::string name(1, static_cast<char>('0' + static_cast<int>(test.kind)));
  for (const OperandSpec* operand : {&test.left, &test.right}) {
    name += '/';
    if (operand->path == nullptr) continue;
    for (int32_t i = 0; i < operand->path->count; ++i) {
      const void* const field = operand->path->steps[i].field;
      name.append(reinterpret_cast<const char*>(&field), sizeof field);
    }
  }
  return name;
}

CellRanges Complement(const CellRanges& ranges, uint32_t end) {
  CellRanges rest;
  uint32_t from = 0;
  for (const auto& [begin, until] : ranges) {
    if (begin > from) rest.emplace_back(from, begin);
    from = until;
  }
  if (from < end) rest.emplace_back(from, end);
  return rest;
}

CellRanges Intersect(const CellRanges& a, const CellRanges& b) {
  CellRanges both;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const uint32_t from = std::max(a[i].first, b[j].first);
    const uint32_t until = std::min(a[i].second, b[j].second);
    if (from < until) both.emplace_back(from, until);
    a[i].second < b[j].second ? ++i : ++j;
  }
  return both;
}

CellRanges Joined(CellRanges ranges) {
  std::sort(ranges.begin(), ranges.end());
  CellRanges joined;
  for (const CellRange& range : ranges) {
    if (range.first >= range.second) continue;
    if (!joined.empty() && range.first <= joined.back().second) {
      joined.back().second = std::max(joined.back().second, range.second);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

class IndexBuilder {
 public:
  explicit IndexBuilder(absl::Span<const absl::Span<const Program>> conditions)
      : conditions_(conditions), data_(std::make_unique<IndexData>()) {}

  std::unique_ptr<const IndexData> Build() {
    data_->condition_count = static_cast<int32_t>(conditions_.size());
    for (size_t i = 0; i < conditions_.size(); ++i) Recognize(static_cast<int32_t>(i));
    data_->first_conjunct.push_back(static_cast<uint32_t>(data_->is_known.size()));
    CollectKeys();
    for (size_t i = 0; i < data_->subjects.size(); ++i) KeepConstants(i);
    MakeGroups();
    return std::move(data_);
  }

 private:
  void Recognize(int32_t condition) {
    data_->first_conjunct.push_back(static_cast<uint32_t>(data_->is_known.size()));
    std::set<int32_t> lists;
    for (const Program& conjunct : conditions_[static_cast<size_t>(condition)]) {
      data_->is_known.push_back(Recognize(condition, conjunct, &lists));
    }
  }

  bool Recognize(int32_t condition, const Program& conjunct, std::set<int32_t>* lists) {
    const Unit& unit = ProgramAccess::UnitOf(conjunct);
    if (unit.root_type == nullptr && unit.root_reflection == nullptr) return false;
    if (data_->environment == nullptr) {
      environment_ = unit.data;
      data_->environment = unit.environment;
      data_->root_type = unit.root_type;
      data_->root_reflection = unit.root_reflection;
    }
    if (data_->environment != unit.environment) return false;
    absl::optional<ConjunctTest> test = TestOf(ProgramAccess::NodeOf(conjunct));
    // Elements that may not be there are left to the program.
    if (!test.has_value() || (test->kind == SubjectKind::kElements && test->negated)) return false;
    const int32_t subject = SubjectOf(*test);
    if (subject < 0) return false;
    // One constant of a list is known, others are left to the program.
    if (test->kind == SubjectKind::kElements && !lists->insert(subject).second) return false;
    tests_.push_back({condition, subject, *std::move(test)});
    return true;
  }

  // -1: it cannot be read.
  int32_t SubjectOf(const ConjunctTest& test) {
    const auto [entry, is_new] = subject_numbers_.try_emplace(
        SubjectName(test), static_cast<int32_t>(data_->subjects.size()));
    if (!is_new) return entry->second;
    IndexSubject subject;
    subject.kind = test.kind;
    subject.scalar = test.left.kind;
    const MessageSource* const source = &environment_->source;
    const bool is_read = LinkRootOperand(test.left, source, &data_->memory, &subject.left) &&
                         (test.kind != SubjectKind::kDifference ||
                          LinkRootOperand(test.right, source, &data_->memory, &subject.right));
    if (!is_read) return entry->second = -1;
    data_->subjects.push_back(std::move(subject));
    return entry->second;
  }

  void CollectKeys() {
    keys_.resize(data_->subjects.size());
    for (const KnownTest& known : tests_) {
      for (const TestInterval& interval : known.test.intervals) {
        for (const TestBound* bound : {&interval.from, &interval.to}) {
          if (bound->side == Side::kBefore || bound->side == Side::kAfter) {
            keys_[static_cast<size_t>(known.subject)].insert(bound->key);
          }
        }
      }
    }
  }

  void KeepConstants(size_t number) {
    IndexSubject& subject = data_->subjects[number];
    const bool is_time =
        subject.kind == SubjectKind::kValue && subject.scalar == ScalarKind::kTimestamp;
    const bool is_text = subject.kind != SubjectKind::kHas && subject.scalar == ScalarKind::kString;
    for (const TestKey& key : keys_[number]) {
      if (is_time) {
        subject.times.push_back(key.number);
      } else if (is_text) {
        subject.texts.push_back(key.text);
      } else {
        subject.numbers.push_back(static_cast<int64_t>(key.number));
      }
    }
    if (subject.kind != SubjectKind::kElements) return;
    for (size_t i = 0; i < subject.texts.size(); ++i) {
      subject.text_numbers.emplace(subject.texts[i], static_cast<uint32_t>(i));
    }
    for (size_t i = 0; i < subject.numbers.size(); ++i) {
      subject.number_numbers.emplace(subject.numbers[i], static_cast<uint32_t>(i));
    }
  }

  uint32_t ConstantOf(const IndexSubject& subject, const TestKey& key) const {
    const auto place = [](const auto& all, const auto& one) {
      return static_cast<uint32_t>(std::lower_bound(all.begin(), all.end(), one) - all.begin());
    };
    if (!subject.times.empty()) return place(subject.times, key.number);
    if (!subject.texts.empty()) return place(subject.texts, key.text);
    return place(subject.numbers, static_cast<int64_t>(key.number));
  }

  uint32_t CellOf(const IndexSubject& subject, const TestBound& bound) const {
    switch (bound.side) {
      case Side::kLowest:
        return 0;
      case Side::kHighest:
        return subject.nan_cell();
      case Side::kBefore:
        return 2 * ConstantOf(subject, bound.key) + 1;
      default:
        return 2 * ConstantOf(subject, bound.key) + 2;
    }
  }

  CellRanges CellsOf(const KnownTest& known) const {
    const IndexSubject& subject = data_->subjects[static_cast<size_t>(known.subject)];
    CellRanges ranges;
    for (const TestInterval& interval : known.test.intervals) {
      ranges.emplace_back(CellOf(subject, interval.from), CellOf(subject, interval.to));
    }
    ranges = Joined(std::move(ranges));
    return known.test.negated ? Complement(ranges, subject.nan_cell() + 1) : ranges;
  }

  void MakeGroups() {
    // The subjects of each condition; tests_ is in the order of conditions.
    std::vector<std::vector<const KnownTest*>> by_condition(conditions_.size());
    for (const KnownTest& known : tests_) {
      by_condition[static_cast<size_t>(known.condition)].push_back(&known);
    }
    std::map<std::vector<int32_t>, std::vector<int32_t>> sets;
    for (size_t i = 0; i < by_condition.size(); ++i) {
      std::set<int32_t> subjects;
      for (const KnownTest* known : by_condition[i]) subjects.insert(known->subject);
      sets[{subjects.begin(), subjects.end()}].push_back(static_cast<int32_t>(i));
    }
    std::vector<int32_t> rest;
    std::set<int32_t> rest_subjects;
    for (auto& [subjects, conditions] : sets) {
      if (conditions.size() >= kMinGroup) {
        MakeGroup(subjects, std::move(conditions), by_condition);
        continue;
      }
      rest.insert(rest.end(), conditions.begin(), conditions.end());
      rest_subjects.insert(subjects.begin(), subjects.end());
    }
    if (rest.empty()) return;
    std::sort(rest.begin(), rest.end());
    MakeGroup({rest_subjects.begin(), rest_subjects.end()}, std::move(rest), by_condition);
  }

  void MakeGroup(const std::vector<int32_t>& subjects, std::vector<int32_t> conditions,
                 const std::vector<std::vector<const KnownTest*>>& by_condition) {
    IndexGroup group;
    group.conditions = std::move(conditions);
    for (const int32_t subject : subjects) {
      group.rows.push_back(data_->subjects[static_cast<size_t>(subject)].kind ==
                                   SubjectKind::kElements
                               ? MakeElementsRow(subject, group, by_condition)
                               : MakeRow(subject, group, by_condition));
    }
    data_->max_words = std::max(data_->max_words, group.words());
    data_->work_words += group.words() * (1 + group.rows.size());
    data_->groups.push_back(std::move(group));
  }

  static void SetBit(std::vector<uint64_t>& words, size_t bit) {
    words[bit / 64] |= uint64_t{1} << (bit % 64);
  }

  IndexRow MakeRow(int32_t subject, const IndexGroup& group,
                   const std::vector<std::vector<const KnownTest*>>& by_condition) const {
    const uint32_t end = data_->subjects[static_cast<size_t>(subject)].nan_cell() + 1;
    std::vector<uint64_t> bits(group.words());
    std::vector<std::pair<uint32_t, uint32_t>> changes;
    for (size_t bit = 0; bit < group.conditions.size(); ++bit) {
      CellRanges ranges = {{0, end}};
      bool is_tested = false;
      for (const KnownTest* known : by_condition[static_cast<size_t>(group.conditions[bit])]) {
        if (known->subject != subject) continue;
        is_tested = true;
        ranges = Intersect(ranges, CellsOf(*known));
      }
      if (!is_tested) SetBit(bits, bit);
      for (const auto& [from, until] : is_tested ? ranges : CellRanges()) {
        changes.emplace_back(from, static_cast<uint32_t>(bit));
        if (until < end) changes.emplace_back(until, static_cast<uint32_t>(bit));
      }
    }
    std::sort(changes.begin(), changes.end());
    IndexRow row;
    row.subject = subject;
    // A snapshot costs as much to copy as its changes cost to follow.
    row.block = static_cast<uint32_t>(std::max<size_t>(64, group.words()));
    for (size_t i = 0; i < changes.size(); ++i) {
      if (i % row.block == 0) row.snapshots.insert(row.snapshots.end(), bits.begin(), bits.end());
      row.cells.push_back(changes[i].first);
      row.bits.push_back(changes[i].second);
      bits[changes[i].second / 64] ^= uint64_t{1} << (changes[i].second % 64);
    }
    // The last one may be behind all changes.
    if (changes.size() % row.block == 0) {
      row.snapshots.insert(row.snapshots.end(), bits.begin(), bits.end());
    }
    return row;
  }

  IndexRow MakeElementsRow(int32_t subject, const IndexGroup& group,
                           const std::vector<std::vector<const KnownTest*>>& by_condition) const {
    const IndexSubject& list = data_->subjects[static_cast<size_t>(subject)];
    std::vector<std::vector<uint32_t>> needing(list.constant_count());
    IndexRow row;
    row.subject = subject;
    row.snapshots.resize(group.words());
    for (size_t bit = 0; bit < group.conditions.size(); ++bit) {
      const KnownTest* need = nullptr;
      for (const KnownTest* known : by_condition[static_cast<size_t>(group.conditions[bit])]) {
        if (known->subject == subject) need = known;
      }
      if (need == nullptr) {
        SetBit(row.snapshots, bit);
      } else {
        const TestKey& key = need->test.intervals.front().from.key;
        needing[ConstantOf(list, key)].push_back(static_cast<uint32_t>(bit));
      }
    }
    for (const std::vector<uint32_t>& bits : needing) {
      row.cells.push_back(static_cast<uint32_t>(row.bits.size()));
      row.bits.insert(row.bits.end(), bits.begin(), bits.end());
    }
    row.cells.push_back(static_cast<uint32_t>(row.bits.size()));
    return row;
  }

  const absl::Span<const absl::Span<const Program>> conditions_;
  std::unique_ptr<IndexData> data_;
  const EnvironmentData* environment_ = nullptr;  // Of the index, once there is one.
  absl::flat_hash_map<std::string, int32_t> subject_numbers_;
  std::vector<KnownTest> tests_;
  std::vector<std::set<TestKey>> keys_;  // By subject.
};

}  // namespace

std::unique_ptr<const IndexData> BuildIndex(
    absl::Span<const absl::Span<const Program>> conditions) {
  return IndexBuilder(conditions).Build();
}

}  // namespace frontdesk::cel::cel_internal
