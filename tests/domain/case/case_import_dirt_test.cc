// Invalid values in an imported case: kept and reported.
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "case_testing.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/domain/case/case.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::TextFormat;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using v1::Case;

Case Sound() {
  Case imported;
  EXPECT_TRUE(TextFormat::ParseFromString(
      R"pb(
        case_id: "case-1"
        state: STATE_CLOSED
        kind: KIND_TROUBLE
        subject: "an old lamp"
        parts {
          part_id: "p1"
          kind: KIND_MESSAGE
          author { actor_id: "eva" kind: KIND_AGENT }
          text: "it flickers"
        }
        links { kind: ENTITY_KIND_ORDER id: "order-1" }
        state_spans {
          state: STATE_NEW
          start_time { seconds: 100 }
        }
        state_spans {
          state: STATE_OPEN
          start_time { seconds: 200 }
        }
        state_spans {
          state: STATE_CLOSED
          start_time { seconds: 300 }
        }
        tags: "lamp"
        open_time { seconds: 100 }
        close_time { seconds: 300 }
        external_ids { system: "snow" id: "INC1" }
        attributes { name: "colour" string_value: "red" }
      )pb",
      &imported));
  return imported;
}

v1::CaseImported Imported(const Case& given) {
  const Decided decided = Decide(Import(given), Case());
  EXPECT_THAT(Reasons(decided.refusals), IsEmpty());
  if (decided.events.empty()) return {};
  return decided.events[0].case_().case_imported();
}

std::vector<std::string> Findings(const v1::CaseImported& fact) {
  std::vector<std::string> found;
  for (const v1::ImportFinding& finding : fact.findings()) {
    found.push_back(absl::StrCat(finding.reason(), " at ", finding.field()));
  }
  return found;
}

std::vector<std::string> Aside(const v1::CaseImported& fact) {
  std::vector<std::string> kept;
  for (const v1::Attribute& each : fact.case_().unrecognized_attributes()) {
    kept.push_back(absl::StrCat(each.name(), ": ", each.string_value()));
  }
  return kept;
}

TEST(CaseImportDirtTest, ASoundCaseHasNoFindings) {
  const v1::CaseImported fact = Imported(Sound());
  EXPECT_THAT(Findings(fact), IsEmpty());
  EXPECT_THAT(fact.case_().unrecognized_attributes(), IsEmpty());
}

struct Row {
  const char* what;
  std::function<void(Case*)> change;
  std::vector<std::string> findings;
  std::vector<std::string> aside;
};

void ExpectRows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    Case given = Sound();
    row.change(&given);
    const v1::CaseImported fact = Imported(given);
    EXPECT_EQ(Findings(fact), row.findings);
    EXPECT_EQ(Aside(fact), row.aside);
    // A strict import refuses what another one reports.
    const bool is_refused = !CheckCaseArguments(ImportStrictly(given).case_()).empty() ||
                            !Decide(ImportStrictly(given), Case()).refusals.empty();
    EXPECT_EQ(is_refused, !row.findings.empty());
  }
}

TEST(CaseImportDirtTest, ValuesAreKeptAsTyped) {
  ExpectRows({
      {"no subject",
       [](Case* made) { made->clear_subject(); },
       {"IMPORT_SUBJECT_EMPTY at subject"},
       {}},
      {"a time that is none",
       [](Case* made) { made->mutable_open_time()->set_seconds(253402300800); },
       {"IMPORT_TIME_INVALID at open_time"},
       {"open_time: seconds: 253402300800"}},
      {"a number below 0",
       [](Case* made) { made->set_priority(-7); },
       {"IMPORT_NUMBER_INVALID at priority"},
       {"priority: -7"}},
      {"an unknown currency",
       [](Case* made) {
         made->add_resolutions()->mutable_remedy_amount()->set_units(500);
         made->mutable_resolutions(0)->mutable_remedy_amount()->set_currency_code("XXQ");
       },
       {"IMPORT_CURRENCY_UNKNOWN at resolutions[0].remedy_amount.currency_code"},
       {"resolutions[0].remedy_amount: units: 500 currency_code: \"XXQ\""}},
      {"a message without a text",
       [](Case* made) { made->mutable_parts(0)->clear_text(); },
       {"IMPORT_ITEM_INCOMPLETE at parts[0].text"},
       {"parts[0]: part_id: \"p1\" kind: KIND_MESSAGE author { actor_id: \"eva\" kind: KIND_AGENT "
        "}"}},
      {"a tag twice",
       [](Case* made) { made->add_tags("lamp"); },
       {"IMPORT_DUPLICATE at tags[1]"},
       {}},
      {"a link twice",
       [](Case* made) { *made->add_links() = made->links(0); },
       {"IMPORT_DUPLICATE at links[1]"},
       {"links[1]: kind: ENTITY_KIND_ORDER id: \"order-1\""}},
      {"an offer of a case that is over",
       [](Case* made) { made->mutable_transfer_offer()->set_queue_id("first"); },
       {"IMPORT_CONTRADICTION at transfer_offer"},
       {"transfer_offer: queue_id: \"first\""}},
  });
}

