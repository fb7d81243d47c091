// Values in words for people: dates, spans, states, lists. Private.
#ifndef FRONTDESK_SRC_DECIDE_VALUE_WORDS_H_
#define FRONTDESK_SRC_DECIDE_VALUE_WORDS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "frontdesk/v1/decision.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "frontdesk/v1/vocabulary_list.pb.h"

namespace frontdesk {
namespace internal {

// "30 days", "1 hour and 30 minutes", "0 seconds"; "minus 2 hours" below zero. Exact to the second; what is less is in seconds with
// decimals.
std::string SpanWords(absl::Duration span);

// "2024-05-15 12:00 UTC"; with seconds where they are not zero.
std::string InstantWords(absl::Time time);

// "a", "a and b", "a, b and c"; `last` is the word before the last one.
std::string ListWords(absl::Span<const std::string> words, absl::string_view last = "and");

// "gift card" of "gift_card", "GIFT_CARD" and "GiftCard".
std::string SpacedWords(absl::string_view name);

// `text` with its first letter in upper case, or in lower case where it is not part of a word in capitals or of "I".
std::string Capitalized(absl::string_view text);
std::string Uncapitalized(absl::string_view text);

// `text` on one line without blanks at its ends, and with a period, unless it ends a sentence already.
std::string AsSentence(absl::string_view text);

// A value of a trace in words, which is a literal of the language or an amount. "delivered" of Order.State.STATE_DELIVERED, "30 days"
// of duration("2592000s"), "yes" of true, the elements of a list. Empty for one that is not shown.
std::string LiteralWords(absl::string_view literal);

// Whether the trace says of a value that it is not set.
bool IsUnsetLiteral(absl::string_view literal);

// The value of an output in words.
std::string OutputWords(const v1::OutputValue& output);

// The company's own words, from a pack.
class CompanyWords {
 public:
  // `pack` may be null, and is referred to.
  explicit CompanyWords(const v1::PolicyPack* pack) : pack_(pack) {}

  // The text that the pack has for a word of that list: "the second line" of second_line; empty when it has none.
  std::string FindText(v1::VocabularyList list, absl::string_view word) const;
  // The words of the pack for the total of that name, else the name with blanks for "_".
  std::string FindTotal(absl::string_view name) const;
  // The same as FindText(), or the word itself with blanks for "_".
  std::string Find(v1::VocabularyList list, absl::string_view word) const;

 private:
  const v1::PolicyPack* pack_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_VALUE_WORDS_H_
