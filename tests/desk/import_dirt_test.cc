// Imports of invalid values: the report counts each.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "desk/chance.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/import.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace import_dirt_test {
namespace {

using ::frontdesk::testing::At;
using ::frontdesk::testing::By;
using ::frontdesk::testing::Chance;
using ::frontdesk::testing::MustOpen;
using v1::Case;
using v1::Customer;

constexpr std::int64_t kImportSecond = 1'000'000;

constexpr char kPolicy[] = R"pb(
  name: "imports"
  version: "1"
  attribute_definitions { entity_kind: ENTITY_KIND_CASE name: "weight" type: TYPE_INT }
  attribute_definitions {
    entity_kind: ENTITY_KIND_CASE
    name: "color"
    type: TYPE_STRING
    allowed_values: "red"
    allowed_values: "green"
  }
  attribute_definitions { entity_kind: ENTITY_KIND_CUSTOMER name: "points" type: TYPE_INT }
  cases { state_names { state: STATE_OPEN name: "in the workshop" } }
  rule_sets { id: "rest" decision_points: "*" default_outcome: POLICY_OUTCOME_ALLOW }
)pb";

// The findings that must be reported, by reason: rows and findings.
using Counts = std::map<std::string, std::pair<std::int64_t, std::int64_t>>;

// One kind of dirt: puts it into a sound state that it does not touch otherwise, and knows the reason.
template <typename State>
struct Dirt {
  const char* reason;
  // Kinds of one group look at the same fields: at most one of a group is put in.
  int group;
  std::function<void(State*)> put;
};

Case SoundCase(int number, Chance& chance) {
  Case made;
  made.set_case_id(absl::StrCat("case-", number));
  made.set_kind(Case::KIND_QUESTION);
  made.set_subject("a lamp");
  // Customers are imported first; every third case has none.
  if (number % 3 != 0) made.set_customer_id(absl::StrCat("customer-", number % 50));
  const bool is_closed = chance.OneIn(2);
  made.set_state(is_closed ? Case::STATE_CLOSED : Case::STATE_OPEN);
  if (!chance.OneIn(3)) {
    *made.mutable_open_time() = At(100);
    const auto add = [&made](Case::State state, std::int64_t second) {
      v1::CaseStateSpan& span = *made.add_state_spans();
      span.set_state(state);
      *span.mutable_start_time() = At(second);
    };
    add(Case::STATE_NEW, 100);
    add(Case::STATE_OPEN, 200);
    if (is_closed) {
      add(Case::STATE_CLOSED, 300);
      *made.mutable_close_time() = At(300);
    }
  }
  return made;
}

