#include "store/postgres/statements.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "store/check_batches.h"
#include "store/postgres/schema.h"
#include "store/postgres/server_error.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {
namespace {

constexpr Statement kBegin = {"fd_begin", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"};
constexpr Statement kEnd = {"fd_end", "COMMIT"};
constexpr Statement kHead = {"fd_head",
                             "SELECT l.version, d.position, d.link, d.change_count, d.has_long_keys"
                             " FROM layout l LEFT JOIN desks d ON d.desk = $1"};
constexpr Statement kGet = {
    "fd_get",
    "SELECT value FROM rows WHERE desk = $1 AND space = $2 AND key = $3 AND rest_hash = $4"};
// No join: a plan without statistics would read all rows of the desk.
constexpr Statement kGetMany = {
    "fd_get_many",
    "SELECT (SELECT r.value FROM rows r WHERE r.desk = $1 AND r.space = k.space AND r.key = k.key"
    " AND r.rest_hash = k.rest_hash)"
    " FROM unnest($2::smallint[], $3::bytea[], $4::bytea[]) WITH ORDINALITY"
    " AS k(space, key, rest_hash, place) ORDER BY k.place"};
constexpr Statement kHold = {
    "fd_hold",
    "SELECT pg_try_advisory_xact_lock(k.name) FROM unnest($1::bigint[]) WITH ORDINALITY"
    " AS k(name, place) ORDER BY k.place"};
constexpr Statement kOpenDesk = {
    "",
    "INSERT INTO desks(desk, name, position, link, change_count, has_long_keys)"
    " VALUES($1, $2, 0, $3, 0, false) ON CONFLICT (desk) DO NOTHING"};
constexpr Statement kForgetOldWriters = {
    "", "DELETE FROM writers WHERE desk = $1 AND commit_time < now() - interval '7 days'"};
constexpr Statement kForgetWriter = {"", "DELETE FROM writers WHERE desk = $1 AND writer = $2"};
constexpr Statement kAsynchronous = {"", "SELECT set_config('synchronous_commit', 'off', true)"};
constexpr Statement kCommit = {
    "fd_commit",
    "SELECT commit_batch_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
    " $17, $18, $19, $20, $21, $22)"};

// The scans of a range, by whether they are descending, have an end, and meet long keys.
const Statement& ScanStatement(bool descending, bool has_end, bool has_long_keys) {
  struct Scans {
    std::array<std::string, 8> names;
    std::array<std::string, 8> texts;
    std::array<Statement, 8> statements;
    Scans() {
      for (std::size_t i = 0; i < statements.size(); ++i) {
        const absl::string_view direction = (i & 1) != 0 ? " DESC" : "";
        const bool is_long = (i & 4) != 0;
        // The order of the key alone is that of the index.
        names[i] = absl::StrCat("fd_scan_", i);
        texts[i] = absl::StrCat(
            "SELECT key, rest, value FROM rows WHERE desk = $1 AND space = $2 AND key >= $4",
            (i & 2) != 0 ? " AND key <= $6 AND (key < $6 OR rest < $7)" : "",
            is_long ? " AND (key > $4 OR rest >= $5)" : " AND $5::bytea IS NOT NULL",
            " ORDER BY key", direction, is_long ? absl::StrCat(", rest", direction) : "",
            " LIMIT $3");
        statements[i] = {names[i].c_str(), texts[i].c_str()};
      }
    }
  };
  static const auto* const scans = new Scans;
  return scans->statements[(descending ? 1 : 0) | (has_end ? 2 : 0) | (has_long_keys ? 4 : 0)];
}

absl::string_view Indexed(absl::string_view key) { return key.substr(0, kIndexedKeyBytes); }
absl::string_view Rest(absl::string_view key) {
  return key.substr(std::min(key.size(), kIndexedKeyBytes));
}

// The value of the column rest_hash for a key.
std::string RestHash(absl::string_view key) {
  const absl::string_view rest = Rest(key);
  return rest.empty() ? std::string() : NextLink("", rest);
}

bool IsEmpty(const ScanRequest& request) {
  return request.most == 0 ||
         (request.range.end.has_value() && *request.range.end <= request.range.begin);
}

bool IsOfSingleRow(const ScanRequest& request) {
  const Range& range = request.range;
  return range.end.has_value() && range.end->size() == range.begin.size() + 1 &&
         range.end->back() == '\0' && absl::StartsWith(*range.end, range.begin);
}

// Where positions and links go, as commit_batch_1 has it.
std::int16_t PlaceOf(Write::Position position) {
  switch (position) {
    case Write::Position::kBehindKey:
      return 1;
    case Write::Position::kBehindValue:
      return 2;
    case Write::Position::kBehindKeyLinkBehindValue:
      return 3;
    case Write::Position::kNowhere:
      break;
  }
  return 0;
}

// The position of a batch may come behind a key.
bool MayHaveLongKeys(const Batch& batch) {
  return std::any_of(batch.writes.begin(), batch.writes.end(), [](const Write& write) {
    return write.key.bytes.size() + kPositionBytes > kIndexedKeyBytes;
  });
}

// Whether two writes may be of the same row. The position is not known yet.
bool MayRepeatRows(const Batch& batch) {
  std::set<std::pair<std::uint8_t, absl::string_view>> plain, before_position;
  for (const Write& write : batch.writes) {
    auto& keys = IsBehindKey(write.position) ? before_position : plain;
    if (!keys.emplace(write.key.table, write.key.bytes).second) return true;
  }
  return std::any_of(plain.begin(), plain.end(), [&](const auto& key) {
    return key.second.size() >= kPositionBytes &&
           before_position.count(
               {key.first, key.second.substr(0, key.second.size() - kPositionBytes)}) > 0;
  });
}

}  // namespace

Call BeginCall() { return {&kBegin, {}}; }
Call EndCall() { return {&kEnd, {}}; }

Call HeadCall(const Target& target) {
  Call call = {&kHead, {}};
  call.parameters.Add(target.desk_number);
  return call;
}

absl::StatusOr<Head> ReadHead(const Result& result, std::int64_t known) {
  if (result.rows() != 1) return Damaged("the version of its tables");
  const std::int64_t version = result.Integer(0, 0);
  if (version > known) return NewerVersion(version, known);
  if (version != known) return Damaged("the version of its tables");
  Head head;
  if (result.IsNull(0, 1)) return head;
  head.position = result.Integer(0, 1);
  head.link = std::string(result.Bytes(0, 2));
  head.change_count = result.Integer(0, 3);
  head.has_long_keys = result.Integer(0, 4) != 0;
  if (head.position < 0 || head.link.size() != kLinkBytes) return Damaged("a desk is not valid");
  return head;
}

Call GetCall(std::int64_t desk, const Key& key) {
  Call call = {&kGet, {}};
  call.parameters.Add(desk).AddSmall(key.table).Add(Indexed(key.bytes));
  call.parameters.AddOwned(RestHash(key.bytes));
  return call;
}

Value ReadValue(const Result& result) {
  return result.rows() == 0 ? Value() : MakeValue(std::string(result.Bytes(0, 0)));
}

Call ScanCall(std::int64_t desk, const Range& range, std::size_t most, bool descending,
              bool has_long_keys) {
  const bool has_end = range.end.has_value();
  Call call = {&ScanStatement(descending, has_end, has_long_keys), {}};
  call.parameters.Add(desk)
      .AddSmall(range.table)
      .Add(static_cast<std::int64_t>(
          std::min<std::uint64_t>(most, std::numeric_limits<std::int64_t>::max())))
      .Add(Indexed(range.begin))
      .Add(Rest(range.begin));
  if (has_end) call.parameters.Add(Indexed(*range.end)).Add(Rest(*range.end));
  return call;
}

std::vector<Row> ReadRows(const Result& result) {
  std::vector<Row> rows;
  rows.reserve(static_cast<std::size_t>(result.rows()));
  for (int i = 0; i < result.rows(); ++i) {
    rows.push_back({absl::StrCat(result.Bytes(i, 0), result.Bytes(i, 1)),
                    MakeValue(std::string(result.Bytes(i, 2)))});
  }
  return rows;
}

ScanBundle::ScanBundle(std::int64_t desk, absl::Span<const ScanRequest> requests,
                       bool has_long_keys)
    : requests_(requests) {
  ArrayValue spaces = ArrayValue::OfNumbers(), keys = ArrayValue::OfBytes(),
             rest_hashes = ArrayValue::OfBytes();
  std::vector<Call> scans;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const ScanRequest& request = requests[i];
    if (IsEmpty(request)) continue;
    if (IsOfSingleRow(request)) {
      single_.push_back(i);
      spaces.Add(std::int16_t{request.range.table});
      keys.Add(Indexed(request.range.begin));
      rest_hashes.Add(RestHash(request.range.begin));
    } else {
      ranges_.push_back(i);
      scans.push_back(
          ScanCall(desk, request.range, request.most, request.descending, has_long_keys));
    }
  }
  if (!single_.empty()) {
    Call& call = calls_.emplace_back();
    call.statement = &kGetMany;
    call.parameters.Add(desk).Add(std::move(spaces)).Add(std::move(keys));
    call.parameters.Add(std::move(rest_hashes));
  }
  std::move(scans.begin(), scans.end(), std::back_inserter(calls_));
}

