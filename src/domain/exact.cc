#include "domain/exact.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace frontdesk {
namespace domain {

void Exact::MultiplySmall(Words* words, uint32_t factor) {
  uint64_t carry = 0;
  for (uint32_t& word : *words) {
    carry += static_cast<uint64_t>(word) * factor;
    word = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
  if (carry != 0) words->push_back(static_cast<uint32_t>(carry));
  while (!words->empty() && words->back() == 0) words->pop_back();
}

uint32_t Exact::DivideSmall(Words* words, uint32_t divisor) {
  uint64_t remainder = 0;
  for (size_t i = words->size(); i-- > 0;) {
    remainder = (remainder << 32) | (*words)[i];
    (*words)[i] = static_cast<uint32_t>(remainder / divisor);
    remainder %= divisor;
  }
  while (!words->empty() && words->back() == 0) words->pop_back();
  return static_cast<uint32_t>(remainder);
}

void Exact::AddTo(Words* words, const Words& other) {
  if (words->size() < other.size()) words->resize(other.size(), 0);
  uint64_t carry = 0;
  for (size_t i = 0; i < words->size(); ++i) {
    carry += (*words)[i];
    if (i < other.size()) carry += other[i];
    (*words)[i] = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
  if (carry != 0) words->push_back(static_cast<uint32_t>(carry));
}

void Exact::SubtractFrom(Words* words, const Words& other) {
  int64_t borrow = 0;
  for (size_t i = 0; i < words->size(); ++i) {
    int64_t difference = static_cast<int64_t>((*words)[i]) + borrow;
    if (i < other.size()) difference -= other[i];
    borrow = difference < 0 ? -1 : 0;
    (*words)[i] = static_cast<uint32_t>(difference);
  }
  while (!words->empty() && words->back() == 0) words->pop_back();
}

int Exact::CompareWords(const Words& a, const Words& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  for (size_t i = a.size(); i-- > 0;) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

void Exact::ShiftLeftOne(Words* words) { MultiplySmall(words, 2); }

Exact Exact::OfUnits(uint64_t units) {
  Exact exact;
  for (; units != 0; units >>= 32) exact.mantissa_.push_back(static_cast<uint32_t>(units));
  return exact;
}

Exact Exact::OfPrice(uint64_t value, int scale, int exponent) {
  Exact exact = OfUnits(value);
  for (; exponent > scale; --exponent) MultiplySmall(&exact.mantissa_, 10);
  exact.scale_ = scale - exponent;
  return exact;
}

void Exact::ScaleUpTo(int scale) {
  for (; scale_ < scale; ++scale_) MultiplySmall(&mantissa_, 10);
}

Exact& Exact::operator+=(const Exact& other) {
  Exact aligned = other;
  aligned.ScaleUpTo(scale_);
  ScaleUpTo(other.scale_);
  AddTo(&mantissa_, aligned.mantissa_);
  return *this;
}

Exact& Exact::operator-=(const Exact& other) {
  Exact aligned = other;
  aligned.ScaleUpTo(scale_);
  ScaleUpTo(other.scale_);
  SubtractFrom(&mantissa_, aligned.mantissa_);
  return *this;
}

Exact& Exact::operator*=(uint64_t factor) {
  Words high = mantissa_;
  MultiplySmall(&mantissa_, static_cast<uint32_t>(factor));
  const uint32_t upper = static_cast<uint32_t>(factor >> 32);
  if (upper != 0) {
    MultiplySmall(&high, upper);
    if (!high.empty()) high.insert(high.begin(), 0);
    AddTo(&mantissa_, high);
  }
  return *this;
}

Exact Exact::TimesRate(uint64_t ppm) const {
  Exact product = *this;
  product *= ppm;
  product.scale_ += 6;
  return product;
}

int Exact::Compare(const Exact& other) const {
  if (scale_ == other.scale_) return CompareWords(mantissa_, other.mantissa_);
  Exact a = *this;
  Exact b = other;
  a.ScaleUpTo(b.scale_);
  b.ScaleUpTo(a.scale_);
  return CompareWords(a.mantissa_, b.mantissa_);
}

absl::optional<int64_t> Exact::Round(v1::Rounding rounding) const {
  Words whole = mantissa_;
  uint32_t digit = 0;   // The first decimal.
  bool beyond = false;  // Whether any decimal after it is not zero.
  for (int i = 0; i < scale_; ++i) {
    beyond = beyond || digit != 0;
    digit = DivideSmall(&whole, 10);
  }
  if (whole.size() > 2) return absl::nullopt;
  uint64_t units = 0;
  for (size_t i = whole.size(); i-- > 0;) units = (units << 32) | whole[i];
  const bool inexact = digit != 0 || beyond;
  const bool above_half = digit > 5 || (digit == 5 && beyond);
  const bool half = digit == 5 && !beyond;
  bool up = false;
  switch (rounding) {
    case v1::ROUNDING_HALF_EVEN:
      up = above_half || (half && units % 2 == 1);
      break;
    case v1::ROUNDING_HALF_UP:
      up = above_half || half;
      break;
    case v1::ROUNDING_HALF_DOWN:
      up = above_half;
      break;
    case v1::ROUNDING_UP:
    case v1::ROUNDING_CEILING:
      up = inexact;
      break;
    case v1::ROUNDING_DOWN:
    case v1::ROUNDING_FLOOR:
      break;
    default:
      return absl::nullopt;
  }
  constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
  if (units > kMax || (up && units == kMax)) return absl::nullopt;
  return static_cast<int64_t>(units + (up ? 1 : 0));
}

std::vector<int64_t> AllocateExact(int64_t total, absl::Span<const Exact> weights) {
  std::vector<int64_t> parts(weights.size(), 0);
  if (weights.empty()) return parts;
  Exact sum;
  for (const Exact& weight : weights) sum += weight;
  if (sum.is_zero()) {
    parts[0] = total;
    return parts;
  }
  // With one scale for all, proportions are those of the mantissas.
  std::vector<Exact::Words> remainders(weights.size());
  // The whole times each power of two, as far as one was needed.
  std::vector<Exact::Words> multiples = {sum.mantissa_};
  int64_t left = total;
  for (size_t i = 0; i < weights.size(); ++i) {
    Exact product = weights[i];
    product.ScaleUpTo(sum.scale_);
    product *= static_cast<uint64_t>(total);
    // Long division bit by bit; the quotient is at most `total`.
    while (Exact::CompareWords(multiples.back(), product.mantissa_) <= 0) {
      multiples.push_back(multiples.back());
      Exact::ShiftLeftOne(&multiples.back());
    }
    for (size_t bit = multiples.size(); bit-- > 0;) {
      if (Exact::CompareWords(multiples[bit], product.mantissa_) > 0) continue;
      Exact::SubtractFrom(&product.mantissa_, multiples[bit]);
      parts[i] += int64_t{1} << bit;
    }
    left -= parts[i];
    remainders[i] = std::move(product.mantissa_);
  }
  std::vector<size_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return Exact::CompareWords(remainders[a], remainders[b]) > 0;
  });
  for (size_t i = 0; left > 0 && i < order.size(); ++i, --left) ++parts[order[i]];
  return parts;
}

}  // namespace domain
}  // namespace frontdesk
