#include "frontdesk/rules/replay.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "frontdesk/base/error.h"
#include "frontdesk/rules/decision.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rules/testing.h"

namespace frontdesk {
namespace rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Large orders wait for the baker above `hold`, and are refused above `refuse`; express orders are allowed by a rule.
std::shared_ptr<const RuleSet> Bakery(int hold, int refuse) {
  return testing::MustCompile(absl::StrCat(R"cel(
    id: 'bakery' default_outcome: POLICY_OUTCOME_ALLOW
    rules { id: 'too_large' order: 10 outcome: POLICY_OUTCOME_REFUSE reason: 'TOO_LARGE'
            condition: 'order.total_units > )cel",
                                           refuse, R"cel(' }
    rules { id: 'baked' order: 20 outcome: POLICY_OUTCOME_REFUSE reason: 'BAKED'
            condition: 'order.state == Order.State.STATE_BAKED' }
    rules { id: 'express' order: 30 outcome: POLICY_OUTCOME_ALLOW condition: 'order.express' }
    rules { id: 'large' order: 40 outcome: POLICY_OUTCOME_HOLD reason: 'LARGE' authority: 'baker'
            condition: 'order.total_units > )cel",
                                           hold, "' }"));
}

// Inputs of a list, with their ids.
ReplayInputs From(const std::vector<ReplayInput>& list) {
  return [&list, next = std::size_t{0}](ReplayInput* input) mutable -> absl::StatusOr<bool> {
    if (next == list.size()) return false;
    *input = list[next++];
    return true;
  };
}

ReplayInput Order(std::string id, absl::string_view text, std::string point = "") {
  ReplayInput input;
  input.id = std::move(id);
  input.message = std::make_shared<bakery::Input>(testing::MakeInput(text));
  input.options.decision_point = std::move(point);
  return input;
}

std::vector<ReplayInput> FourOrders() {
  return {Order("a", "order { total_units: 5 }", "Bake"),
          Order("b", "order { total_units: 15 }", "Bake"),
          Order("c", "order { total_units: 25 }", "Bake"),
          Order("d", "order { total_units: 25 state: STATE_BAKED }", "Change")};
}

std::string Text(const google::protobuf::RepeatedPtrField<v1::OutcomeChange>& changes) {
  std::string text;
  for (const v1::OutcomeChange& change : changes) {
    absl::StrAppend(&text, change.before(), ">", change.after(), " ", change.count());
    for (const std::string& id : change.example_ids()) absl::StrAppend(&text, " ", id);
    absl::StrAppend(&text, "\n");
  }
  return text;
}

std::string Text(const v1::ReasonChange& change) {
  std::string text =
      absl::StrCat(change.decision_point(), " ", change.reason(), " ", change.rule_id(), " ",
                   change.before_count(), ">", change.after_count());
  for (const std::string& id : change.example_ids()) absl::StrAppend(&text, " ", id);
  return text;
}

TEST(Replay, CountsOutcomesAndReasons) {
  const std::vector<ReplayInput> orders = FourOrders();
  const auto before = Bakery(10, 100);
  const auto after = Bakery(20, 24);
  const absl::StatusOr<v1::ReplayReport> report = Replay(From(orders), *before, *after);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->before_hash(), before->hash());
  EXPECT_EQ(report->after_hash(), after->hash());
  EXPECT_EQ(report->input_count(), 4);
  EXPECT_EQ(report->decided_count(), 4);
  EXPECT_EQ(report->undecided_count(), 0);
  EXPECT_EQ(report->changed_count(), 2);
  // 1 is ALLOW, 2 REFUSE, 3 HOLD.
  EXPECT_EQ(Text(report->outcomes()), "1>1 1\n2>2 1\n3>1 1 b\n3>2 1 c\n");
  ASSERT_EQ(report->decision_points_size(), 2);
  EXPECT_EQ(report->decision_points(0).decision_point(), "Bake");
  EXPECT_EQ(Text(report->decision_points(0).outcomes()), "1>1 1\n3>1 1 b\n3>2 1 c\n");
  EXPECT_EQ(report->decision_points(1).decision_point(), "Change");
  EXPECT_EQ(Text(report->decision_points(1).outcomes()), "2>2 1\n");
  std::vector<std::string> reasons;
  for (const v1::ReasonChange& reason : report->reasons()) reasons.push_back(Text(reason));
  EXPECT_THAT(reasons, ElementsAre("Bake LARGE large 2>0 b c", "Bake TOO_LARGE too_large 0>1 c",
                                   "Change BAKED baked 1>1", "Change TOO_LARGE too_large 0>1 d"));
  EXPECT_THAT(report->undecided(), IsEmpty());
}

TEST(Replay, ARuleThatAllowsCountsByItsId) {
  const std::vector<ReplayInput> orders = {Order("a", "order { total_units: 15 express: true }")};
  const absl::StatusOr<v1::ReplayReport> report =
      Replay(From(orders), *Bakery(10, 100), *Bakery(10, 12));
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->reasons_size(), 2);
  EXPECT_EQ(Text(report->reasons(0)), "  express 1>0 a");
  EXPECT_EQ(Text(report->reasons(1)), " TOO_LARGE too_large 0>1 a");
}

TEST(Replay, AGrantedAuthorityCountsUnderBoth) {
  std::vector<ReplayInput> orders = FourOrders();
  for (ReplayInput& order : orders) order.options.granted_authorities = {"baker"};
  const absl::StatusOr<v1::ReplayReport> report =
      Replay(From(orders), *Bakery(10, 100), *Bakery(1, 24));
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(Text(report->outcomes()), "1>1 2\n1>2 1 c\n2>2 1\n");
}

TEST(Replay, InputsThatCannotBeDecidedAreCounted) {
  std::vector<ReplayInput> orders = FourOrders();
  orders[1].message = nullptr;
  orders[2].message = std::make_shared<bakery::Order>();
  const absl::StatusOr<v1::ReplayReport> report =
      Replay(From(orders), *Bakery(10, 100), *Bakery(10, 100));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->input_count(), 4);
  EXPECT_EQ(report->decided_count(), 2);
  EXPECT_EQ(report->undecided_count(), 2);
  ASSERT_EQ(report->undecided_size(), 1);
  EXPECT_EQ(report->undecided(0).reason(), "RULES_INPUT_MISMATCH");
  EXPECT_EQ(report->undecided(0).count(), 2);
  EXPECT_THAT(report->undecided(0).example_ids(), ElementsAre("b", "c"));
  // The time is asked for by one of the two only.
  const auto timed = testing::MustCompile(R"cel(
    id: 'timed' default_outcome: POLICY_OUTCOME_ALLOW
    rules { id: 'late' order: 1 outcome: POLICY_OUTCOME_REFUSE reason: 'LATE' condition: 'order.express'
            effective_time { seconds: 1 } })cel");
  EXPECT_EQ(Replay(From(orders), *Bakery(10, 100), *timed)->undecided(1).reason(),
            "RULES_TIME_MISSING");
}

