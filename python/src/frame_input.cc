#include "frame_input.h"

#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "frontdesk/base/error.h"
#include "frontdesk/report/reasons.h"

namespace frontdesk::python {
namespace {

namespace pb = google::protobuf;
using pb::FieldDescriptor;

constexpr int64_t kAbsentTime = std::numeric_limits<int64_t>::min();
constexpr int64_t kNanos = 1'000'000'000;

enum class Known { kNone, kTime, kSpan, kWrapper };

// The messages of protobuf's own that a column may hold.
Known KnownType(const FieldDescriptor& field) {
  if (field.message_type() == nullptr) return Known::kNone;
  switch (field.message_type()->well_known_type()) {
    case pb::Descriptor::WELLKNOWNTYPE_TIMESTAMP:
      return Known::kTime;
    case pb::Descriptor::WELLKNOWNTYPE_DURATION:
      return Known::kSpan;
    case pb::Descriptor::WELLKNOWNTYPE_DOUBLEVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_FLOATVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_INT64VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_UINT64VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_INT32VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_UINT32VALUE:
    case pb::Descriptor::WELLKNOWNTYPE_STRINGVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_BYTESVALUE:
    case pb::Descriptor::WELLKNOWNTYPE_BOOLVALUE:
      return Known::kWrapper;
    default:
      return Known::kNone;
  }
}

constexpr const char* kKindNames[] = {"integers", "integers", "floats", "booleans", "times",
                                      "spans",    "texts",    "texts",  "nothing"};

const char* NameOf(ColumnKind kind) { return kKindNames[static_cast<size_t>(kind)]; }

bool Takes(const FieldDescriptor& field, ColumnKind kind) {
  const bool is_text = kind == ColumnKind::kText || kind == ColumnKind::kLabel;
  const bool is_integer = kind == ColumnKind::kInteger || kind == ColumnKind::kUnsigned;
  if (kind == ColumnKind::kAbsent) {
    const Known known = KnownType(field);
    return field.message_type() == nullptr || known == Known::kTime || known == Known::kSpan;
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return kind == ColumnKind::kBool;
    case FieldDescriptor::CPPTYPE_STRING:
      return is_text;
    case FieldDescriptor::CPPTYPE_ENUM:
      return is_text || is_integer || kind == ColumnKind::kReal;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return (kind == ColumnKind::kTime && KnownType(field) == Known::kTime) ||
             (kind == ColumnKind::kSpan && KnownType(field) == Known::kSpan);
    default:
      return is_integer || kind == ColumnKind::kReal;
  }
}

std::string TypeOf(const FieldDescriptor& field) {
  if (field.is_repeated()) return "a repeated field";
  if (field.message_type() != nullptr) {
    return absl::StrCat("a message ", field.message_type()->full_name());
  }
  if (field.enum_type() != nullptr) return absl::StrCat("an enum ", field.enum_type()->full_name());
  return absl::StrCat("of the type ", field.type_name());
}

[[noreturn]] void Throw(const Reason& reason, absl::string_view column, absl::string_view text) {
  throw StatusError(MakeError(reason, absl::StrCat("column '", column, "': ", text)));
}

absl::Status ValueError(absl::string_view column, size_t row, absl::string_view text) {
  return MakeError(kReasonFrameValue, absl::StrCat("column '", column, "', row ", row, ": ", text));
}

// The memory of an object with elements of `size` bytes; `count` of them.
const void* Elements(const py::object& object, size_t size, size_t count,
                     const std::string& column) {
  const absl::string_view bytes = View(py::cast<py::bytes>(object));
  if (bytes.size() != size * count) {
    Throw(kReasonFrameColumnLength, column,
          absl::StrCat("it has ", bytes.size() / size, " rows, and not ", count));
  }
  return bytes.data();
}

// False: it is out of range.
bool SetInteger(int64_t value, bool is_unsigned, const FieldDescriptor& field,
                pb::Message* message) {
  const pb::Reflection& out = *message->GetReflection();
  const bool is_large = is_unsigned && value < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
      if (is_large) return false;
      out.SetInt64(message, &field, value);
      return true;
    case FieldDescriptor::CPPTYPE_UINT64:
      if (!is_unsigned && value < 0) return false;
      out.SetUInt64(message, &field, static_cast<uint64_t>(value));
      return true;
    case FieldDescriptor::CPPTYPE_UINT32:
      if (value < 0 || value > std::numeric_limits<uint32_t>::max()) return false;
      out.SetUInt32(message, &field, static_cast<uint32_t>(value));
      return true;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_ENUM:
      if (is_large || value < std::numeric_limits<int32_t>::min() ||
          value > std::numeric_limits<int32_t>::max()) {
        return false;
      }
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
        out.SetEnumValue(message, &field, static_cast<int>(value));
      } else {
        out.SetInt32(message, &field, static_cast<int32_t>(value));
      }
      return true;
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT: {
      const double real = is_unsigned ? static_cast<double>(static_cast<uint64_t>(value))
                                      : static_cast<double>(value);
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
        out.SetDouble(message, &field, real);
      } else {
        out.SetFloat(message, &field, static_cast<float>(real));
      }
      return true;
    }
    default:
      return false;
  }
}

