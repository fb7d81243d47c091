#include "screen.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "frontdesk/base/money.h"
#include "frontdesk/domain/order/order.h"

namespace phone_call {
namespace {

using ::frontdesk::v1::Account;
using ::frontdesk::v1::Actor;
using ::frontdesk::v1::Case;
using ::frontdesk::v1::CaseLink;
using ::frontdesk::v1::Channel_Name;
using ::frontdesk::v1::ContactPoint;
using ::frontdesk::v1::Customer;
using ::frontdesk::v1::CustomerFile;
using ::frontdesk::v1::CustomerView;
using ::frontdesk::v1::CustomerViewPart;
using ::frontdesk::v1::Direction_Name;
using ::frontdesk::v1::EntityKind_Name;
using ::frontdesk::v1::EntityRef;
using ::frontdesk::v1::Interaction;
using ::frontdesk::v1::InteractionPart;
using ::frontdesk::v1::Order;
using ::frontdesk::v1::Outcome;
using ::frontdesk::v1::PartCount;
using ::frontdesk::v1::Refusal;

// "STATE_NEW" without the prefix, in words: "new".
std::string Words(absl::string_view name, absl::string_view prefix) {
  std::string words = absl::AsciiStrToLower(absl::StripPrefix(name, prefix));
  for (char& c : words) {
    if (c == '_') c = ' ';
  }
  return words;
}

std::string KindText(frontdesk::v1::EntityKind kind) {
  return Words(EntityKind_Name(kind), "ENTITY_KIND_");
}

std::string RefText(const EntityRef& entity) {
  return absl::StrCat(KindText(entity.kind()), " ", entity.id());
}

// Of an interaction or a case.
template <typename Holder>
std::string PartsText(const Holder& holder) {
  std::int64_t internal = 0;
  for (const PartCount& count : holder.part_counts()) {
    if (count.visibility() != frontdesk::v1::VISIBILITY_PUBLIC) internal += count.count();
  }
  return absl::StrCat(Count(holder.part_count(), "part"), ", ", internal, " internal");
}

template <typename Links>
void ShowLinks(const Links& links, TextLines* lines) {
  if (links.empty()) return;
  std::vector<std::string> texts;
  for (const EntityRef& link : links) texts.push_back(RefText(link));
  lines->push_back(absl::StrCat("about ", absl::StrJoin(texts, ", ")));
}

TextLines ShowCustomer(const Customer& customer) {
  std::vector<std::string> names;
  for (const std::string& name :
       {customer.given_name(), customer.family_name(), customer.organization_name()}) {
    if (!name.empty()) names.push_back(name);
  }
  TextLines lines = {absl::StrCat("customer ", customer.customer_id(), ": ",
                                  absl::StrJoin(names, " "), ", ",
                                  Words(Customer::State_Name(customer.state()), "STATE_"))};
  std::vector<std::string> reach;
  for (const ContactPoint& point : customer.contact_points()) reach.push_back(point.canonical());
  for (const auto& address : customer.addresses()) {
    reach.push_back(
        absl::StrCat(address.address().postal_code(), " ", address.address().locality()));
  }
  if (!reach.empty()) lines.push_back(absl::StrJoin(reach, "; "));
  return lines;
}

TextLines ShowInteraction(const Interaction& interaction) {
  TextLines lines = {
      absl::StrCat("interaction ", interaction.interaction_id(), ": ",
                   Words(Interaction::State_Name(interaction.state()), "STATE_"), ", ",
                   Words(Channel_Name(interaction.channel()), "CHANNEL_"), " ",
                   Words(Direction_Name(interaction.direction()), "DIRECTION_"), ", with ",
                   interaction.customer_id().empty() ? "nobody known" : interaction.customer_id(),
                   ", ", PartsText(interaction))};
  ShowLinks(interaction.links(), &lines);
  if (interaction.has_wrap_up()) {
    lines.push_back(absl::StrCat("came out: ", interaction.wrap_up().disposition()));
  }
  return lines;
}

TextLines ShowOrder(const Order& order) {
  TextLines lines = {absl::StrCat("order ", order.order_id(), ": ",
                                  Words(Order::State_Name(order.state()), "STATE_"), ", ",
                                  Count(order.lines_size(), "line"), ", held ",
                                  frontdesk::FormatMoney(frontdesk::domain::HeldAmount(order)))};
  return lines;
}

TextLines ShowAccount(const Account& account) {
  return {absl::StrCat("account ", account.account_id(), ": balance ",
                       frontdesk::FormatMoney(account.balance()))};
}

std::string CaseHead(const Case& a_case) {
  std::string text = absl::StrCat("case ", a_case.case_id(), ": ",
                                  Words(Case::State_Name(a_case.state()), "STATE_"));
  if (!a_case.state_name().empty()) absl::StrAppend(&text, " (", a_case.state_name(), ")");
  absl::StrAppend(&text, ", ", Words(Case::Kind_Name(a_case.kind()), "KIND_"));
  if (a_case.priority() != 0) absl::StrAppend(&text, ", priority ", a_case.priority());
  return absl::StrCat(text, ": ", a_case.subject());
}

TextLines ShowCase(const Case& a_case) {
  TextLines lines = {CaseHead(a_case)};
  std::string work = absl::StrCat(
      "queue ", a_case.queue_id().empty() ? "none" : a_case.queue_id(), ", with ",
      a_case.assignee_id().empty() ? "nobody" : a_case.assignee_id(), ", ", PartsText(a_case));
  if (a_case.has_transfer_offer()) {
    absl::StrAppend(&work, ", offered to ",
                    a_case.transfer_offer().assignee_id().empty()
                        ? a_case.transfer_offer().queue_id()
                        : a_case.transfer_offer().assignee_id());
  }
  if (a_case.reopen_count() > 0) {
    absl::StrAppend(&work, ", reopened ", Count(a_case.reopen_count(), "time"));
  }
  lines.push_back(std::move(work));
  ShowLinks(a_case.links(), &lines);
  const auto show_case_link = [&lines](const CaseLink& link) {
    lines.push_back(
        absl::StrCat(Words(CaseLink::Kind_Name(link.kind()), "KIND_"), " case ", link.case_id()));
  };
  for (const CaseLink& link : a_case.case_links()) show_case_link(link);
  for (const CaseLink& link : a_case.further_case_links()) show_case_link(link);
  for (const auto& consultation : a_case.consultations()) {
    lines.push_back(absl::StrCat("asked ", consultation.consultant_id(), ": ",
                                 consultation.has_answer_time() ? "answered" : "no answer yet"));
  }
  for (const auto& task : a_case.tasks()) {
    lines.push_back(absl::StrCat("task ", task.task_id(), ": ", task.title(),
                                 task.has_complete_time() ? ", done" : ", to do"));
  }
  for (const auto& resolution : a_case.resolutions()) {
    std::string text = absl::StrCat("resolved: ", resolution.code());
    if (!resolution.remedy().empty()) absl::StrAppend(&text, ", ", resolution.remedy());
    if (resolution.has_remedy_amount()) {
      absl::StrAppend(&text, " ", frontdesk::FormatMoney(resolution.remedy_amount()));
    }
    lines.push_back(std::move(text));
  }
  return lines;
}

template <typename Parts>
void ShowParts(const Parts& parts, TextLines* lines) {
  for (const CustomerViewPart& part : parts) {
    lines->push_back(absl::StrCat("  ", InstantText(part.time()), " ",
                                  Words(Actor::Kind_Name(part.author_kind()), "KIND_"), ", ",
                                  Words(InteractionPart::Kind_Name(part.kind()), "KIND_"), ": ",
                                  part.has_media() ? part.media().title() : part.text()));
  }
}

// Shows some entities and whether there are more.
template <typename Entities>
void ShowSome(absl::string_view title, const Entities& entities, bool has_more,
              TextLines (*show)(const typename Entities::value_type&), TextLines* lines) {
  lines->push_back(absl::StrCat(title, ": ", entities.size(), has_more ? " and more" : ""));
  for (const auto& entity : entities) lines->push_back(absl::StrCat("  ", show(entity)[0]));
}

}  // namespace

std::string Count(std::int64_t count, absl::string_view what) {
  return absl::StrCat(count, " ", what, count == 1 ? "" : "s");
}

std::string InstantText(const google::protobuf::Timestamp& instant) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::FromUnixSeconds(instant.seconds()),
                          absl::UTCTimeZone());
}

