#include "commands_page.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "frontdesk/all_reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/domain/unchanged.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/common.pb.h"

namespace frontdesk {
namespace {

using domain::CommandInfo;
using domain::Transition;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr absl::string_view kIntroduction =
    "# Commands\n\n"
    "<!-- Made by `./dev docs` from the options and comments of the command messages, the "
    "lifecycles and the rooms' reasons.h. -->\n\n"
    "What each command asks for, what can refuse it, and what comes of it. The checks have one "
    "order for all commands:\n\n"
    "1. **Envelope**: actor, time, key, sizes and encoding. A failure is an error "
    "(`COMMAND_MALFORMED`, `COMMAND_TOO_LARGE`,\n"
    "   `FACTS_TOO_LARGE`), and nothing is recorded.\n"
    "2. **Arguments**: every invalid field is listed, with a reason `ARGUMENT_…` or "
    "`CONTACT_POINT_…`.\n"
    "3. **Existence**: of the addressed entity, of the entities that the command refers to, and "
    "of the envelope's\n"
    "   interaction.\n"
    "4. **Expected version**, when the envelope has one. A failure is an error "
    "(`VERSION_CONFLICT`).\n"
    "5. **Time**: not too early for the entities that the command changes (`COMMAND_TOO_EARLY`), "
    "and not too far ahead\n"
    "   (`COMMAND_TOO_FAR_AHEAD`); see [time](time.md).\n"
    "6. **Policy**: the rule set of the decision point allows, refuses with the reasons of its "
    "rules, or holds for an\n"
    "   approval. What it [computes for the command](policies.md#outputs-that-commands-use) is "
    "checked "
    "like what the actor "
    "asks for\n"
    "   (`POLICY_OUTPUT_NOT_POSSIBLE`).\n"
    "7. **Invariants**: the transition table first, then the reasons that are listed. A command "
    "that\n"
    "   [changes nothing](policies.md#commands-that-change-nothing) is done without events where "
    "the table allows it.\n\n"
    "The first check that refuses gives the leading reason. Policy and invariants are listed "
    "together, policy first.\n"
    "The sections below leave out checks 1, 4 and 5, which are the same for every command.\n";

// A comment as one line.
std::string OneLine(absl::string_view comment) {
  std::vector<absl::string_view> lines;
  for (absl::string_view line : absl::StrSplit(comment, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!line.empty()) lines.push_back(line);
  }
  return absl::StrJoin(lines, " ");
}

template <typename D>
std::string CommentOf(const D& descriptor) {
  google::protobuf::SourceLocation location;
  return descriptor.GetSourceLocation(&location) ? OneLine(location.leading_comments) : "";
}

std::string Code(absl::string_view text) { return absl::StrCat("`", text, "`"); }

template <typename List>
std::string CodeList(const List& names) {
  return absl::StrJoin(names, ", ", [](std::string* out, absl::string_view name) {
    absl::StrAppend(out, Code(name));
  });
}

// "repeated Discount".
std::string TypeName(const FieldDescriptor& field) {
  std::string name = field.type_name();
  if (field.message_type() != nullptr) name = field.message_type()->full_name();
  if (field.enum_type() != nullptr) name = field.enum_type()->full_name();
  return absl::StrCat(field.is_repeated() ? "repeated " : "",
                      absl::StripPrefix(name, "frontdesk.v1."));
}

std::string Arguments(const Descriptor& message) {
  std::string table = "| argument | type | meaning |\n|---|---|---|\n";
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    absl::StrAppend(&table, "| ", Code(field.name()), " | ", Code(TypeName(field)), " | ",
                    absl::StrReplaceAll(CommentOf(field), {{"|", "\\|"}}), " |\n");
  }
  return table;
}

std::string Existence(const CommandInfo& info) {
  if (info.id_path.empty()) return "   - it addresses no entity.\n";
  const bool of_any_kind = info.entity_kind == v1::ENTITY_KIND_UNSPECIFIED;
  const absl::string_view noun = of_any_kind ? "entity" : domain::EntityKindNoun(info.entity_kind);
  const absl::string_view kind = of_any_kind ? "<KIND>" : domain::EntityKindName(info.entity_kind);
  std::string text = absl::StrCat(
      "   - ", Code(absl::StrCat(kind, info.creates ? "_EXISTS" : "_NOT_FOUND")), ": there is ",
      info.creates ? "already a " : "no ", noun, " of the id in ", Code(info.id_path), ".\n");
  for (const v1::CommandReference& reference : info.options->references()) {
    if (!reference.must_exist()) continue;
    const bool any = reference.entity_kind() == v1::ENTITY_KIND_UNSPECIFIED;
    absl::StrAppend(
        &text, "   - ",
        Code(absl::StrCat(any ? "<KIND>" : domain::EntityKindName(reference.entity_kind()),
                          "_NOT_FOUND")),
        ": there is no ", any ? "entity" : domain::EntityKindNoun(reference.entity_kind()),
        " of the id in ", Code(reference.field()), ".\n");
  }
  return text;
}

// Whether a field of the command holds custom attributes, which the pack defines.
bool SetsAttributes(const Descriptor& message) {
  for (int i = 0; i < message.field_count(); ++i) {
    if (message.field(i)->message_type() == v1::Attribute::descriptor()) return true;
  }
  return false;
}

// `lifecycle` is null for a command to the desk itself.
// The verbs of approvals share a prefix. False for a reason of another one of them.
bool IsOfApprovalVerb(const CommandInfo& info, const Reason& reason) {
  if (info.entity_kind != v1::ENTITY_KIND_APPROVAL) return true;
  if (reason.word == "APPROVAL_NOT_REQUESTER") return info.name == "Withdraw";
  if (reason.word == "APPROVAL_AUTHORITY_MISSING") return info.name != "Withdraw";
  return info.name == "Approve";
}

std::string Invariants(const CommandInfo& info, const domain::Lifecycle* lifecycle) {
  std::vector<std::string> states;
  std::string refusal;
  for (int i = 0; lifecycle != nullptr && i < static_cast<int>(lifecycle->transitions().size());
       ++i) {
    const Transition& cell = lifecycle->transitions()[i];
    if (cell.command != &info || cell.from == 0) continue;
    if (cell.to.empty()) {
      refusal = std::string(cell.refusal_reason->word);
    } else {
      states.push_back(StateName(*lifecycle->states(), cell.from));
    }
  }
  std::string text;
  if (lifecycle != nullptr && !info.creates) {
    absl::StrAppend(&text, "   - Possible in ", absl::StrJoin(states, ", "),
                    refusal.empty() ? "" : absl::StrCat("; else ", Code(refusal)), ".\n");
  }
  const bool sets_attributes = SetsAttributes(*info.message);
  for (const Reason& reason : AllReasons()) {
    const bool own = domain::IsReasonOf(info, reason.word) && reason.word != refusal;
    if (!own && !(sets_attributes && absl::StartsWith(reason.word, "ATTRIBUTE_"))) continue;
    if (absl::EndsWith(reason.word, "_NOT_FOUND") || !IsOfApprovalVerb(info, reason)) continue;
    absl::StrAppend(&text, "   - ", Code(reason.word), ": ", reason.text, "\n");
  }
  return text;
}

// The fields that policy may fill.
std::string Outputs(const CommandInfo& info) {
  if (info.outputs.empty()) return "";
  return absl::StrCat(
      "; fills, where the command does not set them: ",
      absl::StrJoin(info.outputs, ", ", [](std::string* out, const domain::OutputInfo& output) {
        absl::StrAppend(out, Code(output.field->name()), " by the output ", Code(output.name));
      }));
}

std::string CommandSection(const CommandInfo& info, const domain::Lifecycle* lifecycle,
                           const Descriptor& message) {
  const std::string invariants = Invariants(info, lifecycle);
  const bool has_policy = domain::DecisionInputDescriptor(info.entity_kind) != nullptr;
  std::string section = absl::StrCat(
      "\n### ", info.name, "\n\n", CommentOf(message), "\n\n", Arguments(message), "\nChecks:\n\n",
      "1. Arguments.\n2. Existence:\n", Existence(info), "3. Policy: ",
      has_policy ? absl::StrCat("decision point ", Code(info.name), Outputs(info))
                 : std::string("not asked"),
      ".\n4. Invariants", invariants.empty() ? ": none.\n" : ":\n", invariants,
      "\nEvents: ", CodeList(info.options->events()), ".\n");
  if (const domain::UnchangedCommand* unchanged = domain::FindUnchangedCommand(info.name)) {
    absl::StrAppend(&section, "Done without events when ", unchanged->text, ".\n");
  }
  if (!info.options->effects().empty()) {
    absl::StrAppend(&section, "Effects: ", CodeList(info.options->effects()), ".\n");
  }
  return section;
}

}  // namespace

