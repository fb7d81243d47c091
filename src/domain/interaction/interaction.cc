#include "frontdesk/domain/interaction/interaction.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/arguments.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "domain/survivor.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Interaction;
using v1::InteractionCommand;

void CheckStart(const v1::StartInteraction& verb, ArgumentChecker* checker) {
  const FieldPath root{nullptr, "start_interaction"};
  checker->RequireText({&root, "interaction_id"}, verb.interaction_id());
  checker->CheckEnum(
      {&root, "channel"}, verb.channel(),
      verb.channel() != v1::CHANNEL_UNSPECIFIED && v1::Channel_IsValid(verb.channel()));
  checker->CheckEnum(
      {&root, "direction"}, verb.direction(),
      verb.direction() != v1::DIRECTION_UNSPECIFIED && v1::Direction_IsValid(verb.direction()));
  checker->CheckEnum({&root, "reason"}, verb.reason(), v1::ContactReason_IsValid(verb.reason()));
  checker->CheckEnum({&root, "synchrony"}, verb.synchrony(),
                     v1::Synchrony_IsValid(verb.synchrony()));
  checker->CheckExternalIds(root, verb.external_ids());
}

// The usual synchrony of a channel.
v1::Synchrony SynchronyOf(v1::Channel channel) {
  switch (channel) {
    case v1::CHANNEL_VOICE:
    case v1::CHANNEL_CHAT:
    case v1::CHANNEL_VIDEO:
    case v1::CHANNEL_IN_PERSON:
      return v1::SYNCHRONY_SYNCHRONOUS;
    default:
      return v1::SYNCHRONY_ASYNCHRONOUS;
  }
}

// Decides one command on one interaction.
class InteractionDecision {
 public:
  explicit InteractionDecision(const v1::InteractionDecisionInput& input)
      : input_(input),
        command_(input.command()),
        interaction_(input.interaction()),
        customer_(input.customer()) {}

  absl::StatusOr<Decided> Run() {
    const CommandInfo* command = FindEntityCommand(command_);
    if (command == nullptr) return WrongEntityError();
    if (auto refusal = InteractionLifecycle().Refuse(*command, interaction_.state())) {
      decided_.refusals.push_back(*std::move(refusal));
    } else {
      Decide();
    }
    if (decided_.refused()) decided_.events.clear();
    return std::move(decided_);
  }

 private:
  void Decide() {
    switch (command_.verb_case()) {
      case InteractionCommand::kStartInteraction:
        return Start(command_.start_interaction());
      case InteractionCommand::kAddInteractionPart:
        return AddPart(command_.add_interaction_part().part());
      case InteractionCommand::kLinkInteraction:
        return Link(command_.link_interaction().entity());
      case InteractionCommand::kEndInteraction:
        return End();
      case InteractionCommand::kSetInteractionCustomer:
        return SetCustomer(command_.set_interaction_customer());
      default:
        return WrapUp(command_.wrap_up_interaction());
    }
  }

  v1::Event& AddEvent(const std::string& interaction_id) {
    return decided_.events.emplace_back(
        MakeEvent(v1::ENTITY_KIND_INTERACTION, interaction_id, OccasionOf(input_)));
  }

  void Start(const v1::StartInteraction& verb) {
    Interaction& interaction = *AddEvent(verb.interaction_id())
                                    .mutable_interaction()
                                    ->mutable_interaction_started()
                                    ->mutable_interaction();
    interaction.set_interaction_id(verb.interaction_id());
    interaction.set_state(Interaction::STATE_OPEN);
    interaction.set_channel(verb.channel());
    interaction.set_direction(verb.direction());
    interaction.set_reason(verb.reason());
    interaction.set_customer_id(verb.customer_id());
    interaction.set_agent_id(verb.agent_id());
    interaction.set_synchrony(verb.synchrony() == v1::SYNCHRONY_UNSPECIFIED
                                  ? SynchronyOf(verb.channel())
                                  : verb.synchrony());
    *interaction.mutable_external_ids() = verb.external_ids();
    *interaction.mutable_start_time() = input_.now();
  }

