// The contents of a desk, as messages over a store of rows: events, states, the journal, the index, remembered verdicts, the outbox.
//
//   frontdesk::event_log::EventLog log(frontdesk::store::MakeMemoryStore(), {frontdesk::Evolve});
//   auto view = log.Read();
//   auto stored = view->Get(frontdesk::v1::ENTITY_KIND_CASE, "c7");
//
// Everything that happened has a position: 1, 2, 3, …. The events and the record of one commit are one entry of the log, and the
// entries make a chain (frontdesk/v1/log.proto). An entity's state is the fold of its events. A copy of the state is kept too, and written anew when the events since then are larger than it.
#ifndef FRONTDESK_EVENT_LOG_EVENT_LOG_H_
#define FRONTDESK_EVENT_LOG_EVENT_LOG_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/domain/row.h"
#include "frontdesk/domain/total_key.h"
#include "frontdesk/event_log/batch.h"
#include "frontdesk/event_log/outbox.h"
#include "frontdesk/event_log/page.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/import.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/log.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "frontdesk/v1/total.pb.h"
#include "google/protobuf/repeated_field.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace event_log {

class EventLog;
class Group;
class OutboxEdit;
class StateCache;
struct EffectPlace;

// LogHeader.format of the logs that are exported and imported.
inline constexpr int kLogFormat = 1;

// Folds an event into the state of its entity: frontdesk::Evolve. Elements of lists that are rows may be missing from the
// state, and are left out when it is kept.
using FoldFunction = std::function<absl::Status(const v1::Event&, v1::EntityState*)>;

// A plain struct.
struct EventLogOptions {
  FoldFunction fold;
  // Most bytes of states that are kept in memory, about.
  std::size_t max_cached_bytes = std::size_t{64} << 20;
};

// The outcome that is remembered under an idempotency key. A plain struct.
struct StoredOutcome {
  v1::RememberedOutcome outcome;
  store::Value row;  // Null: nothing is.
};

// The newest instant that is written down. A plain struct.
struct StoredTime {
  google::protobuf::Timestamp time;
  store::Value row;  // Null: none is.
};

// The value of a total. A plain struct.
struct SummedTotal {
  // Without a name; the sums in the order of their currencies.
  v1::Total total;
  ReadTotal read;
};

// Everything as it was at one moment. Thread-safe; outlived by its log.
class View {
 public:
  // The position of the last entry of the log; 0: there is none.
  std::int64_t sequence() const { return rows_->position(); }

  absl::StatusOr<StoredState> Get(v1::EntityKind kind, const std::string& id) const;

  // The same of the entities at several places of the index: faster than one after the other, and one exchange with a remote store.
  absl::StatusOr<std::vector<StoredState>> GetAll(v1::EntityKind kind,
                                                  absl::Span<const IndexPosition> places) const;

  // The state that is in the memory of this process, whether or not it is the newest one. Nothing in it when there is none. Reads nothing.
  StoredState GetKnown(v1::EntityKind kind, const std::string& id) const;

  // The same moment, after one read of the rows from which Get() of these entities and FindRemembered() of these keys answer. For a store
  // that is remote.
  absl::StatusOr<View> Fetch(absl::Span<const v1::EntityRef> entities,
                             absl::Span<const std::string> idempotency_keys = {}) const;

  // The row of the entity that changes with every event of it; null when there is no such entity.
  absl::StatusOr<store::Value> GetHead(v1::EntityKind kind, absl::string_view id) const;

  // The state in an earlier version; null when it never had it. Quick for the newest versions; for others the events from the
  // first on are folded.
  absl::StatusOr<std::shared_ptr<const v1::EntityState>> GetAt(v1::EntityKind kind,
                                                               const std::string& id,
                                                               std::int64_t version) const;

  // Folds the events of an entity from the first one on, up to a version, whatever copy of its state is kept. `visit` is called before
  // each event with the event and the state so far, and once more with null at the end. It may change the elements of lists that are
  // rows. DATA_LOSS STORE_CORRUPT, and errors of `visit`. Costs a read of all the events.
  using VisitFold = absl::FunctionRef<absl::Status(const v1::Event*, v1::EntityState*)>;
  absl::Status Replay(v1::EntityKind kind, const std::string& id, std::int64_t version,
                      VisitFold visit) const;

  // The version that the entity had at an instant: that of its last event whose time is not later; 0: it was not there yet. Costs a
  // read of the events since then.
  absl::StatusOr<std::int64_t> VersionAsOf(v1::EntityKind kind, absl::string_view id,
                                           absl::Time time) const;

