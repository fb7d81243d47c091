// ReportEffect without a store: the effect is in the decision input, and the fold changes nothing but version and last instant.
#include <string>
#include <utility>

#include "decide/kept_states.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/domain/desk/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "policy/shop.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::At;
using ::frontdesk::testing::KeptStates;
using ::frontdesk::testing::MustCompile;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;

constexpr char kReport[] =
    "report_effect { entity { kind: ENTITY_KIND_CASE id: 'k' } effect_id: 'r1-e1' "
    "result: EFFECT_RESULT_DONE }";

v1::Effect EffectOf(const std::string& case_id, const std::string& effect_id) {
  v1::Effect effect;
  effect.set_effect_id(effect_id);
  effect.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  effect.mutable_entity()->set_id(case_id);
  return effect;
}

v1::DecisionInput InputWith(const v1::Effect& effect) {
  v1::DecisionInput input;
  *input.mutable_desk()->mutable_entity() = EffectOf("k", "").entity();
  *input.mutable_desk()->mutable_now() = At(5);
  *input.mutable_desk()->mutable_effect() = effect;
  return input;
}

TEST(PureReportEffectTest, DecidesOnTheEffectInTheInput) {
  const auto policy = MustCompile(testing::kAllowAll);
  const v1::Command command = AskInText(kReport, 10);
  const auto done = Decide(InputWith(EffectOf("k", "r1-e1")), command, *policy);
  ASSERT_TRUE(done.ok()) << done.status();
  ASSERT_EQ(done->verdict(), v1::VERDICT_DONE) << done->ShortDebugString();
  ASSERT_EQ(done->events_size(), 1);
  EXPECT_EQ(done->events(0).entity().id(), "k");
  EXPECT_EQ(done->events(0).desk().effect_reported().effect_id(), "r1-e1");

  v1::DecisionInput without = InputWith(EffectOf("k", "r1-e1"));
  without.mutable_desk()->clear_effect();
  EXPECT_THAT(Reasons(*Decide(without, command, *policy)),
              ElementsAre(kReasonDeskReportEffectNotFound));
  // Those of another case, and another one of this case.
  for (const v1::Effect& other : {EffectOf("j", "r1-e1"), EffectOf("k", "r1-e2")}) {
    EXPECT_EQ(GetReason(Decide(InputWith(other), command, *policy).status()),
              kReasonCommandWrongEntity);
  }
}

TEST(PureReportEffectTest, TheFoldChangesVersionAndLastInstantAlone) {
  KeptStates states;
  states.Done("open_case { case_id: 'k' kind: KIND_TROUBLE subject: 'lamp' queue_id: 'q' }");
  states.kept_effects = {EffectOf("k", "r1-e1")};
  v1::EntityState expected = states.State(v1::ENTITY_KIND_CASE, "k");
  const v1::Outcome outcome = states.Do(AskInText(kReport, 500));
  ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
  expected.set_version(expected.version() + 1);
  *expected.mutable_update_time() = At(500);
  EXPECT_EQ(states.State(v1::ENTITY_KIND_CASE, "k").SerializeAsString(),
            expected.SerializeAsString());
  // The last instant binds the next report.
  EXPECT_THAT(states.ReasonsOf(AskInText(kReport, 100)), ElementsAre(kReasonCommandTooEarly));
  // Nothing is folded into an entity that does not exist.
  v1::EntityState none;
  v1::Event first = outcome.events(0);
  first.set_version(1);
  EXPECT_EQ(GetReason(Evolve(first, &none)), kReasonEventNotApplicable);
}

}  // namespace
}  // namespace frontdesk
