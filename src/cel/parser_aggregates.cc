// Parsing what lists, maps and messages are built with.
#include "cel/parser.h"
#include "frontdesk/cel/environment.h"

namespace frontdesk::cel::cel_internal {

int32_t Parser::ListLiteral() {
  AstNode node;
  node.kind = ExprKind::kList;
  node.focus = lexer_.range();
  Next();
  std::vector<int32_t> elements;
  std::vector<uint8_t> optional;
  bool ok = true;
  while (!Take(Token::kRightBracket)) {
    const bool is_optional = token() == Token::kQuestion && Has(kOptionalsExtension);
    if (is_optional) Next();
    const int32_t element = Expression();
    if (element == kFailed) {
      ok = false;
      if (!Recover(Token::kRightBracket)) return kFailed;
    } else {
      elements.push_back(element);
      optional.push_back(is_optional);
      if (is_optional) node.flags |= kOptionalEntries;
    }
    if (Take(Token::kComma) || token() == Token::kRightBracket) continue;
    FailOpen("expected ',' or ']' after the element", node.focus);
    ok = false;
    if (!Recover(Token::kRightBracket)) return kFailed;
    Next();
  }
  node.range = {node.focus.begin, previous_end_};
  if (!ok) return kFailed;
  const int32_t result = Add(std::move(node), elements);
  if (result != kFailed && (data_->node(result).flags & kOptionalEntries)) {
    data_->optional_child.resize(data_->node(result).first_child, 0);
    data_->optional_child.insert(data_->optional_child.end(), optional.begin(), optional.end());
  }
  return result;
}

int32_t Parser::MapLiteral() {
  AstNode node;
  node.kind = ExprKind::kMap;
  node.focus = lexer_.range();
  Next();
  std::vector<int32_t> entries;
  std::vector<uint8_t> optional;
  bool ok = true;
  while (!Take(Token::kRightBrace)) {
    const bool is_optional = token() == Token::kQuestion && Has(kOptionalsExtension);
    if (is_optional) Next();
    const int32_t key = Expression();
    const int32_t value =
        key != kFailed && Expect(Token::kColon, "':' after the key") ? Expression() : kFailed;
    if (value == kFailed) {
      ok = false;
      if (!Recover(Token::kRightBrace)) return kFailed;
    } else {
      entries.insert(entries.end(), {key, value});
      optional.insert(optional.end(), {is_optional, is_optional});
      if (is_optional) node.flags |= kOptionalEntries;
    }
    if (Take(Token::kComma) || token() == Token::kRightBrace) continue;
    FailOpen("expected ',' or '}' after the entry", node.focus);
    ok = false;
    if (!Recover(Token::kRightBrace)) return kFailed;
    Next();
  }
  node.range = {node.focus.begin, previous_end_};
  if (!ok) return kFailed;
  const int32_t result = Add(std::move(node), entries);
  if (result != kFailed && (data_->node(result).flags & kOptionalEntries)) {
    data_->optional_child.resize(data_->node(result).first_child, 0);
    data_->optional_child.insert(data_->optional_child.end(), optional.begin(), optional.end());
  }
  return result;
}

bool Parser::MessageField(std::vector<int32_t>* values, std::vector<absl::string_view>* names,
                          std::vector<uint8_t>* optional) {
  const bool is_optional = token() == Token::kQuestion && Has(kOptionalsExtension);
  if (is_optional) Next();
  absl::string_view name;
  if (token() == Token::kQuotedName) {
    name = QuotedText();
  } else if (token() == Token::kIdentifier || token() == Token::kReserved) {
    name = lexer_.text();
  } else {
    Fail("expected a field name");
    return false;
  }
  Next();
  if (!Expect(Token::kColon, "':' after the field name")) return false;
  const int32_t value = Expression();
  if (value == kFailed) return false;
  values->push_back(value);
  names->push_back(name);
  optional->push_back(is_optional);
  return true;
}

int32_t Parser::MessageLiteral(int32_t name) {
  AstNode node;
  node.kind = ExprKind::kMessage;
  // The chain of names becomes the type's name, a leading dot kept as a flag.
  const SourceRange range = data_->node(name).range;
  std::string full;
  int32_t part = name;
  for (; data_->node(part).kind == ExprKind::kSelect;
       part = data_->children_of(data_->node(part))[0]) {
    full = absl::StrCat(".", data_->node(part).name, full);
  }
  if (data_->node(part).kind != ExprKind::kIdentifier) return Fail("expected an operator");
  full = absl::StrCat(data_->node(part).name, full);
  node.flags |= data_->node(part).flags & kLeadingDot;
  node.name = data_->arena.CopyText(full);
  node.focus = range;
  const SourceRange brace = lexer_.range();
  Next();
  std::vector<int32_t> values;
  std::vector<absl::string_view> names;
  std::vector<uint8_t> optional;
  bool ok = true;
  while (!Take(Token::kRightBrace)) {
    if (!MessageField(&values, &names, &optional)) {
      ok = false;
      if (!Recover(Token::kRightBrace)) return kFailed;
    } else if (optional.back()) {
      node.flags |= kOptionalEntries;
    }
    if (Take(Token::kComma) || token() == Token::kRightBrace) continue;
    FailOpen("expected ',' or '}' after the field", brace);
    ok = false;
    if (!Recover(Token::kRightBrace)) return kFailed;
    Next();
  }
  if (!ok) return kFailed;
  node.range = {range.begin, previous_end_};
  node.first_name = static_cast<int32_t>(data_->names.size());
  node.name_count = static_cast<int32_t>(names.size());
  data_->names.insert(data_->names.end(), names.begin(), names.end());
  const int32_t result = Add(std::move(node), values);
  if (result != kFailed && (data_->node(result).flags & kOptionalEntries)) {
    data_->optional_child.resize(data_->node(result).first_child, 0);
    data_->optional_child.insert(data_->optional_child.end(), optional.begin(), optional.end());
  }
  return result;
}

}  // namespace frontdesk::cel::cel_internal
