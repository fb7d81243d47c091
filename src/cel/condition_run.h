// Running conditions: reading their operands, and trying their terms. Private to cel/.
#ifndef FRONTDESK_CEL_CONDITION_RUN_H_
#define FRONTDESK_CEL_CONDITION_RUN_H_

#include <string>

#include "cel/condition.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk::cel::cel_internal {

// Where the number of hops is known at compile time, each hop has a call of its own. Processors foresee these better than
// one call with several targets.
inline constexpr int kAnyHops = -1;

// The message that holds an operand's field, at the end of its hops.
template <Read read, int hops = kAnyHops>
inline const google::protobuf::Message& Walk(const Operand& operand, ConditionFrame& frame) {
  if constexpr (hops != kAnyHops) {
    static_assert(read == Read::kAccessor);
    const google::protobuf::Message* message = frame.slots[operand.slot].message;
    const Hop* hop = operand.hops;
    if constexpr (hops > 0) {
      message = hop->getter(*message);
      frame.slots[hop->slot].message = message;
    }
    if constexpr (hops > 1) {
      message = hop[1].getter(*message);
      frame.slots[hop[1].slot].message = message;
    }
    if constexpr (hops > 2) {
      message = hop[2].getter(*message);
      frame.slots[hop[2].slot].message = message;
    }
    return *message;
  }
  const google::protobuf::Message* message = frame.slots[operand.slot].message;
  for (const Hop* hop = operand.hops; hop != operand.hops_end; ++hop) {
    message = read == Read::kAccessor || hop->getter != nullptr
                  ? hop->getter(*message)
                  : &hop->reflection->GetMessage(*message, hop->field);
    frame.slots[hop->slot].message = message;
  }
  return *message;
}

template <ScalarKind kind>
struct TypeOfKind;
template <>
struct TypeOfKind<ScalarKind::kBool> {
  using type = bool;
};
template <>
struct TypeOfKind<ScalarKind::kInt> {
  using type = int64_t;
};
template <>
struct TypeOfKind<ScalarKind::kUint> {
  using type = uint64_t;
};
template <>
struct TypeOfKind<ScalarKind::kDouble> {
  using type = double;
};
template <>
struct TypeOfKind<ScalarKind::kString> {
  using type = absl::string_view;
};
template <>
struct TypeOfKind<ScalarKind::kTimestamp> {
  using type = TimeParts;
};
template <>
struct TypeOfKind<ScalarKind::kDuration> {
  using type = int64_t;  // Nanoseconds.
};
template <ScalarKind kind>
using KindType = typename TypeOfKind<kind>::type;

inline int64_t ReadInt(const google::protobuf::Message& message, const Operand& operand) {
  switch (operand.field->cpp_type()) {
    case google::protobuf::FieldDescriptor::CPPTYPE_INT32:
      return operand.reflection->GetInt32(message, operand.field);
    case google::protobuf::FieldDescriptor::CPPTYPE_INT64:
      return operand.reflection->GetInt64(message, operand.field);
    default:
      return operand.reflection->GetEnumValue(message, operand.field);
  }
}

inline TimeParts ReadTime(ScalarKind kind, const google::protobuf::Message& message,
                          const Operand& operand) {
  if (operand.nanos != nullptr) {
    return {operand.reflection->GetInt64(message, operand.field),
            operand.reflection->GetInt32(message, operand.nanos)};
  }
  if (kind == ScalarKind::kTimestamp) {
    const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
    return {time.seconds(), time.nanos()};
  }
  const auto& duration = static_cast<const google::protobuf::Duration&>(message);
  return {duration.seconds(), duration.nanos()};
}

