#include "cel/cost_estimator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace frontdesk::cel::cel_internal {
namespace {

// Sums and products that stay at "unbounded".
int64_t Plus(int64_t a, int64_t b) {
  int64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? kUnboundedCost : sum;
}
int64_t Times(int64_t a, int64_t b) {
  int64_t product;
  if (a == 0 || b == 0) return 0;
  return a == kUnboundedCost || b == kUnboundedCost || __builtin_mul_overflow(a, b, &product)
             ? kUnboundedCost
             : product;
}
int64_t Part(int64_t size, int64_t divisor) {
  return size == kUnboundedCost ? kUnboundedCost : size / divisor;
}

// Values of the type have a size. Of the rest nothing that is metered depends on the value.
bool HasSize(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kNull:
    case TypeKind::kBool:
    case TypeKind::kInt:
    case TypeKind::kUint:
    case TypeKind::kDouble:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
    case TypeKind::kMessage:
    case TypeKind::kType:
      return false;
    case TypeKind::kWrapper:
    case TypeKind::kOptional:
      return HasSize(type.parameters()[0]);
    default:
      return true;
  }
}

bool IsText(const Type& type) {
  return type.kind() == TypeKind::kString || type.kind() == TypeKind::kBytes;
}

// Values of the type have no parts.
bool IsScalar(const Type& type) { return !HasSize(type) && type.kind() != TypeKind::kMessage; }

// The longest text of a value without a size: a timestamp's, a double's.
constexpr int64_t kScalarText = 64;
// The longest that format makes of one: 1000 digits behind the point of the largest double.
constexpr int64_t kFormattedScalar = 1340;
// The longest name of a type that counts.
constexpr int64_t kTypeName = 1024;

// Looking something up in a map, or going over it, may sort its entries.
int64_t MapCost(int64_t size, int64_t key) {
  const int64_t depth = static_cast<int64_t>(SortDepth(static_cast<size_t>(size)));
  const int64_t finding = Plus(1 + depth, Times(size, kEntryCost));
  return Plus(finding, Times(Plus(Plus(size, 1), Part(Times(size, key), 16)), depth));
}

// Reading a value of the type takes work that depends on it: a packed message is parsed.
bool IsPacked(const Type& type) { return type.kind() == TypeKind::kAny; }
bool HoldsAny(const google::protobuf::FieldDescriptor* field) {
  if (field == nullptr) return false;
  if (field->is_map()) return HoldsAny(field->message_type()->map_value());
  return field->message_type() != nullptr && field->message_type()->well_known_type() ==
                                                 google::protobuf::Descriptor::WELLKNOWNTYPE_ANY;
}

// Of the elements of a list, of the values of a map; dyn of anything else.
Type ElementType(const Type& type) {
  if (type.kind() == TypeKind::kList) return type.parameters()[0];
  return type.kind() == TypeKind::kMap ? type.parameters()[1] : Type::Dyn();
}

}  // namespace

int64_t CostEstimator::Hint(const std::string& path) const {
  const auto found = hints_.sizes.find(path);
  return found == hints_.sizes.end() ? hints_.other : found->second;
}

int64_t CostEstimator::SizeOf(const Type& type, const std::string& path) const {
  if (!HasSize(type)) return 0;
  return path.empty() ? kUnboundedCost : Hint(path);
}

CostEstimator::Found CostEstimator::Made(int64_t cost, int64_t size) const {
  Found found;
  found.cost = cost;
  found.size = std::min(size, unit_.data->limits.max_result_size);
  found.element = found.size;
  return found;
}

CostEstimator::Found CostEstimator::ElementOf(const Found& container, const Type& type,
                                              bool key) const {
  Found found;
  if (!container.path.empty()) {
    found.path = absl::StrCat(container.path, key ? "{}" : "[]");
    found.size = SizeOf(type, found.path);
  } else {
    found.size = HasSize(type) ? container.element : 0;
  }
  return found;
}

