#include "decide/expression_words.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "decide/path_words.h"
#include "frontdesk/base/money.h"
#include "frontdesk/cel/ast.h"
#include "frontdesk/cel/environment.h"
#include "frontdesk/v1/vocabulary_list.pb.h"

namespace frontdesk {
namespace internal {
namespace {

using cel::Expr;
using cel::ExprKind;
using cel::Macro;
using cel::Operator;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using Reads = google::protobuf::RepeatedPtrField<v1::ValueRead>;
using Text = absl::optional<std::string>;

enum class TermKind { kOther, kNumber, kText, kTime, kSpan, kMinorUnits, kList, kUnset };

// A value in words.
struct Term {
  std::string words;
  TermKind kind = TermKind::kOther;
  bool is_constant = false;
  // Of a list, and of a total that is named in the plural.
  bool is_plural = false;
  // Of a path, that path.
  std::string path;
  const FieldDescriptor* field = nullptr;
  // Of a constant number.
  int64_t number = 0;
};
using MaybeTerm = absl::optional<Term>;

v1::VocabularyList ListOf(const FieldDescriptor* field) {
  return field == nullptr ? v1::VOCABULARY_LIST_UNSPECIFIED
                          : field->options().GetExtension(v1::vocabulary);
}

std::string Quoted(const std::string& text) { return absl::StrCat("\"", text, "\""); }

// "the lines of the order" without its article.
std::string WithoutArticle(const std::string& noun) {
  return std::string(absl::StripPrefix(noun, "the "));
}

// "the late refunds" of "the late refunds of the last 30 days".
absl::string_view HeadOf(absl::string_view noun) {
  size_t end = noun.size();
  for (const absl::string_view preposition : {" of ", " in ", " by ", " for ", " since "}) {
    end = std::min(end, noun.find(preposition));
  }
  return noun.substr(0, end);
}

// "the delivery of the order" of "the delivery time of the order": for the time since.
std::string EventOf(const std::string& instant) {
  const size_t at = instant.find(" time");
  if (at == std::string::npos || absl::StartsWith(instant, "the time")) return instant;
  return absl::StrCat(instant.substr(0, at), instant.substr(at + 5));
}

// The clause of a flag: "the variant is available", "there is a payment".
std::string SayFlag(const Path& path, const std::string& element, bool holds, bool is_supposed) {
  Path owner = path;
  const std::string name = path.parts.back().name;
  owner.parts.pop_back();
  const std::string noun =
      owner.parts.empty() && !element.empty() ? element : PathWords(owner, element);
  const absl::string_view verb = is_supposed ? "were" : "is";
  const std::string words = FieldWords(name);
  if (absl::StartsWith(name, "has_")) {
    return absl::StrCat("there ", verb, holds ? " a " : " no ", words);
  }
  if (absl::StartsWith(name, "is_") || words.find(' ') == std::string::npos) {
    return absl::StrCat(noun, " ", verb, holds ? " " : " not ", words);
  }
  return absl::StrCat(Quoted(words),
                      holds ? (is_supposed ? " applied to " : " applies to ")
                            : (is_supposed ? " did not apply to " : " does not apply to "),
                      noun);
}

// Says one condition.
class Speaker {
 public:
  Speaker(const Descriptor* input, const CompanyWords& company, const Reads& reads,
          bool is_supposed)
      : input_(input), company_(company), reads_(reads), is_supposed_(is_supposed) {}

  // The value of a function, or of a sum: "the refunds of the last 30 days are 80.00 EUR", "together 110.00 EUR".
  Text Value(const Expr& expr, const std::string& value) {
    const MaybeTerm term = Say(expr);
    if (!term.has_value() || value.empty()) return absl::nullopt;
    if (expr.op() == Operator::kAdd) return absl::StrCat("together ", value);
    return absl::StrCat(term->words, " ", Is(term->is_plural, true), " ", value);
  }

  Text Clause(const Expr& expr, bool holds) {
    switch (expr.kind()) {
      case ExprKind::kHas:
        return Has(expr, holds);
      case ExprKind::kComprehension:
        return Quantified(expr, holds);
      case ExprKind::kIdentifier:
      case ExprKind::kSelect:
        return Flag(expr, holds);
      case ExprKind::kCall:
        return Call(expr, holds);
      default:
        return absl::nullopt;
    }
  }

