// Links and tasks of cases, and every verb of several cases in every state.
#include <map>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "domain/case/case_world.h"
#include "frontdesk/base/error.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::util::MessageDifferencer;
using v1::Case;
using v1::CaseLink;
using v1::Command;

// A case "a" in a state, in which all of the verbs below have something to do.
CaseWorld Prepared(Case::State state) {
  CaseWorld world;
  world.cases["b"] = FromText<Case>(R"pb(
    case_id: "b"
    state: STATE_OPEN
    state_spans {
      state: STATE_OPEN
      start_time { seconds: 50 }
    }
    case_links { kind: KIND_RELATED case_id: "a" }
  )pb");
  world.cases["split"] = FromText<Case>(R"pb(
    case_id: "split"
    state: STATE_NEW
    state_spans {
      state: STATE_NEW
      start_time { seconds: 50 }
    }
    case_links { kind: KIND_SPLIT_FROM case_id: "a" }
    part_refs { case_id: "a" part_id: "p2" }
  )pb");
  world.cases["merged"] = FromText<Case>(R"pb(
    case_id: "merged"
    state: STATE_MERGED
    survivor_case_id: "a"
    state_spans {
      state: STATE_OPEN
      start_time { seconds: 50 }
    }
    state_spans {
      state: STATE_MERGED
      start_time { seconds: 60 }
    }
  )pb");
  for (auto& [id, one] : world.cases) one = Counted(one);
  if (state == Case::STATE_UNSPECIFIED) return world;
  Case& a = world.cases["a"];
  a = FromText<Case>(R"pb(
    case_id: "a"
    parts { part_id: "p1" visibility: VISIBILITY_INTERNAL }
    parts { part_id: "p2" visibility: VISIBILITY_INTERNAL }
    case_links { kind: KIND_RELATED case_id: "b" }
    case_links { kind: KIND_SPLIT_INTO case_id: "split" }
    links { kind: ENTITY_KIND_ORDER id: "o1" }
    tasks { task_id: "t1" title: "call back" }
    split_offs { case_id: "split" part_ids: "p2" }
    merged_cases { case_id: "merged" }
  )pb");
  a.set_state(state);
  a.add_state_spans()->set_state(Case::STATE_OPEN);
  if (state == Case::STATE_MERGED) a.set_survivor_case_id("z");
  a.add_state_spans()->set_state(state);
  a = Counted(a);
  return world;
}

// The result of each verb in each state, said a second time: whether it is possible in RESOLVED
// and before, in CLOSED and in CANCELED, and in MERGED.
struct RelationRow {
  std::string verb;
  const char* reason;
  bool in_closed;
  const char* facts;
  bool in_merged = false;
};

const RelationRow kRelationRows[] = {
    {"link_case { case_id: 'a' case_link { kind: KIND_PARENT case_id: 'b' } }", "CASE_LINK_STATE",
     true, "case_linked case_linked"},
    {"link_case { case_id: 'a' entity { kind: ENTITY_KIND_ORDER id: 'o2' } }", "CASE_LINK_STATE",
     true, "case_linked"},
    {"unlink_case { case_id: 'a' case_link { kind: KIND_RELATED case_id: 'b' } }",
     "CASE_UNLINK_STATE", true, "case_unlinked case_unlinked"},
    {"unlink_case { case_id: 'a' entity { kind: ENTITY_KIND_ORDER id: 'o1' } }",
     "CASE_UNLINK_STATE", true, "case_unlinked"},
    {"add_case_task { case_id: 'a' task { task_id: 't2' title: 'write' } }", "CASE_ADD_TASK_STATE",
     false, "case_task_added"},
    {"complete_case_task { case_id: 'a' task_id: 't1' }", "CASE_COMPLETE_TASK_STATE", true,
     "case_task_completed", true},
    {"remove_case_task { case_id: 'a' task_id: 't1' }", "CASE_REMOVE_TASK_STATE", true,
     "case_task_removed", true},
    {"merge_cases { case_id: 'a' merged_case_id: 'b' }", "CASE_MERGE_STATE", false,
     "case_merged case_merged_away"},
    {"unmerge_cases { case_id: 'a' merged_case_id: 'merged' }", "CASE_UNMERGE_STATE", true,
     "case_unmerged case_restored"},
    {"split_case { case_id: 'a' new_case_id: 'n' subject: 's' part_ids: 'p1' }", "CASE_SPLIT_STATE",
     false, "case_opened case_split"},
    {"unsplit_case { case_id: 'a' split_case_id: 'split' }", "CASE_UNSPLIT_STATE", false,
     "case_unsplit case_unlinked case_merged case_merged_away"},
};

