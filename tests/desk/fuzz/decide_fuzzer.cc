// The pure Decide, on inputs that were changed somewhere in the middle, as no host would hand them
// over. It returns an outcome or a Status of the registry, always the same one. With an input that
// was not changed, the decided events can be folded.
#include <cstddef>
#include <cstdint>

#include "desk/fuzz/fuzz_common.h"
#include "desk/message_filler.h"
#include "desk/random_commands.h"
#include "desk/shop.h"
#include "frontdesk/rules/decision.h"

namespace frontdesk {
namespace testing {
namespace {

void FuzzDecide(const uint8_t* data, size_t size) {
  static const auto* const policy = new std::shared_ptr<const Policy>(MustCompile(kRandomPolicy));
  Chance chance(data, size);
  while (!chance.done()) {
    const std::vector<Decided>& decisions = BusyDecisions();
    Decided decided =
        decisions[static_cast<size_t>(chance.Below(static_cast<int>(decisions.size())))];
    MessageFiller filler(&chance);
    filler.Know(decided.input);
    for (int i = chance.Below(4); i > 0; --i) filler.Mutate(&decided.input);
    for (int i = chance.Below(3); i > 0; --i) filler.Mutate(&decided.command);
    const auto outcome = Decide(decided.input, decided.command, **policy);
    RequireKnown(outcome.status());
    const auto repeated = Decide(decided.input, decided.command, **policy);
    Require(repeated.status() == outcome.status(), "fails otherwise", "");
    if (!outcome.ok()) continue;
    Require(repeated->SerializeAsString() == outcome->SerializeAsString(), "decided otherwise",
            decided.command.ShortDebugString());
    Require((outcome->verdict() == v1::VERDICT_REFUSED) != outcome->refusals().empty(),
            "refused, or not", decided.command.ShortDebugString());
    Require(!rules::FormatDecision(outcome->decision()).empty(), "nothing to say", "");
  }
}

}  // namespace
}  // namespace testing
}  // namespace frontdesk

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  frontdesk::testing::FuzzDecide(data, size);
  return 0;
}
