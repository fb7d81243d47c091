// The rows from which totals are made: a list of the commands that are counted together, for each subject and each command. Private.
//
// A command that totals count adds a row to several lists. These are the list of all commands of its kind, that of its actor, of its
// customer, and of the order, case or account that it addresses. When it gives a reason, it adds one to the lists of that reason too. The key of a row
// ends with its position, so that whoever adds one reads nothing. The rows follow from the record alone.
#ifndef FRONTDESK_SRC_EVENT_LOG_TOTAL_ROWS_H_
#define FRONTDESK_SRC_EVENT_LOG_TOTAL_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/domain/total_key.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/money.pb.h"
#include "frontdesk/v1/total.pb.h"
#include "google/protobuf/repeated_field.h"

namespace frontdesk {
namespace event_log {

// A longer id or reason is in keys by its SHA-256.
inline constexpr std::size_t kMaxTotalTextBytes = 1'024;

// The bytes of the position at the end of a key.
inline constexpr std::size_t kTotalPositionBytes = 8;

// An instant, exact to the nanosecond whatever the year is.
void AppendInstant(absl::Time time, std::string* bytes);
// Takes one from the beginning of the bytes: false when they begin with none.
bool ReadInstant(absl::string_view* bytes, absl::Time* time);

// Takes a code of ISO 4217 from the beginning of the bytes: false when they are fewer.
bool ReadCurrencyCode(absl::string_view* bytes, absl::string_view* code);

// The first bytes of the keys of a list.
std::string TotalList(const TotalKey& key);

// The key of the row at that position of a list.
std::string TotalRowKey(absl::string_view list, std::int64_t position);
// The position at the end of a key of the list; nothing: it is no such key.
absl::optional<std::int64_t> DecodeTotalPosition(absl::string_view list, absl::string_view key);

// Adds the rows of a record, whose `counted` is set. Its position is that of the batch when none is given. An amount in a currency that
// has no amounts counts as none: no decision makes one.
void AddTotals(const v1::JournalRecord& record, absl::optional<std::int64_t> position,
               std::vector<store::Write>* writes);

// The amounts of one currency. A plain struct.
struct CurrencySum {
  std::string currency_code;
  absl::int128 units = 0;
};

// Sums by currency, in their order: each of ISO 4217 at most.
class CurrencySums {
 public:
  void Add(absl::string_view currency_code, absl::int128 units);
  const std::vector<CurrencySum>& sums() const { return sums_; }
  // OUT_OF_RANGE MONEY_OVERFLOW.
  absl::Status Put(google::protobuf::RepeatedPtrField<v1::Money>* field) const;

 private:
  std::vector<CurrencySum> sums_;
};

// An amount in a row. A plain struct.
struct CountedAmount {
  // Empty: there is none.
  absl::string_view currency_code;
  std::int64_t units = 0;
};

// One command of a list. A plain struct.
struct CountedRow {
  absl::Time time;
  bool is_asked = false;
  bool is_given = false;
  CountedAmount asked;
  CountedAmount given;
};
// Nothing for other bytes. The result refers to them.
absl::optional<CountedRow> DecodeCountedRow(absl::string_view bytes);

// Commands, counted and summed up. A plain struct.
struct Counted {
  std::int64_t asked_count = 0;
  std::int64_t given_count = 0;
  CurrencySums asked;
  CurrencySums given;

  void Add(const CountedRow& row);
  // OUT_OF_RANGE MONEY_OVERFLOW.
  absl::StatusOr<v1::Total> Make() const;
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_TOTAL_ROWS_H_
