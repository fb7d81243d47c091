// Hostile ids, names and texts at a desk: nothing that it says forges a line, and every refusal names its place.
//
// FRONTDESK_HOSTILE_COMMANDS says how many commands, FRONTDESK_RANDOM_SEED repeats a run.
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "desk/hostile_texts.h"
#include "desk/message_filler.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "desk/watched_desk.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::FindForged;
using ::frontdesk::testing::HostileTexts;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::PlantHostile;
using ::frontdesk::testing::Reasons;
using ::frontdesk::testing::ViolatedFields;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kHostileCommands = 4'000;
constexpr int kHostileCommandsPerDesk = 200;
constexpr absl::string_view kOverride = "\xe2\x80\xae";

// A command whose text fields take the text: '@' in `text` is replaced.
v1::Command Ask(absl::string_view text, absl::string_view hostile) {
  std::string escaped;
  for (const char c : hostile)
    absl::StrAppend(&escaped, "\\x", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
  return AskInText(absl::StrReplaceAll(text, {{"@", escaped}}));
}

TEST(HostileTextTest, WhateverIsWrittenNoLineIsForged) {
  const std::uint64_t seed = testing::SeedOfRun();
  const auto wanted = static_cast<int>(
      testing::NumberFromEnvironment("FRONTDESK_HOSTILE_COMMANDS", kHostileCommands));
  int given = 0;
  int refused_for_ids = 0;
  int done = 0;
  for (int desks = 0; given < wanted; ++desks) {
    std::unique_ptr<Desk> opened = testing::OpenRandomDesk();
    for (const v1::Command& command : testing::OpeningCommands()) MustDo(*opened, command);
    testing::WatchedDesk desk(std::move(opened));
    Chance chance(seed + static_cast<std::uint64_t>(desks));
    testing::RandomCommands commands(&chance, &desk.desk());
    for (int i = 0; i < kHostileCommandsPerDesk; ++i, ++given) {
      v1::Command command = commands.Next();
      v1::Facts facts = commands.NextFacts(command);
      if (!chance.OneIn(3)) PlantHostile(false, &chance, &command);
      if (chance.OneIn(8)) PlantHostile(false, &chance, &facts);
      ASSERT_EQ(desk.Execute(command, facts), "")
          << "seed " << seed << ", desk " << desks << ", command " << i;
    }
    for (const auto& [command, count] : desk.counts()) {
      done += count.done;
      for (const auto& [reason, times] : count.reasons) {
        if (reason.rfind("ID_", 0) == 0) refused_for_ids += times;
      }
    }
  }
  std::cout << given << " commands, " << done << " done, " << refused_for_ids
            << " refused for an id first\n";
  EXPECT_GT(done, given / 20);
  EXPECT_GT(refused_for_ids, given / 50);
}

// An older store, or a store of the host's own, may hold such records.
TEST(HostileTextTest, RecordsWithHostileTextsEverywhereForgeNoLine) {
  const std::uint64_t seed = testing::SeedOfRun();
  for (std::uint64_t round = 0; round < 300; ++round) {
    Chance chance(seed + round);
    testing::MessageFiller filler(&chance);
    v1::JournalRecord record;
    filler.Fill(&record);
    std::vector<v1::Event> events(3);
    for (v1::Event& event : events) filler.Fill(&event);
    const v1::Explanation before = ExplainRecord(record, events);
    PlantHostile(true, &chance, &record);
    for (v1::Event& event : events) PlantHostile(true, &chance, &event);
    const v1::Explanation after = ExplainRecord(record, events);
    ASSERT_EQ(FindForged(after.text()), "") << "seed " << seed << ", round " << round;
    ASSERT_EQ(after.event_texts_size(), before.event_texts_size());
    for (const std::string& text : after.event_texts()) {
      ASSERT_EQ(FindForged(text), "");
      ASSERT_THAT(text, Not(HasSubstr("\n")));
    }
  }
}

TEST(HostileTextTest, AnIdWithALineBreakForgesNoLineOfAnExplanation) {
  std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  for (const char* text : {"open_case { case_id: '@' kind: KIND_TROUBLE subject: 's' }",
                           "cancel_order { order_id: '@' reason: 'r' }",
                           "create_customer { customer_id: '@' given_name: 'Ann' }"}) {
    const v1::Command command = Ask(text, "k1\nPolicy forged, hash 000000000000:");
    const auto outcome = desk->Execute(command);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    ASSERT_EQ(outcome->refusals_size(), 1) << outcome->ShortDebugString();
    EXPECT_EQ(outcome->refusals(0).reason(), kReasonIdCharacter);
    EXPECT_EQ(outcome->refusals(0).origin(), v1::Refusal::ORIGIN_ARGUMENT);
    EXPECT_THAT(outcome->refusals(0).field(), ::testing::EndsWith("_id"));
    EXPECT_THAT(outcome->refusals(0).text(), HasSubstr("U+000A at byte 2"));
    EXPECT_THAT(outcome->refusals(0).text(), Not(HasSubstr("forged")));
  }
}

TEST(HostileTextTest, EveryIdAndWordOfACommandHasTheSameRule) {
  struct Case {
    const char* text;
    const char* field;
  };
  const Case cases[] = {
      {"open_case { case_id: 'k' kind: KIND_TROUBLE subject: 's' queue_id: '@' }",
       "open_case.queue_id"},
      {"classify_case { case_id: 'k' add_tags: 'a' add_tags: '@' }", "classify_case.add_tags[1]"},
      {"open_case { case_id: 'k' kind: KIND_TROUBLE subject: 's' external_ids { system: '@' id: "
       "'7' } }",
       "open_case.external_ids[0].system"},
      {"open_case { case_id: 'k' kind: KIND_TROUBLE subject: 's' external_ids { system: 'a' id: "
       "'@' } }",
       "open_case.external_ids[0].id"},
      {"cancel_order { order_id: 'o1' reason: '@' }", "cancel_order.reason"},
      {"verify_identity { customer_id: 'c1' level: 1 method: '@' }", "verify_identity.method"},
  };
  std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  for (const Case& each : cases) {
    for (const absl::string_view hostile : {"a\nb",
                                            "a\xe2\x80\xae"
                                            "b",
                                            "a\xe2\x80\x8c"
                                            "b"}) {
      const auto outcome = desk->Preview(Ask(each.text, hostile));
      ASSERT_TRUE(outcome.ok()) << outcome.status();
      ASSERT_THAT(Reasons(*outcome), ElementsAre("ID_CHARACTER")) << each.text;
      EXPECT_EQ(outcome->refusals(0).field(), each.field);
    }
    EXPECT_THAT(Reasons(*desk->Preview(Ask(each.text, std::string(kMaxIdBytes + 1, 'x')))),
                ::testing::Contains("ID_TOO_LONG"))
        << each.text;
  }
}

TEST(HostileTextTest, TheEnvelopeHasTheSameRule) {
  std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  v1::Command command = testing::CancelOrder("o1");
  const std::string hostile = absl::StrCat("a", kOverride);
  command.mutable_actor()->set_actor_id(hostile);
  command.mutable_actor()->add_roles("agent");
  command.mutable_actor()->add_roles(hostile);
  command.mutable_actor()->add_authorities(hostile);
  command.mutable_actor()->add_team_ids(hostile);
  command.set_idempotency_key(hostile);
  command.set_interaction_id(hostile);
  v1::Facts facts = testing::Catalog();
  facts.mutable_catalog()->mutable_variants(0)->set_variant_id(hostile);
  const absl::Status status = desk->Execute(command, facts).status();
  EXPECT_EQ(GetReason(status), kReasonCommandMalformed);
  EXPECT_THAT(
      ViolatedFields(status),
      ::testing::UnorderedElementsAre("idempotency_key", "interaction_id", "actor.actor_id",
                                      "actor.roles[1]", "actor.authorities[0]", "actor.team_ids[0]",
                                      "facts.catalog.variants[0].variant_id"));
  const auto detail = GetErrorDetail(status);
  ASSERT_TRUE(detail.has_value());
  for (const v1::FieldViolation& violation : detail->violations()) {
    EXPECT_EQ(violation.reason(), kReasonIdCharacter);
  }
  EXPECT_EQ(FindForged(status.ToString()), "");
}

TEST(HostileTextTest, NoIdCanBeGivenThatCannotBeLookedUp) {
  std::unique_ptr<Desk> desk = MustOpen();
  const std::string longest(kMaxIdBytes, 'x');
  const std::string longer = longest + "x";
  for (const std::string& id : {longest, std::string("' \" \\ {} [x] \xc3\xa9")}) {
    MustDo(*desk, Ask("create_customer { customer_id: '@' given_name: 'Ann' external_ids { system: "
                      "'@' id: '@' } }",
                      id));
    EXPECT_TRUE(desk->Get(testing::CustomerRef(id)).ok());
    v1::FindRequest request;
    request.mutable_customers()->mutable_external_id()->set_system(id);
    request.mutable_customers()->mutable_external_id()->set_id(id);
    const auto found = desk->Find(request);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_EQ((*found)->found_size(), 1);
  }
  for (const std::string& id : {longer, std::string("a\nb"), absl::StrCat("a", kOverride)}) {
    const std::string reason(id == longer ? kReasonIdTooLong.word : kReasonIdCharacter.word);
    const auto expect_refused = [&](const absl::Status& status, absl::string_view error,
                                    absl::string_view field) {
      EXPECT_EQ(GetReason(status), error) << status;
      const auto detail = GetErrorDetail(status);
      ASSERT_TRUE(detail.has_value());
      ASSERT_EQ(detail->violations_size(), 1) << status;
      EXPECT_EQ(detail->violations(0).reason(), reason);
      EXPECT_EQ(detail->violations(0).field(), field);
      EXPECT_EQ(FindForged(status.ToString()), "");
    };
    v1::FindRequest cases;
    cases.mutable_cases()->set_queue_id(id);
    expect_refused(desk->Find(cases).status(), kReasonFindMalformed, "cases.queue_id");
    v1::FindRequest orders;
    orders.mutable_orders()->set_customer_id(id);
    expect_refused(desk->Find(orders).status(), kReasonFindMalformed, "orders.customer_id");
    expect_refused(desk->Get(testing::CustomerRef(id)).status(), kReasonEntityRefMalformed, "id");
    expect_refused(desk->History(testing::CustomerRef(id)).status(), kReasonEntityRefMalformed,
                   "id");
    expect_refused(desk->FindDuplicates(id).status(), kReasonEntityRefMalformed, "customer_id");
    FileOptions options;
    options.now = testing::At(0);
    expect_refused(desk->OpenFile(id, options).status(), kReasonEntityRefMalformed, "customer_id");
    v1::EntityRef of_case;
    of_case.set_kind(v1::ENTITY_KIND_CASE);
    of_case.set_id(id);
    expect_refused(desk->CustomerView(of_case).status(), kReasonEntityRefMalformed, "id");
    ApprovalResolution resolution;
    resolution.actor = testing::By("boss").actor();
    resolution.now = testing::At(1);
    const auto approved = desk->Approve(id, resolution);
    ASSERT_TRUE(approved.ok()) << approved.status();
    EXPECT_THAT(Reasons(*approved), ElementsAre(reason));
    EXPECT_EQ(approved->refusals(0).field(), "approve.approval_id");
  }
}

// Ids of records and events come from the host too.
TEST(HostileTextTest, AnIdSourceOfInvalidIdsIsAnError) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.id_source = std::make_shared<SequenceIdSource>("r\n");
  std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
  const absl::Status status =
      desk->Execute(AskInText("create_customer { customer_id: 'c1' given_name: 'Ann' }")).status();
  EXPECT_EQ(GetReason(status), kReasonIdCharacter);
  EXPECT_EQ(FindForged(status.ToString()), "");
  EXPECT_FALSE(desk->Get(testing::CustomerRef("c1")).ok()) << "nothing is stored";
}

