// Hints at an author's meaning: the texts of issues about names, functions and operators.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cel/checker.h"
#include "cel/macros.h"
#include "cel/names.h"

namespace frontdesk::cel::cel_internal {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::EnumDescriptor;
using ::google::protobuf::EnumValueDescriptor;
using ::google::protobuf::FieldDescriptor;

struct Alias {
  absl::string_view written, meant;
};

// Names in other languages.
constexpr Alias kNames[] = {{"True", "true"},   {"TRUE", "true"}, {"False", "false"},
                            {"FALSE", "false"}, {"None", "null"}, {"none", "null"},
                            {"nil", "null"},    {"NULL", "null"}, {"undefined", "null"}};
constexpr Alias kFunctions[] = {{"length", "size"},
                                {"len", "size"},
                                {"count", "size"},
                                {"strlen", "size"},
                                {"include", "contains"},
                                {"includes", "contains"},
                                {"lower", "lowerAscii"},
                                {"toLower", "lowerAscii"},
                                {"toLowerCase", "lowerAscii"},
                                {"upper", "upperAscii"},
                                {"toUpper", "upperAscii"},
                                {"toUpperCase", "upperAscii"},
                                {"strip", "trim"},
                                {"match", "matches"},
                                {"test", "matches"},
                                {"any", "exists"},
                                {"some", "exists"},
                                {"every", "all"},
                                {"where", "filter"},
                                {"select", "map"},
                                {"float", "double"},
                                {"str", "string"},
                                {"len", "size"},
                                {"abs", "math.abs"},
                                {"ceil", "math.ceil"},
                                {"floor", "math.floor"},
                                {"round", "math.round"},
                                {"max", "math.greatest"},
                                {"min", "math.least"},
                                {"average", "avg"},
                                {"mean", "avg"},
                                {"total", "sum"},
                                {"day", "days"},
                                {"hour", "hours"},
                                {"minute", "minutes"},
                                {"math.max", "math.greatest"},
                                {"math.min", "math.least"},
                                {"getDay", "getDayOfWeek"},
                                {"getYear", "getFullYear"},
                                {"hours", "getHours"},
                                {"minutes", "getMinutes"},
                                {"seconds", "getSeconds"}};

// Spans that are written in days.
constexpr Alias kUnits[] = {{"week", "days(7)"},    {"weeks", "days(7)"},  {"month", "days(30)"},
                            {"months", "days(30)"}, {"year", "days(365)"}, {"years", "days(365)"}};

absl::string_view FindAlias(absl::Span<const Alias> aliases, absl::string_view written) {
  for (const Alias& alias : aliases) {
    if (alias.written == written) return alias.meant;
  }
  return "";
}

bool IsNumber(const Type& type) {
  const TypeKind kind =
      type.kind() == TypeKind::kWrapper ? type.parameters()[0].kind() : type.kind();
  return kind == TypeKind::kInt || kind == TypeKind::kUint || kind == TypeKind::kDouble;
}

// `implicit`: the number of parameters that are not written.
std::string Signature(absl::string_view name, const OverloadDecl& overload, size_t implicit) {
  absl::Span<const Type> types = overload.parameters;
  types.remove_suffix(std::min(implicit, types.size()));
  const auto join = [&overload](absl::Span<const Type> parameters) {
    return absl::StrJoin(parameters, ", ", [&overload](std::string* out, const Type& type) {
      const bool absent = overload.takes_absent && type.kind() == TypeKind::kOptional;
      absl::StrAppend(out, (absent ? type.parameters()[0] : type).ToString());
    });
  };
  if (!overload.member || types.empty()) return absl::StrCat(name, "(", join(types), ")");
  return absl::StrCat(types[0].ToString(), ".", name, "(", join(types.subspan(1)), ")");
}

}  // namespace

SourceRange Checker::NameRange(absl::string_view name) const {
  const absl::string_view text = data_->text;
  if (name.data() < text.data() || name.data() > text.data() + text.size()) return {0, 0};
  const int32_t begin = static_cast<int32_t>(name.data() - text.data());
  return {begin, begin + static_cast<int32_t>(name.size())};
}

