// Imported states with several faults at once, in one field and in others: each is kept apart and reported, or refused.
//
// FRONTDESK_TEST_SEED repeats a run.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "domain/case/case_testing.h"
#include "domain/importable.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/field_faults.h"
#include "frontdesk/domain/order/order.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::TextFormat;
using testing::ElementsAre;
using testing::IsEmpty;
using v1::Case;

constexpr int kHostileRounds = 1500;
constexpr int kUnknownNumber = 77777;

std::uint64_t Seed() {
  const char* const given = std::getenv("FRONTDESK_TEST_SEED");
  const std::uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "FRONTDESK_TEST_SEED=" << seed << std::endl;
  return seed;
}

// Fills messages with values of which many are invalid.
class Damager {
 public:
  explicit Damager(std::uint64_t seed) : random_(seed) {}

  int Below(int end) { return static_cast<int>(random_() % static_cast<std::uint64_t>(end)); }

  // Sets each field once in `sparsity` times.
  void Fill(int sparsity, Message* message, int depth = 0) {
    for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor& field = *message->GetDescriptor()->field(i);
      if (field.is_map() || Below(sparsity) != 0) continue;
      for (int count = field.is_repeated() ? 1 + Below(2) : 1; count > 0; --count) {
        Set(field, sparsity, message, depth);
      }
    }
  }

 private:
  void Set(const FieldDescriptor& field, int sparsity, Message* message, int depth) {
    static const std::vector<std::string> kTexts = {"", "x", "a\nb", "a", "EUR", "\x01"};
    const Reflection& access = *message->GetReflection();
    const int number = Below(3) == 0 ? -7 : Below(3);
    const int enum_number = Below(4) == 0 ? kUnknownNumber : Below(4);
    const std::string text = kTexts[static_cast<std::size_t>(Below(6))];
    const bool is_list = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth < 4) {
          Fill(
              sparsity > 2 ? 2 : sparsity,
              is_list ? access.AddMessage(message, &field) : access.MutableMessage(message, &field),
              depth + 1);
        }
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        is_list ? access.AddString(message, &field, text) : access.SetString(message, &field, text);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        is_list ? access.AddEnumValue(message, &field, enum_number)
                : access.SetEnumValue(message, &field, enum_number);
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        is_list ? access.AddInt32(message, &field, number)
                : access.SetInt32(message, &field, number);
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        if (!is_list) access.SetInt64(message, &field, Below(4) == 0 ? 253402300800 : number);
        break;
      case FieldDescriptor::CPPTYPE_BOOL:
        if (!is_list) access.SetBool(message, &field, true);
        break;
      default:
        break;
    }
  }

  std::mt19937_64 random_;
};

// An open case with something of everything that can be there once.
Case Escalated() {
  Case imported;
  EXPECT_TRUE(TextFormat::ParseFromString(R"pb(
                                            case_id: "case-1"
                                            state: STATE_OPEN
                                            kind: KIND_TROUBLE
                                            subject: "an old lamp"
                                            queue_id: "q1"
                                            escalation {
                                              chain: "up"
                                              basis: ESCALATION_BASIS_SKILL
                                              step: 1
                                              queue_id: "q1"
                                              escalator_id: "eva"
                                              escalate_time { seconds: 100 }
                                            }
                                          )pb",
                                          &imported));
  return imported;
}

// "REASON at field" of the findings, then what is kept apart.
std::vector<std::string> Report(const Case& given) {
  EXPECT_THAT(CheckCaseArguments(Import(given).case_()), IsEmpty());
  const Decided decided = Decide(Import(given), Case());
  EXPECT_THAT(decided.refusals, IsEmpty());
  if (decided.events.empty()) return {};
  const v1::CaseImported& fact = decided.events[0].case_().case_imported();
  std::vector<std::string> found;
  for (const v1::ImportFinding& finding : fact.findings()) {
    found.push_back(absl::StrCat(finding.reason(), " at ", finding.field()));
  }
  for (const v1::Attribute& each : fact.case_().unrecognized_attributes()) {
    found.push_back(absl::StrCat(each.name(), ": ", each.string_value()));
  }
  return found;
}

