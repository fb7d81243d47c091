// Totals over records, by looking at each of them: what the rows of a log give quicker.
#ifndef FRONTDESK_TESTS_DOMAIN_RECOUNT_TOTALS_H_
#define FRONTDESK_TESTS_DOMAIN_RECOUNT_TOTALS_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/total_key.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/total.pb.h"

namespace frontdesk {
namespace testing {

// Whether the command of the record is one of those of the subject of `key`.
inline bool IsOfSubject(const TotalKey& key, const v1::JournalRecord& record) {
  const v1::EntityRef& entity = record.entity();
  switch (key.subject) {
    case v1::TOTAL_SUBJECT_CUSTOMER:
      return record.counted().customer_id() == key.id;
    case v1::TOTAL_SUBJECT_ACTOR:
      return record.command().actor().actor_id() == key.id;
    case v1::TOTAL_SUBJECT_CASE:
      return entity.kind() == v1::ENTITY_KIND_CASE && entity.id() == key.id;
    case v1::TOTAL_SUBJECT_ORDER:
      return entity.kind() == v1::ENTITY_KIND_ORDER && entity.id() == key.id;
    case v1::TOTAL_SUBJECT_ACCOUNT:
      return entity.kind() == v1::ENTITY_KIND_ACCOUNT && entity.id() == key.id;
    default:
      return true;
  }
}

// Whether it is one of those under `key`.
inline bool IsUnder(const TotalKey& key, const v1::JournalRecord& record) {
  const v1::Command& command = record.command();
  if (!record.has_counted() || !IsOfSubject(key, record)) return false;
  if (domain::FindCommand(command) != key.command) return false;
  return !key.reason.has_value() ||
         domain::ReasonOf(*key.command, *domain::GetCommandMessage(command)) == *key.reason;
}

// The value of a total over the records under `key` of that instant or later.
template <typename Records>
v1::Total RecountTotal(const Records& records, const TotalKey& key, absl::Time from) {
  v1::Total total;
  std::map<std::string, std::int64_t> asked;
  std::map<std::string, std::int64_t> given;
  for (const v1::JournalRecord& record : records) {
    const absl::Time time =
        absl::FromUnixSeconds(record.time().seconds()) + absl::Nanoseconds(record.time().nanos());
    if (!IsUnder(key, record) || time < from) continue;
    const v1::CountedCommand& counted = record.counted();
    if (record.approval_id().empty()) {
      total.set_asked_count(total.asked_count() + 1);
      if (counted.has_asked()) asked[counted.asked().currency_code()] += counted.asked().units();
    }
    if (record.verdict() == v1::VERDICT_DONE) {
      total.set_given_count(total.given_count() + 1);
      if (counted.has_given()) given[counted.given().currency_code()] += counted.given().units();
    }
  }
  const auto put = [](const std::map<std::string, std::int64_t>& sums, auto* field) {
    for (const auto& [code, units] : sums) {
      v1::Money& money = *field->Add();
      money.set_currency_code(code);
      money.set_units(units);
    }
  };
  put(asked, total.mutable_asked());
  put(given, total.mutable_given());
  return total;
}

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DOMAIN_RECOUNT_TOTALS_H_
