// The values that rules compute. Private to rules/.
#ifndef FRONTDESK_RULES_OUTPUTS_H_
#define FRONTDESK_RULES_OUTPUTS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "frontdesk/cel/program.h"
#include "frontdesk/cel/type.h"
#include "frontdesk/v1/decision.pb.h"
#include "rules/exposure.h"

namespace frontdesk {
namespace rules {

// The types of outputs, each an arm of v1::OutputValue.
enum class OutputType : uint8_t { kText, kInt, kDouble, kBool, kTime, kDuration, kMoney };

// "text", "an amount of money": for issues.
absl::string_view OutputTypeName(OutputType type);

// The arm of v1::OutputValue that has values of that type.
v1::OutputValue::ValueCase OutputCase(OutputType type);

// The output type of the values of an expression; nothing when these can be no output.
absl::optional<OutputType> OutputTypeOf(const cel::Type& type);

// The issue of an expression of another type: which types are possible, and how this one becomes one of them.
std::string OutputTypeText(const cel::Type& type);

// The issue of an expression whose value may not be kept with a decision; "" for one that may.
std::string OutputClassText(const NodeExposure& exposure);

struct CompiledOutput {
  std::string name;
  OutputType type = OutputType::kText;
  std::shared_ptr<const cel::Program> program;
  bool reads_variables = false;
  // The field that the whole expression reads; null for anything else.
  const google::protobuf::FieldDescriptor* field = nullptr;
  bool is_pure = true;  // Of a rule: see CompiledRule::is_pure.
};

// Writes `value`, a value of the output's type, to the arm of `written`. False when it does not fit; then `error` says why. Texts
// have at most `max_bytes`.
bool WriteOutput(OutputType type, const cel::Value& value, size_t max_bytes,
                 v1::OutputValue* written, std::string* error);

}  // namespace rules
}  // namespace frontdesk

#endif  // FRONTDESK_RULES_OUTPUTS_H_