void Checker::UnknownName(int32_t index) {
  if (!check_) return;
  const AstNode& node = data_->node(index);
  std::string hint;
  if (environment_.FindFunction(node.name) != nullptr ||
      IsMacroName(node.name, environment_.extensions)) {
    hint = "; there is a function of that name: call it with ( )";
  } else if (const absl::string_view meant = FindAlias(kNames, node.name); !meant.empty()) {
    hint = absl::StrCat("; did you mean '", meant, "'?");
  } else {
    Suggestion suggestion(node.name), fields(node.name), types(node.name);
    const auto consider = [&](absl::string_view name, const Type& type) {
      suggestion.Consider(name);
      const Descriptor* message = types_.Resolve(type).descriptor();
      if (message == nullptr || node.name.size() < 3) return;
      for (int i = 0; i < message->field_count(); ++i) {
        const std::string& field = message->field(i)->name();
        fields.Consider(field, absl::StrCat(name, ".", field));
      }
    };
    for (const Local& local : locals_) consider(local.name, local.type);
    for (const VariableDecl& variable : environment_.variables) {
      consider(variable.name, variable.type);
    }
    // Types and enum values are written with a capital.
    if (!node.name.empty() && absl::ascii_isupper(node.name[0])) {
      types.ConsiderTypes(environment_, /*messages_only=*/false);
    }
    for (const Suggestion* each : {&suggestion, &types, &fields}) {
      if (hint.empty()) hint = each->Text();
    }
    if (hint.empty() && IsCompared(index)) {
      hint = absl::StrCat("; a text is written in quotes: '", node.name, "'");
    }
  }
  Error(Code::UNKNOWN_NAME, node.focus, absl::StrCat("unknown name '", node.name, "'", hint));
}

bool Checker::IsCompared(int32_t index) const {
  if (data_->node(index).name.find('.') != absl::string_view::npos) return false;
  return std::any_of(data_->nodes.begin(), data_->nodes.end(), [&](const AstNode& node) {
    if (!IsComparison(node.op) && node.op != Operator::kIn && node.kind != ExprKind::kList) {
      return false;
    }
    const auto children = data_->children_of(node);
    return std::find(children.begin(), children.end(), index) != children.end();
  });
}

void Checker::UnknownMessage(int32_t index) {
  if (!check_) return;
  const AstNode& node = data_->node(index);
  Suggestion suggestion(node.name);
  suggestion.ConsiderTypes(environment_, /*messages_only=*/true);
  Error(Code::UNKNOWN_MESSAGE, node.focus,
        absl::StrCat("unknown message type '", node.name, "'", suggestion.Text()));
}

bool Checker::UnknownMember(int32_t index, absl::string_view name, bool root_scope) {
  if (!check_) return false;
  const size_t dot = name.rfind('.');
  if (dot == absl::string_view::npos) return false;
  const absl::string_view parent = name.substr(0, dot), member = name.substr(dot + 1);
  const SourceRange focus = data_->node(index).focus;
  if (const EnumDescriptor* type = ResolveEnum(environment_, parent, root_scope)) {
    Suggestion suggestion(member);
    suggestion.ConsiderValues(type);
    Error(Code::UNKNOWN_NAME, focus,
          absl::StrCat("enum '", type->full_name(), "' has no value '", member, "'",
                       suggestion.Text()));
    return true;
  }
  if (const EnumDescriptor* type = ResolveEnum(environment_, name, root_scope)) {
    Error(Code::UNKNOWN_NAME, focus,
          absl::StrCat("an enum type is no value; write one of its values, such as ", name, ".",
                       type->value(0)->name()));
    return true;
  }
  const Descriptor* message = ResolveMessage(environment_, parent, root_scope);
  if (message == nullptr) return false;
  Suggestion suggestion(member);
  for (int i = 0; i < message->nested_type_count(); ++i) {
    suggestion.Consider(message->nested_type(i)->name());
  }
  for (int i = 0; i < message->enum_type_count(); ++i) {
    suggestion.Consider(message->enum_type(i)->name());
    for (int k = 0; k < message->enum_type(i)->value_count(); ++k) {
      suggestion.Consider(message->enum_type(i)->value(k)->name());
    }
  }
  std::string hint = suggestion.Text();
  if (hint.empty() && message->FindFieldByName(std::string(member)) != nullptr) {
    hint = "; its fields are read from a variable, not from the type";
  }
  Error(Code::UNKNOWN_NAME, focus,
        absl::StrCat("message type '", message->full_name(), "' holds no type or enum value '",
                     member, "'", hint));
  return true;
}