TEST(CaseImportDirtTest, TimesThatContradictAreNotKnown) {
  ExpectRows({
      {"spans out of order",
       [](Case* made) { made->mutable_state_spans(1)->mutable_start_time()->set_seconds(301); },
       {"IMPORT_SPANS_ORDER at state_spans[2]"},
       {"state_spans[2].start_time: seconds: 300"}},
      {"a span after the import",
       [](Case* made) { made->mutable_state_spans(2)->mutable_start_time()->set_seconds(501); },
       {"IMPORT_TIME_ORDER at state_spans[2]"},
       {"state_spans[2].start_time: seconds: 501"}},
      {"opened after it began",
       [](Case* made) { made->mutable_open_time()->set_seconds(150); },
       {"IMPORT_TIME_ORDER at open_time"},
       {"open_time: seconds: 150"}},
      {"closed before it was opened",
       [](Case* made) { made->mutable_close_time()->set_seconds(99); },
       {"IMPORT_TIME_ORDER at close_time"},
       {"close_time: seconds: 99"}},
      {"resolved after the import",
       [](Case* made) { made->add_resolutions()->mutable_time()->set_seconds(501); },
       {"IMPORT_TIME_ORDER at resolutions[0].time"},
       {"resolutions[0].time: seconds: 501"}},
      {"another last state",
       [](Case* made) { made->set_state(Case::STATE_CANCELED); },
       {"IMPORT_SPANS_STATE at state_spans[2]"},
       {}},
      {"the same state twice",
       [](Case* made) { made->mutable_state_spans(1)->set_state(Case::STATE_NEW); },
       {"IMPORT_DUPLICATE at state_spans[1]"},
       {"state_spans[1]: state: STATE_NEW start_time { seconds: 200 }"}},
  });
  Case given = Sound();
  given.mutable_close_time()->set_seconds(99);
  EXPECT_FALSE(Imported(given).case_().has_close_time());
  given = Sound();
  given.set_state(Case::STATE_CANCELED);
  EXPECT_EQ(Spans(Imported(given).case_()), "NEW@100 OPEN@200 CLOSED@300 CANCELED@?");
}

TEST(CaseImportDirtTest, AttributesThatAreNotDefinedAreKeptApart) {
  Case given = Sound();
  const auto add = [&given](absl::string_view text) {
    ASSERT_TRUE(TextFormat::ParseFromString(std::string(text), given.add_attributes()));
  };
  add("name: 'weight' int_value: 3");
  add("name: 'watts' string_value: 'sixty'");
  add("name: 'colour' string_value: 'green'");
  add("name: 'empty'");
  const v1::CaseImported fact = Imported(given);
  EXPECT_THAT(Findings(fact), ElementsAre("IMPORT_DUPLICATE at attributes[3].name",
                                          "IMPORT_ATTRIBUTE_VALUE at attributes[4]",
                                          "IMPORT_ATTRIBUTE_UNKNOWN at attributes[1]",
                                          "IMPORT_ATTRIBUTE_TYPE at attributes[2]"));
  ASSERT_THAT(fact.case_().attributes(), SizeIs(1));
  EXPECT_EQ(fact.case_().attributes(0).string_value(), "red");
  EXPECT_THAT(Aside(fact), ElementsAre("colour: green", "empty: ", "weight: ", "watts: sixty"));
  EXPECT_EQ(fact.case_().unrecognized_attributes(2).int_value(), 3);
  given = Sound();
  given.mutable_attributes(0)->set_string_value("blue");
  EXPECT_THAT(Findings(Imported(given)), ElementsAre("IMPORT_ATTRIBUTE_VALUE at attributes[0]"));
  EXPECT_THAT(Reasons(Decide(ImportStrictly(given), Case()).refusals),
              ElementsAre("ATTRIBUTE_VALUE"));
  given.mutable_attributes(0)->set_name("weight");
  EXPECT_THAT(Reasons(Decide(ImportStrictly(given), Case()).refusals),
              ElementsAre("ATTRIBUTE_UNDEFINED"));
}

