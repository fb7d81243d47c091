// The comments of messages and fields in the protos. Private.
#ifndef FRONTDESK_AGENTS_COMMENTS_H_
#define FRONTDESK_AGENTS_COMMENTS_H_

#include <string>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace agents {

// The first paragraph of the comment of a message or field, by its full name, as one line; empty when there is none.
absl::string_view CommentOf(absl::string_view full_name);

// The first `count` sentences of a comment.
absl::string_view FirstSentences(absl::string_view comment, int count);

// Whether the comment says that the field is required, whatever the other fields are.
bool SaysRequired(absl::string_view comment);

// Whether the comment says that only policy sets the field.
bool IsForPolicyOnly(absl::string_view comment);

// The comment for a model: without "Required.", which the schema says, and with "Do" in place of "Asks to do".
std::string ForModel(absl::string_view comment);

}  // namespace agents
}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_COMMENTS_H_
