#include "summary.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "frontdesk/base/money.h"

namespace retail_desk {
namespace {

using ::frontdesk::v1::Event;
using ::frontdesk::v1::Money;
using ::frontdesk::v1::Outcome;
using ::frontdesk::v1::Payment;

// The movements of money, in the order of the report.
constexpr absl::string_view kCharged = "charged";
constexpr absl::string_view kPaidBack = "paid back";
constexpr absl::string_view kFromGiftCards = "taken from gift cards";
constexpr absl::string_view kToGiftCards = "put on gift cards";
constexpr absl::string_view kReturns = "due when returns arrive";

}  // namespace

void Summary::Add(const Task& task, const TaskResult& result) {
  for (std::size_t i = 0; i < result.outcomes.size(); ++i) {
    const Outcome& outcome = result.outcomes[i];
    digest_.Add(outcome);
    Counts& counts = by_operation_[task.requests[i].operation];
    if (outcome.verdict() == frontdesk::v1::VERDICT_DONE) {
      ++counts.done;
      for (const Event& event : outcome.events()) AddEvent(event);
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
    }
  }
  AddLog(result.log);
  if (done_explanation_.empty()) done_explanation_ = result.done_explanation;
  if (refused_explanation_.empty()) refused_explanation_ = result.refused_explanation;
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

std::string Summary::ToText() const {
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
  if (!done_explanation_.empty()) {
    absl::StrAppend(&text, "\nWhy one was done\n", done_explanation_);
  }
  if (!refused_explanation_.empty()) {
    absl::StrAppend(&text, "\nWhy one was refused\n", refused_explanation_);
  }
  return text;
}

}  // namespace retail_desk
