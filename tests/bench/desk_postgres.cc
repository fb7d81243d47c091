// Commands at a desk in a PostgreSQL database, beside the floor of postgres_floor.cc: libpq alone, with the statements of the same
// commands. And commands a second by several threads, processes and desks.
//
//   frontdesk_desk_postgres [--only PREFIX] [--commands N] [--batch N] [--rounds N] [--shared N]
//
// A server that syncs its commits is in FRONTDESK_POSTGRES, as `tests/store/scratch_postgres.py --sync -- PROGRAM` has it. Without one the
// rows are skipped. A first run records the statements of all connections of the desk with their values. In each round, the desk and the
// floor begin with a copy of the same database, and both hold the same rows at the end. The two sides take turns. Times are by the clock. A
// value is the median over the rounds, for one command.
//
// The rows of commands a second open cases, `--shared` for each thread. Threads and processes of `_desk` share one desk.
#include <libpq-fe.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/attributes.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "bench_options.h"
#include "command_mix.h"
#include "desk_inputs.h"
#include "frontdesk/base/id.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/store/postgres_store.h"
#include "postgres_floor.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

using Clock = std::chrono::steady_clock;

struct Arguments {
  std::string only;
  int commands = 64;  // Of each kind.
  int batch = 1'000;
  int rounds = 9;
  int shared = 200;
};

double Nanoseconds(Clock::time_point begin) {
  return std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
}

// The server, and its databases.
class Databases {
 public:
  explicit Databases(std::string parameters) : parameters_(std::move(parameters)) {}

  std::string In(const std::string& database) const {
    return absl::StrCat(parameters_, " dbname=", database);
  }

  std::string Query(const std::string& text, const std::string& database = "postgres") const {
    PGconn* const connection = PQconnectdb(In(database).c_str());
    PQsetNoticeProcessor(
        connection, [](void*, const char*) {}, nullptr);
    PGresult* const result = PQexec(connection, text.c_str());
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
      Die(absl::StrCat("the server: ", PQerrorMessage(connection)));
    }
    const std::string value = PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "";
    PQclear(result);
    PQfinish(connection);
    return value;
  }

  // A copy of a database that nobody uses; an empty one without a name.
  void Make(const std::string& database, const std::string& from = "template1") const {
    Query(absl::StrCat("DROP DATABASE IF EXISTS ", database, " WITH (FORCE)"));
    Query(absl::StrCat("CREATE DATABASE ", database, " TEMPLATE ", from));
    Query("CHECKPOINT");
  }

 private:
  const std::string parameters_;
};

// `ids` begins the ids of records: those of several processes at one desk must not be the same. Empty: the desk's own.
std::unique_ptr<Desk> OpenDesk(const std::string& parameters, const std::string& name,
                               std::shared_ptr<const Policy> policy, const std::string& ids = "") {
  store::PostgresOptions how;
  how.desk = name;
  auto store = store::PostgresStore::Open(parameters, how);
  if (!store.ok()) Die(store.status().ToString());
  DeskOptions options;
  options.policy = std::move(policy);
  options.store = *store;
  if (!ids.empty()) options.id_source = std::make_shared<SequenceIdSource>(ids);
  auto desk = Desk::Open(std::move(options));
  if (!desk.ok()) Die(desk.status().ToString());
  return *std::move(desk);
}

// One comparison of a desk with the floor.
class Comparison {
 public:
  Comparison(Mix mix, Way way, const Databases& databases, std::shared_ptr<const Policy> policy)
      : mix_(std::move(mix)),
        way_(way),
        pieces_(PiecesOf(mix_, way)),
        databases_(databases),
        policy_(std::move(policy)) {
    databases_.Make("bench_base");
    {
      const auto desk = OpenDesk(databases_.In("bench_base"), "", policy_);
      for (const auto& outcome : desk->ExecuteAll(mix_.history)) {
        RequireDone(outcome);
        for (const v1::Event& event : outcome->events()) entities_.push_back(event.entity());
      }
    }
    databases_.Query("VACUUM ANALYZE", "bench_base");
    databases_.Make("bench_desk", "bench_base");
    StartRecording();
    {
      const auto desk = OpenWarm();
      for (const auto& [begin, end] : pieces_) {
        for (const auto& outcome : Execute(Slice(begin, end), way_, *desk)) RequireDone(outcome);
        ends_.push_back(CountRecorded());
      }
      // Without the statements of its end.
      messages_ = TakeRecorded();
    }
  }

