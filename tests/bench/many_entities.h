// Desks with a great number of entities: of five entities two are customers, with a case each. The first of the two has an interaction
// too.
#ifndef FRONTDESK_TESTS_BENCH_MANY_ENTITIES_H_
#define FRONTDESK_TESTS_BENCH_MANY_ENTITIES_H_

#include <cstdint>
#include <string>

#include "frontdesk/desk/desk.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"

namespace frontdesk {

// When entity 0 is made; each of the others is made a second later than the one before.
inline constexpr std::int64_t kBeginEntitySeconds = 1'700'000'000;
// The queues of the cases: each has a quarter of them.
inline constexpr int kEntityQueues = 4;

std::string EntityIdOf(int i);
v1::EntityKind EntityKindOf(int i);
// Of a customer. No two have the same.
std::string EntityPhoneOf(int i);
// Of a case.
std::string EntityQueueOf(int i);

// Makes the entity. It has one event.
v1::Command EntityCommandOf(int i);

// Makes the entities from `begin` on and before `end`, with that number of commands in a commit. Shows its progress on stderr when they
// are many.
void AddEntities(int begin, int end, int group_size, Desk& desk);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_MANY_ENTITIES_H_