std::string StateName(const google::protobuf::EnumDescriptor& states, int state) {
  if (state == 0) return "*(none)*";
  const google::protobuf::EnumValueDescriptor* value = states.FindValueByNumber(state);
  return value == nullptr ? absl::StrCat(state)
                          : std::string(absl::StripPrefix(value->name(), "STATE_"));
}

std::string CommandsPage(absl::Span<const TitledLifecycle> lifecycles,
                         const google::protobuf::DescriptorPool& comments) {
  std::string page(kIntroduction);
  for (const TitledLifecycle& each : lifecycles) {
    absl::StrAppend(&page, "\n## ", each.title, "\n");
    const CommandInfo* last = nullptr;
    for (const Transition& cell : each.lifecycle.transitions()) {
      if (cell.command == last) continue;
      last = cell.command;
      absl::StrAppend(&page,
                      CommandSection(*last, &each.lifecycle,
                                     *comments.FindMessageTypeByName(last->message->full_name())));
    }
  }
  absl::StrAppend(&page, "\n## The desk\n");
  for (const CommandInfo& info : domain::Commands()) {
    if (info.entity_kind != v1::ENTITY_KIND_UNSPECIFIED &&
        info.entity_kind != v1::ENTITY_KIND_DESK) {
      continue;
    }
    absl::StrAppend(
        &page,
        CommandSection(info, nullptr, *comments.FindMessageTypeByName(info.message->full_name())));
  }
  return page;
}

}  // namespace frontdesk
