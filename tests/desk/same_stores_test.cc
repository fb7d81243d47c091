// The same random commands at desks in memory, in a SQLite file and in a PostgreSQL database: the same outcomes and the same records.
//
// FRONTDESK_RANDOM_COMMANDS says how many (`./dev test --all`: 100,000), FRONTDESK_RANDOM_SEED repeats a run.
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/store/store.h"
#include "gtest/gtest.h"
#include "internal/sha256.h"
#include "store/postgres_testing.h"
#include "store/sqlite_testing.h"

namespace frontdesk {
namespace {

constexpr int kCommandsByDefault = 400;
constexpr int kCommandsOfADesk = 400;
constexpr int kChangesOfAPage = 200;

// Grows with each message: its hash stays that of all of them.
class ChainedHash {
 public:
  void Add(absl::string_view bytes) {
    hash_ = internal::Sha256(absl::StrCat(hash_, bytes.size(), ":", bytes));
    ++count_;
  }
  std::string Text() const { return absl::StrCat(count_, ", sha256 ", internal::Sha256Hex(hash_)); }

 private:
  std::string hash_;
  std::int64_t count_ = 0;
};

// Desks in one kind of store, one after the other.
struct Kept {
  std::string name;
  std::unique_ptr<Desk> desk;
  ChainedHash outcomes;
  ChainedHash records;
};

void AddRecords(const Desk& desk, ChainedHash* records) {
  LogPage page;
  page.page_size = kChangesOfAPage;
  while (true) {
    const auto changes = desk.ReadLog(page);
    ASSERT_TRUE(changes.ok()) << changes.status();
    if (changes->empty()) return;
    for (const v1::LogChange& change : *changes) records->Add(change.SerializeAsString());
    page.after = changes->back().entry().position();
  }
}

class SameStoresTest : public ::testing::Test {
 protected:
  // New desks, in stores without any row.
  void OpenDesks() {
    const std::string name = store::NewPostgresName();
    store::SqliteOptions options = store::WithoutSyncs();
    options.desk = name;
    Open(0, store::MakeMemoryStore());
    Open(1, store::MustOpen(folder_.File("desks.db"), options));
    if (kept_.size() > 2) Open(2, store::MustOpenPostgres(name));
  }
  void Open(std::size_t place, std::shared_ptr<store::Store> store) {
    kept_[place].desk = testing::OpenRandomDesk(std::move(store));
    for (const v1::Command& command : testing::OpeningCommands()) {
      testing::MustDo(*kept_[place].desk, command);
    }
  }

  // The outcome of each, which are the same.
  void Execute(const v1::Command& command, const v1::Facts& facts) {
    std::string first;
    for (Kept& each : kept_) {
      const auto outcome = each.desk->Execute(command, facts);
      std::string bytes = outcome.ok() ? outcome->SerializeAsString() : outcome.status().ToString();
      each.outcomes.Add(bytes);
      if (&each == kept_.data()) {
        first = std::move(bytes);
      } else {
        ASSERT_EQ(bytes, first) << each.name;
      }
    }
  }

  const store::TempFolder folder_;
  std::vector<Kept> kept_;
};

TEST_F(SameStoresTest, RandomCommandsHaveTheSameOutcomesAndRecords) {
  const std::uint64_t seed = testing::SeedOfRun();
  const auto wanted = static_cast<int>(
      testing::NumberFromEnvironment("FRONTDESK_RANDOM_COMMANDS", kCommandsByDefault));
  RecordProperty("seed", std::to_string(seed));
  kept_.resize(store::ScratchPostgres::Get().absence().empty() ? 3 : 2);
  kept_[0].name = "memory";
  kept_[1].name = "sqlite";
  if (kept_.size() > 2) kept_[2].name = "postgres";
  for (int given = 0; given < wanted && !HasFatalFailure();) {
    OpenDesks();
    testing::Chance chance(seed + static_cast<std::uint64_t>(given));
    testing::RandomCommands commands(&chance, kept_[0].desk.get());
    for (int i = 0; i < kCommandsOfADesk && given < wanted; ++i, ++given) {
      const v1::Command command = commands.Next();
      ASSERT_NO_FATAL_FAILURE(Execute(command, commands.NextFacts(command)))
          << "seed " << seed << ", command " << given;
    }
    for (Kept& each : kept_) ASSERT_NO_FATAL_FAILURE(AddRecords(*each.desk, &each.records));
  }
  for (const Kept& each : kept_) {
    std::cout << each.name << ": outcomes " << each.outcomes.Text() << "; records "
              << each.records.Text() << "\n";
    EXPECT_EQ(each.outcomes.Text(), kept_[0].outcomes.Text());
    EXPECT_EQ(each.records.Text(), kept_[0].records.Text());
  }
}

}  // namespace
}  // namespace frontdesk
