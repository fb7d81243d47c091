// Remedies for a case: the company's list, in the order of who may give them.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::By;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::Snapshot;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// An agent may give up to 10.00, more needs a supervisor, and nobody gives more than 50.00.
constexpr absl::string_view kRemedies = R"pb(
  rule_sets {
    id: "resolving"
    decision_points: "ResolveCase"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "never"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "TOO_MUCH"
      condition: "command.resolve_case.remedy_amount.units > 5000"
    }
    rules {
      id: "ask"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "ASK"
      authority: "supervisor"
      condition: "command.resolve_case.remedy_amount.units > 1000"
                 " && !('supervisor' in actor.authorities)"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  cases {
    remedies {
      name: "all"
      code: "paid"
      amount { units: 9000 currency_code: "USD" }
    }
    remedies {
      name: "credit_20"
      code: "paid"
      amount { units: 2000 currency_code: "USD" }
    }
    remedies { name: "new_lamp" code: "replaced" kinds: KIND_TROUBLE kinds: KIND_COMPLAINT }
    remedies {
      name: "credit_10"
      code: "paid"
      amount { units: 1000 currency_code: "USD" }
    }
    remedies { name: "answer" code: "answered" kinds: KIND_QUESTION }
  }
)pb";

std::unique_ptr<Desk> OpenDesk() {
  std::unique_ptr<Desk> desk = MustOpen(kRemedies);
  v1::Command open = By("anna");
  open.mutable_case_()->mutable_open_case()->set_case_id("k1");
  open.mutable_case_()->mutable_open_case()->set_kind(v1::Case::KIND_COMPLAINT);
  open.mutable_case_()->mutable_open_case()->set_subject("broken");
  MustDo(*desk, open);
  return desk;
}

v1::Command ResolveCaseOf(absl::string_view case_id = "k1") {
  v1::Command command = By("anna", 10);
  command.mutable_case_()->mutable_resolve_case()->set_case_id(std::string(case_id));
  return command;
}

// "name VERDICT reason" of each.
std::vector<std::string> RemediesTold(const absl::StatusOr<std::vector<v1::RankedRemedy>>& ranked) {
  if (!ranked.ok()) return {ranked.status().ToString()};
  std::vector<std::string> told;
  for (const v1::RankedRemedy& one : *ranked) {
    told.push_back(
        absl::StrCat(one.remedy().name(), " ", v1::Verdict_Name(one.verdict()).substr(8), " ",
                     one.refusals().empty() ? one.held().authority() : one.refusals(0).reason()));
  }
  return told;
}

TEST(RemediesTest, RemediesThatTheActorMayGiveComeFirst) {
  const std::unique_ptr<Desk> desk = OpenDesk();
  const std::string before = Snapshot(*desk);
  const auto ranked = desk->RankRemedies(ResolveCaseOf());
  EXPECT_THAT(RemediesTold(ranked),
              ElementsAre("new_lamp DONE ", "credit_10 DONE ", "credit_20 HELD supervisor",
                          "all REFUSED TOO_MUCH"));
  EXPECT_EQ((*ranked)[2].held().reason(), "ASK");
  EXPECT_EQ((*ranked)[2].held().approval_id(), "");
  EXPECT_EQ((*ranked)[1].remedy().amount().units(), 1000);
  EXPECT_EQ(Snapshot(*desk), before) << "nothing changes";

  v1::Command supervisor = ResolveCaseOf();
  supervisor.mutable_actor()->add_authorities("supervisor");
  EXPECT_THAT(
      RemediesTold(desk->RankRemedies(supervisor)),
      ElementsAre("credit_20 DONE ", "new_lamp DONE ", "credit_10 DONE ", "all REFUSED TOO_MUCH"));
}

