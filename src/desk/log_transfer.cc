#include "frontdesk/desk/log_transfer.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "desk/desk_entry.h"
#include "desk/replay_change.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/id_text.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/reader.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/event_log/event_log.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/stubs/logging.h"
#include "google/protobuf/util/json_util.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

constexpr std::size_t kMaxLengthBytes = 10;

std::string Encode(const v1::LogLine& line, LogFormat format) {
  std::string bytes;
  if (format == LogFormat::kJsonLines) {
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    // A message of the program's own is always printed.
    (void)google::protobuf::util::MessageToJsonString(line, &bytes, options);
    bytes.push_back('\n');
    return bytes;
  }
  const std::string message = line.SerializeAsString();
  std::uint8_t length[kMaxLengthBytes];
  const std::uint8_t* const end =
      CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(message.size()), length);
  bytes.assign(reinterpret_cast<const char*>(length), static_cast<std::size_t>(end - length));
  bytes += message;
  return bytes;
}

// False: the bytes are no line.
bool Parse(absl::string_view bytes, LogFormat format, v1::LogLine* line) {
  // Its texts may be no UTF-8.
  const google::protobuf::LogSilencer silencer;
  if (format == LogFormat::kBinary) {
    return line->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  }
  const google::protobuf::StringPiece text(bytes.data(), bytes.size());
  return google::protobuf::util::JsonStringToMessage(text, line).ok();
}

// Parts a stream of bytes into the bytes of lines.
class LineSplitter {
 public:
  LineSplitter(LogFormat format, std::size_t max_bytes) : format_(format), max_bytes_(max_bytes) {}

  void Add(absl::string_view bytes) {
    rest_.erase(0, used_);
    used_ = 0;
    rest_.append(bytes.data(), bytes.size());
  }

  // Whether there is a whole line; it is valid until the next Add().
  absl::StatusOr<bool> Next(absl::string_view* line) {
    const absl::string_view rest = absl::string_view(rest_).substr(used_);
    std::size_t begin = 0;
    std::size_t end = 0;
    if (format_ == LogFormat::kJsonLines) {
      const std::size_t found = rest.find('\n', searched_);
      if (found == absl::string_view::npos) {
        searched_ = rest.size();
        if (rest.size() > max_bytes_) return TooLarge();
        return false;
      }
      searched_ = 0;
      end = found;
      used_ += end + 1;
    } else {
      CodedInputStream stream(reinterpret_cast<const std::uint8_t*>(rest.data()),
                              static_cast<int>(std::min(rest.size(), kMaxLengthBytes)));
      std::uint64_t size = 0;
      if (!stream.ReadVarint64(&size)) {
        if (rest.size() >= kMaxLengthBytes) return MakeError(kReasonLogMalformed, "no length");
        return false;
      }
      if (size > max_bytes_) return TooLarge();
      begin = static_cast<std::size_t>(stream.CurrentPosition());
      if (rest.size() - begin < size) return false;
      end = begin + static_cast<std::size_t>(size);
      used_ += end;
    }
    if (end - begin > max_bytes_) return TooLarge();
    *line = rest.substr(begin, end - begin);
    return true;
  }

  bool is_empty() const { return used_ == rest_.size(); }

 private:
  absl::Status TooLarge() const {
    return MakeError(kReasonLogLineTooLarge,
                     absl::StrCat("a line has at most ", max_bytes_, " bytes"));
  }

  const LogFormat format_;
  const std::size_t max_bytes_;
  std::string rest_;
  std::size_t used_ = 0;
  // No end of a line is before this place of the rest.
  std::size_t searched_ = 0;
};

class Importer final : public LogImporter {
 public:
  Importer(std::shared_ptr<store::Store> store, LogFormat format, LogImportOptions options)
      : log_(std::move(store), {Evolve}),
        format_(format),
        options_(std::move(options)),
        splitter_(format, options_.max_line_bytes) {}

