// Reasons of agents/: refusals of calls, and errors of toolsets. The type is in base/reason.h.
#ifndef FRONTDESK_AGENTS_REASONS_H_
#define FRONTDESK_AGENTS_REASONS_H_

#include "absl/status/status.h"
#include "frontdesk/base/reason.h"

namespace frontdesk {

// One line a reason: X(constant, "WORD", code, "Meaning."). Those with kOk are reasons in the answer of a call.
// clang-format off
#define FRONTDESK_AGENTS_REASONS(X) \
  X(kReasonAgentOptionsInvalid, "AGENT_OPTIONS_INVALID", kInvalidArgument, "A toolset is made without a policy, with a limit that is not positive, or with the name of no tool.") \
  X(kReasonAgentContextInvalid, "AGENT_CONTEXT_INVALID", kInvalidArgument, "The context of a call is not complete, or contradicts the desk.") \
  X(kReasonAgentToolUnknown, "AGENT_TOOL_UNKNOWN", kOk, "The toolset has no tool of that name.") \
  X(kReasonAgentArgumentsTooLarge, "AGENT_ARGUMENTS_TOO_LARGE", kOk, "The arguments have more bytes, levels or values than the limit.") \
  X(kReasonAgentArgumentsMalformed, "AGENT_ARGUMENTS_MALFORMED", kOk, "The arguments are no JSON object.") \
  X(kReasonAgentArgumentDuplicate, "AGENT_ARGUMENT_DUPLICATE", kOk, "An object in the arguments has a member twice.") \
  X(kReasonAgentArgumentUnknown, "AGENT_ARGUMENT_UNKNOWN", kOk, "The tool has no argument of that name.") \
  X(kReasonAgentArgumentReserved, "AGENT_ARGUMENT_RESERVED", kOk, "The value comes from the context of the call, never from its arguments.") \
  X(kReasonAgentArgumentRequired, "AGENT_ARGUMENT_REQUIRED", kOk, "An argument that the tool requires is missing.") \
  X(kReasonAgentArgumentType, "AGENT_ARGUMENT_TYPE", kOk, "An argument has another type than the schema says.") \
  X(kReasonAgentArgumentRange, "AGENT_ARGUMENT_RANGE", kOk, "A number in the arguments is outside of the range of its field.") \
  X(kReasonAgentArgumentValue, "AGENT_ARGUMENT_VALUE", kOk, "An argument is none of the values that the schema lists.") \
  X(kReasonAgentArgumentFormat, "AGENT_ARGUMENT_FORMAT", kOk, "A text in the arguments has not the form that the schema says, such as that of an instant.") \
  X(kReasonAgentArgumentConflict, "AGENT_ARGUMENT_CONFLICT", kOk, "Two arguments are given of which only one is possible.") \
  X(kReasonAgentOutOfScope, "AGENT_OUT_OF_SCOPE", kOk, "The call is about something that does not belong to the customer of the conversation, or that does not exist.") \
  X(kReasonAgentInteractionEnded, "AGENT_INTERACTION_ENDED", kOk, "The interaction of the call is over.") \
  X(kReasonAgentCallIdReused, "AGENT_CALL_ID_REUSED", kOk, "A call with the same id asked for something else.") \
  X(kReasonAgentAnswerTooLarge, "AGENT_ANSWER_TOO_LARGE", kOk, "The answer has more bytes than the limit. Ask for less.")
// clang-format on

FRONTDESK_AGENTS_REASONS(FRONTDESK_REASON_CONSTANT)

// All of them, in this order.
inline constexpr Reason kAgentsReasons[] = {FRONTDESK_AGENTS_REASONS(FRONTDESK_REASON_ELEMENT)};
#undef FRONTDESK_AGENTS_REASONS

}  // namespace frontdesk

#endif  // FRONTDESK_AGENTS_REASONS_H_
