// Related cases at a desk: the reads from the store, and the changes that are committed together.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "desk/whole_state.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::By;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

v1::Command Link(const std::string& one, const std::string& kind, const std::string& other) {
  return AskInText(absl::StrCat("link_case { case_id: '", one, "' case_link { kind: KIND_", kind,
                                " case_id: '", other, "' } }"));
}

v1::Command MergeCases(const std::string& into, const std::string& merged) {
  return AskInText(
      absl::StrCat("merge_cases { case_id: '", into, "' merged_case_id: '", merged, "' }"));
}

v1::Command ResolveNamed(const std::string& case_id) {
  return AskInText(absl::StrCat("resolve_case { case_id: '", case_id, "' code: 'repaired' }"));
}

v1::EntityRef RefOfCase(const std::string& case_id) {
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CASE);
  entity.set_id(case_id);
  return entity;
}

v1::Case CaseOf(const Desk& desk, const std::string& case_id) {
  const auto state = testing::GetWhole(desk, RefOfCase(case_id));
  EXPECT_TRUE(state.ok()) << state.status();
  return state.ok() ? state->case_() : v1::Case();
}

// A desk with cases of no customer.
std::unique_ptr<Desk> WithCases(const std::vector<std::string>& case_ids,
                                absl::string_view policy = testing::kAllowAll) {
  std::unique_ptr<Desk> desk = MustOpen(policy);
  for (const std::string& case_id : case_ids) {
    MustDo(*desk, AskInText(absl::StrCat("open_case { case_id: '", case_id,
                                         "' kind: KIND_TROUBLE subject: 'no light' }")));
  }
  return desk;
}

std::vector<std::string> Refused(Desk& desk, const v1::Command& command) {
  const auto outcome = desk.Execute(command);
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  if (!outcome.ok()) return {};
  EXPECT_EQ(outcome->verdict(), v1::VERDICT_REFUSED);
  EXPECT_THAT(outcome->events(), IsEmpty());
  EXPECT_THAT(outcome->effects(), IsEmpty());
  return Reasons(*outcome);
}

TEST(CaseRelationsTest, BothCasesAreCommittedTogether) {
  std::unique_ptr<Desk> desk = WithCases({"a", "b"});
  const v1::Outcome linked = MustDo(*desk, Link("a", "PARENT", "b"));
  ASSERT_EQ(linked.events_size(), 2);
  EXPECT_EQ(CaseOf(*desk, "a").case_links(0).kind(), v1::CaseLink::KIND_PARENT);
  EXPECT_EQ(CaseOf(*desk, "b").further_case_links(0).kind(), v1::CaseLink::KIND_CHILD);
  EXPECT_EQ(desk->History(RefOfCase("b"))->size(), 2u);

  MustDo(*desk, MergeCases("a", "b"));
  EXPECT_EQ(CaseOf(*desk, "b").state(), v1::Case::STATE_MERGED);
  const v1::Outcome again = MustDo(*desk, MergeCases("a", "b"));
  EXPECT_THAT(again.events(), IsEmpty());
  EXPECT_FALSE(again.record_id().empty());
  EXPECT_EQ((*desk->Get(RefOfCase("a")))->version(), 3);
  MustDo(*desk, AskInText("unmerge_cases { case_id: 'a' merged_case_id: 'b' }"));
  EXPECT_EQ(CaseOf(*desk, "b").state(), v1::Case::STATE_NEW);
}

