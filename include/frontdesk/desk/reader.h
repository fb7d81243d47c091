// Reading what a desk holds: states, searches, histories, the journal, explanations. A desk is a reader too (desk.h).
//
//   frontdesk::ReaderOptions options;
//   options.store = store;  // see store.h
//   absl::StatusOr<std::unique_ptr<frontdesk::Reader>> reader =
//       frontdesk::Reader::Open(std::move(options));
//   if (!reader.ok()) return reader.status();
//   auto order = (*reader)->Get(frontdesk::Ref(frontdesk::v1::ENTITY_KIND_ORDER, "1001"));
//   if (!order.ok()) return order.status();
//   std::puts(frontdesk::v1::Order::State_Name((*order)->order().state()).c_str());
#ifndef FRONTDESK_DESK_READER_H_
#define FRONTDESK_DESK_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/explain.h"
#include "frontdesk/desk/find.h"
#include "frontdesk/domain/make_command.h"
#include "frontdesk/event_log/outbox.h"
#include "frontdesk/event_log/page.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/clock_explanation.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/customer_view.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/find.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/log.pb.h"
#include "frontdesk/v1/timeline.pb.h"
#include "frontdesk/v1/total.pb.h"
#include "google/protobuf/repeated_field.h"

namespace frontdesk {

namespace event_log {
class EventLog;
class View;
}  // namespace event_log

class Subscription;

namespace internal {
class ActivePolicy;
class CommandImport;
}  // namespace internal

// A page of a list of an entity. A plain struct.
struct Rows {
  // The entity, its version, and an entity of which nothing is set but the list.
  v1::EntityState state;
  // The position behind which the next page begins, RowPage::after. Nothing: there is no next page.
  // After a full page the next one may be empty.
  absl::optional<RowPosition> next;
};

// The parts of a reader. A plain struct.
struct ReaderOptions {
  // Where everything is kept. Required.
  std::shared_ptr<store::Store> store;
  // How the policies that the store keeps are compiled, to explain records: the functions of the host, for example.
  PolicyOptions policy_options;
  // How much is looked through when something is looked for.
  FindLimits find_limits;
  // As in DeskOptions.
  absl::optional<std::size_t> max_cached_state_bytes;
};

// The options of Reader::ExplainClock. A plain struct.
struct ExplainClockOptions {
  // For a clock that is not over, the instant until which its time is counted. Nothing: the last instant of the case.
  absl::optional<absl::Time> now;
  // The IANA zone in which the texts show times. Empty: that of the calendar of the target, or UTC without one.
  std::string time_zone;
  // Most segments of an explanation. More: RESOURCE_EXHAUSTED CALENDAR_SEGMENTS_TOO_MANY.
  std::size_t max_segments = 10'000;
};

// Reads what desks have written into a store. It changes nothing, and needs no policy. Explain and DecisionInputOf compile
// the policy that the store keeps. Thread-safe.
//
// Each call reads as of one moment of its own. Functions of the policy, time zone sources and stores of the host run inside a call.
// From there no function of the same reader may be called: FAILED_PRECONDITION DESK_REENTERED. Besides the errors that each function
// names, every one may fail as the store does: UNAVAILABLE STORE_UNAVAILABLE, DATA_LOSS STORE_CORRUPT; when another
// process has migrated its file, FAILED_PRECONDITION STORE_NOT_USABLE. That is the error of searches, files and timelines too, when
// the index is of another version: a Desk that opens the store makes an older one again.
class Reader {
 public:
  // INVALID_ARGUMENT DESK_OPTIONS_INVALID without a store, for a limit that is not positive, or for invalid options of a policy.
  static absl::StatusOr<std::unique_ptr<Reader>> Open(ReaderOptions options);

  virtual ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // The state of an entity, never null. It is shared with the desk, and not copied. It is immutable: it stays as it is when the entity
  // changes, and when the desk is gone. Change a copy: `v1::EntityState copy = **state`. Of lists whose elements are rows of their
  // own (ReadRows) those in `lists` are in it, whole; all others are empty. With `lists` the state is a copy of the caller's own.
  // INVALID_ARGUMENT ENTITY_REF_MALFORMED without kind or id, or with one that is not an id (base/id_text.h); INVALID_ARGUMENT
  // ROW_LIST_UNKNOWN; NOT_FOUND ENTITY_NOT_FOUND; RESOURCE_EXHAUSTED FIND_ROWS_TOO_MANY.
  absl::StatusOr<std::shared_ptr<const v1::EntityState>> Get(
      const v1::EntityRef& entity, absl::Span<const absl::string_view> lists = {}) const;