  void AddPart(const v1::InteractionPart& part) {
    constexpr absl::string_view kField = "add_interaction_part";
    if (interaction_.state() != Interaction::STATE_OPEN &&
        part.kind() == v1::InteractionPart::KIND_MESSAGE && part.corrects_part_id().empty()) {
      decided_.refusals.push_back(
          MakeRefusal(kReasonInteractionAddPartEnded, absl::StrCat(kField, ".part.kind"),
                      "the interaction is over; a message is possible only as a correction"));
    }
    const PartReasons reasons = {kReasonInteractionAddPartIdExists,
                                 kReasonInteractionAddPartCorrectsUnknown,
                                 kReasonInteractionAddPartMoreVisible};
    for (v1::Refusal& refusal : CheckPartInvariants(kField, part, interaction_.parts(), reasons)) {
      decided_.refusals.push_back(std::move(refusal));
    }
    *AddEvent(interaction_.interaction_id())
         .mutable_interaction()
         ->mutable_interaction_part_added()
         ->mutable_part() = MakePart(part, OccasionOf(input_));
  }

  void Link(const v1::EntityRef& entity) {
    if (HasLink(interaction_.links(), entity)) {
      decided_.refusals.push_back(
          MakeRefusal(kReasonInteractionLinkDuplicate, "link_interaction.entity",
                      "the interaction is linked with that entity already"));
    }
    *AddEvent(interaction_.interaction_id())
         .mutable_interaction()
         ->mutable_interaction_linked()
         ->mutable_entity() = entity;
  }

  void End() {
    if (IsBefore(input_.now(), interaction_.start_time())) {
      decided_.refusals.push_back(
          MakeRefusal(kReasonInteractionEndTime, "", "the interaction would end before it began"));
    }
    *AddEvent(interaction_.interaction_id())
         .mutable_interaction()
         ->mutable_interaction_ended()
         ->mutable_end_time() = input_.now();
  }

  void WrapUp(const v1::WrapUpInteraction& verb) {
    if (IsBefore(input_.now(), interaction_.end_time())) {
      decided_.refusals.push_back(MakeRefusal(
          kReasonInteractionWrapUpTime, "", "the interaction would be wrapped up before it ended"));
    }
    v1::WrapUp& wrap_up = *AddEvent(interaction_.interaction_id())
                               .mutable_interaction()
                               ->mutable_interaction_wrapped_up()
                               ->mutable_wrap_up();
    wrap_up.set_disposition(verb.disposition());
    wrap_up.set_note(verb.note());
    *wrap_up.mutable_time() = input_.now();
  }

  const v1::InteractionDecisionInput& input_;
  const InteractionCommand& command_;
  // The customer to set, found under the command's id or as the survivor of that id.
  void SetCustomer(const v1::SetInteractionCustomer& verb) {
    constexpr absl::string_view kField = "set_interaction_customer.customer_id";
    if (!StandsFor(customer_, verb.customer_id())) {
      v1::Refusal refusal = MakeListedRefusal(kReasonCustomerNotFound);
      refusal.set_origin(v1::Refusal::ORIGIN_NOT_FOUND);
      refusal.set_field(std::string(kField));
      decided_.refusals.push_back(std::move(refusal));
    } else if (customer_.customer_id() == interaction_.customer_id()) {
      decided_.refusals.push_back(MakeRefusal(kReasonInteractionSetCustomerUnchanged, kField,
                                              "the interaction is with that customer already"));
    }
    v1::InteractionCustomerSet& fact = *AddEvent(interaction_.interaction_id())
                                            .mutable_interaction()
                                            ->mutable_interaction_customer_set();
    fact.set_customer_id(customer_.customer_id());
    fact.set_before_customer_id(interaction_.customer_id());
  }

  const Interaction& interaction_;
  const v1::Customer& customer_;
  Decided decided_;
};

absl::Status ApplyStarted(const v1::Event& event, Interaction* interaction) {
  const Interaction& started = event.interaction().interaction_started().interaction();
  if (interaction->state() != Interaction::STATE_UNSPECIFIED ||
      started.state() != Interaction::STATE_OPEN ||
      started.interaction_id() != event.entity().id()) {
    return NotApplicableError("the interaction exists already, is not OPEN, or has another id");
  }
  *interaction = started;
  return absl::OkStatus();
}

}  // namespace

