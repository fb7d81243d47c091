#include "policy/command_checks.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "frontdesk/domain/assessed_fields.h"
#include "frontdesk/domain/exclusive_fields.h"
#include "frontdesk/policy/reasons.h"
#include "frontdesk/v1/command_options.pb.h"
#include "frontdesk/v1/money.pb.h"
#include "frontdesk/v1/service_level.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace internal {
namespace {

using cel::Expr;
using cel::ExprKind;
using domain::CommandInfo;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// An instant of the typical input: 2026-01-01, long after any time that is not set.
constexpr int64_t kTypicalNow = 1'767'225'600;

enum class Presence { kAlways, kNever, kSometimes };

bool NamesEntity(const FieldDescriptor& field, const CommandInfo& command) {
  return std::any_of(
             command.references.begin(), command.references.end(),
             [&](const domain::ReferenceInfo& each) { return each.input_field == &field; }) ||
         std::any_of(command.rows.begin(), command.rows.end(),
                     [&](const domain::NamedRowInfo& each) { return each.input_field == &field; });
}

// Whether the input has the field for those commands only that name what it holds.
bool IsOfNamingCommands(const FieldDescriptor& field) {
  static const auto* const fields = [] {
    auto* const named = new std::set<const FieldDescriptor*>();
    const auto add = [named](const FieldDescriptor* of_input) {
      if (of_input == nullptr) return;
      // A customer comes from the entity too.
      if (of_input->name() != "customer" && of_input->name() != "interaction") {
        named->insert(of_input);
      }
    };
    for (const CommandInfo& command : domain::Commands()) {
      for (const domain::ReferenceInfo& reference : command.references) add(reference.input_field);
      for (const domain::NamedRowInfo& row : command.rows) add(row.input_field);
    }
    return named;
  }();
  return fields->count(&field) > 0;
}

// Of the field of the entity that a command addresses, or of one that it refers to.
Presence PresenceOf(const FieldDescriptor& field, const CommandInfo& command) {
  if (field.name() == domain::EntityKindNoun(command.entity_kind)) {
    return command.creates ? Presence::kNever : Presence::kAlways;
  }
  for (const domain::ReferenceInfo& reference : command.references) {
    if (reference.input_field == &field && reference.options->must_exist()) {
      return Presence::kAlways;
    }
  }
  const bool is_never = IsOfNamingCommands(field) && !NamesEntity(field, command);
  return is_never ? Presence::kNever : Presence::kSometimes;
}

Presence PresenceOf(const FieldDescriptor& field, absl::Span<const CommandInfo* const> commands) {
  const Presence first = PresenceOf(field, *commands[0]);
  const bool same = std::all_of(commands.begin(), commands.end(), [&](const CommandInfo* each) {
    return PresenceOf(field, *each) == first;
  });
  return same ? first : Presence::kSometimes;
}

std::string AdviceOf(const FieldDescriptor& field) {
  const std::string& name = field.name();
  if (name == "customer") return "the desk may not know the customer";
  if (name == "interaction") return "the command may be given outside of an interaction";
  if (name == "approval") return "the command may not have been approved";
  return absl::StrCat("'", name, "' may be absent");
}

bool IsMessage(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field.is_repeated();
}

Message* MutableAt(absl::string_view name, Message* holder) {
  const FieldDescriptor* field = holder->GetDescriptor()->FindFieldByName(std::string(name));
  return holder->GetReflection()->MutableMessage(holder, field);
}

// An input with the fields that are always present.
std::shared_ptr<Message> MakeTypical(const Descriptor& input,
                                     const std::vector<rules::PresenceFact>& presence) {
  std::shared_ptr<Message> typical(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(&input)->New());
  for (const rules::PresenceFact& fact : presence) {
    if (!fact.is_present) continue;
    Message* holder = typical.get();
    for (const absl::string_view name : absl::StrSplit(fact.path, '.')) {
      holder = MutableAt(name, holder);
    }
  }
  google::protobuf::Timestamp now;
  now.set_seconds(kTypicalNow);
  MutableAt("now", typical.get())->CopyFrom(now);
  return typical;
}

// Facts about functions, which are the same for all inputs.
std::shared_ptr<rules::InputFacts> NewFacts() {
  auto facts = std::make_shared<rules::InputFacts>();
  facts->absence_functions = {"since", "age", "when_absent"};
  // Not flag(): whoever reads one that is not set means that it is false.
  for (const char* name : {"text", "number", "time", "money"}) {
    facts->defaulted_functions.push_back({name, "hasAttribute"});
  }
  return facts;
}

void AddAssessment(const FieldDescriptor& assessment, rules::InputFacts* facts) {
  facts->presence.push_back({assessment.name(), true});
  const Descriptor& type = *assessment.message_type();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    // An amount is zero where there is none; times are looked at wherever they are.
    if (!IsMessage(field) || field.message_type() == v1::Money::descriptor() ||
        field.message_type() == google::protobuf::Timestamp::descriptor()) {
      continue;
    }
    const std::string path = absl::StrCat(assessment.name(), ".", field.name());
    facts->optional.push_back({path, absl::StrCat("'", path, "' may be absent")});
  }
}