  absl::Status Begin() {
    FRONTDESK_RETURN_IF_ERROR(log_.MakeRows());
    FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_.Read());
    kept_ = view.sequence();
    kept_link_ = view.link();
    return absl::OkStatus();
  }

  absl::Status Read(absl::string_view bytes) override {
    if (failed_.ok()) failed_ = ReadLines(bytes);
    return failed_;
  }

  // Reads the next line; null: its bytes are none. Lines before one with an error are kept.
  absl::Status Add(v1::LogLine* line) {
    ++line_count_;
    absl::Status status = line == nullptr ? Malformed("it is no line of a log") : ReadLine(*line);
    if (!status.ok()) FRONTDESK_RETURN_IF_ERROR(CommitGroup());
    return status;
  }

  absl::StatusOr<v1::LogReport> Finish() override {
    // Whole lines are kept.
    if (failed_.ok()) failed_ = CommitGroup();
    if (!failed_.ok()) return failed_;
    if (!is_over_ || !splitter_.is_empty()) {
      return MakeError(
          kReasonLogTruncated,
          absl::StrCat("the export ends behind line ", line_count_, ", which is not its last one"));
    }
    FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_.Read());
    v1::LogReport report;
    report.set_entry_count(view.sequence());
    report.set_event_count(event_count_);
    report.set_link(view.link());
    return report;
  }

 private:
  absl::Status ReadLines(absl::string_view bytes) {
    splitter_.Add(bytes);
    while (true) {
      absl::string_view line_bytes;
      FRONTDESK_ASSIGN_OR_RETURN(const bool is_whole, splitter_.Next(&line_bytes));
      if (!is_whole) return absl::OkStatus();
      v1::LogLine line;
      const bool is_line = Parse(line_bytes, format_, &line);
      FRONTDESK_RETURN_IF_ERROR(Add(is_line ? &line : nullptr));
    }
  }

  absl::Status Malformed(absl::string_view text) const {
    return MakeError(kReasonLogMalformed, absl::StrCat("line ", line_count_, ": ", text));
  }

  absl::Status ReadLine(v1::LogLine& line) {
    if (is_over_) return Malformed("it is behind the last line");
    if (line.has_header() != (line_count_ == 1)) return Malformed("the header is the first line");
    switch (line.line_case()) {
      case v1::LogLine::kHeader:
        if (line.header().format() == event_log::kLogFormat) return absl::OkStatus();
        return Malformed(absl::StrCat("the format is ", line.header().format(), ", and not ",
                                      event_log::kLogFormat));
      case v1::LogLine::kChange:
        return ReadChange(line.mutable_change());
      case v1::LogLine::kTrailer:
        return ReadTrailer(line.trailer());
      case v1::LogLine::LINE_NOT_SET:
        return Malformed("it is of a newer format");
      case v1::LogLine::kImportRow:
        return ReadImportRow(std::move(line));
      default:
        FRONTDESK_RETURN_IF_ERROR(CommitGroup());
        return CheckFit(log_.PutLine(line));
    }
  }

  absl::Status CheckFit(const absl::Status& status) const {
    if (!absl::IsDataLoss(status)) return status;
    return Malformed("it does not fit the lines before it");
  }

  absl::Status ReadImportRow(v1::LogLine line) {
    const v1::KeptImportRow& kept = line.import_row();
    if (kept.import_id().empty() || FindIdFault(kept.import_id()).has_value() ||
        kept.row().row() < 1) {
      return Malformed("the row of an import has no place");
    }
    import_rows_.push_back(std::move(line));
    if (import_rows_.size() < static_cast<std::size_t>(options_.group_size)) {
      return absl::OkStatus();
    }
    return CommitGroup();
  }

  absl::Status ReadChange(v1::LogChange* change) {
    const v1::LogEntry& entry = change->entry();
    if (entry.position() != position_ + 1) return Malformed("an entry is missing before it");
    event_count_ += change->events_size();
    if (entry.position() <= kept_) {
      position_ = entry.position();
      if (position_ < kept_ || entry.link() == kept_link_) return absl::OkStatus();
      return MakeError(kReasonLogNotContinued,
                       absl::StrCat("the store has another entry ", position_));
    }
    if (!group_.has_value()) {
      FRONTDESK_ASSIGN_OR_RETURN(event_log::Group group, log_.BeginGroup());
      group_.emplace(std::move(group));
      // Others may write the store, or have written it meanwhile.
      if (group_->view().sequence() != position_) return NotAlone();
    }
    const std::int64_t position = entry.position();
    const std::string link = entry.link();
    absl::StatusOr<event_log::Batch> batch =
        internal::ReplayChange(group_->view(), options_.limits, change);
    if (!batch.ok()) {
      if (GetReason(batch.status()) != kReasonLogMalformed) return batch.status();
      return Malformed(batch.status().message());
    }
    // An empty link is none.
    FRONTDESK_ASSIGN_OR_RETURN(const bool is_added,
                               group_->AddIfLink(*batch, link.empty() ? "none" : link));
    if (!is_added) {
      return MakeError(
          kReasonLogLinkUnexpected,
          absl::StrCat("line ", line_count_, ": entry ", position, " is not what its link says"));
    }
    position_ = position;
    if (group_->size() >= static_cast<std::size_t>(options_.group_size)) return CommitGroup();
    return absl::OkStatus();
  }

  absl::Status ReadTrailer(const v1::LogTrailer& trailer) {
    FRONTDESK_RETURN_IF_ERROR(CommitGroup());
    FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_.Read());
    if (trailer.entry_count() != position_) return Malformed("entries are missing before it");
    if (view.sequence() != position_ || trailer.link() != view.link()) return NotAlone();
    is_over_ = true;
    return absl::OkStatus();
  }

  absl::Status CommitGroup() {
    FRONTDESK_RETURN_IF_ERROR(CommitChanges());
    const std::vector<v1::LogLine> lines = std::move(import_rows_);
    import_rows_.clear();
    return log_.PutImportRows(lines);
  }

  absl::Status CommitChanges() {
    if (!group_.has_value()) return absl::OkStatus();
    event_log::Group group = *std::move(group_);
    group_.reset();
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<event_log::CommitVerdict> verdicts,
                               log_.CommitGroup(std::move(group)));
    for (const event_log::CommitVerdict verdict : verdicts) {
      if (verdict != event_log::CommitVerdict::kCommitted) return NotAlone();
    }
    return absl::OkStatus();
  }

  absl::Status NotAlone() const {
    return MakeError(kReasonLogNotContinued,
                     absl::StrCat("the store does not end with entry ", position_));
  }

  event_log::EventLog log_;
  const LogFormat format_;
  const LogImportOptions options_;
  LineSplitter splitter_;
  // The last entry of the store at first.
  std::int64_t kept_ = 0;
  std::string kept_link_;
  std::int64_t line_count_ = 0;
  std::int64_t event_count_ = 0;
  // Of the last entry that was read.
  std::int64_t position_ = 0;
  absl::optional<event_log::Group> group_;
  // Rows of imports that are not kept yet.
  std::vector<v1::LogLine> import_rows_;
  bool is_over_ = false;
  absl::Status failed_;
};

