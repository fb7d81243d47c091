// Commands at a desk in a SQLite file, beside the floor of sqlite_floor.cc: the bare database that executes the statements of the same
// commands.
//
//   frontdesk_desk_sqlite [--only PREFIX] [--folder PATH] [--commands N] [--batch N] [--rounds N]
//
// The commands are those of desk_inputs.h, a kind after the other in turn. The desk has the states of the entities before them in
// memory. A first run records the statements of all connections of
// the desk with their values, and the values of each transaction. In each round, the desk and the floor begin with a copy of
// the same file, and both files hold the same rows at the end. The two sides take turns: after a few commands, or round by round for
// imports. Times are by the clock: a commit waits for the disk. A value is the median over the rounds, for one command.
//
// The files are in a folder of their own in PATH, which is removed at the end. PATH is on the disk that is measured.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bench_options.h"
#include "command_mix.h"
#include "desk_inputs.h"
#include "file_desk.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/store/sqlite.h"
#include "printed_rows.h"
#include "recorded_statements.h"
#include "sqlite_floor.h"

namespace frontdesk {
namespace {

using store::SqliteDurability;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kSyncBytes = 4'096;

struct Arguments {
  std::string only;
  std::string folder = ".";
  int commands = 64;  // Of each kind.
  int batch = 1'000;
  int rounds = 9;
  int syncs = 200;
};

// The results of a recorded run. A plain struct.
struct Recorded {
  RecordedStatements statements;
  // The end of each piece in them.
  std::vector<std::size_t> ends;
  double disk_bytes = 0;   // By which the file has grown, a command.
  double event_bytes = 0;  // Of a command with its events.
};

// One comparison of a desk with the floor.
class Comparison {
 public:
  Comparison(Mix mix, Way way, SqliteDurability durability, const BenchFolder& folder,
             std::shared_ptr<const Policy> policy)
      : mix_(std::move(mix)),
        way_(way),
        durability_(durability),
        pieces_(PiecesOf(mix_, way)),
        base_(folder.File("base.db")),
        desk_(folder.File("desk.db")),
        bare_(folder.File("bare.db")),
        policy_(std::move(policy)) {
    std::filesystem::remove(base_);
    const FileDesk desk = OpenFileDesk(base_, SqliteDurability::kOff, policy_);
    for (const auto& outcome : desk.desk->ExecuteAll(mix_.history)) {
      RequireDone(outcome);
      for (const v1::Event& event : outcome->events()) entities_.push_back(event.entity());
    }
  }

  const Recorded& Record() {
    Copy(desk_);
    const auto before = std::filesystem::file_size(desk_);
    double event_bytes = 0;
    {
      StatementRecorder recorder;
      const FileDesk desk = OpenWarm();
      recorder.Start();
      for (const auto& [begin, end] : pieces_) {
        std::size_t i = begin;
        for (const auto& outcome : Execute(Slice(begin, end), way_, *desk.desk)) {
          RequireDone(outcome);
          event_bytes += static_cast<double>(mix_.commands[i++].command.ByteSizeLong());
          for (const v1::Event& event : outcome->events()) {
            event_bytes += static_cast<double>(event.ByteSizeLong());
          }
        }
        recorded_.ends.push_back(recorder.count());
      }
      recorded_.statements = recorder.Take();
    }
    // The last connection has put the log into the file.
    const auto after = std::filesystem::file_size(desk_);
    const double commands = static_cast<double>(mix_.commands.size());
    recorded_.disk_bytes = static_cast<double>(after - before) / commands;
    recorded_.event_bytes = event_bytes / commands;
    return recorded_;
  }

  // Adds the nanoseconds of a command, of both sides.
  void Measure(int round, std::vector<double>* of_desk, std::vector<double>* of_bare) {
    Copy(desk_);
    Copy(bare_);
    double desk_time = 0, bare_time = 0;
    {
      const FileDesk desk = OpenWarm();
      SqliteFloor floor(bare_, recorded_.statements, durability_ == SqliteDurability::kFull);
      for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
        const bool counts = piece > 0;
        for (int turn = 0; turn < 2; ++turn) {
          const bool is_desk = (static_cast<std::size_t>(round + turn) + piece) % 2 == 0;
          const double time = is_desk ? RunDesk(piece, *desk.desk) : RunFloor(piece, &floor);
          if (counts) (is_desk ? desk_time : bare_time) += time;
        }
      }
    }
    if (!HaveSameRows(desk_, bare_)) Die("the desk and the bare database hold different rows");
    const double count = static_cast<double>(mix_.commands.size() - mix_.warm);
    of_desk->push_back(desk_time / count);
    of_bare->push_back(bare_time / count);
  }

 private:
  absl::Span<const CommandWithFacts> Slice(std::size_t begin, std::size_t end) const {
    return absl::MakeConstSpan(mix_.commands).subspan(begin, end - begin);
  }