  // The state that an entity had at an instant: after its last event that was decided then or earlier. Lists whose elements are rows
  // are empty. Errors as of Get; NOT_FOUND ENTITY_NOT_FOUND also when it was not there yet. Costs a read of the events since
  // then, and a fold.
  absl::StatusOr<std::shared_ptr<const v1::EntityState>> GetAsOf(const v1::EntityRef& entity,
                                                                 absl::Time time) const;

  // The value of a total of the active policy for a decision at `now` (frontdesk/v1/total.proto). `subject_id` is the id of the customer,
  // actor, case, order or account, empty for a total of the desk; `reason` is that of a total per reason. A customer counts with those that
  // were merged into it. Costs event_log::View::SumTotal() for each list that the total counts (PolicyTotal::KeysFor).
  // FAILED_PRECONDITION STORE_NOT_USABLE when the rows of the store are older; errors of the active policy; NOT_FOUND TOTAL_NOT_FOUND.
  // INVALID_ARGUMENT TOTAL_SUBJECT_MISMATCH for an id or a reason that the total needs, or does not have; INVALID_ARGUMENT
  // ENTITY_REF_MALFORMED for an id that is none. RESOURCE_EXHAUSTED RELATED_TOO_MANY; OUT_OF_RANGE MONEY_OVERFLOW.
  absl::StatusOr<v1::Total> GetTotal(absl::string_view name, absl::string_view subject_id,
                                     absl::Time now, absl::string_view reason = {}) const;

  // Finds customers, orders, cases, interactions or approvals, a page at a time (find.h has an example), also by words in their texts.
  // frontdesk/v1/find.proto describes each query; besides:
  //   - A survivor is found in place of all customers that were merged into it, directly or through others. It is found by the
  //     names with postcodes that each of them had at the time of the merge. It is found by its own contact points and external
  //     ids, which include all of theirs. The id of a merged customer means its survivor. A merged case is found under its own id.
  //   - Names, postcodes and the services of handles are compared without blanks and by the full case folding of Unicode; accents
  //     count. External ids are compared exactly.
  //   - Words are searched in the subject, the notes of resolutions and the parts of a case, and in the note of the wrap-up and the
  //     parts of an interaction. These are the texts that are stored with the entity; for a `customer_view` those of its
  //     CustomerView, which has parts of merged cases and none that were split off.
  //   - Lists by time are in the order of `place_time`, `open_time` or `start_time` to the nanosecond, entities without a time
  //     last; at one instant, the greater id first. Approvals are in the order of `request_time`, the earliest first; at one instant,
  //     the lesser id first. Other lists are in the order of the ids, byte by byte.
  //   - Cases with ORDER_DUE_FIRST are in the order of the earliest `due_time` of their clocks to the nanosecond; at one instant, the lesser
  //     id first. That place changes with the clocks: a case whose due time moves between two pages may be returned again, or not at all.
  //   - An entity that is added, or comes to match the query, between two pages is returned if its place is still to come. One that
  //     no longer matches is no longer returned.
  //   - A page may be shorter than asked for while there are more: only the token shows the end.
  // The states in the response are shared, as those of Get. They live as long as the response: keep the response, or copy the part.
  // The response is never null.
  //
  // One page is read as of one moment, as OpenFile is. Costs O(page), times a logarithm of the store's size, besides O(links and
  // merged cases) for the interactions of a case, and O(merged customers). Words cost as much as the entities that have the rarest
  // one, at most; a beginning costs its words. A `customer_view` reads the view of each case that others were merged into or split
  // off.
  //
  // Errors, in this order: INVALID_ARGUMENT FIND_MALFORMED with all violations. INVALID_ARGUMENT FIND_PAGE_TOKEN_INVALID for a
  // token that was not made for this query. For an invalid telephone number or e-mail address, that of base/contact_point.h. For
  // words RESOURCE_EXHAUSTED FIND_ROWS_TOO_MANY.
  absl::StatusOr<std::shared_ptr<const v1::FindResponse>> Find(
      const v1::FindRequest& request) const;

  // How many entities a request finds, whichever page it asks for. Costs reading the index; of a query for cases or approvals, each
  // entity. Errors as of Find, a page token aside; INVALID_ARGUMENT FIND_MALFORMED also for a search of words;
  // RESOURCE_EXHAUSTED FIND_COUNT_TOO_MANY beyond FindLimits::max_counted.
  absl::StatusOr<std::int64_t> Count(const v1::FindRequest& request) const;

  // Customers that may be the same as this one, or as its survivor, the likeliest first, then by
  // id. Candidates share a telephone number, an e-mail address, a handle, an external id, or a name
  // with a postcode. The evidence is described in domain/customer/customer_match.h.
  // INVALID_ARGUMENT ENTITY_REF_MALFORMED without id; NOT_FOUND ENTITY_NOT_FOUND.
  absl::StatusOr<std::vector<v1::DuplicateCandidate>> FindDuplicates(
      absl::string_view customer_id) const;