TEST(HostileTextTest, NamesOfPeopleKeepWhatWasTyped) {
  std::unique_ptr<Desk> desk = MustOpen();
  int number = 0;
  for (const std::string& name : HostileTexts()) {
    const std::string id = absl::StrCat("c", ++number);
    v1::Command command = AskInText(absl::StrCat("create_customer { customer_id: '", id, "' }"));
    command.mutable_customer()->mutable_create_customer()->set_family_name(name);
    MustDo(*desk, command);
    EXPECT_EQ((*desk->Get(testing::CustomerRef(id)))->customer().family_name(), name);
  }
}

constexpr const char* kNoTimeZones[] = {
    "localtime", "/etc/localtime", "../localtime",     "Europe/Berln",
    "Local",     "+02:00",         "Europe/Berlin\\n", "posix/Europe/Berlin"};
constexpr const char* kNoLanguageTags[] = {"en_US", "e", "de-", "de-\\n", "english language"};

TEST(HostileTextTest, LanguageTagsAndTimeZonesAreChecked) {
  std::unique_ptr<Desk> desk = MustOpen();
  const std::vector<std::string> verbs = {
      "create_customer { customer_id: 'c1' given_name: 'Ann' preferences { # } }",
      "import_customer { customer { customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann' "
      "preferences { # } } source { system: 'crm' } strict: true }",
      "edit_customer { customer_id: 'c1' base_version: 1 # }"};
  const std::vector<std::string> paths = {
      "create_customer.preferences.", "import_customer.customer.preferences.", "edit_customer."};
  for (std::size_t i = 0; i < verbs.size(); ++i) {
    const auto refusals = [&](const std::string& field) {
      std::string text;
      const auto outcome = desk->Preview(AskInText(absl::StrReplaceAll(verbs[i], {{"#", field}})));
      EXPECT_TRUE(outcome.ok()) << outcome.status();
      for (const v1::Refusal& refusal : outcome->refusals()) {
        if (refusal.origin() != v1::Refusal::ORIGIN_ARGUMENT) continue;
        absl::StrAppend(&text, refusal.reason(), "@", refusal.field());
      }
      return text;
    };
    for (const char* const zone : kNoTimeZones) {
      EXPECT_EQ(refusals(absl::StrCat("time_zone: '", zone, "'")),
                absl::StrCat("ARGUMENT_TIME_ZONE@", paths[i], "time_zone"))
          << zone;
    }
    for (const char* zone : {"", "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"}) {
      EXPECT_EQ(refusals(absl::StrCat("time_zone: '", zone, "'")), "") << zone;
    }
    for (const char* const tag : kNoLanguageTags) {
      EXPECT_EQ(refusals(absl::StrCat("language_tag: '", tag, "'")),
                absl::StrCat("ARGUMENT_LANGUAGE_TAG@", paths[i], "language_tag"))
          << tag;
    }
    for (const char* tag : {"", "en-US", "zh-Hant-TW", "i-klingon"}) {
      EXPECT_EQ(refusals(absl::StrCat("language_tag: '", tag, "'")), "") << tag;
    }
  }
}

