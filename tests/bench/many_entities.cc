#include "many_entities.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/make_command.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

// How many commands are made and handed to ExecuteAll at a time.
constexpr int kPiece = 10'000;
constexpr int kShown = 100'000;

bool IsCustomer(int i) { return i % 5 < 2; }

}  // namespace

std::string EntityIdOf(int i) { return absl::StrFormat("entity-%07d", i); }

v1::EntityKind EntityKindOf(int i) {
  if (IsCustomer(i)) return v1::ENTITY_KIND_CUSTOMER;
  return i % 5 < 4 ? v1::ENTITY_KIND_CASE : v1::ENTITY_KIND_INTERACTION;
}

std::string EntityPhoneOf(int i) {
  return absl::StrFormat("+1212%03d%04d", 220 + i / 10'000, i % 10'000);
}

std::string EntityQueueOf(int i) { return absl::StrCat("queue-", i / 5 % kEntityQueues); }

v1::Command EntityCommandOf(int i) {
  const absl::Time now = absl::FromUnixSeconds(kBeginEntitySeconds + i);
  const v1::Actor actor = MakeActor("anna");
  if (IsCustomer(i)) {
    v1::ImportCustomer verb;
    v1::Customer& customer = *verb.mutable_customer();
    customer.set_customer_id(EntityIdOf(i));
    customer.set_state(v1::Customer::STATE_CUSTOMER);
    customer.set_given_name("Wilhelmina");
    customer.set_family_name(absl::StrCat("Quastenberg ", i));
    v1::ContactPoint& phone = *customer.add_contact_points();
    phone.set_contact_point_id("1");
    phone.set_kind(v1::ContactPoint::KIND_PHONE);
    phone.set_as_typed(EntityPhoneOf(i));
    v1::ContactPoint& email = *customer.add_contact_points();
    email.set_contact_point_id("2");
    email.set_kind(v1::ContactPoint::KIND_EMAIL);
    email.set_as_typed(absl::StrCat("w", i, "@example.com"));
    verb.mutable_source()->set_system("webshop");
    return MakeCommand(actor, now, verb);
  }
  if (EntityKindOf(i) == v1::ENTITY_KIND_CASE) {
    v1::OpenCase verb;
    verb.set_case_id(EntityIdOf(i));
    verb.set_kind(v1::Case::KIND_TROUBLE);
    verb.set_subject("The lamp does not light");
    verb.set_customer_id(EntityIdOf(i - 2));
    verb.set_queue_id(EntityQueueOf(i));
    return MakeCommand(actor, now, verb);
  }
  v1::StartInteraction verb;
  verb.set_interaction_id(EntityIdOf(i));
  verb.set_channel(v1::CHANNEL_CHAT);
  verb.set_direction(v1::DIRECTION_INBOUND);
  verb.set_customer_id(EntityIdOf(i - 4));
  return MakeCommand(actor, now, verb);
}

void AddEntities(int begin, int end, int group_size, Desk& desk) {
  ExecuteAllOptions options;
  options.group_size = group_size;
  for (int first = begin; first < end; first += kPiece) {
    std::vector<CommandWithFacts> commands;
    for (int i = first; i < std::min(end, first + kPiece); ++i) {
      commands.push_back({EntityCommandOf(i), v1::Facts()});
    }
    for (const absl::StatusOr<v1::Outcome>& outcome : desk.ExecuteAll(commands, options)) {
      if (!outcome.ok()) Die(outcome.status().ToString());
      if (outcome->verdict() != v1::VERDICT_DONE || outcome->events_size() != 1) {
        Die(outcome->ShortDebugString());
      }
    }
    if (first % kShown == 0 && end > kShown) {
      std::fprintf(stderr, "bench: %d of %d entities\n", first, end);
    }
  }
}

}  // namespace frontdesk