  // The file of a customer, or of its survivor, which an agent sees first. It is of one moment. The customer, cases, interactions,
  // orders and accounts in it are shared, as in the response of Find. It is never null.
  // INVALID_ARGUMENT FIND_MALFORMED when `options.now` is no valid time; then as FindDuplicates;
  // then ENTITY_REF_MALFORMED when `options.interaction_id` is not an id.
  absl::StatusOr<std::shared_ptr<const v1::CustomerFile>> OpenFile(
      absl::string_view customer_id, const FileOptions& options) const;

  // Everything that happened about a customer, a page at a time, in the order of the log (frontdesk/v1/timeline.proto). It has the
  // events of the customer and of those merged into it. It has those of their interactions, orders, cases, approvals and stored-value
  // accounts, too. Accounts are those behind the payment methods that the customer has now. That of one entity has its events and
  // those of the approvals of commands that address it. An event that comes to the timeline
  // between two pages is returned if its place is still to come. Costs O(entities of the customer + page), times a logarithm of the
  // store's size.
  //
  // Errors, in this order: INVALID_ARGUMENT FIND_MALFORMED with all violations; ENTITY_REF_MALFORMED for an invalid id;
  // FIND_PAGE_TOKEN_INVALID. NOT_FOUND ENTITY_NOT_FOUND. RESOURCE_EXHAUSTED FIND_RELATED_TOO_MANY for more than
  // FindLimits::max_related entities.
  absl::StatusOr<v1::Timeline> Timeline(const v1::TimelineRequest& request) const;

  // The customer's view of an interaction or a case: domain/customer_view.h. INVALID_ARGUMENT
  // ENTITY_REF_MALFORMED without kind or id, or for an entity of another kind; NOT_FOUND
  // ENTITY_NOT_FOUND.
  absl::StatusOr<v1::CustomerView> CustomerView(const v1::EntityRef& entity) const;

  // The events of an entity, oldest first; `page.after` is a version. The fold of all of them
  // equals Get, with all that ReadRows gives. Errors of Get.
  absl::StatusOr<std::vector<v1::Event>> History(const v1::EntityRef& entity,
                                                 const LogPage& page = {}) const;

  // A page of a list of an entity whose elements are rows of their own, and so not in the state:
  // "entries" of an account. `list` is the name of the field; frontdesk/v1/row_lists.proto. Elements are
  // in the order in which they were added. Costs O(page), times a logarithm of the store's size.
  // INVALID_ARGUMENT ROW_LIST_UNKNOWN when such entities have no such list; else errors of Get.
  // Each page is as of its own moment.
  absl::StatusOr<Rows> ReadRows(const v1::EntityRef& entity, absl::string_view list,
                                const RowPage& page = {}) const;

  // One journal record. NOT_FOUND RECORD_NOT_FOUND.
  absl::StatusOr<v1::JournalRecord> GetRecord(absl::string_view record_id) const;

  // The journal, oldest first; `page.after` is a sequence.
  absl::StatusOr<std::vector<v1::JournalRecord>> Journal(const LogPage& page = {}) const;

  // The log, oldest first, each entry with its events, its journal record and its policy; `page.after` is a position. Positions have no
  // gaps, and no entry ever comes before one that was returned.
  absl::StatusOr<std::vector<v1::LogChange>> ReadLog(const LogPage& page = {}) const;
  // The same, added to `changes`. On an arena many changes are read and dropped in about half of the time. After an error, `changes` has
  // some of the page.
  absl::Status ReadLog(const LogPage& page,
                       google::protobuf::RepeatedPtrField<v1::LogChange>* changes) const;

  // Follows the log from behind a position, as it grows (subscription.h). INVALID_ARGUMENT SUBSCRIPTION_POSITION_UNKNOWN.
  absl::StatusOr<std::unique_ptr<Subscription>> Subscribe(std::int64_t position) const;

  // Verifies the log: every entry, event, journal record and policy is as it was written, and nothing was added. OK also when there is a
  // fault: the report names the first one. Whoever can write the store can write a whole new log: `known` are links that
  // the caller keeps elsewhere, of LogReport or LogEntry, and that must be in it. Costs O(size of the log).
  absl::StatusOr<v1::LogReport> Verify(absl::Span<const KnownLink> known = {}) const;

  // The same, and that everything that is made from the log is what the log says: states, lists, the index, the outbox. Of the outbox,
  // no log has claims and acknowledged effects. All is made again in memory, which takes as much as the desk holds.
  absl::StatusOr<v1::LogReport> VerifyRows() const;

