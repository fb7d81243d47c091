// The result of a command for its entity: the events, movements and effects that it causes, or the
// refusals.
//
//   #include "frontdesk/domain/order/order.h"
//   #include "frontdesk/v1/event.pb.h"
//   #include "frontdesk/v1/outcome.pb.h"
//
//   absl::StatusOr<frontdesk::domain::Decided> decided = frontdesk::domain::DecideOrder(input);
//   if (!decided.ok()) return decided.status();                       // Nothing could be decided.
//   if (decided->refused()) Show(decided->refusals);                  // Nonsense in any company.
//   for (const frontdesk::v1::Event& event : decided->events) {       // What happens.
//     absl::Status status = frontdesk::domain::EvolveOrder(event, &order);
//   }
#ifndef FRONTDESK_DOMAIN_DECIDED_H_
#define FRONTDESK_DOMAIN_DECIDED_H_

#include <string>
#include <vector>

#include "frontdesk/v1/money.pb.h"

namespace google {
namespace protobuf {
class Timestamp;
}  // namespace protobuf
}  // namespace google

namespace frontdesk {
namespace v1 {
class Actor;
class Effect;
class Event;
class Refusal;
}  // namespace v1

namespace domain {

// Who asks for a command, and when. Refers to the decision input, which must live as long.
struct Occasion {
  const v1::Actor& actor;
  // The instant decided at.
  const google::protobuf::Timestamp& now;
  // For a late entry, the instant that it names; else null.
  const google::protobuf::Timestamp* occur_time = nullptr;
};

// A movement that a command about another entity makes on a stored-value account. It becomes an event
// when the account's own room decides it: see DecidePosting() in account.h. Thread-compatible.
struct Posting {
  // True puts value into the account, false takes it out.
  bool credit = false;
  // The account.
  std::string account_id;
  // How much; never negative, zero is legal.
  v1::Money amount;
  // Why: "payment" or "refund".
  std::string cause;
  // The order on whose account it is; empty when none.
  std::string order_id;
  // The case that it belongs to; empty when none.
  std::string case_id;
};

// The result of a command. Either `refusals` is empty and the other lists are the result, or it is
// not and they are empty. A value; thread-compatible. Readers of the lists include the headers of
// their messages.
struct Decided {
  Decided();
  Decided(const Decided& other);
  Decided(Decided&& other) noexcept;
  Decided& operator=(const Decided& other);
  Decided& operator=(Decided&& other) noexcept;
  ~Decided();

  // The events, in order. `entity`, the arm, `time` and `actor_id` are set; the desk assigns ids
  // and versions.
  std::vector<v1::Event> events;
  // Movements on accounts that go with the events, in order; to be committed together with them.
  std::vector<Posting> postings;
  // The effects for the host, in order. `entity` and the action are set; the desk assigns ids.
  std::vector<v1::Effect> effects;
  // Every violated invariant, in the order that the entity's header documents.
  std::vector<v1::Refusal> refusals;

  bool refused() const;
};

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_DECIDED_H_