TEST(CaseRelationsLifecycleTest, EveryStateAndVerb) {
  std::set<int> verbs;
  for (const RelationRow& row : kRelationRows) {
    for (int number = 0; number <= Case::State_MAX; ++number) {
      const Case::State state = static_cast<Case::State>(number);
      SCOPED_TRACE(absl::StrCat(row.verb, " in ", Case::State_Name(state)));
      CaseWorld world = Prepared(state);
      const std::map<std::string, Case> before = world.cases;
      const Command command = world.Make(row.verb);
      verbs.insert(command.case_().verb_case());
      const Transition* cell = CaseLifecycle().Find(*FindCommand(command), state);
      ASSERT_NE(cell, nullptr);
      world.Do(command);
      const bool over = state == Case::STATE_CLOSED || state == Case::STATE_CANCELED;
      if (state == Case::STATE_UNSPECIFIED) {
        EXPECT_EQ(Summary(world.last.refusals), "CASE_NOT_FOUND");
        EXPECT_EQ(*cell->refusal_reason, "CASE_NOT_FOUND");
        EXPECT_EQ(world.last.refusals.at(0).origin(), v1::Refusal::ORIGIN_NOT_FOUND);
      } else if ((state == Case::STATE_MERGED && !row.in_merged) || (over && !row.in_closed)) {
        EXPECT_EQ(Summary(world.last.refusals), row.reason);
        EXPECT_EQ(*cell->refusal_reason, row.reason);
        EXPECT_EQ(world.Detail("survivor_case_id"), state == Case::STATE_MERGED ? "z" : "");
      } else {
        EXPECT_EQ(Summary(world.last.refusals), "");
        EXPECT_EQ(EventNames(world.last.events), row.facts);
        EXPECT_THAT(cell->to, testing::ElementsAre(state));
        EXPECT_EQ(world.cases["a"].state(), state);
        continue;
      }
      EXPECT_TRUE(cell->to.empty());
      for (const auto& [case_id, one] : before) {
        EXPECT_TRUE(MessageDifferencer::Equals(one, world.cases[case_id])) << case_id;
      }
    }
  }
  EXPECT_EQ(verbs.size(), 9u);
}

TEST(CaseRelationsLifecycleTest, EveryVerbRefusedOnAMergedCaseNamesTheSurvivor) {
  std::set<int> possible;
  for (const Transition& each : CaseLifecycle().transitions()) {
    if (each.from == Case::STATE_MERGED && !each.to.empty()) possible.insert(each.command->number);
  }
  // Its tasks are still to be done, and its consultations to be answered.
  EXPECT_THAT(possible, testing::ElementsAre(v1::CaseCommand::kAnswerCaseConsultation,
                                             v1::CaseCommand::kCompleteCaseTask,
                                             v1::CaseCommand::kRemoveCaseTask));
  int asked = 0;
  for (const CommandInfo& verb : Commands()) {
    if (verb.entity_kind != v1::ENTITY_KIND_CASE || verb.creates) continue;
    if (possible.count(verb.number) > 0) continue;
    CaseWorld world = Prepared(Case::STATE_MERGED);
    const Command command = world.Make(absl::StrCat(std::string(verb.field), " { case_id: 'a' }"));
    const absl::StatusOr<Decided> decided = DecideCase(world.Input(command));
    ASSERT_TRUE(decided.ok()) << verb.name << decided.status();
    world.last = *decided;
    EXPECT_EQ(Summary(world.last.refusals),
              absl::StrCat(std::string(verb.reason_prefix), "_STATE"));
    EXPECT_EQ(world.Detail("survivor_case_id"), "z") << verb.name;
    ++asked;
  }
  EXPECT_GT(asked, 15);
}

