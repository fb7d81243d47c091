#include "desk/limit_work.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace testing {
namespace {

constexpr absl::string_view kLimit = R"pb(
  name: "limit"
  totals { name: "credits_30d" commands: "CreditAccount" per: TOTAL_SUBJECT_CUSTOMER days: 30 }
  rule_sets {
    id: "credits"
    decision_points: "CreditAccount"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "limit"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "LIMIT"
      condition: "totals.given('credits_30d', 'USD') + command.credit_account.amount > money('100 USD')"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

constexpr int kThreads = 8;
constexpr std::int64_t kLimitUnits = 10'000;
// The limit is a multiple of it.
constexpr std::int64_t kCreditUnits = 250;

std::string AccountId(int worker) { return absl::StrCat("a", worker); }

void OpenAccounts(Desk& desk, int workers) {
  v1::Command create = By("anna");
  create.mutable_customer()->mutable_create_customer()->set_customer_id("c1");
  create.mutable_customer()->mutable_create_customer()->set_given_name("x");
  MustDo(desk, create);
  for (int i = 0; i < workers; ++i) {
    v1::Command command = By("anna");
    v1::ImportAccount& import = *command.mutable_account()->mutable_import_account();
    import.mutable_source()->set_system("old");
    v1::Account& account = *import.mutable_account();
    account.set_account_id(AccountId(i));
    account.set_kind(v1::Account::KIND_GIFT_CARD);
    account.set_state(v1::Account::STATE_ACTIVE);
    account.set_customer_id("c1");
    account.mutable_balance()->set_currency_code("USD");
    MustDo(desk, command);
  }
}

// Asks for one credit after the other until one is refused. Returns whether there was no error.
bool CreditUntilRefused(Desk& desk, int worker) {
  v1::Command command = By(absl::StrCat("u", worker), 10);
  v1::CreditAccount& credit = *command.mutable_account()->mutable_credit_account();
  credit.set_account_id(AccountId(worker));
  credit.set_cause("goodwill");
  credit.mutable_amount()->set_units(kCreditUnits);
  credit.mutable_amount()->set_currency_code("USD");
  while (true) {
    const auto outcome = desk.Execute(command);
    // All others were quicker each time: it may be asked again.
    if (absl::IsAborted(outcome.status())) continue;
    if (!outcome.ok()) {
      ADD_FAILURE() << outcome.status();
      return false;
    }
    if (outcome->verdict() != v1::VERDICT_DONE) return Reasons(*outcome)[0] == "LIMIT";
  }
}

// The work of one process. Returns whether there was no error.
bool RunThreads(const std::shared_ptr<store::Store>& store, int first_worker) {
  const std::unique_ptr<Desk> desk = MustOpen(kLimit, store);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] { good += CreditUntilRefused(*desk, first_worker + i) ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  return good == kThreads;
}

}  // namespace

void CreditUpToTheLimit(int processes, const std::function<std::shared_ptr<store::Store>()>& open) {
  OpenAccounts(*MustOpen(kLimit, open()), (1 + processes) * kThreads);
  // While this process has no thread and no open store.
  std::vector<pid_t> children;
  for (int i = 0; i < processes; ++i) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(RunThreads(open(), (1 + i) * kThreads) ? 0 : 1);
    children.push_back(child);
  }
  const std::shared_ptr<store::Store> store = open();
  EXPECT_TRUE(RunThreads(store, 0));
  for (const pid_t child : children) {
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  }

  const std::unique_ptr<Desk> desk = MustOpen(kLimit, store);
  std::int64_t given = 0;
  for (int i = 0; i < (1 + processes) * kThreads; ++i) {
    given += (*desk->Get(AccountRef(AccountId(i))))->account().balance().units();
  }
  EXPECT_EQ(given, kLimitUnits);
  // Each decision is made again on the totals of then.
  LogPage page;
  page.page_size = 10'000;
  int exact = 0;
  const auto journal = desk->Journal(page);
  ASSERT_TRUE(journal.ok()) << journal.status();
  for (const v1::JournalRecord& record : *journal) {
    if (!record.has_counted()) continue;
    const auto input = desk->DecisionInputOf(record.record_id());
    ASSERT_TRUE(input.ok()) << input.status();
    EXPECT_EQ(input->fidelity(), v1::RebuiltInput::FIDELITY_EXACT);
    ++exact;
  }
  EXPECT_EQ(exact, kLimitUnits / kCreditUnits + (1 + processes) * kThreads);
  const auto report = desk->VerifyRows();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_FALSE(report->has_fault()) << report->ShortDebugString();
}

}  // namespace testing
}  // namespace frontdesk