TEST(Replay, DecidesByFunctions) {
  const std::vector<ReplayInput> orders = FourOrders();
  const auto bake = Bakery(10, 100);
  const DecideInput odd = [](const ReplayInput&, cel::Scratch&) {
    v1::Decision decision;
    decision.set_outcome(static_cast<v1::PolicyOutcome>(17));  // Of a later version.
    return decision;
  };
  const DecideInput as_set = [&bake](const ReplayInput& input, cel::Scratch& scratch) {
    return bake->Decide(*input.message, input.options, scratch);
  };
  const absl::StatusOr<v1::ReplayReport> report = Replay(From(orders), as_set, odd);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(Text(report->outcomes()), "1>0 1 a\n2>0 1 d\n3>0 2 b c\n");
  EXPECT_EQ(report->before_hash(), "");
}

TEST(Replay, AnInputWithoutADecisionPointHasThatOfItsDecision) {
  const std::vector<ReplayInput> orders = {Order("a", "order { total_units: 5 }"),
                                           Order("b", "order { total_units: 5 }", "Change")};
  const DecideInput pack = [](const ReplayInput&, cel::Scratch&) {
    v1::Decision decision;
    decision.set_decision_point("Bake");
    return decision;
  };
  const absl::StatusOr<v1::ReplayReport> report = Replay(From(orders), pack, pack);
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->decision_points_size(), 2);
  EXPECT_EQ(report->decision_points(0).decision_point(), "Bake");
  EXPECT_EQ(report->decision_points(1).decision_point(), "Change");
}