 private:
  struct Local {
    std::string name;
    const Descriptor* type;
    std::string noun;
  };

  absl::string_view Is(bool is_plural, bool holds) const {
    if (is_supposed_) return holds ? "were" : "were not";
    if (is_plural) return holds ? "are" : "are not";
    return holds ? "is" : "is not";
  }

  Text Call(const Expr& expr, bool holds) {
    switch (expr.op()) {
      case Operator::kNot:
        return Clause(expr.child(0), !holds);
      case Operator::kAnd:
      case Operator::kOr: {
        const Text left = Clause(expr.child(0), holds), right = Clause(expr.child(1), holds);
        if (!left.has_value() || !right.has_value()) return absl::nullopt;
        const bool is_and = (expr.op() == Operator::kAnd) == holds;
        return absl::StrCat(*left, is_and ? " and " : " or ", *right);
      }
      case Operator::kIn:
        return In(expr, holds);
      case Operator::kNone:
        return Function(expr, holds);
      default:
        return cel::IsComparison(expr.op()) ? Comparison(expr, holds) : absl::nullopt;
    }
  }

  // ---- Paths ----

  // "order.lines[0].quantity", of names, selections and literal indices.
  static Text PathText(const Expr& expr) {
    switch (expr.kind()) {
      case ExprKind::kIdentifier:
        return std::string(expr.name());
      case ExprKind::kSelect: {
        const Text owner = PathText(expr.child(0));
        if (!owner.has_value()) return absl::nullopt;
        return absl::StrCat(*owner, ".", expr.name());
      }
      case ExprKind::kCall: {
        if (expr.op() != Operator::kIndex) return absl::nullopt;
        const Text owner = PathText(expr.child(0));
        const cel::Value* index = expr.child(1).constant();
        if (!owner.has_value() || index == nullptr || !index->is_int()) return absl::nullopt;
        return absl::StrCat(*owner, "[", index->int_value(), "]");
      }
      default:
        return absl::nullopt;
    }
  }

  // The path below the input or an element, and the noun of that element.
  Path Resolve(const std::string& text, std::string* element) const {
    const absl::string_view root = absl::string_view(text).substr(0, text.find_first_of(".["));
    for (size_t i = locals_.size(); i > 0; --i) {
      const Local& local = locals_[i - 1];
      if (local.name != root) continue;
      *element = local.noun;
      absl::string_view rest = absl::string_view(text).substr(root.size());
      absl::ConsumePrefix(&rest, ".");
      return ReadPath(rest, local.type);
    }
    return ReadPath(text, input_);
  }

  Text Flag(const Expr& expr, bool holds) {
    const Text text = PathText(expr);
    if (!text.has_value()) return absl::nullopt;
    std::string element;
    const Path path = Resolve(*text, &element);
    if (path.parts.empty() || path.parts.back().index >= 0) return absl::nullopt;
    return SayFlag(path, element, holds, is_supposed_);
  }

  // "its quantity" of "the quantity of this line", where a quantifier has named the line.
  static std::string Its(const std::string& noun, const std::string& element) {
    absl::string_view rest = noun;
    if (!absl::StartsWith(element, "this ") || !absl::ConsumePrefix(&rest, "the ") ||
        !absl::ConsumeSuffix(&rest, absl::StrCat(" of ", element))) {
      return noun;
    }
    return absl::StrCat("its ", rest);
  }

  Text Has(const Expr& expr, bool holds) {
    std::string text(expr.name());
    if (expr.child_count() > 0) {
      const Text owner = PathText(expr.child(0));
      if (!owner.has_value()) return absl::nullopt;
      text = absl::StrCat(*owner, ".", text);
    }
    std::string element;
    const Path path = Resolve(text, &element);
    if (path.parts.empty()) return absl::nullopt;
    return SaySet(path, element, holds);
  }

  std::string SaySet(const Path& path, const std::string& element, bool holds) const {
    const std::string noun = Its(PathWords(path, element), element);
    const bool is_entity = element.empty() && path.parts.size() == 1 && path.field() != nullptr &&
                           path.field()->message_type() != nullptr && !path.is_time() &&
                           !path.is_list();
    if (!is_entity) return absl::StrCat(noun, " ", Is(path.is_list(), holds), " set");
    if (is_supposed_) {
      return absl::StrCat("the desk ", holds ? "knew " : "did not know ", noun);
    }
    return absl::StrCat("the desk ", holds ? "knows " : "does not know ", noun);
  }

