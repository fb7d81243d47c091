#include "desk/crash_work.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "desk/random_commands.h"
#include "desk/shop.h"

namespace frontdesk {
namespace crash {
namespace {

using ::frontdesk::testing::Chance;
using ::frontdesk::testing::RandomCommands;

constexpr int kGroupSize = 16;
// Begins the line of an effect that was carried out; other lines are records.
constexpr char kEffectMark = '!';

// A row of the import of that seed: most create customers, some a second time, some are no command.
void FillRow(std::uint64_t seed, int row, ImportInput* input) {
  if (row % 11 == 0) {
    input->reason = "LINE_EMPTY";
    return;
  }
  const int number = row % 7 == 0 ? row / 2 : row;
  input->command = testing::AskInText(absl::StrCat("create_customer { customer_id: 'i", seed, "-",
                                                   number, "' given_name: 'Ann' }"));
}

// One line in one call, so that no half of it is read.
void Acknowledge(const v1::Outcome& outcome) {
  if (outcome.record_id().empty()) return;
  const std::string line = outcome.record_id() + "\n";
  if (write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(3);
}

// A random command. Its key, if it has one, is used once: for a repeated command the desk returns the record of before, which
// would be acknowledged twice.
v1::Command NextCommand(RandomCommands* commands) {
  static std::atomic<int> count = 0;
  v1::Command command = commands->Next();
  if (!command.idempotency_key().empty()) {
    command.set_idempotency_key(absl::StrCat("key ", getpid(), " ", ++count));
  }
  return command;
}

void ExecuteNext(Desk* desk, RandomCommands* commands) {
  const v1::Command command = NextCommand(commands);
  const auto outcome = desk->Execute(command, commands->NextFacts(command));
  if (outcome.ok()) Acknowledge(*outcome);
}

void ExecuteForEver(Desk* desk, std::uint64_t seed) {
  Chance chance(seed);
  RandomCommands commands(&chance, desk);
  while (true) ExecuteNext(desk, &commands);
}

// Says that an effect was carried out, in one of the two ways; returns whether that was accepted.
bool Finish(Desk* desk, const ClaimedEffect& claimed, bool by_command) {
  const std::string& id = claimed.effect.effect_id();
  if (!by_command) return desk->AcknowledgeEffect(id, claimed.attempt).ok();
  // At the last instant of the entity, whatever that is.
  v1::Command command = testing::By("mailer");
  command.set_late_entry(true);
  v1::ReportEffect& verb = *command.mutable_desk()->mutable_report_effect();
  *verb.mutable_entity() = claimed.effect.entity();
  verb.set_effect_id(id);
  verb.set_result(v1::EFFECT_RESULT_DONE);
  const auto outcome = desk->Execute(command);
  if (!outcome.ok()) return false;
  Acknowledge(*outcome);
  return outcome->verdict() == v1::VERDICT_DONE;
}

// Commands, and claims of their effects, most of which are carried out and some of which fail.
void WorkOnOutboxForEver(Desk* desk, std::uint64_t seed) {
  Chance chance(seed);
  RandomCommands commands(&chance, desk);
  ClaimOptions options;
  options.max_effects = 3;
  options.lease = absl::Seconds(5);
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  while (true) {
    for (int i = 0; i < 3; ++i) ExecuteNext(desk, &commands);
    now += absl::Seconds(1);
    const auto claimed = desk->ClaimEffects(now, options);
    // A store that loses its server may fail for a moment.
    if (claimed.status().code() == absl::StatusCode::kUnavailable) continue;
    if (!claimed.ok()) std::_Exit(6);
    for (const ClaimedEffect& each : *claimed) {
      const std::string& id = each.effect.effect_id();
      if (chance.OneIn(3)) {
        desk->RetryEffect(id, each.attempt, now).status().IgnoreError();
      } else if (Finish(desk, each, /*by_command=*/chance.OneIn(2))) {
        const std::string line = absl::StrCat(std::string(1, kEffectMark), id, "\n");
        if (write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(3);
      }
    }
  }
}

void ExecuteGroupsForEver(Desk* desk, std::uint64_t seed) {
  Chance chance(seed);
  RandomCommands commands(&chance, desk);
  ExecuteAllOptions options;
  options.group_size = kGroupSize;
  while (true) {
    std::vector<CommandWithFacts> group;
    for (int i = 0; i < kGroupSize; ++i) {
      CommandWithFacts& next = group.emplace_back();
      next.command = NextCommand(&commands);
      next.facts = commands.NextFacts(next.command);
    }
    for (const auto& outcome : desk->ExecuteAll(group, options)) {
      if (outcome.ok()) Acknowledge(*outcome);
    }
  }
}

}  // namespace

int MostOnTheirWay(Work work) {
  switch (work) {
    case Work::kGroups:
    case Work::kRows:
      return kGroupSize;
    case Work::kThreads:
      return 2;
    default:
      return 1;
  }
}

[[noreturn]] void Fail(const std::string& text) {
  std::cerr << "crash: " << text << "\n";
  std::exit(1);
}

absl::StatusOr<std::unique_ptr<Desk>> OpenDesk(std::shared_ptr<store::Store> store) {
  const std::shared_ptr<const Policy> first = testing::MustCompile(testing::kRandomPolicy);
  v1::PolicyPack second = first->pack();
  second.set_version("2");
  absl::Status status;
  for (const auto& policy : {first, Policy::Compile(second).policy}) {
    DeskOptions options;
    options.policy = policy;
    options.store = store;
    auto desk = Desk::Open(std::move(options));
    // A store that cannot be reached is no question of the policy.
    if (desk.ok() || desk.status().code() == absl::StatusCode::kUnavailable) return desk;
    status = desk.status();
  }
  return status;
}

std::unique_ptr<Desk> MustOpenDesk(std::shared_ptr<store::Store> store) {
  auto desk = OpenDesk(std::move(store));
  if (!desk.ok()) Fail(absl::StrCat("the desk does not open: ", desk.status().ToString()));
  return *std::move(desk);
}

absl::StatusOr<v1::ImportReport> ImportRows(Desk* desk, std::uint64_t seed,
                                            std::function<bool(std::int64_t)> progress) {
  ImportCommandsOptions options;
  options.group_size = kGroupSize;
  options.progress = std::move(progress);
  int row = 0;
  return ImportCommands(
      desk, absl::StrCat("import ", seed),
      [&](ImportInput* input) -> absl::StatusOr<bool> {
        if (row == kRows) return false;
        FillRow(seed, ++row, input);
        return true;
      },
      options);
}

std::vector<v1::ImportRow> ResultsOf(const Desk& desk, std::uint64_t seed, std::int64_t after) {
  LogPage page;
  page.after = after;
  page.page_size = kRows;
  const auto rows = ReadImport(desk, absl::StrCat("import ", seed), page);
  if (!rows.ok()) Fail(absl::StrCat("the rows of an import: ", rows.status().ToString()));
  return *rows;
}

int WorkForEver(Desk* desk, Work work, std::uint64_t seed) {
  if (work == Work::kRows) {
    std::int64_t acknowledged = 0;
    const auto report = ImportRows(desk, seed, [&](std::int64_t rows) {
      for (const v1::ImportRow& row : ResultsOf(*desk, seed, acknowledged)) {
        v1::Outcome outcome;
        outcome.set_record_id(row.record_id());
        Acknowledge(outcome);
      }
      acknowledged = rows;
      return true;
    });
    if (!report.ok()) return 2;
    // The import may be done before the kill.
    while (true) pause();
  }
  std::thread other;
  if (work == Work::kThreads) other = std::thread([&] { ExecuteForEver(desk, seed + 1); });
  if (work == Work::kGroups) {
    ExecuteGroupsForEver(desk, seed);
  } else if (work == Work::kOutbox) {
    WorkOnOutboxForEver(desk, seed);
  } else {
    ExecuteForEver(desk, seed);
  }
  return 2;
}

Child Start(const std::string& program, const std::string& place, Work work, std::uint64_t seed) {
  int ends[2];
  if (pipe(ends) != 0) Fail("no pipe");
  const std::string work_text = absl::StrCat(static_cast<int>(work)),
                    seed_text = absl::StrCat(seed);
  const pid_t pid = fork();
  if (pid < 0) Fail("no process");
  if (pid == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execl(program.c_str(), program.c_str(), "--child", place.c_str(), work_text.c_str(),
          seed_text.c_str(), nullptr);
    std::_Exit(127);
  }
  close(ends[1]);
  return {pid, ends[0]};
}

std::vector<std::string> ReadAll(int output) {
  std::string text;
  char piece[4096];
  while (true) {
    const ssize_t count = read(output, piece, sizeof(piece));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    text.append(piece, static_cast<std::size_t>(count));
  }
  close(output);
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

std::int64_t CountRecords(const Desk& desk) {
  LogPage page;
  page.page_size = 10'000;
  std::int64_t count = 0;
  while (true) {
    const auto records = desk.Journal(page);
    if (!records.ok()) Fail(absl::StrCat("the journal: ", records.status().ToString()));
    count += static_cast<std::int64_t>(records->size());
    if (records->empty()) return count;
    page.after = records->back().sequence();
  }
}

void Kill(const Child& child) {
  kill(child.pid, SIGKILL);
  int status = 0;
  waitpid(child.pid, &status, 0);
  if (!WIFSIGNALED(status)) {
    Fail(absl::StrCat("the child ended with ", WEXITSTATUS(status), " before it was killed"));
  }
}

std::int64_t CheckRecords(const Desk& desk, Work work, std::int64_t known,
                          const std::vector<std::string>& acknowledged) {
  const std::set<std::string> once(acknowledged.begin(), acknowledged.end());
  if (once.size() != acknowledged.size()) Fail("a record was acknowledged twice");
  for (const std::string& record_id : once) {
    if (!desk.GetRecord(record_id).ok()) Fail("an acknowledged record is not there");
  }
  const std::int64_t records = CountRecords(desk);
  const std::int64_t more = records - known - static_cast<std::int64_t>(acknowledged.size());
  if (more < 0 || more > MostOnTheirWay(work)) {
    Fail(absl::StrCat(more, " records that nobody acknowledged, under ",
                      kWorkNames[static_cast<int>(work)]));
  }
  return records;
}

void CompareImports(Desk* desk, Desk* other, std::uint64_t seed) {
  const auto report = ImportRows(desk, seed, nullptr);
  const auto expected = ImportRows(other, seed, nullptr);
  if (!report.ok() || !expected.ok()) {
    Fail(absl::StrCat("an import of rows does not end: ", report.status().ToString()));
  }
  const std::vector<v1::ImportRow> rows = ResultsOf(*desk, seed, 0);
  const std::vector<v1::ImportRow> others = ResultsOf(*other, seed, 0);
  const bool is_same = std::equal(
      rows.begin(), rows.end(), others.begin(), others.end(),
      [](const auto& a, const auto& b) { return a.SerializeAsString() == b.SerializeAsString(); });
  if (!is_same || rows.size() != kRows || report->row_count() != kRows) {
    Fail("an import that was killed has other results");
  }
  if (desk->Verify()->link() != other->Verify()->link()) {
    Fail("an import that was killed leads to another log");
  }
}

void CheckEffects(const Desk& desk, std::vector<std::string>* lines) {
  const auto is_record = [](const std::string& line) { return line[0] != kEffectMark; };
  const auto effects = std::stable_partition(lines->begin(), lines->end(), is_record);
  std::set<std::string> finished;
  for (auto line = effects; line != lines->end(); ++line) finished.insert(line->substr(1));
  lines->erase(effects, lines->end());
  LogPage page;
  page.page_size = 10'000;
  while (true) {
    const auto pending = desk.PendingEffects(page);
    if (!pending.ok()) Fail(absl::StrCat("the outbox: ", pending.status().ToString()));
    if (pending->empty()) return;
    for (const PendingEffect& each : *pending) {
      if (finished.count(each.effect.effect_id()) > 0) Fail("a finished effect is pending");
    }
    page.after = pending->back().sequence;
  }
}

}  // namespace crash
}  // namespace frontdesk
