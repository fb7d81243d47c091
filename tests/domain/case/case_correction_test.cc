// Correcting the last resolution of a case: nothing else of the case changes.
#include <cstdint>
#include <limits>
#include <string>

#include "domain/case/case_testing.h"
#include "domain/commands.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using ::google::protobuf::util::MessageDifferencer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::Case;
using v1::Command;

// Resolved twice and closed; the second time with 20.00 EUR.
Case ClosedWithCredit() {
  Command resolve = Resolve(140);
  v1::ResolveCase& verb = *resolve.mutable_case_()->mutable_resolve_case();
  verb.set_remedy("credit");
  verb.mutable_remedy_amount()->set_units(2000);
  verb.mutable_remedy_amount()->set_currency_code("EUR");
  verb.set_note("she was glad");
  verb.set_root_cause("packed badly");
  return After({Open(), Resolve(120), Reopen(130), resolve, Close(150)});
}

Command CorrectTo(const std::string& remedy, int64_t units, const std::string& currency_code) {
  Command command = Correct("replaced");
  v1::CorrectResolution& verb = *command.mutable_case_()->mutable_correct_resolution();
  verb.set_remedy(remedy);
  verb.mutable_remedy_amount()->set_units(units);
  verb.mutable_remedy_amount()->set_currency_code(currency_code);
  return command;
}

v1::CaseAssessment Assessed(const Command& command, const Case& current_case,
                            const v1::CasePolicy& policy = {}) {
  v1::CaseDecisionInput input;
  SetCommand(command, &input);
  *input.mutable_case_() = current_case;
  return AssessCase(input, policy);
}

TEST(CorrectResolutionTest, ReplacesTheLastResolutionAndNothingElse) {
  for (const Case::State state : {Case::STATE_RESOLVED, Case::STATE_CLOSED}) {
    Case current_case = ClosedWithCredit();
    if (state == Case::STATE_RESOLVED) {
      current_case = After({Open(), Resolve(120), Reopen(130), Resolve(140)});
    }
    current_case.mutable_resolutions(1)->set_resolver_id("ann");
    current_case.mutable_resolutions(1)->mutable_occur_time()->set_seconds(135);
    const Case before = current_case;
    ASSERT_THAT(Do(Correct("repaired"), &current_case), IsEmpty());
    const v1::Resolution& corrected = current_case.resolutions(1);
    EXPECT_EQ(corrected.code(), "repaired");
    EXPECT_EQ(corrected.remedy() + corrected.note() + corrected.root_cause(), "");
    EXPECT_FALSE(corrected.has_remedy_amount());
    EXPECT_EQ(corrected.resolver_id(), "ann");
    EXPECT_EQ(corrected.time().seconds(), 140);
    EXPECT_EQ(corrected.occur_time().seconds(), 135);
    EXPECT_EQ(corrected.correct_time().seconds(), 500);
    EXPECT_EQ(corrected.corrector_id(), "agent-1");
    // The state, its spans, the counts, the earlier resolution: all as before.
    Case rest = current_case;
    *rest.mutable_resolutions(1) = before.resolutions(1);
    EXPECT_TRUE(MessageDifferencer::Equals(rest, before));
    // The end of the time to reopen, too.
    v1::CasePolicy policy;
    policy.mutable_reopen_window()->set_seconds(1000);
    EXPECT_EQ(Assessed(Reopen(600), current_case, policy).reopen_expire_time().seconds(),
              Assessed(Reopen(600), before, policy).reopen_expire_time().seconds());
  }
}

TEST(CorrectResolutionTest, OfAnImportedCase) {
  Command import = Import(Case::STATE_CLOSED, 300);
  v1::Resolution& resolution =
      *import.mutable_case_()->mutable_import_case()->mutable_case_()->add_resolutions();
  resolution.set_code("unknown");
  Case current_case = After({import});
  ASSERT_THAT(Do(Correct("repaired"), &current_case), IsEmpty());
  EXPECT_EQ(current_case.resolutions(0).code(), "repaired");
  EXPECT_FALSE(current_case.resolutions(0).has_time()) << "what is not known stays so";
}

TEST(CorrectResolutionTest, NotWithoutOne) {
  EXPECT_THAT(Reasons(Decide(Correct("repaired"), After({Import(Case::STATE_CLOSED)})).refusals),
              ElementsAre("CASE_CORRECT_RESOLUTION_MISSING"));
  // One that was closed unresolved after it was reopened.
  Case reopened = ClosedWithCredit();
  reopened.set_end_reason("no answer");
  EXPECT_THAT(Reasons(Decide(Correct("repaired"), reopened).refusals),
              ElementsAre("CASE_CORRECT_RESOLUTION_MISSING"));
}

