// Personal data is planted in every field that may hold some. It never appears in a Status, a
// refusal, a trace, an explanation or on stderr, whatever is asked under whatever policy. The text
// of a policy is its author's, and appears in traces and issues as it was written.
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "desk/nosy_policy.h"
#include "desk/planter.h"
#include "desk/random_commands.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/parse.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/rules/decision.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::AllTexts;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::FactsFor;
using ::frontdesk::testing::FindPersonal;
using ::frontdesk::testing::FindPlanted;
using ::frontdesk::testing::Nosiness;
using ::frontdesk::testing::NosyPolicy;
using ::frontdesk::testing::Plant;
using ::frontdesk::testing::Planting;
using ::frontdesk::testing::RandomCommands;
using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;

// Shops, and commands of each verb in each.
constexpr int kFewestShops = 12;
constexpr int kMostShops = 120;
constexpr int kTries = 8;

// The chain that EscalateCase of the random commands follows.
constexpr absl::string_view kChain = R"pb(
  cases {
    escalation_chains {
      name: "up"
      basis: ESCALATION_BASIS_SKILL
      steps { queue_id: "queue0" }
      steps { queue_id: "queue1" }
      fallback_queue_id: "queue2"
    }
  }
)pb";

// ---- What is looked through -----------------------------------------------------------------------

class PersonalDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    desk_ = testing::MustOpen();
    testing::OpenShop(*desk_);
    ::testing::internal::CaptureStderr();
  }
  void TearDown() override { EXPECT_EQ(::testing::internal::GetCapturedStderr(), ""); }

  // Neither a Status nor a refusal repeats anything of the input, personal or not.
  void ScanStatus(const absl::Status& status) {
    if (status.ok()) return;
    ++failed_;
    // The error about an entity that is not there names its id, and nothing personal.
    const bool names_id = GetReason(status) == kReasonEntityNotFound;
    const auto find = names_id ? FindPersonal : FindPlanted;
    EXPECT_EQ(find(status.ToString()), "") << status;
    for (const std::string& text : AllTexts(GetErrorDetail(status).value())) {
      EXPECT_EQ(find(text), "") << text;
    }
  }

  void Scan(const google::protobuf::Message& told) {
    for (const std::string& text : AllTexts(told)) EXPECT_EQ(FindPersonal(text), "") << text;
  }

  void ScanOutcome(const absl::StatusOr<v1::Outcome>& outcome) {
    if (!outcome.ok()) return ScanStatus(outcome.status());
    ++verdicts_[outcome->verdict()];
    const v1::Outcome told = testing::WithoutWhatHostsNeed(*outcome);
    for (const v1::Refusal& refusal : told.refusals()) {
      EXPECT_EQ(FindPlanted(refusal.reason()), "");
      EXPECT_EQ(FindPlanted(refusal.field()), "");
      // A refusal that nothing of that id exists, or that it does, names the id.
      const bool names_id = refusal.origin() == v1::Refusal::ORIGIN_NOT_FOUND ||
                            absl::EndsWith(refusal.reason(), "_EXISTS");
      const auto find = names_id ? FindPersonal : FindPlanted;
      EXPECT_EQ(find(refusal.text()), "") << refusal.text();
    }
    Scan(told);
    EXPECT_EQ(FindPersonal(rules::FormatDecision(outcome->decision())), "");
  }

  void ExecuteAndScan(Desk& desk, const v1::Command& command) {
    ScanOutcome(desk.Preview(command, FactsFor(command)));
    const auto outcome = desk.Execute(command, FactsFor(command));
    ScanOutcome(outcome);
    if (!outcome.ok() || outcome->record_id().empty()) return;
    const auto explanation = desk.Explain(outcome->record_id());
    ASSERT_TRUE(explanation.ok());
    Scan(*explanation);
  }

  std::unique_ptr<Desk> desk_;
  std::map<int, int> verdicts_;
  int failed_ = 0;
};

TEST_F(PersonalDataTest, ThePlanterPlantsAndFinds) {
  v1::ImportCustomer verb;
  Plant(Planting::kEverything, &verb);
  EXPECT_NE(FindPersonal(verb.customer().family_name()), "");
  EXPECT_NE(FindPersonal(verb.customer().addresses(0).address().lines(0)), "");
  EXPECT_NE(FindPersonal(verb.customer().payment_methods(0).gateway_token()), "");
  EXPECT_EQ(FindPersonal(verb.customer().tier()), "");
  EXPECT_NE(FindPlanted(verb.customer().tier()), "");
  EXPECT_EQ(FindPersonal("call 415-555-0137"), "");
  EXPECT_NE(FindPersonal("call +1 415-555-0137"), "");
  EXPECT_NE(FindPersonal("QUASTENBERG"), "");
}

