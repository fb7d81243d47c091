// Random commands of every verb with personal data and hostile texts anywhere in them, under policies that read it all and hold or
// refuse because of it. Nothing that is written for people shows that data: errors, refusals, findings, decisions, explanations, approvals
// and their differences, timelines. Nor does any field of a message that is not of a personal class.
//
// FRONTDESK_RANDOM_COMMANDS says how many commands, FRONTDESK_RANDOM_SEED repeats a run. tests/tool/planted_test.cc has the tool.
#include <algorithm>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "desk/hostile_texts.h"
#include "desk/message_filler.h"
#include "desk/nosy_policy.h"
#include "desk/planter.h"
#include "desk/random_commands.h"
#include "desk/random_run.h"
#include "desk/shop.h"
#include "frontdesk/base/error.h"
#include "frontdesk/decide/explain.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/domain/command_info.h"
#include "frontdesk/rules/decision.h"
#include "google/protobuf/stubs/logging.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace {

using ::frontdesk::testing::Chance;
using ::frontdesk::testing::FindForged;
using ::frontdesk::testing::FindLeak;
using ::frontdesk::testing::FindPersonal;
using ::frontdesk::testing::FindPlanted;
using ::frontdesk::testing::Nosiness;
using ::frontdesk::testing::Plant;
using ::frontdesk::testing::Planting;
using ::frontdesk::testing::RandomCommands;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

constexpr int kUsualCommands = 3'000;
constexpr int kCommandsPerDesk = 400;
// Of these, the first ones under a policy that lets most commands through.
constexpr int kCommandsBefore = 250;
// And more, without personal data, so that there is something to ask about.
constexpr int kCommandsToBegin = 150;
constexpr int kMostTimes = 12;
constexpr std::size_t kNosyStride = 24;

// ---- Planting -----------------------------------------------------------------------------------

// Personal data in some form that somebody may type.
std::string HostilePersonalText(Chance* chance) {
  const std::string text = testing::PersonalText();
  const std::vector<std::string>& hostile = testing::HostileTexts();
  const std::string& other = hostile[chance->Below(static_cast<int>(hostile.size()))];
  switch (chance->Below(6)) {
    case 0:
      return absl::StrCat(other, text);
    case 1:
      return absl::StrCat(text, other);
    case 2:
      return absl::StrCat(std::string(chance->Below(3000), 'x'), text);
    case 3:
      return absl::StrCat(text, " \xff");
    case 4:
      return absl::AsciiStrToUpper(text);
    default:
      return absl::StrCat("'", text, "'");
  }
}

// Puts such texts into some of the personal fields of `message`, also into some that are not set, at any depth.
void PlantSome(Chance* chance, Message* message, int depth = 0) {
  const Reflection* reflection = message->GetReflection();
  const google::protobuf::Descriptor* type = message->GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    const bool is_set = field->is_repeated() ? reflection->FieldSize(*message, field) > 0
                                             : reflection->HasField(*message, field);
    if (field->real_containing_oneof() != nullptr && !is_set) continue;
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (field->is_map() || (!is_set && (depth > 4 || !chance->OneIn(40)))) continue;
      if (!field->is_repeated()) {
        PlantSome(chance, reflection->MutableMessage(message, field), depth + 1);
        continue;
      }
      if (!is_set) reflection->AddMessage(message, field);
      for (int k = 0; k < reflection->FieldSize(*message, field); ++k) {
        PlantSome(chance, reflection->MutableRepeatedMessage(message, field, k), depth + 1);
      }
    } else if (field->type() == FieldDescriptor::TYPE_STRING && testing::IsPersonal(*field)) {
      if (!chance->OneIn(is_set ? 3 : 12)) continue;
      if (!field->is_repeated()) {
        reflection->SetString(message, field, HostilePersonalText(chance));
      } else if (is_set && chance->OneIn(2)) {
        reflection->SetRepeatedString(message, field, 0, HostilePersonalText(chance));
      } else {
        reflection->AddString(message, field, HostilePersonalText(chance));
      }
    }
  }
}

