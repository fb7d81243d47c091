// Conditions and values in words.
#include "decide/expression_words.h"

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "decide/path_words.h"
#include "decide/value_words.h"
#include "frontdesk/v1/case_input.pb.h"
#include "frontdesk/v1/order_input.pb.h"
#include "frontdesk/v1/policy.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace internal {
namespace {

using Reads = google::protobuf::RepeatedPtrField<v1::ValueRead>;

v1::PolicyPack Pack() {
  v1::PolicyPack pack;
  v1::VocabularyWord& tier = *pack.mutable_vocabulary()->add_tiers();
  tier.set_name("gold");
  tier.set_text("a gold customer");
  v1::VocabularyWord& role = *pack.mutable_vocabulary()->add_roles();
  role.set_name("shift_lead");
  role.set_text("shift lead");
  v1::TotalDefinition& refunds = *pack.add_totals();
  refunds.set_name("refunds_30d");
  refunds.set_text("refunds of the last 30 days");
  v1::TotalDefinition& goodwill = *pack.add_totals();
  goodwill.set_name("goodwill");
  goodwill.set_text("the goodwill of this month");
  pack.add_totals()->set_name("late_orders");
  return pack;
}

// "" where there are no words.
std::string SayOrder(absl::string_view condition, bool is_supposed = false,
                     const Reads& reads = {}) {
  const v1::PolicyPack pack = Pack();
  const CompanyWords company(&pack);
  return ExpressionWords(v1::OrderDecisionInput::descriptor(), company)
      .Say(condition, reads, is_supposed)
      .value_or("");
}

TEST(ExpressionWordsTest, ConditionsInWords) {
  struct Row {
    absl::string_view condition, words;
  };
  static constexpr Row kRows[] = {
      {"order.state == Order.State.STATE_DELIVERED", "the state of the order is delivered"},
      {"order.state != Order.State.STATE_UNSPECIFIED", "the state of the order is set"},
      {"totals.given('refunds_30d') > money('100 EUR')",
       "the refunds of the last 30 days are more than 100.00 EUR"},
      {"totals.given('goodwill', 'EUR') + assessment.refund_amount <= money('100 EUR')",
       "the goodwill of this month plus the refund amount is at most 100.00 EUR"},
      {"totals.asked('refunds_30d') >= money('1 EUR')",
       "the refunds of the last 30 days that were asked for are at least 1.00 EUR"},
      {"totals.asked('goodwill') >= money('1 EUR')",
       "the goodwill of this month that was asked for is at least 1.00 EUR"},
      {"totals.given_count('refunds_30d') == 3", "the number of refunds of the last 30 days is 3"},
      {"totals.asked_count('late_orders') > 3",
       "the number of late orders that were asked for is more than 3"},
      {"totals.has_total('refunds_30d')", "there is a total of refunds of the last 30 days"},
      {"!totals.has_total('goodwill')", "there is no total of goodwill of this month"},
      {"order.state in [Order.State.STATE_PLACED, Order.State.STATE_SHIPPED]",
       "the state of the order is placed or shipped"},
      {"!(order.state in [Order.State.STATE_PLACED])", "the state of the order is not placed"},
      {"command.refund_order.amount <= money('100 EUR')", "the amount is at most 100.00 EUR"},
      {"money('100.5 EUR') < order.totals.total", "the total of the order is more than 100.50 EUR"},
      {"now - order.deliver_time > duration('720h')",
       "the time since the delivery of the order is more than 30 days"},
      {"since(order.deliver_time).orValue(days(0)) >= hours(36)",
       "the time since the delivery of the order is at least 1 day and 12 hours"},
      {"age(order) < duration('30d')", "the age of the order is less than 30 days"},
      {"order.place_time < timestamp('2024-05-15T12:00:00Z')",
       "the order time of the order is before 2024-05-15 12:00 UTC"},
      {"command.cancel_order.reason == ''", "the reason is not set"},
      {"command.cancel_order.reason != 'changed mind'", "the reason is not changed mind"},
      {"customer.tier == 'gold'", "the tier of the customer is a gold customer"},
      {"customer.tier in ['gold', 'very_new']",
       "the tier of the customer is a gold customer or very new"},
      {"actor.has_role('shift_lead')", "the requester has the role \"shift lead\""},
      {"!actor.has_authority('goodwill')",
       "the requester does not have the authority \"goodwill\""},
      {"'agent' in actor.roles", "the roles of the requester include agent"},
      {"has(customer)", "the desk knows the customer"},
      {"!has(order.deliver_time)", "the delivery time of the order is not set"},
      {"has(customer) && customer.tier == 'gold'",
       "the desk knows the customer and the tier of the customer is a gold customer"},
      {"!(has(customer) && identity_level > 1)",
       "the desk does not know the customer or the verified level of identity is at most 1"},
      {"order.lines.exists(l, l.quantities.ordered > 5)",
       "for one line of the order, its ordered quantity is more than 5"},
      {"!order.lines.exists(l, l.quantities.ordered > 5)",
       "for every line of the order, its ordered quantity is at most 5"},
      {"order.lines.all(l, l.variant_id != '')", "for every line of the order, its variant is set"},
      {"size(order.lines) > 3", "the number of lines of the order is more than 3"},
      {"order.lines.size() == 1", "the number of lines of the order is 1"},
      {"sum(order.lines.map(l, l.quantities.ordered)) > 10",
       "the sum of the ordered quantity of the lines of the order is more than 10"},
      {"order.lines[0].quantities.ordered == 2", "the ordered quantity of line 1 is 2"},
      {"percent(order.totals.total, 15) > money('3 EUR')",
       "15 % of the total of the order is more than 3.00 EUR"},
      {"customer.attributes.text('segment') == 'b2b'", "the segment of the customer is \"b2b\""},
      {"customer.attributes.flag('vip')", "the vip of the customer is yes"},
      {"!customer.consents.allows('marketing', 'email', now)",
       "the customer has not agreed to marketing messages"},
      {"order.order_number.startsWith('X')", "the order number of the order begins with \"X\""},
      {"assessment.refund_amount > order.totals.total",
       "the refund amount is more than the total of the order"},
      {"true == has(order.deliver_time)", "the delivery time of the order is set"},
  };
  for (const Row& row : kRows) EXPECT_EQ(SayOrder(row.condition), row.words) << row.condition;
}

TEST(ExpressionWordsTest, SuppositionsInWords) {
  EXPECT_EQ(SayOrder("command.refund_order.amount <= money('100 EUR')", true),
            "the amount were at most 100.00 EUR");
  EXPECT_EQ(SayOrder("has(customer)", true), "the desk knew the customer");
  EXPECT_EQ(SayOrder("!actor.has_role('shift_lead')", true),
            "the requester did not have the role \"shift lead\"");
  EXPECT_EQ(SayOrder("'agent' in actor.roles", true), "the roles of the requester included agent");
}

TEST(ExpressionWordsTest, ConditionsWithoutPlainWordsAreNotSaid) {
  for (const absl::string_view condition :
       {"order.totals.total.units > 5000", "5000 + order.totals.total.units > 7", "true",
        "order.order_number.matches('^X')",
        "order.lines.filter(l, l.quantities.ordered > 1).size() > 1", "host_function(order)",
        "order.state ==", "", "{'a': 1}.size() == 1",
        "order.lines.map(l, l.net_amount.units) == [1]"}) {
    EXPECT_EQ(SayOrder(condition), "") << condition;
  }
}

TEST(ExpressionWordsTest, MinorUnitsAreSaidInTheCurrencyThatWasRead) {
  Reads reads;
  v1::ValueRead& read = *reads.Add();
  read.set_path("order.totals.total.units");
  read.set_value("4500");
  EXPECT_EQ(SayOrder("order.totals.total.units <= 5000", false, reads), "");
  read.set_amount("45.00 EUR");
  EXPECT_EQ(SayOrder("order.totals.total.units <= 5000", false, reads),
            "the total of the order is at most 50.00 EUR");
  read.set_amount("4500 JPY");
  EXPECT_EQ(SayOrder("5000 > order.totals.total.units", false, reads),
            "the total of the order is less than 5000 JPY");
}

std::vector<std::string> SayReads(const v1::ConjunctTrace& conjunct) {
  const v1::PolicyPack pack = Pack();
  const CompanyWords company(&pack);
  return ExpressionWords(v1::OrderDecisionInput::descriptor(), company).SayReads(conjunct);
}

v1::ConjunctTrace Read(absl::string_view text,
                       const std::vector<std::pair<std::string, std::string>>& reads) {
  v1::ConjunctTrace conjunct;
  conjunct.set_text(std::string(text));
  conjunct.set_result(v1::ConjunctTrace::RESULT_TRUE);
  for (const auto& [path, value] : reads) {
    v1::ValueRead& read = *conjunct.add_reads();
    read.set_path(path);
    read.set_value(value);
  }
  return conjunct;
}

TEST(ExpressionWordsTest, ValuesThatWereRead) {
  using ::testing::ElementsAre;
  using ::testing::IsEmpty;
  EXPECT_THAT(SayReads(Read("order.state == x", {{"order.state", "Order.State.STATE_DELIVERED"}})),
              ElementsAre("the state of the order is delivered"));
  EXPECT_THAT(SayReads(Read("now - order.deliver_time > days(3)",
                            {{"now", "timestamp(\"2024-05-15T12:00:00Z\")"},
                             {"order.deliver_time", "timestamp(\"2024-05-01T10:30:05Z\")"}})),
              ElementsAre("the delivery time of the order is 2024-05-01 10:30:05 UTC"));
  EXPECT_THAT(SayReads(Read("customer.tier == ''",
                            {{"customer.tier", "not set: the desk does not know this customer"}})),
              ElementsAre("the desk does not know this customer"));
  EXPECT_THAT(SayReads(Read("order.deliver_time < now", {{"order.deliver_time", "not set"}})),
              ElementsAre("the delivery time of the order is not set"));
  EXPECT_THAT(SayReads(Read("customer.tier != 'gold'", {{"customer.tier", "\"gold\""}})),
              ElementsAre("the tier of the customer is a gold customer"));
  EXPECT_THAT(
      SayReads(Read("customer.given_name != 'x' && order.totals.total.units > 3",
                    {{"customer.given_name", "<personal>"}, {"order.totals.total.units", "45"}})),
      IsEmpty());
  // Of several elements the last one that was looked at; of a whole list the condition.
  EXPECT_THAT(SayReads(Read("order.lines.exists(l, l.quantities.ordered > 2)",
                            {{"order.lines[0].quantities.ordered", "1"},
                             {"order.lines[1].quantities.ordered", "3"}})),
              ElementsAre("the ordered quantity of line 2 is 3"));
  EXPECT_THAT(SayReads(Read("!order.lines.exists(l, l.quantities.ordered > 2)",
                            {{"order.lines[0].quantities.ordered", "1"},
                             {"order.lines[1].quantities.ordered", "1"}})),
              ElementsAre("for every line of the order, its ordered quantity is at most 2"));
  EXPECT_THAT(SayReads(Read("order.lines.exists(l, l.quantities.ordered > 2)",
                            {{"order.lines[0].quantities.ordered", "1"}, {"...", ""}})),
              ElementsAre("for one line of the order, its ordered quantity is more "
                          "than 2"));
  EXPECT_THAT(SayReads(Read("'agent' in actor.roles", {{"actor.roles", "[\"agent\", \"b\"]"}})),
              ElementsAre("the roles of the requester include agent"));
}

TEST(ValueWordsTest, Spans) {
  EXPECT_EQ(SpanWords(absl::Hours(720)), "30 days");
  EXPECT_EQ(SpanWords(absl::Minutes(90)), "1 hour and 30 minutes");
  EXPECT_EQ(SpanWords(absl::ZeroDuration()), "0 seconds");
  EXPECT_EQ(SpanWords(-absl::Hours(25)), "minus 1 day and 1 hour");
  EXPECT_EQ(SpanWords(absl::Milliseconds(1500)), "1.5 seconds");
  EXPECT_EQ(SpanWords(absl::Seconds(86461)), "1 day, 1 minute and 1 second");
}

TEST(ValueWordsTest, Literals) {
  EXPECT_EQ(LiteralWords("\"a \\\"b\\\"\""), "a \"b\"");
  EXPECT_EQ(LiteralWords("duration(\"5400s\")"), "1 hour and 30 minutes");
  EXPECT_EQ(LiteralWords("timestamp(\"2024-05-15T12:00:00Z\")"), "2024-05-15 12:00 UTC");
  EXPECT_EQ(LiteralWords("Order.State.STATE_DELIVERED"), "delivered");
  EXPECT_EQ(LiteralWords("PaymentMethod.Kind.KIND_GIFT_CARD"), "gift card");
  EXPECT_EQ(LiteralWords("[\"a, b\", \"c\"]"), "a, b and c");
  EXPECT_EQ(LiteralWords("45.00 EUR"), "45.00 EUR");
  EXPECT_EQ(LiteralWords("2.5"), "2.5");
  EXPECT_EQ(LiteralWords("<personal>"), "");
  EXPECT_EQ(LiteralWords("[<personal>]"), "");
  EXPECT_EQ(LiteralWords("Money{units: 3}"), "");
}

TEST(PathWordsTest, PathsInWords) {
  const auto words = [](absl::string_view path) {
    return PathWords(ReadPath(path, v1::CaseDecisionInput::descriptor()));
  };
  EXPECT_EQ(words("case.customer_id"), "the customer of the case");
  EXPECT_EQ(words("case.tags"), "the tags of the case");
  EXPECT_EQ(words("case.links[1].kind"), "the kind of link 2");
  EXPECT_EQ(words("command.resolve_case.remedy_amount.units"), "the remedy amount");
  EXPECT_EQ(words("no.such.path"), "the path of the such");
}

}  // namespace
}  // namespace internal
}  // namespace frontdesk
