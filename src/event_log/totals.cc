// Reading totals.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/optional.h"
#include "event_log/read_rows.h"
#include "event_log/rows.h"
#include "event_log/total_rows.h"
#include "event_log/total_sums.h"
#include "frontdesk/event_log/event_log.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {
namespace {

// How many rows are read at a time.
constexpr std::size_t kTotalPiece = 1'000;
// The newest rows of a list: mostly not more are in no sum.
constexpr std::size_t kNewestRows = 2 * kSumSize;
// How many sums are looked into at a time.
constexpr std::size_t kSumsAtOnce = 64;

// The bytes of a position.
constexpr std::size_t kKeyEnd = 8;
constexpr std::int64_t kNoEnd = std::numeric_limits<std::int64_t>::max();

// Reads one list, as it was before a position. Level 0 are its rows.
class ListReader {
 public:
  ListReader(const store::Snapshot& rows, std::string list, absl::Time from, std::int64_t before,
             std::int64_t committed)
      : rows_(rows), list_(std::move(list)), from_(from), before_(before), committed_(committed) {}

  // `is_remote`: in as few exchanges as possible.
  absl::Status Read(bool is_remote) {
    FRONTDESK_RETURN_IF_ERROR(is_remote ? ReadNewestAtOnce() : ReadNewest());
    std::int64_t covered = 0;
    for (int level = kMaxSumLevel; level > 0; --level) {
      FRONTDESK_RETURN_IF_ERROR(ForEachBehind(level, covered, [this, level](store::Row& row) {
        open_[level].push_back(std::move(row));
        return AddSum(level, open_[level].back().value);
      }));
      if (!open_[level].empty()) {
        FRONTDESK_ASSIGN_OR_RETURN(covered, PositionOf(open_[level].back()));
      }
    }
    last_row_ = covered;
    FRONTDESK_RETURN_IF_ERROR(
        ForEachBehind(0, covered, [this](store::Row& row) { return AddNewRow(row); }));
    return LookInto();
  }

  const Counted& counted() const { return counted_; }

  // The things that a commit expects, and the sums that were missed. Nothing may be read behind that.
  ReadTotal Take() {
    ReadTotal read;
    read.end.range = store::RangeOf(kTotals, list_);
    if (last_row_ > 0) {
      read.end.range.begin = TotalRowKey(list_, last_row_);
      read.end.keys.push_back(read.end.range.begin);
    }
    for (const store::Expectation& row : pending_) read.end.keys.push_back(row.key.bytes);
    read.rows = std::move(pending_);
    if (maker_.has_value()) {
      read.sums = maker_->Take();
      // A sum that is there may be one of another batch that is not committed.
      const std::vector<store::Row>& last = open_[1].empty() ? newest_[1] : open_[1];
      if (!last.empty()) read.rows.push_back({{kTotalSums, last.back().key}, last.back().value});
    }
    read.list = std::move(list_);
    return read;
  }

 private:
  // A sum of which only some rows count, and its bytes.
  struct Partial {
    int level;
    store::Value bytes;
  };

  std::string PrefixOf(int level) const { return level == 0 ? list_ : SumLevel(list_, level); }

  store::Range RangeOf(int level) const {
    const std::string prefix = PrefixOf(level);
    store::Range range = store::RangeOf(level == 0 ? kTotals : kTotalSums, prefix);
    if (before_ < kNoEnd) range.end = TotalRowKey(prefix, before_);
    return range;
  }

  // The position at the end of a key, which begins with the prefix of its level: a range has no others.
  static absl::StatusOr<std::int64_t> PositionOf(const store::Row& row) {
    const absl::string_view key = row.key;
    const absl::optional<std::int64_t> position =
        key.size() < kKeyEnd ? absl::nullopt
                             : store::DecodePosition(key.substr(key.size() - kKeyEnd));
    if (!position.has_value()) return CorruptError("the key of a counted command has no position");
    return *position;
  }

  void PutNewest(int level, std::size_t most, std::vector<store::Row> rows) {
    has_older_[level] = rows.size() == most;
    std::reverse(rows.begin(), rows.end());
    newest_[level] = std::move(rows);
  }

