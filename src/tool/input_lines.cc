#include "tool/input_lines.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "frontdesk/v1/log.pb.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace tool {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
// The first line of a log in binary form is short: its length has one byte.
constexpr unsigned char kMaxHeaderBytes = 0x7F;

bool IsBinaryLog(absl::string_view head) {
  if (head.empty()) return false;
  const auto size = static_cast<unsigned char>(head[0]);
  if (size == 0 || size > kMaxHeaderBytes || size >= head.size()) return false;
  v1::LogLine line;
  return line.ParseFromArray(head.data() + 1, size) && line.has_header();
}

}  // namespace

InputKind FindInputKind(absl::string_view head) {
  if (IsBinaryLog(head)) return InputKind::kBinaryLog;
  const bool has_mark = absl::ConsumePrefix(&head, kByteOrderMark);
  head = absl::StripLeadingAsciiWhitespace(head);
  if (!absl::ConsumePrefix(&head, "{")) return InputKind::kUnknown;
  head = absl::StripLeadingAsciiWhitespace(head);
  const bool has_header = absl::ConsumePrefix(&head, "\"header\"");
  return has_header && !has_mark ? InputKind::kJsonLog : InputKind::kCommands;
}

absl::StatusOr<bool> LineReader::Next(std::string* line) {
  for (;;) {
    FRONTDESK_ASSIGN_OR_RETURN(const bool has_line, NextLine(line));
    if (!has_line) return false;
    if (number_ == 1 && absl::StartsWith(*line, kByteOrderMark)) {
      line->erase(0, kByteOrderMark.size());
    }
    if (!absl::StripAsciiWhitespace(*line).empty()) return true;
  }
}

absl::StatusOr<bool> LineReader::NextLine(std::string* line) {
  line->clear();
  bool is_begun = false;
  for (;;) {
    if (used_ == piece_.size()) {
      FRONTDESK_ASSIGN_OR_RETURN(piece_, file_->Read(kPieceBytes));
      used_ = 0;
      if (piece_.empty()) break;
    }
    is_begun = true;
    const absl::string_view rest = absl::string_view(piece_).substr(used_);
    const std::size_t end = rest.find('\n');
    const absl::string_view part = rest.substr(0, end);
    line->append(part.data(), std::min(part.size(), max_line_bytes_ + 1 - line->size()));
    const std::size_t read = end == absl::string_view::npos ? rest.size() : end + 1;
    used_ += read;
    bytes_ += static_cast<std::int64_t>(read);
    if (end != absl::string_view::npos) break;
  }
  if (is_begun) ++number_;
  return is_begun;
}

}  // namespace tool
}  // namespace frontdesk
