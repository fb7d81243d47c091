#include "desk/watched_desk.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "desk/clock_testing.h"
#include "desk/hostile_texts.h"
#include "desk/message_filler.h"
#include "desk/planter.h"
#include "desk/whole_state.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/reasons.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/command_options.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace testing {
namespace {

// A text about events must hold nothing personal.
std::string CheckTexts(const google::protobuf::Message& told) {
  for (const std::string& text : AllTexts(told)) {
    if (!FindPersonal(text).empty()) return absl::StrCat("personal data is told: ", text);
  }
  return "";
}

// ---- What holds for every state --------------------------------------------------------------------

std::string CheckAccount(const v1::EntityState& state) {
  const v1::Account& account = state.account();
  if (account.balance().units() < 0) return "the balance is below zero";
  if (!account.entries().empty() &&
      account.entries().rbegin()->balance_after().units() != account.balance().units()) {
    return "the balance is not that of the last entry";
  }
  return "";
}

std::string CheckOrder(const v1::EntityState& state) {
  const v1::Order& order = state.order();
  for (const v1::Payment& payment : order.payments()) {
    if (payment.refunded_amount().units() + payment.refund_pending_amount().units() >
        payment.captured_amount().units()) {
      return "more is paid back than was paid";
    }
  }
  for (const v1::OrderLine& line : order.lines()) {
    const v1::LineQuantities& quantities = line.quantities();
    for (std::int64_t quantity :
         {quantities.ordered(), quantities.shipped(), quantities.delivered(), quantities.canceled(),
          quantities.return_requested(), quantities.returned()}) {
      if (quantity < 0) return "a quantity is below zero";
    }
    if (quantities.shipped() + quantities.canceled() > quantities.ordered()) {
      return "more is shipped and canceled than was ordered";
    }
    if (quantities.delivered() > quantities.shipped()) return "more is delivered than was shipped";
    if (quantities.return_requested() + quantities.returned() > quantities.delivered()) {
      return "more comes back than was delivered";
    }
  }
  return "";
}

template <typename Parts>
std::string CheckParts(const Parts& parts) {
  for (const v1::InteractionPart& part : parts) {
    if (part.kind() == v1::InteractionPart::KIND_NOTE &&
        part.visibility() == v1::VISIBILITY_PUBLIC) {
      return "a note is public";
    }
    if (!part.has_author()) return "a part has no author";
  }
  return "";
}

std::string CheckInteraction(const v1::EntityState& state) {
  const v1::Interaction& interaction = state.interaction();
  if (interaction.has_wrap_up() != (interaction.state() == v1::Interaction::STATE_WRAPPED_UP)) {
    return "wrapped up, or not";
  }
  return CheckParts(interaction.parts());
}

// An import has the history that it brings.
std::string CheckPlaceSpans(const v1::Case& one) {
  if (one.has_import_source()) return "";
  v1::CaseAssigneeSpan assignee;
  if (!one.assignee_spans().empty()) assignee = *one.assignee_spans().rbegin();
  if (assignee.assignee_id() != one.assignee_id() || assignee.queue_id() != one.queue_id()) {
    return "the history of assignees does not end with the assignee";
  }
  v1::CasePrioritySpan priority;
  if (!one.priority_spans().empty()) priority = *one.priority_spans().rbegin();
  if (priority.impact() != one.impact() || priority.urgency() != one.urgency() ||
      priority.priority() != one.priority()) {
    return "the history of priorities does not end with the priority";
  }
  return "";
}

std::string CheckCase(const v1::EntityState& state) {
  const v1::Case& one = state.case_();
  if (std::string broken = CheckPlaceSpans(one); !broken.empty()) return broken;
  if (one.state_spans().empty() || one.state_spans().rbegin()->state() != one.state()) {
    return "the history of states does not end in the state";
  }
  for (int i = 1; i < one.state_spans_size(); ++i) {
    const google::protobuf::Timestamp& before = one.state_spans(i - 1).start_time();
    const google::protobuf::Timestamp& from = one.state_spans(i).start_time();
    // Not known of an imported history.
    if (!one.state_spans(i - 1).has_start_time() || !one.state_spans(i).has_start_time()) continue;
    if (std::make_pair(from.seconds(), from.nanos()) <
        std::make_pair(before.seconds(), before.nanos())) {
      return "the history of states runs back";
    }
  }
  const bool over =
      one.state() == v1::Case::STATE_CLOSED || one.state() == v1::Case::STATE_CANCELED;
  const bool may_be_timeless = one.has_import_source();
  if (over && ((!one.has_close_time() && !may_be_timeless) || one.has_transfer_offer())) {
    return "over, and offered to somebody or at no time";
  }
  if (one.has_close_time() && !over && one.state() != v1::Case::STATE_MERGED) {
    return "not over, and closed at some time";
  }
  if ((one.state() == v1::Case::STATE_MERGED) == one.survivor_case_id().empty()) {
    return "merged, and into none";
  }
  for (const v1::CaseReferral& referral : one.referrals()) {
    const google::protobuf::Timestamp& referred = referral.refer_time();
    const google::protobuf::Timestamp& returned = referral.return_time();
    const bool waits = one.state() == v1::Case::STATE_WAITING_ON_THIRD_PARTY ||
                       one.state() == v1::Case::STATE_MERGED;
    if (!referral.has_return_time()) {
      if (!waits) return "its matter is outside, and it waits for nobody";
    } else if (std::make_pair(returned.seconds(), returned.nanos()) <
               std::make_pair(referred.seconds(), referred.nanos())) {
      return "what went outside was back before";
    }
  }
  if (one.has_escalation() && (over || one.state() == v1::Case::STATE_RESOLVED ||
                               one.escalation().queue_id() != one.queue_id())) {
    return "stands in a chain, and lies elsewhere or is solved";
  }
  return CheckParts(one.parts());
}

std::string CheckCustomer(const v1::EntityState& state) {
  const v1::Customer& customer = state.customer();
  if ((customer.state() == v1::Customer::STATE_MERGED) == customer.survivor_customer_id().empty()) {
    return "merged, and into nobody";
  }
  return "";
}

struct StateCheck {
  v1::EntityState::StateCase kind;
  std::string (*check)(const v1::EntityState& state);
};
constexpr StateCheck kStateChecks[] = {
    {v1::EntityState::kAccount, CheckAccount},   {v1::EntityState::kOrder, CheckOrder},
    {v1::EntityState::kCase, CheckCase},         {v1::EntityState::kInteraction, CheckInteraction},
    {v1::EntityState::kCustomer, CheckCustomer},
};

std::string CheckState(const v1::EntityState& state) {
  for (const StateCheck& row : kStateChecks) {
    if (row.kind != state.state_case()) continue;
    const std::string broken = row.check(state);
    if (!broken.empty()) return absl::StrCat(broken, ": ", state.ShortDebugString());
  }
  return "";
}

// ---- What holds once a command was carried out ------------------------------------------------------

// Gets the desk after the command. A check that changes something works on a fork.
struct CommandCheck {
  std::string (*check)(const Desk& desk, const v1::Command& command, const v1::Outcome& outcome);
};

std::string CheckExplains(const Desk& desk, const v1::Command&, const v1::Outcome& outcome) {
  if (outcome.record_id().empty()) return "";
  const auto explanation = desk.Explain(outcome.record_id());
  if (!explanation.ok()) return absl::StrCat("no explanation: ", explanation.status().ToString());
  // Those of an Approve that is refused say that the approval was used up.
  if (explanation->verdict() != outcome.verdict() ||
      explanation->event_texts_size() != outcome.events_size()) {
    return "the explanation tells something else";
  }
  std::string forged = FindForged(explanation->text());
  for (const std::string& text : explanation->event_texts()) {
    if (text.empty()) return "an event has no text";
    if (forged.empty()) forged = FindForged(text);
  }
  if (!forged.empty()) return forged;
  return CheckTexts(*explanation);
}

// The state that an entity had in a version: the fold of its first events.
absl::StatusOr<v1::EntityState> StateAt(const Desk& desk, const v1::EntityRef& entity,
                                        std::int64_t version) {
  v1::EntityState state;
  if (version == 0) return state;
  LogPage page;
  page.page_size = static_cast<int>(version);
  const auto events = desk.History(entity, page);
  if (!events.ok()) return events.status();
  for (const v1::Event& event : *events) {
    const absl::Status folded = Evolve(event, &state);
    if (!folded.ok()) return folded;
  }
  return state;
}

// A merge that is undone at once, on a fork, restores both as they were. A case keeps its history
// of states.
std::string CheckComesApart(const Desk& desk, const v1::Command& command,
                            const v1::Outcome& outcome) {
  if (outcome.verdict() != v1::VERDICT_DONE || outcome.events().empty()) return "";
  v1::Command undo;
  *undo.mutable_actor() = command.actor();
  *undo.mutable_now() = command.now();
  undo.set_late_entry(command.late_entry());
  if (command.customer().has_merge_customers()) {
    undo.mutable_customer()->mutable_unmerge_customers()->set_customer_id(
        command.customer().merge_customers().customer_id());
    undo.mutable_customer()->mutable_unmerge_customers()->set_merged_customer_id(
        command.customer().merge_customers().merged_customer_id());
  } else if (command.case_().has_merge_cases()) {
    undo.mutable_case_()->mutable_unmerge_cases()->set_case_id(
        command.case_().merge_cases().case_id());
    undo.mutable_case_()->mutable_unmerge_cases()->set_merged_case_id(
        command.case_().merge_cases().merged_case_id());
  } else if (command.case_().import_case().case_().state() == v1::Case::STATE_MERGED) {
    const v1::Case& imported = command.case_().import_case().case_();
    v1::EntityRef entity;
    entity.set_kind(v1::ENTITY_KIND_CASE);
    entity.set_id(imported.survivor_case_id());
    const auto survivor = desk.Get(entity);
    entity.set_id(imported.case_id());
    const auto merged = desk.Get(entity);
    if (!survivor.ok() || !merged.ok()) return "an imported merge has no two sides";
    // Nobody knows in which state it was, or the survivor is merged, too.
    if (!(*merged)->case_().has_span_before_merge() ||
        (*survivor)->case_().state() == v1::Case::STATE_MERGED) {
      return "";
    }
    undo.mutable_case_()->mutable_unmerge_cases()->set_case_id(imported.survivor_case_id());
    undo.mutable_case_()->mutable_unmerge_cases()->set_merged_case_id(imported.case_id());
  } else {
    return "";
  }
  const auto fork = desk.Fork();
  if (!fork.ok()) return "the desk does not fork";
  const auto undone = (*fork)->Execute(undo);
  if (!undone.ok() || undone->verdict() != v1::VERDICT_DONE) {
    return absl::StrCat("a merge does not come apart: ", undone.status().ToString(), " ",
                        undone.ok() ? undone->refusals(0).reason() : "");
  }
  std::map<std::string, std::int64_t> versions;  // Before the merge.
  for (const v1::Event& event : outcome.events()) {
    versions.emplace(event.entity().id(), event.version() - 1);
  }
  for (const v1::Event& event : outcome.events()) {
    // Approvals that were closed stay closed: the command can be asked for anew.
    if (event.has_approval()) continue;
    // An imported case was nothing before.
    if (event.case_().has_case_imported()) continue;
    auto before = StateAt(desk, event.entity(), versions[event.entity().id()]);
    auto after = GetWhole(**fork, event.entity());
    if (!before.ok() || !after.ok()) return "a state before or after the merge is not there";
    for (v1::EntityState* state : {&*before, &*after}) {
      state->clear_version();
      state->clear_update_time();
      // The ids of methods that came with the other customer are not used again.
      if (state->has_customer()) state->mutable_customer()->clear_removed_payment_methods();
      if (!state->has_case_()) continue;
      state->mutable_case_()->clear_state_spans();
      state->mutable_case_()->clear_state_time();
      state->mutable_case_()->clear_state_totals();
      // An unmerged case begins an episode; its survivor keeps the earlier start.
      state->mutable_case_()->clear_service_level_id();
      state->mutable_case_()->clear_clocks();
      state->mutable_case_()->clear_ended_clocks();
      state->mutable_case_()->clear_clock_totals();
      state->mutable_case_()->clear_service_times();
    }
    // Who came to a survivor that nobody had stays there.
    if (before->has_case_() && before->case_().assignee_id().empty()) {
      for (v1::EntityState* state : {&*before, &*after}) {
        state->mutable_case_()->clear_assignee_id();
        state->mutable_case_()->clear_assignee_spans();
      }
    }
    if (before->SerializeAsString() != after->SerializeAsString()) {
      return absl::StrCat("merged and taken apart it is not what it was: ",
                          before->ShortDebugString(), "\n", after->ShortDebugString());
    }
  }
  return "";
}

// No part in `view` is internal in its source.
template <typename View>
std::string CheckViewParts(const Desk& desk, const View& view) {
  for (const v1::CustomerViewPart& seen : view.parts()) {
    const auto source = GetWhole(desk, seen.source());
    if (!source.ok()) return "a part in a view stands nowhere";
    const auto& parts =
        source->has_case_() ? source->case_().parts() : source->interaction().parts();
    int found = 0;
    for (const v1::InteractionPart& part : parts) {
      if (part.part_id() != seen.part_id()) continue;
      ++found;
      if (part.visibility() != v1::VISIBILITY_PUBLIC ||
          part.kind() == v1::InteractionPart::KIND_NOTE) {
        return "an internal part is in a customer's view";
      }
      if (part.text() != seen.text()) return "a part in a view says something else";
    }
    if (found != 1) return "a part in a view is not one of its source";
  }
  return "";
}

std::string CheckViews(const Desk& desk, const v1::Command&, const v1::Outcome& outcome) {
  for (const v1::Event& event : outcome.events()) {
    if (event.entity().kind() != v1::ENTITY_KIND_CASE &&
        event.entity().kind() != v1::ENTITY_KIND_INTERACTION) {
      continue;
    }
    const auto view = desk.CustomerView(event.entity());
    if (!view.ok()) return absl::StrCat("no view: ", view.status().ToString());
    const std::string broken = view->has_case_() ? CheckViewParts(desk, view->case_())
                                                 : CheckViewParts(desk, view->interaction());
    if (!broken.empty()) return broken;
  }
  return "";
}

// The survivor of this customer; itself when it is not merged.
std::string Standing(const Desk& desk, std::string customer_id) {
  v1::EntityRef entity;
  entity.set_kind(v1::ENTITY_KIND_CUSTOMER);
  for (int steps = 0; steps < 100; ++steps) {
    entity.set_id(customer_id);
    if (customer_id.empty()) break;
    const auto state = desk.Get(entity);
    if (!state.ok() || (*state)->customer().survivor_customer_id().empty()) break;
    customer_id = (*state)->customer().survivor_customer_id();
  }
  return customer_id;
}

// Cases that are merged are of one customer, or the merged one of nobody, also when customers come apart.
std::string CheckMergedCases(const Desk& desk, const v1::Command& command,
                             const v1::Outcome& outcome) {
  if (!command.customer().has_unmerge_customers() || outcome.events().empty()) return "";
  v1::FindRequest request;
  request.mutable_cases()->add_states(v1::Case::STATE_MERGED);
  request.set_page_size(kMaxPageSize);
  const auto found = desk.Find(request);
  if (!found.ok()) return absl::StrCat("not to be found: ", found.status().ToString());
  for (const v1::EntityState& state : (*found)->found()) {
    v1::EntityRef entity = state.entity();
    entity.set_id(state.case_().survivor_case_id());
    const auto into = desk.Get(entity);
    if (!into.ok()) return "a case is merged into one that is not there";
    const std::string customer_id = Standing(desk, state.case_().customer_id());
    if (!customer_id.empty() && customer_id != Standing(desk, (*into)->case_().customer_id())) {
      return absl::StrCat("a case is merged into another customer's: ", state.entity().id());
    }
  }
  return "";
}

// A customer who is not merged is found by each of its external ids, and nobody else is.
std::string CheckExternalIds(const Desk& desk, const v1::Command&, const v1::Outcome& outcome) {
  for (const v1::Event& event : outcome.events()) {
    if (event.entity().kind() != v1::ENTITY_KIND_CUSTOMER) continue;
    const auto state = desk.Get(event.entity());
    if (!state.ok() || (*state)->customer().state() == v1::Customer::STATE_MERGED) continue;
    for (const v1::ExternalId& external_id : (*state)->customer().external_ids()) {
      // Nothing is found by one that an import kept although it is not valid.
      if (external_id.is_invalid()) continue;
      if (external_id.system().empty() || external_id.system().size() > 1'000 ||
          external_id.id().empty() || external_id.id().size() > 1'000) {
        continue;
      }
      v1::FindRequest request;
      *request.mutable_customers()->mutable_external_id() = external_id;
      const auto found = desk.Find(request);
      if (!found.ok()) return absl::StrCat("not to be found: ", found.status().ToString());
      if ((*found)->found_size() != 1 || (*found)->found(0).entity().id() != event.entity().id()) {
        return "an external id is not one customer's";
      }
    }
  }
  return "";
}

// All events of a command have the instant of its record, which is not before that of the command. It is the last one of each entity
// that changed, unless the command corrects that.
std::string CheckInstants(const Desk& desk, const v1::Command& command,
                          const v1::Outcome& outcome) {
  if (outcome.record_id().empty()) return "";
  const auto record = desk.GetRecord(outcome.record_id());
  if (!record.ok()) return "no record";
  const auto order = [](const google::protobuf::Timestamp& time) {
    return std::make_pair(time.seconds(), time.nanos());
  };
  if (order(record->time()) < order(command.now())) return "it was decided before its time";
  for (const v1::Event& event : outcome.events()) {
    if (order(event.time()) != order(record->time())) return "an event has another instant";
    if (event.has_desk()) continue;
    const auto state = desk.Get(event.entity());
    if (!state.ok() || order((*state)->update_time()) != order(event.time())) {
      return "the last instant is another one";
    }
  }
  return "";
}

constexpr CommandCheck kCommandChecks[] = {{CheckExplains}, {CheckComesApart},  {CheckViews},
                                           {CheckInstants}, {CheckMergedCases}, {CheckExternalIds}};

// ---- The watch ---------------------------------------------------------------------------------------

std::pair<int, std::string> KeyOf(const v1::EntityRef& entity) {
  return {static_cast<int>(entity.kind()), entity.id()};
}

// The name of the message that is set in the oneof of that name, of the entity's arm of an event or an effect.
std::string NameInOneof(const google::protobuf::Message& envelope, const char* oneof) {
  const google::protobuf::Message* message = &envelope;
  for (int level = 0; level < 2; ++level) {
    const google::protobuf::FieldDescriptor* field =
        message->GetReflection()->GetOneofFieldDescriptor(
            *message, message->GetDescriptor()->FindOneofByName(oneof));
    if (field == nullptr) return "";
    message = &message->GetReflection()->GetMessage(*message, field);
  }
  return message->GetDescriptor()->name();
}

bool Declares(const google::protobuf::RepeatedPtrField<std::string>& names,
              const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string CheckFailure(const absl::Status& status) {
  if (!FindPersonal(status.ToString()).empty()) return "personal data is told in a status";
  std::string forged = FindForged(status.ToString());
  if (!forged.empty()) return forged;
  const std::string reason = GetReason(status);
  const Reason* info = FindReason(reason);
  if (info == nullptr || info->code != status.code() ||
      status.code() == absl::StatusCode::kInternal ||
      status.code() == absl::StatusCode::kDataLoss) {
    return absl::StrCat("fails with ", status.ToString());
  }
  return "";
}

}  // namespace

WatchedDesk::WatchedDesk(std::unique_ptr<Desk> desk) : desk_(std::move(desk)) {
  const auto take_over = [&](const v1::EntityRef& entity) {
    const auto state = GetWhole(*desk_, entity);
    if (state.ok()) states_[KeyOf(entity)] = *state;
  };
  v1::EntityRef entity;
  for (int kind = v1::EntityKind_MIN; kind <= v1::EntityKind_MAX; ++kind) {
    entity.set_kind(static_cast<v1::EntityKind>(kind));
    for (const std::string& id : EntityIds(entity.kind())) {
      entity.set_id(id);
      take_over(entity);
    }
  }
  LogPage page;
  page.page_size = 10'000;
  const auto journal = desk_->Journal(page);
  for (const v1::JournalRecord& record : *journal) {
    last_sequence_ = record.sequence();
    take_over(record.entity());
    entity.set_kind(v1::ENTITY_KIND_APPROVAL);
    entity.set_id(record.record_id());
    if (record.has_held()) take_over(entity);
  }
}

std::string WatchedDesk::CheckUnchanged(const v1::Command& command) const {
  LogPage page;
  page.after = last_sequence_;
  const auto journal = desk_->Journal(page);
  if (!journal.ok() || !journal->empty()) return "the journal grew";
  const v1::EntityRef entity = domain::AddressedEntity(command);
  if (entity.id().empty()) return "";
  const auto state = GetWhole(*desk_, entity);
  const auto known = states_.find(KeyOf(entity));
  if (state.ok() != (known != states_.end())) return "an entity came or went";
  if (state.ok() && state->SerializeAsString() != known->second.SerializeAsString()) {
    return "a state changed";
  }
  return "";
}

std::string WatchedDesk::CheckRefusals(const v1::Outcome& outcome) const {
  if ((outcome.verdict() == v1::VERDICT_REFUSED) == outcome.refusals().empty()) {
    return "refusals and verdict contradict each other";
  }
  if (outcome.has_held() != (outcome.verdict() == v1::VERDICT_HELD)) return "held, or not";
  for (const v1::Refusal& refusal : outcome.refusals()) {
    if (refusal.reason().empty() || refusal.origin() == v1::Refusal::ORIGIN_UNSPECIFIED) {
      return "a refusal without reason or origin";
    }
    if (refusal.origin() == v1::Refusal::ORIGIN_POLICY) continue;
    if (FindReason(refusal.reason()) == nullptr) {
      return absl::StrCat("no such reason: ", refusal.reason());
    }
    if (refusal.text().empty()) return absl::StrCat(refusal.reason(), " has no text");
    if (refusal.origin() == v1::Refusal::ORIGIN_ARGUMENT && refusal.field().empty()) {
      return absl::StrCat(refusal.reason(), " has no field");
    }
    std::string forged = FindForged(absl::StrCat(refusal.text(), refusal.field()));
    if (!forged.empty()) return forged;
  }
  return CheckTexts(WithoutWhatHostsNeed(outcome));
}

std::string WatchedDesk::FoldEvents(const v1::Outcome& outcome) {
  std::map<Key, v1::EntityRef> touched;
  for (const v1::Event& event : outcome.events()) {
    v1::EntityState& state = states_[KeyOf(event.entity())];
    if (event.version() != state.version() + 1) return "the versions have a gap";
    const absl::Status folded = Evolve(event, &state);
    if (!folded.ok()) return absl::StrCat("an event does not fold: ", folded.ToString());
    touched[KeyOf(event.entity())] = event.entity();
  }
  for (const auto& [key, entity] : touched) {
    const v1::EntityState& folded = states_[key];
    // Now and then in small pages.
    const auto state = GetWhole(*desk_, entity, folded.version() % 4 == 0 ? 2 : 1'000);
    if (!state.ok()) return absl::StrCat("there is no state: ", state.status().ToString());
    if (state->SerializeAsString() != folded.SerializeAsString()) {
      return absl::StrCat("the fold is not the state: ", folded.ShortDebugString(), "\n",
                          state->ShortDebugString());
    }
    std::string broken = CheckState(folded);
    if (!broken.empty()) return broken;
  }
  return "";
}

std::string WatchedDesk::CheckRecord(const v1::Outcome& outcome) {
  LogPage page;
  page.after = last_sequence_;
  const auto journal = desk_->Journal(page);
  if (!journal.ok()) return "no journal";
  if (outcome.record_id().empty()) {
    return journal->empty() && outcome.events().empty() ? "" : "something is not in the journal";
  }
  if (journal->size() != 1) return "not one record for one command";
  const v1::JournalRecord& record = journal->front();
  if (record.sequence() != last_sequence_ + 1) return "the journal has a gap";
  last_sequence_ = record.sequence();
  if (record.record_id() != outcome.record_id() || record.verdict() != outcome.verdict() ||
      record.refusals_size() != outcome.refusals_size() ||
      record.event_ids_size() != outcome.events_size() ||
      record.decision().SerializeAsString() != outcome.decision().SerializeAsString() ||
      record.further_decisions_size() != outcome.further_decisions_size()) {
    return "the record tells something else";
  }
  for (int i = 0; i < outcome.events_size(); ++i) {
    if (record.event_ids(i) != outcome.events(i).event_id()) return "the record has other events";
  }
  if (!record.has_input_hash()) return "";
  const auto rebuilt = desk_->DecisionInputOf(record.record_id());
  if (!rebuilt.ok()) return absl::StrCat("the input of a record: ", rebuilt.status().ToString());
  if (rebuilt->fidelity() != v1::RebuiltInput::FIDELITY_EXACT) {
    return absl::StrCat("another input: ", absl::StrJoin(rebuilt->changed_fields(), ", "));
  }
  return "";
}

std::string WatchedDesk::CheckDeclared(const v1::Command& command, const v1::Outcome& outcome) {
  const domain::CommandInfo* const asked = domain::FindCommand(command);
  std::vector<const domain::CommandInfo*> declaring = {asked};
  if (command.desk().has_approve()) {
    const auto held = desk_->GetRecord(command.desk().approve().approval_id());
    if (held.ok()) declaring.push_back(domain::FindCommand(held->command()));
  }
  for (const v1::Event& event : outcome.events()) {
    const std::string name = NameInOneof(event, "event");
    // Every command can be held, which no command declares.
    const bool is_held = outcome.verdict() == v1::VERDICT_HELD;
    if (is_held && (name == "ApprovalRequested" || name == "ApprovalAskedAgain")) continue;
    // And every command that ends an entity closes what waits for it.
    if (name == "ApprovalClosed") continue;
    // Every command that changes a case may change its clocks.
    if (name == "CaseClocksChanged") continue;
    const auto found =
        std::find_if(declaring.begin(), declaring.end(), [&](const domain::CommandInfo* info) {
          return info != nullptr && Declares(info->options->events(), name);
        });
    if (found == declaring.end()) {
      return absl::StrCat(asked->name, " does not declare the event ", name);
    }
    ++counts_[*found].events[name];
  }
  for (const v1::Effect& effect : outcome.effects()) {
    const std::string name = NameInOneof(effect, "effect");
    const auto found =
        std::find_if(declaring.begin(), declaring.end(), [&](const domain::CommandInfo* info) {
          return info != nullptr && Declares(info->options->effects(), name);
        });
    if (found == declaring.end()) {
      return absl::StrCat(asked->name, " does not declare the effect ", name);
    }
    ++counts_[*found].effects[name];
  }
  return "";
}

std::string WatchedDesk::CheckRepeat(const v1::Command& command, const v1::Facts& facts,
                                     const v1::Outcome& outcome) {
  if (command.idempotency_key().empty()) return "";
  // A missing entity is not remembered, and neither is a time that is not possible.
  if (outcome.record_id().empty() &&
      std::any_of(outcome.refusals().begin(), outcome.refusals().end(),
                  [](const v1::Refusal& refusal) {
                    return refusal.origin() == v1::Refusal::ORIGIN_NOT_FOUND ||
                           refusal.reason() == kReasonCommandTooEarly;
                  })) {
    return "";
  }
  v1::Command again = command;
  again.mutable_now()->set_nanos(command.now().nanos() == 7 ? 8 : 7);
  again.clear_expected_version();
  const auto repeated = desk_->Execute(again, facts);
  if (!repeated.ok() || repeated->SerializeAsString() != outcome.SerializeAsString()) {
    return "a repeated command comes out otherwise";
  }
  again.set_interaction_id(absl::StrCat(again.interaction_id(), "x"));
  const auto other = desk_->Execute(again, facts);
  if (GetReason(other.status()) != kReasonIdempotencyKeyReused) {
    return "a key is taken for another body";
  }
  return CheckUnchanged(command);
}

std::string WatchedDesk::CheckDone(const v1::Command& command, const v1::Facts& facts,
                                   const absl::StatusOr<v1::Outcome>& previewed,
                                   const absl::StatusOr<v1::Outcome>& outcome) {
  VerdictCounts& counts = counts_[domain::FindCommand(command)];
  if (!outcome.ok()) {
    ++counts.failed;
    if (previewed.status() != outcome.status()) return "a preview fails otherwise";
    const std::string broken = CheckFailure(outcome.status());
    return broken.empty() ? CheckUnchanged(command) : broken;
  }
  if (!previewed.ok()) return absl::StrCat("a preview fails: ", previewed.status().ToString());
  ++(outcome->verdict() == v1::VERDICT_DONE      ? counts.done
     : outcome->verdict() == v1::VERDICT_REFUSED ? counts.refused
                                                 : counts.held);
  if (!outcome->refusals().empty()) {
    const v1::Refusal& leading = outcome->refusals(0);
    ++counts.reasons[absl::StrCat(leading.reason(), " ", leading.field())];
  }
  if (previewed->verdict() != outcome->verdict() ||
      previewed->refusals_size() != outcome->refusals_size() ||
      previewed->decision().SerializeAsString() != outcome->decision().SerializeAsString()) {
    return "a preview says otherwise";
  }
  // Remembered from before: nothing happens, and that is all.
  if (!previewed->record_id().empty()) {
    return previewed->SerializeAsString() == outcome->SerializeAsString() ? CheckUnchanged(command)
                                                                          : "remembered otherwise";
  }
  std::string broken = CheckRefusals(*outcome);
  if (broken.empty()) broken = CheckRecord(*outcome);
  if (broken.empty()) broken = CheckDeclared(command, *outcome);
  if (broken.empty()) broken = FoldEvents(*outcome);
  if (broken.empty() && outcome->events().empty()) broken = CheckUnchanged(command);
  if (broken.empty()) broken = CheckRepeat(command, facts, *outcome);
  for (const CommandCheck& row : kCommandChecks) {
    if (broken.empty()) broken = row.check(*desk_, command, *outcome);
  }
  return broken;
}

std::string WatchedDesk::Execute(const v1::Command& command, const v1::Facts& facts) {
  const auto previewed = desk_->Preview(command, facts);
  std::string broken = CheckUnchanged(command);
  if (broken.empty()) {
    broken = CheckDone(command, facts, previewed, desk_->Execute(command, facts));
  } else {
    broken = absl::StrCat("previewed, and ", broken);
  }
  return broken.empty() ? "" : absl::StrCat(broken, "\n", command.DebugString());
}

std::string WatchedDesk::CheckAll() const {
  for (const auto& [key, state] : states_) {
    v1::EntityState folded;
    LogPage page;
    page.page_size = 10'000;
    do {
      page.after = folded.version();
      const auto events = desk_->History(state.entity(), page);
      if (!events.ok() || events->empty()) return "a history ends too early";
      for (const v1::Event& event : *events) {
        if (!Evolve(event, &folded).ok()) return "a history does not fold";
      }
    } while (folded.version() < state.version());
    if (folded.SerializeAsString() != state.SerializeAsString()) {
      return absl::StrCat("the history is not the state: ", state.ShortDebugString());
    }
    if (state.has_case_()) {
      const std::string clocks = CheckClocks(state.case_());
      if (!clocks.empty()) return clocks;
    }
  }
  return CheckLog();
}

std::string WatchedDesk::CheckClocks(const v1::Case& kept) const {
  const absl::StatusOr<v1::Case> computed = desk_->ComputeClocks(kept.case_id());
  if (!computed.ok()) return absl::StrCat("clocks: ", computed.status().ToString());
  if (computed->SerializeAsString() == kept.SerializeAsString()) return CheckExplained(kept);
  return absl::StrCat("the clocks do not follow from the log: ", kept.ShortDebugString(), "\nbut ",
                      computed->ShortDebugString());
}

std::string WatchedDesk::CheckExplained(const v1::Case& kept) const {
  for (const auto* clocks : {&kept.clocks(), &kept.ended_clocks()}) {
    for (const v1::CaseClock& clock : *clocks) {
      const std::string fault = ExplanationFault(*desk_, kept.case_id(), clock);
      if (!fault.empty()) return fault;
      const auto why =
          desk_->ExplainClock(kept.case_id(), clock.metric(), clock.instance(), clock.milestone());
      if (absl::IsResourceExhausted(why.status())) continue;
      if (!why.ok()) return why.status().ToString();
      const std::string personal = CheckTexts(*why);
      if (!personal.empty()) return personal;
    }
  }
  return "";
}

std::string WatchedDesk::CheckLog() const {
  const absl::StatusOr<v1::LogReport> report = desk_->VerifyRows();
  if (!report.ok()) return absl::StrCat("the log is not verified: ", report.status().ToString());
  if (report->has_fault()) return absl::StrCat("a fault: ", report->fault().ShortDebugString());
  std::int64_t events = 0;
  for (const auto& [key, state] : states_) events += state.version();
  if (report->event_count() < events) return "the log has fewer events than the entities";
  LogPage page;
  page.page_size = 100;
  std::int64_t records = 0;
  std::string link;
  while (true) {
    const auto changes = desk_->ReadLog(page);
    if (!changes.ok()) return absl::StrCat("the log is not read: ", changes.status().ToString());
    for (const v1::LogChange& change : *changes) {
      if (change.entry().position() != ++page.after) return "a position of the log is missing";
      records += change.has_record();
      link = change.entry().link();
    }
    if (changes->size() < 100) break;
  }
  if (link != report->link()) return "the log has another link than its report";
  LogPage all;
  all.page_size = 10'000;
  const auto journal = desk_->Journal(all);
  if (!journal.ok() || records != static_cast<std::int64_t>(journal->size())) {
    return "the log has not the records of the journal";
  }
  return "";
}

}  // namespace testing
}  // namespace frontdesk
