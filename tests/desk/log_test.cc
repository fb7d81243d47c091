// The log of a desk, as one follows it, and states of earlier instants.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/store/store.h"
#include "gmock/gmock.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/repeated_field.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::EntityRef CaseRef(const std::string& id) {
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CASE);
  entity.set_id(id);
  return entity;
}

v1::Command AskedAt(std::int64_t second) {
  v1::Command command;
  command.mutable_actor()->set_actor_id("anna");
  command.mutable_actor()->set_kind(v1::Actor::KIND_AGENT);
  command.mutable_now()->set_seconds(second);
  return command;
}

v1::Command OpenCaseAt(const std::string& id, std::int64_t second) {
  v1::Command command = AskedAt(second);
  v1::OpenCase& verb = *command.mutable_case_()->mutable_open_case();
  verb.set_case_id(id);
  verb.set_kind(v1::Case::KIND_TROUBLE);
  verb.set_subject("The lamp does not light");
  return command;
}

v1::Command AddPartAt(const std::string& id, const std::string& part, std::int64_t second) {
  v1::Command command = AskedAt(second);
  v1::AddCasePart& verb = *command.mutable_case_()->mutable_add_case_part();
  verb.set_case_id(id);
  verb.mutable_part()->set_part_id(part);
  verb.mutable_part()->set_kind(v1::InteractionPart::KIND_NOTE);
  verb.mutable_part()->set_visibility(v1::VISIBILITY_INTERNAL);
  verb.mutable_part()->set_text("Called the store.");
  return command;
}

