// init, export, backup, verify.
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "frontdesk/base/error.h"
#include "frontdesk/desk/desk.h"
#include "frontdesk/desk/log_transfer.h"
#include "frontdesk/desk/reasons.h"
#include "frontdesk/event_log/event_log.h"
#include "frontdesk/policy/command_rules.h"
#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/issues.h"
#include "internal/escape_text.h"
#include "internal/status_macros.h"
#include "internal/time.h"
#include "tool/commands.h"
#include "tool/files.h"
#include "tool/open_store.h"

namespace frontdesk {
namespace tool {
namespace {

using internal::EscapeText;

bool CanAllow(v1::PolicyOutcome outcome) {
  return outcome == v1::POLICY_OUTCOME_ALLOW || outcome == v1::POLICY_OUTCOME_HOLD;
}

// Whether the rule set that decides ActivatePolicy has an outcome that is no refusal.
bool CanBeReplaced(const v1::PolicyPack& pack) {
  const v1::RuleSet* const deciding = FindRuleSet(pack, v1::ActivatePolicy::descriptor()->name());
  if (deciding == nullptr) return false;
  if (CanAllow(deciding->default_outcome())) return true;
  return absl::c_any_of(deciding->rules(),
                        [](const v1::Rule& rule) { return CanAllow(rule.outcome()); });
}

// The role of a server that may use the desks of a database.
absl::StatusOr<int> InitRole(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const std::string statements, MakeDatabaseRole(call.options));
  if (call.options.Has("dry-run")) {
    call.screen.Line(absl::StripSuffix(statements, "\n"));
  } else {
    call.screen.Line(absl::StrCat("the role ", call.options.Get("role"),
                                  " may read and write the desks of the database"));
  }
  return kToolDone;
}

absl::StatusOr<int> Init(const Call& call) {
  const bool makes_role = call.options.Has("role") && !call.options.Has("activate");
  if (makes_role && !IsDatabase(call.options)) {
    return UsageError("--role goes with --activate, or names a role of a database");
  }
  if (call.options.Has("dry-run") && !makes_role) {
    return UsageError("--dry-run goes with the --role of a database");
  }
  if (makes_role) {
    FRONTDESK_ASSIGN_OR_RETURN(const int made, InitRole(call));
    if (call.options.Has("dry-run") || !call.options.Has("policy")) return made;
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::shared_ptr<const Policy> policy, ReadPolicy(call));
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenStore(call.options, /*read_only=*/false));
  DeskOptions options;
  options.policy = policy;
  options.store = store;
  if (call.options.Has("activate")) {
    PolicyActivation& activation = options.activate.emplace();
    activation.actor = MakeActor(call.options.Get("activate"));
    for (const absl::string_view role :
         absl::StrSplit(call.options.Get("role"), ',', absl::SkipEmpty())) {
      activation.actor.add_roles(std::string(role));
    }
    activation.now = internal::EncodeTime(call.terminal.now());
  }
  const absl::StatusOr<std::unique_ptr<Desk>> desk = Desk::Open(std::move(options));
  if (GetReason(desk.status()) == kReasonPolicyNotActive && !call.options.Has("activate")) {
    call.screen.Hint(
        "another policy is active: --activate ACTOR replaces it, as an actor with --role ROLES");
  }
  if (!desk.ok()) return desk.status();
  call.screen.Line(absl::StrCat("ready, under the policy ", EscapeText(policy->pack().name()), " ",
                                EscapeText(policy->pack().version())));
  if (!CanBeReplaced(policy->pack())) {
    call.screen.Hint(
        "note: nobody can replace this policy, since it refuses every ActivatePolicy: a rule set "
        "for ActivatePolicy says who can");
  }
  return kToolDone;
}

absl::StatusOr<int> Export(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenStore(call.options, /*read_only=*/true));
  const bool is_binary = call.options.Has("binary");
  FRONTDESK_ASSIGN_OR_RETURN(NewFile file, NewFile::Make({"log", call.options[1]}));
  {
    Progress progress(call.terminal, "bytes", 0);
    FRONTDESK_RETURN_IF_ERROR(ExportLog(*store,
                                        is_binary ? LogFormat::kBinary : LogFormat::kJsonLines,
                                        [&](absl::string_view piece) {
                                          const absl::Status written = file.Write(piece);
                                          progress.Set(file.bytes());
                                          return written;
                                        }));
  }
  FRONTDESK_RETURN_IF_ERROR(file.Finish());
  call.screen.Line(absl::StrCat(file.bytes(), " bytes"));
  return kToolDone;
}

absl::StatusOr<int> Backup(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenFileToRead(call.options));
  const absl::Status done = store->Backup(call.options[1]);
  if (!done.ok()) return WithPath(event_log::StoreError(done), call.options[1]);
  call.screen.Line("done");
  return kToolDone;
}

absl::StatusOr<int> Verify(const Call& call) {
  FRONTDESK_ASSIGN_OR_RETURN(const auto store, OpenStore(call.options, /*read_only=*/true));
  // A server checks its own pages.
  if (const auto file = std::dynamic_pointer_cast<const store::SqliteStore>(store)) {
    const absl::Status whole = file->CheckIntegrity();
    if (!whole.ok()) return event_log::StoreError(whole);
  }
  FRONTDESK_ASSIGN_OR_RETURN(const std::unique_ptr<Reader> reader, MakeReader(store));
  FRONTDESK_ASSIGN_OR_RETURN(const v1::LogReport report,
                             call.options.Has("rows") ? reader->VerifyRows() : reader->Verify());
  if (call.screen.is_json()) {
    call.screen.Json(report);
  } else if (report.has_fault()) {
    call.screen.Line(call.screen.Bold("fault"));
    call.screen.Fields(report.fault(), 2);
  } else {
    call.screen.Line(absl::StrCat(report.entry_count(), " entries, no fault"));
    call.screen.Fields(report, 2);
  }
  return report.has_fault() ? kToolNotClean : kToolDone;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Reader>> MakeReader(std::shared_ptr<store::Store> store) {
  ReaderOptions how;
  how.store = std::move(store);
  return Reader::Open(std::move(how));
}

absl::StatusOr<std::unique_ptr<Reader>> MakeReader(const Options& options, std::size_t place) {
  FRONTDESK_ASSIGN_OR_RETURN(std::shared_ptr<store::Store> store,
                             OpenStore(options, /*read_only=*/true, place));
  return MakeReader(std::move(store));
}

std::vector<CommandRow> KeepCommands() {
  return {
      {"init",
       {"FILE"},
       "make the file of a desk, with its first policy",
       {{"policy", "POLICY",
         "the text of a policy, or JSON in a file that ends with .json. Required, but for --role "
         "NAME"},
        {"activate", "ACTOR", "activate it when another policy is active, as this actor"},
        {"role", "ROLES",
         "the roles of that actor: owner,supervisor. Without --activate, the name of a role of a "
         "PostgreSQL server, which is made to use the database, and may do nothing else"},
        {"dry-run", "", "show the statements that make that role, and run none"}},
       &Init},
      ImportCommand(),
      {"export",
       {"FILE", "LOG"},
       "write the log as lines of JSON, with all that the desk holds",
       {{"binary", "", "as binary lines, each behind its length"}},
       &Export},
      {"backup",
       {"FILE", "COPY"},
       "copy the file as it is at one moment, while others use it",
       {},
       &Backup},
      {"verify",
       {"FILE"},
       "verify checksums, and the chain of the log",
       {{"rows", "",
         "also make everything from the log again, and compare; takes as much memory as the desk"}},
       &Verify},
  };
}

}  // namespace tool
}  // namespace frontdesk
