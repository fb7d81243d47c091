#include "frontdesk/rules/source_map.h"

#include <algorithm>
#include <utility>

#include "frontdesk/cel/issue.h"
#include "rules/source_map_builder.h"

namespace frontdesk {
namespace rules {
namespace {

const std::string& EmptyString() {
  static const std::string* const empty = new std::string;
  return *empty;
}

// The line of byte `offset`, without its end, and the offset in it.
struct LinePlace {
  absl::string_view line;
  size_t offset;
  int32_t number;
};

LinePlace PlaceOf(absl::string_view text, const std::vector<size_t>& line_starts, size_t offset) {
  offset = std::min(offset, text.size());
  const auto next = std::upper_bound(line_starts.begin(), line_starts.end(), offset);
  const size_t begin = *(next - 1);
  size_t end = text.find('\n', begin);
  if (end == absl::string_view::npos) end = text.size();
  if (end > begin && text[end - 1] == '\r') --end;
  return {text.substr(begin, end - begin), offset - begin,
          static_cast<int32_t>(next - line_starts.begin())};
}

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

int32_t ColumnOf(absl::string_view line, size_t offset) {
  offset = std::min(offset, line.size());
  return 1 + static_cast<int32_t>(std::count_if(line.begin(), line.begin() + offset,
                                                [](char c) { return !IsContinuation(c); }));
}

}  // namespace

SourceMap::SourceMap() = default;
SourceMap::~SourceMap() = default;
SourceMap::SourceMap(const SourceMap&) = default;
SourceMap& SourceMap::operator=(const SourceMap&) = default;

const std::string& SourceMap::file() const { return rep_ == nullptr ? EmptyString() : rep_->file; }

absl::optional<SourcePosition> SourceMap::Find(absl::string_view field_path) const {
  if (rep_ == nullptr) return absl::nullopt;
  const auto field = rep_->fields.find(field_path);
  if (field == rep_->fields.end()) return absl::nullopt;
  const LinePlace place = PlaceOf(rep_->text, rep_->line_starts, field->second.begin);
  return SourcePosition{place.number, ColumnOf(place.line, place.offset)};
}

absl::optional<SourcePosition> SourceMap::FindInside(absl::string_view field_path,
                                                     int32_t offset) const {
  if (rep_ == nullptr) return absl::nullopt;
  const auto field = rep_->fields.find(field_path);
  if (field == rep_->fields.end() || field->second.runs.empty()) return absl::nullopt;
  const std::vector<StringRun>& runs = field->second.runs;
  const size_t wanted = std::min(static_cast<size_t>(std::max(offset, 0)), runs.back().decoded);
  const auto next =
      std::upper_bound(runs.begin(), runs.end(), wanted,
                       [](size_t value, const StringRun& run) { return value < run.decoded; });
  const StringRun& run = *(next - 1);
  const LinePlace place =
      PlaceOf(rep_->text, rep_->line_starts, run.source + (wanted - run.decoded));
  return SourcePosition{place.number, ColumnOf(place.line, place.offset)};
}

std::string SourceMap::Snippet(SourcePosition position) const {
  if (rep_ == nullptr || position.line < 1 || position.column < 1) return "";
  if (static_cast<size_t>(position.line) > rep_->line_starts.size()) return "";
  const LinePlace place =
      PlaceOf(rep_->text, rep_->line_starts, rep_->line_starts[position.line - 1]);
  size_t offset = 0;
  for (int32_t column = 1; column < position.column && offset < place.line.size(); ++column) {
    ++offset;
    while (offset < place.line.size() && IsContinuation(place.line[offset])) ++offset;
  }
  const int32_t at = static_cast<int32_t>(offset);
  std::string snippet =
      cel::MakeIssue(cel::Severity::kError, "", place.line, cel::SourceRange{at, at}, "").snippet;
  while (!snippet.empty() && snippet.back() == '\n') snippet.pop_back();
  return snippet;
}

SourceMapBuilder::SourceMapBuilder(absl::string_view file, absl::string_view text)
    : rep_(std::make_shared<SourceMap::Rep>()) {
  rep_->file = std::string(file);
  rep_->text = std::string(text);
  rep_->line_starts.push_back(0);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') rep_->line_starts.push_back(i + 1);
  }
  map_.rep_ = rep_;
}

void SourceMapBuilder::AddField(absl::string_view path, size_t begin) {
  rep_->fields.try_emplace(path, SourceMap::Rep::Field{begin, {}});
}

void SourceMapBuilder::AddString(absl::string_view path, std::vector<StringRun> runs) {
  SourceMap::Rep::Field& field = rep_->fields[path];
  if (field.runs.empty()) field.runs = std::move(runs);
}

SourcePosition SourceMapBuilder::Locate(size_t offset) const {
  const LinePlace place = PlaceOf(rep_->text, rep_->line_starts, offset);
  return SourcePosition{place.number, ColumnOf(place.line, place.offset)};
}

size_t SourceMapBuilder::OffsetOfToken(int line, int column) const {
  constexpr int kTabWidth = 8;
  if (line < 0) return 0;
  if (static_cast<size_t>(line) >= rep_->line_starts.size()) return rep_->text.size();
  size_t offset = rep_->line_starts[line];
  int at = 0;
  while (at < column && offset < rep_->text.size() && rep_->text[offset] != '\n') {
    at += rep_->text[offset] == '\t' ? kTabWidth - at % kTabWidth : 1;
    ++offset;
  }
  return offset;
}

}  // namespace rules
}  // namespace frontdesk
