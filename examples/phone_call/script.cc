#include "script.h"

#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "files.h"
#include "frontdesk/rules/text.h"
#include "node.h"

namespace phone_call {
namespace {

using ::retail_desk::Catalog;
using ::retail_desk::Json;
using ::retail_desk::JsonLine;
using ::retail_desk::Node;
using ::retail_desk::Problems;

// Reads a message in the protobuf JSON mapping; errors are reported with the path below the node.
void ReadMessage(const Node& node, google::protobuf::Message* message, Problems* problems) {
  for (const frontdesk::v1::Issue& issue :
       frontdesk::rules::ParsePolicyJson(node.json()->ToLine(), node.file(), message, nullptr)) {
    problems->Add(node.file(),
                  absl::StrCat(node.place(), issue.field().empty() ? "" : ".", issue.field()),
                  issue.text());
  }
}

// The instant of a step.
void ReadInstant(const Node& node, google::protobuf::Timestamp* instant, Problems* problems) {
  if (!node.present()) return;
  const std::size_t before = problems->size();
  node.Text();
  if (problems->size() > before) return;
  frontdesk::v1::Command command;
  Json object = Json::Object();
  object.Set("now", *node.json());
  if (!frontdesk::rules::ParsePolicyJson(object.ToLine(), "", &command, nullptr).empty()) {
    node.Problem("is no instant such as 2024-05-15T15:00:00Z");
  }
  *instant = command.now();
}

// The place of an earlier step with a command, by its words.
absl::optional<std::size_t> ReadEarlier(const Node& node,
                                        const std::map<std::string, std::size_t>& earlier) {
  const std::string words = node.Id();
  const auto found = earlier.find(words);
  if (found != earlier.end()) return found->second;
  if (!words.empty()) {
    node.Problem(absl::StrCat("no step with a command before this one is called \"", words, "\""));
  }
  return absl::nullopt;
}

void ReadCommand(const Node& node, const Node& facts, const Catalog& catalog, Step* step,
                 Problems* problems) {
  step->kind = Step::Kind::kCommand;
  ReadMessage(node, &step->command, problems);
  if (step->command.has_now()) node.Problem("holds `now`, which stands in \"at\"");
  *step->command.mutable_now() = step->at;
  if (!facts.present()) return;
  const std::vector<Node> ids = facts.Items();
  for (const Node& id : ids) {
    const std::string text = id.Text();
    if (!text.empty() && catalog.FindVariant(text) == nullptr) {
      id.Problem(absl::StrCat("there is no item \"", text, "\""));
    }
  }
  step->facts = catalog.FactsFor(facts.Texts());
}

// Reads a line. `earlier` has the steps with a command before it, by their words.
void ReadStep(const Node& line, const Catalog& catalog,
              const std::map<std::string, std::size_t>& earlier, Step* step, Problems* problems) {
  line.ExpectMembers({"step", "at"}, {"command", "find", "open_file", "customer_view", "explain",
                                      "facts", "approval_of", "expect"});
  step->words = line["step"].Id();
  ReadInstant(line["at"], &step->at, problems);
  const Node command = line.Optional("command");
  const Node find = line.Optional("find");
  const Node open_file = line.Optional("open_file");
  const Node customer_view = line.Optional("customer_view");
  const Node explain = line.Optional("explain");
  if (command.present() + find.present() + open_file.present() + customer_view.present() +
          explain.present() !=
      1) {
    line.Problem(
        "has to have one of \"command\", \"find\", \"open_file\", \"customer_view\", \"explain\"");
    return;
  }
  const Node facts = line.Optional("facts");
  if (facts.present() && !command.present()) facts.Problem("stands only beside \"command\"");
  const Node approval_of = line.Optional("approval_of");
  if (approval_of.present() && !command.present()) {
    approval_of.Problem("stands only beside \"command\"");
  }
  const Node expect = line.Optional("expect");
  if (expect.present()) {
    if (!command.present() && !find.present()) {
      expect.Problem("stands only beside \"command\" or \"find\"");
    }
    step->expected = expect.Id();
  }
  if (command.present()) {
    ReadCommand(command, facts, catalog, step, problems);
    if (approval_of.present()) {
      step->approval_of = ReadEarlier(approval_of, earlier);
      const frontdesk::v1::DeskCommand& desk = step->command.desk();
      if (!desk.has_approve() && !desk.has_decline()) {
        approval_of.Problem("stands only beside a command that approves or declines");
      }
    }
  } else if (find.present()) {
    step->kind = Step::Kind::kFind;
    ReadMessage(find, &step->find, problems);
  } else if (open_file.present()) {
    step->kind = Step::Kind::kOpenFile;
    open_file.ExpectMembers({"customer_id"}, {"interaction_id"});
    step->customer_id = open_file["customer_id"].Id();
    if (open_file.Optional("interaction_id").present()) {
      step->interaction_id = open_file["interaction_id"].Id();
    }
  } else if (customer_view.present()) {
    step->kind = Step::Kind::kCustomerView;
    ReadMessage(customer_view, &step->entity, problems);
  } else {
    step->kind = Step::Kind::kExplain;
    step->explained = ReadEarlier(explain, earlier).value_or(0);
  }
}

}  // namespace

absl::optional<std::vector<Step>> ReadScript(const std::string& path, const Catalog& catalog,
                                             Problems* problems) {
  const std::size_t problems_before = problems->size();
  std::vector<Step> steps;
  std::map<std::string, std::size_t> commands;
  std::map<std::string, std::string> place_of;
  for (const JsonLine& line : retail_desk::ReadJsonLines(path, problems)) {
    const Node node(line.place, "", &line.object, problems);
    Step step;
    step.place = line.place;
    ReadStep(node, catalog, commands, &step, problems);
    const auto [first, is_new] = place_of.emplace(step.words, step.place);
    if (!is_new && !step.words.empty()) {
      node["step"].Problem(absl::StrCat("stands in ", first->second, " already"));
    }
    if (!steps.empty() && std::make_tuple(step.at.seconds(), step.at.nanos()) <
                              std::make_tuple(steps.back().at.seconds(), steps.back().at.nanos())) {
      node["at"].Problem("is earlier than the step before");
    }
    if (step.kind == Step::Kind::kCommand) commands.emplace(step.words, steps.size());
    steps.push_back(std::move(step));
  }
  if (problems->size() > problems_before) return absl::nullopt;
  return steps;
}

}  // namespace phone_call