  // The newest sums of each level, of which as many are in no other sum at most. The rows are read when it is known which ones.
  absl::Status ReadNewest() {
    has_older_[0] = true;
    for (int level = 1; level <= kMaxSumLevel; ++level) {
      FRONTDESK_ASSIGN_OR_RETURN(std::vector<store::Row> found,
                                 ScanRows(rows_, RangeOf(level), kSumSize, /*descending=*/true));
      PutNewest(level, kSumSize, std::move(found));
      // Nothing is summed up by a higher one.
      if (!has_older_[level]) break;
    }
    return absl::OkStatus();
  }

  absl::Status ReadNewestAtOnce() {
    std::vector<store::ScanRequest> requests;
    for (int level = 0; level <= kMaxSumLevel; ++level) {
      requests.push_back(
          {RangeOf(level), level == 0 ? kNewestRows : kSumSize, /*descending=*/true});
    }
    absl::StatusOr<std::vector<std::vector<store::Row>>> found = rows_.ScanAll(requests);
    if (!found.ok()) return ReadError(found.status());
    for (int level = 0; level <= kMaxSumLevel; ++level) {
      PutNewest(level, requests[level].most, std::move((*found)[level]));
    }
    return absl::OkStatus();
  }

  // Visits what is behind a position, in order.
  absl::Status ForEachBehind(int level, std::int64_t position,
                             absl::FunctionRef<absl::Status(store::Row&)> visit) {
    store::Range range = RangeOf(level);
    if (position > 0) range.begin = TotalRowKey(PrefixOf(level), position + 1);
    std::vector<store::Row>& newest = newest_[level];
    auto next = std::lower_bound(
        newest.begin(), newest.end(), range.begin,
        [](const store::Row& row, const std::string& key) { return row.key < key; });
    if (next == newest.begin() && has_older_[level]) {
      if (!newest.empty()) range.end = newest.front().key;
      for (bool is_last = false; !is_last;) {
        FRONTDESK_ASSIGN_OR_RETURN(std::vector<store::Row> found,
                                   ScanRows(rows_, range, kTotalPiece));
        is_last = found.size() < kTotalPiece;
        if (!is_last) range.begin = found.back().key + '\0';
        for (store::Row& row : found) FRONTDESK_RETURN_IF_ERROR(visit(row));
      }
    }
    for (; next != newest.end(); ++next) FRONTDESK_RETURN_IF_ERROR(visit(*next));
    return absl::OkStatus();
  }

  static absl::Status SumError() { return CorruptError("a sum of counted commands is not valid"); }

