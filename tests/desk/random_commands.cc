#include "desk/random_commands.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "desk/random_cases.h"
#include "desk/random_joins.h"
#include "desk/random_money.h"
#include "desk/shop.h"
#include "desk/whole_state.h"
#include "domain/importable.h"
#include "frontdesk/domain/command_info.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace testing {

const char kRandomPolicy[] = R"pb(
  name: "random"
  version: "1"
  calendars {
    calendar_id: "short"
    time_zone: "Europe/Berlin"
    weekly_hours { intervals { open: "22:00" close: "23:30" } }
  }
  milestones {
    name: "escalated"
    start_condition: "has(event.case_escalated)"
    end_condition: "case.assignee_id != ''"
    recurrence: RECURRENCE_RECURRING
  }
  milestones {
    name: "handled"
    after_milestone: "escalated"
    end_condition: "has(event.case_task_completed)"
  }
  service_levels {
    level_id: "complaint"
    condition: "case.kind == Case.Kind.KIND_COMPLAINT"
    calendar_id: "short"
    targets {
      target_id: "ack"
      metric: SERVICE_METRIC_ACKNOWLEDGMENT
      duration { seconds: 60 }
    }
    targets { target_id: "total" metric: SERVICE_METRIC_TOTAL_RESOLUTION business_days: 2 }
    targets {
      target_id: "wait"
      metric: SERVICE_METRIC_REQUESTER_WAIT
      duration { seconds: 1200 }
    }
  }
  service_levels {
    level_id: "gold"
    condition: "customer.tier == 'gold' || size(case.tags) > 1"
    targets {
      target_id: "first"
      metric: SERVICE_METRIC_FIRST_REPLY
      duration { seconds: 300 }
      on_change: TARGET_CHANGE_MODE_CUMULATIVE
    }
    targets {
      target_id: "wait"
      metric: SERVICE_METRIC_REQUESTER_WAIT
      duration { seconds: 900 }
      on_change: TARGET_CHANGE_MODE_PINNED
    }
  }
  service_levels {
    level_id: "rest"
    calendar_id: "short"
    targets {
      target_id: "first"
      metric: SERVICE_METRIC_FIRST_REPLY
      duration { seconds: 400 nanos: 5 }
      warnings { seconds: 60 }
    }
    targets {
      target_id: "next"
      metric: SERVICE_METRIC_NEXT_REPLY
      priorities: [ 1, 2 ]
      duration { seconds: 100 }
    }
    targets {
      target_id: "update"
      metric: SERVICE_METRIC_PERIODIC_UPDATE
      duration { seconds: 500 }
    }
    targets {
      target_id: "pausable"
      metric: SERVICE_METRIC_PAUSABLE_UPDATE
      duration { seconds: 500 }
      on_change: TARGET_CHANGE_MODE_CUMULATIVE
    }
    targets {
      target_id: "work"
      metric: SERVICE_METRIC_AGENT_WORK
      duration { seconds: 700 }
      end_condition: "case.assignee_id == 'bob'"
    }
    targets {
      target_id: "escalated"
      metric: SERVICE_METRIC_MILESTONE
      milestone: "escalated"
      duration { seconds: 100 }
    }
    targets {
      target_id: "handled"
      metric: SERVICE_METRIC_MILESTONE
      milestone: "handled"
      duration { seconds: 200 }
    }
  }
  rule_sets {
    id: "refund"
    decision_points: "RefundOrder"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "big"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "BIG"
      authority: "supervisor"
      condition: "assessment.refund_amount.units > 1500"
    }
  }
  rule_sets {
    id: "cancel"
    decision_points: "CancelOrder"
    hit_policy: HIT_POLICY_ALL
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "odd"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "ODD"
      condition: "order.order_id in ['o1', 'o3'] && size(order.lines) > 1"
      details { name: "lines" expression: "order.lines.map(line, line.line_id)" }
    }
    rules {
      id: "shipped"
      order: 2
      outcome: POLICY_OUTCOME_HOLD
      reason: "ON_ITS_WAY"
      authority: "supervisor"
      condition: "order.shipments.exists(s, !s.delivered)"
    }
  }
  rule_sets {
    id: "cases"
    decision_points: [ "ResolveCase", "CancelCase" ]
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "dear"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "DEAR"
      authority: "supervisor"
      condition: "command.resolve_case.remedy_amount.units > 2000"
    }
  }
  rule_sets {
    id: "corrections"
    decision_points: "CorrectResolution"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "dearer"
      order: 1
      outcome: POLICY_OUTCOME_HOLD
      reason: "DEARER"
      authority: "supervisor"
      condition: "assessment.remedy_increase.units > 1000"
    }
  }
  rule_sets {
    id: "messages"
    decision_points: "ReopenOnMessage"
    default_outcome: POLICY_OUTCOME_ALLOW
    rules {
      id: "short"
      order: 1
      outcome: POLICY_OUTCOME_REFUSE
      reason: "THANKS_ONLY"
      condition: "size(command.add_case_part.part.text) % 2 == 0"
    }
  }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
  cases {
    priority_matrix { impact: 1 urgency: 1 priority: 1 }
    priority_matrix { impact: 1 urgency: 2 priority: 1 }
    priority_matrix { impact: 1 urgency: 3 priority: 2 }
    priority_matrix { impact: 2 urgency: 1 priority: 2 }
    priority_matrix { impact: 2 urgency: 2 priority: 3 }
    priority_matrix { impact: 3 urgency: 1 priority: 3 }
    state_names { name: "in work" state: STATE_OPEN }
    state_names { name: "asked back" state: STATE_WAITING_ON_CUSTOMER }
    state_names { name: "with the carrier" state: STATE_WAITING_ON_THIRD_PARTY }
    state_names { name: "settled" state: STATE_RESOLVED }
    state_names { name: "filed" state: STATE_CLOSED }
    state_names { name: "dropped" state: STATE_CANCELED }
    reopen_window { seconds: 100 }
    escalation_chains {
      name: "up"
      basis: ESCALATION_BASIS_AUTHORITY
      steps {
        queue_id: "queue0"
        time_out { seconds: 30 }
      }
      steps { queue_id: "queue1" }
      fallback_queue_id: "queue2"
    }
  }
  attribute_definitions {
    entity_kind: ENTITY_KIND_CUSTOMER
    name: "vip"
    type: TYPE_BOOL
    description: "Is served first"
  }
  attribute_definitions {
    entity_kind: ENTITY_KIND_CASE
    name: "colour"
    type: TYPE_STRING
    allowed_values: "red"
    allowed_values: "blue"
    description: "Of the thing"
  }
  rule_sets { id: "tell" decision_points: "DiscloseCustomer" default_outcome: POLICY_OUTCOME_ALLOW }
  identity_requirements { decision_points: "DiscloseCustomer" min_level: 2 }
)pb";

