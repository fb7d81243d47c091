// Random runs of approvals: holding, changing, approving, declining, withdrawing, expiring, another policy. A plain model has the same answers,
// and after a run of eight threads the log is searched for cancellations that nobody with the authority saw.
//
// FRONTDESK_RANDOM_COMMANDS is the number of commands of a run.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/approvals_model.h"
#include "desk/chance.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace approvals_model {
namespace {

using ::frontdesk::testing::ActivationAt;
using ::frontdesk::testing::ApprovalRef;
using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::At;
using ::frontdesk::testing::Catalog;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OrderRef;
using ::frontdesk::testing::PlaceOrder;

// ---- The runs ----

template <typename List>
const auto& OneOf(Chance& chance, const List& list) {
  return list[static_cast<std::size_t>(chance.Below(static_cast<int>(list.size())))];
}

std::vector<std::shared_ptr<const Policy>> CompileAll() {
  std::vector<std::shared_ptr<const Policy>> policies;
  for (const Limits& limits : kLimits) policies.push_back(testing::MustCompile(PolicyText(limits)));
  return policies;
}

void OpenCustomer(Desk& desk) {
  for (const v1::Command& command : testing::OpeningCommands()) MustDo(desk, command);
}

class OneRun {
 public:
  explicit OneRun(std::uint64_t seed) : chance_(seed), policies_(CompileAll()) {
    desk_ = MustOpen(PolicyText(kLimits[0]));
    OpenCustomer(*desk_);
  }

  void Step() {
    now_ += chance_.OneIn(15) ? 40 : 1;
    const int what = chance_.Below(20);
    if (order_ids_.empty() || what == 0) return Place();
    const std::string order_id = AnyOrder();
    const Person& by = OneOf(chance_, People());
    if (what <= 4) return Change(order_id);
    if (what <= 9) return Ask(by, order_id);
    if (what == 10) return Activate();
    if (ids_.empty()) return;
    const std::string id = ids_[ids_.size() - 1 -
                                static_cast<std::size_t>(chance_.Below(
                                    static_cast<int>(std::min<std::size_t>(ids_.size(), 5))))];
    const int last = static_cast<int>(model_.notes[id].rounds.size());
    const int round = chance_.OneIn(6) ? 1 + chance_.Below(last + 1) : last;
    if (what == 11) {
      return Expect(model_.Decline(by, id), Execute(ByPerson(by, ResolveText("decline", id), now_)),
                    id);
    }
    if (what == 12) {
      return Expect(model_.Withdraw(by, id),
                    Execute(ByPerson(by, ResolveText("withdraw", id), now_)), id);
    }
    Expect(model_.Approve(by, id, round, At(now_).seconds()),
           Execute(ByPerson(by, ResolveText("approve", id, round), now_)), id);
  }

  // Every approval and order as the model has it.
  void CheckStates() {
    for (const auto& [id, note] : model_.notes) {
      const v1::Approval approval = (*desk_->Get(ApprovalRef(id)))->approval();
      EXPECT_EQ(v1::Approval::State_Name(approval.state()), "STATE_" + note.state) << id;
      EXPECT_EQ(approval.rounds_size(), static_cast<int>(note.rounds.size())) << id;
    }
    for (const auto& [id, variant] : model_.orders) {
      const v1::Order order = (*desk_->Get(OrderRef(id)))->order();
      EXPECT_EQ(order.state() == v1::Order::STATE_CANCELED, variant == 0) << id;
    }
  }

  // The answers that the run has had, without rounds.
  std::map<std::string, int> answers;

 private:
  std::string AnyOrder() {
    const int recent = std::min<int>(4, static_cast<int>(order_ids_.size()));
    return order_ids_[order_ids_.size() - 1 - static_cast<std::size_t>(chance_.Below(recent))];
  }

  v1::Outcome Execute(const v1::Command& command) {
    const auto outcome = desk_->Execute(command, testing::FactsFor(command));
    EXPECT_TRUE(outcome.ok()) << outcome.status() << command.ShortDebugString();
    return outcome.ok() ? *outcome : v1::Outcome();
  }

  void Place() {
    const std::string id = absl::StrCat("p", order_ids_.size());
    v1::Command command = PlaceOrder(id);
    *command.mutable_now() = At(now_);
    ASSERT_EQ(Execute(command).verdict(), v1::VERDICT_DONE);
    order_ids_.push_back(id);
    model_.orders[id] = 'a';
  }