// Messages of an entity that are there at times only. Of the others an entity of the desk always has one, or they are lists.
constexpr std::pair<absl::string_view, absl::string_view> kOptionalMessages[] = {
    {"Case", "escalation"},        {"Case", "transfer_offer"},
    {"Case", "import_source"},     {"Order", "tax_rule"},
    {"Order", "import_source"},    {"Order", "last_captured_payment"},
    {"Order", "shipping_address"}, {"Customer", "import_source"},
    {"Interaction", "wrap_up"},    {"Interaction", "import_source"},
    {"Account", "last_entry"},     {"Account", "import_source"},
};

void AddOptionalMessages(const FieldDescriptor& entity, rules::InputFacts* facts) {
  for (const auto& [type, message] : kOptionalMessages) {
    if (entity.message_type()->name() != type) continue;
    const std::string path = absl::StrCat(entity.name(), ".", message);
    facts->optional.push_back({path, absl::StrCat("'", path, "' may not be set")});
  }
}

void AddOptionalAmounts(const CommandInfo& command, rules::InputFacts* facts) {
  for (const domain::OptionalAmount& amount : domain::ListOptionalAmounts()) {
    if (amount.command != command.name) continue;
    const std::string path = absl::StrCat("command.", command.field, ".", amount.field);
    facts->optional.push_back({path, absl::StrCat("'", path, "' may not be set")});
  }
}

std::string NamesOf(absl::Span<const CommandInfo* const> commands) {
  std::vector<absl::string_view> names;
  for (const CommandInfo* command : commands) names.push_back(command->name);
  return absl::StrJoin(names, ", ");
}

// Whether a path of selections begins with these names.
bool ReadsPath(const Expr& expr, absl::string_view path) {
  const std::string read = expr.path();
  return read == path || absl::StartsWith(read, absl::StrCat(path, "."));
}

class CommandCheck {
 public:
  explicit CommandCheck(std::vector<const CommandInfo*> commands) : commands_(std::move(commands)) {
    const Descriptor& input = *commands_[0]->decision_input;
    for (int i = 0; i < input.field_count(); ++i) {
      const FieldDescriptor& field = *input.field(i);
      if (!IsMessage(field) || PresenceOf(field, commands_) != Presence::kNever) continue;
      absent_.emplace_back(field.name(), AbsenceOf(field));
    }
    for (const domain::AssessedField& field : domain::ListAssessedFields()) {
      const bool is_set =
          std::any_of(commands_.begin(), commands_.end(), [&](const CommandInfo* command) {
            return std::find(field.commands.begin(), field.commands.end(), command->name) !=
                   field.commands.end();
          });
      if (field.decision_input != &input || is_set) continue;
      absent_.emplace_back(field.path,
                           absl::StrCat("; it belongs to ", absl::StrJoin(field.commands, ", ")));
    }
  }

  std::vector<rules::ExpressionFinding> Run(const Expr& root) {
    findings_.clear();
    reads_.clear();
    read_below_.clear();
    tests_.clear();
    reads_variables_ = false;
    Visit(root, /*is_tested=*/false);
    // A variable may read the other field, or test it.
    if (!reads_variables_) CheckExclusive();
    return std::move(findings_);
  }

 private:
  std::string AbsenceOf(const FieldDescriptor& field) const {
    if (field.name() == domain::EntityKindNoun(commands_[0]->entity_kind)) {
      return absl::StrCat(", because ", NamesOf(commands_),
                          " begins it; read its values from command.", commands_[0]->field);
    }
    std::vector<absl::string_view> names;
    for (const CommandInfo& command : domain::Commands()) {
      if (NamesEntity(field, command)) names.push_back(command.name);
    }
    return absl::StrCat("; it belongs to ", absl::StrJoin(names, ", "));
  }

