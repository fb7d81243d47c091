#include "internal/text_words.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "absl/hash/hash.h"
#include "internal/escape_text.h"

namespace frontdesk {
namespace internal {
namespace {

using CodePoints = std::vector<utf8proc_int32_t>;

// The most characters that one becomes, with room to spare: 18 in Unicode 15.
constexpr int kMaxDecomposed = 64;
// Most decomposed characters of a word that are looked at. At most four are one composed character, so that these fill kMaxWordBytes.
constexpr std::size_t kMaxWordParts = 4 * kMaxWordBytes;

// The bytes of words for which room is made at once.
constexpr std::size_t kReserved = 4'096;
// The places in the hash table of a text's first words.
constexpr std::size_t kFirstTable = 64;
static_assert(kMaxTextWords <= 0xffff, "a number in the table has 16 bits");

constexpr std::size_t kFirstBytes = 8;

// The first eight bytes of a word as a number, the first one the highest. Bytes that are not there are 0.
std::uint64_t FirstOf(absl::string_view word) {
  const std::size_t size = std::min(word.size(), kFirstBytes);
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < size; ++i) first = first << 8 | static_cast<unsigned char>(word[i]);
  return first << 8 * (kFirstBytes - size);
}

// The options of utf8proc for NFKD, without characters that are ignorable by default.
constexpr int kDecompose = UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_IGNORE;
constexpr int kDecomposeAndFold = kDecompose | UTF8PROC_CASEFOLD;

enum class Part { kOther, kLetter, kMark, kAlone };

// A character that is written without blanks around words.
bool IsAlone(utf8proc_int32_t code) {
  return (code >= 0x4E00 && code <= 0x9FFF) || (code >= 0x3041 && code <= 0x3096) ||
         code == 0x3005 || code == 0x3007 || code == 0x309D || code == 0x309E ||
         (code >= 0x3400 && code <= 0x4DBF) || (code >= 0xF900 && code <= 0xFAFF) ||
         (code >= 0x1B001 && code <= 0x1B11F) || (code >= 0x1B132 && code <= 0x1B152) ||
         (code >= 0x20000 && code <= 0x3FFFF);
}

Part PartOf(utf8proc_int32_t code) {
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return IsAlone(code) ? Part::kAlone : Part::kLetter;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
      return Part::kMark;
    default:
      return Part::kOther;
  }
}

int ClassOf(utf8proc_int32_t code) { return utf8proc_get_property(code)->combining_class; }

// Puts each run of marks in canonical order.
void OrderMarks(CodePoints* codes) {
  for (auto from = codes->begin(); from != codes->end();) {
    from =
        std::find_if(from, codes->end(), [](utf8proc_int32_t code) { return ClassOf(code) > 0; });
    const auto to =
        std::find_if(from, codes->end(), [](utf8proc_int32_t code) { return ClassOf(code) == 0; });
    if (std::distance(from, to) > 1) {
      std::stable_sort(
          from, to, [](utf8proc_int32_t a, utf8proc_int32_t b) { return ClassOf(a) < ClassOf(b); });
    }
    from = to;
  }
}

// Calls `visit` with each character that `code` becomes.
template <typename Visitor>
void Decompose(utf8proc_int32_t code, int options, Visitor visit) {
  utf8proc_int32_t parts[kMaxDecomposed];
  int boundary = 0;
  const utf8proc_ssize_t count = utf8proc_decompose_char(
      code, parts, kMaxDecomposed, static_cast<utf8proc_option_t>(options), &boundary);
  for (utf8proc_ssize_t i = 0; i < count && i < kMaxDecomposed; ++i) visit(parts[i]);
}

// Each byte as one of a word: the folded letter or digit; 0: no byte of a word; 0x80: not ASCII.
constexpr std::array<char, 256> kPlain = [] {
  std::array<char, 256> plain{};
  for (int c = '0'; c <= '9'; ++c) plain[c] = static_cast<char>(c);
  for (int c = 'a'; c <= 'z'; ++c) {
    plain[c] = static_cast<char>(c);
    plain[c - 'a' + 'A'] = static_cast<char>(c);
  }
  for (int c = 0x80; c < 256; ++c) plain[c] = static_cast<char>(0x80);
  return plain;
}();
constexpr char kNotAscii = static_cast<char>(0x80);

char PlainOf(char c) { return kPlain[static_cast<unsigned char>(c)]; }

// Reads one text.
template <typename Visitor>
class Splitter {
 public:
  Splitter(absl::string_view text, Visitor visit) : text_(text), visit_(std::move(visit)) {}

  void Run() {
    std::size_t at = 0;
    while (goes_on_ && at < text_.size()) {
      if (PlainOf(text_[at]) == 0) {
        ++at;
        continue;
      }
      // A run of word bytes and of all that is not ASCII. Nothing in it has to do with the characters around it.
      char word[kMaxWordBytes];
      bool is_plain = true;
      std::size_t end = at;
      for (; end < text_.size(); ++end) {
        const char plain = PlainOf(text_[end]);
        if (plain == 0) break;
        is_plain = is_plain && plain != kNotAscii;
        if (end - at < kMaxWordBytes) word[end - at] = plain;
      }
      const bool is_starred = end < text_.size() && text_[end] == '*';
      if (is_plain) {
        Visit(absl::string_view(word, std::min(end - at, kMaxWordBytes)), is_starred);
      } else {
        VisitRun(text_.substr(at, end - at), is_starred);
      }
      at = end;
    }
  }

