// Imports of commands: each row has one result, whatever ends the import.
#include "frontdesk/desk/import.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/log_transfer.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
// Its helpers have names that other tests have too.
namespace import_test {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::CustomerRef;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Memory, with a function of the test before each commit: its error is that of the commit, of which nothing is done.
class HookedStore final : public store::Store {
 public:
  using Hook = std::function<absl::Status(const std::vector<store::Batch>&)>;

  void set_hook(Hook hook) { hook_ = std::move(hook); }
  const std::shared_ptr<store::Store>& below() const { return below_; }

  absl::StatusOr<std::shared_ptr<const store::Snapshot>> Read() const override {
    return below_->Read();
  }
  absl::StatusOr<std::vector<store::CommitResult>> Commit(
      std::vector<store::Batch> batches) override {
    if (hook_) {
      const absl::Status status = hook_(batches);
      if (!status.ok()) return status;
    }
    return below_->Commit(std::move(batches));
  }

 private:
  const std::shared_ptr<store::Store> below_ = store::MakeMemoryStore();
  Hook hook_;
};

ImportInput Ask(const std::string& text, std::int64_t seconds = 0) {
  ImportInput input;
  input.command = AskInText(text, seconds);
  return input;
}

ImportInput NewCustomer(const std::string& id) {
  return Ask(absl::StrCat("create_customer { customer_id: '", id, "' given_name: 'Ann' }"));
}

ImportInput Unusable(const std::string& reason, const std::string& text = "") {
  ImportInput input;
  input.reason = reason;
  input.text = text;
  return input;
}

absl::StatusOr<v1::ImportReport> Import(Desk& desk, const std::vector<ImportInput>& inputs,
                                        const ImportCommandsOptions& options = {},
                                        const std::string& import_id = "i1") {
  std::size_t next = 0;
  return ImportCommands(
      &desk, import_id,
      [&](ImportInput* input) -> absl::StatusOr<bool> {
        if (next == inputs.size()) return false;
        *input = inputs[next++];
        return true;
      },
      options);
}

ImportCommandsOptions GroupsOf(int group_size) {
  ImportCommandsOptions options;
  options.group_size = group_size;
  return options;
}

// The rows that have a result, in small pages.
std::vector<v1::ImportRow> RowsOf(const Reader& desk, const std::string& import_id = "i1") {
  std::vector<v1::ImportRow> rows;
  LogPage page;
  page.page_size = 3;
  while (true) {
    const auto found = ReadImport(desk, import_id, page);
    EXPECT_TRUE(found.ok()) << found.status();
    if (!found.ok() || found->empty()) return rows;
    rows.insert(rows.end(), found->begin(), found->end());
    page.after = rows.back().row();
  }
}

// "DONE", or "REFUSED CUSTOMER_EXISTS", or ": COMMAND_MALFORMED" for an error.
std::string TextOf(const v1::ImportRow& row) {
  std::string text = row.verdict() == v1::VERDICT_UNSPECIFIED ? ":"
                     : row.verdict() == v1::VERDICT_DONE      ? "DONE"
                     : row.verdict() == v1::VERDICT_REFUSED   ? "REFUSED"
                                                              : "HELD";
  if (row.reasons_size() > 0) absl::StrAppend(&text, " ", row.reasons(0));
  return text;
}

std::vector<std::string> TextsOf(const std::vector<v1::ImportRow>& rows) {
  std::vector<std::string> texts;
  texts.reserve(rows.size());
  for (const v1::ImportRow& row : rows) texts.push_back(TextOf(row));
  return texts;
}

// The counts of a report, one line each.
std::string CountsOf(const v1::ImportReport& report) {
  std::string text;
  for (const v1::ImportCount& count : report.counts()) {
    absl::StrAppend(&text, count.verb(), " ", count.verdict(), " ", count.reason(), " ",
                    count.row_count(), "\n");
  }
  return text;
}

// The same from the rows, as simply as can be.
std::string CountsOf(const std::vector<v1::ImportRow>& rows) {
  std::map<std::string, int> counts;
  for (const v1::ImportRow& row : rows) {
    ++counts[absl::StrCat(row.verb(), " ", row.verdict(), " ",
                          row.reasons_size() > 0 ? row.reasons(0) : "", " ")];
  }
  std::string text;
  for (const auto& [key, count] : counts) absl::StrAppend(&text, key, count, "\n");
  return text;
}

std::string LogOf(const store::Store& store) {
  std::string bytes;
  EXPECT_TRUE(ExportLog(store, LogFormat::kBinary, [&bytes](absl::string_view piece) {
                bytes.append(piece.data(), piece.size());
                return absl::OkStatus();
              }).ok());
  return bytes;
}

// The journal without the rows of imports.
std::string JournalOf(const Desk& desk) {
  std::string text;
  LogPage page;
  for (auto changes = desk.ReadLog(page); !changes->empty(); changes = desk.ReadLog(page)) {
    for (const v1::LogChange& change : *changes) {
      page.after = change.entry().position();
      absl::StrAppend(&text, change.SerializeAsString(), "\n");
    }
  }
  return text;
}

// With one of the two policies that random commands activate: the one that is active.
std::unique_ptr<Desk> OpenAsItIs(const std::shared_ptr<store::Store>& store) {
  const auto first = testing::MustCompile(testing::kRandomPolicy);
  v1::PolicyPack second = first->pack();
  second.set_version("2");
  for (const auto& policy : {first, Policy::Compile(second).policy}) {
    DeskOptions options;
    options.policy = policy;
    options.store = store;
    auto desk = Desk::Open(std::move(options));
    if (desk.ok()) return *std::move(desk);
  }
  return nullptr;
}

TEST(ImportTest, EachRowHasItsResult) {
  const auto desk = MustOpen(R"(
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    rule_sets {
      id: "names" decision_points: "CreateCustomer" default_outcome: POLICY_OUTCOME_ALLOW
      rules { id: "no" order: 1 outcome: POLICY_OUTCOME_REFUSE reason: "NAME_NOT_ACCEPTED"
              condition: "command.create_customer.given_name == 'Bea'" }
      rules { id: "ask" order: 2 outcome: POLICY_OUTCOME_HOLD reason: "NAME_TO_CHECK"
              authority: "lead" condition: "command.create_customer.given_name == 'Cleo'" }
    })");
  ImportInput named = NewCustomer("c1");
  named.source = "customers.csv:1";
  ImportInput unusable = Unusable("LINE_EMPTY", "The line is empty.");
  unusable.source = "customers.csv:7";
  ImportInput late = NewCustomer("c5");
  late.command.set_expected_version(7);
  const auto report = Import(
      *desk,
      {named, NewCustomer("c1"), Ask("create_customer { customer_id: 'c2' given_name: 'Bea' }"),
       Ask("create_customer { customer_id: 'c3' given_name: 'Cleo' }"), Ask("create_customer { }"),
       ImportInput(), unusable, late,
       Ask("edit_customer { customer_id: 'c1' base_version: 1 given_name: 'Dora' }")});
  ASSERT_TRUE(report.ok()) << report.status();
  const std::vector<v1::ImportRow> rows = RowsOf(*desk);
  EXPECT_THAT(TextsOf(rows),
              ElementsAre("DONE", "REFUSED CUSTOMER_EXISTS", "REFUSED NAME_NOT_ACCEPTED",
                          "HELD NAME_TO_CHECK", "REFUSED ARGUMENT_REQUIRED", ": COMMAND_MALFORMED",
                          ": LINE_EMPTY", ": VERSION_CONFLICT", "DONE"));
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(rows[i].row(), i + 1);
  EXPECT_EQ(rows[0].source(), "customers.csv:1");
  EXPECT_EQ(rows[0].verb(), "CreateCustomer");
  EXPECT_EQ(rows[8].verb(), "EditCustomer");
  EXPECT_EQ(rows[0].record_id(), "r0000000001");
  EXPECT_EQ(rows[2].record_id(), "r0000000002");
  EXPECT_EQ(desk->GetRecord(rows[2].record_id())->refusals(0).text(), rows[2].text());
  EXPECT_EQ(rows[4].record_id(), "") << "it did not reach policy";
  EXPECT_EQ(rows[5].verb(), "");
  EXPECT_THAT(rows[5].reasons(), ::testing::Contains("COMMAND_VERB_UNKNOWN").Times(0));
  EXPECT_GT(rows[5].reasons_size(), 1) << "violations come after the error";
  EXPECT_EQ(rows[6].text(), "The line is empty.");
  EXPECT_EQ(rows[6].source(), "customers.csv:7");
  EXPECT_EQ(report->import_id(), "i1");
  EXPECT_EQ(report->row_count(), 9);
  EXPECT_EQ(report->earlier_row_count(), 0);
  EXPECT_TRUE(report->is_complete());
  EXPECT_EQ(CountsOf(*report), CountsOf(rows));
  EXPECT_EQ(desk->Journal()->size(), 4u);
  EXPECT_EQ((*desk->Get(CustomerRef("c1")))->customer().given_name(), "Dora");
  EXPECT_THAT(RowsOf(*desk, "another"), IsEmpty());
  EXPECT_THAT(RowsOf(*desk, "i"), IsEmpty()) << "a name that begins so is another one";
}

// A second run decides nothing, and reports the same.
TEST(ImportTest, ARowIsDoneOnce) {
  const auto desk = MustOpen();
  const std::vector<ImportInput> inputs = {NewCustomer("c1"), NewCustomer("c1"),
                                           Unusable("LINE_EMPTY"), ImportInput()};
  const auto first = Import(*desk, inputs);
  const std::string journal = JournalOf(*desk);
  auto second = Import(*desk, inputs, GroupsOf(1));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->earlier_row_count(), 4);
  second->set_earlier_row_count(0);
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(JournalOf(*desk), journal);
  // Under another name they are other rows.
  const auto other = Import(*desk, inputs, {}, "i2");
  EXPECT_EQ(other->earlier_row_count(), 0);
  EXPECT_THAT(TextsOf(RowsOf(*desk, "i2")),
              ElementsAre("REFUSED CUSTOMER_EXISTS", "REFUSED CUSTOMER_EXISTS", ": LINE_EMPTY",
                          ": COMMAND_MALFORMED"));
}