TEST(CaseRelationsTest, ANamedCaseMustExist) {
  std::unique_ptr<Desk> desk = WithCases({"a"});
  OpenShop(*desk);
  const v1::Command commands[] = {
      Link("a", "RELATED", "none"), MergeCases("a", "none"),
      AskInText("unmerge_cases { case_id: 'a' merged_case_id: 'none' }"),
      AskInText("unsplit_case { case_id: 'a' split_case_id: 'none' }")};
  for (const v1::Command& command : commands) {
    EXPECT_THAT(Refused(*desk, command), ElementsAre("CASE_NOT_FOUND"));
    // The same without a store.
    v1::DecisionInput input;
    *input.mutable_case_()->mutable_case_() = CaseOf(*desk, "a");
    const auto outcome = Decide(input, command, *desk->policy());
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_THAT(Reasons(*outcome), ElementsAre("CASE_NOT_FOUND"));
    EXPECT_FALSE(outcome->has_decision());
  }
  const auto link = [](const std::string& entity) {
    return AskInText(absl::StrCat("link_case { case_id: 'a' entity { ", entity, " } }"));
  };
  EXPECT_THAT(Refused(*desk, link("kind: ENTITY_KIND_ORDER id: 'none'")),
              ElementsAre("ORDER_NOT_FOUND"));
  EXPECT_THAT(Refused(*desk, link("kind: ENTITY_KIND_INTERACTION id: 'none'")),
              ElementsAre("INTERACTION_NOT_FOUND"));
  MustDo(*desk, link("kind: ENTITY_KIND_ORDER id: 'o1'"));
  EXPECT_THAT(Refused(*desk, AskInText("split_case { case_id: 'a' new_case_id: 'a' subject: 's' "
                                       "part_ids: 'p' }")),
              ElementsAre("CASE_EXISTS", "CASE_SPLIT_PART_UNKNOWN"));
}

TEST(CaseRelationsTest, NoCaseBecomesItsOwnAncestor) {
  std::unique_ptr<Desk> desk = WithCases({"a", "b", "c", "d"});
  MustDo(*desk, Link("a", "PARENT", "b"));
  MustDo(*desk, Link("b", "PARENT", "c"));
  MustDo(*desk, Link("c", "PARENT", "d"));
  EXPECT_THAT(Refused(*desk, Link("d", "PARENT", "a")), ElementsAre("CASE_LINK_CYCLE"));
  EXPECT_THAT(Refused(*desk, Link("a", "CHILD", "d")), ElementsAre("CASE_LINK_CYCLE"));
  EXPECT_THAT(Refused(*desk, Link("b", "PARENT", "a")),
              ElementsAre("CASE_LINK_CYCLE", "CASE_LINK_SECOND_PARENT"));
  EXPECT_THAT(Refused(*desk, Link("a", "PARENT", "a")), ElementsAre("CASE_LINK_ITSELF"));
  EXPECT_EQ(desk->Preview(Link("d", "PARENT", "a"))->verdict(), v1::VERDICT_REFUSED);
  MustDo(*desk, Link("d", "RELATED", "a"));  // Neither of two related cases is above the other.
}

TEST(CaseRelationsTest, NoCaseCausesRepeatsOrFollowsUpItself) {
  struct Kinds {
    const char* up;
    const char* down;
  };
  for (const Kinds& kinds : {Kinds{"CAUSED_BY", "CAUSE_OF"}, Kinds{"DUPLICATE_OF", "HAS_DUPLICATE"},
                             Kinds{"FOLLOW_UP_OF", "HAS_FOLLOW_UP"}, Kinds{"PARENT", "CHILD"}}) {
    std::unique_ptr<Desk> desk = WithCases({"a", "b", "c", "d", "e"});
    MustDo(*desk, Link("a", kinds.up, "b"));
    MustDo(*desk, Link("c", kinds.down, "b"));
    EXPECT_THAT(Refused(*desk, Link("c", kinds.up, "a")), ElementsAre("CASE_LINK_CYCLE"))
        << kinds.up;
    EXPECT_THAT(Refused(*desk, Link("a", kinds.down, "c")), ElementsAre("CASE_LINK_CYCLE"));
    MustDo(*desk, Link("c", kinds.up, "d"));
    EXPECT_THAT(Refused(*desk, Link("d", kinds.up, "a")), ElementsAre("CASE_LINK_CYCLE"));
    // Links of another kind make no circle with these.
    MustDo(*desk,
           Link("d", kinds.up == absl::string_view("CAUSED_BY") ? "PARENT" : "CAUSED_BY", "a"));
    // Who is above a merged case is above its survivor.
    MustDo(*desk, MergeCases("e", "d"));
    EXPECT_THAT(Refused(*desk, Link("e", kinds.up, "a")), ElementsAre("CASE_LINK_CYCLE"));
    EXPECT_THAT(Refused(*desk, Link("a", kinds.down, "e")), ElementsAre("CASE_LINK_CYCLE"));
  }
}

