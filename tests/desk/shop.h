// The tiny shop (policy/shop.h) at a desk.
#ifndef FRONTDESK_TESTS_DESK_SHOP_H_
#define FRONTDESK_TESTS_DESK_SHOP_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "frontdesk/desk/desk.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace testing {

// A desk in memory under a policy; ids are r0000000001, r0000000002, ….
std::unique_ptr<Desk> MustOpen(absl::string_view policy_text = kAllowAll,
                               std::shared_ptr<store::Store> store = nullptr);

// The activation of a policy by the agent anna at that second.
PolicyActivation ActivationAt(std::int64_t seconds);

// Activates the policy at that second, and demands that it is done.
void MustActivate(Desk& desk, std::shared_ptr<const Policy> policy, std::int64_t seconds);

// Compiles a policy that may call a function of the host, `lucky(int) -> bool`, in that version; an
// empty version: the host lends none.
std::shared_ptr<const Policy> MustCompileLucky(absl::string_view text,
                                               absl::string_view function_version);

// Executes and demands that it is done.
v1::Outcome MustDo(Desk& desk, const v1::Command& command, const v1::Facts& facts);
v1::Outcome MustDo(Desk& desk, const v1::Command& command);

// Opens the shop at a desk, and places order "o1" by card and "o2" by gift card.
void OpenShop(Desk& desk);

// Everything that a desk holds about the entities of the shop and its journal, as bytes.
std::string Snapshot(const Reader& desk);

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_SHOP_H_
