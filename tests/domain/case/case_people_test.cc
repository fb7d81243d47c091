// The people who take part in a case, its ids in other systems, and its links to things there.
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "domain/case/case_testing.h"
#include "domain/case/case_world.h"
#include "domain/commands.h"
#include "frontdesk/domain/customer_view.h"
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
using v1::CaseParticipant;
using v1::Command;

std::vector<std::string> ParticipantIds(const Case& one) {
  std::vector<std::string> ids;
  for (const CaseParticipant& each : one.participants()) ids.push_back(each.participant_id());
  return ids;
}

std::vector<std::string> IdsElsewhere(const Case& one) {
  std::vector<std::string> ids;
  for (const v1::ExternalId& each : one.external_ids()) {
    ids.push_back(absl::StrCat(each.system(), "/", each.id()));
  }
  return ids;
}

std::vector<std::string> LinksElsewhere(const Case& one) {
  std::vector<std::string> links;
  for (const v1::ExternalLink& each : one.external_links()) {
    links.push_back(absl::StrCat(each.system(), "/", each.id(), "/", each.role()));
  }
  return links;
}

// ---- Participants ----

TEST(CaseParticipantTest, ComeAndGo) {
  Case current_case = Made(Case::STATE_OPEN);
  Command lawyer = AddCopied("p1", "law@example.com", 510);
  CaseParticipant& asked =
      *lawyer.mutable_case_()->mutable_add_case_participant()->mutable_participant();
  asked.set_role("lawyer");
  asked.set_name("Dora");
  ASSERT_THAT(Do(lawyer, &current_case), IsEmpty());
  ASSERT_THAT(Do(AddFollower("p2", "carla", 520), &current_case), IsEmpty());
  ASSERT_THAT(ParticipantIds(current_case), ElementsAre("p1", "p2"));
  asked.mutable_start_time()->set_seconds(510);
  EXPECT_TRUE(MessageDifferencer::Equals(current_case.participants(0), asked));
  EXPECT_EQ(current_case.participants(1).actor_id(), "carla");
  EXPECT_EQ(current_case.participants(1).start_time().seconds(), 520);
  EXPECT_THAT(Do(AddFollower("p1", "carla"), &current_case),
              ElementsAre("CASE_ADD_PARTICIPANT_ID_EXISTS"));
  ASSERT_THAT(Do(RemoveParticipant("p1"), &current_case), IsEmpty());
  EXPECT_THAT(ParticipantIds(current_case), ElementsAre("p2"));
  EXPECT_THAT(Do(RemoveParticipant("p1"), &current_case),
              ElementsAre("CASE_REMOVE_PARTICIPANT_UNKNOWN"));
  // An id is free again.
  EXPECT_THAT(Do(AddFollower("p1", "carla"), &current_case), IsEmpty());
  EXPECT_EQ(Spans(current_case), "NEW@100 OPEN@110");
}

TEST(CaseParticipantTest, AtMost100) {
  Case current_case = Made(Case::STATE_OPEN);
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(Do(AddFollower(absl::StrCat("p", i), "carla"), &current_case), IsEmpty());
  }
  EXPECT_THAT(Do(AddFollower("more", "carla"), &current_case),
              ElementsAre("CASE_ADD_PARTICIPANT_TOO_MANY"));
  ASSERT_THAT(Do(RemoveParticipant("p7"), &current_case), IsEmpty());
  EXPECT_THAT(Do(AddFollower("more", "carla"), &current_case), IsEmpty());
}

TEST(CaseParticipantTest, AMergedCustomerMeansItsSurvivor) {
  v1::CaseDecisionInput input;
  Command command = AddCopied("p1", "");
  command.mutable_case_()->mutable_add_case_participant()->mutable_participant()->set_customer_id(
      "c1");
  SetCommand(command, &input);
  *input.mutable_case_() = Made(Case::STATE_OPEN);
  const auto customer_id = [&input] {
    const Decided decided = *DecideCase(input);
    EXPECT_THAT(decided.refusals, IsEmpty());
    return decided.events.at(0).case_().case_participant_added().participant().customer_id();
  };
  EXPECT_EQ(customer_id(), "c1") << "a customer that the host keeps elsewhere";
  input.mutable_customer()->set_customer_id("of the case");
  input.mutable_participant_customer()->set_customer_id("c2");
  input.mutable_participant_customer()->add_merged_customer_refs()->set_customer_id("c1");
  EXPECT_EQ(customer_id(), "c2");
}

