// init, import, export, backup, verify.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/log_transfer.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/issues.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "tool/commands.h"

namespace frontdesk {
namespace tool {
namespace {

using internal::EscapeText;

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
// Most bytes of the file of a policy.
constexpr std::size_t kMaxPolicyBytes = std::size_t{64} << 20;

// A file of the system, closed at the end.
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

absl::Status FileError(absl::string_view text) { return absl::NotFoundError(text); }

absl::StatusOr<File> OpenFile(const std::string& path, const char* mode) {
  File file(std::fopen(path.c_str(), mode), &std::fclose);
  if (file == nullptr) return FileError("the file cannot be opened");
  return file;
}

absl::StatusOr<std::string> ReadWhole(const std::string& path) {
  FRONTDESK_ASSIGN_OR_RETURN(const File file, OpenFile(path, "rb"));
  std::string content;
  std::string piece(kPieceBytes, '\0');
  for (;;) {
    const std::size_t size = std::fread(&piece[0], 1, piece.size(), file.get());
    content.append(piece, 0, size);
    if (content.size() > kMaxPolicyBytes) return FileError("the file is too large for a policy");
    if (size < piece.size()) break;
  }
  if (std::ferror(file.get()) != 0) return FileError("the file cannot be read");
  return content;
}

// The policy in a file, as text of protobuf or as JSON. Issues are shown.
absl::StatusOr<std::shared_ptr<const Policy>> ReadPolicy(const Call& call) {
  const std::string path = call.options.Get("policy");
  if (path.empty()) return UsageError("--policy is missing: nothing is written without a policy");
  FRONTDESK_ASSIGN_OR_RETURN(const std::string text, ReadWhole(path));
  const PolicyResult result =
      absl::EndsWith(path, ".json") ? Policy::FromJson(text, path) : Policy::FromText(text, path);
  if (!result.issues.empty()) call.terminal.error(rules::FormatIssues(result.issues));
  if (result.policy == nullptr) return result.status();
  return result.policy;
}

absl::StatusOr<std::shared_ptr<store::SqliteStore>> OpenToWrite(const Options& options) {
  store::SqliteOptions how;
  how.desk = options.Get("desk");
  auto store = store::SqliteStore::Open(options[0], how);
  if (!store.ok()) return event_log::StoreError(store.status());
  return store;
}

absl::StatusOr<int> Init(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::shared_ptr<const Policy> policy, ReadPolicy(call));
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenToWrite(call.options));
  DeskOptions options;
  options.policy = policy;
  options.store = store;
  if (call.options.Has("activate")) {
    PolicyActivation& activation = options.activate.emplace();
    activation.actor = MakeActor(call.options.Get("activate"));
    activation.now = internal::EncodeTime(call.terminal.now());
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Desk> desk, Desk::Open(std::move(options)));
  call.screen.Line(absl::StrCat("ready, under the policy ", EscapeText(policy->pack().name()), " ",
                                EscapeText(policy->pack().version())));
  return kToolDone;
}

absl::StatusOr<int> Export(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenToRead(call.options));
  const bool is_binary = call.options.Has("binary");
  // A file that is there already is not replaced.
  const absl::StatusOr<File> file = OpenFile(call.options[1], "wbx");
  if (!file.ok()) return absl::AlreadyExistsError("the file cannot be made: it may exist already");
  std::int64_t bytes = 0;
  absl::Status exported;
  {
    Progress progress(call.terminal, "bytes", 0);
    exported =
        ExportLog(*store, is_binary ? LogFormat::kBinary : LogFormat::kJsonLines,
                  [&](absl::string_view piece) {
                    if (std::fwrite(piece.data(), 1, piece.size(), file->get()) != piece.size())
                      return FileError("the file cannot be written");
                    bytes += static_cast<std::int64_t>(piece.size());
                    progress.Set(bytes);
                    return absl::OkStatus();
                  });
  }
  if (exported.ok() && std::fflush(file->get()) != 0)
    exported = FileError("the file cannot be written");
  if (!exported.ok()) {
    std::remove(call.options[1].c_str());
    return exported;
  }
  call.screen.Line(absl::StrCat(bytes, " bytes"));
  return kToolDone;
}

