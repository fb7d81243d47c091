// Which values of an expression may be shown, and how they are shown. Private to rules/.
#ifndef FRONTDESK_RULES_EXPOSURE_H_
#define FRONTDESK_RULES_EXPOSURE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/program.h"
#include "frontdesk/cel/value.h"
#include "frontdesk/rules/data_class.h"

namespace frontdesk {
namespace rules {

// How much protection a value needs; a higher one wins where values are put together.
enum class Exposure : uint8_t {
  kShown,
  kUnclassified,  // Text, or a value of any type, of a field without a class.
  kPersonal,
  kSensitive,
  kSecret,
};

// "<personal>" and so on; "" for kShown.
absl::string_view MaskOf(Exposure exposure);

// The exposure of the values of one node.
struct NodeExposure {
  Exposure exposure = Exposure::kShown;
  // The highest class on the path to a message: the least that its fields have.
  v1::DataClass holder = v1::DATA_CLASS_UNSPECIFIED;
  // False when the path of a read may hold a key that may not be shown.
  bool path_shown = true;
  // The exposure of the parts of a message or map that the expression makes: the least of its fields and keys, whatever their
  // class.
  Exposure floor = Exposure::kShown;
};

// The exposures of variables, by name: "variables.late".
using VariableExposures = absl::flat_hash_map<std::string, NodeExposure>;

// The exposures of all nodes of an expression. Immutable and thread-safe.
class ExposureTable {
 public:
  // Linear in the expression (and, once for each message type that is passed to a function whole, in that type).
  ExposureTable(const cel::Expr& root, const DataClassSource& data_class,
                const VariableExposures& variables = {});

  // Of the whole expression.
  const NodeExposure& root() const { return root_; }
  // Of a node; one that the table does not know counts as secret.
  NodeExposure Find(const cel::Expr& expr) const;

 private:
  friend class ExposureAnalysis;
  absl::flat_hash_map<int32_t, NodeExposure> nodes_;
  NodeExposure root_;
};

// Writes values for traces: as CEL literals in one line, enum values by name, with masks, cut at a limit. Thread-compatible.
class MaskingPrinter {
 public:
  // `container`: names of messages and enums inside it are written without it. Both are referred to.
  MaskingPrinter(const DataClassSource& data_class, absl::string_view container)
      : data_class_(data_class), container_(container) {}

  // `field`: the one that the value was read from, or null.
  std::string Print(const cel::Value& value, const NodeExposure& exposure,
                    const google::protobuf::FieldDescriptor* field, size_t max_bytes) const;

  // One value that was read, path and value.
  std::string PrintRead(const cel::Read& read, const ExposureTable& table, size_t max_bytes) const;
  static std::string PrintPath(const cel::Read& read, const ExposureTable& table, size_t max_bytes);
  // The amount or price whose field was read: "45.00 EUR"; "" where the part must not be shown, and for an amount that is not valid.
  static std::string PrintAmount(const google::protobuf::Message& amount, const cel::Read& part,
                                 const ExposureTable& table);

 private:
  struct Output;
  void Write(const cel::Value& value, Exposure exposure, v1::DataClass holder,
             const google::protobuf::FieldDescriptor* field, int depth, Output* out) const;
  void WriteMessage(const google::protobuf::Message& message, v1::DataClass holder, int depth,
                    Output* out) const;
  bool WriteEnum(int64_t number, const google::protobuf::FieldDescriptor& field, Output* out) const;
  std::string ShortName(absl::string_view full_name) const;

  const DataClassSource& data_class_;
  absl::string_view container_;
};

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_EXPOSURE_H_
