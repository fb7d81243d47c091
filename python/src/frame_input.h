// The columns of a data frame as messages, one a row.
#ifndef FRONTDESK_PYTHON_SRC_FRAME_INPUT_H_
#define FRONTDESK_PYTHON_SRC_FRAME_INPUT_H_

#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "bridge.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace frontdesk::python {

// The values of a column, as frontdesk._rule_frames numbers them.
enum class ColumnKind {
  kInteger = 0,   // int64
  kUnsigned = 1,  // uint64
  kReal = 2,      // double; NaN is absent
  kBool = 3,      // bytes of 0 and 1
  kTime = 4,      // int64, nanoseconds since 1970; the least number is absent
  kSpan = 5,      // int64, nanoseconds; the least number is absent
  kText = 6,      // a list of str, bytes and None
  kLabel = 7,     // int32, places in a list of str; negative is absent
  kAbsent = 8,    // no value is there
};

// Columns of values, each for a field of a message. Made with the GIL held, and used without it.
class FrameInput {
 public:
  // Each of `columns` is (name, path of the field, kind, values, bytes of 1 where a value is absent or None, [label]). Throws StatusError:
  // FRAME_COLUMN_UNKNOWN, FRAME_COLUMN_TYPE, FRAME_COLUMN_LENGTH, FRAME_VALUE.
  FrameInput(const google::protobuf::Descriptor* type, size_t rows, const py::list& columns);
  ~FrameInput();
  FrameInput(const FrameInput&) = delete;
  FrameInput& operator=(const FrameInput&) = delete;

  // Makes of `message`, which is empty or of another row, that of a row. Absent values are absent fields, and a message without a
  // value is absent. FRAME_VALUE for a value that does not fit.
  absl::Status Read(size_t row, google::protobuf::Message* message) const;

 private:
  struct Column {
    std::string name;
    ColumnKind kind;
    const google::protobuf::FieldDescriptor* field;
    py::object values;  // Kept alive.
    py::object absence;
    const int64_t* integers = nullptr;
    const double* reals = nullptr;
    const uint8_t* flags = nullptr;
    const int32_t* places = nullptr;
    const uint8_t* absent = nullptr;
    std::vector<py::object> held;          // The texts of `texts`.
    std::vector<absl::string_view> texts;  // By row, or by label. Without data: absent.
    std::vector<int64_t> numbers;          // Of labels of an enum.
  };
  // A message: the columns of its fields, and the messages inside it.
  struct Node {
    const google::protobuf::FieldDescriptor* field = nullptr;  // Null: the root.
    std::vector<const Column*> columns;
    std::vector<std::unique_ptr<Node>> nodes;
  };

  void AddColumn(const py::tuple& given);
  Node* FindPlace(const std::string& name, const std::string& path,
                  const google::protobuf::FieldDescriptor** field);
  void ReadValues(const py::tuple& given, Column* column) const;
  static void ReadTexts(const py::list& texts, Column* column);
  static bool IsAbsent(const Column& column, size_t row);
  static bool IsAbsent(const Node& node, size_t row);
  static absl::Status ReadNode(const Node& node, size_t row, google::protobuf::Message* message);
  static absl::Status ReadValue(const Column& column, size_t row,
                                google::protobuf::Message* message);

  const google::protobuf::Descriptor* const type_;
  const size_t rows_;
  std::deque<Column> columns_;
  Node root_;
};

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_FRAME_INPUT_H_
