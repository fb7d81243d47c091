// The outbox at a desk: ReportEffect, a command, and files of before.
#include "frontdesk/event_log/outbox.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "desk/shop.h"
#include "event_log/rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/log_transfer.h"
#include "frontdesk/domain/desk/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::At;
using ::frontdesk::testing::By;
using ::frontdesk::testing::CancelOrder;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::OrderRef;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

absl::Time Now(std::int64_t seconds) { return absl::FromUnixSeconds(At(seconds).seconds()); }

v1::Command Report(const std::string& order_id, const std::string& effect_id,
                   v1::EffectResult result = v1::EFFECT_RESULT_DONE, std::int64_t seconds = 200) {
  v1::Command command = By("mailer", seconds);
  v1::ReportEffect& verb = *command.mutable_desk()->mutable_report_effect();
  *verb.mutable_entity() = OrderRef(order_id);
  verb.set_effect_id(effect_id);
  verb.set_result(result);
  if (result == v1::EFFECT_RESULT_DONE) verb.set_reference("gateway-17");
  if (result == v1::EFFECT_RESULT_FAILED) verb.set_code("CARD_CLOSED");
  return command;
}

// A desk with the shop, whose order o1 was canceled: a refund is to be sent.
struct Canceled {
  explicit Canceled(absl::string_view policy = testing::kAllowAll) : desk(MustOpen(policy, store)) {
    OpenShop(*desk);
    id = MustDo(*desk, CancelOrder("o1")).effects(0).effect_id();
  }

  std::vector<std::string> Dead() const {
    std::vector<std::string> dead;
    const std::vector<PendingEffect> letters = *desk->DeadLetters();
    for (const PendingEffect& each : letters) {
      dead.push_back(absl::StrCat(each.effect.effect_id(), " ", each.claim.code()));
    }
    return dead;
  }

  std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  std::unique_ptr<Desk> desk;
  std::string id;
};

void ExpectSound(const Desk& desk) {
  const auto report = desk.VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->has_fault()) << report->fault().ShortDebugString();
}

TEST(ReportEffectTest, ADoneEffectLeavesTheOutboxAndIsInTheHistory) {
  Canceled shop;
  const v1::EntityState before = **shop.desk->Get(OrderRef("o1"));
  ASSERT_THAT(*shop.desk->ClaimEffects(Now(150)), SizeIs(1));
  const v1::Outcome outcome = MustDo(*shop.desk, Report("o1", shop.id));
  ASSERT_EQ(outcome.events_size(), 1);
  const v1::Event& event = outcome.events(0);
  EXPECT_EQ(event.entity().id(), "o1");
  EXPECT_EQ(event.desk().effect_reported().effect_id(), shop.id);
  EXPECT_EQ(event.desk().effect_reported().result(), v1::EFFECT_RESULT_DONE);
  EXPECT_EQ(event.desk().effect_reported().reference(), "gateway-17");
  EXPECT_THAT(*shop.desk->PendingEffects(), IsEmpty());
  // Nothing of the order changes but its version and its last instant.
  const v1::EntityState after = **shop.desk->Get(OrderRef("o1"));
  EXPECT_EQ(after.version(), before.version() + 1);
  EXPECT_EQ(after.update_time().seconds(), At(200).seconds());
  EXPECT_EQ(after.order().SerializeAsString(), before.order().SerializeAsString());
  EXPECT_EQ(shop.desk->History(OrderRef("o1"))->back().record_id(), outcome.record_id());
  // The claim is lost with it, and that is no error: the effect was carried out.
  EXPECT_TRUE(shop.desk->AcknowledgeEffect(shop.id, 1).ok());
  ExpectSound(*shop.desk);
}