TEST(CaseParticipantTest, Arguments) {
  const auto places = [](const std::string& participant) {
    return Places(CheckCaseArguments(
        CommandAt(500, absl::StrCat("add_case_participant { case_id: 'case-1' ", participant, " }"))
            .case_()));
  };
  const std::string at = " at add_case_participant.participant";
  EXPECT_THAT(places(""), ElementsAre("ARGUMENT_REQUIRED" + at));
  EXPECT_THAT(places("participant {}"), ElementsAre("ARGUMENT_REQUIRED" + at + ".participant_id",
                                                    "ARGUMENT_REQUIRED" + at + ".kind",
                                                    "ARGUMENT_REQUIRED" + at + ".customer_id"));
  EXPECT_THAT(places("participant { participant_id: 'p' kind: KIND_FOLLOWER address: 'x' }"),
              ElementsAre("ARGUMENT_REQUIRED" + at + ".actor_id"));
  EXPECT_THAT(places("participant { participant_id: 'p' kind: KIND_COPIED actor_id: 'x' "
                     "start_time { seconds: 1 } }"),
              ElementsAre("ARGUMENT_FORBIDDEN" + at + ".start_time"));
  for (const char* who : {"customer_id: 'x'", "actor_id: 'x'", "address: 'x'"}) {
    EXPECT_THAT(places(absl::StrCat("participant { participant_id: 'p' kind: KIND_COPIED ", who,
                                    " role: 'neighbor' }")),
                IsEmpty());
  }
  EXPECT_THAT(Places(CheckCaseArguments(RemoveParticipant("").case_())),
              ElementsAre("ARGUMENT_REQUIRED at remove_case_participant.participant_id"));
}

// A merge, a split and a follow-up give nobody a look at more than before.
TEST(CaseParticipantTest, StayWithTheCaseTheyWereAddedTo) {
  CaseWorld world;
  for (const char* id : {"a", "b"}) {
    world.Done(absl::StrCat("open_case { case_id: '", id,
                            "' kind: KIND_TROUBLE subject: 's' customer_id: 'ann' }"));
    world.Done(absl::StrCat("add_case_participant { case_id: '", id,
                            "' participant { participant_id: 'of ", id,
                            "' kind: KIND_COPIED address: 'x' } }"));
  }
  world.Done("add_case_part { case_id: 'a' part { part_id: 'p' kind: KIND_MESSAGE text: 't' } }");
  world.Done("merge_cases { case_id: 'a' merged_case_id: 'b' }");
  EXPECT_THAT(ParticipantIds(world.cases["a"]), ElementsAre("of a"));
  EXPECT_THAT(ParticipantIds(world.cases["b"]), ElementsAre("of b"));
  EXPECT_EQ(world.Refused("remove_case_participant { case_id: 'b' participant_id: 'of b' }"),
            "CASE_REMOVE_PARTICIPANT_STATE");
  world.Done("unmerge_cases { case_id: 'a' merged_case_id: 'b' }");
  EXPECT_THAT(ParticipantIds(world.cases["b"]), ElementsAre("of b"));
  world.Done("split_case { case_id: 'a' new_case_id: 'c' subject: 's' part_ids: 'p' }");
  EXPECT_THAT(ParticipantIds(world.cases["c"]), IsEmpty());
  world.Done(
      "add_case_participant { case_id: 'c' participant { participant_id: 'of c' "
      "kind: KIND_FOLLOWER actor_id: 'dora' } }");
  world.Done("unsplit_case { case_id: 'a' split_case_id: 'c' }");
  EXPECT_THAT(ParticipantIds(world.cases["a"]), ElementsAre("of a"));
}

// ---- Ids in other systems ----

TEST(CaseExternalIdsTest, AddedAtTheEndAndRemoved) {
  Command open = Open();
  v1::ExternalId& first = *open.mutable_case_()->mutable_open_case()->add_external_ids();
  first.set_system("old desk");
  first.set_id("1");
  Case current_case = After({open});
  ASSERT_THAT(Do(ChangeIds({"2", "1"}), &current_case), IsEmpty());
  EXPECT_THAT(IdsElsewhere(current_case), ElementsAre("old desk/1", "crm/2", "crm/1"));
  ASSERT_THAT(Do(ChangeIds({"3", "1"}, {"2"}), &current_case), IsEmpty());
  EXPECT_THAT(IdsElsewhere(current_case), ElementsAre("old desk/1", "crm/1", "crm/3"));
  const Decided unknown = Decide(ChangeIds({}, {"3", "2"}), current_case);
  EXPECT_THAT(Reasons(unknown.refusals), ElementsAre("CASE_CHANGE_EXTERNAL_IDS_UNKNOWN"));
  EXPECT_EQ(unknown.refusals[0].field(), "change_case_external_ids.remove_external_ids[1]");
}

