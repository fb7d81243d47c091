// The arguments of a command of the tool. Private.
#ifndef FRONTDESK_SRC_TOOL_OPTIONS_H_
#define FRONTDESK_SRC_TOOL_OPTIONS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"
#include "frontdesk/tool/tool.h"

namespace frontdesk {
namespace tool {

// An option that a command accepts. A plain struct.
struct OptionRow {
  // Without the dashes.
  absl::string_view name;
  // The name of its value in the help; empty: it has none.
  absl::string_view value;
  absl::string_view help;
};

// The error of arguments that are not valid, with a text for people. It has no reason.
absl::Status UsageError(absl::string_view text);
// Whether it is such an error.
bool IsUsageError(const absl::Status& status);

// The arguments of one command, checked.
class Options {
 public:
  // `positional` are the names of the arguments without dashes, all required. The last one may be a list, one or more: its name ends with
  // "...". It may also be left out: its name begins with "[". Errors are usage errors.
  static absl::StatusOr<Options> Parse(absl::Span<const std::string> arguments,
                                       absl::Span<const absl::string_view> positional,
                                       absl::Span<const OptionRow> rows);

  const std::string& operator[](std::size_t positional) const { return positional_[positional]; }
  // How many there are, those of the list included.
  std::size_t size() const { return positional_.size(); }
  bool Has(absl::string_view name) const { return values_.count(std::string(name)) > 0; }
  // Empty when it is not given.
  std::string Get(absl::string_view name) const;
  // Where the command runs: it has the way to open a database.
  void set_terminal(const ToolTerminal* terminal) { terminal_ = terminal; }
  const ToolTerminal* terminal() const { return terminal_; }
  // A whole number in 1 to `most`; `otherwise` when it is not given.
  absl::StatusOr<int> GetNumber(absl::string_view name, int otherwise, int most) const;
  // A date, which begins in UTC, or a time of RFC 3339. Nothing when it is not given.
  absl::StatusOr<absl::optional<absl::Time>> GetInstant(absl::string_view name) const;

 private:
  std::vector<std::string> positional_;
  std::map<std::string, std::string> values_;
  const ToolTerminal* terminal_ = nullptr;
};

}  // namespace tool
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_TOOL_OPTIONS_H_