TEST_F(PersonalDataTest, DoneRefusedOrMalformedNothingIsRevealed) {
  // Nothing is held here, so nothing is approved.
  std::map<std::string, int> done = {{"Approve", 1}, {"Decline", 1}, {"Withdraw", 1}};
  Chance chance(4711);
  // Many short-lived shops: in an old one all orders are at their end. More of them for verbs that
  // were not done so far.
  for (int shop = 0; shop < kMostShops; ++shop) {
    desk_ = testing::OpenRandomDesk(nullptr, absl::StrCat(testing::kAllowAll, kChain));
    testing::OpenShop(*desk_);
    RandomCommands commands(&chance, desk_.get());
    for (int i = 0; i < kTries; ++i) {
      bool all_done = true;
      for (const domain::CommandInfo& info : domain::Commands()) {
        int& times = done[std::string(info.name)];
        all_done = all_done && times > 0;
        v1::Command command = commands.Next(info);
        Plant(Planting::kKeepForm, &command);
        const int before = verdicts_[v1::VERDICT_DONE];
        ExecuteAndScan(*desk_, command);
        times += verdicts_[v1::VERDICT_DONE] - before;
        if (i > 1) continue;
        // Every field of it, most of which make no sense then.
        Plant(Planting::kEverything, &command);
        ExecuteAndScan(*desk_, command);
        command.mutable_actor()->clear_kind();
        command.set_note("Quastenberg \xff");
        ExecuteAndScan(*desk_, command);
      }
      if (all_done && shop >= kFewestShops) shop = kMostShops;
    }
  }
  EXPECT_GT(verdicts_[v1::VERDICT_REFUSED], kTries);
  EXPECT_GT(failed_, kTries);
  for (const auto& [name, times] : done) EXPECT_GT(times, 0) << name << " was never done";
}

// The inputs of all entities, with every text of every message planted: no desk is needed to decide on them.
std::vector<v1::DecisionInput> PlantedInputs() {
  std::vector<v1::DecisionInput> inputs;
  const Descriptor* type = v1::DecisionInput::descriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    if (type->field(i)->containing_oneof() == nullptr) continue;
    v1::DecisionInput& input = inputs.emplace_back();
    google::protobuf::Message* arm = input.GetReflection()->MutableMessage(&input, type->field(i));
    Plant(Planting::kEverything, arm);
    const FieldDescriptor* now = arm->GetDescriptor()->FindFieldByName("now");
    arm->GetReflection()->MutableMessage(arm, now)->CopyFrom(testing::At(0));
  }
  return inputs;
}

TEST_F(PersonalDataTest, PolicyThatReadsItAllRevealsNothing) {
  const std::vector<v1::DecisionInput> inputs = PlantedInputs();
  ASSERT_GT(inputs.size(), 4u);
  int fired = 0, erred = 0, handed_out = 0;
  // Each time another condition and another detail for each field.
  for (std::size_t first = 0; first < testing::NosyShapeCount(); first += 4) {
    const auto outcome = first % 8 == 0 ? v1::POLICY_OUTCOME_REFUSE : v1::POLICY_OUTCOME_HOLD;
    for (const Nosiness nosiness : {Nosiness::kReads, Nosiness::kErrs}) {
      const auto policy = NosyPolicy(outcome, nosiness, first);
      ASSERT_NE(policy, nullptr);
      for (const v1::DecisionInput& input : inputs) {
        const absl::StatusOr<v1::Decision> decision = policy->Decide(input);
        ASSERT_TRUE(decision.ok()) << decision.status();
        for (const v1::RuleTrace& rule : decision->rules()) {
          fired += rule.result() == v1::RuleTrace::RESULT_FIRED ? 1 : 0;
          erred += rule.result() == v1::RuleTrace::RESULT_ERROR ? 1 : 0;
          handed_out += rule.details_size();
        }
        Scan(*decision);
        EXPECT_EQ(FindPersonal(rules::FormatDecision(*decision)), "");
      }
    }
  }
  EXPECT_GT(fired, 1000);
  EXPECT_GT(erred, 1000);
  EXPECT_GT(handed_out, 1000);
}

