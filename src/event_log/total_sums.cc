#include "event_log/total_sums.h"

#include <algorithm>

#include "absl/numeric/int128.h"
#include "absl/strings/str_cat.h"
#include "event_log/read_rows.h"
#include "event_log/rows.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {
namespace {

// The mark of the sum of all open ones of a level and below.
constexpr int kIsAll = 0x80;
// How many rows are read at a time.
constexpr std::size_t kSumPiece = 1'000;

void AppendLarge(absl::int128 number, std::string* bytes) {
  absl::uint128 rest = (absl::uint128(number) << 1) ^ absl::uint128(number >> 127);
  for (; rest >= 0x80; rest >>= 7) {
    bytes->push_back(static_cast<char>(absl::Uint128Low64(rest) | 0x80));
  }
  bytes->push_back(static_cast<char>(absl::Uint128Low64(rest)));
}

bool ReadLarge(absl::string_view* bytes, absl::int128* number) {
  absl::uint128 rest = 0;
  for (int shift = 0; shift < 128; shift += 7) {
    if (bytes->empty()) return false;
    const auto byte = static_cast<unsigned char>(bytes->front());
    bytes->remove_prefix(1);
    rest |= absl::uint128(byte & 0x7F) << shift;
    if (byte < 0x80) {
      *number = absl::int128(rest >> 1) ^ -absl::int128(rest & 1);
      return true;
    }
  }
  return false;
}

void AppendSums(const CurrencySums& sums, std::string* bytes) {
  AppendVarint(sums.sums().size(), bytes);
  for (const CurrencySum& sum : sums.sums()) {
    bytes->append(sum.currency_code);
    AppendLarge(sum.units, bytes);
  }
}

bool ReadSums(absl::string_view* bytes, CurrencySums* sums) {
  std::uint64_t count = 0;
  if (!ReadVarint(bytes, &count)) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    absl::string_view code;
    absl::int128 units = 0;
    if (!ReadCurrencyCode(bytes, &code) || !ReadLarge(bytes, &units)) return false;
    sums->Add(code, units);
  }
  return true;
}

void AddSums(const CurrencySums& from, CurrencySums* to) {
  for (const CurrencySum& sum : from.sums()) to->Add(sum.currency_code, sum.units);
}

void AppendPart(std::int64_t last, absl::string_view bytes, std::string* parts) {
  AppendVarint(static_cast<std::uint64_t>(last), parts);
  AppendVarint(bytes.size(), parts);
  parts->append(bytes.data(), bytes.size());
}

// The bytes of a sum behind their number.
std::string WithoutParts(const Sum& sum) {
  std::string bytes;
  AppendVarint(static_cast<std::uint64_t>(sum.first), &bytes);
  AppendInstant(sum.earliest, &bytes);
  AppendInstant(sum.latest, &bytes);
  AppendVarint(static_cast<std::uint64_t>(sum.counted.asked_count), &bytes);
  AppendVarint(static_cast<std::uint64_t>(sum.counted.given_count), &bytes);
  AppendSums(sum.counted.asked, &bytes);
  AppendSums(sum.counted.given, &bytes);
  std::string sized;
  AppendVarint(bytes.size(), &sized);
  return sized + bytes;
}

}  // namespace

std::string SumLevel(absl::string_view list, int level) {
  std::string key(list);
  key.push_back(static_cast<char>(level));
  return key;
}

std::string SumKey(absl::string_view list, int level, std::int64_t last) {
  return absl::StrCat(SumLevel(list, level), store::EncodePosition(last));
}

std::string OpenSumsKey(absl::string_view list) { return SumKey(list, /*level=*/0, /*last=*/0); }

void Sum::Add(std::int64_t position, const CountedRow& row, absl::string_view bytes) {
  AppendPart(position, bytes, &parts);
  if (first == 0) first = position;
  last = position;
  earliest = std::min(earliest, row.time);
  latest = std::max(latest, row.time);
  counted.Add(row);
}

void Sum::Add(const Sum& next) {
  AppendPart(next.last, WithoutParts(next), &parts);
  Join(next);
}

void Sum::Join(const Sum& next) {
  if (first == 0) first = next.first;
  last = next.last;
  earliest = std::min(earliest, next.earliest);
  latest = std::max(latest, next.latest);
  counted.asked_count += next.counted.asked_count;
  counted.given_count += next.counted.given_count;
  AddSums(next.counted.asked, &counted.asked);
  AddSums(next.counted.given, &counted.given);
}