  // ---- Comparisons ----

  Text Comparison(const Expr& expr, bool holds) {
    Expr left = expr.child(0), right = expr.child(1);
    Operator op = expr.op();
    if (IsFixed(left) && !IsFixed(right)) {
      std::swap(left, right);
      op = cel::Mirrored(op);
    }
    if (!holds) op = cel::Opposite(op);
    const cel::Value* value = right.constant();
    if (value != nullptr && value->is_bool()) {
      if (!cel::IsEquality(op)) return absl::nullopt;
      return Clause(left, value->bool_value() == (op == Operator::kEqual));
    }
    MaybeTerm a = Say(left), b = Say(right);
    if (!a.has_value() || !b.has_value()) return absl::nullopt;
    if (a->kind == TermKind::kMinorUnits && b->is_constant && !SayUnits(*a, &*b)) {
      return absl::nullopt;
    }
    if (b->kind == TermKind::kText && b->is_constant) SayWord(*a, &*b);
    const bool is_equality = cel::IsEquality(op);
    if (b->kind == TermKind::kUnset) {
      if (!is_equality) return absl::nullopt;
      return absl::StrCat(a->words, " ", Is(a->is_plural, op == Operator::kNotEqual), " set");
    }
    if (is_equality) {
      return absl::StrCat(a->words, " ", Is(a->is_plural, op == Operator::kEqual), " ", b->words);
    }
    const bool is_time = a->kind == TermKind::kTime && b->kind != TermKind::kNumber;
    return absl::StrCat(a->words, " ", Is(a->is_plural, true), " ", Order(op, is_time), " ",
                        b->words);
  }

  static absl::string_view Order(Operator op, bool is_time) {
    switch (op) {
      case Operator::kLess:
        return is_time ? "before" : "less than";
      case Operator::kLessOrEqual:
        return is_time ? "not after" : "at most";
      case Operator::kGreater:
        return is_time ? "after" : "more than";
      default:
        return is_time ? "not before" : "at least";
    }
  }

  // Whether it reads nothing.
  static bool IsFixed(const Expr& expr) {
    if (expr.kind() == ExprKind::kConstant) return true;
    if (expr.kind() == ExprKind::kSelect) {
      const Text path = PathText(expr);
      return path.has_value() && IsEnumName(*path);
    }
    if (expr.kind() != ExprKind::kCall && expr.kind() != ExprKind::kList) return false;
    for (size_t i = 0; i < expr.child_count(); ++i) {
      if (!IsFixed(expr.child(i))) return false;
    }
    return expr.child_count() > 0;
  }

  static bool IsEnumName(absl::string_view path) {
    const absl::string_view last = path.substr(path.rfind('.') + 1);
    return absl::ascii_isupper(path.front()) && last.size() > 1 &&
           absl::AsciiStrToUpper(last) == last;
  }

  // A number of minor units in the currency that was read with it.
  bool SayUnits(const Term& amount, Term* number) const {
    if (number->kind != TermKind::kNumber) return false;
    for (const v1::ValueRead& read : reads_) {
      if (read.amount().empty() || !absl::EndsWith(amount.path, ".units")) continue;
      const bool is_local = read.path() != amount.path;
      if (is_local && (locals_.empty() && read.path().find('[') == std::string::npos)) continue;
      const size_t space = read.amount().rfind(' ');
      const auto money = MakeMoney(number->number, read.amount().substr(space + 1));
      if (!money.ok()) return false;
      number->words = FormatMoney(*money);
      return true;
    }
    return false;
  }

  // A word of the company's own, where the other side holds such words.
  void SayWord(const Term& holder, Term* word) const {
    if (ListOf(holder.field) == v1::VOCABULARY_LIST_UNSPECIFIED) return;
    const absl::string_view text = absl::StripSuffix(absl::StripPrefix(word->words, "\""), "\"");
    word->words = company_.Find(ListOf(holder.field), text);
  }

