#include "frontdesk/domain/interaction/interaction.h"

#include <utility>
#include <vector>

#include "domain/arguments.h"
#include "domain/command_table.h"
#include "domain/event_maker.h"
#include "domain/interaction/interaction_draft.h"
#include "frontdesk/domain/interaction/reasons.h"

namespace frontdesk {
namespace domain {

// The functions of each command are in a file of its own, and only the list below names them. A check looks at all arguments but
// the id of the interaction. A decision expects a state that allows the command; it works on the draft, and refuses by it.
using InteractionCheck = ArgumentCheck<v1::InteractionCommand>;
using InteractionDecision = void(InteractionDraft* draft);

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

namespace {

using v1::Interaction;

using InteractionCommandTable = CommandTable<v1::InteractionCommand, InteractionDecision>;

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
          {C::kLinkInteraction, CheckLinkInteraction, DecideLinkInteraction, kAlways},
          {C::kEndInteraction, nullptr, DecideEndInteraction, {{kOpen, {kEnded}}}},
          {C::kWrapUpInteraction,
           CheckWrapUpInteraction,
           DecideWrapUpInteraction,
           {{kEnded, {kWrappedUp}}}},
          // Who it was is often known late.
          {C::kSetInteractionCustomer, CheckSetInteractionCustomer, DecideSetInteractionCustomer,
           kAlways},
      });
}

const InteractionCommandTable& InteractionCommands() {
  static const InteractionCommandTable* const table =
      new InteractionCommandTable(MakeInteractionCommands());
  return *table;
}

}  // namespace

const Lifecycle& InteractionLifecycle() { return InteractionCommands().lifecycle(); }

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
  } else {
    const auto decide = InteractionCommands().FindDecide(*info);
    decide(&draft);
  }
  return std::move(draft).Finish();
}

}  // namespace domain
}  // namespace frontdesk
