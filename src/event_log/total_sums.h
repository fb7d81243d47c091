// Sums over the rows of a list of counted commands (total_rows.h), by which a total costs as much over many commands as over few. Private.
//
// They are the nodes of a tree over the list, in the order of its positions. A sum of level 1 is over 16 rows, one of level k over 16 sums
// of level k - 1, from the first row on. Rows are added only at the end of a list, so that a sum never changes, and follows from the rows
// alone: whoever writes it writes the same bytes. Those who read a total write the sums that they missed, those of every level that are
// complete by then. So 15 sums of a level at most are in none of the next one.
//
// These are the open sums of the list. They are in one row too, without their parts, so that a reader finds them in one read. The row also
// has the sum of those of each level and below, which are mostly in the window as a whole. Behind the last row of the last one, rows are in
// no sum. This row changes with each commit that writes sums. Such a commit expects the row that its reader found, and that nothing was
// added to the list. So the row is at any moment what the sums that are there make:
//   - Two that found the same row and made the same sums: the second one conflicts, and reads again.
//   - One that was decided on sums of another batch of its group, which is not committed: it conflicts, because the row is not the one it found.
//   - Rows of batches that are not committed are in no sum, and hence in none of the open ones.
// A list without the row has no sums for its readers. Their totals are right, and the first of them that commits makes the sums again.
#ifndef FRONTDESK_SRC_EVENT_LOG_TOTAL_SUMS_H_
#define FRONTDESK_SRC_EVENT_LOG_TOTAL_SUMS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "event_log/total_rows.h"
#include "frontdesk/store/store.h"

namespace frontdesk {
namespace event_log {

// The rows, or sums of the level below, of a sum. A sum holds a copy of each, so that a window that begins in it costs few reads.
inline constexpr std::size_t kSumSize = 16;
// Sums of higher levels are not made: they would be over more rows than a list has.
inline constexpr int kMaxSumLevel = 8;
// The most sums of level 1 that one commit writes. A list that is longer is summed up by several.
inline constexpr std::size_t kMaxNewSums = 512;

// The key of the sum of that level whose last row is at that position.
std::string SumKey(absl::string_view list, int level, std::int64_t last);
// The first bytes of the keys of a level.
std::string SumLevel(absl::string_view list, int level);
// The key of the open sums: before the sums of level 1.
std::string OpenSumsKey(absl::string_view list);

// A sum. A plain struct.
struct Sum {
  // The positions of its first and last row.
  std::int64_t first = 0;
  std::int64_t last = 0;
  // The earliest and the latest instant of its rows.
  absl::Time earliest = absl::InfiniteFuture();
  absl::Time latest = absl::InfinitePast();
  Counted counted;
  // The parts of the sum, as EncodeSum() adds them: its rows, or the sums of the level below without their parts.
  std::string parts;

  // Adds the row, whose value `bytes` is, or the sum that follows on it.
  void Add(std::int64_t position, const CountedRow& row, absl::string_view bytes);
  void Add(const Sum& next);
  // Adds the one that follows on it, but not as a part.
  void Join(const Sum& next);
};
std::string EncodeSum(const Sum& sum);

// A sum as it is in a row, without its counts. A plain struct.
struct KeptSum {
  std::int64_t first = 0;
  absl::Time earliest;
  absl::Time latest;
  // The counts, as AddCounts() reads them.
  absl::string_view counts;
  // The parts, as ReadPart() reads them.
  absl::string_view parts;
};
// Nothing for other bytes. The result refers to them.
absl::optional<KeptSum> DecodeSum(absl::string_view bytes);
// A part of a sum: a row, or a sum of the level below without its parts. A plain struct.
struct SumPart {
  // The position of the row, or of the last one of the sum.
  std::int64_t last = 0;
  absl::string_view bytes;
};
// Takes one from the beginning of the parts: false when they begin with none.
bool ReadPart(absl::string_view* parts, SumPart* part);
// Adds the counts of a kept sum: false when they are none.
bool AddCounts(absl::string_view counts, Counted* counted);
// Both. Nothing for other bytes.
absl::optional<Sum> DecodeWholeSum(std::int64_t last, absl::string_view bytes);

// By level: sums that are in none of the next level.
using OpenSums = std::array<std::vector<Sum>, kMaxSumLevel + 1>;
// The row of the open sums: from the highest level on, which is their order in the list.
std::string EncodeOpenSums(const OpenSums& open);
// An open sum, as a part of a sum is, or all those of a level and below. A plain struct.
struct OpenSum {
  int level = 0;
  // They follow one by one.
  bool is_all = false;
  SumPart sum;
};
// Takes one from the beginning of the bytes: false when they begin with none.
bool ReadOpenSum(absl::string_view* bytes, OpenSum* open);

// Makes sums from the rows and sums that are in none, in order. Thread-compatible.
class SumMaker {
 public:
  explicit SumMaker(absl::string_view list) : list_(list) {}

  // An open sum, of which no parts are needed: before any row, in the order of each level.
  void AddKept(int level, Sum sum) { waiting_[level].push_back(std::move(sum)); }
  // The next row. Nothing once kMaxNewSums were made.
  void AddRow(std::int64_t position, const CountedRow& row, absl::string_view bytes);

  // The new sums, as writes, and the open ones by then.
  std::vector<store::Write> Take();

 private:
  void AddSum(int level, Sum sum);

  const absl::string_view list_;
  // The rows of the sum of level 1 that is not complete, and how many these are.
  Sum begun_;
  std::size_t rows_ = 0;
  OpenSums waiting_;
  std::size_t made_ = 0;
  std::vector<store::Write> writes_;
};

// Whether every sum is what the rows say. Costs O(rows).
absl::StatusOr<bool> AreSumsSound(const store::Snapshot& rows);

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_TOTAL_SUMS_H_
