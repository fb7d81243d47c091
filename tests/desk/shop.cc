#include "desk/shop.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

namespace frontdesk {
namespace testing {

std::unique_ptr<Desk> MustOpen(absl::string_view policy_text, std::shared_ptr<store::Store> store) {
  DeskOptions options;
  options.policy = MustCompile(policy_text);
  options.store = std::move(store);
  absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(std::move(options));
  EXPECT_TRUE(desk.ok()) << desk.status();
  return *std::move(desk);
}

PolicyActivation ActivationAt(std::int64_t seconds) {
  PolicyActivation activation;
  activation.actor = By("anna").actor();
  activation.now = At(seconds);
  activation.note = "a better one";
  return activation;
}

void MustActivate(Desk& desk, std::shared_ptr<const Policy> policy, std::int64_t seconds) {
  const auto outcome = desk.Activate(std::move(policy), ActivationAt(seconds));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
}

std::shared_ptr<const Policy> MustCompileLucky(absl::string_view text,
                                               absl::string_view function_version) {
  PolicyOptions options;
  if (!function_version.empty()) {
    cel::FunctionOverload overload;
    overload.id = "lucky_int";
    overload.parameters = {cel::Type::Int()};
    overload.result = cel::Type::Bool();
    overload.version = std::string(function_version);
    overload.implementation = [](absl::Span<const cel::Value> arguments, cel::ValueArena&) {
      return cel::Value::Bool(arguments[0].int_value() % 2 == 1);
    };
    options.functions.emplace_back("lucky", overload);
  }
  PolicyResult result = Policy::FromText(text, "lucky", options);
  EXPECT_TRUE(result.status().ok()) << result.status();
  return result.policy;
}

v1::Outcome MustDo(Desk& desk, const v1::Command& command, const v1::Facts& facts) {
  absl::StatusOr<v1::Outcome> outcome = desk.Execute(command, facts);
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  if (!outcome.ok()) return v1::Outcome();
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
  return *outcome;
}

v1::Outcome MustDo(Desk& desk, const v1::Command& command) {
  return MustDo(desk, command, FactsFor(command));
}

void OpenShop(Desk& desk) {
  for (const v1::Command& command : OpeningCommands()) MustDo(desk, command);
  MustDo(desk, PlaceOrder("o1", "card"));
  MustDo(desk, PlaceOrder("o2", "gift"));
}

std::string Snapshot(const Reader& desk) {
  std::string bytes;
  for (const v1::EntityRef& entity :
       {CustomerRef("c1"), AccountRef("gift-1"), OrderRef("o1"), OrderRef("o2"), OrderRef("o3")}) {
    const auto state = desk.Get(entity);
    absl::StrAppend(&bytes, state.ok() ? (*state)->SerializeAsString() : "none", "|");
  }
  const absl::StatusOr<std::vector<v1::JournalRecord>> journal = desk.Journal();
  EXPECT_TRUE(journal.ok());
  for (const v1::JournalRecord& record : *journal)
    absl::StrAppend(&bytes, record.SerializeAsString(), "|");
  const absl::StatusOr<std::vector<PendingEffect>> effects = desk.PendingEffects();
  EXPECT_TRUE(effects.ok());
  for (const PendingEffect& pending : *effects)
    absl::StrAppend(&bytes, pending.effect.SerializeAsString(), "|");
  return bytes;
}

}  // namespace testing
}  // namespace frontdesk
