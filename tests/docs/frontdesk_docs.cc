// Makes the pages of docs/ that are generated from code, or checks that they are as they would be made.
//
//   frontdesk_docs DIR          writes DIR/commands.md, DIR/errors.md and DIR/lifecycle.md
//   frontdesk_docs --check DIR  exit code 1 when one of them differs
#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "commands_page.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/cel/issue.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/v1/order.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace frontdesk {
namespace {

// "INVALID_ARGUMENT" for kInvalidArgument; how a reason without a status is met for kOk.
std::string CodeName(absl::StatusCode code) {
  return code == absl::StatusCode::kOk ? "" : absl::StatusCodeToString(code);
}

std::string ErrorsPage() {
  std::string page =
      "# Reasons\n\n"
      "<!-- Made by `./dev docs` from the rooms' reasons.h and the codes in cel/issue.h. "
      "-->\n\n"
      "Every word that frontdesk itself gives as a reason. Programs compare these words: they do "
      "not change once\n"
      "released. The sentences are for people and may.\n\n"
      "- **Errors** are the reasons of statuses that are not OK: nothing was decided or recorded.\n"
      "- **Refusals and issues** are values: the reason of a refusal in an outcome, of a violation "
      "inside an error, or\n"
      "  the code of an issue in a policy text. A rule of a policy gives reasons of its own "
      "besides.\n"
      "- **Conditions** are the codes of issues in the expressions of a policy, and of conditions "
      "that could not be\n"
      "  evaluated: `CEL_` and the code that the expression language gives where it is used "
      "alone.\n";
  std::vector<const Reason*> infos;
  for (const Reason& info : AllReasons()) infos.push_back(&info);
  std::sort(infos.begin(), infos.end(),
            [](const Reason* a, const Reason* b) { return a->word < b->word; });
  absl::StrAppend(&page, "\n## Errors\n\n| reason | status code | meaning |\n|---|---|---|\n");
  for (const Reason* info : infos) {
    if (info->code == absl::StatusCode::kOk) continue;
    absl::StrAppend(&page, "| `", info->word, "` | `", CodeName(info->code), "` | ", info->text,
                    " |\n");
  }
  absl::StrAppend(&page, "\n## Refusals and issues\n\n| reason | meaning |\n|---|---|\n");
  for (const Reason* info : infos) {
    if (info->code == absl::StatusCode::kOk)
      absl::StrAppend(&page, "| `", info->word, "` | ", info->text, " |\n");
  }
  std::map<absl::string_view, const cel::IssueCode*> codes;
  for (const cel::IssueCode& code : cel::IssueCodes()) codes.emplace(code.code, &code);
  absl::StrAppend(&page, "\n## Conditions\n\n| reason | meaning |\n|---|---|\n");
  for (const auto& [word, code] : codes) {
    absl::StrAppend(&page, "| `CEL_", word, "` | ", code->meaning, " |\n");
  }
  return page;
}

// One section: a table with a row a command and a column a state. A cell holds the states that may follow, or the reason
// with which the command is refused there.
std::string Section(const TitledLifecycle& titled) {
  const domain::Lifecycle& lifecycle = titled.lifecycle;
  std::string section = absl::StrCat("\n## ", titled.title, "\n\n| verb |");
  const int states = lifecycle.states()->value_count();
  for (int i = 0; i < states; ++i) {
    absl::StrAppend(&section, " ",
                    StateName(*lifecycle.states(), lifecycle.states()->value(i)->number()), " |");
  }
  absl::StrAppend(&section, "\n|---|");
  for (int i = 0; i < states; ++i) absl::StrAppend(&section, "---|");
  const domain::CommandInfo* last = nullptr;
  for (const domain::Transition& cell : lifecycle.transitions()) {
    if (cell.command != last) absl::StrAppend(&section, "\n| `", cell.command->name, "` |");
    last = cell.command;
    std::vector<std::string> follow;
    for (const int to : cell.to) follow.push_back(StateName(*lifecycle.states(), to));
    if (follow.empty()) follow.push_back(absl::StrCat("`", cell.refusal_reason->word, "`"));
    absl::StrAppend(&section, " ", absl::StrJoin(follow, ", "), " |");
  }
  return absl::StrCat(section, "\n");
}

std::vector<TitledLifecycle> Lifecycles() {
  return {
      {"Customers", domain::CustomerLifecycle()}, {"Interactions", domain::InteractionLifecycle()},
      {"Orders", domain::OrderLifecycle()},       {"Accounts", domain::AccountLifecycle()},
      {"Cases", domain::CaseLifecycle()},         {"Approvals", domain::ApprovalLifecycle()}};
}

// The transitions of a part of an order.
struct TitledTransitions {
  std::string title;
  std::string verb;
  std::string reason;
  const google::protobuf::EnumDescriptor& states;
  absl::Span<const domain::PaymentTransition> transitions;
};

std::vector<TitledTransitions> OrderTransitions() {
  return {{"Payments of an order", "RecordPayment", "ORDER_RECORD_PAYMENT_TRANSITION",
           *v1::Payment::State_descriptor(), domain::PaymentTransitions()},
          {"Refunds of an order", "RecordPayment", "ORDER_RECORD_PAYMENT_TRANSITION",
           *v1::Refund::State_descriptor(), domain::RefundTransitions()},
          {"Disputes of an order", "RecordDispute", "ORDER_RECORD_DISPUTE_TRANSITION",
           *v1::Dispute::State_descriptor(), domain::DisputeTransitions()}};
}

std::string Section(const TitledTransitions& each) {
  std::string section = absl::StrCat(
      "\n## ", each.title, "\n\nBy `", each.verb, "`; any other pair is refused with `",
      each.reason,
      "`. A report of what is known already changes nothing.\n\n| from | to |\n|---|---|\n");
  for (const domain::PaymentTransition& transition : each.transitions) {
    absl::StrAppend(&section, "| ", StateName(each.states, transition.from), " | ",
                    StateName(each.states, transition.to), " |\n");
  }
  return section;
}

std::string LifecyclePage() {
  std::string page =
      "# Lifecycles\n\n"
      "<!-- Made by `./dev docs` from the transition tables in domain/. -->\n\n"
      "What each verb does in each state: the states that may follow (the same state: something "
      "else changes), or, in\n"
      "code type, the reason with which the verb is refused there whatever the policy says. "
      "*(none)* stands for an\n"
      "entity that does not exist yet.\n";
  for (const TitledLifecycle& each : Lifecycles()) absl::StrAppend(&page, Section(each));
  for (const TitledTransitions& each : OrderTransitions()) absl::StrAppend(&page, Section(each));
  return page;
}

std::string ReadFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

// The protos with their comments, which the generated code has not.
bool ReadComments(google::protobuf::DescriptorPool* pool) {
  google::protobuf::FileDescriptorSet files;
  if (!files.ParseFromString(ReadFile(FRONTDESK_DESCRIPTOR_SET))) return false;
  for (const google::protobuf::FileDescriptorProto& file : files.file()) {
    if (pool->BuildFile(file) == nullptr) return false;
  }
  return true;
}

int Run(bool check, const std::string& folder) {
  google::protobuf::DescriptorPool comments;
  if (!ReadComments(&comments)) {
    std::cerr << "cannot read " << FRONTDESK_DESCRIPTOR_SET << "\n";
    return 1;
  }
  int result = 0;
  for (const auto& [name, page] :
       {std::make_pair("commands.md", CommandsPage(Lifecycles(), comments)),
        std::make_pair("errors.md", ErrorsPage()),
        std::make_pair("lifecycle.md", LifecyclePage())}) {
    const std::string path = absl::StrCat(folder, "/", name);
    if (ReadFile(path) == page) continue;
    if (check) {
      std::cerr << path << " is not as it would be made; run ./dev docs\n";
      result = 1;
    } else if (!(std::ofstream(path, std::ios::binary) << page)) {
      std::cerr << "cannot write " << path << "\n";
      result = 1;
    }
  }
  return result;
}

}  // namespace
}  // namespace frontdesk

int main(int argc, char* argv[]) {
  const bool check = argc == 3 && std::string(argv[1]) == "--check";
  if (argc != 2 && !check) {
    std::cerr << "usage: frontdesk_docs [--check] DIR\n";
    return 2;
  }
  return frontdesk::Run(check, argv[argc - 1]);
}
