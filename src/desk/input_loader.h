// Reading the input of a command's decision from a store. Private.
#ifndef FRONTDESK_SRC_DESK_INPUT_LOADER_H_
#define FRONTDESK_SRC_DESK_INPUT_LOADER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "decide/asked.h"
#include "frontdesk/decide/decide.h"
#include "frontdesk/desk/store.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/decision_input.pb.h"

namespace frontdesk {
namespace internal {

// Reads entities from a store and remembers their versions, so that a commit can demand that they are
// unchanged.
class StateReader {
 public:
  explicit StateReader(const Store& store) : store_(store) {}

  // The state of an entity, or null when there is none; the same one each time.
  absl::StatusOr<std::shared_ptr<const v1::EntityState>> Get(v1::EntityKind kind,
                                                             const std::string& id);

  // Whether Get() was asked for that entity, and there is one.
  bool HasRead(v1::EntityKind kind, const std::string& id) const;

  // The ids of all entities under a key of the index, ascending; the same ones each time.
  absl::StatusOr<std::vector<std::string>> ReadIndex(v1::EntityKind kind, const std::string& key);

  // Every entity that was read.
  std::vector<ExpectedVersion> ExpectedVersions() const;

  // Every key of the index that was read.
  std::vector<ExpectedIndex> ExpectedIndexes() const;

  const Store& store() const { return store_; }

 private:
  const Store& store_;
  std::map<std::pair<int, std::string>, std::shared_ptr<const v1::EntityState>> read_;
  std::map<std::pair<int, std::string>, std::vector<std::string>> read_index_;
};

// Loads the state that the command is decided on into `input`: the addressed entity, and related ones. The arm
// is set by the kind of the addressed entity; catalog facts are those given.
absl::Status LoadInput(const Asked& asked, const v1::Facts& facts, const CommandLimits& limits,
                       StateReader* reader, v1::DecisionInput* input);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DESK_INPUT_LOADER_H_