TEST_F(PersonalDataTest, OutcomesAndExplanationsUnderSuchAPolicyRevealNothing) {
  Chance chance(4712);
  RandomCommands commands(&chance, desk_.get());
  for (int i = 0; i < 300; ++i) {
    v1::Command command = commands.Next();
    Plant(Planting::kKeepForm, &command);
    desk_->Execute(command, FactsFor(command)).status().IgnoreError();
  }
  for (const auto& policy : {NosyPolicy(v1::POLICY_OUTCOME_REFUSE, Nosiness::kErrs, 0, 16),
                             NosyPolicy(v1::POLICY_OUTCOME_HOLD, Nosiness::kReads, 0, 16)}) {
    ASSERT_NE(policy, nullptr);
    const auto fork = desk_->Fork(nullptr, policy);
    ASSERT_TRUE(fork.ok());
    for (const domain::CommandInfo& info : domain::Commands()) {
      v1::Command command = commands.Next(info);
      Plant(Planting::kKeepForm, &command);
      ExecuteAndScan(**fork, command);
    }
  }
  EXPECT_GT(verdicts_[v1::VERDICT_REFUSED], 0);
  EXPECT_GT(verdicts_[v1::VERDICT_HELD], 0);
}

// A number, an instant or an amount of the company's own may say as much of a person as a text.
TEST_F(PersonalDataTest, CustomAttributesOfAnyTypeAreMasked) {
  desk_ = testing::MustOpen(R"pb(
    name: "attributes"
    rule_sets {
      id: "nosy"
      decision_points: "DiscloseCustomer"
      hit_policy: HIT_POLICY_ALL
      default_outcome: POLICY_OUTCOME_ALLOW
      rules {
        id: "number"
        order: 1
        outcome: POLICY_OUTCOME_REFUSE
        reason: "NUMBER"
        condition: "customer.attributes.exists(a, a.name == 'ssn' && a.int_value > 0)"
        details { name: "value" expression: "customer.attributes[3].int_value" }
      }
      rules {
        id: "time"
        order: 2
        outcome: POLICY_OUTCOME_REFUSE
        reason: "TIME"
        condition: "customer.attributes.exists(a, a.name == 'born' && a.time_value < now)"
        details { name: "value" expression: "customer.attributes[0].time_value" }
      }
      rules {
        id: "money"
        order: 3
        outcome: POLICY_OUTCOME_REFUSE
        reason: "MONEY"
        condition: "customer.attributes[2].money_value.units > 1"
        details { name: "value" expression: "customer.attributes[2].money_value.units" }
      }
      rules {
        id: "flag"
        order: 4
        outcome: POLICY_OUTCOME_REFUSE
        reason: "FLAG"
        condition: "customer.attributes[1].bool_value"
        details { name: "value" expression: "customer.attributes[1].bool_value" }
      }
      rules {
        id: "readers"
        order: 5
        outcome: POLICY_OUTCOME_REFUSE
        reason: "READERS"
        condition: "customer.attributes.flag('ill') && customer.attributes.number('ssn') > 1"
                   " && customer.attributes.time('born') < now"
                   " && customer.attributes.money('income').units > 1"
        details { name: "a" expression: "customer.attributes.flag('ill')" }
        details { name: "b" expression: "customer.attributes.number('ssn')" }
        details { name: "c" expression: "customer.attributes.time('born')" }
        details { name: "d" expression: "customer.attributes.money('income')" }
        details { name: "e" expression: "customer.attributes.money('income').units + 1" }
        details { name: "f" expression: "[customer.attributes.money('income')].map(m, m.units)" }
        details { name: "g" expression: "string(customer.attributes.money('income').units)" }
      }
    }
    rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
    attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "ssn" type: TYPE_INT }
    attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "born" type: TYPE_TIME }
    attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "income" type: TYPE_MONEY }
    attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "ill" type: TYPE_BOOL }
  )pb");
  v1::Command create = testing::By("anna");
  create.mutable_customer()->mutable_create_customer()->set_customer_id("c7");
  create.mutable_customer()->mutable_create_customer()->set_given_name("Ann");
  testing::MustDo(*desk_, create);
  v1::Command edit = testing::By("anna", 1);
  edit.mutable_customer()->mutable_edit_customer()->set_customer_id("c7");
  edit.mutable_customer()->mutable_edit_customer()->set_base_version(1);
  const auto add = [&edit](const char* name) {
    v1::Attribute* attribute =
        edit.mutable_customer()->mutable_edit_customer()->add_set_attributes();
    attribute->set_name(name);
    return attribute;
  };
  // They are kept by name.
  add("born")->mutable_time_value()->set_seconds(331'430'400);  // 1980-07-03
  add("ill")->set_bool_value(true);
  v1::Money* income = add("income")->mutable_money_value();
  income->set_units(7'654'321);
  income->set_currency_code("USD");
  add("ssn")->set_int_value(123456789);
  testing::MustDo(*desk_, edit);

  v1::Command disclose = testing::By("anna", 2);
  disclose.mutable_customer()->mutable_disclose_customer()->set_customer_id("c7");
  disclose.mutable_customer()->mutable_disclose_customer()->add_topics("file");
  const auto outcome = desk_->Execute(disclose);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  ASSERT_EQ(outcome->refusals_size(), 5);
  for (const v1::Refusal& refusal : outcome->refusals()) {
    for (const v1::DetailValue& detail : refusal.details()) {
      EXPECT_EQ(detail.value(), "<personal>") << refusal.reason() << " " << detail.name();
    }
  }
  const auto explanation = desk_->Explain(outcome->record_id());
  ASSERT_TRUE(explanation.ok());
  std::vector<std::string> told = AllTexts(*explanation);
  for (const std::string& text : AllTexts(*outcome)) told.push_back(text);
  told.push_back(rules::FormatDecision(outcome->decision()));
  int masked = 0;
  for (const std::string& text : told) {
    masked += absl::StrContains(text, "<personal>") ? 1 : 0;
    for (const char* value :
         {"123456789", "1980", "331430400", "7654321", "76543", "USD", "true"}) {
      EXPECT_FALSE(absl::StrContains(text, value)) << text;
    }
  }
  EXPECT_GT(masked, 4);
}

