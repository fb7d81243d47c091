// Text to tokens. Private to cel/.
#ifndef FRONTDESK_CEL_LEXER_H_
#define FRONTDESK_CEL_LEXER_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "cel/errors.h"
#include "frontdesk/cel/issue.h"

namespace frontdesk::cel::cel_internal {

enum class Token : uint8_t {
  kEnd,
  kError,  // Something that is no token; see Lexer::error_code().
  kIdentifier,
  kReserved,    // A word kept for host languages; a name only behind a dot.
  kQuotedName,  // `name`
  kTrue,
  kFalse,
  kNull,
  kIn,
  kInt,
  kUint,
  kDouble,
  kString,
  kBytes,
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kLeftBrace,
  kRightBrace,
  kDot,
  kComma,
  kColon,
  kQuestion,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kNot,
  kAnd,
  kOr,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
};

// Reads one token at a time. `text` is valid UTF-8 and outlives the lexer.
class Lexer {
 public:
  explicit Lexer(absl::string_view text) : text_(text) {}

  // Steps to the next token.
  void Next();

  Token token() const { return token_; }
  SourceRange range() const { return {begin_, end_}; }
  absl::string_view text() const { return text_.substr(begin_, end_ - begin_); }

  // Of kError.
  Code error_code() const { return error_code_; }
  const char* error_message() const { return error_message_; }

 private:
  char Peek(int32_t ahead = 0) const {
    const size_t i = static_cast<size_t>(end_ + ahead);
    return i < text_.size() ? text_[i] : '\0';
  }
  void SkipSpace();
  void Number();
  void Word();
  void String(int32_t prefix, bool raw, Token token);
  void QuotedName();
  void Punctuation();
  void Fail(Code code, const char* message);

  absl::string_view text_;
  int32_t begin_ = 0;
  int32_t end_ = 0;
  Token token_ = Token::kEnd;
  Code error_code_ = Code::SYNTAX_ERROR;
  const char* error_message_ = "";
};

// The contents of a string or bytes token. False with the range of the invalid part, relative to `token`.
struct Unescaped {
  bool ok = true;
  SourceRange bad;
  const char* message = "";
};
Unescaped UnescapeString(absl::string_view token, bool bytes, std::string* out);

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_LEXER_H_
