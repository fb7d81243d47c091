// Checks of names and texts, and of lists of named expressions. Private to rules/.
#ifndef FRONTDESK_RULES_NAME_CHECKS_H_
#define FRONTDESK_RULES_NAME_CHECKS_H_

#include <string>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "frontdesk/base/reason.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/policy.pb.h"
#include "google/protobuf/repeated_field.h"
#include "rules/rule_checks.h"

namespace frontdesk {
namespace rules {

// UPPER_SNAKE or lower_snake: begins with a letter, then letters of the same case, digits and underscores.
bool IsSnake(absl::string_view word, bool upper);

// The reasons of a list of named expressions.
struct NamedReasons {
  absl::string_view noun;
  const Reason* missing;
  const Reason* malformed;
  const Reason* duplicate;
  const Reason* no_expression;
};

// Reports faults of names and texts. The arguments are referred to.
class NameChecker {
 public:
  NameChecker(const RuleLimits& limits, const IssueReporter& reporter)
      : limits_(limits), report_(reporter) {}

  void CheckName(absl::string_view path, const std::string& name) const;
  void CheckText(absl::string_view path, const std::string& text) const;

  // The names of `list`, the field at `path`, and that each has an expression. At most `count` of them.
  template <typename Named>
  void CheckNamed(const google::protobuf::RepeatedPtrField<Named>& list, int count,
                  const std::string& path, const NamedReasons& reasons) const {
    absl::flat_hash_set<absl::string_view> names;
    for (int i = 0; i < count; ++i) {
      const Named& named = list[i];
      const std::string place = absl::StrCat(path, "[", i, "]");
      CheckNamedName(absl::StrCat(place, ".name"), named.name(), reasons, &names);
      if (named.expression().empty()) {
        report_.Error(absl::StrCat(place, ".expression"), *reasons.no_expression,
                      absl::StrCat("the ", reasons.noun, " has no expression"));
      }
    }
  }

 protected:
  const RuleLimits& limits_;
  const IssueReporter& report_;

 private:
  void CheckNamedName(const std::string& path, const std::string& name, const NamedReasons& reasons,
                      absl::flat_hash_set<absl::string_view>* names) const;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_NAME_CHECKS_H_
