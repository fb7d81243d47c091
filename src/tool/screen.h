// How the tool writes: messages as text for people or as JSON, colors, progress. Private.
#ifndef FRONTDESK_SRC_TOOL_SCREEN_H_
#define FRONTDESK_SRC_TOOL_SCREEN_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "frontdesk/tool/tool.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace tool {

// A message as JSON without line breaks, with the names of the proto files.
std::string JsonText(const google::protobuf::Message& message);

class Screen {
 public:
  Screen(const ToolTerminal& terminal, bool is_json) : terminal_(terminal), is_json_(is_json) {}

  bool is_json() const { return is_json_; }

  // A line of text.
  void Line(absl::string_view text) const;
  // A message as one line of JSON.
  void Json(const google::protobuf::Message& message) const;
  // The fields of a message that are set, each on a line behind `indent` blanks, with those inside of it.
  void Fields(const google::protobuf::Message& message, int indent) const;
  // The verdict in its color.
  std::string VerdictText(v1::Verdict verdict) const;
  // The same text, bold.
  std::string Bold(absl::string_view text) const;
  // A line for people beside the results.
  void Hint(absl::string_view text) const;
  // The error, and its exit code.
  int Error(const absl::Status& status) const;

 private:
  std::string Colored(absl::string_view code, absl::string_view text) const;

  const ToolTerminal& terminal_;
  const bool is_json_;
};

// A line that shows how far long work is; nothing where the terminal shows no progress.
class Progress {
 public:
  // `unit` is what is counted; `total` 0: not known.
  Progress(const ToolTerminal& terminal, absl::string_view unit, std::int64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Set(std::int64_t count);

 private:
  const ToolTerminal& terminal_;
  const std::string unit_;
  const std::int64_t total_;
  absl::Time shown_ = absl::InfinitePast();
  bool is_shown_ = false;
};

}  // namespace tool
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_TOOL_SCREEN_H_
