// Importing many commands into a desk: each row has a result that the desk keeps, so that an import that was interrupted continues.
//
//   std::size_t line = 0;
//   const auto next = [&](frontdesk::ImportInput* input) -> absl::StatusOr<bool> {
//     if (line == lines.size()) return false;
//     input->source = absl::StrCat("customers.csv:", line + 1);
//     frontdesk::v1::CreateCustomer create;
//     create.set_customer_id(lines[line++]);
//     if (create.customer_id().empty()) {
//       input->reason = "LINE_EMPTY";  // No command can be made of it.
//       input->text = "The line is empty.";
//       return true;
//     }
//     create.set_given_name("Ann");
//     input->command = frontdesk::MakeCommand(anna, now, create);
//     return true;
//   };
//   absl::StatusOr<frontdesk::v1::ImportReport> report =
//       frontdesk::ImportCommands(desk, "customers 2024-05", next);
//   if (report.ok()) std::puts(report->DebugString().c_str());
//
// The result of a row (v1.ImportRow) is kept in the transaction of its command. A row that changes nothing else has a transaction of its
// own result. So each row is done once, whatever ends the import: a kill of the process, a store that fails, the progress function. To
// continue, give the same rows again, from the first one on. Rows that have a result are not decided again. The report is that of an import without
// an interruption. Two processes may do the same import at the same time.
#ifndef FRONTDESK_DESK_IMPORT_H_
#define FRONTDESK_DESK_IMPORT_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/event_log/page.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/import.pb.h"

namespace frontdesk {

// Most bytes of ImportInput::source, reason and text.
inline constexpr std::size_t kMaxImportSourceBytes = 256;
inline constexpr std::size_t kMaxImportReasonBytes = 64;
inline constexpr std::size_t kMaxImportTextBytes = 1'024;

// One row. A plain struct.
struct ImportInput {
  v1::Command command;
  v1::Facts facts;
  // The place of the row in its source, for people: "orders.csv:17". May be empty.
  std::string source;
  // Not empty: the caller could make no command of the row, for this reason. A word of A to Z, 0 to 9 and _.
  std::string reason;
  // The reason for people. No personal data.
  std::string text;
};

// Fills the next row, which is empty at first. False: there is none.
using NextImportRow = absl::FunctionRef<absl::StatusOr<bool>(ImportInput*)>;

// How commands are imported. A plain struct.
struct ImportCommandsOptions {
  // Most rows that are committed together, and that are in memory. Positive.
  int group_size = 256;
  // Called after each group with the number of rows that have a result, those of earlier runs included. False: the import ends here;
  // it can continue later. Empty: never called.
  std::function<bool(std::int64_t rows)> progress;
};

// One run of an import, for callers who have the rows in groups. Thread-compatible.
class CommandImporter {
 public:
  // `desk` outlives it. INVALID_ARGUMENT IMPORT_MALFORMED when `import_id` is empty or no id.
  static absl::StatusOr<std::unique_ptr<CommandImporter>> Make(Desk* desk,
                                                               absl::string_view import_id);
  virtual ~CommandImporter() = default;

  // Carries out the next rows as one group. Errors as of ImportCommands; each counts for all later calls.
  virtual absl::Status Add(absl::Span<const ImportInput> rows) = 0;

  // After the last row. Errors of Add; FAILED_PRECONDITION IMPORT_NOT_CONTINUED when rows behind it have a result.
  virtual absl::StatusOr<v1::ImportReport> Finish() = 0;

  // The sums of the rows so far, also after an error.
  virtual v1::ImportReport report() const = 0;
};

// Carries out the commands of the rows, each as Desk::Execute does, in their order, in groups as Desk::ExecuteAll. A row is done
// when it has a verdict; also when the command itself is an error: COMMAND_MALFORMED, FACT_MISSING, VERSION_CONFLICT, for example. A command that loses
// a race is decided again after its group. Idempotency keys work as ever: a row whose key has a remembered verdict gets that.
//
// `import_id` names the import: rows with the same name in one store belong together. `next` and the progress function may call the
// desk, which holds what the groups before have changed.
//
// Errors end the import; the rows before are done, and it can continue. In this order:
//   DESK_OPTIONS_INVALID    INVALID_ARGUMENT: the group size is not positive
//   IMPORT_MALFORMED        INVALID_ARGUMENT: `import_id` is empty or no id
//   DESK_REENTERED          FAILED_PRECONDITION
//   IMPORT_MALFORMED        INVALID_ARGUMENT: source, reason or text of a row is not valid. No row of its group is done
//   IMPORT_NOT_CONTINUED    FAILED_PRECONDITION: the result of a row is that of another command; or rows without an input have a
//                           result. No row of its group is done
//   the error of `next`
// Errors that are not of a command end it too: of the store, of the id source, of the active policy (POLICY_NOT_USABLE, for
// example), COMMIT_CONTENDED.
absl::StatusOr<v1::ImportReport> ImportCommands(Desk* desk, absl::string_view import_id,
                                                NextImportRow next,
                                                const ImportCommandsOptions& options = {});

// The rows of an import that have a result, in their order; `page.after` is a row. Empty when there is no such import. INVALID_ARGUMENT
// IMPORT_MALFORMED when `import_id` is empty or no id; errors of the store.
absl::StatusOr<std::vector<v1::ImportRow>> ReadImport(const Reader& reader,
                                                      absl::string_view import_id,
                                                      const LogPage& page = {});

// The names of the imports that have a row with a result, byte by byte; `page.after` is a name. Errors of the store. Costs O(page),
// times a logarithm of the store's size.
absl::StatusOr<std::vector<std::string>> ListImports(const Reader& reader,
                                                     const ImportPage& page = {});

}  // namespace frontdesk

#endif  // FRONTDESK_DESK_IMPORT_H_
