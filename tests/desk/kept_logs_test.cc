// Logs that desks wrote, and that are kept in tests/logs: every version of the code folds them, whatever its tables say.
//
// A log holds events, each behind its length as a varint, in the order in which they were committed. states.txt holds, for
// each log, the SHA-256 of the states that it folds to. FRONTDESK_UPDATE_LOGS=states writes states.txt anew, and FRONTDESK_UPDATE_LOGS=1
// also the logs of random commands.
// tests/logs/keep_logs.py writes the logs of the examples. See tests/logs/README.md.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/random_commands.h"
#include "desk/shop.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/store/store.h"
#include "google/protobuf/io/zero_copy_stream_impl.h"
#include "google/protobuf/util/delimited_message_util.h"
#include "gtest/gtest.h"
#include "internal/canonical.h"
#include "internal/sha256.h"

namespace frontdesk {
namespace {

using Log = std::vector<v1::Event>;
using States = std::map<std::pair<int, std::string>, v1::EntityState>;

constexpr int kDesks = 4;
constexpr int kCommandsPerLog = 3'000;
constexpr std::uint64_t kSeed = 20'261'129;

std::string Folder() {
  const char* source = std::getenv("FRONTDESK_SOURCE_DIR");
  return absl::StrCat(source == nullptr ? "." : source, "/tests/logs/");
}

bool IsUpdate() { return std::getenv("FRONTDESK_UPDATE_LOGS") != nullptr; }

bool AreLogsKept() {
  return IsUpdate() && std::getenv("FRONTDESK_UPDATE_LOGS") == std::string("states");
}

// The events of a desk in the order of its journal.
void AppendEvents(const std::shared_ptr<store::Store>& store, std::ostream* output) {
  const event_log::EventLog log(store, {Evolve});
  const auto view = log.Read();
  ASSERT_TRUE(view.ok());
  LogPage page;
  while (true) {
    const auto records = view->Journal(page);
    ASSERT_TRUE(records.ok());
    if (records->empty()) return;
    for (const v1::JournalRecord& record : *records) {
      page.after = record.sequence();
      const auto events = view->RecordEvents(record);
      ASSERT_TRUE(events.ok());
      for (const v1::Event& event : *events) {
        ASSERT_TRUE(google::protobuf::util::SerializeDelimitedToOstream(event, output));
      }
    }
  }
}

void WriteRandomLogs() {
  for (int i = 0; i < kDesks; ++i) {
    std::ofstream output(absl::StrCat(Folder(), "random_", i, ".events"), std::ios::binary);
    const std::shared_ptr<store::Store> store = store::MakeMemoryStore();
    const std::unique_ptr<Desk> desk = testing::OpenRandomDesk(store);
    for (const v1::Command& command : testing::OpeningCommands()) testing::MustDo(*desk, command);
    testing::Chance chance(kSeed + static_cast<std::uint64_t>(i));
    testing::RandomCommands commands(&chance, desk.get());
    for (int k = 0; k < kCommandsPerLog; ++k) {
      const v1::Command command = commands.Next();
      static_cast<void>(desk->Execute(command, commands.NextFacts(command)));
    }
    AppendEvents(store, &output);
  }
}

Log ReadLog(const std::filesystem::path& path) {
  std::ifstream input(path, std::ios::binary);
  google::protobuf::io::IstreamInputStream stream(&input);
  Log log;
  bool is_at_end = false;
  while (true) {
    v1::Event event;
    if (!google::protobuf::util::ParseDelimitedFromZeroCopyStream(&event, &stream, &is_at_end)) {
      break;
    }
    log.push_back(std::move(event));
  }
  EXPECT_TRUE(is_at_end) << path << " ends inside an event";
  return log;
}

const std::map<std::string, Log>& KeptLogs() {
  static const auto* const logs = [] {
    auto* read = new std::map<std::string, Log>();
    if (IsUpdate() && !AreLogsKept()) WriteRandomLogs();
    for (const auto& entry : std::filesystem::directory_iterator(Folder())) {
      if (entry.path().extension() != ".events") continue;
      read->emplace(entry.path().stem().string(), ReadLog(entry.path()));
    }
    return read;
  }();
  return *logs;
}

// "" when every event folds; else the first that does not.
std::string Fold(const Log& log, States* states) {
  for (const v1::Event& event : log) {
    v1::EntityState& state = (*states)[{event.entity().kind(), event.entity().id()}];
    const absl::Status folded = Evolve(event, &state);
    if (!folded.ok()) return absl::StrCat(folded.ToString(), "\n", event.ShortDebugString());
  }
  return "";
}

std::string HashOf(const States& states) {
  std::string bytes;
  for (const auto& [key, state] : states) internal::AppendCanonicalBytes(state, &bytes);
  return internal::Sha256Hex(bytes);
}

TEST(KeptLogsTest, FoldToTheSameStates) {
  if (std::getenv("FRONTDESK_SOURCE_DIR") == nullptr) {
    GTEST_SKIP() << "FRONTDESK_SOURCE_DIR is not set";
  }
  std::string told;
  std::size_t events = 0;
  for (const auto& [name, log] : KeptLogs()) {
    States states;
    EXPECT_EQ(Fold(log, &states), "") << name;
    events += log.size();
    absl::StrAppend(&told, name, " ", log.size(), " events ", states.size(), " entities ",
                    HashOf(states), "\n");
  }
  EXPECT_GT(events, 2'000u);
  const std::string path = Folder() + "states.txt";
  if (IsUpdate()) std::ofstream(path) << told;
  std::ifstream kept(path);
  std::ostringstream text;
  text << kept.rdbuf();
  EXPECT_EQ(told, text.str()) << "when that is meant: FRONTDESK_UPDATE_LOGS=1";
}

// The arms of events that the logs hold, so that none is folded by no test.
TEST(KeptLogsTest, HoldEveryEvent) {
  if (std::getenv("FRONTDESK_SOURCE_DIR") == nullptr) {
    GTEST_SKIP() << "FRONTDESK_SOURCE_DIR is not set";
  }
  std::map<std::string, int> seen;
  const google::protobuf::Descriptor& envelope = *v1::Event::descriptor();
  for (int i = 0; i < envelope.oneof_decl(0)->field_count(); ++i) {
    const google::protobuf::Descriptor& arm = *envelope.oneof_decl(0)->field(i)->message_type();
    for (int k = 0; k < arm.field_count(); ++k) seen[arm.field(k)->message_type()->name()] = 0;
  }
  for (const auto& [name, log] : KeptLogs()) {
    for (const v1::Event& event : log) {
      const auto* arm_field =
          event.GetReflection()->GetOneofFieldDescriptor(event, envelope.oneof_decl(0));
      const google::protobuf::Message& arm = event.GetReflection()->GetMessage(event, arm_field);
      const auto* fact =
          arm.GetReflection()->GetOneofFieldDescriptor(arm, arm.GetDescriptor()->oneof_decl(0));
      ASSERT_NE(fact, nullptr);
      ++seen[fact->message_type()->name()];
    }
  }
  for (const auto& [name, times] : seen) EXPECT_GT(times, 0) << name;
}

// Every cell of every table made stricter in turn: every event folds all the same.
TEST(KeptLogsTest, FoldUnderStricterTables) {
  if (std::getenv("FRONTDESK_SOURCE_DIR") == nullptr) {
    GTEST_SKIP() << "FRONTDESK_SOURCE_DIR is not set";
  }
  ASSERT_FALSE(KeptLogs().empty());
  const domain::Lifecycle* const tables[] = {
      &domain::AccountLifecycle(),  &domain::ApprovalLifecycle(),    &domain::CaseLifecycle(),
      &domain::CustomerLifecycle(), &domain::InteractionLifecycle(), &domain::OrderLifecycle()};
  int cells = 0;
  for (const domain::Lifecycle* table : tables) {
    for (const domain::Transition& cell : table->transitions()) {
      if (cell.to.empty()) continue;
      // The tables are objects of the heap that nobody reads meanwhile.
      auto& stricter = const_cast<domain::Transition&>(cell);
      const auto to = std::exchange(stricter.to, {});
      for (const auto& [name, log] : KeptLogs()) {
        States states;
        EXPECT_EQ(Fold(log, &states), "")
            << name << ": " << cell.command->name << " from " << cell.from;
      }
      stricter.to = to;
      ++cells;
    }
  }
  EXPECT_GT(cells, 150);
}

}  // namespace
}  // namespace frontdesk