 private:
  void Visit(absl::string_view word, bool is_starred) {
    if (goes_on_ && !word.empty()) goes_on_ = visit_(word, is_starred);
  }

  void VisitRun(absl::string_view run, bool is_starred) {
    for (std::size_t at = 0; goes_on_ && at < run.size();) {
      const CodePoint point = DecodeCodePoint(run.substr(at));
      at += point.length;
      Decompose(static_cast<utf8proc_int32_t>(point.value), kDecompose,
                [this](utf8proc_int32_t code) { Add(code); });
    }
    EndWord(is_starred);
  }

  void Add(utf8proc_int32_t code) {
    const Part part = PartOf(code);
    if (part == Part::kOther) return EndWord(code == '*');
    if (part == Part::kMark) {
      if (parts_.empty()) return;
    } else if (part == Part::kAlone || is_alone_) {
      EndWord(false);
    }
    if (part != Part::kMark) is_alone_ = part == Part::kAlone;
    if (parts_.size() < kMaxWordParts) parts_.push_back(code);
  }

  // The marks are in order before and behind the folding: U+0345, a mark, becomes a letter.
  void EndWord(bool is_starred) {
    is_alone_ = false;
    if (parts_.empty()) return;
    OrderMarks(&parts_);
    folded_.clear();
    for (const utf8proc_int32_t part : parts_) {
      Decompose(part, kDecomposeAndFold,
                [this](utf8proc_int32_t code) { folded_.push_back(code); });
    }
    parts_.clear();
    OrderMarks(&folded_);
    const utf8proc_ssize_t composed = utf8proc_normalize_utf32(
        folded_.data(), static_cast<utf8proc_ssize_t>(folded_.size()),
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    char word[kMaxWordBytes];
    std::size_t size = 0;
    for (utf8proc_ssize_t i = 0; i < composed; ++i) {
      utf8proc_uint8_t bytes[4];
      const auto length = static_cast<std::size_t>(
          utf8proc_encode_char(folded_[static_cast<std::size_t>(i)], bytes));
      if (size + length > kMaxWordBytes) break;
      std::copy_n(bytes, length, word + size);
      size += length;
    }
    Visit(absl::string_view(word, size), is_starred);
  }

  const absl::string_view text_;
  const Visitor visit_;
  bool goes_on_ = true;
  // The decomposed characters of the word that is being read, and whether it is a character alone.
  CodePoints parts_;
  bool is_alone_ = false;
  CodePoints folded_;
};

}  // namespace

void VisitWords(absl::string_view text,
                absl::FunctionRef<bool(absl::string_view word, bool is_starred)> visit) {
  Splitter<decltype(visit)>(text, visit).Run();
}

std::size_t TextWords::Find(absl::string_view word, std::uint64_t first) const {
  const absl::string_view rest = word.substr(std::min(word.size(), kFirstBytes));
  // Seeded in each process: nobody can choose words that meet.
  std::size_t place = rest.empty() ? absl::HashOf(first) : absl::HashOf(first, rest);
  while (true) {
    place &= table_.size() - 1;
    const std::uint16_t number = table_[place];
    if (number == 0) return place;
    const Place& other = places_[number - 1];
    if (other.first == first && other.size == word.size() &&
        (rest.empty() || (*this)[number - 1].substr(kFirstBytes) == rest)) {
      return place;
    }
    ++place;
  }
}

void TextWords::Add(absl::string_view word) {
  const std::uint64_t first = FirstOf(word);
  const std::size_t place = Find(word, first);
  if (table_[place] != 0) return;
  places_.push_back(
      {static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(word.size()), first});
  bytes_.append(word.data(), word.size());
  table_[place] = static_cast<std::uint16_t>(places_.size());
  if (2 * places_.size() >= table_.size()) Grow();
}

void TextWords::Grow() {
  table_.assign(2 * table_.size(), 0);
  for (std::size_t i = 0; i < places_.size(); ++i) {
    table_[Find((*this)[i], places_[i].first)] = static_cast<std::uint16_t>(i + 1);
  }
}

int TextWords::Compare(const Place& a, const Place& b) const {
  // No word has a NUL, so that the eight bytes of a shorter one are its own.
  if (a.first != b.first) return a.first < b.first ? -1 : 1;
  const absl::string_view bytes = bytes_;
  return bytes.substr(a.begin, a.size).compare(bytes.substr(b.begin, b.size));
}

void TextWords::Read(absl::string_view text) {
  bytes_.clear();
  places_.clear();
  bytes_.reserve(std::min(text.size(), kReserved));
  places_.reserve(kFirstTable / 2);
  table_.assign(kFirstTable, 0);
  const auto add = [this](absl::string_view word, bool) {
    Add(word);
    return places_.size() < kMaxTextWords;
  };
  Splitter<decltype(add)>(text, add).Run();
  std::sort(places_.begin(), places_.end(),
            [this](const Place& a, const Place& b) { return Compare(a, b) < 0; });
}

}  // namespace internal
}  // namespace frontdesk