// The value of an operand. False when it is an error, or lives no longer than this call.
template <ScalarKind kind, Read read, int hops = kAnyHops>
inline bool Load(const Operand& operand, ConditionFrame& frame, KindType<kind>* out) {
  constexpr bool kDirect = read == Read::kAccessor;
  const auto& getter = operand.getter;
  const google::protobuf::Reflection* reflection = operand.reflection;
  if constexpr (read == Read::kSlot) {
    const Slot& slot = frame.slots[operand.slot];
    if constexpr (kind == ScalarKind::kBool) {
      *out = slot.truth;
    } else if constexpr (kind == ScalarKind::kUint) {
      *out = slot.natural;
    } else if constexpr (kind == ScalarKind::kDouble) {
      *out = slot.real;
    } else if constexpr (kind == ScalarKind::kString) {
      *out = slot.text;
    } else if constexpr (kind == ScalarKind::kTimestamp) {
      *out = slot.time;
    } else {
      *out = slot.integer;
    }
    return true;
  } else {
    const google::protobuf::Message& message = Walk<read, hops>(operand, frame);
    if constexpr (kind == ScalarKind::kTimestamp) {
      *out = kDirect ? getter.get_time(message) : ReadTime(kind, message, operand);
      return ValidTimestamp(out->seconds, out->nanos);
    } else if constexpr (kind == ScalarKind::kDuration) {
      const TimeParts time = kDirect ? getter.get_time(message) : ReadTime(kind, message, operand);
      return DurationToNanos(time.seconds, time.nanos, out);
    } else if constexpr (kind == ScalarKind::kBool) {
      *out = kDirect ? getter.get_bool(message) : reflection->GetBool(message, operand.field);
    } else if constexpr (kind == ScalarKind::kInt) {
      *out = kDirect ? getter.get_int(message) : ReadInt(message, operand);
    } else if constexpr (kind == ScalarKind::kUint) {
      *out = kDirect ? getter.get_uint(message)
             : operand.field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_UINT32
                 ? reflection->GetUInt32(message, operand.field)
                 : reflection->GetUInt64(message, operand.field);
    } else if constexpr (kind == ScalarKind::kDouble) {
      *out = kDirect ? getter.get_double(message)
             : operand.field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_FLOAT
                 ? reflection->GetFloat(message, operand.field)
                 : reflection->GetDouble(message, operand.field);
    } else if constexpr (kDirect) {
      *out = getter.get_string(message);
    } else {
      std::string scratch;
      const std::string& text = reflection->GetStringReference(message, operand.field, &scratch);
      *out = text;
      return &text != &scratch;
    }
    return true;
  }
}

template <ScalarKind kind>
bool LoadAny(const Operand& operand, ConditionFrame& frame, KindType<kind>* out) {
  switch (operand.read) {
    case Read::kAccessor:
      return Load<kind, Read::kAccessor>(operand, frame, out);
    case Read::kReflection:
      return Load<kind, Read::kReflection>(operand, frame, out);
    default:
      return Load<kind, Read::kSlot>(operand, frame, out);
  }
}

template <ScalarKind kind>
inline KindType<kind> Constant(const Term& term) {
  if constexpr (kind == ScalarKind::kBool) {
    return term.constant.truth;
  } else if constexpr (kind == ScalarKind::kUint) {
    return term.constant.natural;
  } else if constexpr (kind == ScalarKind::kDouble) {
    return term.constant.real;
  } else if constexpr (kind == ScalarKind::kString) {
    return term.constant.text;
  } else if constexpr (kind == ScalarKind::kTimestamp) {
    return term.constant.time;
  } else {
    return term.constant.integer;
  }
}

// A field at the end of the hops of an operand, in the message that holds it: whether it is set, and the number of its elements.
// LoadElementOf reads one element, an int or a text; false when that lives no longer than this call.
bool HasOperand(const Operand& operand, const google::protobuf::Message& holder);
int SizeOfOperand(const Operand& list, const google::protobuf::Message& holder);
bool LoadElementOf(ScalarKind kind, const Operand& list, const google::protobuf::Message& holder,
                   int i, Slot* out);

// kBoolFalse or kBoolTrue, or kBoolError when the general node has to say.
inline int RunTerm(const Term& term, ConditionFrame& frame) {
  const int result = term.test(term, frame);
  return result == kBoolError ? result : result ^ int { term.negated };
}

// Four terms at a time, each with a call of its own: see kAnyHops.
inline int RunCondition(const ConditionNode& node, ConditionFrame& frame) {
  const Term* term = node.terms;
  const Term* const end = node.terms_end;
  while (term != end) {
    if (const int result = RunTerm(*term, frame); result != kBoolTrue) return result;
    if (++term == end) break;
    if (const int result = RunTerm(*term, frame); result != kBoolTrue) return result;
    if (++term == end) break;
    if (const int result = RunTerm(*term, frame); result != kBoolTrue) return result;
    if (++term == end) break;
    if (const int result = RunTerm(*term, frame); result != kBoolTrue) return result;
    ++term;
  }
  return kBoolTrue;
}

}  // namespace frontdesk::cel::cel_internal

#endif  // FRONTDESK_CEL_CONDITION_RUN_H_
