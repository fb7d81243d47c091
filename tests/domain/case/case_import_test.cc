// Taking a case over from another system.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "case_testing.h"
#include "domain/importable.h"
#include "frontdesk/domain/case/case.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::TextFormat;
using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::IsEmpty;
using v1::Case;
using v1::Command;

// A case with something of everything; its history ends at 400.
Case Whole() {
  Case imported;
  EXPECT_TRUE(TextFormat::ParseFromString(
      R"pb(
        case_id: "case-1"
        state: STATE_CLOSED
        state_name: "filed"
        kind: KIND_TROUBLE
        subject: "an old lamp"
        customer_id: "customer-1"
        impact: 2
        urgency: 3
        priority: 4
        queue_id: "first"
        assignee_id: "ann"
        reassignment_count: 3
        reopen_count: 1
        parts {
          part_id: "p1"
          kind: KIND_MESSAGE
          author { actor_id: "customer-1" kind: KIND_CUSTOMER }
          visibility: VISIBILITY_PUBLIC
          text: "it flickers"
          time { seconds: 110 }
        }
        parts {
          part_id: "p2"
          kind: KIND_NOTE
          author { actor_id: "ann" }
          text: "again"
        }
        parts {
          part_id: "p3"
          kind: KIND_NOTE
          author { actor_id: "ann" }
          text: "not again"
          corrects_part_id: "p2"
        }
        links { kind: ENTITY_KIND_ORDER id: "order-1" }
        case_links { kind: KIND_RELATED case_id: "case-7" }
        resolutions {
          code: "replaced"
          time { seconds: 300 }
        }
        state_spans {
          state: STATE_NEW
          start_time { seconds: 100 }
        }
        state_spans {
          state: STATE_OPEN
          start_time { seconds: 200 }
        }
        state_spans {
          state: STATE_RESOLVED
          start_time { seconds: 300 }
        }
        state_spans {
          state: STATE_CLOSED
          start_time { seconds: 350 }
        }
        state_spans {
          state: STATE_CLOSED
          state_name: "filed"
          start_time { seconds: 400 }
        }
        assignee_spans { start_time { seconds: 100 } }
        assignee_spans {
          assignee_id: "ann"
          queue_id: "first"
          start_time { seconds: 200 }
          actor_id: "bob"
        }
        priority_spans {
          impact: 2
          urgency: 3
          priority: 4
          start_time { seconds: 100 }
        }
        tasks {
          task_id: "t1"
          title: "call back"
          due_time { seconds: 500 }
        }
        tags: "lamp"
        open_time { seconds: 100 }
        close_time { seconds: 350 }
        external_ids { system: "snow" id: "INC1" }
        attributes { name: "colour" string_value: "red" }
        consultations {
          consultation_id: "q1"
          consultant_id: "carla"
          question: "which bulb?"
          answer: "the small one"
          answerer_id: "carla"
          answer_time { seconds: 210 }
        }
      )pb",
      &imported));
  return imported;
}

TEST(CaseImportTest, KeepsWhatIsThere) {
  Case current_case = After({Import(Whole())});
  EXPECT_EQ(current_case.import_source().system(), "elsewhere");
  EXPECT_EQ(current_case.parts(1).visibility(), v1::VISIBILITY_INTERNAL);
  current_case.clear_import_source();
  for (int i : {1, 2}) current_case.mutable_parts(i)->clear_visibility();
  Case lists = current_case;
  MakeImportable(&lists);
  EXPECT_TRUE(MessageDifferencer::Equals(lists, Whole()));
  EXPECT_EQ(current_case.part_count(), 3);
  ASSERT_EQ(current_case.part_counts_size(), 2);
  EXPECT_EQ(current_case.part_counts(0).visibility(), v1::VISIBILITY_INTERNAL);
  EXPECT_EQ(current_case.part_counts(0).count(), 2);
  EXPECT_FALSE(current_case.part_counts(0).has_first_time());
  EXPECT_EQ(current_case.part_counts(1).author_kind(), v1::Actor::KIND_CUSTOMER);
  EXPECT_EQ(current_case.part_counts(1).last_time().seconds(), 110);
  EXPECT_EQ(current_case.link_count(), 1);
  EXPECT_EQ(current_case.task_count(), 1);
  EXPECT_EQ(current_case.open_task_count(), 1);
  EXPECT_EQ(current_case.state_time().seconds(), 400);
  EXPECT_EQ(current_case.resolved_since_time().seconds(), 300);
  ASSERT_EQ(current_case.state_totals_size(), 4);
  EXPECT_EQ(current_case.state_totals(3).state(), Case::STATE_CLOSED);
  EXPECT_EQ(current_case.state_totals(3).count(), 2);
  EXPECT_EQ(current_case.state_totals(3).duration().seconds(), 50);
  ASSERT_EQ(current_case.case_link_counts_size(), 1);
  EXPECT_EQ(current_case.further_case_links(0).case_id(), "case-7");
  // It lives on.
  ASSERT_THAT(Do(Reopen(500), &current_case), IsEmpty());
  EXPECT_EQ(current_case.reopen_count(), 2);
  EXPECT_FALSE(current_case.has_close_time());
  EXPECT_EQ(Spans(current_case),
            "NEW@100 OPEN@200 RESOLVED@300 CLOSED@350 CLOSED/filed@400 OPEN@500");
}

