#include "frontdesk/base/language_tag.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace frontdesk {
namespace {

// RFC 5646, section 2.1, "irregular", in lower case. The "regular" ones match the grammar.
constexpr absl::string_view kIrregular[] = {
    "en-gb-oed", "i-ami", "i-bnn",     "i-default", "i-enochian", "i-hak",
    "i-klingon", "i-lux", "i-mingo",   "i-navajo",  "i-pwn",      "i-tao",
    "i-tay",     "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de"};

bool HasLetters(absl::string_view subtag, size_t first, size_t last) {
  return subtag.size() >= first && subtag.size() <= last &&
         std::all_of(subtag.begin(), subtag.end(), [](char c) { return absl::ascii_isalpha(c); });
}

bool HasDigits(absl::string_view subtag, size_t count) {
  return subtag.size() == count &&
         std::all_of(subtag.begin(), subtag.end(), [](char c) { return absl::ascii_isdigit(c); });
}

bool HasAlphanumerics(absl::string_view subtag, size_t first, size_t last) {
  return subtag.size() >= first && subtag.size() <= last &&
         std::all_of(subtag.begin(), subtag.end(), [](char c) { return absl::ascii_isalnum(c); });
}

bool IsVariant(absl::string_view subtag) {
  return HasAlphanumerics(subtag, 5, 8) ||
         (HasAlphanumerics(subtag, 4, 4) && absl::ascii_isdigit(subtag[0]));
}

// Reads the subtags of a tag, in lower case, from the first to the last.
class SubtagReader {
 public:
  explicit SubtagReader(const std::vector<std::string>& subtags) : subtags_(subtags) {}

  bool ReadTag() {
    if (!IsPrivateUse()) {
      if (!ReadLanguage()) return false;
      if (HasLetters(Next(), 4, 4)) ++at_;                          // Script.
      if (HasLetters(Next(), 2, 2) || HasDigits(Next(), 3)) ++at_;  // Region.
      if (!ReadVariants() || !ReadExtensions()) return false;
    }
    if (IsPrivateUse() && !ReadGroup(1)) return false;
    return at_ == subtags_.size();
  }

 private:
  absl::string_view Next() const {
    return at_ < subtags_.size() ? absl::string_view(subtags_[at_]) : absl::string_view();
  }

  bool IsPrivateUse() const { return Next() == "x"; }

  bool ReadLanguage() {
    if (!HasLetters(Next(), 2, 8)) return false;
    const bool is_short = Next().size() <= 3;
    ++at_;
    for (int i = 0; is_short && i < 3 && HasLetters(Next(), 3, 3); ++i) ++at_;
    return true;
  }

  bool ReadVariants() {
    std::set<absl::string_view> seen;
    for (; IsVariant(Next()); ++at_) {
      if (!seen.insert(Next()).second) return false;
    }
    return true;
  }

  bool ReadExtensions() {
    std::set<absl::string_view> seen;
    while (HasAlphanumerics(Next(), 1, 1) && !IsPrivateUse()) {
      if (!seen.insert(Next()).second || !ReadGroup(2)) return false;
    }
    return true;
  }

  // A single character, and one or more subtags of `first` to 8 characters.
  bool ReadGroup(size_t first) {
    const size_t begin = ++at_;
    while (HasAlphanumerics(Next(), first, 8)) ++at_;
    return at_ > begin;
  }

  const std::vector<std::string>& subtags_;
  size_t at_ = 0;
};

}  // namespace

bool IsLanguageTag(absl::string_view tag) {
  if (tag.empty() || tag.size() > kMaxLanguageTagBytes) return false;
  const std::string lower = absl::AsciiStrToLower(tag);
  if (std::find(std::begin(kIrregular), std::end(kIrregular), lower) != std::end(kIrregular)) {
    return true;
  }
  const std::vector<std::string> subtags = absl::StrSplit(lower, '-');
  return SubtagReader(subtags).ReadTag();
}

}  // namespace frontdesk
