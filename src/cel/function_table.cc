#include "cel/function_table.h"

#include <algorithm>

#include "cel/environment_data.h"
#include "cel/messages.h"

namespace frontdesk::cel::cel_internal {

KindSet KindsOf(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kNull:
      return KindBit(ValueKind::kNull);
    case TypeKind::kBool:
      return KindBit(ValueKind::kBool);
    case TypeKind::kInt:
      return KindBit(ValueKind::kInt);
    case TypeKind::kUint:
      return KindBit(ValueKind::kUint);
    case TypeKind::kDouble:
      return KindBit(ValueKind::kDouble);
    case TypeKind::kString:
      return KindBit(ValueKind::kString);
    case TypeKind::kBytes:
      return KindBit(ValueKind::kBytes);
    case TypeKind::kTimestamp:
      return KindBit(ValueKind::kTimestamp);
    case TypeKind::kDuration:
      return KindBit(ValueKind::kDuration);
    case TypeKind::kWrapper:
      return KindsOf(type.parameters()[0]) | KindBit(ValueKind::kNull);
    case TypeKind::kList:
      return KindBit(ValueKind::kList);
    case TypeKind::kMap:
      return KindBit(ValueKind::kMap);
    case TypeKind::kMessage:
    case TypeKind::kOpaque:
      return KindBit(ValueKind::kMessage);
    case TypeKind::kType:
      return KindBit(ValueKind::kType);
    case TypeKind::kOptional:
      return KindBit(ValueKind::kOptional);
    default:
      return kAnyKind;
  }
}

bool Fits(const Value& value, const Type& type) {
  if ((KindsOf(type) & KindBit(value.kind())) == 0) return false;
  if (type.kind() == TypeKind::kOptional && value.optional_has_value()) {
    return Fits(value.optional_value(), type.parameters()[0]);
  }
  if (type.kind() != TypeKind::kMessage) return true;
  return value.message_value().GetDescriptor()->full_name() == type.name();
}

absl::string_view TypeNameOf(const Value& value) {
  if (value.is_message()) return value.message_value().GetDescriptor()->full_name();
  return KindName(value.kind());
}

Value Call::BadArgument() const {
  return Error(Code::INVALID_ARGUMENT,
               overload == nullptr ? absl::string_view() : absl::string_view(overload->function));
}

absl::optional<Code> Frame::LimitOf(size_t size, size_t bytes) const {
  if (static_cast<int64_t>(size) > environment->limits.max_result_size) {
    return Code::LIMIT_RESULT_SIZE;
  }
  if (arena->used() + bytes > max_memory) return Code::LIMIT_MEMORY;
  return absl::nullopt;
}

bool TextMaker::Add(absl::string_view text) {
  if (failed()) return false;
  const size_t size = text_.size() + text.size();
  if (!call_.HasRoom(size, size, &error_)) return false;
  if (const size_t units = size / 10; units > charged_) {
    if (!call_.Charge(static_cast<int64_t>(units - charged_))) {
      error_ = call_.Error(Code::LIMIT_COST);
      return false;
    }
    charged_ = units;
  }
  text_.append(text.data(), text.size());
  return true;
}

Value Call::NewText(absl::string_view text, bool bytes) const {
  Value error;
  if (!HasRoom(text.size(), text.size(), &error)) return error;
  const absl::string_view copy = arena().CopyText(text);
  return bytes ? Value::Bytes(copy) : Value::String(copy);
}

Value Call::NewList(absl::Span<const Value> elements) const {
  Value error;
  if (!HasRoom(elements.size(), elements.size() * sizeof(Value), &error)) return error;
  Value* copy = arena().NewArray<Value>(elements.size());
  std::copy(elements.begin(), elements.end(), copy);
  return ValueAccess::List(arena().New<ArrayList>(copy, elements.size()));
}

void FunctionTable::AddOverload(absl::string_view name, OverloadDecl overload) {
  FunctionDecl*& function = by_name_[name];
  if (function == nullptr) {
    function = &functions_.emplace_back();
    function->name = std::string(name);
  }
  overload.function = std::string(name);
  for (const Type& parameter : overload.parameters) overload.kinds.push_back(KindsOf(parameter));
  function->overloads.push_back(std::move(overload));
}

