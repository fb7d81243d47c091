// Evolve, with events and states that were changed somewhere: an event is folded, or there is a
// Status of the registry and the state is untouched.
#include <cstddef>
#include <cstdint>

#include "desk/fuzz/fuzz_common.h"
#include "desk/message_filler.h"
#include "google/protobuf/stubs/logging.h"

namespace frontdesk {
namespace testing {
namespace {

void FuzzEvolve(const uint8_t* data, size_t size) {
  // Text that is not UTF-8 is folded all the same; protobuf would log it.
  google::protobuf::LogSilencer silencer;
  const std::vector<Happened>& events = BusyEvents();
  Chance chance(data, size);
  const auto any = [&] {
    return static_cast<size_t>(chance.Below(static_cast<int>(events.size())));
  };
  while (!chance.done()) {
    Happened happened = events[any()];
    MessageFiller filler(&chance);
    filler.Know(happened.before);
    // Rarely the event of something else.
    if (chance.OneIn(4)) {
      happened.event = events[any()].event;
      *happened.event.mutable_entity() = happened.before.entity();
      happened.event.clear_version();
    }
    for (int i = chance.Below(4); i > 0; --i) filler.Mutate(&happened.event);
    if (chance.OneIn(2)) filler.Mutate(&happened.before);
    v1::EntityState state = happened.before;
    const absl::Status folded = Evolve(happened.event, &state);
    RequireKnown(folded);
    const std::string bytes = state.SerializeAsString();
    if (folded.ok()) {
      Require(state.version() == happened.before.version() + 1, "no new version", "");
      v1::EntityState again = happened.before;
      Require(Evolve(happened.event, &again).ok() && again.SerializeAsString() == bytes,
              "folded otherwise", happened.event.ShortDebugString());
    } else {
      Require(bytes == happened.before.SerializeAsString(), "a state is touched",
              happened.event.ShortDebugString());
    }
  }
}

}  // namespace
}  // namespace testing
}  // namespace frontdesk

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  frontdesk::testing::FuzzEvolve(data, size);
  return 0;
}