absl::StatusOr<int> ImportLog(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const File file, OpenFile(call.options[1], "rb"));
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenToWrite(call.options));
  const int first = std::fgetc(file.get());
  std::rewind(file.get());
  FRONTDESK_ASSIGN_OR_RETURN(
      const auto importer,
      LogImporter::Make(store, first == '{' ? LogFormat::kJsonLines : LogFormat::kBinary));
  std::fseek(file.get(), 0, SEEK_END);
  const std::int64_t total = std::ftell(file.get());
  std::rewind(file.get());
  std::string piece(kPieceBytes, '\0');
  {
    Progress progress(call.terminal, "bytes", total);
    std::int64_t bytes = 0;
    while (const std::size_t size = std::fread(&piece[0], 1, piece.size(), file.get())) {
      const absl::Status read = importer->Read(absl::string_view(piece).substr(0, size));
      if (!read.ok()) return read;
      bytes += static_cast<std::int64_t>(size);
      progress.Set(bytes);
    }
  }
  if (std::ferror(file.get()) != 0) return FileError("the file cannot be read");
  FRONTDESK_ASSIGN_OR_RETURN(const v1::LogReport report, importer->Finish());
  if (call.screen.is_json()) {
    call.screen.Json(report);
  } else {
    call.screen.Line(absl::StrCat(report.entry_count(), " entries"));
  }
  return kToolDone;
}

absl::StatusOr<int> Backup(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenToRead(call.options));
  const absl::Status done = store->Backup(call.options[1]);
  if (!done.ok()) return event_log::StoreError(done);
  call.screen.Line("done");
  return kToolDone;
}

absl::StatusOr<int> Verify(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenToRead(call.options));
  const absl::Status whole = store->CheckIntegrity();
  if (!whole.ok()) return event_log::StoreError(whole);
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, MakeReader(store));
  FRONTDESK_ASSIGN_OR_RETURN(const v1::LogReport report,
                             call.options.Has("rows") ? reader->VerifyRows() : reader->Verify());
  if (call.screen.is_json()) {
    call.screen.Json(report);
  } else if (report.has_fault()) {
    call.screen.Line(call.screen.Bold("fault"));
    call.screen.Fields(report.fault(), 2);
  } else {
    call.screen.Line(absl::StrCat(report.entry_count(), " entries, no fault"));
    call.screen.Fields(report, 2);
  }
  return report.has_fault() ? kToolNotClean : kToolDone;
}

}  // namespace

absl::StatusOr<std::shared_ptr<store::SqliteStore>> OpenToRead(const Options& options) {
  store::SqliteOptions how;
  how.desk = options.Get("desk");
  how.read_only = true;
  auto store = store::SqliteStore::Open(options[0], how);
  if (!store.ok()) return event_log::StoreError(store.status());
  return store;
}

absl::StatusOr<std::unique_ptr<Reader>> MakeReader(std::shared_ptr<store::SqliteStore> store) {
  ReaderOptions how;
  how.store = std::move(store);
  return Reader::Open(std::move(how));
}

absl::StatusOr<std::unique_ptr<Reader>> MakeReader(const Options& options) {
  FRONTDESK_ASSIGN_OR_RETURN(std::shared_ptr<store::SqliteStore> store, OpenToRead(options));
  return MakeReader(std::move(store));
}

std::vector<CommandRow> KeepCommands() {
  return {
      {"init",
       {"FILE"},
       "make the file of a desk, with its first policy",
       {{"policy", "POLICY",
         "the text of a policy, or JSON in a file that ends with .json. Required"},
        {"activate", "ACTOR", "activate it when another policy is active, as this actor"}},
       &Init},
      {"import",
       {"FILE", "LOG"},
       "read an exported log into an empty file; continues where it stopped",
       {},
       &ImportLog},
      {"export",
       {"FILE", "LOG"},
       "write the log as lines of JSON, with all that the desk holds",
       {{"binary", "", "as binary lines, each behind its length"}},
       &Export},
      {"backup",
       {"FILE", "COPY"},
       "copy the file as it is at one moment, while others use it",
       {},
       &Backup},
      {"verify",
       {"FILE"},
       "verify checksums, and the chain of the log",
       {{"rows", "",
         "also make everything from the log again, and compare; takes as much memory as the desk"}},
       &Verify},
  };
}

}  // namespace tool
}  // namespace frontdesk
