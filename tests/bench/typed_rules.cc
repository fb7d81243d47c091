#include "typed_rules.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "printed_rows.h"

namespace frontdesk {
namespace {

using Field = TypedTest::Field;
using Op = TypedTest::Op;

// The fields of an event, by name.
struct TypedEvent {
  std::int64_t numbers[4];
  double sentiment;
  const std::string* texts[9];
  const google::protobuf::RepeatedPtrField<std::string>* tags;
  bool email_verified;
  std::int64_t since_delivery;
  std::int64_t since_ticket;
};

std::int64_t Nanos(const google::protobuf::Timestamp& later,
                   const google::protobuf::Timestamp& earlier) {
  return (later.seconds() - earlier.seconds()) * 1'000'000'000 + later.nanos() - earlier.nanos();
}

TypedEvent Read(const workload::Event& event) {
  const workload::Customer& customer = event.customer();
  const workload::Order& order = event.order();
  const workload::Interaction& interaction = event.interaction();
  return {{order.total_cents(), customer.lifetime_value_cents(), customer.open_cases(),
           event.ticket().priority()},
          interaction.sentiment(),
          {&customer.tier(), &customer.country(), &order.status(), &order.channel(),
           &order.currency(), &interaction.channel(), &interaction.topic(), &interaction.language(),
           &event.ticket().status()},
          &customer.tags(),
          customer.email_verified(),
          Nanos(event.now(), order.delivered_at()),
          Nanos(event.now(), event.ticket().opened_at())};
}

template <typename T>
bool Compare(Op op, const T& value, const T& constant) {
  switch (op) {
    case Op::kLess:
      return value < constant;
    case Op::kGreater:
      return value > constant;
    default:
      return value >= constant;
  }
}

bool Holds(const TypedTest& test, const TypedEvent& event) {
  switch (test.field) {
    case Field::kTotal:
    case Field::kLifetimeValue:
    case Field::kOpenCases:
    case Field::kPriority:
      return Compare(test.op, event.numbers[static_cast<int>(test.field)], test.number);
    case Field::kSentiment:
      return Compare(test.op, event.sentiment, test.real);
    case Field::kTags:
      return std::find(event.tags->begin(), event.tags->end(), test.text) != event.tags->end();
    case Field::kEmailVerified:
      return event.email_verified;
    case Field::kSinceDelivery:
      return Compare(test.op, event.since_delivery, test.number);
    case Field::kSinceTicket:
      return Compare(test.op, event.since_ticket, test.number);
    default:
      break;
  }
  const std::string& text =
      *event.texts[static_cast<int>(test.field) - static_cast<int>(Field::kTier)];
  if (test.op == Op::kEqual) return text == test.text;
  return std::find(test.texts.begin(), test.texts.end(), text) != test.texts.end();
}

std::string Unquoted(absl::string_view text) {
  absl::ConsumePrefix(&text, "\"");
  absl::ConsumeSuffix(&text, "\"");
  return std::string(text);
}

TypedTest ParseTest(absl::string_view text) {
  static const auto* const fields =
      new std::map<std::string, Field>{{"order.total_cents", Field::kTotal},
                                       {"customer.lifetime_value_cents", Field::kLifetimeValue},
                                       {"customer.open_cases", Field::kOpenCases},
                                       {"ticket.priority", Field::kPriority},
                                       {"interaction.sentiment", Field::kSentiment},
                                       {"customer.tier", Field::kTier},
                                       {"customer.country", Field::kCountry},
                                       {"order.status", Field::kOrderStatus},
                                       {"order.channel", Field::kOrderChannel},
                                       {"order.currency", Field::kCurrency},
                                       {"interaction.channel", Field::kInteractionChannel},
                                       {"interaction.topic", Field::kTopic},
                                       {"interaction.language", Field::kLanguage},
                                       {"ticket.status", Field::kTicketStatus},
                                       {"customer.email_verified", Field::kEmailVerified},
                                       {"now - order.delivered_at", Field::kSinceDelivery},
                                       {"now - ticket.opened_at", Field::kSinceTicket}};
  static constexpr std::pair<const char*, Op> kOperators[] = {{" == ", Op::kEqual},
                                                              {" in ", Op::kIn},
                                                              {" >= ", Op::kGreaterOrEqual},
                                                              {" > ", Op::kGreater},
                                                              {" < ", Op::kLess}};
  TypedTest test;
  if (absl::EndsWith(text, " in customer.tags")) {
    test.field = Field::kTags;
    test.op = Op::kIn;
    test.text = Unquoted(text.substr(0, text.find(' ')));
    return test;
  }
  for (const auto& [name, op] : kOperators) {
    const std::size_t place = text.find(name);
    if (place == absl::string_view::npos) continue;
    const auto field = fields->find(std::string(text.substr(0, place)));
    if (field == fields->end()) Die(absl::StrCat("typed_rules: no field in ", text));
    test.field = field->second;
    test.op = op;
    absl::string_view constant = text.substr(place + absl::string_view(name).size());
    if (absl::ConsumePrefix(&constant, "[")) {
      absl::ConsumeSuffix(&constant, "]");
      for (const absl::string_view each : absl::StrSplit(constant, ", ")) {
        test.texts.push_back(Unquoted(each));
      }
    } else if (absl::ConsumePrefix(&constant, "duration(\"")) {
      std::int64_t hours = 0;
      if (!absl::ConsumeSuffix(&constant, "h\")") || !absl::SimpleAtoi(constant, &hours)) {
        Die(absl::StrCat("typed_rules: no duration in ", text));
      }
      test.number = hours * 3'600'000'000'000;
    } else if (absl::StartsWith(constant, "\"")) {
      test.text = Unquoted(constant);
    } else if (test.field == Field::kSentiment ? !absl::SimpleAtod(constant, &test.real)
                                               : !absl::SimpleAtoi(constant, &test.number)) {
      Die(absl::StrCat("typed_rules: no number in ", text));
    }
    return test;
  }
  const auto field = fields->find(std::string(text));
  if (field == fields->end()) Die(absl::StrCat("typed_rules: unknown condition ", text));
  test.field = field->second;
  test.op = Op::kIsTrue;
  return test;
}

}  // namespace

TypedRule ParseTypedRule(const std::string& condition) {
  TypedRule rule;
  for (const absl::string_view part : absl::StrSplit(condition, " && ")) {
    rule.tests.push_back(ParseTest(part));
  }
  return rule;
}

void MatchTypedRules(const std::vector<TypedRule>& rules, const workload::Event& event,
                     std::vector<std::int32_t>* matches) {
  matches->clear();
  const TypedEvent typed = Read(event);
  for (std::size_t i = 0; i < rules.size(); ++i) {
    bool holds = true;
    for (const TypedTest& test : rules[i].tests) {
      holds = Holds(test, typed);
      if (!holds) break;
    }
    if (holds) matches->push_back(static_cast<std::int32_t>(i));
  }
}

}  // namespace frontdesk