TEST(ReportEffectTest, TheInputIsMadeAgainExactly) {
  Canceled shop;
  const v1::Outcome outcome = MustDo(*shop.desk, Report("o1", shop.id));
  for (int again = 0; again < 2; ++again) {
    const auto rebuilt = shop.desk->DecisionInputOf(outcome.record_id());
    ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
    EXPECT_EQ(rebuilt->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
    const v1::DeskDecisionInput& input = rebuilt->input().desk();
    EXPECT_EQ(input.effect().effect_id(), shop.id);
    EXPECT_EQ(input.effect().order().send_refund().amount().units(), 2400);
    EXPECT_EQ(input.entity().id(), "o1");
    // The order goes on, and the report is as it was.
    MustDo(*shop.desk, Report("o1", shop.id));
  }
  EXPECT_THAT(shop.desk->Explain(outcome.record_id())->text(),
              HasSubstr(absl::StrCat("effect ", shop.id)));
}

TEST(ReportEffectTest, AFailedEffectIsADeadLetter) {
  Canceled shop;
  MustDo(*shop.desk, Report("o1", shop.id, v1::EFFECT_RESULT_FAILED));
  EXPECT_THAT(shop.Dead(), ElementsAre(shop.id + " CARD_CLOSED"));
  EXPECT_THAT(*shop.desk->PendingEffects(), SizeIs(1));
  EXPECT_THAT(*shop.desk->ClaimEffects(Now(9'000)), IsEmpty());
  ASSERT_TRUE(shop.desk->ReviveEffect(shop.id).ok());
  EXPECT_THAT(*shop.desk->ClaimEffects(Now(9'000)), SizeIs(1));
  ExpectSound(*shop.desk);
  MustDo(*shop.desk, Report("o1", shop.id, v1::EFFECT_RESULT_FAILED));
  MustDo(*shop.desk, Report("o1", shop.id, v1::EFFECT_RESULT_DONE));
  EXPECT_THAT(*shop.desk->PendingEffects(), IsEmpty());
  MustDo(*shop.desk, Report("o1", shop.id, v1::EFFECT_RESULT_FAILED));
  EXPECT_THAT(shop.Dead(), IsEmpty()) << "it has left";
  ExpectSound(*shop.desk);
}

TEST(ReportEffectTest, AgainIsOneMoreEventUnlessUnderAKey) {
  Canceled shop;
  v1::Command command = Report("o1", shop.id);
  command.set_idempotency_key("sent-1");
  const v1::Outcome first = MustDo(*shop.desk, command);
  EXPECT_EQ(MustDo(*shop.desk, command).record_id(), first.record_id());
  const auto count = shop.desk->History(OrderRef("o1"))->size();
  command.clear_idempotency_key();
  EXPECT_NE(MustDo(*shop.desk, command).record_id(), first.record_id());
  EXPECT_EQ(shop.desk->History(OrderRef("o1"))->size(), count + 1);
}

TEST(ReportEffectTest, OnlyEffectsOfTheEntityAreReported) {
  Canceled shop;
  const std::string other = MustDo(*shop.desk, CancelOrder("o2")).record_id() + "-e1";
  for (const std::string& id :
       {other, shop.id + "0", std::string("nothing"), std::string("r-e1")}) {
    const auto outcome = shop.desk->Execute(Report("o1", id));
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    ASSERT_THAT(Reasons(*outcome), ElementsAre(kReasonDeskReportEffectNotFound)) << id;
    EXPECT_EQ(outcome->refusals(0).field(), "report_effect.effect_id");
    EXPECT_EQ(outcome->refusals(0).origin(), v1::Refusal::ORIGIN_NOT_FOUND);
    EXPECT_EQ(outcome->record_id(), "");
  }
  EXPECT_THAT(Reasons(*shop.desk->Execute(Report("o9", shop.id))), ElementsAre("ORDER_NOT_FOUND"));
  EXPECT_THAT(*shop.desk->PendingEffects(), SizeIs(1));
}

TEST(ReportEffectTest, ArgumentsAreChecked) {
  Canceled shop;
  const auto fields_of = [&shop](const v1::Command& command) {
    std::vector<std::string> fields;
    const auto outcome = shop.desk->Execute(command);
    EXPECT_TRUE(outcome.ok()) << outcome.status();
    for (const v1::Refusal& refusal : outcome->refusals()) {
      EXPECT_EQ(refusal.origin(), v1::Refusal::ORIGIN_ARGUMENT);
      fields.push_back(refusal.field());
    }
    return fields;
  };
  v1::Command command = By("mailer");
  command.mutable_desk()->mutable_report_effect();
  EXPECT_THAT(fields_of(command), ElementsAre("report_effect.entity", "report_effect.effect_id",
                                              "report_effect.result"));
  command = Report("o1", shop.id, v1::EFFECT_RESULT_FAILED);
  command.mutable_desk()->mutable_report_effect()->clear_code();
  EXPECT_THAT(fields_of(command), ElementsAre("report_effect.code"));
  command = Report("o1", shop.id);
  command.mutable_desk()->mutable_report_effect()->set_code("WHY");
  EXPECT_THAT(fields_of(command), ElementsAre("report_effect.code"));
  command = Report("o1", shop.id, static_cast<v1::EffectResult>(9));
  EXPECT_THAT(fields_of(command), ElementsAre("report_effect.result"));
  command = Report("o1", shop.id);
  command.mutable_desk()->mutable_report_effect()->mutable_entity()->set_kind(
      v1::ENTITY_KIND_UNSPECIFIED);
  EXPECT_THAT(fields_of(command), ElementsAre("report_effect.entity.kind"));
}

// It is decided as commands to its entity are.
TEST(ReportEffectTest, TheLastInstantOfTheEntityBindsIt) {
  Canceled shop;
  const auto early = shop.desk->Execute(Report("o1", shop.id, v1::EFFECT_RESULT_DONE, 10));
  EXPECT_THAT(Reasons(*early), ElementsAre(kReasonCommandTooEarly));
  EXPECT_THAT(*shop.desk->PendingEffects(), SizeIs(1));
  v1::Command late = Report("o1", shop.id, v1::EFFECT_RESULT_DONE, 10);
  late.set_late_entry(true);
  const v1::Outcome outcome = MustDo(*shop.desk, late);
  EXPECT_EQ(outcome.events(0).time().seconds(), At(120).seconds());
  EXPECT_EQ(outcome.events(0).occur_time().seconds(), At(10).seconds());
  EXPECT_THAT(*shop.desk->PendingEffects(), IsEmpty());
}

TEST(ReportEffectTest, PolicyDecides) {
  Canceled shop(R"pb(
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    rule_sets {
      id: "reports"
      decision_points: "ReportEffect"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "failed"
        order: 1
        outcome: POLICY_OUTCOME_HOLD
        reason: "LARGE"
        authority: "supervisor"
        condition: "command.report_effect.result == EffectResult.EFFECT_RESULT_FAILED && "
                   "effect.order.send_refund.amount.units > 1000"
      }
    })pb");
  const auto held = shop.desk->Execute(Report("o1", shop.id, v1::EFFECT_RESULT_FAILED));
  ASSERT_EQ(held->verdict(), v1::VERDICT_HELD) << held->ShortDebugString();
  EXPECT_THAT(shop.Dead(), IsEmpty());
  ApprovalResolution resolution;
  resolution.actor = By("ben").actor();
  resolution.actor.add_authorities("supervisor");
  resolution.now = At(300);
  const auto approved = shop.desk->Approve(held->held().approval_id(), resolution);
  ASSERT_EQ(approved->verdict(), v1::VERDICT_DONE) << approved->ShortDebugString();
  EXPECT_THAT(shop.Dead(), ElementsAre(shop.id + " CARD_CLOSED"));
  EXPECT_EQ(shop.desk->DecisionInputOf(approved->record_id())->fidelity(),
            v1::RebuiltInput::FIDELITY_EXACT);
  ExpectSound(*shop.desk);
}

// ---- The rows of the outbox follow the log

TEST(OutboxRowsTest, AReportedEffectThatComesBackIsAFault) {
  Canceled shop;
  MustDo(*shop.desk, Report("o1", shop.id));
  ExpectSound(*shop.desk);
  std::vector<store::Batch> batches(1);
  const std::int64_t sequence = shop.desk->Journal()->end()[-2].sequence();
  batches[0].writes.push_back({{event_log::kOutbox, store::EncodePosition(sequence)},
                               store::MakeValue(event_log::EncodePlaces({0})),
                               store::Write::Position::kNowhere});
  ASSERT_TRUE(shop.store->Commit(std::move(batches)).ok());
  const auto report = shop.desk->VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->fault().kind(), v1::LogFault::KIND_ROW_CHANGED);
  EXPECT_THAT(report->fault().text(), HasSubstr("outbox"));
}

// As a store of an older version, which had no version of these rows.
void ForgetVersionOfRows(store::Store& store) {
  std::vector<store::Batch> batches(1);
  batches[0].writes.push_back(
      {{event_log::kDerived, ""}, nullptr, store::Write::Position::kNowhere});
  ASSERT_TRUE(store.Commit(std::move(batches)).ok());
}

TEST(OutboxRowsTest, AMissingRowIsAFaultAndIsMadeWhenTheDeskIsOpened) {
  Canceled shop;
  for (const event_log::Table table : {event_log::kEntityEffects, event_log::kQueue}) {
    const auto rows = (*shop.store->Read())->Scan(store::RangeOf(table, ""), 10);
    ASSERT_THAT(*rows, SizeIs(1));
    std::vector<store::Batch> batches(1);
    batches[0].writes.push_back(
        {{table, (*rows)[0].key}, nullptr, store::Write::Position::kNowhere});
    ASSERT_TRUE(shop.store->Commit(std::move(batches)).ok());
    EXPECT_EQ(shop.desk->VerifyRows()->fault().kind(), v1::LogFault::KIND_ROW_CHANGED);
  }
  EXPECT_THAT(*shop.desk->ClaimEffects(Now(200)), IsEmpty());
  // As a file of an older version, which had only the effects themselves.
  ForgetVersionOfRows(*shop.store);
  const auto desk = MustOpen(testing::kAllowAll, shop.store);
  ExpectSound(*desk);
  EXPECT_THAT(*desk->ClaimEffects(Now(200)), SizeIs(1));
  EXPECT_THAT(*MustOpen(testing::kAllowAll, shop.store)->ClaimEffects(Now(200)), IsEmpty());
}

std::string ExportAsJson(const store::Store& store) {
  std::string bytes;
  EXPECT_TRUE(ExportLog(store, LogFormat::kJsonLines, [&bytes](absl::string_view piece) {
                bytes.append(piece.data(), piece.size());
                return absl::OkStatus();
              }).ok());
  return bytes;
}

absl::Status Import(absl::string_view bytes, const std::shared_ptr<store::Store>& store) {
  auto importer = LogImporter::Make(store, LogFormat::kJsonLines);
  if (!importer.ok()) return importer.status();
  const absl::Status read = (*importer)->Read(bytes);
  return read.ok() ? (*importer)->Finish().status() : read;
}

void ExpectSameRows(const store::Store& one, const store::Store& other) {
  for (int table = 0; table < 256; ++table) {
    const auto number = static_cast<std::uint8_t>(table);
    const auto rows = *(*one.Read())->Scan(store::RangeOf(number, ""), 1'000);
    const auto again = *(*other.Read())->Scan(store::RangeOf(number, ""), 1'000);
    ASSERT_EQ(rows.size(), again.size()) << table;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EXPECT_EQ(rows[i].key, again[i].key) << table;
      EXPECT_EQ(*rows[i].value, *again[i].value) << table;
    }
  }
}

TEST(OutboxRowsTest, AnExportHasClaimsAndReports) {
  Canceled shop;
  MustDo(*shop.desk, CancelOrder("o2"));
  ASSERT_THAT(*shop.desk->ClaimEffects(Now(200)), ::testing::Not(IsEmpty()));
  MustDo(*shop.desk, Report("o1", shop.id, v1::EFFECT_RESULT_FAILED));
  for (int revived = 0; revived < 2; ++revived) {
    const auto copy = store::MakeMemoryStore();
    const absl::Status imported = Import(ExportAsJson(*shop.store), copy);
    ASSERT_TRUE(imported.ok()) << imported;
    ExpectSameRows(*shop.store, *copy);
    ExpectSound(*shop.desk);
    // An effect that was reported as failed is not dead in the copy when it was revived.
    const absl::Status revive = shop.desk->ReviveEffect(shop.id);
    EXPECT_EQ(revive.ok(), revived == 0) << revive;
  }
}

// An older version has begun an import, with the effect and without its further rows. The report comes now.
TEST(OutboxRowsTest, AnImportThatAnOlderVersionBeganContinues) {
  Canceled shop;
  const auto copy = store::MakeMemoryStore();
  ASSERT_TRUE(Import(ExportAsJson(*shop.store), copy).ok());
  for (const event_log::Table table : {event_log::kEntityEffects, event_log::kQueue}) {
    const auto rows = (*copy->Read())->Scan(store::RangeOf(table, ""), 10);
    ASSERT_THAT(*rows, SizeIs(1));
    std::vector<store::Batch> batches(1);
    batches[0].writes.push_back(
        {{table, (*rows)[0].key}, nullptr, store::Write::Position::kNowhere});
    ASSERT_TRUE(copy->Commit(std::move(batches)).ok());
  }
  ForgetVersionOfRows(*copy);
  MustDo(*shop.desk, Report("o1", shop.id));
  const absl::Status imported = Import(ExportAsJson(*shop.store), copy);
  ASSERT_TRUE(imported.ok()) << imported;
  ExpectSameRows(*shop.store, *copy);
}

}  // namespace
}  // namespace frontdesk