TEST(CaseImportDirtTest, IdsThatAreNoneBecomeInvalidExternalIds) {
  Case given = Sound();
  given.set_customer_id("a\nb");
  given.set_assignee_id(std::string(kMaxIdBytes + 1, 'x'));
  given.mutable_links(0)->set_id("o\x01");
  given.mutable_external_ids(0)->set_id("INC\t1");
  given.mutable_parts(0)->mutable_author()->set_actor_id("e\nva");
  const v1::CaseImported fact = Imported(given);
  EXPECT_THAT(
      Findings(fact),
      ElementsAre("IMPORT_ID_INVALID at customer_id", "IMPORT_ID_INVALID at assignee_id",
                  "IMPORT_ID_INVALID at parts[0].author.actor_id",
                  "IMPORT_ID_INVALID at links[0].id", "IMPORT_ID_INVALID at external_ids[0].id"));
  const Case& imported = fact.case_();
  EXPECT_EQ(imported.customer_id(), "");
  EXPECT_EQ(imported.assignee_id(), "");
  EXPECT_THAT(imported.links(), IsEmpty());
  ASSERT_THAT(imported.external_ids(), SizeIs(4));
  EXPECT_EQ(imported.external_ids(0).system(), "snow");
  EXPECT_EQ(imported.external_ids(0).id(), "INC\t1");
  for (const v1::ExternalId& each : imported.external_ids()) EXPECT_TRUE(each.is_invalid());
  EXPECT_EQ(imported.external_ids(1).system(), "elsewhere");
  EXPECT_EQ(imported.external_ids(1).id(), "a\nb");
  EXPECT_EQ(imported.parts(0).text(), "it flickers");
  EXPECT_EQ(imported.parts(0).author().actor_id(), "");
  // The host chooses the id of the case itself.
  given = Sound();
  given.set_case_id("a\nb");
  EXPECT_THAT(Places(CheckCaseArguments(Import(given).case_())),
              ElementsAre("ID_CHARACTER at import_case.case.case_id"));
}

TEST(CaseImportDirtTest, AStateWithoutMeaningIsRefused) {
  struct Bad {
    std::function<void(Case*)> change;
    std::string refusal;
  };
  const Bad rows[] = {
      {[](Case* made) { made->clear_state(); }, "ARGUMENT_REQUIRED at import_case.case.state"},
      {[](Case* made) { made->clear_kind(); }, "ARGUMENT_REQUIRED at import_case.case.kind"},
      {[](Case* made) { made->mutable_state_time()->set_seconds(1); },
       "ARGUMENT_FORBIDDEN at import_case.case.state_time"},
      {[](Case* made) { made->set_survivor_case_id("case-2"); },
       "ARGUMENT_FORBIDDEN at import_case.case.survivor_case_id"},
      {[](Case* made) { made->add_merged_cases(); },
       "ARGUMENT_FORBIDDEN at import_case.case.merged_cases"},
  };
  for (const Bad& row : rows) {
    Case given = Sound();
    row.change(&given);
    EXPECT_THAT(Places(CheckCaseArguments(Import(given).case_())), ElementsAre(row.refusal));
  }
}

TEST(CaseImportDirtTest, AnUnknownCustomerIsReported) {
  Case given = Sound();
  given.set_customer_id("c7");
  const v1::CaseImported fact = Imported(given);
  EXPECT_THAT(Findings(fact), ElementsAre("IMPORT_CUSTOMER_UNKNOWN at customer_id"));
  EXPECT_EQ(fact.case_().customer_id(), "c7");
}

TEST(CaseImportDirtTest, CorrectionsThatAreNotPossible) {
  Case given = Sound();
  v1::InteractionPart& note = *given.add_parts();
  note = given.parts(0);
  note.set_part_id("p2");
  note.set_corrects_part_id("p9");
  v1::InteractionPart& shown = *given.add_parts();
  shown = given.parts(0);
  shown.set_part_id("p3");
  shown.set_corrects_part_id("p1");
  shown.set_visibility(v1::VISIBILITY_PUBLIC);
  const v1::CaseImported fact = Imported(given);
  EXPECT_THAT(Findings(fact), ElementsAre("IMPORT_REFERENCE_UNKNOWN at parts[1].corrects_part_id",
                                          "IMPORT_CONTRADICTION at parts[2].visibility"));
  EXPECT_EQ(fact.case_().parts(1).corrects_part_id(), "");
  EXPECT_EQ(fact.case_().parts(2).visibility(), v1::VISIBILITY_INTERNAL);
}

