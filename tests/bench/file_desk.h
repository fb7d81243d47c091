// Desks in SQLite files, for the benchmarks.
#ifndef FRONTDESK_TESTS_BENCH_FILE_DESK_H_
#define FRONTDESK_TESTS_BENCH_FILE_DESK_H_

#include <chrono>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/store/sqlite.h"

namespace frontdesk {

// A new folder that is removed with all that is in it.
class BenchFolder {
 public:
  explicit BenchFolder(const std::string& parent);
  ~BenchFolder();
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;

  std::string File(absl::string_view name) const;

 private:
  std::string path_;
};

// A desk in a file. A plain struct.
struct FileDesk {
  std::shared_ptr<store::SqliteStore> store;
  std::unique_ptr<Desk> desk;
};

// Makes the file if there is none. Ends the program on an error.
FileDesk OpenFileDesk(const std::string& path, store::SqliteDurability durability,
                      std::shared_ptr<const Policy> policy);

// Time by the clock.
double NanosecondsSince(std::chrono::steady_clock::time_point begin);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_FILE_DESK_H_
