#include "frontdesk/domain/interaction/interaction.h"

#include <utility>
#include <vector>

#include "domain/arguments.h"
#include "domain/command_table.h"
#include "domain/event_maker.h"
#include "domain/interaction/interaction_draft.h"
#include "domain/unchanged_commands.h"
#include "frontdesk/domain/interaction/reasons.h"

namespace frontdesk {
namespace domain {

// The functions of each command are in a file of its own, and only the list below names them. A check looks at all arguments but
// the id of the interaction. A decision expects a state that allows the command, and that it changes something; it works on the draft, and refuses by it.
using InteractionCheck = ArgumentCheck<v1::InteractionCommand>;
using InteractionDecision = void(InteractionDraft* draft);
using InteractionUnchanged = UnchangedTest<v1::InteractionDecisionInput, v1::InteractionAssessment>;

InteractionCheck CheckStartInteraction;
InteractionCheck CheckAddInteractionPart;
InteractionCheck CheckLinkInteraction;
InteractionCheck CheckWrapUpInteraction;
InteractionCheck CheckSetInteractionCustomer;

InteractionDecision DecideStartInteraction;
InteractionDecision DecideAddInteractionPart;
InteractionDecision DecideLinkInteraction;
InteractionDecision DecideEndInteraction;
InteractionDecision DecideWrapUpInteraction;
InteractionDecision DecideSetInteractionCustomer;

InteractionUnchanged IsLinkInteractionUnchanged;
InteractionUnchanged IsSetInteractionCustomerUnchanged;

namespace {

using v1::Interaction;

using InteractionCommandTable =
    CommandTable<v1::InteractionCommand, InteractionDecision, InteractionUnchanged>;

InteractionCommandTable MakeInteractionCommands() {
  constexpr Interaction::State kNone = Interaction::STATE_UNSPECIFIED;
  constexpr Interaction::State kOpen = Interaction::STATE_OPEN;
  constexpr Interaction::State kEnded = Interaction::STATE_ENDED;
  constexpr Interaction::State kWrappedUp = Interaction::STATE_WRAPPED_UP;
  const Moves kAlways = Keep({kOpen, kEnded, kWrappedUp});
  using C = v1::InteractionCommand;
  return InteractionCommandTable(
      Interaction::State_descriptor(), kInteractionReasons,
      {
          {C::kStartInteraction, CheckStartInteraction, DecideStartInteraction, {{kNone, {kOpen}}}},
          // Transcripts, recordings, notes and corrections come after the end, too.
          {C::kAddInteractionPart, CheckAddInteractionPart, DecideAddInteractionPart, kAlways},
          {C::kLinkInteraction, CheckLinkInteraction, DecideLinkInteraction, kAlways,
           IsLinkInteractionUnchanged, "the link exists already"},
          {C::kEndInteraction, nullptr, DecideEndInteraction, {{kOpen, {kEnded}}}},
          {C::kWrapUpInteraction,
           CheckWrapUpInteraction,
           DecideWrapUpInteraction,
           {{kEnded, {kWrappedUp}}}},
          // Who it was is often known late.
          {C::kSetInteractionCustomer, CheckSetInteractionCustomer, DecideSetInteractionCustomer,
           kAlways, IsSetInteractionCustomerUnchanged,
           "the interaction is with that customer already"},
      });
}

const InteractionCommandTable& InteractionCommands() {
  static const InteractionCommandTable* const table =
      new InteractionCommandTable(MakeInteractionCommands());
  return *table;
}

}  // namespace

const Lifecycle& InteractionLifecycle() { return InteractionCommands().lifecycle(); }

absl::Span<const UnchangedCommand> UnchangedInteractionCommands() {
  return InteractionCommands().unchanged_commands();
}

v1::InteractionAssessment AssessInteraction(const v1::InteractionDecisionInput& input) {
  v1::InteractionAssessment assessment;
  assessment.set_is_unchanged(InteractionCommands().IsUnchanged(input, assessment));
  return assessment;
}

std::vector<v1::Refusal> CheckInteractionArguments(const v1::InteractionCommand& command,
                                                   Fields fields) {
  const CommandInfo* info = FindEntityCommand(command);
  if (info == nullptr) return {};
  ArgumentChecker checker;
  const FieldPath root{nullptr, info->field};
  checker.RequireText({&root, info->id_path}, AddressedId(*info, command));
  if (const auto check = InteractionCommands().FindCheck(*info)) check(root, command, &checker);
  if (fields == Fields::kUnknown) checker.CheckFields(command);
  return std::move(checker).Take();
}

absl::StatusOr<Decided> DecideInteraction(const v1::InteractionDecisionInput& input) {
  const CommandInfo* info = FindEntityCommand(input.command());
  if (info == nullptr) return WrongEntityError();
  InteractionDraft draft(input, *info);
  if (auto refusal = InteractionLifecycle().Refuse(*info, input.interaction().state())) {
    draft.Refuse({*std::move(refusal)});
  } else if (!input.assessment().is_unchanged()) {
    const auto decide = InteractionCommands().FindDecide(*info);
    decide(&draft);
  }
  return std::move(draft).Finish();
}

}  // namespace domain
}  // namespace frontdesk