// A case may have many causes: each of them is looked through once.
TEST(CaseRelationsTest, CausesThatMeetAgainAreLookedThroughOnce) {
  std::vector<std::string> ids;
  constexpr int kLayers = 24;
  for (int i = 0; i <= kLayers; ++i) {
    ids.push_back(absl::StrCat("a", i));
    ids.push_back(absl::StrCat("b", i));
  }
  std::unique_ptr<Desk> desk = WithCases(ids);
  // 2 to the 24th ways lead from the bottom to the top.
  for (int i = kLayers; i > 0; --i) {
    for (const char* lower : {"a", "b"}) {
      for (const char* upper : {"a", "b"}) {
        MustDo(*desk, Link(absl::StrCat(lower, i), "CAUSED_BY", absl::StrCat(upper, i - 1)));
      }
    }
  }
  EXPECT_THAT(Refused(*desk, Link("a0", "CAUSED_BY", absl::StrCat("b", kLayers))),
              ElementsAre("CASE_LINK_CYCLE"));
}

// The child survives: its parent is merged into it, and so are all that were above.
TEST(CaseRelationsTest, AParentMergedIntoItsChildMakesNoEndlessWalk) {
  std::unique_ptr<Desk> desk = WithCases({"child", "parent", "above", "other"});
  MustDo(*desk, Link("child", "PARENT", "parent"));
  MustDo(*desk, Link("parent", "PARENT", "above"));
  MustDo(*desk, Link("child", "CAUSED_BY", "parent"));
  MustDo(*desk, MergeCases("child", "parent"));
  MustDo(*desk, MergeCases("child", "above"));
  MustDo(*desk, Link("other", "PARENT", "child"));
  MustDo(*desk, Link("other", "CAUSED_BY", "child"));
  EXPECT_THAT(Refused(*desk, Link("child", "CAUSED_BY", "other")), ElementsAre("CASE_LINK_CYCLE"));
  const v1::Outcome resolved = MustDo(*desk, ResolveNamed("child"));
  ASSERT_EQ(resolved.effects_size(), 1);  // Not for itself.
  EXPECT_EQ(resolved.effects(0).case_().propose_resolution().case_id(), "other");
  v1::FindRequest request;
  request.mutable_interactions()->set_case_id("child");
  EXPECT_TRUE(desk->Find(request).ok());
  EXPECT_TRUE(desk->CustomerView(RefOfCase("child")).ok());
}

std::string Numbered(int i) { return absl::StrCat("k", i); }

// The number of cases in a chain, each linked with the next one.
constexpr int kChain = 10'000;

TEST(CaseRelationsTest, ChainsOfTenThousandLinksAreBounded) {
  std::vector<std::string> ids;
  for (int i = 0; i < kChain; ++i) ids.push_back(Numbered(i));
  std::unique_ptr<Desk> desk = WithCases(ids);
  // From the bottom to the top, so that nothing is above the upper one of two.
  for (int i = 0; i + 1 < kChain; ++i) {
    const char* const kind = i % 2 == 0 ? "CAUSED_BY" : "DUPLICATE_OF";
    MustDo(*desk, Link(Numbered(i), "PARENT", Numbered(i + 1)));
    MustDo(*desk, Link(Numbered(i), kind, Numbered(i + 1)));
  }
  const v1::Command circle = Link(Numbered(kChain - 1), "PARENT", Numbered(0));
  const auto outcome = desk->Preview(circle);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_THAT(Reasons(*outcome), ElementsAre("CASE_LINK_DEPTH"));
  EXPECT_EQ(outcome->refusals(0).field(), "link_case.case_link");
  EXPECT_THAT(outcome->refusals(0).text(), HasSubstr("max_case_ancestors"));
  // Within the limit the circle is found.
  EXPECT_THAT(Refused(*desk, Link(Numbered(50), "PARENT", Numbered(0))),
              ::testing::Contains("CASE_LINK_CYCLE"));
}