TEST(Replay, AnInputHasNothingOfAnEarlierOne) {
  const std::vector<ReplayInput> orders = FourOrders();
  std::size_t next = 0;
  const ReplayInputs source = [&](ReplayInput* input) -> absl::StatusOr<bool> {
    if (next == orders.size()) return false;
    EXPECT_EQ(input->message, nullptr);
    // Only the first one says more than its message.
    if (next == 0) {
      input->id = "first";
      input->options.granted_authorities = {"baker"};
    }
    input->message = orders[next++].message;
    return true;
  };
  const DecideInput pack = [bake = Bakery(1, 100)](const ReplayInput& input,
                                                   cel::Scratch& scratch) {
    absl::StatusOr<v1::Decision> decision = bake->Decide(*input.message, input.options, scratch);
    decision->set_decision_point(input.id.empty() ? "Change" : "Bake");
    return decision;
  };
  ReplayOptions options;
  options.group_size = 1;
  const absl::StatusOr<v1::ReplayReport> report = Replay(source, pack, pack, options);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(Text(report->outcomes()), "1>1 1\n2>2 1\n3>3 2\n");
  ASSERT_EQ(report->decision_points_size(), 2);
  EXPECT_EQ(report->decision_points(0).outcomes(0).count(), 1);
}

TEST(Replay, EndsWhereProgressSays) {
  const std::vector<ReplayInput> orders = FourOrders();
  ReplayOptions options;
  options.group_size = 2;
  std::vector<std::int64_t> seen;
  options.progress = [&seen](std::int64_t count) {
    seen.push_back(count);
    return true;
  };
  EXPECT_EQ(Replay(From(orders), *Bakery(1, 2), *Bakery(1, 2), options)->input_count(), 4);
  // The end is seen when the next input is asked for.
  EXPECT_THAT(seen, ElementsAre(2, 4, 4));
  options.progress = [](std::int64_t count) { return count < 2; };
  EXPECT_EQ(Replay(From(orders), *Bakery(1, 2), *Bakery(1, 2), options)->input_count(), 2);
}

TEST(Replay, KeepsItsLimits) {
  const std::vector<ReplayInput> orders = FourOrders();
  const auto before = Bakery(10, 100);
  const auto after = Bakery(20, 24);
  const auto reason = [&](const ReplayOptions& options) {
    return GetReason(Replay(From(orders), *before, *after, options).status());
  };
  ReplayOptions options;
  options.max_examples = 0;
  EXPECT_EQ(Text(Replay(From(orders), *before, *after, options)->outcomes()),
            "1>1 1\n2>2 1\n3>1 1\n3>2 1\n");
  options.max_examples = -1;
  EXPECT_EQ(reason(options), "RULES_REPLAY_OPTIONS_INVALID");
  options.max_examples = 1;
  options.group_size = 0;
  EXPECT_EQ(reason(options), "RULES_REPLAY_OPTIONS_INVALID");
  options.group_size = 1;
  options.max_decision_points = 2;
  EXPECT_EQ(reason(options), "");
  options.max_decision_points = 1;
  EXPECT_EQ(reason(options), "RULES_REPLAY_LIMIT_DECISION_POINTS");
  EXPECT_EQ(GetReason(Replay(nullptr, *before, *after).status()), "RULES_REPLAY_OPTIONS_INVALID");
  EXPECT_EQ(GetReason(Replay(From(orders), nullptr, nullptr).status()),
            "RULES_REPLAY_OPTIONS_INVALID");
}

TEST(Replay, AnErrorOfTheSourceEndsIt) {
  const ReplayInputs broken = [](ReplayInput*) -> absl::StatusOr<bool> {
    return absl::DataLossError("the file ends in the middle");
  };
  EXPECT_EQ(Replay(broken, *Bakery(1, 2), *Bakery(1, 2)).status().code(),
            absl::StatusCode::kDataLoss);
}

