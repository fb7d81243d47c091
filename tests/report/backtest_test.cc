#include "frontdesk/report/backtest.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "desk/chance.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/base/timestamp.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/make_command.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace report {
namespace {

using ::frontdesk::testing::Chance;
using ::frontdesk::testing::OpenRandomDesk;
using ::frontdesk::testing::RandomCommands;
using ::frontdesk::testing::SeedOfRun;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::string_view kBank = R"policy(
  name: "bank" version: "$V"
  rule_sets {
    id: "credits" decision_points: "CreditAccount" default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "large" order: 20 outcome: POLICY_OUTCOME_HOLD reason: "CREDIT_LARGE" authority: "approve_credit"
      condition: "command.credit_account.amount > money('$H EUR')"
    }
    rules {
      id: "too_large" order: 10 outcome: POLICY_OUTCOME_REFUSE reason: "CREDIT_TOO_LARGE"
      condition: "command.credit_account.amount > money('$R EUR')"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)policy";

std::shared_ptr<const Policy> Bank(absl::string_view version, absl::string_view hold,
                                   absl::string_view refuse) {
  PolicyResult result = Policy::FromText(
      absl::StrReplaceAll(kBank, {{"$V", version}, {"$H", hold}, {"$R", refuse}}), "bank");
  EXPECT_TRUE(result.status().ok()) << result.status();
  return result.policy;
}

// A desk on which 50, 150, 250 and 400 EUR were credited: done, held and approved, held, refused.
std::unique_ptr<Desk> OpenBank() {
  DeskOptions options;
  options.policy = Bank("1", "100", "300");
  std::unique_ptr<Desk> desk = *Desk::Open(std::move(options));
  absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  const v1::Actor anna = MakeActor("anna");
  v1::ImportAccount import;
  import.mutable_account()->set_account_id("a1");
  import.mutable_account()->set_kind(v1::Account::KIND_STORE_CREDIT);
  import.mutable_account()->set_state(v1::Account::STATE_ACTIVE);
  *import.mutable_account()->mutable_balance() = *MakeMoney(0, "EUR");
  import.mutable_source()->set_system("bank");
  EXPECT_EQ(desk->Execute(MakeCommand(anna, now, import))->verdict(), v1::VERDICT_DONE);
  std::string approval;
  for (const int amount : {50, 150, 250, 400}) {
    now += absl::Minutes(1);
    v1::CreditAccount credit;
    credit.set_account_id("a1");
    credit.set_cause("goodwill");
    *credit.mutable_amount() = *MakeMoney(amount * 100, "EUR");
    const v1::Outcome outcome = *desk->Execute(MakeCommand(anna, now, credit));
    if (amount == 150) approval = outcome.held().approval_id();
  }
  ApprovalResolution resolution;
  resolution.actor = MakeActor("boss", v1::Actor::KIND_AGENT, {}, {"approve_credit"});
  resolution.now = ToTimestamp(now + absl::Minutes(1));
  EXPECT_EQ(desk->Approve(approval, resolution)->verdict(), v1::VERDICT_DONE);
  return desk;
}

std::string Verdicts(const google::protobuf::RepeatedPtrField<v1::VerdictChange>& verdicts) {
  std::string text;
  for (const v1::VerdictChange& change : verdicts) {
    absl::StrAppend(&text, v1::Verdict_Name(change.before()), " ", v1::Verdict_Name(change.after()),
                    " ", change.count());
    for (const v1::Money& money : change.before_amounts()) {
      absl::StrAppend(&text, " ", FormatMoney(money));
    }
    absl::StrAppend(&text, "\n");
  }
  return text;
}

TEST(BacktestTest, NothingChangesUnderTheSamePolicy) {
  const std::unique_ptr<Desk> desk = OpenBank();
  const absl::StatusOr<v1::BacktestReport> report = Backtest(*desk, desk->policy());
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->changed_count(), 0);
  EXPECT_EQ(report->undecided_count(), 0);
  EXPECT_EQ(report->approved_count(), 1);
  EXPECT_EQ(Verdicts(report->verdicts()),
            "VERDICT_DONE VERDICT_DONE 3 200.00 EUR\n"
            "VERDICT_REFUSED VERDICT_REFUSED 1 400.00 EUR\n"
            "VERDICT_HELD VERDICT_HELD 2 400.00 EUR\n");
}

