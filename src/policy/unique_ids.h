// The ids in other systems of which a pack says that one entity has them. Private.
#ifndef FRONTDESK_POLICY_UNIQUE_IDS_H_
#define FRONTDESK_POLICY_UNIQUE_IDS_H_

#include <map>
#include <string>
#include <tuple>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// Finds the entry of a pack for an id. Immutable after Compile(); empty before.
class UniqueIds {
 public:
  // Reports every issue of the pack's entries, in their order.
  static UniqueIds Compile(const v1::PolicyPack& pack, PackIssues* issues);

  // The answer to a second entity of that kind, or one with a second part, with an id of that system; nothing: there may be several.
  absl::optional<v1::UniqueExternalId::Duplicate> Find(v1::EntityKind kind, bool of_parts,
                                                       const std::string& system) const;

 private:
  // The system is empty for all that no other entry names.
  using Key = std::tuple<int, bool, std::string>;
  std::map<Key, v1::UniqueExternalId::Duplicate> answers_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_UNIQUE_IDS_H_