std::string Link(const std::string& one, const std::string& kind, const std::string& other) {
  return absl::StrCat("link_case { case_id: '", one, "' case_link { kind: KIND_", kind,
                      " case_id: '", other, "' } }");
}

std::string Unlink(const std::string& one, const std::string& kind, const std::string& other) {
  return absl::StrCat("un", Link(one, kind, other));
}

CaseWorld OpenCases(std::initializer_list<const char*> case_ids) {
  CaseWorld world;
  for (const char* case_id : case_ids) world.Open(case_id);
  return world;
}

TEST(CaseLinksTest, TheOtherCaseGetsTheCounterpart) {
  const std::pair<const char*, const char*> pairs[] = {{"PARENT", "CHILD"},
                                                       {"CHILD", "PARENT"},
                                                       {"RELATED", "RELATED"},
                                                       {"DUPLICATE_OF", "HAS_DUPLICATE"},
                                                       {"HAS_DUPLICATE", "DUPLICATE_OF"},
                                                       {"CAUSED_BY", "CAUSE_OF"},
                                                       {"CAUSE_OF", "CAUSED_BY"},
                                                       {"FOLLOW_UP_OF", "HAS_FOLLOW_UP"},
                                                       {"HAS_FOLLOW_UP", "FOLLOW_UP_OF"}};
  for (const auto& [kind, counterpart] : pairs) {
    SCOPED_TRACE(kind);
    CaseWorld world = OpenCases({"a", "b"});
    EXPECT_EQ(world.Done(Link("a", kind, "b")), "case_linked@a case_linked@b");
    EXPECT_EQ(world.Links("a"), absl::StrCat(kind, ":b"));
    EXPECT_EQ(world.Links("b"), absl::StrCat(counterpart, ":a"));
    // A link that exists changes nothing, also when it is said from the other side.
    EXPECT_EQ(world.Done(Link("a", kind, "b")), "");
    EXPECT_EQ(world.Done(Link("b", counterpart, "a")), "");
    if (std::string(kind) != counterpart) {
      EXPECT_EQ(world.Refused(Link("b", kind, "a")).substr(0, 15), "CASE_LINK_CYCLE");
      EXPECT_EQ(world.Refused(Link("a", counterpart, "b")).substr(0, 15), "CASE_LINK_CYCLE");
    }
    EXPECT_EQ(world.Done(Unlink("b", counterpart, "a")), "case_unlinked@b case_unlinked@a");
    EXPECT_EQ(world.Links("a") + world.Links("b"), "");
    EXPECT_EQ(world.Refused(Unlink("a", kind, "b")),
              "CASE_UNLINK_NOT_LINKED@unlink_case.case_link");
  }
}

TEST(CaseLinksTest, ACaseHasSeveralLinks) {
  CaseWorld world = OpenCases({"a", "b", "c"});
  world.Done(Link("a", "RELATED", "b"));
  world.Done(Link("a", "CAUSED_BY", "b"));
  world.Done(Link("a", "RELATED", "c"));
  EXPECT_EQ(world.Links("a"), "CAUSED_BY:b RELATED:b RELATED:c");
  world.Done(Unlink("a", "RELATED", "b"));
  EXPECT_EQ(world.Links("a"), "CAUSED_BY:b RELATED:c");
  EXPECT_EQ(world.Links("b"), "CAUSE_OF:a");
}