// A desk with an outage, and cases of which each is merged into the next one; every tenth was caused by the outage.
std::unique_ptr<Desk> WithMergedChain(int count, int max_related) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.limits.max_related = max_related;
  options.find_limits.max_related = max_related;
  std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
  const auto open = [&](const std::string& case_id) {
    MustDo(*desk, AskInText(absl::StrCat("open_case { case_id: '", case_id,
                                         "' kind: KIND_TROUBLE subject: 's' }")));
  };
  open("outage");
  for (int i = 0; i < count; ++i) {
    open(Numbered(i));
    if (i > 0) MustDo(*desk, MergeCases(Numbered(i), Numbered(i - 1)));
    if (i % 10 == 0) MustDo(*desk, Link(Numbered(i), "CAUSED_BY", "outage"));
  }
  return desk;
}

TEST(CaseRelationsTest, ChainsOfTenThousandMergesAreBounded) {
  const std::unique_ptr<Desk> desk = WithMergedChain(kChain, kChain + 1);
  const auto resolved = desk->Preview(ResolveNamed("outage"));
  ASSERT_TRUE(resolved.ok()) << resolved.status();
  ASSERT_EQ(resolved->effects_size(), 1) << "all of them are one case";
  EXPECT_EQ(resolved->effects(0).case_().propose_resolution().case_id(), Numbered(kChain - 1));
  v1::FindRequest request;
  request.mutable_interactions()->set_case_id(Numbered(kChain - 1));
  EXPECT_TRUE(desk->Find(request).ok());
}

TEST(CaseRelationsTest, RelatedCasesBeyondTheLimitAreAnErrorThatNamesIt) {
  const std::unique_ptr<Desk> desk = WithMergedChain(101, 100);
  const auto resolved = desk->Preview(ResolveNamed("outage"));
  EXPECT_EQ(GetReason(resolved.status()), "RELATED_TOO_MANY");
  EXPECT_THAT(std::string(resolved.status().message()), HasSubstr("max_related is 100"));
  v1::FindRequest request;
  request.mutable_interactions()->set_case_id(Numbered(100));
  EXPECT_EQ(GetReason(desk->Find(request).status()), "FIND_RELATED_TOO_MANY");
  request.mutable_interactions()->set_case_id(Numbered(99));
  EXPECT_TRUE(desk->Find(request).ok());
}