TEST(CaseImportDirtTest, ANameOfTheStateThatIsNotListed) {
  v1::CasePolicy policy;
  policy.add_state_names()->set_name("filed");
  Case given = Sound();
  given.set_state_name("archived");
  given.mutable_state_spans(2)->set_state_name("archived");
  const Decided decided = Decide(Import(given), Case(), policy);
  ASSERT_THAT(decided.events, SizeIs(1));
  const v1::CaseImported& fact = decided.events[0].case_().case_imported();
  EXPECT_THAT(Findings(fact), ElementsAre("IMPORT_STATE_NAME_UNKNOWN at state_name"));
  EXPECT_THAT(Aside(fact), ElementsAre("state_name: archived"));
  EXPECT_EQ(Spans(fact.case_()), "NEW@100 OPEN@200 CLOSED@300");
}

TEST(CaseImportDirtTest, NoFindingHasAValue) {
  Case given = Sound();
  given.set_customer_id("Eva\nSecret");
  given.mutable_attributes(0)->set_string_value("Eva Secret");
  given.mutable_parts(0)->clear_author();
  given.mutable_parts(0)->set_text("Eva Secret");
  const v1::CaseImported fact = Imported(given);
  EXPECT_THAT(fact.findings(), SizeIs(3));
  for (const v1::ImportFinding& finding : fact.findings()) {
    EXPECT_THAT(finding.ShortDebugString(), testing::Not(testing::HasSubstr("Secret")));
  }
}

// ---- Merges in the other system

TEST(CaseImportMergeTest, TheSurvivorHasTheMergedCase) {
  Case survivor = After({Open()});
  survivor.set_case_id("case-2");
  Case given = Sound();
  given.set_state(Case::STATE_MERGED);
  given.clear_close_time();
  given.set_survivor_case_id("case-2");
  given.mutable_state_spans(2)->set_state(Case::STATE_MERGED);
  const Decided decided = Decide(Import(given), Case(), {}, survivor);
  ASSERT_THAT(Reasons(decided.refusals), IsEmpty());
  ASSERT_THAT(decided.events, SizeIs(2));
  Case merged;
  ASSERT_TRUE(EvolveCase(decided.events[0], &merged).ok());
  ASSERT_EQ(decided.events[1].entity().id(), "case-2");
  ASSERT_TRUE(EvolveCase(decided.events[1], &survivor).ok());
  EXPECT_EQ(merged.state(), Case::STATE_MERGED);
  EXPECT_EQ(merged.survivor_case_id(), "case-2");
  EXPECT_EQ(merged.span_before_merge().state(), Case::STATE_OPEN);
  EXPECT_EQ(survivor.merged_case_count(), 1);
  EXPECT_EQ(survivor.merged_cases(0).merge_time().seconds(), 300);
  EXPECT_TRUE(decided.events[1].case_().case_merged().is_unassigned());
  // It can be undone.
  v1::Command unmerge = At(600);
  unmerge.mutable_case_()->mutable_unmerge_cases()->set_case_id("case-2");
  unmerge.mutable_case_()->mutable_unmerge_cases()->set_merged_case_id("case-1");
  const Decided undone = Decide(unmerge, survivor, {}, merged);
  ASSERT_THAT(undone.events, SizeIs(2));
  ASSERT_TRUE(EvolveCase(undone.events[1], &merged).ok());
  EXPECT_EQ(merged.state(), Case::STATE_OPEN);
}

// It would be offered to somebody, or wait in a chain, once it is unmerged.
TEST(CaseImportMergeTest, ACaseThatWasOverBeforeItWasMergedIsNotOfferedToAnybody) {
  Case survivor = After({Open()});
  survivor.set_case_id("case-2");
  Case given = Sound();
  given.set_state(Case::STATE_MERGED);
  given.clear_close_time();
  given.set_survivor_case_id("case-2");
  given.add_state_spans()->set_state(Case::STATE_MERGED);
  given.mutable_transfer_offer()->set_assignee_id("ben");
  given.set_queue_id("lines");
  given.mutable_escalation()->set_chain("up");
  given.mutable_escalation()->set_basis(v1::ESCALATION_BASIS_SKILL);
  given.mutable_escalation()->set_queue_id("lines");
  v1::Command strict = Import(given);
  strict.mutable_case_()->mutable_import_case()->set_strict(true);
  EXPECT_THAT(Places(CheckCaseArguments(strict.case_())),
              ElementsAre("ARGUMENT_FORBIDDEN at import_case.case.transfer_offer",
                          "ARGUMENT_FORBIDDEN at import_case.case.escalation"));
  const Decided decided = Decide(Import(given), Case(), {}, survivor);
  ASSERT_THAT(Reasons(decided.refusals), IsEmpty());
  ASSERT_THAT(decided.events, SizeIs(2));
  const v1::CaseImported& fact = decided.events[0].case_().case_imported();
  EXPECT_THAT(fact.findings(), SizeIs(2));
  EXPECT_FALSE(fact.case_().has_transfer_offer());
  EXPECT_FALSE(fact.case_().has_escalation());
  // One that was open may have both.
  given.mutable_state_spans(2)->set_state(Case::STATE_OPEN);
  given.mutable_state_spans(2)->set_state_name("again");
  const Decided open = Decide(Import(given), Case(), {}, survivor);
  ASSERT_THAT(open.events, SizeIs(2));
  EXPECT_TRUE(open.events[0].case_().case_imported().case_().has_transfer_offer());
  EXPECT_TRUE(open.events[0].case_().case_imported().case_().has_escalation());
}

