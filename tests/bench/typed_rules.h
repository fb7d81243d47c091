// The floor of a set of rules: a loop over conditions that a programmer keeps in plain structs, asking fields that were read out of the
// message once. It has no language: it knows the conditions of the plain workload, and nothing else.
#ifndef FRONTDESK_TESTS_BENCH_TYPED_RULES_H_
#define FRONTDESK_TESTS_BENCH_TYPED_RULES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "workload/event.pb.h"

namespace frontdesk {

// A test of one field.
struct TypedTest {
  enum class Field : std::uint8_t {
    kTotal,
    kLifetimeValue,
    kOpenCases,
    kPriority,
    kSentiment,
    kTier,
    kCountry,
    kOrderStatus,
    kOrderChannel,
    kCurrency,
    kInteractionChannel,
    kTopic,
    kLanguage,
    kTicketStatus,
    kTags,
    kEmailVerified,
    kSinceDelivery,
    kSinceTicket,
  };
  enum class Op : std::uint8_t { kEqual, kIn, kLess, kGreater, kGreaterOrEqual, kIsTrue };
  Field field;
  Op op;
  std::int64_t number = 0;  // Of times in nanoseconds.
  double real = 0;
  std::string text;
  std::vector<std::string> texts;
};

struct TypedRule {
  std::vector<TypedTest> tests;
};

// The rule of a condition in CEL; ends the program for one that it does not know.
TypedRule ParseTypedRule(const std::string& condition);

// Sets `matches` to the numbers of the rules that hold.
void MatchTypedRules(const std::vector<TypedRule>& rules, const workload::Event& event,
                     std::vector<std::int32_t>* matches);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_TYPED_RULES_H_
