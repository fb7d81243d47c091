#include "tool/files.h"

#include "absl/strings/str_cat.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace tool {

absl::Status FileError(absl::string_view text) { return absl::NotFoundError(text); }

absl::StatusOr<File> OpenFile(const std::string& path, const char* mode) {
  File file(std::fopen(path.c_str(), mode), &std::fclose);
  if (file == nullptr) return FileError("the file cannot be opened");
  return file;
}

absl::StatusOr<std::int64_t> FileSize(std::FILE* file) {
  if (std::fseek(file, 0, SEEK_END) != 0) return FileError("the file cannot be read");
  const long size = std::ftell(file);
  std::rewind(file);
  if (size < 0) return FileError("the file cannot be read");
  return size;
}

absl::StatusOr<std::string> ReadSome(std::FILE* file, std::size_t most) {
  std::string content(most, '\0');
  content.resize(std::fread(&content[0], 1, most, file));
  if (std::ferror(file) != 0) return FileError("the file cannot be read");
  return content;
}

absl::StatusOr<NewFile> NewFile::Make(const std::string& path) {
  absl::StatusOr<File> file = OpenFile(path, "wbx");
  if (!file.ok()) return absl::AlreadyExistsError("the file cannot be made: it may exist already");
  return NewFile(path, *std::move(file));
}

NewFile::~NewFile() {
  if (file_ != nullptr) std::remove(path_.c_str());
}

absl::Status NewFile::Write(absl::string_view piece) {
  if (std::fwrite(piece.data(), 1, piece.size(), file_.get()) != piece.size()) {
    return FileError("the file cannot be written");
  }
  bytes_ += static_cast<std::int64_t>(piece.size());
  return absl::OkStatus();
}

absl::Status NewFile::Finish() {
  if (std::fclose(file_.release()) == 0) return absl::OkStatus();
  std::remove(path_.c_str());
  return FileError("the file cannot be written");
}

}  // namespace tool
}  // namespace frontdesk