  Text In(const Expr& expr, bool holds) {
    const Expr element = expr.child(0), list = expr.child(1);
    MaybeTerm a = Say(element);
    if (!a.has_value()) return absl::nullopt;
    if (list.kind() == ExprKind::kList) {
      std::vector<std::string> words;
      for (size_t i = 0; i < list.child_count(); ++i) {
        MaybeTerm each = Say(list.child(i));
        if (!each.has_value()) return absl::nullopt;
        if (each->kind == TermKind::kText) SayWord(*a, &*each);
        if (a->kind == TermKind::kMinorUnits && !SayUnits(*a, &*each)) return absl::nullopt;
        words.push_back(each->words);
      }
      if (words.empty()) return absl::nullopt;
      return absl::StrCat(a->words, " ", Is(false, holds), " ", ListWords(words, "or"));
    }
    const MaybeTerm b = Say(list);
    if (!b.has_value()) return absl::nullopt;
    if (a->kind == TermKind::kText && a->is_constant) SayWord(*b, &*a);
    absl::string_view verb = holds ? " include " : " do not include ";
    if (is_supposed_) verb = holds ? " included " : " did not include ";
    return absl::StrCat(b->words, verb, a->words);
  }

  Text Quantified(const Expr& expr, bool holds) {
    const bool is_all = expr.macro() == Macro::kAll;
    if ((!is_all && expr.macro() != Macro::kExists) || expr.child_count() != 2 ||
        !expr.variable(1).empty()) {
      return absl::nullopt;
    }
    const Text list = PathText(expr.child(0));
    if (!list.has_value()) return absl::nullopt;
    std::string element;
    const Path path = Resolve(*list, &element);
    if (path.parts.empty()) return absl::nullopt;
    const std::string one = SingularWords(path.parts.back().name);
    const Descriptor* type = path.field() == nullptr ? nullptr : path.field()->message_type();
    locals_.push_back({std::string(expr.variable(0)), type, absl::StrCat("this ", one)});
    // Not for all: there is one for which it does not hold. Not for one: for every one it does not hold.
    const bool is_every = is_all == holds;
    const Text body = Clause(expr.child(1), holds);
    locals_.pop_back();
    if (!body.has_value()) return absl::nullopt;
    const std::string of = WithoutArticle(PathWords(path, element));
    const size_t owner = of.find(" of ");
    const std::string noun = owner == std::string::npos ? one : absl::StrCat(one, of.substr(owner));
    return absl::StrCat(is_every ? "for every " : "for one ", noun, ", ", *body);
  }

  // ---- Functions ----

  Text Function(const Expr& expr, bool holds) {
    const absl::string_view name = expr.name();
    if (!expr.is_member() || expr.child_count() < 2) return absl::nullopt;
    const cel::Value* text = expr.child(1).constant();
    if (text == nullptr || !text->is_string()) return absl::nullopt;
    const std::string word(text->string_value());
    if (name == "has_role" || name == "has_authority") {
      const bool is_role = name == "has_role";
      const std::string words = company_.Find(
          is_role ? v1::VOCABULARY_LIST_ROLES : v1::VOCABULARY_LIST_AUTHORITIES, word);
      absl::string_view verb = holds ? "has" : "does not have";
      if (is_supposed_) verb = holds ? "had" : "did not have";
      return absl::StrCat("the requester ", verb, is_role ? " the role " : " the authority ",
                          Quoted(words));
    }
    if (name == "has_total") {
      absl::string_view verb = is_supposed_ ? "were" : "is";
      return absl::StrCat("there ", verb, holds ? " a" : " no", " total of ",
                          WithoutArticle(TotalNoun(word)));
    }
    if (name == "flag") {
      const MaybeTerm flag = Say(expr);
      if (!flag.has_value()) return absl::nullopt;
      return absl::StrCat(flag->words, " ", Is(false, true), holds ? " yes" : " no");
    }
    if (name == "allows") {
      absl::string_view verb = holds ? "has agreed" : "has not agreed";
      if (is_supposed_) verb = holds ? "had agreed" : "had not agreed";
      return absl::StrCat("the customer ", verb, " to ", SpacedWords(word), " messages");
    }
    const MaybeTerm owner = Say(expr.child(0));
    if (!owner.has_value()) return absl::nullopt;
    absl::string_view verb;
    if (name == "contains") verb = holds ? "contains" : "does not contain";
    if (name == "startsWith") verb = holds ? "begins with" : "does not begin with";
    if (name == "endsWith") verb = holds ? "ends with" : "does not end with";
    if (verb.empty()) return absl::nullopt;
    if (is_supposed_) {
      if (name == "contains") verb = holds ? "contained" : "did not contain";
      if (name == "startsWith") verb = holds ? "began with" : "did not begin with";
      if (name == "endsWith") verb = holds ? "ended with" : "did not end with";
    }
    return absl::StrCat(owner->words, " ", verb, " ", Quoted(word));
  }

