#include "cel/type_unifier.h"

#include "cel/type_node.h"

namespace frontdesk::cel::cel_internal {
namespace {

bool IsVariable(const Type& type) {
  return type.kind() == TypeKind::kParameter && TypeAccess::variable(type) >= 0;
}

bool IsDynamic(const Type& type) {
  return type.is_dyn() || type.is_error() || type.kind() == TypeKind::kAny;
}

// Types that null is a value of.
bool IsNullable(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kNull:
    case TypeKind::kWrapper:
    case TypeKind::kMessage:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
    case TypeKind::kOptional:
    case TypeKind::kOpaque:
      return true;
    default:
      return false;
  }
}

// The scalar behind a wrapper, otherwise the type itself.
TypeKind Unwrapped(const Type& type) {
  return type.kind() == TypeKind::kWrapper ? type.parameters()[0].kind() : type.kind();
}

}  // namespace

Type TypeUnifier::Fresh() {
  bindings_.emplace_back();
  return TypeAccess::Variable(static_cast<int32_t>(bindings_.size()) - 1);
}

void TypeUnifier::Set(int32_t variable, Type type) {
  trail_.emplace_back(variable, bindings_[variable]);
  bindings_[variable] = {std::move(type), true};
}

void TypeUnifier::Rollback(size_t mark) {
  while (trail_.size() > mark) {
    bindings_[trail_.back().first] = std::move(trail_.back().second);
    trail_.pop_back();
  }
}

bool TypeUnifier::Assignable(const Type& from, const Type& to) {
  const size_t mark = trail_.size();
  if (Unify(from, to)) return true;
  Rollback(mark);
  return false;
}

bool TypeUnifier::AssignableAll(absl::Span<const Type> from, absl::Span<const Type> to) {
  if (from.size() != to.size()) return false;
  const size_t mark = trail_.size();
  for (size_t i = 0; i < from.size(); ++i) {
    if (!Unify(from[i], to[i])) {
      Rollback(mark);
      return false;
    }
  }
  return true;
}

bool TypeUnifier::Unify(const Type& from, const Type& to) {
  if (++steps_ > kMaxSteps || TypeAccess::identical(from, to)) return true;
  bool found = false;
  if (IsVariable(to)) {
    if (Bind(from, to, &found)) return true;
    if (found) return false;
  }
  if (IsVariable(from)) return Bind(to, from, &found);
  if (IsDynamic(from) || IsDynamic(to)) return true;
  if (from.kind() == TypeKind::kNull) return IsNullable(to);
  if (to.kind() == TypeKind::kNull) return IsNullable(from);
  switch (from.kind()) {
    case TypeKind::kMessage:
      return to.kind() == TypeKind::kMessage && from.name() == to.name();
    case TypeKind::kType:
      return to.kind() == TypeKind::kType;
    case TypeKind::kList:
    case TypeKind::kMap:
    case TypeKind::kOptional:
    case TypeKind::kOpaque: {
      if (from.kind() != to.kind() || from.name() != to.name() ||
          from.parameters().size() != to.parameters().size()) {
        return false;
      }
      for (size_t i = 0; i < from.parameters().size(); ++i) {
        if (!Unify(from.parameters()[i], to.parameters()[i])) return false;
      }
      return true;
    }
    default:
      return Unwrapped(from) == Unwrapped(to);
  }
}

bool TypeUnifier::Bind(const Type& type, const Type& variable, bool* found) {
  const int32_t number = TypeAccess::variable(variable);
  if (IsVariable(type) && TypeAccess::variable(type) == number) return *found = true;
  const Binding current = bindings_[number];
  *found = current.bound;
  if (!current.bound) {
    if (Occurs(number, type)) return false;
    Set(number, type);
    return true;
  }
  if (current.type == type) return true;
  if (!Unify(type, current.type)) return false;
  // The binding is widened when the new type is the more general one.
  const Type joined = Join(type, current.type);
  if (!(joined == current.type) && !Occurs(number, joined)) Set(number, joined);
  return true;
}

bool TypeUnifier::Occurs(int32_t variable, const Type& type) {
  if (++steps_ > kMaxSteps || !TypeAccess::has_parameter(type)) return false;
  if (IsVariable(type)) {
    const int32_t number = TypeAccess::variable(type);
    if (number == variable) return true;
    return bindings_[number].bound && Occurs(variable, bindings_[number].type);
  }
  for (const Type& parameter : type.parameters()) {
    if (Occurs(variable, parameter)) return true;
  }
  return false;
}

Type TypeUnifier::Join(const Type& a, const Type& b) {
  if (++steps_ > kMaxSteps) return Type::Dyn();
  if (TypeAccess::identical(a, b)) return a;
  if (IsDynamic(a) || IsDynamic(b)) return Type::Dyn();
  if (IsVariable(a)) return a;
  if (IsVariable(b)) return b;
  if (a.kind() == TypeKind::kNull) return b;
  if (b.kind() == TypeKind::kNull) return a;
  if (a.kind() == TypeKind::kWrapper) return a;
  if (b.kind() == TypeKind::kWrapper) return b;
  if (a.parameters().empty() || a.kind() != b.kind() ||
      a.parameters().size() != b.parameters().size()) {
    return a;
  }
  std::vector<Type> parameters;
  for (size_t i = 0; i < a.parameters().size(); ++i) {
    parameters.push_back(Join(a.parameters()[i], b.parameters()[i]));
  }
  return TypeAccess::With(a, std::move(parameters));
}

Type TypeUnifier::Resolve(const Type& type) const {
  Type current = type;
  while (IsVariable(current) && bindings_[TypeAccess::variable(current)].bound) {
    current = bindings_[TypeAccess::variable(current)].type;
  }
  return current;
}

Type TypeUnifier::Substitute(const Type& type, bool unbound_to_dyn) {
  if (!TypeAccess::has_parameter(type)) return type;
  if (++steps_ > kMaxSteps) return Type::Dyn();
  if (type.kind() == TypeKind::kParameter) {
    const int32_t number = TypeAccess::variable(type);
    if (number >= 0 && bindings_[number].bound) {
      const Type bound = bindings_[number].type;
      return Substitute(bound, unbound_to_dyn);
    }
    return unbound_to_dyn ? Type::Dyn() : type;
  }
  std::vector<Type> parameters;
  for (const Type& parameter : type.parameters()) {
    parameters.push_back(Substitute(parameter, unbound_to_dyn));
  }
  return TypeAccess::With(type, std::move(parameters));
}

Type TypeUnifier::Instantiate(const Type& type) {
  if (!TypeAccess::has_parameter(type)) return type;
  if (type.kind() == TypeKind::kParameter) {
    for (const auto& [name, variable] : names_) {
      if (name == type.name()) return variable;
    }
    names_.emplace_back(type.name(), Fresh());
    return names_.back().second;
  }
  std::vector<Type> parameters;
  for (const Type& parameter : type.parameters()) parameters.push_back(Instantiate(parameter));
  return TypeAccess::With(type, std::move(parameters));
}

}  // namespace frontdesk::cel::cel_internal
