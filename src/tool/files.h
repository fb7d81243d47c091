// Files of the system, as the tool reads and writes them. Private.
#ifndef FRONTDESK_SRC_TOOL_FILES_H_
#define FRONTDESK_SRC_TOOL_FILES_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace frontdesk {
namespace tool {

// Bytes that are read at a time.
inline constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

// A file of the system, closed at the end.
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

// The error of a file, with a text for people. It has no reason.
absl::Status FileError(absl::string_view text);

// Opens a file as std::fopen does.
absl::StatusOr<File> OpenFile(const std::string& path, const char* mode);
// Its length in bytes. It is at its beginning afterwards.
absl::StatusOr<std::int64_t> FileSize(std::FILE* file);
// At most `most` bytes from where the file is; fewer only at its end.
absl::StatusOr<std::string> ReadSome(std::FILE* file, std::size_t most);

// Writes a file that is not there before, in pieces. Without Finish() it is removed at the end.
class NewFile {
 public:
  static absl::StatusOr<NewFile> Make(const std::string& path);
  NewFile(NewFile&&) = default;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  absl::Status Write(absl::string_view piece);
  absl::Status Finish();
  std::int64_t bytes() const { return bytes_; }

 private:
  NewFile(std::string path, File file) : path_(std::move(path)), file_(std::move(file)) {}

  std::string path_;
  File file_;
  std::int64_t bytes_ = 0;
};

}  // namespace tool
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_TOOL_FILES_H_
