#include "cel/parser.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cel/utf8.h"
#include "frontdesk/cel/environment.h"

namespace frontdesk::cel::cel_internal {
namespace {

constexpr int kLevels = 3;  // Relations, sums, products.

Operator BinaryOperator(int level, Token token) {
  switch (token) {
    case Token::kEqual:
      return level == 0 ? Operator::kEqual : Operator::kNone;
    case Token::kNotEqual:
      return level == 0 ? Operator::kNotEqual : Operator::kNone;
    case Token::kLess:
      return level == 0 ? Operator::kLess : Operator::kNone;
    case Token::kLessOrEqual:
      return level == 0 ? Operator::kLessOrEqual : Operator::kNone;
    case Token::kGreater:
      return level == 0 ? Operator::kGreater : Operator::kNone;
    case Token::kGreaterOrEqual:
      return level == 0 ? Operator::kGreaterOrEqual : Operator::kNone;
    case Token::kIn:
      return level == 0 ? Operator::kIn : Operator::kNone;
    case Token::kPlus:
      return level == 1 ? Operator::kAdd : Operator::kNone;
    case Token::kMinus:
      return level == 1 ? Operator::kSubtract : Operator::kNone;
    case Token::kStar:
      return level == 2 ? Operator::kMultiply : Operator::kNone;
    case Token::kSlash:
      return level == 2 ? Operator::kDivide : Operator::kNone;
    case Token::kPercent:
      return level == 2 ? Operator::kModulo : Operator::kNone;
    default:
      return Operator::kNone;
  }
}

}  // namespace

bool Parse(const ParserOptions& options, AstData* data, IssueList* issues) {
  const int32_t size = static_cast<int32_t>(
      std::min<size_t>(data->text.size(), std::numeric_limits<int32_t>::max()));
  if (size > options.limits.max_expression_bytes) {
    issues->Error(Code::LIMIT_EXPRESSION_BYTES, {0, 0},
                  absl::StrCat("the expression has ", data->text.size(),
                               " bytes, more than max_expression_bytes = ",
                               options.limits.max_expression_bytes));
    return false;
  }
  if (!IsValidUtf8(data->text)) {
    int32_t bad = 0;
    while (DecodeUtf8(absl::string_view(data->text).substr(bad)).valid) {
      bad += DecodeUtf8(absl::string_view(data->text).substr(bad)).length;
    }
    issues->Error(Code::INVALID_UTF8, {bad, bad + 1}, "the text is not valid UTF-8 here");
    return false;
  }
  return Parser(options, data, issues).Run();
}

Parser::Parser(const ParserOptions& options, AstData* data, IssueList* issues)
    : options_(options),
      data_(data),
      issues_(issues),
      lexer_(data->text),
      max_depth_(std::clamp(options.limits.max_nesting, 0, 1000)) {
  data_->nodes.reserve(16 + data_->text.size() / 6);
  data_->children.reserve(16 + data_->text.size() / 8);
}

bool Parser::Run() {
  Next();
  data_->root = Expression();
  if (data_->root != kFailed && token() != Token::kEnd) FailAtEnd();
  return !failed_;
}

// The error for text behind a whole expression.
void Parser::FailAtEnd() {
  const absl::string_view text = lexer_.text();
  switch (token()) {
    case Token::kRightParen:
    case Token::kRightBracket:
    case Token::kRightBrace:
      FailAt(Code::SYNTAX_ERROR, lexer_.range(),
             absl::StrCat("'", text, "' closes nothing that was opened"));
      return;
    default:
      break;
  }
  Fail("expected an operator or the end of the expression");
}

// The same as Fail; at the end of the text it points at what was left open.
int32_t Parser::FailOpen(const std::string& message, SourceRange open) {
  if (token() != Token::kEnd) return Fail(message);
  return FailAt(Code::SYNTAX_ERROR, open,
                absl::StrCat("'", data_->text.substr(open.begin, 1), "' is never closed: ", message,
                             " before the expression ends"));
}

bool Parser::Enter() {
  if (++depth_ <= max_depth_) return true;
  FailAt(Code::LIMIT_NESTING, lexer_.range(),
         absl::StrCat("the expression is nested deeper than max_nesting = ", max_depth_));
  stopped_ = true;
  return false;
}

int32_t Parser::FailAt(Code code, SourceRange range, absl::string_view message) {
  if (!stopped_) issues_->Error(code, range, message);
  failed_ = true;
  return kFailed;
}

int32_t Parser::Fail(const std::string& message) {
  if (token() == Token::kError) {
    return FailAt(lexer_.error_code(), lexer_.range(), lexer_.error_message());
  }
  if (token() == Token::kEnd) {
    return FailAt(Code::SYNTAX_ERROR, lexer_.range(),
                  absl::StrCat(message, ", but the expression ends here"));
  }
  return FailAt(Code::SYNTAX_ERROR, lexer_.range(),
                absl::StrCat(message, ", found '", lexer_.text(), "'", Hint()));
}

// The meaning in another language of the token that is one too many.
std::string Parser::Hint() const {
  const std::string word = absl::AsciiStrToLower(lexer_.text());
  for (const absl::string_view unit : {"day", "hour", "minute"}) {
    if (word == unit || word == absl::StrCat(unit, "s")) {
      return absl::StrCat("; a span of time is written ", unit, "s(30)");
    }
  }
  if (word == "and") return "; write '&&'";
  if (word == "or") return "; write '||'";
  if (absl::EndsWith(absl::string_view(data_->text).substr(0, previous_end_), "not")) {
    return "; a negation is written '!'";
  }
  if (token() == Token::kGreater &&
      absl::EndsWith(absl::string_view(data_->text).substr(0, lexer_.range().begin), "<")) {
    return "; 'not equal' is written '!='";
  }
  if (token() == Token::kQuotedName) return "; a quoted name is possible only after a '.'";
  return "";
}

bool Parser::Expect(Token expected, const char* what) {
  if (Take(expected)) return true;
  Fail(absl::StrCat("expected ", what));
  return false;
}

bool Parser::Recover(Token closing) {
  int level = 0;
  while (token() != Token::kEnd && !stopped_) {
    switch (token()) {
      case Token::kLeftParen:
      case Token::kLeftBracket:
      case Token::kLeftBrace:
        ++level;
        break;
      case Token::kRightParen:
      case Token::kRightBracket:
      case Token::kRightBrace:
        if (level == 0) {
          Take(closing);
          return false;
        }
        --level;
        break;
      case Token::kComma:
        if (level == 0) return true;
        break;
      default:
        break;
    }
    Next();
  }
  return false;
}

int32_t Parser::Add(AstNode node, const std::vector<int32_t>& children) {
  if (static_cast<int32_t>(data_->nodes.size()) >= options_.limits.max_ast_nodes) {
    FailAt(Code::LIMIT_AST_NODES, node.range,
           absl::StrCat("the expression has more nodes than max_ast_nodes = ",
                        options_.limits.max_ast_nodes));
    stopped_ = true;
    return kFailed;
  }
  node.first_child = static_cast<int32_t>(data_->children.size());
  node.child_count = static_cast<int32_t>(children.size());
  int depth = 0;
  for (int32_t child : children) {
    data_->children.push_back(child);
    depth = std::max<int>(depth, data_->node(child).depth);
  }
  if (depth + 1 > max_depth_) {
    FailAt(Code::LIMIT_NESTING, node.focus,
           absl::StrCat("the expression is nested deeper than max_nesting = ", max_depth_));
    stopped_ = true;
    return kFailed;
  }
  node.depth = static_cast<uint16_t>(depth + 1);
  data_->nodes.push_back(std::move(node));
  return static_cast<int32_t>(data_->nodes.size()) - 1;
}

int32_t Parser::AddCall(Operator op, int32_t begin, SourceRange focus,
                        const std::vector<int32_t>& children) {
  AstNode node;
  node.kind = ExprKind::kCall;
  node.op = op;
  node.name = OperatorName(op);
  node.focus = focus;
  node.range = {begin, previous_end_};
  return Add(std::move(node), children);
}

int32_t Parser::Expression() {
  if (stopped_ || !Enter()) return kFailed;
  const int32_t begin = lexer_.range().begin;
  int32_t result = Logical(Token::kOr);
  if (result != kFailed && token() == Token::kQuestion) {
    const SourceRange focus = lexer_.range();
    Next();
    const bool dotted = token() == Token::kDot && lexer_.range().begin == focus.end;
    const int32_t yes = Logical(Token::kOr);
    int32_t no = kFailed;
    if (yes != kFailed && token() != Token::kColon && dotted) {
      FailAt(
          Code::SYNTAX_ERROR, focus,
          "'?' begins a conditional, which needs a ':'; an optional selection is written 'a.?b'");
    } else if (yes != kFailed && Expect(Token::kColon, "':' of the conditional")) {
      no = Expression();
    }
    result =
        no == kFailed ? kFailed : AddCall(Operator::kConditional, begin, focus, {result, yes, no});
  }
  Leave();
  return result;
}

// Chains of || of chains of && of relations; a chain is one node.
int32_t Parser::Logical(Token op) {
  const bool is_or = op == Token::kOr;
  const auto term = [&] { return is_or ? Logical(Token::kAnd) : Binary(0); };
  const int32_t begin = lexer_.range().begin;
  const int32_t first = term();
  if (first == kFailed || token() != op) return first;
  const SourceRange focus = lexer_.range();
  std::vector<int32_t> terms = {first};
  while (Take(op)) {
    const int32_t next = term();
    if (next == kFailed) return kFailed;
    terms.push_back(next);
  }
  return AddCall(is_or ? Operator::kOr : Operator::kAnd, begin, focus, terms);
}

int32_t Parser::Binary(int level) {
  const auto operand = [&] { return level + 1 < kLevels ? Binary(level + 1) : Unary(); };
  const int32_t begin = lexer_.range().begin;
  int32_t left = operand();
  while (left != kFailed) {
    const Operator op = BinaryOperator(level, token());
    if (op == Operator::kNone) break;
    const SourceRange focus = lexer_.range();
    Next();
    const int32_t right = operand();
    left = right == kFailed ? kFailed : AddCall(op, begin, focus, {left, right});
  }
  return left;
}

int32_t Parser::Unary() {
  const Token op = token();
  if (op != Token::kNot && op != Token::kMinus) return Member();
  std::vector<SourceRange> operators;
  while (token() == op) {
    operators.push_back(lexer_.range());
    Next();
  }
  int32_t result;
  if (op == Token::kNot && StartsNegativeLiteral()) {
    result = Unary();
  } else if (op == Token::kMinus && (token() == Token::kInt || token() == Token::kDouble)) {
    const int32_t begin = operators.back().begin;
    result = NegativeLiteral(operators.back());
    operators.pop_back();
    bool name = false;
    if (result != kFailed) result = Postfix(result, begin, &name);
  } else {
    result = Member();
  }
  while (result != kFailed && !operators.empty()) {
    result = AddCall(op == Token::kNot ? Operator::kNot : Operator::kNegate, operators.back().begin,
                     operators.back(), {result});
    operators.pop_back();
  }
  return result;
}

// Whether the minus here is the sign of a number, the one place where it may follow `!`.
bool Parser::StartsNegativeLiteral() const {
  if (token() != Token::kMinus) return false;
  Lexer ahead = lexer_;
  ahead.Next();
  return ahead.token() == Token::kInt || ahead.token() == Token::kDouble;
}

int32_t Parser::Member() {
  bool name = false;
  const int32_t begin = lexer_.range().begin;
  const int32_t primary = Primary(&name);
  return primary == kFailed ? kFailed : Postfix(primary, begin, &name);
}

// Selections, indexes, calls and message literals behind `target`. `name` is true while the text read is a chain of names,
// which a message literal needs.
int32_t Parser::Postfix(int32_t target, int32_t begin, bool* name) {
  while (target != kFailed) {
    if (token() == Token::kDot) {
      target = Selection(target, begin, name);
    } else if (token() == Token::kLeftBracket) {
      *name = false;
      target = Index(target, begin);
    } else if (token() == Token::kLeftBrace && *name) {
      *name = false;
      target = MessageLiteral(target);
    } else {
      break;
    }
  }
  return target;
}

int32_t Parser::Selection(int32_t target, int32_t begin, bool* name) {
  Next();
  const bool optional = token() == Token::kQuestion && Has(kOptionalsExtension);
  if (optional) Next();
  AstNode node;
  node.focus = lexer_.range();
  if (token() == Token::kQuotedName) {
    node.name = QuotedText();
    node.flags |= kQuoted;
    *name = false;
  } else if (token() == Token::kIdentifier || token() == Token::kReserved) {
    node.name = lexer_.text();
  } else {
    return Fail("expected a field or function name after '.'");
  }
  Next();
  if (token() == Token::kLeftParen && !optional && !(node.flags & kQuoted)) {
    *name = false;
    const SourceRange open = lexer_.range();
    Next();
    std::vector<int32_t> arguments;
    if (!Arguments(open, &arguments)) return kFailed;
    const SourceRange range = {begin, previous_end_};
    if (options_.macros) {
      const int32_t macro = MemberMacro(target, node.name, arguments, range, node.focus);
      if (macro != kNoMacro) return macro;
    }
    arguments.insert(arguments.begin(), target);
    node.kind = ExprKind::kCall;
    node.flags |= kMemberCall;
    node.range = range;
    return Add(std::move(node), arguments);
  }
  node.range = {begin, previous_end_};
  if (optional) {
    *name = false;
    node.kind = ExprKind::kCall;
    node.op = Operator::kOptionalSelect;
  } else {
    node.kind = ExprKind::kSelect;
  }
  return Add(std::move(node), {target});
}

int32_t Parser::Index(int32_t target, int32_t begin) {
  const SourceRange focus = lexer_.range();
  Next();
  const bool optional = token() == Token::kQuestion && Has(kOptionalsExtension);
  if (optional) Next();
  const int32_t index = Expression();
  if (index == kFailed) {
    Recover(Token::kRightBracket);
    return kFailed;
  }
  if (!Take(Token::kRightBracket)) return FailOpen("expected ']' after the index", focus);
  return AddCall(optional ? Operator::kOptionalIndex : Operator::kIndex, begin, focus,
                 {target, index});
}

int32_t Parser::Primary(bool* name) {
  switch (token()) {
    case Token::kDot:
      Next();
      if (token() != Token::kIdentifier && !StartsMessageName()) {
        return Fail("expected a name after '.'");
      }
      *name = true;
      return Name(/*leading_dot=*/true);
    case Token::kIdentifier:
      *name = true;
      return Name(/*leading_dot=*/false);
    case Token::kReserved:
      if (StartsMessageName()) {
        *name = true;
        return Name(/*leading_dot=*/false);
      }
      return FailAt(Code::RESERVED_WORD, lexer_.range(),
                    absl::StrCat("'", lexer_.text(), "' is a reserved word and no name"));
    case Token::kLeftParen: {
      const SourceRange open = lexer_.range();
      Next();
      const int32_t inner = Expression();
      if (inner == kFailed) {
        Recover(Token::kRightParen);
        return kFailed;
      }
      data_->node(inner).flags |= kParenthesised;
      if (Take(Token::kRightParen)) return inner;
      return FailOpen("expected ')'", open);
    }
    case Token::kLeftBracket:
      return ListLiteral();
    case Token::kLeftBrace:
      return MapLiteral();
    default:
      return Literal();
  }
}

// Whether the reserved word here begins the name of a message literal, the one place where it may.
bool Parser::StartsMessageName() const {
  if (token() != Token::kReserved) return false;
  for (Lexer ahead = lexer_;;) {
    ahead.Next();
    if (ahead.token() != Token::kDot) return ahead.token() == Token::kLeftBrace;
    ahead.Next();
    if (ahead.token() != Token::kIdentifier && ahead.token() != Token::kReserved) return false;
  }
}

// A name, or a call of a function by it.
int32_t Parser::Name(bool leading_dot) {
  AstNode node;
  node.focus = lexer_.range();
  node.name = lexer_.text();
  const int32_t begin = node.focus.begin - (leading_dot ? 1 : 0);
  if (leading_dot) node.flags |= kLeadingDot;
  Next();
  if (token() != Token::kLeftParen) {
    node.kind = ExprKind::kIdentifier;
    node.range = {begin, previous_end_};
    return Add(std::move(node));
  }
  const SourceRange open = lexer_.range();
  Next();
  std::vector<int32_t> arguments;
  if (!Arguments(open, &arguments)) return kFailed;
  node.range = {begin, previous_end_};
  if (options_.macros && !leading_dot) {
    const int32_t macro = GlobalMacro(node.name, arguments, node.range, node.focus);
    if (macro != kNoMacro) return macro;
  }
  node.kind = ExprKind::kCall;
  return Add(std::move(node), arguments);
}

bool Parser::Arguments(SourceRange open, std::vector<int32_t>* arguments) {
  if (Take(Token::kRightParen)) return true;
  bool ok = true;
  for (;;) {
    const int32_t argument = Expression();
    if (argument == kFailed) {
      ok = false;
      if (!Recover(Token::kRightParen)) return false;
    } else {
      arguments->push_back(argument);
    }
    if (Take(Token::kComma)) continue;
    if (Take(Token::kRightParen)) return ok;
    FailOpen("expected ',' or ')' after the argument", open);
    if (!Recover(Token::kRightParen)) return false;
    Next();
    ok = false;
  }
}

}  // namespace frontdesk::cel::cel_internal
