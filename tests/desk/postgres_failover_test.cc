// Desks in a database whose primary is killed: they go on at its standby.
//
// FRONTDESK_POSTGRES_FAILOVERS is the number of failovers; 1 without it.
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/base/id.h"
#include "frontdesk/desk/desk.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "store/postgres_testing.h"

namespace frontdesk {
namespace {

using store::ScratchPostgres;

// Commands on their way when the primary ends, and behind it.
constexpr int kCommandsOfARound = 60;

class FailoverTest : public ::testing::Test {
 protected:
  void SetUp() override {
    pair_ = std::make_unique<ScratchPostgres>("--standby");
    if (!pair_->absence().empty()) GTEST_SKIP() << pair_->absence();
    // Where nobody may read from a primary that has ended.
    ASSERT_NE(pair_->parameters().find("target_session_attrs=read-write"), std::string::npos);
  }

  // A desk as a process of its own has it: with its own connections and ids.
  std::unique_ptr<Desk> OpenDesk(const store::PostgresOptions& how = {}) {
    auto store = store::PostgresStore::Open(pair_->parameters(), how);
    EXPECT_TRUE(store.ok()) << store.status();
    DeskOptions options;
    options.policy = testing::MustCompile(testing::kAllowAll);
    options.store = *std::move(store);
    auto random = std::make_shared<std::mt19937_64>(std::random_device{}());
    options.id_source = std::make_shared<TimeOrderedIdSource>([random] { return (*random)(); });
    auto desk = Desk::Open(std::move(options));
    EXPECT_TRUE(desk.ok()) << desk.status();
    return *std::move(desk);
  }

  static v1::Command OpenCase(const std::string& id) {
    v1::Command command = testing::By("anna", 10);
    command.set_idempotency_key(absl::StrCat("open-", id));
    v1::OpenCase& verb = *command.mutable_case_()->mutable_open_case();
    verb.set_case_id(id);
    verb.set_kind(v1::Case::KIND_TROUBLE);
    verb.set_subject("a lamp");
    return command;
  }
  static v1::Command ChangeSubject(const std::string& id, const std::string& subject) {
    v1::Command command = testing::By("anna", 10);
    v1::ChangeCaseSubject& verb = *command.mutable_case_()->mutable_change_case_subject();
    verb.set_case_id(id);
    verb.set_subject(subject);
    return command;
  }
  static v1::EntityRef CaseRef(const std::string& id) {
    v1::EntityRef entity;
    entity.set_kind(v1::ENTITY_KIND_CASE);
    entity.set_id(id);
    return entity;
  }

  static std::vector<std::string> AllRecords(const Desk& desk) {
    std::vector<std::string> records;
    LogPage page;
    while (true) {
      const auto found = desk.Journal(page);
      EXPECT_TRUE(found.ok()) << found.status();
      if (!found.ok() || found->empty()) return records;
      for (const v1::JournalRecord& record : *found) records.push_back(record.record_id());
      page.after = found->back().sequence();
    }
  }

  static void ExpectNoFault(const Desk& desk) {
    const auto chain = desk.Verify();
    ASSERT_TRUE(chain.ok()) << chain.status();
    EXPECT_FALSE(chain->has_fault()) << chain->ShortDebugString();
    const auto rows = desk.VerifyRows();
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_FALSE(rows->has_fault()) << rows->ShortDebugString();
  }

  std::unique_ptr<ScratchPostgres> pair_;
};

// Threads that open cases of their own, and change one that they share.
class Writers {
 public:
  Writers(std::vector<Desk*> desks, int threads_each) {
    for (Desk* desk : desks) {
      for (int i = 0; i < threads_each; ++i) {
        threads_.emplace_back([this, desk, number = threads_.size()] { Work(desk, number); });
      }
    }
  }
  ~Writers() { End(); }
  Writers(const Writers&) = delete;
  Writers& operator=(const Writers&) = delete;

  void End() {
    is_over_ = true;
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }
  void AwaitMore(int commands) {
    std::unique_lock<std::mutex> lock(mutex_);
    const std::size_t end = records_.size() + static_cast<std::size_t>(commands);
    changed_.wait(lock, [&] { return records_.size() >= end || ::testing::Test::HasFailure(); });
  }

  int repeated() const { return repeated_; }
  // The records of done commands, as they were acknowledged. When the threads have ended.
  const std::vector<std::string>& records() const { return records_; }

 private:
  void Work(Desk* desk, std::size_t number) {
    for (int i = 0; !is_over_; ++i) {
      const std::string id = absl::StrCat("case-", number, "-", i);
      v1::Command command = testing::By("anna", 10);
      if (i % 2 == 0) {
        v1::OpenCase& verb = *command.mutable_case_()->mutable_open_case();
        verb.set_case_id(id);
        verb.set_kind(v1::Case::KIND_TROUBLE);
        verb.set_subject("a lamp");
      } else {
        v1::ChangeCaseSubject& verb = *command.mutable_case_()->mutable_change_case_subject();
        verb.set_case_id("shared");
        verb.set_subject(id);
      }
      command.set_idempotency_key(id);
      if (!Do(desk, command)) return;
    }
  }

