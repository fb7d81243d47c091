#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cel/messages.h"
#include "cel/scalar_text.h"
#include "cel/utf8.h"
#include "cel/value_data.h"
#include "frontdesk/cel/value.h"

namespace frontdesk::cel {
namespace {

// Writes values as literals until `max_bytes` are used up.
class TextWriter {
 public:
  TextWriter(size_t max_bytes, cel_internal::Arena& arena) : max_bytes_(max_bytes), arena_(arena) {}

  void Write(const Value& value, int depth);
  std::string Finish() { return std::move(out_); }

 private:
  bool Full() {
    if (out_.size() < max_bytes_ && !full_) return false;
    if (!full_) out_ += "...";
    full_ = true;
    return true;
  }

  void WriteString(absl::string_view text);
  void WriteBytes(absl::string_view bytes);
  void WriteMessage(const google::protobuf::Message& message, int depth);

  const size_t max_bytes_;
  cel_internal::Arena& arena_;
  std::string out_;
  bool full_ = false;
};

void TextWriter::WriteString(absl::string_view text) {
  out_ += '"';
  while (!text.empty() && !Full()) {
    if (text[0] == '"' || text[0] == '\\') out_ += '\\';
    text.remove_prefix(cel_internal::AppendVisible(text, &out_));
  }
  out_ += '"';
}

void TextWriter::WriteBytes(absl::string_view bytes) {
  out_ += "b\"";
  for (const char c : bytes) {
    if (Full()) break;
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (c >= 0x20 && c < 0x7F) {
      out_ += c;
    } else {
      absl::StrAppend(&out_, "\\x", absl::Hex(static_cast<uint8_t>(c), absl::kZeroPad2));
    }
  }
  out_ += '"';
}

void TextWriter::WriteMessage(const google::protobuf::Message& message, int depth) {
  absl::StrAppend(&out_, message.GetDescriptor()->full_name(), "{");
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (size_t i = 0; i < fields.size() && !Full(); ++i) {
    absl::StrAppend(&out_, i == 0 ? "" : ", ", fields[i]->name(), ": ");
    Write(cel_internal::ReadField(message, fields[i], arena_), depth - 1);
  }
  out_ += "}";
}

void TextWriter::Write(const Value& value, int depth) {
  if (Full()) return;
  if (depth <= 0) {
    out_ += "...";
    return;
  }
  switch (value.kind()) {
    case ValueKind::kNull:
      out_ += "null";
      break;
    case ValueKind::kBool:
      out_ += value.bool_value() ? "true" : "false";
      break;
    case ValueKind::kInt:
      absl::StrAppend(&out_, value.int_value());
      break;
    case ValueKind::kUint:
      absl::StrAppend(&out_, value.uint_value(), "u");
      break;
    case ValueKind::kDouble: {
      const std::string text = cel_internal::FormatDouble(value.double_value());
      if (text.find_first_of("NI") != std::string::npos) {
        absl::StrAppend(&out_, "double(\"", text, "\")");
      } else {
        absl::StrAppend(&out_, text, text.find_first_of(".e") == std::string::npos ? ".0" : "");
      }
      break;
    }
    case ValueKind::kString:
      WriteString(value.string_value());
      break;
    case ValueKind::kBytes:
      WriteBytes(value.bytes_value());
      break;
    case ValueKind::kTimestamp:
      absl::StrAppend(
          &out_, "timestamp(\"",
          cel_internal::FormatTimestamp(value.timestamp_seconds(), value.timestamp_nanos()), "\")");
      break;
    case ValueKind::kDuration:
      absl::StrAppend(&out_, "duration(\"", cel_internal::FormatDuration(value.duration_nanos()),
                      "\")");
      break;
    case ValueKind::kList:
      out_ += "[";
      for (size_t i = 0; i < value.list_size() && !Full(); ++i) {
        if (i > 0) out_ += ", ";
        Write(value.list_at(i), depth - 1);
      }
      out_ += "]";
      break;
    case ValueKind::kMap:
      out_ += "{";
      for (size_t i = 0; i < value.map_size() && !Full(); ++i) {
        if (i > 0) out_ += ", ";
        Write(value.map_key(i), depth - 1);
        out_ += ": ";
        Write(value.map_value(i), depth - 1);
      }
      out_ += "}";
      break;
    case ValueKind::kMessage: {
      const Value unpacked = cel_internal::Unpack(value, arena_);
      if (unpacked.is_message()) {
        WriteMessage(unpacked.message_value(), depth);
      } else {
        Write(unpacked, depth - 1);
      }
      break;
    }
    case ValueKind::kType:
      absl::StrAppend(&out_, value.type_name());
      break;
    case ValueKind::kOptional:
      if (!value.optional_has_value()) {
        out_ += "optional.none()";
      } else {
        out_ += "optional.of(";
        Write(value.optional_value(), depth - 1);
        out_ += ")";
      }
      break;
    case ValueKind::kError:
      absl::StrAppend(&out_, "error(", value.error_reason(), ")");
      break;
  }
}

}  // namespace

std::string ToText(const Value& value, size_t max_bytes) {
  constexpr int kMaxDepth = 100;
  cel_internal::Arena arena;
  TextWriter writer(max_bytes, arena);
  writer.Write(value, kMaxDepth);
  return writer.Finish();
}

}  // namespace frontdesk::cel