  void Change(const std::string& order_id) {
    const char variant = "abc"[chance_.Below(3)];
    char& known = model_.orders[order_id];
    if (known == 0 || known == variant) return;
    const v1::Outcome outcome = Execute(AskInText(ChangeText(order_id, variant), now_));
    ASSERT_EQ(outcome.verdict(), v1::VERDICT_DONE) << outcome.ShortDebugString();
    known = variant;
  }

  void Activate() {
    const auto number = static_cast<std::size_t>(chance_.Below(static_cast<int>(kLimits.size())));
    ASSERT_EQ(desk_->Activate(policies_[number], ActivationAt(now_))->verdict(), v1::VERDICT_DONE);
    model_.limits = &kLimits[number];
  }

  void Ask(const Person& by, const std::string& order_id) {
    const v1::Outcome outcome = Execute(ByPerson(by, CancelText(order_id), now_));
    const std::string id = outcome.has_held() ? outcome.held().approval_id() : "none";
    const bool is_new = outcome.has_held() && model_.notes.count(id) == 0;
    if (is_new) ids_.push_back(id);
    Expect(model_.Ask(by, order_id, At(now_).seconds(), id), outcome, order_id);
  }

  void Expect(const std::string& expected, const v1::Outcome& outcome, const std::string& id) {
    ++answers[expected.substr(0, expected.find(' ', expected.find(' ') + 1))];
    ASSERT_EQ(TextOf(outcome), expected) << id << " at " << now_ << outcome.ShortDebugString();
  }

  Chance chance_;
  std::unique_ptr<Desk> desk_;
  std::vector<std::shared_ptr<const Policy>> policies_;
  Model model_;
  std::vector<std::string> order_ids_;
  std::vector<std::string> ids_;
  std::int64_t now_ = 1000;
};

int Commands() {
  return static_cast<int>(testing::NumberFromEnvironment("FRONTDESK_RANDOM_COMMANDS", 1500));
}

TEST(ApprovalsRandomTest, APlainModelAgrees) {
  const std::uint64_t seed = testing::SeedOfRun();
  OneRun run(seed);
  const int commands = Commands();
  for (int i = 0; i < commands; ++i) {
    run.Step();
    ASSERT_FALSE(::testing::Test::HasFailure()) << "command " << i << " of seed " << seed;
  }
  run.CheckStates();
  if (commands < 1000) return;
  for (const char* answer :
       {"DONE", "HELD 1", "HELD 2", "REFUSED NEVER", "REFUSED APPROVAL_STATE",
        "REFUSED APPROVAL_EXPIRED", "REFUSED APPROVAL_ROUND", "REFUSED APPROVAL_BY_REQUESTER",
        "REFUSED APPROVAL_NOT_REQUESTER", "REFUSED APPROVAL_AUTHORITY_MISSING"}) {
    EXPECT_GT(run.answers[answer], 0) << answer << " of seed " << seed;
  }
}

// ---- Eight threads ----

class ThreadRun {
 public:
  static constexpr int kThreads = 8;
  static constexpr int kOrders = 6;

  explicit ThreadRun(std::uint64_t seed) : seed_(seed), policies_(CompileAll()) {
    desk_ = MustOpen(PolicyText(kLimits[0]));
    OpenCustomer(*desk_);
    for (int i = 0; i < kOrders; ++i) Place(i);
  }

