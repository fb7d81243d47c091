#include "rules/exposure.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "frontdesk/cel/type.h"

namespace frontdesk {
namespace rules {

using cel::Expr;
using cel::ExprKind;
using cel::Macro;
using cel::Operator;
using cel::ReferenceKind;
using cel::Type;
using cel::TypeKind;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

namespace {

Exposure OfClass(v1::DataClass data_class) {
  switch (data_class) {
    case v1::DATA_CLASS_PUBLIC:
    case v1::DATA_CLASS_INTERNAL:
      return Exposure::kShown;
    case v1::DATA_CLASS_UNSPECIFIED:
      return Exposure::kUnclassified;
    case v1::DATA_CLASS_PERSONAL:
      return Exposure::kPersonal;
    case v1::DATA_CLASS_SENSITIVE:
      return Exposure::kSensitive;
    default:
      return Exposure::kSecret;
  }
}

// Whether values of the type can hold text that no class covers.
bool CanHoldText(const Type& type) {
  switch (type.kind()) {
    case TypeKind::kString:
    case TypeKind::kBytes:
    case TypeKind::kDyn:
    case TypeKind::kAny:
    case TypeKind::kOpaque:
    case TypeKind::kParameter:
      return true;
    case TypeKind::kWrapper:
    case TypeKind::kList:
    case TypeKind::kMap:
    case TypeKind::kOptional:
      return std::any_of(type.parameters().begin(), type.parameters().end(), CanHoldText);
    default:
      return false;  // The fields of a message are looked at one by one.
  }
}

Exposure OfType(v1::DataClass holder, const Type& type) {
  if (holder != v1::DATA_CLASS_UNSPECIFIED) return OfClass(holder);
  return CanHoldText(type) ? Exposure::kUnclassified : Exposure::kShown;
}

// The least class of a message that was handed over with this exposure.
v1::DataClass HolderOf(Exposure exposure) {
  switch (exposure) {
    case Exposure::kShown:
    case Exposure::kUnclassified:
      return v1::DATA_CLASS_UNSPECIFIED;
    case Exposure::kPersonal:
      return v1::DATA_CLASS_PERSONAL;
    case Exposure::kSensitive:
      return v1::DATA_CLASS_SENSITIVE;
    default:
      return v1::DATA_CLASS_SECRET;
  }
}

// The messages that values of the type are, or hold as elements.
void AddMessages(const Type& type, absl::flat_hash_set<const Descriptor*>* messages) {
  if (type.descriptor() != nullptr) messages->insert(type.descriptor());
  for (const Type& parameter : type.parameters()) AddMessages(parameter, messages);
}

NodeExposure Combine(const NodeExposure& a, const NodeExposure& b) {
  return {std::max(a.exposure, b.exposure), std::max(a.holder, b.holder),
          a.path_shown && b.path_shown, std::max(a.floor, b.floor)};
}

}  // namespace

// Walks an expression once, with the variables of macros in scope.
class ExposureAnalysis {
 public:
  ExposureAnalysis(const DataClassSource& data_class, const VariableExposures& variables,
                   ExposureTable* table)
      : data_class_(data_class), variables_(variables), table_(table) {}

  NodeExposure Visit(const Expr& expr) {
    const NodeExposure exposure = Compute(expr);
    table_->nodes_[expr.id()] = exposure;
    return exposure;
  }

 private:
  struct Local {
    absl::string_view name;
    NodeExposure exposure;
  };

  NodeExposure Compute(const Expr& expr) {
    switch (expr.kind()) {
      case ExprKind::kConstant:
        return {};
      case ExprKind::kIdentifier:
        return Identifier(expr);
      case ExprKind::kSelect:
        return Select(expr);
      case ExprKind::kHas:
        if (expr.child_count() > 0) return Select(expr);
        return OfField(expr.field(), {}, Type::Dyn());
      case ExprKind::kCall:
        return Call(expr);
      case ExprKind::kComprehension:
        return Comprehension(expr);
      case ExprKind::kBind:
        return Bind(expr);
      case ExprKind::kList:
      case ExprKind::kMap:
      case ExprKind::kMessage:
        return Children(expr);
    }
    return {Exposure::kSecret, v1::DATA_CLASS_SECRET, false};
  }

  // The value of a field of a message that is exposed as `from`.
  NodeExposure OfField(const FieldDescriptor* field, const NodeExposure& from,
                       const Type& type) const {
    NodeExposure exposure = from;
    if (field != nullptr) exposure.holder = std::max(from.holder, data_class_(*field));
    exposure.exposure = std::max(from.floor, OfType(exposure.holder, type));
    if (field == nullptr) exposure.exposure = std::max(exposure.exposure, from.exposure);
    return exposure;
  }