TEST(CaseLinksTest, InvalidLinksAreRefused) {
  CaseWorld world = OpenCases({"a", "b", "c", "d"});
  EXPECT_EQ(world.Refused(Link("a", "RELATED", "a")),
            "CASE_LINK_ITSELF@link_case.case_link.case_id");
  EXPECT_EQ(world.Refused(Link("a", "RELATED", "nowhere")),
            "CASE_NOT_FOUND@link_case.case_link.case_id");
  EXPECT_EQ(world.last.refusals.at(0).origin(), v1::Refusal::ORIGIN_NOT_FOUND);
  world.Done(Link("a", "PARENT", "b"));
  EXPECT_EQ(world.Refused(Link("a", "PARENT", "c")), "CASE_LINK_SECOND_PARENT@link_case.case_link");
  EXPECT_EQ(world.Refused(Link("c", "CHILD", "a")), "CASE_LINK_SECOND_PARENT@link_case.case_link");
  EXPECT_EQ(world.Refused(Link("b", "PARENT", "a")), "CASE_LINK_CYCLE@link_case.case_link.kind");
  world.Done("merge_cases { case_id: 'd' merged_case_id: 'c' }");
  EXPECT_EQ(world.Refused(Link("a", "RELATED", "c")),
            "CASE_LINK_CASE_MERGED@link_case.case_link.case_id");
  EXPECT_EQ(world.Detail("survivor_case_id"), "d");
}

TEST(CaseLinksTest, AClosedProblemMayBeNamedAsTheCause) {
  CaseWorld world = OpenCases({"problem", "a"});
  world.Done("resolve_case { case_id: 'problem' code: 'fixed' }");
  world.Done("close_case { case_id: 'problem' }");
  EXPECT_EQ(world.Done(Link("a", "CAUSED_BY", "problem")), "case_linked@a case_linked@problem");
  EXPECT_EQ(world.cases["problem"].state(), Case::STATE_CLOSED);
}

// An imported case may have a link that the linked case does not have.
TEST(CaseLinksTest, ALinkOfOneSideIsMadeWholeAndRemoved) {
  CaseWorld world = OpenCases({"a", "b"});
  const auto link_one_side = [&] {
    CaseLink& link = *world.cases["a"].add_case_links();
    link.set_kind(CaseLink::KIND_PARENT);
    link.set_case_id("b");
  };
  link_one_side();
  EXPECT_EQ(world.Done(Link("a", "PARENT", "b")), "case_linked@b");
  EXPECT_EQ(world.Links("b"), "CHILD:a");
  world.Done(Unlink("a", "PARENT", "b"));
  link_one_side();
  EXPECT_EQ(world.Done(Unlink("b", "CHILD", "a")), "case_unlinked@a");
  link_one_side();
  world.cases.erase("b");
  EXPECT_EQ(world.Done(Unlink("a", "PARENT", "b")), "case_unlinked@a");
  EXPECT_EQ(world.Links("a"), "");
}

TEST(CaseLinksTest, AMergedCaseKeepsItsLinks) {
  CaseWorld world = OpenCases({"a", "b", "c"});
  world.Done(Link("a", "RELATED", "b"));
  world.Done("merge_cases { case_id: 'c' merged_case_id: 'b' }");
  EXPECT_EQ(world.Refused(Unlink("a", "RELATED", "b")),
            "CASE_UNLINK_CASE_MERGED@unlink_case.case_link.case_id");
  EXPECT_EQ(world.Detail("survivor_case_id"), "c");
  world.Done("unmerge_cases { case_id: 'c' merged_case_id: 'b' }");
  world.Done(Unlink("a", "RELATED", "b"));
}

// An imported link may lack its counterpart.
TEST(CaseLinksTest, UnchangedIsALinkThatBothCasesHave) {
  CaseWorld world = OpenCases({"a", "b"});
  world.Done(Link("a", "RELATED", "b"));
  EXPECT_TRUE(world.Input(world.Make(Link("a", "RELATED", "b"))).assessment().is_unchanged());
  world.cases["b"].clear_case_links();
  world.cases["b"].clear_further_case_links();
  EXPECT_FALSE(world.Input(world.Make(Link("a", "RELATED", "b"))).assessment().is_unchanged());
  EXPECT_EQ(world.Done(Link("a", "RELATED", "b")), "case_linked@b");
}