TEST(CaseExternalIdsTest, TheIdsThatItHasChangeNothing) {
  const Case current_case = After({Open(), ChangeIds({"1", "2"})});
  const Decided decided = Decide(ChangeIds({"2", "1"}), current_case);
  EXPECT_THAT(decided.refusals, IsEmpty());
  EXPECT_THAT(decided.events, IsEmpty());
  EXPECT_EQ(Decide(ChangeIds({"2", "3"}), current_case).events.size(), 1u);
}

TEST(CaseExternalIdsTest, AtMost100) {
  std::vector<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.push_back(absl::StrCat(i));
  Case current_case = Made(Case::STATE_OPEN);
  ASSERT_THAT(Do(ChangeIds(ids), &current_case), IsEmpty());
  EXPECT_THAT(Do(ChangeIds({"more"}), &current_case),
              ElementsAre("CASE_CHANGE_EXTERNAL_IDS_TOO_MANY"));
  EXPECT_THAT(Do(ChangeIds({"more"}, {"7"}), &current_case), IsEmpty());
  // One with more, from an import, can have fewer.
  v1::ExternalId& imported = *current_case.add_external_ids();
  imported.set_system("crm");
  imported.set_id("imported");
  EXPECT_THAT(Do(ChangeIds({"another"}, {"8"}), &current_case), IsEmpty());
  EXPECT_THAT(Do(ChangeIds({"one more"}), &current_case),
              ElementsAre("CASE_CHANGE_EXTERNAL_IDS_TOO_MANY"));
}

TEST(CaseExternalIdsTest, Arguments) {
  const auto places = [](const Command& command) {
    return Places(CheckCaseArguments(command.case_()));
  };
  const std::string at = " at change_case_external_ids.";
  EXPECT_THAT(places(ChangeIds({})), ElementsAre("ARGUMENT_REQUIRED" + at + "add_external_ids"));
  EXPECT_THAT(places(ChangeIds({"1", "1"})),
              ElementsAre("ARGUMENT_DUPLICATE" + at + "add_external_ids[1]"));
  EXPECT_THAT(places(ChangeIds({"1"}, {"2", "1"})),
              ElementsAre("ARGUMENT_DUPLICATE" + at + "remove_external_ids[1]"));
  EXPECT_THAT(places(ChangeIds({""})),
              ElementsAre("ARGUMENT_REQUIRED" + at + "add_external_ids[0].id"));
  Command invalid = ChangeIds({"1"});
  invalid.mutable_case_()
      ->mutable_change_case_external_ids()
      ->mutable_add_external_ids(0)
      ->set_is_invalid(true);
  EXPECT_THAT(places(invalid),
              ElementsAre("ARGUMENT_FORBIDDEN" + at + "add_external_ids[0].is_invalid"));
  std::vector<std::string> ids;
  for (int i = 0; i < 101; ++i) ids.push_back(absl::StrCat(i));
  EXPECT_THAT(places(ChangeIds({}, ids)), ElementsAre(testing::HasSubstr("remove_external_ids")));
}

// ---- Links to things elsewhere ----

TEST(CaseExternalLinkTest, MadeAndRemoved) {
  Case current_case = Made(Case::STATE_CLOSED);
  ASSERT_THAT(Do(LinkBilling("inv-1", "disputed invoice"), &current_case), IsEmpty());
  ASSERT_THAT(Do(LinkBilling("inv-1"), &current_case), IsEmpty()) << "in another role";
  EXPECT_THAT(LinksElsewhere(current_case),
              ElementsAre("billing/inv-1/disputed invoice", "billing/inv-1/"));
  const Decided twice = Decide(LinkBilling("inv-1"), current_case);
  EXPECT_TRUE(twice.refusals.empty() && twice.events.empty()) << "nothing to change";
  EXPECT_THAT(Do(UnlinkBilling("inv-1", "paid invoice"), &current_case),
              ElementsAre("CASE_UNLINK_NOT_LINKED"));
  ASSERT_THAT(Do(UnlinkBilling("inv-1", "disputed invoice"), &current_case), IsEmpty());
  EXPECT_THAT(LinksElsewhere(current_case), ElementsAre("billing/inv-1/"));
  EXPECT_EQ(current_case.link_count(), 0) << "of interactions and orders";
}