TEST(CaseImportTest, NothingIsKnownOfAHistoryThatThereIsNoneOf) {
  Case imported = Whole();
  imported.clear_state_spans();
  imported.clear_assignee_spans();
  imported.clear_priority_spans();
  imported.clear_close_time();
  imported.clear_open_time();
  imported.clear_resolutions();
  Case current_case = After({Import(imported)});
  EXPECT_EQ(Spans(current_case), "CLOSED/filed@?");
  for (const bool known : {current_case.has_open_time(), current_case.has_close_time(),
                           current_case.has_state_time(), current_case.has_resolved_since_time()}) {
    EXPECT_FALSE(known);
  }
  ASSERT_EQ(current_case.state_totals_size(), 1);
  const v1::CaseStateTotal& total = current_case.state_totals(0);
  EXPECT_EQ(total.count(), 1);
  EXPECT_EQ(total.unknown_count(), 1);
  EXPECT_FALSE(total.has_first_time() || total.has_last_time() || total.has_duration());
  ASSERT_EQ(current_case.assignee_spans_size(), 1);
  EXPECT_EQ(current_case.assignee_spans(0).assignee_id(), "ann");
  EXPECT_EQ(current_case.assignee_spans(0).queue_id(), "first");
  EXPECT_FALSE(current_case.assignee_spans(0).has_start_time());
  ASSERT_EQ(current_case.priority_spans_size(), 1);
  EXPECT_EQ(current_case.priority_spans(0).priority(), 4);
  EXPECT_FALSE(current_case.priority_spans(0).has_start_time());
  EXPECT_EQ(current_case.import_source().import_time().seconds(), 500);
  // Later changes are known.
  ASSERT_THAT(Do(Reopen(600), &current_case), IsEmpty());
  EXPECT_EQ(current_case.state_time().seconds(), 600);
  EXPECT_FALSE(current_case.state_totals(1).has_duration());
}

TEST(CaseImportTest, GivenTimesStayAndSayNothingOfOthers) {
  Case imported = Whole();
  imported.clear_state_spans();
  const Case current_case = After({Import(imported)});
  EXPECT_EQ(current_case.open_time().seconds(), 100);
  EXPECT_EQ(current_case.close_time().seconds(), 350);
  EXPECT_EQ(Spans(current_case), "CLOSED/filed@?");
  EXPECT_FALSE(current_case.has_state_time());
}

TEST(CaseImportTest, TheHistorySaysWhenTheCaseWasOpenedAndClosed) {
  Case imported = Whole();
  imported.clear_open_time();
  imported.clear_close_time();
  Case current_case = After({Import(imported)});
  EXPECT_EQ(current_case.open_time().seconds(), 100);
  EXPECT_EQ(current_case.close_time().seconds(), 350);
  // A history that begins later does not.
  imported.mutable_state_spans()->DeleteSubrange(0, 1);
  imported.mutable_state_spans(2)->clear_start_time();
  current_case = After({Import(imported)});
  EXPECT_FALSE(current_case.has_open_time());
  EXPECT_FALSE(current_case.has_close_time());
}

