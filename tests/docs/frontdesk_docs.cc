// Makes the pages of docs/ that are generated from code, or checks that they are as they would be made.
//
//   frontdesk_docs DIR          writes DIR/errors.md and DIR/lifecycle.md
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
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "frontdesk/base/reasons.h"
#include "frontdesk/cel/issue.h"
#include "frontdesk/domain/account/account.h"
#include "frontdesk/domain/approval/approval.h"
#include "frontdesk/domain/case/case.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/customer/customer.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/lifecycle.h"
#include "frontdesk/domain/order/order.h"
#include "frontdesk/v1/order.pb.h"
#include "google/protobuf/descriptor.h"

namespace frontdesk {
namespace {

// "INVALID_ARGUMENT" for kInvalidArgument; how a reason without a status is met for kOk.
std::string CodeName(absl::StatusCode code) {
  return code == absl::StatusCode::kOk ? "" : absl::StatusCodeToString(code);
}

std::string ErrorsPage() {
  std::string page =
      "# Reasons\n\n"
      "<!-- Made by `./dev docs` from the reasons in base/reasons.h and the codes in cel/issue.h. "
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
  std::vector<const ReasonInfo*> infos;
  for (const ReasonInfo& info : AllReasons()) infos.push_back(&info);
  std::sort(infos.begin(), infos.end(),
            [](const ReasonInfo* a, const ReasonInfo* b) { return a->reason < b->reason; });
  absl::StrAppend(&page, "\n## Errors\n\n| reason | status code | meaning |\n|---|---|---|\n");
  for (const ReasonInfo* info : infos) {
    if (info->code == absl::StatusCode::kOk) continue;
    absl::StrAppend(&page, "| `", info->reason, "` | `", CodeName(info->code), "` | ", info->text,
                    " |\n");
  }
  absl::StrAppend(&page, "\n## Refusals and issues\n\n| reason | meaning |\n|---|---|\n");
  for (const ReasonInfo* info : infos) {
    if (info->code == absl::StatusCode::kOk)
      absl::StrAppend(&page, "| `", info->reason, "` | ", info->text, " |\n");
  }
  std::map<absl::string_view, const cel::IssueCode*> codes;
  for (const cel::IssueCode& code : cel::IssueCodes()) codes.emplace(code.code, &code);
  absl::StrAppend(&page, "\n## Conditions\n\n| reason | meaning |\n|---|---|\n");
  for (const auto& [word, code] : codes) {
    absl::StrAppend(&page, "| `CEL_", word, "` | ", code->meaning, " |\n");
  }
  return page;
}

// "PLACED" for STATE_PLACED; the text for "there is none" for 0.
std::string StateName(const google::protobuf::EnumDescriptor* states, int state) {
  if (state == 0) return "*(none)*";
  const google::protobuf::EnumValueDescriptor* value = states->FindValueByNumber(state);
  return value == nullptr ? absl::StrCat(state)
                          : std::string(absl::StripPrefix(value->name(), "STATE_"));
}

// One section: a table with a row a verb and a column a state. A cell holds the states that may follow, or is empty
// where the verb is refused; the reasons for that are below.
std::string Section(absl::string_view title, const domain::Lifecycle& lifecycle) {
  std::vector<std::string> states;
  std::vector<absl::string_view> verbs;
  std::map<std::pair<absl::string_view, std::string>, const domain::Transition*> cells;
  for (const domain::Transition& transition : lifecycle.transitions()) {
    const std::string state = StateName(lifecycle.states(), transition.from);
    const absl::string_view verb = transition.command->name;
    if (std::find(states.begin(), states.end(), state) == states.end()) states.push_back(state);
    if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end()) verbs.push_back(verb);
    cells[{verb, state}] = &transition;
  }
  std::string section =
      absl::StrCat("\n## ", title, "\n\n| verb | ", absl::StrJoin(states, " | "), " |\n|---|");
  for (size_t i = 0; i < states.size(); ++i) absl::StrAppend(&section, "---|");
  absl::StrAppend(&section, "\n");
  for (const absl::string_view verb : verbs) {
    absl::StrAppend(&section, "| `", verb, "` |");
    for (const std::string& state : states) {
      const auto cell = cells.find({verb, state});
      std::vector<std::string> follow;
      if (cell != cells.end()) {
        for (const int next : cell->second->to) {
          follow.push_back(StateName(lifecycle.states(), next));
        }
        if (follow.empty()) follow.push_back(absl::StrCat("`", cell->second->refusal_reason, "`"));
      }
      absl::StrAppend(&section, " ", absl::StrJoin(follow, ", "), " |");
    }
    absl::StrAppend(&section, "\n");
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
  absl::StrAppend(&page, Section("Customers", domain::CustomerLifecycle()),
                  Section("Interactions", domain::InteractionLifecycle()),
                  Section("Orders", domain::OrderLifecycle()),
                  Section("Accounts", domain::AccountLifecycle()),
                  Section("Cases", domain::CaseLifecycle()),
                  Section("Approvals", domain::ApprovalLifecycle()));
  absl::StrAppend(
      &page,
      "\n## Payments of an order\n\n"
      "By `RecordPayment`; any other pair is refused with `ORDER_RECORD_PAYMENT_TRANSITION`.\n\n"
      "| from | to |\n|---|---|\n");
  for (const domain::PaymentTransition& transition : domain::PaymentTransitions()) {
    const google::protobuf::EnumDescriptor* states = v1::Payment::State_descriptor();
    absl::StrAppend(&page, "| ", StateName(states, transition.from), " | ",
                    StateName(states, transition.to), " |\n");
  }
  return page;
}

std::string ReadFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

int Run(bool check, const std::string& folder) {
  int result = 0;
  for (const auto& [name, page] : {std::make_pair("errors.md", ErrorsPage()),
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
