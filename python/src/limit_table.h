// Limits from Python: read into the options of the core by the list in limit_table.inc, and back.
#ifndef FRONTDESK_PYTHON_SRC_LIMIT_TABLE_H_
#define FRONTDESK_PYTHON_SRC_LIMIT_TABLE_H_

#include <pybind11/pybind11.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace frontdesk::python {

// Python's classes of limits.
enum class LimitGroup {
#define FRONTDESK_LIMITS(group, options, meaning) k##group,
#define FRONTDESK_LIMIT(group, member, meaning)
#define FRONTDESK_NESTED_LIMITS(group, name, member, other, meaning)
#include "limit_table.inc"
};

// The name of a limit in Python: that of the member, without the struct that it lies in.
constexpr const char* LimitName(std::string_view member) {
  return member.data() + (member.find_last_of('.') + 1);
}

// Returns how many names of `values` it read, 0 or 1. A value outside the range of the field becomes the nearest
// inside.
template <typename Field>
size_t ReadLimit(const pybind11::dict& values, const char* name, Field& field) {
  if (!values.contains(name)) return 0;
  constexpr auto kHighest = static_cast<int64_t>(
      std::min<uint64_t>(std::numeric_limits<Field>::max(), std::numeric_limits<int64_t>::max()));
  const auto value = pybind11::cast<int64_t>(values[name]);
  field = static_cast<Field>(std::clamp<int64_t>(value, 0, kHighest));
  return 1;
}

// Reads {name: value}. A limit without a value keeps its default. Throws py::value_error for other names.
template <LimitGroup kGroup, typename Options>
void ReadLimits(const pybind11::dict& values, Options& options) {
  size_t known = 0;
#define FRONTDESK_LIMITS(group, options, meaning)
#define FRONTDESK_LIMIT(group, member, meaning)                     \
  if constexpr (kGroup == LimitGroup::k##group) {                   \
    known += ReadLimit(values, LimitName(#member), options.member); \
  }
#define FRONTDESK_NESTED_LIMITS(group, name, member, other, meaning)            \
  if constexpr (kGroup == LimitGroup::k##group) {                               \
    if (values.contains(#name)) {                                               \
      const pybind11::object nested = values[#name];                            \
      if (!pybind11::isinstance<pybind11::dict>(nested)) {                      \
        throw pybind11::type_error(#name " takes " #other);                     \
      }                                                                         \
      ReadLimits<LimitGroup::k##other>(pybind11::dict(nested), options.member); \
      ++known;                                                                  \
    }                                                                           \
  }
#include "limit_table.inc"
  if (known != values.size()) throw pybind11::value_error("a limit of that name does not exist");
}

// {name: value} of all.
template <LimitGroup kGroup, typename Options>
pybind11::dict WriteLimits(const Options& options) {
  pybind11::dict result;
#define FRONTDESK_LIMITS(group, options, meaning)
#define FRONTDESK_LIMIT(group, member, meaning)   \
  if constexpr (kGroup == LimitGroup::k##group) { \
    result[LimitName(#member)] = options.member;  \
  }
#define FRONTDESK_NESTED_LIMITS(group, name, member, other, meaning)   \
  if constexpr (kGroup == LimitGroup::k##group) {                      \
    result[#name] = WriteLimits<LimitGroup::k##other>(options.member); \
  }
#include "limit_table.inc"
  return result;
}

}  // namespace frontdesk::python

#endif  // FRONTDESK_PYTHON_SRC_LIMIT_TABLE_H_
