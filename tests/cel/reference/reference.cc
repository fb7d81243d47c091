#include "cel/reference/reference.h"

#include <cmath>
#include <memory>

#include "google/protobuf/descriptor.h"

namespace frontdesk::cel::testing {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::DescriptorPool;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::MessageFactory;

const FieldDescriptor* FindField(const Descriptor* type, const std::string& name) {
  const FieldDescriptor* field = type->FindFieldByName(name);
  if (field != nullptr) return field;
  field = DescriptorPool::generated_pool()->FindExtensionByName(name);
  return field != nullptr && field->containing_type() == type ? field : nullptr;
}

Plain Select(const Plain& target, const std::string& name) {
  if (target.is(PlainKind::kMessage)) {
    const FieldDescriptor* field = FindField(target.message->GetDescriptor(), name);
    return field == nullptr ? Plain::Error("NO_SUCH_FIELD") : FromField(*target.message, field);
  }
  if (target.is(PlainKind::kMap)) {
    const Plain* found = FindEntry(target, Plain::String(name));
    return found == nullptr ? Plain::Error("NO_SUCH_FIELD") : *found;
  }
  return Plain::Error("NOT_SELECTABLE");
}

Plain Has(const Plain& target, const std::string& name) {
  if (target.is(PlainKind::kMessage)) {
    const FieldDescriptor* field = FindField(target.message->GetDescriptor(), name);
    if (field == nullptr) return Plain::Error("NO_SUCH_FIELD");
    return Plain::Bool(HasField(*target.message, field));
  }
  if (target.is(PlainKind::kMap)) {
    return Plain::Bool(FindEntry(target, Plain::String(name)) != nullptr);
  }
  return Plain::Error("NOT_SELECTABLE");
}

Plain SelectOptional(const Plain& target, const std::string& name) {
  const Plain has = Has(target, name);
  if (has.is_error()) return has;
  if (!has.boolean) return Plain::None();
  Plain value = Select(target, name);
  return value.is_error() ? value : Plain::Some(std::move(value));
}

bool IsKey(const Plain& key) {
  return key.is(PlainKind::kBool) || key.is(PlainKind::kInt) || key.is(PlainKind::kUint) ||
         key.is(PlainKind::kString);
}

Plain Index(const Plain& container, const Plain& key) {
  if (container.is(PlainKind::kMap)) {
    if (!IsKey(key) && !key.is(PlainKind::kDouble)) return Plain::Error("UNSUPPORTED_KEY");
    const Plain* found = FindEntry(container, key);
    return found == nullptr ? Plain::Error("NO_SUCH_KEY") : *found;
  }
  if (!container.is(PlainKind::kList) || !IsPlainNumber(key)) {
    return Plain::Error("NO_MATCHING_OVERLOAD");
  }
  for (size_t i = 0; i < container.elements.size(); ++i) {
    if (PlainEquals(Plain::Int(static_cast<int64_t>(i)), key)) return container.elements[i];
  }
  return Plain::Error("INDEX_OUT_OF_RANGE");
}

bool HasDuplicate(const Plain& map) {
  for (size_t i = 0; i < map.entries.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      if (PlainEquals(map.entries[i].first, map.entries[k].first)) return true;
    }
  }
  return false;
}

// An error in place of a condition.
Plain NotBool(const Plain& value) { return value.is_error() ? value : Plain::Error("NOT_BOOL"); }

}  // namespace

absl::optional<Plain> Reference::Evaluate(const Expr& expr) {
  Plain value = Visit(expr);
  if (unknown_) return absl::nullopt;
  return value;
}

Plain Reference::Unknown() {
  unknown_ = true;
  return Plain::Error("UNSUPPORTED");
}

