// Walks a text beside protobuf's own parser, which does not know all places and stops at the first error. Finds the place of
// each field, and every name and enum value that the message does not know. Private to rules/.
#ifndef FRONTDESK_RULES_SCAN_H_
#define FRONTDESK_RULES_SCAN_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "google/protobuf/descriptor.h"
#include "rules/source_map_builder.h"

namespace frontdesk {
namespace rules {

// An issue at byte `offset`.
struct ScanIssue {
  size_t offset = 0;
  absl::string_view reason;
  std::string field;
  std::string text;
};

// One value in the text: a scalar, or an element of a list.
struct ScannedValue {
  std::string path;
  // The value itself.
  size_t begin = 0;
  size_t end = 0;
  // The range to cut out of the text so that it can be read without the value. Text format: the whole field with its
  // separator. JSON: the value, or the list around it.
  size_t cut_begin = 0;
  size_t cut_end = 0;
};

struct ScanResult {
  // False: the text's form is broken somewhere, and the rest was not looked at.
  bool well_formed = false;
  // In the order of the text.
  std::vector<ScanIssue> issues;
  // Scalars in the order of the text.
  std::vector<ScannedValue> values;
  // The values of the issues above, to be cut out before protobuf reads the rest.
  std::vector<ScannedValue> cuts;
};

enum class TextForm { kTextFormat, kJson };

// Where more than `limit` brackets are open, outside strings and comments; nothing when that is nowhere. Linear.
absl::optional<size_t> FindTooDeep(absl::string_view text, TextForm form, int limit);

// Walks protobuf text format. `descriptor` is what the text should be a message of.
ScanResult ScanTextFormat(absl::string_view text, const google::protobuf::Descriptor* descriptor,
                          SourceMapBuilder* places);

// Walks JSON. Issues include the first syntax error: protobuf's own parser says no place.
ScanResult ScanJson(absl::string_view json, const google::protobuf::Descriptor* descriptor,
                    SourceMapBuilder* places);

// "; did you mean 'x'?" for the nearest of `candidates`, or "".
std::string Suggestion(absl::string_view name, const std::vector<absl::string_view>& candidates);

// An issue for a field that `descriptor` does not have, with a suggestion.
ScanIssue UnknownFieldIssue(const google::protobuf::Descriptor& descriptor, absl::string_view name,
                            absl::string_view path, size_t offset);

// An issue for a name that `field`'s enum does not have, with a suggestion.
ScanIssue UnknownEnumValueIssue(const google::protobuf::FieldDescriptor& field,
                                absl::string_view name, absl::string_view path, size_t offset);

enum class ValueShape { kScalar, kMessage, kList };

// An issue for a value of a shape that `field` cannot have, or nothing. `element`: inside a list of the field.
absl::optional<ScanIssue> ShapeIssue(const google::protobuf::FieldDescriptor& field,
                                     ValueShape shape, bool element, absl::string_view path,
                                     size_t offset);

// "prefix.name", or "name" without a prefix.
std::string Below(absl::string_view prefix, absl::string_view name);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_SCAN_H_