  // An element of a list of an entity (frontdesk/domain/row.h), as it was in a version of the entity;
  // nothing when there was none of that name. `list` is the number of the list's field.
  absl::StatusOr<absl::optional<StoredRow>> FindRow(const v1::EntityRef& entity, int list,
                                                    absl::string_view name,
                                                    std::int64_t version) const;

  // The elements of a list in a version of the entity, in the order of the page.
  absl::StatusOr<std::vector<StoredRow>> Rows(const v1::EntityRef& entity, int list,
                                              std::int64_t version, const RowPage& page) const;

  // The policy that is kept under that hash; nothing when none is.
  absl::StatusOr<absl::optional<v1::KeptPolicy>> GetPolicy(absl::string_view hash) const;

  // Whether the rows that follow from others are of the version of this code: states, the index, the words of texts, the order of the outbox,
  // totals. FAILED_PRECONDITION STORE_NOT_USABLE when they are not.
  absl::Status CheckRows() const;

  // The entities under a key of the index, in the order of the page.
  absl::StatusOr<std::vector<IndexPosition>> Find(v1::EntityKind kind, absl::string_view key,
                                                  const IndexPage& page) const;

  // The part of the entity at `place` that has this id in another system, where `key` is that of the id; the last one when there are
  // several. Empty: there is none.
  absl::StatusOr<std::string> FindPart(v1::EntityKind kind, absl::string_view key,
                                       const IndexPosition& place) const;

  // The entities of which a text has that word, each once, the latest first: those after `after`. `is_seen_by_customer` says which
  // texts: those that the customer sees, or those that it does not see. Fewer than `most` only at the end.
  absl::StatusOr<std::vector<IndexPosition>> FindWord(v1::EntityKind kind, absl::string_view word,
                                                      bool is_seen_by_customer,
                                                      const absl::optional<IndexPosition>& after,
                                                      int most) const;

  // The different words of these texts that begin so, ascending; at most `most`. Costs a read for each.
  absl::StatusOr<std::vector<std::string>> WordsThatBegin(v1::EntityKind kind,
                                                          absl::string_view beginning,
                                                          bool is_seen_by_customer,
                                                          std::size_t most) const;

  // The events of an entity, oldest first; `page.after` is a version. Empty when there is no such entity.
  absl::StatusOr<std::vector<v1::Event>> History(const v1::EntityRef& entity,
                                                 const LogPage& page) const;

  // One journal record, or null when there is none.
  absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> GetRecord(
      absl::string_view record_id) const;

  // The journal, oldest first; `page.after` is a sequence.
  absl::StatusOr<std::vector<v1::JournalRecord>> Journal(const LogPage& page) const;

  // The last journal record, or null when there is none.
  absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> NewestRecord() const;

  // The log, oldest first; `page.after` is a position. Each change is whole.
  absl::StatusOr<std::vector<v1::LogChange>> Log(const LogPage& page) const;
  // The same, added to `changes`, on its arena if it is on one.
  absl::Status Log(const LogPage& page,
                   google::protobuf::RepeatedPtrField<v1::LogChange>* changes) const;

  // Verifies the log from its first entry on: every entry, event, record and policy is as it was written, and nothing was added. The links
  // that are known count too. OK also when there is a fault: the report names the first. Costs O(size of the log); remembers the entities.
  absl::StatusOr<v1::LogReport> Verify(absl::Span<const KnownLink> known = {}) const;

  // The link of the last entry of the log; 32 bytes of zero when there is none.
  std::string link() const { return rows_->link(); }

  // Gives `write` the lines of an exported log, in order, until one is not OK; that is the result then.
  absl::Status Export(absl::FunctionRef<absl::Status(const v1::LogLine&)> write) const;

  // The name of the first table in which another view has other rows; nothing when they hold the same. Costs O(rows).
  absl::StatusOr<absl::optional<std::string>> Difference(const View& other) const;

  // The events that a record caused, in order.
  absl::StatusOr<std::vector<v1::Event>> RecordEvents(const v1::JournalRecord& record) const;

  absl::StatusOr<StoredOutcome> FindRemembered(absl::string_view idempotency_key) const;

  absl::StatusOr<StoredTime> NewestTime() const;

