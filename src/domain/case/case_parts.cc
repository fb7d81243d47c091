#include "frontdesk/domain/case/case_parts.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "domain/case/case_relations.h"
#include "domain/interaction_part.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::Timestamp;
using v1::Case;

// Looks each case up once, and notes those that are not there.
class Cases {
 public:
  Cases(const Case& first, const CaseLookup& find_case) : find_case_(find_case) {
    known_[first.case_id()] = &first;
  }

  const Case* Find(const std::string& case_id) {
    const auto [place, is_new] = known_.emplace(case_id, nullptr);
    if (is_new) {
      place->second = find_case_(case_id);
      if (place->second == nullptr) missing_.push_back(case_id);
    }
    return place->second;
  }

  std::vector<std::string> TakeMissing() && { return std::move(missing_); }

 private:
  const CaseLookup& find_case_;
  std::map<std::string, const Case*> known_;
  std::vector<std::string> missing_;
};

// The case and all that were merged into it, directly or not, each once.
std::vector<const Case*> WithMerged(const Case& first, Cases* cases) {
  std::vector<const Case*> all = {&first};
  std::set<std::string> seen = {first.case_id()};
  for (size_t next = 0; next < all.size(); ++next) {
    for (const v1::MergedCase& merged : all[next]->merged_cases()) {
      if (!seen.insert(merged.case_id()).second) continue;
      const Case* found = cases->Find(merged.case_id());
      if (found != nullptr) all.push_back(found);
    }
  }
  return all;
}

// Collects parts, each once.
class PartCollector {
 public:
  void AddOwn(const Case& source) {
    const std::map<std::string, std::string> gone = SplitOffParts(source);
    for (const v1::InteractionPart& part : source.parts()) {
      if (gone.count(part.part_id()) == 0) Add(source, part);
    }
  }

  // The parts that are stored in other cases and came with a split.
  void AddReferred(const Case& owner, Cases* cases) {
    std::vector<std::string> order;
    std::map<std::string, std::map<std::string, std::string>> referred;
    for (const v1::CasePartRef& ref : owner.part_refs()) {
      if (referred.count(ref.case_id()) == 0) order.push_back(ref.case_id());
      referred[ref.case_id()].emplace(ref.part_id(), owner.case_id());
    }
    for (const std::string& case_id : order) {
      const Case* source = cases->Find(case_id);
      if (source == nullptr) continue;
      const auto wanted = WithCorrections(source->parts(), std::move(referred[case_id]));
      for (const v1::InteractionPart& part : source->parts()) {
        if (wanted.count(part.part_id()) != 0) Add(*source, part);
      }
    }
  }

  std::vector<CasePart> TakeInOrderOfTime() && {
    std::stable_sort(parts_.begin(), parts_.end(), [](const CasePart& a, const CasePart& b) {
      return IsBefore(a.part->time(), b.part->time());
    });
    return std::move(parts_);
  }

 private:
  void Add(const Case& source, const v1::InteractionPart& part) {
    if (seen_.emplace(source.case_id(), part.part_id()).second) parts_.push_back({&source, &part});
  }

  std::set<std::pair<std::string, std::string>> seen_;
  std::vector<CasePart> parts_;
};

// The starts of the stretches of one case, for its clocks; nothing where that is not known. A stretch that began by a late entry counts
// from the instant that the entry names, though not from before the one ahead of it.
std::vector<absl::optional<Timestamp>> ClockStarts(const Case& one) {
  std::vector<absl::optional<Timestamp>> starts;
  absl::optional<Timestamp> latest;
  for (const v1::CaseStateSpan& span : one.state_spans()) {
    absl::optional<Timestamp> start;
    if (span.has_occur_time()) {
      start = span.occur_time();
      if (latest.has_value() && IsBefore(*start, *latest)) start = latest;
    } else if (span.has_start_time()) {
      start = span.start_time();
    }
    if (start.has_value()) latest = start;
    starts.push_back(std::move(start));
  }
  return starts;
}