std::vector<std::vector<Row>> ScanBundle::Read(absl::Span<const Result> results) const {
  std::vector<std::vector<Row>> rows(requests_.size());
  std::size_t next = 0;
  if (!single_.empty()) {
    const Result& result = results[next++];
    for (int i = 0; i < result.rows() && i < static_cast<int>(single_.size()); ++i) {
      if (result.IsNull(i, 0)) continue;
      const std::size_t place = single_[static_cast<std::size_t>(i)];
      rows[place].push_back(
          {requests_[place].range.begin, MakeValue(std::string(result.Bytes(i, 0)))});
    }
  }
  for (const std::size_t place : ranges_) rows[place] = ReadRows(results[next++]);
  return rows;
}

Call HoldCall(const Target& target, absl::Span<const Key> keys) {
  ArrayValue names = ArrayValue::OfLargeNumbers();
  const std::string desk = EncodeInteger(static_cast<std::uint64_t>(target.write_lock), 8);
  for (const Key& key : keys) {
    const std::string name =
        NextLink(desk, absl::StrCat("hold", EncodeInteger(key.table, 1), key.bytes));
    names.Add(DecodeInteger(absl::string_view(name).substr(0, 8)));
  }
  Call call = {&kHold, {}};
  call.parameters.Add(std::move(names));
  return call;
}