  // The counts and sums of the commands under `key` that were decided at `from` or later (InfinitePast: of all), and were recorded before
  // the position `before`. Costs O(log n) reads over n commands, if their instants are in about the order of the records and those who read
  // the total before have committed their batches. Else up to O(n). OUT_OF_RANGE MONEY_OVERFLOW when a sum does not fit into 64 bits.
  absl::StatusOr<SummedTotal> SumTotal(
      const TotalKey& key, absl::Time from,
      std::int64_t before = std::numeric_limits<std::int64_t>::max()) const;

  // The result of a row of an import; nothing when it has none.
  absl::StatusOr<absl::optional<v1::ImportRow>> FindImportRow(absl::string_view import_id,
                                                              std::int64_t row) const;

  // The rows of an import that have a result, in their order; `page.after` is a row.
  absl::StatusOr<std::vector<v1::ImportRow>> ImportRows(absl::string_view import_id,
                                                        const LogPage& page) const;

  // The names of the imports that have rows, byte by byte. Costs a read for each.
  absl::StatusOr<std::vector<std::string>> Imports(const ImportPage& page) const;

  // Effects in the outbox, in the order of the journal; `page.after` is a sequence. All effects of a record come in one page, which may
  // therefore be longer than asked for.
  absl::StatusOr<std::vector<PendingEffect>> PendingEffects(const LogPage& page) const;

  // The dead letters among them, in the same way. Costs O(page).
  absl::StatusOr<std::vector<PendingEffect>> DeadLetters(const LogPage& page) const;

  // The effect of that id, in the outbox or not; nothing when there is none.
  absl::StatusOr<absl::optional<v1::Effect>> FindEffect(absl::string_view effect_id) const;

  // When an event of the batch reports an effect, adds the change of the outbox. DATA_LOSS STORE_CORRUPT when there are several such
  // events, which no command has.
  absl::Status AddReport(Batch* batch) const;

 private:
  friend class EventLog;
  friend class Group;
  friend absl::StatusOr<View> ReadStore(const store::Store& store, FoldFunction fold);
  View(std::shared_ptr<const store::Snapshot> rows, FoldFunction fold,
       std::shared_ptr<StateCache> cache)
      : rows_(std::move(rows)), fold_(std::move(fold)), cache_(std::move(cache)) {}

  // The same from a state on.
  absl::Status FoldOn(v1::EntityKind kind, const std::string& id, std::int64_t version,
                      VisitFold visit, v1::EntityState* state) const;

  // The state of `version`, folded from the copy of `copy_version`, or from nothing when that is 0.
  absl::StatusOr<std::shared_ptr<const v1::EntityState>> FoldFrom(v1::EntityKind kind,
                                                                  const std::string& id,
                                                                  std::int64_t copy_version,
                                                                  std::int64_t version) const;

  // Adds the state of an entity to its head; nothing when that is null.
  absl::Status AddState(v1::EntityKind kind, const std::string& id, StoredState* stored) const;

  std::shared_ptr<const store::Snapshot> rows_;
  FoldFunction fold_;
  std::shared_ptr<StateCache> cache_;
  // Positions behind this one are those of batches that are not committed.
  std::int64_t committed_ = std::numeric_limits<std::int64_t>::max();
  // Whether a read is an exchange with another process.
  bool is_remote_ = false;
};

// The result of a commit.
enum class CommitVerdict {
  kCommitted,
  // A verdict is remembered under the key by now.
  kKeyRemembered,
  // Something that was read has changed.
  kConflict,
  // There is a journal record of that id.
  kRecordExists,
  // The row of the import has a result by now.
  kImportRowExists,
};

// Batches that are decided one after the other and committed together: each on the result of those before it. Thread-compatible;
// outlived by its log.
class Group {
 public:
  Group(Group&&) noexcept;
  Group& operator=(Group&&) noexcept;
  ~Group();

  // Everything as it was when the group began, with the batches that were added.
  const View& view() const;

  // Adds a batch that was decided on view(), as EventLog::Commit has it. Its messages are not needed afterwards.
  absl::Status Add(const Batch& batch);

  // The same when the batch leads to that link of the log: false, and nothing is added, when it leads to another.
  absl::StatusOr<bool> AddIfLink(const Batch& batch, absl::string_view link);

  // The number of batches.
  std::size_t size() const;

