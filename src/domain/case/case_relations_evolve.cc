// Folding the links, merges and splits of cases.
#include <algorithm>
#include <string>

#include "domain/case/case_draft.h"
#include "domain/case/case_fold.h"
#include "domain/case/case_relations.h"
#include "domain/event_maker.h"
#include "domain/interaction_part.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::Case;
using v1::CaseLink;

// Enters a state in which the case is no more closed, and no less, than it was.
void EnterAside(Case::State state, const std::string& state_name,
                const google::protobuf::Timestamp& start_time, Case* current_case) {
  const bool was_closed = current_case->has_close_time();
  const google::protobuf::Timestamp close_time = current_case->close_time();
  Enter(state, state_name, start_time, current_case);
  if (was_closed) {
    *current_case->mutable_close_time() = close_time;
  } else {
    current_case->clear_close_time();
  }
}

void RemoveLink(const v1::EntityRef& entity, Case* current_case) {
  current_case->set_link_count(Changed(current_case->link_count(), -1));
  auto* links = current_case->mutable_links();
  links->erase(
      std::remove_if(links->begin(), links->end(),
                     [&](const v1::EntityRef& each) { return IsSameEntity(each, entity); }),
      links->end());
}

CaseLink SplitLink(const std::string& case_id) {
  CaseLink link;
  link.set_kind(CaseLink::KIND_SPLIT_INTO);
  link.set_case_id(case_id);
  return link;
}

}  // namespace

void ApplyCaseLinked(const v1::CaseLinked& fact, Case* current_case) {
  if (fact.has_entity()) {
    current_case->set_link_count(NextCount(current_case->link_count()));
    if (!HasLink(current_case->links(), fact.entity())) {
      *current_case->add_links() = fact.entity();
    }
  }
  if (fact.has_case_link()) AddCaseLink(fact.case_link(), current_case);
  if (fact.has_external_link() && !HasExternalLink(*current_case, fact.external_link())) {
    *current_case->add_external_links() = fact.external_link();
  }
}

void ApplyCaseUnlinked(const v1::CaseUnlinked& fact, Case* current_case) {
  if (fact.has_entity()) RemoveLink(fact.entity(), current_case);
  if (fact.has_external_link()) {
    auto* links = current_case->mutable_external_links();
    links->erase(std::remove_if(links->begin(), links->end(),
                                [&fact](const v1::ExternalLink& each) {
                                  return IsSameLink(each, fact.external_link());
                                }),
                 links->end());
  }
  if (!fact.has_case_link()) return;
  const CaseLink& link = fact.case_link();
  RemoveCaseLink(link, current_case);
  // The parts that came with the split are removed with it.
  if (link.kind() == CaseLink::KIND_SPLIT_FROM) {
    auto* refs = current_case->mutable_part_refs();
    refs->erase(
        std::remove_if(refs->begin(), refs->end(),
                       [&](const v1::CasePartRef& ref) { return ref.case_id() == link.case_id(); }),
        refs->end());
  }
}

void ApplyCaseMerged(const v1::CaseMerged& fact, Case* current_case) {
  current_case->set_merged_case_count(NextCount(current_case->merged_case_count()));
  // Nothing else of the case moves with it: not the queue, the place in a chain or an offer.
  if (!fact.assignee_id().empty()) current_case->set_assignee_id(fact.assignee_id());
  if (FindMergedCase(*current_case, fact.merge().case_id()) != nullptr) return;
  *current_case->add_merged_cases() = fact.merge();
}

void ApplyCaseMergedAway(const v1::CaseMergedAway& fact, Case* current_case) {
  EnterAside(Case::STATE_MERGED, "", fact.start_time(), current_case);
  current_case->set_survivor_case_id(fact.survivor_case_id());
}

void ApplyCaseUnmerged(const v1::CaseUnmerged& fact, Case* current_case) {
  current_case->set_merged_case_count(Changed(current_case->merged_case_count(), -1));
  auto* merged = current_case->mutable_merged_cases();
  merged->erase(std::remove_if(merged->begin(), merged->end(),
                               [&fact](const v1::MergedCase& each) {
                                 return each.case_id() == fact.unmerged_case_id();
                               }),
                merged->end());
}

void ApplyCaseRestored(const v1::CaseRestored& fact, Case* current_case) {
  EnterAside(fact.state(), fact.state_name(), fact.start_time(), current_case);
  current_case->clear_survivor_case_id();
  // Only an import may have had one.
  if (IsOver(fact.state())) current_case->clear_transfer_offer();
}

void ApplyCaseSplit(const v1::CaseSplit& fact, Case* current_case) {
  const v1::CaseSplitOff& split_off = fact.split_off();
  if (FindSplitOff(*current_case, split_off.case_id()) != nullptr) return;
  *current_case->add_split_offs() = split_off;
  AddCaseLink(SplitLink(split_off.case_id()), current_case);
}

void ApplyCaseUnsplit(const v1::CaseUnsplit& fact, Case* current_case) {
  for (int i = 0; i < current_case->split_offs_size(); ++i) {
    if (current_case->split_offs(i).case_id() != fact.split_case_id()) continue;
    current_case->mutable_split_offs()->DeleteSubrange(i, 1);
    RemoveCaseLink(SplitLink(fact.split_case_id()), current_case);
    return;
  }
}

}  // namespace domain
}  // namespace frontdesk