// False: it is no whole number, or out of range.
bool SetReal(double value, const FieldDescriptor& field, pb::Message* message) {
  const pb::Reflection& out = *message->GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
    out.SetDouble(message, &field, value);
    return true;
  }
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
    out.SetFloat(message, &field, static_cast<float>(value));
    return true;
  }
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (!(value >= -kLimit && value < kLimit) || value != std::floor(value)) return false;
  return SetInteger(static_cast<int64_t>(value), false, field, message);
}

void SetNanos(int64_t nanos, bool is_time, const FieldDescriptor& field, pb::Message* message) {
  pb::Message* const inner = message->GetReflection()->MutableMessage(message, &field);
  int64_t seconds = nanos / kNanos;
  int64_t rest = nanos % kNanos;
  if (is_time && rest < 0) {  // Those of an instant count forwards.
    --seconds;
    rest += kNanos;
  }
  const pb::Reflection& out = *inner->GetReflection();
  out.SetInt64(inner, inner->GetDescriptor()->field(0), seconds);
  out.SetInt32(inner, inner->GetDescriptor()->field(1), static_cast<int32_t>(rest));
}

}  // namespace

FrameInput::FrameInput(const pb::Descriptor* type, size_t rows, const py::list& columns)
    : type_(type), rows_(rows) {
  for (const py::handle& column : columns) AddColumn(py::cast<py::tuple>(column));
}

FrameInput::~FrameInput() = default;

// The message that a path leads to, and the field in it.
FrameInput::Node* FrameInput::FindPlace(const std::string& name, const std::string& path,
                                        const FieldDescriptor** field) {
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  const pb::Descriptor* type = type_;
  Node* node = &root_;
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* const found = type->FindFieldByName(names[i]);
    if (found == nullptr) {
      Throw(kReasonFrameColumnUnknown, name,
            absl::StrCat(type->full_name(), " has no field with the name of part ", i + 1,
                         " of the path"));
    }
    if (found->is_repeated()) Throw(kReasonFrameColumnType, name, "its path has a repeated field");
    const bool is_wrapper = KnownType(*found) == Known::kWrapper;
    if (i + 1 == names.size() && !is_wrapper) {
      *field = found;
      return node;
    }
    if (found->message_type() == nullptr) {
      Throw(kReasonFrameColumnUnknown, name,
            absl::StrCat("part ", i + 1, " of the path is no message"));
    }
    Node* inner = nullptr;
    for (const auto& each : node->nodes) {
      if (each->field == found) inner = each.get();
    }
    if (inner == nullptr) {
      inner = node->nodes.emplace_back(std::make_unique<Node>()).get();
      inner->field = found;
    }
    node = inner;
    type = found->message_type();
  }
  *field = type->FindFieldByName("value");  // Of a wrapper.
  return node;
}

void FrameInput::AddColumn(const py::tuple& given) {
  Column& column = columns_.emplace_back();
  column.name = py::cast<std::string>(given[0]);
  Node* const node = FindPlace(column.name, py::cast<std::string>(given[1]), &column.field);
  column.kind = static_cast<ColumnKind>(py::cast<int>(given[2]));
  if (!Takes(*column.field, column.kind)) {
    Throw(kReasonFrameColumnType, column.name,
          absl::StrCat("its field is ", TypeOf(*column.field), " and cannot be set to ",
                       NameOf(column.kind)));
  }
  for (const Column* const other : node->columns) {
    if (other->field == column.field) {
      Throw(kReasonFrameColumnUnknown, column.name, "another column has the same path");
    }
  }
  ReadValues(given, &column);
  node->columns.push_back(&column);
}

void FrameInput::ReadValues(const py::tuple& given, Column* column) const {
  column->values = given[3];
  column->absence = given[4];
  if (!column->absence.is_none()) {
    column->absent = static_cast<const uint8_t*>(Elements(column->absence, 1, rows_, column->name));
  }
  switch (column->kind) {
    case ColumnKind::kInteger:
    case ColumnKind::kUnsigned:
    case ColumnKind::kTime:
    case ColumnKind::kSpan:
      column->integers = static_cast<const int64_t*>(
          Elements(column->values, sizeof(int64_t), rows_, column->name));
      return;
    case ColumnKind::kReal:
      column->reals =
          static_cast<const double*>(Elements(column->values, sizeof(double), rows_, column->name));
      return;
    case ColumnKind::kBool:
      column->flags = static_cast<const uint8_t*>(Elements(column->values, 1, rows_, column->name));
      return;
    case ColumnKind::kText:
      ReadTexts(py::cast<py::list>(column->values), column);
      if (column->texts.size() != rows_) {
        Throw(kReasonFrameColumnLength, column->name,
              absl::StrCat("it has ", column->texts.size(), " rows, and not ", rows_));
      }
      return;
    case ColumnKind::kLabel:
      column->places = static_cast<const int32_t*>(
          Elements(column->values, sizeof(int32_t), rows_, column->name));
      ReadTexts(py::cast<py::list>(given[5]), column);
      return;
    case ColumnKind::kAbsent:
      return;
  }
  Throw(kReasonFrameColumnType, column->name, "its values are of no known kind");
}

