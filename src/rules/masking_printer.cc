// Writing values for traces.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "frontdesk/base/money.h"
#include "frontdesk/v1/money.pb.h"
#include "internal/escape_text.h"
#include "rules/exposure.h"

namespace frontdesk {
namespace rules {

using cel::Value;
using cel::ValueKind;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

constexpr absl::string_view kEllipsis = "...";
constexpr int kMaxDepth = 6;

// Messages that the language reads as a value of its own, not as a message with fields.
bool IsScalarMessage(const google::protobuf::Descriptor& descriptor) {
  return absl::StartsWith(descriptor.full_name(), "google.protobuf.");
}

Exposure OfField(v1::DataClass holder, const FieldDescriptor& field) {
  if (holder >= v1::DATA_CLASS_SECRET) return Exposure::kSecret;
  switch (holder) {
    case v1::DATA_CLASS_PUBLIC:
    case v1::DATA_CLASS_INTERNAL:
      return Exposure::kShown;
    case v1::DATA_CLASS_PERSONAL:
      return Exposure::kPersonal;
    case v1::DATA_CLASS_SENSITIVE:
      return Exposure::kSensitive;
    default:
      break;
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return Exposure::kUnclassified;
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const std::string& type = field.message_type()->full_name();
      if (field.is_map()) {
        const google::protobuf::Descriptor* entry = field.message_type();
        return std::max(OfField(holder, *entry->FindFieldByNumber(1)),
                        OfField(holder, *entry->FindFieldByNumber(2)));
      }
      const bool any_text =
          type == "google.protobuf.Any" || type == "google.protobuf.Struct" ||
          type == "google.protobuf.Value" || type == "google.protobuf.ListValue" ||
          type == "google.protobuf.StringValue" || type == "google.protobuf.BytesValue" ||
          type == "google.protobuf.FieldMask";
      return any_text ? Exposure::kUnclassified : Exposure::kShown;
    }
    default:
      return Exposure::kShown;
  }
}

// The field of the elements, or of a map's values.
const FieldDescriptor* ElementField(const FieldDescriptor* field) {
  if (field == nullptr || !field->is_map()) return field;
  return field->message_type()->FindFieldByNumber(2);
}

// `text` with every quoted key "[...]" masked.
std::string MaskKeys(absl::string_view text, Exposure exposure) {
  const absl::string_view mask = MaskOf(std::max(exposure, Exposure::kUnclassified));
  std::string masked;
  size_t at = 0;
  while (at < text.size()) {
    const char c = text[at++];
    masked += c;
    if (c != '[') continue;
    bool quoted = false;
    while (at < text.size() && (quoted || text[at] != ']')) {
      if (text[at] == '\\') {
        ++at;
      } else if (text[at] == '"') {
        quoted = !quoted;
      }
      ++at;
    }
    absl::StrAppend(&masked, mask);
  }
  return masked;
}

// An amount or price that may be shown, in major units: "500.00 EUR". "" for any other message.
std::string AmountText(const Message& message, v1::DataClass holder) {
  if (holder >= v1::DATA_CLASS_PERSONAL) return "";
  if (const auto* money = google::protobuf::DynamicCastToGenerated<v1::Money>(&message)) {
    return CurrencyExponent(money->currency_code()).ok() ? FormatMoney(*money) : "";
  }
  if (const auto* price = google::protobuf::DynamicCastToGenerated<v1::UnitPrice>(&message)) {
    return CheckUnitPrice(*price).ok() ? FormatUnitPrice(*price) : "";
  }
  return "";
}

}  // namespace

struct MaskingPrinter::Output {
  std::string text;
  size_t max_bytes;

  bool full() const { return text.size() > max_bytes; }
  void Add(absl::string_view piece) {
    if (!full()) text.append(piece.data(), piece.size());
  }
};

std::string MaskingPrinter::ShortName(absl::string_view full_name) const {
  if (!container_.empty() && absl::StartsWith(full_name, container_) &&
      full_name.size() > container_.size() && full_name[container_.size()] == '.') {
    full_name.remove_prefix(container_.size() + 1);
  }
  return std::string(full_name);
}

bool MaskingPrinter::WriteEnum(int64_t number, const FieldDescriptor& field, Output* out) const {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM || number != static_cast<int32_t>(number))
    return false;
  const auto* value = field.enum_type()->FindValueByNumber(static_cast<int32_t>(number));
  if (value == nullptr) return false;
  out->Add(absl::StrCat(ShortName(field.enum_type()->full_name()), ".", value->name()));
  return true;
}