TEST(CaseImportTest, TotalsLeaveOutWhatIsNotKnown) {
  Case imported = Whole();
  imported.mutable_state_spans(1)->clear_start_time();
  imported.mutable_state_spans(2)->clear_start_time();
  const Case current_case = After({Import(imported)});
  EXPECT_EQ(Spans(current_case), "NEW@100 OPEN@? RESOLVED@? CLOSED@350 CLOSED/filed@400");
  ASSERT_EQ(current_case.state_totals_size(), 4);
  // Its end is not known.
  EXPECT_FALSE(current_case.state_totals(0).has_duration());
  EXPECT_EQ(current_case.state_totals(0).first_time().seconds(), 100);
  EXPECT_EQ(current_case.state_totals(0).unknown_count(), 0);
  EXPECT_EQ(current_case.state_totals(1).unknown_count(), 1);
  EXPECT_EQ(current_case.state_totals(3).duration().seconds(), 50);
  // It was resolved before it was closed, and nobody knows when.
  EXPECT_FALSE(current_case.has_resolved_since_time());
  EXPECT_EQ(current_case.close_time().seconds(), 350);
}

// The resolution is no later than the closing, and no later than the import.
TEST(CaseImportTest, TheWindowForReopeningWhereTheResolutionIsNotKnown) {
  v1::CasePolicy policy;
  policy.mutable_reopen_window()->set_seconds(100);
  Case imported = Whole();
  imported.clear_state_spans();
  imported.clear_resolutions();
  Case closed = After({Import(imported)}, policy);
  EXPECT_THAT(Do(Reopen(500), &closed, policy), ElementsAre("CASE_REOPEN_WINDOW_OVER"));
  imported.mutable_close_time()->set_seconds(450);
  closed = After({Import(imported)}, policy);
  EXPECT_THAT(Do(Reopen(549), &closed, policy), IsEmpty());
  imported.clear_close_time();
  closed = After({Import(imported)}, policy);
  Case other = closed;
  EXPECT_THAT(Do(Reopen(600), &closed, policy), ElementsAre("CASE_REOPEN_WINDOW_OVER"));
  EXPECT_THAT(Do(Reopen(599), &other, policy), IsEmpty());
}

TEST(CaseImportTest, FitsTogether) {
  struct Row {
    const char* what;
    std::function<void(Case*)> change;
    std::vector<std::string> refusals;
  };
  const std::string field = "import_case.case.";
  const Row rows[] = {
      {"as it is", [](Case*) {}, {}},
      {"spans out of order",
       [](Case* made) { made->mutable_state_spans(1)->mutable_start_time()->set_seconds(301); },
       {"CASE_IMPORT_SPANS_ORDER at " + field + "state_spans[2]"}},
      {"two of the same state",
       [](Case* made) { made->mutable_state_spans(3)->set_state_name("filed"); },
       {"CASE_IMPORT_SPANS_ORDER at " + field + "state_spans[4]"}},
      {"another state",
       [](Case* made) { made->set_state(Case::STATE_CANCELED); },
       {"CASE_IMPORT_SPANS_STATE at " + field + "state_spans[4]"}},
      {"another name",
       [](Case* made) { made->clear_state_name(); },
       {"CASE_IMPORT_SPANS_STATE at " + field + "state_spans[4]"}},
      {"goes on after now",
       [](Case* made) { made->mutable_state_spans(4)->mutable_start_time()->set_seconds(501); },
       {"CASE_IMPORT_TIMES at " + field + "state_spans[4]"}},
      {"opened after it began",
       [](Case* made) { made->mutable_open_time()->set_seconds(101); },
       {"CASE_IMPORT_TIMES at " + field + "open_time"}},
      {"closed before it was opened",
       [](Case* made) { made->mutable_close_time()->set_seconds(99); },
       {"CASE_IMPORT_TIMES at " + field + "close_time"}},
      {"closed after now",
       [](Case* made) { made->mutable_close_time()->set_seconds(501); },
       {"CASE_IMPORT_TIMES at " + field + "close_time"}},
      {"closed, and not over",
       [](Case* made) {
         made->mutable_state_spans()->DeleteSubrange(2, 3);
         made->set_state(Case::STATE_OPEN);
         made->clear_state_name();
       },
       {"CASE_IMPORT_TIMES at " + field + "close_time"}},
      {"corrects what comes later",
       [](Case* made) { made->mutable_parts()->SwapElements(1, 2); },
       {"CASE_IMPORT_PART_CORRECTS_UNKNOWN at " + field + "parts[1].corrects_part_id"}},
      {"shows what was internal",
       [](Case* made) {
         made->mutable_parts(2)->set_kind(v1::InteractionPart::KIND_MESSAGE);
         made->mutable_parts(2)->set_visibility(v1::VISIBILITY_PUBLIC);
       },
       {"CASE_IMPORT_PART_MORE_VISIBLE at " + field + "parts[2].visibility"}},
  };
  for (const Row& row : rows) {
    Case imported = Whole();
    row.change(&imported);
    imported.clear_customer_id();  // The desk has no customers.
    std::vector<std::string> refusals;
    for (const v1::Refusal& refusal : Decide(ImportStrictly(imported), Case()).refusals) {
      EXPECT_EQ(refusal.origin(), v1::Refusal::ORIGIN_INVARIANT);
      refusals.push_back(absl::StrCat(refusal.reason(), " at ", refusal.field()));
    }
    EXPECT_EQ(refusals, row.refusals) << row.what;
  }
}