// One event of each kind, of which no field is set.
std::vector<v1::Event> EmptyEvents() {
  std::vector<v1::Event> events;
  const Descriptor& type = *v1::Event::descriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* arm = type.field(i);
    if (arm->real_containing_oneof() == nullptr) continue;
    for (int k = 0; k < arm->message_type()->field_count(); ++k) {
      v1::Event event;
      google::protobuf::Message* of_entity = event.GetReflection()->MutableMessage(&event, arm);
      of_entity->GetReflection()->MutableMessage(of_entity, arm->message_type()->field(k));
      events.push_back(std::move(event));
    }
  }
  return events;
}

TEST_F(PersonalDataTest, DecideAndEvolveRevealNothing) {
  const std::shared_ptr<const Policy> policy =
      NosyPolicy(v1::POLICY_OUTCOME_REFUSE, Nosiness::kErrs);
  ASSERT_NE(policy, nullptr);
  Chance chance(4713);
  RandomCommands commands(&chance, desk_.get());
  int decided = 0, not_folded = 0;
  for (const domain::CommandInfo& info : domain::Commands()) {
    v1::Command command = commands.Next(info);
    v1::DecisionInput input;
    const Descriptor* type = domain::DecisionInputDescriptor(info.entity_kind);
    for (int i = 0; type != nullptr && i < v1::DecisionInput::descriptor()->field_count(); ++i) {
      const FieldDescriptor* arm = v1::DecisionInput::descriptor()->field(i);
      if (arm->message_type() != type) continue;
      Plant(Planting::kEverything, input.GetReflection()->MutableMessage(&input, arm));
    }
    Plant(Planting::kKeepForm, &command);
    ScanOutcome(Decide(input, command, *policy));
    Plant(Planting::kEverything, &command);
    ScanOutcome(Decide(input, command, *policy));
    ++decided;
    // Every event, folded into states that it does not fit.
    for (v1::Event event : EmptyEvents()) {
      Plant(Planting::kEverything, &event);
      event.mutable_entity()->set_kind(info.entity_kind);
      event.clear_version();
      v1::EntityState state;
      if (decided % 2 == 0) {
        state.set_version(1);
        *state.mutable_entity() = event.entity();
      }
      const absl::Status folded = Evolve(event, &state);
      not_folded += folded.ok() ? 0 : 1;
      ScanStatus(folded);
    }
  }
  EXPECT_GT(not_folded, decided);
}