std::string EncodeSum(const Sum& sum) { return WithoutParts(sum) + sum.parts; }

absl::optional<KeptSum> DecodeSum(absl::string_view bytes) {
  KeptSum sum;
  std::uint64_t size = 0;
  if (!ReadVarint(&bytes, &size) || bytes.size() < size) return absl::nullopt;
  sum.parts = bytes.substr(size);
  bytes = bytes.substr(0, size);
  std::uint64_t first = 0;
  if (!ReadVarint(&bytes, &first) || !ReadInstant(&bytes, &sum.earliest) ||
      !ReadInstant(&bytes, &sum.latest)) {
    return absl::nullopt;
  }
  sum.first = static_cast<std::int64_t>(first);
  sum.counts = bytes;
  return sum;
}

bool ReadPart(absl::string_view* parts, SumPart* part) {
  std::uint64_t last = 0;
  std::uint64_t size = 0;
  if (!ReadVarint(parts, &last) || !ReadVarint(parts, &size) || parts->size() < size) return false;
  part->last = static_cast<std::int64_t>(last);
  part->bytes = parts->substr(0, size);
  parts->remove_prefix(size);
  return true;
}

bool AddCounts(absl::string_view counts, Counted* counted) {
  std::uint64_t asked = 0;
  std::uint64_t given = 0;
  if (!ReadVarint(&counts, &asked) || !ReadVarint(&counts, &given)) return false;
  counted->asked_count += static_cast<std::int64_t>(asked);
  counted->given_count += static_cast<std::int64_t>(given);
  return ReadSums(&counts, &counted->asked) && ReadSums(&counts, &counted->given) && counts.empty();
}

void SumMaker::AddRow(std::int64_t position, const CountedRow& row, absl::string_view bytes) {
  if (made_ == kMaxNewSums) return;
  begun_.Add(position, row, bytes);
  if (++rows_ < kSumSize) return;
  ++made_;
  rows_ = 0;
  AddSum(1, std::exchange(begun_, Sum()));
}

void SumMaker::AddSum(int level, Sum sum) {
  writes_.push_back(
      {{kTotalSums, SumKey(list_, level, sum.last)}, store::MakeValue(EncodeSum(sum))});
  std::vector<Sum>& waiting = waiting_[level];
  waiting.push_back(std::move(sum));
  if (level == kMaxSumLevel || waiting.size() < kSumSize) return;
  Sum above;
  for (const Sum& each : waiting) above.Add(each);
  waiting.clear();
  AddSum(level + 1, std::move(above));
}

std::vector<store::Write> SumMaker::Take() {
  if (!writes_.empty()) {
    writes_.push_back(
        {{kTotalSums, OpenSumsKey(list_)}, store::MakeValue(EncodeOpenSums(waiting_))});
  }
  return std::move(writes_);
}

std::string EncodeOpenSums(const OpenSums& open) {
  OpenSums all;
  const Sum* below = nullptr;
  for (int level = 1; level <= kMaxSumLevel; ++level) {
    if (open[level].empty()) continue;
    Sum& sum = all[level].emplace_back();
    for (const Sum& each : open[level]) sum.Join(each);
    if (below != nullptr) sum.Join(*below);
    below = &sum;
  }
  std::string bytes;
  for (int level = kMaxSumLevel; level > 0; --level) {
    for (const bool is_all : {true, false}) {
      for (const Sum& sum : is_all ? all[level] : open[level]) {
        bytes.push_back(static_cast<char>(level | (is_all ? kIsAll : 0)));
        AppendPart(sum.last, WithoutParts(sum), &bytes);
      }
    }
  }
  return bytes;
}

bool ReadOpenSum(absl::string_view* bytes, OpenSum* open) {
  if (bytes->empty()) return false;
  const int mark = static_cast<unsigned char>(bytes->front());
  bytes->remove_prefix(1);
  open->is_all = (mark & kIsAll) != 0;
  open->level = mark & ~kIsAll;
  return open->level > 0 && open->level <= kMaxSumLevel && ReadPart(bytes, &open->sum);
}

