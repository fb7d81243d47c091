// The baseline of a command at a desk: the simplest program that parses a command, keeps it, and keeps and returns its events.
#ifndef FRONTDESK_TESTS_BENCH_DESK_FLOOR_H_
#define FRONTDESK_TESTS_BENCH_DESK_FLOOR_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/entity_state.pb.h"
#include "frontdesk/v1/event.pb.h"

namespace frontdesk {

// A command, and the result of it at a desk. A plain struct.
struct RecordedCommand {
  // The command, serialized.
  std::string bytes;
  // Whether the command reads catalog facts.
  bool needs_catalog = false;
  // The events that it caused, in order.
  std::vector<v1::Event> events;
  // The new state of each entity with an event.
  std::vector<v1::EntityState> states;
};

// Repeats recorded commands: no checks, no policy, no decision, no record, no index, no effects. Thread-compatible.
class DeskFloor {
 public:
  // Parses the command and keeps it, copies its events and states into hash maps, and returns the events.
  std::vector<v1::Event> Execute(const RecordedCommand& recorded);

 private:
  std::vector<v1::Command> commands_;
  // By entity.
  absl::flat_hash_map<std::string, std::vector<v1::Event>> events_;
  absl::flat_hash_map<std::string, v1::EntityState> states_;
};

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_DESK_FLOOR_H_
