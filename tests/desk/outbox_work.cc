#include "desk/outbox_work.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/event_log/reasons.h"

namespace frontdesk {
namespace testing {
namespace {

std::string OrderId(int number) { return absl::StrCat("w", number); }

// Nanoseconds in lines.
std::string Text(absl::Time time) { return absl::StrCat(absl::ToUnixNanos(time)); }

// A lost race is asked again; other errors end the work.
template <typename Call>
absl::Status UntilCommitted(Call call) {
  while (true) {
    const absl::Status status = call();
    const std::string reason = GetReason(status);
    if (reason != kReasonCommitContended.word && reason != kReasonOutboxContended.word) {
      return status;
    }
  }
}

v1::Command Refund(int order) {
  v1::Command command = By("anna", 200);
  v1::RefundOrder& verb = *command.mutable_order()->mutable_refund_order();
  verb.set_order_id(OrderId(order));
  verb.set_cause(v1::REFUND_CAUSE_GOODWILL);
  verb.mutable_amount()->set_units(1);
  verb.mutable_amount()->set_currency_code("USD");
  return command;
}

v1::Command Report(const v1::Effect& effect, v1::EffectResult result) {
  v1::Command command = By("anna", 200);
  v1::ReportEffect& verb = *command.mutable_desk()->mutable_report_effect();
  *verb.mutable_entity() = effect.entity();
  verb.set_effect_id(effect.effect_id());
  verb.set_result(result);
  if (result == v1::EFFECT_RESULT_FAILED) verb.set_code("CARD_CLOSED");
  return command;
}

// One worker.
class Worker {
 public:
  Worker(Desk* desk, std::uint64_t seed, const std::function<void(const std::string&)>& say)
      : desk_(desk), random_(seed), say_(say) {}

  absl::Status AddRefund() {
    const int order = 1 + Below(kWorkOrders);
    absl::StatusOr<v1::Outcome> outcome;
    const absl::Status status = UntilCommitted([&] {
      outcome = desk_->Execute(Refund(order));
      return outcome.status();
    });
    if (!status.ok()) return status;
    if (outcome->verdict() != v1::VERDICT_DONE || outcome->effects_size() != 1) {
      return absl::InternalError(outcome->ShortDebugString());
    }
    say_(absl::StrCat("refund ", OrderId(order), " ", outcome->effects(0).effect_id()));
    return absl::OkStatus();
  }

  absl::StatusOr<int> ClaimSome(int most, absl::Duration lease) {
    ClaimOptions options;
    options.max_effects = most;
    options.lease = lease;
    options.max_attempts = 1'000'000;
    const absl::Time now = absl::Now();
    absl::StatusOr<std::vector<ClaimedEffect>> claimed;
    const absl::Status status = UntilCommitted([&] {
      claimed = desk_->ClaimEffects(now, options);
      return claimed.status();
    });
    if (!status.ok()) return status;
    for (const ClaimedEffect& each : *claimed) {
      say_(absl::StrCat("claim ", each.effect.effect_id(), " ", each.attempt, " ", Text(now), " ",
                        Text(each.lease_end)));
    }
    for (const ClaimedEffect& each : *claimed) {
      const absl::Status done = Finish(each);
      if (!done.ok()) return done;
    }
    return static_cast<int>(claimed->size());
  }

 private:
  int Below(int end) { return static_cast<int>(random_() % static_cast<std::uint64_t>(end)); }

  absl::Status Finish(const ClaimedEffect& claimed) {
    const std::string& id = claimed.effect.effect_id();
    const int kind = Below(10);
    absl::Status status;
    if (kind < 4) {
      status = UntilCommitted([&] { return desk_->AcknowledgeEffect(id, claimed.attempt); });
    } else if (kind < 7) {
      status = UntilCommitted([&] {
        const auto outcome = desk_->Execute(Report(claimed.effect, v1::EFFECT_RESULT_DONE));
        if (outcome.ok()) say_(absl::StrCat("report ", id, " ", outcome->record_id()));
        return outcome.status();
      });
    } else if (kind < 9) {
      RetryOptions options;
      options.code = "BUSY";
      options.due_time = absl::Now();
      options.max_attempts = 1'000'000;
      status = UntilCommitted([&] {
        return desk_->RetryEffect(id, claimed.attempt, *options.due_time, options).status();
      });
      if (status.ok()) {
        say_(absl::StrCat("retry ", id, " ", claimed.attempt, " ", Text(*options.due_time)));
      }
    }  // Else it is forgotten.
    // The lease may have ended meanwhile.
    return GetReason(status) == kReasonEffectClaimLost.word ? absl::OkStatus() : status;
  }

