// The words of a text, as full-text search compares them. Private.
//
// This is the one place that defines a word:
//   - A text is compared in NFKC, by the full case folding of Unicode. Characters that are ignorable by default, such as the soft hyphen,
//     do not count. "Straße" and "STRASSE" are one word, and so is a word in wide letters. Accents count. "é" in one character and in
//     two are one word.
//   - A word is a run of letters, digits and other numbers, and of the marks behind them (General_Category L, N and M). A mark that is
//     behind none of them does not count.
//   - Everything else ends a word: blanks, apostrophes, hyphens, dots, "_", "@". "O'Neill" is two words, "ann@example.com" three, "3.14"
//     two. Digits and letters stay together: "A4".
//   - Ideographs (Han) and Hiragana are written without blanks: each character is a word of its own, with its marks. A run of Katakana is
//     one word. Other scripts that are written without blanks, such as Thai, have long words, which are found by their beginning.
//   - A word is cut behind the last character that fits in kMaxWordBytes.
//   - Bytes that are not UTF-8 count as U+FFFD, which is no letter.
//
// The tables are those of utf8proc. Characters that a newer Unicode adds are no letters to an older one; the words of all others are the
// same in every version, which Unicode promises.
#ifndef FRONTDESK_INTERNAL_TEXT_WORDS_H_
#define FRONTDESK_INTERNAL_TEXT_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"

namespace frontdesk {
namespace internal {

// Most bytes of a word. Longer ones are cut, in a text and in a search alike.
inline constexpr std::size_t kMaxWordBytes = 64;

// Most different words of one text. Those behind the first ones are not found.
inline constexpr std::size_t kMaxTextWords = 4'096;

// Calls `visit` with each word of `text`, in order, until it returns false; `is_starred`: a "*" follows right behind the word. The word
// lives as long as the call. Linear in the text, whatever it holds.
void VisitWords(absl::string_view text,
                absl::FunctionRef<bool(absl::string_view word, bool is_starred)> visit);

// The different words of texts. Thread-compatible; keeps its memory for the next text.
class TextWords {
 public:
  // Makes it the different words of `text`, ascending byte by byte: the first kMaxTextWords of them. Linear in the text, and
  // O(n log n) in its different words.
  void Read(absl::string_view text);

  std::size_t size() const { return places_.size(); }
  absl::string_view operator[](std::size_t i) const {
    return absl::string_view(bytes_).substr(places_[i].begin, places_[i].size);
  }

 private:
  // Where a word is in the bytes.
  struct Place {
    std::uint32_t begin;
    std::uint32_t size;
    // Its first eight bytes, the first one the highest: most words differ in these.
    std::uint64_t first;
  };

  // The number in `table_` of a word that is among the places, or of the free one for it.
  std::size_t Find(absl::string_view word, std::uint64_t first) const;
  // Adds the word unless it is there.
  void Add(absl::string_view word);
  // Twice as large.
  void Grow();
  int Compare(const Place& a, const Place& b) const;

  std::string bytes_;
  // While a text is read, in the order in which its words come for the first time.
  std::vector<Place> places_;
  // A hash table of the places: their numbers from 1 on, or 0. At most half of it is in use.
  std::vector<std::uint16_t> table_;
};

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_INTERNAL_TEXT_WORDS_H_