TEST(RemediesTest, AreWhatResolvingWouldSay) {
  const std::unique_ptr<Desk> desk = OpenDesk();
  const auto ranked = desk->RankRemedies(ResolveCaseOf());
  ASSERT_EQ(ranked->size(), 4);
  for (const v1::RankedRemedy& one : *ranked) {
    const auto fork = desk->Fork();
    v1::Command command = ResolveCaseOf();
    command.mutable_case_()->mutable_resolve_case()->set_code(one.remedy().code());
    command.mutable_case_()->mutable_resolve_case()->set_remedy(one.remedy().name());
    if (one.remedy().has_amount()) {
      *command.mutable_case_()->mutable_resolve_case()->mutable_remedy_amount() =
          one.remedy().amount();
    }
    EXPECT_EQ((*fork)->Execute(command)->verdict(), one.verdict()) << one.remedy().name();
  }
  // The command's own values, and a key, make no difference.
  v1::Command said = ResolveCaseOf();
  said.set_idempotency_key("key");
  said.mutable_case_()->mutable_resolve_case()->set_code("other");
  said.mutable_case_()->mutable_resolve_case()->set_remedy("other");
  said.mutable_case_()->mutable_resolve_case()->mutable_remedy_amount()->set_units(99'999);
  said.mutable_case_()->mutable_resolve_case()->mutable_remedy_amount()->set_currency_code("USD");
  EXPECT_EQ(RemediesTold(desk->RankRemedies(said)),
            RemediesTold(desk->RankRemedies(ResolveCaseOf())));
}

TEST(RemediesTest, WhereNothingCanBeResolvedEachSaysWhy) {
  const std::unique_ptr<Desk> desk = OpenDesk();
  v1::Command cancel = By("anna", 5);
  cancel.mutable_case_()->mutable_cancel_case()->set_case_id("k1");
  cancel.mutable_case_()->mutable_cancel_case()->set_reason("mistake");
  MustDo(*desk, cancel);
  EXPECT_THAT(
      RemediesTold(desk->RankRemedies(ResolveCaseOf())),
      ElementsAre("all REFUSED TOO_MUCH", "credit_20 REFUSED CASE_RESOLVE_STATE",
                  "new_lamp REFUSED CASE_RESOLVE_STATE", "credit_10 REFUSED CASE_RESOLVE_STATE"));
  // Without a list there is nothing to rank.
  const std::unique_ptr<Desk> other = MustOpen();
  v1::Command open = By("anna");
  open.mutable_case_()->mutable_open_case()->set_case_id("k1");
  open.mutable_case_()->mutable_open_case()->set_kind(v1::Case::KIND_QUESTION);
  open.mutable_case_()->mutable_open_case()->set_subject("?");
  MustDo(*other, open);
  EXPECT_THAT(RemediesTold(other->RankRemedies(ResolveCaseOf())), IsEmpty());
}

// Else a rule on the amount would be passed by leaving the amount out.
TEST(RemediesTest, WhereSomeAreListedNothingElseIsGiven) {
  const std::unique_ptr<Desk> desk = OpenDesk();
  const auto resolve = [&desk](const std::string& remedy, std::int64_t units,
                               const std::string& currency_code) {
    v1::Command command = ResolveCaseOf();
    command.mutable_case_()->mutable_resolve_case()->set_code("paid");
    command.mutable_case_()->mutable_resolve_case()->set_remedy(remedy);
    if (!currency_code.empty()) {
      command.mutable_case_()->mutable_resolve_case()->mutable_remedy_amount()->set_units(units);
      command.mutable_case_()->mutable_resolve_case()->mutable_remedy_amount()->set_currency_code(
          currency_code);
    }
    return testing::Reasons(*desk->Preview(command));
  };
  EXPECT_THAT(resolve("flowers", 0, ""), ElementsAre("CASE_RESOLVE_REMEDY_UNKNOWN"));
  EXPECT_THAT(resolve("answer", 0, ""), ElementsAre("CASE_RESOLVE_REMEDY_UNKNOWN")) << "its kind";
  EXPECT_THAT(resolve("credit_10", 0, ""), ElementsAre("CASE_RESOLVE_REMEDY_AMOUNT"));
  EXPECT_THAT(resolve("credit_10", 999, "USD"), ElementsAre("CASE_RESOLVE_REMEDY_AMOUNT"));
  EXPECT_THAT(resolve("credit_10", 1000, "EUR"), ElementsAre("CASE_RESOLVE_REMEDY_AMOUNT"));
  EXPECT_THAT(resolve("new_lamp", 0, "USD"), ElementsAre("CASE_RESOLVE_REMEDY_AMOUNT"));
  EXPECT_THAT(resolve("credit_10", 1000, "USD"), IsEmpty());
  EXPECT_THAT(resolve("", 0, ""), IsEmpty()) << "nothing is given";
}

TEST(RemediesTest, Errors) {
  const std::unique_ptr<Desk> desk = OpenDesk();
  EXPECT_EQ(GetReason(desk->RankRemedies(ResolveCaseOf("k2")).status()), kReasonEntityNotFound);
  EXPECT_EQ(GetReason(desk->RankRemedies(ResolveCaseOf("")).status()), kReasonEntityNotFound);
  EXPECT_EQ(GetReason(desk->RankRemedies(By("anna")).status()), kReasonCommandWrongEntity);
  v1::Command nobody = ResolveCaseOf();
  nobody.clear_actor();
  EXPECT_EQ(GetReason(desk->RankRemedies(nobody).status()), kReasonCommandMalformed);
  v1::Command late = ResolveCaseOf();
  late.set_expected_version(7);
  EXPECT_EQ(GetReason(desk->RankRemedies(late).status()), kReasonVersionConflict);
}

}  // namespace
}  // namespace frontdesk