CostEstimator::Found CostEstimator::OfValue(const Value& value) {
  Found found;
  found.element = 0;
  const auto widen = [&](const Value& part) {
    found.element = std::max(found.element, OfValue(part).size);
  };
  switch (value.kind()) {
    case ValueKind::kString:
    case ValueKind::kBytes:
      found.size = ValueAccess::aux(value);
      break;
    case ValueKind::kList:
      found.size = static_cast<int64_t>(value.list_size());
      for (size_t i = 0; i < value.list_size(); ++i) widen(value.list_at(i));
      break;
    case ValueKind::kMap:
      found.size = static_cast<int64_t>(value.map_size());
      for (size_t i = 0; i < value.map_size(); ++i) {
        widen(value.map_key(i));
        widen(value.map_value(i));
      }
      break;
    case ValueKind::kOptional:
      if (value.optional_has_value()) return OfValue(value.optional_value());
      break;
    default:
      break;
  }
  return found;
}

CostEstimator::Found CostEstimator::Visit(int32_t expr) {
  const AstNode& node = ast_.node(expr);
  if (node.constant >= 0) return OfValue(ast_.constants[node.constant]);
  switch (node.kind) {
    case ExprKind::kIdentifier:
      if (node.reference == ReferenceKind::kLocal) {
        Found found = locals_[node.slot];
        found.cost = 0;
        return found;
      }
      return OfPath(expr, std::string(node.name));
    case ExprKind::kSelect:
    case ExprKind::kHas: {
      if (node.child_count == 0) return OfPath(expr, std::string(node.name));
      const Found target = Visit(Child(expr, 0));
      Found found =
          OfPath(expr, target.path.empty() ? "" : absl::StrCat(target.path, ".", node.name));
      found.cost = Plus(found.cost, target.cost);
      // Of a map the name is looked up.
      const Type& type = ast_.node(Child(expr, 0)).type;
      if (type.kind() != TypeKind::kMessage) found.cost = Plus(found.cost, FindCost(target, type));
      return found;
    }
    case ExprKind::kCall:
      return OfCall(expr);
    case ExprKind::kList:
    case ExprKind::kMap:
    case ExprKind::kMessage:
      return OfAggregate(expr);
    case ExprKind::kComprehension:
      return OfComprehension(expr);
    case ExprKind::kBind:
      return OfBind(expr);
    case ExprKind::kConstant:
      break;
  }
  return Found();
}

CostEstimator::Found CostEstimator::OfPath(int32_t expr, std::string path) {
  Found found;
  const AstNode& node = ast_.node(expr);
  found.size = node.kind == ExprKind::kHas ? 0 : SizeOf(node.type, path);
  found.path = std::move(path);
  found.cost = static_cast<int64_t>(node.name.size() / 10);
  if (node.kind != ExprKind::kHas) found.cost = Plus(found.cost, ReadCost(node.type));
  if (HoldsAny(node.field)) found.cost = kUnboundedCost;
  // A field that is only known when it is read may be packed.
  if (node.field == nullptr && node.type.is_dyn())
    found.cost = Plus(found.cost, Plus(30, found.size));
  return found;
}

int64_t CostEstimator::ReadCost(const Type& type) const {
  if (IsPacked(type)) return kUnboundedCost;
  // The free forms of JSON are read as generated messages; a dynamic one is copied first.
  const bool free =
      type.is_dyn() || type.kind() == TypeKind::kMap || type.kind() == TypeKind::kList;
  return free && !IsGenerated(unit_.data->source) ? kUnboundedCost : 0;
}

int64_t CostEstimator::FindCost(const Found& map, const Type& type) const {
  const bool typed = type.kind() == TypeKind::kMap;
  const Type key = typed ? type.parameters()[0] : Type::Dyn();
  return MapCost(map.size, ElementOf(map, key, true).size);
}

int64_t CostEstimator::EqualCost(const Found& value, const Type& type) const {
  switch (type.kind()) {
    case TypeKind::kString:
    case TypeKind::kBytes:
      return Part(value.size, 16);
    case TypeKind::kType:
      return kTypeName / 16;
    case TypeKind::kWrapper:
      return EqualCost(value, type.parameters()[0]);
    case TypeKind::kOptional:
      return Plus(1, EqualCost(value, type.parameters()[0]));
    case TypeKind::kList: {
      const Type& element = type.parameters()[0];
      return Times(value.size, Plus(1, EqualCost(ElementOf(value, element, false), element)));
    }
    default:
      return IsScalar(type) ? 0 : kUnboundedCost;
  }
}