  MaybeTerm Say(const Expr& expr) {
    switch (expr.kind()) {
      case ExprKind::kConstant:
        return SayConstant(expr);
      case ExprKind::kIdentifier:
      case ExprKind::kSelect:
        return SayPath(expr);
      case ExprKind::kComprehension:
        return SayMapped(expr);
      case ExprKind::kCall:
        break;
      default:
        return absl::nullopt;
    }
    switch (expr.op()) {
      case Operator::kNone:
        return SayFunction(expr);
      case Operator::kIndex:
        return SayPath(expr);
      case Operator::kNegate: {
        MaybeTerm term = Say(expr.child(0));
        if (!term.has_value() || !term->is_constant || term->kind != TermKind::kNumber) {
          return absl::nullopt;
        }
        term->number = -term->number;
        term->words = absl::StrCat("-", term->words);
        return term;
      }
      default:
        return SayArithmetic(expr);
    }
  }

  MaybeTerm SayConstant(const Expr& expr) const {
    const cel::Value* value = expr.constant();
    if (value == nullptr) return absl::nullopt;
    Term term;
    term.is_constant = true;
    if (value->is_string()) {
      const std::string text(value->string_value());
      term.kind = text.empty() ? TermKind::kUnset : TermKind::kText;
      term.words = Quoted(text);
      return term;
    }
    term.kind = TermKind::kNumber;
    if (value->is_int()) {
      term.number = value->int_value();
      term.words = absl::StrCat(term.number);
      return term;
    }
    if (value->is_double()) {
      term.words = absl::StrCat(value->double_value());
      return term;
    }
    return absl::nullopt;
  }

  MaybeTerm SayPath(const Expr& expr) const {
    const Text text = PathText(expr);
    if (!text.has_value()) return absl::nullopt;
    Term term;
    if (IsEnumName(*text)) {
      term.is_constant = true;
      term.words = LiteralWords(*text);
      if (IsUnsetLiteral(term.words)) term.kind = TermKind::kUnset;
      return term;
    }
    std::string element;
    const Path path = Resolve(*text, &element);
    if (path.parts.empty() && element.empty()) return absl::nullopt;
    term.words = path.parts.empty() ? element : Its(PathWords(path, element), element);
    term.path = *text;
    term.field = path.field();
    if (path.is_minor_units()) term.kind = TermKind::kMinorUnits;
    if (path.is_time()) term.kind = TermKind::kTime;
    if (path.is_list()) term.kind = TermKind::kList;
    term.is_plural = path.is_list();
    return term;
  }

  // list.map(element, value): the value of all elements.
  MaybeTerm SayMapped(const Expr& expr) {
    if (expr.macro() != Macro::kMap || expr.child_count() != 2) return absl::nullopt;
    const MaybeTerm list = Say(expr.child(0));
    if (!list.has_value() || list->kind != TermKind::kList) return absl::nullopt;
    locals_.push_back({std::string(expr.variable(0)), list->field->message_type(), list->words});
    MaybeTerm value = Say(expr.child(1));
    locals_.pop_back();
    if (value.has_value() && value->kind == TermKind::kMinorUnits) return absl::nullopt;
    if (value.has_value()) {
      value->kind = TermKind::kList;
      value->is_plural = true;
    }
    return value;
  }

