// days(), hours(), minutes() and seconds(): spans of time by their unit.
#include "absl/strings/str_cat.h"
#include "cel/function_table.h"

namespace frontdesk::cel::cel_internal {
namespace {

template <int64_t nanos>
Value Units(const Call& call, const Value* arguments) {
  int64_t result;
  if (__builtin_mul_overflow(arguments[0].int_value(), nanos, &result)) {
    return call.Error(Code::DURATION_OUT_OF_RANGE);
  }
  return Value::DurationNanos(result);
}

}  // namespace

void AddDurationsExtension(FunctionTable* table) {
  constexpr int64_t kSecond = 1000000000;
  const auto add = [&](absl::string_view name, NativeFunction function) {
    table->Add(name, absl::StrCat(name, "_int"), {Type::Int()}, Type::Duration(), function);
  };
  add("days", Units<24 * 3600 * kSecond>);
  add("hours", Units<3600 * kSecond>);
  add("minutes", Units<60 * kSecond>);
  add("seconds", Units<kSecond>);
}

}  // namespace frontdesk::cel::cel_internal
