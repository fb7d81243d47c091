// Where random tests and fuzzers take their choices from: a seed, or the bytes of a fuzzer.
#ifndef FRONTDESK_TESTS_DESK_CHANCE_H_
#define FRONTDESK_TESTS_DESK_CHANCE_H_

#include <cstddef>
#include <cstdint>
#include <random>

namespace frontdesk {
namespace testing {

// Thread-compatible.
class Chance {
 public:
  // Endless.
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  // One choice a byte, so that a small mutation of the bytes is a small one of the choices.
  // At the end of the bytes every choice is the first.
  Chance(const std::uint8_t* data, std::size_t size) : data_(data), end_(data + size) {}

  // 0 to `end` - 1, `end` at least 1.
  int Below(int end) {
    if (data_ == nullptr) return static_cast<int>(random_() % static_cast<std::uint64_t>(end));
    std::uint32_t value = NextByte();
    if (end > 256) value = value << 8 | NextByte();
    return static_cast<int>(value % static_cast<std::uint32_t>(end));
  }

  // True once in `n` times; never at the end of the bytes.
  bool OneIn(int n) { return Below(n) == n - 1; }

  // Whether there is anything left to choose with.
  bool done() const { return data_ != nullptr && data_ == end_; }

 private:
  std::uint32_t NextByte() { return data_ == end_ ? 0 : *data_++; }

  std::mt19937_64 random_;
  const std::uint8_t* data_ = nullptr;
  const std::uint8_t* end_ = nullptr;
};

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_CHANCE_H_