TEST(CorrectResolutionTest, TheSameResolutionIsNoCorrection) {
  const Case current_case = ClosedWithCredit();
  Command same = CorrectTo("credit", 2000, "EUR");
  v1::CorrectResolution& verb = *same.mutable_case_()->mutable_correct_resolution();
  verb.set_note("she was glad");
  verb.set_root_cause("packed badly");
  EXPECT_TRUE(Assessed(same, current_case).is_unchanged());
  const Decided decided = Decide(same, current_case);
  EXPECT_THAT(decided.refusals, IsEmpty());
  EXPECT_THAT(decided.events, IsEmpty());
  // Each of its fields counts.
  const auto is_unchanged = [&](auto change) {
    Command other = same;
    change(other.mutable_case_()->mutable_correct_resolution());
    const bool unchanged = Assessed(other, current_case).is_unchanged();
    EXPECT_EQ(Decide(other, current_case).events.empty(), unchanged);
    return unchanged;
  };
  EXPECT_FALSE(is_unchanged([](v1::CorrectResolution* one) { one->set_code("paid"); }));
  EXPECT_FALSE(is_unchanged([](v1::CorrectResolution* one) { one->set_remedy("gift"); }));
  EXPECT_FALSE(is_unchanged([](v1::CorrectResolution* one) { one->clear_remedy_amount(); }));
  EXPECT_FALSE(
      is_unchanged([](v1::CorrectResolution* one) { one->mutable_remedy_amount()->set_units(1); }));
  EXPECT_FALSE(is_unchanged(
      [](v1::CorrectResolution* one) { one->mutable_remedy_amount()->set_currency_code("USD"); }));
  EXPECT_FALSE(is_unchanged([](v1::CorrectResolution* one) { one->clear_note(); }));
  EXPECT_FALSE(is_unchanged([](v1::CorrectResolution* one) { one->clear_root_cause(); }));
}

TEST(CorrectResolutionTest, TotalsCountTheIncrease) {
  struct Row {
    int64_t units;
    std::string currency_code;
    int64_t increase;
  };
  const int64_t most = std::numeric_limits<int64_t>::max();
  for (const Row& row : {Row{2500, "EUR", 500}, Row{2000, "EUR", 0}, Row{0, "EUR", 0},
                         Row{2500, "USD", 2500}, Row{most, "EUR", most - 2000}}) {
    const v1::CaseAssessment assessment =
        Assessed(CorrectTo("credit", row.units, row.currency_code), ClosedWithCredit());
    ASSERT_TRUE(assessment.has_remedy_increase());
    EXPECT_EQ(assessment.remedy_increase().units(), row.increase) << row.units;
    EXPECT_EQ(assessment.remedy_increase().currency_code(), row.currency_code);
  }
  EXPECT_FALSE(Assessed(Correct("repaired"), ClosedWithCredit()).has_remedy_increase());
  // The first amount at all is an increase as a whole.
  EXPECT_EQ(Assessed(CorrectTo("credit", 700, "EUR"), Made(Case::STATE_RESOLVED))
                .remedy_increase()
                .units(),
            700);
}

TEST(CorrectResolutionTest, RemediesAreThoseOfThePolicy) {
  const auto policy = FromText<v1::CasePolicy>(R"pb(
    remedies {
      name: "credit"
      code: "paid"
      amount { units: 2500 currency_code: "EUR" }
    }
    remedies { name: "lamp" code: "replaced" kinds: KIND_TROUBLE }
  )pb");
  const auto reasons = [&policy](const Command& command) {
    return Reasons(Decide(command, ClosedWithCredit(), policy).refusals);
  };
  EXPECT_THAT(reasons(CorrectTo("credit", 2500, "EUR")), IsEmpty());
  EXPECT_THAT(reasons(Correct("repaired")), IsEmpty());
  EXPECT_THAT(reasons(CorrectTo("credit", 2400, "EUR")),
              ElementsAre("CASE_CORRECT_RESOLUTION_REMEDY_AMOUNT"));
  EXPECT_THAT(reasons(CorrectTo("holiday", 1, "EUR")),
              ElementsAre("CASE_CORRECT_RESOLUTION_REMEDY_UNKNOWN"));
  Command lamp = Correct("replaced");
  lamp.mutable_case_()->mutable_correct_resolution()->set_remedy("lamp");
  EXPECT_THAT(reasons(lamp), ElementsAre("CASE_CORRECT_RESOLUTION_REMEDY_UNKNOWN"))
      << "for troubles, and this is a complaint";
  EXPECT_EQ(Assessed(CorrectTo("credit", 2500, "EUR"), ClosedWithCredit(), policy).remedy().code(),
            "paid");
}

TEST(CorrectResolutionTest, Arguments) {
  EXPECT_THAT(Places(CheckCaseArguments(Correct("").case_())),
              ElementsAre("ARGUMENT_REQUIRED at correct_resolution.code"));
  EXPECT_THAT(Places(CheckCaseArguments(CorrectTo("", 5, "EUR").case_())),
              ElementsAre("ARGUMENT_REQUIRED at correct_resolution.remedy"));
  EXPECT_THAT(Places(CheckCaseArguments(CorrectTo("credit", -5, "EUR").case_())),
              ElementsAre(testing::HasSubstr("at correct_resolution.remedy_amount")));
}

// An event about a case without a resolution changes nothing.
TEST(CorrectResolutionTest, WithoutAResolutionFoldsToNothing) {
  Case current_case = Made(Case::STATE_NEW);
  const Case before = current_case;
  ASSERT_TRUE(EvolveCase(EventFromText("entity { kind: ENTITY_KIND_CASE id: 'case-1' } "
                                       "case_resolution_corrected { resolution { code: 'x' } }"),
                         &current_case)
                  .ok());
  EXPECT_TRUE(MessageDifferencer::Equals(current_case, before));
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