TEST(CaseExternalLinkTest, AtMost100) {
  Case current_case = Made(Case::STATE_OPEN);
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(Do(LinkBilling(absl::StrCat(i)), &current_case), IsEmpty());
  }
  EXPECT_THAT(Do(LinkBilling("more"), &current_case), ElementsAre("CASE_LINK_TOO_MANY"));
  ASSERT_THAT(Do(UnlinkBilling("7"), &current_case), IsEmpty());
  EXPECT_THAT(Do(LinkBilling("more"), &current_case), IsEmpty());
}

TEST(CaseExternalLinkTest, ExactlyOneIsNamed) {
  const std::string external = " external_link { system: 'billing' id: '1' }";
  const std::string entity = " entity { kind: ENTITY_KIND_ORDER id: 'o1' }";
  const std::string other = " case_link { kind: KIND_RELATED case_id: 'k2' }";
  for (const std::string verb : {"link_case", "unlink_case"}) {
    const auto places = [&verb](const std::string& targets) {
      return Places(CheckCaseArguments(
          CommandAt(500, absl::StrCat(verb, " { case_id: 'case-1'", targets, " }")).case_()));
    };
    const std::string at = absl::StrCat(" at ", verb, ".");
    EXPECT_THAT(places(""), ElementsAre("ARGUMENT_REQUIRED" + at + "case_link"));
    EXPECT_THAT(places(external), IsEmpty());
    EXPECT_THAT(places(external + entity),
                ElementsAre("ARGUMENT_FORBIDDEN" + at + "external_link"));
    EXPECT_THAT(places(external + other), ElementsAre("ARGUMENT_FORBIDDEN" + at + "external_link"));
    EXPECT_THAT(places(entity + other), ElementsAre("ARGUMENT_FORBIDDEN" + at + "entity"));
    EXPECT_THAT(places(" external_link { role: 'x' }"),
                ElementsAre("ARGUMENT_REQUIRED" + at + "external_link.system",
                            "ARGUMENT_REQUIRED" + at + "external_link.id"));
  }
}

// ---- The customer's view ----

TEST(CasePeopleTest, TheCustomerSeesNoneOfThem) {
  Case current_case = After({Open(), Assign("SECRET", "SECRET", 110), AddCopied("SECRET", "SECRET"),
                             AddFollower("SECRET2", "SECRET"), LinkBilling("SECRET", "SECRET"),
                             ChangeIds({"SECRET"}), Prioritize(77, 78)});
  ASSERT_EQ(current_case.participants_size(), 2);
  ASSERT_EQ(current_case.assignee_spans_size(), 1);
  const v1::CustomerViewCase view =
      ViewCase(current_case, [](const std::string&) -> const Case* { return nullptr; });
  EXPECT_FALSE(absl::StrContains(view.DebugString(), "SECRET")) << view.DebugString();
  EXPECT_FALSE(absl::StrContains(view.DebugString(), "77")) << view.DebugString();
}

// ---- Events that do not fit ----

TEST(CasePeopleTest, FoldingIsTotal) {
  Case current_case = After({Open(), AddFollower("p1", "carla"), LinkBilling("1")});
  const auto fold = [&current_case](const std::string& fact) {
    EXPECT_TRUE(EvolveCase(EventFromText("entity { kind: ENTITY_KIND_CASE id: 'case-1' } " + fact),
                           &current_case)
                    .ok());
  };
  fold("case_participant_removed { participant_id: 'p9' }");
  EXPECT_THAT(ParticipantIds(current_case), ElementsAre("p1"));
  fold("case_participant_added { participant { participant_id: 'p1' actor_id: 'dora' } }");
  EXPECT_THAT(ParticipantIds(current_case), ElementsAre("p1"));
  EXPECT_EQ(current_case.participants(0).actor_id(), "dora");
  fold("case_linked { external_link { system: 'billing' id: '1' } }");
  fold("case_unlinked { external_link { system: 'billing' id: '2' } }");
  EXPECT_THAT(LinksElsewhere(current_case), ElementsAre("billing/1/"));
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