int64_t CostEstimator::PartsCost(const Found& value, const Type& type) const {
  switch (type.kind()) {
    case TypeKind::kString:
    case TypeKind::kBytes:
    case TypeKind::kMessage:
    case TypeKind::kWrapper:
      return 0;
    case TypeKind::kOptional:
      return Plus(1, PartsCost(value, type.parameters()[0]));
    case TypeKind::kList:
      return Times(value.size, Plus(1, PartsCost(ElementOf(value, type.parameters()[0], false),
                                                 type.parameters()[0])));
    case TypeKind::kMap:
      return Times(value.size, Plus(2, PartsCost(ElementOf(value, type.parameters()[1], false),
                                                 type.parameters()[1])));
    default:
      return IsScalar(type) ? 0 : kUnboundedCost;
  }
}

CostEstimator::Found CostEstimator::OfCall(int32_t expr) {
  const AstNode& node = ast_.node(expr);
  std::vector<Found> arguments;
  int64_t cost = 0;
  for (int i = 0; i < node.child_count; ++i) {
    arguments.push_back(Visit(Child(expr, i)));
    // Only one branch of a conditional runs.
    // An argument that may be absent is asked for, and then read.
    const bool twice = (ast_.node(Child(expr, i)).flags & kReadIfSet) != 0;
    const int64_t own = Times(arguments.back().cost, twice ? 2 : 1);
    cost = node.op == Operator::kConditional && i == 2
               ? Plus(cost, std::max<int64_t>(0, own - arguments[1].cost))
               : Plus(cost, own);
  }
  Found found = node.op == Operator::kNone ? OfFunction(expr, arguments)
                                           : OfOperator(expr, std::move(arguments));
  found.cost = Plus(found.cost, Plus(cost, HostOperatorCost(node)));
  return found;
}

int64_t CostEstimator::AggregateCost(const Type& type, const Found& element) const {
  if (IsPacked(type)) return kUnboundedCost;
  if (IsText(type)) return Part(element.size, 10);
  if (type.kind() != TypeKind::kMessage && type.kind() != TypeKind::kDyn) return 0;
  int64_t cost = type.kind() == TypeKind::kDyn ? kUnboundedCost : 0;
  for (const Operator op :
       {Operator::kAdd, Operator::kDivide, Operator::kLess, Operator::kGreater}) {
    for (const OverloadDecl& overload : unit_.data->operators[static_cast<int>(op)]->overloads) {
      if (overload.is_host) cost = std::max(cost, overload.cost);
    }
  }
  return cost;
}

int64_t CostEstimator::HostOperatorCost(const AstNode& node) const {
  int64_t cost = 0;
  for (const OverloadDecl* overload : ast_.overloads_of(node)) {
    if (node.op != Operator::kNone) cost = std::max(cost, overload->cost);
  }
  // Where nothing was checked, any of them may be meant.
  const FunctionDecl* function = unit_.data->operators[static_cast<int>(node.op)];
  if (ast_.checked || node.op == Operator::kNone || function == nullptr) return cost;
  for (const OverloadDecl& overload : function->overloads) {
    if (overload.is_host) cost = std::max(cost, overload.cost);
  }
  return cost;
}

