#include "rules/counterfactual.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace frontdesk {
namespace rules {
namespace {

using cel::Expr;
using cel::ExprKind;
using cel::Macro;
using cel::Operator;

// How tightly the outermost operator of a text binds, as in the language's grammar.
enum Binding { kConditional, kOr, kAnd, kRelation, kAddition, kMultiplication, kUnary, kMember };

struct Piece {
  std::string text;
  Binding binding = kMember;
};

Piece Wrap(Piece piece, Binding binding) {
  if (piece.binding >= binding) return piece;
  return {absl::StrCat("(", piece.text, ")"), kMember};
}

absl::string_view BinaryText(Operator op) {
  switch (op) {
    case Operator::kAnd:
      return " && ";
    case Operator::kOr:
      return " || ";
    case Operator::kEqual:
      return " == ";
    case Operator::kNotEqual:
      return " != ";
    case Operator::kLess:
      return " < ";
    case Operator::kLessOrEqual:
      return " <= ";
    case Operator::kGreater:
      return " > ";
    case Operator::kGreaterOrEqual:
      return " >= ";
    case Operator::kIn:
      return " in ";
    case Operator::kAdd:
      return " + ";
    case Operator::kSubtract:
      return " - ";
    case Operator::kMultiply:
      return " * ";
    case Operator::kDivide:
      return " / ";
    case Operator::kModulo:
      return " % ";
    default:
      return "";
  }
}

Binding BinaryBinding(Operator op) {
  switch (op) {
    case Operator::kAnd:
      return kAnd;
    case Operator::kOr:
      return kOr;
    case Operator::kAdd:
    case Operator::kSubtract:
      return kAddition;
    case Operator::kMultiply:
    case Operator::kDivide:
    case Operator::kModulo:
      return kMultiplication;
    default:
      return kRelation;
  }
}

absl::string_view MacroText(Macro macro) {
  switch (macro) {
    case Macro::kAll:
      return "all";
    case Macro::kExists:
      return "exists";
    case Macro::kExistsOne:
      return "exists_one";
    case Macro::kMap:
      return "map";
    case Macro::kFilter:
      return "filter";
    default:
      return "";
  }
}

bool IsIdentifier(absl::string_view name) {
  return !name.empty() && !absl::ascii_isdigit(name[0]) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '_'; });
}

// Writes expressions on one line. A part that cannot be written fails the whole.
class Writer {
 public:
  bool failed() const { return failed_; }

  Piece Plain(const Expr& expr) {
    switch (expr.kind()) {
      case ExprKind::kConstant:
        return Constant(expr);
      case ExprKind::kIdentifier:
        return Identifier(expr);
      case ExprKind::kSelect:
        return {absl::StrCat(Inside(expr.child(0), kMember), ".", Name(expr.name())), kMember};
      case ExprKind::kHas:
        return Has(expr);
      case ExprKind::kCall:
        return Call(expr);
      case ExprKind::kList:
        return List(expr);
      case ExprKind::kComprehension:
        return Comprehension(expr, MacroText(expr.macro()), false);
      default:
        return Verbatim(expr);
    }
  }

  Piece Negated(const Expr& expr) {
    if (expr.kind() == ExprKind::kComprehension && expr.child_count() == 2) {
      if (expr.macro() == Macro::kAll) return Comprehension(expr, "exists", true);
      if (expr.macro() == Macro::kExists) return Comprehension(expr, "all", true);
    }
    const Operator op = expr.kind() == ExprKind::kCall ? expr.op() : Operator::kNone;
    if (cel::Opposite(op) != Operator::kNone)
      return Binary(cel::Opposite(op), Plain(expr.child(0)), Plain(expr.child(1)));
    switch (op) {
      case Operator::kNot:
        return Simplified(expr.child(0));
      case Operator::kAnd:
        return Binary(Operator::kOr, Negated(expr.child(0)), Negated(expr.child(1)));
      case Operator::kOr:
        return Binary(Operator::kAnd, Negated(expr.child(0)), Negated(expr.child(1)));
      case Operator::kConditional:
        return Conditional(Plain(expr.child(0)), Negated(expr.child(1)), Negated(expr.child(2)));
      case Operator::kIn:
        return NotIn(expr);
      default:
        return Not(Plain(expr));
    }
  }

  // Like Plain, without double negations.
  Piece Simplified(const Expr& expr) {
    if (expr.kind() != ExprKind::kCall) return Plain(expr);
    switch (expr.op()) {
      case Operator::kNot:
        return Negated(expr.child(0));
      case Operator::kAnd:
      case Operator::kOr:
        return Binary(expr.op(), Simplified(expr.child(0)), Simplified(expr.child(1)));
      default:
        return Plain(expr);
    }
  }

 private:
  Piece Fail() {
    failed_ = true;
    return {};
  }

  std::string Inside(const Expr& expr, Binding binding) { return Wrap(Plain(expr), binding).text; }

  std::string Name(absl::string_view name) {
    return IsIdentifier(name) ? std::string(name) : absl::StrCat("`", name, "`");
  }

  // As it was written, if that is one line.
  Piece Verbatim(const Expr& expr) {
    const absl::string_view text = expr.text();
    if (text.find_first_of("\n\r\t") != absl::string_view::npos || absl::StrContains(text, "//"))
      return Fail();
    return {std::string(text), kMember};
  }