// Mostly in a form that the command can still be done; always with `keeps_form`.
void PlantIn(bool keeps_form, Chance* chance, Message* message) {
  const int how = keeps_form ? 0 : chance->Below(16);
  if (how < 10) Plant(Planting::kPersonalOnly, message);
  if (how >= 10 && how < 14) Plant(Planting::kKeepForm, message);
  if (how >= 8 && how < 12) PlantSome(chance, message);
  if (how == 15) Plant(Planting::kEverything, message);
  if (!keeps_form && chance->OneIn(20)) testing::PlantHostile(false, chance, message);
}

// ---- The watch ------------------------------------------------------------------------------------

std::string Revealed(absl::string_view where, absl::string_view text) {
  return absl::StrCat("personal data in ", where, ": ", text);
}

// Of one desk: what it says about commands. Returns "" or the fault.
class Watch {
 public:
  // Of commands that were done, by name.
  std::map<std::string, int> done;
  int refused = 0;
  int held = 0;
  int failed = 0;
  int findings = 0;
  int masked = 0;

  std::string Execute(Desk& desk, const v1::Command& command, const v1::Facts& facts,
                      absl::StatusOr<v1::Outcome>* outcome) {
    const auto previewed = desk.Preview(command, facts);
    std::string broken = CheckOutcome(previewed);
    if (broken.empty() && previewed.ok()) {
      broken = CheckExplanation(Explain(command, *previewed, desk.policy().get()));
    }
    if (broken.empty() && command.case_().has_resolve_case()) {
      broken = CheckRemedies(desk.RankRemedies(command, facts));
    }
    *outcome = desk.Execute(command, facts);
    if (broken.empty()) broken = CheckOutcome(*outcome);
    if (!outcome->ok()) {
      ++failed;
      return broken;
    }
    if ((*outcome)->verdict() == v1::VERDICT_DONE) {
      const domain::CommandInfo* info = domain::FindCommand(command);
      if (info != nullptr) ++done[std::string(info->name)];
    }
    refused += (*outcome)->verdict() == v1::VERDICT_REFUSED ? 1 : 0;
    held += (*outcome)->verdict() == v1::VERDICT_HELD ? 1 : 0;
    if (!broken.empty() || (*outcome)->record_id().empty()) return broken;
    const auto explanation = desk.Explain((*outcome)->record_id());
    if (!explanation.ok()) return absl::StrCat("no explanation: ", explanation.status().ToString());
    return CheckExplanation(*explanation);
  }

  std::string CheckApproval(const Desk& desk, const v1::Outcome& held_outcome,
                            const google::protobuf::Timestamp& now) {
    const auto preview = desk.PreviewApproval(held_outcome.held().approval_id(), now);
    if (!preview.ok()) return CheckStatus(preview.status());
    for (const v1::ApprovalDifference& difference : preview->differences()) {
      for (const std::string& text : testing::AllTexts(difference)) {
        if (!FindPersonal(text).empty()) return Revealed("a difference", text);
      }
    }
    const std::string leak = FindLeak(*preview);
    return leak.empty() ? CheckOutcome(preview->outcome()) : Revealed("a preview", leak);
  }

