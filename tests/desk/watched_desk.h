// A desk that is watched: after every command all that must hold whatever the command was is checked.
//
//   WatchedDesk desk(MustOpen(kRandomPolicy));
//   std::string broken = desk.Execute(command, facts);
//   ASSERT_EQ(broken, "");
//
// To check something more, add a row to one of the two tables in watched_desk.cc. kStateChecks is
// for states, kCommandChecks for commands that were carried out.
#ifndef FRONTDESK_TESTS_DESK_WATCHED_DESK_H_
#define FRONTDESK_TESTS_DESK_WATCHED_DESK_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/v1/journal.pb.h"
#include "frontdesk/v1/outcome.pb.h"

namespace frontdesk {
namespace testing {

// The outcomes of one command. A plain struct.
struct VerdictCounts {
  int done = 0;
  int refused = 0;
  int held = 0;
  int failed = 0;  // A Status that is not OK.
  // How often each leading reason of a refusal, with its field.
  std::map<std::string, int> reasons;
  // How often each event and each effect, by the name of its message. Those of an approved command
  // count for that command.
  std::map<std::string, int> events;
  std::map<std::string, int> effects;
};

// Thread-compatible.
class WatchedDesk {
 public:
  // The contents of the desk are accepted as they are.
  explicit WatchedDesk(std::unique_ptr<Desk> desk);
  // The same for a fork of the desk that `like` watches, at less cost.
  WatchedDesk(std::unique_ptr<Desk> fork, const WatchedDesk& like)
      : desk_(std::move(fork)), states_(like.states_), last_sequence_(like.last_sequence_) {}

  Desk& desk() { return *desk_; }
  const Desk& desk() const { return *desk_; }

  // Previews and executes. Returns "" when all holds, else what is broken:
  // - a preview says what execution says, and changes nothing
  // - a Status that is not OK has a reason of the registry with its code, is neither INTERNAL nor
  //   DATA_LOSS, and changes nothing
  // - refusals that do not come from policy have reasons of the registry; every refusal has a text
  // - no Status, refusal, decision or explanation holds personal data
  // - the options of the command declare each event and each effect; those of an approved command declare the rest of
  //   an approval's
  // - versions have no gaps, and the fold of an entity's events is its state with the rows of its lists
  // - the journal has no gaps, and its record shows the outcome
  // - a repeated command with a key gets the same bytes and changes nothing; with another body it
  //   is ALREADY_EXISTS
  // - every check of the tables
  std::string Execute(const v1::Command& command, const v1::Facts& facts);

  // At the end: the history of every entity folds to its state, and every record explains itself.
  std::string CheckAll() const;

  // By command; null is for commands that ask for nothing.
  const std::map<const domain::CommandInfo*, VerdictCounts>& counts() const { return counts_; }

 private:
  // The log: it has no fault, its positions have no gap, and it has every record and event.
  // Whether the clocks of the case, which are folded with all else of it, follow from the rest of its history.
  std::string CheckClocks(const v1::Case& kept) const;
  // Whether each clock of the case is explained by stretches that have the time that it counted.
  std::string CheckExplained(const v1::Case& kept) const;
  std::string CheckLog() const;

  using Key = std::pair<int, std::string>;

  std::string CheckUnchanged(const v1::Command& command) const;
  std::string CheckRefusals(const v1::Outcome& outcome) const;
  std::string CheckRecord(const v1::Outcome& outcome);
  std::string CheckDeclared(const v1::Command& command, const v1::Outcome& outcome);
  std::string FoldEvents(const v1::Outcome& outcome);
  std::string CheckRepeat(const v1::Command& command, const v1::Facts& facts,
                          const v1::Outcome& outcome);
  std::string CheckDone(const v1::Command& command, const v1::Facts& facts,
                        const absl::StatusOr<v1::Outcome>& previewed,
                        const absl::StatusOr<v1::Outcome>& outcome);

  std::unique_ptr<Desk> desk_;
  std::map<Key, v1::EntityState> states_;
  std::int64_t last_sequence_ = 0;
  std::map<const domain::CommandInfo*, VerdictCounts> counts_;
};

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_WATCHED_DESK_H_