std::string Checker::MethodHint(absl::string_view name) const {
  const FunctionDecl* function = environment_.FindFunction(name);
  if (function == nullptr) return "";
  for (const OverloadDecl& overload : function->overloads) {
    if (overload.member) return absl::StrCat("; there is a function '", name, "()'");
  }
  return "";
}

absl::string_view Checker::TextOf(int32_t index) const {
  const SourceRange range = data_->node(index).range;
  return absl::string_view(data_->text)
      .substr(static_cast<size_t>(range.begin), static_cast<size_t>(range.end - range.begin));
}

std::string Checker::ElementHint(int32_t list, const Type& type, absl::string_view name) const {
  if (type.kind() != TypeKind::kList) return "";
  const Descriptor* element = type.parameters()[0].descriptor();
  if (element == nullptr || element->FindFieldByName(std::string(name)) == nullptr) return "";
  return absl::StrCat("; its elements have one: ", TextOf(list), ".exists(e, e.", name, " ...)");
}

std::string Checker::FunctionScope(int32_t index) const {
  int32_t first = -1, slot = -1;
  const std::string receiver = QualifiedName(Child(index, 0), &first);
  if (receiver.empty() || FindLocal(data_->node(first).name, &slot) != nullptr) return "";
  const std::string prefix = absl::StrCat(receiver, ".");
  const auto starts = [&](const auto& entry) { return absl::StartsWith(entry.first, prefix); };
  const bool scope =
      std::any_of(environment_.functions.begin(), environment_.functions.end(), starts) ||
      IsMacroPrefix(receiver, environment_.extensions);
  return scope ? receiver : "";
}

void Checker::VisitUnknownFunction(int32_t index) {
  const AstNode node = data_->node(index);
  const bool member = (node.flags & kMemberCall) != 0;
  std::string name(node.name);
  const std::string scope = member ? FunctionScope(index) : "";
  const bool qualified = !scope.empty();
  if (qualified) name = absl::StrCat(scope, ".", name);
  const std::string usage = MacroUsage(name, member && !qualified, environment_.extensions);
  if (!usage.empty()) {
    Error(Code::MACRO_ARGUMENT, node.focus, absl::StrCat("'", name, "' is written ", usage));
  } else {
    std::string hint;
    const absl::string_view meant = FindAlias(kFunctions, name);
    if (!meant.empty() && (environment_.FindFunction(meant) != nullptr ||
                           IsMacroName(meant, environment_.extensions))) {
      hint = absl::StrCat("; did you mean '", meant, "'?");
    } else if (const absl::string_view span = FindAlias(kUnits, name);
               !span.empty() && environment_.FindFunction("days") != nullptr) {
      hint = absl::StrCat("; a span of time is counted in days: ", span);
    } else {
      Suggestion suggestion(name);
      for (const auto& [known, function] : environment_.functions) {
        if (known.find_first_of("_@[") == absl::string_view::npos) suggestion.Consider(known);
      }
      ConsiderMacros(environment_.extensions, &suggestion);
      hint = suggestion.Text();
    }
    Error(Code::UNKNOWN_FUNCTION, node.focus, absl::StrCat("unknown function '", name, "'", hint));
  }
  // A name that looks like a macro's variable is not reported as well.
  const size_t mark = locals_.size();
  const int first_argument = member ? 1 : 0;
  for (int i = 0; i < node.child_count; ++i) {
    const AstNode& child = data_->node(Child(index, i));
    if (i == 0 && qualified) continue;
    if (i == first_argument && node.child_count > first_argument && member &&
        child.kind == ExprKind::kIdentifier && environment_.FindVariable(child.name) == nullptr) {
      locals_.push_back({child.name, Type::Error()});
      continue;
    }
    Visit(Child(index, i));
  }
  locals_.resize(mark);
}