TextLines ShowEntity(const frontdesk::v1::EntityState& state) {
  switch (state.state_case()) {
    case frontdesk::v1::EntityState::kCustomer:
      return ShowCustomer(state.customer());
    case frontdesk::v1::EntityState::kInteraction:
      return ShowInteraction(state.interaction());
    case frontdesk::v1::EntityState::kOrder:
      return ShowOrder(state.order());
    case frontdesk::v1::EntityState::kAccount:
      return ShowAccount(state.account());
    case frontdesk::v1::EntityState::kCase:
      return ShowCase(state.case_());
    default:
      return {RefText(state.entity())};
  }
}

TextLines ShowFile(const CustomerFile& file) {
  TextLines lines = ShowCustomer(file.customer());
  lines.push_back(
      absl::StrCat("version ", file.version(), ", identity level ", file.identity_level()));
  ShowSome("open cases", file.open_cases(), file.has_more_open_cases(), ShowCase, &lines);
  ShowSome("interactions", file.recent_interactions(), file.has_more_interactions(),
           ShowInteraction, &lines);
  ShowSome("orders", file.recent_orders(), file.has_more_orders(), ShowOrder, &lines);
  ShowSome("accounts", file.accounts(), false, ShowAccount, &lines);
  lines.push_back(absl::StrCat("may be the same: ", file.duplicates_size()));
  for (const auto& candidate : file.duplicates()) {
    std::vector<std::string> evidence;
    for (const auto& each : candidate.evidence()) {
      evidence.push_back(Words(frontdesk::v1::DuplicateEvidence::Kind_Name(each.kind()), "KIND_"));
    }
    lines.push_back(absl::StrCat("  customer ", candidate.customer_id(), ": ", candidate.score(),
                                 " of 1000 (", absl::StrJoin(evidence, ", "), ")"));
  }
  return lines;
}

TextLines ShowCustomerView(const CustomerView& view) {
  TextLines lines;
  if (view.has_interaction()) {
    const auto& seen = view.interaction();
    lines.push_back(absl::StrCat("interaction ", seen.interaction_id(), ": ",
                                 Words(Interaction::State_Name(seen.state()), "STATE_")));
    ShowParts(seen.parts(), &lines);
  } else {
    const auto& seen = view.case_();
    lines.push_back(absl::StrCat("case ", seen.case_id(), ": ",
                                 Words(Case::State_Name(seen.state()), "STATE_"), ": ",
                                 seen.subject()));
    ShowParts(seen.parts(), &lines);
  }
  return lines;
}

std::string EffectText(const frontdesk::v1::Effect& effect) {
  const frontdesk::v1::OrderEffect& asked = effect.order();
  if (asked.has_capture_payment()) {
    return absl::StrCat("take ", frontdesk::FormatMoney(asked.capture_payment().amount()), " from ",
                        asked.capture_payment().route().payment_method_id());
  }
  if (asked.has_void_payment()) {
    return absl::StrCat("give up payment ", asked.void_payment().payment_id());
  }
  if (asked.has_send_refund()) {
    return absl::StrCat("pay ", frontdesk::FormatMoney(asked.send_refund().amount()), " back to ",
                        asked.send_refund().route().payment_method_id());
  }
  if (effect.case_().has_propose_resolution()) {
    return absl::StrCat("look at case ", effect.case_().propose_resolution().case_id());
  }
  if (effect.case_().has_notify_referral_party()) {
    return absl::StrCat("inform the party of referral ",
                        effect.case_().notify_referral_party().referral_id());
  }
  return "something not known here";
}

absl::string_view VerdictMark(frontdesk::v1::Verdict verdict) {
  switch (verdict) {
    case frontdesk::v1::VERDICT_REFUSED:
      return "!";
    case frontdesk::v1::VERDICT_HELD:
      return "~";
    default:
      return " ";
  }
}

std::string VerdictText(const Outcome& outcome) {
  switch (outcome.verdict()) {
    case frontdesk::v1::VERDICT_DONE:
      return "DONE";
    case frontdesk::v1::VERDICT_HELD:
      return absl::StrCat("HELD ", outcome.held().reason());
    default:
      return absl::StrCat("REFUSED ", outcome.refusals(0).reason());
  }
}

TextLines ShowRefusals(const Outcome& outcome) {
  TextLines lines;
  for (const Refusal& refusal : outcome.refusals()) {
    lines.push_back(absl::StrCat(
        refusal.reason(), " (", Words(Refusal::Origin_Name(refusal.origin()), "ORIGIN_"),
        refusal.field().empty() ? "" : ", ", refusal.field(), "): ", refusal.text()));
  }
  if (outcome.has_held()) {
    lines.push_back(absl::StrCat("needs ", outcome.held().authority(), ", approval ",
                                 outcome.held().approval_id(), ": ", outcome.held().text()));
  }
  return lines;
}

std::string Lines(const TextLines& lines, absl::string_view indent) {
  std::string text;
  for (const std::string& line : lines) absl::StrAppend(&text, indent, line, "\n");
  return text;
}

}  // namespace phone_call
