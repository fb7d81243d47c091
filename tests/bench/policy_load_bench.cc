// Loading the policy of the retail example, with and without the analysis of its rules.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "bench.h"
#include "benchmark/benchmark.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/issues.h"

namespace frontdesk {
namespace {

std::string RetailPolicy() {
  std::ifstream file(FRONTDESK_RETAIL_POLICY, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void Load(benchmark::State& state, const PolicyOptions& options) {
  const std::string text = RetailPolicy();
  for (auto _ : state) {
    const PolicyResult result = Policy::FromText(text, "retail.textproto", options);
    if (result.policy == nullptr) {
      std::fprintf(stderr, "rules_bench: %s\n", rules::FormatIssues(result.issues).c_str());
      std::exit(1);
    }
    benchmark::DoNotOptimize(result);
  }
}

void LoadOnly(benchmark::State& state) {
  PolicyOptions options;
  options.rule_limits.max_analysis_steps = 0;
  Load(state, options);
}

void LoadAndAnalyze(benchmark::State& state) {
  Load(state, PolicyOptions());
  CompareWith(state, "load_retail_without_analysis");
}

BENCHMARK(LoadOnly)->Name("load_retail_without_analysis");
BENCHMARK(LoadAndAnalyze)->Name("load_retail");

}  // namespace
}  // namespace frontdesk
