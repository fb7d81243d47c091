// The time of commands at a desk: records, views and texts; the bound on clocks that are ahead; random commands against a plain model.
#include "absl/time/time.h"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "desk/chance.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/make_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::At;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::Reasons;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

v1::Command OpenCase(const std::string& id, std::int64_t seconds) {
  return AskInText(absl::StrCat("open_case { case_id: '", id,
                                "' kind: KIND_TROUBLE subject: 'lamp' queue_id: 'q' }"),
                   seconds);
}

v1::Command AddPart(const std::string& case_id, const std::string& part_id, std::int64_t seconds) {
  return AskInText(
      absl::StrCat("add_case_part { case_id: '", case_id, "' part { part_id: '", part_id,
                   "' kind: KIND_MESSAGE visibility: VISIBILITY_PUBLIC text: 'We look.' } }"),
      seconds);
}

v1::Command Late(v1::Command command) {
  command.set_late_entry(true);
  return command;
}

v1::EntityRef RefOfCase(const std::string& id) { return Ref(v1::ENTITY_KIND_CASE, id); }

std::int64_t SecondOf(const google::protobuf::Timestamp& time) {
  return time.seconds() - At(0).seconds();
}

std::unique_ptr<Desk> OpenWith(absl::Duration skew, absl::Duration lead,
                               std::shared_ptr<store::Store> store = nullptr) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.store = std::move(store);
  options.max_clock_skew = skew;
  options.max_clock_lead = lead;
  absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(std::move(options));
  EXPECT_TRUE(desk.ok()) << desk.status();
  return *std::move(desk);
}

std::vector<std::string> ReasonsOf(Desk& desk, const v1::Command& command) {
  const auto outcome = desk.Execute(command);
  EXPECT_TRUE(outcome.ok()) << outcome.status();
  return outcome.ok() ? Reasons(*outcome) : std::vector<std::string>{"error"};
}