// The pauses of one case, in order of time, as they are.
void AddPauses(const Case& one, absl::Span<const Case::State> pausing,
               std::vector<CasePause>* pauses) {
  const std::vector<absl::optional<Timestamp>> starts = ClockStarts(one);
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const Case::State state = one.state_spans(static_cast<int>(i)).state();
    if (std::find(pausing.begin(), pausing.end(), state) == pausing.end()) continue;
    const bool is_last = i + 1 == starts.size();
    if (!starts[i].has_value() || (!is_last && !starts[i + 1].has_value())) continue;
    CasePause pause;
    pause.start_time = *starts[i];
    if (!is_last) pause.end_time = starts[i + 1];
    if (!pause.end_time || IsBefore(pause.start_time, *pause.end_time)) pauses->push_back(pause);
  }
}

// Their union.
std::vector<CasePause> Unite(std::vector<CasePause> pauses) {
  std::stable_sort(pauses.begin(), pauses.end(), [](const CasePause& a, const CasePause& b) {
    return IsBefore(a.start_time, b.start_time);
  });
  std::vector<CasePause> united;
  for (CasePause& pause : pauses) {
    if (united.empty() ||
        (united.back().end_time && IsBefore(*united.back().end_time, pause.start_time))) {
      united.push_back(std::move(pause));
      continue;
    }
    absl::optional<Timestamp>& until = united.back().end_time;
    if (until && (!pause.end_time || IsBefore(*until, *pause.end_time))) {
      until = pause.end_time;
    }
  }
  return united;
}

absl::optional<Timestamp> StartOf(const Case& one) {
  if (!one.state_spans().empty() && one.state_spans(0).has_occur_time()) {
    return one.state_spans(0).occur_time();
  }
  if (one.has_open_time()) return one.open_time();
  if (!one.state_spans().empty() && one.state_spans(0).has_start_time()) {
    return one.state_spans(0).start_time();
  }
  return absl::nullopt;
}

}  // namespace

std::map<std::string, std::string> WithCorrections(const Parts& parts,
                                                   std::map<std::string, std::string> owners) {
  for (const v1::InteractionPart& part : parts) {
    if (part.corrects_part_id().empty()) continue;
    const auto corrected = owners.find(part.corrects_part_id());
    if (corrected != owners.end()) owners[part.part_id()] = std::string(corrected->second);
  }
  return owners;
}

std::map<std::string, std::string> SplitOffParts(const Case& current_case) {
  if (current_case.split_offs().empty()) return {};
  std::map<std::string, std::string> owners;
  for (const v1::CaseSplitOff& split_off : current_case.split_offs()) {
    for (const std::string& part_id : split_off.part_ids()) {
      owners.emplace(part_id, split_off.case_id());
    }
  }
  return WithCorrections(current_case.parts(), std::move(owners));
}

const v1::MergedCase* FindMergedCase(const Case& current_case, const std::string& case_id) {
  for (const v1::MergedCase& merged : current_case.merged_cases()) {
    if (merged.case_id() == case_id) return &merged;
  }
  return nullptr;
}

const v1::CaseSplitOff* FindSplitOff(const Case& current_case, const std::string& case_id) {
  for (const v1::CaseSplitOff& split_off : current_case.split_offs()) {
    if (split_off.case_id() == case_id) return &split_off;
  }
  return nullptr;
}

CaseParts CollectCaseParts(const Case& current_case, const CaseLookup& find_case) {
  Cases cases(current_case, find_case);
  PartCollector collector;
  for (const Case* one : WithMerged(current_case, &cases)) {
    collector.AddOwn(*one);
    collector.AddReferred(*one, &cases);
  }
  CaseParts result;
  result.parts = std::move(collector).TakeInOrderOfTime();
  result.missing_case_ids = std::move(cases).TakeMissing();
  return result;
}

CaseClockBasis ComputeCaseClockBasis(const Case& current_case,
                                     absl::Span<const Case::State> pausing_states,
                                     const CaseLookup& find_case) {
  Cases cases(current_case, find_case);
  CaseClockBasis basis;
  basis.start_time = StartOf(current_case);
  std::vector<CasePause> pauses;
  for (const Case* one : WithMerged(current_case, &cases)) {
    const absl::optional<Timestamp> start = StartOf(*one);
    if (start.has_value() &&
        (!basis.start_time.has_value() || IsBefore(*start, *basis.start_time))) {
      basis.start_time = start;
    }
    AddPauses(*one, pausing_states, &pauses);
  }
  basis.pauses = Unite(std::move(pauses));
  basis.missing_case_ids = std::move(cases).TakeMissing();
  return basis;
}

}  // namespace domain
}  // namespace frontdesk