std::unique_ptr<Desk> OpenRandomDesk(std::shared_ptr<store::Store> store,
                                     absl::string_view policy_text) {
  std::unique_ptr<Desk> desk = MustOpen(policy_text, std::move(store));
  const std::shared_ptr<const Policy> policy = desk->policy();
  v1::PolicyPack second = policy->pack();
  second.set_version("2");
  MustActivate(*desk, Policy::Compile(second).policy, 0);
  MustActivate(*desk, policy, 0);
  return desk;
}

namespace {

using ::google::protobuf::Message;
using v1::Command;

// 9999-12-31T23:59:59Z: a later time is not valid.
constexpr std::int64_t kLastSecond = 253402300799;

constexpr int kBeginning = 60;

// ---- What messages need to make sense, whatever command they come with ------------------------------

void Repair(v1::PaymentMethod* method) {
  method->clear_verify_time();
  method->clear_verification_method();
  if (method->kind() != v1::PaymentMethod::KIND_GIFT_CARD &&
      method->kind() != v1::PaymentMethod::KIND_STORE_CREDIT) {
    method->clear_account_id();
  }
}

void Repair(RandomCommands& random, v1::ItemSelector* item) {
  if (item->line_id().empty() || (!item->variant_id().empty() && random.chance().OneIn(3))) {
    item->clear_line_id();
  } else {
    item->clear_variant_id();
  }
}

void Repair(RandomCommands& random, v1::ItemChange* change) {
  if (!random.chance().OneIn(8)) change->mutable_item()->set_quantity(1);
  if (!change->has_item()) return;
  change->clear_added_quantity();
  Repair(random, change->mutable_item());
}

void Repair(v1::PostalAddress* address) {
  if (address->lines().empty()) address->add_lines("1 Main Street");
}

// ---- Generators ------------------------------------------------------------------------------------

void CreateCustomer(RandomCommands&, Command* command) {
  v1::CreateCustomer* verb = command->mutable_customer()->mutable_create_customer();
  verb->set_given_name("Ann");
  verb->clear_external_ids();
  if (verb->state() != v1::Customer::STATE_CUSTOMER) verb->set_state(v1::Customer::STATE_PROSPECT);
}

// Imports the current state of another entity, as if it came from elsewhere.
void ImportCustomer(RandomCommands& random, Command* command) {
  v1::Customer* customer =
      command->mutable_customer()->mutable_import_customer()->mutable_customer();
  *customer = random.Existing(v1::ENTITY_KIND_CUSTOMER).customer();
  domain::MakeImportable(customer);
  customer->clear_import_source();
  // A zone that the host does not know is kept with a finding.
  if (random.chance().OneIn(6)) customer->mutable_preferences()->set_time_zone("Mars/Base");
  ComeFromElsewhere(command->mutable_customer()->mutable_import_customer()->mutable_source());
}

void ImportOrder(RandomCommands& random, Command* command) {
  v1::Order* order = command->mutable_order()->mutable_import_order()->mutable_order();
  *order = random.Existing(v1::ENTITY_KIND_ORDER).order();
  domain::MakeImportable(order);
  order->clear_import_source();
  ComeFromElsewhere(command->mutable_order()->mutable_import_order()->mutable_source());
}

void ImportAccount(RandomCommands& random, Command* command) {
  v1::Account* account = command->mutable_account()->mutable_import_account()->mutable_account();
  *account = random.Existing(v1::ENTITY_KIND_ACCOUNT).account();
  account->clear_import_source();
  domain::MakeImportable(account);
  account->clear_create_time();
  ComeFromElsewhere(command->mutable_account()->mutable_import_account()->mutable_source());
}

void ChangeAddress(RandomCommands&, Command* command) {
  Repair(command->mutable_customer()->mutable_change_address()->mutable_address());
}

void AddContactPoint(RandomCommands& random, Command* command) {
  v1::AddContactPoint* verb = command->mutable_customer()->mutable_add_contact_point();
  verb->set_contact_point_id(absl::StrCat("cp", random.chance().Below(12)));
  verb->clear_region_code();
  if (verb->kind() == v1::ContactPoint::KIND_EMAIL) {
    verb->set_as_typed(absl::StrCat("ann", random.chance().Below(50), "@example.com"));
  } else if (verb->kind() == v1::ContactPoint::KIND_PHONE) {
    verb->set_as_typed(absl::StrCat("+1 415 555 01", 10 + random.chance().Below(90)));
  } else {
    verb->set_as_typed(absl::StrCat("@ann", random.chance().Below(50)));
    verb->set_service("chirp");
    return;
  }
  verb->clear_service();
}

void AddPaymentMethod(RandomCommands& random, Command* command) {
  v1::PaymentMethod* method =
      command->mutable_customer()->mutable_add_payment_method()->mutable_payment_method();
  Repair(method);
  if (!random.chance().OneIn(4)) {
    method->set_payment_method_id(absl::StrCat("m", random.chance().Below(12)));
  }
}

void RecordConsent(RandomCommands&, Command* command) {
  v1::Consent* consent = command->mutable_customer()->mutable_record_consent()->mutable_consent();
  consent->clear_record_time();
  consent->clear_occur_time();
}

void AddInteractionPart(RandomCommands& random, Command* command) {
  RepairPart(random,
             command->mutable_interaction()->mutable_add_interaction_part()->mutable_part());
}

void LinkInteraction(RandomCommands& random, Command* command) {
  v1::EntityRef* entity =
      command->mutable_interaction()->mutable_link_interaction()->mutable_entity();
  entity->set_kind(random.chance().OneIn(2) ? v1::ENTITY_KIND_CASE : v1::ENTITY_KIND_ORDER);
  entity->set_id(random.AnyId(entity->kind()));
}

void PlaceOrder(RandomCommands& random, Command* command) {
  v1::PlaceOrder* verb = command->mutable_order()->mutable_place_order();
  Command good = testing::PlaceOrder(verb->order_id(), random.chance().OneIn(3) ? "gift" : "card");
  good.mutable_order()->mutable_place_order()->mutable_lines(0)->set_quantity(
      1 + random.chance().Below(3));
  if (random.chance().OneIn(2)) {
    good.mutable_order()->mutable_place_order()->set_settlement(v1::SETTLEMENT_UNSPECIFIED);
  }
  // Half of them with all the trimmings, whose line ids have to fit.
  if (random.chance().OneIn(2)) {
    if (verb->has_tax_rule())
      *good.mutable_order()->mutable_place_order()->mutable_tax_rule() = verb->tax_rule();
    if (verb->has_shipping())
      *good.mutable_order()->mutable_place_order()->mutable_shipping() = verb->shipping();
    good.mutable_order()->mutable_place_order()->set_rounding_level(verb->rounding_level());
    if (!verb->discounts().empty()) {
      *good.mutable_order()->mutable_place_order()->add_discounts() = verb->discounts(0);
      good.mutable_order()->mutable_place_order()->mutable_discounts(0)->clear_line_id();
    }
  }
  *verb = good.order().place_order();
}

void RecordShipment(RandomCommands& random, Command* command) {
  v1::Shipment* shipment = command->mutable_order()->mutable_record_shipment()->mutable_shipment();
  shipment->set_shipment_id(absl::StrCat("s", random.chance().Below(6)));
  shipment->clear_lines();
  shipment->clear_ship_time();
  shipment->clear_deliver_time();
  shipment->clear_delivered();
  const bool whole = !random.chance().OneIn(3);
  for (const v1::OrderLine& line : random.about().order().lines()) {
    if (!whole && random.chance().OneIn(3)) continue;
    v1::LineQuantity* quantity = shipment->add_lines();
    quantity->set_line_id(line.line_id());
    const int ordered = static_cast<int>(std::min<std::int64_t>(line.quantities().ordered(), 9));
    quantity->set_quantity(whole ? line.quantities().ordered() - line.quantities().shipped()
                                 : 1 + random.chance().Below(ordered + 1));
  }
}

void RecordDelivery(RandomCommands& random, Command* command) {
  const v1::Order& order = random.about().order();
  command->mutable_order()->mutable_record_delivery()->clear_deliver_time();
  if (order.shipments().empty()) return;
  command->mutable_order()->mutable_record_delivery()->set_shipment_id(
      order.shipments(random.chance().Below(order.shipments_size())).shipment_id());
}

void ChangeShippingAddress(RandomCommands&, Command* command) {
  Repair(command->mutable_order()->mutable_change_shipping_address()->mutable_address());
}

// One change at least, about one of a line that is there.
template <typename Verb>
void RepairChanges(RandomCommands& random, Verb* verb) {
  if (verb->changes().empty()) verb->add_changes()->set_new_variant_id("a");
  v1::ItemSelector* item = verb->mutable_changes(0)->mutable_item();
  for (v1::ItemChange& change : *verb->mutable_changes()) Repair(random, &change);
  if (random.chance().OneIn(3)) return;
  const v1::Order& order = random.about().order();
  if (order.lines().empty()) return;
  item->Clear();
  item->set_line_id(order.lines(random.chance().Below(order.lines_size())).line_id());
  item->set_quantity(1);
  if (!random.chance().OneIn(4))
    verb->mutable_changes()->DeleteSubrange(1, verb->changes_size() - 1);
}

void ChangeItems(RandomCommands& random, Command* command) {
  RepairChanges(random, command->mutable_order()->mutable_change_items());
}

void RequestReturn(RandomCommands& random, Command* command) {
  v1::RequestReturn* verb = command->mutable_order()->mutable_request_return();
  const v1::Order& order = random.about().order();
  if (!order.lines().empty() && !random.chance().OneIn(4)) {
    verb->clear_items();
    verb->add_items()->set_line_id(
        order.lines(random.chance().Below(order.lines_size())).line_id());
  }
  for (v1::ItemSelector& item : *verb->mutable_items()) {
    Repair(random, &item);
    item.set_quantity(1);
  }
  if (!order.payments().empty() && !random.chance().OneIn(4)) {
    verb->set_payment_method_id(order.payments(0).route().payment_method_id());
  }
}

void RequestExchange(RandomCommands& random, Command* command) {
  RepairChanges(random, command->mutable_order()->mutable_request_exchange());
}

void Approve(RandomCommands& random, Command* command) {
  command->mutable_actor()->set_actor_id("ben");
  command->mutable_desk()->mutable_approve()->set_approval_id(random.LastApproval());
}

void Decline(RandomCommands& random, Command* command) {
  command->mutable_desk()->mutable_decline()->set_approval_id(random.LastApproval());
}

void Withdraw(RandomCommands& random, Command* command) {
  command->mutable_desk()->mutable_withdraw()->set_approval_id(random.LastApproval());
}

// One of the policies that were active.
void ActivatePolicy(RandomCommands& random, Command* command) {
  command->mutable_desk()->mutable_activate_policy()->set_policy_hash(random.AnyPolicy());
}

// A little back, sometimes not at all.
void CorrectEntityTime(RandomCommands& random, Command* command) {
  static constexpr v1::EntityKind kKinds[] = {v1::ENTITY_KIND_CUSTOMER, v1::ENTITY_KIND_INTERACTION,
                                              v1::ENTITY_KIND_ORDER, v1::ENTITY_KIND_ACCOUNT,
                                              v1::ENTITY_KIND_CASE};
  const v1::EntityState state = random.Existing(kKinds[random.chance().Below(5)]);
  v1::CorrectEntityTime* verb = command->mutable_desk()->mutable_correct_entity_time();
  *verb->mutable_entity() = state.entity();
  *verb->mutable_update_time() = state.update_time();
  verb->mutable_update_time()->set_seconds(state.update_time().seconds() -
                                           random.chance().Below(4));
}

// Mostly one of the outbox.
void ReportEffect(RandomCommands& random, Command* command) {
  v1::ReportEffect* verb = command->mutable_desk()->mutable_report_effect();
  const v1::Effect effect = random.AnyEffect();
  *verb->mutable_entity() = effect.entity();
  verb->set_effect_id(effect.effect_id());
  const bool is_failed = verb->result() == v1::EFFECT_RESULT_FAILED;
  verb->set_code(is_failed ? "GATEWAY_DOWN" : "");
}

// The rows of the table of generators: see Generator.
struct GeneratorRow {
  absl::string_view command;
  int weight;
  void (*refine)(RandomCommands& random, Command* command);
};
constexpr GeneratorRow kGenerators[] = {
    {"CreateCustomer", 1, CreateCustomer},
    {"ImportCustomer", 1, ImportCustomer},
    {"ChangeAddress", 1, ChangeAddress},
    {"AddContactPoint", 2, AddContactPoint},
    {"VerifyContactPoint", 1, nullptr},
    {"RemoveContactPoint", 1, nullptr},
    {"AddPaymentMethod", 2, AddPaymentMethod},
    {"VerifyPaymentMethod", 1, nullptr},
    {"RemovePaymentMethod", 1, nullptr},
    {"RecordConsent", 1, RecordConsent},
    {"EditCustomer", 2, EditCustomer},
    {"VerifyIdentity", 2, VerifyIdentity},
    {"DiscloseCustomer", 1, nullptr},
    {"MergeCustomers", 1, MergeCustomers},
    {"UnmergeCustomers", 2, UnmergeCustomers},
    {"ChangeCustomerState", 1, nullptr},
    {"StartInteraction", 2, nullptr},
    {"AddInteractionPart", 3, AddInteractionPart},
    {"LinkInteraction", 1, LinkInteraction},
    {"EndInteraction", 1, nullptr},
    {"WrapUpInteraction", 1, nullptr},
    {"SetInteractionCustomer", 1, nullptr},
    {"PlaceOrder", 4, PlaceOrder},
    {"ImportOrder", 1, ImportOrder},
    {"RecordPayment", 4, RecordPayment},
    {"RecordShipment", 4, RecordShipment},
    {"RecordDelivery", 3, RecordDelivery},
    {"CancelOrder", 1, CancelOrder},
    {"ChangeShippingAddress", 1, ChangeShippingAddress},
    {"ChangePaymentMethod", 2, nullptr},
    {"ChangeItems", 4, ChangeItems},
    {"RequestReturn", 4, RequestReturn},
    {"RequestExchange", 4, RequestExchange},
    {"RefundOrder", 2, RefundOrder},
    {"RequestPayment", 2, RequestPayment},
    {"CancelItems", 3, CancelItems},
    {"RecordDispute", 3, RecordDispute},
    {"AnswerDispute", 2, AnswerDispute},
    {"ImportAccount", 1, ImportAccount},
    {"CreditAccount", 2, nullptr},
    {"DebitAccount", 2, nullptr},
    {"OpenCase", 3, OpenCase},
    {"ClassifyCase", 1, ClassifyCase},
    {"AssignCase", 2, AssignCase},
    {"AddCasePart", 3, AddCasePart},
    {"PauseCase", 2, PauseCase},
    {"ResumeCase", 2, ResumeCase},
    {"ResolveCase", 2, ResolveCase},
    {"ReopenCase", 3, ReopenCase},
    {"CloseCase", 2, CloseCase},
    {"CancelCase", 1, CancelCase},
    {"ImportCase", 1, ImportCase},
    {"PrioritizeCase", 1, PrioritizeCase},
    {"TransferCase", 2, TransferCase},
    {"AcceptCaseTransfer", 2, AcceptCaseTransfer},
    {"DeclineCaseTransfer", 1, AcceptCaseTransfer},
    {"ConsultOnCase", 1, ConsultOnCase},
    {"AnswerCaseConsultation", 2, AnswerCaseConsultation},
    {"NameCaseState", 1, NameCaseState},
    {"LinkCase", 2, LinkCase},
    {"UnlinkCase", 1, UnlinkCase},
    {"AddCaseTask", 2, AddCaseTask},
    {"CompleteCaseTask", 1, CompleteCaseTask},
    {"RemoveCaseTask", 1, RemoveCaseTask},
    {"MergeCases", 3, MergeCases},
    {"UnmergeCases", 2, UnmergeCases},
    {"SplitCase", 2, SplitCase},
    {"UnsplitCase", 2, UnsplitCase},
    {"EscalateCase", 2, EscalateCase},
    {"ReferCase", 2, ReferCase},
    {"SetCaseCustomer", 1, nullptr},
    {"ChangeCaseSubject", 1, ChangeCaseSubject},
    {"WithdrawReferral", 3, WithdrawReferral},
    {"CorrectResolution", 2, CorrectResolution},
    {"ChangeCaseExternalIds", 2, ChangeCaseExternalIds},
    {"AddCaseParticipant", 2, AddCaseParticipant},
    {"RemoveCaseParticipant", 1, RemoveCaseParticipant},
    {"Approve", 3, Approve},
    {"Decline", 1, Decline},
    {"CorrectEntityTime", 1, CorrectEntityTime},
    {"ActivatePolicy", 1, ActivatePolicy},
    {"ReportEffect", 2, ReportEffect},
    {"Withdraw", 1, Withdraw},
};

// The message of the command in its envelope, created where it is not there.
Message* MutableMessage(Command* command, const domain::CommandInfo& info) {
  const auto child = [](Message* parent, absl::string_view field) {
    return parent->GetReflection()->MutableMessage(
        parent, parent->GetDescriptor()->FindFieldByName(std::string(field)));
  };
  return child(child(command, info.arm), info.field);
}

// Sets the field that holds the id of the addressed entity.
void SetId(const domain::CommandInfo& info, const std::string& id, Command* command) {
  Message* message = MutableMessage(command, info);
  const std::vector<std::string> parts = absl::StrSplit(info.id_path, '.');
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    message = message->GetReflection()->MutableMessage(
        message, message->GetDescriptor()->FindFieldByName(parts[i]));
  }
  message->GetReflection()->SetString(message,
                                      message->GetDescriptor()->FindFieldByName(parts.back()), id);
}

}  // namespace