  MaybeTerm SayFunction(const Expr& expr) {
    const absl::string_view name = expr.name();
    if (expr.child_count() == 0) return absl::nullopt;
    if (MaybeTerm literal = SayLiteralCall(expr)) return literal;
    if (MaybeTerm total = SayTotal(expr)) return total;
    if (name == "text" || name == "number" || name == "flag" || name == "time" ||
        (name == "money" && expr.is_member())) {
      return SayAttribute(expr);
    }
    MaybeTerm term = Say(expr.child(0));
    if (!term.has_value()) return absl::nullopt;
    if (name == "orValue" || name == "when_absent" || name == "int" || name == "double")
      return term;
    if (name == "since" || name == "age") {
      const std::string words = term->words;
      *term = Term();
      term->words = absl::StrCat("the time since ", EventOf(words));
      if (name == "age") term->words = absl::StrCat("the age of ", words);
      term->kind = TermKind::kSpan;
      return term;
    }
    if (name == "percent" && expr.child_count() == 2 && !expr.is_member()) {
      const MaybeTerm rate = Say(expr.child(1));
      if (!rate.has_value() || !rate->is_constant) return absl::nullopt;
      term->words = absl::StrCat(rate->words, " % of ", term->words);
      return term;
    }
    absl::string_view prefix;
    if (name == "size") prefix = "the number of ";
    if (name == "sum") prefix = "the sum of ";
    if (name == "min") prefix = "the smallest of ";
    if (name == "max") prefix = "the largest of ";
    if (name == "avg") prefix = "the average of ";
    if (prefix.empty() || (term->kind != TermKind::kList && name != "size")) return absl::nullopt;
    const std::string words = name == "size" ? WithoutArticle(term->words) : term->words;
    *term = Term();
    term->words = absl::StrCat(prefix, words);
    return term;
  }

  // money('500 EUR'), days(30), duration('30d'), timestamp('...').
  MaybeTerm SayLiteralCall(const Expr& expr) const {
    if (expr.is_member() || expr.child_count() != 1) return absl::nullopt;
    const cel::Value* value = expr.child(0).constant();
    if (value == nullptr) return absl::nullopt;
    Term term;
    term.is_constant = true;
    const absl::string_view name = expr.name();
    if (value->is_int()) {
      absl::Duration unit;
      if (name == "days") unit = absl::Hours(24);
      if (name == "hours") unit = absl::Hours(1);
      if (name == "minutes") unit = absl::Minutes(1);
      if (name == "seconds") unit = absl::Seconds(1);
      if (unit == absl::ZeroDuration()) return absl::nullopt;
      term.kind = TermKind::kSpan;
      term.words = SpanWords(unit * value->int_value());
      return term;
    }
    if (!value->is_string()) return absl::nullopt;
    const std::string text(value->string_value());
    if (name == "money") {
      const size_t space = text.find(' ');
      if (space == std::string::npos) return absl::nullopt;
      const auto money = ParseMoney(text.substr(0, space), text.substr(space + 1));
      if (!money.ok()) return absl::nullopt;
      term.words = FormatMoney(*money);
      return term;
    }
    if (name == "timestamp") {
      absl::Time time;
      if (!absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) return absl::nullopt;
      term.kind = TermKind::kTime;
      term.words = InstantWords(time);
      return term;
    }
    int64_t days = 0;
    absl::Duration span;
    if (name != "duration") return absl::nullopt;
    if (absl::EndsWith(text, "d") && absl::SimpleAtoi(text.substr(0, text.size() - 1), &days)) {
      span = absl::Hours(24) * days;
    } else if (!absl::ParseDuration(text, &span)) {
      return absl::nullopt;
    }
    term.kind = TermKind::kSpan;
    term.words = SpanWords(span);
    return term;
  }

  // "the refunds of the last 30 days", by the text of the pack.
  std::string TotalNoun(const std::string& name) const {
    const std::string text = company_.FindTotal(name);
    return absl::StartsWith(text, "the ") ? text : absl::StrCat("the ", text);
  }

  // totals.given('refunds_30d'): "the refunds of the last 30 days".
  MaybeTerm SayTotal(const Expr& expr) const {
    if (!expr.is_member() || expr.child_count() < 2 || expr.child(0).name() != "totals" ||
        expr.child(0).kind() != ExprKind::kIdentifier) {
      return absl::nullopt;
    }
    const cel::Value* name = expr.child(1).constant();
    const absl::string_view function = expr.name();
    const bool is_asked = absl::StartsWith(function, "asked");
    if (name == nullptr || !name->is_string() ||
        (!is_asked && function != "given" && function != "given_count")) {
      return absl::nullopt;
    }
    Term term;
    const std::string noun = TotalNoun(std::string(name->string_value()));
    const bool is_plural = absl::EndsWith(HeadOf(noun), "s");
    term.words =
        is_asked ? absl::StrCat(noun, is_plural ? " that were" : " that was", " asked for") : noun;
    term.is_plural = is_plural;
    if (absl::EndsWith(function, "_count")) {
      term.words = absl::StrCat("the number of ", WithoutArticle(term.words));
      term.is_plural = false;
    }
    return term;
  }