TEST(BacktestTest, CountsWhatAnotherLimitWouldHaveChanged) {
  const std::unique_ptr<Desk> desk = OpenBank();
  const absl::StatusOr<v1::BacktestReport> report = Backtest(*desk, Bank("2", "200", "500"));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->record_count(), 6);
  EXPECT_EQ(report->changed_count(), 2);
  EXPECT_EQ(Verdicts(report->verdicts()),
            "VERDICT_DONE VERDICT_DONE 3 200.00 EUR\n"
            "VERDICT_REFUSED VERDICT_HELD 1 400.00 EUR\n"
            "VERDICT_HELD VERDICT_DONE 1 150.00 EUR\n"
            "VERDICT_HELD VERDICT_HELD 1 250.00 EUR\n");
  ASSERT_EQ(report->commands_size(), 2);
  EXPECT_EQ(report->commands(0).decision_point(), "CreditAccount");
  EXPECT_EQ(report->commands(1).decision_point(), "ImportAccount");
  ASSERT_EQ(report->reasons_size(), 2);
  EXPECT_EQ(report->reasons(0).reason(), "CREDIT_LARGE");
  EXPECT_EQ(report->reasons(0).rule_id(), "large");
  EXPECT_EQ(report->reasons(0).before_count(), 2);
  EXPECT_EQ(report->reasons(0).after_count(), 2);
  EXPECT_THAT(report->reasons(0).example_ids(), SizeIs(2));
  EXPECT_EQ(report->reasons(1).before_count(), 1);
  EXPECT_EQ(report->reasons(1).after_count(), 0);
  const std::string text = FormatBacktest(*report);
  EXPECT_THAT(text, HasSubstr("before: as recorded\nafter: bank 2 ("));
  EXPECT_THAT(text, HasSubstr("6 of 6 commands decided, 2 with another verdict\n"));
  EXPECT_THAT(text, HasSubstr("decided again after an approval: 1\n"));
  EXPECT_THAT(text, HasSubstr("  CreditAccount  held     done"));
  EXPECT_THAT(FormatBacktestHtml(*report), HasSubstr("<td>150.00 EUR</td>"));
}

// The text, the page, and JSON, which has the fields of the message.
TEST(BacktestTest, EachFormSaysWhatItDoesNotFollowUpAndHowApprovalsCount) {
  const std::unique_ptr<Desk> desk = OpenBank();
  const absl::StatusOr<v1::BacktestReport> report = Backtest(*desk, desk->policy());
  ASSERT_TRUE(report.ok()) << report.status();
  ASSERT_THAT(report->notes(), SizeIs(2));
  EXPECT_THAT(report->notes(0),
              HasSubstr("A changed verdict would have changed the commands after it"));
  EXPECT_THAT(report->notes(1), HasSubstr("A command that was approved is in the journal twice"));
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(*report, &json).ok());
  for (const std::string& note : report->notes()) {
    EXPECT_THAT(FormatBacktest(*report), HasSubstr(absl::StrCat("\n", note, "\n")));
    EXPECT_THAT(FormatBacktestHtml(*report), HasSubstr(absl::StrCat("<p>", note, "</p>\n")));
    EXPECT_THAT(json, HasSubstr(absl::StrCat("\"", note, "\"")));
  }
}

TEST(BacktestTest, ThePageShowsNamesAsText) {
  v1::BacktestReport report;
  report.mutable_after()->set_name("<b>bank</b> & sons");
  EXPECT_THAT(FormatBacktestHtml(report), HasSubstr("&lt;b&gt;bank&lt;/b&gt; &amp; sons"));
}

TEST(BacktestTest, ComparesTwoPolicies) {
  const std::unique_ptr<Desk> desk = OpenBank();
  BacktestOptions options;
  options.before = Bank("2", "200", "500");
  const absl::StatusOr<v1::BacktestReport> report =
      Backtest(*desk, Bank("3", "40", "100"), options);
  ASSERT_TRUE(report.ok()) << report.status();
  // The approval of 150 EUR grants its authority under both; the third policy refuses it all the same.
  EXPECT_EQ(Verdicts(report->verdicts()),
            "VERDICT_DONE VERDICT_DONE 1\n"
            "VERDICT_DONE VERDICT_REFUSED 2 300.00 EUR\n"
            "VERDICT_DONE VERDICT_HELD 1 50.00 EUR\n"
            "VERDICT_HELD VERDICT_REFUSED 2 650.00 EUR\n");
  EXPECT_EQ(report->before().version(), "2");
}

TEST(BacktestTest, LooksAtARangeInGroups) {
  const std::unique_ptr<Desk> desk = OpenBank();
  const std::vector<v1::JournalRecord> records = *desk->Journal();
  BacktestOptions options;
  options.after_sequence = records[0].sequence();
  options.last_sequence = records[2].sequence();
  options.group_size = 1;
  options.max_examples = 0;
  std::vector<std::int64_t> seen;
  options.progress = [&seen](std::int64_t count) {
    seen.push_back(count);
    return true;
  };
  const absl::StatusOr<v1::BacktestReport> report =
      Backtest(*desk, Bank("3", "40", "100"), options);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->record_count(), 2);
  EXPECT_EQ(report->first_sequence(), records[1].sequence());
  EXPECT_EQ(report->last_sequence(), records[2].sequence());
  EXPECT_THAT(seen, ElementsAre(1, 2));
  EXPECT_THAT(report->verdicts(0).example_ids(), IsEmpty());
  // The range ends inside of a group.
  options.group_size = 100;
  EXPECT_EQ(Backtest(*desk, Bank("3", "40", "100"), options)->last_sequence(),
            records[2].sequence());
  options.group_size = 1;
  options.progress = [](std::int64_t) { return false; };
  EXPECT_EQ(Backtest(*desk, Bank("3", "40", "100"), options)->record_count(), 1);
}