CostEstimator::Found CostEstimator::OfOperator(int32_t expr, std::vector<Found> arguments) {
  const AstNode& node = ast_.node(expr);
  const Type& left = ast_.node(Child(expr, 0)).type;
  Found found;
  const Found& a = arguments[0];
  switch (node.op) {
    case Operator::kAdd: {
      if (!HasSize(node.type)) return found;
      const int64_t size = Plus(a.size, arguments[1].size);
      found = Made(IsText(node.type) ? Part(size, 10) : size, size);
      found.element = std::max(ElementOf(a, Type::Dyn(), false).size,
                               ElementOf(arguments[1], Type::Dyn(), false).size);
      return found;
    }
    case Operator::kConditional:
      found.size = std::max(arguments[1].size, arguments[2].size);
      found.element = std::max(ElementOf(arguments[1], Type::Dyn(), false).size,
                               ElementOf(arguments[2], Type::Dyn(), false).size);
      return found;
    case Operator::kEqual:
    case Operator::kNotEqual:
      found.cost = EqualCost(a, left);
      return found;
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
      if (HasSize(left)) found.cost = Part(a.size, 10);
      return found;
    case Operator::kIn: {
      const Type& container = ast_.node(Child(expr, 1)).type;
      found.cost = Part(a.size, 10);
      if (container.kind() != TypeKind::kMap) {
        found.cost = Plus(found.cost, Times(arguments[1].size, Plus(1, EqualCost(a, left))));
      }
      if (container.kind() != TypeKind::kList) {
        found.cost = Plus(found.cost, FindCost(arguments[1], container));
      }
      if (IsPacked(ElementType(container))) found.cost = kUnboundedCost;
      return found;
    }
    case Operator::kIndex:
    case Operator::kOptionalIndex:
      found = ElementOf(a, node.type, false);
      found.cost = IsPacked(ElementType(left)) ? kUnboundedCost : 0;
      if (left.kind() != TypeKind::kList) {
        found.cost = Plus(found.cost, Plus(Part(arguments[1].size, 10), FindCost(a, left)));
      }
      return found;
    case Operator::kOptionalSelect: {
      const std::string path = a.path.empty() ? "" : absl::StrCat(a.path, ".", node.name);
      found.size = SizeOf(node.type, path);
      found.path = path;
      // The name is looked up twice: for its presence and for its value.
      found.cost = Plus(static_cast<int64_t>(node.name.size() / 10) * 2, ReadCost(node.type));
      if (left.kind() != TypeKind::kMessage) {
        found.cost = Plus(found.cost, Times(FindCost(a, left), 2));
      }
      return found;
    }
    default:
      return found;
  }
}

CostEstimator::Found CostEstimator::OfFunction(int32_t expr, const std::vector<Found>& arguments) {
  const AstNode& node = ast_.node(expr);
  int64_t linear = 0, host = 0, parts = 0, largest = 0;
  for (int i = 0; i < node.child_count; ++i) {
    const Type& type = ast_.node(Child(expr, i)).type;
    const int64_t size = arguments[static_cast<size_t>(i)].size;
    linear = Plus(linear, Plus(1, IsText(type) ? Part(size, 10) : size));
    largest = std::max(largest, size);
    parts = Plus(parts, PartsCost(arguments[static_cast<size_t>(i)], type));
    if ((ast_.node(Child(expr, i)).flags & kReadIfSet) != 0) parts = Plus(parts, 1);
  }
  for (const OverloadDecl* overload : ast_.overloads_of(node)) {
    if (overload->native == nullptr) host = std::max(host, overload->cost);
  }
  const Limits& limits = unit_.data->limits;
  const absl::string_view name = node.name;
  if (host > 0) {
    Found found;
    found.cost = Plus(host, parts);
    found.size = SizeOf(node.type, "");
    return found;
  }
  if (name == "dyn" || name == "optional.of" || name == "optional.ofNonZeroValue" ||
      name == "value") {
    Found found = arguments[0];
    found.cost = 0;
    if (name == "optional.ofNonZeroValue") {
      const Type& type = ast_.node(Child(expr, 0)).type;
      const auto* message =
          type.kind() == TypeKind::kMessage
              ? unit_.data->source.pool->FindMessageTypeByName(std::string(type.name()))
              : nullptr;
      // No message has more fields than 65,536 by far.
      found.cost = message != nullptr ? static_cast<int64_t>(FieldsCost(*message)) : 65536 / 8 + 4;
    }
    return found;
  }
  if (name == "or" || name == "orValue") {
    Found found;
    found.size = largest;
    return found;
  }
  if (name == "contains" || name == "indexOf" || name == "lastIndexOf" || name == "replace" ||
      name == "split") {
    linear = Plus(linear, Times(Part(arguments[0].size, 10), Part(arguments[1].size, 10)));
  }
  if (name == "sum" || name == "min" || name == "max" || name == "avg") {
    const Type& list = ast_.node(Child(expr, 0)).type;
    const int64_t each = Plus(
        1, AggregateCost(ElementType(list), ElementOf(arguments[0], ElementType(list), false)));
    return Made(Plus(1, Times(arguments[0].size, each)), HasSize(node.type) ? largest : 0);
  }
  const int64_t text = limits.max_result_size / 10 + 1;
  if (name == "format") return Made(FormatCost(expr, arguments), limits.max_result_size);
  if (name == "join") return Made(Plus(linear, text), limits.max_result_size);
  if (name == "replace") {
    // Each place is a step of its own.
    return Made(Plus(linear, Plus(Plus(arguments[0].size, 2), text)), limits.max_result_size);
  }
  if (name == "split") {
    return Made(Plus(linear, Plus(arguments[0].size, 1)), Plus(arguments[0].size, 1));
  }
  if (name == "matches") {
    const auto regex = unit_.regex_sizes.find(expr);
    const bool known = regex != unit_.regex_sizes.end();
    const int64_t program = known ? regex->second : limits.max_regex_program_size;
    const int64_t compile = known ? 0 : RegexCost(limits.max_regex_bytes, program);
    const int64_t bytes = arguments[0].size;
    return Made(
        Plus(compile, Plus(Plus(1, Part(bytes, 10)), Part(Times(Plus(bytes, 1), program), 250))),
        0);
  }
  if (!HasSize(node.type)) return Made(Plus(linear, kZoneCost), 0);
  // The others keep the size of their argument, or at most double it: texts and their encodings. Where nothing was checked, it
  // may be a part of a time in a zone too.
  const int64_t own = node.type.kind() == TypeKind::kDyn ? kZoneCost : kTimeTextCost;
  return Made(Plus(linear, own), Plus(Times(largest, 2), kScalarText));
}