  void Run(int commands) {
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([this, i, commands] {
        Chance chance(seed_ + static_cast<std::uint64_t>(i));
        for (int n = 0; n < commands / kThreads; ++n) Step(chance);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  // Every cancellation in the log: who approved it, by which authority, having seen what. Returns their number after an approval.
  int CheckLog() {
    LogPage page;
    page.page_size = 100'000;
    const auto journal = desk_->Journal(page);
    EXPECT_TRUE(journal.ok()) << journal.status();
    if (!journal.ok()) return 0;
    int approved = 0;
    std::set<std::string> canceled;
    for (const v1::JournalRecord& record : *journal) {
      const bool cancels = record.command().order().has_cancel_order();
      if (!cancels || record.verdict() != v1::VERDICT_DONE) continue;
      EXPECT_TRUE(canceled.insert(record.entity().id()).second) << "canceled twice";
      const std::int64_t amount = record.assessed().order().assessment().refund_amount().units();
      const auto limits = std::find_if(kLimits.begin(), kLimits.end(), [&](const Limits& each) {
        return record.policy_name() == each.name;
      });
      EXPECT_NE(limits, kLimits.end()) << record.policy_name();
      EXPECT_LE(amount, limits->never);
      for (const Finding& finding : FindingsOf(*limits, amount)) {
        EXPECT_TRUE(WasSeen(record, finding, amount))
            << record.record_id() << " " << finding.first << " seed " << seed_;
      }
      if (!record.approval_id().empty()) ++approved;
    }
    return approved;
  }

 private:
  void Place(int number) {
    v1::Command command = PlaceOrder(absl::StrCat("t", number));
    *command.mutable_now() = At(++now_);
    (void)desk_->Execute(command, Catalog());
  }

  void Step(Chance& chance) {
    const std::int64_t now = ++now_;
    const Person& by = OneOf(chance, People());
    const std::string order_id = absl::StrCat("t", orders_ - 1 - chance.Below(kOrders));
    const int what = chance.Below(20);
    if (what == 0) {
      return Place(orders_++);
    } else if (what <= 4) {
      const v1::Command change = AskInText(ChangeText(order_id, "abc"[chance.Below(3)]), now);
      (void)desk_->Execute(change, Catalog());
    } else if (what <= 9) {
      const auto outcome = desk_->Execute(ByPerson(by, CancelText(order_id), now));
      if (!outcome.ok() || !outcome->has_held()) return;
      const std::lock_guard<std::mutex> lock(mutex_);
      ids_.push_back(outcome->held().approval_id());
    } else if (what == 10) {
      (void)desk_->Activate(OneOf(chance, policies_), ActivationAt(now));
    } else {
      const std::string id = AnyId(chance);
      if (id.empty()) return;
      const auto approval = desk_->Get(ApprovalRef(id));
      if (!approval.ok()) return;
      const int round = (*approval)->approval().rounds_size();
      // Somebody else may be first.
      if (chance.OneIn(2)) std::this_thread::yield();
      (void)desk_->Execute(ByPerson(by,
                                    what == 11   ? ResolveText("decline", id)
                                    : what == 12 ? ResolveText("withdraw", id)
                                                 : ResolveText("approve", id, round),
                                    now));
    }
  }

  std::string AnyId(Chance& chance) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (ids_.empty()) return "";
    const int recent = std::min<int>(6, static_cast<int>(ids_.size()));
    return ids_[ids_.size() - 1 - static_cast<std::size_t>(chance.Below(recent))];
  }

  // Whether somebody with the authority, who is not who asked, approved the finding in a round that showed as much.
  bool WasSeen(const v1::JournalRecord& done, const Finding& finding, std::int64_t amount) const {
    if (done.approval_id().empty()) return false;
    const v1::Approval approval = (*desk_->Get(ApprovalRef(done.approval_id())))->approval();
    for (const v1::ApprovalGrant& grant : approval.grants()) {
      if (Finding(grant.rule_id(), grant.authority()) != finding) continue;
      if (grant.resolver_id() == approval.requester_id()) continue;
      const v1::ApprovalRound& round = approval.rounds(grant.round() - 1);
      const bool shows = std::any_of(
          round.findings().begin(), round.findings().end(), [&](const v1::ApprovalFinding& each) {
            return each.rule_id() == finding.first && each.authority() == finding.second;
          });
      if (!shows || round.paid_amounts_size() != 1 || round.paid_amounts(0).units() < amount) {
        continue;
      }
      const auto person =
          std::find_if(People().begin(), People().end(),
                       [&grant](const Person& each) { return grant.resolver_id() == each.id; });
      if (person == People().end() || !person->has(finding.second)) continue;
      if (round.request_time().seconds() <= grant.grant_time().seconds()) return true;
    }
    return false;
  }

  const std::uint64_t seed_;
  const std::vector<std::shared_ptr<const Policy>> policies_;
  std::unique_ptr<Desk> desk_;
  std::atomic<std::int64_t> now_{1000};
  std::atomic<int> orders_{kOrders};
  std::mutex mutex_;
  std::vector<std::string> ids_;
};

TEST(ApprovalsRandomTest, NothingIsDoneThatNobodySaw) {
  const std::uint64_t seed = testing::SeedOfRun();
  ThreadRun run(seed);
  run.Run(Commands());
  const int approved = run.CheckLog();
  if (Commands() >= 1000) {
    EXPECT_GT(approved, 0) << seed;
  }
}

}  // namespace
}  // namespace approvals_model
}  // namespace frontdesk