 private:
  friend class EventLog;
  struct Parts;
  explicit Group(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

// The error of a store, of its opening for example, with the reason that a log gives it: by its code STORE_NOT_FOUND, STORE_FILE_INVALID,
// STORE_FILE_EXISTS, STORE_NOT_USABLE, STORE_CORRUPT, STORE_NOT_CLONEABLE, else STORE_UNAVAILABLE. OK stays OK.
absl::Status StoreError(const absl::Status& status);

// The contents of a store as they are now, without a log that writes it: states are not kept in memory between calls.
absl::StatusOr<View> ReadStore(const store::Store& store, FoldFunction fold);

// Thread-safe.
class EventLog {
 public:
  EventLog(std::shared_ptr<store::Store> store, EventLogOptions options);

  absl::StatusOr<View> Read() const;

  // Store::IsRemote().
  bool is_remote() const { return store_->IsRemote(); }

  // The contents at the moment of the first read. Until then the store is asked for nothing, and sequence() is the last one that this log
  // has met.
  View ReadLater() const;

  // All of the batch, or nothing. UNAVAILABLE STORE_UNAVAILABLE, DATA_LOSS STORE_CORRUPT; RESOURCE_EXHAUSTED STORE_ROW_TOO_LARGE.
  absl::StatusOr<CommitVerdict> Commit(const Batch& batch);

  absl::StatusOr<Group> BeginGroup() const;
  // On the contents of a view of this log.
  Group BeginGroup(const View& view) const;

  // Makes the rows that follow from others: states, the index, the words of texts, the order of the outbox, totals. Nothing is to do when
  // those of the store are of this version. Bounded batches; continues where another process or an earlier call ended. To be called once,
  // before anything is written. From then on a commit fails with FAILED_PRECONDITION STORE_NOT_USABLE after a newer version has made the rows again. Costs a
  // read when the version is that of this code, else O(rows). FAILED_PRECONDITION STORE_NOT_USABLE when they are of a newer version, or
  // older in a store that is read-only.
  absl::Status MakeRows();

  // Commits the batches of a group in their order, each whole or not at all: a verdict for each. One that was decided on another that is
  // not committed is not committed either. Errors as of Commit; then none is committed, as far as the store says.
  absl::StatusOr<std::vector<CommitVerdict>> CommitGroup(Group group);

  // Keeps what a line of an exported log holds beside the log: outcomes, open effects, the newest instant, rows of imports. Other
  // lines are nothing to it. DATA_LOSS STORE_CORRUPT when the line is not valid.
  absl::Status PutLine(const v1::LogLine& line);

  // The same for many lines that hold rows of imports.
  absl::Status PutImportRows(absl::Span<const v1::LogLine> lines);

  // Removes outcomes whose time is before that one, the oldest first, at most `most`. Returns the number of those that it removed.
  absl::StatusOr<int> ForgetOutcomes(const google::protobuf::Timestamp& before, int most);

  // The functions of the outbox, as Desk has them (desk/desk.h).
  absl::StatusOr<std::vector<ClaimedEffect>> ClaimEffects(absl::Time now,
                                                          const ClaimOptions& options);
  absl::Status AcknowledgeEffect(absl::string_view effect_id,
                                 absl::optional<int> attempt = absl::nullopt);
  absl::StatusOr<v1::EffectClaim> RetryEffect(absl::string_view effect_id, int attempt,
                                              absl::Time now, const RetryOptions& options);
  absl::Status ExtendLease(absl::string_view effect_id, int attempt, absl::Time lease_end);
  absl::Status ReviveEffect(absl::string_view effect_id);

  // A store of its own with the same contents. UNIMPLEMENTED STORE_NOT_CLONEABLE.
  absl::StatusOr<std::shared_ptr<store::Store>> CloneStore() const;

  // Store::StartWatch. UNIMPLEMENTED STORE_NOT_WATCHABLE.
  absl::StatusOr<std::unique_ptr<store::Watch>> StartWatch() const;

 private:
  absl::StatusOr<std::vector<store::CommitResult>> CommitAll(std::vector<store::Batch> batches);
  // STORE_NOT_USABLE when the rows were made again since MakeRows().
  absl::Status CheckRows() const;
  void NotePosition(std::int64_t position) const;

  // Changes one effect by `change`, again when others were first. EFFECT_NOT_FOUND.
  absl::Status EditEffect(
      absl::string_view effect_id,
      absl::FunctionRef<absl::StatusOr<bool>(const EffectPlace&, OutboxEdit*)> change);

  const std::shared_ptr<store::Store> store_;
  const EventLogOptions options_;
  const std::shared_ptr<StateCache> cache_;
  // The row of the version of rows that follow from others; null before MakeRows().
  store::Value derived_;
  // The greatest position that a view or a commit had.
  mutable std::atomic<std::int64_t> last_position_{0};
};

}  // namespace event_log
}  // namespace frontdesk

#endif  // FRONTDESK_EVENT_LOG_EVENT_LOG_H_