void FunctionTable::Add(absl::string_view name, absl::string_view id, std::vector<Type> parameters,
                        Type result, NativeFunction native) {
  OverloadDecl overload;
  overload.id = std::string(id);
  overload.parameters = std::move(parameters);
  overload.result = std::move(result);
  overload.native = native;
  AddOverload(name, std::move(overload));
}

void FunctionTable::AddMember(absl::string_view name, absl::string_view id,
                              std::vector<Type> parameters, Type result, NativeFunction native) {
  OverloadDecl overload;
  overload.id = std::string(id);
  overload.parameters = std::move(parameters);
  overload.result = std::move(result);
  overload.native = native;
  overload.member = true;
  AddOverload(name, std::move(overload));
}

void FunctionTable::SetCheck(absl::string_view name, size_t count, ConstantCheck check) {
  for (OverloadDecl& overload : by_name_[name]->overloads) {
    if (overload.parameters.size() == count) overload.check = check;
  }
}

const FunctionDecl* FunctionTable::Find(absl::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

const OverloadDecl* SelectOverload(absl::Span<const OverloadDecl* const> candidates,
                                   absl::Span<const Value> arguments) {
  for (const OverloadDecl* candidate : candidates) {
    if (candidate->kinds.size() != arguments.size()) continue;
    bool fits = true;
    for (size_t i = 0; i < arguments.size() && fits; ++i) {
      fits = (candidate->kinds[i] & KindBit(arguments[i].kind())) != 0 &&
             (!arguments[i].is_message() || Fits(arguments[i], candidate->parameters[i])) &&
             (!candidate->takes_absent || Fits(arguments[i], candidate->parameters[i]));
    }
    if (fits) return candidate;
  }
  return nullptr;
}

namespace {

// A host's value as this evaluation takes it: of the declared type, well-known messages unpacked.
Value CheckHostResult(const Value& result, const OverloadDecl& overload, const Call& call) {
  const Value value = LocateError(call.arena(), Unpack(result, call.arena()), call.expr);
  if (value.is_error() || overload.result.kind() == TypeKind::kOpaque ||
      Fits(value, overload.result)) {
    return value;
  }
  return call.Error(Code::FUNCTION_FAILED, overload.function);
}

// The first error in the arguments, such as an element of a list that cannot be read: a host's function never sees one.
// Each element, entry and value of an optional costs a unit.
absl::optional<Value> FindArgumentError(const Call& call, absl::Span<const Value> arguments) {
  for (const Value& argument : arguments) {
    if (!argument.is_list() && !argument.is_map() && !argument.is_optional()) continue;
    Frame& frame = call.frame;
    Inspection inspection(&call.arena(), Inspection::kUnlimited, 1 + frame.max_cost - frame.cost);
    const absl::optional<Value> found =
        inspection.Find(argument, frame.environment->limits.max_value_depth, true);
    if (!frame.Charge(inspection.parts() - 1)) return call.Error(Code::LIMIT_COST);
    if (found.has_value()) return LocateError(call.arena(), *found, call.expr);
  }
  return absl::nullopt;
}

}  // namespace

Value CallOverload(const OverloadDecl& overload, Frame& frame, int32_t expr,
                   absl::Span<const Value> arguments) {
  const Call call{frame, expr, &overload};
  if (overload.native != nullptr) return overload.native(call, arguments.data());
  if (!frame.Charge(overload.cost)) return call.Error(Code::LIMIT_COST);
  if (overload.host == nullptr) return call.Error(Code::FUNCTION_UNBOUND, overload.function);
  if (const auto error = FindArgumentError(call, arguments); error.has_value()) return *error;
  const absl::StatusOr<Value> result = overload.host(arguments, *frame.values);
  if (!result.ok()) return call.Error(Code::FUNCTION_FAILED, overload.function);
  return CheckHostResult(*result, overload, call);
}

}  // namespace frontdesk::cel::cel_internal