void FrameInput::ReadTexts(const py::list& texts, Column* column) {
  const bool is_bytes = column->field->type() == FieldDescriptor::TYPE_BYTES;
  for (const py::handle& text : texts) {
    const size_t row = column->texts.size();
    absl::string_view view;
    if (text.is_none()) {
      column->texts.push_back(view);
      continue;
    }
    Py_ssize_t size = 0;
    if (is_bytes && PyBytes_Check(text.ptr())) {
      view = View(py::reinterpret_borrow<py::bytes>(text));
    } else if (!is_bytes && PyUnicode_Check(text.ptr())) {
      const char* const data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
      if (data == nullptr) {
        PyErr_Clear();
        throw StatusError(ValueError(column->name, row, "the text is not valid Unicode"));
      }
      view = {data, static_cast<size_t>(size)};
    } else {
      throw StatusError(
          ValueError(column->name, row, is_bytes ? "it is no bytes" : "it is no text"));
    }
    column->held.push_back(py::reinterpret_borrow<py::object>(text));
    column->texts.push_back(view);
    if (column->field->enum_type() == nullptr) continue;
    const pb::EnumValueDescriptor* const value =
        column->field->enum_type()->FindValueByName(std::string(view));
    if (value == nullptr) {
      throw StatusError(
          ValueError(column->name, row,
                     absl::StrCat("it is no value of ", column->field->enum_type()->full_name())));
    }
    column->numbers.resize(column->texts.size());
    column->numbers.back() = value->number();
  }
  column->numbers.resize(column->texts.size());
}

bool FrameInput::IsAbsent(const Column& column, size_t row) {
  if (column.absent != nullptr && column.absent[row] != 0) return true;
  switch (column.kind) {
    case ColumnKind::kReal:
      return std::isnan(column.reals[row]);
    case ColumnKind::kTime:
    case ColumnKind::kSpan:
      return column.integers[row] == kAbsentTime;
    case ColumnKind::kText:
      return column.texts[row].data() == nullptr;
    case ColumnKind::kLabel: {
      const int32_t place = column.places[row];
      return place < 0 || static_cast<size_t>(place) >= column.texts.size();
    }
    case ColumnKind::kAbsent:
      return true;
    default:
      return false;
  }
}

bool FrameInput::IsAbsent(const Node& node, size_t row) {
  for (const Column* const column : node.columns) {
    if (!IsAbsent(*column, row)) return false;
  }
  for (const auto& inner : node.nodes) {
    if (!IsAbsent(*inner, row)) return false;
  }
  return true;
}

absl::Status FrameInput::Read(size_t row, pb::Message* message) const {
  return ReadNode(root_, row, message);
}

absl::Status FrameInput::ReadNode(const Node& node, size_t row, pb::Message* message) {
  const pb::Reflection& out = *message->GetReflection();
  // First the fields that are absent: of a oneof, one that is set stays.
  for (const Column* const column : node.columns) {
    if (IsAbsent(*column, row)) out.ClearField(message, column->field);
  }
  for (const auto& inner : node.nodes) {
    if (IsAbsent(*inner, row)) out.ClearField(message, inner->field);
  }
  for (const Column* const column : node.columns) {
    if (IsAbsent(*column, row)) continue;
    absl::Status status = ReadValue(*column, row, message);
    if (!status.ok()) return status;
  }
  for (const auto& inner : node.nodes) {
    if (IsAbsent(*inner, row)) continue;
    absl::Status status = ReadNode(*inner, row, out.MutableMessage(message, inner->field));
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status FrameInput::ReadValue(const Column& column, size_t row, pb::Message* message) {
  const FieldDescriptor& field = *column.field;
  const pb::Reflection& out = *message->GetReflection();
  switch (column.kind) {
    case ColumnKind::kInteger:
    case ColumnKind::kUnsigned:
      if (!SetInteger(column.integers[row], column.kind == ColumnKind::kUnsigned, field, message)) {
        return ValueError(column.name, row, "it does not fit into the field");
      }
      break;
    case ColumnKind::kReal:
      if (!SetReal(column.reals[row], field, message)) {
        return ValueError(column.name, row, "it is no whole number that fits into the field");
      }
      break;
    case ColumnKind::kBool:
      out.SetBool(message, &field, column.flags[row] != 0);
      break;
    case ColumnKind::kTime:
    case ColumnKind::kSpan:
      SetNanos(column.integers[row], column.kind == ColumnKind::kTime, field, message);
      break;
    case ColumnKind::kText:
    case ColumnKind::kLabel: {
      const size_t place =
          column.kind == ColumnKind::kText ? row : static_cast<size_t>(column.places[row]);
      if (field.enum_type() != nullptr) {
        out.SetEnumValue(message, &field, static_cast<int>(column.numbers[place]));
      } else {
        out.SetString(message, &field, std::string(column.texts[place]));
      }
      break;
    }
    case ColumnKind::kAbsent:
      break;
  }
  return absl::OkStatus();
}

}  // namespace frontdesk::python
