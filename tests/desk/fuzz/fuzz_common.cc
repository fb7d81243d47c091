#include "desk/fuzz/fuzz_common.h"

#include <cstdlib>
#include <iostream>
#include <map>
#include <utility>

#include "desk/random_commands.h"
#include "desk/shop.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/base/error.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"

namespace frontdesk {
namespace testing {
namespace {

class Silent : public google::protobuf::io::ErrorCollector {
  void AddError(int, google::protobuf::io::ColumnNumber, const std::string&) override {}
};

constexpr std::uint64_t kSeed = 20240501;
constexpr int kCommands = 600;

std::vector<v1::JournalRecord> BusyJournal() {
  LogPage page;
  page.page_size = 10'000;
  return *BusyDesk().desk().Journal(page);
}

}  // namespace

void Require(bool condition, absl::string_view what, absl::string_view detail) {
  if (condition) return;
  std::cerr << "broken: " << what << "\n" << detail << "\n";
  std::abort();
}

void RequireUnbroken(const std::string& broken) { Require(broken.empty(), broken, ""); }

void RequireKnown(const absl::Status& status) {
  if (status.ok()) return;
  const Reason* info = FindReason(GetReason(status));
  Require(info != nullptr && info->code == status.code() &&
              status.code() != absl::StatusCode::kInternal,
          "a status without a reason of its own", status.ToString());
}

bool ReadText(absl::string_view text, google::protobuf::Message* message) {
  Silent silent;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&silent);
  parser.SetRecursionLimit(64);
  return parser.ParseFromString(std::string(text), message);
}

const WatchedDesk& BusyDesk() {
  static const auto* const desk = [] {
    std::unique_ptr<Desk> opened = OpenRandomDesk();
    for (const v1::Command& command : OpeningCommands()) MustDo(*opened, command);
    Chance chance(kSeed);
    RandomCommands commands(&chance, opened.get());
    for (int i = 0; i < kCommands; ++i) {
      const v1::Command command = commands.Next();
      opened->Execute(command, FactsFor(command)).status().IgnoreError();
    }
    return new WatchedDesk(std::move(opened));
  }();
  return *desk;
}

WatchedDesk ForkBusyDesk() {
  auto fork = BusyDesk().desk().Fork(std::make_shared<SequenceIdSource>("f"));
  Require(fork.ok(), "no fork", fork.status().ToString());
  return WatchedDesk(*std::move(fork), BusyDesk());
}

const std::vector<Decided>& BusyDecisions() {
  static const auto* const decisions = [] {
    auto* made = new std::vector<Decided>;
    for (const v1::JournalRecord& record : BusyJournal()) {
      if (!record.has_input_hash()) continue;
      const auto rebuilt = BusyDesk().desk().DecisionInputOf(record.record_id());
      Require(rebuilt.ok(), "no input", rebuilt.status().ToString());
      made->push_back({record.command(), rebuilt->input()});
    }
    return made;
  }();
  return *decisions;
}

const std::vector<Happened>& BusyEvents() {
  static const auto* const events = [] {
    auto* made = new std::vector<Happened>;
    std::map<std::string, v1::EntityRef> entities;
    for (const v1::JournalRecord& record : BusyJournal()) {
      entities[record.entity().SerializeAsString()] = record.entity();
    }
    for (const auto& [key, entity] : entities) {
      v1::EntityState state;
      const auto history = BusyDesk().desk().History(entity);
      if (!history.ok()) continue;  // A refused id has no entity.
      for (const v1::Event& event : *history) {
        made->push_back({state, event});
        Require(Evolve(event, &state).ok(), "a history does not fold", event.ShortDebugString());
      }
    }
    return made;
  }();
  return *events;
}

}  // namespace testing
}  // namespace frontdesk
