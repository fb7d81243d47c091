#include <cstddef>

#include "domain/desk/desk_draft.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {

constexpr std::size_t kPolicyHashBytes = 32;

void CheckActivatePolicy(const FieldPath& root, const v1::DeskCommand& command,
                         ArgumentChecker* checker) {
  const v1::ActivatePolicy& verb = command.activate_policy();
  checker->RequireText({&root, "desk_id"}, verb.desk_id());
  const FieldPath hash{&root, "policy_hash"};
  if (checker->RequireText(hash, verb.policy_hash()) &&
      verb.policy_hash().size() != kPolicyHashBytes) {
    checker->Add(hash, kReasonArgumentSyntax, "is not the hash of a policy, which has 32 bytes");
  }
}

void DecideActivatePolicy(DeskDraft* draft) {
  if (draft->input().policy().hash() == draft->input().active_policy().hash()) return;
  *draft->AddEvent().mutable_desk()->mutable_policy_activated()->mutable_policy() =
      draft->input().policy();
}

}  // namespace domain
}  // namespace frontdesk
