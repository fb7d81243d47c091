// The fault desk of a broadband company: an outage and the 50 faults that it caused. fault_desk.py does the same in Python, and prints
// the same.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "digest.h"
#include "frontdesk/frontdesk.h"

namespace {

namespace v1 = frontdesk::v1;

constexpr int kFaults = 50;
const v1::Actor kMonitor = frontdesk::MakeActor("monitor", v1::Actor::KIND_SYSTEM);
const v1::Actor kAnna = frontdesk::MakeActor("anna");
const v1::Actor kCarla =
    frontdesk::MakeActor("carla", v1::Actor::KIND_AGENT, {}, {"credits"});  // A supervisor.

// The value. An error ends the program: nothing could be decided or read.
template <typename T>
T Must(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::cerr << result.status() << "\n";
  std::exit(1);
}

v1::Money Euros(int cents) {
  v1::Money money;
  money.set_units(cents);
  money.set_currency_code("EUR");
  return money;
}

// One day of the desk. The digest covers every outcome.
class FaultDesk {
 public:
  explicit FaultDesk(frontdesk::Desk& desk) : desk_(desk) {}

  // The monitoring sees it first, before any customer calls.
  void BeginOutage() {
    v1::OpenCase outage;
    outage.set_case_id("outage-1");
    outage.set_kind(v1::Case::KIND_TROUBLE);
    outage.set_subject("No line in the district of Holm");
    outage.set_queue_id("first line");
    outage.set_impact(1);
    outage.set_urgency(1);
    Say(kMonitor, outage);
    v1::ClassifyCase classify;
    classify.set_case_id("outage-1");
    classify.add_add_tags("outage");
    Say(kMonitor, classify);
  }

  // Fifty customers call. Each gets a case of their own, which is caused by the outage.
  void TakeFaults() {
    std::map<int, int> priorities;
    for (int number = 1; number <= kFaults; ++number) {
      v1::CreateCustomer create;
      create.set_customer_id(absl::StrCat("c-", number));
      create.set_family_name(absl::StrCat("Holm ", number));
      Ask(kAnna, create);
      v1::OpenCase fault;
      fault.set_case_id(absl::StrCat("fault-", number));
      fault.set_kind(v1::Case::KIND_TROUBLE);
      fault.set_subject("No line");
      fault.set_customer_id(create.customer_id());
      fault.set_impact(2);
      fault.set_urgency(number % 5 == 0 ? 1 : 2);
      Ask(kAnna, fault);
      v1::LinkCase link;
      link.set_case_id(fault.case_id());
      link.mutable_case_link()->set_kind(v1::CaseLink::KIND_CAUSED_BY);
      link.mutable_case_link()->set_case_id("outage-1");
      Ask(kAnna, link);
      ++priorities[Case(fault.case_id()).priority()];
    }
    for (const auto& [priority, count] : priorities) {
      std::cout << Clock() << " " << count << " faults of priority " << priority << "\n";
    }
  }

  // Along the chain of the policy. Nobody answers within the time of the first step; nobody is at the second.
  void Escalate() {
    v1::EscalateCase escalate;
    escalate.set_case_id("outage-1");
    escalate.set_chain("network");
    Say(kAnna, escalate);
    Wait(30);
    const v1::CaseEscalation place = Case("outage-1").escalation();
    if (absl::FromUnixSeconds(place.due_time().seconds()) > now_)
      return;  // A worker of the host looks for those that are due.
    escalate.add_unavailable_queue_ids("field crews");
    Say(kMonitor, escalate);
  }

  // A digger of the carrier found the cable. The case stays here and waits for them.
  void Refer() {
    v1::ReferCase refer;
    refer.set_case_id("outage-1");
    refer.set_referral_id("carrier-1");
    refer.set_party("Nordic Fibre");
    refer.set_reference("NF-77");
    refer.set_state_name("with the carrier");
    Say(kAnna, refer);
  }

  // Refused without a cause. With it, the desk proposes to look at each fault that it caused.
  void Resolve() {
    v1::ResolveCase resolve;
    resolve.set_case_id("outage-1");
    resolve.set_code("repaired");
    Say(kAnna, resolve);
    resolve.set_root_cause("cable cut");
    const v1::Outcome outcome = Say(kAnna, resolve);
    std::cout << "      " << outcome.effects_size() << " faults to look at, the first: "
              << outcome.effects(0).case_().propose_resolution().case_id() << "\n";
  }

  // One customer lost a day of work. The credit is held until a supervisor has seen what it pays.
  void Credit() {
    v1::ResolveCase resolve;
    resolve.set_case_id("fault-7");
    resolve.set_code("repaired");
    resolve.set_remedy("credit_50");
    *resolve.mutable_remedy_amount() = Euros(5000);
    const v1::Held held = Say(kAnna, resolve).held();
    const v1::ApprovalPreview preview =
        Must(desk_.PreviewApproval(held.approval_id(), frontdesk::ToTimestamp(now_)));
    const v1::Outcome& outcome = preview.outcome();
    const v1::Resolution& resolution =
        outcome.events(outcome.events_size() - 1).case_().case_resolved().resolution();
    std::cout << "      would resolve it with " << resolution.remedy() << ", "
              << frontdesk::FormatMoney(resolution.remedy_amount()) << "\n";
    v1::Approve approve;
    approve.set_approval_id(held.approval_id());
    approve.set_round(held.round());
    Say(kCarla, approve);
  }

