#include "frontdesk/domain/command_info.h"

#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/order/order.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

TEST(VerbsTest, EveryVerbOfCommandIsDescribed) {
  const auto* verb_arm = v1::Command::descriptor()->FindOneofByName("verb");
  ASSERT_NE(verb_arm, nullptr);
  EXPECT_EQ(static_cast<int>(Verbs().size()), verb_arm->field_count());
  for (int i = 0; i < verb_arm->field_count(); ++i) {
    const FieldDescriptor* field = verb_arm->field(i);
    const VerbInfo* verb = FindVerb(static_cast<v1::Command::VerbCase>(field->number()));
    ASSERT_NE(verb, nullptr) << field->name();
    EXPECT_EQ(verb->field, field->name());
    EXPECT_EQ(verb->name, field->message_type()->name());
    EXPECT_EQ(VerbName(verb->verb), verb->name);
    EXPECT_EQ(FindVerbByName(verb->name), verb);
    const std::string kind(EntityKindName(verb->entity_kind));
    EXPECT_FALSE(kind.empty());
    EXPECT_TRUE(absl::StartsWith(verb->reason_prefix, absl::StrCat(kind, "_"))) << verb->name;
    EXPECT_EQ(DecisionInputDescriptor(verb->verb), DecisionInputDescriptor(verb->entity_kind));
    EXPECT_EQ(DecisionInputDescriptor(verb->verb) == nullptr,
              verb->entity_kind == v1::ENTITY_KIND_APPROVAL);
  }
}

TEST(VerbsTest, NumbersAreThoseOfTheirEntity) {
  for (const VerbInfo& verb : Verbs()) {
    const int hundred = static_cast<int>(verb.verb) / 100;
    EXPECT_EQ(verb.entity_kind == v1::ENTITY_KIND_APPROVAL ? 9 : static_cast<int>(verb.entity_kind),
              hundred)
        << verb.name;
  }
}

// Sets the id at the verb's path.
void SetId(const VerbInfo& verb, const std::string& id, v1::Command* command) {
  Message* message = command;
  const FieldDescriptor* field = command->GetDescriptor()->FindFieldByName(std::string(verb.field));
  std::string rest(verb.id_path);
  while (true) {
    message = message->GetReflection()->MutableMessage(message, field);
    const size_t dot = rest.find('.');
    field = message->GetDescriptor()->FindFieldByName(rest.substr(0, dot));
    ASSERT_NE(field, nullptr) << verb.name;
    if (dot == std::string::npos) break;
    rest = rest.substr(dot + 1);
  }
  message->GetReflection()->SetString(message, field, id);
}

TEST(VerbsTest, AddressedEntityIsWhereTheIdPathSays) {
  for (const VerbInfo& verb : Verbs()) {
    v1::Command command;
    SetId(verb, "the-id", &command);
    const v1::EntityRef entity = AddressedEntity(command);
    EXPECT_EQ(entity.id(), "the-id") << verb.name;
    EXPECT_EQ(entity.kind(), verb.entity_kind) << verb.name;
  }
}

TEST(VerbsTest, NothingForNoVerb) {
  EXPECT_EQ(FindVerb(v1::Command::VERB_NOT_SET), nullptr);
  EXPECT_EQ(FindVerb(static_cast<v1::Command::VerbCase>(350)), nullptr);
  EXPECT_EQ(FindVerbByName("Cancel"), nullptr);
  EXPECT_EQ(VerbName(v1::Command::VERB_NOT_SET), "");
  EXPECT_EQ(VerbEntityKind(v1::Command::VERB_NOT_SET), v1::ENTITY_KIND_UNSPECIFIED);
  EXPECT_EQ(DecisionInputDescriptor(v1::Command::VERB_NOT_SET), nullptr);
  const v1::EntityRef entity = AddressedEntity(v1::Command());
  EXPECT_EQ(entity.kind(), v1::ENTITY_KIND_UNSPECIFIED);
  EXPECT_EQ(entity.id(), "");
}

