#include "call.h"

#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "frontdesk/desk/find.h"
#include "frontdesk/domain/command_info.h"

namespace phone_call {

using ::frontdesk::v1::EntityRef;
using ::frontdesk::v1::EntityState;
using ::frontdesk::v1::Outcome;

void Call::Run(retail_desk::Problems* problems) {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    absl::StrAppendFormat(&text_, "%s%2d  %s  %s\n", i == 0 ? "" : "\n", i + 1,
                          InstantText(steps_[i].at), steps_[i].words);
    const absl::Status status = RunStep(i);
    if (!status.ok()) {
      problems->Add(steps_[i].place, "", status.message());
      return;
    }
  }
}

absl::Status Call::RunStep(std::size_t index) {
  const Step& step = steps_[index];
  outcomes_.emplace_back();
  switch (step.kind) {
    case Step::Kind::kCommand:
      return RunCommand(index);
    case Step::Kind::kFind:
      return Find(step);
    case Step::Kind::kOpenFile:
      return OpenFile(step);
    case Step::Kind::kCustomerView:
      return ViewAsCustomer(step);
    case Step::Kind::kExplain:
      return Explain(step);
  }
  return absl::OkStatus();
}

absl::Status Call::RunCommand(std::size_t index) {
  const Step& step = steps_[index];
  const absl::StatusOr<Outcome> outcome = desk_.Execute(CommandOf(step), step.facts);
  if (!outcome.ok()) return outcome.status();
  digest_.Add(*outcome);
  outcomes_[index] = *outcome;
  const frontdesk::domain::CommandInfo* info = frontdesk::domain::FindCommand(step.command);
  absl::StrAppend(&text_, "    ", step.command.actor().actor_id(), ": ",
                  info == nullptr ? absl::string_view() : info->name, "\n");
  ShowResult(step, VerdictMark(outcome->verdict()), VerdictText(*outcome));
  absl::StrAppend(&text_, Lines(ShowRefusals(*outcome), "      "));
  return ShowEvents(*outcome);
}

frontdesk::v1::Command Call::CommandOf(const Step& step) const {
  frontdesk::v1::Command command = step.command;
  if (!step.approval_of.has_value()) return command;
  const std::string& approval_id = outcomes_[*step.approval_of].held().approval_id();
  frontdesk::v1::DeskCommand& desk = *command.mutable_desk();
  if (desk.has_approve()) {
    desk.mutable_approve()->set_approval_id(approval_id);
  } else {
    desk.mutable_decline()->set_approval_id(approval_id);
  }
  return command;
}

absl::Status Call::ShowEvents(const Outcome& outcome) {
  if (!outcome.record_id().empty() && outcome.events_size() > 0) {
    const auto explanation = desk_.Explain(outcome.record_id());
    if (!explanation.ok()) return explanation.status();
    for (const std::string& line : explanation->event_texts()) {
      absl::StrAppend(&text_, "      ", line, "\n");
    }
  }
  for (const auto& effect : outcome.effects()) {
    absl::StrAppend(&text_, "      to do: ", EffectText(effect), "\n");
  }
  std::set<std::pair<int, std::string>> shown;
  for (const auto& event : outcome.events()) {
    if (!shown.emplace(event.entity().kind(), event.entity().id()).second) continue;
    const absl::Status entity_shown = Show(event.entity());
    if (!entity_shown.ok()) return entity_shown;
  }
  return absl::OkStatus();
}

absl::Status Call::Show(const frontdesk::v1::EntityRef& entity) {
  absl::Span<const absl::string_view> lists;
  if (entity.kind() == frontdesk::v1::ENTITY_KIND_CASE) lists = kListsOfCases;
  const absl::StatusOr<std::shared_ptr<const EntityState>> state = desk_.Get(entity, lists);
  if (!state.ok()) return state.status();
  absl::StrAppend(&text_, Lines(ShowEntity(**state), "    | "));
  return absl::OkStatus();
}