Plain Reference::Visit(const Expr& expr) {
  constexpr int64_t kMaxSteps = 100000;
  if (unknown_ || ++steps_ > kMaxSteps) return Unknown();
  switch (expr.kind()) {
    case ExprKind::kConstant:
      return FromValue(*expr.constant());
    case ExprKind::kIdentifier:
      return VisitIdentifier(expr);
    case ExprKind::kSelect:
      return VisitSelect(expr, false);
    case ExprKind::kHas:
      return VisitHas(expr);
    case ExprKind::kCall:
      return VisitCall(expr);
    case ExprKind::kList:
      return VisitList(expr);
    case ExprKind::kMap:
      return VisitMap(expr);
    case ExprKind::kMessage:
      return VisitMessage(expr);
    case ExprKind::kComprehension:
      return VisitComprehension(expr);
    case ExprKind::kBind:
      return VisitBind(expr);
  }
  return Unknown();
}

Plain Reference::VisitIdentifier(const Expr& expr) {
  switch (expr.reference()) {
    case ReferenceKind::kRootField:
      return FromField(root_, expr.field());
    case ReferenceKind::kConstant:
    case ReferenceKind::kType:
      return FromValue(*expr.constant());
    case ReferenceKind::kLocal:
      for (size_t i = locals_.size(); i-- > 0;) {
        if (locals_[i].first == expr.name()) return locals_[i].second;
      }
      return Unknown();
    case ReferenceKind::kNone:
      return Plain::Error("UNKNOWN_NAME");
    default:
      return Unknown();
  }
}

Plain Reference::VisitSelect(const Expr& expr, bool optional) {
  const Plain target = Visit(expr.child(0));
  if (target.is_error()) return target;
  const std::string name(expr.name());
  if (target.is(PlainKind::kOptional)) {
    if (target.elements.empty() || (optional && target.elements[0].is(PlainKind::kNull))) {
      return Plain::None();
    }
    return SelectOptional(target.elements[0], name);
  }
  if (optional && target.is(PlainKind::kNull)) return Plain::None();
  return optional ? SelectOptional(target, name) : Select(target, name);
}

Plain Reference::VisitHas(const Expr& expr) {
  if (expr.child_count() == 0) {
    if (expr.field() == nullptr) return Plain::Error("UNKNOWN_NAME");
    return Plain::Bool(HasField(root_, expr.field()));
  }
  const Plain target = Visit(expr.child(0));
  if (target.is_error()) return target;
  const std::string name(expr.name());
  if (!target.is(PlainKind::kOptional)) return Has(target, name);
  return target.elements.empty() ? Plain::Bool(false) : Has(target.elements[0], name);
}

// && and ||: the first decisive term ends it, whatever failed before; otherwise the first failure counts.
Plain Reference::VisitLogical(const Expr& expr, bool decisive) {
  Plain failure;
  for (size_t i = 0; i < expr.child_count(); ++i) {
    const Plain term = Visit(expr.child(i));
    if (term.is(PlainKind::kBool)) {
      if (term.boolean == decisive) return term;
    } else if (!failure.is_error()) {
      failure = NotBool(term);
    }
  }
  return failure.is_error() ? failure : Plain::Bool(!decisive);
}

Plain Reference::VisitIndex(const Expr& expr, bool optional) {
  Plain container = Visit(expr.child(0));
  if (container.is_error()) return container;
  const Plain key = Visit(expr.child(1));
  if (key.is_error()) return key;
  if (container.is(PlainKind::kOptional)) {
    if (container.elements.empty()) return Plain::None();
    container = Plain(container.elements[0]);
    optional = true;
  }
  Plain found = Index(container, key);
  if (!optional) return found;
  if (!found.is_error()) return Plain::Some(std::move(found));
  if (found.text == "NO_SUCH_KEY" || found.text == "INDEX_OUT_OF_RANGE") return Plain::None();
  return found;
}

