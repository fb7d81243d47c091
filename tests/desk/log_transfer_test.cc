// A log that is exported, and imported into another store.
#include "frontdesk/desk/log_transfer.h"

#include <cstdint>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "store/rows_testing.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::MustDo;
using ::frontdesk::testing::MustOpen;
using ::testing::HasSubstr;

constexpr LogFormat kFormats[] = {LogFormat::kBinary, LogFormat::kJsonLines};

std::string Export(const store::Store& store, LogFormat format) {
  std::string bytes;
  const absl::Status status = ExportLog(store, format, [&bytes](absl::string_view piece) {
    bytes.append(piece.data(), piece.size());
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return bytes;
}

// Imports in pieces of that length.
absl::StatusOr<v1::LogReport> Import(const std::string& bytes, LogFormat format,
                                     const std::shared_ptr<store::Store>& store,
                                     std::size_t piece = 1'000, LogImportOptions options = {}) {
  auto importer = LogImporter::Make(store, format, std::move(options));
  if (!importer.ok()) return importer.status();
  for (std::size_t i = 0; i < bytes.size(); i += piece) {
    const absl::Status status = (*importer)->Read(bytes.substr(i, piece));
    if (!status.ok()) {
      EXPECT_EQ((*importer)->Read(""), status) << "an error stays";
      EXPECT_EQ((*importer)->Finish().status(), status);
      return status;
    }
  }
  return (*importer)->Finish();
}

v1::Command NewCustomer(const std::string& id) {
  v1::Command command;
  command.mutable_actor()->set_actor_id("anna");
  command.mutable_actor()->set_kind(v1::Actor::KIND_AGENT);
  command.mutable_now()->set_seconds(1'700'000'000);
  command.mutable_customer()->mutable_create_customer()->set_customer_id(id);
  command.mutable_customer()->mutable_create_customer()->set_given_name("Ann");
  return command;
}

// A desk with a number of customers, on that store.
void AddCustomers(const std::shared_ptr<store::Store>& store, int count) {
  const auto desk = MustOpen(testing::kAllowAll, store);
  for (int i = 0; i < count; ++i) MustDo(*desk, NewCustomer(absl::StrCat("c", i)));
}

// Commands of every kind, with approvals, lists, refusals, keys and acknowledged effects: the other store has the same rows, the
// index and the lists too.
TEST(LogTransferTest, RandomDesksAreTheSameInAnotherStore) {
  const std::uint64_t seed = testing::SeedOfRun();
  for (int round = 0; round < 4; ++round) {
    const auto store = store::MakeMemoryStore();
    const std::unique_ptr<Desk> desk = testing::OpenRandomDesk(store);
    for (const v1::Command& command : testing::OpeningCommands()) MustDo(*desk, command);
    testing::Chance chance(seed + static_cast<std::uint64_t>(round));
    testing::RandomCommands commands(&chance, desk.get());
    for (int i = 0; i < 500; ++i) {
      v1::Command command = commands.Next();
      if (i % 7 == 0) command.set_idempotency_key(absl::StrCat("key", i));
      desk->Execute(command, commands.NextFacts(command)).IgnoreError();
      if (i % 50 == 0) {
        const std::vector<PendingEffect> all = *desk->PendingEffects();
        for (const PendingEffect& pending : all) {
          ASSERT_TRUE(desk->AcknowledgeEffect(pending.effect.effect_id()).ok());
          if (i % 100 == 0) break;
        }
      }
    }
    const std::vector<std::string> rows = store::AllRows(*store);
    for (const LogFormat format : kFormats) {
      const std::string bytes = Export(*store, format);
      const auto copy = store::MakeMemoryStore();
      LogImportOptions options;
      options.group_size = round == 0 ? 1 : 64;
      const auto report = Import(bytes, format, copy, round == 1 ? 1 : 4'096, options);
      ASSERT_TRUE(report.ok()) << report.status();
      EXPECT_EQ(report->link(), desk->Verify()->link());
      ASSERT_EQ(store::AllRows(*copy), rows) << "seed " << seed << ", round " << round;
      EXPECT_EQ(Export(*copy, format), bytes);
    }
  }
}

TEST(LogTransferTest, AnInterruptedImportContinues) {
  const auto store = store::MakeMemoryStore();
  AddCustomers(store, 40);
  for (const LogFormat format : kFormats) {
    const std::string bytes = Export(*store, format);
    const auto copy = store::MakeMemoryStore();
    LogImportOptions options;
    options.group_size = 4;
    for (const std::size_t end : {bytes.size() / 3, bytes.size() / 2}) {
      const absl::Status status = Import(bytes.substr(0, end), format, copy, 100, options).status();
      EXPECT_EQ(GetReason(status), kReasonLogTruncated);
      EXPECT_GT((*copy->Read())->position(), 0);
    }
    const auto report = Import(bytes, format, copy, 100, options);
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_EQ(report->entry_count(), 41);
    EXPECT_EQ(store::AllRows(*copy), store::AllRows(*store));
    EXPECT_TRUE(Import(bytes, format, copy).ok()) << "nothing is left to do";
    // The desk goes on.
    const auto desk = MustOpen(testing::kAllowAll, copy);
    EXPECT_EQ(MustDo(*desk, NewCustomer("c40")).record_id(), "r0000000041");
  }
}

TEST(LogTransferTest, AnotherLogIsNotContinued) {
  const auto store = store::MakeMemoryStore();
  AddCustomers(store, 3);
  const auto other = store::MakeMemoryStore();
  {
    const auto desk = MustOpen(testing::kAllowAll, other);
    MustDo(*desk, NewCustomer("x"));
  }
  const std::vector<std::string> rows = store::AllRows(*other);
  const std::string bytes = Export(*store, LogFormat::kBinary);
  EXPECT_EQ(GetReason(Import(bytes, LogFormat::kBinary, other).status()), kReasonLogNotContinued);
  EXPECT_EQ(store::AllRows(*other), rows);
  // One that is longer than the export.
  const std::string shorter = Export(*other, LogFormat::kBinary);
  AddCustomers(other, 2);
  EXPECT_EQ(GetReason(Import(shorter, LogFormat::kBinary, other).status()), kReasonLogNotContinued);
}

// Any change of a line is found, and nothing of the line or behind it is kept.
TEST(LogTransferTest, AChangedExportIsFound) {
  const auto store = store::MakeMemoryStore();
  AddCustomers(store, 5);
  const std::string json = Export(*store, LogFormat::kJsonLines);
  const std::vector<std::string> lines = absl::StrSplit(json, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 8u) << "header, activation, five customers, trailer";
  const auto import_lines = [](const std::vector<std::string>& given, std::int64_t* kept) {
    std::string bytes;
    for (const std::string& line : given) absl::StrAppend(&bytes, line, "\n");
    const auto copy = store::MakeMemoryStore();
    const absl::Status status = Import(bytes, LogFormat::kJsonLines, copy).status();
    *kept = (*copy->Read())->position();
    return status;
  };
  std::int64_t kept = 0;
  std::vector<std::string> changed = lines;
  ASSERT_THAT(changed[4], HasSubstr("\"Ann\""));
  changed[4].replace(changed[4].find("\"Ann\""), 5, "\"Eve\"");
  absl::Status status = import_lines(changed, &kept);
  EXPECT_EQ(GetReason(status), kReasonLogLinkUnexpected);
  EXPECT_THAT(std::string(status.message()), HasSubstr("line 5"));
  EXPECT_EQ(kept, 3);

  changed = lines;
  changed.erase(changed.begin() + 3);
  EXPECT_EQ(GetReason(import_lines(changed, &kept)), kReasonLogMalformed);
  EXPECT_EQ(kept, 2);

  changed = lines;
  std::swap(changed[3], changed[4]);
  EXPECT_EQ(GetReason(import_lines(changed, &kept)), kReasonLogMalformed);

  for (const std::string bad :
       {"", "{", "{}", "{\"header\":{\"format\":1}}", "{\"newer\":{}}", "[]", "\xff"}) {
    changed = lines;
    changed[2] = bad;
    EXPECT_EQ(GetReason(import_lines(changed, &kept)), kReasonLogMalformed) << bad;
    EXPECT_EQ(kept, 1);
  }
  changed = lines;
  changed[0] = "{\"header\":{\"format\":2}}";
  status = import_lines(changed, &kept);
  EXPECT_EQ(GetReason(status), kReasonLogMalformed);
  EXPECT_THAT(std::string(status.message()), HasSubstr("format is 2"));
  EXPECT_EQ(kept, 0);

  changed = lines;
  changed.pop_back();
  EXPECT_EQ(GetReason(import_lines(changed, &kept)), kReasonLogTruncated);
  EXPECT_EQ(kept, 6) << "whole lines are kept";
}

TEST(LogTransferTest, LinesHaveALimit) {
  const auto store = store::MakeMemoryStore();
  AddCustomers(store, 2);
  for (const LogFormat format : kFormats) {
    LogImportOptions options;
    options.max_line_bytes = 100;
    EXPECT_EQ(
        GetReason(
            Import(Export(*store, format), format, store::MakeMemoryStore(), 7, options).status()),
        kReasonLogLineTooLarge);
    options.max_line_bytes = 0;
    EXPECT_EQ(GetReason(LogImporter::Make(store, format, options).status()),
              kReasonDeskOptionsInvalid);
    EXPECT_EQ(GetReason(Import("", format, store::MakeMemoryStore()).status()),
              kReasonLogTruncated);
  }
  // A length that never ends.
  EXPECT_EQ(
      GetReason(
          Import(std::string(20, '\xff'), LogFormat::kBinary, store::MakeMemoryStore()).status()),
      kReasonLogMalformed);
}

// Any byte of an export may be another: an error, and never a store that is not a beginning of the log.
TEST(LogTransferTest, BrokenBytesLeaveABeginningOfTheLog) {
  const auto store = store::MakeMemoryStore();
  AddCustomers(store, 6);
  const std::string bytes = Export(*store, LogFormat::kBinary);
  const std::vector<v1::LogChange> log = *MustOpen(testing::kAllowAll, store)->ReadLog();
  std::mt19937_64 random(testing::SeedOfRun());
  for (int i = 0; i < 400; ++i) {
    std::string broken = bytes;
    broken[random() % broken.size()] ^= static_cast<char>(1 + random() % 255);
    const auto copy = store::MakeMemoryStore();
    const auto report = Import(broken, LogFormat::kBinary, copy);
    const auto snapshot = *copy->Read();
    const auto position = static_cast<std::size_t>(snapshot->position());
    ASSERT_LE(position, log.size());
    if (position > 0) {
      EXPECT_EQ(snapshot->link(), log[position - 1].entry().link());
    }
    if (report.ok()) {
      EXPECT_EQ(position, log.size());
    }
  }
}

TEST(LogTransferTest, AnExportEndsWithTheErrorOfItsWriter) {
  const auto store = store::MakeMemoryStore();
  AddCustomers(store, 2);
  int calls = 0;
  const absl::Status full = absl::ResourceExhaustedError("full");
  EXPECT_EQ(ExportLog(*store, LogFormat::kBinary,
                      [&](absl::string_view) { return ++calls < 2 ? absl::OkStatus() : full; }),
            full);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace frontdesk
