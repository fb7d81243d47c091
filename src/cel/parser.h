// Tokens to tree, macros included. Private to cel/.
#ifndef FRONTDESK_CEL_PARSER_H_
#define FRONTDESK_CEL_PARSER_H_

#include <string>
#include <vector>

#include "cel/ast_data.h"
#include "cel/issues.h"
#include "cel/lexer.h"
#include "frontdesk/cel/limits.h"

namespace frontdesk::cel::cel_internal {

struct ParserOptions {
  Limits limits;
  bool macros = true;
  uint32_t extensions = 0;
  // has(name) is allowed for fields of the root message.
  bool has_identifier = false;
};

// Parses data->text into data. True when there was no error; otherwise `issues` has the errors.
bool Parse(const ParserOptions& options, AstData* data, IssueList* issues);

// A recursive-descent parser. After an error inside brackets it goes on behind the next comma or
// closing bracket, so that one text can have several errors.
class Parser {
 public:
  Parser(const ParserOptions& options, AstData* data, IssueList* issues);
  bool Run();

 private:
  // Node numbers; kFailed when there was an error, which has been reported.
  static constexpr int32_t kFailed = -1;

  // parser.cc: the grammar, from loose to tight.
  int32_t Expression();
  int32_t Logical(Token token);
  int32_t Binary(int level);
  int32_t Unary();
  bool StartsNegativeLiteral() const;
  int32_t Member();
  int32_t Primary(bool* name);
  bool StartsMessageName() const;
  int32_t Name(bool leading_dot);
  int32_t Postfix(int32_t target, int32_t begin, bool* name);
  int32_t Selection(int32_t target, int32_t begin, bool* name);
  int32_t Index(int32_t target, int32_t begin);
  int32_t ListLiteral();
  int32_t MapLiteral();
  int32_t MessageLiteral(int32_t name);
  bool MessageField(std::vector<int32_t>* values, std::vector<absl::string_view>* names,
                    std::vector<uint8_t>* optional);
  // Arguments up to the parenthesis that closes `open`, which is consumed. False after an error.
  bool Arguments(SourceRange open, std::vector<int32_t>* arguments);

  // parser_literals.cc
  int32_t Literal();
  int32_t NegativeLiteral(SourceRange minus);
  int32_t IntegerLiteral(bool negative, int32_t begin);
  int32_t DoubleLiteral(bool negative, int32_t begin);
  int32_t StringLiteral(bool bytes);
  absl::string_view QuotedText();

  // macros.cc: a call as the macro it may be. kNoMacro when it is an ordinary call.
  static constexpr int32_t kNoMacro = -2;
  int32_t GlobalMacro(absl::string_view name, const std::vector<int32_t>& arguments,
                      SourceRange range, SourceRange focus);
  int32_t MemberMacro(int32_t target, absl::string_view name, const std::vector<int32_t>& arguments,
                      SourceRange range, SourceRange focus);
  int32_t HasMacro(int32_t argument, SourceRange range);
  int32_t Comprehension(Macro macro, int32_t target, int variables,
                        const std::vector<int32_t>& arguments, SourceRange range,
                        SourceRange focus);
  int32_t BindMacro(Macro macro, int32_t variable, int32_t value, int32_t body, SourceRange range,
                    SourceRange focus);
  int32_t BlockMacro(absl::string_view name, const std::vector<int32_t>& arguments,
                     SourceRange range, SourceRange focus);
  int32_t ProtoExtensionMacro(const std::vector<int32_t>& arguments, bool has, SourceRange range);
  int32_t GreatestMacro(int32_t target, absl::string_view name,
                        const std::vector<int32_t>& arguments, SourceRange range,
                        SourceRange focus);
  // The name of a macro's variable; empty after reporting that it is none.
  absl::string_view VariableName(int32_t argument);
  bool IsPlainName(int32_t node, absl::string_view name) const;

  // Nodes.
  int32_t Add(AstNode node, const std::vector<int32_t>& children = {});
  int32_t AddCall(Operator op, int32_t begin, SourceRange focus,
                  const std::vector<int32_t>& children);
  int32_t AddConstant(const Value& value, SourceRange range);

  // Tokens and errors.
  Token token() const { return lexer_.token(); }
  void Next() {
    previous_end_ = lexer_.range().end;
    lexer_.Next();
  }
  bool Take(Token expected) {
    if (token() != expected) return false;
    Next();
    return true;
  }
  int32_t Fail(const std::string& message);
  int32_t FailOpen(const std::string& message, SourceRange open);
  void FailAtEnd();
  std::string Hint() const;
  int32_t FailAt(Code code, SourceRange range, absl::string_view message);
  bool Expect(Token expected, const char* what);
  // Skips to `closing` or a comma on this level. True at a comma.
  bool Recover(Token closing);
  bool Enter();
  void Leave() { --depth_; }
  bool Has(uint32_t extension) const { return (options_.extensions & extension) != 0; }

  const ParserOptions& options_;
  AstData* data_;
  IssueList* issues_;
  Lexer lexer_;
  int32_t depth_ = 0;
  int32_t max_depth_;
  int32_t previous_end_ = 0;
  bool failed_ = false;
  bool stopped_ = false;  // A limit was hit: nothing more is parsed.
};

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_PARSER_H_
