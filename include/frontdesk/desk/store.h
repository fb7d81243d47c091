// The store of a desk: the interface that a store implements, and the one in memory.
//
//   auto store = frontdesk::MakeMemoryStore();
//   frontdesk::DeskOptions options;
//   options.store = store;
//
// A store keeps:
//   - the events of every entity, and the entity's state (the fold of them);
//   - the journal, the remembered verdicts, and the outbox of effects;
//   - an index: rows (kind, key, sort, id) by which entities are found.
// It changes by whole batches only.
#ifndef FRONTDESK_DESK_STORE_H_
#define FRONTDESK_DESK_STORE_H_

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
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {

// A verdict remembered for an idempotency key. A plain struct.
struct RememberedOutcome {
  std::string idempotency_key;
  // The instant of its command.
  absl::Time time;
  // SHA-256 of the command's body, 32 bytes.
  std::string body_hash;
  v1::Outcome outcome;
};

// An entity's version that a batch was decided on. 0: the entity must not exist.
struct ExpectedVersion {
  v1::EntityRef entity;
  std::int64_t version = 0;
};

// Most bytes of an index key.
inline constexpr std::size_t kMaxIndexKeyBytes = 256;

// One row of the index: the entity is found under `key`, at the place that `sort` gives it. The key
// is a text without meaning to the store; UTF-8 without NUL, possibly with personal data. An entity
// is under a key at most once. A plain struct.
struct IndexEntry {
  v1::EntityRef entity;
  std::string key;
  std::int64_t sort = 0;
};

// A place in the list of the entities under a key: by sort, then by id, byte by byte. A plain
// struct.
struct IndexPosition {
  std::int64_t sort = 0;
  std::string id;

  friend bool operator==(const IndexPosition& a, const IndexPosition& b) {
    return a.sort == b.sort && a.id == b.id;
  }
  friend bool operator<(const IndexPosition& a, const IndexPosition& b) {
    return a.sort != b.sort ? a.sort < b.sort : a.id < b.id;
  }
};

// The entities under a key when a batch was decided. A plain struct.
struct ExpectedIndex {
  v1::EntityKind kind = v1::ENTITY_KIND_UNSPECIFIED;
  std::string key;
  // Their ids, ascending byte by byte; empty: there were none.
  std::vector<std::string> ids;
};

// The part of a longer list that is asked for: the elements after a position, up to a number. A page token of Desk::Find is
// such a position, with its query, as text. A plain struct.
template <typename Position>
struct Page {
  // Only elements after this position, whether there is one at it or not. The default is before the
  // first.
  Position after = Position();
  // The maximum number; 1 to 10,000, other values are clamped to this range.
  int page_size = 1'000;
};

// Of a log: the position is a version (of an entity) or a sequence (of the journal). Both begin at 1.
using LogPage = Page<std::int64_t>;

// Of the entities under a key of the index.
struct IndexPage : Page<absl::optional<IndexPosition>> {
  // False: ascending. True: the exact reverse.
  bool descending = false;
};

// The changes of one command. A plain struct.
struct CommitBatch {
  // Every entity that was read, whether it changes or not. Each must still have this version.
  std::vector<ExpectedVersion> expected_versions;
  // New states, immutable from here on. Each is named in `expected_versions`, and its version is
  // higher by the number of its events in the batch.
  std::vector<std::shared_ptr<const v1::EntityState>> states;
  // Every index entry of each of `states`: they take the place of those that these entities had. An
  // entity of `states` without any has none from here on.
  std::vector<IndexEntry> index_entries;
  // Every index key that was read. Exactly these entities must still be under it.
  std::vector<ExpectedIndex> expected_index;
  // The events in order, complete with id, version and record.
  std::vector<v1::Event> events;
  // The journal record; its `sequence` is given by the store. Nothing when the command did not
  // reach policy.
  absl::optional<v1::JournalRecord> record;
  // The verdict to remember, if the command has a key.
  absl::optional<RememberedOutcome> remembered;
  // The time of the verdict that the key had, where that one is too old to count: the new one takes its
  // place. Nothing when the key had none.
  absl::optional<absl::Time> outdated;
};

// One effect in the outbox. A plain struct.
struct PendingEffect {
  // The journal sequence of the record that caused it.
  std::int64_t sequence = 0;
  v1::Effect effect;
};

// A store. Implementations are thread-safe. Every function may also fail with UNAVAILABLE
// STORE_UNAVAILABLE, and with DATA_LOSS STORE_CORRUPT when the stored data is not valid.
class Store {
 public:
  virtual ~Store() = default;

  // The state of an entity, or null when there is none.
  virtual absl::StatusOr<std::shared_ptr<const v1::EntityState>> Get(
      const v1::EntityRef& entity) const = 0;

  // The entities under a key of the index, in the order of the page. Linear in the page, and
  // besides at most logarithmic in the store's size.
  virtual absl::StatusOr<std::vector<IndexPosition>> Find(v1::EntityKind kind,
                                                          absl::string_view key,
                                                          const IndexPage& page) const = 0;

  // The sequence of the last journal record, 0 when there is none. While it stays the same no
  // entity and no index entry changes, so what is read between two equal answers belongs together.
  virtual absl::StatusOr<std::int64_t> LastSequence() const = 0;

  // The events of an entity, oldest first; `page.after` is a version. Empty when there is no such
  // entity.
  virtual absl::StatusOr<std::vector<v1::Event>> History(const v1::EntityRef& entity,
                                                         const LogPage& page) const = 0;

  // One journal record, or null when there is none.
  virtual absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> GetRecord(
      absl::string_view record_id) const = 0;

  // The journal, oldest first; `page.after` is a sequence.
  virtual absl::StatusOr<std::vector<std::shared_ptr<const v1::JournalRecord>>> Journal(
      const LogPage& page) const = 0;

  // The events that a journal record caused, in order.
  virtual absl::StatusOr<std::vector<v1::Event>> RecordEvents(
      absl::string_view record_id) const = 0;

  // The verdict remembered for a key, or null.
  virtual absl::StatusOr<std::shared_ptr<const RememberedOutcome>> FindRemembered(
      absl::string_view idempotency_key) const = 0;

  // Effects that were not acknowledged, in the order of the journal; `page.after` is a sequence.
  // All effects of a record come in one page, which may therefore be longer than asked for.
  virtual absl::StatusOr<std::vector<PendingEffect>> PendingEffects(const LogPage& page) const = 0;

  // Says that the host has carried out an effect. Repeating it is harmless. NOT_FOUND
  // EFFECT_NOT_FOUND for an id that never was.
  virtual absl::Status AcknowledgeEffect(absl::string_view effect_id) = 0;

  // Stores a batch, whole or not at all, and gives the record the next sequence of the journal,
  // which has no gaps. Returns that sequence, 0 for a batch without a record. Errors, in this
  // order, all of which leave the store as it was:
  //   ALREADY_EXISTS   COMMIT_KEY_REMEMBERED   the key of `remembered` has a verdict already, and not
  //                                            the outdated one
  //   ABORTED          COMMIT_CONFLICT         an entity no longer has its expected version, or
  //                                            others stand under an index key than expected
  //   ALREADY_EXISTS   COMMIT_RECORD_EXISTS    the record's id is taken
  //   INVALID_ARGUMENT COMMIT_MALFORMED        the batch contradicts itself; or an index entry is
  //                                            of no entity of `states`, stands there twice, or has
  //                                            a key that is empty or too long
  virtual absl::StatusOr<std::int64_t> Commit(CommitBatch batch) = 0;

  // A store of its own that begins with the current contents of this one. UNIMPLEMENTED
  // STORE_NOT_CLONEABLE where that is not supported.
  virtual absl::StatusOr<std::shared_ptr<Store>> Clone() const;
};

// An empty store in memory. Clones share what they hold in common and cost next to nothing, however
// much that is.
std::shared_ptr<Store> MakeMemoryStore();

}  // namespace frontdesk

#endif  // FRONTDESK_DESK_STORE_H_
