#include "store/postgres/values.h"

#include <algorithm>
#include <utility>

namespace frontdesk {
namespace store {
namespace postgres_internal {
namespace {

// Of pg_type.dat: they never change.
constexpr std::uint32_t kByteaType = 17;
constexpr std::uint32_t kBigintType = 20;
constexpr std::uint32_t kSmallintType = 21;

constexpr std::uint32_t kNullLength = 0xffffffff;
// The number of dimensions, whether there are nulls, the type, the number of elements, the first index.
constexpr std::size_t kHeaderBytes = 20;

constexpr absl::string_view kFalse("\0", 1);

void Overwrite(std::uint32_t value, std::size_t place, std::string* bytes) {
  bytes->replace(place, 4, EncodeInteger(value, 4));
}

}  // namespace

std::string EncodeInteger(std::uint64_t value, std::size_t bytes) {
  std::string encoded(bytes, '\0');
  for (std::size_t i = bytes; i-- > 0; value >>= 8) encoded[i] = static_cast<char>(value & 0xff);
  return encoded;
}

std::int64_t DecodeInteger(absl::string_view bytes) {
  std::uint64_t value = !bytes.empty() && (bytes[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

ArrayValue::ArrayValue(std::uint32_t type) : bytes_(kHeaderBytes, '\0') {
  Overwrite(type, 8, &bytes_);
}

ArrayValue ArrayValue::OfBytes() { return ArrayValue(kByteaType); }
ArrayValue ArrayValue::OfNumbers() { return ArrayValue(kSmallintType); }
ArrayValue ArrayValue::OfLargeNumbers() { return ArrayValue(kBigintType); }

void ArrayValue::Add(absl::string_view bytes) {
  ++count_;
  const auto size = static_cast<std::uint32_t>(bytes.size());
  const char length[] = {static_cast<char>(size >> 24), static_cast<char>(size >> 16),
                         static_cast<char>(size >> 8), static_cast<char>(size)};
  bytes_.append(length, sizeof(length));
  bytes_.append(bytes.data(), bytes.size());
}

void ArrayValue::Add(std::int16_t number) {
  Add(EncodeInteger(static_cast<std::uint16_t>(number), 2));
}

void ArrayValue::Add(std::int64_t number) {
  Add(EncodeInteger(static_cast<std::uint64_t>(number), 8));
}

void ArrayValue::AddOrNull(const std::string* bytes) {
  if (bytes != nullptr) {
    Add(*bytes);
    return;
  }
  ++count_;
  has_null_ = true;
  bytes_ += EncodeInteger(kNullLength, 4);
}

std::string ArrayValue::Take() {
  // An empty array has no dimension.
  if (count_ == 0) {
    bytes_.resize(12);
    return std::move(bytes_);
  }
  Overwrite(1, 0, &bytes_);
  Overwrite(has_null_ ? 1 : 0, 4, &bytes_);
  Overwrite(count_, 12, &bytes_);
  Overwrite(1, 16, &bytes_);
  return std::move(bytes_);
}

Parameters& Parameters::AddOwned(absl::string_view bytes) {
  parameters_.push_back({nullptr, owned_.size(), static_cast<int>(bytes.size())});
  owned_.append(bytes.data(), bytes.size());
  return *this;
}

Parameters& Parameters::Add(std::int64_t number) {
  return AddOwned(EncodeInteger(static_cast<std::uint64_t>(number), 8));
}

Parameters& Parameters::AddSmall(std::int16_t number) {
  return AddOwned(EncodeInteger(static_cast<std::uint16_t>(number), 2));
}

Parameters& Parameters::Add(bool value) { return AddOwned(value ? "\1" : kFalse); }

Parameters& Parameters::Add(absl::string_view bytes) {
  // A null pointer would be NULL, not an empty value.
  parameters_.push_back({bytes.empty() ? "" : bytes.data(), 0, static_cast<int>(bytes.size())});
  return *this;
}

Parameters& Parameters::Add(ArrayValue array) { return AddOwned(array.Take()); }

Parameters& Parameters::AddNull() {
  parameters_.push_back({nullptr, 0, -1});
  return *this;
}

void Parameters::Fill(std::vector<const char*>* data, std::vector<int>* lengths) const {
  data->clear();
  lengths->clear();
  for (const Parameter& each : parameters_) {
    const char* const owned = each.length < 0 ? nullptr : owned_.data() + each.place;
    data->push_back(each.bytes == nullptr ? owned : each.bytes);
    lengths->push_back(std::max(each.length, 0));
  }
}

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk
