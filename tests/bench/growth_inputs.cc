#include "growth_inputs.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/make_command.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace {

constexpr absl::string_view kHub = "hub";
constexpr int kBeginSeconds = 1'700'000'000;

// Ids of one length, so that no command is larger because it comes later.
std::string Numbered(absl::string_view name, int i) { return absl::StrFormat("%s-%06d", name, i); }

DeskInput Before(const google::protobuf::Message& verb, bool needs_catalog = false) {
  const absl::Time now = absl::FromUnixSeconds(kBeginSeconds);
  return {MakeCommand(MakeActor("agent-0"), now, verb), needs_catalog};
}

v1::Actor AgentOf(int i) { return MakeActor(absl::StrCat("agent-", i % 4)); }

DeskInput By(const v1::Actor& actor, int i, const google::protobuf::Message& verb) {
  return {MakeCommand(actor, absl::FromUnixSeconds(kBeginSeconds + 1 + i), verb), false};
}

DeskInput ByAgent(int i, const google::protobuf::Message& verb) { return By(AgentOf(i), i, verb); }

v1::Money Dollars(int cents) {
  v1::Money money;
  money.set_units(cents);
  money.set_currency_code("USD");
  return money;
}

DeskInput CreateCustomer(absl::string_view id) {
  v1::CreateCustomer verb;
  verb.set_customer_id(std::string(id));
  verb.set_state(v1::Customer::STATE_CUSTOMER);
  verb.set_given_name("Wilhelmina");
  verb.set_family_name("Quastenberg");
  return Before(verb);
}

DeskInput OpenCase(absl::string_view id) {
  v1::OpenCase verb;
  verb.set_case_id(std::string(id));
  verb.set_kind(v1::Case::KIND_TROUBLE);
  verb.set_subject("The lamp does not light");
  verb.set_customer_id(std::string(kHub));
  return Before(verb);
}

DeskInput StartChat(absl::string_view id) {
  v1::StartInteraction verb;
  verb.set_interaction_id(std::string(id));
  verb.set_channel(v1::CHANNEL_CHAT);
  verb.set_direction(v1::DIRECTION_INBOUND);
  verb.set_customer_id(std::string(kHub));
  return Before(verb);
}

std::string Text(int sentences) {
  std::string text = "The lamp of the box is broken.";
  for (int i = 0; i < sentences; ++i) {
    absl::StrAppend(&text, " It flickers, and it goes out after a minute.");
  }
  return text;
}

// A note of the agent, a message of the customer, a message of the agent, and a correction of one such message.
v1::InteractionPart Part(int i, int sentences) {
  const int kind = i % 4;
  v1::InteractionPart part;
  part.set_part_id(Numbered("part", i));
  part.set_kind(kind == 0 ? v1::InteractionPart::KIND_NOTE : v1::InteractionPart::KIND_MESSAGE);
  part.set_visibility(kind == 0 ? v1::VISIBILITY_INTERNAL : v1::VISIBILITY_PUBLIC);
  part.set_text(Text(sentences));
  if (kind == 3) part.set_corrects_part_id(Numbered("part", i / 2 - i / 2 % 4 + 2));
  return part;
}

v1::Actor AuthorOf(int i) {
  return i % 4 == 1 ? MakeActor(kHub, v1::Actor::KIND_CUSTOMER) : AgentOf(i);
}

std::vector<DeskInput> HistoryOfCase(int) { return {CreateCustomer(kHub), OpenCase(kHub)}; }
std::vector<DeskInput> HistoryOfCustomer(int) { return {CreateCustomer(kHub)}; }

// About 75, 165, 345 and 525 bytes of text.
DeskInput AddCasePart(int i) {
  v1::AddCasePart verb;
  verb.set_case_id(std::string(kHub));
  const int sentences[] = {1, 3, 7, 11};
  *verb.mutable_part() = Part(i, sentences[i % 4]);
  return By(AuthorOf(i), i, verb);
}

std::vector<DeskInput> HistoryOfChat(int) { return {CreateCustomer(kHub), StartChat(kHub)}; }

