#include "frontdesk/report/frames.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/chance.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/import.h"
#include "frontdesk/domain/command_info.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace report {
namespace {

using ::frontdesk::testing::AskInText;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::frontdesk::testing::OpenRandomDesk;
using ::frontdesk::testing::OpenShop;
using ::frontdesk::testing::OrderRef;
using ::frontdesk::testing::RandomCommands;
using ::testing::Contains;
using ::testing::ElementsAre;

const Frame& Named(const FramePage& page, const std::string& name) {
  for (const Frame& frame : page.frames) {
    if (frame.name == name) return frame;
  }
  ADD_FAILURE() << "there is no frame " << name;
  static const Frame none;
  return none;
}

const FrameColumn& Column(const Frame& frame, const std::string& name) {
  for (const FrameColumn& column : frame.columns) {
    if (column.name == name) return column;
  }
  ADD_FAILURE() << "there is no column " << name << " in " << frame.name;
  static const FrameColumn none;
  return none;
}

// A value as text, by its type; "-" when it is absent.
std::string Cell(const Frame& frame, const std::string& name, std::size_t row) {
  const FrameColumn& column = Column(frame, name);
  if (column.type == ColumnType::kText) return column.texts[row].empty() ? "-" : column.texts[row];
  const std::int64_t value = column.values[row];
  if (column.type == ColumnType::kCategory) return value < 0 ? "-" : column.labels[value];
  return value == kNoNumber ? "-" : absl::StrCat(value);
}

TEST(FramesTest, ShowsTheShop) {
  const std::unique_ptr<Desk> desk = MustOpen();
  OpenShop(*desk);
  MustDo(*desk, AskInText("open_case { case_id: 'k1' kind: KIND_TROUBLE customer_id: 'c1' "
                          "subject: 'broken' }",
                          3600));
  const absl::StatusOr<FramePage> page = ReadFrames(*desk, 0);
  ASSERT_TRUE(page.ok()) << page.status();
  const Frame& cases = Named(*page, "cases");
  ASSERT_EQ(cases.row_count, 1u);
  EXPECT_EQ(Cell(cases, "case_id", 0), "k1");
  EXPECT_EQ(Cell(cases, "state", 0), "new");
  EXPECT_EQ(Cell(cases, "kind", 0), "trouble");
  EXPECT_EQ(Cell(cases, "close_time", 0), "-");
  EXPECT_EQ(Cell(cases, "priority", 0), "-");
  const Frame& orders = Named(*page, "orders");
  ASSERT_EQ(orders.row_count, 2u);
  const v1::Order order = (*desk->Get(OrderRef("o1")))->order();
  EXPECT_EQ(Cell(orders, "order_id", 0), "o1");
  EXPECT_EQ(Cell(orders, "total", 0), absl::StrCat(order.totals().total().units()));
  EXPECT_EQ(Cell(orders, "currency", 0), order.currency_code());
  EXPECT_GT(Named(*page, "entries").row_count, 0u) << "the gift card has paid";
  EXPECT_EQ(Named(*page, "refusals").row_count, 0u);
  EXPECT_EQ(ReadFrames(*desk, page->next)->next, page->next);
}

// All pages of a size, each cell as text: rows by the name of the frame.
std::map<std::string, std::vector<std::string>> AllRows(const Reader& reader, int most_entries) {
  std::map<std::string, std::vector<std::string>> rows;
  std::int64_t after = 0;
  for (;;) {
    const absl::StatusOr<FramePage> page = ReadFrames(reader, after, most_entries);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok() || page->next == after) return rows;
    after = page->next;
    for (const Frame& frame : page->frames) {
      for (std::size_t row = 0; row < frame.row_count; ++row) {
        std::string text;
        for (const FrameColumn& column : frame.columns) {
          absl::StrAppend(&text, Cell(frame, column.name, row), "|");
        }
        rows[frame.name].push_back(text);
      }
    }
  }
}

