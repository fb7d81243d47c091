#include "policy/entity_functions.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "frontdesk/v1/account.pb.h"
#include "frontdesk/v1/approval.pb.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/interaction.pb.h"
#include "frontdesk/v1/order.pb.h"
#include "internal/time.h"
#include "policy/make_function.h"

namespace frontdesk {
namespace internal {
namespace {

using cel::FunctionImplementation;
using cel::FunctionOverload;
using cel::Type;
using cel::Value;
using cel::ValueArena;

constexpr int kCost = 10;
// Lists of roles and consents are not long; one unit for each would cost as much to count.
constexpr int kListCost = 100;

// ---- since() and age() ----

// From `time` to the instant decided at; below zero for a later one.
Value Elapsed(absl::Time time, const Value& now, ValueArena& arena) {
  const Value elapsed = Value::Duration(now.timestamp_value() - time);
  return elapsed.is_error() ? elapsed : arena.NewOptional(elapsed);
}

absl::StatusOr<Value> SinceTime(absl::Span<const Value> arguments, ValueArena& arena) {
  if (!arguments[0].optional_has_value()) return Value::OptionalNone();
  return Elapsed(arguments[0].optional_value().timestamp_value(), arguments[1], arena);
}

// The age of an entity whose time `has` and `get` read.
template <typename T, bool (T::*has)() const, const google::protobuf::Timestamp& (T::*get)() const>
absl::StatusOr<Value> AgeOf(absl::Span<const Value> arguments, ValueArena& arena) {
  if (!arguments[0].optional_has_value()) return Value::OptionalNone();
  T other;
  const T& entity = AsMessage<T>(arguments[0].optional_value(), &other);
  if (!(entity.*has)()) return Value::OptionalNone();
  const absl::optional<absl::Time> time = DecodeTime((entity.*get)());
  if (!time.has_value()) return arena.NewError("TIMESTAMP_OUT_OF_RANGE", "timestamp out of range");
  return Elapsed(*time, arguments[1], arena);
}

void AddAge(rules::CompileOptions* options, absl::string_view name, const Type& type,
            FunctionImplementation implementation) {
  FunctionOverload age =
      MakeOverload(absl::StrCat(name, "_", type.name()), {Type::Optional(type), Type::Timestamp()},
                   Type::Optional(Type::Duration()), kCost, std::move(implementation));
  age.takes_absent = true;
  age.variables = {"now"};
  options->functions.emplace_back(std::string(name), std::move(age));
}

template <typename T, bool (T::*has)() const, const google::protobuf::Timestamp& (T::*get)() const>
void AddAgeOf(rules::CompileOptions* options) {
  AddAge(options, "age", Type::Message(T::descriptor()), AgeOf<T, has, get>);
}

void AddAges(rules::CompileOptions* options) {
  AddAge(options, "since", Type::Timestamp(), SinceTime);
  AddAge(options, "age", Type::Timestamp(), SinceTime);
  AddAgeOf<v1::Order, &v1::Order::has_place_time, &v1::Order::place_time>(options);
  AddAgeOf<v1::Case, &v1::Case::has_open_time, &v1::Case::open_time>(options);
  AddAgeOf<v1::Customer, &v1::Customer::has_create_time, &v1::Customer::create_time>(options);
  AddAgeOf<v1::Account, &v1::Account::has_create_time, &v1::Account::create_time>(options);
  AddAgeOf<v1::Interaction, &v1::Interaction::has_start_time, &v1::Interaction::start_time>(
      options);
  AddAgeOf<v1::Approval, &v1::Approval::has_request_time, &v1::Approval::request_time>(options);
}

// ---- when_absent() ----

void AddWhenAbsent(rules::CompileOptions* options) {
  const Type value = Type::Parameter("T");
  for (const bool member : {false, true}) {
    FunctionOverload overload = MakeOverload(
        member ? "value_when_absent" : "when_absent", {Type::Optional(value), value}, value, kCost,
        [](absl::Span<const Value> arguments, ValueArena&) -> absl::StatusOr<Value> {
          return arguments[0].optional_has_value() ? arguments[0].optional_value() : arguments[1];
        });
    overload.member = member;
    overload.takes_absent = true;
    options->functions.emplace_back("when_absent", std::move(overload));
  }
}

// ---- Roles and authorities ----

void AddHas(rules::CompileOptions* options, absl::string_view name,
            const google::protobuf::RepeatedPtrField<std::string>& (v1::Actor::*list)() const) {
  FunctionOverload overload = MakeOverload(
      absl::StrCat("actor_", name), {Type::Message(v1::Actor::descriptor()), Type::String()},
      Type::Bool(), kListCost,
      [list](absl::Span<const Value> arguments, ValueArena&) -> absl::StatusOr<Value> {
        v1::Actor other;
        const v1::Actor& actor = AsMessage<v1::Actor>(arguments[0], &other);
        for (const std::string& each : (actor.*list)()) {
          if (each == arguments[1].string_value()) return Value::Bool(true);
        }
        return Value::Bool(false);
      });
  overload.member = true;
  options->functions.emplace_back(std::string(name), std::move(overload));
}

// ---- Consent ----

// The instant of the answer: of a late entry the one that it names.
absl::Time AnswerTime(const v1::Consent& consent) {
  const auto time =
      DecodeTime(consent.has_occur_time() ? consent.occur_time() : consent.record_time());
  return time.value_or(absl::InfinitePast());
}

absl::StatusOr<Value> Allows(absl::Span<const Value> arguments, ValueArena&) {
  const absl::string_view purpose = arguments[1].string_value();
  const absl::string_view channel = arguments[2].string_value();
  const absl::Time now = arguments[3].timestamp_value();
  bool given = false;
  absl::Time last = absl::InfinitePast();
  bool found = false;
  for (size_t i = 0; i < arguments[0].list_size(); ++i) {
    const Value element = arguments[0].list_at(i);
    v1::Consent other;
    const v1::Consent& consent = AsMessage<v1::Consent>(element, &other);
    const bool about =
        consent.purpose() == purpose && (consent.channel().empty() || consent.channel() == channel);
    if (!about || consent.answer() == v1::Consent::ANSWER_UNSPECIFIED) continue;
    if (consent.has_expire_time() &&
        DecodeTime(consent.expire_time()).value_or(absl::InfinitePast()) <= now) {
      continue;
    }
    const absl::Time time = AnswerTime(consent);
    const bool given_here = consent.answer() == v1::Consent::ANSWER_GIVEN;
    if (!found || time > last) {
      given = given_here;
      last = time;
    } else if (time == last) {
      given = given && given_here;
    }
    found = true;
  }
  return Value::Bool(given);
}

void AddConsent(rules::CompileOptions* options) {
  FunctionOverload overload = MakeOverload("consents_allows",
                                           {Type::List(Type::Message(v1::Consent::descriptor())),
                                            Type::String(), Type::String(), Type::Timestamp()},
                                           Type::Bool(), kListCost, Allows);
  overload.member = true;
  options->functions.emplace_back("allows", std::move(overload));
}

}  // namespace

void AddEntityFunctions(rules::CompileOptions* options) {
  AddAges(options);
  AddWhenAbsent(options);
  AddHas(options, "has_role", &v1::Actor::roles);
  AddHas(options, "has_authority", &v1::Actor::authorities);
  AddConsent(options);
}

}  // namespace internal
}  // namespace frontdesk