// A recount with maps of texts, over random inputs; and the same bytes from each executor and size of a group.
TEST(Replay, EqualsARecount) {
  std::mt19937 random(static_cast<std::uint32_t>(testing::RandomSeed()));
  const auto any = [&random](int below) { return static_cast<int>(random() % below); };
  const auto before = Bakery(10, 22);
  const auto after = Bakery(14, 18);
  std::vector<ReplayInput> orders;
  std::map<std::string, std::vector<std::string>> pairs;  // By the outcomes, the ids.
  std::map<std::string, std::set<std::string>> had, has;  // By point, reason and rule.
  for (int i = 0; i < 2'000; ++i) {
    const std::string id = absl::StrCat("i", i);
    if (any(20) == 0) {
      orders.push_back({id, nullptr, {}});
      continue;
    }
    orders.push_back(Order(id,
                           absl::StrCat("order { total_units: ", any(30), " state: ", any(4),
                                        " express: ", any(4) == 0 ? "true" : "false", " }"),
                           absl::StrCat("point", any(3))));
    if (any(3) == 0) orders.back().options.granted_authorities = {"baker"};
    const ReplayInput& order = orders.back();
    const v1::Decision old = *before->Decide(*order.message, order.options);
    const v1::Decision now = *after->Decide(*order.message, order.options);
    pairs[absl::StrCat(old.outcome(), ">", now.outcome())].push_back(id);
    for (const auto& [decision, rows] : {std::pair(&old, &had), std::pair(&now, &has)}) {
      for (const DecisionReason& reason : DecisionReasons(*decision)) {
        (*rows)[absl::StrCat(order.options.decision_point, " ", reason.reason, " ", reason.rule_id)]
            .insert(id);
      }
    }
  }

  ReplayOptions options;
  options.max_examples = 7;
  const absl::StatusOr<v1::ReplayReport> report = Replay(From(orders), *before, *after, options);
  ASSERT_TRUE(report.ok());
  std::size_t changed = 0, decided = 0;
  for (const auto& [pair, ids] : pairs) {
    decided += ids.size();
    if (pair[0] != pair[2]) changed += ids.size();
  }
  EXPECT_EQ(static_cast<std::size_t>(report->decided_count()), decided);
  EXPECT_EQ(static_cast<std::size_t>(report->changed_count()), changed);
  EXPECT_EQ(report->undecided_count(), static_cast<std::int64_t>(orders.size() - decided));
  ASSERT_EQ(static_cast<std::size_t>(report->outcomes_size()), pairs.size());
  for (const v1::OutcomeChange& change : report->outcomes()) {
    const auto& ids = pairs[absl::StrCat(change.before(), ">", change.after())];
    EXPECT_EQ(static_cast<std::size_t>(change.count()), ids.size());
    const std::size_t shown =
        change.before() == change.after() ? 0 : std::min<std::size_t>(7, ids.size());
    EXPECT_EQ(std::vector<std::string>(change.example_ids().begin(), change.example_ids().end()),
              std::vector<std::string>(ids.begin(), ids.begin() + shown));
  }
  std::set<std::string> keys;
  for (const auto* rows : {&had, &has}) {
    for (const auto& [key, ids] : *rows) keys.insert(key);
  }
  ASSERT_EQ(static_cast<std::size_t>(report->reasons_size()), keys.size());
  for (const v1::ReasonChange& change : report->reasons()) {
    const std::string key =
        absl::StrCat(change.decision_point(), " ", change.reason(), " ", change.rule_id());
    EXPECT_EQ(static_cast<std::size_t>(change.before_count()), had[key].size()) << key;
    EXPECT_EQ(static_cast<std::size_t>(change.after_count()), has[key].size()) << key;
    for (const std::string& id : change.example_ids()) {
      EXPECT_NE(had[key].count(id), has[key].count(id)) << key;
    }
  }

  options.executor = [](int count, const std::function<void(int)>& work) {
    std::atomic<int> next{0};
    const auto run = [&] {
      for (int i = next++; i < count; i = next++) work(i);
    };
    std::thread other(run);
    run();
    other.join();
  };
  for (const int group_size : {1, 17, 256, 5'000}) {
    options.group_size = group_size;
    EXPECT_EQ(Replay(From(orders), *before, *after, options)->SerializeAsString(),
              report->SerializeAsString())
        << group_size;
  }
}

}  // namespace
}  // namespace rules
}  // namespace frontdesk