TEST_F(PersonalDataTest, ParsingRevealsNothing) {
  v1::Command command = testing::By("anna");
  command.mutable_customer()->mutable_import_customer();
  Plant(Planting::kEverything, &command);
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(command, &json).ok());
  ASSERT_NE(FindPersonal(json), "");
  std::vector<std::string> texts = {json + "}",
                                    json + "Quastenberg",
                                    "{\"Quastenberg\": 1}",
                                    "{\"note\": {\"Quastenberg\": 1}}",
                                    "{\"actor\": \"Quastenberg\"}",
                                    "{\"now\": \"Quastenberg\"}",
                                    "{\"actor\": {\"kind\": \"Quastenberg\"}}",
                                    "{\"note\": \"Quastenberg\\ud800\"}"};
  for (std::size_t i = 1; i < json.size(); i += 97) texts.push_back(json.substr(0, i));
  for (const std::string& text : texts) {
    v1::Command read;
    const absl::Status status = ParseJson(text, &read);
    EXPECT_FALSE(status.ok()) << text;
    ScanStatus(status);
  }
  const std::string bytes = command.SerializeAsString();
  for (std::size_t i = 1; i < bytes.size(); i += 53) {
    v1::Command read;
    ScanStatus(ParseBytes(bytes.substr(0, i), &read));
    ScanStatus(ParseBytes(std::string(bytes).replace(i, 1, 1, '\xff'), &read));
  }
}

std::vector<const FieldDescriptor*> Arms(const Descriptor& type) {
  std::vector<const FieldDescriptor*> arms;
  for (int i = 0; i < type.field_count(); ++i) {
    const bool in_oneof = type.field(i)->real_containing_oneof() != nullptr;
    if (in_oneof || type.full_name() != v1::FindRequest::descriptor()->full_name()) {
      arms.push_back(type.field(i));
    }
  }
  return arms;
}

TEST_F(PersonalDataTest, LookupsRevealNothing) {
  v1::EntityRef entity;
  Plant(Planting::kEverything, &entity);
  for (int kind = 0; kind <= v1::EntityKind_MAX + 1; ++kind) {
    entity.set_kind(static_cast<v1::EntityKind>(kind));
    ScanStatus(desk_->Get(entity).status());
    ScanStatus(desk_->History(entity).status());
  }
  ScanStatus(desk_->GetRecord(entity.id()).status());
  ScanStatus(desk_->Explain(entity.id()).status());
  ScanStatus(desk_->AcknowledgeEffect(entity.id()));
  RetryOptions retry;
  ScanStatus(desk_->RetryEffect(entity.id(), 1, absl::UnixEpoch(), retry).status());
  retry.code = entity.id() + "\xff";
  ScanStatus(desk_->RetryEffect(entity.id(), 1, absl::UnixEpoch(), retry).status());
  ScanStatus(desk_->ExtendLease(entity.id(), 1, absl::UnixEpoch()));
  ScanStatus(desk_->ReviveEffect(entity.id()));
  for (int kind = 0; kind <= v1::EntityKind_MAX + 1; ++kind) {
    entity.set_kind(static_cast<v1::EntityKind>(kind));
    ScanStatus(desk_->CustomerView(entity).status());
  }
  ScanStatus(desk_->OpenFile(entity.id(), FileOptions()).status());
  ScanStatus(desk_->FindDuplicates(entity.id()).status());
  const int failed = failed_;
  // Every query with every text planted, and pages of other queries.
  for (const FieldDescriptor* query : Arms(*v1::FindRequest::descriptor())) {
    v1::FindRequest request;
    request.GetReflection()->MutableMessage(&request, query);
    Plant(Planting::kKeepForm, &request);
    ScanStatus(desk_->Find(request).status());
    google::protobuf::Message* asked = request.GetReflection()->MutableMessage(&request, query);
    for (const FieldDescriptor* one : Arms(*asked->GetDescriptor())) {
      asked->Clear();
      if (one->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Plant(Planting::kEverything, asked->GetReflection()->MutableMessage(asked, one));
      } else if (one->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !one->is_repeated()) {
        asked->GetReflection()->SetString(asked, one, testing::PersonalText());
      }
      request.set_page_token("");
      ScanStatus(desk_->Find(request).status());
      request.set_page_token(testing::PersonalText());
      ScanStatus(desk_->Find(request).status());
    }
  }
  EXPECT_GT(failed_, failed + 10);
  EXPECT_GT(failed, 15);
}

}  // namespace
}  // namespace frontdesk
