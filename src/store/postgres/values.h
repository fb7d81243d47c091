// The values of statements in the binary format of PostgreSQL.
#ifndef FRONTDESK_STORE_POSTGRES_VALUES_H_
#define FRONTDESK_STORE_POSTGRES_VALUES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace frontdesk {
namespace store {
namespace postgres_internal {

// An array of one dimension, as it is filled. A row that does not exist is a null. Thread-compatible.
class ArrayValue {
 public:
  // Of bytea, of smallint, and of bigint.
  static ArrayValue OfBytes();
  static ArrayValue OfNumbers();
  static ArrayValue OfLargeNumbers();

  void Add(absl::string_view bytes);
  void Add(std::int16_t number);
  void Add(std::int64_t number);
  // Null: a null.
  void AddOrNull(const std::string* bytes);

  // Its bytes. Nothing can be added afterwards.
  std::string Take();

 private:
  explicit ArrayValue(std::uint32_t type);

  std::uint32_t count_ = 0;
  bool has_null_ = false;
  std::string bytes_;
};

// The parameters of a statement, in their order. Thread-compatible.
class Parameters {
 public:
  Parameters& Add(std::int64_t number);
  Parameters& AddSmall(std::int16_t number);
  Parameters& Add(bool value);
  // Must outlive the statement's run.
  Parameters& Add(absl::string_view bytes);
  // Is copied.
  Parameters& AddOwned(absl::string_view bytes);
  Parameters& Add(ArrayValue array);
  Parameters& AddNull();

  // As libpq wants them: null for no value, lengths in bytes. They count until this changes, or is destroyed.
  void Fill(std::vector<const char*>* data, std::vector<int>* lengths) const;

 private:
  struct Parameter {
    // Null: `length` bytes of `owned_`, or no value when that is below 0.
    const char* bytes = nullptr;
    std::size_t place = 0;
    int length = 0;
  };

  std::string owned_;
  std::vector<Parameter> parameters_;
};

// Integers of PostgreSQL have the highest byte first.
std::string EncodeInteger(std::uint64_t value, std::size_t bytes);
// Of eight bytes or fewer, with their sign.
std::int64_t DecodeInteger(absl::string_view bytes);

}  // namespace postgres_internal
}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_STORE_POSTGRES_VALUES_H_
