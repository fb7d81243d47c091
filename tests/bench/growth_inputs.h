// The commands of the benchmarks of growth: for each of several lists commands that add to it, one element each; and packs of
// many rules that do not match.
//
//   const frontdesk::GrowthList& list = frontdesk::GrowthLists().front();
//   std::vector<frontdesk::DeskInput> commands;
//   for (int i = 0; i < 100; ++i) commands.push_back(list.make(i));  // After list.make_history(100).
#ifndef FRONTDESK_TESTS_BENCH_GROWTH_INPUTS_H_
#define FRONTDESK_TESTS_BENCH_GROWTH_INPUTS_H_

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "desk_inputs.h"
#include "frontdesk/v1/command.pb.h"
#include "frontdesk/v1/common.pb.h"

namespace frontdesk {

// A list of one entity that commands make longer. A plain struct.
struct GrowthList {
  std::string name;
  v1::EntityRef entity;
  // The commands before, so that `count` commands of make() can follow; not measured.
  std::vector<DeskInput> (*make_history)(int count) = nullptr;
  // Command `i`, from 0. It is DONE when all before it were, and has an event of `entity`. Any four in turn are alike in kind
  // and size to the next four.
  DeskInput (*make)(int i) = nullptr;
  // The most commands that are possible.
  int most = std::numeric_limits<int>::max();
};

// case_part, chat_part, account_entry, payment, refund, verification, consent, case_task, case_link, merge, customer_merge.
const std::vector<GrowthList>& GrowthLists();

// Creates a customer, as the history of each list does.
DeskInput CreateGrowthCustomer(absl::string_view customer_id);

// A policy that allows everything, without a rule.
absl::string_view GrowthPolicyText();

// A policy of `count` rules that decide OpenCase, of four kinds in turn; none of them matches RuledCommand().
std::string RulesPolicyText(int count);
// Command `i`, from 0: OpenCase for the customer RuledCustomer(), made by CreateGrowthCustomer().
v1::Command RuledCommand(int i);
v1::EntityRef RuledCustomer();

// A policy whose rule on CreditAccount reads a total of the last 30 days, and matches no CreditCounted().
absl::string_view TotalPolicyText();
// The account of such credits.
DeskInput ImportCountedAccount(absl::string_view account_id);
// Credit `i`, from 0, which the total counts; each is a minute later.
DeskInput CreditCounted(int i, absl::string_view account_id);

}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_BENCH_GROWTH_INPUTS_H_