  ABSL_ATTRIBUTE_NOINLINE double RunDesk(std::size_t piece, Desk& desk) const {
    const auto [first, last] = pieces_[piece];
    const Clock::time_point begin = Clock::now();
    const auto outcomes = Execute(Slice(first, last), way_, desk);
    const double time = NanosecondsSince(begin);
    for (const auto& outcome : outcomes) RequireDone(outcome);
    return time;
  }

  ABSL_ATTRIBUTE_NOINLINE double RunFloor(std::size_t piece, SqliteFloor* floor) const {
    const std::size_t first = piece == 0 ? 0 : recorded_.ends[piece - 1];
    const Clock::time_point begin = Clock::now();
    floor->Execute(first, recorded_.ends[piece]);
    return NanosecondsSince(begin);
  }

  // A desk that has the states of the history in memory, as the one has that made them.
  FileDesk OpenWarm() const {
    FileDesk desk = OpenFileDesk(desk_, durability_, policy_);
    for (const v1::EntityRef& entity : entities_) {
      const auto state = desk.desk->Get(entity);
      if (!state.ok()) Die(state.status().ToString());
    }
    return desk;
  }

  void Copy(const std::string& path) const {
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
    std::filesystem::copy_file(base_, path);
  }

  const Mix mix_;
  const Way way_;
  const SqliteDurability durability_;
  const std::vector<std::pair<std::size_t, std::size_t>> pieces_;
  const std::string base_, desk_, bare_;
  const std::shared_ptr<const Policy> policy_;
  std::vector<v1::EntityRef> entities_;
  Recorded recorded_;
};

// ---- The rows ------------------------------------------------------------------------------------------------------

bool IsSelected(const Arguments& arguments, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return absl::StartsWith(name, arguments.only);
  });
}

void MeasureTimes(const std::string& name, int count, Way way, SqliteDurability durability,
                  const Arguments& arguments, const BenchFolder& folder,
                  const std::shared_ptr<const Policy>& policy) {
  const std::string bare = absl::StrCat(name, "_bare");
  if (!IsSelected(arguments, {name, bare})) return;
  Comparison comparison(MakeMix(count), way, durability, folder, policy);
  comparison.Record();
  std::vector<double> of_desk, of_bare;
  for (int round = 0; round < arguments.rounds; ++round) {
    comparison.Measure(round, &of_desk, &of_bare);
  }
  PrintRow(name, Median(of_desk), "ns", bare);
  PrintRow(bare, Median(of_bare), "ns", "");
}

void MeasureBytes(const Arguments& arguments, const BenchFolder& folder,
                  const std::shared_ptr<const Policy>& policy) {
  const std::string disk = "sqlite_bytes_per_command", events = "sqlite_command_event_bytes";
  if (!IsSelected(arguments, {disk, events})) return;
  Comparison comparison(MakeMix(arguments.batch), Way::kOneByOne, SqliteDurability::kOff, folder,
                        policy);
  const Recorded& recorded = comparison.Record();
  PrintRow(disk, recorded.disk_bytes, "bytes", events);
  PrintRow(events, recorded.event_bytes, "bytes", "");
}

// Appends a page to a file, and waits for the disk.
void MeasureSync(const Arguments& arguments, const BenchFolder& folder) {
  if (!IsSelected(arguments, {"sync"})) return;
  const int file = ::open(folder.File("sync").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (file < 0) Die("no file can be made");
  const std::string page(kSyncBytes, 'x');
  std::vector<double> times;
  for (int i = 0; i < arguments.syncs; ++i) {
    const Clock::time_point begin = Clock::now();
    const bool is_written =
        ::write(file, page.data(), page.size()) == static_cast<ssize_t>(page.size());
    if (!is_written || ::fdatasync(file) != 0) Die("a file cannot be synced");
    times.push_back(NanosecondsSince(begin) / 1'000);
  }
  ::close(file);
  PrintRow("sync", Median(times), "us", "");
}

int Main(int argc, char** argv) {
  Arguments arguments;
  ReadBenchOptions(argc, argv,
                   {{"--only", &arguments.only},
                    {"--folder", &arguments.folder},
                    {"--commands", &arguments.commands},
                    {"--batch", &arguments.batch},
                    {"--rounds", &arguments.rounds},
                    {"--syncs", &arguments.syncs}});
  const PolicyResult compiled = Policy::FromText(DeskPolicyText(), "desk_sqlite.textproto");
  if (!compiled.status().ok()) Die(compiled.status().ToString());
  const BenchFolder folder(arguments.folder);
  const int commands = arguments.commands * static_cast<int>(DeskInputNames().size());
  MeasureTimes("sqlite_command", commands, Way::kOneByOne, SqliteDurability::kFull, arguments,
               folder, compiled.policy);
  MeasureTimes("sqlite_unsynced_command", commands, Way::kOneByOne, SqliteDurability::kOff,
               arguments, folder, compiled.policy);
  MeasureTimes("sqlite_import", arguments.batch, Way::kTogether, SqliteDurability::kFull, arguments,
               folder, compiled.policy);
  MeasureBytes(arguments, folder, compiled.policy);
  MeasureSync(arguments, folder);
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) { return frontdesk::Main(argc, argv); }
