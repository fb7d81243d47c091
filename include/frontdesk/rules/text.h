// Reading policies: the text form and the JSON form of protobuf, every issue with its place.
//
//   frontdesk::rules::CompileOptions options;
//   options.file = "returns.textproto";
//   frontdesk::rules::CompileResult compiled =
//       frontdesk::rules::CompileText(text, frontdesk::v1::OrderDecisionInput::descriptor(), options);
//   if (!compiled.ok()) std::cout << frontdesk::rules::FormatIssues(compiled.issues);
#ifndef FRONTDESK_RULES_TEXT_H_
#define FRONTDESK_RULES_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/rules/source_map.h"
#include "frontdesk/v1/error.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace rules {

// Limits of reading a text. Beyond one the text is refused with an issue that names it.
struct TextLimits {
  // Bytes of the text. Beyond: issue POLICY_TEXT_LIMIT_BYTES.
  int64_t max_text_bytes = 16 << 20;
  // Messages inside each other. Beyond: issue POLICY_TEXT_LIMIT_NESTING.
  int32_t max_nesting = 32;
  // Issues reported for one text; the rest is dropped after one note, POLICY_LIMIT_ISSUES.
  int32_t max_issues = 100;
};

// Reads protobuf text format into `message` (a v1::PolicyPack, a v1::RuleSet or any other) and records in `source` (may be
// null) the place of each field. Returns the issues, in the order of the text:
//   POLICY_TEXT_LIMIT_BYTES, POLICY_TEXT_ENCODING (not UTF-8), POLICY_TEXT_LIMIT_NESTING, POLICY_TEXT_SYNTAX: the first of
//     these that applies; nothing was read, `message` is cleared;
//   POLICY_TEXT_UNKNOWN_FIELD, POLICY_TEXT_DUPLICATE_FIELD, POLICY_TEXT_VALUE, POLICY_TEXT_ENCODING (an escape that makes
//     a string no UTF-8): all of them; `message` holds what could be read, without the fields concerned.
// Linear in the text; each value of an invalid type costs one more reading of the text.
std::vector<v1::Issue> ParsePolicyText(absl::string_view text, absl::string_view file,
                                       google::protobuf::Message* message, SourceMap* source,
                                       const TextLimits& limits = {});

// The same for protobuf JSON.
std::vector<v1::Issue> ParsePolicyJson(absl::string_view json, absl::string_view file,
                                       google::protobuf::Message* message, SourceMap* source,
                                       const TextLimits& limits = {});

// Whether a text with these issues was read far enough that compiling it finds more of them.
bool CanCompile(const std::vector<v1::Issue>& parse_issues);

// Adds to `parse_issues` the issues of compiling, in the order of the text. Issues that only follow from a parse issue are
// left out (a condition that is missing because its value could not be read).
std::vector<v1::Issue> MergeIssues(std::vector<v1::Issue> parse_issues,
                                   std::vector<v1::Issue> compile_issues);

// Reads a v1::RuleSet from text and compiles it: ParsePolicyText, then RuleSet::Compile with options.file as the file's
// name (options.source and options.field_path are not looked at). Issues of both are reported together.
CompileResult CompileText(absl::string_view text, const google::protobuf::Descriptor* input,
                          const CompileOptions& options = {}, const TextLimits& limits = {});

// The same for protobuf JSON.
CompileResult CompileJson(absl::string_view json, const google::protobuf::Descriptor* input,
                          const CompileOptions& options = {}, const TextLimits& limits = {});

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_TEXT_H_
