// Reading totals.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
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

constexpr std::int64_t kNoEnd = std::numeric_limits<std::int64_t>::max();

// Reads one list, as it was before a position. Level 0 are its rows.
class ListReader {
 public:
  ListReader(const store::Snapshot& rows, std::string list, absl::Time from, std::int64_t before,
             std::int64_t committed)
      : rows_(rows), list_(std::move(list)), from_(from), before_(before), committed_(committed) {}

  // `is_remote`: in as few exchanges as possible.
  absl::Status Read(bool is_remote) {
    FRONTDESK_RETURN_IF_ERROR(before_ == kNoEnd ? ReadOpenSums(is_remote)
                                                : ReadEarlierSums(is_remote));
    FRONTDESK_RETURN_IF_ERROR(
        ForEachBehind(0, last_row_, [this](store::Row& row) { return AddNewRow(row); }));
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
      // Others may have written sums, and those that were read may be of another batch that is not committed.
      read.rows.push_back({{kTotalSums, OpenSumsKey(list_)}, open_sums_});
    }
    read.list = std::move(list_);
    return read;
  }

 private:
  // A sum of which only some rows count. A plain struct.
  struct Partial {
    int level;
    std::int64_t last;
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
        key.size() < kTotalPositionBytes
            ? absl::nullopt
            : store::DecodePosition(key.substr(key.size() - kTotalPositionBytes));
    if (!position.has_value()) return CorruptError("the key of a counted command has no position");
    return *position;
  }

  void PutNewest(int level, std::size_t most, std::vector<store::Row> rows) {
    has_older_[level] = rows.size() == most;
    std::reverse(rows.begin(), rows.end());
    newest_[level] = std::move(rows);
  }

  // The sums that are in no other, as they are now. The newest rows are read with them when that costs an exchange.
  absl::Status ReadOpenSums(bool is_remote) {
    has_older_[0] = true;
    store::Key key = {kTotalSums, OpenSumsKey(list_)};
    if (is_remote) {
      absl::StatusOr<std::vector<std::vector<store::Row>>> found =
          rows_.ScanAll({store::RequestOf(key), {RangeOf(0), kNewestRows, /*descending=*/true}});
      if (!found.ok()) return ReadError(found.status());
      if (!found->front().empty()) open_sums_ = std::move(found->front().front().value);
      PutNewest(0, kNewestRows, std::move(found->back()));
    } else {
      FRONTDESK_ASSIGN_OR_RETURN(open_sums_, GetRow(rows_, kTotalSums, std::move(key.bytes)));
    }
    if (open_sums_ == nullptr) return absl::OkStatus();
    OpenSum open;
    std::int64_t last = 0;
    for (absl::string_view rest = *open_sums_; !rest.empty();) {
      if (!ReadOpenSum(&rest, &open)) return SumError();
      if (open.is_all) {
        last_row_ = last_in_sums_ = open.sum.last;
        FRONTDESK_ASSIGN_OR_RETURN(const bool is_partial, AddIfWhole(open.sum.bytes));
        if (!is_partial) return absl::OkStatus();
      } else {
        FRONTDESK_RETURN_IF_ERROR(AddPart(open.level, open.sum));
        last = open.sum.last;
      }
    }
    return last == last_in_sums_ ? absl::OkStatus() : SumError();
  }

  // The sums that were in no other before the position: of each level those behind the ones of the higher levels.
  absl::Status ReadEarlierSums(bool is_remote) {
    std::fill(std::begin(has_older_), std::end(has_older_), true);
    if (is_remote) FRONTDESK_RETURN_IF_ERROR(ReadNewestAtOnce());
    for (int level = kMaxSumLevel; level > 0; --level) {
      std::int64_t last = last_row_;
      FRONTDESK_RETURN_IF_ERROR(
          ForEachBehind(level, last_row_, [this, level, &last](const store::Row& row) {
            FRONTDESK_ASSIGN_OR_RETURN(last, PositionOf(row));
            return AddSum(level, *row.value);
          }));
      last_row_ = last;
    }
    return absl::OkStatus();
  }

  // The newest sums of each level, of which as many are in no other sum at most, and the newest rows.
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

  // Adds a sum, or the parts of it that count.
  absl::Status AddSum(int level, absl::string_view bytes) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool is_partial, AddIfWhole(bytes));
    return is_partial ? AddParts(level, DecodeSum(bytes)->parts) : absl::OkStatus();
  }

  absl::Status AddParts(int level, absl::string_view parts) {
    for (SumPart part; !parts.empty();) {
      if (!ReadPart(&parts, &part)) return SumError();
      if (level == 1) {
        FRONTDESK_RETURN_IF_ERROR(AddRow(part.bytes).status());
      } else {
        FRONTDESK_RETURN_IF_ERROR(AddPart(level - 1, part));
      }
    }
    return absl::OkStatus();
  }

  // Adds a sum without its parts. When only some of these count they are read later.
  absl::Status AddPart(int level, const SumPart& sum) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool is_partial, AddIfWhole(sum.bytes));
    if (is_partial) partial_.push_back({level, sum.last});
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
    OpenSum open;
    std::int64_t last = 0;
    for (absl::string_view rest = open_sums_ == nullptr ? absl::string_view() : *open_sums_;
         !rest.empty();) {
      if (!ReadOpenSum(&rest, &open)) return SumError();
      if (open.is_all) continue;
      absl::optional<Sum> sum = DecodeWholeSum(open.sum.last, open.sum.bytes);
      if (!sum.has_value()) return SumError();
      last = sum->last;
      maker_->AddKept(open.level, *std::move(sum));
    }
    if (last != last_in_sums_) return SumError();
    for (const auto& [position, value] : waiting_) {
      maker_->AddRow(position, *DecodeCountedRow(*value), *value);
    }
    return absl::OkStatus();
  }

  // Adds the rows that count of the sums of which not all do: of a level in one exchange.
  absl::Status LookInto() {
    while (!partial_.empty()) {
      const std::size_t count = std::min(partial_.size(), kSumsAtOnce);
      const std::vector<Partial> sums(partial_.end() - static_cast<std::ptrdiff_t>(count),
                                      partial_.end());
      partial_.resize(partial_.size() - count);
      std::vector<store::ScanRequest> requests;
      for (const Partial& sum : sums) {
        requests.push_back(store::RequestOf({kTotalSums, SumKey(list_, sum.level, sum.last)}));
      }
      absl::StatusOr<std::vector<std::vector<store::Row>>> found = rows_.ScanAll(requests);
      if (!found.ok()) return ReadError(found.status());
      for (std::size_t i = 0; i < count; ++i) {
        if ((*found)[i].empty()) return SumError();
        FRONTDESK_RETURN_IF_ERROR(AddSum(sums[i].level, *(*found)[i].front().value));
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
  // The row of the sums that are in no other; null: there is none.
  store::Value open_sums_;
  // The position of the last row in them; 0: there is none.
  std::int64_t last_in_sums_ = 0;
  std::vector<Partial> partial_;
  Counted counted_;
  // The position of the last committed row that was read, or is in a sum that was; 0: there is none.
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
