// A CRM with a service desk inside: the customers of its own table, a case with two notes, and a refund that a supervisor
// approves. crm.py does the same in Python and prints the same.
//
//   crm              the desk is kept in a temporary folder
//   crm --db FILE    the desk stays in FILE
#include <stdlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "crm_rows.h"
#include "frontdesk/frontdesk.h"
#include "frontdesk/store/sqlite.h"

namespace {

namespace v1 = frontdesk::v1;

v1::Actor Crm() { return frontdesk::MakeActor("crm", v1::Actor::KIND_SYSTEM); }
v1::Actor Anna() { return frontdesk::MakeActor("anna"); }
v1::Actor Carla() {  // A supervisor.
  return frontdesk::MakeActor("carla", v1::Actor::KIND_AGENT, {}, {"refunds"});
}

// The desk reads no clock. A product hands in its own: absl::Now().
absl::Time At(int minute) {
  return absl::FromUnixSeconds(1'715'785'200) + absl::Minutes(minute);  // 2024-05-15 15:00 UTC.
}

std::string ClockText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%H:%M", absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

// The value. An error ends the program: nothing could be decided or read.
template <typename T>
T Must(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::cerr << result.status() << "\n";
  std::exit(1);
}

// Carries out a command, or previews it, and prints the verdict with the reasons against it.
//
// `key` is the CRM's own for this one request. After a timeout or a crash the same request is sent with the same key: it is
// done once, and the outcome is the remembered one. A refusal is remembered too: whoever asks again on purpose takes a new key.
v1::Outcome Ask(frontdesk::Desk& desk, const std::string& key, int minute, const v1::Actor& actor,
                const google::protobuf::Message& verb, bool preview = false) {
  v1::Command command = frontdesk::MakeCommand(actor, At(minute), verb);
  command.set_idempotency_key(key);
  v1::Outcome outcome = Must(preview ? desk.Preview(command) : desk.Execute(command));
  std::cout << ClockText(command.now()) << " " << actor.actor_id() << ": "
            << verb.GetDescriptor()->name() << " "
            << absl::StripPrefix(v1::Verdict_Name(outcome.verdict()), "VERDICT_")
            << (preview ? ", in a preview" : "") << "\n";
  for (const v1::Refusal& refusal : outcome.refusals()) {
    std::cout << "      " << refusal.reason() << " " << refusal.field() << ": " << refusal.text()
              << "\n";
  }
  if (outcome.has_held()) {
    std::cout << "      " << outcome.held().reason() << ": " << outcome.held().text() << "\n";
  }
  return outcome;
}

// Carries out a command that the rest depends on: any verdict but DONE ends the program.
void Do(frontdesk::Desk& desk, const std::string& key, int minute, const v1::Actor& actor,
        const google::protobuf::Message& verb) {
  if (Ask(desk, key, minute, actor, verb).verdict() != v1::VERDICT_DONE) std::exit(1);
}

// Brings the CRM's customers in. Each keeps the id of its row as an external id.
void ImportPeople(frontdesk::Desk& desk) {
  for (const crm::Person& person : crm::kPeople) {
    Do(desk, absl::StrCat("import-customer-", person.id), 0, Crm(), crm::ToCustomer(person));
    Do(desk, absl::StrCat("import-account-", person.gift_card), 0, Crm(), crm::ToAccount(person));
  }
}

// The customer of a row of the CRM's table; where two were merged, the survivor.
v1::Customer FindCustomer(const frontdesk::Desk& desk, int person_id) {
  v1::FindRequest request;
  *request.mutable_customers()->mutable_external_id() = crm::RowId(person_id);
  const auto response = Must(desk.Find(request));
  if (response->found_size() != 1) {
    std::cerr << "no customer has the row " << person_id << "\n";
    std::exit(1);
  }
  return response->found(0).customer();
}

// A case about the order, with two notes that the customer does not see.
void OpenCase(frontdesk::Desk& desk, const v1::Customer& customer) {
  v1::OpenCase open;
  open.set_case_id("case-1");
  open.set_kind(v1::Case::KIND_COMPLAINT);
  open.set_subject("The lamp arrived broken");
  open.set_customer_id(customer.customer_id());
  *open.add_links() = frontdesk::Ref(v1::ENTITY_KIND_ORDER, crm::kSale.order_id);
  Do(desk, "open-case-1", 2, Anna(), open);
  int number = 0;
  for (const char* text :
       {"The photo shows a crack in the foot.", "She keeps the lamp, and asks for 70 EUR."}) {
    v1::AddCasePart add;
    add.set_case_id("case-1");
    add.mutable_part()->set_part_id(absl::StrCat("note-", ++number));
    add.mutable_part()->set_kind(v1::InteractionPart::KIND_NOTE);
    add.mutable_part()->set_visibility(v1::VISIBILITY_INTERNAL);
    add.mutable_part()->set_text(text);
    Do(desk, absl::StrCat("case-1-note-", number), 2 + number, Anna(), add);
  }
}

// A refund that policy may do, refuse or hold. A supervisor sees what it would pay before she approves it.
void Refund(frontdesk::Desk& desk) {
  v1::RefundOrder refund;
  refund.set_order_id(crm::kSale.order_id);
  refund.set_cause(v1::REFUND_CAUSE_GOODWILL);
  *refund.mutable_amount() = Must(frontdesk::ParseMoney("70.00", "EUR"));
  // The first refund of this order. A second one is another request, with another key.
  const v1::Outcome held =
      Ask(desk, absl::StrCat("refund-", refund.order_id(), "-1"), 5, Anna(), refund);
  // Otherwise it is done already, or refused for the reasons that were printed.
  if (held.verdict() != v1::VERDICT_HELD) return;
  const v1::Explanation explanation = Must(desk.Explain(held.record_id()));
  for (absl::string_view line : absl::StrSplit(explanation.text(), '\n', absl::SkipEmpty())) {
    std::cout << "    | " << line << "\n";
  }
  v1::Approve approve;
  approve.set_approval_id(held.held().approval_id());
  for (const bool preview : {true, false}) {
    const v1::Outcome outcome = Ask(desk, absl::StrCat("carla-approves-", approve.approval_id()), 6,
                                    Carla(), approve, preview);
    for (const v1::Event& event : outcome.events()) {
      if (!event.order().has_order_refunded()) continue;
      const v1::Refund& paid = event.order().order_refunded().refund();
      std::cout << "      " << frontdesk::FormatMoney(paid.amount()) << " to "
                << paid.route().payment_method_id() << "\n";
    }
  }
}

// The worker: does outside what the desk asks for, and reports it. An effect that is not reported, because the worker was killed
// for example, is claimed again when its lease has ended.
void CarryOutEffects(frontdesk::Desk& desk) {
  for (const frontdesk::ClaimedEffect& claimed : Must(desk.ClaimEffects(At(7)))) {
    const v1::Effect& effect = claimed.effect;
    const v1::SendRefund& sent = effect.order().send_refund();
    v1::ReportEffect report;
    *report.mutable_entity() = effect.entity();
    report.set_effect_id(effect.effect_id());
    if (effect.order().has_send_refund()) {
      // Here a product calls its gateway. The effect's id is the key by which the gateway does not pay twice.
      std::cout << "gateway: pay " << frontdesk::FormatMoney(sent.amount()) << " to "
                << sent.route().payment_method_id() << ", key " << effect.effect_id() << "\n";
      report.set_result(v1::EFFECT_RESULT_DONE);
      report.set_reference(absl::StrCat("gateway-", effect.effect_id()));
      v1::RecordPayment record;
      record.set_order_id(effect.entity().id());
      record.mutable_refund()->set_refund_id(sent.refund_id());
      record.mutable_refund()->set_state(v1::Refund::STATE_SUCCEEDED);
      record.mutable_refund()->set_gateway_reference(report.reference());
      Do(desk, absl::StrCat(effect.effect_id(), "-paid"), 7, Crm(), record);
    } else {  // Somebody has to look at it: it becomes a dead letter.
      report.set_result(v1::EFFECT_RESULT_FAILED);
      report.set_code("EFFECT_UNKNOWN");
    }
    Do(desk, absl::StrCat(effect.effect_id(), "-report"), 7, Crm(), report);
  }
}

// Everything that happened about a customer, the oldest first.
void ShowTimeline(const frontdesk::Desk& desk, const v1::Customer& customer) {
  std::cout << "timeline of " << customer.given_name() << " " << customer.family_name() << "\n";
  v1::TimelineRequest request;
  request.set_customer_id(customer.customer_id());
  request.set_oldest_first(true);
  do {
    const v1::Timeline page = Must(desk.Timeline(request));
    for (const v1::TimelineEntry& entry : page.entries()) {
      std::cout << ClockText(entry.event().time()) << " " << entry.event().actor_id() << ": "
                << entry.text() << "\n";
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
}

void Run(const std::string& file) {
  std::ifstream stream(CRM_POLICY);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const frontdesk::PolicyResult read = frontdesk::Policy::FromText(text, CRM_POLICY);
  std::cerr << frontdesk::rules::FormatIssues(
      read.issues);  // Errors, each with its place; also where nothing was read.
  if (read.policy == nullptr) std::exit(1);
  frontdesk::DeskOptions options;
  options.policy = read.policy;
  options.store = Must(frontdesk::store::SqliteStore::Open(file));
  const std::unique_ptr<frontdesk::Desk> desk = Must(frontdesk::Desk::Open(std::move(options)));
  ImportPeople(*desk);
  const v1::Customer customer = FindCustomer(*desk, crm::kSale.person_id);
  Do(*desk, absl::StrCat("import-order-", crm::kSale.order_id), 1, Crm(),
     crm::ToOrder(crm::kSale, customer));
  OpenCase(*desk, customer);
  Refund(*desk);
  CarryOutEffects(*desk);
  ShowTimeline(*desk, customer);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string option = absl::StrJoin(argv + 1, argv + argc, "=");
  absl::string_view file = option;
  if (argc > 3 || (argc > 1 && !absl::ConsumePrefix(&file, "--db="))) {
    std::cerr << "usage: crm [--db FILE]\n";
    return 2;
  }
  if (argc > 1) {
    Run(std::string(file));
    return 0;
  }
  std::string folder = std::filesystem::temp_directory_path() / "crm-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return 1;
  Run(folder + "/crm.db");
  std::filesystem::remove_all(folder);
  return 0;
}
