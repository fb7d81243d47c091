// Totals of commands that went through a desk, against a plain list.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "desk/chance.h"
#include "desk/limit_work.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/log_transfer.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/event_log/event_log.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::Chance;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;

// Credits above 50 USD are held, above 80 refused, one without an amount is of 7 USD.
constexpr absl::string_view kCredits = R"pb(
  name: "credits"
  rule_sets {
    id: "credit"
    decision_points: "CreditAccount"
    hit_policy: HIT_POLICY_ALL
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "usual"
      order: 1
      outcome: POLICY_OUTCOME_ALLOW
      condition: "true"
      outputs { name: "amount" expression: "money('7 USD')" }
    }
    rules {
      id: "high"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "HIGH"
      authority: "lead"
      condition: "has(command.credit_account.amount) && command.credit_account.amount > money('50 USD')"
    }
    rules {
      id: "too_high"
      order: 3
      outcome: POLICY_OUTCOME_REFUSE
      reason: "TOO_HIGH"
      condition: "has(command.credit_account.amount) && command.credit_account.amount > money('80 USD')"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

constexpr int kAccounts = 4;

// A credit that was asked, or given.
struct Entry {
  std::string account;
  std::string customer;
  std::string actor;
  std::string cause;
  absl::Time time;
  absl::optional<std::int64_t> asked;
  absl::optional<std::int64_t> given;
  bool is_asked = false;
  bool is_given = false;
};

class CreditDesk {
 public:
  explicit CreditDesk(std::uint64_t seed) : chance_(seed), store_(store::MakeMemoryStore()) {
    desk_ = MustOpen(kCredits, store_);
    for (const char* id : {"c0", "c1"}) {
      v1::Command create = testing::By("anna");
      create.mutable_customer()->mutable_create_customer()->set_customer_id(id);
      create.mutable_customer()->mutable_create_customer()->set_given_name("x");
      MustDo(*desk_, create);
    }
    for (int i = 0; i < kAccounts; ++i) {
      v1::Command command = testing::By("anna");
      v1::ImportAccount& import = *command.mutable_account()->mutable_import_account();
      import.mutable_source()->set_system("old");
      v1::Account& account = *import.mutable_account();
      account.set_account_id(absl::StrCat("a", i));
      account.set_kind(v1::Account::KIND_GIFT_CARD);
      account.set_state(v1::Account::STATE_ACTIVE);
      account.set_customer_id(CustomerOf(i));
      account.mutable_balance()->set_currency_code("USD");
      MustDo(*desk_, command);
    }
  }

  // One step: a credit, a group of them, an approval that is approved or declined.
  void Step() {
    ++step_;
    if (!held_.empty() && chance_.OneIn(6)) {
      Resolve();
    } else if (chance_.OneIn(10)) {
      std::vector<CommandWithFacts> commands(1 + chance_.Below(5));
      for (CommandWithFacts& each : commands) each.command = Credit();
      const auto outcomes = desk_->ExecuteAll(commands);
      for (std::size_t i = 0; i < commands.size(); ++i) Note(commands[i].command, *outcomes[i]);
    } else {
      const v1::Command command = Credit();
      const auto outcome = desk_->Execute(command);
      ASSERT_TRUE(outcome.ok()) << outcome.status();
      Note(command, *outcome);
    }
  }

  TotalKey RandomKey() {
    TotalKey key;
    key.command = domain::FindCommandByName("CreditAccount");
    switch (chance_.Below(4)) {
      case 0:
        key.subject = v1::TOTAL_SUBJECT_CUSTOMER;
        key.id = absl::StrCat("c", chance_.Below(2));
        break;
      case 1:
        key.subject = v1::TOTAL_SUBJECT_ACTOR;
        key.id = absl::StrCat("u", chance_.Below(3));
        break;
      case 2:
        key.subject = v1::TOTAL_SUBJECT_ACCOUNT;
        key.id = absl::StrCat("a", chance_.Below(kAccounts));
        break;
      default:
        break;
    }
    if (chance_.OneIn(2)) key.reason = absl::StrCat("cause", chance_.Below(2));
    return key;
  }
  absl::Time RandomFrom() {
    return chance_.OneIn(3) ? absl::InfinitePast() : TimeAt(chance_.Below(step_ * 60 + 1));
  }

  // The total by looking at each entry.
  v1::Total Recount(const TotalKey& key, absl::Time from) const {
    v1::Total total;
    std::int64_t asked = 0;
    std::int64_t given = 0;
    bool has_asked = false;
    bool has_given = false;
    for (const Entry& entry : entries_) {
      if (entry.time < from) continue;
      if (key.subject == v1::TOTAL_SUBJECT_CUSTOMER && entry.customer != key.id) continue;
      if (key.subject == v1::TOTAL_SUBJECT_ACTOR && entry.actor != key.id) continue;
      if (key.subject == v1::TOTAL_SUBJECT_ACCOUNT && entry.account != key.id) continue;
      if (key.reason.has_value() && entry.cause != *key.reason) continue;
      total.set_asked_count(total.asked_count() + (entry.is_asked ? 1 : 0));
      total.set_given_count(total.given_count() + (entry.is_given ? 1 : 0));
      asked += entry.asked.value_or(0);
      given += entry.given.value_or(0);
      has_asked |= entry.asked.has_value();
      has_given |= entry.given.has_value();
    }
    if (has_asked) *total.add_asked() = Dollars(asked);
    if (has_given) *total.add_given() = Dollars(given);
    return total;
  }

  const std::shared_ptr<store::Store>& store() const { return store_; }
  Desk& desk() const { return *desk_; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Held {
    std::string approval_id;
    Entry entry;
  };

  static std::string CustomerOf(int account) { return absl::StrCat("c", account % 2); }
  static absl::Time TimeAt(std::int64_t seconds) {
    return absl::FromUnixSeconds(testing::At(seconds).seconds());
  }
  static v1::Money Dollars(std::int64_t units) {
    v1::Money money;
    money.set_units(units);
    money.set_currency_code("USD");
    return money;
  }

  // Clocks differ by some seconds, and some commands are late entries.
  void SetTime(v1::Command* command) {
    const std::int64_t now = 1'000 + step_ * 60;
    if (chance_.OneIn(6)) {
      command->set_late_entry(true);
      *command->mutable_now() = testing::At(chance_.Below(static_cast<int>(now)));
    } else {
      *command->mutable_now() = testing::At(now + chance_.Below(50) - 25);
    }
  }

  v1::Command Credit() {
    v1::Command command = testing::By(absl::StrCat("u", chance_.Below(3)));
    SetTime(&command);
    v1::CreditAccount& credit = *command.mutable_account()->mutable_credit_account();
    credit.set_account_id(absl::StrCat("a", chance_.Below(kAccounts)));
    credit.set_cause(absl::StrCat("cause", chance_.Below(2)));
    if (!chance_.OneIn(5)) *credit.mutable_amount() = Dollars(chance_.Below(10'000));
    return command;
  }

  absl::Time DecidedAt(const v1::Outcome& outcome) {
    const auto record = desk_->GetRecord(outcome.record_id());
    EXPECT_TRUE(record.ok()) << record.status();
    return absl::FromUnixSeconds(record->time().seconds());
  }

  void Note(const v1::Command& command, const v1::Outcome& outcome) {
    const v1::CreditAccount& credit = command.account().credit_account();
    Entry entry;
    entry.account = credit.account_id();
    entry.customer = CustomerOf(credit.account_id().back() - '0');
    entry.actor = command.actor().actor_id();
    entry.cause = credit.cause();
    entry.time = DecidedAt(outcome);
    entry.is_asked = true;
    if (credit.has_amount()) entry.asked = credit.amount().units();
    if (outcome.verdict() == v1::VERDICT_DONE) {
      entry.is_given = true;
      entry.given = credit.has_amount() ? credit.amount().units() : 700;
    }
    // The same request may wait already.
    const std::string& approval_id = outcome.held().approval_id();
    const bool is_known = std::any_of(held_.begin(), held_.end(), [&approval_id](const Held& held) {
      return held.approval_id == approval_id;
    });
    if (outcome.verdict() == v1::VERDICT_HELD && !is_known) held_.push_back({approval_id, entry});
    entries_.push_back(std::move(entry));
  }

  // The credit is given at the instant of its approval, and not asked again.
  void Resolve() {
    const std::size_t place =
        static_cast<std::size_t>(chance_.Below(static_cast<int>(held_.size())));
    Held held = held_[place];
    held_.erase(held_.begin() + static_cast<std::ptrdiff_t>(place));
    ApprovalResolution resolution;
    resolution.actor = testing::By("lena").actor();
    resolution.actor.add_authorities("lead");
    resolution.now = testing::At(1'000 + step_ * 60);
    if (chance_.OneIn(3)) {
      ASSERT_TRUE(desk_->Decline(held.approval_id, resolution).ok());
      return;
    }
    const auto outcome = desk_->Approve(held.approval_id, resolution);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    ASSERT_EQ(outcome->verdict(), v1::VERDICT_DONE) << outcome->ShortDebugString();
    held.entry.time = DecidedAt(*outcome);
    held.entry.is_asked = false;
    held.entry.is_given = true;
    held.entry.given = std::exchange(held.entry.asked, absl::nullopt);
    entries_.push_back(std::move(held.entry));
  }

  Chance chance_;
  std::shared_ptr<store::Store> store_;
  std::unique_ptr<Desk> desk_;
  int step_ = 0;
  std::vector<Entry> entries_;
  std::vector<Held> held_;
};

TEST(DeskTotalsTest, TotalsAreThoseOfAPlainList) {
  CreditDesk credits(testing::SeedOfRun());
  const auto check = [&credits](int times) {
    const auto view = event_log::ReadStore(*credits.store(), Evolve);
    ASSERT_TRUE(view.ok()) << view.status();
    for (int i = 0; i < times; ++i) {
      const TotalKey key = credits.RandomKey();
      const absl::Time from = credits.RandomFrom();
      const auto summed = view->SumTotal(key, from);
      ASSERT_TRUE(summed.ok()) << summed.status();
      ASSERT_EQ(summed->total.DebugString(), credits.Recount(key, from).DebugString())
          << key.subject << " " << key.id << " " << from;
    }
  };
  for (int i = 0; i < 1'000; ++i) {
    credits.Step();
    if (::testing::Test::HasFatalFailure()) return;
    if (i % 20 == 0) check(1);
  }
  check(200);
  EXPECT_GT(credits.size(), 1'000u);

  // The rows follow from the log, wherever it is.
  const auto report = credits.desk().VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->has_fault()) << report->ShortDebugString();
}

// Each record keeps its part in totals: an export has it, and the store that is made of it.
TEST(DeskTotalsTest, AnImportedLogHasItsTotals) {
  CreditDesk credits(7);
  for (int i = 0; i < 50; ++i) credits.Step();
  const std::shared_ptr<store::Store> copy = store::MakeMemoryStore();
  auto importer = *LogImporter::Make(copy, LogFormat::kJsonLines);
  ASSERT_TRUE(ExportLog(*credits.store(), LogFormat::kJsonLines, [&](absl::string_view piece) {
                return importer->Read(piece);
              }).ok());
  ASSERT_TRUE(importer->Finish().ok());
  const auto view = event_log::ReadStore(*copy, Evolve);
  ASSERT_TRUE(view.ok()) << view.status();
  for (int i = 0; i < 20; ++i) {
    const TotalKey key = credits.RandomKey();
    EXPECT_EQ(view->SumTotal(key, absl::InfinitePast())->total.DebugString(),
              credits.Recount(key, absl::InfinitePast()).DebugString());
  }
}

constexpr absl::string_view kTotals = R"pb(
  name: "totals"
  totals {
    name: "of_customer"
    commands: "CreditAccount"
    per: TOTAL_SUBJECT_CUSTOMER
    duration { seconds: 6000 }
  }
  totals {
    name: "of_actor"
    commands: "CreditAccount"
    per: TOTAL_SUBJECT_ACTOR
    per: TOTAL_SUBJECT_REASON
  }
  totals { name: "all" commands: "CreditAccount" commands: "DebitAccount" }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

constexpr int kCustomers = 5;

std::string CustomerId(int customer) { return absl::StrCat("c", customer); }

v1::Command CreditOf(int customer, std::int64_t seconds, absl::string_view cause = "gift") {
  v1::Command command = testing::By("anna", seconds);
  v1::CreditAccount& credit = *command.mutable_account()->mutable_credit_account();
  credit.set_account_id(absl::StrCat("of-", CustomerId(customer)));
  credit.set_cause(std::string(cause));
  credit.mutable_amount()->set_units(1 + customer);
  credit.mutable_amount()->set_currency_code("USD");
  return command;
}

std::unique_ptr<Desk> OpenCustomers() {
  std::unique_ptr<Desk> desk = MustOpen(kTotals);
  for (int i = 0; i < kCustomers; ++i) {
    v1::Command create = testing::By("anna");
    create.mutable_customer()->mutable_create_customer()->set_customer_id(CustomerId(i));
    create.mutable_customer()->mutable_create_customer()->set_given_name("x");
    MustDo(*desk, create);
    v1::Command command = testing::By("anna");
    v1::ImportAccount& import = *command.mutable_account()->mutable_import_account();
    import.mutable_source()->set_system("old");
    v1::Account& account = *import.mutable_account();
    account.set_account_id(absl::StrCat("of-", CustomerId(i)));
    account.set_kind(v1::Account::KIND_GIFT_CARD);
    account.set_state(v1::Account::STATE_ACTIVE);
    account.set_customer_id(CustomerId(i));
    account.mutable_balance()->set_currency_code("USD");
    MustDo(*desk, command);
  }
  return desk;
}

// A merge adds the commands of the merged customer, and an unmerge subtracts them, over any depth of merges.
TEST(DeskTotalsTest, MergedCustomersCountTogether) {
  Chance chance(testing::SeedOfRun());
  const std::unique_ptr<Desk> desk = OpenCustomers();
  // The direct survivor of each customer; -1: it is merged into none.
  std::vector<int> into(kCustomers, -1);
  const auto root_of = [&into](int customer) {
    while (into[customer] >= 0) customer = into[customer];
    return customer;
  };
  std::vector<std::pair<int, std::int64_t>> credits;
  int merges = 0;
  int unmerges = 0;
  for (int step = 1; step <= 400; ++step) {
    const std::int64_t seconds = step * 60;
    const int customer = chance.Below(kCustomers);
    const int other = chance.Below(kCustomers);
    v1::Command command = testing::By("anna", seconds);
    if (chance.OneIn(4) && customer != other) {
      v1::MergeCustomers& merge = *command.mutable_customer()->mutable_merge_customers();
      merge.set_customer_id(CustomerId(customer));
      merge.set_merged_customer_id(CustomerId(other));
      const auto outcome = desk->Execute(command);
      // Without events it was merged already.
      if (outcome.ok() && outcome->verdict() == v1::VERDICT_DONE && !outcome->events().empty()) {
        into[other] = customer;
        ++merges;
      }
    } else if (chance.OneIn(4) && into[other] >= 0) {
      v1::UnmergeCustomers& unmerge = *command.mutable_customer()->mutable_unmerge_customers();
      unmerge.set_customer_id(CustomerId(into[other]));
      unmerge.set_merged_customer_id(CustomerId(other));
      const auto outcome = desk->Execute(command);
      if (outcome.ok() && outcome->verdict() == v1::VERDICT_DONE) {
        into[other] = -1;
        ++unmerges;
      }
    } else {
      MustDo(*desk, CreditOf(customer, seconds));
      credits.emplace_back(customer, seconds);
    }
    std::int64_t expected = 0;
    for (const auto& [credited, time] : credits) {
      if (root_of(credited) == root_of(customer) && time > seconds - 6'000)
        expected += 1 + credited;
    }
    const auto total = desk->GetTotal("of_customer", CustomerId(customer),
                                      absl::FromUnixSeconds(testing::At(seconds).seconds()));
    ASSERT_TRUE(total.ok()) << total.status();
    ASSERT_EQ(total->given().empty() ? 0 : total->given(0).units(), expected) << "step " << step;
  }
  EXPECT_GT(merges, 3);
  EXPECT_GT(unmerges, 1);
}

TEST(DeskTotalsTest, AQuestionThatDoesNotFitIsAnError) {
  const std::unique_ptr<Desk> desk = OpenCustomers();
  MustDo(*desk, CreditOf(1, 60, "gift"));
  MustDo(*desk, CreditOf(2, 60, "refund"));
  const absl::Time now = absl::FromUnixSeconds(testing::At(60).seconds());
  EXPECT_EQ(desk->GetTotal("all", "", now)->given_count(), 2);
  EXPECT_EQ(desk->GetTotal("all", "", now)->name(), "all");
  EXPECT_EQ(desk->GetTotal("of_actor", "anna", now, "refund")->given(0).units(), 3);
  EXPECT_EQ(desk->GetTotal("of_customer", "nobody", now)->given_count(), 0);
  const auto reason = [&](absl::string_view name, absl::string_view id, absl::string_view of = "") {
    return GetReason(desk->GetTotal(name, id, now, of).status());
  };
  EXPECT_EQ(reason("other", ""), "TOTAL_NOT_FOUND");
  EXPECT_EQ(reason("all", "c1"), "TOTAL_SUBJECT_MISMATCH");
  EXPECT_EQ(reason("all", "", "gift"), "TOTAL_SUBJECT_MISMATCH");
  EXPECT_EQ(reason("of_customer", ""), "TOTAL_SUBJECT_MISMATCH");
  EXPECT_EQ(reason("of_actor", "anna"), "TOTAL_SUBJECT_MISMATCH");
  EXPECT_EQ(reason("of_customer", "c\n1"), "ENTITY_REF_MALFORMED");
}

TEST(DeskTotalsTest, ThreadsNeverPassALimit) {
  const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
  testing::CreditUpToTheLimit(/*processes=*/0, [&store] { return store; });
}

}  // namespace
}  // namespace frontdesk
