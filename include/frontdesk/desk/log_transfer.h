// Moving the log of a desk from one store to another: export and import.
//
//   std::string bytes;
//   absl::Status exported = frontdesk::ExportLog(
//       *store, frontdesk::LogFormat::kBinary, [&bytes](absl::string_view piece) {
//         bytes.append(piece.data(), piece.size());  // Or write them into a file.
//         return absl::OkStatus();
//       });
//   auto importer = frontdesk::LogImporter::Make(other_store, frontdesk::LogFormat::kBinary);
//   if (!exported.ok() || !importer.ok() || !(*importer)->Read(bytes).ok()) return;
//   absl::StatusOr<frontdesk::v1::LogReport> report = (*importer)->Finish();
//
// An export holds everything: events, journal records, approvals, policies, remembered outcomes, and which effects are open. The other
// store holds the same log then, byte by byte. States, lists and the index are made anew from the events. Both work on a store
// before a desk is opened on it.
#ifndef FRONTDESK_DESK_LOG_TRANSFER_H_
#define FRONTDESK_DESK_LOG_TRANSFER_H_

#include <cstddef>
#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/log.pb.h"

namespace frontdesk {

// How the lines of an exported log (v1.LogLine) are written.
enum class LogFormat {
  // Each behind its length, as a varint.
  kBinary,
  // Each as a JSON object on a line of its own, as Protocol Buffers have it, with the names of the proto files.
  kJsonLines,
};

// Gives `write` the bytes of the log in `store`, in pieces, as of one moment. The first status of `write` that is not OK ends it and is the
// result. Else OK, or an error of the store: UNAVAILABLE STORE_UNAVAILABLE, DATA_LOSS STORE_CORRUPT. Costs O(size of the log).
absl::Status ExportLog(const store::Store& store, LogFormat format,
                       absl::FunctionRef<absl::Status(absl::string_view)> write);

// A plain struct.
struct LogImportOptions {
  // Most bytes of a line. Positive.
  std::size_t max_line_bytes = std::size_t{256} << 20;
  // Most entries that are committed together. Positive.
  int group_size = 256;
  // How much of a command is accepted. Related entities are not limited: the log says what was read.
  CommandLimits limits;
};

// Imports one exported log. An import that was interrupted continues where it stopped, when the same export is read again from
// its beginning. Thread-compatible.
class LogImporter {
 public:
  // Into an empty store, or one that holds the beginning of the same log. INVALID_ARGUMENT DESK_OPTIONS_INVALID for a limit that is not
  // positive, or a store that is null; then errors of the store. An index of an older version is made again, as Desk::Open does.
  static absl::StatusOr<std::unique_ptr<LogImporter>> Make(std::shared_ptr<store::Store> store,
                                                           LogFormat format,
                                                           LogImportOptions options = {});
  virtual ~LogImporter() = default;

  // Reads the next bytes of the export, a piece of any length. An error counts for all later calls; the entries before it are kept, and
  // no part of the line that it names.
  //   LOG_LINE_TOO_LARGE    RESOURCE_EXHAUSTED: a line has more than max_line_bytes
  //   LOG_MALFORMED         INVALID_ARGUMENT: a line is not valid, is in another place, or of a newer format
  //   LOG_NOT_CONTINUED     FAILED_PRECONDITION: the store holds another log, or others write it
  //   LOG_LINK_UNEXPECTED   DATA_LOSS: an entry is not what its link says
  // and the errors of the store.
  virtual absl::Status Read(absl::string_view bytes) = 0;

  // After the last byte: the log as it is now, not verified again. DATA_LOSS LOG_TRUNCATED when the last line did not come; then errors of Read.
  virtual absl::StatusOr<v1::LogReport> Finish() = 0;
};

}  // namespace frontdesk

#endif  // FRONTDESK_DESK_LOG_TRANSFER_H_