absl::Span<const Generator> Generators() {
  static const auto* const generators = [] {
    auto* made = new std::vector<Generator>;
    for (const GeneratorRow& row : kGenerators) {
      made->push_back({domain::FindCommandByName(row.command), row.weight, row.refine});
    }
    return made;
  }();
  return *generators;
}

v1::EntityState RandomCommands::Existing(v1::EntityKind kind) {
  // A few tries: not every id has an entity.
  for (int i = 0; i < 4; ++i) {
    v1::EntityRef entity;
    entity.set_kind(kind);
    entity.set_id(AnyId(kind));
    absl::StatusOr<v1::EntityState> state = GetWhole(*desk_, entity);
    if (state.ok()) return *std::move(state);
  }
  return v1::EntityState();
}

std::string RandomCommands::AnyId(v1::EntityKind kind) {
  const std::vector<std::string>& ids = EntityIds(kind);
  return ids[static_cast<std::size_t>(chance_->Below(static_cast<int>(ids.size())))];
}

std::string RandomCommands::AddressedId(v1::EntityKind kind, bool creates) {
  v1::EntityRef entity;
  entity.set_kind(kind);
  for (int i = 0; i < 4; ++i) {
    entity.set_id(AnyId(kind));
    absl::StatusOr<v1::EntityState> state = GetWhole(*desk_, entity);
    about_ = state.ok() ? *std::move(state) : v1::EntityState();
    if (creates != about_.has_entity()) break;
    if (chance_->OneIn(4)) break;
  }
  return entity.id();
}

