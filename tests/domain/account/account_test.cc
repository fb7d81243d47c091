#include "frontdesk/domain/account/account.h"

#include <algorithm>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "domain/domain_testing.h"
#include "frontdesk/base/error.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/account_input.pb.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

v1::Account MakeAccount(v1::Account::State state, int64_t units) {
  v1::Account account;
  if (state == v1::Account::STATE_UNSPECIFIED) return account;
  account.set_account_id("a1");
  account.set_kind(v1::Account::KIND_GIFT_CARD);
  account.set_state(state);
  account.mutable_balance()->set_units(units);
  account.mutable_balance()->set_currency_code("USD");
  return account;
}

absl::StatusOr<Decided> DecideOn(const v1::Command& command, const v1::Account& account) {
  v1::AccountDecisionInput input;
  SetCommand(command, &input);
  *input.mutable_account() = account;
  absl::StatusOr<Decided> decided = DecideAccount(input);
  if (decided.ok()) ExpectDeclared(command, *decided);
  return decided;
}

constexpr char kImport[] = R"(
    import_account {
      account { account_id: "a1" kind: KIND_GIFT_CARD state: STATE_ACTIVE
                balance { units: 100 currency_code: "USD" } }
      source { system: "till" } })";
constexpr char kCredit[] =
    R"(credit_account { account_id: "a1" amount { units: 5 currency_code: "USD" } cause: "refund" })";
constexpr char kDebit[] =
    R"(debit_account { account_id: "a1" amount { units: 5 currency_code: "USD" } cause: "payment" })";

TEST(AccountTest, EveryStateAndVerbAsTheTableSays) {
  int cells = 0;
  for (const Transition& cell : AccountLifecycle().transitions()) {
    for (const char* verb : {kImport, kCredit, kDebit}) {
      const v1::Command command = NoonCommand(verb);
      if (FindCommand(command) != cell.command) continue;
      ++cells;
      v1::Account account = MakeAccount(static_cast<v1::Account::State>(cell.from), 100);
      absl::StatusOr<Decided> decided = DecideOn(command, account);
      ASSERT_TRUE(decided.ok());
      if (cell.refusal_reason != nullptr) {
        ASSERT_EQ(Summary(decided->refusals), *cell.refusal_reason);
        EXPECT_EQ(decided->refusals[0].origin(), cell.from == v1::Account::STATE_UNSPECIFIED
                                                     ? v1::Refusal::ORIGIN_NOT_FOUND
                                                     : v1::Refusal::ORIGIN_INVARIANT);
        continue;
      }
      ASSERT_EQ(Summary(decided->refusals), "");
      for (const v1::Event& event : decided->events) {
        ASSERT_TRUE(EvolveAccount(event, &account).ok());
      }
      EXPECT_NE(std::find(cell.to.begin(), cell.to.end(), account.state()), cell.to.end());
    }
  }
  EXPECT_EQ(cells, static_cast<int>(AccountLifecycle().transitions().size()));
}

TEST(AccountTest, AllInvalidArgumentsAreReportedAtOnce) {
  const struct {
    const char* verb;
    const char* refusals;
  } kCases[] = {
      {kImport, ""},
      {kCredit, ""},
      {"credit_account { amount { units: 0 currency_code: 'USD' } }",
       "ARGUMENT_REQUIRED@credit_account.account_id ARGUMENT_REQUIRED@credit_account.cause"},
      {"debit_account { amount { units: -1 currency_code: 'usd' } }",
       "ARGUMENT_REQUIRED@debit_account.account_id "
       "ARGUMENT_CURRENCY_UNKNOWN@debit_account.amount.currency_code "
       "ARGUMENT_OUT_OF_RANGE@debit_account.amount.units ARGUMENT_REQUIRED@debit_account.cause"},
      {"debit_account { account_id: 'a' cause: 'x' }", "ARGUMENT_REQUIRED@debit_account.amount"},
      {"import_account {}",
       "ARGUMENT_REQUIRED@import_account.account ARGUMENT_REQUIRED@import_account.source"},
      {"import_account { account { kind: 9 state: 9 balance { units: -1 currency_code: 'XAU' } "
       "entries {} expire_time { seconds: 999999999999 } } source {} }",
       "ARGUMENT_REQUIRED@import_account.account.account_id "
       "ARGUMENT_UNKNOWN_VALUE@import_account.account.kind "
       "ARGUMENT_UNKNOWN_VALUE@import_account.account.state "
       "ARGUMENT_CURRENCY_UNKNOWN@import_account.account.balance.currency_code "
       "ARGUMENT_OUT_OF_RANGE@import_account.account.balance.units "
       "ARGUMENT_FORBIDDEN@import_account.account.entries "
       "ARGUMENT_OUT_OF_RANGE@import_account.account.expire_time "
       "ARGUMENT_REQUIRED@import_account.source.system"},
      {"cancel_order {}", ""},
  };
  for (const auto& c : kCases) {
    const std::vector<v1::Refusal> refusals = CheckAccountArguments(NoonCommand(c.verb).account());
    EXPECT_EQ(Summary(refusals), c.refusals) << c.verb;
    for (const v1::Refusal& refusal : refusals) {
      EXPECT_EQ(refusal.origin(), v1::Refusal::ORIGIN_ARGUMENT);
    }
  }
}