DeskInput AddChatPart(int i) {
  v1::AddInteractionPart verb;
  verb.set_interaction_id(std::string(kHub));
  *verb.mutable_part() = Part(i, i % 2);
  return By(AuthorOf(i), i, verb);
}

std::vector<DeskInput> HistoryOfAccount(int) {
  v1::ImportAccount verb;
  verb.mutable_source()->set_system("old-shop");
  v1::Account& account = *verb.mutable_account();
  account.set_account_id(std::string(kHub));
  account.set_kind(v1::Account::KIND_STORE_CREDIT);
  account.set_state(v1::Account::STATE_ACTIVE);
  account.set_customer_id(std::string(kHub));
  *account.mutable_balance() = Dollars(10'000'000);
  return {CreateCustomer(kHub), Before(verb)};
}

template <typename Movement>
Movement Move(int cents, absl::string_view cause) {
  Movement verb;
  verb.set_account_id(std::string(kHub));
  *verb.mutable_amount() = Dollars(cents);
  verb.set_cause(std::string(cause));
  return verb;
}

DeskInput MoveValue(int i) {
  if (i % 2 == 0) return ByAgent(i, Move<v1::CreditAccount>(500 + i % 4, "goodwill"));
  return ByAgent(i, Move<v1::DebitAccount>(500 + i % 4, "purchase"));
}

