// Folding the links, merges and splits of cases.
#include <algorithm>
#include <map>
#include <string>

#include "domain/case/case_fold.h"
#include "domain/case/case_items.h"
#include "domain/case/case_relations.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"
#include "internal/status_macros.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseCommand;
using v1::CaseLink;

// Enters a state in which the case is no more closed, and no less, than it was.
absl::Status EnterAside(Case::State state, const std::string& state_name,
                        const google::protobuf::Timestamp& start_time, Case* current_case) {
  const bool was_closed = current_case->has_close_time();
  const google::protobuf::Timestamp close_time = current_case->close_time();
  absl::Status entered = Enter(state, state_name, start_time, current_case);
  if (!entered.ok()) return entered;
  if (was_closed) {
    *current_case->mutable_close_time() = close_time;
  } else {
    current_case->clear_close_time();
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ApplyCaseLinked(const v1::CaseLinked& fact, Case* current_case) {
  const CaseLink& link = fact.case_link();
  if (!Keeps(CaseCommand::kLinkCase, *current_case) || fact.has_case_link() == fact.has_entity()) {
    return NotApplicableError("no link is possible in the case's state, or none is named");
  }
  if (fact.has_entity()) {
    if (fact.entity().id().empty() || HasLink(current_case->links(), fact.entity())) {
      return NotApplicableError("the link exists already, or has no id");
    }
    *current_case->add_links() = fact.entity();
    return absl::OkStatus();
  }
  if (!IsFreeCaseLink(link.kind()) || link.case_id().empty() ||
      link.case_id() == current_case->case_id() ||
      HasCaseLink(*current_case, link.kind(), link.case_id()) ||
      (link.kind() == CaseLink::KIND_PARENT && FindParent(*current_case) != nullptr)) {
    return NotApplicableError("the link exists already, or is not valid");
  }
  *current_case->add_case_links() = link;
  return absl::OkStatus();
}

absl::Status ApplyCaseUnlinked(const v1::CaseUnlinked& fact, Case* current_case) {
  const CaseLink& link = fact.case_link();
  if (!Keeps(CaseCommand::kUnlinkCase, *current_case) ||
      fact.has_case_link() == fact.has_entity()) {
    return NotApplicableError("no link can be removed in the case's state, or none is named");
  }
  if (fact.has_entity()) {
    auto* links = current_case->mutable_links();
    const auto rest = std::remove_if(links->begin(), links->end(), [&](const v1::EntityRef& each) {
      return IsSameEntity(each, fact.entity());
    });
    if (rest == links->end()) return NotApplicableError("there is no such link");
    links->erase(rest, links->end());
    return absl::OkStatus();
  }
  const bool undoes_split = link.kind() == CaseLink::KIND_SPLIT_FROM;
  if ((!undoes_split && !IsFreeCaseLink(link.kind())) ||
      !RemoveCaseLink(link.kind(), link.case_id(), current_case)) {
    return NotApplicableError("there is no such link");
  }
  // The parts that came with the split are removed with it.
  if (undoes_split) {
    auto* refs = current_case->mutable_part_refs();
    refs->erase(
        std::remove_if(refs->begin(), refs->end(),
                       [&](const v1::CasePartRef& ref) { return ref.case_id() == link.case_id(); }),
        refs->end());
  }
  return absl::OkStatus();
}

absl::Status ApplyCaseMerged(const v1::CaseMerged& fact, Case* current_case) {
  const std::string& case_id = fact.merge().case_id();
  if (!Keeps(CaseCommand::kMergeCases, *current_case) || case_id.empty() ||
      case_id == current_case->case_id() || FindMergedCase(*current_case, case_id) != nullptr) {
    return NotApplicableError("no merge is possible in the case's state, or it was made already");
  }
  *current_case->add_merged_cases() = fact.merge();
  return absl::OkStatus();
}

absl::Status ApplyCaseMergedAway(const v1::CaseMergedAway& fact, Case* current_case) {
  if (current_case->state() == Case::STATE_MERGED ||
      FindSpanBeforeMerge(*current_case) == nullptr || fact.survivor_case_id().empty() ||
      fact.survivor_case_id() == current_case->case_id()) {
    return NotApplicableError("the case is merged already, or no survivor is named");
  }
  FRONTDESK_RETURN_IF_ERROR(EnterAside(Case::STATE_MERGED, "", fact.start_time(), current_case));
  current_case->set_survivor_case_id(fact.survivor_case_id());
  return absl::OkStatus();
}

absl::Status ApplyCaseUnmerged(const v1::CaseUnmerged& fact, Case* current_case) {
  if (!Keeps(CaseCommand::kUnmergeCases, *current_case)) {
    return NotApplicableError("no case can be unmerged in the survivor's state");
  }
  for (int i = 0; i < current_case->merged_cases_size(); ++i) {
    if (current_case->merged_cases(i).case_id() != fact.unmerged_case_id()) continue;
    current_case->mutable_merged_cases()->DeleteSubrange(i, 1);
    return absl::OkStatus();
  }
  return NotApplicableError("no such case is merged into this one");
}

absl::Status ApplyCaseRestored(const v1::CaseRestored& fact, Case* current_case) {
  const v1::CaseStateSpan* before = FindSpanBeforeMerge(*current_case);
  if (current_case->state() != Case::STATE_MERGED || before == nullptr ||
      fact.state() != before->state() || fact.state_name() != before->state_name()) {
    return NotApplicableError("the case is not merged, or was in another state before");
  }
  FRONTDESK_RETURN_IF_ERROR(
      EnterAside(fact.state(), fact.state_name(), fact.start_time(), current_case));
  current_case->clear_survivor_case_id();
  return absl::OkStatus();
}

absl::Status ApplyCaseSplit(const v1::CaseSplit& fact, Case* current_case) {
  const v1::CaseSplitOff& split_off = fact.split_off();
  const std::map<std::string, std::string> gone = SplitOffParts(*current_case);
  if (!Keeps(CaseCommand::kSplitCase, *current_case) || split_off.case_id().empty() ||
      split_off.case_id() == current_case->case_id() || split_off.part_ids().empty() ||
      FindSplitOff(*current_case, split_off.case_id()) != nullptr) {
    return NotApplicableError("no split is possible in the case's state, or it was made already");
  }
  for (const std::string& part_id : split_off.part_ids()) {
    if (FindCasePart(*current_case, part_id) == nullptr || gone.count(part_id) != 0) {
      return NotApplicableError("no such part can be split off");
    }
  }
  *current_case->add_split_offs() = split_off;
  CaseLink& link = *current_case->add_case_links();
  link.set_kind(CaseLink::KIND_SPLIT_INTO);
  link.set_case_id(split_off.case_id());
  return absl::OkStatus();
}

absl::Status ApplyCaseUnsplit(const v1::CaseUnsplit& fact, Case* current_case) {
  if (!Keeps(CaseCommand::kUnsplitCase, *current_case)) {
    return NotApplicableError("no split can be undone in the case's state");
  }
  for (int i = 0; i < current_case->split_offs_size(); ++i) {
    if (current_case->split_offs(i).case_id() != fact.split_case_id()) continue;
    current_case->mutable_split_offs()->DeleteSubrange(i, 1);
    RemoveCaseLink(CaseLink::KIND_SPLIT_INTO, fact.split_case_id(), current_case);
    return absl::OkStatus();
  }
  return NotApplicableError("no such case was split off this one");
}

}  // namespace domain
}  // namespace frontdesk