  // At the end: all that can be found and read.
  std::string CheckReads(const Desk& desk) {
    std::string broken;
    const auto check = [&broken](absl::string_view where, const auto& read) {
      if (!broken.empty()) return;
      if (!read.ok()) {
        broken = CheckStatus(read.status());
        return;
      }
      const std::string leak = FindLeak(*read);
      if (!leak.empty()) broken = Revealed(where, leak);
    };
    v1::FindRequest approvals;
    approvals.mutable_approvals();
    approvals.set_page_size(100);
    const auto found = desk.Find(approvals);
    if (!found.ok()) return CheckStatus(found.status());
    const std::string leak = FindLeak(**found);
    if (!leak.empty()) return Revealed("approvals", leak);
    for (const std::string& id : testing::EntityIds(v1::ENTITY_KIND_CUSTOMER)) {
      v1::TimelineRequest request;
      request.set_customer_id(id);
      request.set_page_size(1000);
      const auto timeline = desk.Timeline(request);
      check("a timeline", timeline);
      if (!timeline.ok() || !broken.empty()) continue;
      for (const v1::TimelineEntry& entry : timeline->entries()) {
        if (!FindPersonal(entry.text()).empty()) return Revealed("a timeline", entry.text());
        if (!FindForged(entry.text()).empty()) return FindForged(entry.text());
      }
    }
    for (const v1::EntityKind kind : {v1::ENTITY_KIND_CASE, v1::ENTITY_KIND_INTERACTION}) {
      for (const std::string& id : testing::EntityIds(kind)) {
        v1::EntityRef entity;
        entity.set_kind(kind);
        entity.set_id(id);
        check("a customer's view", desk.CustomerView(entity));
      }
    }
    LogPage page;
    page.page_size = 1'000;
    const auto journal = desk.Journal(page);
    if (!journal.ok()) return CheckStatus(journal.status());
    for (const v1::JournalRecord& record : *journal) {
      const std::string field = FindLeak(record);
      if (!field.empty()) return Revealed("the journal", field);
    }
    return broken;
  }

 private:
  // Neither a Status nor a refusal repeats anything of the input, but an id that is not there.
  static std::string CheckStatus(const absl::Status& status) {
    if (status.ok()) return "";
    const bool names_id = GetReason(status) == kReasonEntityNotFound;
    const auto find = names_id ? FindPersonal : FindPlanted;
    if (!find(status.ToString()).empty()) return Revealed("a status", status.ToString());
    const auto detail = GetErrorDetail(status);
    if (!detail.has_value()) return absl::StrCat("a status without a reason: ", status.ToString());
    for (const std::string& text : testing::AllTexts(*detail)) {
      if (!find(text).empty()) return Revealed("an error detail", text);
    }
    return FindForged(status.ToString());
  }

  std::string CheckOutcome(const absl::StatusOr<v1::Outcome>& outcome) {
    return outcome.ok() ? CheckOutcome(*outcome) : CheckStatus(outcome.status());
  }

  std::string CheckOutcome(const v1::Outcome& outcome) {
    // Events hold the data of their commands, in fields of its class.
    const std::string leak = FindLeak(outcome);
    if (!leak.empty()) return Revealed("an outcome", leak);
    const v1::Outcome said = testing::WithoutWhatHostsNeed(outcome);
    for (const std::string& text : testing::AllTexts(said)) {
      if (!FindPersonal(text).empty()) return Revealed("an outcome", text);
      masked += absl::StrContains(text, "<personal>") ? 1 : 0;
    }
    for (const v1::Refusal& refusal : outcome.refusals()) {
      const bool names_id = refusal.origin() == v1::Refusal::ORIGIN_NOT_FOUND ||
                            absl::EndsWith(refusal.reason(), "_EXISTS");
      const auto find = names_id ? FindPersonal : FindPlanted;
      if (!find(refusal.text()).empty()) return Revealed("a refusal", refusal.text());
      if (!FindPlanted(absl::StrCat(refusal.reason(), refusal.field())).empty()) {
        return Revealed("a refusal's field", refusal.field());
      }
      std::string forged = FindForged(absl::StrCat(refusal.text(), refusal.field()));
      if (!forged.empty()) return forged;
    }
    for (const v1::Event& event : outcome.events()) {
      std::string broken = CheckFindings(event);
      if (!broken.empty()) return broken;
    }
    const std::string decision = rules::FormatDecision(outcome.decision());
    return FindPersonal(decision).empty() ? FindForged(decision) : Revealed("a decision", decision);
  }

