// Finding by words, as a stranger does it, and against a plain loop over all texts.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/chance.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "desk/text_search_testing.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::FindAll;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::ViolatedFields;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::FindRequest Words(const std::string& words, const std::string& customer_id = "",
                      bool customer_view = false, v1::EntityKind kind = v1::ENTITY_KIND_CASE) {
  v1::FindRequest request;
  request.mutable_texts()->set_words(words);
  request.mutable_texts()->set_entity_kind(kind);
  request.mutable_texts()->set_customer_id(customer_id);
  request.mutable_texts()->set_customer_view(customer_view);
  return request;
}

void Open(Desk& desk, const std::string& id, const std::string& subject,
          const std::string& customer_id, std::int64_t seconds) {
  MustDo(desk,
         AskInText(absl::StrCat("open_case { case_id: '", id, "' kind: KIND_TROUBLE subject: '",
                                subject, "' customer_id: '", customer_id, "' }"),
                   seconds));
}

void Say(Desk& desk, const std::string& id, const std::string& part_id, const std::string& kind,
         const std::string& visibility, const std::string& text, std::int64_t seconds,
         const std::string& corrects = "") {
  MustDo(desk,
         AskInText(absl::StrCat("add_case_part { case_id: '", id, "' part { part_id: '", part_id,
                                "' kind: KIND_", kind, " visibility: VISIBILITY_", visibility,
                                " text: '", text, "' corrects_part_id: '", corrects, "' } }"),
                   seconds));
}

std::unique_ptr<Desk> WithCustomer() {
  std::unique_ptr<Desk> desk = MustOpen();
  MustDo(*desk, AskInText("create_customer { customer_id: 'c1' given_name: 'Ann' }"));
  return desk;
}

TEST(TextSearchTest, FindsCasesByTheWordsOfTheirTextsTheLatestFirst) {
  const std::unique_ptr<Desk> desk = WithCustomer();
  Open(*desk, "k1", "The LAMP does not light", "c1", 10);
  Open(*desk, "k2", "Straße, wrong address", "c1", 20);
  Open(*desk, "k3", "lamp again", "c1", 30);
  Say(*desk, "k2", "p1", "MESSAGE", "PUBLIC", "And the lamp was broken.", 40);
  Say(*desk, "k3", "p1", "NOTE", "INTERNAL", "He is a difficult one", 50);
  EXPECT_THAT(FindAll(*desk, Words("lamp")), ElementsAre("k3", "k2", "k1"));
  EXPECT_THAT(FindAll(*desk, Words("Lamp LIGHT")), ElementsAre("k1"));
  EXPECT_THAT(FindAll(*desk, Words("broken STRASSE")), ElementsAre("k2")) << "of two texts";
  EXPECT_THAT(FindAll(*desk, Words("lam*")), ElementsAre("k3", "k2", "k1"));
  EXPECT_THAT(FindAll(*desk, Words("lam")), IsEmpty());
  EXPECT_THAT(FindAll(*desk, Words("difficult")), ElementsAre("k3"));
  EXPECT_THAT(FindAll(*desk, Words("difficult", "c1", true)), IsEmpty());
  EXPECT_THAT(FindAll(*desk, Words("diff*", "c1", true)), IsEmpty());
  EXPECT_THAT(FindAll(*desk, Words("lamp difficult", "c1", true)), IsEmpty());
  EXPECT_THAT(FindAll(*desk, Words("lamp", "c1", true)), ElementsAre("k3", "k2", "k1"));
  EXPECT_THAT(FindAll(*desk, Words("lamp", "c2")), IsEmpty());
  EXPECT_THAT(FindAll(*desk, Words("lamp", "", false, v1::ENTITY_KIND_INTERACTION)), IsEmpty());
}

TEST(TextSearchTest, FindsInteractions) {
  const std::unique_ptr<Desk> desk = WithCustomer();
  for (const std::string id : {"i1", "i2"}) {
    MustDo(*desk, AskInText(absl::StrCat("start_interaction { interaction_id: '", id,
                                         "' channel: CHANNEL_CHAT direction: DIRECTION_INBOUND "
                                         "customer_id: 'c1' }")));
    MustDo(*desk, AskInText(absl::StrCat(
                      "add_interaction_part { interaction_id: '", id,
                      "' part { part_id: 'p' kind: KIND_MESSAGE text: 'no light', visibility: ",
                      id == "i1" ? "VISIBILITY_PUBLIC" : "VISIBILITY_INTERNAL", " } }")));
  }
  MustDo(*desk, AskInText("end_interaction { interaction_id: 'i2' }", 5));
  MustDo(
      *desk,
      AskInText("wrap_up_interaction { interaction_id: 'i2' disposition: 'x' note: 'angry' }", 6));
  const auto find = [&](const std::string& words, bool customer_view) {
    return FindAll(*desk, Words(words, "c1", customer_view, v1::ENTITY_KIND_INTERACTION));
  };
  EXPECT_THAT(find("light", false), ElementsAre("i2", "i1"));
  EXPECT_THAT(find("light", true), ElementsAre("i1"));
  EXPECT_THAT(find("angry", false), ElementsAre("i2"));
  EXPECT_THAT(find("angry", true), IsEmpty());
}