  Piece Constant(const Expr& expr) {
    if (expr.text().find_first_of("\n\r\t") == absl::string_view::npos) {
      return {std::string(expr.text()), absl::StartsWith(expr.text(), "-") ? kUnary : kMember};
    }
    return expr.constant() == nullptr ? Fail() : Piece{cel::ToText(*expr.constant()), kMember};
  }

  Piece Identifier(const Expr& expr) {
    const absl::string_view text = expr.text();
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
      return absl::ascii_isalnum(c) || c == '_' || c == '.';
    });
    return {std::string(plain ? text : expr.name()), kMember};
  }

  Piece Has(const Expr& expr) {
    const std::string path = expr.child_count() == 0 ? Name(expr.name())
                                                     : absl::StrCat(Inside(expr.child(0), kMember),
                                                                    ".", Name(expr.name()));
    return {absl::StrCat("has(", path, ")"), kMember};
  }

  Piece Call(const Expr& expr) {
    switch (expr.op()) {
      case Operator::kNone:
        break;
      case Operator::kConditional:
        return Conditional(Plain(expr.child(0)), Plain(expr.child(1)), Plain(expr.child(2)));
      case Operator::kNot:
        return Not(Plain(expr.child(0)));
      case Operator::kNegate:
        return {absl::StrCat("-", Inside(expr.child(0), kMember)), kUnary};
      case Operator::kIndex:
        return {absl::StrCat(Inside(expr.child(0), kMember), "[", Plain(expr.child(1)).text, "]"),
                kMember};
      case Operator::kOptionalIndex:
        return {absl::StrCat(Inside(expr.child(0), kMember), "[?", Plain(expr.child(1)).text, "]"),
                kMember};
      case Operator::kOptionalSelect:
        return Verbatim(expr);
      default:
        return Binary(expr.op(), Plain(expr.child(0)), Plain(expr.child(1)));
    }
    std::string text;
    size_t first = 0;
    if (expr.is_member()) {
      text = absl::StrCat(Inside(expr.child(0), kMember), ".");
      first = 1;
    }
    absl::StrAppend(&text, expr.name(), "(");
    for (size_t i = first; i < expr.child_count(); ++i) {
      absl::StrAppend(&text, i == first ? "" : ", ", Plain(expr.child(i)).text);
    }
    text += ")";
    return {std::move(text), kMember};
  }

  Piece List(const Expr& expr) {
    if (absl::StrContains(expr.text(), "?")) return Verbatim(expr);
    std::string text = "[";
    for (size_t i = 0; i < expr.child_count(); ++i) {
      absl::StrAppend(&text, i == 0 ? "" : ", ", Plain(expr.child(i)).text);
    }
    return {text + "]", kMember};
  }

  Piece Comprehension(const Expr& expr, absl::string_view macro, bool negate_body) {
    if (macro.empty()) return Verbatim(expr);
    std::string text =
        absl::StrCat(Inside(expr.child(0), kMember), ".", macro, "(", expr.variable(0));
    if (!expr.variable(1).empty()) absl::StrAppend(&text, ", ", expr.variable(1));
    for (size_t i = 1; i < expr.child_count(); ++i) {
      const Piece body = negate_body ? Negated(expr.child(i)) : Plain(expr.child(i));
      absl::StrAppend(&text, ", ", body.text);
    }
    return {text + ")", kMember};
  }

  // The right operand is wrapped when it binds no tighter: a - (b - c). Chains of && and || need no parentheses.
  static Piece Binary(Operator op, Piece left, Piece right) {
    const Binding binding = BinaryBinding(op);
    const bool chain = op == Operator::kAnd || op == Operator::kOr;
    const Binding tighter = chain ? binding : static_cast<Binding>(binding + 1);
    // Comparisons do not chain well for readers: (a == b) == c.
    const Binding left_binding = binding == kRelation ? tighter : binding;
    return {absl::StrCat(Wrap(std::move(left), left_binding).text, BinaryText(op),
                         Wrap(std::move(right), tighter).text),
            binding};
  }

  static Piece Conditional(Piece condition, Piece yes, Piece no) {
    return {absl::StrCat(Wrap(std::move(condition), kOr).text, " ? ",
                         Wrap(std::move(yes), kOr).text, " : ", no.text),
            kConditional};
  }

  static Piece Not(Piece operand) {
    return {absl::StrCat("!", Wrap(std::move(operand), kMember).text), kUnary};
  }

  // `x in [a]` is turned into `x != a`, a longer list is kept.
  Piece NotIn(const Expr& expr) {
    const Expr list = expr.child(1);
    if (list.kind() == ExprKind::kList && list.child_count() == 1 &&
        !absl::StrContains(list.text(), "?")) {
      return Binary(Operator::kNotEqual, Plain(expr.child(0)), Plain(list.child(0)));
    }
    return Not(Plain(expr));
  }

  bool failed_ = false;
};

std::string Finish(const Expr& condition, const Writer& writer, Piece piece, size_t max_bytes) {
  if (condition.constant() != nullptr || writer.failed() || piece.text.size() > max_bytes)
    return "";
  return std::move(piece.text);
}

}  // namespace

std::string NegationOf(const Expr& condition, size_t max_bytes) {
  Writer writer;
  Piece piece = writer.Negated(condition);
  return Finish(condition, writer, std::move(piece), max_bytes);
}

std::string AffirmationOf(const Expr& condition, size_t max_bytes) {
  Writer writer;
  Piece piece = writer.Simplified(condition);
  return Finish(condition, writer, std::move(piece), max_bytes);
}

}  // namespace rules
}  // namespace frontdesk
