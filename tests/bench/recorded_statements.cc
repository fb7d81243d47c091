#include "recorded_statements.h"

#include <sqlite3.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

struct Recording {
  bool is_on = false;
  // By the places of their connections.
  std::vector<const sqlite3*> handles;
  RecordedStatements recorded;
};

Recording& TheRecording() {
  static auto* recording = new Recording;
  return *recording;
}

template <typename T, typename Given>
std::size_t PlaceOf(const Given& each, std::vector<T>* all) {
  const auto found = std::find(all->begin(), all->end(), each);
  const std::size_t place = static_cast<std::size_t>(found - all->begin());
  if (found == all->end()) all->emplace_back(each);
  return place;
}

int OnStatement(unsigned /*kind*/, void* /*context*/, void* pointer, void* /*text*/) {
  Recording& recording = TheRecording();
  if (!recording.is_on) return 0;
  auto* const statement = static_cast<sqlite3_stmt*>(pointer);
  char* const expanded = sqlite3_expanded_sql(statement);
  if (expanded == nullptr) Die("a statement is too long to be recorded");
  const std::string text = sqlite3_sql(statement);
  RecordedStatements& recorded = recording.recorded;
  recorded.statements.push_back(
      {PlaceOf(static_cast<const sqlite3*>(sqlite3_db_handle(statement)), &recording.handles),
       PlaceOf(text, &recorded.texts), ValuesIn(text, expanded)});
  sqlite3_free(expanded);
  return 0;
}

// SQLite calls it for each connection that is opened.
int OnOpen(sqlite3* handle, const char** /*error*/, const void* /*routines*/) {
  return sqlite3_trace_v2(handle, SQLITE_TRACE_STMT, &OnStatement, nullptr);
}

using Extension = void (*)();
Extension OpenExtension() { return reinterpret_cast<Extension>(&OnOpen); }

// Reads the literal at the beginning of `text`, and removes it.
SqliteValue ReadLiteral(absl::string_view* text) {
  if (text->substr(0, 2) == "x'") {
    const std::size_t end = text->find('\'', 2);
    if (end == absl::string_view::npos) Die("a recorded blob has no end");
    std::string bytes = absl::HexStringToBytes(text->substr(2, end - 2));
    text->remove_prefix(end + 1);
    return bytes;
  }
  std::size_t length = 0;
  while (length < text->size() && ((*text)[length] == '-' || std::isdigit((*text)[length]) != 0)) {
    ++length;
  }
  if (length == 0) Die("a recorded value is no number and no blob");
  const std::int64_t number =
      std::strtoll(std::string(text->substr(0, length)).c_str(), nullptr, 10);
  text->remove_prefix(length);
  return number;
}

}  // namespace

std::vector<SqliteValue> ValuesIn(const std::string& text, const std::string& expanded) {
  std::vector<SqliteValue> values;
  absl::string_view rest = expanded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '?') {
      if (rest.empty() || rest[0] != text[i])
        Die(absl::StrCat("a statement is not its text: ", text));
      rest.remove_prefix(1);
      continue;
    }
    ++i;
    if (i == text.size() || text[i] < '1' || text[i] > '9') Die("a parameter has no number");
    const auto number = static_cast<std::size_t>(text[i] - '0');
    if (values.size() < number) values.resize(number);
    values[number - 1] = ReadLiteral(&rest);
  }
  if (!rest.empty()) Die(absl::StrCat("a statement is longer than its text: ", text));
  return values;
}

StatementRecorder::StatementRecorder() {
  TheRecording() = Recording();
  if (sqlite3_auto_extension(OpenExtension()) != SQLITE_OK) Die("SQLite cannot be recorded");
}

StatementRecorder::~StatementRecorder() {
  TheRecording().is_on = false;
  sqlite3_cancel_auto_extension(OpenExtension());
}

void StatementRecorder::Start() { TheRecording().is_on = true; }

std::size_t StatementRecorder::count() const { return TheRecording().recorded.statements.size(); }

RecordedStatements StatementRecorder::Take() {
  Recording& recording = TheRecording();
  recording.is_on = false;
  recording.recorded.connections = recording.handles.size();
  return std::exchange(recording.recorded, {});
}

}  // namespace frontdesk