  void Measure(int round, std::vector<double>* of_desk, std::vector<double>* of_bare) {
    databases_.Make("bench_desk", "bench_base");
    databases_.Make("bench_bare", "bench_base");
    double desk_time = 0, bare_time = 0;
    {
      const auto desk = OpenWarm();
      PostgresFloor floor(databases_.In("bench_bare"), messages_);
      for (std::size_t piece = 0; piece < pieces_.size(); ++piece) {
        for (int turn = 0; turn < 2; ++turn) {
          const bool is_desk = (static_cast<std::size_t>(round + turn) + piece) % 2 == 0;
          const double time = is_desk ? RunDesk(piece, *desk) : RunFloor(piece, &floor);
          if (piece > 0) (is_desk ? desk_time : bare_time) += time;
        }
      }
    }
    if (Digest("bench_desk") != Digest("bench_bare")) {
      Die("the desk and the bare database hold different rows");
    }
    const double count = static_cast<double>(mix_.commands.size() - mix_.warm);
    of_desk->push_back(desk_time / count);
    of_bare->push_back(bare_time / count);
  }

  // The exchanges with the server for one command.
  double Exchanges() const {
    std::size_t count = 0;
    for (std::size_t i = ends_.front(); i < ends_.back(); ++i) {
      const bool is_waited = i > 0 && messages_[i - 1].name != "fd_end";
      count += messages_[i].kind == SentMessage::kSync && is_waited;
    }
    return static_cast<double>(count) / static_cast<double>(mix_.commands.size() - mix_.warm);
  }

 private:
  absl::Span<const CommandWithFacts> Slice(std::size_t begin, std::size_t end) const {
    return absl::MakeConstSpan(mix_.commands).subspan(begin, end - begin);
  }

  // A desk that has the states of the history in memory, as the one has that made them.
  std::unique_ptr<Desk> OpenWarm() const {
    auto desk = OpenDesk(databases_.In("bench_desk"), "", policy_);
    for (const v1::EntityRef& entity : entities_) {
      const auto state = desk->Get(entity);
      if (!state.ok()) Die(state.status().ToString());
    }
    return desk;
  }

  std::string Digest(const std::string& database) const {
    return databases_.Query(
        "SELECT md5(string_agg(concat_ws('/', desk, space, encode(key, 'hex'), encode(value, "
        "'hex')),"
        " ',' ORDER BY desk, space, key, rest_hash)) || (SELECT md5(string_agg(concat_ws('/', desk,"
        " position, encode(link, 'hex')), ',' ORDER BY desk)) FROM frontdesk.desks)"
        " FROM frontdesk.rows",
        database);
  }

  ABSL_ATTRIBUTE_NOINLINE double RunDesk(std::size_t piece, Desk& desk) const {
    const auto [first, last] = pieces_[piece];
    const Clock::time_point begin = Clock::now();
    const auto outcomes = Execute(Slice(first, last), way_, desk);
    const double time = Nanoseconds(begin);
    for (const auto& outcome : outcomes) RequireDone(outcome);
    return time;
  }

  ABSL_ATTRIBUTE_NOINLINE double RunFloor(std::size_t piece, PostgresFloor* floor) const {
    const std::size_t first = piece == 0 ? 0 : ends_[piece - 1];
    const Clock::time_point begin = Clock::now();
    floor->Send(first, ends_[piece]);
    return Nanoseconds(begin);
  }

  const Mix mix_;
  const Way way_;
  const std::vector<std::pair<std::size_t, std::size_t>> pieces_;
  const Databases& databases_;
  const std::shared_ptr<const Policy> policy_;
  std::vector<v1::EntityRef> entities_;
  std::vector<SentMessage> messages_;
  std::vector<std::size_t> ends_;
};

bool IsSelected(const Arguments& arguments, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return absl::StartsWith(name, arguments.only);
  });
}

void MeasureTimes(const std::string& name, int count, Way way, const Arguments& arguments,
                  const Databases& databases, const std::shared_ptr<const Policy>& policy) {
  const std::string bare = absl::StrCat(name, "_bare"),
                    exchanges = absl::StrCat(name, "_exchanges");
  if (!IsSelected(arguments, {name, bare, exchanges})) return;
  Comparison comparison(MakeMix(count), way, databases, policy);
  std::vector<double> of_desk, of_bare;
  for (int round = 0; round < arguments.rounds; ++round) {
    comparison.Measure(round, &of_desk, &of_bare);
  }
  PrintRow(name, Median(of_desk), "ns", bare);
  PrintRow(bare, Median(of_bare), "ns", "");
  PrintRow(exchanges, comparison.Exchanges(), "exchanges", "");
}

// ---- Threads, processes and desks -----------------------------------------------------------------------------------

