#include "cel/macros.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cel/names.h"
#include "cel/parser.h"
#include "frontdesk/cel/environment.h"

namespace frontdesk::cel::cel_internal {
namespace {

struct ComprehensionMacro {
  absl::string_view name;
  Macro macro;
  int variables;
  int arguments;  // Variables included.
  uint32_t extension;
};

constexpr ComprehensionMacro kComprehensions[] = {
    {"all", Macro::kAll, 1, 2, 0},
    {"exists", Macro::kExists, 1, 2, 0},
    {"exists_one", Macro::kExistsOne, 1, 2, 0},
    {"existsOne", Macro::kExistsOne, 1, 2, 0},
    {"map", Macro::kMap, 1, 2, 0},
    {"map", Macro::kMap, 1, 3, 0},
    {"filter", Macro::kFilter, 1, 2, 0},
    {"all", Macro::kAll, 2, 3, kTwoVariablesExtension},
    {"exists", Macro::kExists, 2, 3, kTwoVariablesExtension},
    {"existsOne", Macro::kExistsOne, 2, 3, kTwoVariablesExtension},
    {"exists_one", Macro::kExistsOne, 2, 3, kTwoVariablesExtension},
    {"transformList", Macro::kTransformList, 2, 3, kTwoVariablesExtension},
    {"transformList", Macro::kTransformList, 2, 4, kTwoVariablesExtension},
    {"transformMap", Macro::kTransformMap, 2, 3, kTwoVariablesExtension},
    {"transformMap", Macro::kTransformMap, 2, 4, kTwoVariablesExtension},
    {"transformMapEntry", Macro::kTransformMapEntry, 2, 3, kTwoVariablesExtension},
    {"transformMapEntry", Macro::kTransformMapEntry, 2, 4, kTwoVariablesExtension},
};

struct Usage {
  absl::string_view name;
  bool member;
  uint32_t extension;
  absl::string_view text;
};

constexpr Usage kUsages[] = {
    {"has", false, 0, "has(a.b), with one field"},
    {"all", true, 0, "list.all(x, condition) or list.all(i, x, condition)"},
    {"exists", true, 0, "list.exists(x, condition) or list.exists(i, x, condition)"},
    {"exists_one", true, 0, "list.exists_one(x, condition) or list.exists_one(i, x, condition)"},
    {"existsOne", true, 0, "list.existsOne(x, condition) or list.existsOne(i, x, condition)"},
    {"map", true, 0, "list.map(x, value) or list.map(x, condition, value)"},
    {"filter", true, 0, "list.filter(x, condition)"},
    {"transformList", true, kTwoVariablesExtension,
     "list.transformList(i, x, value), a condition before the value if wanted"},
    {"transformMap", true, kTwoVariablesExtension,
     "map.transformMap(k, v, value), a condition before the value if wanted"},
    {"transformMapEntry", true, kTwoVariablesExtension,
     "map.transformMapEntry(k, v, {key: value}), a condition before the map if wanted"},
    {"optMap", true, kOptionalsExtension, "optional.optMap(x, value)"},
    {"optFlatMap", true, kOptionalsExtension, "optional.optFlatMap(x, optional)"},
    {"cel.bind", false, kBindingsExtension, "cel.bind(name, value, expression)"},
    {"proto.getExt", false, kProtosExtension, "proto.getExt(message, full.name.of.extension)"},
    {"proto.hasExt", false, kProtosExtension, "proto.hasExt(message, full.name.of.extension)"},
};

}  // namespace

bool IsMacroName(absl::string_view name, uint32_t extensions) {
  for (const Usage& usage : kUsages) {
    if (usage.name == name && (usage.extension & ~extensions) == 0) return true;
  }
  return false;
}

bool IsMacroPrefix(absl::string_view name, uint32_t extensions) {
  return (name == "cel" && (extensions & kBindingsExtension)) ||
         (name == "proto" && (extensions & kProtosExtension));
}

std::string MacroUsage(absl::string_view name, bool member, uint32_t extensions) {
  for (const Usage& usage : kUsages) {
    if (usage.name == name && usage.member == member && (usage.extension & ~extensions) == 0) {
      return std::string(usage.text);
    }
  }
  return "";
}

void ConsiderMacros(uint32_t extensions, Suggestion* suggestion) {
  for (const Usage& usage : kUsages) {
    if ((usage.extension & ~extensions) == 0) suggestion->Consider(usage.name);
  }
}

bool Parser::IsPlainName(int32_t index, absl::string_view name) const {
  const AstNode& node = data_->node(index);
  return node.kind == ExprKind::kIdentifier && node.name == name &&
         (node.flags & (kParenthesised | kLeadingDot)) == 0;
}

int32_t Parser::GlobalMacro(absl::string_view name, const std::vector<int32_t>& arguments,
                            SourceRange range, SourceRange) {
  if (name == "has" && arguments.size() == 1) return HasMacro(arguments[0], range);
  return kNoMacro;
}

int32_t Parser::HasMacro(int32_t argument, SourceRange range) {
  AstNode& node = data_->node(argument);
  const bool identifier = node.kind == ExprKind::kIdentifier && options_.has_identifier;
  if (node.kind != ExprKind::kSelect && !identifier) {
    return FailAt(Code::MACRO_ARGUMENT, node.range,
                  "has() needs the selection of a field, such as a.b");
  }
  node.kind = ExprKind::kHas;
  node.range = range;
  return argument;
}

absl::string_view Parser::VariableName(int32_t argument) {
  const AstNode& node = data_->node(argument);
  if (node.kind != ExprKind::kIdentifier || (node.flags & (kLeadingDot | kParenthesised))) {
    FailAt(Code::MACRO_ARGUMENT, node.range, "the variable of a macro must be a simple name");
    return "";
  }
  return node.name;
}

int32_t Parser::MemberMacro(int32_t target, absl::string_view name,
                            const std::vector<int32_t>& arguments, SourceRange range,
                            SourceRange focus) {
  const int count = static_cast<int>(arguments.size());
  for (const ComprehensionMacro& macro : kComprehensions) {
    if (macro.name == name && macro.arguments == count &&
        (macro.extension == 0 || Has(macro.extension))) {
      return Comprehension(macro.macro, target, macro.variables, arguments, range, focus);
    }
  }
  if (Has(kOptionalsExtension) && count == 2 && (name == "optMap" || name == "optFlatMap")) {
    return BindMacro(name == "optMap" ? Macro::kOptMap : Macro::kOptFlatMap, arguments[0], target,
                     arguments[1], range, focus);
  }
  if (IsPlainName(target, "cel")) {
    if (Has(kBindingsExtension) && name == "bind" && count == 3) {
      return BindMacro(Macro::kBind, arguments[0], arguments[1], arguments[2], range, focus);
    }
    if (Has(kBlockExtension)) return BlockMacro(name, arguments, range, focus);
  }
  if (Has(kProtosExtension) && count == 2 && IsPlainName(target, "proto") &&
      (name == "getExt" || name == "hasExt")) {
    return ProtoExtensionMacro(arguments, name == "hasExt", range);
  }
  if (Has(kMathExtension) && IsPlainName(target, "math") &&
      (name == "greatest" || name == "least")) {
    return GreatestMacro(target, name, arguments, range, focus);
  }
  return kNoMacro;
}

int32_t Parser::Comprehension(Macro macro, int32_t target, int variables,
                              const std::vector<int32_t>& arguments, SourceRange range,
                              SourceRange focus) {
  AstNode node;
  node.kind = ExprKind::kComprehension;
  node.macro = macro;
  node.range = range;
  node.focus = focus;
  absl::string_view names[2];
  for (int i = 0; i < variables; ++i) {
    names[i] = VariableName(arguments[i]);
    if (names[i].empty()) return kFailed;
  }
  if (variables == 2 && names[0] == names[1]) {
    return FailAt(Code::MACRO_ARGUMENT, data_->node(arguments[1]).range,
                  "the two variables of a macro must have different names");
  }
  node.first_name = static_cast<int32_t>(data_->names.size());
  node.name_count = variables;
  data_->names.insert(data_->names.end(), names, names + variables);
  std::vector<int32_t> children = {target};
  children.insert(children.end(), arguments.begin() + variables, arguments.end());
  return Add(std::move(node), children);
}

int32_t Parser::BindMacro(Macro macro, int32_t variable, int32_t value, int32_t body,
                          SourceRange range, SourceRange focus) {
  const absl::string_view name = VariableName(variable);
  if (name.empty()) return kFailed;
  AstNode node;
  node.kind = ExprKind::kBind;
  node.macro = macro;
  node.range = range;
  node.focus = focus;
  node.first_name = static_cast<int32_t>(data_->names.size());
  node.name_count = 1;
  data_->names.push_back(name);
  return Add(std::move(node), {value, body});
}

// cel.block([a, b], e): a and b are @index0 and @index1 behind them. cel.index(i), cel.iterVar(i, j)
// and cel.accuVar(i, j) are names that no author can write.
int32_t Parser::BlockMacro(absl::string_view name, const std::vector<int32_t>& arguments,
                           SourceRange range, SourceRange focus) {
  const auto number = [&](size_t i) -> absl::string_view {
    const AstNode& node = data_->node(arguments[i]);
    if (node.kind != ExprKind::kConstant || !data_->constants[node.constant].is_int()) return "";
    return absl::string_view(data_->text)
        .substr(node.range.begin, node.range.end - node.range.begin);
  };
  const auto identifier = [&](absl::string_view text) {
    AstNode node;
    node.kind = ExprKind::kIdentifier;
    node.name = data_->arena.CopyText(text);
    node.range = range;
    node.focus = focus;
    return Add(std::move(node));
  };
  if (name == "index" && arguments.size() == 1 && !number(0).empty()) {
    return identifier(absl::StrCat("@index", number(0)));
  }
  if ((name == "iterVar" || name == "accuVar") && arguments.size() == 2 && !number(0).empty() &&
      !number(1).empty()) {
    return identifier(absl::StrCat(name == "iterVar" ? "@it:" : "@ac:", number(0), ":", number(1)));
  }
  if (name != "block" || arguments.size() != 2) return kNoMacro;
  const AstNode& list = data_->node(arguments[0]);
  if (list.kind != ExprKind::kList || (list.flags & kOptionalEntries)) {
    return FailAt(Code::MACRO_ARGUMENT, list.range, "cel.block() takes a list literal");
  }
  const auto slots = data_->children_of(list);
  const std::vector<int32_t> values(slots.begin(), slots.end());
  int32_t body = arguments[1];
  for (size_t i = values.size(); i-- > 0 && body != kFailed;) {
    AstNode node;
    node.kind = ExprKind::kBind;
    node.macro = Macro::kBind;
    node.range = range;
    node.focus = focus;
    node.first_name = static_cast<int32_t>(data_->names.size());
    node.name_count = 1;
    data_->names.push_back(data_->arena.CopyText(absl::StrCat("@index", i)));
    body = Add(std::move(node), {values[i], body});
  }
  return body;
}

// proto.getExt(m, a.b.c) is m.`a.b.c`.
int32_t Parser::ProtoExtensionMacro(const std::vector<int32_t>& arguments, bool has,
                                    SourceRange range) {
  std::string name;
  int32_t part = arguments[1];
  for (; data_->node(part).kind == ExprKind::kSelect;
       part = data_->children_of(data_->node(part))[0]) {
    name = absl::StrCat(".", data_->node(part).name, name);
  }
  const AstNode& argument = data_->node(arguments[1]);
  if (data_->node(part).kind != ExprKind::kIdentifier || name.empty()) {
    return FailAt(Code::MACRO_ARGUMENT, argument.range,
                  "the full name of an extension is needed here, such as shop.v1.discount");
  }
  AstNode node;
  node.kind = has ? ExprKind::kHas : ExprKind::kSelect;
  node.flags = kQuoted;
  node.name = data_->arena.CopyText(absl::StrCat(data_->node(part).name, name));
  node.range = range;
  node.focus = argument.range;
  return Add(std::move(node), {arguments[0]});
}

namespace {

// A literal that is no number, nor a list of numbers where one is allowed.
bool IsNoNumber(const AstData& data, int32_t index, bool list_allowed) {
  const AstNode& node = data.node(index);
  switch (node.kind) {
    case ExprKind::kConstant: {
      const Value& value = data.constants[static_cast<size_t>(node.constant)];
      return !value.is_int() && !value.is_uint() && !value.is_double();
    }
    case ExprKind::kList: {
      if (!list_allowed || node.child_count == 0) return true;
      const auto children = data.children_of(node);
      return std::any_of(children.begin(), children.end(),
                         [&](int32_t child) { return IsNoNumber(data, child, false); });
    }
    case ExprKind::kMap:
    case ExprKind::kMessage:
      return true;
    default:
      return false;
  }
}

}  // namespace

// math.greatest(a, b, c) is math.greatest([a, b, c]).
int32_t Parser::GreatestMacro(int32_t target, absl::string_view name,
                              const std::vector<int32_t>& arguments, SourceRange range,
                              SourceRange focus) {
  if (arguments.empty()) {
    return FailAt(Code::MACRO_ARGUMENT, range,
                  absl::StrCat("math.", name, "() takes at least one argument"));
  }
  for (const int32_t argument : arguments) {
    if (IsNoNumber(*data_, argument, /*list_allowed=*/arguments.size() == 1)) {
      return FailAt(Code::MACRO_ARGUMENT, data_->node(argument).range,
                    absl::StrCat("math.", name, "() takes numbers, or one list of them"));
    }
  }
  std::vector<int32_t> children = arguments;
  if (arguments.size() > 2) {
    AstNode list;
    list.kind = ExprKind::kList;
    list.range = list.focus = range;
    const int32_t added = Add(std::move(list), arguments);
    if (added == kFailed) return kFailed;
    children = {added};
  }
  AstNode node;
  node.kind = ExprKind::kCall;
  node.flags = kMemberCall;
  node.name = name;
  node.range = range;
  node.focus = focus;
  children.insert(children.begin(), target);
  return Add(std::move(node), children);
}

}  // namespace frontdesk::cel::cel_internal
