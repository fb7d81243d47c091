#include "growth_run.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "counting_store.h"
#include "frontdesk/base/error.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

// The commands of a short list whose time is measured, and how many commands the two sides take in turn.
constexpr int kEarlyCommands = 10;
// Beyond it the measurement of a list ends with an error.
constexpr std::int64_t kMostKeptBytes = std::int64_t{2} << 30;

double Mean(const std::vector<double>& values, std::size_t begin, std::size_t end) {
  double sum = 0;
  for (std::size_t i = begin; i < end; ++i) sum += values[i];
  return sum / static_cast<double>(end - begin);
}

bool Has(const v1::Outcome& outcome, const v1::EntityRef& entity) {
  return std::any_of(
      outcome.events().begin(), outcome.events().end(), [&entity](const v1::Event& event) {
        return event.entity().kind() == entity.kind() && event.entity().id() == entity.id();
      });
}

absl::Status Annotated(const absl::Status& status, absl::string_view place) {
  const std::string reason = GetReason(status);
  return absl::Status(status.code(),
                      absl::StrCat(place, reason.empty() ? std::string(status.message()) : reason));
}

}  // namespace

std::shared_ptr<const Policy> CompileGrowthPolicy(absl::string_view text) {
  const PolicyResult result = Policy::FromText(text, "growth.textproto");
  if (!result.status().ok()) Die(result.status().ToString());
  return result.policy;
}

std::unique_ptr<Desk> OpenDesk(std::shared_ptr<const Policy> policy,
                               std::shared_ptr<store::Store> store) {
  DeskOptions options;
  options.policy = std::move(policy);
  options.store = std::move(store);
  absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(std::move(options));
  if (!desk.ok()) Die(desk.status().ToString());
  return *std::move(desk);
}

std::shared_ptr<store::Store> CloneOf(const store::Store& store) {
  absl::StatusOr<std::shared_ptr<store::Store>> clone = store.Clone();
  if (!clone.ok()) Die(clone.status().ToString());
  return *std::move(clone);
}

absl::StatusOr<v1::Outcome> ExecuteDone(const DeskInput& input, const v1::EntityRef* entity,
                                        Desk& desk, double* nanoseconds) {
  static const v1::Facts& none = *new v1::Facts();
  const v1::Facts& facts = input.needs_catalog ? DeskCatalog() : none;
  const std::int64_t begin = ThreadNanoseconds();
  absl::StatusOr<v1::Outcome> outcome = desk.Execute(input.command, facts);
  const std::int64_t end = ThreadNanoseconds();
  if (nanoseconds != nullptr) *nanoseconds = static_cast<double>(end - begin);
  if (!outcome.ok()) return outcome;
  if (outcome->verdict() != v1::VERDICT_DONE) {
    return absl::FailedPreconditionError(absl::StrCat(
        v1::Verdict_Name(outcome->verdict()), " ",
        outcome->refusals().empty() ? "without a refusal" : outcome->refusals(0).reason()));
  }
  if (entity != nullptr && !Has(*outcome, *entity)) {
    return absl::InternalError(absl::StrCat("there is no event of ", entity->id()));
  }
  return outcome;
}

GrowthRun::GrowthRun(const GrowthList& list, std::shared_ptr<const Policy> policy,
                     const GrowthSize& size)
    : list_(list),
      policy_(std::move(policy)),
      size_(size),
      begin_nanoseconds_(ThreadNanoseconds()) {}