TEST(CaseLinksTest, InteractionsAndOrders) {
  CaseWorld world = OpenCases({"a"});
  const std::string order = "link_case { case_id: 'a' entity { kind: ENTITY_KIND_ORDER id: 'x' } }";
  EXPECT_EQ(world.Done(order), "case_linked@a");
  world.Done("link_case { case_id: 'a' entity { kind: ENTITY_KIND_INTERACTION id: 'x' } }");
  EXPECT_EQ(world.Done(order), "");
  EXPECT_EQ(world.cases["a"].links_size(), 2);
  EXPECT_EQ(world.Done("un" + order), "case_unlinked@a");
  ASSERT_EQ(world.cases["a"].links_size(), 1);
  EXPECT_EQ(world.cases["a"].links(0).kind(), v1::ENTITY_KIND_INTERACTION);
  EXPECT_EQ(world.Refused("un" + order), "CASE_UNLINK_NOT_LINKED@unlink_case.entity");
}

TEST(CaseTasksTest, TasksAreAddedCompletedAndRemoved) {
  CaseWorld world = OpenCases({"a"});
  world.Done(
      "add_case_task { case_id: 'a' task { task_id: 't1' title: 'call' assignee_id: 'bob' "
      "due_time { seconds: 5000 } } }");
  world.Done("add_case_task { case_id: 'a' task { task_id: 't2' title: 'write' } }");
  EXPECT_EQ(world.Refused("add_case_task { case_id: 'a' task { task_id: 't1' title: 'other' } }"),
            "CASE_ADD_TASK_ID_EXISTS@add_case_task.task.task_id");
  const int64_t now = world.seconds;
  world.Done("complete_case_task { case_id: 'a' task_id: 't1' outcome_note: 'was glad' }");
  const v1::FollowUpTask& task = world.cases["a"].tasks(0);
  EXPECT_EQ(task.assignee_id(), "bob");
  EXPECT_EQ(task.due_time().seconds(), 5000);
  EXPECT_EQ(task.complete_time().seconds(), now);
  EXPECT_EQ(task.outcome_note(), "was glad");
  EXPECT_EQ(world.Refused("complete_case_task { case_id: 'a' task_id: 't1' }"),
            "CASE_COMPLETE_TASK_DONE@complete_case_task.task_id");
  EXPECT_EQ(world.Refused("complete_case_task { case_id: 'a' task_id: 't9' }"),
            "CASE_COMPLETE_TASK_UNKNOWN@complete_case_task.task_id");
  EXPECT_EQ(world.Refused("remove_case_task { case_id: 'a' task_id: 't1' }"),
            "CASE_REMOVE_TASK_DONE@remove_case_task.task_id");
  EXPECT_EQ(world.Refused("remove_case_task { case_id: 'a' task_id: 't9' }"),
            "CASE_REMOVE_TASK_UNKNOWN@remove_case_task.task_id");
  world.Done("remove_case_task { case_id: 'a' task_id: 't2' }");
  EXPECT_EQ(world.last.events.at(0).case_().case_task_removed().before().title(), "write");
  EXPECT_EQ(world.cases["a"].tasks_size(), 1);
}

TEST(CaseProposalsTest, ResolvingACauseProposesAndForcesNothing) {
  CaseWorld world = OpenCases({"outage", "new", "open", "waits", "resolved", "canceled", "other"});
  world.Done("assign_case { case_id: 'open' assignee_id: 'ann' }");
  world.Done("pause_case { case_id: 'waits' state: STATE_WAITING_ON_CUSTOMER }");
  world.Done("resolve_case { case_id: 'resolved' code: 'x' }");
  world.Done("cancel_case { case_id: 'canceled' reason: 'x' }");
  for (const char* caused : {"new", "open", "waits", "resolved", "canceled"}) {
    world.Done(Link("outage", "CAUSE_OF", caused));
  }
  world.Done(Link("outage", "RELATED", "other"));
  const std::map<std::string, Case> before = world.cases;
  EXPECT_EQ(world.Done("resolve_case { case_id: 'outage' code: 'repaired' }"),
            "case_resolved@outage");
  EXPECT_EQ(absl::StrJoin(world.last.effects, " ",
                          [](std::string* out, const v1::Effect& effect) {
                            EXPECT_EQ(effect.entity().kind(), v1::ENTITY_KIND_CASE);
                            EXPECT_EQ(effect.entity().id(), "outage");
                            EXPECT_EQ(effect.case_().propose_resolution().cause_case_id(),
                                      "outage");
                            EXPECT_EQ(effect.case_().propose_resolution().code(), "repaired");
                            *out += effect.case_().propose_resolution().case_id();
                          }),
            "new open waits");
  for (const auto& [case_id, one] : before) {
    if (case_id != "outage") {
      EXPECT_TRUE(MessageDifferencer::Equals(one, world.cases[case_id]));
    }
  }
}

