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

// A file as an argument names it. A plain struct.
struct FileName {
  // A noun for its content, for errors: "policy".
  absl::string_view content;
  std::string path;
};

// The error of a file: "the file of the policy cannot be opened: shop.textproto". It has no reason. Screen::Error() escapes the path.
absl::Status FileError(const FileName& name, absl::string_view fault);

// An error of the store, with the path of its file behind the text.
absl::Status WithPath(const absl::Status& status, absl::string_view path);

// A file of the system, closed at the end. Its errors name it.
class File {
 public:
  // Opens it as std::fopen does.
  static absl::StatusOr<File> Open(FileName name, const char* mode);

  const FileName& name() const { return name_; }
  // Its length in bytes. It is at its beginning afterwards.
  absl::StatusOr<std::int64_t> Size();
  // At most `most` bytes from where the file is; fewer only at its end.
  absl::StatusOr<std::string> Read(std::size_t most);
  void Rewind() { std::rewind(handle_.get()); }
  absl::Status Write(absl::string_view piece);
  // Closes it. Nothing else is called afterwards.
  absl::Status Close();
  bool is_open() const { return handle_ != nullptr; }

 private:
  File(FileName name, std::FILE* handle) : name_(std::move(name)), handle_(handle, &std::fclose) {}

  FileName name_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> handle_;
};

// Writes a file that is not there before, in pieces. Without Finish() it is removed at the end.
class NewFile {
 public:
  static absl::StatusOr<NewFile> Make(FileName name);
  NewFile(NewFile&&) = default;
  NewFile& operator=(NewFile&&) = delete;
  ~NewFile();

  absl::Status Write(absl::string_view piece);
  absl::Status Finish();
  std::int64_t bytes() const { return bytes_; }

 private:
  explicit NewFile(File file) : file_(std::move(file)) {}

  File file_;
  std::int64_t bytes_ = 0;
};

}  // namespace tool
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_TOOL_FILES_H_
