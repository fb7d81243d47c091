// The bytes as choices among commands that mean something to a shop (random_commands.h): one after
// the other, at a desk that is watched.
#include <cstddef>
#include <cstdint>

#include "desk/fuzz/fuzz_common.h"
#include "desk/random_commands.h"
#include "desk/watched_desk.h"

namespace frontdesk {
namespace testing {
namespace {

void FuzzCommands(const uint8_t* data, size_t size) {
  WatchedDesk desk = ForkBusyDesk();
  Chance chance(data, size);
  RandomCommands commands(&chance, &desk.desk());
  while (!chance.done()) {
    const v1::Command command = commands.Next();
    RequireUnbroken(desk.Execute(command, commands.NextFacts(command)));
  }
  RequireUnbroken(desk.CheckAll());
}

}  // namespace
}  // namespace testing
}  // namespace frontdesk

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  frontdesk::testing::FuzzCommands(data, size);
  return 0;
}