TEST(AccountTest, InvariantsInOrder) {
  const struct {
    const char* verb;
    const char* account;
    const char* refusals;
  } kCases[] = {
      {"credit_account { account_id: 'a1' amount { units: 1 currency_code: 'EUR' } cause: 'x' }",
       "", "ACCOUNT_CREDIT_CURRENCY@credit_account.amount"},
      {"debit_account { account_id: 'a1' amount { units: 999 currency_code: 'EUR' } cause: 'x' }",
       "expire_time { seconds: 1 }", "ACCOUNT_DEBIT_CURRENCY@debit_account.amount"},
      {"debit_account { account_id: 'a1' amount { units: 101 currency_code: 'USD' } cause: 'x' }",
       "", "ACCOUNT_DEBIT_INSUFFICIENT_BALANCE@debit_account.amount"},
      {"debit_account { account_id: 'a1' amount { units: 100 currency_code: 'USD' } cause: 'x' }",
       "", ""},
      {"debit_account { account_id: 'a1' amount { units: 0 currency_code: 'USD' } cause: 'x' }", "",
       ""},
      {"debit_account { account_id: 'a1' amount { units: 101 currency_code: 'USD' } cause: 'x' }",
       "expire_time { seconds: 1715774400 }",
       "ACCOUNT_DEBIT_EXPIRED ACCOUNT_DEBIT_INSUFFICIENT_BALANCE@debit_account.amount"},
      {"debit_account { account_id: 'a1' amount { units: 1 currency_code: 'USD' } cause: 'x' }",
       "expire_time { seconds: 1715774400 nanos: 1 }", ""},
      {"credit_account { account_id: 'a1' amount { units: 1 currency_code: 'USD' } cause: 'x' }",
       "expire_time { seconds: 1 }", ""},
      {"credit_account { account_id: 'a1' cause: 'x' "
       "amount { units: 9223372036854775807 currency_code: 'USD' } }",
       "", "ACCOUNT_CREDIT_OVERFLOW@credit_account.amount"},
  };
  for (const auto& c : kCases) {
    v1::Account account = MakeAccount(v1::Account::STATE_ACTIVE, 100);
    account.MergeFrom(FromText<v1::Account>(c.account));
    absl::StatusOr<Decided> decided = DecideOn(NoonCommand(c.verb), account);
    ASSERT_TRUE(decided.ok());
    EXPECT_EQ(Summary(decided->refusals), c.refusals) << c.verb;
  }
}

TEST(AccountTest, ImportKeepsWhatIsGivenAndSaysWhereItCameFrom) {
  v1::Account account;
  absl::StatusOr<Decided> decided = DecideOn(NoonCommand(kImport), account);
  ASSERT_TRUE(decided.ok() && !decided->refused());
  ASSERT_TRUE(EvolveAccount(decided->events.at(0), &account).ok());
  EXPECT_EQ(account.balance().units(), 100);
  EXPECT_EQ(account.import_source().system(), "till");
  EXPECT_EQ(account.create_time().seconds(), 1715774400);
  EXPECT_EQ(decided->events[0].actor_id(), "agent-1");
}

