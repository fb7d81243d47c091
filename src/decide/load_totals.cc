#include "decide/load_totals.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "decide/counted.h"
#include "decide/load_cases.h"
#include "frontdesk/base/money.h"
#include "frontdesk/decide/amounts.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/total.h"
#include "frontdesk/v1/total.pb.h"
#include "google/protobuf/repeated_field.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "policy/input_arms.h"

namespace frontdesk {
namespace internal {
namespace {

using Sums = google::protobuf::RepeatedPtrField<v1::Money>;

absl::Status AddSums(const Sums& sums, Sums* to) {
  for (const v1::Money& sum : sums) {
    v1::Money* place = nullptr;
    for (v1::Money& each : *to) {
      if (each.currency_code() == sum.currency_code()) place = &each;
    }
    if (place == nullptr) {
      *to->Add() = sum;
      continue;
    }
    FRONTDESK_ASSIGN_OR_RETURN(*place, AddMoney(*place, sum));
  }
  return absl::OkStatus();
}

absl::Status AddTotal(const v1::Total& one, v1::Total* to) {
  to->set_asked_count(to->asked_count() + one.asked_count());
  to->set_given_count(to->given_count() + one.given_count());
  FRONTDESK_RETURN_IF_ERROR(AddSums(one.asked(), to->mutable_asked()));
  return AddSums(one.given(), to->mutable_given());
}

void SortByCurrency(Sums* sums) {
  std::sort(sums->begin(), sums->end(), [](const v1::Money& a, const v1::Money& b) {
    return a.currency_code() < b.currency_code();
  });
}

class TotalLoader {
 public:
  TotalLoader(const Asked& asked, const CommandLimits& limits, StateSource* source,
              const v1::DecisionInput& input)
      : asked_(asked),
        limits_(limits),
        source_(source),
        input_(input),
        now_(*DecodeTime(asked.now())),
        reason_(domain::ReasonOf(asked.info(), asked.message())) {}

  absl::Status Load(const PolicyTotal& total, v1::Totals* totals) {
    FRONTDESK_ASSIGN_OR_RETURN(const std::vector<std::string> ids, IdsOf(total.subject));
    const bool is_of_desk = total.subject == v1::TOTAL_SUBJECT_UNSPECIFIED;
    if ((ids.empty() && !is_of_desk) || (total.is_per_reason && reason_.empty())) {
      return absl::OkStatus();
    }
    FRONTDESK_ASSIGN_OR_RETURN(v1::Total sum, SumOf(total, ids, reason_, now_, source_));
    *totals->add_totals() = std::move(sum);
    return absl::OkStatus();
  }

 private:
  // The ids of the subject; none when the command has it not.
  absl::StatusOr<std::vector<std::string>> IdsOf(v1::TotalSubject subject) {
    switch (subject) {
      case v1::TOTAL_SUBJECT_CUSTOMER:
        return CountedCustomerIds(CountedCustomerId(asked_, input_), limits_.max_related, source_);
      case v1::TOTAL_SUBJECT_ACTOR:
        return OneId(asked_.command().actor().actor_id());
      case v1::TOTAL_SUBJECT_CASE:
        return AddressedId(v1::ENTITY_KIND_CASE);
      case v1::TOTAL_SUBJECT_ORDER:
        return AddressedId(v1::ENTITY_KIND_ORDER);
      case v1::TOTAL_SUBJECT_ACCOUNT:
        return AddressedId(v1::ENTITY_KIND_ACCOUNT);
      default:
        return std::vector<std::string>();
    }
  }

  static std::vector<std::string> OneId(const std::string& id) {
    return id.empty() ? std::vector<std::string>() : std::vector<std::string>{id};
  }

  std::vector<std::string> AddressedId(v1::EntityKind kind) const {
    return asked_.entity_kind() == kind ? OneId(asked_.entity_id()) : std::vector<std::string>();
  }

  const Asked& asked_;
  const CommandLimits& limits_;
  StateSource* const source_;
  const v1::DecisionInput& input_;
  const absl::Time now_;
  const std::string reason_;
};

}  // namespace

// A circle of merges, which imports can make, ends where it closes.
absl::StatusOr<std::vector<std::string>> CountedCustomerIds(const std::string& customer_id,
                                                            int most, StateSource* source) {
  std::set<std::string> ids;
  std::shared_ptr<const v1::EntityState> found;
  for (std::string next = customer_id; !next.empty() && ids.insert(next).second;) {
    FRONTDESK_RETURN_IF_ERROR(CheckRelated(ids.size(), most));
    FRONTDESK_ASSIGN_OR_RETURN(const auto state, source->Get(v1::ENTITY_KIND_CUSTOMER, next));
    if (state == nullptr) break;
    found = state;
    next = state->customer().survivor_customer_id();
  }
  if (found != nullptr) {
    for (const v1::MergedCustomerRef& ref : found->customer().merged_customer_refs()) {
      ids.insert(ref.customer_id());
    }
  }
  FRONTDESK_RETURN_IF_ERROR(CheckRelated(ids.size(), most));
  return std::vector<std::string>(ids.begin(), ids.end());
}

absl::StatusOr<v1::Total> SumOf(const PolicyTotal& total, absl::Span<const std::string> ids,
                                absl::string_view reason, absl::Time now, StateSource* source) {
  v1::Total sum;
  sum.set_name(total.definition->name());
  const absl::Time begin = total.WindowBegin(now);
  for (const TotalKey& key : total.KeysFor(ids, reason)) {
    FRONTDESK_ASSIGN_OR_RETURN(const v1::Total one, source->SumTotal(key, begin));
    FRONTDESK_RETURN_IF_ERROR(AddTotal(one, &sum));
  }
  SortByCurrency(sum.mutable_asked());
  SortByCurrency(sum.mutable_given());
  return sum;
}

absl::Status LoadTotals(const Asked& asked, const Policy& policy, const CommandLimits& limits,
                        StateSource* source, v1::DecisionInput* input) {
  const absl::Span<const PolicyTotal* const> read = policy.TotalsOf(asked.info());
  v1::Totals* const totals =
      VisitArm(*input, static_cast<v1::Totals*>(nullptr), [&read](auto& arm) {
        arm.clear_totals();
        return read.empty() ? nullptr : arm.mutable_totals();
      });
  if (totals == nullptr) return absl::OkStatus();
  TotalLoader loader(asked, limits, source, *input);
  for (const PolicyTotal* total : read) FRONTDESK_RETURN_IF_ERROR(loader.Load(*total, totals));
  return absl::OkStatus();
}

const v1::Totals& InputTotals(const v1::DecisionInput& input) {
  return *VisitArm(input, &v1::Totals::default_instance(),
                   [](const auto& arm) { return &arm.totals(); });
}

void SetTotalsCurrency(const v1::Command& command, v1::DecisionInput* input) {
  VisitArm(*input, 0, [&command, input](auto& arm) {
    if (!arm.has_totals()) return 0;
    const v1::Money* const amount = AskedAmount(*input, command);
    arm.mutable_totals()->clear_currency_code();
    if (amount != nullptr) arm.mutable_totals()->set_currency_code(amount->currency_code());
    return 0;
  });
}

}  // namespace internal
}  // namespace frontdesk