  // The findings of an import, of whatever entity.
  std::string CheckFindings(const Message& message) {
    const Reflection* reflection = message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      const int size = field->is_repeated() ? reflection->FieldSize(message, field) : 1;
      for (int i = 0; i < size; ++i) {
        const Message& inner = field->is_repeated()
                                   ? reflection->GetRepeatedMessage(message, field, i)
                                   : reflection->GetMessage(message, field);
        std::string broken = inner.GetDescriptor() == v1::ImportFinding::descriptor()
                                 ? CheckFinding(static_cast<const v1::ImportFinding&>(inner))
                                 : CheckFindings(inner);
        if (!broken.empty()) return broken;
      }
    }
    return "";
  }

  std::string CheckFinding(const v1::ImportFinding& finding) {
    ++findings;
    for (const std::string& text : {finding.text(), finding.field(), finding.reason()}) {
      if (!FindPlanted(text).empty()) return Revealed("a finding", text);
      if (!FindForged(text).empty()) return FindForged(text);
    }
    return "";
  }

  static std::string CheckExplanation(const v1::Explanation& explanation) {
    for (const std::string& text : testing::AllTexts(explanation)) {
      if (!FindPersonal(text).empty()) return Revealed("an explanation", text);
    }
    std::string forged =
        FindForged(absl::StrCat(explanation.text(), "\n", explanation.customer_text()));
    for (const std::string& line : explanation.agent_lines()) {
      if (forged.empty()) forged = FindForged(line);
    }
    return forged;
  }

  std::string CheckRemedies(const absl::StatusOr<std::vector<v1::RankedRemedy>>& ranked) {
    if (!ranked.ok()) return CheckStatus(ranked.status());
    for (const v1::RankedRemedy& remedy : *ranked) {
      const std::string leak = FindLeak(remedy);
      if (!leak.empty()) return Revealed("a remedy", leak);
    }
    return "";
  }
};

// ---- The run ----------------------------------------------------------------------------------------

// An approval is shown, and mostly given; else it is declined, or withdrawn by who asked.
std::string Resolve(Desk& desk, RandomCommands* commands, Chance* chance, const v1::Command& asked,
                    const v1::Outcome& outcome, Watch* watch) {
  // An approval may be needed for the approval, too.
  v1::Outcome last = outcome;
  for (int i = 0; i < 3 && last.verdict() == v1::VERDICT_HELD; ++i) {
    std::string broken = watch->CheckApproval(desk, last, asked.now());
    if (!broken.empty()) return broken;
    const int how = chance->Below(6);
    const char* const verb = how == 0 ? "Decline" : how == 1 ? "Withdraw" : "Approve";
    v1::Command command = commands->Next(*domain::FindCommandByName(verb));
    if (how > 1) command.mutable_desk()->mutable_approve()->set_round(last.held().round());
    if (how == 1) *command.mutable_actor() = asked.actor();
    PlantIn(watch->done.count(verb) == 0, chance, &command);
    absl::StatusOr<v1::Outcome> resolved;
    broken = watch->Execute(desk, command, testing::FactsFor(asked), &resolved);
    if (!broken.empty() || !resolved.ok()) return broken;
    last = *std::move(resolved);
  }
  return "";
}

