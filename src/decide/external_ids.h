// Checks that one entity has an id in another system, where that is so: of customers always, merged ones aside; of others where the policy pack
// says it. Private.
#ifndef FRONTDESK_SRC_DECIDE_EXTERNAL_IDS_H_
#define FRONTDESK_SRC_DECIDE_EXTERNAL_IDS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "decide/asked.h"
#include "decide/state_source.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace internal {

// The result of looking up the ids of a command. A plain struct.
struct ExternalIdCheck {
  // One for each id that another entity or part has, in the order of the command.
  std::vector<v1::Refusal> refusals;
  // Without refusals: the entity that the command would create, or that has the part that it would add. Policy wants it named. Without an
  // id: there is none.
  v1::EntityRef existing;
  // The part of it. Empty: it is the entity.
  std::string existing_part_id;
};

// Looks up each id that the command would give an entity or a part. The reads are part of the commit. If two commands give the same id at the
// same time, one is decided again.
absl::StatusOr<ExternalIdCheck> CheckExternalIds(const Asked& asked, const Policy& policy,
                                                 StateSource* source);

// The entity that existed in place of the one, or the part, that the command of a record would have created. It is that under the key of the
// index that was read. Nothing: the command was done with events, or not at all.
absl::optional<v1::EntityRef> ExistingEntity(const v1::JournalRecord& record);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_EXTERNAL_IDS_H_
