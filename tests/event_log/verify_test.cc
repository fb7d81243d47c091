// The log as a whole: its entries, and how a change of it shows.
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "event_log/log_testing.h"
#include "event_log/rows.h"
#include "frontdesk/event_log/event_log.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace event_log {
namespace {

using Fault = v1::LogFault;

// Three entries: customers "a" and "b" get names, then "a" another one. With a policy, in an entry without a record.
class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() {
    names_.Name("a", "Ann");
    names_.Name("b", "Bea");
    names_.Name("a", "Anna");
    Batch batch;
    batch.policy.emplace();
    batch.policy->hash = "hash of a policy";
    batch.policy->policy.mutable_pack()->set_name("shop");
    batch.record = std::make_shared<v1::JournalRecord>();
    std::const_pointer_cast<v1::JournalRecord>(batch.record)->set_record_id("r4");
    EXPECT_EQ(*names_.log->Commit(batch), CommitVerdict::kCommitted);
  }

  v1::LogReport Verify(const std::vector<KnownLink>& known = {}) {
    const absl::StatusOr<v1::LogReport> report = names_.Read().Verify(known);
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *report : v1::LogReport();
  }

  // Changes rows behind the log's back; null removes one.
  void Put(Table table, std::string key, store::Value value) {
    store::Batch batch;
    batch.writes.push_back(
        {{table, std::move(key)}, std::move(value), store::Write::Position::kNowhere});
    EXPECT_TRUE(names_.rows->Commit({std::move(batch)}).ok());
  }
  std::string ValueOf(Table table, std::string key) {
    return **(*names_.rows->Read())->Get({table, std::move(key)});
  }

  Names names_;
};

TEST_F(VerifyTest, EntriesReferToAllThatWasCommitted) {
  const auto changes = names_.Read().Log({});
  ASSERT_TRUE(changes.ok()) << changes.status();
  ASSERT_EQ(changes->size(), 4u);
  std::string link = store::FirstLink();
  for (int i = 0; i < 4; ++i) {
    const v1::LogChange& change = (*changes)[i];
    EXPECT_EQ(change.entry().position(), i + 1);
    EXPECT_EQ(change.record().sequence(), i + 1);
    EXPECT_EQ(change.record().record_id(), change.entry().record_id());
    EXPECT_EQ(change.events_size(), i < 3 ? 1 : 0);
    EXPECT_EQ(change.has_policy(), i == 3);
    EXPECT_NE(change.entry().link(), link);
    link = change.entry().link();
  }
  EXPECT_EQ((*changes)[2].events(0).version(), 2);
  EXPECT_EQ((*changes)[2].events(0).entity().id(), "a");
  EXPECT_EQ((*changes)[3].policy().pack().name(), "shop");
  LogPage page;
  page.after = 1;
  page.page_size = 2;
  const auto middle = *names_.Read().Log(page);
  ASSERT_EQ(middle.size(), 2u);
  EXPECT_EQ(middle[0].entry().position(), 2);
  page.after = 4;
  EXPECT_TRUE(names_.Read().Log(page)->empty());
}

TEST_F(VerifyTest, ALogAsItWasWrittenHasNoFault) {
  const v1::LogReport report = Verify();
  EXPECT_FALSE(report.has_fault()) << report.fault().ShortDebugString();
  EXPECT_EQ(report.entry_count(), 4);
  EXPECT_EQ(report.event_count(), 3);
  EXPECT_EQ(report.link(), names_.Read().Log({})->back().entry().link());
  Names empty;
  EXPECT_EQ(empty.Read().Verify()->entry_count(), 0);
  EXPECT_FALSE(empty.Read().Verify()->has_fault());
}