  NodeExposure Identifier(const Expr& expr) const {
    switch (expr.reference()) {
      case ReferenceKind::kRootField:
        return OfField(expr.field(), {}, expr.type());
      case ReferenceKind::kConstant:
      case ReferenceKind::kType:
        return {};
      case ReferenceKind::kLocal:
        for (auto local = locals_.rbegin(); local != locals_.rend(); ++local) {
          if (local->name == expr.name()) return local->exposure;
        }
        break;
      case ReferenceKind::kVariable:
        if (const auto found = variables_.find(expr.name()); found != variables_.end()) {
          return found->second;
        }
        break;
      default:
        break;
    }
    return {OfType(v1::DATA_CLASS_UNSPECIFIED, expr.type()), v1::DATA_CLASS_UNSPECIFIED, true};
  }

  // Also of has(a.b), whose field is b.
  NodeExposure Select(const Expr& expr) {
    const NodeExposure operand = Visit(expr.child(0));
    const FieldDescriptor* field = expr.field();
    if (field == nullptr && expr.child(0).type().descriptor() != nullptr) {
      field = expr.child(0).type().descriptor()->FindFieldByName(std::string(expr.name()));
    }
    const bool map = expr.child(0).type().kind() == TypeKind::kMap;
    if (field == nullptr && map) return operand;  // m.key: the class is the map's.
    const Type type = expr.kind() == ExprKind::kHas ? Type::Dyn() : expr.type();
    return OfField(field, operand, type);
  }

  NodeExposure Children(const Expr& expr) {
    NodeExposure all;
    for (size_t i = 0; i < expr.child_count(); ++i) {
      const NodeExposure child = Visit(expr.child(i));
      all = Combine(all, Whole(child, expr.child(i)));
      if (expr.kind() == ExprKind::kMessage || expr.kind() == ExprKind::kMap) {
        all.floor = std::max(all.floor, child.exposure);
      }
    }
    return all;
  }

  // Of a value that is handed over with everything in it.
  NodeExposure Whole(NodeExposure exposure, const Expr& expr) {
    exposure.exposure = std::max(exposure.exposure, Deepest(expr.type(), exposure.holder));
    return exposure;
  }

  // The fields of the messages in a value; what is no message was looked at where it was read.
  Exposure Deepest(const Type& type, v1::DataClass holder) const {
    Exposure deepest = Exposure::kShown;
    for (const Type& parameter : type.parameters())
      deepest = std::max(deepest, Deepest(parameter, holder));
    if (type.descriptor() == nullptr) return deepest;
    absl::flat_hash_set<const Descriptor*> seen;
    std::vector<const Descriptor*> open = {type.descriptor()};
    while (!open.empty()) {
      const Descriptor* message = open.back();
      open.pop_back();
      if (!seen.insert(message).second) continue;
      for (int i = 0; i < message->field_count(); ++i) {
        const FieldDescriptor* field = message->field(i);
        deepest =
            std::max(deepest, OfType(std::max(holder, data_class_(*field)), Type::OfField(field)));
        if (field->message_type() != nullptr) open.push_back(field->message_type());
      }
    }
    return deepest;
  }

  NodeExposure Call(const Expr& expr) {
    switch (expr.op()) {
      case Operator::kIndex:
      case Operator::kOptionalIndex:
        return Index(expr);
      case Operator::kOptionalSelect:
        return Select(expr);
      case Operator::kConditional: {
        Visit(expr.child(0));
        const NodeExposure yes = Visit(expr.child(1));
        return Combine(yes, Visit(expr.child(2)));
      }
      default:
        break;
    }
    NodeExposure all = Children(expr);
    for (size_t i = 0; i < expr.implicit_count(); ++i) all = Combine(all, Visit(expr.implicit(i)));
    return expr.op() == Operator::kNone ? Function(expr, all) : Operation(expr, all);
  }

  // A compared value is not shown by the result.
  NodeExposure Operation(const Expr& expr, const NodeExposure& all) const {
    return expr.type().kind() == TypeKind::kBool ? NodeExposure() : all;
  }

