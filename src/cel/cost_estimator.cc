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

// The longest text of a value without a size: a timestamp's, a double's.
constexpr int64_t kScalarText = 64;

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
  // A select of a map looks its name up.
  if (node.kind == ExprKind::kSelect && node.child_count > 0) {
    const TypeKind target = ast_.node(Child(expr, 0)).type.kind();
    if (target != TypeKind::kMessage) found.cost = static_cast<int64_t>(node.name.size() / 10);
  }
  return found;
}

CostEstimator::Found CostEstimator::OfCall(int32_t expr) {
  const AstNode& node = ast_.node(expr);
  std::vector<Found> arguments;
  int64_t cost = 0;
  for (int i = 0; i < node.child_count; ++i) {
    arguments.push_back(Visit(Child(expr, i)));
    // Only one branch of a conditional runs.
    const int64_t own = arguments.back().cost;
    cost = node.op == Operator::kConditional && i == 2
               ? Plus(cost, std::max<int64_t>(0, own - arguments[1].cost))
               : Plus(cost, own);
  }
  Found found = node.op == Operator::kNone ? OfFunction(expr, arguments)
                                           : OfOperator(expr, std::move(arguments));
  found.cost = Plus(found.cost, cost);
  return found;
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
      if (IsText(left)) {
        found.cost = Part(a.size, 16);
      } else if (left.kind() == TypeKind::kList && !HasSize(left.parameters()[0]) &&
                 left.parameters()[0].kind() != TypeKind::kMessage) {
        found.cost = a.size;
      } else if (HasSize(left) || left.kind() == TypeKind::kMessage) {
        found.cost = kUnboundedCost;
      }
      return found;
    case Operator::kLess:
    case Operator::kLessOrEqual:
    case Operator::kGreater:
    case Operator::kGreaterOrEqual:
      if (HasSize(left)) found.cost = Part(a.size, 10);
      return found;
    case Operator::kIn: {
      const Type& container = ast_.node(Child(expr, 1)).type;
      const bool plain = IsText(left) || (!HasSize(left) && left.kind() != TypeKind::kMessage);
      if (!plain && container.kind() != TypeKind::kMap) {
        found.cost = kUnboundedCost;
      } else {
        found.cost = Times(arguments[1].size, Plus(kEntryCost, Part(a.size, 10)));
      }
      return found;
    }
    case Operator::kIndex:
    case Operator::kOptionalIndex:
      found = ElementOf(a, node.type, false);
      if (left.kind() != TypeKind::kList)
        found.cost = Plus(Part(arguments[1].size, 10), Times(a.size, kEntryCost));
      return found;
    case Operator::kOptionalSelect: {
      const std::string path = a.path.empty() ? "" : absl::StrCat(a.path, ".", node.name);
      found.size = SizeOf(node.type, path);
      found.path = path;
      found.cost = static_cast<int64_t>(node.name.size() / 10);
      return found;
    }
    default:
      return found;
  }
}

CostEstimator::Found CostEstimator::OfFunction(int32_t expr, const std::vector<Found>& arguments) {
  const AstNode& node = ast_.node(expr);
  int64_t linear = 0, host = 0, largest = 0;
  for (int i = 0; i < node.child_count; ++i) {
    const Type& type = ast_.node(Child(expr, i)).type;
    const int64_t size = arguments[static_cast<size_t>(i)].size;
    linear = Plus(linear, Plus(1, IsText(type) ? Part(size, 10) : size));
    largest = std::max(largest, size);
  }
  for (const OverloadDecl* overload : ast_.overloads_of(node)) {
    if (overload->native == nullptr) host = std::max(host, overload->cost);
  }
  const Limits& limits = unit_.data->limits;
  const absl::string_view name = node.name;
  if (host > 0) {
    Found found;
    found.cost = host;
    found.size = SizeOf(node.type, "");
    return found;
  }
  if (name == "dyn" || name == "optional.of" || name == "optional.ofNonZeroValue" ||
      name == "value") {
    Found found = arguments[0];
    found.cost = name == "optional.ofNonZeroValue" ? linear : 0;
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
  if (name == "replace" || name == "join" || name == "format") {
    return Made(Plus(linear, limits.max_result_size / 10 + 1), limits.max_result_size);
  }
  if (name == "split") {
    return Made(Plus(linear, Plus(arguments[0].size, 1)), Plus(arguments[0].size, 1));
  }
  if (name == "matches") {
    const auto regex = unit_.regex_sizes.find(expr);
    const bool known = regex != unit_.regex_sizes.end();
    const int64_t program = known ? regex->second : limits.max_regex_program_size;
    const int64_t compile = known ? 0 : RegexCost(limits.max_regex_bytes, program);
    return Made(Plus(compile, Plus(1, Times(Part(arguments[0].size, 10), 1 + program / 25))), 0);
  }
  if (!HasSize(node.type)) return Made(Plus(linear, kZoneCost), 0);
  // The others keep the size of their argument, or at most double it: texts and their encodings.
  return Made(linear, Plus(Times(largest, 2), kScalarText));
}

CostEstimator::Found CostEstimator::OfAggregate(int32_t expr) {
  const AstNode& node = ast_.node(expr);
  Found found;
  found.element = 0;
  found.size = node.kind == ExprKind::kMap ? node.child_count / 2 : node.child_count;
  for (int i = 0; i < node.child_count; ++i) {
    const Found child = Visit(Child(expr, i));
    found.cost = Plus(found.cost, child.cost);
    if (node.kind == ExprKind::kMap && i % 2 == 0) {
      found.cost = Plus(found.cost, Part(child.size, 10));
    }
    found.element = std::max(found.element, child.size);
  }
  if (node.kind == ExprKind::kMessage) found.size = SizeOf(node.type, "");
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
  Found found;
  found.cost = Plus(range.cost, Times(range.size, each));
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