  // customer.attributes.text('segment'): "the segment of the customer".
  MaybeTerm SayAttribute(const Expr& expr) const {
    if (!expr.is_member() || expr.child_count() != 2) return absl::nullopt;
    Text path = PathText(expr.child(0));
    const cel::Value* name = expr.child(1).constant();
    if (!path.has_value() || name == nullptr || !name->is_string()) return absl::nullopt;
    absl::string_view owner = *path;
    if (!absl::ConsumeSuffix(&owner, ".attributes")) return absl::nullopt;
    Term term;
    std::string element;
    const Path entity = Resolve(std::string(owner), &element);
    term.words =
        absl::StrCat("the ", SpacedWords(name->string_value()), " of ", PathWords(entity, element));
    if (expr.name() == "time") term.kind = TermKind::kTime;
    return term;
  }

  MaybeTerm SayArithmetic(const Expr& expr) {
    if (expr.child_count() != 2) return absl::nullopt;
    MaybeTerm a = Say(expr.child(0));
    const MaybeTerm b = Say(expr.child(1));
    if (!a.has_value() || !b.has_value()) return absl::nullopt;
    const bool has_units = a->kind == TermKind::kMinorUnits || b->kind == TermKind::kMinorUnits;
    const bool has_number = (a->is_constant && a->kind == TermKind::kNumber) ||
                            (b->is_constant && b->kind == TermKind::kNumber);
    Term term;
    term.kind = a->kind;
    term.is_plural = a->is_plural;
    switch (expr.op()) {
      case Operator::kSubtract:
        if (a->path == "now" && b->kind == TermKind::kTime) {
          term.kind = TermKind::kSpan;
          term.words = absl::StrCat("the time since ", EventOf(b->words));
          return term;
        }
        if (a->kind == TermKind::kTime && b->kind == TermKind::kTime) term.kind = TermKind::kSpan;
        term.words = absl::StrCat(a->words, " minus ", b->words);
        break;
      case Operator::kAdd:
        term.words = absl::StrCat(a->words, " plus ", b->words);
        break;
      case Operator::kMultiply:
        term.words = absl::StrCat(a->words, " times ", b->words);
        break;
      case Operator::kDivide:
        term.words = absl::StrCat(a->words, " divided by ", b->words);
        break;
      default:
        return absl::nullopt;
    }
    // A plain number beside minor units would be one of them.
    if (has_units && has_number) return absl::nullopt;
    return term;
  }