// Whatever the import was: a case that is over is offered to nobody.
TEST(CaseImportMergeTest, AnOfferEndsWhenTheCaseIsRestoredAsClosed) {
  Case merged = Sound();
  merged.set_state(Case::STATE_MERGED);
  merged.mutable_transfer_offer()->set_assignee_id("ben");
  v1::Event event;
  event.mutable_entity()->set_kind(v1::ENTITY_KIND_CASE);
  event.mutable_entity()->set_id(merged.case_id());
  event.mutable_case_()->mutable_case_restored()->set_state(Case::STATE_OPEN);
  Case open = merged;
  ASSERT_TRUE(EvolveCase(event, &open).ok());
  EXPECT_TRUE(open.has_transfer_offer());
  event.mutable_case_()->mutable_case_restored()->set_state(Case::STATE_CLOSED);
  ASSERT_TRUE(EvolveCase(event, &merged).ok());
  EXPECT_FALSE(merged.has_transfer_offer());
}

TEST(CaseImportMergeTest, ACaseThatWasOpenBeforeItWasMergedHasNoTimeOfClosing) {
  Case survivor = After({Open()});
  survivor.set_case_id("case-2");
  Case given = Sound();
  given.set_state(Case::STATE_MERGED);
  given.set_survivor_case_id("case-2");
  given.mutable_state_spans(2)->set_state(Case::STATE_MERGED);
  ASSERT_TRUE(given.has_close_time());
  const Decided decided = Decide(Import(given), Case(), {}, survivor);
  ASSERT_THAT(decided.events, SizeIs(2));
  const v1::CaseImported& fact = decided.events[0].case_().case_imported();
  EXPECT_THAT(Findings(fact), ElementsAre("IMPORT_TIME_ORDER at close_time"));
  EXPECT_FALSE(fact.case_().has_close_time());
  // One that was closed keeps it when it is unmerged.
  given.mutable_state_spans(2)->set_state(Case::STATE_CLOSED);
  given.add_state_spans()->set_state(Case::STATE_MERGED);
  const Decided closed = Decide(Import(given), Case(), {}, survivor);
  ASSERT_THAT(closed.events, SizeIs(2));
  EXPECT_THAT(Findings(closed.events[0].case_().case_imported()), IsEmpty());
  Case merged;
  ASSERT_TRUE(EvolveCase(closed.events[0], &merged).ok());
  ASSERT_TRUE(EvolveCase(closed.events[1], &survivor).ok());
  v1::Command unmerge = At(600);
  unmerge.mutable_case_()->mutable_unmerge_cases()->set_case_id("case-2");
  unmerge.mutable_case_()->mutable_unmerge_cases()->set_merged_case_id("case-1");
  const Decided undone = Decide(unmerge, survivor, {}, merged);
  ASSERT_THAT(undone.events, SizeIs(2));
  ASSERT_TRUE(EvolveCase(undone.events[1], &merged).ok());
  EXPECT_EQ(merged.state(), Case::STATE_CLOSED);
  EXPECT_EQ(merged.close_time().seconds(), given.close_time().seconds());
}

TEST(CaseImportMergeTest, WithoutASurvivorOrOfAnotherCustomerItIsRefused) {
  Case given = Sound();
  given.set_state(Case::STATE_MERGED);
  given.set_survivor_case_id("case-2");
  EXPECT_THAT(Reasons(Decide(Import(given), Case()).refusals), ElementsAre("CASE_NOT_FOUND"));
  Case survivor = After({Open()});
  survivor.set_case_id("case-2");
  survivor.set_customer_id("c2");
  given.set_customer_id("c1");
  EXPECT_THAT(Reasons(Decide(Import(given), Case(), {}, survivor).refusals),
              ElementsAre("CASE_IMPORT_SURVIVOR_CUSTOMER"));
  given.clear_customer_id();
  EXPECT_THAT(Decide(Import(given), Case(), {}, survivor).refusals, IsEmpty());
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
