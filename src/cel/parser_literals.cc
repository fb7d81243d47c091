#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cel/parser.h"
#include "cel/scalar_text.h"

namespace frontdesk::cel::cel_internal {

int32_t Parser::AddConstant(const Value& value, SourceRange range) {
  AstNode node;
  node.kind = ExprKind::kConstant;
  node.range = node.focus = range;
  node.constant = data_->AddConstant(value);
  return Add(std::move(node));
}

int32_t Parser::Literal() {
  const SourceRange range = lexer_.range();
  switch (token()) {
    case Token::kTrue:
    case Token::kFalse: {
      const bool value = token() == Token::kTrue;
      Next();
      return AddConstant(Value::Bool(value), range);
    }
    case Token::kNull:
      Next();
      return AddConstant(Value::Null(), range);
    case Token::kInt:
    case Token::kUint:
      return IntegerLiteral(/*negative=*/false, range.begin);
    case Token::kDouble:
      return DoubleLiteral(/*negative=*/false, range.begin);
    case Token::kString:
      return StringLiteral(/*bytes=*/false);
    case Token::kBytes:
      return StringLiteral(/*bytes=*/true);
    case Token::kIn:
      return Fail("expected a value");
    default:
      return Fail("expected a value");
  }
}

int32_t Parser::NegativeLiteral(SourceRange minus) {
  return token() == Token::kInt ? IntegerLiteral(/*negative=*/true, minus.begin)
                                : DoubleLiteral(/*negative=*/true, minus.begin);
}

int32_t Parser::IntegerLiteral(bool negative, int32_t begin) {
  const bool is_uint = token() == Token::kUint;
  absl::string_view digits = lexer_.text();
  if (is_uint) digits.remove_suffix(1);
  const bool hex = absl::StartsWithIgnoreCase(digits, "0x");
  if (hex) digits.remove_prefix(2);
  const SourceRange range = {begin, lexer_.range().end};
  uint64_t value = 0;
  bool overflow = false;
  for (const char c : digits) {
    const uint64_t digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    overflow |= __builtin_mul_overflow(value, hex ? uint64_t{16} : uint64_t{10}, &value);
    overflow |= __builtin_add_overflow(value, digit, &value);
  }
  constexpr uint64_t kMaxInt = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (!is_uint) overflow |= value > kMaxInt + (negative ? 1 : 0);
  if (overflow) {
    FailAt(Code::INVALID_NUMBER, range,
           absl::StrCat("the number does not fit ", is_uint ? "uint" : "int"));
    Next();
    return kFailed;
  }
  Next();
  if (is_uint) return AddConstant(Value::Uint(value), range);
  const uint64_t bits = negative ? ~value + 1 : value;
  return AddConstant(Value::Int(static_cast<int64_t>(bits)), range);
}

int32_t Parser::DoubleLiteral(bool negative, int32_t begin) {
  const absl::string_view digits = lexer_.text();
  const SourceRange range = {begin, lexer_.range().end};
  double value = 0;
  if (!ParseFiniteDouble(digits, &value)) {
    FailAt(Code::INVALID_NUMBER, range, "the number does not fit double");
    Next();
    return kFailed;
  }
  Next();
  return AddConstant(Value::Double(negative ? -value : value), range);
}

int32_t Parser::StringLiteral(bool bytes) {
  const SourceRange range = lexer_.range();
  std::string content;
  const Unescaped unescaped = UnescapeString(lexer_.text(), bytes, &content);
  Next();
  if (!unescaped.ok) {
    return FailAt(Code::INVALID_ESCAPE,
                  {range.begin + unescaped.bad.begin, range.begin + unescaped.bad.end},
                  unescaped.message);
  }
  const absl::string_view text = data_->arena.CopyText(content);
  return AddConstant(bytes ? Value::Bytes(text) : Value::String(text), range);
}

absl::string_view Parser::QuotedText() {
  absl::string_view text = lexer_.text();
  return text.substr(1, text.size() - 2);
}

}  // namespace frontdesk::cel::cel_internal