std::string Checker::EnumHint(int32_t index, int which, const Type& other) {
  const AstNode& operand = data_->node(Child(index, which));
  if (operand.field == nullptr || operand.field->cpp_type() != FieldDescriptor::CPPTYPE_ENUM ||
      operand.field->is_repeated() || other.kind() != TypeKind::kString) {
    return "";
  }
  const EnumDescriptor* type = operand.field->enum_type();
  const EnumValueDescriptor* value = type->value(type->value_count() - 1);
  const AstNode& text = data_->node(Child(index, 1 - which));
  if (text.kind == ExprKind::kConstant) {
    const std::string written =
        absl::AsciiStrToUpper(data_->constants[text.constant].string_value());
    for (int i = 0; i < type->value_count(); ++i) {
      const std::string& known = type->value(i)->name();
      if (known == written || absl::EndsWith(known, "_" + written)) value = type->value(i);
    }
  }
  // As it is written in the container.
  std::string name = type->full_name();
  for (const std::string& scope : environment_.scopes) {
    if (scope.empty() || !absl::StartsWith(name, scope + ".")) continue;
    name = name.substr(scope.size() + 1);
    break;
  }
  return absl::StrCat("; '", operand.field->name(), "' is an enum: write ", name, ".",
                      value->name());
}

std::string Checker::LiteralHint(int32_t index, int which, const Type& type, const Type& other) {
  if (type.kind() != TypeKind::kMessage) return "";
  const auto found = environment_.literal_hints.find(type.name());
  if (found == environment_.literal_hints.end()) return "";
  if (!IsNumber(other) && other.kind() != TypeKind::kString) return "";
  std::string literal = found->second.example;
  const AstNode& written = data_->node(Child(index, 1 - which));
  if (written.kind == ExprKind::kConstant && IsNumber(other)) {
    const SourceRange range = written.range;
    literal = data_->text.substr(static_cast<size_t>(range.begin),
                                 static_cast<size_t>(range.end - range.begin));
  }
  return absl::StrCat("; write ", absl::StrReplaceAll(found->second.text, {{"{}", literal}}));
}

std::string Checker::OperatorHint(int32_t index, absl::Span<const Type> arguments) {
  const Operator op = data_->node(index).op;
  if (op == Operator::kNot) return "; a comparison is negated in brackets: !(a == b)";
  if (arguments.size() != 2) return "";
  const Type left = types_.Resolve(arguments[0]), right = types_.Resolve(arguments[1]);
  const auto either = [&](TypeKind a, TypeKind b) {
    return (left.kind() == a && right.kind() == b) || (left.kind() == b && right.kind() == a);
  };
  if (op == Operator::kIndex) {
    if (left.kind() == TypeKind::kMessage) return "; fields are read with a dot";
    if (left.kind() == TypeKind::kString && environment_.FindFunction("charAt") != nullptr) {
      return "; a character is read with charAt()";
    }
    return "";
  }
  if (op == Operator::kIn) return "; 'in' needs a list or a map on its right";
  for (int which = 0; which < 2; ++which) {
    const std::string hint = EnumHint(index, which, which == 0 ? right : left);
    if (!hint.empty()) return hint;
  }
  for (int which = 0; which < 2; ++which) {
    const std::string hint =
        LiteralHint(index, which, which == 0 ? left : right, which == 0 ? right : left);
    if (!hint.empty()) return hint;
  }
  if (IsNumber(left) && IsNumber(right) && left.kind() != right.kind()) {
    return "; convert one side with int(), uint() or double()";
  }
  if (either(TypeKind::kTimestamp, TypeKind::kString)) return "; write timestamp('...')";
  if (either(TypeKind::kDuration, TypeKind::kString)) return "; write duration('...')";
  if (either(TypeKind::kDuration, TypeKind::kInt) || either(TypeKind::kTimestamp, TypeKind::kInt)) {
    if (op == Operator::kMultiply || op == Operator::kDivide) return "";
    const absl::string_view number = TextOf(Child(index, left.kind() == TypeKind::kInt ? 0 : 1));
    const bool is_plain = !number.empty() && number.size() < 6 &&
                          std::all_of(number.begin(), number.end(), absl::ascii_isdigit);
    return environment_.FindFunction("days") != nullptr && is_plain
               ? absl::StrCat("; a span of time is written days(", number, ")")
               : "; a span of time is written duration('60s')";
  }
  if (IsComparison(op) && either(TypeKind::kDuration, TypeKind::kTimestamp)) {
    return "; the span between two instants is written a - b";
  }
  if (IsOrder(op) && left.kind() == TypeKind::kBool && IsNumber(right) &&
      IsComparison(data_->node(Child(index, 0)).op)) {
    return "; write two comparisons: a < b && b < c";
  }
  for (int which = 0; which < 2; ++which) {
    const absl::string_view text = TextOf(Child(index, which));
    const bool is_number =
        text.size() > 2 && std::all_of(text.begin() + 1, text.end() - 1, absl::ascii_isdigit);
    if (IsComparison(op) && is_number && IsNumber(which == 0 ? right : left) &&
        (which == 0 ? left : right).kind() == TypeKind::kString) {
      return absl::StrCat("; a number has no quotes: ", text.substr(1, text.size() - 2));
    }
  }
  if (IsEquality(op) &&
      (left.kind() == TypeKind::kOptional) != (right.kind() == TypeKind::kOptional)) {
    return "; the value may be absent: open it with orValue()";
  }
  if (IsEquality(op)) {
    const bool holds =
        (left.kind() == TypeKind::kList && types_.Assignable(right, left.parameters()[0])) ||
        (right.kind() == TypeKind::kList && types_.Assignable(left, right.parameters()[0]));
    if (holds) {
      const bool is_left = left.kind() == TypeKind::kList;
      return absl::StrCat("; to look for an element write ", TextOf(Child(index, is_left ? 1 : 0)),
                          " in ", TextOf(Child(index, is_left ? 0 : 1)));
    }
  }
  if (op == Operator::kAdd &&
      (left.kind() == TypeKind::kString || right.kind() == TypeKind::kString)) {
    return "; convert with string()";
  }
  return "";
}

