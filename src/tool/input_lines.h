// The kinds of files that `import` reads, and the lines of a file of commands. Private.
#ifndef FRONTDESK_SRC_TOOL_INPUT_LINES_H_
#define FRONTDESK_SRC_TOOL_INPUT_LINES_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tool/files.h"

namespace frontdesk {
namespace tool {

// Bytes at the beginning of a file from which FindInputKind finds its kind.
inline constexpr std::size_t kHeadBytes = 4'096;

enum class InputKind {
  kJsonLog,
  kBinaryLog,
  kCommands,
  kUnknown,
};

// The kind of the file that begins with these bytes. A file of commands begins with an object of JSON, also behind a byte order mark.
InputKind FindInputKind(absl::string_view head);

// Reads a file line by line, and keeps no more than a limit of each in memory. Thread-compatible.
class LineReader {
 public:
  // `file` outlives it.
  LineReader(File* file, std::size_t max_line_bytes)
      : file_(file), max_line_bytes_(max_line_bytes) {}

  // Reads the next line that is not blank, without its end. A line that is longer than the limit is `max_line_bytes` + 1 bytes of it. False:
  // there is none.
  absl::StatusOr<bool> Next(std::string* line);

  // The number of the line that was read last, from 1.
  std::int64_t number() const { return number_; }
  // The bytes before the next line.
  std::int64_t bytes() const { return bytes_; }

 private:
  absl::StatusOr<bool> NextLine(std::string* line);

  File* const file_;
  const std::size_t max_line_bytes_;
  std::string piece_;
  std::size_t used_ = 0;
  std::int64_t number_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace tool
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_TOOL_INPUT_LINES_H_