  Desk* const desk_;
  std::mt19937_64 random_;
  const std::function<void(const std::string&)>& say_;
};

struct Claim {
  std::int64_t now = 0;
  std::int64_t lease_end = 0;
  // When it was due again after a failure; 0: it did not fail.
  std::int64_t due = 0;
};

std::int64_t Number(const std::string& text) {
  std::int64_t number = -1;
  return absl::SimpleAtoi(text, &number) ? number : -1;
}

}  // namespace

void OpenWork(Desk& desk) {
  for (const v1::Command& command : OpeningCommands()) MustDo(desk, command);
  for (int order = 1; order <= kWorkOrders; ++order) MustDo(desk, PlaceOrder(OrderId(order)));
}

std::string WorkOnOutbox(Desk* desk, std::uint64_t seed, int rounds,
                         const std::function<void(const std::string&)>& say) {
  Worker worker(desk, seed, say);
  for (int round = 0; round < rounds; ++round) {
    const absl::Status added = worker.AddRefund();
    if (!added.ok()) return added.ToString();
    const auto claimed = worker.ClaimSome(3, absl::Milliseconds(20));
    if (!claimed.ok()) return claimed.status().ToString();
  }
  return "";
}

std::string DrainOutbox(Desk* desk, const std::function<void(const std::string&)>& say) {
  Worker worker(desk, 1, say);
  while (!desk->PendingEffects()->empty()) {
    const auto claimed = worker.ClaimSome(100, absl::Milliseconds(1));
    if (!claimed.ok()) return claimed.status().ToString();
  }
  return "";
}

std::string CheckWork(const Desk& desk, const std::vector<std::string>& lines) {
  std::map<std::string, std::map<std::int64_t, Claim>> claims;
  std::map<std::string, int> refunds;
  std::map<std::string, int> reports;
  std::set<std::string> effects, records;
  for (const std::string& line : lines) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words[0] == "refund") {
      ++refunds[words[1]];
      if (!effects.insert(words[2]).second) return absl::StrCat("twice: ", line);
    } else if (words[0] == "report") {
      ++reports[words[1]];
      if (!records.insert(words[2]).second) return absl::StrCat("twice: ", line);
    } else if (words[0] == "claim") {
      if (!claims[words[1]].try_emplace(Number(words[2])).second) {
        return absl::StrCat("claimed twice: ", line);
      }
      claims[words[1]][Number(words[2])] = {Number(words[3]), Number(words[4]), 0};
    }
  }
  // Failures of claims.
  for (const std::string& line : lines) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ');
    if (words[0] == "retry") claims[words[1]][Number(words[2])].due = Number(words[3]);
  }
  for (const auto& [id, attempts] : claims) {
    if (effects.count(id) == 0) return absl::StrCat("an unknown effect: ", id);
    std::int64_t expected = 1, free_from = 0;
    for (const auto& [attempt, claim] : attempts) {
      if (attempt != expected++) return absl::StrCat(id, ": attempt ", attempt, " is not next");
      if (claim.now < free_from)
        return absl::StrCat(id, ": attempt ", attempt, " is a double claim");
      free_from = claim.due > 0 ? claim.due : claim.lease_end;
    }
  }
  if (claims.size() != effects.size()) return "an effect was never claimed";
  std::map<std::string, int> in_history;
  for (int order = 1; order <= kWorkOrders; ++order) {
    int refunded = 0;
    LogPage page;
    page.page_size = 10'000;
    const auto history = desk.History(OrderRef(OrderId(order)), page);
    if (!history.ok()) return history.status().ToString();
    for (const v1::Event& event : *history) {
      if (event.order().has_order_refunded()) ++refunded;
      if (event.desk().has_effect_reported())
        ++in_history[event.desk().effect_reported().effect_id()];
    }
    if (refunded != refunds[OrderId(order)]) {
      return absl::StrCat(OrderId(order), " has ", refunded, " refunds, and not ",
                          refunds[OrderId(order)]);
    }
  }
  if (in_history != reports) return "the reports are not those of the histories";
  const auto report = desk.VerifyRows();
  if (!report.ok()) return report.status().ToString();
  return report->has_fault() ? report->fault().ShortDebugString() : "";
}

}  // namespace testing
}  // namespace frontdesk
