// Variables of one expression whose values are computed when they are first read.
//
//   struct Counted : frontdesk::cel::VariableSource {
//     int reads = 0;
//     frontdesk::cel::Value Get(int32_t, frontdesk::cel::ValueArena&) override {
//       return frontdesk::cel::Value::Int(++reads);
//     }
//   };
//   frontdesk::cel::CompileOptions options;
//   options.variables = {{"variables.count", frontdesk::cel::Type::Int(), 0}};
//   frontdesk::cel::CompileResult compiled = environment->Compile("variables.count > 0", options);
//   Counted source;
//   frontdesk::cel::Activation activation(environment);
//   activation.SetSource(&source);
//   compiled.program->EvaluateBool(activation, scratch);
#ifndef FRONTDESK_CEL_VARIABLE_SOURCE_H_
#define FRONTDESK_CEL_VARIABLE_SOURCE_H_

#include <cstdint>
#include <string>

#include "frontdesk/cel/type.h"
#include "frontdesk/cel/value.h"

namespace frontdesk {
namespace cel {

// A variable of one expression, beside those of its environment. A plain struct.
struct SourceVariable {
  // May be qualified: "variables.late". It goes before a variable of the environment of the same name.
  std::string name;
  Type type;
  // By which the source knows it; not negative.
  int32_t index = 0;
};

// Gives the values of source variables. Thread-compatible.
class VariableSource {
 public:
  virtual ~VariableSource() = default;

  // The value of variable `index`, of its type, or an error. Called for each read. The value lives as long as the result of the
  // evaluation that reads it. `arena` is that of this evaluation; for errors, say, which get the place of the read. An evaluation
  // inside has a scratch of its own.
  virtual Value Get(int32_t index, ValueArena& arena) = 0;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_VARIABLE_SOURCE_H_