  // The depth of an expression is limited, so is that of the recursion.
  void Visit(const Expr& expr, bool is_tested) {
    if (expr.kind() == ExprKind::kHas) tests_.push_back(expr);
    if (expr.is_path() &&
        (expr.kind() == ExprKind::kSelect || expr.kind() == ExprKind::kIdentifier)) {
      reads_.push_back(expr);
      // A test of presence is fine, and the analysis knows its result.
      if (!is_tested) CheckAbsent(expr);
    }
    reads_variables_ = reads_variables_ || expr.reference() == cel::ReferenceKind::kVariable;
    CheckArm(expr);
    if (expr.child_count() > 0 && IsBelowCommand(expr.child(0))) {
      read_below_[expr.child(0).id()] = std::string(expr.name());
    }
    for (size_t i = 0; i < expr.child_count(); ++i) {
      Visit(expr.child(i), expr.kind() == ExprKind::kHas);
    }
  }

  // Whether it is a selection of `command`.
  static bool IsBelowCommand(const Expr& expr) {
    return expr.kind() == ExprKind::kSelect &&
           expr.child(0).reference() == cel::ReferenceKind::kRootField &&
           expr.child(0).name() == "command";
  }

  void CheckAbsent(const Expr& expr) {
    // The paths have one name or two.
    const Expr root = expr.kind() == ExprKind::kSelect ? expr.child(0) : expr;
    if (root.reference() != cel::ReferenceKind::kRootField) return;
    const std::string path = expr.path();
    for (const auto& [absent, text] : absent_) {
      if (absent != path) continue;
      findings_.push_back({expr, std::string(kReasonPolicyEntityAbsent.word),
                           absl::StrCat("'", path, "' is always absent here", text)});
    }
  }

  // A selection, or a test, of a field of `command`.
  void CheckArm(const Expr& expr) {
    const bool is_read = expr.kind() == ExprKind::kSelect || expr.kind() == ExprKind::kHas ||
                         expr.op() == cel::Operator::kOptionalSelect;
    if (!is_read || expr.child_count() == 0) return;
    const Expr holder = expr.child(0);
    if (holder.reference() != cel::ReferenceKind::kRootField || holder.name() != "command" ||
        holder.type().descriptor() == nullptr) {
      return;
    }
    const FieldDescriptor* field =
        holder.type().descriptor()->FindFieldByName(std::string(expr.name()));
    if (field == nullptr) return;
    const CommandInfo* named = domain::FindCommandByMessage(field->message_type());
    if (named == nullptr) return;
    const bool is_own = std::find(commands_.begin(), commands_.end(), named) != commands_.end();
    if (is_own) return;
    findings_.push_back({expr, std::string(kReasonPolicyCommandArm.word),
                         absl::StrCat("'command.", expr.name(), "' belongs to ", named->name,
                                      ", and the rule set decides ", NamesOf(commands_), "; read ",
                                      OwnPath(read_below_[expr.id()]))});
  }

  // Where the commands of the set have a field of that name: themselves, or the entity.
  std::string OwnPath(const std::string& name) const {
    const CommandInfo& command = *commands_[0];
    const std::string own = absl::StrCat("command.", command.field);
    if (name.empty()) return own;
    if (command.message->FindFieldByName(name) != nullptr) return absl::StrCat(own, ".", name);
    const std::string noun(domain::EntityKindNoun(command.entity_kind));
    const FieldDescriptor* entity =
        noun.empty() ? nullptr : command.decision_input->FindFieldByName(noun);
    const bool is_there = entity != nullptr && entity->message_type() != nullptr &&
                          PresenceOf(*entity, commands_) != Presence::kNever &&
                          entity->message_type()->FindFieldByName(name) != nullptr;
    return is_there ? absl::StrCat(noun, ".", name) : own;
  }

