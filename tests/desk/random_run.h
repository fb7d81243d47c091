// The settings of a random run, from the environment.
#ifndef FRONTDESK_TESTS_DESK_RANDOM_RUN_H_
#define FRONTDESK_TESTS_DESK_RANDOM_RUN_H_

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>

namespace frontdesk {
namespace testing {

inline std::uint64_t NumberFromEnvironment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// FRONTDESK_RANDOM_SEED, or any number. Printed, so that a run can be repeated.
inline std::uint64_t SeedOfRun() {
  const std::uint64_t seed =
      NumberFromEnvironment("FRONTDESK_RANDOM_SEED", std::random_device{}() & 0xffffffff);
  std::cout << "FRONTDESK_RANDOM_SEED=" << seed << "\n";
  return seed;
}

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_RANDOM_RUN_H_
