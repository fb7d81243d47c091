#include "printed_rows.h"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace frontdesk {
namespace {

// A text of ASCII as a JSON string.
std::string Quoted(absl::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c < ' ' ? ' ' : c);
  }
  quoted.push_back('"');
  return quoted;
}

}  // namespace

void Die(absl::string_view why) {
  std::fprintf(stderr, "bench: %s\n", std::string(why).c_str());
  std::exit(1);
}

std::int64_t ThreadNanoseconds() {
  timespec time;
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) Die("there is no clock of the thread");
  return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void PrintRow(absl::string_view name, double value, absl::string_view unit,
              absl::string_view against) {
  std::printf(R"({"name": %s, "value": %.3f, "unit": %s, "against": %s})"
              "\n",
              Quoted(name).c_str(), value, Quoted(unit).c_str(),
              against.empty() ? "null" : Quoted(against).c_str());
  // A program may be interrupted: what it measured before counts.
  std::fflush(stdout);
}

void PrintSkipped(absl::string_view name, absl::string_view why) {
  std::printf(R"({"name": %s, "skipped": %s})"
              "\n",
              Quoted(name).c_str(), Quoted(why).c_str());
  std::fflush(stdout);
}

}  // namespace frontdesk
