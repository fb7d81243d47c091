// Desks for the benchmarks of growth, and the cost of a list of growth.
#ifndef FRONTDESK_TESTS_BENCH_GROWTH_RUN_H_
#define FRONTDESK_TESTS_BENCH_GROWTH_RUN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "desk_inputs.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "growth_inputs.h"

namespace frontdesk {

std::shared_ptr<const Policy> CompileGrowthPolicy(absl::string_view text);

std::unique_ptr<Desk> OpenDesk(std::shared_ptr<const Policy> policy,
                               std::shared_ptr<store::Store> store);

// A store of its own with the same contents.
std::shared_ptr<store::Store> CloneOf(const store::Store& store);

// Carries out a command, and checks that it is DONE with an event of `entity`, unless that is null. The error says which reason it
// came to. `nanoseconds`, unless it is null, is set to the CPU time of Desk::Execute.
absl::StatusOr<v1::Outcome> ExecuteDone(const DeskInput& input, const v1::EntityRef* entity,
                                        Desk& desk, double* nanoseconds = nullptr);

// How far a list is measured. A plain struct.
struct GrowthSize {
  // Bytes: the last tenth of that number of commands, and as many of the first.
  int bytes_length = 1'000;
  // Time: the last hundredth of that number of commands, and the first ten.
  int time_length = 10'000;
  int rounds = 9;
  // Of the thread's CPU, for one measurement. Beyond it, that ends with an error.
  absl::Duration most_time = absl::Seconds(60);
};

// The cost of a command while the list is short, and when it is long. A plain struct.
struct Growth {
  // Means of a command.
  double early = 0;
  double late = 0;
  // The most of one of the late commands.
  double worst = 0;
};

// The commands of one list, carried out one after the other. Thread-compatible.
class GrowthRun {
 public:
  GrowthRun(const GrowthList& list, std::shared_ptr<const Policy> policy, const GrowthSize& size);

  // Bytes kept a command: by how much all keys and values together grow.
  absl::StatusOr<Growth> MeasureBytes();

  // Nanoseconds of a command. In each round commands of a long list alternate with the first commands of short ones, on
  // desks that hold the same other entities. The values are medians over the rounds, the worst one that of a command's medians.
  absl::StatusOr<Growth> MeasureTime();

 private:
  // Carries out the history of `count` commands in a new store.
  absl::StatusOr<std::shared_ptr<store::Store>> MakeBase(int count) const;
  // A desk that has created a customer and read the entity of the list, so that no measured command is its first.
  absl::StatusOr<std::unique_ptr<Desk>> OpenWarm(std::shared_ptr<store::Store> store,
                                                 absl::string_view customer_id) const;
  // The store after the first `count` commands.
  absl::StatusOr<std::shared_ptr<store::Store>> Grow(const store::Store& base, int count) const;
  absl::Status MeasureRound(const store::Store& base, const store::Store& grown, int round,
                            std::vector<double>* early, std::vector<double>* late) const;
  int LateCommands() const;
  absl::StatusOr<v1::Outcome> Execute(int i, Desk& desk, double* nanoseconds = nullptr) const;
  // An error when the time is over, or `kept_bytes` are too many.
  absl::Status CheckBudget(std::int64_t kept_bytes, int commands) const;

  const GrowthList& list_;
  const std::shared_ptr<const Policy> policy_;
  const GrowthSize size_;
  std::int64_t begin_nanoseconds_;
};

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_GROWTH_RUN_H_