TEST(TextSearchTest, AChangedSubjectIsFoundByItsNewWordsOnly) {
  const std::unique_ptr<Desk> desk = WithCustomer();
  Open(*desk, "k1", "lamp broken", "c1", 10);
  Say(*desk, "k1", "p1", "NOTE", "INTERNAL", "broken glass", 15);
  MustDo(*desk, AskInText("change_case_subject { case_id: 'k1' subject: 'bulb broken' }", 20));
  EXPECT_THAT(FindAll(*desk, Words("lamp")), IsEmpty());
  EXPECT_THAT(FindAll(*desk, Words("bulb broken", "c1", true)), ElementsAre("k1"));
  MustDo(*desk, AskInText("change_case_subject { case_id: 'k1' subject: 'bulb' }", 30));
  // The other text has the word still.
  EXPECT_THAT(FindAll(*desk, Words("broken")), ElementsAre("k1"));
  EXPECT_THAT(FindAll(*desk, Words("broken", "c1", true)), IsEmpty());
}

// The texts of a case are those that CustomerView shows, wherever a part is stored.
TEST(TextSearchTest, MergedAndSplitCasesAreFoundByTheirViews) {
  const std::unique_ptr<Desk> desk = WithCustomer();
  Open(*desk, "a", "first", "c1", 10);
  Open(*desk, "b", "second", "c1", 20);
  Say(*desk, "a", "p1", "MESSAGE", "PUBLIC", "lamp", 30);
  Say(*desk, "b", "p1", "MESSAGE", "PUBLIC", "bulb", 40);
  Say(*desk, "b", "p2", "MESSAGE", "INTERNAL", "grumpy", 41);
  MustDo(*desk, AskInText("merge_cases { case_id: 'a' merged_case_id: 'b' }", 50));
  EXPECT_THAT(FindAll(*desk, Words("bulb", "c1", true)), ElementsAre("b", "a"));
  EXPECT_THAT(FindAll(*desk, Words("lamp bulb", "c1", true)), ElementsAre("a"));
  EXPECT_THAT(FindAll(*desk, Words("grumpy", "c1", true)), IsEmpty());
  // For the company, where it is stored.
  EXPECT_THAT(FindAll(*desk, Words("bulb")), ElementsAre("b"));
  MustDo(*desk, AskInText("unmerge_cases { case_id: 'a' merged_case_id: 'b' }", 60));
  EXPECT_THAT(FindAll(*desk, Words("bulb", "c1", true)), ElementsAre("b"));

  MustDo(*desk,
         AskInText("split_case { case_id: 'b' new_case_id: 's' subject: 'third' part_ids: 'p1' }",
                   70));
  EXPECT_THAT(FindAll(*desk, Words("bulb", "c1", true)), ElementsAre("s"));
  // A correction goes where the part went, also when it comes later.
  Say(*desk, "b", "p3", "MESSAGE", "PUBLIC", "socket", 80, "p1");
  EXPECT_THAT(FindAll(*desk, Words("socket third", "c1", true)), ElementsAre("s"));
  EXPECT_THAT(FindAll(*desk, Words("socket second", "c1", true)), IsEmpty());
}

TEST(TextSearchTest, ACustomerIsFoundWithThoseMergedIntoIt) {
  const std::unique_ptr<Desk> desk = WithCustomer();
  MustDo(*desk, AskInText("create_customer { customer_id: 'c2' given_name: 'Ann' }"));
  Open(*desk, "k1", "lamp", "c1", 10);
  Open(*desk, "k2", "lamp", "c2", 20);
  EXPECT_THAT(FindAll(*desk, Words("lamp", "c1")), ElementsAre("k1"));
  MustDo(*desk, AskInText("merge_customers { customer_id: 'c1' merged_customer_id: 'c2' }", 30));
  for (const std::string id : {"c1", "c2"}) {
    EXPECT_THAT(FindAll(*desk, Words("lamp", id)), ElementsAre("k2", "k1"));
    EXPECT_THAT(FindAll(*desk, Words("lamp", id, true)), ElementsAre("k2", "k1"));
  }
}

