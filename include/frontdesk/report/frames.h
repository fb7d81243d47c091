// The contents of a desk as tables of columns, for data frames and files of columns: cases, events, decisions, refusals, entries of accounts,
// orders, rows of imports.
//
//   absl::StatusOr<frontdesk::report::FramePage> page =
//       frontdesk::report::ReadFrames(reader, /*after=*/0);
//   if (!page.ok()) return page.status();
//   for (const frontdesk::report::Frame& frame : page->frames) {
//     std::printf("%s: %d rows\n", frame.name.c_str(), static_cast<int>(frame.row_count));
//   }
//   page = frontdesk::report::ReadFrames(reader, page->next);  // The next piece.
#ifndef FRONTDESK_REPORT_FRAMES_H_
#define FRONTDESK_REPORT_FRAMES_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontdesk/desk/reader.h"

namespace frontdesk {
namespace report {

// The type of a column. The values of all but kText are numbers.
enum class ColumnType {
  // Texts; an empty one is absent.
  kText,
  // A few different texts: places in `labels`; -1 is absent.
  kCategory,
  // Nanoseconds since 1970 UTC; kNoNumber is absent. Times that do not fit, before 1677 or after 2262, are the nearest that do.
  kTime,
  // Whole numbers; kNoNumber is absent.
  kInteger,
  // Amounts of money in the smallest unit of the currency in the column "currency"; kNoNumber is absent.
  kAmount,
};

// The value of a time, a number or an amount that is absent.
inline constexpr std::int64_t kNoNumber = std::numeric_limits<std::int64_t>::min();

// A plain struct.
struct FrameColumn {
  std::string name;
  ColumnType type = ColumnType::kText;
  // One for each row, but for kText.
  std::vector<std::int64_t> values;
  // One for each row of kText.
  std::vector<std::string> texts;
  // Of kCategory: the different texts, as they came.
  std::vector<std::string> labels;
};

// A table. A plain struct.
struct Frame {
  std::string name;
  std::size_t row_count = 0;
  std::vector<FrameColumn> columns;
};

// A piece of the log as tables. A plain struct.
struct FramePage {
  // Always the same, with the same columns:
  //   cases      a row for each case that was opened or imported in the piece, in its present state
  //   orders     likewise
  //   entries    the entries, so far, of the stored-value accounts that were opened or imported in the piece
  //   events     a row for each event
  //   decisions  a row for each command that reached policy
  //   refusals   a row for each reason against such a command
  std::vector<Frame> frames;
  // The position of the last entry of the piece, behind which the next one begins. That of the call: there was nothing more.
  std::int64_t next = 0;
};

// The place of a row in the imports of a desk. The default is before the first. A plain struct.
struct ImportPosition {
  std::string import_id;
  std::int64_t row = 0;
};

// A piece of the imports. A plain struct.
struct ImportFramePage {
  // "imports", always with the same columns: a row for each row of an import that has a result. Its verdict is that of the command,
  // "error" when the command is one, or "no_command".
  Frame frame;
  // The position of the last row, behind which the next piece begins. That of the call: there was nothing more.
  ImportPosition next;
};

// Reads the entries of the log behind the position `after`, at most `most_entries`, which counts in 1 to 10,000. Errors of
// Reader::ReadLog, Get and ReadRows. Costs O(entries), and a read for each new case, order and account.
absl::StatusOr<FramePage> ReadFrames(const Reader& reader, std::int64_t after,
                                     int most_entries = 10'000);

// Reads the rows of all imports (frontdesk/desk/import.h) behind `after`, by the name of the import and the row, at most `most_rows`,
// which counts in 1 to 10,000. They have no places in the log: most are of commands that did not reach policy. An import that
// continues adds rows to its end. Errors of ReadImport and ListImports. Costs O(rows), and a read for each import.
absl::StatusOr<ImportFramePage> ReadImportFrame(const Reader& reader,
                                                const ImportPosition& after = {},
                                                int most_rows = 10'000);

}  // namespace report
}  // namespace frontdesk

#endif  // FRONTDESK_REPORT_FRAMES_H_
