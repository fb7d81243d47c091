#include "frontdesk/base/id.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace frontdesk {
namespace {

// Crockford's base 32: no I, L, O, U.
constexpr absl::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr size_t kTimeCharacters = 10;
constexpr size_t kIdCharacters = 26;
constexpr uint64_t kMaxMilliseconds = (uint64_t{1} << 48) - 1;
constexpr uint64_t kMaxHigh = 0xffff;

// 48 bits of time, 16 and 64 bits of the rest: 128 bits in 26 characters, the first of which
// carries three bits.
std::string Encode(uint64_t milliseconds, uint64_t high, uint64_t low) {
  uint64_t upper = milliseconds << 16 | high;
  uint64_t lower = low;
  std::string id(kIdCharacters, '0');
  for (size_t i = kIdCharacters; i-- > 0;) {
    id[i] = kAlphabet[lower & 31];
    lower = lower >> 5 | upper << 59;
    upper >>= 5;
  }
  return id;
}

uint64_t MillisecondsSince1970(absl::Time now) {
  const int64_t milliseconds = absl::ToUnixMillis(now);
  if (milliseconds < 0) return 0;
  return std::min(static_cast<uint64_t>(milliseconds), kMaxMilliseconds);
}

}  // namespace

TimeOrderedIdSource::TimeOrderedIdSource(std::function<uint64_t()> random)
    : random_(std::move(random)) {}

std::string TimeOrderedIdSource::NextId(absl::Time now) {
  uint64_t milliseconds = MillisecondsSince1970(now);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (started_ && milliseconds <= milliseconds_) {
    if (low_ != UINT64_MAX) {
      ++low_;
      return Encode(milliseconds_, high_, low_);
    }
    if (high_ < kMaxHigh) {
      low_ = 0;
      ++high_;
      return Encode(milliseconds_, high_, low_);
    }
    milliseconds = std::min(milliseconds_ + 1, kMaxMilliseconds);
  }
  // Nothing changes when `random_` throws: a count that began with no random bits would be the same in every source.
  const uint64_t high = random_() & kMaxHigh;
  const uint64_t low = random_();
  milliseconds_ = milliseconds;
  high_ = high;
  low_ = low;
  started_ = true;
  return Encode(milliseconds_, high_, low_);
}

SequenceIdSource::SequenceIdSource(absl::string_view prefix, uint64_t first)
    : prefix_(prefix), next_(first) {}

std::string SequenceIdSource::NextId(absl::Time) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return absl::StrCat(prefix_, absl::StrFormat("%010d", next_++));
}

absl::Time TimeOfId(absl::string_view id) {
  if (id.size() != kIdCharacters || id.front() > '7') return absl::InfinitePast();
  uint64_t milliseconds = 0;
  for (size_t i = 0; i < id.size(); ++i) {
    const size_t digit = kAlphabet.find(id[i]);
    if (digit == absl::string_view::npos) return absl::InfinitePast();
    if (i < kTimeCharacters) milliseconds = milliseconds << 5 | digit;
  }
  return absl::FromUnixMillis(static_cast<int64_t>(milliseconds));
}

}  // namespace frontdesk