TEST(TextSearchTest, AllViolationsAreReportedAtOnce) {
  const std::unique_ptr<Desk> desk = WithCustomer();
  const auto fields = [&](const v1::FindRequest& request) {
    const absl::Status status = desk->Find(request).status();
    EXPECT_EQ(GetReason(status), "FIND_MALFORMED") << status;
    return ViolatedFields(status);
  };
  v1::FindRequest request;
  request.mutable_texts()->set_customer_view(true);
  EXPECT_THAT(fields(request),
              ElementsAre("texts.words", "texts.entity_kind", "texts.customer_id"));
  EXPECT_THAT(fields(Words("* -- '")), ElementsAre("texts.words"));
  std::string words;
  for (int i = 0; i < kMaxSearchWords; ++i) absl::StrAppend(&words, " w", i, " W", i);
  EXPECT_TRUE(desk->Find(Words(words)).ok());
  EXPECT_THAT(fields(Words(words + " more")), ElementsAre("texts.words"));
  EXPECT_THAT(fields(Words(std::string(1'025, 'a'))), ElementsAre("texts.words"));
  EXPECT_THAT(fields(Words("a", "", false, v1::ENTITY_KIND_ORDER)),
              ElementsAre("texts.entity_kind"));
  EXPECT_THAT(fields(Words("a", "\n")), ElementsAre("texts.customer_id"));
}

TEST(TextSearchTest, ABeginningOfTooManyWordsIsAnError) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.find_limits.max_prefix_words = 3;
  const std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
  MustDo(*desk, AskInText("create_customer { customer_id: 'c1' given_name: 'Ann' }"));
  Open(*desk, "k1", "w1 w2 w3 v1", "c1", 10);
  EXPECT_THAT(FindAll(*desk, Words("w*")), ElementsAre("k1"));
  Say(*desk, "k1", "p1", "NOTE", "INTERNAL", "w3 w4", 20);
  EXPECT_EQ(GetReason(desk->Find(Words("w*")).status()), "FIND_ROWS_TOO_MANY");
  EXPECT_THAT(FindAll(*desk, Words("w*", "c1", true)), ElementsAre("k1"))
      << "internal words do not count for a customer";
}

TEST(TextSearchTest, APageEndsAtTheLimitAndContinues) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.find_limits.max_scanned = 2;
  const std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
  // Two words that meet in the last case only.
  Open(*desk, "last", "lamp bulb", "c1", 10);
  for (int i = 0; i < 20; ++i) {
    Open(*desk, absl::StrCat("k", i), i % 2 == 0 ? "lamp" : "bulb", "c1", 20 + i);
  }
  const auto first = desk->Find(Words("lamp bulb"));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ((*first)->found_size(), 0);
  EXPECT_NE((*first)->next_page_token(), "");
  EXPECT_THAT(FindAll(*desk, Words("lamp bulb")), ElementsAre("last"));
}

TEST(TextSearchTest, AnEntityWithAWordInManyTextsIsFoundOnce) {
  const std::unique_ptr<Desk> desk = WithCustomer();
  Open(*desk, "k", "lamp", "c1", 10);
  Open(*desk, "k-2", "lamp", "c1", 10);
  for (int i = 0; i < 40; ++i) {
    Say(*desk, "k", absl::StrCat("p", i), "MESSAGE", i % 2 == 0 ? "PUBLIC" : "INTERNAL", "the lamp",
        20 + i);
  }
  for (const int page_size : {1, 2, 50}) {
    v1::FindRequest request = Words("lamp");
    request.set_page_size(page_size);
    EXPECT_THAT(FindAll(*desk, request), ElementsAre("k-2", "k"));
  }
}

TEST(TextSearchTest, FindsWhatAPlainLoopFinds) {
  testing::Chance chance(testing::SeedOfRun());
  int found = 0;
  int seen = 0;
  for (int round = 0; round < 6; ++round) {
    const std::unique_ptr<Desk> desk = MustOpen();
    testing::RandomTexts texts(&chance, desk.get());
    for (int step = 0; step < 60; ++step) {
      for (int i = 0; i < 8; ++i) texts.Next();
      for (int i = 0; i < 4; ++i) {
        const v1::FindRequest request = texts.AnyRequest();
        const std::vector<std::string> ids = FindAll(*desk, request);
        ASSERT_EQ(ids, texts.Scan(request)) << request.ShortDebugString();
        found += static_cast<int>(ids.size());
        if (request.texts().customer_view()) seen += static_cast<int>(ids.size());
      }
    }
    const auto report = desk->VerifyRows();
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_FALSE(report->has_fault()) << report->ShortDebugString();
  }
  EXPECT_GT(found, 1'000);
  EXPECT_GT(seen, 100);
}

}  // namespace
}  // namespace frontdesk