TEST(ImportTest, AnImportWithoutRows) {
  const auto desk = MustOpen();
  const auto report = Import(*desk, {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_TRUE(report->is_complete());
  EXPECT_EQ(report->row_count(), 0);
}

// Random commands, with rows of all kinds, and imports that a store or a progress function ends in between, again and again, in groups of
// any size. The desk is the same, and so is each row, as when the commands are executed one by one.
TEST(ImportTest, InterruptedImportsAreTheSameAsOneByOne) {
  const std::uint64_t seed = testing::SeedOfRun();
  Chance chance(seed);
  const std::unique_ptr<Desk> one_by_one = testing::OpenRandomDesk();
  testing::RandomCommands random(&chance, one_by_one.get());
  std::vector<ImportInput> inputs;
  std::vector<std::string> expected;
  const auto add = [&](ImportInput input) {
    v1::ImportRow row;
    if (input.reason.empty()) {
      const auto outcome = one_by_one->Execute(input.command, input.facts);
      if (outcome.ok()) {
        row.set_verdict(outcome->verdict());
        row.set_record_id(outcome->record_id());
        for (const auto& refusal : outcome->refusals()) row.add_reasons(refusal.reason());
        if (outcome->has_held()) row.add_reasons(outcome->held().reason());
      } else {
        row.add_reasons(GetReason(outcome.status()));
      }
    } else {
      row.add_reasons(input.reason);
    }
    expected.push_back(absl::StrCat(TextOf(row), " ", row.record_id()));
    inputs.push_back(std::move(input));
  };
  for (const v1::Command& command : testing::OpeningCommands()) add({command, {}, "", "", ""});
  for (int i = 0; i < 600; ++i) {
    if (chance.OneIn(20)) add(Unusable(absl::StrCat("UNUSABLE_", chance.Below(3))));
    ImportInput input;
    input.command = random.Next();
    input.facts = random.NextFacts(input.command);
    if (chance.OneIn(4)) {
      input.command.set_idempotency_key(absl::StrCat("key", chance.Below(40)));
    }
    add(std::move(input));
  }
  for (const int group_size : {1, 7, 64, 1'000}) {
    auto hooked = std::make_shared<HookedStore>();
    int commits = 0;
    int runs = 0;
    std::int64_t done = 0;
    absl::StatusOr<v1::ImportReport> report = absl::UnknownError("");
    std::unique_ptr<Desk> desk;
    while (!report.ok() || !report->is_complete()) {
      ASSERT_LT(++runs, 2'000);
      hooked->set_hook(nullptr);
      // Another process begins anew.
      desk = runs == 1 ? testing::OpenRandomDesk(hooked) : OpenAsItIs(hooked);
      commits = chance.Below(20 + 200 / group_size) + 1;
      hooked->set_hook([&commits](const std::vector<store::Batch>&) {
        return --commits > 0 ? absl::OkStatus() : absl::UnavailableError("full");
      });
      ImportCommandsOptions options = GroupsOf(group_size);
      const std::int64_t most = done + chance.Below(300) + 1;
      options.progress = [&done, most](std::int64_t rows) {
        done = std::max(done, rows);
        return rows < most;
      };
      report = Import(*desk, inputs, options);
      ASSERT_EQ(GetReason(report.status()), report.ok() ? "" : "STORE_UNAVAILABLE");
    }
    hooked->set_hook(nullptr);
    EXPECT_GT(runs, 1);
    const std::vector<v1::ImportRow> rows = RowsOf(*desk);
    ASSERT_EQ(rows.size(), inputs.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(absl::StrCat(TextOf(rows[i]), " ", rows[i].record_id()), expected[i])
          << "seed " << seed << ", groups of " << group_size << ", row " << rows[i].row() << "\n"
          << inputs[i].command.ShortDebugString();
    }
    EXPECT_EQ(CountsOf(*report), CountsOf(rows));
    EXPECT_EQ(report->row_count(), static_cast<std::int64_t>(rows.size()));
    EXPECT_EQ(JournalOf(*desk), JournalOf(*one_by_one)) << "seed " << seed;
    const auto verified = desk->VerifyRows();
    ASSERT_TRUE(verified.ok()) << verified.status();
    EXPECT_FALSE(verified->has_fault()) << verified->ShortDebugString();
  }
}

TEST(ImportTest, AnotherRowDoesNotContinueIt) {
  const auto desk = MustOpen();
  const std::vector<ImportInput> inputs = {NewCustomer("c1"), NewCustomer("c2"),
                                           Unusable("LINE_EMPTY"), NewCustomer("c4")};
  ImportCommandsOptions options = GroupsOf(3);
  options.progress = [](std::int64_t) { return false; };
  ASSERT_FALSE(Import(*desk, inputs, options)->is_complete());
  const std::string journal = JournalOf(*desk);
  const struct {
    std::size_t row;
    ImportInput instead;
  } kCases[] = {
      {1, NewCustomer("c3")},
      {1, Ask("edit_customer { customer_id: 'c2' base_version: 1 given_name: 'Ann' }")},
      {1, Unusable("LINE_EMPTY")},
      {1, ImportInput()},
      {2, Unusable("LINE_LONG")},
      {2, NewCustomer("c3")},
  };
  for (const auto& each : kCases) {
    std::vector<ImportInput> others = inputs;
    others[each.row] = each.instead;
    const absl::Status status = Import(*desk, others).status();
    EXPECT_EQ(GetReason(status), kReasonImportNotContinued);
    EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat("row ", each.row + 1)));
    EXPECT_EQ(JournalOf(*desk), journal) << "the rows of the group are not done";
  }
  const std::vector<ImportInput> fewer(inputs.begin(), inputs.begin() + 2);
  EXPECT_EQ(GetReason(Import(*desk, fewer).status()), kReasonImportNotContinued);
  // The parts beside the command's body may be others.
  std::vector<ImportInput> same = inputs;
  same[0].command.mutable_now()->set_seconds(same[0].command.now().seconds() + 5);
  same[1].command.set_note("again");
  same[2].text = "It is empty.";
  const auto report = Import(*desk, same);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->earlier_row_count(), 3);
  EXPECT_EQ(desk->Journal()->size(), 3u);
}

// A row is decided on the one before it in its group, which loses its race: its result is not that.
TEST(ImportTest, AResultOnARowThatLosesItsRaceDoesNotCount) {
  const std::string kTaken = "external_ids { system: 'crm' id: 'x1' }";
  ImportInput loser =
      Ask(absl::StrCat("create_customer { customer_id: 'c2' given_name: 'Ann' ", kTaken, " }"), 10);
  ImportInput keyed = loser;
  keyed.command.set_idempotency_key("k1");
  const struct {
    std::vector<ImportInput> inputs;
    std::vector<std::string> expected;
  } kCases[] = {
      // Refused before policy, and without a record.
      {{loser, NewCustomer("c2")}, {"REFUSED CUSTOMER_EXTERNAL_ID_TAKEN", "DONE"}},
      // The same, to be remembered under a key.
      {{loser,
        [] {
          ImportInput input = NewCustomer("c2");
          input.command.set_idempotency_key("k2");
          return input;
        }()},
       {"REFUSED CUSTOMER_EXTERNAL_ID_TAKEN", "DONE"}},
      // A remembered verdict.
      {{keyed, keyed},
       {"REFUSED CUSTOMER_EXTERNAL_ID_TAKEN", "REFUSED CUSTOMER_EXTERNAL_ID_TAKEN"}},
      // An error, that of a version.
      {{loser,
        [] {
          ImportInput input =
              Ask("edit_customer { customer_id: 'c2' base_version: 1 given_name: 'Bea' }", 10);
          input.command.set_expected_version(3);
          return input;
        }()},
       {"REFUSED CUSTOMER_EXTERNAL_ID_TAKEN", "REFUSED CUSTOMER_NOT_FOUND"}},
  };
  for (const auto& each : kCases) {
    const auto hooked = std::make_shared<HookedStore>();
    const auto desk = MustOpen(testing::kAllowAll, hooked);
    const auto other = MustOpen(testing::kAllowAll, hooked->below());
    bool is_first = true;
    hooked->set_hook([&](const std::vector<store::Batch>&) {
      if (!std::exchange(is_first, false)) return absl::OkStatus();
      MustDo(*other, AskInText(absl::StrCat(
                         "create_customer { customer_id: 'c9' given_name: 'Eva' ", kTaken, " }")));
      return absl::OkStatus();
    });
    const auto report = Import(*desk, each.inputs);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_THAT(TextsOf(RowsOf(*desk)), ::testing::ElementsAreArray(each.expected));
  }
}

// Desks on one store, in threads, do the same import, and others disturb it: each row is done once.
TEST(ImportTest, SeveralAtATimeDoEachRowOnce) {
  const auto store = store::MakeMemoryStore();
  std::vector<ImportInput> inputs;
  for (int i = 0; i < 300; ++i) {
    inputs.push_back(
        Ask("credit_account { account_id: 'gift-1' cause: 'top-up' "
            "amount { units: 1 currency_code: 'USD' } }",
            10'000));
    inputs.push_back(NewCustomer(absl::StrCat("n", i % 150)));
    if (i % 10 == 0) inputs.push_back(Unusable("LINE_EMPTY"));
  }
  const auto desk = MustOpen(testing::kAllowAll, store);
  testing::OpenShop(*desk);
  const std::int64_t before =
      (*desk->Get(testing::AccountRef("gift-1")))->account().balance().units();
  std::vector<std::thread> threads;
  std::vector<v1::ImportReport> reports(3);
  std::atomic<int> failed{0};
  for (std::size_t t = 0; t < reports.size(); ++t) {
    threads.emplace_back([&, t] {
      const auto own = MustOpen(testing::kAllowAll, store);
      // A run that loses too many races continues.
      for (int run = 0; run < 100; ++run) {
        auto report = Import(*own, inputs, GroupsOf(8 << t));
        if (report.ok()) {
          reports[t] = *std::move(report);
          return;
        }
        if (GetReason(report.status()) != kReasonCommitContended) break;
      }
      ++failed;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ((*desk->Get(testing::AccountRef("gift-1")))->account().balance().units(), before + 300);
  const std::string counts = CountsOf(RowsOf(*desk));
  for (const v1::ImportReport& report : reports) {
    EXPECT_EQ(CountsOf(report), counts);
    EXPECT_EQ(report.row_count(), static_cast<std::int64_t>(inputs.size()));
    EXPECT_TRUE(report.is_complete());
  }
}

// One row is too large for the store: the others of its group are done, and it has its result.
TEST(ImportTest, ARowThatIsTooLarge) {
  const auto hooked = std::make_shared<HookedStore>();
  const auto desk = MustOpen(testing::kAllowAll, hooked);
  hooked->set_hook([](const std::vector<store::Batch>& batches) {
    for (const store::Batch& batch : batches) {
      for (const store::Write& write : batch.writes) {
        if (write.value != nullptr && write.value->size() > 5'000) {
          return absl::InvalidArgumentError("a value is too long");
        }
      }
    }
    return absl::OkStatus();
  });
  ImportInput large = NewCustomer("c2");
  large.command.set_note(std::string(6'000, 'n'));
  const std::vector<ImportInput> inputs = {NewCustomer("c1"), large, NewCustomer("c3")};
  for (const int earlier : {0, 3}) {
    const auto report = Import(*desk, inputs);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->earlier_row_count(), earlier);
    EXPECT_THAT(TextsOf(RowsOf(*desk)), ElementsAre("DONE", ": STORE_ROW_TOO_LARGE", "DONE"));
  }
  EXPECT_EQ(desk->Journal()->size(), 2u);
}

TEST(ImportTest, AnErrorOfTheStoreEndsIt) {
  const auto hooked = std::make_shared<HookedStore>();
  const auto desk = MustOpen(testing::kAllowAll, hooked);
  const std::vector<ImportInput> inputs = {NewCustomer("c1"), NewCustomer("c2"), NewCustomer("c3")};
  int commits = 0;
  hooked->set_hook([&](const std::vector<store::Batch>&) {
    return ++commits == 2 ? absl::UnavailableError("no disk") : absl::OkStatus();
  });
  EXPECT_EQ(GetReason(Import(*desk, inputs, GroupsOf(1)).status()), "STORE_UNAVAILABLE");
  EXPECT_EQ(RowsOf(*desk).size(), 1u);
  const auto report = Import(*desk, inputs, GroupsOf(1));
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->earlier_row_count(), 1);
  EXPECT_EQ(desk->Journal()->size(), 3u);
}

// An id of the id source that is in use is no result of a row.
TEST(ImportTest, AnErrorOfTheIdSourceEndsIt) {
  class SameIds final : public IdSource {
   public:
    std::string NextId(absl::Time) override { return id; }
    std::string id = "same";
  };
  const auto ids = std::make_shared<SameIds>();
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.id_source = ids;
  const auto desk = *Desk::Open(std::move(options));
  const std::vector<ImportInput> inputs = {NewCustomer("c1"), NewCustomer("c2")};
  EXPECT_EQ(GetReason(Import(*desk, inputs).status()), kReasonCommitRecordExists);
  EXPECT_EQ(RowsOf(*desk).size(), 1u);
  ids->id = "no\nid";
  EXPECT_EQ(GetReason(Import(*desk, inputs).status()), "ID_CHARACTER");
  ids->id = "other";
  EXPECT_EQ(Import(*desk, inputs)->earlier_row_count(), 1);
}

TEST(ImportTest, AnErrorOfTheRowsEndsItBehindTheRowsBefore) {
  const auto desk = MustOpen();
  int row = 0;
  const auto status = ImportCommands(desk.get(), "i1", [&](ImportInput* input) {
                        if (++row == 4) return absl::StatusOr<bool>(absl::DataLossError("no line"));
                        *input = NewCustomer(absl::StrCat("c", row));
                        return absl::StatusOr<bool>(true);
                      }).status();
  EXPECT_EQ(status, absl::DataLossError("no line"));
  EXPECT_EQ(RowsOf(*desk).size(), 3u);
}

TEST(ImportTest, ProgressCountsRows) {
  const auto desk = MustOpen();
  std::vector<ImportInput> inputs;
  for (int i = 0; i < 10; ++i) inputs.push_back(NewCustomer(absl::StrCat("c", i)));
  std::vector<std::int64_t> counts;
  ImportCommandsOptions options = GroupsOf(4);
  options.progress = [&counts](std::int64_t rows) {
    counts.push_back(rows);
    return rows != 8;
  };
  const auto part = Import(*desk, inputs, options);
  EXPECT_THAT(counts, ElementsAre(4, 8));
  EXPECT_EQ(part->row_count(), 8);
  EXPECT_FALSE(part->is_complete());
  options.progress = [&counts](std::int64_t rows) {
    counts.push_back(rows);
    return true;
  };
  options.group_size = 5;
  const auto whole = Import(*desk, inputs, options);
  EXPECT_THAT(counts, ElementsAre(4, 8, 5, 10));
  EXPECT_EQ(whole->earlier_row_count(), 8);
  EXPECT_TRUE(whole->is_complete());
}

// A policy that a row activates counts from there on.
TEST(ImportTest, APolicyIsActivatedInBetween) {
  const auto desk = MustOpen();
  const auto allow = desk->policy();
  const auto refuse = testing::MustCompile(R"pb(
    name: "refuse"
    rule_sets {
      id: "switch"
      decision_points: "ActivatePolicy"
      default_outcome: POLICY_OUTCOME_ALLOW
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_REFUSE })pb");
  testing::MustActivate(*desk, refuse, 0);
  testing::MustActivate(*desk, allow, 0);
  ImportInput activate;
  activate.command = testing::By("anna", 1);
  activate.command.mutable_desk()->mutable_activate_policy()->set_desk_id("desk");
  activate.command.mutable_desk()->mutable_activate_policy()->set_policy_hash(refuse->hash());
  ASSERT_TRUE(Import(*desk, {NewCustomer("c1"), activate, NewCustomer("c2")}).ok());
  const auto rows = RowsOf(*desk);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(rows[1].verdict(), v1::VERDICT_DONE);
  EXPECT_EQ(rows[2].verdict(), v1::VERDICT_REFUSED);
  EXPECT_EQ(desk->policy()->hash(), refuse->hash());
}

TEST(ImportTest, ListsTheNamesOfImportsInPages) {
  const auto desk = MustOpen();
  EXPECT_THAT(*ListImports(*desk), IsEmpty());
  const std::vector<std::string> names = {"a", "a b", "ab", "b", "\xc3\xa9"};
  for (const std::size_t place : {3, 0, 4, 2, 1}) {
    ASSERT_TRUE(
        Import(*desk, {Unusable("LINE_EMPTY"), Unusable("LINE_EMPTY")}, {}, names[place]).ok());
  }
  ASSERT_TRUE(Import(*desk, {}, {}, "without rows").ok());
  EXPECT_EQ(*ListImports(*desk), names);
  for (int size = 1; size <= 6; ++size) {
    std::vector<std::string> found;
    ImportPage page;
    page.page_size = size;
    while (true) {
      const std::vector<std::string> some = *ListImports(*desk, page);
      if (some.empty()) break;
      EXPECT_LE(some.size(), static_cast<std::size_t>(size));
      found.insert(found.end(), some.begin(), some.end());
      page.after = found.back();
    }
    EXPECT_EQ(found, names);
  }
  ImportPage between;
  between.after = "aa";
  EXPECT_THAT(*ListImports(*desk, between), ElementsAre("ab", "b", names[4]));
}

TEST(ImportTest, AnErrorSaysWhereTheRowsCameFrom) {
  const auto desk = MustOpen();
  std::vector<ImportInput> inputs = {NewCustomer("c1"), NewCustomer("c2")};
  inputs[0].source = "old.csv:2";
  inputs[1].source = "old.csv:3";
  ASSERT_TRUE(Import(*desk, inputs).ok());
  std::vector<ImportInput> others = inputs;
  others[1] = NewCustomer("c3");
  others[1].source = "new.csv:3";
  const std::string message(Import(*desk, others).status().message());
  EXPECT_THAT(message, HasSubstr("new.csv:3"));
  EXPECT_THAT(message, HasSubstr("old.csv:3"));
  inputs.pop_back();
  EXPECT_THAT(std::string(Import(*desk, inputs).status().message()), HasSubstr("old.csv:3"));
}

TEST(ImportTest, AnInvalidInputIsAnError) {
  const auto desk = MustOpen();
  EXPECT_EQ(GetReason(Import(*desk, {}, GroupsOf(0)).status()), kReasonDeskOptionsInvalid);
  for (const std::string& id : {std::string(), std::string("a\nb"), std::string("a\0b", 3)}) {
    EXPECT_EQ(GetReason(Import(*desk, {}, {}, id).status()), kReasonImportMalformed);
    EXPECT_EQ(GetReason(ReadImport(*desk, id).status()), kReasonImportMalformed);
  }
  std::vector<ImportInput> wrong(8, NewCustomer("c2"));
  wrong[0].source = std::string(kMaxImportSourceBytes + 1, 's');
  wrong[1].source = "a\nb";
  wrong[2].text = "a text without a reason";
  wrong[3].reason = "COMMAND_AND_REASON";
  wrong[4] = Unusable("lower case");
  wrong[5] = Unusable(std::string(kMaxImportReasonBytes + 1, 'R'));
  wrong[6] = Unusable("LINE_EMPTY", std::string(kMaxImportTextBytes + 1, 't'));
  wrong[7] = Unusable("LINE_EMPTY", "\xff");
  for (const ImportInput& each : wrong) {
    const absl::Status status = Import(*desk, {NewCustomer("c1"), each}).status();
    EXPECT_EQ(GetReason(status), kReasonImportMalformed);
    EXPECT_THAT(std::string(status.message()), HasSubstr("row 2"));
    EXPECT_THAT(RowsOf(*desk), IsEmpty());
  }
  ImportInput most =
      Unusable(std::string(kMaxImportReasonBytes, 'R'), std::string(kMaxImportTextBytes, 't'));
  most.source = std::string(kMaxImportSourceBytes, 's');
  EXPECT_TRUE(Import(*desk, {most}).ok());
}

// Commands that are too large, or no UTF-8, have a result too, and are known again.
TEST(ImportTest, HostileCommandsHaveTheirResult) {
  DeskOptions options;
  options.policy = testing::MustCompile(testing::kAllowAll);
  options.limits.max_command_bytes = 2'000;
  const auto desk = *Desk::Open(std::move(options));
  ImportInput large = NewCustomer("c1");
  large.command.mutable_customer()->mutable_create_customer()->set_given_name(
      std::string(3'000, 'n'));
  ImportInput broken = NewCustomer("c2");
  broken.command.mutable_customer()->mutable_create_customer()->set_given_name("\xff");
  broken.command.set_idempotency_key("k1");
  broken.command.mutable_now()->set_nanos(-1);
  for (const int earlier : {0, 2}) {
    const auto report = Import(*desk, {large, broken});
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->earlier_row_count(), earlier);
  }
  EXPECT_THAT(TextsOf(RowsOf(*desk)), ElementsAre(": COMMAND_TOO_LARGE", ": COMMAND_MALFORMED"));
  broken.command.mutable_customer()->mutable_create_customer()->set_given_name("\xfe");
  EXPECT_EQ(GetReason(Import(*desk, {large, broken}).status()), kReasonImportNotContinued);
}

TEST(ImportTest, AnErrorOfAnImporterStays) {
  const auto desk = MustOpen();
  const auto importer = *CommandImporter::Make(desk.get(), "i1");
  ASSERT_TRUE(importer->Add({NewCustomer("c1")}).ok());
  const absl::Status status = importer->Add({Unusable("not a word")});
  EXPECT_EQ(GetReason(status), kReasonImportMalformed);
  EXPECT_EQ(importer->Add({NewCustomer("c2")}), status);
  EXPECT_EQ(importer->Finish().status(), status);
  EXPECT_EQ(importer->report().row_count(), 1);
  EXPECT_FALSE(importer->report().is_complete());
  EXPECT_EQ(RowsOf(*desk).size(), 1u);
}

// The rows may come from the desk itself: they see the groups before.
TEST(ImportTest, TheRowsMayReadTheDesk) {
  const auto desk = MustOpen();
  std::vector<std::size_t> records;
  ImportCommandsOptions options = GroupsOf(2);
  options.progress = [&](std::int64_t) { return desk->Verify().ok(); };
  const auto report = ImportCommands(
      desk.get(), "i1",
      [&](ImportInput* input) -> absl::StatusOr<bool> {
        records.push_back(desk->Journal()->size());
        if (records.size() == 5) return false;
        *input = NewCustomer(absl::StrCat("c", records.size()));
        return true;
      },
      options);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(records, ElementsAre(0, 0, 2, 2, 4));
}

// The results are part of an exported log, and an import continues in the other store.
TEST(ImportTest, TheResultsMoveWithTheLog) {
  const auto store = store::MakeMemoryStore();
  std::vector<ImportInput> inputs;
  for (int i = 0; i < 20; ++i) {
    inputs.push_back(i % 3 == 0 ? Unusable("LINE_EMPTY")
                                : NewCustomer(absl::StrCat("c", i - i % 2)));
    inputs.back().source = absl::StrCat("customers.csv:", i);
  }
  const auto desk = MustOpen(testing::kAllowAll, store);
  ImportCommandsOptions part = GroupsOf(15);
  part.progress = [](std::int64_t) { return false; };
  ASSERT_TRUE(Import(*desk, inputs, part).ok());
  for (const LogFormat format : {LogFormat::kBinary, LogFormat::kJsonLines}) {
    const auto copy = store::MakeMemoryStore();
    LogImportOptions options;
    options.group_size = 4;
    const auto importer = *LogImporter::Make(copy, format, options);
    ASSERT_TRUE(ExportLog(*store, format, [&](absl::string_view bytes) {
                  return importer->Read(bytes);
                }).ok());
    ASSERT_TRUE(importer->Finish().ok());
    EXPECT_EQ(LogOf(*copy), LogOf(*store));
    ReaderOptions reading;
    reading.store = copy;
    const auto reader = *Reader::Open(std::move(reading));
    EXPECT_EQ(TextsOf(RowsOf(*reader)), TextsOf(RowsOf(*desk)));
    const auto other = MustOpen(testing::kAllowAll, copy);
    EXPECT_EQ(TextsOf(RowsOf(*other)), TextsOf(RowsOf(*desk)));
    EXPECT_FALSE(other->VerifyRows()->has_fault());
    EXPECT_EQ(Import(*other, inputs)->earlier_row_count(), 15);
  }
}

TEST(ImportTest, AHostileLineOfARowIsMalformed) {
  const auto import_line = [](const std::string& import_id, std::int64_t row) {
    std::string lines = "{\"header\":{\"format\":1}}\n";
    absl::StrAppend(&lines, R"({"import_row":{"import_id":")", import_id, R"(","row":{"row":)", row,
                    "}}}\n");
    const auto importer = *LogImporter::Make(store::MakeMemoryStore(), LogFormat::kJsonLines);
    return GetReason(importer->Read(lines));
  };
  EXPECT_EQ(import_line("i1", 1), "");
  EXPECT_EQ(import_line("i1", 0), kReasonLogMalformed);
  EXPECT_EQ(import_line("i1", -1), kReasonLogMalformed);
  EXPECT_EQ(import_line("", 1), kReasonLogMalformed);
  EXPECT_EQ(import_line("a\\u0000b", 1), kReasonLogMalformed);
  EXPECT_EQ(import_line(std::string(5'000, 'i'), 1), kReasonLogMalformed);
}

// VerifyRows reads the results too.
TEST(ImportTest, AResultWithoutAPlaceIsAnError) {
  const auto store = store::MakeMemoryStore();
  const auto desk = MustOpen(testing::kAllowAll, store);
  ASSERT_TRUE(Import(*desk, {NewCustomer("c1")}).ok());
  constexpr std::uint8_t kImports = 18;
  store::Batch batch;
  batch.writes.push_back({{kImports, "no place"}, store::MakeValue("")});
  ASSERT_TRUE(store->Commit({batch}).ok());
  EXPECT_EQ(GetReason(desk->VerifyRows().status()), "STORE_CORRUPT");
}

}  // namespace
}  // namespace import_test
}  // namespace frontdesk