// The process `number`: its threads open cases, each at its own desk or all at one.
void Work(int number, int threads, bool has_own_desks, int count, const std::string& parameters,
          const std::shared_ptr<const Policy>& policy, int ready, int go) {
  std::vector<std::unique_ptr<Desk>> desks;
  for (int i = 0; i < (has_own_desks ? threads : 1); ++i) {
    desks.push_back(OpenDesk(parameters, has_own_desks ? absl::StrCat(i) : "", policy,
                             absl::StrCat("p", number, "-")));
  }
  std::vector<std::vector<DeskInput>> inputs;
  for (int i = 0; i < threads; ++i) {
    const int first = (number * threads + i) * (count + 4) / 4 * 4;
    inputs.push_back(MakeDeskInputs("open_case", count, first).commands);
    for (const DeskInput& each : MakeDeskInputs("open_case", count, first).history) {
      RequireDone(desks[i % desks.size()]->Execute(
          each.command, each.needs_catalog ? DeskCatalog() : v1::Facts()));
    }
  }
  char byte = 0;
  if (write(ready, "r", 1) != 1 || read(go, &byte, 1) != 0) Die("a pipe");
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      for (const DeskInput& each : inputs[i]) {
        RequireDone(desks[i % desks.size()]->Execute(each.command));
      }
    });
  }
  for (std::thread& thread : running) thread.join();
}

void MeasureShared(const std::string& name, int processes, int threads, bool has_own_desks,
                   const Arguments& arguments, const Databases& databases,
                   const std::shared_ptr<const Policy>& policy) {
  if (!IsSelected(arguments, {name})) return;
  databases.Make("bench_shared");
  const std::string parameters = databases.In("bench_shared");
  for (int i = 0; i < (has_own_desks ? threads : 1); ++i) {
    OpenDesk(parameters, has_own_desks ? absl::StrCat(i) : "", policy);
  }
  int ready[2], go[2];
  if (pipe(ready) != 0 || pipe(go) != 0) Die("a pipe");
  std::vector<pid_t> children;
  for (int number = 0; number < processes; ++number) {
    const pid_t child = fork();
    if (child == 0) {
      close(go[1]);
      Work(number, threads, has_own_desks, arguments.shared, parameters, policy, ready[1], go[0]);
      std::_Exit(0);
    }
    children.push_back(child);
  }
  char byte = 0;
  close(ready[1]);
  for (int i = 0; i < processes; ++i) {
    if (read(ready[0], &byte, 1) != 1) Die("a pipe");
  }
  const Clock::time_point begin = Clock::now();
  close(go[1]);
  for (const pid_t child : children) {
    int status = 0;
    if (waitpid(child, &status, 0) != child || status != 0) Die("a process failed");
  }
  const double seconds = Nanoseconds(begin) / 1e9;
  for (const int end : {ready[0], go[0]}) close(end);
  PrintRow(name, processes * threads * arguments.shared / seconds, "1/s", "");
}

int Main(int argc, char** argv) {
  Arguments arguments;
  ReadBenchOptions(argc, argv,
                   {{"--only", &arguments.only},
                    {"--commands", &arguments.commands},
                    {"--batch", &arguments.batch},
                    {"--rounds", &arguments.rounds},
                    {"--shared", &arguments.shared}});
  const char* const parameters = std::getenv("FRONTDESK_POSTGRES");
  if (parameters == nullptr) {
    PrintSkipped("postgres_command", "FRONTDESK_POSTGRES names no server");
    return 0;
  }
  const PolicyResult compiled = Policy::FromText(DeskPolicyText(), "desk_postgres.textproto");
  if (!compiled.status().ok()) Die(compiled.status().ToString());
  const Databases databases(parameters);
  // First: a process that forks has no connection.
  const auto share = [&](const std::string& name, int processes, int threads, bool has_own_desks) {
    MeasureShared(name, processes, threads, has_own_desks, arguments, databases, compiled.policy);
  };
  share("postgres_1_thread", 1, 1, false);
  share("postgres_4_threads", 1, 4, false);
  share("postgres_16_threads", 1, 16, false);
  share("postgres_4_processes", 4, 1, false);
  share("postgres_4_processes_16_threads", 4, 4, false);
  share("postgres_16_desks", 1, 16, true);
  const int commands = arguments.commands * static_cast<int>(DeskInputNames().size());
  MeasureTimes("postgres_command", commands, Way::kOneByOne, arguments, databases, compiled.policy);
  MeasureTimes("postgres_import", arguments.batch, Way::kTogether, arguments, databases,
               compiled.policy);
  return 0;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char** argv) { return frontdesk::Main(argc, argv); }