  bool Do(Desk* desk, const v1::Command& command) {
    while (true) {
      const auto outcome = desk->Execute(command);
      // A snapshot whose server has ended, where others have committed since.
      if (outcome.status().code() == absl::StatusCode::kUnavailable) {
        if (::testing::Test::HasFailure()) return false;
        ++repeated_;
        continue;
      }
      const bool is_done = outcome.ok() && outcome->verdict() == v1::VERDICT_DONE;
      const std::lock_guard<std::mutex> lock(mutex_);
      EXPECT_TRUE(is_done) << outcome.status() << (outcome.ok() ? outcome->ShortDebugString() : "");
      if (is_done) records_.push_back(outcome->record_id());
      changed_.notify_all();
      return is_done;
    }
  }

  std::atomic<bool> is_over_{false};
  std::atomic<int> repeated_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> records_;  // Guarded by mutex_.
  std::vector<std::thread> threads_;
};

TEST_F(FailoverTest, NothingAcknowledgedIsLostAndNothingIsDoneTwice) {
  const auto failovers =
      static_cast<int>(testing::NumberFromEnvironment("FRONTDESK_POSTGRES_FAILOVERS", 1));
  const auto one = OpenDesk(), other = OpenDesk();
  testing::MustDo(*one, OpenCase("shared"));
  Writers writers({one.get(), other.get()}, 3);
  for (int i = 0; i < failovers && !HasFailure(); ++i) {
    writers.AwaitMore(kCommandsOfARound);
    pair_->Kill();
    pair_->Promote();
    // They go on by themselves.
    writers.AwaitMore(kCommandsOfARound);
    if (i + 1 < failovers) pair_->MakeStandby();
  }
  writers.End();
  std::cout << failovers << " failovers, " << writers.records().size() << " commands, "
            << writers.repeated() << " repeated by their caller\n";
  const auto desk = OpenDesk();
  ExpectNoFault(*desk);
  const std::vector<std::string> records = AllRecords(*desk);
  EXPECT_EQ(records.size(), 1 + writers.records().size());
  EXPECT_THAT(std::set<std::string>(records.begin(), records.end()),
              ::testing::IsSupersetOf(writers.records()));
}

// A primary acknowledges nothing while its standby is away. It is not known then whether a command will be done; its key is good for a
// repetition.
TEST_F(FailoverTest, ACommandThatWaitsForTheStandbyIsDoneOnce) {
  store::PostgresOptions impatient;
  impatient.lock_timeout = absl::Milliseconds(100);
  impatient.statement_timeout = absl::Milliseconds(100);
  impatient.retry_timeout = absl::Milliseconds(100);
  const auto desk = OpenDesk(impatient);
  testing::MustDo(*desk, OpenCase("one"));
  pair_->Halt();
  EXPECT_EQ(desk->Execute(OpenCase("two")).status().code(), absl::StatusCode::kUnavailable);
  // The first one still has the lock of the desk.
  EXPECT_EQ(desk->Execute(OpenCase("three")).status().code(), absl::StatusCode::kUnavailable);
  pair_->Resume();
  while (!HasFailure()) {
    const auto outcome = desk->Execute(OpenCase("two"));
    if (outcome.status().code() == absl::StatusCode::kUnavailable) continue;
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
    break;
  }
  testing::MustDo(*desk, OpenCase("three"));
  const auto after = OpenDesk();
  ExpectNoFault(*after);
  EXPECT_EQ(AllRecords(*after).size(), 3u);
}

// docs/scaling.md: whole commands, from the end.
TEST_F(FailoverTest, AnAsynchronousStandbyLosesTheNewestCommandsWhole) {
  const auto desk = OpenDesk();
  for (const char* const id : {"one", "two"}) testing::MustDo(*desk, OpenCase(id));
  pair_->Detach();
  testing::MustDo(*desk, OpenCase("lost"));
  testing::MustDo(*desk, ChangeSubject("one", "lost"));
  pair_->Kill();
  pair_->Promote();
  {
    const auto after = OpenDesk();
    ExpectNoFault(*after);
    EXPECT_EQ(after->Journal()->size(), 2u);
    EXPECT_EQ(after->Get(CaseRef("lost")).status().code(), absl::StatusCode::kNotFound);
  }
  // A desk that has seen the lost commands goes on without them.
  testing::MustDo(*desk, ChangeSubject("one", "kept"));
  testing::MustDo(*desk, ChangeSubject("two", "kept"));
  testing::MustDo(*desk, OpenCase("lost"));
  const auto after = OpenDesk();
  ExpectNoFault(*after);
  EXPECT_EQ(after->Journal()->size(), 5u);
  EXPECT_EQ((*after->Get(CaseRef("one")))->case_().subject(), "kept");
}

}  // namespace
}  // namespace frontdesk