Plain Reference::VisitCall(const Expr& expr) {
  switch (expr.op()) {
    case Operator::kAnd:
      return VisitLogical(expr, false);
    case Operator::kOr:
      return VisitLogical(expr, true);
    case Operator::kConditional: {
      const Plain condition = Visit(expr.child(0));
      if (!condition.is(PlainKind::kBool)) return NotBool(condition);
      return Visit(expr.child(condition.boolean ? 1 : 2));
    }
    case Operator::kOptionalSelect:
      return VisitSelect(expr, true);
    case Operator::kIndex:
      return VisitIndex(expr, false);
    case Operator::kOptionalIndex:
      return VisitIndex(expr, true);
    default:
      break;
  }
  const std::string name(expr.name());
  std::vector<Plain> arguments;
  for (size_t i = 0; i < expr.child_count(); ++i) {
    arguments.push_back(Visit(expr.child(i)));
    if (arguments.back().is_error()) return arguments.back();
    // The alternative of an empty optional is looked at only then.
    const bool either = expr.is_member() && (name == "or" || name == "orValue");
    if (i == 0 && either && !arguments[0].is(PlainKind::kOptional)) {
      return Plain::Error("NO_MATCHING_OVERLOAD");
    }
    if (i == 0 && either && !arguments[0].elements.empty()) {
      return name == "or" ? arguments[0] : Plain(arguments[0].elements[0]);
    }
  }
  if (expr.op() == Operator::kNone && arguments.size() == 1 &&
      (name == "sum" || name == "min" || name == "max" || name == "avg")) {
    // The type says which zero is the sum of an empty list.
    const Type& type = expr.child(0).type();
    const TypeKind element =
        type.kind() == TypeKind::kList ? type.parameters()[0].kind() : TypeKind::kDyn;
    const Plain zero = element == TypeKind::kUint       ? Plain::Uint(0)
                       : element == TypeKind::kDouble   ? Plain::Double(0)
                       : element == TypeKind::kDuration ? Plain::Duration(0)
                                                        : Plain::Int(0);
    return AggregatePlain(name, arguments[0], zero);
  }
  Plain result = expr.op() == Operator::kNone
                     ? CallPlainFunction(name, expr.is_member(), std::move(arguments))
                     : ApplyPlainOperator(expr.op(), arguments);
  if (result.is_error() && result.text == "UNSUPPORTED") return Unknown();
  return result;
}

bool Reference::Entry(const Expr& expr, size_t child, Plain* value) {
  *value = Visit(expr.child(child));
  if (value->is_error() || !expr.is_optional(child)) return true;
  if (!value->is(PlainKind::kOptional)) {
    *value = Plain::Error("TYPE_MISMATCH");
    return true;
  }
  if (value->elements.empty()) return false;
  *value = Plain(value->elements[0]);
  return true;
}

Plain Reference::VisitList(const Expr& expr) {
  std::vector<Plain> elements;
  for (size_t i = 0; i < expr.child_count(); ++i) {
    Plain element;
    if (!Entry(expr, i, &element)) continue;
    if (element.is_error()) return element;
    elements.push_back(std::move(element));
  }
  return Plain::List(std::move(elements));
}

Plain Reference::VisitMap(const Expr& expr) {
  Plain map = Plain::Map({});
  for (size_t i = 0; i + 1 < expr.child_count(); i += 2) {
    const Plain key = Visit(expr.child(i));
    if (key.is_error()) return key;
    if (!IsKey(key)) return Plain::Error("UNSUPPORTED_KEY");
    Plain value;
    const bool there = Entry(expr, i + 1, &value);
    if (value.is_error()) return value;
    if (!there) continue;
    map.entries.emplace_back(key, std::move(value));
  }
  return HasDuplicate(map) ? Plain::Error("DUPLICATE_KEY") : map;
}

Plain Reference::VisitMessage(const Expr& expr) {
  const Descriptor* type =
      DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(expr.name()));
  if (type == nullptr) return Plain::Error("UNKNOWN_MESSAGE");
  std::unique_ptr<Message> message(MessageFactory::generated_factory()->GetPrototype(type)->New());
  for (size_t i = 0; i < expr.child_count(); ++i) {
    Plain value;
    if (!Entry(expr, i, &value)) continue;
    if (value.is_error()) return value;
    const FieldDescriptor* field = FindField(type, std::string(expr.field_name(i)));
    if (field == nullptr) return Plain::Error("NO_SUCH_FIELD");
    const std::string wrong = SetField(message.get(), field, value);
    if (wrong == "UNSUPPORTED") return Unknown();
    if (!wrong.empty()) return Plain::Error(wrong);
  }
  return FromMessage(*message);
}

