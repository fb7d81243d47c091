// The decision input of a journal record, made again, and decided again to say why. Private.
#ifndef FRONTDESK_SRC_DECIDE_REBUILD_H_
#define FRONTDESK_SRC_DECIDE_REBUILD_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "decide/state_source.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/v1/journal.pb.h"

namespace frontdesk {
namespace internal {

// Makes the input of `record`, which has its hash, again, as today's code does. `policy` is the one that the record was decided by,
// and `source` serves the reads, in the versions of then. `totals_of` is another policy, whose totals the input gets in the end; null: none. DATA_LOSS STORE_CORRUPT when the record has no command that this build
// decides.
absl::StatusOr<v1::RebuiltInput> RebuildInput(const v1::JournalRecord& record, const Policy& policy,
                                              const CommandLimits& limits, StateSource* source,
                                              const Policy* totals_of = nullptr);

// Replaces the decisions of `explained`, a copy of a record, by the same ones with every rule. Nothing happens where `input` is not
// the one of the record, or the rules do not decide as they did: a rule may call functions of the host.
absl::Status ExplainAgain(const v1::RebuiltInput& rebuilt, const Policy& policy,
                          v1::JournalRecord* explained);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_REBUILD_H_