TEST(AccountTest, ACommandOfAnotherEntityIsAStatus) {
  absl::StatusOr<Decided> decided =
      DecideOn(NoonCommand("cancel_order { order_id: 'o' }"), v1::Account());
  EXPECT_EQ(GetReason(decided.status()), "COMMAND_WRONG_ENTITY");
}

TEST(AccountTest, EventsOfOthersAreNotFolded) {
  const v1::Account account = MakeAccount(v1::Account::STATE_ACTIVE, 100);
  const char* const kEvents[] = {
      "",
      "entity { kind: ENTITY_KIND_ORDER id: 'a1' }",
      "entity { kind: ENTITY_KIND_ACCOUNT id: 'a1' }",
      "entity { kind: ENTITY_KIND_ACCOUNT id: 'a1' } order_canceled {}",
      "entity { kind: ENTITY_KIND_ACCOUNT id: 'a1' } account_imported { account { account_id: 'a1' "
      "state: STATE_ACTIVE } }",
      "entity { kind: ENTITY_KIND_ACCOUNT id: 'a2' } account_credited { entry { sequence: 1 "
      "amount { units: 1 currency_code: 'USD' } balance_after { units: 101 } } }",
  };
  for (const char* text : kEvents) {
    v1::Account after = account;
    const absl::Status status = EvolveAccount(EventFromText(text), &after);
    EXPECT_EQ(GetReason(status), "EVENT_NOT_APPLICABLE") << text;
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(after.SerializeAsString(), account.SerializeAsString()) << text;
  }
}

// The balance is what the entry says, also below zero or of an account that is closed by now.
TEST(AccountTest, EntriesFoldInAnyState) {
  v1::Account account = MakeAccount(v1::Account::STATE_CLOSED, 100);
  ASSERT_TRUE(EvolveAccount(EventFromText("entity { kind: ENTITY_KIND_ACCOUNT id: 'a1' } "
                                          "account_debited { entry { sequence: 7 amount { units: "
                                          "-101 currency_code: 'USD' } balance_after { units: -1 "
                                          "currency_code: 'USD' } } }"),
                            &account)
                  .ok());
  EXPECT_EQ(account.balance().units(), -1);
  EXPECT_EQ(account.entries(account.entries_size() - 1).sequence(), 7);
}

TEST(AccountTest, RandomMovementsKeepTheLedger) {
  const uint32_t seed = 20240515;
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  v1::Account account = MakeAccount(v1::Account::STATE_ACTIVE, 500);
  int64_t expected = 500;
  int64_t sequence = 0;
  for (int i = 0; i < 5000; ++i) {
    const bool credit = random() % 2 == 0;
    const int64_t units = static_cast<int64_t>(random() % 300);
    Posting posting{credit, "a1", {}, credit ? "refund" : "payment", "o1", "k1"};
    posting.amount.set_units(units);
    posting.amount.set_currency_code("USD");
    const v1::Command command = NoonCommand("");
    const Decided decided = DecidePosting(posting, account, {command.actor(), command.now()});
    const bool fits = credit || units <= expected;
    ASSERT_EQ(decided.refused(), !fits);
    if (!fits) continue;
    expected += credit ? units : -units;
    ASSERT_EQ(decided.events.size(), 1u);
    ASSERT_TRUE(EvolveAccount(decided.events[0], &account).ok());
    ASSERT_EQ(account.balance().units(), expected);
    const v1::LedgerEntry& entry = account.entries(account.entries_size() - 1);
    ASSERT_EQ(entry.sequence(), ++sequence);
    ASSERT_EQ(entry.balance_after().units(), expected);
    ASSERT_EQ(entry.order_id(), "o1");
    ASSERT_EQ(entry.case_id(), "k1");
    ASSERT_EQ(entry.actor_id(), command.actor().actor_id());
    ASSERT_FALSE(entry.actor_id().empty());
  }
  int64_t sum = 500;
  for (const v1::LedgerEntry& entry : account.entries()) sum += entry.amount().units();
  EXPECT_EQ(sum, account.balance().units());
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
