// The statements that SQLite executes in this process, with their values, in their order.
//
//   frontdesk::StatementRecorder recorder;  // Before the connections are opened.
//   recorder.Start();
//   Work();
//   frontdesk::RecordedStatements statements = recorder.Take();
#ifndef FRONTDESK_TESTS_BENCH_RECORDED_STATEMENTS_H_
#define FRONTDESK_TESTS_BENCH_RECORDED_STATEMENTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace frontdesk {

// A number, or the bytes of a blob.
using SqliteValue = std::variant<std::int64_t, std::string>;

// One run of a statement. A plain struct.
struct RecordedStatement {
  // The place of the connection, in the order of their first statements.
  std::size_t connection = 0;
  // The place of its text.
  std::size_t text = 0;
  // The values of ?1, ?2, …
  std::vector<SqliteValue> values;
};

// A plain struct.
struct RecordedStatements {
  std::size_t connections = 0;
  std::vector<std::string> texts;
  std::vector<RecordedStatement> statements;
};

// Records what the connections execute that are opened while it lives. One at a time, and one thread.
class StatementRecorder {
 public:
  StatementRecorder();
  ~StatementRecorder();
  StatementRecorder(const StatementRecorder&) = delete;
  StatementRecorder& operator=(const StatementRecorder&) = delete;

  // Statements count from now on.
  void Start();
  // The number of statements since then.
  std::size_t count() const;
  // The statements since Start(). Nothing is recorded any more.
  RecordedStatements Take();
};

// The values of a statement: `text` has parameters ?1 to ?9, and `expanded` is the same text with a literal in the place of each, as
// sqlite3_expanded_sql() makes them. Ends the program when the texts do not fit.
std::vector<SqliteValue> ValuesIn(const std::string& text, const std::string& expanded);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_RECORDED_STATEMENTS_H_
