#include "frontdesk/decide/parse.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/unknown_field_set.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/type_resolver_util.h"
#include "google/protobuf/wire_format_lite.h"
#include "internal/message_utf8.h"

namespace frontdesk {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

constexpr char kTypeUrlPrefix[] = "type.googleapis.com";

// Looks through the binary form of a message, before protobuf reads it, for strings that are not
// UTF-8.
class EncodingCheck {
 public:
  EncodingCheck(int max_depth, ErrorBuilder* errors) : max_depth_(max_depth), errors_(errors) {}

  // False when the bytes are no message.
  bool Check(absl::string_view bytes, const Descriptor* descriptor, const std::string& path,
             int depth) {
    if (depth > max_depth_) return false;
    google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t*>(bytes.data()),
                                                  static_cast<int>(bytes.size()));
    std::map<int, int> counts;
    while (true) {
      const uint32_t tag = stream.ReadTag();
      if (tag == 0)
        return stream.ConsumedEntireMessage() &&
               stream.CurrentPosition() == static_cast<int>(bytes.size());
      const FieldDescriptor* field =
          descriptor->FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
      const bool has_text =
          field != nullptr &&
          WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED &&
          (field->type() == FieldDescriptor::TYPE_STRING ||
           field->type() == FieldDescriptor::TYPE_MESSAGE);
      if (!has_text) {
        if (!WireFormatLite::SkipField(&stream, tag)) return false;
        continue;
      }
      uint32_t size = 0;
      if (!stream.ReadVarint32(&size)) return false;
      const std::size_t begin = static_cast<std::size_t>(stream.CurrentPosition());
      if (size > bytes.size() - begin) return false;
      const absl::string_view content = bytes.substr(begin, size);
      if (!stream.Skip(static_cast<int>(size))) return false;
      const std::string field_path = Path(path, *field, &counts);
      if (field->type() == FieldDescriptor::TYPE_MESSAGE) {
        if (!Check(content, field->message_type(), field_path, depth + 1)) return false;
      } else if (!internal::IsValidUtf8(content)) {
        errors_->Add(field_path, kReasonMessageTextEncoding, "the text is not UTF-8");
      }
    }
  }

 private:
  static std::string Path(const std::string& path, const FieldDescriptor& field,
                          std::map<int, int>* counts) {
    std::string own = JoinFieldPath(path, field.name());
    if (field.is_map()) return absl::StrCat(own, "[?]");  // a key may be personal
    if (field.is_repeated()) absl::StrAppend(&own, "[", (*counts)[field.number()]++, "]");
    return own;
  }

  const int max_depth_;
  ErrorBuilder* const errors_;
};

// `path` is the field with the fault. Empty: it is not known.
absl::Status Malformed(const google::protobuf::Message& message, absl::string_view form,
                       absl::string_view path = "") {
  return MakeError(kReasonMessageMalformed,
                   absl::StrCat("the ", form, " is not a ", message.GetDescriptor()->full_name(),
                                path.empty() ? "" : "; the fault is in ", path));
}

// The place in `error`, which protobuf begins with it: "(command.lines[1].quantity): …". Only names of fields of `descriptor`, since the
// rest of the text quotes the input. Empty: there is none.
std::string FaultPath(absl::string_view error, const Descriptor* descriptor) {
  if (!absl::ConsumePrefix(&error, "(")) return "";
  std::string path;
  for (const absl::string_view part : absl::StrSplit(error.substr(0, error.find(')')), '.')) {
    const absl::string_view name = part.substr(0, part.find('['));
    const FieldDescriptor* field =
        descriptor == nullptr ? nullptr : descriptor->FindFieldByName(std::string(name));
    if (field == nullptr) break;
    path = JoinFieldPath(path, field->name());
    int index = 0;
    absl::string_view rest = part.substr(name.size());
    if (absl::ConsumePrefix(&rest, "[") && absl::ConsumeSuffix(&rest, "]") &&
        absl::SimpleAtoi(rest, &index) && !field->is_map()) {
      absl::StrAppend(&path, "[", index, "]");
    }
    descriptor = field->message_type();
  }
  return path;
}

absl::Status CheckSize(std::size_t size, const ParseLimits& limits) {
  const std::size_t most =
      std::min(limits.max_bytes, static_cast<std::size_t>(std::numeric_limits<int>::max()));
  if (size <= most) return absl::OkStatus();
  return MakeError(kReasonMessageTooLarge, absl::StrCat("max_bytes is ", limits.max_bytes));
}

}  // namespace

absl::Status ParseBytes(absl::string_view bytes, google::protobuf::Message* message,
                        const ParseLimits& limits) {
  message->Clear();
  absl::Status sized = CheckSize(bytes.size(), limits);
  if (!sized.ok()) return sized;
  ErrorBuilder errors(kReasonMessageTextEncoding);
  EncodingCheck check(limits.max_depth, &errors);
  if (!check.Check(bytes, message->GetDescriptor(), "", 1))
    return Malformed(*message, "binary form");
  if (!errors.empty()) return errors.Build();
  if (!message->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !message->IsInitialized()) {
    message->Clear();
    return Malformed(*message, "binary form");
  }
  return absl::OkStatus();
}

absl::Status ParseJson(absl::string_view json, google::protobuf::Message* message,
                       const ParseLimits& limits) {
  message->Clear();
  absl::Status sized = CheckSize(json.size(), limits);
  if (!sized.ok()) return sized;
  if (!internal::IsValidUtf8(json))
    return MakeError(kReasonMessageTextEncoding, "the JSON text is not UTF-8");
  const Descriptor* descriptor = message->GetDescriptor();
  const std::unique_ptr<google::protobuf::util::TypeResolver> resolver(
      google::protobuf::util::NewTypeResolverForDescriptorPool(kTypeUrlPrefix,
                                                               descriptor->file()->pool()));
  std::string bytes;
  // By way of the binary form: escapes in JSON may spell what is not UTF-8. Of the text of the error only the place is shown, because it
  // quotes the input.
  const auto read = google::protobuf::util::JsonToBinaryString(
      resolver.get(), absl::StrCat(kTypeUrlPrefix, "/", descriptor->full_name()), std::string(json),
      &bytes);
  if (!read.ok()) {
    const std::string path =
        FaultPath(absl::string_view(read.message().data(), read.message().size()), descriptor);
    return Malformed(*message, "JSON text", path);
  }
  return ParseBytes(bytes, message, limits);
}

}  // namespace frontdesk
