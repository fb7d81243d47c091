// Shared by the fuzzers of the desk.
#ifndef FRONTDESK_TESTS_DESK_FUZZ_FUZZ_COMMON_H_
#define FRONTDESK_TESTS_DESK_FUZZ_FUZZ_COMMON_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "desk/watched_desk.h"
#include "frontdesk/v1/decision_input.pb.h"
#include "frontdesk/v1/event.pb.h"
#include "frontdesk/v1/journal.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace testing {

// Says what is broken and ends the process.
void Require(bool condition, absl::string_view what, absl::string_view detail);

// `broken` must be empty.
void RequireUnbroken(const std::string& broken);

// That the status is OK or has a reason of the registry, and never INTERNAL.
void RequireKnown(const absl::Status& status);

// False, and nothing on stderr, when `text` is no message in text format.
bool ReadText(absl::string_view text, google::protobuf::Message* message);

// A shop in the middle of its life: a desk on which a few hundred random commands were carried out
// under kRandomPolicy.
const WatchedDesk& BusyDesk();
// A desk of its own that begins as it.
WatchedDesk ForkBusyDesk();

// A command that the desk was given, with the input of its decision.
struct Decided {
  v1::Command command;
  v1::DecisionInput input;
};
const std::vector<Decided>& BusyDecisions();

// An event of it, with the state before.
struct Happened {
  v1::EntityState before;
  v1::Event event;
};
const std::vector<Happened>& BusyEvents();

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_FUZZ_FUZZ_COMMON_H_