TEST(FramesTest, HasEveryEventDecisionAndEntity) {
  Chance chance(testing::SeedOfRun());
  const std::unique_ptr<Desk> desk = OpenRandomDesk();
  RandomCommands commands(&chance, desk.get());
  // Many random commands do not reach the journal, so the number of those that do is what counts.
  std::set<std::string> made;
  while (made.size() < 300) {
    const v1::Command command = commands.Next();
    const auto outcome = desk->Execute(command, commands.NextFacts(command));
    if (outcome.ok() && !outcome->record_id().empty()) made.insert(outcome->record_id());
  }
  const auto rows = AllRows(*desk, 10'000);
  EXPECT_EQ(AllRows(*desk, 1 + chance.Below(50)), rows) << "in pages of any size";
  LogPage whole;
  whole.page_size = 10'000;
  const std::vector<v1::LogChange> log = *desk->ReadLog(whole);
  std::size_t events = 0;
  std::size_t refusals = 0;
  std::size_t records = 0;
  std::set<std::string> cases;
  std::set<std::string> orders;
  std::size_t entries = 0;
  for (const v1::LogChange& change : log) {
    events += change.events_size();
    records += change.has_record() ? 1 : 0;
    refusals += change.record().refusals_size();
    for (const v1::Event& event : change.events()) {
      if (event.entity().kind() == v1::ENTITY_KIND_CASE) cases.insert(event.entity().id());
      if (event.entity().kind() == v1::ENTITY_KIND_ORDER) orders.insert(event.entity().id());
      if (event.entity().kind() == v1::ENTITY_KIND_ACCOUNT && event.version() == 1) {
        entries += (*desk->Get(event.entity(), {"entries"}))->account().entries_size();
      }
    }
  }
  const auto count = [&rows](const std::string& name) {
    const auto found = rows.find(name);
    return found == rows.end() ? 0 : found->second.size();
  };
  EXPECT_EQ(count("events"), events);
  EXPECT_EQ(count("decisions"), records);
  EXPECT_EQ(count("refusals"), refusals);
  EXPECT_EQ(count("cases"), cases.size());
  EXPECT_EQ(count("orders"), orders.size());
  EXPECT_EQ(count("entries"), entries);
  EXPECT_GE(records, made.size());
}

TEST(FramesTest, HasEachRowOfEachImport) {
  const std::unique_ptr<Desk> desk = MustOpen();
  const auto none = ReadImportFrame(*desk);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->frame.row_count, 0u);
  EXPECT_EQ(none->next.import_id, "");
  const auto import_rows = [&desk](const std::string& name, int count) {
    const auto importer = *CommandImporter::Make(desk.get(), name);
    std::vector<ImportInput> rows(count);
    for (int i = 0; i < count; ++i) {
      rows[i].source = absl::StrCat("line ", i + 1);
      rows[i].command = AskInText("create_customer { customer_id: 'n1' given_name: 'Ann' }", 0);
    }
    rows[1].command.Clear();
    rows[1].reason = "LINE_EMPTY";
    rows[1].text = "The line is empty.";
    rows[2].command = AskInText("create_customer { customer_id: 'n2' }", 0);
    ASSERT_TRUE(importer->Add(rows).ok());
    ASSERT_TRUE(importer->Finish().ok());
  };
  import_rows("b", 4);
  import_rows("a", 3);
  import_rows("ab", 3);
  for (int size = 1; size < 12; ++size) {
    std::vector<std::string> rows;
    ImportPosition position;
    for (;;) {
      const auto page = ReadImportFrame(*desk, position, size);
      ASSERT_TRUE(page.ok()) << page.status();
      if (page->frame.row_count == 0) break;
      position = page->next;
      EXPECT_LE(page->frame.row_count, static_cast<std::size_t>(size));
      for (std::size_t i = 0; i < page->frame.row_count; ++i) {
        std::string text;
        for (const char* name : {"import_id", "row", "source", "verb", "verdict", "reason"}) {
          absl::StrAppend(&text, Cell(page->frame, name, i), "|");
        }
        const bool is_done = Cell(page->frame, "verdict", i) == "done";
        EXPECT_EQ(Cell(page->frame, "text", i) == "-", is_done);
        EXPECT_EQ(Cell(page->frame, "record_id", i) != "-", is_done);
        rows.push_back(text);
      }
    }
    EXPECT_THAT(rows, ElementsAre("a|1|line 1|CreateCustomer|refused|CUSTOMER_EXISTS|",
                                  "a|2|line 2|-|no_command|LINE_EMPTY|",
                                  "a|3|line 3|CreateCustomer|refused|ARGUMENT_REQUIRED|",
                                  "ab|1|line 1|CreateCustomer|refused|CUSTOMER_EXISTS|",
                                  "ab|2|line 2|-|no_command|LINE_EMPTY|",
                                  "ab|3|line 3|CreateCustomer|refused|ARGUMENT_REQUIRED|",
                                  "b|1|line 1|CreateCustomer|done|-|",
                                  "b|2|line 2|-|no_command|LINE_EMPTY|",
                                  "b|3|line 3|CreateCustomer|refused|ARGUMENT_REQUIRED|",
                                  "b|4|line 4|CreateCustomer|refused|CUSTOMER_EXISTS|"))
        << "in pieces of " << size;
  }
}

TEST(FramesTest, ARowOfAnImportThatIsAnErrorIsNeitherRefusedNorDone) {
  const std::unique_ptr<Desk> desk = MustOpen();
  const auto importer = *CommandImporter::Make(desk.get(), "i1");
  ImportInput input;
  input.command = AskInText("create_customer { customer_id: 'n1' given_name: 'Ann' }", 0);
  input.command.clear_now();
  ASSERT_TRUE(importer->Add({input}).ok());
  const auto page = ReadImportFrame(*desk);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->frame.row_count, 1u);
  EXPECT_EQ(Cell(page->frame, "verdict", 0), "error");
  EXPECT_EQ(Cell(page->frame, "reason", 0), "COMMAND_MALFORMED");
}

TEST(FramesTest, TimesThatDoNotFitAreTheNearest) {
  const std::unique_ptr<Desk> desk = MustOpen();
  v1::Command open = AskInText("open_case { case_id: 'k1' kind: KIND_TROUBLE subject: 's' }", 0);
  open.mutable_now()->set_seconds(-62135596800);  // 0001-01-01
  MustDo(*desk, open);
  open = AskInText("open_case { case_id: 'k2' kind: KIND_TROUBLE subject: 's' }", 0);
  open.mutable_now()->set_seconds(253402300799);  // 9999-12-31
  MustDo(*desk, open);
  const FramePage page = *ReadFrames(*desk, 0);
  const FrameColumn& times = Column(Named(page, "cases"), "open_time");
  EXPECT_THAT(times.values, ElementsAre(kNoNumber + 1, std::numeric_limits<std::int64_t>::max()));
}

}  // namespace
}  // namespace report
}  // namespace frontdesk