  absl::Status AddSum(int level, const store::Value& bytes) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool is_partial, AddIfWhole(*bytes));
    if (is_partial) partial_.push_back({level, bytes});
    return absl::OkStatus();
  }

  // Adds a sum of which all rows count, or none. Returns whether only some do.
  absl::StatusOr<bool> AddIfWhole(absl::string_view bytes) {
    const absl::optional<KeptSum> sum = DecodeSum(bytes);
    if (!sum.has_value()) return SumError();
    if (sum->latest < from_) return false;
    if (sum->earliest < from_) return true;
    if (!AddCounts(sum->counts, &counted_)) return SumError();
    return false;
  }

  absl::StatusOr<CountedRow> AddRow(absl::string_view bytes) {
    const absl::optional<CountedRow> counted = DecodeCountedRow(bytes);
    if (!counted.has_value()) return CorruptError("a counted command is not valid");
    if (counted->time >= from_) counted_.Add(*counted);
    return *counted;
  }

  // Of a row that is in no sum.
  absl::Status AddNewRow(store::Row& row) {
    FRONTDESK_ASSIGN_OR_RETURN(const CountedRow counted, AddRow(*row.value));
    FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t position, PositionOf(row));
    if (position > committed_) {
      pending_.push_back({{kTotals, std::move(row.key)}, std::move(row.value)});
      return absl::OkStatus();
    }
    last_row_ = position;
    if (before_ < kNoEnd) return absl::OkStatus();
    if (maker_.has_value()) {
      maker_->AddRow(position, counted, *row.value);
      return absl::OkStatus();
    }
    waiting_.push_back({position, std::move(row.value)});
    return waiting_.size() < kSumSize ? absl::OkStatus() : BeginSums();
  }

  // As many rows as a sum has are in none.
  absl::Status BeginSums() {
    maker_.emplace(list_);
    for (int level = kMaxSumLevel; level > 0; --level) {
      for (const store::Row& row : open_[level]) {
        FRONTDESK_ASSIGN_OR_RETURN(const std::int64_t last, PositionOf(row));
        absl::optional<Sum> sum = DecodeWholeSum(last, *row.value);
        if (!sum.has_value()) return SumError();
        maker_->AddKept(level, *std::move(sum));
      }
    }
    for (const auto& [position, value] : waiting_) {
      maker_->AddRow(position, *DecodeCountedRow(*value), *value);
    }
    return absl::OkStatus();
  }

  // Adds the rows that count of the sums of which not all do.
  absl::Status LookInto() {
    while (!partial_.empty()) {
      const std::size_t count = std::min(partial_.size(), kSumsAtOnce);
      const std::vector<Partial> sums(partial_.end() - static_cast<std::ptrdiff_t>(count),
                                      partial_.end());
      partial_.resize(partial_.size() - count);
      // Of the level below, which only some rows of count in turn.
      std::vector<int> levels;
      std::vector<store::ScanRequest> requests;
      for (const Partial& sum : sums) {
        absl::string_view parts = DecodeSum(*sum.bytes)->parts;
        for (SumPart part; !parts.empty();) {
          if (!ReadPart(&parts, &part)) return SumError();
          if (sum.level == 1) {
            FRONTDESK_RETURN_IF_ERROR(AddRow(part.bytes).status());
            continue;
          }
          FRONTDESK_ASSIGN_OR_RETURN(const bool is_partial, AddIfWhole(part.bytes));
          if (!is_partial) continue;
          levels.push_back(sum.level - 1);
          requests.push_back(
              store::RequestOf({kTotalSums, SumKey(list_, sum.level - 1, part.last)}));
        }
      }
      if (requests.empty()) continue;
      absl::StatusOr<std::vector<std::vector<store::Row>>> found = rows_.ScanAll(requests);
      if (!found.ok()) return ReadError(found.status());
      for (std::size_t i = 0; i < requests.size(); ++i) {
        if ((*found)[i].empty()) return SumError();
        FRONTDESK_RETURN_IF_ERROR(AddSum(levels[i], (*found)[i].front().value));
      }
    }
    return absl::OkStatus();
  }

  const store::Snapshot& rows_;
  std::string list_;
  const absl::Time from_;
  const std::int64_t before_;
  // Rows behind it are not committed.
  const std::int64_t committed_;
  // By level: the newest ones, ascending, and whether there may be older ones.
  std::vector<store::Row> newest_[kMaxSumLevel + 1];
  bool has_older_[kMaxSumLevel + 1] = {};
  // By level: the sums that are in no other.
  std::vector<store::Row> open_[kMaxSumLevel + 1];
  std::vector<Partial> partial_;
  Counted counted_;
  // The position of the last committed row; 0: there is none.
  std::int64_t last_row_ = 0;
  std::vector<store::Expectation> pending_;
  // Rows that are in no sum, fewer than a sum has; then the sums that are made.
  std::vector<std::pair<std::int64_t, store::Value>> waiting_;
  absl::optional<SumMaker> maker_;
};

}  // namespace

absl::StatusOr<SummedTotal> View::SumTotal(const TotalKey& key, absl::Time from,
                                           std::int64_t before) const {
  ListReader reader(*rows_, TotalList(key), from, before, committed_);
  FRONTDESK_RETURN_IF_ERROR(reader.Read(is_remote_));
  SummedTotal summed;
  FRONTDESK_ASSIGN_OR_RETURN(summed.total, reader.counted().Make());
  summed.read = reader.Take();
  return summed;
}

}  // namespace event_log
}  // namespace frontdesk