TEST(BacktestTest, OptionsAreChecked) {
  const std::unique_ptr<Desk> desk = OpenBank();
  BacktestOptions options;
  EXPECT_EQ(GetReason(Backtest(*desk, nullptr).status()), "REPORT_OPTIONS_INVALID");
  options.group_size = 0;
  EXPECT_EQ(GetReason(Backtest(*desk, desk->policy(), options).status()), "REPORT_OPTIONS_INVALID");
  options.group_size = 1;
  options.max_examples = -1;
  EXPECT_EQ(GetReason(Backtest(*desk, desk->policy(), options).status()), "REPORT_OPTIONS_INVALID");
}

// The policy of a random desk with other decisions about some commands.
std::shared_ptr<const Policy> Stricter() {
  v1::PolicyPack pack = OpenRandomDesk()->policy()->pack();
  pack.set_version("stricter");
  int changed = 0;
  for (v1::RuleSet& set : *pack.mutable_rule_sets()) {
    // Holds are rare among random commands; these are not.
    if (set.decision_points(0) == "*") set.set_default_outcome(v1::POLICY_OUTCOME_REFUSE);
    for (v1::Rule& rule : *set.mutable_rules()) {
      if (rule.outcome() != v1::POLICY_OUTCOME_HOLD) continue;
      rule.set_outcome(v1::POLICY_OUTCOME_REFUSE);
      rule.clear_authority();
      ++changed;
    }
  }
  EXPECT_GT(changed, 0);
  PolicyResult result = Policy::Compile(pack);
  EXPECT_TRUE(result.status().ok()) << result.status();
  return result.policy;
}

// A recount, one record after the other. The executor of the run has two threads, so that thread sanitizers see them.
TEST(BacktestTest, EqualsARecountOfARandomDesk) {
  Chance chance(SeedOfRun());
  const std::unique_ptr<Desk> desk = OpenRandomDesk();
  RandomCommands commands(&chance, desk.get());
  for (int i = 0; i < 1'500; ++i) {
    const v1::Command command = commands.Next();
    desk->Execute(command, commands.NextFacts(command)).IgnoreError();
  }
  const std::shared_ptr<const Policy> after = Stricter();

  std::map<std::pair<v1::Verdict, v1::Verdict>, std::int64_t> verdicts;
  std::map<std::tuple<std::string, std::string, std::string>, std::int64_t> reasons;
  std::int64_t undecided = 0;
  LogPage page;
  page.page_size = 10'000;
  const std::vector<v1::JournalRecord> records = *desk->Journal(page);
  for (const v1::JournalRecord& record : records) {
    if (!record.has_input_hash()) continue;
    const absl::StatusOr<v1::RebuiltInput> input = desk->DecisionInputOf(record.record_id());
    const absl::StatusOr<v1::Outcome> outcome =
        input.ok() ? Decide(input->input(), record.command(), *after)
                   : absl::StatusOr<v1::Outcome>(input.status());
    if (!outcome.ok()) {
      ++undecided;
      continue;
    }
    ++verdicts[{record.verdict(), outcome->verdict()}];
    std::map<std::tuple<std::string, std::string, std::string>, bool> once;
    const std::string name(domain::FindCommand(record.command())->name);
    for (const v1::Refusal& refusal : outcome->refusals()) {
      once[{name, refusal.reason(), refusal.rule_id()}] = true;
    }
    if (outcome->has_held())
      once[{name, outcome->held().reason(), outcome->held().rule_id()}] = true;
    for (const auto& [key, unused] : once) ++reasons[key];
  }

  BacktestOptions options;
  options.group_size = 64;
  options.executor = [](int count, const std::function<void(int)>& work) {
    std::atomic<int> next{0};
    const auto run = [&] {
      for (int i = next++; i < count; i = next++) work(i);
    };
    std::thread other(run);
    run();
    other.join();
  };
  const absl::StatusOr<v1::BacktestReport> report = Backtest(*desk, after, options);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->undecided_count(), undecided);
  EXPECT_GT(report->changed_count(), 0);
  std::map<std::pair<v1::Verdict, v1::Verdict>, std::int64_t> found;
  for (const v1::VerdictChange& change : report->verdicts()) {
    found[{change.before(), change.after()}] = change.count();
  }
  EXPECT_EQ(found, verdicts);
  std::map<std::tuple<std::string, std::string, std::string>, std::int64_t> given;
  for (const v1::ReasonChange& reason : report->reasons()) {
    if (reason.after_count() == 0) continue;
    given[{reason.decision_point(), reason.reason(), reason.rule_id()}] = reason.after_count();
  }
  EXPECT_EQ(given, reasons);

  // Without an executor the report has the same bytes.
  options.executor = nullptr;
  options.group_size = 1'000;
  const absl::StatusOr<v1::BacktestReport> alone = Backtest(*desk, after, options);
  ASSERT_TRUE(alone.ok());
  EXPECT_EQ(alone->SerializeAsString(), report->SerializeAsString());
}

}  // namespace
}  // namespace report
}  // namespace frontdesk
