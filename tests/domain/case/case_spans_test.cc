// The history of who has a case, and of its priority: a span for every change, whatever made it.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/case/case_testing.h"
#include "domain/case/case_world.h"
#include "domain/commands.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using ::testing::IsEmpty;
using v1::Case;
using v1::Command;

// "ann/first@110 by agent-1, /second@120 by bob".
std::string Assignees(const Case& one) {
  std::string text;
  for (const v1::CaseAssigneeSpan& span : one.assignee_spans()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", span.assignee_id(), "/", span.queue_id(), "@",
                    span.has_start_time() ? absl::StrCat(span.start_time().seconds()) : "unknown",
                    " by ", span.actor_id());
  }
  return text;
}

// "1x2=3@110 by agent-1": impact, urgency and priority.
std::string Priorities(const Case& one) {
  std::string text;
  for (const v1::CasePrioritySpan& span : one.priority_spans()) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", span.impact(), "x", span.urgency(), "=",
                    span.priority(), "@",
                    span.has_start_time() ? absl::StrCat(span.start_time().seconds()) : "unknown",
                    " by ", span.actor_id());
  }
  return text;
}

TEST(CaseSpansTest, TheFirstIsThatOfTheOpening) {
  Command open = Open();
  open.mutable_case_()->mutable_open_case()->set_queue_id("first");
  open.mutable_case_()->mutable_open_case()->set_impact(1);
  const Case opened = After({open});
  EXPECT_EQ(Assignees(opened), "/first@100 by agent-1");
  EXPECT_EQ(Priorities(opened), "1x0=0@100 by agent-1");
  // If it had any.
  EXPECT_EQ(Assignees(After({Open()})), "");
  EXPECT_EQ(Priorities(After({Open()})), "");
  EXPECT_EQ(Assignees(After({Open(), Assign("ann", "", 110)})), "ann/@110 by agent-1");
}

TEST(CaseSpansTest, EveryVerbThatGivesTheCase) {
  v1::CasePolicy chains;
  v1::EscalationChain& chain = *chains.add_escalation_chains();
  chain.set_name("lamps");
  chain.add_steps()->set_queue_id("makers");
  chain.set_fallback_queue_id("desk");
  const Case current_case = After(
      {Open(), Assign("ann", "first", 110), Transfer(v1::TransferCase::KIND_COLD, "bob", "", 120),
       Transfer(v1::TransferCase::KIND_WARM, "carla", "second", 130), Accept("carla", 140),
       Escalate("lamps", {}, 150), Prioritize(1, 2, 160), Resolve(170), Reopen(180),
       Prioritize(2, 2, 190)},
      chains);
  EXPECT_EQ(Assignees(current_case),
            "ann/first@110 by agent-1, bob/first@120 by agent-1, carla/second@140 by carla, "
            "/makers@150 by agent-1");
  EXPECT_EQ(Priorities(current_case), "1x2=0@160 by agent-1, 2x2=0@190 by agent-1");
}

// An import without a history has its present values, since nobody knows when.
TEST(CaseSpansTest, AnImportInventsNoTime) {
  Command import = Import(Case::STATE_OPEN, 300);
  import.mutable_case_()->mutable_import_case()->mutable_case_()->set_assignee_id("ann");
  import.mutable_case_()->mutable_import_case()->mutable_case_()->set_impact(3);
  Case current_case = After({import});
  EXPECT_EQ(Assignees(current_case), "ann/@unknown by ");
  EXPECT_EQ(Priorities(current_case), "3x0=0@unknown by ");
  ASSERT_THAT(Do(Assign("bob", "", 310), &current_case), IsEmpty());
  EXPECT_EQ(Assignees(current_case), "ann/@unknown by , bob/@310 by agent-1");
}

TEST(CaseSpansTest, AFollowUpCaseBeginsItsOwn) {
  CaseWorld world;
  world.Done("open_case { case_id: 'a' kind: KIND_TROUBLE subject: 's' queue_id: 'q' impact: 4 }");
  world.Done("add_case_part { case_id: 'a' part { part_id: 'p' kind: KIND_MESSAGE text: 't' } }");
  world.Done("split_case { case_id: 'a' new_case_id: 'b' subject: 's' part_ids: 'p' }");
  EXPECT_EQ(Assignees(world.cases["a"]), "/q@1000 by agent-1");
  const Case& split = world.cases["b"];
  EXPECT_EQ(Assignees(split), split.queue_id().empty()
                                  ? ""
                                  : absl::StrCat("/", split.queue_id(), "@1020 by agent-1"));
}

// Whatever happens: the spans are the runs of equal values, one after each event.
TEST(CaseSpansTest, AreTheRunsOfARandomLife) {
  const char* given = std::getenv("FRONTDESK_TEST_SEED");
  const std::uint64_t seed =
      given == nullptr ? std::random_device()() : std::strtoull(given, nullptr, 10);
  std::cout << "FRONTDESK_TEST_SEED=" << seed << std::endl;
  std::mt19937_64 random(seed);
  const auto below = [&random](int end) { return static_cast<int>(random() % end); };
  const std::string people[] = {"", "ann", "bob"};
  const std::string queues[] = {"", "first", "second"};
  for (int round = 0; round < 50; ++round) {
    Case current_case;
    std::vector<std::string> assignees;
    std::vector<std::string> priorities;
    std::string last_assignee = "/";
    std::string last_priority = "0x0=0";
    for (std::int64_t seconds = 100; seconds < 200; ++seconds) {
      Command command;
      switch (below(6)) {
        case 0:
          command = Open(seconds);
          command.mutable_case_()->mutable_open_case()->set_queue_id(queues[below(3)]);
          command.mutable_case_()->mutable_open_case()->set_impact(below(2));
          break;
        case 1:
          command = Assign(people[below(3)], queues[1 + below(2)], seconds);
          break;
        case 2:
          command = Transfer(static_cast<v1::TransferCase::Kind>(1 + below(2)),
                             people[1 + below(2)], queues[below(3)], seconds);
          break;
        case 3:
          command = Accept(people[1 + below(2)], seconds);
          break;
        case 4:
          command = Prioritize(1 + below(2), 1 + below(2), seconds);
          break;
        default:
          command = below(2) == 0 ? Resolve(seconds) : Reopen(seconds);
      }
      const Decided decided = Decide(command, current_case);
      for (const v1::Event& event : decided.events) {
        ASSERT_TRUE(EvolveCase(event, &current_case).ok());
        const std::string suffix = absl::StrCat("@", seconds, " by ", command.actor().actor_id());
        const std::string assignee =
            absl::StrCat(current_case.assignee_id(), "/", current_case.queue_id());
        if (assignee != last_assignee) assignees.push_back(assignee + suffix);
        last_assignee = assignee;
        const std::string priority = absl::StrCat(
            current_case.impact(), "x", current_case.urgency(), "=", current_case.priority());
        if (priority != last_priority) priorities.push_back(priority + suffix);
        last_priority = priority;
      }
    }
    EXPECT_EQ(Assignees(current_case), absl::StrJoin(assignees, ", "));
    EXPECT_EQ(Priorities(current_case), absl::StrJoin(priorities, ", "));
  }
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