const std::vector<Dirt<Case>>& CaseDirt() {
  static const auto* const kinds = new std::vector<Dirt<Case>>{
      {"IMPORT_SUBJECT_EMPTY", 0, [](Case* made) { made->clear_subject(); }},
      {"IMPORT_TIME_INVALID", 1,
       [](Case* made) {
         made->clear_state_spans();
         made->clear_close_time();
         made->mutable_open_time()->set_nanos(-1);
       }},
      {"IMPORT_TIME_ORDER", 1, [](Case* made) { *made->mutable_open_time() = At(2'000'000); }},
      {"IMPORT_SPANS_ORDER", 1,
       [](Case* made) {
         made->clear_state_spans();
         made->clear_open_time();
         made->clear_close_time();
         made->set_state(Case::STATE_OPEN);
         for (const int second : {300, 200}) {
           v1::CaseStateSpan& span = *made->add_state_spans();
           span.set_state(second == 300 ? Case::STATE_NEW : Case::STATE_OPEN);
           *span.mutable_start_time() = At(second);
         }
       }},
      {"IMPORT_SPANS_STATE", 1,
       [](Case* made) {
         made->clear_state_spans();
         made->add_state_spans()->set_state(Case::STATE_WAITING_ON_CUSTOMER);
       }},
      {"IMPORT_NUMBER_INVALID", 2, [](Case* made) { made->set_priority(-1); }},
      {"IMPORT_CUSTOMER_UNKNOWN", 3, [](Case* made) { made->set_customer_id("nobody"); }},
      {"IMPORT_ID_INVALID", 3, [](Case* made) { made->set_customer_id("no\nid"); }},
      {"IMPORT_ID_INVALID", 4,
       [](Case* made) {
         made->add_external_ids()->set_system("old");
         made->mutable_external_ids(0)->set_id(std::string(2'000, 'x'));
       }},
      {"IMPORT_DUPLICATE", 5,
       [](Case* made) {
         made->add_tags("lamp");
         made->add_tags("lamp");
       }},
      {"IMPORT_ATTRIBUTE_UNKNOWN", 6,
       [](Case* made) {
         made->add_attributes()->set_name("size");
         made->mutable_attributes(0)->set_int_value(3);
       }},
      {"IMPORT_ATTRIBUTE_TYPE", 6,
       [](Case* made) {
         made->add_attributes()->set_name("weight");
         made->mutable_attributes(0)->set_string_value("three");
       }},
      {"IMPORT_ATTRIBUTE_VALUE", 6,
       [](Case* made) {
         made->add_attributes()->set_name("color");
         made->mutable_attributes(0)->set_string_value("blue");
       }},
      {"IMPORT_ITEM_INCOMPLETE", 7, [](Case* made) { made->add_tasks()->set_task_id("t1"); }},
      {"IMPORT_VALUE_UNKNOWN", 8,
       [](Case* made) {
         made->add_links()->set_kind(v1::ENTITY_KIND_CUSTOMER);
         made->mutable_links(0)->set_id("x");
       }},
      {"IMPORT_CURRENCY_UNKNOWN", 9,
       [](Case* made) {
         made->add_resolutions()->mutable_remedy_amount()->set_currency_code("???");
       }},
      {"IMPORT_CONTRADICTION", 10,
       [](Case* made) {
         made->add_tasks()->set_task_id("t2");
         v1::FollowUpTask& task = *made->mutable_tasks(made->tasks_size() - 1);
         task.set_title("call back");
         task.set_outcome_note("done");
       }},
      {"IMPORT_REFERENCE_UNKNOWN", 11,
       [](Case* made) {
         v1::InteractionPart& part = *made->add_parts();
         part.set_part_id("p1");
         part.set_kind(v1::InteractionPart::KIND_NOTE);
         part.mutable_author()->set_actor_id("ann");
         part.set_text("as I said");
         part.set_corrects_part_id("p0");
       }},
      {"IMPORT_STATE_NAME_UNKNOWN", 1,
       [](Case* made) {
         made->clear_state_spans();
         made->clear_close_time();
         made->set_state(Case::STATE_OPEN);
         made->set_state_name("somewhere");
       }},
  };
  return *kinds;
}

Customer SoundCustomer(int number, Chance& chance) {
  Customer made;
  made.set_customer_id(absl::StrCat("customer-", number));
  made.set_state(Customer::STATE_CUSTOMER);
  made.set_family_name("Lee");
  v1::ContactPoint& mail = *made.add_contact_points();
  mail.set_contact_point_id("mail");
  mail.set_kind(v1::ContactPoint::KIND_EMAIL);
  mail.set_as_typed(absl::StrCat("lee", number, "@example.com"));
  if (chance.OneIn(2)) made.mutable_preferences()->set_language_tag("de-AT");
  return made;
}

const std::vector<Dirt<Customer>>& CustomerDirt() {
  static const auto* const kinds = new std::vector<Dirt<Customer>>{
      {"IMPORT_ADDRESS_INVALID", 0,
       [](Customer* made) { made->mutable_contact_points(0)->set_as_typed("has none"); }},
      {"IMPORT_VERIFICATION_TIME", 1,
       [](Customer* made) { made->add_identity_verifications()->set_level(2); }},
      {"IMPORT_LANGUAGE_INVALID", 2,
       [](Customer* made) { made->mutable_preferences()->set_language_tag("German?"); }},
      {"IMPORT_TIME_ZONE_UNKNOWN", 3,
       [](Customer* made) { made->mutable_preferences()->set_time_zone("Mars/Base"); }},
      {"IMPORT_TIME_ZONE_UNKNOWN", 3,
       [](Customer* made) { made->mutable_preferences()->set_time_zone("half past two"); }},
      {"IMPORT_COUNTRY_UNKNOWN", 4,
       [](Customer* made) {
         made->add_addresses()->set_address_id("home");
         made->mutable_addresses(0)->mutable_address()->add_lines("1 Main Street");
         made->mutable_addresses(0)->mutable_address()->set_country_code("Austria");
       }},
      {"IMPORT_POSTAL_ADDRESS", 4,
       [](Customer* made) {
         made->add_addresses()->set_address_id("home");
         made->mutable_addresses(0)->mutable_address();
       }},
      {"IMPORT_SYNTAX", 5,
       [](Customer* made) {
         v1::PaymentMethod& card = *made->add_payment_methods();
         card.set_payment_method_id("card");
         card.set_kind(v1::PaymentMethod::KIND_CARD);
         card.set_last_four("four");
       }},
      {"IMPORT_ATTRIBUTE_TYPE", 6,
       [](Customer* made) {
         made->add_attributes()->set_name("points");
         made->mutable_attributes(0)->set_string_value("many");
       }},
      {"IMPORT_DUPLICATE", 7,
       [](Customer* made) {
         for (int i = 0; i < 2; ++i) {
           made->add_consents()->set_purpose("mail");
           made->mutable_consents(i)->set_answer(v1::Consent::ANSWER_GIVEN);
         }
       }},
  };
  return *kinds;
}

template <typename State>
void PutDirt(const std::vector<Dirt<State>>& kinds, Chance& chance, State* made, Counts* counts) {
  std::set<int> groups;
  std::set<std::string> reasons;
  // Some rows are sound, some have many faults.
  const int most = chance.Below(5);
  for (int i = 0; i < most; ++i) {
    const Dirt<State>& kind = kinds[chance.Below(static_cast<int>(kinds.size()))];
    if (!groups.insert(kind.group).second) continue;
    kind.put(made);
    auto& [rows, findings] = (*counts)[kind.reason];
    ++findings;
    if (reasons.insert(kind.reason).second) ++rows;
  }
}

// FRONTDESK_IMPORT_DIRT is the number of cases; there is a tenth as many customers.
TEST(ImportDirtTest, TheReportCountsAsTheGenerator) {
  Chance chance(testing::SeedOfRun());
  const auto case_count =
      static_cast<int>(testing::NumberFromEnvironment("FRONTDESK_IMPORT_DIRT", 2'000));
  Counts counts;
  std::vector<ImportInput> rows;
  const int customer_count = std::max(50, case_count / 10);
  for (int i = 0; i < customer_count; ++i) {
    ImportInput& row = rows.emplace_back();
    row.source = absl::StrCat("customers.csv:", i);
    row.command = By("anna", kImportSecond);
    v1::ImportCustomer& verb = *row.command.mutable_customer()->mutable_import_customer();
    *verb.mutable_customer() = SoundCustomer(i, chance);
    verb.mutable_source()->set_system("old desk");
    PutDirt(CustomerDirt(), chance, verb.mutable_customer(), &counts);
  }
  for (int i = 0; i < case_count; ++i) {
    ImportInput& row = rows.emplace_back();
    row.source = absl::StrCat("cases.csv:", i);
    row.command = By("anna", kImportSecond);
    v1::ImportCase& verb = *row.command.mutable_case_()->mutable_import_case();
    *verb.mutable_case_() = SoundCase(i, chance);
    verb.mutable_source()->set_system("old desk");
    PutDirt(CaseDirt(), chance, verb.mutable_case_(), &counts);
  }
  const auto desk = MustOpen(kPolicy);
  std::size_t next = 0;
  const auto report =
      ImportCommands(desk.get(), "everything", [&](ImportInput* input) -> absl::StatusOr<bool> {
        if (next == rows.size()) return false;
        *input = rows[next++];
        return true;
      });
  ASSERT_TRUE(report.ok()) << report.status();
  // Every row is done.
  for (const v1::ImportCount& count : report->counts()) {
    EXPECT_EQ(count.verdict(), v1::VERDICT_DONE) << count.ShortDebugString();
  }
  EXPECT_EQ(report->row_count(), static_cast<std::int64_t>(rows.size()));
  Counts reported;
  std::int64_t finding_count = 0;
  for (const v1::ImportFindingCount& count : report->finding_counts()) {
    reported[count.reason()] = {count.row_count(), count.finding_count()};
    finding_count += count.finding_count();
  }
  EXPECT_EQ(reported, counts);
  std::cout << rows.size() << " rows, " << finding_count << " findings of " << counts.size()
            << " reasons\n";
  // The rows have them too, and a second run of the import counts the same.
  Counts by_row;
  LogPage page;
  while (true) {
    const auto piece = ReadImport(*desk, "everything", page);
    ASSERT_TRUE(piece.ok()) << piece.status();
    if (piece->empty()) break;
    page.after = piece->back().row();
    for (const v1::ImportRow& row : *piece) {
      std::set<std::string> reasons;
      for (const v1::ImportFinding& finding : row.findings()) {
        auto& [row_count, findings] = by_row[finding.reason()];
        ++findings;
        if (reasons.insert(finding.reason()).second) ++row_count;
      }
    }
  }
  EXPECT_EQ(by_row, counts);
  next = 0;
  const auto again =
      ImportCommands(desk.get(), "everything", [&](ImportInput* input) -> absl::StatusOr<bool> {
        if (next == rows.size()) return false;
        *input = rows[next++];
        return true;
      });
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->earlier_row_count(), static_cast<std::int64_t>(rows.size()));
  EXPECT_EQ(again->finding_counts_size(), report->finding_counts_size());
}

}  // namespace
}  // namespace import_dirt_test
}  // namespace frontdesk
