// The work of a process that is killed, on a desk in any store, and the parts of the parent that start it and look at the desk.
#ifndef FRONTDESK_TESTS_DESK_CRASH_WORK_H_
#define FRONTDESK_TESTS_DESK_CRASH_WORK_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/import.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/log.pb.h"

namespace frontdesk {
namespace crash {

enum class Work { kCommands, kGroups, kThreads, kBackups, kImport, kOutbox, kRows };
inline constexpr const char* kWorkNames[] = {"commands", "groups", "threads", "backups",
                                             "import",   "outbox", "rows"};
// The rows of an import of commands, of which a child does a part before it is killed.
inline constexpr int kRows = 1'000;

// The most records that may be on their way when the child is killed.
int MostOnTheirWay(Work work);

// Ends the program.
[[noreturn]] void Fail(const std::string& text);

// With one of the two policies that random commands activate: the one that is active.
absl::StatusOr<std::unique_ptr<Desk>> OpenDesk(std::shared_ptr<store::Store> store);
std::unique_ptr<Desk> MustOpenDesk(std::shared_ptr<store::Store> store);

// The import of that seed: most rows create customers, some a second time, some are no command.
absl::StatusOr<v1::ImportReport> ImportRows(Desk* desk, std::uint64_t seed,
                                            std::function<bool(std::int64_t)> progress);
// The results of the rows behind `after`.
std::vector<v1::ImportRow> ResultsOf(const Desk& desk, std::uint64_t seed, std::int64_t after);

// The work of a child, which acknowledges each record by a line, and each effect by a line with a mark. Backups and the import of a log
// are commands here. Returns on an error only.
int WorkForEver(Desk* desk, Work work, std::uint64_t seed);

// A child that writes into a pipe. A plain struct.
struct Child {
  pid_t pid = 0;
  int output = -1;
};

// Starts the program anew, as `PROGRAM --child PLACE WORK SEED`: a fork of a process with threads is no place to work in.
Child Start(const std::string& program, const std::string& place, Work work, std::uint64_t seed);

// Kills the child and waits for its end. Fails when it ended before.
void Kill(const Child& child);

// The lines of the child until it is gone.
std::vector<std::string> ReadAll(int output);

std::int64_t CountRecords(const Desk& desk);

// Fails unless each acknowledged record is there once, beside the `known` ones and at most those that were on their way. Returns the number
// of records.
std::int64_t CheckRecords(const Desk& desk, Work work, std::int64_t known,
                          const std::vector<std::string>& acknowledged);

// The import of that seed continues at `desk`. It, and one on `other`, which is as `desk` was when its import began, lead to the same log and the
// same results.
void CompareImports(Desk* desk, Desk* other, std::uint64_t seed);

// Takes the lines of effects, none of which may be pending; `lines` are those of records then.
void CheckEffects(const Desk& desk, std::vector<std::string>* lines);

}  // namespace crash
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_CRASH_WORK_H_
