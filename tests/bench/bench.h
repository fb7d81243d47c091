// The description of every benchmark for tests/bench/run_bench.py.
#ifndef FRONTDESK_TESTS_BENCH_BENCH_H_
#define FRONTDESK_TESTS_BENCH_BENCH_H_

#include <string>

#include "benchmark/benchmark.h"

namespace frontdesk {

// Names the benchmark of the same binary that this one is compared with.
inline void CompareWith(benchmark::State& state, const std::string& name) {
  state.SetLabel("against " + name);
}

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_BENCH_H_