TEST(LogTest, TheLogIsFollowedFromAPosition) {
  const auto desk = MustOpen();
  const auto first = desk->ReadLog();
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->size(), 1u) << "the policy was activated";
  EXPECT_FALSE(first->front().has_record());
  EXPECT_EQ(first->front().events(0).desk().policy_activated().policy().hash(),
            desk->policy()->hash());
  EXPECT_EQ(first->front().policy().pack().name(), "allow");

  LogPage page;
  page.after = first->back().entry().position();
  EXPECT_THAT(*desk->ReadLog(page), IsEmpty());
  const v1::Outcome done = MustDo(*desk, OpenCaseAt("k", 1'000));
  const auto next = *desk->ReadLog(page);
  ASSERT_EQ(next.size(), 1u);
  EXPECT_EQ(next[0].record().record_id(), done.record_id());
  ASSERT_EQ(next[0].events_size(), done.events_size());
  EXPECT_EQ(next[0].events(0).SerializeAsString(), done.events(0).SerializeAsString());
  EXPECT_EQ(next[0].record().sequence(), 2);
}

TEST(LogTest, TheLogIsReadOntoAnArena) {
  const auto desk = MustOpen();
  MustDo(*desk, OpenCaseAt("k", 1'000));
  MustDo(*desk, AddPartAt("k", "p", 1'010));
  google::protobuf::Arena arena;
  auto* changes =
      google::protobuf::Arena::CreateMessage<google::protobuf::RepeatedPtrField<v1::LogChange>>(
          &arena);
  LogPage page;
  page.page_size = 2;
  for (int pages = 0; pages < 2; ++pages) {
    ASSERT_TRUE(desk->ReadLog(page, changes).ok());
    page.after = changes->rbegin()->entry().position();
  }
  const std::vector<v1::LogChange> log = *desk->ReadLog();
  ASSERT_EQ(log.size(), 3u);
  ASSERT_EQ(changes->size(), 3) << "pages are added";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(changes->Get(i).GetArena(), &arena);
    EXPECT_EQ(changes->Get(i).SerializeAsString(), log[i].SerializeAsString());
  }
}

TEST(LogTest, AVerifiedLogHasNoFault) {
  const auto desk = MustOpen();
  MustDo(*desk, OpenCaseAt("k", 1'000));
  const auto before = desk->Verify();
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->entry_count(), 2);
  MustDo(*desk, AddPartAt("k", "p", 1'010));
  const KnownLink known = {before->entry_count(), before->link()};
  const auto after = desk->Verify({known});
  EXPECT_FALSE(after->has_fault()) << after->ShortDebugString();
  EXPECT_EQ(after->entry_count(), 3);
  EXPECT_NE(after->link(), before->link());
  // Another desk has another log.
  const auto other = MustOpen();
  MustDo(*other, OpenCaseAt("k2", 1'000));
  EXPECT_EQ(other->Verify({known})->fault().kind(), v1::LogFault::KIND_LINK_UNEXPECTED);
}

// A store that wants every value at once.
class PromptStore : public store::Store {
 public:
  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    return rows_->Read();
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    return rows_->Commit(std::move(batches));
  }

 private:
  const std::shared_ptr<store::Store> rows_ = store::MakeMemoryStore();
};

// A store in memory makes the entries of the log when they are read: they are those of any other store.
TEST(LogTest, LateEntriesAreThoseOfAnyStore) {
  const auto desk = MustOpen();
  const auto other = MustOpen(testing::kAllowAll, std::make_shared<PromptStore>());
  std::vector<CommandWithFacts> group(2);
  group[0].command = OpenCaseAt("k2", 1'000);
  group[1].command = AddPartAt("k2", "p", 1'010);
  for (Desk* const each : {desk.get(), other.get()}) {
    MustDo(*each, OpenCaseAt("k", 1'000));
    // Read in between, or not.
    if (each == desk.get()) {
      EXPECT_EQ(each->ReadLog()->size(), 2u);
    }
    for (const auto& result : each->ExecuteAll(group)) EXPECT_TRUE(result.ok());
    MustDo(*each, AddPartAt("k", "p", 1'010));
  }
  const std::vector<v1::LogChange> log = *desk->ReadLog();
  const std::vector<v1::LogChange> expected = *other->ReadLog();
  ASSERT_EQ(log.size(), 5u);
  ASSERT_EQ(expected.size(), log.size());
  for (std::size_t i = 0; i < log.size(); ++i) {
    EXPECT_EQ(log[i].SerializeAsString(), expected[i].SerializeAsString());
  }
  EXPECT_FALSE(desk->Verify({{5, other->Verify()->link()}})->has_fault());
}

// Rows that are made from the log are made again, and compared.
TEST(LogTest, RowsThatAreNotWhatTheLogSaysAreFound) {
  const auto store = store::MakeMemoryStore();
  const auto desk = MustOpen(testing::kAllowAll, store);
  MustDo(*desk, OpenCaseAt("k", 1'000));
  MustDo(*desk, AddPartAt("k", "p", 1'010));
  EXPECT_FALSE(desk->VerifyRows()->has_fault());
  // The index, the lists, the heads: every row that is not the log itself.
  const auto snapshot = *store->Read();
  int changed = 0;
  for (int table = 0; table < 256; ++table) {
    const auto rows = *snapshot->Scan(store::RangeOf(static_cast<std::uint8_t>(table), ""), 100);
    for (const store::Row& row : rows) {
      for (const bool is_removed : {true, false}) {
        const store::Key key = {static_cast<std::uint8_t>(table), row.key};
        const auto put = [&](store::Value value) {
          store::Batch batch;
          batch.writes.push_back({key, std::move(value), store::Write::Position::kNowhere});
          ASSERT_TRUE(store->Commit({std::move(batch)}).ok());
        };
        put(is_removed ? nullptr : store::MakeValue(*row.value + "x"));
        const auto report = desk->VerifyRows();
        // A row of the log itself may also be a log that cannot be read.
        EXPECT_TRUE(!report.ok() || report->has_fault()) << table;
        changed += report.ok() && report->fault().kind() == v1::LogFault::KIND_ROW_CHANGED;
        put(row.value);
      }
    }
  }
  EXPECT_GT(changed, 10);
  EXPECT_FALSE(desk->VerifyRows()->has_fault());
}

TEST(LogTest, AStateIsReadAsOfAnInstant) {
  const auto desk = MustOpen();
  MustDo(*desk, OpenCaseAt("k", 1'000));
  MustDo(*desk, AddPartAt("k", "p1", 1'010));
  v1::Command late = AddPartAt("k", "p2", 900);
  late.set_late_entry(true);
  MustDo(*desk, late);
  MustDo(*desk, AddPartAt("k", "p3", 1'020));
  const auto versions = [&](const std::vector<absl::Time>& times) {
    std::vector<std::int64_t> found;
    for (const absl::Time time : times) {
      const auto state = desk->GetAsOf(CaseRef("k"), time);
      if (!state.ok()) {
        EXPECT_EQ(GetReason(state.status()), kReasonEntityNotFound);
      }
      found.push_back(state.ok() ? (*state)->version() : 0);
    }
    return found;
  };
  const absl::Time opened = absl::FromUnixSeconds(1'000);
  EXPECT_THAT(versions({absl::InfinitePast(), opened - absl::Nanoseconds(1), opened,
                        absl::FromUnixSeconds(1'009), absl::FromUnixSeconds(1'010),
                        absl::FromUnixSeconds(1'019), absl::FromUnixSeconds(1'020),
                        absl::InfiniteFuture()}),
              ElementsAre(0, 0, 1, 1, 3, 3, 4, 4));
  EXPECT_EQ((*desk->GetAsOf(CaseRef("k"), absl::FromUnixSeconds(1'010)))->case_().part_count(), 2);
  EXPECT_EQ(GetReason(desk->GetAsOf(CaseRef("nobody"), absl::InfiniteFuture()).status()),
            kReasonEntityNotFound);
  EXPECT_EQ(GetReason(desk->GetAsOf(v1::EntityRef(), opened).status()), kReasonEntityRefMalformed);
}

// A clock that was ahead, and the correction: a decision at the instant ahead is not later than the correction.
TEST(LogTest, ACorrectedTimeIsTheInstantOfAllBeforeIt) {
  const auto desk = MustOpen();
  MustDo(*desk, OpenCaseAt("k", 1'000));
  MustDo(*desk, AddPartAt("k", "p1", 900'000));
  v1::Command correction = AskedAt(2'000);
  v1::CorrectEntityTime& verb = *correction.mutable_desk()->mutable_correct_entity_time();
  *verb.mutable_entity() = CaseRef("k");
  verb.mutable_update_time()->set_seconds(2'000);
  MustDo(*desk, correction);
  const auto version = [&](std::int64_t second) {
    return (*desk->GetAsOf(CaseRef("k"), absl::FromUnixSeconds(second)))->version();
  };
  EXPECT_EQ(version(1'999), 1);
  EXPECT_EQ(version(2'000), 3);
  MustDo(*desk, AddPartAt("k", "p2", 2'010));
  EXPECT_EQ(version(2'009), 3);
  EXPECT_EQ(version(900'000), 4);
}

}  // namespace
}  // namespace frontdesk