TEST(CaseImportTest, TheNameOfItsStateIsListed) {
  v1::CasePolicy policy;
  Case imported = Whole();
  imported.clear_customer_id();
  policy.add_state_names()->set_name("filed");
  policy.mutable_state_names(0)->set_state(Case::STATE_OPEN);
  EXPECT_THAT(Reasons(Decide(ImportStrictly(imported), Case(), policy).refusals),
              ElementsAre("CASE_IMPORT_NAME_UNKNOWN"));
  policy.mutable_state_names(0)->set_state(Case::STATE_CLOSED);
  EXPECT_THAT(Decide(ImportStrictly(imported), Case(), policy).refusals, IsEmpty());
}

TEST(CaseImportTest, Arguments) {
  Command empty = At(1);
  empty.mutable_case_()->mutable_import_case();
  EXPECT_THAT(Places(CheckCaseArguments(empty.case_())),
              ElementsAre("ARGUMENT_REQUIRED at import_case.case.case_id",
                          "ARGUMENT_REQUIRED at import_case.case",
                          "ARGUMENT_REQUIRED at import_case.source"));
  struct Row {
    const char* what;
    std::function<void(Case*)> change;
    std::string refusal;
  };
  const Row rows[] = {
      {"no state", [](Case* made) { made->clear_state(); }, "REQUIRED at state"},
      {"merged into nothing", [](Case* made) { made->set_state(Case::STATE_MERGED); },
       "REQUIRED at survivor_case_id"},
      {"no kind", [](Case* made) { made->clear_kind(); }, "REQUIRED at kind"},
      {"no subject", [](Case* made) { made->clear_subject(); }, "REQUIRED at subject"},
      {"impact", [](Case* made) { made->set_impact(-1); }, "OUT_OF_RANGE at impact"},
      {"urgency", [](Case* made) { made->set_urgency(-1); }, "OUT_OF_RANGE at urgency"},
      {"priority", [](Case* made) { made->set_priority(-1); }, "OUT_OF_RANGE at priority"},
      {"hands", [](Case* made) { made->set_reassignment_count(-1); },
       "OUT_OF_RANGE at reassignment_count"},
      {"reopened", [](Case* made) { made->set_reopen_count(-1); }, "OUT_OF_RANGE at reopen_count"},
      {"part without id", [](Case* made) { made->mutable_parts(0)->clear_part_id(); },
       "REQUIRED at parts[0].part_id"},
      {"parts of one id", [](Case* made) { made->mutable_parts(1)->set_part_id("p1"); },
       "DUPLICATE at parts[1].part_id"},
      {"public note",
       [](Case* made) { made->mutable_parts(1)->set_visibility(v1::VISIBILITY_PUBLIC); },
       "UNKNOWN_VALUE at parts[1].visibility"},
      {"part of nobody", [](Case* made) { made->mutable_parts(0)->clear_author(); },
       "REQUIRED at parts[0].author"},
      {"part without text", [](Case* made) { made->mutable_parts(0)->clear_text(); },
       "REQUIRED at parts[0].text"},
      {"part at no instant",
       [](Case* made) { made->mutable_parts(0)->mutable_time()->set_nanos(-1); },
       "OUT_OF_RANGE at parts[0].time"},
      {"link with a case",
       [](Case* made) { made->mutable_links(0)->set_kind(v1::ENTITY_KIND_CASE); },
       "UNKNOWN_VALUE at links[0].kind"},
      {"link twice", [](Case* made) { *made->add_links() = made->links(0); },
       "DUPLICATE at links[1]"},
      {"link with itself", [](Case* made) { made->mutable_case_links(0)->set_case_id(kId); },
       "FORBIDDEN at case_links[0].case_id"},
      {"split off",
       [](Case* made) { made->mutable_case_links(0)->set_kind(v1::CaseLink::KIND_SPLIT_FROM); },
       "UNKNOWN_VALUE at case_links[0].kind"},
      {"two parents",
       [](Case* made) {
         made->mutable_case_links(0)->set_kind(v1::CaseLink::KIND_PARENT);
         *made->add_case_links() = made->case_links(0);
         made->mutable_case_links(1)->set_case_id("case-8");
       },
       "DUPLICATE at case_links[1]"},
      {"worth less than nothing",
       [](Case* made) {
         made->mutable_resolutions(0)->mutable_remedy_amount()->set_currency_code("EUR");
         made->mutable_resolutions(0)->mutable_remedy_amount()->set_units(-1);
       },
       "OUT_OF_RANGE at resolutions[0].remedy_amount.units"},
      {"merged once",
       [](Case* made) { made->mutable_state_spans(1)->set_state(Case::STATE_MERGED); },
       "UNKNOWN_VALUE at state_spans[1].state"},
      {"priority below 0", [](Case* made) { made->mutable_priority_spans(0)->set_urgency(-1); },
       "OUT_OF_RANGE at priority_spans[0].urgency"},
      {"assignee at no instant",
       [](Case* made) { made->mutable_assignee_spans(1)->mutable_start_time()->set_nanos(-1); },
       "OUT_OF_RANGE at assignee_spans[1].start_time"},
      {"participant without id",
       [](Case* made) {
         made->add_participants()->set_actor_id("bob");
         made->mutable_participants(0)->set_kind(v1::CaseParticipant::KIND_FOLLOWER);
       },
       "REQUIRED at participants[0].participant_id"},
      {"link to nothing", [](Case* made) { made->add_external_links()->set_system("billing"); },
       "REQUIRED at external_links[0].id"},
      {"what nobody defined", [](Case* made) { made->add_unrecognized_attributes(); },
       "FORBIDDEN at unrecognized_attributes"},
      {"an id that says it is none",
       [](Case* made) { made->mutable_external_ids(0)->set_is_invalid(true); },
       "FORBIDDEN at external_ids[0].is_invalid"},
      {"tasks of one id", [](Case* made) { *made->add_tasks() = made->tasks(0); },
       "DUPLICATE at tasks[1].task_id"},
      {"outcome of what is not done",
       [](Case* made) { made->mutable_tasks(0)->set_outcome_note("done"); },
       "FORBIDDEN at tasks[0].outcome_note"},
      {"tag twice", [](Case* made) { made->add_tags("lamp"); }, "DUPLICATE at tags[1]"},
      {"external id", [](Case* made) { made->mutable_external_ids(0)->clear_id(); },
       "REQUIRED at external_ids[0].id"},
      {"attribute", [](Case* made) { made->mutable_attributes(0)->clear_value(); },
       "REQUIRED at attributes[0]"},
      {"offered when it is over",
       [](Case* made) { made->mutable_transfer_offer()->set_queue_id("first"); },
       "FORBIDDEN at transfer_offer"},
      {"answered without an answer",
       [](Case* made) { made->mutable_consultations(0)->clear_answer(); },
       "REQUIRED at consultations[0].answer"},
      {"merged into another", [](Case* made) { made->set_survivor_case_id("case-9"); },
       "FORBIDDEN at survivor_case_id"},
      {"another merged into it", [](Case* made) { made->add_merged_cases(); },
       "FORBIDDEN at merged_cases"},
      {"parts elsewhere", [](Case* made) { made->add_part_refs(); }, "FORBIDDEN at part_refs"},
      {"split", [](Case* made) { made->add_split_offs(); }, "FORBIDDEN at split_offs"},
  };
  EXPECT_THAT(CheckCaseArguments(ImportStrictly(Whole()).case_()), IsEmpty());
  for (const Row& row : rows) {
    Case imported = Whole();
    row.change(&imported);
    std::string expected = "ARGUMENT_" + row.refusal;
    expected.insert(expected.find(" at ") + 4, "import_case.case.");
    EXPECT_THAT(Places(CheckCaseArguments(ImportStrictly(imported).case_())), ElementsAre(expected))
        << row.what;
  }
}

TEST(CaseImportTest, AnImportedOfferCanBeAccepted) {
  Case imported = Import(Case::STATE_OPEN).case_().import_case().case_();
  imported.mutable_transfer_offer()->set_assignee_id("bob");
  Case current_case = After({Import(imported)});
  EXPECT_THAT(Do(Accept("bob", 600), &current_case), IsEmpty());
  EXPECT_EQ(current_case.assignee_id(), "bob");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