int64_t CostEstimator::FormatCost(int32_t expr, const std::vector<Found>& arguments) {
  constexpr int64_t kValue = 5;
  const int64_t max_result = unit_.data->limits.max_result_size;
  const AstNode& list = ast_.node(Child(expr, 1));
  // A list that is written out, of scalars and texts.
  int64_t cost = Plus(Part(arguments[0].size, 10), 3);
  bool plain = list.kind == ExprKind::kList && list.constant < 0;
  for (int i = 0; plain && i < list.child_count; ++i) {
    const int32_t child = Child(Child(expr, 1), i);
    const Type& type = ast_.node(child).type;
    plain = IsText(type) || !HasSize(type);
    // Texts are gone through, and may come out as two digits a byte.
    const int64_t text = IsText(type) ? Times(Visit(child).size, 3) : kFormattedScalar;
    cost = Plus(cost, Plus(kValue + 2, Part(Times(text, 2), 10)));
  }
  if (plain) return cost;
  // Each value makes a byte at least, and the keys of a map are sorted.
  return Plus(
      Times(arguments[0].size, kValue + 1),
      Times(max_result + 1,
            kValue + 1 + 2 * static_cast<int64_t>(SortDepth(static_cast<size_t>(max_result)))));
}

// The most that writing the value into a field takes.
int64_t CostEstimator::WriteCost(const Found& value, const Type& type) const {
  constexpr int64_t kField = 40;
  const auto text = [](int64_t size) { return Times(2, Plus(1, Part(size, 16))); };
  const auto flat = [](const Type& t) { return IsText(t) || IsScalar(t); };
  switch (type.kind()) {
    case TypeKind::kWrapper:
    case TypeKind::kOptional:
      return WriteCost(value, type.parameters()[0]);
    case TypeKind::kList: {
      const Type& element = type.parameters()[0];
      if (!flat(element)) return kUnboundedCost;
      return Plus(kField, Times(value.size, Plus(4, text(ElementOf(value, element, false).size))));
    }
    case TypeKind::kMap: {
      const Type& element = type.parameters()[1];
      if (!flat(element)) return kUnboundedCost;
      const int64_t key = ElementOf(value, type.parameters()[0], true).size;
      const int64_t each = Plus(10, Plus(text(key), text(ElementOf(value, element, false).size)));
      return Plus(kField, Plus(Times(value.size, each), MapCost(value.size, key)));
    }
    default:
      return flat(type) ? Plus(kField, text(value.size)) : kUnboundedCost;
  }
}

