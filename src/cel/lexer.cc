#include "cel/lexer.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "cel/utf8.h"

namespace frontdesk::cel::cel_internal {
namespace {

enum CharClass : uint8_t { kSpace = 1, kWord = 2, kDigit = 4 };

constexpr std::array<uint8_t, 256> MakeClasses() {
  std::array<uint8_t, 256> classes{};
  for (char c : {' ', '\t', '\n', '\f', '\r'}) classes[static_cast<uint8_t>(c)] = kSpace;
  for (int c = 'a'; c <= 'z'; ++c) classes[c] = kWord;
  for (int c = 'A'; c <= 'Z'; ++c) classes[c] = kWord;
  for (int c = '0'; c <= '9'; ++c) classes[c] = kDigit;
  classes['_'] = kWord;
  return classes;
}

constexpr std::array<uint8_t, 256> kClasses = MakeClasses();

bool Is(char c, uint8_t classes) { return (kClasses[static_cast<uint8_t>(c)] & classes) != 0; }

constexpr absl::string_view kReservedWords[] = {
    "as",  "break", "const",   "continue",  "else",   "for", "function", "if",   "import",
    "let", "loop",  "package", "namespace", "return", "var", "void",     "while"};

// A number with the letter of a unit of time: "30d".
bool IsSpan(absl::string_view number) {
  return !number.empty() &&
         absl::string_view("dhms").find(number.back()) != absl::string_view::npos &&
         std::all_of(number.begin(), number.end() - 1, absl::ascii_isdigit);
}

}  // namespace

void Lexer::Fail(Code code, const char* message) {
  token_ = Token::kError;
  error_code_ = code;
  error_message_ = message;
}

void Lexer::SkipSpace() {
  const int32_t size = static_cast<int32_t>(text_.size());
  while (end_ < size) {
    if (Is(text_[end_], kSpace)) {
      ++end_;
    } else if (text_[end_] == '/' && Peek(1) == '/') {
      while (end_ < size && text_[end_] != '\n') ++end_;
    } else {
      break;
    }
  }
}

void Lexer::Next() {
  SkipSpace();
  begin_ = end_;
  if (static_cast<size_t>(end_) >= text_.size()) {
    token_ = Token::kEnd;
    return;
  }
  const char c = text_[end_];
  if (Is(c, kWord)) {
    Word();
  } else if (Is(c, kDigit) || (c == '.' && Is(Peek(1), kDigit))) {
    Number();
  } else if (c == '"' || c == '\'') {
    String(0, /*raw=*/false, Token::kString);
  } else if (c == '`') {
    QuotedName();
  } else {
    Punctuation();
  }
}

void Lexer::Word() {
  // r"..", b"..", br"..": a prefix of a string, not a name.
  const char lower = absl::ascii_tolower(Peek());
  const auto quote = [&](int32_t i) { return Peek(i) == '"' || Peek(i) == '\''; };
  if (lower == 'r' && quote(1)) return String(1, /*raw=*/true, Token::kString);
  if (lower == 'b' && quote(1)) return String(1, /*raw=*/false, Token::kBytes);
  if (lower == 'b' && absl::ascii_tolower(Peek(1)) == 'r' && quote(2)) {
    return String(2, /*raw=*/true, Token::kBytes);
  }
  const int32_t size = static_cast<int32_t>(text_.size());
  while (end_ < size && Is(text_[end_], kWord | kDigit)) ++end_;
  const absl::string_view word = text();
  token_ = Token::kIdentifier;
  if (word.size() > 9 || word.size() < 2) return;
  if (word == "in") {
    token_ = Token::kIn;
  } else if (word == "true") {
    token_ = Token::kTrue;
  } else if (word == "false") {
    token_ = Token::kFalse;
  } else if (word == "null") {
    token_ = Token::kNull;
  } else if (std::find(std::begin(kReservedWords), std::end(kReservedWords), word) !=
             std::end(kReservedWords)) {
    token_ = Token::kReserved;
  }
}

void Lexer::Number() {
  token_ = Token::kInt;
  if (Peek() == '0' && Peek(1) == 'x' && absl::ascii_isxdigit(Peek(2))) {
    end_ += 2;
    while (absl::ascii_isxdigit(Peek())) ++end_;
  } else {
    while (Is(Peek(), kDigit)) ++end_;
    if (Peek() == '.' && Is(Peek(1), kDigit)) {
      token_ = Token::kDouble;
      ++end_;
      while (Is(Peek(), kDigit)) ++end_;
    }
    const int32_t sign = Peek(1) == '+' || Peek(1) == '-' ? 1 : 0;
    if ((Peek() == 'e' || Peek() == 'E') && Is(Peek(1 + sign), kDigit)) {
      token_ = Token::kDouble;
      end_ += 1 + sign;
      while (Is(Peek(), kDigit)) ++end_;
    }
  }
  if (token_ == Token::kInt && (Peek() == 'u' || Peek() == 'U')) {
    token_ = Token::kUint;
    ++end_;
  }
  // The operator may follow at once: 1in x.
  const bool in = Peek() == 'i' && Peek(1) == 'n' && !Is(Peek(2), kWord | kDigit);
  if (Is(Peek(), kWord) && !in) {
    while (Is(Peek(), kWord | kDigit)) ++end_;
    const absl::string_view number = text();
    Fail(Code::INVALID_NUMBER,
         absl::StartsWithIgnoreCase(number, "0x") ? "a hexadecimal number needs digits after 0x"
         : absl::EndsWithIgnoreCase(number, "u")  ? "only a whole number can end with u"
         : IsSpan(number) ? "a number is followed by letters; a span of time is written days(30), "
                            "hours(4) or duration('90s')"
                          : "a number is followed by letters");
  }
}

void Lexer::String(int32_t prefix, bool raw, Token token) {
  end_ += prefix;
  const char quote = Peek();
  const bool triple = Peek(1) == quote && Peek(2) == quote;
  end_ += triple ? 3 : 1;
  const int32_t size = static_cast<int32_t>(text_.size());
  while (end_ < size) {
    const char c = text_[end_];
    if (c == quote && (!triple || (Peek(1) == quote && Peek(2) == quote))) {
      end_ += triple ? 3 : 1;
      token_ = token;
      return;
    }
    if (!triple && (c == '\n' || c == '\r')) break;
    end_ += c == '\\' && !raw && end_ + 1 < size ? 2 : 1;
  }
  end_ = std::min(end_, size);
  Fail(Code::UNTERMINATED_STRING, triple ? "the string has no closing triple quotes"
                                         : "the string has no closing quote on its line");
}

void Lexer::QuotedName() {
  ++end_;
  const auto allowed = [](char c) {
    return Is(c, kWord | kDigit) || c == '.' || c == '-' || c == '/' || c == ' ';
  };
  while (allowed(Peek())) ++end_;
  if (Peek() != '`') {
    return Fail(Code::UNTERMINATED_STRING,
                "a quoted name holds letters, digits and _ . - / and ends with `");
  }
  ++end_;
  token_ = Token::kQuotedName;
  if (end_ - begin_ == 2) Fail(Code::SYNTAX_ERROR, "a quoted name is empty");
}

namespace {

const char* StrayCharacter(absl::string_view character) {
  for (const char* quote :
       {"\u2018", "\u2019", "\u201c", "\u201d", "\u201e", "\u00ab", "\u00bb", "\u00b4"}) {
    if (character == quote) return "a string is written in plain quotes, ' or \"";
  }
  if (character == "#") return "'#' means nothing here; a comment begins with //";
  if (character == ";") return "';' means nothing here; an expression needs no end";
  if (character == "\u00a0") return "a no-break space; use an ordinary one";
  return "a character that means nothing here";
}

}  // namespace

void Lexer::Punctuation() {
  const auto take = [&](Token token, int32_t length) {
    token_ = token;
    end_ += length;
  };
  const char next = Peek(1);
  switch (Peek()) {
    case '(':
      return take(Token::kLeftParen, 1);
    case ')':
      return take(Token::kRightParen, 1);
    case '[':
      return take(Token::kLeftBracket, 1);
    case ']':
      return take(Token::kRightBracket, 1);
    case '{':
      return take(Token::kLeftBrace, 1);
    case '}':
      return take(Token::kRightBrace, 1);
    case '.':
      return take(Token::kDot, 1);
    case ',':
      return take(Token::kComma, 1);
    case ':':
      return take(Token::kColon, 1);
    case '?':
      return take(Token::kQuestion, 1);
    case '+':
      return take(Token::kPlus, 1);
    case '-':
      return take(Token::kMinus, 1);
    case '*':
      return take(Token::kStar, 1);
    case '/':
      return take(Token::kSlash, 1);
    case '%':
      return take(Token::kPercent, 1);
    case '!':
      return next == '=' ? take(Token::kNotEqual, 2) : take(Token::kNot, 1);
    case '<':
      return next == '=' ? take(Token::kLessOrEqual, 2) : take(Token::kLess, 1);
    case '>':
      return next == '=' ? take(Token::kGreaterOrEqual, 2) : take(Token::kGreater, 1);
    case '=':
      if (next == '=') return take(Token::kEqual, 2);
      ++end_;
      return Fail(Code::INVALID_CHARACTER, "'=' is no operator; compare with '=='");
    case '&':
      if (next == '&') return take(Token::kAnd, 2);
      ++end_;
      return Fail(Code::INVALID_CHARACTER, "'&' is no operator; the logical and is '&&'");
    case '|':
      if (next == '|') return take(Token::kOr, 2);
      ++end_;
      return Fail(Code::INVALID_CHARACTER, "'|' is no operator; the logical or is '||'");
    default:
      end_ += static_cast<int32_t>(Utf8Length(text_.substr(end_)));
      return Fail(Code::INVALID_CHARACTER, StrayCharacter(text()));
  }
}

namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = absl::ascii_tolower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Reads `count` digits of `base` at `i`; false when there are fewer.
bool ReadDigits(absl::string_view text, size_t i, int count, int base, uint32_t* value) {
  *value = 0;
  for (int k = 0; k < count; ++k) {
    const int digit = i + k < text.size() ? HexDigit(text[i + k]) : -1;
    if (digit < 0 || digit >= base) return false;
    *value = *value * base + digit;
  }
  return true;
}

// The character of a one-letter escape, -1 for none.
int SimpleEscape(char c) {
  switch (c) {
    case 'a':
      return '\a';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case '\\':
    case '?':
    case '"':
    case '\'':
    case '`':
      return c;
    default:
      return -1;
  }
}

// Decodes the escape at `i` (behind the backslash). Returns its length behind the backslash, 0 for a bad one.
size_t DecodeEscape(absl::string_view text, size_t i, bool bytes, std::string* out,
                    const char** message) {
  *message = "no such escape sequence";
  if (i >= text.size()) return 0;
  const int simple = SimpleEscape(text[i]);
  if (simple >= 0) {
    out->push_back(static_cast<char>(simple));
    return 1;
  }
  int digits = 0, base = 16;
  size_t start = i + 1;
  switch (text[i]) {
    case 'x':
    case 'X':
      digits = 2;
      break;
    case 'u':
      digits = 4;
      break;
    case 'U':
      digits = 8;
      break;
    case '0':
    case '1':
    case '2':
    case '3':
      digits = 3, base = 8, start = i;
      break;
    default:
      return 0;
  }
  uint32_t value;
  if (!ReadDigits(text, start, digits, base, &value)) {
    *message = "the escape sequence has too few digits";
    return 0;
  }
  if (bytes) {
    if (digits > 3) {
      *message = "bytes have no \\u and \\U escapes";
      return 0;
    }
    out->push_back(static_cast<char>(value));
  } else {
    if (value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) {
      *message = "the escape sequence names no character";
      return 0;
    }
    AppendUtf8(value, out);
  }
  return start + digits - i;
}

}  // namespace

