// A reason: a stable word in UPPER_SNAKE for programs, and its meaning for people. Each room lists its own in its reasons.h;
// all_reasons.h gathers them, and docs/errors.md is made from it.
//
//   constexpr frontdesk::Reason kReasonFormIncomplete = {"FORM_INCOMPLETE", absl::StatusCode::kInvalidArgument,
//                                                        "A field of the form is empty."};
//   absl::Status status = frontdesk::MakeError(kReasonFormIncomplete, "2 fields are empty");
//
// Programs compare the word, which never changes once released. A rule of a policy may give any word of its own; those are
// listed nowhere.
#ifndef FRONTDESK_BASE_REASON_H_
#define FRONTDESK_BASE_REASON_H_

#include <ostream>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace frontdesk {

// One reason. A plain value; the texts have static storage.
struct Reason {
  // UPPER_SNAKE, stable.
  absl::string_view word;
  // The code of the status that carries it. kOk for the reason of a refusal, or of a violation inside another error: it is
  // never the reason of a status.
  absl::StatusCode code;
  // One sentence, without values.
  absl::string_view text;
  // The same as a customer reads it, after "because": "a part of it is on its way already". "it" is what the command asks for. Empty:
  // customers are given no cause, or one of the kind of refusal (decide/explain.h).
  absl::string_view customer_cause = {};

  // The word, so that a reason can be given wherever a word is expected.
  // NOLINTNEXTLINE(google-explicit-constructor)
  constexpr operator absl::string_view() const { return word; }

  friend bool operator==(const Reason& a, const Reason& b) { return a.word == b.word; }
  friend bool operator!=(const Reason& a, const Reason& b) { return a.word != b.word; }
  friend bool operator==(const Reason& a, absl::string_view b) { return a.word == b; }
  friend bool operator==(absl::string_view a, const Reason& b) { return a == b.word; }
  friend bool operator!=(const Reason& a, absl::string_view b) { return a.word != b; }
  friend bool operator!=(absl::string_view a, const Reason& b) { return a != b.word; }
  friend std::ostream& operator<<(std::ostream& out, const Reason& reason) {
    return out << reason.word;
  }
};

// The reason of that word among `reasons`; null when it is not there. Linear time.
inline const Reason* FindReason(absl::Span<const Reason> reasons, absl::string_view word) {
  for (const Reason& reason : reasons) {
    if (reason.word == word) return &reason;
  }
  return nullptr;
}

}  // namespace frontdesk

// For the lists of the rooms: a line of a list as a constant, and as an element of an array.
#define FRONTDESK_REASON_CONSTANT(constant, word, code, ...) \
  inline constexpr ::frontdesk::Reason constant = {word, ::absl::StatusCode::code, __VA_ARGS__};
#define FRONTDESK_REASON_ELEMENT(constant, ...) constant,

#endif  // FRONTDESK_BASE_REASON_H_