Plain Reference::VisitComprehension(const Expr& expr) {
  const Plain range = Visit(expr.child(0));
  if (range.is_error()) return range;
  std::vector<std::pair<Plain, Plain>> pairs;
  if (range.is(PlainKind::kList)) {
    for (size_t i = 0; i < range.elements.size(); ++i) {
      pairs.emplace_back(Plain::Int(static_cast<int64_t>(i)), range.elements[i]);
    }
  } else if (range.is(PlainKind::kMap)) {
    pairs = range.entries;
  } else {
    return Plain::Error("NO_MATCHING_OVERLOAD");
  }
  const bool two = !expr.variable(1).empty();
  const bool filtered = expr.child_count() == 3;
  const Expr body = expr.child(filtered ? 2 : 1);
  const size_t mark = locals_.size();
  Plain failure;
  int64_t count = 0;
  std::vector<Plain> elements;
  Plain map = Plain::Map({});
  for (const auto& [key, value] : pairs) {
    locals_.resize(mark);
    const Plain one = range.is(PlainKind::kList) ? value : key;
    if (value.is_error() && (two || range.is(PlainKind::kList))) {
      failure = value;
      break;
    }
    locals_.emplace_back(std::string(expr.variable(0)), two ? key : one);
    if (two) locals_.emplace_back(std::string(expr.variable(1)), value);
    if (filtered) {
      const Plain wanted = Visit(expr.child(1));
      if (!wanted.is(PlainKind::kBool)) {
        locals_.resize(mark);
        return NotBool(wanted);
      }
      if (!wanted.boolean) continue;
    }
    const Plain result = Visit(body);
    const bool yes = result.is(PlainKind::kBool) && result.boolean;
    const bool no = result.is(PlainKind::kBool) && !result.boolean;
    switch (expr.macro()) {
      case Macro::kAll:
      case Macro::kExists:
        if (expr.macro() == Macro::kAll ? no : yes) {
          locals_.resize(mark);
          return result;
        }
        if (!yes && !no && !failure.is_error()) failure = NotBool(result);
        continue;
      case Macro::kExistsOne:
      case Macro::kFilter:
        if (!yes && !no) {
          locals_.resize(mark);
          return NotBool(result);
        }
        count += yes;
        if (yes) elements.push_back(one);
        continue;
      default:
        break;
    }
    if (result.is_error()) {
      locals_.resize(mark);
      return result;
    }
    if (expr.macro() == Macro::kTransformMap) {
      map.entries.emplace_back(key, result);
    } else if (expr.macro() == Macro::kTransformMapEntry) {
      if (!result.is(PlainKind::kMap)) {
        locals_.resize(mark);
        return Plain::Error("TYPE_MISMATCH");
      }
      map.entries.insert(map.entries.end(), result.entries.begin(), result.entries.end());
    } else {
      elements.push_back(result);
    }
  }
  locals_.resize(mark);
  if (failure.is_error()) return failure;
  switch (expr.macro()) {
    case Macro::kAll:
      return Plain::Bool(true);
    case Macro::kExists:
      return Plain::Bool(false);
    case Macro::kExistsOne:
      return Plain::Bool(count == 1);
    case Macro::kTransformMap:
    case Macro::kTransformMapEntry:
      return HasDuplicate(map) ? Plain::Error("DUPLICATE_KEY") : map;
    default:
      return Plain::List(std::move(elements));
  }
}

Plain Reference::VisitBind(const Expr& expr) {
  Plain value = Visit(expr.child(0));
  // Of cel.bind a failure counts where the name is used.
  if (expr.macro() != Macro::kBind) {
    if (value.is_error()) return value;
    if (!value.is(PlainKind::kOptional)) return Plain::Error("NO_MATCHING_OVERLOAD");
    if (value.elements.empty()) return value;
    value = Plain(value.elements[0]);
  }
  locals_.emplace_back(std::string(expr.variable(0)), std::move(value));
  Plain result = Visit(expr.child(1));
  locals_.pop_back();
  if (expr.macro() == Macro::kBind || result.is_error()) return result;
  if (expr.macro() == Macro::kOptMap) return Plain::Some(std::move(result));
  return result.is(PlainKind::kOptional) ? result : Plain::Error("TYPE_MISMATCH");
}

}  // namespace frontdesk::cel::testing