  void CheckExclusive() {
    for (const domain::ExclusiveFields& fields : domain::ListExclusiveFields()) {
      const auto command =
          std::find_if(commands_.begin(), commands_.end(),
                       [&](const CommandInfo* each) { return each->name == fields.command; });
      if (command == commands_.end()) continue;
      const std::string holder = absl::StrCat("command.", (*command)->field, ".");
      const std::string path = absl::StrCat(holder, fields.field);
      const std::string other = absl::StrCat(holder, fields.other);
      const auto reads = [](absl::string_view wanted) {
        return [wanted = std::string(wanted)](const Expr& read) { return ReadsPath(read, wanted); };
      };
      const auto first = std::find_if(reads_.begin(), reads_.end(), reads(path));
      if (first == reads_.end() || std::any_of(reads_.begin(), reads_.end(), reads(other)) ||
          std::any_of(tests_.begin(), tests_.end(), reads(path)) ||
          std::any_of(tests_.begin(), tests_.end(), reads(other))) {
        continue;
      }
      rules::ExpressionFinding finding;
      finding.expr = *first;
      finding.severity = v1::Issue::SEVERITY_WARNING;
      finding.reason = std::string(kReasonPolicyFieldsExclusive.word);
      finding.text = absl::StrCat(
          "a ", fields.command, " has either '", fields.field, "' or '", fields.other,
          "', so this is not set where '", fields.other, "' is given; ",
          fields.instead.empty() ? absl::StrCat("test `has(", path, ")` too")
                                 : absl::StrCat("read ", fields.instead, ", which covers both"));
      findings_.push_back(std::move(finding));
    }
  }

  const std::vector<const CommandInfo*> commands_;
  // Paths that are always absent, each with the rest of its text.
  std::vector<std::pair<std::string, std::string>> absent_;
  std::vector<Expr> reads_, tests_;
  bool reads_variables_ = false;
  // By selection, the field that is read of its value.
  std::map<int32_t, std::string> read_below_;
  std::vector<rules::ExpressionFinding> findings_;
};

}  // namespace

std::shared_ptr<const rules::InputFacts> MakeInputFacts(
    absl::Span<const CommandInfo* const> commands) {
  const std::shared_ptr<rules::InputFacts> facts = NewFacts();
  const Descriptor& input = *commands[0]->decision_input;
  // Totals are always there; one of them may be absent, which their own check reports.
  facts->presence = {{"command", true}, {"actor", true}, {"now", true}, {"totals", true}};
  if (commands.size() == 1) {
    facts->presence.push_back({absl::StrCat("command.", commands[0]->field), true});
  } else {
    for (const CommandInfo* command : commands) {
      facts->optional.push_back({absl::StrCat("command.", command->field),
                                 absl::StrCat("the command may be another than ", command->name)});
    }
  }
  for (const CommandInfo* command : commands) AddOptionalAmounts(*command, facts.get());
  for (int i = 0; i < input.field_count(); ++i) {
    const FieldDescriptor& field = *input.field(i);
    if (!IsMessage(field) || field.name() == "command" || field.name() == "actor" ||
        field.name() == "totals" ||
        field.message_type() == google::protobuf::Timestamp::descriptor()) {
      continue;
    }
    if (field.name() == "assessment") {
      AddAssessment(field, facts.get());
      continue;
    }
    const Presence presence = PresenceOf(field, commands);
    if (presence == Presence::kSometimes) {
      facts->optional.push_back({field.name(), AdviceOf(field)});
    } else {
      facts->presence.push_back({field.name(), presence == Presence::kAlways});
    }
    AddOptionalMessages(field, facts.get());
  }
  facts->typical = MakeTypical(input, facts->presence);
  return facts;
}

std::shared_ptr<const rules::InputFacts> MakeServiceLevelFacts(bool has_event) {
  const std::shared_ptr<rules::InputFacts> facts = NewFacts();
  const Descriptor& input = *v1::ServiceLevelInput::descriptor();
  facts->presence = {{"case", true}, {"now", true}, {"event", has_event}};
  facts->optional.push_back({"customer", AdviceOf(*input.FindFieldByName("customer"))});
  for (const char* name : {"case", "customer"}) {
    AddOptionalMessages(*input.FindFieldByName(name), facts.get());
  }
  facts->typical = MakeTypical(input, facts->presence);
  return facts;
}

rules::ExpressionCheck MakeCommandCheck(std::vector<const CommandInfo*> commands) {
  const auto check = std::make_shared<CommandCheck>(std::move(commands));
  return [check](const Expr& root) { return check->Run(root); };
}

}  // namespace internal
}  // namespace frontdesk