v1::LogReport RowFault(absl::string_view table, v1::LogReport report) {
  report.mutable_fault()->set_kind(v1::LogFault::KIND_ROW_CHANGED);
  report.mutable_fault()->set_text(
      absl::StrCat("a row of the ", table, " is not what the log says"));
  return report;
}

}  // namespace

absl::Status ExportLog(const store::Store& store, LogFormat format,
                       absl::FunctionRef<absl::Status(absl::string_view)> write) {
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, event_log::ReadStore(store, Evolve));
  return view.Export([&](const v1::LogLine& line) { return write(Encode(line, format)); });
}

absl::StatusOr<v1::LogReport> Reader::VerifyRows() const {
  const internal::DeskEntry call(this);
  FRONTDESK_RETURN_IF_ERROR(call.Check());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View view, log_->Read());
  FRONTDESK_ASSIGN_OR_RETURN(v1::LogReport report, view.Verify());
  if (report.has_fault()) return report;
  const std::shared_ptr<store::Store> again = store::MakeMemoryStore();
  LogImportOptions options;
  options.limits = limits_;
  Importer importer(again, LogFormat::kBinary, options);
  absl::Status replayed = importer.Begin();
  bool is_outbox_possible = true;
  if (replayed.ok()) {
    replayed = view.Export([&](const v1::LogLine& line) {
      v1::LogLine copy = line;
      absl::Status added = importer.Add(&copy);
      if (!added.ok() && line.has_open_effects()) is_outbox_possible = false;
      return added;
    });
  }
  if (!is_outbox_possible) return RowFault("outbox", std::move(report));
  FRONTDESK_RETURN_IF_ERROR(replayed);
  FRONTDESK_RETURN_IF_ERROR(importer.Finish().status());
  FRONTDESK_ASSIGN_OR_RETURN(const event_log::View other, event_log::ReadStore(*again, Evolve));
  FRONTDESK_ASSIGN_OR_RETURN(const absl::optional<std::string> different, view.Difference(other));
  if (different.has_value()) return RowFault(*different, std::move(report));
  return report;
}

absl::StatusOr<std::unique_ptr<LogImporter>> LogImporter::Make(std::shared_ptr<store::Store> store,
                                                               LogFormat format,
                                                               LogImportOptions options) {
  if (store == nullptr || options.max_line_bytes == 0 || options.group_size <= 0) {
    return MakeError(kReasonDeskOptionsInvalid, "a store is required, and limits are positive");
  }
  auto importer = std::make_unique<Importer>(std::move(store), format, std::move(options));
  FRONTDESK_RETURN_IF_ERROR(importer->Begin());
  return importer;
}

}  // namespace frontdesk