TEST(ImportHostileTest, AValueWithSeveralFaultsIsPutAsideOnce) {
  EXPECT_THAT(Report(Escalated()), IsEmpty());
  // The chain is missing: the whole escalation is put aside, with its invalid ids.
  Case given = Escalated();
  given.mutable_escalation()->clear_chain();
  given.mutable_escalation()->clear_escalate_time();
  given.mutable_escalation()->set_escalator_id("e\nva");
  given.mutable_escalation()->add_passed_over_queue_ids("q\n2");
  EXPECT_THAT(Report(given),
              ElementsAre("IMPORT_ITEM_INCOMPLETE at escalation.chain",
                          "escalation: basis: ESCALATION_BASIS_SKILL step: 1 queue_id: \"q1\" "
                          "passed_over_queue_ids: \"q\\n2\" escalator_id: \"e\\nva\""));
  // A case that is over has no escalation: the faults inside do not matter.
  given = Escalated();
  given.set_state(Case::STATE_CLOSED);
  given.mutable_escalation()->Clear();
  given.mutable_escalation()->set_queue_id("q\n1");
  EXPECT_THAT(Report(given),
              ElementsAre("IMPORT_CONTRADICTION at escalation", "escalation: queue_id: \"q\\n1\""));
  // Nor an offer, and so nothing is missing in it.
  given.clear_escalation();
  given.mutable_transfer_offer()->set_note("please");
  EXPECT_THAT(Report(given), ElementsAre("IMPORT_CONTRADICTION at transfer_offer",
                                         "transfer_offer: note: \"please\""));
  // Both the currency and the number of one amount.
  given = Escalated();
  given.add_resolutions()->mutable_remedy_amount()->set_units(-5);
  given.mutable_resolutions(0)->mutable_remedy_amount()->set_currency_code("XXQ");
  EXPECT_THAT(Report(given),
              ElementsAre("IMPORT_CURRENCY_UNKNOWN at resolutions[0].remedy_amount.currency_code",
                          "resolutions[0].remedy_amount: units: -5 currency_code: \"XXQ\""));
}

TEST(ImportHostileTest, AnAttributeWhoseNameIsNoneIsKeptUnderItsPath) {
  Case given = Escalated();
  given.add_attributes()->set_name("col\nour");
  given.mutable_attributes(0)->set_string_value("red");
  EXPECT_THAT(Report(given), ElementsAre("IMPORT_ID_INVALID at attributes[0].name",
                                         "attributes[0].name: col\nour", "attributes[0]: red"));
}

// Without the fields that are worked out, which are refused.
void LeaveOutComputed(Case* given) {
  MakeImportable(given);
  given->clear_survivor_case_id();
  given->clear_merged_cases();
  given->clear_part_refs();
  given->clear_split_offs();
}

TEST(ImportHostileTest, NoMixtureOfFaultsOfACaseIsLetIn) {
  const std::uint64_t seed = Seed();
  int done = 0;
  int findings = 0;
  for (int round = 0; round < kHostileRounds; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", seed, ", round ", round));
    Damager damager(seed + static_cast<std::uint64_t>(round));
    Case given;
    damager.Fill(1 + damager.Below(12), &given);
    LeaveOutComputed(&given);
    given.set_case_id("case-1");
    given.set_kind(Case::KIND_TROUBLE);
    given.set_state(damager.Below(2) == 0 ? Case::STATE_OPEN : Case::STATE_CLOSED);
    given.set_customer_id("");
    const v1::Command command = Import(given);
    const std::vector<v1::Refusal> refusals = CheckCaseArguments(command.case_());
    for (const v1::Refusal& refusal : refusals) {
      EXPECT_TRUE(absl::StartsWith(refusal.field(), "import_case."))
          << refusal.ShortDebugString() << " of\n"
          << given.ShortDebugString();
    }
    if (!refusals.empty()) continue;
    const Decided decided = Decide(command, Case());
    if (decided.events.empty()) continue;
    ++done;
    Case imported = decided.events[0].case_().case_imported().case_();
    findings += decided.events[0].case_().case_imported().findings_size();
    for (v1::ExternalId& id : *imported.mutable_external_ids()) {
      if (id.is_invalid()) id.clear_id(), id.clear_system();
    }
    const std::vector<FieldFault> faults = FindFieldFaults(imported);
    ASSERT_TRUE(faults.empty()) << faults[0].field << " " << faults[0].text << " of\n"
                                << given.ShortDebugString();
  }
  EXPECT_GT(done, kHostileRounds / 10);
  EXPECT_GT(findings, done);
}

TEST(ImportHostileTest, NoMixtureOfFaultsOfACustomerOrAnOrderIsRefusedElsewhere) {
  const std::uint64_t seed = Seed();
  google::protobuf::Timestamp now;
  now.set_seconds(500);
  for (int round = 0; round < kHostileRounds; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", seed, ", round ", round));
    Damager damager(seed + static_cast<std::uint64_t>(round));
    const int sparsity = 1 + damager.Below(12);
    v1::CustomerCommand of_customer;
    v1::Customer& customer = *of_customer.mutable_import_customer()->mutable_customer();
    damager.Fill(sparsity, &customer);
    MakeImportable(&customer);
    v1::OrderCommand of_order;
    v1::Order& order = *of_order.mutable_import_order()->mutable_order();
    damager.Fill(sparsity, &order);
    MakeImportable(&order);
    for (const v1::Refusal& refusal : CheckCustomerArguments(of_customer, now)) {
      EXPECT_TRUE(absl::StartsWith(refusal.field(), "import_customer.")) << refusal.field();
    }
    for (const v1::Refusal& refusal : CheckOrderArguments(of_order, now)) {
      EXPECT_TRUE(absl::StartsWith(refusal.field(), "import_order.")) << refusal.field();
    }
  }
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
