#include "event_log/total_rows.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "event_log/rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/unchanged.h"
#include "frontdesk/v1/command.pb.h"
#include "internal/sha256.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace event_log {
namespace {

// The bytes of a code of ISO 4217.
constexpr std::size_t kCurrencyCodeBytes = 3;

// The marks of the parts of a key.
constexpr char kNothing = 0;
constexpr char kText = 1;
constexpr char kHash = 2;
constexpr char kTextEnd = '\0';

// The marks of a row.
constexpr unsigned kIsAsked = 1;
constexpr unsigned kIsGiven = 2;
constexpr unsigned kHasAsked = 4;
constexpr unsigned kHasGiven = 8;
// The amount given is the one that was asked.
constexpr unsigned kIsSame = 16;

std::uint64_t ZigZag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1) ^ static_cast<std::uint64_t>(number >> 63);
}
std::int64_t UnZigZag(std::uint64_t number) {
  return static_cast<std::int64_t>((number >> 1) ^ (~(number & 1) + 1));
}

// A text of any length and with any bytes, so that no two look the same.
void AppendText(absl::string_view text, std::string* key) {
  const bool is_plain =
      text.size() <= kMaxTotalTextBytes && text.find(kTextEnd) == absl::string_view::npos;
  if (is_plain) {
    key->push_back(kText);
    key->append(text.data(), text.size());
    key->push_back(kTextEnd);
  } else {
    key->push_back(kHash);
    key->append(internal::Sha256(text));
  }
}

// The number of the command: of the entity's command in the envelope, and of the verb in that.
void AppendCommand(const domain::CommandInfo& command, std::string* key) {
  for (const int number : {command.arm_number, command.number}) {
    key->push_back(static_cast<char>(number >> 8));
    key->push_back(static_cast<char>(number));
  }
}

// The rows of a record: two of each subject.
constexpr std::size_t kMostTotalRows = 8;

// The bytes of a key beside those of its id and its reason: marks, the command and the position.
constexpr std::size_t kKeyRoom = 20;

// The first bytes of the keys of a list, before its reason.
std::string ListBegin(v1::TotalSubject subject, absl::string_view id,
                      const domain::CommandInfo& command) {
  std::string key;
  key.reserve(kKeyRoom + id.size());
  key.push_back(static_cast<char>(subject));
  AppendText(id, &key);
  AppendCommand(command, &key);
  return key;
}

v1::TotalSubject SubjectOf(v1::EntityKind kind) {
  switch (kind) {
    case v1::ENTITY_KIND_CASE:
      return v1::TOTAL_SUBJECT_CASE;
    case v1::ENTITY_KIND_ORDER:
      return v1::TOTAL_SUBJECT_ORDER;
    case v1::ENTITY_KIND_ACCOUNT:
      return v1::TOTAL_SUBJECT_ACCOUNT;
    default:
      return v1::TOTAL_SUBJECT_UNSPECIFIED;
  }
}

bool IsCountable(const v1::Money& amount) { return CurrencyExponent(amount.currency_code()).ok(); }

void AppendAmount(const v1::Money& amount, std::string* bytes) {
  bytes->append(amount.currency_code());
  AppendVarint(ZigZag(amount.units()), bytes);
}

// Empty: the record adds nothing.
std::string EncodeCountedRow(const v1::JournalRecord& record) {
  const v1::CountedCommand& counted = record.counted();
  // A command that is decided again was asked before.
  const bool is_asked = record.approval_id().empty();
  // A command that changed nothing gave nothing.
  const bool is_given =
      record.verdict() == v1::VERDICT_DONE && !domain::IsUnchanged(record.assessed());
  std::string bytes;
  if (!is_asked && !is_given) return bytes;
  const bool has_asked = is_asked && counted.has_asked() && IsCountable(counted.asked());
  const bool has_given = is_given && counted.has_given() && IsCountable(counted.given());
  const bool is_same = has_asked && has_given &&
                       counted.asked().units() == counted.given().units() &&
                       counted.asked().currency_code() == counted.given().currency_code();
  bytes.push_back(static_cast<char>((is_asked ? kIsAsked : 0) | (is_given ? kIsGiven : 0) |
                                    (has_asked ? kHasAsked : 0) | (has_given ? kHasGiven : 0) |
                                    (is_same ? kIsSame : 0)));
  AppendInstant(
      absl::FromUnixSeconds(record.time().seconds()) + absl::Nanoseconds(record.time().nanos()),
      &bytes);
  if (has_asked) AppendAmount(counted.asked(), &bytes);
  if (has_given && !is_same) AppendAmount(counted.given(), &bytes);
  return bytes;
}

bool ReadAmount(absl::string_view* bytes, CountedAmount* amount) {
  std::uint64_t units = 0;
  if (!ReadCurrencyCode(bytes, &amount->currency_code) || !ReadVarint(bytes, &units)) return false;
  amount->units = UnZigZag(units);
  return true;
}

}  // namespace

void AppendInstant(absl::Time time, std::string* bytes) {
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  AppendVarint(ZigZag(seconds), bytes);
  AppendVarint(
      static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))),
      bytes);
}

bool ReadInstant(absl::string_view* bytes, absl::Time* time) {
  std::uint64_t seconds = 0;
  std::uint64_t nanos = 0;
  if (!ReadVarint(bytes, &seconds) || !ReadVarint(bytes, &nanos)) return false;
  *time = absl::FromUnixSeconds(UnZigZag(seconds)) +
          absl::Nanoseconds(static_cast<std::int64_t>(nanos));
  return true;
}

