// The issues of one policy pack, each with the place of its field in the text that was read. Private.
#ifndef FRONTDESK_POLICY_PACK_ISSUES_H_
#define FRONTDESK_POLICY_PACK_ISSUES_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/rules/source_map.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/error.pb.h"

namespace frontdesk {
namespace internal {

// Whether a name begins with a lower-case letter, and has lower-case letters, digits and underscores only.
bool IsLowerSnake(absl::string_view name);

// Gathers what the sections of a pack find. Thread-compatible.
class PackIssues {
 public:
  // `file` and `source` say where the pack was read; `source` must outlive this.
  PackIssues(absl::string_view file, const rules::SourceMap& source);

  // Adds an error at the field `field` of the pack, a path such as "rule_sets[2].id". A field that is
  // absent gets the place of the message that should have it.
  void AddError(absl::string_view reason, std::string field, std::string text);

  // The same as a warning.
  void AddWarning(absl::string_view reason, std::string field, std::string text);

  // Adds an issue that has its place already.
  void Add(v1::Issue issue);

  // Adds an error when `name`, which is in `field`, breaks the rule for names of words of a policy (base/id_text.h).
  void CheckName(absl::string_view name, std::string field);

  // Adds an error when the basis of the time in the field `name` of `owner`, which is in "`name`_basis", is not known, or is set without
  // that time.
  void CheckTimeBasis(v1::TimeBasis basis, bool has_time, absl::string_view owner,
                      absl::string_view name);

  bool HasErrors() const;

  // The issues in the order in which they were added; none are left.
  std::vector<v1::Issue> Take();

 private:
  void AddAt(v1::Issue::Severity severity, absl::string_view reason, absl::string_view field,
             absl::string_view text);

  const std::string file_;
  const rules::SourceMap& source_;
  std::vector<v1::Issue> issues_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_PACK_ISSUES_H_
