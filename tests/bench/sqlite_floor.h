// The baseline of a store in a SQLite file: a program that executes recorded statements on a file with the same settings.
#ifndef FRONTDESK_TESTS_BENCH_SQLITE_FLOOR_H_
#define FRONTDESK_TESTS_BENCH_SQLITE_FLOOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "recorded_statements.h"

namespace frontdesk {

// As many connections to a file as were recorded, with each statement prepared where it was executed. Thread-compatible.
class SqliteFloor {
 public:
  // `is_synced`: each commit is synced to the disk. `recorded` outlives this.
  SqliteFloor(const std::string& path, const RecordedStatements& recorded, bool is_synced);
  ~SqliteFloor();
  SqliteFloor(const SqliteFloor&) = delete;
  SqliteFloor& operator=(const SqliteFloor&) = delete;

  // Executes the statements from `begin` on and before `end`. Returns the bytes of all results.
  std::uint64_t Execute(std::size_t begin, std::size_t end);

 private:
  struct Parts;
  const std::unique_ptr<Parts> parts_;
};

// Whether two files have the same rows in all their tables. No other program has them open.
bool HaveSameRows(const std::string& path, const std::string& other);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_SQLITE_FLOOR_H_