// ---- Arguments ----

TEST(CaseRelationArgumentsTest, AllInvalidFieldsAreReported) {
  const std::pair<const char*, const char*> rows[] = {
      {"link_case {}", "ARGUMENT_REQUIRED@link_case.case_id ARGUMENT_REQUIRED@link_case.case_link"},
      {"link_case { case_id: 'a' case_link {} }",
       "ARGUMENT_REQUIRED@link_case.case_link.kind ARGUMENT_REQUIRED@link_case.case_link.case_id"},
      {"link_case { case_id: 'a' case_link { kind: KIND_SPLIT_FROM case_id: 'b' } }",
       "ARGUMENT_UNKNOWN_VALUE@link_case.case_link.kind"},
      {"unlink_case { case_id: 'a' case_link { kind: KIND_SPLIT_INTO case_id: 'b' } }",
       "ARGUMENT_UNKNOWN_VALUE@unlink_case.case_link.kind"},
      {"link_case { case_id: 'a' entity { kind: ENTITY_KIND_CASE } }",
       "ARGUMENT_UNKNOWN_VALUE@link_case.entity.kind ARGUMENT_REQUIRED@link_case.entity.id"},
      {"unlink_case { case_id: 'a' case_link { kind: KIND_CHILD case_id: 'b' } "
       "entity { kind: ENTITY_KIND_ORDER id: 'o' } }",
       "ARGUMENT_FORBIDDEN@unlink_case.entity"},
      {"add_case_task { case_id: 'a' }", "ARGUMENT_REQUIRED@add_case_task.task"},
      {"add_case_task { case_id: 'a' task { due_time { nanos: -1 } complete_time {} "
       "outcome_note: 'x' } }",
       "ARGUMENT_REQUIRED@add_case_task.task.task_id ARGUMENT_REQUIRED@add_case_task.task.title "
       "ARGUMENT_OUT_OF_RANGE@add_case_task.task.due_time "
       "ARGUMENT_FORBIDDEN@add_case_task.task.complete_time "
       "ARGUMENT_FORBIDDEN@add_case_task.task.outcome_note"},
      {"complete_case_task { case_id: 'a' }", "ARGUMENT_REQUIRED@complete_case_task.task_id"},
      {"remove_case_task { case_id: 'a' }", "ARGUMENT_REQUIRED@remove_case_task.task_id"},
      {"merge_cases { case_id: 'a' }", "ARGUMENT_REQUIRED@merge_cases.merged_case_id"},
      {"unmerge_cases { case_id: 'a' }", "ARGUMENT_REQUIRED@unmerge_cases.merged_case_id"},
      {"split_case { case_id: 'a' }",
       "ARGUMENT_REQUIRED@split_case.new_case_id ARGUMENT_REQUIRED@split_case.subject "
       "ARGUMENT_COUNT@split_case.part_ids"},
      {"split_case { case_id: 'a' new_case_id: 'b' subject: 's' part_ids: 'p' part_ids: '' "
       "part_ids: 'p' }",
       "ARGUMENT_REQUIRED@split_case.part_ids[1] ARGUMENT_DUPLICATE@split_case.part_ids[2]"},
      {"unsplit_case { case_id: 'a' }", "ARGUMENT_REQUIRED@unsplit_case.split_case_id"},
  };
  for (const auto& [verb, refusals] : rows) {
    EXPECT_EQ(Summary(CheckCaseArguments(CaseWorld().Make(verb).case_())), refusals) << verb;
  }
  Command many = CaseWorld().Make("split_case { case_id: 'a' new_case_id: 'b' subject: 's' }");
  for (int i = 0; i < 1001; ++i)
    many.mutable_case_()->mutable_split_case()->add_part_ids(absl::StrCat(i));
  EXPECT_EQ(Summary(CheckCaseArguments(many.case_())), "ARGUMENT_COUNT@split_case.part_ids");
  many.mutable_case_()->mutable_split_case()->mutable_part_ids()->RemoveLast();
  EXPECT_EQ(Summary(CheckCaseArguments(many.case_())), "");
}