  // The worker: resolves each fault that is not resolved yet, and reports that.
  void CarryOutEffects() {
    int resolved = 0;
    for (auto claimed = Claim(); !claimed.empty(); claimed = Claim()) {
      for (const frontdesk::ClaimedEffect& each : claimed) {
        const v1::ProposeResolution& proposal = each.effect.case_().propose_resolution();
        if (Case(proposal.case_id()).state() == v1::Case::STATE_NEW) {
          v1::ResolveCase resolve;
          resolve.set_case_id(proposal.case_id());
          resolve.set_code(proposal.code());
          resolve.set_remedy("credit_5");
          *resolve.mutable_remedy_amount() = Euros(500);
          resolved += Ask(kMonitor, resolve).verdict() == v1::VERDICT_DONE ? 1 : 0;
        }
        v1::ReportEffect report;
        *report.mutable_entity() = each.effect.entity();
        report.set_effect_id(each.effect.effect_id());
        report.set_result(v1::EFFECT_RESULT_DONE);
        Ask(kMonitor, report);
      }
    }
    std::cout << Clock() << " " << resolved << " faults resolved with a credit of 5.00 EUR\n";
  }

  // One says thanks, one still has no line.
  void HearCustomers() {
    for (const auto& [number, text] :
         std::map<int, std::string>{{12, "Thank you!"}, {13, "It is still dead."}}) {
      v1::AddCasePart add;
      add.set_case_id(absl::StrCat("fault-", number));
      add.mutable_part()->set_part_id("mail-1");
      add.mutable_part()->set_kind(v1::InteractionPart::KIND_MESSAGE);
      add.mutable_part()->set_text(text);
      add.mutable_part()->set_visibility(v1::VISIBILITY_PUBLIC);
      Say(frontdesk::MakeActor(absl::StrCat("c-", number), v1::Actor::KIND_CUSTOMER), add);
    }
  }

  void Count() const {
    for (const v1::Case::State state :
         {v1::Case::STATE_NEW, v1::Case::STATE_OPEN, v1::Case::STATE_RESOLVED}) {
      v1::FindRequest request;
      request.mutable_cases()->add_states(state);
      std::cout << v1::Case::State_Name(state) << " " << Must(desk_.Count(request)) << "\n";
    }
  }

  void Wait(int minutes) { now_ += absl::Minutes(minutes); }

  std::string Digest() { return digest_.Finish(); }

 private:
  // Carries a command out.
  v1::Outcome Ask(const v1::Actor& actor, const google::protobuf::Message& verb) {
    v1::Outcome outcome = Must(desk_.Execute(frontdesk::MakeCommand(actor, now_, verb)));
    digest_.Add(outcome);
    return outcome;
  }

  // Carries a command out and prints what came of it.
  v1::Outcome Say(const v1::Actor& actor, const google::protobuf::Message& verb) {
    v1::Outcome outcome = Ask(actor, verb);
    std::cout << Clock() << " " << actor.actor_id() << ": " << verb.GetDescriptor()->name() << " "
              << absl::StripPrefix(v1::Verdict_Name(outcome.verdict()), "VERDICT_") << "\n";
    const v1::Explanation explanation = Must(desk_.Explain(outcome.record_id()));
    const bool is_done = outcome.verdict() == v1::VERDICT_DONE;
    for (const std::string& line :
         is_done ? explanation.event_texts() : explanation.agent_lines()) {
      std::cout << "      " << line << "\n";
    }
    return outcome;
  }

  v1::Case Case(const std::string& case_id) const {
    return Must(desk_.Get(frontdesk::Ref(v1::ENTITY_KIND_CASE, case_id)))->case_();
  }

  std::vector<frontdesk::ClaimedEffect> Claim() { return Must(desk_.ClaimEffects(now_)); }

  std::string Clock() const { return absl::FormatTime("%H:%M", now_, absl::UTCTimeZone()); }

  frontdesk::Desk& desk_;
  retail_desk::MessageDigest digest_;
  absl::Time now_ = absl::FromUnixSeconds(1'715'781'600);  // 2024-05-15 14:00 UTC.
};

}  // namespace

int main(int argc, char**) {
  if (argc > 1) {
    std::cerr << "usage: fault_desk\n";
    return 1;
  }
  std::ifstream stream(FAULT_DESK_POLICY);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  frontdesk::DeskOptions options;
  const frontdesk::PolicyResult read = frontdesk::Policy::FromText(text, FAULT_DESK_POLICY);
  std::cerr << frontdesk::rules::FormatIssues(read.issues);
  if (read.policy == nullptr) return 1;
  options.policy = read.policy;
  const std::unique_ptr<frontdesk::Desk> desk = Must(frontdesk::Desk::Open(std::move(options)));
  FaultDesk day(*desk);
  day.BeginOutage();
  day.Wait(5);
  day.TakeFaults();
  day.Escalate();
  day.Wait(10);
  day.Refer();
  day.Wait(45);
  day.Resolve();
  day.Credit();
  day.CarryOutEffects();
  day.Wait(60);
  day.HearCustomers();
  day.Count();
  std::cout << "sha256 " << day.Digest() << "\n";
  return 0;
}
