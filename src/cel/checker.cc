#include "cel/checker.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "cel/messages.h"
#include "cel/names.h"
#include "cel/type_node.h"

namespace frontdesk::cel::cel_internal {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

bool Checker::Run() {
  Visit(data_->root);
  if (types_.exhausted()) {
    issues_->Error(Code::LIMIT_TYPE_SIZE, data_->node(data_->root).range,
                   "the types of the expression are too large to follow");
  }
  for (AstNode& node : data_->nodes) {
    if (TypeAccess::has_parameter(node.type)) node.type = types_.Substitute(node.type, true);
  }
  data_->checked = check_;
  return !issues_->has_error();
}

Type Checker::Visit(int32_t index) {
  Type type = VisitNode(index);
  if (!check_) type = Type::Dyn();
  data_->node(index).type = type;
  return type;
}

Type Checker::VisitNode(int32_t index) {
  switch (data_->node(index).kind) {
    case ExprKind::kConstant:
      return VisitConstant(data_->node(index));
    case ExprKind::kIdentifier:
      return VisitIdentifier(index);
    case ExprKind::kSelect:
      return VisitSelect(index);
    case ExprKind::kHas:
      return VisitHas(index);
    case ExprKind::kCall:
      return VisitCall(index);
    case ExprKind::kList:
      return VisitList(index);
    case ExprKind::kMap:
      return VisitMap(index);
    case ExprKind::kMessage:
      return VisitMessage(index);
    case ExprKind::kComprehension:
      return VisitComprehension(index);
    case ExprKind::kBind:
      return VisitBind(index);
  }
  return Type::Dyn();
}

Type Checker::VisitConstant(const AstNode& node) {
  switch (data_->constants[node.constant].kind()) {
    case ValueKind::kBool:
      return Type::Bool();
    case ValueKind::kInt:
      return Type::Int();
    case ValueKind::kUint:
      return Type::Uint();
    case ValueKind::kDouble:
      return Type::Double();
    case ValueKind::kString:
      return Type::String();
    case ValueKind::kBytes:
      return Type::Bytes();
    default:
      return Type::Null();
  }
}

std::string Checker::QualifiedName(int32_t index, int32_t* first) const {
  int32_t part = index;
  while (data_->node(part).kind == ExprKind::kSelect) {
    if (data_->node(part).flags & kQuoted) return "";
    part = Child(part, 0);
  }
  if (data_->node(part).kind != ExprKind::kIdentifier) return "";
  *first = part;
  std::string name;
  for (part = index; part != *first; part = Child(part, 0)) {
    name = absl::StrCat(".", data_->node(part).name, name);
  }
  return absl::StrCat(data_->node(*first).name, name);
}

const Checker::Local* Checker::FindLocal(absl::string_view name, int32_t* slot) const {
  for (size_t i = locals_.size(); i-- > 0;) {
    if (locals_[i].name == name) {
      *slot = static_cast<int32_t>(i);
      return &locals_[i];
    }
  }
  return nullptr;
}

bool Checker::ResolveAsVariable(int32_t index, absl::string_view name, bool root_scope,
                                Type* type) {
  for (const SourceVariable& variable : variables_) {
    if (variable.name != name) continue;
    AstNode& node = data_->node(index);
    node.kind = ExprKind::kIdentifier;
    node.child_count = 0;
    node.name = data_->arena.CopyText(name);
    node.reference = ReferenceKind::kVariable;
    // Behind those of the activation.
    node.slot = environment_.slot_count + variable.index;
    *type = variable.type;
    return true;
  }
  const VariableDecl* variable = ResolveVariable(environment_, name, root_scope);
  if (variable == nullptr) return false;
  AstNode& node = data_->node(index);
  node.kind = ExprKind::kIdentifier;
  node.child_count = 0;
  node.name = variable->name;
  if (variable->constant) {
    node.reference = ReferenceKind::kConstant;
    node.constant = data_->AddConstant(variable->value);
  } else if (variable->field != nullptr) {
    node.reference = ReferenceKind::kRootField;
    node.field = variable->field;
  } else {
    node.reference = ReferenceKind::kVariable;
    node.slot = variable->slot;
  }
  *type = variable->type;
  return true;
}

bool Checker::ResolveAsName(int32_t index, absl::string_view name, bool root_scope, Type* type) {
  Type builtin;
  absl::string_view full;
  NamedThing thing;
  if (BuiltinType(environment_, name, &builtin)) {
    *type = Type::TypeOf(builtin);
    full = name;
  } else {
    thing = ResolveName(environment_, name, root_scope);
    if (thing.kind == NamedThing::Kind::kNone) return false;
    full = data_->arena.CopyText(thing.name);
    *type = thing.kind == NamedThing::Kind::kType ? Type::TypeOf(Type::Message(thing.message))
                                                  : Type::Int();
  }
  AstNode& node = data_->node(index);
  node.kind = ExprKind::kIdentifier;
  node.child_count = 0;
  node.name = full;
  if (thing.kind == NamedThing::Kind::kEnumValue) {
    node.reference = ReferenceKind::kConstant;
    node.constant = data_->AddConstant(Value::Int(thing.number));
  } else {
    node.reference = ReferenceKind::kType;
    node.constant = data_->AddConstant(Value::TypeName(full));
  }
  return true;
}

Type Checker::VisitIdentifier(int32_t index) {
  AstNode& node = data_->node(index);
  const bool root_scope = (node.flags & kLeadingDot) != 0;
  int32_t slot = -1;
  const Local* local = root_scope ? nullptr : FindLocal(node.name, &slot);
  if (local != nullptr) {
    node.reference = ReferenceKind::kLocal;
    node.slot = slot;
    return local->type;
  }
  Type type;
  if (ResolveAsVariable(index, node.name, root_scope, &type) ||
      ResolveAsName(index, node.name, root_scope, &type)) {
    return type;
  }
  UnknownName(index);
  return Type::Error();
}

Type Checker::VisitSelect(int32_t index) {
  int32_t first = -1;
  const std::string name = QualifiedName(index, &first);
  if (!name.empty()) {
    const bool root_scope = (data_->node(first).flags & kLeadingDot) != 0;
    int32_t slot;
    const absl::string_view head = data_->node(first).name;
    const bool local = !root_scope && FindLocal(head, &slot) != nullptr;
    Type type;
    if (!local) {
      if (ResolveAsVariable(index, name, root_scope, &type)) return type;
      // A variable in front goes before packages and types of the same name.
      if (ResolveVariable(environment_, head, root_scope) == nullptr) {
        if (ResolveAsName(index, name, root_scope, &type)) return type;
        if (UnknownMember(index, name, root_scope)) return Type::Error();
      }
    }
  }
  return SelectField(index, Visit(Child(index, 0)));
}

Type Checker::Unwrap(int32_t index, const Type& type) {
  Type resolved = types_.Resolve(type);
  if (resolved.kind() == TypeKind::kParameter) {
    // The operand of a selection is not deduced later as something else.
    types_.Assignable(Type::Dyn(), resolved);
    resolved = Type::Dyn();
    data_->node(index).type = resolved;
  }
  return resolved;
}

Type Checker::SelectField(int32_t index, const Type& target_type) {
  AstNode& node = data_->node(index);
  Type target = Unwrap(Child(index, 0), target_type);
  const bool optional = target.kind() == TypeKind::kOptional;
  if (optional) target = Unwrap(Child(index, 0), target.parameters()[0]);
  const auto wrap = [&](Type type) { return optional ? Type::Optional(type) : type; };
  switch (target.kind()) {
    case TypeKind::kMessage: {
      const FieldDescriptor* field = FindField(target.descriptor(), node.name);
      if (field == nullptr) {
        Suggestion suggestion(node.name);
        suggestion.ConsiderFields(target.descriptor());
        return Error(Code::UNKNOWN_FIELD, node.focus,
                     absl::StrCat("message '", target.name(), "' has no field '", node.name, "'",
                                  suggestion.Text()));
      }
      node.field = field;
      return wrap(Type::OfField(field));
    }
    case TypeKind::kMap:
      return wrap(target.parameters()[1]);
    case TypeKind::kDyn:
    case TypeKind::kAny:
      return wrap(Type::Dyn());
    case TypeKind::kError:
      return Type::Error();
    default: {
      std::string hint = MethodHint(node.name);
      if (hint.empty()) hint = ElementHint(Child(index, 0), target, node.name);
      return Error(
          Code::NOT_SELECTABLE, node.focus,
          absl::StrCat("a value of type ", Show(target), " has no field '", node.name, "'", hint));
    }
  }
}

Type Checker::VisitHas(int32_t index) {
  AstNode& node = data_->node(index);
  if (node.child_count == 0) {
    const VariableDecl* variable = ResolveVariable(environment_, node.name, false);
    int32_t slot;
    if (variable == nullptr || variable->field == nullptr || FindLocal(node.name, &slot)) {
      if (variable == nullptr) {
        UnknownName(index);
        return Type::Bool();
      }
      return Error(
          Code::MACRO_ARGUMENT, node.focus,
          "has() needs the selection of a field, such as a.b, or a field of the root message");
    }
    node.reference = ReferenceKind::kRootField;
    node.field = variable->field;
    return Type::Bool();
  }
  SelectField(index, Visit(Child(index, 0)));
  return Type::Bool();
}

void Checker::JoinElement(const Type& element, Type* joined) {
  if (types_.Assignable(*joined, element) || types_.Assignable(element, *joined)) {
    *joined = types_.Join(*joined, element);
  } else {
    *joined = Type::Dyn();
  }
}

Type Checker::HeldType(int32_t index, const Type& type, absl::string_view needed) {
  Type resolved = types_.Resolve(type);
  if (resolved.kind() == TypeKind::kParameter) {
    types_.Assignable(Type::Optional(types_.Fresh()), resolved);
    resolved = types_.Resolve(type);
  }
  if (resolved.kind() == TypeKind::kOptional) return resolved.parameters()[0];
  if (resolved.is_dyn() || resolved.is_error() || resolved.kind() == TypeKind::kAny) {
    return Type::Dyn();
  }
  return Error(Code::TYPE_MISMATCH, data_->node(index).range, absl::StrCat(needed, Show(type)));
}

Type Checker::VisitList(int32_t index) {
  const int count = data_->node(index).child_count;
  Type joined;
  for (int i = 0; i < count; ++i) {
    Type element = Visit(Child(index, i));
    if (data_->is_optional_child(data_->node(index), i)) {
      element = HeldType(Child(index, i), element, "an optional is needed after '?', not ");
    }
    if (i == 0) {
      joined = element;
    } else {
      JoinElement(element, &joined);
    }
  }
  if (count == 0) joined = types_.Fresh();
  return Type::List(joined.is_error() ? Type::Dyn() : joined);
}

Type Checker::VisitMap(int32_t index) {
  const int count = data_->node(index).child_count;
  Type key, value;
  for (int i = 0; i + 1 < count; i += 2) {
    const Type next_key = Visit(Child(index, i));
    Type next_value = Visit(Child(index, i + 1));
    const TypeKind kind = types_.Resolve(next_key).kind();
    if (check_ && kind != TypeKind::kInt && kind != TypeKind::kUint && kind != TypeKind::kBool &&
        kind != TypeKind::kString && kind != TypeKind::kDyn && kind != TypeKind::kError &&
        kind != TypeKind::kParameter && kind != TypeKind::kWrapper && kind != TypeKind::kAny) {
      issues_->Warning(
          Code::UNSUPPORTED_KEY, data_->node(Child(index, i)).range,
          absl::StrCat("a map key is an int, uint, bool or string, not ", Show(next_key)));
    }
    if (data_->is_optional_child(data_->node(index), i)) {
      next_value =
          HeldType(Child(index, i + 1), next_value, "an optional is needed after '?', not ");
    }
    if (i == 0) {
      key = next_key;
      value = next_value;
    } else {
      JoinElement(next_key, &key);
      JoinElement(next_value, &value);
    }
  }
  if (count == 0) {
    key = types_.Fresh();
    value = types_.Fresh();
  }
  return Type::Map(key.is_error() ? Type::Dyn() : key, value.is_error() ? Type::Dyn() : value);
}

Type Checker::VisitMessage(int32_t index) {
  const bool root_scope = (data_->node(index).flags & kLeadingDot) != 0;
  const Descriptor* message = ResolveMessage(environment_, data_->node(index).name, root_scope);
  if (message == nullptr) {
    UnknownMessage(index);
  } else {
    data_->node(index).message = message;
    data_->node(index).name = message->full_name();
  }
  absl::flat_hash_set<absl::string_view> seen;
  const int count = data_->node(index).child_count;
  for (int i = 0; i < count; ++i) {
    const int32_t child = Child(index, i);
    Type value = Visit(child);
    if (message == nullptr) continue;
    const absl::string_view name = data_->names_of(data_->node(index))[i];
    const FieldDescriptor* field = FindField(message, name);
    const SourceRange range = data_->node(child).range;
    if (field == nullptr) {
      Suggestion suggestion(name);
      suggestion.ConsiderFields(message);
      Error(Code::UNKNOWN_FIELD, NameRange(name),
            absl::StrCat("message '", message->full_name(), "' has no field '", name, "'",
                         suggestion.Text()));
      continue;
    }
    if (!seen.insert(name).second) {
      Error(Code::DUPLICATE_FIELD, NameRange(name),
            absl::StrCat("field '", name, "' is set twice"));
    }
    const Type field_type = Type::OfField(field);
    Type wanted = field_type;
    if (data_->is_optional_child(data_->node(index), i)) wanted = Type::Optional(field_type);
    const TypeKind kind = types_.Resolve(value).kind();
    // null unsets message fields; an enum of the one value null takes its number too.
    const bool unset = kind == TypeKind::kNull && !field->is_repeated() &&
                       field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    const bool null_number =
        field_type.kind() == TypeKind::kNull &&
        types_.Assignable(value, wanted == field_type ? Type::Int() : Type::Optional(Type::Int()));
    if (!unset && !null_number && !types_.Assignable(value, wanted)) {
      Error(
          Code::TYPE_MISMATCH, range,
          absl::StrCat("field '", name, "' is of type ", wanted.ToString(), ", not ", Show(value)));
    }
  }
  return message == nullptr ? Type::Error() : Type::Message(message);
}

Type Checker::ElementType(int32_t container, const Type& type, Type* second) {
  const Type resolved = Unwrap(container, type);
  switch (resolved.kind()) {
    case TypeKind::kList:
      *second = resolved.parameters()[0];
      return Type::Int();
    case TypeKind::kMap:
      *second = resolved.parameters()[1];
      return resolved.parameters()[0];
    case TypeKind::kDyn:
    case TypeKind::kAny:
      *second = Type::Dyn();
      return Type::Dyn();
    case TypeKind::kError:
      *second = Type::Error();
      return Type::Error();
    default:
      Error(Code::TYPE_MISMATCH, data_->node(container).range,
            absl::StrCat("a macro needs a list or map to go over, not ", Show(resolved)));
      *second = Type::Error();
      return Type::Error();
  }
}

Type Checker::VisitComprehension(int32_t index) {
  const AstNode node = data_->node(index);
  const int32_t range = Child(index, 0);
  Type element;
  const Type first = ElementType(range, Visit(range), &element);
  const bool is_list = types_.Resolve(data_->node(range).type).kind() == TypeKind::kList;
  if (comprehensions_ >= environment_.limits.max_comprehension_nesting) {
    issues_->Error(Code::LIMIT_COMPREHENSION_NESTING, node.focus,
                   absl::StrCat("macros are nested deeper than max_comprehension_nesting = ",
                                environment_.limits.max_comprehension_nesting));
    return Type::Error();
  }
  const auto names = data_->names_of(node);
  const size_t mark = locals_.size();
  data_->node(index).slot = static_cast<int32_t>(mark);
  // One variable goes over the elements of a list and the keys of a map.
  const Type one = is_list ? element : first;
  locals_.push_back({names[0], names.size() == 1 ? one : first});
  if (names.size() == 2) locals_.push_back({names[1], element});
  data_->max_locals = std::max(data_->max_locals, static_cast<int32_t>(locals_.size()));
  ++comprehensions_;
  const bool filtered = node.child_count == 3;
  if (filtered) IsCondition(Child(index, 1), Visit(Child(index, 1)), "the filter of the macro");
  const int32_t body_index = Child(index, filtered ? 2 : 1);
  const Type body = Visit(body_index);
  --comprehensions_;
  locals_.resize(mark);
  switch (node.macro) {
    case Macro::kAll:
    case Macro::kExists:
    case Macro::kExistsOne:
      IsCondition(body_index, body, "the condition of the macro");
      return Type::Bool();
    case Macro::kFilter:
      IsCondition(body_index, body, "the condition of the macro");
      return Type::List(one);
    case Macro::kTransformMap:
      return Type::Map(first, body);
    case Macro::kTransformMapEntry: {
      const Type resolved = types_.Resolve(body);
      if (resolved.kind() == TypeKind::kMap) return resolved;
      if (!resolved.is_dyn() && !resolved.is_error()) {
        return Error(Code::TYPE_MISMATCH, data_->node(body_index).range,
                     absl::StrCat("transformMapEntry() needs a map here, not ", Show(body)));
      }
      return Type::Map(Type::Dyn(), Type::Dyn());
    }
    default:
      return Type::List(body);
  }
}

Type Checker::VisitBind(int32_t index) {
  const AstNode node = data_->node(index);
  Type type = Visit(Child(index, 0));
  if (node.macro != Macro::kBind) {
    type = HeldType(Child(index, 0), type, "an optional is needed here, not ");
  }
  data_->node(index).slot = static_cast<int32_t>(locals_.size());
  locals_.push_back({data_->names_of(node)[0], type});
  data_->max_locals = std::max(data_->max_locals, static_cast<int32_t>(locals_.size()));
  const Type body = Visit(Child(index, 1));
  locals_.pop_back();
  if (node.macro == Macro::kOptMap) return Type::Optional(body);
  if (node.macro == Macro::kOptFlatMap) {
    const Type wanted = Type::Optional(types_.Fresh());
    if (!types_.Assignable(body, wanted)) {
      return Error(Code::TYPE_MISMATCH, data_->node(Child(index, 1)).range,
                   absl::StrCat("an optional is needed here, not ", Show(body)));
    }
  }
  return body;
}

}  // namespace frontdesk::cel::cel_internal
