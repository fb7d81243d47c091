#include "cel/regex.h"

#include "absl/strings/str_cat.h"

namespace frontdesk::cel::cel_internal {

std::unique_ptr<RE2> CompileRegex(absl::string_view pattern, const Limits& limits, Code* code,
                                  std::string* message) {
  if (static_cast<int64_t>(pattern.size()) > limits.max_regex_bytes) {
    *code = Code::LIMIT_REGEX_SIZE;
    *message = absl::StrCat("the regular expression has ", pattern.size(),
                            " bytes, more than max_regex_bytes = ", limits.max_regex_bytes);
    return nullptr;
  }
  RE2::Options options;
  options.set_log_errors(false);
  // RE2 takes about this many bytes an instruction, and a third of its budget for the program.
  constexpr int64_t kBytesAnInstruction = 16 * 3;
  options.set_max_mem((int64_t{1} << 20) + limits.max_regex_program_size * kBytesAnInstruction);
  auto regex = std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!regex->ok()) {
    const bool large = regex->error_code() == RE2::ErrorPatternTooLarge;
    *code = large ? Code::LIMIT_REGEX_SIZE : Code::INVALID_REGEX;
    *message = absl::StrCat("invalid regular expression: ", regex->error());
    return nullptr;
  }
  if (regex->ProgramSize() > limits.max_regex_program_size) {
    *code = Code::LIMIT_REGEX_SIZE;
    *message = absl::StrCat(
        "the regular expression compiles to ", regex->ProgramSize(),
        " instructions, more than max_regex_program_size = ", limits.max_regex_program_size);
    return nullptr;
  }
  return regex;
}

Value MatchRegex(const RE2& regex, const Call& call, const Value& text) {
  const absl::string_view subject = text.string_value();
  const int64_t cost = MatchCost(static_cast<int64_t>(subject.size()), regex.ProgramSize());
  if (!call.Charge(cost)) return call.Error(Code::LIMIT_COST);
  return Value::Bool(RE2::PartialMatch(re2::StringPiece(subject.data(), subject.size()), regex));
}

}  // namespace frontdesk::cel::cel_internal
