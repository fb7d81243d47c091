// Type variables and their bindings. Private to cel/.
#ifndef FRONTDESK_CEL_TYPE_UNIFIER_H_
#define FRONTDESK_CEL_TYPE_UNIFIER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "frontdesk/cel/type.h"

namespace frontdesk::cel::cel_internal {

class TypeUnifier {
 public:
  // A new type variable.
  Type Fresh();

  // True when a value of type `from` may be used where `to` is needed; type variables of either side are then bound.
  // On false nothing is bound.
  bool Assignable(const Type& from, const Type& to);
  // The same for several at once.
  bool AssignableAll(absl::Span<const Type> from, absl::Span<const Type> to);

  // The more general one of two types of which one is assignable to the other.
  Type Join(const Type& a, const Type& b);

  // `type` with its bound variables replaced; unbound ones stay, or become dyn.
  Type Substitute(const Type& type, bool unbound_to_dyn);
  // The same for the outermost type only.
  Type Resolve(const Type& type) const;

  // Signatures with their named parameters replaced by fresh variables, the same for the same name until
  // BeginSignature() is called again.
  void BeginSignature() { names_.clear(); }
  Type Instantiate(const Type& type);

  // More steps were taken than any sensible expression needs; from then on everything is assignable.
  bool exhausted() const { return steps_ > kMaxSteps; }

 private:
  static constexpr int64_t kMaxSteps = 2000000;

  struct Binding {
    Type type;
    bool bound = false;
  };

  bool Unify(const Type& from, const Type& to);
  // Binds (or generalizes) the variable `variable` by `type`. `found` says that it had a binding.
  bool Bind(const Type& type, const Type& variable, bool* found);
  bool Occurs(int32_t variable, const Type& type);
  void Set(int32_t variable, Type type);
  void Rollback(size_t mark);

  std::vector<Binding> bindings_;
  std::vector<std::pair<int32_t, Binding>> trail_;
  std::vector<std::pair<absl::string_view, Type>> names_;
  int64_t steps_ = 0;
};

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_TYPE_UNIFIER_H_
