#include "tool/files.h"

#include <cerrno>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace tool {

absl::Status FileError(const FileName& name, absl::string_view fault) {
  return absl::NotFoundError(
      absl::StrCat("the file of the ", name.content, " ", fault, ": ", name.path));
}

absl::Status WithPath(const absl::Status& status, absl::string_view path) {
  if (status.ok()) return status;
  absl::Status named(status.code(), absl::StrCat(status.message(), ": ", path));
  status.ForEachPayload([&named](absl::string_view type, const absl::Cord& payload) {
    named.SetPayload(type, payload);
  });
  return named;
}

absl::StatusOr<File> File::Open(FileName name, const char* mode) {
  errno = 0;
  std::FILE* const handle = std::fopen(name.path.c_str(), mode);
  if (handle == nullptr) {
    return FileError(name, errno == EEXIST ? "exists already" : "cannot be opened");
  }
  return File(std::move(name), handle);
}

absl::StatusOr<std::int64_t> File::Size() {
  if (std::fseek(handle_.get(), 0, SEEK_END) != 0) return FileError(name_, "cannot be read");
  const long size = std::ftell(handle_.get());
  Rewind();
  if (size < 0) return FileError(name_, "cannot be read");
  return size;
}

absl::StatusOr<std::string> File::Read(std::size_t most) {
  std::string content(most, '\0');
  content.resize(std::fread(&content[0], 1, most, handle_.get()));
  if (std::ferror(handle_.get()) != 0) return FileError(name_, "cannot be read");
  return content;
}

absl::Status File::Write(absl::string_view piece) {
  if (std::fwrite(piece.data(), 1, piece.size(), handle_.get()) == piece.size()) {
    return absl::OkStatus();
  }
  return FileError(name_, "cannot be written");
}

absl::Status File::Close() {
  if (std::fclose(handle_.release()) == 0) return absl::OkStatus();
  return FileError(name_, "cannot be written");
}

absl::StatusOr<NewFile> NewFile::Make(FileName name) {
  FRONTDESK_ASSIGN_OR_RETURN(File file, File::Open(std::move(name), "wbx"));
  return NewFile(std::move(file));
}

NewFile::~NewFile() {
  if (file_.is_open()) std::remove(file_.name().path.c_str());
}

absl::Status NewFile::Write(absl::string_view piece) {
  FRONTDESK_RETURN_IF_ERROR(file_.Write(piece));
  bytes_ += static_cast<std::int64_t>(piece.size());
  return absl::OkStatus();
}

absl::Status NewFile::Finish() {
  const absl::Status closed = file_.Close();
  if (!closed.ok()) std::remove(file_.name().path.c_str());
  return closed;
}

}  // namespace tool
}  // namespace frontdesk
