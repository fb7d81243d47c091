// The six lifecycles are complete, and refuse as they say.
#include "frontdesk/domain/lifecycle.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "domain/commands.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/domain/reasons.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::EnumDescriptor;

struct EntityLifecycle {
  v1::EntityKind kind;
  const Lifecycle& lifecycle;
};

std::vector<EntityLifecycle> Lifecycles() {
  return {{v1::ENTITY_KIND_CUSTOMER, CustomerLifecycle()},
          {v1::ENTITY_KIND_INTERACTION, InteractionLifecycle()},
          {v1::ENTITY_KIND_ORDER, OrderLifecycle()},
          {v1::ENTITY_KIND_ACCOUNT, AccountLifecycle()},
          {v1::ENTITY_KIND_CASE, CaseLifecycle()},
          {v1::ENTITY_KIND_APPROVAL, ApprovalLifecycle()}};
}

TEST(LifecycleTest, HoldsEveryStateAndCommand) {
  for (const auto& [kind, lifecycle] : Lifecycles()) {
    const EnumDescriptor* states = lifecycle.states();
    ASSERT_NE(states, nullptr);
    SCOPED_TRACE(states->full_name());
    EXPECT_EQ(absl::AsciiStrToLower(states->containing_type()->name()), EntityKindNoun(kind));
    size_t next = 0;
    for (const CommandInfo& info : Commands()) {
      if (info.entity_kind != kind) continue;
      for (int i = 0; i < states->value_count(); ++i, ++next) {
        ASSERT_LT(next, lifecycle.transitions().size());
        const Transition& cell = lifecycle.transitions()[next];
        SCOPED_TRACE(absl::StrCat(info.name, " in ", states->value(i)->name()));
        EXPECT_EQ(cell.command, &info);
        EXPECT_EQ(cell.from, states->value(i)->number());
        EXPECT_EQ(lifecycle.Find(info, cell.from), &cell);
        EXPECT_EQ(cell.to.empty(), cell.refusal_reason != nullptr);
        for (const int to : cell.to) {
          EXPECT_NE(to, 0);
          EXPECT_NE(states->FindValueByNumber(to), nullptr) << to;
        }
        if (cell.from == 0 || info.creates) {
          EXPECT_EQ(cell.to.empty(), (cell.from == 0) != info.creates);
        }
      }
    }
    EXPECT_EQ(next, lifecycle.transitions().size());
  }
}

TEST(LifecycleTest, RefusesAsTheTableSays) {
  for (const auto& [kind, lifecycle] : Lifecycles()) {
    for (const Transition& cell : lifecycle.transitions()) {
      SCOPED_TRACE(absl::StrCat(cell.command->name, " in ", cell.from));
      const absl::optional<v1::Refusal> refusal = lifecycle.Refuse(*cell.command, cell.from);
      ASSERT_EQ(refusal.has_value(), cell.to.empty());
      if (!refusal.has_value()) continue;
      EXPECT_EQ(refusal->reason(), *cell.refusal_reason);
      EXPECT_EQ(refusal->reason(), cell.from == 0 ? absl::StrCat(EntityKindName(kind), "_NOT_FOUND")
                                   : cell.command->creates
                                       ? absl::StrCat(EntityKindName(kind), "_EXISTS")
                                       : absl::StrCat(cell.command->reason_prefix, "_STATE"));
      EXPECT_EQ(refusal->origin(),
                cell.from == 0 ? v1::Refusal::ORIGIN_NOT_FOUND : v1::Refusal::ORIGIN_INVARIANT);
      EXPECT_FALSE(refusal->text().empty());
      const Reason* reason = FindReason(refusal->reason());
      ASSERT_NE(reason, nullptr) << refusal->reason();
      EXPECT_EQ(reason->code, absl::StatusCode::kOk) << refusal->reason();
    }
  }
}

TEST(LifecycleTest, NothingIsPossibleInAStateThatIsNotKnown) {
  for (const auto& [kind, lifecycle] : Lifecycles()) {
    for (const CommandInfo& info : Commands()) {
      if (info.entity_kind != kind) continue;
      SCOPED_TRACE(info.name);
      EXPECT_EQ(lifecycle.Find(info, 99), nullptr);
      const absl::optional<v1::Refusal> refusal = lifecycle.Refuse(info, 99);
      ASSERT_TRUE(refusal.has_value());
      EXPECT_EQ(refusal->origin(), v1::Refusal::ORIGIN_INVARIANT);
      EXPECT_EQ(refusal->reason(), info.creates ? absl::StrCat(EntityKindName(kind), "_EXISTS")
                                                : std::string("ENTITY_STATE_UNKNOWN"));
    }
  }
}

TEST(LifecycleTest, ARefusalNamesWhatIsPossible) {
  const CommandInfo& cancel = *FindCommandByName("CancelOrder");
  const absl::optional<v1::Refusal> refusal =
      OrderLifecycle().Refuse(cancel, v1::Order::STATE_DELIVERED);
  ASSERT_TRUE(refusal.has_value());
  ASSERT_EQ(refusal->details_size(), 3);
  EXPECT_EQ(refusal->details(0).name(), "state");
  EXPECT_EQ(refusal->details(0).value(), "DELIVERED");
  EXPECT_EQ(refusal->details(1).name(), "possible_in");
  EXPECT_EQ(refusal->details(1).value(), "PLACED, PROCESSING");
  EXPECT_EQ(refusal->details(2).name(), "possible_verbs");
  EXPECT_EQ(refusal->details(2).value(),
            "RecordPayment, ChangePaymentMethod, RequestReturn, RequestExchange, RefundOrder, "
            "RequestPayment, RecordDispute, AnswerDispute");
}

TEST(LifecycleTest, ACommandOfAnotherEntityIsNotInTheTable) {
  const CommandInfo& close = *FindCommandByName("CloseCase");
  EXPECT_EQ(OrderLifecycle().Find(close, v1::Order::STATE_PLACED), nullptr);
}

TEST(ApprovalTest, FoldsWhatWasResolved) {
  const v1::Event requested = EventFromText(
      "approval_requested { approval { state: STATE_PENDING authority: 'supervisor' } }");
  const v1::Event resolved = EventFromText("approval_resolved { state: STATE_DECLINED }");
  v1::Approval approval;
  EXPECT_EQ(GetReason(EvolveApproval(resolved, &approval)), kReasonEventNotApplicable);
  ASSERT_TRUE(EvolveApproval(requested, &approval).ok());
  EXPECT_EQ(GetReason(EvolveApproval(requested, &approval)), kReasonEventNotApplicable);
  EXPECT_EQ(GetReason(EvolveApproval(v1::Event(), &approval)), kReasonEventNotApplicable);
  ASSERT_TRUE(EvolveApproval(resolved, &approval).ok());
  EXPECT_EQ(approval.state(), v1::Approval::STATE_DECLINED);
  EXPECT_EQ(approval.granted_authorities_size(), 0);
  ASSERT_TRUE(
      EvolveApproval(EventFromText("approval_resolved { state: STATE_APPROVED }"), &approval).ok());
  EXPECT_EQ(approval.state(), v1::Approval::STATE_APPROVED);
  ASSERT_EQ(approval.granted_authorities_size(), 1);
  EXPECT_EQ(approval.granted_authorities(0), "supervisor");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