// Every verb of the entity x every state is in the table once, in order, with a known reason where it is refused.
template <typename Transition, typename IsState>
void CheckTable(absl::Span<const Transition> table, v1::EntityKind kind, int states,
                IsState is_state) {
  size_t next = 0;
  for (const VerbInfo& verb : Verbs()) {
    if (verb.entity_kind != kind) continue;
    for (int state = 0; state < states; ++state, ++next) {
      ASSERT_LT(next, table.size());
      const Transition& cell = table[next];
      EXPECT_EQ(cell.verb, verb.verb) << verb.name << " in " << state;
      EXPECT_EQ(static_cast<int>(cell.from), state) << verb.name;
      EXPECT_EQ(cell.to.empty(), !cell.refusal_reason.empty()) << verb.name << " in " << state;
      for (const auto to : cell.to) EXPECT_TRUE(is_state(to) && to != 0);
      if (cell.to.empty()) {
        const ReasonInfo* reason = FindReason(cell.refusal_reason);
        ASSERT_NE(reason, nullptr) << cell.refusal_reason;
        EXPECT_EQ(reason->code, absl::StatusCode::kOk) << cell.refusal_reason;
      }
      if (state == 0 || verb.creates) {
        EXPECT_EQ(cell.to.empty(), (state == 0) != verb.creates) << verb.name;
      }
    }
  }
  EXPECT_EQ(next, table.size());
}

TEST(TransitionTablesTest, HoldEveryStateAndVerb) {
  CheckTable(CustomerTransitions(), v1::ENTITY_KIND_CUSTOMER, v1::Customer::State_ARRAYSIZE,
             v1::Customer::State_IsValid);
  CheckTable(OrderTransitions(), v1::ENTITY_KIND_ORDER, v1::Order::State_ARRAYSIZE,
             v1::Order::State_IsValid);
  CheckTable(AccountTransitions(), v1::ENTITY_KIND_ACCOUNT, v1::Account::State_ARRAYSIZE,
             v1::Account::State_IsValid);
  CheckTable(InteractionTransitions(), v1::ENTITY_KIND_INTERACTION,
             v1::Interaction::State_ARRAYSIZE, v1::Interaction::State_IsValid);
  CheckTable(CaseTransitions(), v1::ENTITY_KIND_CASE, v1::Case::State_ARRAYSIZE,
             v1::Case::State_IsValid);
  CheckTable(ApprovalTransitions(), v1::ENTITY_KIND_APPROVAL, v1::Approval::State_ARRAYSIZE,
             v1::Approval::State_IsValid);
}

TEST(ApprovalStateTest, IsRefusedAsTheTableSays) {
  for (const ApprovalTransition& cell : ApprovalTransitions()) {
    const absl::optional<v1::Refusal> refusal = CheckApprovalState(cell.verb, cell.from);
    ASSERT_EQ(refusal.has_value(), cell.to.empty());
    if (!refusal.has_value()) continue;
    EXPECT_EQ(refusal->reason(), cell.refusal_reason);
    EXPECT_EQ(refusal->origin(), cell.from == v1::Approval::STATE_UNSPECIFIED
                                     ? v1::Refusal::ORIGIN_NOT_FOUND
                                     : v1::Refusal::ORIGIN_INVARIANT);
  }
  const auto unknown =
      CheckApprovalState(v1::DeskCommand::kApprove, static_cast<v1::Approval::State>(9));
  EXPECT_EQ(unknown->reason(), kReasonApprovalState);
}

TEST(ApprovalStateTest, OnlyWhatFollowsIsFolded) {
  v1::Event requested;
  requested.mutable_approval()->mutable_approval_requested()->mutable_approval()->set_state(
      v1::Approval::STATE_PENDING);
  requested.mutable_approval()->mutable_approval_requested()->mutable_approval()->set_authority("supervisor");
  v1::Event resolved;
  resolved.mutable_approval()->mutable_approval_resolved()->set_state(v1::Approval::STATE_DECLINED);
  v1::Approval approval;
  EXPECT_FALSE(EvolveApproval(resolved, &approval).ok());
  v1::Event settled = requested;
  settled.mutable_approval()->mutable_approval_requested()->mutable_approval()->set_state(v1::Approval::STATE_APPROVED);
  EXPECT_FALSE(EvolveApproval(settled, &approval).ok());
  ASSERT_TRUE(EvolveApproval(requested, &approval).ok());
  EXPECT_FALSE(EvolveApproval(requested, &approval).ok());
  for (const auto state : {v1::Approval::STATE_UNSPECIFIED, v1::Approval::STATE_PENDING}) {
    v1::Event nothing;
    nothing.mutable_approval()->mutable_approval_resolved()->set_state(state);
    EXPECT_EQ(GetReason(EvolveApproval(nothing, &approval)), kReasonEventNotApplicable);
  }
  ASSERT_TRUE(EvolveApproval(resolved, &approval).ok());
  EXPECT_EQ(approval.state(), v1::Approval::STATE_DECLINED);
  EXPECT_EQ(approval.granted_authorities_size(), 0);
  EXPECT_FALSE(EvolveApproval(resolved, &approval).ok());
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
