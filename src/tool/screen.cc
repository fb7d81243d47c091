#include "tool/screen.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "frontdesk/base/error.h"
#include "frontdesk/base/money.h"
#include "frontdesk/v1/money.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/util/json_util.h"
#include "internal/enum_label.h"
#include "internal/escape_text.h"
#include "internal/time.h"

namespace frontdesk {
namespace tool {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr absl::Duration kProgressStep = absl::Milliseconds(200);
// Most levels of messages that are shown.
constexpr int kMaxDepth = 32;

// The message in a few characters, where it has such a form.
bool ShortText(const Message& message, std::string* text) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    *text = internal::TimeText(*time);
  } else if (const auto* duration = dynamic_cast<const google::protobuf::Duration*>(&message)) {
    *text = absl::FormatDuration(absl::Seconds(duration->seconds()) +
                                 absl::Nanoseconds(duration->nanos()));
  } else if (const auto* money = dynamic_cast<const v1::Money*>(&message)) {
    *text = FormatMoney(*money);
  } else {
    return false;
  }
  return true;
}

std::string Scalar(const Message& message, const FieldDescriptor& field, int place) {
  const Reflection& reflection = *message.GetReflection();
  const bool many = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL: {
      const bool value = many ? reflection.GetRepeatedBool(message, &field, place)
                              : reflection.GetBool(message, &field);
      return value ? "yes" : "no";
    }
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(many ? reflection.GetRepeatedInt32(message, &field, place)
                               : reflection.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(many ? reflection.GetRepeatedUInt32(message, &field, place)
                               : reflection.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(many ? reflection.GetRepeatedInt64(message, &field, place)
                               : reflection.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(many ? reflection.GetRepeatedUInt64(message, &field, place)
                               : reflection.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrCat(many ? reflection.GetRepeatedDouble(message, &field, place)
                               : reflection.GetDouble(message, &field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrCat(many ? reflection.GetRepeatedFloat(message, &field, place)
                               : reflection.GetFloat(message, &field));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = many ? reflection.GetRepeatedEnumValue(message, &field, place)
                              : reflection.GetEnumValue(message, &field);
      const auto* value = field.enum_type()->FindValueByNumber(number);
      return value == nullptr ? absl::StrCat(number) : internal::EnumLabel(*value);
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      std::string scratch;
      const std::string& value =
          many ? reflection.GetRepeatedStringReference(message, &field, place, &scratch)
               : reflection.GetStringReference(message, &field, &scratch);
      if (field.type() != FieldDescriptor::TYPE_BYTES) return internal::EscapeText(value);
      std::string hex;
      for (const unsigned char byte : value)
        absl::StrAppend(&hex, absl::Hex(byte, absl::kZeroPad2));
      return hex;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return std::string();
}

}  // namespace

std::string JsonText(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(message, &json, options);
  return status.ok() ? json : "{}";
}

void Screen::Line(absl::string_view text) const { terminal_.out(absl::StrCat(text, "\n")); }

void Screen::Json(const Message& message) const { Line(JsonText(message)); }

void Screen::Fields(const Message& message, int indent) const {
  if (indent / 2 > kMaxDepth) return Line(absl::StrCat(std::string(indent, ' '), "…"));
  const std::string blanks(indent, ' ');
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  const Reflection& reflection = *message.GetReflection();
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      std::string text;
      for (int i = 0; i < size; ++i) {
        absl::StrAppend(&text, i == 0 ? "" : ", ", Scalar(message, *field, i));
      }
      Line(absl::StrCat(blanks, field->name(), ": ", text));
      continue;
    }
    for (int i = 0; i < size; ++i) {
      const Message& inner = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                  : reflection.GetMessage(message, field);
      const std::string number = field->is_repeated() ? absl::StrCat(" ", i + 1) : "";
      std::string text;
      if (ShortText(inner, &text)) {
        Line(absl::StrCat(blanks, field->name(), number, ": ", text));
      } else {
        Line(absl::StrCat(blanks, field->name(), number, ":"));
        Fields(inner, indent + 2);
      }
    }
  }
}

std::string Screen::VerdictText(v1::Verdict verdict) const {
  switch (verdict) {
    case v1::VERDICT_DONE:
      return Colored("32", "done");
    case v1::VERDICT_REFUSED:
      return Colored("31", "refused");
    case v1::VERDICT_HELD:
      return Colored("33", "held");
    default:
      return Colored("31", "error");
  }
}

std::string Screen::Bold(absl::string_view text) const { return Colored("1", text); }

std::string Screen::Colored(absl::string_view code, absl::string_view text) const {
  if (!terminal_.has_color || is_json_) return std::string(text);
  return absl::StrCat("\033[", code, "m", text, "\033[0m");
}

void Screen::Hint(absl::string_view text) const { terminal_.error(absl::StrCat(text, "\n")); }

int Screen::Error(const absl::Status& status) const {
  // The message of an error of frontdesk begins with its reason.
  Hint(absl::StrCat("frontdesk: ", internal::EscapeText(status.message())));
  const absl::optional<v1::ErrorDetail> detail = GetErrorDetail(status);
  if (detail.has_value()) {
    for (const v1::FieldViolation& violation : detail->violations()) {
      Hint(absl::StrCat("  ", internal::EscapeText(violation.field()), ": ",
                        internal::EscapeText(violation.text())));
    }
  }
  return kToolError;
}

Progress::Progress(const ToolTerminal& terminal, absl::string_view unit, std::int64_t total)
    : terminal_(terminal), unit_(unit), total_(total) {}

Progress::~Progress() {
  if (is_shown_) terminal_.error("\r\033[K");
}

void Progress::Set(std::int64_t count) {
  if (!terminal_.has_progress) return;
  const absl::Time now = terminal_.now();
  if (now - shown_ < kProgressStep) return;
  shown_ = now;
  is_shown_ = true;
  std::string text =
      absl::StrCat("\r\033[K", count, total_ > 0 ? absl::StrCat(" of ", total_) : "", " ", unit_);
  if (total_ > 0) absl::StrAppendFormat(&text, ", %d %%", static_cast<int>(100.0 * count / total_));
  terminal_.error(text);
}

}  // namespace tool
}  // namespace frontdesk