const Lifecycle& InteractionLifecycle() {
  constexpr Interaction::State kOpen = Interaction::STATE_OPEN;
  constexpr Interaction::State kEnded = Interaction::STATE_ENDED;
  constexpr Interaction::State kWrappedUp = Interaction::STATE_WRAPPED_UP;
  constexpr Interaction::State kNone = Interaction::STATE_UNSPECIFIED;
  using C = v1::InteractionCommand;
  static const Lifecycle* const lifecycle = new Lifecycle(
      Interaction::State_descriptor(), C::descriptor(),
      {
          {C::kStartInteraction, {{kNone, {kOpen}}}},
          // Transcripts, recordings, notes and corrections come after the end, too.
          {C::kAddInteractionPart,
           {{kOpen, {kOpen}}, {kEnded, {kEnded}}, {kWrappedUp, {kWrappedUp}}}},
          {C::kLinkInteraction, {{kOpen, {kOpen}}, {kEnded, {kEnded}}, {kWrappedUp, {kWrappedUp}}}},
          {C::kEndInteraction, {{kOpen, {kEnded}}}},
          {C::kWrapUpInteraction, {{kEnded, {kWrappedUp}}}},
          // Who it was is often known late.
          {C::kSetInteractionCustomer,
           {{kOpen, {kOpen}}, {kEnded, {kEnded}}, {kWrappedUp, {kWrappedUp}}}},
      });
  return *lifecycle;
}

std::vector<v1::Refusal> CheckInteractionArguments(const v1::InteractionCommand& command) {
  ArgumentChecker checker;
  const CommandInfo* info = FindEntityCommand(command);
  if (info == nullptr) return {};
  const FieldPath root{nullptr, info->field};
  if (command.has_start_interaction()) {
    CheckStart(command.start_interaction(), &checker);
    return std::move(checker).Take();
  }
  checker.RequireText({&root, "interaction_id"}, AddressedId(command));
  if (command.has_add_interaction_part()) {
    const v1::AddInteractionPart& add = command.add_interaction_part();
    CheckPartArguments(root, add.has_part(), add.part(), &checker);
  } else if (command.has_link_interaction()) {
    const v1::LinkInteraction& link = command.link_interaction();
    const FieldPath field{&root, "entity"};
    if (checker.RequireMessage(field, link.has_entity())) {
      CheckLink(field, link.entity(), v1::ENTITY_KIND_CASE, v1::ENTITY_KIND_ORDER, &checker);
    }
  } else if (command.has_wrap_up_interaction()) {
    checker.RequireText({&root, "disposition"}, command.wrap_up_interaction().disposition());
  } else if (command.has_set_interaction_customer()) {
    checker.RequireText({&root, "customer_id"}, command.set_interaction_customer().customer_id());
  }
  return std::move(checker).Take();
}

absl::StatusOr<Decided> DecideInteraction(const v1::InteractionDecisionInput& input) {
  return InteractionDecision(input).Run();
}

absl::Status EvolveInteraction(const v1::Event& event, v1::Interaction* interaction) {
  if (event.entity().kind() != v1::ENTITY_KIND_INTERACTION) {
    return NotApplicableError("the event is not about an interaction");
  }
  if (event.interaction().has_interaction_started()) return ApplyStarted(event, interaction);
  const Interaction::State state = interaction->state();
  if (event.entity().id() != interaction->interaction_id() ||
      state == Interaction::STATE_UNSPECIFIED) {
    return NotApplicableError("the event is about another interaction");
  }
  switch (event.interaction().event_case()) {
    case v1::InteractionEvent::kInteractionPartAdded:
      return ApplyPart(event.interaction().interaction_part_added().part(),
                       interaction->mutable_parts());
    case v1::InteractionEvent::kInteractionLinked:
      if (HasLink(interaction->links(), event.interaction().interaction_linked().entity())) {
        return NotApplicableError("the interaction is linked with that entity already");
      }
      *interaction->add_links() = event.interaction().interaction_linked().entity();
      return absl::OkStatus();
    case v1::InteractionEvent::kInteractionEnded:
      if (state != Interaction::STATE_OPEN)
        return NotApplicableError("the interaction is over already");
      interaction->set_state(Interaction::STATE_ENDED);
      *interaction->mutable_end_time() = event.interaction().interaction_ended().end_time();
      return absl::OkStatus();
    case v1::InteractionEvent::kInteractionWrappedUp:
      if (state != Interaction::STATE_ENDED)
        return NotApplicableError("the interaction is not in the state ENDED");
      interaction->set_state(Interaction::STATE_WRAPPED_UP);
      *interaction->mutable_wrap_up() = event.interaction().interaction_wrapped_up().wrap_up();
      return absl::OkStatus();
    case v1::InteractionEvent::kInteractionCustomerSet:
      interaction->set_customer_id(event.interaction().interaction_customer_set().customer_id());
      return absl::OkStatus();
    default:
      return NotApplicableError("the event is not known for an interaction");
  }
}

}  // namespace domain
}  // namespace frontdesk