// An order of 10,000.00 that is paid by card, in one payment.
std::vector<DeskInput> HistoryOfOrder(int) {
  v1::AddPaymentMethod method;
  method.set_customer_id(std::string(kHub));
  method.mutable_payment_method()->set_payment_method_id("card");
  method.mutable_payment_method()->set_kind(v1::PaymentMethod::KIND_CARD);
  method.mutable_payment_method()->set_last_four("4711");
  v1::PlaceOrder place;
  place.set_order_id(std::string(kHub));
  place.set_customer_id(std::string(kHub));
  place.set_currency_code("USD");
  place.add_lines()->set_variant_id("variant-0");
  place.mutable_lines(0)->set_quantity(1'000);
  place.mutable_shipping_address()->add_lines("1 Zephyrine Lane");
  place.mutable_shipping_address()->set_locality("Springfield");
  place.mutable_shipping_address()->set_country_code("US");
  place.set_payment_method_id("card");
  place.set_settlement(v1::SETTLEMENT_DONE);
  return {CreateCustomer(kHub), Before(method), Before(place, true)};
}

DeskInput RecordFailedPayment(int i) {
  v1::RecordPayment verb;
  verb.set_order_id(std::string(kHub));
  v1::PaymentChange& payment = *verb.mutable_payment();
  payment.set_payment_id(Numbered("payment", i));
  payment.set_state(v1::Payment::STATE_FAILED);
  *payment.mutable_amount() = Dollars(1'000 + i % 4);
  payment.set_payment_method_id("card");
  payment.set_gateway_reference(Numbered("gateway", i));
  return ByAgent(i, verb);
}

DeskInput RefundOneCent(int i) {
  v1::RefundOrder verb;
  verb.set_order_id(std::string(kHub));
  verb.set_cause(v1::REFUND_CAUSE_GOODWILL);
  *verb.mutable_amount() = Dollars(1);
  verb.set_settlement(v1::SETTLEMENT_DONE);
  return ByAgent(i, verb);
}

// Every fourth verification is made in a chat of its own.
bool IsInChat(int i) { return i % 4 == 3; }

std::vector<DeskInput> HistoryOfVerifications(int count) {
  std::vector<DeskInput> history = {CreateCustomer(kHub)};
  for (int i = 0; i < count; ++i) {
    if (IsInChat(i)) history.push_back(StartChat(Numbered("chat", i)));
  }
  return history;
}

DeskInput VerifyIdentity(int i) {
  v1::VerifyIdentity verb;
  verb.set_customer_id(std::string(kHub));
  verb.set_level(1 + i % 2);
  verb.set_method("date of birth, postcode");
  verb.mutable_expire_time()->set_seconds(kBeginSeconds + i + 1'800);
  DeskInput input = ByAgent(i, verb);
  if (IsInChat(i)) input.command.set_interaction_id(Numbered("chat", i));
  return input;
}

DeskInput RecordConsent(int i) {
  v1::RecordConsent verb;
  verb.set_customer_id(std::string(kHub));
  v1::Consent& consent = *verb.mutable_consent();
  consent.set_purpose(i % 4 < 2 ? "marketing" : "recording");
  consent.set_channel(i % 2 == 0 ? "email" : "phone");
  consent.set_answer(i / 4 % 2 == 0 ? v1::Consent::ANSWER_GIVEN : v1::Consent::ANSWER_REFUSED);
  consent.set_evidence("asked on the phone");
  return ByAgent(i, verb);
}

DeskInput AddCaseTask(int i) {
  v1::AddCaseTask verb;
  verb.set_case_id(std::string(kHub));
  v1::FollowUpTask& task = *verb.mutable_task();
  task.set_task_id(Numbered("task", i));
  task.set_title("Call the customer about the lamp");
  if (i % 2 == 0) task.set_assignee_id("agent-1");
  task.mutable_due_time()->set_seconds(kBeginSeconds + i + 86'400);
  return ByAgent(i, verb);
}

// A related case, a chat, a child, a chat.
bool IsLinkWithChat(int i) { return i % 2 == 1; }

std::vector<DeskInput> HistoryOfLinks(int count) {
  std::vector<DeskInput> history = HistoryOfCase(count);
  for (int i = 0; i < count; ++i) {
    const std::string id = Numbered("linked", i);
    history.push_back(IsLinkWithChat(i) ? StartChat(id) : OpenCase(id));
  }
  return history;
}

DeskInput LinkCase(int i) {
  v1::LinkCase verb;
  verb.set_case_id(std::string(kHub));
  const std::string id = Numbered("linked", i);
  if (IsLinkWithChat(i)) {
    *verb.mutable_entity() = Ref(v1::ENTITY_KIND_INTERACTION, id);
  } else {
    verb.mutable_case_link()->set_case_id(id);
    verb.mutable_case_link()->set_kind(i % 4 == 0 ? v1::CaseLink::KIND_RELATED
                                                  : v1::CaseLink::KIND_CHILD);
  }
  return ByAgent(i, verb);
}

// Cases with one part each.
std::vector<DeskInput> HistoryOfMerges(int count) {
  std::vector<DeskInput> history = HistoryOfCase(count);
  for (int i = 0; i < count; ++i) {
    const std::string id = Numbered("merged", i);
    history.push_back(OpenCase(id));
    v1::AddCasePart verb;
    verb.set_case_id(id);
    *verb.mutable_part() = Part(2, 1);
    history.push_back(Before(verb));
  }
  return history;
}

DeskInput MergeCases(int i) {
  v1::MergeCases verb;
  verb.set_case_id(std::string(kHub));
  verb.set_merged_case_id(Numbered("merged", i));
  return ByAgent(i, verb);
}

std::vector<DeskInput> HistoryOfCustomerMerges(int count) {
  std::vector<DeskInput> history = HistoryOfCustomer(count);
  for (int i = 0; i < count; ++i) history.push_back(CreateCustomer(Numbered("merged", i)));
  return history;
}

DeskInput MergeCustomers(int i) {
  v1::MergeCustomers verb;
  verb.set_customer_id(std::string(kHub));
  verb.set_merged_customer_id(Numbered("merged", i));
  return ByAgent(i, verb);
}

constexpr absl::string_view kPolicy = R"pb(
  name: "growth"
  version: "1"
  rule_sets { id: "all" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

std::string Condition(int i) {
  switch (i % 4) {
    case 0:
      return absl::StrCat("customer.tier == '", Numbered("tier", i), "'");
    case 1:
      return absl::StrCat("command.open_case.subject.startsWith('", Numbered("Order", i), "')");
    case 2:
      return absl::StrCat("command.open_case.impact > ", 1'000 + i);
    default:
      return absl::StrCat(
          "customer.state == Customer.State.STATE_CUSTOMER && "
          "command.open_case.queue_id == '",
          Numbered("queue", i), "'");
  }
}

}  // namespace

const std::vector<GrowthList>& GrowthLists() {
  static const std::vector<GrowthList>& lists = *[] {
    const v1::EntityRef customer = Ref(v1::ENTITY_KIND_CUSTOMER, kHub);
    const v1::EntityRef order = Ref(v1::ENTITY_KIND_ORDER, kHub);
    const v1::EntityRef one_case = Ref(v1::ENTITY_KIND_CASE, kHub);
    const v1::EntityRef chat = Ref(v1::ENTITY_KIND_INTERACTION, kHub);
    const v1::EntityRef account = Ref(v1::ENTITY_KIND_ACCOUNT, kHub);
    return new std::vector<GrowthList>{
        {"case_part", one_case, HistoryOfCase, AddCasePart},
        {"chat_part", chat, HistoryOfChat, AddChatPart},
        {"account_entry", account, HistoryOfAccount, MoveValue},
        {"payment", order, HistoryOfOrder, RecordFailedPayment},
        {"refund", order, HistoryOfOrder, RefundOneCent},
        {"verification", customer, HistoryOfVerifications, VerifyIdentity},
        {"consent", customer, HistoryOfCustomer, RecordConsent},
        {"case_task", one_case, HistoryOfCase, AddCaseTask},
        {"case_link", one_case, HistoryOfLinks, LinkCase},
        {"merge", one_case, HistoryOfMerges, MergeCases},
        {"customer_merge", customer, HistoryOfCustomerMerges, MergeCustomers,
         domain::kMaxMergedCustomers},
    };
  }();
  return lists;
}

DeskInput CreateGrowthCustomer(absl::string_view customer_id) {
  return CreateCustomer(customer_id);
}

absl::string_view GrowthPolicyText() { return kPolicy; }

std::string RulesPolicyText(int count) {
  std::string text = R"pb(
    name: "rules"
    version: "1"
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    rule_sets { id: "cases" decision_points: "OpenCase" default_outcome: POLICY_OUTCOME_ALLOW
  )pb";
  for (int i = 0; i < count; ++i) {
    absl::StrAppend(&text, "rules { id: \"", Numbered("rule", i), "\" order: ", i + 1,
                    " condition: \"", Condition(i),
                    "\" outcome: POLICY_OUTCOME_REFUSE reason: \"CASE_NOT_WANTED\" }\n");
  }
  absl::StrAppend(&text, "}\n");
  return text;
}

v1::Command RuledCommand(int i) {
  v1::Command command = OpenCase(Numbered("case", i)).command;
  command.mutable_now()->set_seconds(kBeginSeconds + 1 + i);
  v1::OpenCase& verb = *command.mutable_case_()->mutable_open_case();
  verb.set_impact(1 + i % 3);
  if (i % 2 == 0) verb.set_queue_id("lamps");
  return command;
}

v1::EntityRef RuledCustomer() { return Ref(v1::ENTITY_KIND_CUSTOMER, kHub); }

absl::string_view TotalPolicyText() {
  return R"pb(
    name: "totals"
    totals { name: "credits_30d" commands: "CreditAccount" per: TOTAL_SUBJECT_ACTOR days: 30 }
    rule_sets {
      id: "credits"
      decision_points: "CreditAccount"
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "limit"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "LIMIT"
        condition: "totals.given('credits_30d', 'USD') + command.credit_account.amount > money('1000000 USD')"
      }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  )pb";
}

DeskInput ImportCountedAccount(absl::string_view account_id) {
  v1::ImportAccount verb;
  verb.mutable_source()->set_system("bench");
  v1::Account& account = *verb.mutable_account();
  account.set_account_id(std::string(account_id));
  account.set_kind(v1::Account::KIND_STORE_CREDIT);
  account.set_state(v1::Account::STATE_ACTIVE);
  account.set_customer_id(std::string(kHub));
  *account.mutable_balance() = Dollars(0);
  return Before(verb);
}

DeskInput CreditCounted(int i, absl::string_view account_id) {
  v1::CreditAccount verb;
  verb.set_account_id(std::string(account_id));
  *verb.mutable_amount() = Dollars(100);
  verb.set_cause("goodwill");
  constexpr int kStep = 60;
  return By(MakeActor("agent-0"), i * kStep, verb);
}

}  // namespace frontdesk