// Nothing in a case happens before the case.
TEST(DeskTimeTest, NothingHappensBeforeItBegan) {
  std::unique_ptr<Desk> desk = MustOpen();
  MustDo(*desk, OpenCase("a", 18'000));
  MustDo(*desk,
         AskInText("add_case_task { case_id: 'a' task { task_id: 't' title: 'x' } }", 18'060));
  EXPECT_THAT(ReasonsOf(*desk, AddPart("a", "m", 0)), ElementsAre(kReasonCommandTooEarly));
  EXPECT_THAT(ReasonsOf(*desk, AskInText("complete_case_task { case_id: 'a' task_id: 't' }", 0)),
              ElementsAre(kReasonCommandTooEarly));
  EXPECT_THAT(Reasons(*desk->Preview(AddPart("a", "m", 0))), ElementsAre(kReasonCommandTooEarly));
  EXPECT_EQ(desk->Journal()->size(), 2u) << "it did not reach policy";
}

TEST(DeskTimeTest, RecordsKeepTheGivenInstantAndTheOneDecidedAt) {
  std::unique_ptr<Desk> desk = MustOpen();
  MustDo(*desk, OpenCase("a", 1000));
  const v1::Outcome outcome = MustDo(*desk, AddPart("a", "m", 990));
  const auto record = desk->GetRecord(outcome.record_id());
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(SecondOf(record->time()), 1000);
  EXPECT_EQ(SecondOf(record->command().now()), 990);
  EXPECT_EQ(SecondOf((*desk->Get(RefOfCase("a")))->update_time()), 1000);
}

TEST(DeskTimeTest, ViewsAndTextsShowWhenALateEntryOccurred) {
  std::unique_ptr<Desk> desk = MustOpen();
  MustDo(*desk, OpenCase("a", 1000));
  const v1::Outcome outcome = MustDo(*desk, Late(AddPart("a", "m", -80)));
  const auto view = desk->CustomerView(RefOfCase("a"));
  ASSERT_TRUE(view.ok()) << view.status();
  ASSERT_EQ(view->case_().parts_size(), 1);
  EXPECT_EQ(SecondOf(view->case_().parts(0).time()), 1000);
  EXPECT_EQ(SecondOf(view->case_().parts(0).occur_time()), -80);
  const auto history = desk->History(RefOfCase("a"));
  ASSERT_EQ(history->size(), 2u);
  EXPECT_FALSE((*history)[0].has_occur_time());
  EXPECT_EQ(SecondOf((*history)[1].occur_time()), -80);

  // The tests' time begins at 2023-11-14T22:13:20Z.
  const auto late = desk->Explain(outcome.record_id());
  ASSERT_TRUE(late.ok()) << late.status();
  EXPECT_THAT(late->text(),
              HasSubstr("2023-11-14T22:30:00Z, a late entry of 2023-11-14T22:12:00Z"));
  ASSERT_EQ(late->event_texts_size(), 1);
  EXPECT_THAT(late->event_texts(0), HasSubstr(", occurred 2023-11-14T22:12:00Z"));

  const auto skewed = desk->Explain(MustDo(*desk, AddPart("a", "n", 990)).record_id());
  EXPECT_THAT(skewed->text(), HasSubstr("2023-11-14T22:30:00Z, given as 2023-11-14T22:29:50Z"));
  EXPECT_THAT(skewed->event_texts(0), Not(HasSubstr("occurred")));
  const auto plain = desk->Explain(MustDo(*desk, AddPart("a", "o", 1001)).record_id());
  EXPECT_THAT(plain->text(), Not(HasSubstr("given as")));
}

TEST(DeskTimeTest, TheApprovalOfAHeldLateEntryHasBothInstants) {
  std::unique_ptr<Desk> desk = MustOpen(R"pb(
    rule_sets {
      id: "parts"
      decision_points: "AddCasePart"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "ask"
        order: 1
        outcome: POLICY_OUTCOME_HOLD
        reason: "ASK"
        authority: "supervisor"
        condition: "has(occur_time)"
      }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  )pb");
  MustDo(*desk, OpenCase("a", 1000));
  const auto held = desk->Execute(Late(AddPart("a", "m", 100)));
  ASSERT_EQ(held->verdict(), v1::VERDICT_HELD);
  EXPECT_EQ(SecondOf(held->events(0).time()), 1000);
  EXPECT_EQ(SecondOf(held->events(0).occur_time()), 100);
  const v1::EntityRef approval = testing::ApprovalRef(held->held().approval_id());
  EXPECT_EQ(SecondOf((*desk->Get(approval))->update_time()), 1000);
  EXPECT_EQ(SecondOf((*desk->Get(approval))->approval().request_time()), 1000);

  ApprovalResolution resolution;
  resolution.actor = testing::By("boss").actor();
  resolution.actor.add_authorities("supervisor");
  resolution.now = At(930);
  EXPECT_THAT(Reasons(*desk->Approve(approval.id(), resolution)),
              ElementsAre(kReasonCommandTooEarly));
  resolution.late_entry = true;
  const auto done = desk->Approve(approval.id(), resolution);
  ASSERT_EQ(done->verdict(), v1::VERDICT_DONE) << done->ShortDebugString();
  EXPECT_EQ(SecondOf(done->events(0).occur_time()), 930);
  EXPECT_EQ(SecondOf(done->events(1).occur_time()), 100);
}

TEST(DeskTimeTest, TheOptionsAreChecked) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  EXPECT_EQ(options.max_clock_skew, absl::Minutes(1));
  EXPECT_EQ(options.max_clock_lead, absl::InfiniteDuration());
  options.max_clock_skew = -absl::Nanoseconds(1);
  options.max_clock_lead = absl::ZeroDuration();
  const absl::Status refused = Desk::Open(options).status();
  EXPECT_EQ(GetReason(refused), kReasonDeskOptionsInvalid);
  EXPECT_THAT(testing::ViolatedFields(refused), ElementsAre("max_clock_skew", "max_clock_lead"));
  options.max_clock_skew = absl::ZeroDuration();
  options.max_clock_lead = absl::Nanoseconds(1);
  EXPECT_TRUE(Desk::Open(options).ok());
}

TEST(DeskTimeTest, AForkHasTheOptionsToo) {
  std::unique_ptr<Desk> desk = OpenWith(absl::Seconds(5), absl::Seconds(80));
  MustDo(*desk, OpenCase("a", 1000));
  const auto fork = desk->Fork();
  ASSERT_TRUE(fork.ok());
  EXPECT_THAT(ReasonsOf(**fork, AddPart("a", "m", 994)), ElementsAre(kReasonCommandTooEarly));
  EXPECT_THAT(ReasonsOf(**fork, AddPart("a", "m", 1091)), ElementsAre(kReasonCommandTooFarAhead));
}

// ---- Clocks that are ahead

// A store that counts how often the row of the newest instant is written.
class CountingStore final : public store::Store {
 public:
  static constexpr int kNewestTimeTable = 16;
  int writes = 0;
  int expectations = 0;

  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    return store_->Read();
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    for (const store::Batch& batch : batches) {
      for (const store::Write& write : batch.writes) writes += write.key.table == kNewestTimeTable;
      for (const store::Expectation& each : batch.expectations) {
        expectations += each.key.table == kNewestTimeTable;
      }
    }
    return store_->Commit(std::move(batches));
  }

 private:
  const std::shared_ptr<store::Store> store_ = store::MakeMemoryStore();
};

TEST(ClockLeadTest, OneWrongClockBarsNoEntity) {
  std::unique_ptr<Desk> desk = OpenWith(absl::Minutes(1), absl::Hours(8));
  MustDo(*desk, OpenCase("a", 1000));
  v1::Command wrong = AddPart("a", "m", 1000 + 10 * 3600);
  wrong.set_idempotency_key("key");
  EXPECT_THAT(ReasonsOf(*desk, wrong), ElementsAre(kReasonCommandTooFarAhead));
  // Also one that begins something.
  EXPECT_THAT(ReasonsOf(*desk, OpenCase("b", 10'000'000)), ElementsAre(kReasonCommandTooFarAhead));
  *wrong.mutable_now() = At(1100);
  EXPECT_THAT(ReasonsOf(*desk, wrong), IsEmpty()) << "not remembered";
  EXPECT_EQ(desk->Journal()->size(), 2u);
}

TEST(ClockLeadTest, TheBoundFollowsTheNewestInstant) {
  std::unique_ptr<Desk> desk = OpenWith(absl::Minutes(1), absl::Seconds(80));
  std::int64_t newest = 1000;
  MustDo(*desk, OpenCase("a", newest));
  for (int i = 0; i < 50; ++i) {
    // The whole bound ahead is always possible, more than it and an eighth never is.
    EXPECT_THAT(ReasonsOf(*desk, AddPart("a", absl::StrCat("far", i), newest + 91)),
                ElementsAre(kReasonCommandTooFarAhead));
    newest += i % 3 == 0 ? 80 : i % 3 == 1 ? 7 : 0;
    MustDo(*desk, AddPart("a", absl::StrCat("m", i), newest));
  }
}

TEST(ClockLeadTest, FewCommandsMeetAtItsRow) {
  auto store = std::make_shared<CountingStore>();
  std::unique_ptr<Desk> desk = OpenWith(absl::Minutes(1), absl::Seconds(800), store);
  MustDo(*desk, OpenCase("a", 1000));
  EXPECT_EQ(store->writes, 1);
  for (int i = 1; i <= 505; ++i) MustDo(*desk, AddPart("a", absl::StrCat("m", i), 1000 + i));
  // An eighth of the bound is 100 s: at 1101, 1202, 1303, 1404, 1505.
  EXPECT_EQ(store->writes, 6);
  EXPECT_EQ(store->expectations, 6);
}

TEST(ClockLeadTest, NothingIsWrittenWithoutTheOption) {
  auto store = std::make_shared<CountingStore>();
  std::unique_ptr<Desk> desk = OpenWith(absl::Minutes(1), absl::InfiniteDuration(), store);
  MustDo(*desk, OpenCase("a", 1000));
  MustDo(*desk, OpenCase("b", 90'000'000));
  EXPECT_EQ(store->writes, 0);
  EXPECT_EQ(store->expectations, 0);
}

TEST(ClockLeadTest, ADeskThatTurnsItOnBeginsAtTheLastRecord) {
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  MustDo(*OpenWith(absl::Minutes(1), absl::InfiniteDuration(), store), OpenCase("a", 1000));
  std::unique_ptr<Desk> desk = OpenWith(absl::Minutes(1), absl::Seconds(80), store);
  EXPECT_THAT(ReasonsOf(*desk, AddPart("a", "m", 1091)), ElementsAre(kReasonCommandTooFarAhead));
  EXPECT_THAT(ReasonsOf(*desk, AddPart("a", "m", 1080)), IsEmpty());
  // Another desk on the store goes on from there.
  std::unique_ptr<Desk> other = OpenWith(absl::Minutes(1), absl::Seconds(80), store);
  EXPECT_THAT(ReasonsOf(*other, AddPart("a", "n", 1171)), ElementsAre(kReasonCommandTooFarAhead));
  EXPECT_THAT(ReasonsOf(*other, AddPart("a", "n", 1160)), IsEmpty());
}

TEST(ClockLeadTest, ALateEntryDoesNotLowerTheNewestInstant) {
  std::unique_ptr<Desk> desk = OpenWith(absl::Minutes(1), absl::Seconds(80));
  MustDo(*desk, OpenCase("a", 1000));
  MustDo(*desk, Late(AddPart("a", "m", -9'000)));
  MustDo(*desk, OpenCase("b", -50'000));
  EXPECT_THAT(ReasonsOf(*desk, AddPart("a", "n", 1080)), IsEmpty());
}

// ---- Random commands against a plain model

// The least that must be true: the last instant of each entity, and which command is decided when.
struct TimeModel {
  std::int64_t skew;
  std::map<std::string, std::int64_t>
      last;  // Of each entity, by its id; none for one that does not exist.

  // The instant at which a command at `now` that changes `entities` is decided; nothing when it is too early.
  absl::optional<std::int64_t> InstantOf(const std::vector<std::string>& entities, std::int64_t now,
                                         bool late_entry) const {
    std::int64_t instant = now;
    for (const std::string& entity : entities) {
      const auto found = last.find(entity);
      if (found != last.end()) instant = std::max(instant, found->second);
    }
    if (!late_entry && instant - now > skew) return absl::nullopt;
    return instant;
  }
};

// One random command: the entities that it changes, by id. The ids of all kinds are distinct.
struct TimedCommand {
  v1::Command command;
  std::vector<std::string> changes;
  // Of a correction, the instant that it sets.
  absl::optional<std::int64_t> corrected;
};

class TimedCommands {
 public:
  explicit TimedCommands(Chance* chance) : chance_(chance) {}

  TimedCommand Next(const TimeModel& model) {
    clock_ += chance_->Below(40);
    TimedCommand next = Ask(model);
    // Around the clock: a little or far behind, a little ahead, seldom far ahead.
    const int kind = chance_->Below(20);
    std::int64_t now = clock_;
    if (kind < 5) now -= chance_->Below(120);
    if (kind == 5) now -= chance_->Below(10'000);
    if (kind == 6) now += chance_->Below(2'000);
    *next.command.mutable_now() = At(now);
    next.command.set_late_entry(chance_->OneIn(5));
    return next;
  }

 private:
  std::string Case() { return absl::StrCat("k", chance_->Below(4)); }

  TimedCommand Ask(const TimeModel& model) {
    TimedCommand next;
    const std::string one = Case();
    const std::string id = absl::StrCat("x", ++number_);
    switch (chance_->Below(6)) {
      case 0: {
        const std::string other = Case();
        if (other == one) break;
        // RELATED may be there already: then nothing changes, or it is refused.
        next.command =
            AskInText(absl::StrCat("link_case { case_id: '", one,
                                   "' case_link { kind: KIND_RELATED case_id: '", other, "' } }"));
        if (!linked_.insert({std::min(one, other), std::max(one, other)}).second) {
          next.command = AskInText(absl::StrCat("unlink_case { case_id: '", one,
                                                "' case_link { kind: KIND_RELATED case_id: '",
                                                other, "' } }"));
          linked_.erase({std::min(one, other), std::max(one, other)});
        }
        pair_ = {std::min(one, other), std::max(one, other)};
        next.changes = {one, other};
        return next;
      }
      case 1:
        next.command = OpenCase(id, 0);
        next.changes = {id};
        return next;
      case 2:
        // An order that is paid by gift card moves money on the account.
        next.command = testing::PlaceOrder(id, "gift");
        next.changes = {id, "gift-1"};
        return next;
      case 3:
        next.command = AskInText(
            "credit_account { account_id: 'gift-1' amount { units: 2400 currency_code: 'USD' } "
            "cause: 'top-up' }");
        next.changes = {"gift-1"};
        return next;
      case 4: {
        if (!chance_->OneIn(4)) break;
        const auto last = model.last.find(one);
        if (last == model.last.end()) break;
        next.corrected = last->second - chance_->Below(500);
        v1::CorrectEntityTime* verb = next.command.mutable_desk()->mutable_correct_entity_time();
        *next.command.mutable_actor() = testing::By("anna").actor();
        *verb->mutable_entity() = RefOfCase(one);
        *verb->mutable_update_time() = At(*next.corrected);
        next.changes = {one};
        return next;
      }
      default:
        break;
    }
    next.command = AddPart(one, id, 0);
    next.changes = {one};
    return next;
  }

 public:
  // The link of the last command was not made, or not removed.
  void TakeBackLink(const v1::Command& command) {
    if (command.case_().has_link_case()) linked_.erase(pair_);
    if (command.case_().has_unlink_case()) linked_.insert(pair_);
  }

 private:
  Chance* const chance_;
  std::int64_t clock_ = 1000;
  int number_ = 0;
  std::set<std::pair<std::string, std::string>> linked_;
  std::pair<std::string, std::string> pair_;
};

TEST(RandomTimeTest, EveryCommandIsDecidedWhenThePlainModelSays) {
  Chance chance(testing::SeedOfRun());
  int done = 0, refused = 0, late = 0, raised = 0, corrected = 0;
  for (int round = 0; round < 20; ++round) {
    const std::int64_t skew = round % 4 == 0 ? 0 : 60;
    std::unique_ptr<Desk> desk = OpenWith(absl::Seconds(skew), absl::InfiniteDuration());
    TimeModel model{skew, {}};
    for (const v1::Command& command : testing::OpeningCommands()) MustDo(*desk, command);
    // Enough for every order.
    MustDo(*desk, AskInText("credit_account { account_id: 'gift-1' amount { units: 100000000 "
                            "currency_code: 'USD' } cause: 'top-up' }"));
    model.last["gift-1"] = 0;
    for (int i = 0; i < 4; ++i) {
      MustDo(*desk, OpenCase(absl::StrCat("k", i), 900 + i));
      model.last[absl::StrCat("k", i)] = 900 + i;
    }
    TimedCommands commands(&chance);
    for (int i = 0; i < 150; ++i) {
      const TimedCommand next = commands.Next(model);
      const v1::Command& command = next.command;
      const std::int64_t now = SecondOf(command.now());
      const auto outcome = desk->Execute(command, testing::FactsFor(command));
      ASSERT_TRUE(outcome.ok()) << outcome.status() << command.ShortDebugString();
      // No last instant binds a correction.
      const absl::optional<std::int64_t> instant =
          next.corrected.has_value() ? now
                                     : model.InstantOf(next.changes, now, command.late_entry());
      if (!instant.has_value()) {
        ASSERT_THAT(Reasons(*outcome), ElementsAre(kReasonCommandTooEarly))
            << command.ShortDebugString();
        commands.TakeBackLink(command);
        ++refused;
      } else {
        ASSERT_EQ(outcome->verdict(), v1::VERDICT_DONE)
            << command.ShortDebugString() << outcome->ShortDebugString();
        std::set<std::string> changed;
        for (const v1::Event& event : outcome->events()) {
          changed.insert(event.entity().id());
          ASSERT_EQ(SecondOf(event.time()), *instant) << command.ShortDebugString();
          ASSERT_EQ(event.has_occur_time(), command.late_entry());
          if (command.late_entry()) {
            ASSERT_EQ(SecondOf(event.occur_time()), now);
          }
        }
        const auto record = desk->GetRecord(outcome->record_id());
        ASSERT_TRUE(record.ok());
        ASSERT_EQ(SecondOf(record->time()), *instant);
        ASSERT_EQ(SecondOf(record->command().now()), now);
        for (const std::string& id : changed) {
          ASSERT_EQ(std::count(next.changes.begin(), next.changes.end(), id), 1) << id;
          model.last[id] = next.corrected.value_or(*instant);
        }
        ++done;
        late += command.late_entry();
        raised += *instant > now;
        corrected += next.corrected.has_value() && !changed.empty();
      }
      for (const auto& [id, last] : model.last) {
        const v1::EntityKind kind = id[0] == 'g'                    ? v1::ENTITY_KIND_ACCOUNT
                                    : desk->Get(RefOfCase(id)).ok() ? v1::ENTITY_KIND_CASE
                                                                    : v1::ENTITY_KIND_ORDER;
        const auto state = desk->Get(Ref(kind, id));
        ASSERT_TRUE(state.ok()) << state.status();
        ASSERT_EQ(SecondOf((*state)->update_time()), last) << id;
      }
    }
  }
  std::cout << done << " done, " << refused << " refused, " << late << " late, " << raised
            << " raised, " << corrected << " corrected\n";
  EXPECT_GT(refused, 20);
  EXPECT_GT(late, 100);
  EXPECT_GT(raised, 100);
  EXPECT_GT(corrected, 5);
}

}  // namespace
}  // namespace frontdesk