Unescaped UnescapeString(absl::string_view token, bool bytes, std::string* out) {
  size_t begin = 0;
  bool raw = false;
  for (; token[begin] != '"' && token[begin] != '\''; ++begin) {
    raw |= token[begin] == 'r' || token[begin] == 'R';
  }
  const size_t quotes = token.size() >= begin + 6 && token[begin + 1] == token[begin] &&
                                token[begin + 2] == token[begin]
                            ? 3
                            : 1;
  begin += quotes;
  const absl::string_view text = token.substr(0, token.size() - quotes);
  out->clear();
  out->reserve(text.size() - begin);
  for (size_t i = begin; i < text.size();) {
    const char c = text[i];
    if (c == '\r') {
      // Line ends are the same whatever wrote the file.
      out->push_back('\n');
      i += i + 1 < text.size() && text[i + 1] == '\n' ? 2 : 1;
    } else if (c != '\\' || raw) {
      out->push_back(c);
      ++i;
    } else {
      Unescaped result;
      const size_t length = DecodeEscape(text, i + 1, bytes, out, &result.message);
      if (length == 0) {
        result.ok = false;
        size_t bad = i + 1 < text.size() ? Utf8Length(text.substr(i + 1)) : 0;
        // The digits that were read belong to it.
        const size_t most = bad == 0                                                 ? 0
                            : text[i + 1] == 'U'                                     ? 8
                            : text[i + 1] == 'u'                                     ? 4
                            : Is(text[i + 1], kDigit) || (text[i + 1] | 0x20) == 'x' ? 2
                                                                                     : 0;
        for (size_t k = 0; k < most && i + 1 + bad < text.size(); ++k) {
          if (!absl::ascii_isxdigit(text[i + 1 + bad])) break;
          ++bad;
        }
        result.bad = {static_cast<int32_t>(i), static_cast<int32_t>(i + 1 + bad)};
        return result;
      }
      i += 1 + length;
    }
  }
  return {};
}

}  // namespace frontdesk::cel::cel_internal