void Checker::NoOperator(int32_t index, absl::Span<const Type> arguments) {
  const AstNode& node = data_->node(index);
  std::string message =
      absl::StrCat("'", OperatorSpelling(node.op), "' does not take ", Show(arguments[0]));
  if (arguments.size() > 1) absl::StrAppend(&message, " and ", Show(arguments[1]));
  absl::StrAppend(&message, OperatorHint(index, arguments));
  Error(Code::NO_MATCHING_OVERLOAD, node.focus, message);
}

void Checker::NoOverload(const FunctionDecl& function, int32_t index,
                         absl::Span<const Type> arguments) {
  // An invalid argument has been reported already.
  for (const Type& argument : arguments) {
    if (argument.is_error()) return;
  }
  const AstNode& node = data_->node(index);
  if (node.op != Operator::kNone) return NoOperator(index, arguments);
  const bool member = (node.flags & kMemberCall) != 0;
  OverloadDecl called;
  called.member = member;
  for (const Type& argument : arguments) {
    called.parameters.push_back(types_.Substitute(argument, true));
  }
  // Those that are called the same way, with as many arguments first.
  std::vector<const OverloadDecl*> known;
  for (const OverloadDecl& overload : function.overloads) known.push_back(&overload);
  std::stable_sort(known.begin(), known.end(), [&](const OverloadDecl* a, const OverloadDecl* b) {
    const auto rank = [&](const OverloadDecl* overload) {
      return 2 * (overload->member != member) + (overload->parameters.size() != arguments.size());
    };
    return rank(a) < rank(b);
  });
  constexpr size_t kShown = 4;
  std::vector<std::string> shown;
  for (const OverloadDecl* overload : known) {
    if (shown.size() == kShown) {
      shown.push_back("...");
      break;
    }
    shown.push_back(Signature(node.name, *overload, function.variables.size()));
  }
  // The name of a function that is called in another way here, such as math.greatest(1, 2) or t.getHours().
  std::string hint;
  const absl::string_view meant = FindAlias(kFunctions, node.name);
  const bool other_form =
      known.front()->member != member || known.front()->parameters.size() != arguments.size();
  if (other_form && !meant.empty() && environment_.FindFunction(meant) != nullptr) {
    hint = absl::StrCat("; did you mean '", meant, "'?");
  }
  Error(Code::NO_MATCHING_OVERLOAD, node.focus,
        absl::StrCat("there is no ", Signature(node.name, called, function.variables.size()),
                     "; there is ", absl::StrJoin(shown, ", "), hint));
}

}  // namespace frontdesk::cel::cel_internal
