// The state that a command is decided on, as it is asked for on its way. The desk implements it over its store. Private.
#ifndef FRONTDESK_SRC_DECIDE_STATE_SOURCE_H_
#define FRONTDESK_SRC_DECIDE_STATE_SOURCE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "frontdesk/domain/row.h"
#include "frontdesk/domain/total_key.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/desk.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "frontdesk/v1/total.pb.h"

namespace frontdesk {
namespace internal {

// The outcome that is remembered under an idempotency key. Null: none is.
struct RememberedVerdict {
  std::shared_ptr<const v1::Outcome> outcome;
  // SHA-256 of the body of the command that it was given on.
  std::string body_hash;
};

// Serves one run of a command. Get, FindRow, Rows, SumTotal, and those that return ids, give the same answer each time, and a commit of the run demands
// that it still holds then. The others are no part of the commit. All but HasRead may fail as the store does.
class StateSource {
 public:
  virtual ~StateSource() = default;

  // Whether Expect() is of use.
  virtual bool ReadsAhead() const { return false; }

  // Comes before other calls about a command: Get() will be called for most of these entities, which it names. `created` is the one that it
  // begins; empty: none.
  virtual void Expect(std::vector<v1::EntityRef> named, v1::EntityRef created) {
    static_cast<void>(named);
    static_cast<void>(created);
  }

  // The state of an entity; null when there is none.
  virtual absl::StatusOr<std::shared_ptr<const v1::EntityState>> Get(v1::EntityKind kind,
                                                                     const std::string& id) = 0;

  // Whether Get() was asked for that entity, and there is one.
  virtual bool HasRead(v1::EntityKind kind, const std::string& id) const = 0;

  // The state that an entity had in a version; null when it never had it.
  virtual absl::StatusOr<std::shared_ptr<const v1::EntityState>> GetAt(const v1::EntityRef& entity,
                                                                       std::int64_t version) = 0;

  // The element of that name in a list of an entity; nothing when there is none. `list` is the number of the list's field.
  virtual absl::StatusOr<absl::optional<StoredRow>> FindRow(const v1::EntityRef& entity, int list,
                                                            absl::string_view name) = 0;

  // The first elements of a list of an entity behind a position, at most `most`, at most 10,000.
  virtual absl::StatusOr<std::vector<StoredRow>> Rows(const v1::EntityRef& entity, int list,
                                                      absl::optional<RowPosition> after,
                                                      int most) = 0;

  // The ids of the merged cases of a customer; ascending.
  virtual absl::StatusOr<std::vector<std::string>> MergedCasesOf(
      const std::string& customer_id) = 0;

  // The ids of the entities of that kind with that id in another system, merged customers aside, or with a part that has it
  // (`of_parts`); ascending.
  virtual absl::StatusOr<std::vector<std::string>> EntitiesWith(
      v1::EntityKind kind, bool of_parts, const v1::ExternalId& external_id) = 0;

  // The part of such an entity that has the id: the last one. Empty: none has it. Not part of the commit: no part loses its ids.
  virtual absl::StatusOr<std::string> PartWith(const v1::EntityRef& entity,
                                               const v1::ExternalId& external_id) = 0;

  // The ids of the orders for which a gateway reported with that reference; ascending.
  virtual absl::StatusOr<std::vector<std::string>> OrdersWithReference(
      absl::string_view reference) = 0;

  // The counts and sums of the commands under `key` that were decided at `from` or later; no name. InfinitePast: of all.
  virtual absl::StatusOr<v1::Total> SumTotal(const TotalKey& key, absl::Time from) = 0;

  // The ids of the approvals that wait for that entity, and of those that wait for the request with that hash; ascending.
  virtual absl::StatusOr<std::vector<std::string>> WaitingApprovalsOf(
      const v1::EntityRef& entity) = 0;
  virtual absl::StatusOr<std::vector<std::string>> WaitingRequests(absl::string_view hash) = 0;

  // The journal record of the command that caused the event by which an entity has that version; null when there is none.
  virtual absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> CausingRecord(
      const v1::EntityRef& entity, std::int64_t version) = 0;

  // The journal record of the command that waits for that approval; null when there is none.
  virtual absl::StatusOr<std::shared_ptr<const v1::JournalRecord>> HeldRecord(
      const std::string& approval_id) = 0;

  // The effect of that id, which never changes; nothing when there is none.
  virtual absl::StatusOr<absl::optional<v1::Effect>> FindEffect(absl::string_view effect_id) = 0;

  // The policy that is kept under that hash, or is kept with the command; nothing when there is none.
  virtual absl::StatusOr<absl::optional<v1::PolicyRef>> FindPolicy(absl::string_view hash) = 0;

  // The newest instant of the desk, about: at most as much too early as ClockLimits::lead_step() is. Nothing for an empty desk.
  virtual absl::StatusOr<absl::optional<absl::Time>> NewestTime() = 0;

  // The outcome that is remembered under the command's idempotency key at its instant, whatever its body is.
  virtual absl::StatusOr<RememberedVerdict> FindRemembered(const v1::Command& command) = 0;
};

// The customer, or the survivor of its merges. Null when there is none, and when imports have it merged in a circle. RESOURCE_EXHAUSTED
// RELATED_TOO_MANY beyond `max_related` merges.
absl::StatusOr<std::shared_ptr<const v1::EntityState>> FindCustomer(std::string customer_id,
                                                                    int max_related,
                                                                    StateSource* source);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_STATE_SOURCE_H_