// One desk: first under the random policy, then under one that is nosy, or the same.
std::string RunDesk(std::uint64_t seed, std::size_t number, Watch* watch, int* given) {
  std::unique_ptr<Desk> desk = testing::OpenRandomDesk();
  for (const v1::Command& command : testing::OpeningCommands()) testing::MustDo(*desk, command);
  Chance chance(seed);
  auto commands = std::make_unique<RandomCommands>(&chance, desk.get());
  for (int i = 0; i < kCommandsToBegin; ++i) {
    const v1::Command command = commands->Next();
    desk->Execute(command, testing::FactsFor(command)).status().IgnoreError();
  }
  const auto say = [&](std::string broken, const v1::Command& command) {
    return broken.empty() ? broken : absl::StrCat(broken, "\n", command.DebugString());
  };
  for (int i = 0; i < kCommandsPerDesk; ++i, ++*given) {
    if (i == kCommandsBefore && number % 4 != 0) {
      const auto outcome = number % 4 == 3 ? v1::POLICY_OUTCOME_REFUSE : v1::POLICY_OUTCOME_HOLD;
      // A rule that errs refuses whatever its outcome is.
      const auto policy = testing::NosyPolicy(
          outcome, number % 8 == 7 ? Nosiness::kErrs : Nosiness::kReads, seed % 1'000, kNosyStride);
      auto fork = desk->Fork(std::make_shared<SequenceIdSource>("f"), policy);
      if (!fork.ok()) return fork.status().ToString();
      desk = *std::move(fork);
      commands = std::make_unique<RandomCommands>(&chance, desk.get());
    }
    // Mostly any; else one that was never done.
    const domain::CommandInfo& some = domain::Commands()[static_cast<std::size_t>(
        chance.Below(static_cast<int>(domain::Commands().size())))];
    const bool is_rare = watch->done.count(std::string(some.name)) == 0;
    v1::Command command = is_rare ? commands->Next(some) : commands->Next();
    v1::Facts facts = commands->NextFacts(command);
    PlantIn(is_rare, &chance, &command);
    if (chance.OneIn(4)) Plant(Planting::kPersonalOnly, &facts);
    if (chance.OneIn(20)) PlantSome(&chance, &facts);
    absl::StatusOr<v1::Outcome> outcome;
    std::string broken = watch->Execute(*desk, command, facts, &outcome);
    if (broken.empty() && outcome.ok() && outcome->verdict() == v1::VERDICT_HELD &&
        !chance.OneIn(4)) {
      broken = Resolve(*desk, commands.get(), &chance, command, *outcome, watch);
    }
    if (!broken.empty()) return absl::StrCat("command ", i, ": ", say(broken, command));
  }
  return watch->CheckReads(*desk);
}

TEST(PlantedTest, WhateverIsAskedNothingIsRevealed) {
  // Text that is not UTF-8 is refused; protobuf would log it in the tests' own calls.
  google::protobuf::LogSilencer silencer;
  const std::uint64_t seed = testing::SeedOfRun();
  const auto wanted =
      static_cast<int>(testing::NumberFromEnvironment("FRONTDESK_RANDOM_COMMANDS", kUsualCommands));
  ::testing::internal::CaptureStderr();
  Watch watch;
  int given = 0;
  const auto all_done = [&watch] {
    return std::all_of(domain::Commands().begin(), domain::Commands().end(),
                       [&watch](const domain::CommandInfo& info) {
                         return watch.done[std::string(info.name)] > 0;
                       });
  };
  std::string broken;
  for (std::size_t desks = 0;
       broken.empty() && (given < wanted || (given < kMostTimes * wanted && !all_done()));
       ++desks) {
    broken = RunDesk(seed + desks, desks, &watch, &given);
    if (!broken.empty()) broken = absl::StrCat("seed ", seed, ", desk ", desks, ", ", broken);
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  std::cout << given << " commands, refused " << watch.refused << ", held " << watch.held
            << ", failed " << watch.failed << ", findings " << watch.findings << ", masked values "
            << watch.masked << "\n";
  ASSERT_EQ(broken, "");
  EXPECT_GT(watch.refused, given / 20);
  EXPECT_GT(watch.held, given / 200);
  EXPECT_GT(watch.failed, given / 50);
  EXPECT_GT(watch.findings, 0);
  EXPECT_GT(watch.masked, given / 20);
  for (const domain::CommandInfo& info : domain::Commands()) {
    EXPECT_EQ(watch.done.count(std::string(info.name)), 1u) << info.name << " was never done";
  }
}

}  // namespace
}  // namespace frontdesk