  // A function with messages among its arguments may return their contents, in part or whole.
  NodeExposure Function(const Expr& expr, NodeExposure all) const {
    absl::flat_hash_set<const Descriptor*> given;
    for (size_t i = 0; i < expr.child_count(); ++i) AddMessages(expr.child(i).type(), &given);
    // That something is there, and how many there are, is not masked: as has(), and the operators.
    // A host's function of such a name counts only where it answers with as little.
    const bool yes_or_no = expr.type().kind() == TypeKind::kBool;
    const bool told = (expr.name() == "size" && expr.type().kind() == TypeKind::kInt) ||
                      (yes_or_no && absl::StartsWith(expr.name(), "has"));
    if (told || (yes_or_no && given.empty())) return {};
    absl::flat_hash_set<const Descriptor*> results;
    AddMessages(expr.type(), &results);
    // A message of another type than those given came out of one of them: out of which field is not known.
    const bool passed_on =
        std::all_of(results.begin(), results.end(),
                    [&given](const Descriptor* one) { return given.count(one) != 0; });
    if (!passed_on) all.holder = std::max(all.holder, HolderOf(all.exposure));
    return all;
  }

  NodeExposure Index(const Expr& expr) {
    NodeExposure container = Visit(expr.child(0));
    const NodeExposure key = Visit(expr.child(1));
    // The path names the key, or the number of the element.
    if (expr.child(1).constant() == nullptr && key.exposure != Exposure::kShown)
      container.path_shown = false;
    return container;
  }

  // The first variable of a macro over `range` with `count` variables, and the second.
  std::pair<NodeExposure, NodeExposure> Elements(const NodeExposure& range, const Expr& expr,
                                                 bool two) const {
    const Type& type = expr.type();
    if (type.kind() == TypeKind::kList)
      return two ? std::make_pair(NodeExposure{}, range) : std::make_pair(range, range);
    NodeExposure key = range;
    if (type.kind() == TypeKind::kMap) {
      key.exposure = std::max(range.floor, OfType(range.holder, type.parameters()[0]));
    }
    NodeExposure value = range;
    if (key.exposure != Exposure::kShown) key.path_shown = value.path_shown = false;
    return {key, value};
  }

  NodeExposure Comprehension(const Expr& expr) {
    const NodeExposure range = Visit(expr.child(0));
    const bool two = !expr.variable(1).empty();
    const auto [first, second] = Elements(range, expr.child(0), two);
    const size_t scope = locals_.size();
    locals_.push_back({expr.variable(0), first});
    if (two) locals_.push_back({expr.variable(1), second});
    NodeExposure last = range;
    NodeExposure all = range;
    for (size_t i = 1; i < expr.child_count(); ++i) {
      last = Whole(Visit(expr.child(i)), expr.child(i));
      all = Combine(all, last);
    }
    locals_.resize(scope);
    switch (expr.macro()) {
      case Macro::kAll:
      case Macro::kExists:
      case Macro::kExistsOne:
        return {};
      case Macro::kFilter:
        return range;
      case Macro::kMap:
      case Macro::kTransformList:
        return last;
      default:
        return all;
    }
  }

  NodeExposure Bind(const Expr& expr) {
    const NodeExposure value = Visit(expr.child(0));
    locals_.push_back({expr.variable(0), value});
    const NodeExposure body = Visit(expr.child(1));
    locals_.pop_back();
    return expr.macro() == Macro::kBind ? body : Combine(value, body);
  }

  const DataClassSource& data_class_;
  const VariableExposures& variables_;
  ExposureTable* table_;
  std::vector<Local> locals_;
};

ExposureTable::ExposureTable(const Expr& root, const DataClassSource& data_class,
                             const VariableExposures& variables) {
  root_ = ExposureAnalysis(data_class, variables, this).Visit(root);
}

NodeExposure ExposureTable::Find(const Expr& expr) const {
  const auto node = nodes_.find(expr.id());
  if (node != nodes_.end()) return node->second;
  return {Exposure::kSecret, v1::DATA_CLASS_SECRET, false};
}

absl::string_view MaskOf(Exposure exposure) {
  switch (exposure) {
    case Exposure::kShown:
      return "";
    case Exposure::kUnclassified:
      return MaskOf(v1::DATA_CLASS_UNSPECIFIED);
    case Exposure::kPersonal:
      return MaskOf(v1::DATA_CLASS_PERSONAL);
    case Exposure::kSensitive:
      return MaskOf(v1::DATA_CLASS_SENSITIVE);
    case Exposure::kSecret:
      break;
  }
  return MaskOf(v1::DATA_CLASS_SECRET);
}

}  // namespace rules
}  // namespace frontdesk