std::string RandomCommands::AnyPolicy() {
  LogPage page;
  page.page_size = 3;
  const auto events = desk_->History(Ref(v1::ENTITY_KIND_DESK, "desk"), page);
  if (!events.ok() || events->empty()) return "none";
  const v1::Event& event = (*events)[chance_->Below(static_cast<int>(events->size()))];
  return event.desk().policy_activated().policy().hash();
}

std::string RandomCommands::LastApproval() {
  LogPage page;
  page.after = journal_seen_;
  page.page_size = 10'000;
  const auto journal = desk_->Journal(page);
  if (!journal.ok()) return last_approval_;
  for (const v1::JournalRecord& record : *journal) {
    journal_seen_ = record.sequence();
    if (record.verdict() == v1::VERDICT_HELD) last_approval_ = record.record_id();
  }
  return last_approval_;
}

v1::Effect RandomCommands::AnyEffect() {
  constexpr int kFew = 20;
  LogPage page;
  page.page_size = kFew;
  const auto pending = desk_->PendingEffects(page);
  if (!pending.ok() || pending->empty()) return v1::Effect();
  return (*pending)[chance().Below(static_cast<int>(pending->size()))].effect;
}

v1::Command RandomCommands::Next() {
  static const int total = [] {
    int sum = 0;
    for (const Generator& generator : Generators()) sum += generator.weight;
    return sum;
  }();
  const auto choose = [&] {
    int chosen = chance_->Below(total);
    for (const Generator& generator : Generators()) {
      chosen -= generator.weight;
      if (chosen < 0) return generator.command;
    }
    return Generators()[0].command;
  };
  const domain::CommandInfo* info = choose();
  // In the beginning there is little to be asked about.
  for (int i = 0; given_ < kBeginning && i < 3 && !info->creates; ++i) info = choose();
  ++given_;
  return Next(*info);
}

