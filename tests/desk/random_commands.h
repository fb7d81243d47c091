// Random commands of every kind, about a shop that is there: most make sense, some do not.
//
// A command is filled by reflection (message_filler.h). Its generator then refines it, so that it can be done. A new
// command needs a row in the table of generators in random_commands.cc; a test fails without. RandomTest prints how
// many of each were done.
#ifndef FRONTDESK_TESTS_DESK_RANDOM_COMMANDS_H_
#define FRONTDESK_TESTS_DESK_RANDOM_COMMANDS_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/types/span.h"
#include "desk/chance.h"
#include "desk/message_filler.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/store/store.h"
#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/journal.pb.h"

namespace frontdesk {
namespace testing {

// Under which the random tests run: allows nearly everything, refuses some, holds some for the
// authority "supervisor".
extern const char kRandomPolicy[];

// A desk in memory, or on a store, under a policy; the same rules as version 2 were active before.
std::unique_ptr<Desk> OpenRandomDesk(std::shared_ptr<store::Store> store = nullptr,
                                     absl::string_view policy_text = kRandomPolicy);

// Thread-compatible.
class RandomCommands {
 public:
  // Both must live as long.
  RandomCommands(Chance* chance, const Desk* desk) : chance_(chance), desk_(desk) {}

  // Any command, or this one.
  v1::Command Next();
  v1::Command Next(const domain::CommandInfo& info);

  // The facts to go with it: the shop's catalog, rarely another or none.
  v1::Facts NextFacts(const v1::Command& command);

  // For generators.
  Chance& chance() { return *chance_; }
  // The state of the entity that the command addresses; empty when there is none.
  const v1::EntityState& about() const { return about_; }
  // The state of some entity of the kind; empty when there is none.
  v1::EntityState Existing(v1::EntityKind kind);
  // Some id of the kind.
  std::string AnyId(v1::EntityKind kind);
  // The newest approval that may be pending, or "none".
  std::string LastApproval();
  // The hash of a policy that is or was active.
  std::string AnyPolicy();
  // One of the first effects of the outbox; an empty one when there is none.
  v1::Effect AnyEffect();

 private:
  // Mostly the id of an entity or, to create, an unused one. Sets `about_`.
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

// How one command is made. A plain struct.
struct Generator {
  const domain::CommandInfo* command;
  // How often, against the others.
  int weight;
  // Makes of a filled command one that can be done; null where filled ones are good enough.
  void (*refine)(RandomCommands& random, v1::Command* command);
};

// One for each of domain::Commands(), in the same order.
absl::Span<const Generator> Generators();

}  // namespace testing
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_DESK_RANDOM_COMMANDS_H_