void MaskingPrinter::Write(const Value& value, Exposure exposure, v1::DataClass holder,
                           const FieldDescriptor* field, int depth, Output* out) const {
  if (out->full()) return;
  if (exposure != Exposure::kShown) return out->Add(MaskOf(exposure));
  if (depth > kMaxDepth) return out->Add(kEllipsis);
  switch (value.kind()) {
    case ValueKind::kList:
      out->Add("[");
      for (size_t i = 0; i < value.list_size() && !out->full(); ++i) {
        if (i > 0) out->Add(", ");
        Write(value.list_at(i), exposure, holder, field, depth + 1, out);
      }
      return out->Add("]");
    case ValueKind::kMap:
      out->Add("{");
      for (size_t i = 0; i < value.map_size() && !out->full(); ++i) {
        if (i > 0) out->Add(", ");
        Write(value.map_key(i), exposure, holder, nullptr, depth + 1, out);
        out->Add(": ");
        Write(value.map_value(i), exposure, holder, ElementField(field), depth + 1, out);
      }
      return out->Add("}");
    case ValueKind::kMessage:
      return WriteMessage(value.message_value(), holder, depth, out);
    case ValueKind::kOptional:
      if (!value.optional_has_value()) return out->Add("optional.none()");
      out->Add("optional.of(");
      Write(value.optional_value(), exposure, holder, field, depth + 1, out);
      return out->Add(")");
    case ValueKind::kString:
    case ValueKind::kBytes:
      // The whole value of a field without presence: nobody can say more than that there is no text.
      if (depth == 0 && field != nullptr &&
          (value.is_string() ? value.string_value() : value.bytes_value()).empty()) {
        return out->Add("empty");
      }
      break;
    case ValueKind::kInt:
      if (field != nullptr && WriteEnum(value.int_value(), *field, out)) return;
      break;
    default:
      break;
  }
  out->Add(internal::EscapeText(cel::ToText(value, out->max_bytes + 1)));
}

void MaskingPrinter::WriteMessage(const Message& message, v1::DataClass holder, int depth,
                                  Output* out) const {
  const google::protobuf::Reflection* reflection = message.GetReflection();
  if (const std::string amount = AmountText(message, holder); !amount.empty()) {
    return out->Add(amount);
  }
  out->Add(ShortName(message.GetDescriptor()->full_name()));
  out->Add("{");
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  bool first = true;
  for (const FieldDescriptor* field : fields) {
    if (out->full()) break;
    if (field->is_extension()) continue;
    if (!first) out->Add(", ");
    first = false;
    out->Add(field->name());
    out->Add(": ");
    const v1::DataClass held = std::max(holder, data_class_(*field));
    const Exposure exposure = OfField(held, *field);
    cel::ValueArena arena;
    const Value value =
        exposure == Exposure::kShown ? cel::FromField(message, field, arena) : Value();
    Write(value, exposure, held, field, depth + 1, out);
  }
  out->Add("}");
}

std::string MaskingPrinter::Print(const Value& value, const NodeExposure& exposure,
                                  const FieldDescriptor* field, size_t max_bytes) const {
  Output out{"", max_bytes};
  Exposure strictest = exposure.exposure;
  // Messages with fields, and text of any kind, are never shown on the word of the analysis alone.
  if (field != nullptr && data_class_(*field) >= v1::DATA_CLASS_PERSONAL) {
    strictest = std::max(strictest, OfField(data_class_(*field), *field));
  }
  if (value.is_message() && IsScalarMessage(*value.message_value().GetDescriptor())) {
    strictest = std::max(strictest, Exposure::kUnclassified);
  }
  Write(value, strictest, exposure.holder, field, 0, &out);
  return internal::CutText(out.text, max_bytes);
}

std::string MaskingPrinter::PrintRead(const cel::Read& read, const ExposureTable& table,
                                      size_t max_bytes) const {
  const NodeExposure exposure = table.Find(read.expr);
  const bool presence = read.expr.kind() == cel::ExprKind::kHas && read.value.is_bool();
  return Print(read.value, presence ? NodeExposure() : exposure, presence ? nullptr : read.field,
               max_bytes);
}

std::string MaskingPrinter::PrintAmount(const Message& amount, const cel::Read& part,
                                        const ExposureTable& table) {
  const NodeExposure exposure = table.Find(part.expr);
  return exposure.exposure == Exposure::kShown ? AmountText(amount, exposure.holder) : "";
}

std::string MaskingPrinter::PrintPath(const cel::Read& read, const ExposureTable& table,
                                      size_t max_bytes) {
  const NodeExposure exposure = table.Find(read.expr);
  return internal::CutText(
      internal::EscapeText(exposure.path_shown ? read.path
                                               : MaskKeys(read.path, exposure.exposure)),
      max_bytes);
}

}  // namespace rules
}  // namespace frontdesk