absl::Status Call::Find(const Step& step) {
  const absl::StatusOr<std::shared_ptr<const frontdesk::v1::FindResponse>> found =
      desk_.Find(step.find);
  if (!found.ok()) return found.status();
  ShowResult(step, " ",
             absl::StrCat("FOUND ", (*found)->found_size(),
                          (*found)->next_page_token().empty() ? "" : " AND MORE"));
  for (const EntityState& state : (*found)->found()) {
    const absl::Status shown = Show(state.entity());
    if (!shown.ok()) return shown;
  }
  return absl::OkStatus();
}

absl::Status Call::OpenFile(const Step& step) {
  frontdesk::FileOptions options;
  options.now = step.at;
  options.interaction_id = step.interaction_id;
  const auto file = desk_.OpenFile(step.customer_id, options);
  if (!file.ok()) return file.status();
  absl::StrAppend(&text_, Lines(ShowFile(**file), "    | "));
  return absl::OkStatus();
}

absl::Status Call::ViewAsCustomer(const Step& step) {
  const auto view = desk_.CustomerView(step.entity);
  if (!view.ok()) return view.status();
  absl::StrAppend(&text_, Lines(ShowCustomerView(*view), "    | "));
  return absl::OkStatus();
}

absl::Status Call::Explain(const Step& step) {
  const std::string& record_id = outcomes_[step.explained].record_id();
  if (record_id.empty()) {
    absl::StrAppend(&text_, "    | It did not reach policy: the reasons above are all there is.\n");
    return absl::OkStatus();
  }
  const auto explanation = desk_.Explain(record_id);
  if (!explanation.ok()) return explanation.status();
  absl::string_view text = explanation->text();
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    absl::StrAppend(&text_, line.empty() ? "    |" : "    | ", line, "\n");
  }
  return absl::OkStatus();
}

std::string Call::ResolutionText(std::size_t held) const {
  for (std::size_t i = held + 1; i < outcomes_.size(); ++i) {
    if (steps_[i].approval_of != held || outcomes_[i].verdict() != frontdesk::v1::VERDICT_DONE) {
      continue;
    }
    return absl::StrCat(steps_[i].command.desk().has_approve() ? "approved" : "declined", " by ",
                        steps_[i].command.actor().actor_id(), " in step ", i + 1);
  }
  return "still waits";
}

std::string Call::SummaryText() const {
  int done = 0;
  int refused = 0;
  int held = 0;
  std::string refusals;
  std::string holds;
  for (std::size_t i = 0; i < outcomes_.size(); ++i) {
    const Outcome& outcome = outcomes_[i];
    switch (outcome.verdict()) {
      case frontdesk::v1::VERDICT_DONE:
        ++done;
        break;
      case frontdesk::v1::VERDICT_REFUSED:
        ++refused;
        absl::StrAppendFormat(&refusals, "  %2d  %s\n      %s: %s\n", i + 1, steps_[i].words,
                              outcome.refusals(0).reason(), outcome.refusals(0).text());
        break;
      case frontdesk::v1::VERDICT_HELD:
        ++held;
        absl::StrAppendFormat(&holds, "  %2d  %s\n      %s: %s\n      %s\n", i + 1, steps_[i].words,
                              outcome.held().reason(), outcome.held().text(), ResolutionText(i));
        break;
      default:  // No command.
        break;
    }
  }
  std::string text = absl::StrCat("Summary: ", Count(done + refused + held, "command"), ", ", done,
                                  " done, ", refused, " refused, ", held, " held\n");
  if (refused > 0) absl::StrAppend(&text, "Refused\n", refusals);
  if (held > 0) absl::StrAppend(&text, "Held\n", holds);
  return text;
}

void Call::ShowResult(const Step& step, absl::string_view mark, const std::string& result) {
  absl::StrAppend(&text_, "  ", mark, " ", result);
  if (!step.expected.empty()) {
    ++expected_;
    if (step.expected == result) {
      ++as_expected_;
    } else {
      absl::StrAppend(&text_, "   not as expected: ", step.expected);
    }
  }
  absl::StrAppend(&text_, "\n");
}

}  // namespace phone_call
