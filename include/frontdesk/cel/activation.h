// Values for the variables of an environment.
//
//   frontdesk::cel::Activation activation(environment);
//   activation.Set("count", frontdesk::cel::Value::Int(3));
//   program.Evaluate(activation, scratch);
#ifndef FRONTDESK_CEL_ACTIVATION_H_
#define FRONTDESK_CEL_ACTIVATION_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "frontdesk/cel/value.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace cel {

class Environment;
class VariableSource;

// Thread-compatible; evaluations that only read one may run at the same time unless it holds lists or maps (they are
// read through their arena).
class Activation {
 public:
  explicit Activation(std::shared_ptr<const Environment> environment);
  ~Activation();
  Activation(Activation&&) noexcept;
  Activation& operator=(Activation&&) noexcept;

  // Binds a variable; what `value` refers to must outlive its use (arena() is a place for it). NOT_FOUND when
  // the environment declares no such variable; INVALID_ARGUMENT when the value does not fit its type; then
  // nothing changes.
  absl::Status Set(absl::string_view name, const Value& value);

  // The root message, for environments that have one; must outlive its use. INVALID_ARGUMENT for another type.
  absl::Status SetRoot(const google::protobuf::Message& message);

  // The source of the variables that expressions were compiled with (CompileOptions::variables); it must outlive its use. Null: none.
  void SetSource(VariableSource* source) { source_ = source; }

  // Unbinds everything, also the source, and resets arena().
  void Clear();

  ValueArena& arena() { return *arena_; }
  const Environment& environment() const { return *environment_; }

 private:
  friend class Program;
  friend struct ActivationAccess;
  struct Slot {
    Value value;
    bool bound = false;
  };
  std::shared_ptr<const Environment> environment_;
  std::vector<Slot> slots_;  // By the variable's number in the environment.
  const google::protobuf::Message* root_ = nullptr;
  VariableSource* source_ = nullptr;
  std::unique_ptr<ValueArena> arena_;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_ACTIVATION_H_
