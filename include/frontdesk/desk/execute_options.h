// How commands are carried out: one of many, and the resolution of an approval.
//
//   frontdesk::ExecuteAllOptions options;
//   options.progress = [](std::size_t results) { return results < 1'000; };
//   auto outcomes = desk->ExecuteAll(commands, options);
#ifndef FRONTDESK_DESK_EXECUTE_OPTIONS_H_
#define FRONTDESK_DESK_EXECUTE_OPTIONS_H_

#include <cstddef>
#include <functional>
#include <string>

#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {

// How a pending approval is resolved: the input of Desk::Approve and Desk::Decline. A plain struct.
struct ApprovalResolution {
  // Who resolves.
  v1::Actor actor;
  // When: ToTimestamp(time) of base/timestamp.h.
  google::protobuf::Timestamp now;
  // Why, for people.
  std::string note;
  // As in a command; empty: not protected.
  std::string idempotency_key;
  // Whether it was resolved at `now`, which is past, and is recorded only now: see Command.
  bool late_entry = false;
  // For Approve, the round that the actor saw: Held.round. The first one unless it says another.
  int round = 1;
};

// One of many commands. A plain struct.
struct CommandWithFacts {
  v1::Command command;
  v1::Facts facts;
};

// How many commands are carried out. A plain struct.
struct ExecuteAllOptions {
  // Most commands that are committed together. Positive.
  int group_size = 256;
  // Called after each group with the number of results so far. False: the rest is not carried out. Empty: never. No function of the same
  // desk may be called from it.
  std::function<bool(std::size_t results)> progress;
};

}  // namespace frontdesk

#endif  // FRONTDESK_DESK_EXECUTE_OPTIONS_H_
