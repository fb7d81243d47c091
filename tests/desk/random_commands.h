// Random commands of every verb, about a shop that is there: most make sense, some do not.
//
// A command is filled by reflection (message_filler.h), and then refined by the generator of its
// verb, which makes it one that can be done. A new verb needs an entry in the table of generators
// in random_commands.cc; a test fails without. Which of its commands come to be done is told by
// RandomTest.
#ifndef FRONTDESK_TESTS_DESK_RANDOM_COMMANDS_H_
#define FRONTDESK_TESTS_DESK_RANDOM_COMMANDS_H_

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "desk/chance.h"
#include "desk/message_filler.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/journal.pb.h"

namespace frontdesk {
namespace testing {

// Under which the random tests run: allows nearly everything, refuses some, holds some for the
// authority "supervisor".
extern const char kRandomPolicy[];

// Thread-compatible.
class RandomCommands {
 public:
  // Both must live as long.
  RandomCommands(Chance* chance, const Desk* desk) : chance_(chance), desk_(desk) {}

  // A command of some verb, or of this one.
  v1::Command Next();
  v1::Command Next(v1::Command::VerbCase verb);

  // The facts to go with it: the shop's catalog, rarely another or none.
  v1::Facts NextFacts();

  // For generators.
  Chance& chance() { return *chance_; }
  // The state of what the command addresses; empty when there is none.
  const v1::EntityState& about() const { return about_; }
  // The state of some entity of the kind; empty when there is none.
  v1::EntityState Existing(v1::EntityKind kind);
  // Some id of the kind.
  std::string AnyId(v1::EntityKind kind);
  // The newest approval that may be pending, or "none".
  std::string LastApproval();

 private:
  // An id that stands for something, or, to create, for nothing; mostly. Sets `about_`.
  std::string AddressedId(v1::EntityKind kind, bool creates);
  void Wrap(v1::Command* command);

  Chance* const chance_;
  const Desk* const desk_;
  v1::EntityState about_;
  int given_ = 0;
  std::int64_t seconds_ = 1000;
  std::int64_t journal_seen_ = 0;
  std::string last_approval_ = "none";
};

// How a verb's commands are made. A plain struct.
struct Generator {
  v1::Command::VerbCase verb;
  // How often, against the others.
  int weight;
  // Makes of a filled command one that can be done; null where filled ones are good enough.
  void (*refine)(RandomCommands& random, v1::Command* command);
};

// By number, one for each verb.
absl::Span<const Generator> Generators();

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_RANDOM_COMMANDS_H_