  const Descriptor* input_;
  const CompanyWords& company_;
  const Reads& reads_;
  const bool is_supposed_;
  std::vector<Local> locals_;
};

// Whether a value was read of totals, by a function: totals.given('refunds_30d'), or a sum with it.
bool IsOfTotals(absl::string_view path) {
  return absl::StrContains(path, "totals.given") || absl::StrContains(path, "totals.asked") ||
         absl::StrContains(path, "totals.has_total(");
}

// The path up to and with its last element: "order.lines[2]"; empty when it names none.
absl::string_view ElementOf(absl::string_view path) {
  const size_t end = path.rfind(']');
  return end == absl::string_view::npos ? absl::string_view() : path.substr(0, end + 1);
}

// Whether one element decides an operand: some element has it, or not every element has it.
bool IsDecidedByOne(Expr expr) {
  bool holds = true;
  while (expr.kind() == ExprKind::kCall && expr.op() == Operator::kNot) {
    expr = expr.child(0);
    holds = !holds;
  }
  return expr.kind() == ExprKind::kComprehension &&
         expr.macro() == (holds ? Macro::kExists : Macro::kAll);
}

}  // namespace

// Parsing alone needs no functions. Of the input it needs the fields: has(customer) is a test of one of them.
ExpressionWords::ExpressionWords(const Descriptor* input, const CompanyWords& company)
    : input_(input), company_(company) {
  cel::EnvironmentBuilder builder;
  builder.SetExtensions(cel::kDefaultExtensions);
  if (input != nullptr) builder.SetRootMessage(input);
  auto built = builder.Build();
  if (built.ok()) parser_ = *std::move(built);
}

ExpressionWords::~ExpressionWords() = default;

Text ExpressionWords::Say(absl::string_view condition, const Reads& reads, bool is_supposed) const {
  if (parser_ == nullptr) return absl::nullopt;
  const cel::AstResult parsed = parser_->Parse(condition);
  if (!parsed.ok()) return absl::nullopt;
  return Speaker(input_, company_, reads, is_supposed).Clause(parsed.ast->root(), true);
}

std::string ExpressionWords::SayRead(const v1::ValueRead& read) const {
  absl::string_view text = read.path();
  const std::string& value = read.value();
  if (text == "now" || value.empty()) return "";
  if (absl::StartsWith(value, "not set: ")) return value.substr(sizeof("not set: ") - 1);
  if (IsOfTotals(text)) {
    const cel::AstResult parsed = parser_ == nullptr ? cel::AstResult() : parser_->Parse(text);
    if (!parsed.ok()) return "";
    const Reads none;
    Speaker speaker(input_, company_, none, /*is_supposed=*/false);
    const Expr root = parsed.ast->root();
    if (value == "true" || value == "false") {
      return speaker.Clause(root, value == "true").value_or("");
    }
    return speaker.Value(root, LiteralWords(value)).value_or("");
  }
  const bool is_presence = absl::ConsumePrefix(&text, "has(") && absl::ConsumeSuffix(&text, ")");
  const Path path = ReadPath(text, input_);
  if (path.parts.empty() || path.is_list()) return "";
  const std::string noun = PathWords(path);
  if (is_presence || IsUnsetLiteral(value)) {
    return absl::StrCat(noun, value == "true" ? " is set" : " is not set");
  }
  if (value == "true" || value == "false") return SayFlag(path, "", value == "true", false);
  if (!read.amount().empty()) return absl::StrCat(noun, " is ", read.amount());
  if (path.is_minor_units()) return "";
  std::string words = LiteralWords(value);
  if (ListOf(path.field()) != v1::VOCABULARY_LIST_UNSPECIFIED) {
    words = company_.Find(ListOf(path.field()), words);
  }
  return words.empty() ? "" : absl::StrCat(noun, " is ", words);
}

std::vector<std::string> ExpressionWords::SayReads(const v1::ConjunctTrace& conjunct) const {
  const cel::AstResult parsed =
      parser_ == nullptr ? cel::AstResult() : parser_->Parse(conjunct.text());
  const bool by_one = parsed.ok() && IsDecidedByOne(parsed.ast->root());
  absl::string_view element;
  bool has_elements = false, is_cut = false, has_lists = false;
  for (const v1::ValueRead& read : conjunct.reads()) {
    if (!ElementOf(read.path()).empty()) element = ElementOf(read.path());
    has_elements |= !ElementOf(read.path()).empty();
    has_lists |= absl::StartsWith(read.value(), "[");
    is_cut |= read.path() == "...";
  }
  std::vector<std::string> said;
  const bool as_a_whole = has_lists || is_cut || (has_elements && !by_one);
  if (as_a_whole && conjunct.result() == v1::ConjunctTrace::RESULT_TRUE) {
    if (Text whole = Say(conjunct.text(), conjunct.reads(), false)) {
      said.push_back(*std::move(whole));
      return said;
    }
  }
  for (const v1::ValueRead& read : conjunct.reads()) {
    const absl::string_view of = ElementOf(read.path());
    if (!of.empty() && (as_a_whole || of != element)) continue;
    std::string clause = SayRead(read);
    if (!clause.empty()) said.push_back(std::move(clause));
  }
  if (said.empty() && !as_a_whole && conjunct.result() == v1::ConjunctTrace::RESULT_TRUE) {
    if (Text whole = Say(conjunct.text(), conjunct.reads(), false)) {
      said.push_back(*std::move(whole));
    }
  }
  return said;
}

}  // namespace internal
}  // namespace frontdesk
