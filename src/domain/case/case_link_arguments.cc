// The arguments of the commands that link, merge and split cases, and of those about tasks.
#include "domain/arguments.h"
#include "domain/case/case_relations.h"
#include "domain/interaction_part.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::CaseCommand;
using v1::CaseLink;

constexpr int kMaxSplitParts = 1000;

// LinkCase and UnlinkCase: a case, or an interaction or order.
template <typename Verb>
void CheckLinkVerb(const FieldPath& root, const Verb& verb, ArgumentChecker* checker) {
  const FieldPath case_link{&root, "case_link"};
  const FieldPath entity{&root, "entity"};
  if (!verb.has_case_link() && !verb.has_entity()) {
    checker->Add(case_link, kReasonArgumentRequired, "is required when entity is not set");
  }
  if (verb.has_case_link()) {
    const CaseLink::Kind kind = verb.case_link().kind();
    checker->CheckEnum({&case_link, "kind"}, kind, IsFreeCaseLink(kind));
    checker->RequireText({&case_link, "case_id"}, verb.case_link().case_id());
  }
  if (!verb.has_entity()) return;
  checker->Forbid(entity, verb.has_case_link());
  CheckLink(entity, verb.entity(), v1::ENTITY_KIND_INTERACTION, v1::ENTITY_KIND_ORDER, checker);
}

void CheckAddTask(const FieldPath& root, const v1::AddCaseTask& verb, ArgumentChecker* checker) {
  const FieldPath field{&root, "task"};
  if (!checker->RequireMessage(field, verb.has_task())) return;
  const v1::FollowUpTask& task = verb.task();
  checker->RequireText({&field, "task_id"}, task.task_id());
  checker->RequireText({&field, "title"}, task.title());
  checker->CheckTime({&field, "due_time"}, task.has_due_time(), task.due_time());
  checker->Forbid({&field, "complete_time"}, task.has_complete_time());
  checker->Forbid({&field, "outcome_note"}, !task.outcome_note().empty());
}

void CheckSplit(const FieldPath& root, const v1::SplitCase& verb, ArgumentChecker* checker) {
  checker->RequireText({&root, "new_case_id"}, verb.new_case_id());
  checker->CheckEnum(
      {&root, "kind"}, verb.kind(),
      verb.kind() == v1::Case::KIND_UNSPECIFIED || v1::Case_Kind_IsValid(verb.kind()));
  checker->RequireText({&root, "subject"}, verb.subject());
  checker->CheckCount({&root, "part_ids"}, verb.part_ids_size(), 1, kMaxSplitParts);
  DistinctIds seen;
  for (int i = 0; i < verb.part_ids_size(); ++i) {
    const FieldPath field{&root, "part_ids", i};
    if (checker->RequireText(field, verb.part_ids(i))) {
      seen.Check(field, verb.part_ids(i), checker);
    }
  }
}

}  // namespace

void CheckRelationArguments(const FieldPath& root, const CaseCommand& command,
                            ArgumentChecker* checker) {
  switch (command.verb_case()) {
    case CaseCommand::kLinkCase:
      return CheckLinkVerb(root, command.link_case(), checker);
    case CaseCommand::kUnlinkCase:
      return CheckLinkVerb(root, command.unlink_case(), checker);
    case CaseCommand::kAddCaseTask:
      return CheckAddTask(root, command.add_case_task(), checker);
    case CaseCommand::kCompleteCaseTask:
      checker->RequireText({&root, "task_id"}, command.complete_case_task().task_id());
      return;
    case CaseCommand::kRemoveCaseTask:
      checker->RequireText({&root, "task_id"}, command.remove_case_task().task_id());
      return;
    case CaseCommand::kMergeCases:
      checker->RequireText({&root, "merged_case_id"}, command.merge_cases().merged_case_id());
      return;
    case CaseCommand::kUnmergeCases:
      checker->RequireText({&root, "merged_case_id"}, command.unmerge_cases().merged_case_id());
      return;
    case CaseCommand::kSplitCase:
      return CheckSplit(root, command.split_case(), checker);
    case CaseCommand::kUnsplitCase:
      checker->RequireText({&root, "split_case_id"}, command.unsplit_case().split_case_id());
      return;
    default:
      return;
  }
}

}  // namespace domain
}  // namespace frontdesk
