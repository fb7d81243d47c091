// Functions that a host adds to the language.
//
//   frontdesk::cel::FunctionOverload overload;
//   overload.id = "is_weekend_timestamp";
//   overload.parameters = {frontdesk::cel::Type::Timestamp()};
//   overload.result = frontdesk::cel::Type::Bool();
//   overload.member = true;  // delivered_time.isWeekend()
//   overload.implementation = [](absl::Span<const frontdesk::cel::Value> arguments,
//                                frontdesk::cel::ValueArena& arena)
//       -> absl::StatusOr<frontdesk::cel::Value> {
//     absl::CivilDay day = absl::ToCivilDay(arguments[0].timestamp_value(), absl::UTCTimeZone());
//     absl::Weekday weekday = absl::GetWeekday(day);
//     return frontdesk::cel::Value::Bool(weekday == absl::Weekday::saturday ||
//                                        weekday == absl::Weekday::sunday);
//   };
//   builder.AddFunction("isWeekend", overload);
#ifndef FRONTDESK_CEL_FUNCTION_H_
#define FRONTDESK_CEL_FUNCTION_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "frontdesk/cel/type.h"
#include "frontdesk/cel/value.h"

namespace frontdesk {
namespace cel {

// Called with the arguments in order (the receiver first for members), each of a kind that fits the
// parameter. The result may refer to the arguments, to `arena`, or to something that outlives the
// program. A non-OK status becomes the error FUNCTION_FAILED at the call; of its text only the code is
// shown, because it may hold values. To give a reason of one's own, return arena.NewError(...).
// May be called from many threads at once and must have no side effect that an expression could see.
using FunctionImplementation =
    std::function<absl::StatusOr<Value>(absl::Span<const Value> arguments, ValueArena& arena)>;

// The highest cost of a function. EnvironmentBuilder::Build() fails with INVALID_ARGUMENT for one outside 1 to this.
inline constexpr int64_t kMaxFunctionCost = int64_t{1} << 40;

// One signature of a function. A plain option struct.
struct FunctionOverload {
  // Stable name of the overload, unique in an environment.
  std::string id;
  // Parameters in order. A type variable (Type::Parameter) is any type, the same one throughout.
  std::vector<Type> parameters;
  Type result;
  // Called as receiver.name(rest...) instead of name(all...).
  bool member = false;
  // A parameter of an optional type takes a plain value too, as one that holds it. A field that is not set is none then, as
  // with `a.?b`, and so is every field of a message that is not set. Of a field without presence that is its zero.
  bool takes_absent = false;
  // The name of a function of the same parameters, and of at most the same cost, whose bool says whether there is a value. Where that is
  // false, a call as the argument of a function that takes what is absent is none. Empty: there always is a value.
  std::string presence;
  // Variables whose values follow the arguments, without being written: the last parameters. "now" makes `since(t)` a call
  // of a function of two parameters. The same for all overloads of a name.
  std::vector<std::string> variables;
  // Same arguments, same result, always: the planner may then call it once for constant arguments.
  bool pure = false;
  // Its version: a change of results is a change of version. For those who keep what an expression came to.
  std::string version;
  // Cost units of one call, added to the arguments' own: 1 to kMaxFunctionCost.
  int64_t cost = 1;
  // Null: the function can be checked and not called (error FUNCTION_UNBOUND).
  FunctionImplementation implementation;
};

}  // namespace cel
}  // namespace frontdesk

#endif  // FRONTDESK_CEL_FUNCTION_H_
