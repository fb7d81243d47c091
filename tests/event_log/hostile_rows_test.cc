// Rows that no log wrote: a clear error, never a crash, and none of their contents in its text.
#include <cstdint>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "event_log/log_testing.h"
#include "event_log/outbox_rows.h"
#include "event_log/rows.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/event_log/reasons.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace event_log {
namespace {

constexpr char kSecret[] = "Plantagenet";

// Everything that can be read of the log. The errors, one a line.
std::string ReadAll(const Names& names) {
  std::string errors;
  const auto add = [&errors](const absl::Status& status) {
    if (status.ok()) return;
    EXPECT_EQ(GetReason(status), kReasonStoreCorrupt) << status;
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_FALSE(absl::StrContains(status.ToString(), kSecret)) << status;
    errors += status.ToString() + "\n";
  };
  const View view = names.Read();
  for (const char* id : {"a", "b"}) {
    add(view.Get(v1::ENTITY_KIND_CUSTOMER, id).status());
    add(view.History(CustomerRef(id), {}).status());
  }
  for (const char* id : {"r1", "r2", "r3"}) {
    const auto record = view.GetRecord(id);
    add(record.status());
    if (record.ok() && *record != nullptr) add(view.RecordEvents(**record).status());
  }
  add(view.Journal({}).status());
  add(view.FindRemembered("k").status());
  add(view.PendingEffects({}).status());
  add(view.DeadLetters({}).status());
  add(view.FindEffect("r1-e1").status());
  add(view.Export([](const v1::LogLine&) { return absl::OkStatus(); }));
  add(view.Find(v1::ENTITY_KIND_CUSTOMER, "external_id/3:crm1:7", {}).status());
  // Calls that change the outbox.
  const auto change = [&add](const absl::Status& status) {
    const bool is_plain = status.code() == absl::StatusCode::kNotFound ||
                          status.code() == absl::StatusCode::kAborted ||
                          GetReason(status) == kReasonEffectNotDead;
    if (!is_plain) add(status);
  };
  const absl::Time time = absl::FromUnixSeconds(1'800'000'000);
  change(names.log->ClaimEffects(time, {}).status());
  change(names.log->RetryEffect("r1-e1", 1, time, {}).status());
  change(names.log->ReviveEffect("r1-e2"));
  for (const char* id : {"r1-e1", "r1-e2", "r1-e3"}) change(names.log->AcknowledgeEffect(id));
  // Makes rows that are missing.
  add(names.log->MakeRows());
  return errors;
}

Names Filled() {
  Names names;
  Batch batch = names.Naming(names.Read(), "a", kSecret);
  for (const char* id : {"r1-e1", "r1-e2", "r1-e3"}) {
    RecordOf(batch).add_effects()->set_effect_id(id);
  }
  RecordOf(batch).mutable_command()->set_note(kSecret);
  NewOutcome& remembered = batch.remembered.emplace();
  remembered.idempotency_key = "k";
  remembered.outcome.mutable_outcome()->set_record_id("r1");
  auto after = std::make_shared<v1::EntityState>(*batch.changed[0].after);
  v1::ExternalId& external = *after->mutable_customer()->add_external_ids();
  external.set_system("crm");
  external.set_id("7");
  batch.changed[0].after = std::move(after);
  EXPECT_EQ(*names.log->Commit(batch), CommitVerdict::kCommitted);
  // A claimed effect, a dead letter, one that waits.
  RetryOptions retry;
  retry.max_attempts = 1;
  const absl::Time time = absl::FromUnixSeconds(1'700'000'000);
  EXPECT_EQ(names.log->ClaimEffects(time, {})->size(), 1u);
  EXPECT_TRUE(names.log->RetryEffect("r1-e1", 1, time, retry).ok());
  EXPECT_EQ(names.log->ClaimEffects(time, {})->size(), 1u);
  for (int i = 0; i < 60; ++i) names.Name("b", kSecret);  // Long enough for a copy.
  names.Reopen();
  return names;
}

void Write(const Names& names, Table table, std::string key, store::Value value) {
  std::vector<store::Batch> batches(1);
  batches[0].writes.push_back({{table, std::move(key)}, std::move(value)});
  ASSERT_TRUE(names.rows->Commit(std::move(batches)).ok());
}

TEST(HostileRowsTest, ALogAsItIsHasNoErrors) { EXPECT_EQ(ReadAll(Filled()), ""); }

TEST(HostileRowsTest, MissingAndForeignRowsAreErrors) {
  const std::string a = EntityKey(v1::ENTITY_KIND_CUSTOMER, "a");
  const std::string b = EntityKey(v1::ENTITY_KIND_CUSTOMER, "b");
  // The newest copy of b's state.
  const std::string copy =
      (*(*Filled().rows->Read())->Scan(store::RangeOf(kStates, ""), 1, /*descending=*/true))[0].key;
  const auto bytes = [](std::string text) { return store::MakeValue(std::move(text)); };
  struct Change {
    const char* what;
    Table table;
    std::string key;
    store::Value value;
  };
  const Change changes[] = {
      {"head of another length", kHeads, a, bytes(kSecret)},
      {"head beyond its events", kHeads, a, bytes(EncodeHead({9, 0, 0}))},
      {"head with a copy that is not there", kHeads, a, bytes(EncodeHead({1, 1, 0}))},
      {"negative version", kHeads, a, bytes(EncodeHead({-1, 0, 0}))},
      {"copy behind the version", kHeads, b, bytes(EncodeHead({1, 60, 0}))},
      {"no copy", kStates, copy, nullptr},
      {"copy of other bytes", kStates, copy, bytes(std::string("\xff") + kSecret)},
      {"event is missing", kEvents, EventKey(v1::ENTITY_KIND_CUSTOMER, "a", 1), nullptr},
      {"event of other bytes", kEvents, EventKey(v1::ENTITY_KIND_CUSTOMER, "a", 1),
       bytes(std::string("\xff") + kSecret)},
      {"event of nothing", kEvents, EventKey(v1::ENTITY_KIND_CUSTOMER, "a", 1), bytes("")},
      {"record is missing", kRecords, store::EncodePosition(1), nullptr},
      {"record of other bytes", kRecords, store::EncodePosition(1),
       bytes(std::string("\xff") + kSecret)},
      {"record of another id", kRecords, store::EncodePosition(1), bytes("")},
      {"key of a record", kRecords, store::EncodePosition(2) + "x", bytes("")},
      {"pointer to nothing", kRecordIds, "r1", bytes(store::EncodePosition(77))},
      {"remembered of other bytes", kRemembered, "k", bytes(std::string("\xff") + kSecret)},
      {"effect that is not there", kOutbox, store::EncodePosition(1),
       bytes(store::EncodePosition(7))},
      {"claim of other bytes", kClaims, ClaimKey(1, 1), bytes(std::string("\xff") + kSecret)},
      {"claim of another place", kClaims, ClaimKey(1, 1), bytes("")},
      {"no claim", kClaims, ClaimKey(1, 1), nullptr},
      {"no order of effects", kEntityEffects, EntityEffectsPrefix({}) + store::EncodePosition(1),
       nullptr},
      {"other order of effects", kEntityEffects, EntityEffectsPrefix({}) + store::EncodePosition(1),
       bytes("")},
      {"dead letter of no record", kQueue, DeadQueueKey(77, 0), bytes("")},
      {"dead letter without a place", kQueue, QueuePrefix(QueueMark::kDead) + "x", bytes("")},
      {"due effect of no record", kQueue, DueQueueKey(77), bytes(EncodePlaces({0}))},
      {"due effect that is dead", kQueue, DueQueueKey(1), bytes(EncodePlaces({0}))},
      {"due effect that is not there", kQueue, DueQueueKey(1), bytes(EncodePlaces({7}))},
      {"effect of no record", kOutbox, store::EncodePosition(77), bytes(store::EncodePosition(0))},
      {"index without a place", kIndex,
       IndexPrefix(v1::ENTITY_KIND_CUSTOMER, "external_id/3:crm1:7") + "x", bytes("")},
  };
  for (const Change& change : changes) {
    SCOPED_TRACE(change.what);
    const Names names = Filled();
    Write(names, change.table, change.key, change.value);
    EXPECT_NE(ReadAll(names), "");
  }
}

// Random changes of random rows.
TEST(HostileRowsTest, ChangedBytesAreReadOrAreErrors) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  for (int round = 0; round < 300; ++round) {
    const Names names = Filled();
    static constexpr Table kTables[] = {kHeads,     kStates,        kEvents,     kRecords,
                                        kRecordIds, kIndex,         kRemembered, kOutbox,
                                        kClaims,    kEntityEffects, kQueue};
    const Table table = kTables[random() % std::size(kTables)];
    const auto rows = (*names.rows->Read())->Scan(store::RangeOf(table, ""), 1'000);
    ASSERT_TRUE(rows.ok() && !rows->empty());
    const store::Row& row = (*rows)[random() % rows->size()];
    std::string value = *row.value;
    switch (random() % 3) {
      case 0:
        if (!value.empty()) value[random() % value.size()] ^= static_cast<char>(1 + random() % 255);
        break;
      case 1:
        value.resize(value.empty() ? 0 : random() % value.size());
        break;
      default:
        value.insert(random() % (value.size() + 1), 1, static_cast<char>(random()));
    }
    Write(names, table, row.key, store::MakeValue(std::move(value)));
    ReadAll(names);
  }
}

}  // namespace
}  // namespace event_log
}  // namespace frontdesk