  // Says why a command came out as it did, for the customer, the agent and the auditor (decide/explain.h). It also says why each rule
  // did not fire, and after an approval who asked. For this its input is made again and decided again by the policy of then. Where that is not exactly possible, the
  // explanation says so, and shows what the record itself has. NOT_FOUND RECORD_NOT_FOUND.
  absl::StatusOr<v1::Explanation> Explain(absl::string_view record_id) const;

  // The case with its clocks, from its other events and the policies that decided its commands (decide/compute_clocks.h). They are equal
  // to those of Get and of its list of ended clocks. Costs the history of the case, and of those merged into it. INVALID_ARGUMENT
  // ENTITY_REF_MALFORMED; NOT_FOUND ENTITY_NOT_FOUND; of a policy errors as of DecisionInputOf.
  absl::StatusOr<v1::Case> ComputeClocks(absl::string_view case_id) const;

  // Says why a clock of a case is due when it is, or was (frontdesk/v1/clock_explanation.proto): its stretches, the commands that changed it,
  // and the same in words. `instance` is the number of the clock among those of its metric, from 1; `milestone` is the name of the
  // milestone for MILESTONE, else empty. A clock that is over is explained by the events up to its end.
  //
  // The calendars are compiled from the policies of the targets, by the time zones of today. Where a zone has changed since,
  // `differing_zones` names it, and the segments are those of today. The calendars of a combination may have several zones; then it names
  // all of them, since only their common fingerprint is known.
  //
  // Costs a read of all events of the case, and of the stretches of its states and of the cases merged into it. Errors, in this order:
  // INVALID_ARGUMENT ENTITY_REF_MALFORMED; NOT_FOUND ENTITY_NOT_FOUND; NOT_FOUND CLOCK_NOT_FOUND; for the zone of the texts as
  // calendar::LoadZone; RESOURCE_EXHAUSTED FIND_ROWS_TOO_MANY; of the policies NOT_FOUND POLICY_NOT_KEPT, FAILED_PRECONDITION
  // POLICY_FUNCTION_MISSING, POLICY_NOT_USABLE; RESOURCE_EXHAUSTED CALENDAR_SEGMENTS_TOO_MANY.
  absl::StatusOr<v1::ClockExplanation> ExplainClock(absl::string_view case_id,
                                                    v1::ServiceMetric metric, int instance,
                                                    absl::string_view milestone = {},
                                                    const ExplainClockOptions& options = {}) const;

  // The decision input of a command that reached policy, with the command, as it was decided on:
  // EXACT. It is made again from the log, by the policy of then. CHANGED when this version of the code
  // makes another one; then it says which fields differ. With frontdesk::Decide it can be decided
  // anew, by another policy too. Costs a fold of the entities that the command read.
  //
  // An input has the totals that the policy of then reads. `totals_of` is a policy whose totals it has instead, as they were then: to
  // decide by that one. Null: none.
  // Errors, in this order: NOT_FOUND RECORD_NOT_FOUND; FAILED_PRECONDITION RECORD_WITHOUT_INPUT; of the
  // policy NOT_FOUND POLICY_NOT_KEPT, FAILED_PRECONDITION POLICY_FUNCTION_MISSING, POLICY_NOT_USABLE.
  absl::StatusOr<v1::RebuiltInput> DecisionInputOf(absl::string_view record_id,
                                                   const Policy* totals_of = nullptr) const;

  // The outbox: event_log/outbox.h describes effects, their claims and their states. Pages are in the order of the journal; `page.after`
  // is a sequence, and all effects of a record come in one page. The dead letters are among the pending effects too.
  absl::StatusOr<std::vector<PendingEffect>> PendingEffects(const LogPage& page = {}) const;
  absl::StatusOr<std::vector<PendingEffect>> DeadLetters(const LogPage& page = {}) const;

 protected:
  // For Desk. `policy` is the policy that the host opens it with.
  Reader(std::shared_ptr<store::Store> store, absl::optional<std::size_t> max_cached_state_bytes,
         std::shared_ptr<const Policy> policy, const CommandLimits& limits,
         const FindLimits& find_limits);

  const std::unique_ptr<event_log::EventLog> log_;
  const CommandLimits limits_;
  const FindLimits find_limits_;
  const std::unique_ptr<internal::ActivePolicy> active_policy_;

 private:
  friend class internal::CommandImport;
  // DecisionInputOf a record that was found, in `view`, with the policy.
  absl::StatusOr<v1::RebuiltInput> Rebuild(const event_log::View& view,
                                           const v1::JournalRecord& record, const Policy* totals_of,
                                           std::shared_ptr<const Policy>* policy) const;
};

}  // namespace frontdesk

#endif  // FRONTDESK_DESK_READER_H_
