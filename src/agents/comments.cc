#include "agents/comments.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace frontdesk {
namespace agents {
namespace {

struct Comment {
  absl::string_view full_name;
  absl::string_view text;
};

// By name, byte by byte.
constexpr Comment kComments[] = {
#include "frontdesk_comments.inc"
};

}  // namespace

absl::string_view CommentOf(absl::string_view full_name) {
  const auto* found = std::lower_bound(
      std::begin(kComments), std::end(kComments), full_name,
      [](const Comment& comment, absl::string_view name) { return comment.full_name < name; });
  if (found == std::end(kComments) || found->full_name != full_name) return {};
  return found->text;
}

absl::string_view FirstSentences(absl::string_view comment, int count) {
  std::size_t end = 0;
  while (count > 0 && end < comment.size()) {
    const std::size_t next = comment.find(". ", end);
    if (next == absl::string_view::npos) return comment;
    end = next + 2;
    --count;
  }
  return absl::StripTrailingAsciiWhitespace(comment.substr(0, end));
}

bool SaysRequired(absl::string_view comment) {
  return absl::StrContains(comment, ". Required.") || absl::StrContains(comment, ". Required;");
}

bool IsForPolicyOnly(absl::string_view comment) {
  return absl::StartsWith(comment, "Set by policy only");
}

std::string ForModel(absl::string_view comment) {
  std::string text(comment);
  if (absl::ConsumePrefix(&comment, "Asks to ")) {
    text = std::string(comment);
    text[0] = absl::ascii_toupper(static_cast<unsigned char>(text[0]));
  }
  text = absl::StrReplaceAll(text, {{" Required.", ""}, {"`", ""}});
  return text;
}

}  // namespace agents
}  // namespace frontdesk
