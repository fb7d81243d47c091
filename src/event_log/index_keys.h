// The keys of the index. Private.
//
// A key is a word and the texts it is about. Each text has its length before it, so that no two of them run
// into one. A text that would be too long is replaced by a hash.
#ifndef FRONTDESK_SRC_EVENT_LOG_INDEX_KEYS_H_
#define FRONTDESK_SRC_EVENT_LOG_INDEX_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/event_log/page.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace internal {

// Most bytes of an index key.
inline constexpr std::size_t kMaxIndexKeyBytes = 256;

// Customers. `match_key` is that of the contact point; names, postcodes and services are compared
// as FoldText() has it. A name or postcode of which nothing is left then has no key.
std::string PhoneKey(absl::string_view match_key);
std::string EmailKey(absl::string_view match_key);
std::string HandleKey(absl::string_view service, absl::string_view match_key);
std::string NameAndPostcodeKey(absl::string_view name, absl::string_view postal_code);

// Entities of any kind that have this id in another system, and those with a part that has it.
std::string ExternalIdKey(const v1::ExternalId& external_id);
std::string PartExternalIdKey(const v1::ExternalId& external_id);

// Orders for which a gateway reported with this reference.
std::string ReferenceKey(absl::string_view reference);

// Customers that were merged into this one.
std::string MergedIntoKey(absl::string_view customer_id);

// Orders and interactions.
std::string OfCustomerKey(absl::string_view customer_id);

// Interactions whose links name a case.
std::string OfCaseKey(absl::string_view case_id);

// Cases in one state.
std::string InStateKey(v1::Case::State state);
std::string OfCustomerKey(absl::string_view customer_id, v1::Case::State state);
// Whether the customer's view of a case may have other parts than those that are stored with it: others were merged into it, or parts
// were split off.
bool IsJoined(const v1::Case& current);
// Such cases of a customer.
std::string JoinedKey(absl::string_view customer_id);
std::string InQueueKey(absl::string_view queue_id, v1::Case::State state);
std::string OfAssigneeKey(absl::string_view assignee_id, v1::Case::State state);
// Cases of a queue with one priority. There is none for 0, which costs nothing where a company has no priorities.
std::string InQueueKey(absl::string_view queue_id, v1::Case::State state, std::int32_t priority);
// Cases of a queue that nobody has, in a state in which most cases have somebody: HasUnassignedKey().
std::string UnassignedKey(absl::string_view queue_id, v1::Case::State state);
bool HasUnassignedKey(v1::Case::State state);
// Whether nothing more happens to a case in this state: CLOSED, CANCELED, MERGED. Keys that belong to no state have this in them, so that
// those of cases that are worked on stay few, and change once in the life of a case.
bool IsOver(v1::Case::State state);
std::string TagKey(absl::string_view tag, bool is_over);
// Cases of which something is due: all, in a queue, of an assignee. In these lists the place is that of FindDueTime(). There are none by
// state: the cases that are not worked on have nothing due, as a rule.
std::string DueKey();
std::string DueInQueueKey(absl::string_view queue_id);
std::string DueOfAssigneeKey(absl::string_view assignee_id);
// The earliest due time of the clocks that are not over. Null: nothing is due.
const google::protobuf::Timestamp* FindDueTime(const v1::Case& current);
std::string AttributeKey(const v1::Attribute& attribute, bool is_over);
bool IsSameAttribute(const v1::Attribute& one, const v1::Attribute& other);

// Approvals in one state: all, of an authority, of a requester, of commands that address an entity, and that concern a customer.
std::string InStateKey(v1::Approval::State state);
std::string OfAuthorityKey(absl::string_view authority, v1::Approval::State state);
std::string OfRequesterKey(absl::string_view requester_id, v1::Approval::State state);
std::string ApprovalOfKey(const v1::EntityRef& entity, v1::Approval::State state);
std::string OfCustomerKey(absl::string_view customer_id, v1::Approval::State state);
// Pending approvals of a request: Approval.request_hash.
std::string RequestKey(absl::string_view request_hash);

// The place of an order, interaction, case or approval in a list by time; that of a customer is all 0. It
// never changes in the life of an entity.
IndexPosition PositionOf(const v1::EntityState& state);

// The place of a case in the lists by due time; nothing when nothing is due.
absl::optional<IndexPosition> DuePositionOf(const v1::EntityState& state);

// Every key that an entity in this state is found by under PositionOf(), ascending. A merged customer is found under its survivor's
// id only. The survivor is found by its own phone numbers, e-mail addresses, handles and external ids, which
// include those of all customers merged into it. It is also found by the names with postcodes that these had
// when they were merged: those of `merged_customer_refs` from `first_ref` on. Linear in the state.
std::vector<std::string> IndexKeysOf(const v1::EntityState& state, int first_ref = 0);

// A row of the index about a known entity. A plain struct.
struct IndexEntry {
  std::string key;
  // IndexPosition::sort.
  std::int64_t sort = 0;

  friend bool operator<(const IndexEntry& a, const IndexEntry& b) {
    return a.key != b.key ? a.key < b.key : a.sort < b.sort;
  }
};

// All rows of an entity in this state, ascending: the keys above, and those of the lists by due time.
std::vector<IndexEntry> IndexEntriesOf(const v1::EntityState& state, int first_ref = 0);

// Whether two states of one entity have the same place and the same keys, as far as a short look shows; false where it does not. A
// field that PositionOf() or IndexEntriesOf() comes to read belongs here too.
bool HaveSameKeys(const v1::EntityState& one, const v1::EntityState& other);

// The keys that a customer is found by: those of IndexKeysOf() without that of a merged one.
std::vector<std::string> CustomerKeys(const v1::Customer& customer, int first_ref = 0);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_EVENT_LOG_INDEX_KEYS_H_