absl::optional<Sum> DecodeWholeSum(std::int64_t last, absl::string_view bytes) {
  const absl::optional<KeptSum> kept = DecodeSum(bytes);
  Sum sum;
  if (!kept.has_value() || !AddCounts(kept->counts, &sum.counted)) return absl::nullopt;
  sum.first = kept->first;
  sum.last = last;
  sum.earliest = kept->earliest;
  sum.latest = kept->latest;
  sum.parts = std::string(kept->parts);
  return sum;
}

namespace {

// The rows, or sums, below those of a level of a list, in order.
class Below {
 public:
  Below(const store::Snapshot& rows, absl::string_view list, int level)
      : rows_(rows),
        level_(level - 1),
        prefix_(level_ == 0 ? std::string(list) : SumLevel(list, level_)),
        range_(store::RangeOf(level_ == 0 ? kTotals : kTotalSums, prefix_)) {}

  // The next sum; nothing when what is left makes none.
  absl::StatusOr<absl::optional<Sum>> Next() {
    const absl::optional<Sum> none;
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                               ScanRows(rows_, range_, kSumSize));
    if (found.size() < kSumSize) return none;
    range_.begin = found.back().key + '\0';
    Sum sum;
    for (const store::Row& row : found) {
      const absl::optional<std::int64_t> position = DecodeTotalPosition(prefix_, row.key);
      if (!position.has_value()) return none;
      if (level_ == 0) {
        const absl::optional<CountedRow> counted = DecodeCountedRow(*row.value);
        if (!counted.has_value()) return none;
        sum.Add(*position, *counted, *row.value);
      } else {
        const absl::optional<Sum> next = DecodeWholeSum(*position, *row.value);
        if (!next.has_value()) return none;
        sum.Add(*next);
      }
    }
    return absl::make_optional(std::move(sum));
  }

 private:
  const store::Snapshot& rows_;
  const int level_;
  const std::string prefix_;
  store::Range range_;
};

// The row of the open sums that the sums of a list make. Empty: they make none.
absl::StatusOr<std::string> MakeOpenSums(const store::Snapshot& rows, absl::string_view list) {
  OpenSums open;
  std::int64_t last = 0;
  for (int level = kMaxSumLevel; level > 0; --level) {
    const std::string prefix = SumLevel(list, level);
    store::Range range = store::RangeOf(kTotalSums, prefix);
    range.begin = TotalRowKey(prefix, last + 1);
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                               ScanRows(rows, range, kSumSize));
    for (const store::Row& row : found) {
      const absl::optional<std::int64_t> position = DecodeTotalPosition(prefix, row.key);
      if (!position.has_value()) return std::string();
      absl::optional<Sum> sum = DecodeWholeSum(*position, *row.value);
      if (!sum.has_value()) return std::string();
      open[level].push_back(*std::move(sum));
      last = *position;
    }
  }
  return EncodeOpenSums(open);
}

}  // namespace

absl::StatusOr<bool> AreSumsSound(const store::Snapshot& rows) {
  store::Range range = store::RangeOf(kTotalSums, "");
  // The list whose open sums were seen: all its sums follow.
  absl::optional<std::string> open_list;
  std::string level_key;
  absl::optional<Below> below;
  while (true) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<store::Row> found,
                               ScanRows(rows, range, kSumPiece));
    for (const store::Row& row : found) {
      const absl::string_view key = row.key;
      if (key.size() <= kTotalPositionBytes) return false;
      const absl::string_view of_level = key.substr(0, key.size() - kTotalPositionBytes);
      const int level = static_cast<unsigned char>(of_level.back());
      const absl::string_view list = of_level.substr(0, of_level.size() - 1);
      if (key == OpenSumsKey(list)) {
        FRONTDESK_ASSIGN_OR_RETURN(const std::string open, MakeOpenSums(rows, list));
        if (open.empty() || open != *row.value) return false;
        open_list = std::string(list);
        continue;
      }
      if (level < 1 || level > kMaxSumLevel || open_list != list) return false;
      if (of_level != level_key) {
        level_key = std::string(of_level);
        below.emplace(rows, list, level);
      }
      FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<Sum> sum, below->Next());
      if (!sum.has_value() || SumKey(list, level, sum->last) != key ||
          EncodeSum(*sum) != *row.value) {
        return false;
      }
    }
    if (found.size() < kSumPiece) return true;
    range.begin = found.back().key + '\0';
  }
}

}  // namespace event_log
}  // namespace frontdesk