bool ReadCurrencyCode(absl::string_view* bytes, absl::string_view* code) {
  if (bytes->size() < kCurrencyCodeBytes) return false;
  *code = bytes->substr(0, kCurrencyCodeBytes);
  bytes->remove_prefix(kCurrencyCodeBytes);
  return true;
}

std::string TotalList(const TotalKey& key) {
  std::string list = ListBegin(key.subject, key.id, *key.command);
  if (key.reason.has_value()) {
    AppendText(*key.reason, &list);
  } else {
    list.push_back(kNothing);
  }
  return list;
}

std::string TotalRowKey(absl::string_view list, std::int64_t position) {
  return absl::StrCat(list, store::EncodePosition(position));
}

absl::optional<std::int64_t> DecodeTotalPosition(absl::string_view list, absl::string_view key) {
  if (key.size() < list.size()) return absl::nullopt;
  return store::DecodePosition(key.substr(list.size()));
}

void AddTotals(const v1::JournalRecord& record, absl::optional<std::int64_t> position,
               std::vector<store::Write>* writes) {
  const domain::CommandInfo* const command = domain::FindCommand(record.command());
  if (command == nullptr) return;
  std::string bytes = EncodeCountedRow(record);
  if (bytes.empty()) return;
  const std::size_t needed = writes->size() + kMostTotalRows;
  if (needed > writes->capacity()) writes->reserve(std::max(needed, 2 * writes->capacity()));
  const store::Value value = store::MakeValue(std::move(bytes));
  const std::string reason =
      domain::ReasonOf(*command, *domain::GetCommandMessage(record.command()));
  std::string of_reason;
  if (!reason.empty()) AppendText(reason, &of_reason);
  const auto put = [&](std::string&& list) {
    store::Write& write = writes->emplace_back();
    write.key.table = kTotals;
    write.key.bytes = std::move(list);
    write.value = value;
    if (position.has_value()) {
      write.key.bytes += store::EncodePosition(*position);
    } else {
      write.position = store::Write::Position::kBehindKey;
    }
  };
  const auto add = [&](v1::TotalSubject subject, const std::string& id) {
    std::string list = ListBegin(subject, id, *command);
    if (!of_reason.empty()) {
      std::string key;
      key.reserve(kKeyRoom + list.size() + of_reason.size());
      put(std::move(key.append(list).append(of_reason)));
    }
    list.push_back(kNothing);
    put(std::move(list));
  };
  add(v1::TOTAL_SUBJECT_UNSPECIFIED, "");
  add(v1::TOTAL_SUBJECT_ACTOR, record.command().actor().actor_id());
  const std::string& customer_id = record.counted().customer_id();
  if (!customer_id.empty()) add(v1::TOTAL_SUBJECT_CUSTOMER, customer_id);
  const v1::TotalSubject subject = SubjectOf(record.entity().kind());
  if (subject != v1::TOTAL_SUBJECT_UNSPECIFIED) add(subject, record.entity().id());
}

void CurrencySums::Add(absl::string_view currency_code, absl::int128 units) {
  const auto place = std::lower_bound(
      sums_.begin(), sums_.end(), currency_code,
      [](const CurrencySum& sum, absl::string_view wanted) { return sum.currency_code < wanted; });
  if (place != sums_.end() && place->currency_code == currency_code) {
    place->units += units;
  } else {
    sums_.insert(place, {std::string(currency_code), units});
  }
}

absl::Status CurrencySums::Put(google::protobuf::RepeatedPtrField<v1::Money>* field) const {
  for (const CurrencySum& sum : sums_) {
    if (sum.units > std::numeric_limits<std::int64_t>::max() ||
        sum.units < std::numeric_limits<std::int64_t>::min()) {
      return MakeError(kReasonMoneyOverflow,
                       absl::StrCat("a total in ", sum.currency_code, " is too large"));
    }
    v1::Money& money = *field->Add();
    money.set_units(static_cast<std::int64_t>(sum.units));
    money.set_currency_code(sum.currency_code);
  }
  return absl::OkStatus();
}

absl::optional<CountedRow> DecodeCountedRow(absl::string_view bytes) {
  if (bytes.empty()) return absl::nullopt;
  const auto marks = static_cast<unsigned char>(bytes.front());
  bytes.remove_prefix(1);
  CountedRow row;
  if (!ReadInstant(&bytes, &row.time)) return absl::nullopt;
  row.is_asked = (marks & kIsAsked) != 0;
  row.is_given = (marks & kIsGiven) != 0;
  if ((marks & kHasAsked) != 0 && !ReadAmount(&bytes, &row.asked)) return absl::nullopt;
  if ((marks & kIsSame) != 0) {
    row.given = row.asked;
  } else if ((marks & kHasGiven) != 0 && !ReadAmount(&bytes, &row.given)) {
    return absl::nullopt;
  }
  if (!bytes.empty()) return absl::nullopt;
  return row;
}

void Counted::Add(const CountedRow& row) {
  asked_count += row.is_asked ? 1 : 0;
  given_count += row.is_given ? 1 : 0;
  if (!row.asked.currency_code.empty()) asked.Add(row.asked.currency_code, row.asked.units);
  if (!row.given.currency_code.empty()) given.Add(row.given.currency_code, row.given.units);
}

absl::StatusOr<v1::Total> Counted::Make() const {
  v1::Total total;
  total.set_asked_count(asked_count);
  total.set_given_count(given_count);
  FRONTDESK_RETURN_IF_ERROR(asked.Put(total.mutable_asked()));
  FRONTDESK_RETURN_IF_ERROR(given.Put(total.mutable_given()));
  return total;
}

}  // namespace event_log
}  // namespace frontdesk