TEST_F(VerifyTest, EveryChangeShows) {
  const std::string event = EventKey(v1::ENTITY_KIND_CUSTOMER, "a", 2);
  const std::string record = store::EncodePosition(2);
  struct Case {
    Table table;
    std::string key;
    store::Value value;
    Fault::Kind kind;
    std::int64_t position;
  };
  std::string other_entry = ValueOf(kLog, store::EncodePosition(2));
  other_entry[4] ^= 1;
  std::string other_link = ValueOf(kLog, store::EncodePosition(4));
  other_link.back() ^= 1;
  const std::vector<Case> cases = {
      {kEvents, event, nullptr, Fault::KIND_EVENT_MISSING, 3},
      {kEvents, event, store::MakeValue(ValueOf(kEvents, event) + "x"), Fault::KIND_EVENT_CHANGED,
       3},
      {kEvents, EventKey(v1::ENTITY_KIND_CUSTOMER, "a", 3),
       store::MakeValue(ValueOf(kEvents, event)), Fault::KIND_EVENT_ADDED, 0},
      {kEvents, EventKey(v1::ENTITY_KIND_CUSTOMER, "a", 3),
       store::MakeValue(NameEvent("a", 3, "Eve").SerializeAsString()), Fault::KIND_EVENT_ADDED, 0},
      {kRecords, record, nullptr, Fault::KIND_RECORD_MISSING, 2},
      {kRecords, record, store::MakeValue(ValueOf(kRecords, store::EncodePosition(1))),
       Fault::KIND_RECORD_CHANGED, 2},
      {kRecords, store::EncodePosition(5), store::MakeValue(ValueOf(kRecords, record)),
       Fault::KIND_RECORD_ADDED, 0},
      {kPolicies, "hash of a policy", nullptr, Fault::KIND_POLICY_MISSING, 4},
      {kPolicies, "hash of a policy", store::MakeValue(""), Fault::KIND_POLICY_CHANGED, 4},
      {kLog, store::EncodePosition(2), nullptr, Fault::KIND_ENTRY_MISSING, 2},
      {kLog, store::EncodePosition(4), nullptr, Fault::KIND_ENTRY_MISSING, 4},
      {kLog, store::EncodePosition(2), store::MakeValue(other_entry), Fault::KIND_ENTRY_CHANGED, 2},
      {kLog, store::EncodePosition(4), store::MakeValue(other_link), Fault::KIND_ENTRY_CHANGED, 4},
      {kLog, store::EncodePosition(2), store::MakeValue("x"), Fault::KIND_ENTRY_CHANGED, 2},
  };
  for (const Case& each : cases) {
    SCOPED_TRACE(Fault::Kind_Name(each.kind));
    const store::Value before = *(*names_.rows->Read())->Get({each.table, each.key});
    Put(each.table, each.key, each.value);
    const v1::LogReport report = Verify();
    EXPECT_EQ(report.fault().kind(), each.kind) << report.ShortDebugString();
    EXPECT_EQ(report.fault().position(), each.position);
    if (each.position > 0) {
      EXPECT_EQ(report.entry_count(), each.position - 1);
    }
    if (each.table == kEvents) {
      EXPECT_EQ(report.fault().event().entity().id(), "a");
    }
    Put(each.table, each.key, before);
    EXPECT_FALSE(Verify().has_fault());
  }
}

// Whoever writes a whole new log is found by the links that somebody else keeps.
TEST_F(VerifyTest, KnownLinksCount) {
  const auto log = *names_.Read().Log({});
  const KnownLink second = {2, log[1].entry().link()};
  const KnownLink fourth = {4, log[3].entry().link()};
  EXPECT_FALSE(Verify({fourth, second}).has_fault());
  const v1::LogReport changed = Verify({second, {3, second.link}});
  EXPECT_EQ(changed.fault().kind(), Fault::KIND_LINK_UNEXPECTED);
  EXPECT_EQ(changed.fault().position(), 3);
  // The end of the log was cut off.
  const v1::LogReport shorter = Verify({{5, fourth.link}});
  EXPECT_EQ(shorter.fault().kind(), Fault::KIND_ENTRY_MISSING);
  EXPECT_EQ(shorter.fault().position(), 5);
}

// An export has the effects that are open where some are not, and puts them where they were.
TEST_F(VerifyTest, AcknowledgedEffectsStayAcknowledgedInAnExport) {
  Batch batch;
  const auto record = std::make_shared<v1::JournalRecord>();
  record->set_record_id("r5");
  for (const char* id : {"r5-e1", "r5-e2", "r5-e3"}) record->add_effects()->set_effect_id(id);
  batch.record = record;
  ASSERT_EQ(*names_.log->Commit(batch), CommitVerdict::kCommitted);
  const auto open_lines = [this] {
    std::vector<v1::LogLine> lines;
    EXPECT_TRUE(names_.Read()
                    .Export([&lines](const v1::LogLine& line) {
                      if (line.has_open_effects()) lines.push_back(line);
                      return absl::OkStatus();
                    })
                    .ok());
    return lines;
  };
  EXPECT_TRUE(open_lines().empty()) << "all are open";
  ASSERT_TRUE(names_.log->AcknowledgeEffect("r5-e2").ok());
  const std::vector<v1::LogLine> lines = open_lines();
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].open_effects().sequence(), 5);
  ASSERT_EQ(lines[0].open_effects().places_size(), 2);
  EXPECT_EQ(lines[0].open_effects().places(0), 0);
  EXPECT_EQ(lines[0].open_effects().places(1), 2);

  // Put into a store in which all are open.
  Put(kOutbox, store::EncodePosition(5), store::MakeValue(EncodePlaces({0, 1, 2})));
  ASSERT_TRUE(names_.log->PutLine(lines[0]).ok());
  const auto pending = *names_.Read().PendingEffects({});
  ASSERT_EQ(pending.size(), 2u);
  EXPECT_EQ(pending[1].effect.effect_id(), "r5-e3");
  v1::LogLine other = lines[0];
  other.mutable_open_effects()->set_places(1, 3);
  EXPECT_FALSE(names_.log->PutLine(other).ok()) << "there is no fourth effect";
  other = lines[0];
  other.mutable_open_effects()->set_sequence(4'000);
  EXPECT_FALSE(names_.log->PutLine(other).ok());
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