// ---- Folding ----

Case WithoutCounts(Case one) {
  one.clear_link_count();
  one.clear_case_link_counts();
  one.clear_task_count();
  one.clear_open_task_count();
  one.clear_merged_case_count();
  return one;
}

TEST(CaseRelationsEvolveTest, PassesOverMissingItemsAndThoseThereAlready) {
  const std::pair<Case::State, const char*> rows[] = {
      {Case::STATE_OPEN, "case_linked {}"},
      {Case::STATE_OPEN, "case_linked { case_link { kind: KIND_RELATED case_id: 'b' } }"},
      {Case::STATE_OPEN, "case_linked { entity { kind: ENTITY_KIND_ORDER id: 'o1' } }"},
      {Case::STATE_OPEN, "case_unlinked { case_link { kind: KIND_CHILD case_id: 'b' } }"},
      {Case::STATE_OPEN, "case_unlinked { entity { kind: ENTITY_KIND_ORDER id: 'o2' } }"},
      {Case::STATE_OPEN, "case_task_completed { task_id: 't2' }"},
      {Case::STATE_OPEN, "case_task_removed { before { task_id: 't2' } }"},
      {Case::STATE_OPEN, "case_merged { merge { case_id: 'merged' } }"},
      {Case::STATE_OPEN, "case_unmerged { unmerged_case_id: 'b' }"},
      {Case::STATE_OPEN, "case_split { split_off { case_id: 'split' part_ids: 'p1' } }"},
      {Case::STATE_OPEN, "case_unsplit { split_case_id: 'b' }"},
  };
  for (const auto& [state, text] : rows) {
    v1::Event event = EventFromText(text);
    event.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
    event.mutable_entity()->set_id("a");
    const Case before = Prepared(state).cases["a"];
    Case after = before;
    EXPECT_TRUE(EvolveCase(event, &after).ok()) << text;
    // Counts do not look at the lists.
    EXPECT_TRUE(MessageDifferencer::Equals(WithoutCounts(before), WithoutCounts(after))) << text;
  }
}

TEST(CaseLinksTest, LinksToCasesAboveHaveALimit) {
  CaseWorld world = OpenCases({"a", "b"});
  for (int i = 0; i < 101; ++i) {
    const std::string above = absl::StrCat("above-", i);
    world.Open(above);
    if (i < 50) world.Done(Link("a", "CAUSED_BY", above));
    if (i >= 50 && i < 100) world.Done(Link(above, "CAUSE_OF", "a"));
  }
  EXPECT_EQ(world.cases["a"].case_links_size(), 100);
  EXPECT_EQ(world.Refused(Link("a", "CAUSED_BY", "above-100")),
            "CASE_LINK_TOO_MANY@link_case.case_link");
  EXPECT_EQ(world.Refused(Link("above-100", "CAUSE_OF", "a")),
            "CASE_LINK_TOO_MANY@link_case.case_link");
  // Others have none, and are counted.
  for (int i = 0; i < 101; ++i) world.Done(Link("b", "CHILD", absl::StrCat("above-", i)));
  EXPECT_EQ(world.cases["b"].case_links_size(), 0);
  ASSERT_EQ(world.cases["b"].case_link_counts_size(), 1);
  EXPECT_EQ(world.cases["b"].case_link_counts(0).kind(), CaseLink::KIND_CHILD);
  EXPECT_EQ(world.cases["b"].case_link_counts(0).count(), 101);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
