// Desks of a thousand and of a million events in SQLite files: the time in which one is opened, and the memory that its import takes.
//
//   frontdesk_desk_open [--only PREFIX] [--folder PATH] [--events N] [--rounds N] [--tool PATH]
//
// The entities are those of many_entities.h, and each has one event. The files are made by ExecuteAll without syncs: they are data
// that can be made again. The larger one is the import whose memory is measured.
//
// - open_N: opens the store and the desk, and reads an entity that is drawn at random. Time by the clock; the median over the rounds, in
//   which the two files take turns. Both files are in the memory of the system. Compiling the policy is not part of it.
// - tool_show_N, tool_timeline_N, tool_stats_N: a whole process of the tool, the program at PATH, from its start to its end, on the file. The
//   entity, or the customer, is drawn at random. Time by the clock; the median over the rounds. Without PATH there are none.
// - import_memory_N: the most memory that the process has had, from its start to the N-th command of one import.
//
// The files are in a folder of their own in PATH, which is removed at the end.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "bench_options.h"
#include "file_desk.h"
#include "frontdesk/desk/desk.h"
#include "growth_inputs.h"
#include "growth_run.h"
#include "many_entities.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

using store::SqliteDurability;

constexpr int kFewEvents = 1'000;
// The part of the import after which the memory is looked at for the first time.
constexpr int kEarlyPart = 10;
constexpr int kGroupSize = 1'000;

struct Arguments {
  std::string only;
  std::string folder = ".";
  std::string tool;
  int events = 1'000'000;
  int rounds = 31;
};

// The most memory of the process so far, in bytes.
double PeakBytes() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    absl::string_view text = line;
    double kibibytes = 0;
    if (!absl::ConsumePrefix(&text, "VmHWM:")) continue;
    if (!absl::ConsumeSuffix(&text, " kB") || !absl::SimpleAtod(text, &kibibytes)) break;
    return kibibytes * 1'024;
  }
  Die("the system does not show the memory of a process");
}

using Random = std::mt19937;

double Open(const std::string& path, int events, const std::shared_ptr<const Policy>& policy,
            Random& random) {
  const int i = std::uniform_int_distribution<int>(0, events - 1)(random);
  v1::EntityRef entity;
  entity.set_kind(EntityKindOf(i));
  entity.set_id(EntityIdOf(i));
  const auto begin = std::chrono::steady_clock::now();
  const FileDesk opened = OpenFileDesk(path, SqliteDurability::kFull, policy);
  const auto state = opened.desk->Get(entity);
  const double time = NanosecondsSince(begin);
  if (!state.ok() || (*state)->entity().id() != entity.id()) Die("an entity is not there");
  return time;
}

// The time of a process that succeeds. Its results are dropped.
double RunProcess(std::vector<std::string> arguments) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(&argument[0]);
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const auto begin = std::chrono::steady_clock::now();
  pid_t process = 0;
  int status = -1;
  if (posix_spawn(&process, pointers[0], &actions, nullptr, pointers.data(), environ) != 0 ||
      waitpid(process, &status, 0) != process || status != 0) {
    Die("the tool has failed");
  }
  const double time = NanosecondsSince(begin);
  posix_spawn_file_actions_destroy(&actions);
  return time;
}

// The commands of the tool that are measured.
constexpr std::array<absl::string_view, 3> kToolCommands = {"show", "timeline", "stats"};

double RunTool(const std::string& tool, absl::string_view command, const std::string& path,
               int events, Random& random) {
  std::vector<std::string> arguments = {tool, std::string(command), path};
  if (command != "stats") {
    int i = std::uniform_int_distribution<int>(0, events - 1)(random);
    while (EntityKindOf(i) != v1::ENTITY_KIND_CUSTOMER) i = (i + 1) % events;
    const std::string id = EntityIdOf(i);
    arguments.push_back(command == "show" ? absl::StrCat("customer/", id) : id);
  }
  return RunProcess(std::move(arguments));
}

// The median over the rounds; the first one is not counted.
double ToolTime(const Arguments& arguments, absl::string_view command, const std::string& path,
                int events, Random& random) {
  std::vector<double> times;
  for (int round = 0; round <= arguments.rounds; ++round) {
    const double time = RunTool(arguments.tool, command, path, events, random);
    if (round > 0) times.push_back(time);
  }
  return Median(times);
}

int Main(int argc, char** argv) {
  Arguments arguments;
  ReadBenchOptions(argc, argv,
                   {{"--only", &arguments.only},
                    {"--folder", &arguments.folder},
                    {"--tool", &arguments.tool},
                    {"--events", &arguments.events, kFewEvents + 1},
                    {"--rounds", &arguments.rounds}});
  const int early = arguments.events / kEarlyPart;
  const auto name_of = [](absl::string_view what, int events) {
    return absl::StrCat(what, "_", events);
  };
  const std::string open_many = name_of("open", arguments.events);
  const std::string open_few = name_of("open", kFewEvents);
  const std::string late_memory = name_of("import_memory", arguments.events);
  const std::string early_memory = name_of("import_memory", early);
  const auto is_selected = [&](const std::string& name) {
    return absl::StartsWith(name, arguments.only);
  };
  std::vector<std::string> names = {open_many, open_few, late_memory, early_memory};
  for (const absl::string_view command : kToolCommands) {
    if (arguments.tool.empty()) break;
    names.push_back(name_of(absl::StrCat("tool_", command), arguments.events));
  }
  if (std::none_of(names.begin(), names.end(), is_selected)) return 0;

  const std::shared_ptr<const Policy> policy = CompileGrowthPolicy(GrowthPolicyText());
  const BenchFolder folder(arguments.folder);
  const std::string few = folder.File("few.db"), many = folder.File("many.db");
  double early_bytes = 0, late_bytes = 0;
  {
    const FileDesk opened = OpenFileDesk(many, SqliteDurability::kOff, policy);
    AddEntities(0, early, kGroupSize, *opened.desk);
    early_bytes = PeakBytes();
    AddEntities(early, arguments.events, kGroupSize, *opened.desk);
    late_bytes = PeakBytes();
  }
  AddEntities(0, kFewEvents, kGroupSize, *OpenFileDesk(few, SqliteDurability::kOff, policy).desk);

  Random random(17);
  std::vector<double> of_few, of_many;
  // The first round is not counted.
  for (int round = 0; round <= arguments.rounds; ++round) {
    double a = 0, b = 0;
    if (round % 2 == 0) a = Open(few, kFewEvents, policy, random);
    b = Open(many, arguments.events, policy, random);
    if (round % 2 == 1) a = Open(few, kFewEvents, policy, random);
    if (round == 0) continue;
    of_few.push_back(a);
    of_many.push_back(b);
  }
  PrintRow(open_many, Median(of_many), "ns", open_few);
  PrintRow(open_few, Median(of_few), "ns", "");
  PrintRow(late_memory, late_bytes, "bytes", early_memory);
  PrintRow(early_memory, early_bytes, "bytes", "");
  for (const absl::string_view command : kToolCommands) {
    if (arguments.tool.empty()) break;
    const std::string name = absl::StrCat("tool_", command);
    const std::string of_few_name = name_of(name, kFewEvents);
    if (!is_selected(name_of(name, arguments.events)) && !is_selected(of_few_name)) continue;
    PrintRow(name_of(name, arguments.events),
             ToolTime(arguments, command, many, arguments.events, random), "ns", of_few_name);
    PrintRow(of_few_name, ToolTime(arguments, command, few, kFewEvents, random), "ns", "");
  }
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) { return frontdesk::Main(argc, argv); }