absl::Status GrowthRun::CheckBudget(std::int64_t kept_bytes, int commands) const {
  const absl::Duration used = absl::Nanoseconds(ThreadNanoseconds() - begin_nanoseconds_);
  if (used > size_.most_time) {
    return absl::DeadlineExceededError(
        absl::StrCat(commands, " commands took more than ", absl::FormatDuration(size_.most_time)));
  }
  if (kept_bytes > kMostKeptBytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "more than ", kMostKeptBytes, " bytes are kept after ", commands, " commands"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<store::Store>> GrowthRun::MakeBase(int count) const {
  std::shared_ptr<store::Store> base = store::MakeMemoryStore();
  const std::unique_ptr<Desk> desk = OpenDesk(policy_, base);
  for (const DeskInput& input : list_.make_history(count)) {
    const absl::StatusOr<v1::Outcome> outcome = ExecuteDone(input, /*entity=*/nullptr, *desk);
    if (!outcome.ok()) return Annotated(outcome.status(), "a command before: ");
    const absl::Status checked = CheckBudget(0, 0);
    if (!checked.ok()) return checked;
  }
  return base;
}

absl::StatusOr<std::unique_ptr<Desk>> GrowthRun::OpenWarm(std::shared_ptr<store::Store> store,
                                                          absl::string_view customer_id) const {
  std::unique_ptr<Desk> desk = OpenDesk(policy_, std::move(store));
  const absl::StatusOr<v1::Outcome> outcome =
      ExecuteDone(CreateGrowthCustomer(customer_id), /*entity=*/nullptr, *desk);
  if (!outcome.ok()) return Annotated(outcome.status(), "the command that warms up: ");
  const auto state = desk->Get(list_.entity);
  if (!state.ok()) return Annotated(state.status(), "the entity of the list: ");
  return desk;
}

absl::StatusOr<v1::Outcome> GrowthRun::Execute(int i, Desk& desk, double* nanoseconds) const {
  absl::StatusOr<v1::Outcome> outcome =
      ExecuteDone(list_.make(i), &list_.entity, desk, nanoseconds);
  if (!outcome.ok()) return Annotated(outcome.status(), absl::StrCat("command ", i + 1, ": "));
  return outcome;
}

absl::StatusOr<Growth> GrowthRun::MeasureBytes() {
  begin_nanoseconds_ = ThreadNanoseconds();
  const absl::StatusOr<std::shared_ptr<store::Store>> base = MakeBase(size_.bytes_length);
  if (!base.ok()) return base.status();
  const auto counting = std::make_shared<CountingStore>(CloneOf(**base));
  const absl::StatusOr<std::unique_ptr<Desk>> desk = OpenWarm(counting, "warm-bytes");
  if (!desk.ok()) return desk.status();
  std::vector<double> kept;
  std::int64_t before = counting->kept_bytes();
  for (int i = 0; i < size_.bytes_length; ++i) {
    const absl::StatusOr<v1::Outcome> outcome = Execute(i, **desk);
    if (!outcome.ok()) return outcome.status();
    const std::int64_t after = counting->kept_bytes();
    kept.push_back(static_cast<double>(after - before));
    before = after;
    const absl::Status checked = CheckBudget(after, i + 1);
    if (!checked.ok()) return checked;
  }
  const absl::StatusOr<std::int64_t> counted = counting->CountKeptBytes();
  if (!counted.ok()) return counted.status();
  if (*counted != before) {
    Die(absl::StrCat(list_.name, ": ", before, " bytes were counted, and ", *counted, " are kept"));
  }
  const std::size_t window = std::max(1, size_.bytes_length / 10);
  Growth growth;
  growth.early = Mean(kept, 0, window);
  growth.late = Mean(kept, kept.size() - window, kept.size());
  growth.worst = *std::max_element(kept.end() - static_cast<std::ptrdiff_t>(window), kept.end());
  return growth;
}

absl::StatusOr<std::shared_ptr<store::Store>> GrowthRun::Grow(const store::Store& base,
                                                              int count) const {
  auto store = std::make_shared<CountingStore>(CloneOf(base));
  const absl::StatusOr<std::unique_ptr<Desk>> desk = OpenWarm(store, "warm-growth");
  if (!desk.ok()) return desk.status();
  for (int i = 0; i < count; ++i) {
    const absl::StatusOr<v1::Outcome> outcome = Execute(i, **desk);
    if (!outcome.ok()) return outcome.status();
    const absl::Status checked = CheckBudget(store->kept_bytes(), i + 1);
    if (!checked.ok()) return checked;
  }
  return CloneOf(*store);
}

int GrowthRun::LateCommands() const {
  return std::max(1, size_.time_length / 100 / kEarlyCommands) * kEarlyCommands;
}

absl::Status GrowthRun::MeasureRound(const store::Store& base, const store::Store& grown, int round,
                                     std::vector<double>* early, std::vector<double>* late) const {
  const absl::StatusOr<std::unique_ptr<Desk>> long_desk = OpenWarm(CloneOf(grown), "warm-round");
  if (!long_desk.ok()) return long_desk.status();
  const auto run = [this](int begin, Desk& desk, std::vector<double>* times) {
    for (int i = begin; i < begin + kEarlyCommands; ++i) {
      const absl::StatusOr<v1::Outcome> outcome = Execute(i, desk, &times->emplace_back());
      if (!outcome.ok()) return outcome.status();
    }
    return absl::OkStatus();
  };
  const int blocks = LateCommands() / kEarlyCommands;
  for (int block = 0; block < blocks; ++block) {
    const absl::StatusOr<std::unique_ptr<Desk>> short_desk = OpenWarm(CloneOf(base), "warm-round");
    if (!short_desk.ok()) return short_desk.status();
    const int begin = size_.time_length - LateCommands() + block * kEarlyCommands;
    for (int turn = 0; turn < 2; ++turn) {
      const bool is_short = (round + block + turn) % 2 == 0;
      const absl::Status ran =
          is_short ? run(0, **short_desk, early) : run(begin, **long_desk, late);
      if (!ran.ok()) return ran;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Growth> GrowthRun::MeasureTime() {
  begin_nanoseconds_ = ThreadNanoseconds();
  const absl::StatusOr<std::shared_ptr<store::Store>> base = MakeBase(size_.time_length);
  if (!base.ok()) return base.status();
  const absl::StatusOr<std::shared_ptr<store::Store>> grown =
      Grow(**base, size_.time_length - LateCommands());
  if (!grown.ok()) return grown.status();
  std::vector<double> early_means, late_means;
  std::vector<std::vector<double>> by_command(LateCommands());
  // The first round is not counted.
  for (int round = 0; round <= size_.rounds; ++round) {
    std::vector<double> early, late;
    const absl::Status measured = MeasureRound(**base, **grown, round, &early, &late);
    if (!measured.ok()) return measured;
    if (round == 0) continue;
    early_means.push_back(Mean(early, 0, early.size()));
    late_means.push_back(Mean(late, 0, late.size()));
    for (std::size_t i = 0; i < late.size(); ++i) by_command[i].push_back(late[i]);
    // Fewer rounds make a value less exact, and not less true.
    if (round >= 3 && !CheckBudget(0, size_.time_length).ok()) break;
  }
  Growth growth;
  growth.early = Median(early_means);
  growth.late = Median(late_means);
  for (const std::vector<double>& times : by_command) {
    growth.worst = std::max(growth.worst, Median(times));
  }
  return growth;
}

}  // namespace frontdesk