std::vector<bool> ReadHeld(const Result& result) {
  std::vector<bool> held;
  for (int i = 0; i < result.rows(); ++i) held.push_back(result.Integer(i, 0) != 0);
  return held;
}

std::vector<Call> OpenDeskCalls(const Target& target) {
  std::vector<Call> calls(2);
  calls[0].statement = &kOpenDesk;
  calls[0].parameters.Add(target.desk_number).Add(absl::string_view(target.desk));
  calls[0].parameters.AddOwned(FirstLink());
  calls[1].statement = &kForgetOldWriters;
  calls[1].parameters.Add(target.desk_number);
  return calls;
}

Call CommitCall(const Target& target, const Batch& batch, std::int64_t index, bool is_last,
                absl::string_view writer, std::int64_t number) {
  Call call = {&kCommit, {}};
  Parameters& parameters = call.parameters;
  parameters.Add(target.desk_number).Add(target.write_lock).Add(target.watch_lock);
  parameters.Add(writer).Add(number).Add(index).Add(is_last);
  if (batch.digest.empty()) {
    parameters.AddNull();
  } else {
    parameters.Add(absl::string_view(batch.digest));
  }
  parameters.Add(MayHaveLongKeys(batch)).Add(MayRepeatRows(batch));
  ArrayValue spaces = ArrayValue::OfNumbers(), keys = ArrayValue::OfBytes(),
             values = ArrayValue::OfBytes();
  for (const Expectation& expected : batch.expectations) {
    spaces.Add(std::int16_t{expected.key.table});
    keys.Add(expected.key.bytes);
    values.AddOrNull(expected.value.get());
  }
  parameters.Add(std::move(spaces)).Add(std::move(keys)).Add(std::move(values));
  ArrayValue begins = ArrayValue::OfBytes(), ends = ArrayValue::OfBytes(),
             counts = ArrayValue::OfLargeNumbers(), range_keys = ArrayValue::OfBytes();
  spaces = ArrayValue::OfNumbers();
  for (const RangeExpectation& expected : batch.range_expectations) {
    spaces.Add(std::int16_t{expected.range.table});
    begins.Add(expected.range.begin);
    ends.AddOrNull(expected.range.end.has_value() ? &*expected.range.end : nullptr);
    // All keys as one value: each behind its length.
    std::string joined;
    for (const std::string& key : expected.keys) {
      absl::StrAppend(&joined, EncodeInteger(key.size(), 4), key);
    }
    counts.Add(static_cast<std::int64_t>(expected.keys.size()));
    range_keys.Add(joined);
  }
  parameters.Add(std::move(spaces)).Add(std::move(begins)).Add(std::move(ends));
  parameters.Add(std::move(counts)).Add(std::move(range_keys));
  spaces = ArrayValue::OfNumbers();
  keys = ArrayValue::OfBytes();
  values = ArrayValue::OfBytes();
  ArrayValue places = ArrayValue::OfNumbers();
  for (const Write& write : batch.writes) {
    spaces.Add(std::int16_t{write.key.table});
    keys.Add(write.key.bytes);
    values.AddOrNull(write.value.get());
    places.Add(PlaceOf(write.position));
  }
  parameters.Add(std::move(spaces)).Add(std::move(keys)).Add(std::move(values));
  parameters.Add(std::move(places));
  return call;
}

absl::StatusOr<CommitResult> ReadCommit(const Result& result) {
  const absl::string_view bytes = result.rows() == 1 ? result.Bytes(0, 0) : absl::string_view();
  if (bytes.size() != 9) return Damaged("the result of a commit");
  CommitResult read;
  read.is_committed = bytes[0] != 0;
  const std::int64_t number = DecodeInteger(bytes.substr(1));
  if (read.is_committed) {
    read.position = number;
  } else {
    read.failed = static_cast<std::size_t>(number);
  }
  return read;
}

std::vector<Call> ForgetWriterCalls(const Target& target, absl::string_view writer) {
  std::vector<Call> calls(2);
  calls[0].statement = &kAsynchronous;
  calls[1].statement = &kForgetWriter;
  calls[1].parameters.Add(target.desk_number).Add(writer);
  return calls;
}

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk
