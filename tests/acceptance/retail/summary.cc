#include "summary.h"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "frontdesk/base/money.h"

namespace retail_desk {
namespace {

using ::frontdesk::v1::Event;
using ::frontdesk::v1::Explanation;
using ::frontdesk::v1::Money;
using ::frontdesk::v1::Outcome;
using ::frontdesk::v1::Payment;

// The movements of money, in the order of the report.
constexpr absl::string_view kCharged = "charged";
constexpr absl::string_view kPaidBack = "paid back";
constexpr absl::string_view kFromGiftCards = "taken from gift cards";
constexpr absl::string_view kToGiftCards = "put on gift cards";
constexpr absl::string_view kReturns = "due when returns arrive";

constexpr absl::string_view kHeldTitle = "Why one was held, beside the recorded requests\n";

// Keeps the more readable one: a rule was looked at, the text has fewer lines, or as many and fewer bytes.
void KeepMoreReadable(const Explanation& explanation, absl::optional<Explanation>* kept) {
  const auto rank = [](const Explanation& each) {
    return std::make_tuple(each.decision().rules_size() == 0,
                           std::count(each.text().begin(), each.text().end(), '\n'),
                           each.text().size());
  };
  if (explanation.record_id().empty()) return;
  if (!kept->has_value() || rank(explanation) < rank(**kept)) *kept = explanation;
}

// The first line of an explanation: the command, the entity and the verdict.
std::string HeadText(const Explanation& explanation) {
  return explanation.text().substr(0, explanation.text().find('\n'));
}

// The condition of the leading rule, the values that it read, and the condition under which it would not hold.
void AppendLeadingRule(const Explanation& explanation, std::string* text) {
  const frontdesk::v1::Decision& decision = explanation.decision();
  for (const frontdesk::v1::RuleTrace& rule : decision.rules()) {
    if (decision.fired_rule_ids_size() == 0 || rule.rule_id() != decision.fired_rule_ids(0))
      continue;
    for (const frontdesk::v1::ConjunctTrace& operand : rule.conjuncts()) {
      absl::StrAppend(text, "    ", operand.text(), "\n");
      for (const frontdesk::v1::ValueRead& read : operand.reads()) {
        absl::StrAppend(text, "      ", read.path(), " is ", read.value(), "\n");
      }
      if (!operand.counterfactual().empty()) {
        absl::StrAppend(text, "      would not hold if ", operand.counterfactual(), "\n");
      }
    }
  }
}

}  // namespace

bool Summary::WantsExplanation(const Request& request, const Outcome& outcome) const {
  if (outcome.verdict() == frontdesk::v1::VERDICT_DONE) {
    const auto counts = by_operation_.find(request.operation);
    return counts == by_operation_.end() || counts->second.done == 0;
  }
  return outcome.verdict() == frontdesk::v1::VERDICT_REFUSED &&
         refused_by_.count(outcome.refusals(0).reason()) == 0;
}

void Summary::Add(const Task& task, const TaskResult& result) {
  for (std::size_t i = 0; i < result.outcomes.size(); ++i) {
    const Outcome& outcome = result.outcomes[i];
    digest_.Add(outcome);
    Counts& counts = by_operation_[task.requests[i].operation];
    if (outcome.verdict() == frontdesk::v1::VERDICT_DONE) {
      ++counts.done;
      for (const Event& event : outcome.events()) AddEvent(event);
      KeepMoreReadable(result.explanations[i], &done_explanation_);
    } else if (outcome.verdict() == frontdesk::v1::VERDICT_HELD) {
      ++counts.held;
      Reason& reason = held_by_[outcome.held().reason()];
      ++reason.count;
      reason.text = outcome.held().text();
    } else {
      ++counts.refused;
      Reason& reason = refused_by_[outcome.refusals(0).reason()];
      ++reason.count;
      reason.text = outcome.refusals(0).text();
      KeepMoreReadable(result.explanations[i], &refused_explanation_);
    }
  }
  AddLog(result.log);
}

void Summary::AddLog(const std::vector<frontdesk::v1::LogChange>& log) {
  for (const frontdesk::v1::LogChange& change : log) record_digest_.Add(change);
  record_count_ += static_cast<std::int64_t>(log.size());
}

void Summary::AddEvent(const Event& event) {
  if (event.order().payment_recorded().payment().state() == Payment::STATE_CAPTURED) {
    AddAmount(std::string(kCharged), event.order().payment_recorded().payment().captured_amount());
  }
  if (event.order().has_order_refunded()) {
    AddAmount(std::string(kPaidBack), event.order().order_refunded().refund().amount());
  }
  if (event.account().has_account_credited()) {
    AddAmount(std::string(kToGiftCards), event.account().account_credited().entry().amount());
  }
  if (event.account().has_account_debited()) {
    const absl::StatusOr<Money> amount =
        frontdesk::NegateMoney(event.account().account_debited().entry().amount());
    if (amount.ok()) AddAmount(std::string(kFromGiftCards), *amount);
  }
  if (event.order().has_return_requested()) {
    AddAmount(std::string(kReturns),
              event.order().return_requested().return_request().refund_amount());
  }
}

void Summary::AddAmount(const std::string& name, const Money& amount) {
  Sum& sum = money_[name];
  ++sum.count;
  if (sum.count == 1) {
    sum.amount = amount;
    return;
  }
  const absl::StatusOr<Money> total = frontdesk::AddMoney(sum.amount, amount);
  if (!total.ok()) Die("the amounts cannot be summed", total.status());
  sum.amount = *total;
}

std::string Summary::RequestsText() const {
  std::string text = absl::StrFormat("%-34s %8s %8s %8s\n", "Requests", "done", "refused", "held");
  Counts all;
  for (const auto& [operation, counts] : by_operation_) {
    absl::StrAppendFormat(&text, "  %-32s %8d %8d %8d\n", operation, counts.done, counts.refused,
                          counts.held);
    all.done += counts.done;
    all.refused += counts.refused;
    all.held += counts.held;
  }
  absl::StrAppendFormat(&text, "  %-32s %8d %8d %8d\n", "all", all.done, all.refused, all.held);
  return text;
}

std::string Summary::ToText() const {
  std::string text = RequestsText();
  for (const auto& [title, reasons] :
       {std::pair<absl::string_view, const std::map<std::string, Reason>&>("Refused by reason",
                                                                           refused_by_),
        {"Held by reason", held_by_}}) {
    if (reasons.empty()) continue;
    std::vector<std::pair<std::string, Reason>> sorted(reasons.begin(), reasons.end());
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return a.second.count > b.second.count; });
    absl::StrAppend(&text, "\n", title, "\n");
    for (const auto& [reason, entry] : sorted) {
      absl::StrAppendFormat(&text, "  %6d  %-48s %s\n", entry.count, reason, entry.text);
    }
  }

  absl::StrAppend(&text, "\nMoney moved\n");
  for (absl::string_view name : {kCharged, kPaidBack, kFromGiftCards, kToGiftCards, kReturns}) {
    const auto sum = money_.find(std::string(name));
    if (sum == money_.end()) continue;
    absl::StrAppendFormat(&text, "  %-26s %6d %20s\n", name, sum->second.count,
                          frontdesk::FormatMoney(sum->second.amount));
  }
  if (refused_explanation_.has_value()) {
    absl::StrAppend(&text, "\nWhy one was refused\n", refused_explanation_->text());
  }
  if (done_explanation_.has_value()) {
    absl::StrAppend(&text, "\nWhy one was done\n", done_explanation_->text());
  }
  if (held_refund_.has_value()) {
    absl::StrAppend(&text, "\n", kHeldTitle, held_refund_->held.text(), "Approved:\n");
    for (const std::string& event : held_refund_->approved.event_texts()) {
      absl::StrAppend(&text, "  ", event, "\n");
    }
  }
  return text;
}

std::string Summary::ToShortText() const {
  std::string text = RequestsText();
  if (refused_explanation_.has_value()) {
    absl::StrAppend(&text, "\nWhy one was refused\n  ", HeadText(*refused_explanation_), "\n  ",
                    refused_explanation_->refusals(0).text(), "\n");
    AppendLeadingRule(*refused_explanation_, &text);
  }
  if (held_refund_.has_value()) {
    absl::StrAppend(&text, "\n", kHeldTitle, "  ", HeadText(held_refund_->held), "\n  ",
                    held_refund_->held.held().text(), "\n");
    for (const std::string& event : held_refund_->approved.event_texts()) {
      absl::StrAppend(&text, "  ", event, "\n");
    }
  }
  return text;
}

}  // namespace retail_desk