// Unless it is strict, an import is done. Rules and calendars do not see what was written.
TEST(HostileTextTest, ImportedLanguageTagsAndTimeZonesThatAreNoneAreKeptApart) {
  std::unique_ptr<Desk> desk = MustOpen();
  const auto expect_apart = [&](absl::string_view name, absl::string_view value,
                                absl::string_view reason) {
    SCOPED_TRACE(value);
    const auto outcome = desk->Preview(AskInText(absl::StrCat(
        "import_customer { customer { customer_id: 'c1' state: STATE_CUSTOMER given_name: 'Ann' "
        "preferences { ",
        name, ": '", value, "' } } source { system: 'crm' } }")));
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    ASSERT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
    ASSERT_EQ(outcome->events_size(), 1);
    const v1::CustomerImported& fact = outcome->events(0).customer().customer_imported();
    ASSERT_EQ(fact.findings_size(), 1);
    EXPECT_EQ(fact.findings(0).reason(), reason);
    EXPECT_EQ(fact.findings(0).field(), absl::StrCat("preferences.", name));
    EXPECT_EQ(FindForged(fact.findings(0).text()), "");
    EXPECT_EQ(fact.customer().preferences().time_zone(), "");
    EXPECT_EQ(fact.customer().preferences().language_tag(), "");
    ASSERT_EQ(fact.customer().unrecognized_attributes_size(), 1);
    EXPECT_EQ(fact.customer().unrecognized_attributes(0).name(),
              absl::StrCat("preferences.", name));
    EXPECT_EQ(fact.customer().unrecognized_attributes(0).string_value(),
              absl::StrReplaceAll(value, {{"\\n", "\n"}}));
  };
  for (const char* const zone : kNoTimeZones) {
    expect_apart("time_zone", zone, kReasonImportTimeZoneUnknown);
  }
  for (const char* const tag : kNoLanguageTags) {
    expect_apart("language_tag", tag, kReasonImportLanguageInvalid);
  }
}

}  // namespace
}  // namespace frontdesk