TEST(CaseRelationsTest, CustomersImportedAsMergedInAChainAreBounded) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.limits.max_related = 1'000;
  options.find_limits.max_related = 1'000;
  std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
  for (int i = 0; i < 2'000; ++i) {
    MustDo(*desk, AskInText(absl::StrCat("import_customer { customer { customer_id: '", Numbered(i),
                                         "' given_name: 'Ann' ",
                                         i == 0 ? "state: STATE_CUSTOMER"
                                                : absl::StrCat("state: STATE_MERGED "
                                                               "survivor_customer_id: '",
                                                               Numbered(i - 1), "'"),
                                         " } source { system: 'crm' } }")));
  }
  v1::FindRequest request;
  request.mutable_orders()->set_customer_id(Numbered(900));
  EXPECT_EQ(GetReason(desk->Find(request).status()), "FIND_RELATED_TOO_MANY");
  EXPECT_EQ(GetReason(desk->FindDuplicates(Numbered(1'999)).status()), "FIND_RELATED_TOO_MANY");
  EXPECT_TRUE(desk->FindDuplicates(Numbered(900)).ok());
  // A command about the last of them reads all.
  const auto open_for = [](const std::string& customer_id) {
    return AskInText(
        absl::StrCat("open_case { case_id: 'k' kind: KIND_TROUBLE subject: 's' customer_id: '",
                     customer_id, "' }"));
  };
  const absl::Status status = desk->Preview(open_for(Numbered(1'999))).status();
  EXPECT_EQ(GetReason(status), "RELATED_TOO_MANY");
  EXPECT_THAT(std::string(status.message()), HasSubstr("max_related is 1000"));
  MustDo(*desk, open_for(Numbered(900)));
}

TEST(CaseRelationsTest, AncestorsAreLookedThroughUpToALimit) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.limits.max_case_ancestors = 2;
  std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
  for (const char* case_id : {"a", "b", "c", "d"}) {
    MustDo(*desk, AskInText(absl::StrCat("open_case { case_id: '", case_id,
                                         "' kind: KIND_TROUBLE subject: 'no light' }")));
  }
  MustDo(*desk, Link("c", "PARENT", "d"));
  MustDo(*desk, Link("b", "PARENT", "c"));
  EXPECT_THAT(Refused(*desk, Link("a", "PARENT", "b")), ElementsAre("CASE_LINK_DEPTH"));
}

// The limit holds before the cases are read: a case may have very many causes.
TEST(CaseRelationsTest, CausesBeyondTheLimitAreNotEvenListed) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.limits.max_case_ancestors = 3;
  std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
  std::string links;
  for (int i = 0; i < 1'000; ++i) {
    absl::StrAppend(&links, "case_links { kind: KIND_CAUSED_BY case_id: 'r", i, "' } ");
  }
  MustDo(*desk, AskInText(absl::StrCat(
                    "import_case { case { case_id: 'u' state: STATE_NEW kind: KIND_TROUBLE "
                    "subject: 's' ",
                    links, "} source { system: 'crm' } }")));
  MustDo(*desk, AskInText("open_case { case_id: 'low' kind: KIND_TROUBLE subject: 's' }"));
  const auto outcome = desk->Execute(Link("low", "CAUSED_BY", "u"));
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_THAT(Reasons(*outcome), ElementsAre("CASE_LINK_DEPTH"));
  const auto rebuilt = desk->DecisionInputOf(outcome->record_id());
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_EQ(rebuilt->input().case_().ancestor_case_ids_size(), 3);
}

TEST(CaseRelationsTest, ACycleIsReportedAfterTheRefusalsOfPolicy) {
  constexpr absl::string_view kPolicy = R"pb(
    name: "links"
    rule_sets {
      id: "link"
      decision_points: "LinkCase"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "no"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "NO_LINK"
        condition: "other_case.case_id == 'a'"
      }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  )pb";
  std::unique_ptr<Desk> desk = WithCases({"a", "b", "c"}, kPolicy);
  MustDo(*desk, Link("a", "PARENT", "b"));
  MustDo(*desk, Link("b", "PARENT", "c"));
  EXPECT_THAT(Refused(*desk, Link("c", "PARENT", "a")), ElementsAre("NO_LINK", "CASE_LINK_CYCLE"));
}

TEST(CaseRelationsTest, ResolvingACauseProposesToResolveWhatItCaused) {
  std::unique_ptr<Desk> desk =
      WithCases({"outage", "report", "lamp", "lamp too", "fan", "heater", "stove", "done"});
  for (const char* caused : {"lamp", "lamp too", "fan", "heater", "done"}) {
    MustDo(*desk, Link("outage", "CAUSE_OF", caused));
  }
  MustDo(*desk, Link("report", "CAUSE_OF", "stove"));
  MustDo(*desk, Link("report", "CAUSE_OF", "fan"));
  MustDo(*desk, ResolveNamed("done"));
  // The report is the outage, and one lamp is the other: the survivors of the cases are compared.
  MustDo(*desk, MergeCases("outage", "report"));
  MustDo(*desk, MergeCases("lamp", "lamp too"));
  const v1::Case lamp = CaseOf(*desk, "lamp");
  const v1::Outcome outcome = MustDo(*desk, ResolveNamed("outage"));
  std::vector<std::string> proposed;
  for (const v1::Effect& effect : outcome.effects()) {
    EXPECT_FALSE(effect.effect_id().empty());
    proposed.push_back(effect.case_().propose_resolution().case_id());
  }
  EXPECT_THAT(proposed, ElementsAre("lamp", "fan", "heater", "stove"));
  EXPECT_EQ(desk->PendingEffects()->size(), 4u);
  EXPECT_EQ(CaseOf(*desk, "lamp").SerializeAsString(), lamp.SerializeAsString());
  EXPECT_THAT(desk->Explain(outcome.record_id())->text(),
              HasSubstr("review case heater: its cause, case outage, is resolved "
                        "(repaired)"));
  const auto rebuilt = desk->DecisionInputOf(outcome.record_id());
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.status();
  EXPECT_EQ(rebuilt->input().case_().caused_cases_size(), 4);
}

TEST(CaseRelationsTest, EventsAreDescribedInWords) {
  std::unique_ptr<Desk> desk = WithCases({"a", "b"});
  OpenShop(*desk);
  const auto texts = [&](const v1::Command& command) {
    const auto explanation = desk->Explain(MustDo(*desk, command).record_id());
    return std::vector<std::string>(explanation->event_texts().begin(),
                                    explanation->event_texts().end());
  };
  EXPECT_THAT(texts(Link("a", "CAUSED_BY", "b")),
              ElementsAre("case a: linked: caused by case b", "case b: linked: cause of case a"));
  EXPECT_THAT(texts(AskInText("unlink_case { case_id: 'b' case_link { kind: KIND_CAUSE_OF "
                              "case_id: 'a' } }")),
              ElementsAre("case b: link removed: cause of case a",
                          "case a: link removed: caused by case b"));
  EXPECT_THAT(
      texts(AskInText("link_case { case_id: 'a' entity { kind: ENTITY_KIND_ORDER id: 'o1' } }")),
      ElementsAre("case a: linked: order o1"));
  EXPECT_THAT(
      texts(AskInText("add_case_task { case_id: 'a' task { task_id: 't' title: 'call Ann' } }")),
      ElementsAre("case a: task t added"));
  EXPECT_THAT(
      texts(AskInText("complete_case_task { case_id: 'a' task_id: 't' outcome_note: 'glad' }")),
      ElementsAre("case a: task t done"));
  MustDo(*desk,
         AskInText("add_case_task { case_id: 'a' task { task_id: 'u' title: 'call Ann' } }"));
  EXPECT_THAT(texts(AskInText("remove_case_task { case_id: 'a' task_id: 'u' }")),
              ElementsAre("case a: task u removed"));
  EXPECT_THAT(texts(MergeCases("a", "b")),
              ElementsAre("case a: case b merged into this case; nobody has it",
                          "case b: merged into case a"));
  EXPECT_THAT(texts(AskInText("unmerge_cases { case_id: 'a' merged_case_id: 'b' }")),
              ElementsAre("case a: case b unmerged", "case b: goes on by itself, new"));
  MustDo(*desk, AskInText("add_case_part { case_id: 'a' part { part_id: 'p' kind: KIND_NOTE "
                          "text: 'she is angry' } }"));
  EXPECT_THAT(texts(AskInText("split_case { case_id: 'a' new_case_id: 's' subject: 'fan' "
                              "part_ids: 'p' }")),
              ElementsAre("case s: opened as trouble", "case a: 1 part split off as case s"));
  EXPECT_THAT(
      texts(AskInText("unsplit_case { case_id: 'a' split_case_id: 's' }")),
      ElementsAre("case a: split into case s undone", "case s: link removed: split from case a",
                  "case a: case s merged into this case; nobody has it",
                  "case s: merged into case a"));
}

// Two commands that are each possible, but not both: the second is decided on the result of the
// first.
TEST(CaseRelationsTest, OneOfTwoConflictingCommandsIsDone) {
  for (int round = 0; round < 50; ++round) {
    std::unique_ptr<Desk> desk = WithCases({"a", "b", "c", "d"});
    MustDo(*desk, Link("a", "PARENT", "b"));
    MustDo(*desk, Link("c", "PARENT", "d"));
    std::atomic<int> linked{0};
    std::atomic<int> merged{0};
    const auto work = [&](const v1::Command& link, const v1::Command& merge) {
      linked += desk->Execute(link)->verdict() == v1::VERDICT_DONE;
      merged += desk->Execute(merge)->verdict() == v1::VERDICT_DONE;
    };
    // Both links together would make a circle of four; both merges one of two.
    std::thread one(work, Link("b", "PARENT", "c"), MergeCases("a", "c"));
    std::thread two(work, Link("d", "PARENT", "a"), MergeCases("c", "a"));
    one.join();
    two.join();
    EXPECT_EQ(linked, 1);
    EXPECT_EQ(merged, 1);
  }
}

}  // namespace
}  // namespace frontdesk