v1::Command RandomCommands::Next(const domain::CommandInfo& info) {
  const std::string id = AddressedId(info.entity_kind, info.creates);

  v1::Command command = By("anna", seconds_ += chance_->Below(3));
  MessageFiller filler(chance_);
  filler.SetNow(seconds_);
  filler.Know(about_);
  filler.Fill(MutableMessage(&command, info));
  Wrap(&command);
  // Refined, filled as it comes, or damaged.
  const auto generator = std::find_if(Generators().begin(), Generators().end(),
                                      [&](const Generator& g) { return g.command == &info; });
  if (!chance_->OneIn(16) && generator != Generators().end() && generator->refine != nullptr) {
    SetId(info, id, &command);
    generator->refine(*this, &command);
  }
  if (info.arm != "desk") SetId(info, id, &command);
  const google::protobuf::Timestamp now = command.now();
  if (chance_->OneIn(16)) filler.Mutate(&command);
  // A clock that is far ahead would bar the entities for the rest of the run.
  if (command.now().seconds() > now.seconds() && command.now().seconds() <= kLastSecond) {
    *command.mutable_now() = now;
  }
  return command;
}

void RandomCommands::Wrap(v1::Command* command) {
  static constexpr const char* kActors[] = {"anna", "anna", "ben", "c1"};
  v1::Actor* actor = command->mutable_actor();
  actor->set_actor_id(kActors[chance_->Below(4)]);
  actor->set_kind(actor->actor_id() == "c1" ? v1::Actor::KIND_CUSTOMER : v1::Actor::KIND_AGENT);
  if (actor->actor_id() != "anna") actor->add_authorities("supervisor");
  if (chance_->OneIn(8)) command->set_idempotency_key(absl::StrCat("key", chance_->Below(200)));
  if (chance_->OneIn(8)) {
    command->set_expected_version(about_.version() + (chance_->OneIn(4) ? 1 : 0));
  }
  if (chance_->OneIn(8)) command->set_interaction_id(AnyId(v1::ENTITY_KIND_INTERACTION));
  if (chance_->OneIn(8)) command->set_note("why");
  if (chance_->OneIn(16)) {
    command->set_late_entry(true);
    command->mutable_now()->set_seconds(command->now().seconds() - chance_->Below(1000));
  } else if (chance_->OneIn(16)) {
    // Up to twice the skew of clocks.
    command->mutable_now()->set_seconds(command->now().seconds() - chance_->Below(120));
  }
}

v1::Facts RandomCommands::NextFacts(const v1::Command& command) {
  if (!chance_->OneIn(16)) return FactsFor(command);
  v1::Facts facts;
  if (chance_->OneIn(2)) return facts;
  facts = Catalog();
  MessageFiller filler(chance_);
  filler.Know(facts);
  filler.Mutate(facts.mutable_catalog());
  return facts;
}

}  // namespace testing
}  // namespace frontdesk
