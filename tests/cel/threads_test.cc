// One program, many threads.
#include <atomic>
#include <thread>
#include <vector>

#include "cel/shop.h"

namespace frontdesk::cel::testing {
namespace {

TEST(ThreadsTest, SharedProgramAndMessage) {
  const auto environment = Shop(/*accessors=*/true);
  const auto program = CompileOrDie(
      *environment,
      "order.lines.exists(l, l.quantity == 3) && customer.attributes['color'] == 'blue' && "
      "note.matches('^h.*') && size(note + order.id) == 7");
  const Input input = GoldOrder();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  constexpr int kThreads = 8, kRounds = 500;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Scratch scratch;
      for (int i = 0; i < kRounds; ++i) {
        const bool holds = program->EvaluateBool(input, scratch) == BoolOutcome::kTrue;
        const bool explained = i % 100 != t || program->Explain(input, scratch).value.bool_value();
        const bool compiled = i % 100 != t || environment->Compile("order.id == note").ok();
        right += holds && explained && compiled;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right.load(), kThreads * kRounds);
}

}  // namespace
}  // namespace frontdesk::cel::testing