CostEstimator::Found CostEstimator::OfAggregate(int32_t expr) {
  constexpr int64_t kNewMessage = 40;
  const AstNode& node = ast_.node(expr);
  Found found;
  found.element = 0;
  found.size = node.kind == ExprKind::kMap ? node.child_count / 2 : node.child_count;
  if (node.kind == ExprKind::kMessage) found.cost = kNewMessage;
  for (int i = 0; i < node.child_count; ++i) {
    const Found child = Visit(Child(expr, i));
    found.cost = Plus(found.cost, child.cost);
    if (node.kind == ExprKind::kMap && i % 2 == 0) {
      found.cost = Plus(found.cost, Part(child.size, 10));
    } else if (node.kind == ExprKind::kMessage) {
      found.cost = Plus(found.cost, WriteCost(child, ast_.node(Child(expr, i)).type));
    }
    found.element = std::max(found.element, child.size);
  }
  if (node.kind == ExprKind::kMessage) {
    found.size = SizeOf(node.type, "");
    found.element = kUnboundedCost;
    // One of the free forms of JSON, or an Any, is read again as what it holds.
    if (node.type.kind() != TypeKind::kMessage) found.cost = kUnboundedCost;
  }
  return found;
}

CostEstimator::Found CostEstimator::OfComprehension(int32_t expr) {
  const AstNode& node = ast_.node(expr);
  const Found range = Visit(Child(expr, 0));
  const Type& type = ast_.node(Child(expr, 0)).type;
  const bool map = type.kind() != TypeKind::kList;
  const bool two = node.name_count == 2;
  const bool typed = type.kind() == TypeKind::kList || type.kind() == TypeKind::kMap;
  const Type first = typed ? type.parameters()[0] : Type::Dyn();
  const Type second = type.kind() == TypeKind::kMap ? type.parameters()[1] : first;
  locals_[node.slot] = two && !map ? Found() : ElementOf(range, first, map);
  if (two) locals_[node.slot + 1] = ElementOf(range, second, false);
  const bool filtered = node.child_count == 3;
  const int32_t body = Child(expr, filtered ? 2 : 1);
  const Found result = Visit(body);
  int64_t each = Plus(1 + unit_.costs[body], result.cost);
  if (filtered) {
    each = Plus(each, Plus(unit_.costs[Child(expr, 1)], Visit(Child(expr, 1)).cost));
  }
  if (IsPacked(ElementType(type))) each = kUnboundedCost;
  if (node.macro == Macro::kTransformMap || node.macro == Macro::kTransformMapEntry) {
    // An entry of the result, or as many as the body makes.
    const bool one = node.macro == Macro::kTransformMap;
    const int64_t key = one ? ElementOf(range, first, map).size : result.element;
    const int64_t entry = Plus(2, Part(key, 10));
    each = Plus(each, one ? entry : Times(result.size, entry));
  }
  Found found;
  found.cost = Plus(range.cost, Times(range.size, each));
  if (map) found.cost = Plus(found.cost, FindCost(range, type));
  found.size = HasSize(node.type) ? range.size : 0;
  switch (node.macro) {
    case Macro::kFilter:
      found.path = range.path;
      found.element = range.element;
      break;
    case Macro::kTransformMapEntry:
      found.size = std::min(Times(range.size, result.size), unit_.data->limits.max_result_size);
      found.element = result.element;
      break;
    default:
      found.element = result.size;
  }
  return found;
}

CostEstimator::Found CostEstimator::OfBind(int32_t expr) {
  const AstNode& node = ast_.node(expr);
  const Found value = Visit(Child(expr, 0));
  locals_[node.slot] = value;
  Found found = Visit(Child(expr, 1));
  found.cost = Plus(found.cost, value.cost);
  return found;
}

}  // namespace frontdesk::cel::cel_internal
