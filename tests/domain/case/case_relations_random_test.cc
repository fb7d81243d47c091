// Random lives of cases that are linked, merged, split, and taken apart again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "domain/case/case_world.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::util::MessageDifferencer;
using v1::Case;
using v1::CaseLink;
using v1::Event;

constexpr int kCaseRounds = 30;
constexpr int kCaseSteps = 300;

class RandomVerbs {
 public:
  explicit RandomVerbs(uint64_t seed) : random_(seed) {}

  int Below(int end) { return static_cast<int>(random_() % static_cast<uint64_t>(end)); }

  // One that is there, mostly.
  std::string AnyCase(const CaseWorld& world) {
    if (world.cases.empty() || Below(16) == 0) return absl::StrCat("'case-", Below(8), "'");
    return absl::StrCat(
        "'", std::next(world.cases.begin(), Below(static_cast<int>(world.cases.size())))->first,
        "'");
  }

  std::string Next(const CaseWorld& world) {
    const std::string case_id = absl::StrCat("case_id: ", AnyCase(world), " ");
    switch (Below(20)) {
      case 0:
      case 1:
        return absl::StrCat("open_case { case_id: 'case-", Below(4), "' ",
                            "kind: KIND_TROUBLE subject: 's' customer_id: '",
                            Below(4) == 0   ? ""
                            : Below(6) == 0 ? "bob"
                                            : "ann",
                            "' }");
      case 2:
        return absl::StrCat("pause_case { ", case_id,
                            "state: STATE_WAITING_ON_CUSTOMER state_name: 'n", Below(2), "' }");
      case 3:
        return absl::StrCat("resume_case { ", case_id, "}");
      case 4:
        return absl::StrCat("resolve_case { ", case_id, "code: 'x' }");
      case 5:
        return Below(2) == 0
                   ? absl::StrCat("reopen_case { ", case_id, "}")
                   : absl::StrCat("close_case { ", case_id, Below(8) == 0 ? "reason: 'x' }" : "}");
      case 6:
        return absl::StrCat(
            "assign_case { ", case_id,
            Below(4) == 0 ? "" : absl::StrCat("assignee_id: 'agent-", Below(3), "'"),
            Below(2) == 0 ? " keeps_state: true }" : " }");
      case 7:
        return Below(32) == 0  ? absl::StrCat("cancel_case { ", case_id, "reason: 'x' }")
               : Below(2) == 0 ? People(case_id)
                               : Task(case_id);
      case 8:
        return absl::StrCat("link_case { ", case_id, "case_link { kind: ",
                            CaseLink::Kind_Name(static_cast<CaseLink::Kind>(1 + Below(9))),
                            " case_id: ", AnyCase(world), " } }");
      case 9:
        return Unlink(world);
      case 10:
        return absl::StrCat("merge_cases { ", case_id, "merged_case_id: ", AnyCase(world), " }");
      case 11:
      case 12:
      case 13:
        return Unmerge(world);
      case 14:
      case 15:
        return Split(world);
      case 16:
        return Unsplit(world);
      default:
        return absl::StrCat("add_case_part { ", case_id, "part { part_id: ", Part(),
                            " kind: KIND_MESSAGE text: 't' visibility: ",
                            Below(2) == 0 ? "VISIBILITY_PUBLIC" : "VISIBILITY_INTERNAL",
                            Below(3) == 0 ? absl::StrCat(" corrects_part_id: ", Part()) : "",
                            " } }");
    }
  }

  std::string Split(const CaseWorld& world) {
    return absl::StrCat("split_case { case_id: ", AnyCase(world), " new_case_id: 'case-",
                        4 + Below(4), "'", " subject: 's' part_ids: 'p", Below(2), "'",
                        Below(2) == 0 ? absl::StrCat(" part_ids: 'p", 2 + Below(4), "'") : "",
                        " }");
  }

 private:
  std::string Part() { return absl::StrCat("'p", Below(6), "'"); }

  // People, links and ids elsewhere, which no merge and no split touches.
  std::string People(const std::string& case_id) {
    const std::string participant = absl::StrCat("participant_id: 'w", Below(2), "' ");
    switch (Below(5)) {
      case 0:
        return absl::StrCat("add_case_participant { ", case_id, "participant { ", participant,
                            "kind: KIND_FOLLOWER actor_id: 'dora' } }");
      case 1:
        return absl::StrCat("remove_case_participant { ", case_id, participant, "}");
      case 2:
        return absl::StrCat(Below(2) == 0 ? "link_case { " : "unlink_case { ", case_id,
                            "external_link { system: 'billing' id: '", Below(2), "' } }");
      case 3:
        return absl::StrCat("prioritize_case { ", case_id, "impact: ", 1 + Below(3), " }");
      default:
        return absl::StrCat("correct_resolution { ", case_id, "code: 'y", Below(2), "' }");
    }
  }

  std::string Task(const std::string& case_id) {
    const std::string task = absl::StrCat("task_id: 't", Below(2), "' ");
    switch (Below(3)) {
      case 0:
        return absl::StrCat("add_case_task { ", case_id, "task { ", task, "title: 't' } }");
      case 1:
        return absl::StrCat("complete_case_task { ", case_id, task, "}");
      default:
        return absl::StrCat("remove_case_task { ", case_id, task, "}");
    }
  }

  // Of an existing merge, mostly.
  std::string Unmerge(const CaseWorld& world) {
    std::string ids =
        absl::StrCat("case_id: ", AnyCase(world), " merged_case_id: ", AnyCase(world));
    for (const auto& [id, one] : world.cases) {
      if (one.merged_cases().empty() || Below(2) == 0) continue;
      ids = absl::StrCat("case_id: '", id, "' merged_case_id: '",
                         one.merged_cases(Below(one.merged_cases_size())).case_id(), "'");
    }
    return absl::StrCat("unmerge_cases { ", ids, " }");
  }

  // Of an existing split, mostly.
  std::string Unsplit(const CaseWorld& world) {
    std::string ids = absl::StrCat("case_id: ", AnyCase(world), " split_case_id: ", AnyCase(world));
    for (const auto& [id, one] : world.cases) {
      if (one.split_offs().empty() || Below(2) == 0) continue;
      ids = absl::StrCat("case_id: '", id, "' split_case_id: '",
                         one.split_offs(Below(one.split_offs_size())).case_id(), "'");
    }
    return absl::StrCat("unsplit_case { ", ids, " }");
  }

  // Of an existing link, mostly.
  std::string Unlink(const CaseWorld& world) {
    CaseLink link;
    link.set_kind(CaseLink::KIND_RELATED);
    link.set_case_id("case-0");
    std::string case_id = "case-1";
    for (const auto& [id, one] : world.cases) {
      const auto links = AllLinks(one);
      if (links.empty() || Below(2) == 0) continue;
      case_id = id;
      link = links[Below(links.size())];
    }
    return absl::StrCat("unlink_case { case_id: '", case_id, "' case_link { ",
                        link.ShortDebugString(), " } }");
  }

  std::mt19937_64 random_;
};

bool IsMerging(const Event& event) {
  return event.case_().has_case_merged() || event.case_().has_case_merged_away() ||
         event.case_().has_case_unmerged() || event.case_().has_case_restored();
}

Case Fold(const std::vector<Event>& history, bool with_merges) {
  Case folded;
  for (const Event& event : history) {
    if (!with_merges && IsMerging(event)) {
      // It passes on an assignee, and changes nothing else of the survivor.
      const std::string& taken_over = event.case_().case_merged().assignee_id();
      EXPECT_TRUE(taken_over.empty() || folded.assignee_id().empty());
      if (!taken_over.empty()) folded.set_assignee_id(taken_over);
      continue;
    }
    const absl::Status status = EvolveCase(event, &folded);
    EXPECT_TRUE(status.ok()) << status << " " << event.ShortDebugString();
  }
  return folded;
}

// The case as if it had never been merged with another: without the spans of MERGED, and those that
// began when it came back.
Case WithoutMerges(Case one) {
  std::vector<v1::CaseStateSpan> spans;
  bool comes_back = false;
  for (const v1::CaseStateSpan& span : one.state_spans()) {
    const bool merged = span.state() == Case::STATE_MERGED;
    if (!merged && !comes_back) spans.push_back(span);
    comes_back = merged;
  }
  one.mutable_state_spans()->Assign(spans.begin(), spans.end());
  if (one.state() == Case::STATE_MERGED) {
    one.set_state(spans.back().state());
    one.set_state_name(spans.back().state_name());
  }
  one.clear_merged_cases();
  one.clear_merged_case_count();
  one.clear_survivor_case_id();
  one.clear_assignee_spans();  // An assignee that is passed on begins one.
  return Counted(one);
}

void CheckLinks(const CaseWorld& world, const Case& one) {
  static const auto* const kCounterparts = new std::map<int, int>{
      {1, 2}, {2, 1}, {3, 3}, {4, 7}, {7, 4}, {5, 8}, {8, 5}, {6, 9}, {9, 6}, {10, 11}, {11, 10}};
  int parents = 0;
  std::set<std::pair<int, std::string>> seen;
  for (const CaseLink& link : AllLinks(one)) {
    parents += link.kind() == CaseLink::KIND_PARENT;
    EXPECT_TRUE(seen.emplace(link.kind(), link.case_id()).second);
    ASSERT_EQ(world.cases.count(link.case_id()), 1u);
    int counterparts = 0;
    for (const CaseLink& back : AllLinks(world.cases.at(link.case_id()))) {
      counterparts +=
          back.case_id() == one.case_id() && back.kind() == kCounterparts->at(link.kind());
    }
    EXPECT_EQ(counterparts, 1);
  }
  EXPECT_LE(parents, 1);
}

void CheckMerges(const CaseWorld& world, const Case& one) {
  EXPECT_EQ(one.state() == Case::STATE_MERGED, !one.survivor_case_id().empty());
  for (const v1::MergedCase& merged : one.merged_cases()) {
    EXPECT_EQ(world.cases.at(merged.case_id()).survivor_case_id(), one.case_id());
  }
  std::set<std::string> above;
  for (std::string id = one.case_id(); !id.empty(); id = world.cases.at(id).survivor_case_id()) {
    ASSERT_TRUE(above.insert(id).second) << "a circle";
  }
}

// Every part is seen in exactly one case that goes by itself, and in none of another customer's.
void CheckParts(const CaseWorld& world) {
  std::map<std::pair<std::string, std::string>, int> seen;
  size_t parts = 0;
  for (const auto& [case_id, one] : world.cases) {
    parts += static_cast<size_t>(one.parts_size());
    if (one.state() == Case::STATE_MERGED) continue;
    const CaseParts collected = CollectCaseParts(one, world.lookup());
    EXPECT_TRUE(collected.missing_case_ids.empty());
    for (const CasePart& each : collected.parts) {
      ++seen[{each.source->case_id(), each.part->part_id()}];
      EXPECT_TRUE(each.source->customer_id().empty() ||
                  each.source->customer_id() == one.customer_id());
    }
  }
  EXPECT_EQ(seen.size(), parts);
  for (const auto& [part, times] : seen) EXPECT_EQ(times, 1) << part.first << "/" << part.second;
}

void CheckWorldLaws(const CaseWorld& world) {
  for (const auto& [case_id, one] : world.cases) {
    SCOPED_TRACE(case_id);
    CheckLinks(world, one);
    CheckMerges(world, one);
  }
  CheckParts(world);
}

void CheckHistories(const CaseWorld& world) {
  for (const auto& [case_id, one] : world.cases) {
    const std::vector<Event>& history = world.histories.at(case_id);
    EXPECT_TRUE(MessageDifferencer::Equals(Fold(history, true), one)) << case_id;
    EXPECT_TRUE(MessageDifferencer::Equals(WithoutMerges(Fold(history, false)), WithoutMerges(one)))
        << case_id << "\n"
        << one.DebugString() << Fold(history, false).DebugString();
  }
}

// Does a verb that joins or parts cases, and undoes it at once: both are as before, but for an assignee that was passed on.
bool TryAndUndo(CaseWorld world, RandomVerbs* verbs) {
  const std::string one = verbs->AnyCase(world);
  const std::string other = verbs->AnyCase(world);
  const std::map<std::string, Case> before = world.cases;
  const bool merges = verbs->Below(2) == 0;
  const v1::Command command = world.Make(
      merges ? absl::StrCat("merge_cases { case_id: ", one, " merged_case_id: ", other, " }")
             : verbs->Split(world));
  if (world.Do(command).refused() || world.last.events.empty()) return false;
  const std::string case_id = AddressedEntity(command).id();
  const std::string other_id = OtherCaseId(command);
  const auto parts = [&](const Case& of, const std::map<std::string, Case>& cases) {
    CaseWorld seen;
    seen.cases = cases;
    return seen.Parts(of.case_id());
  };
  world.Done(absl::StrCat(merges ? "unmerge_cases { case_id: '" : "unsplit_case { case_id: '",
                          case_id, merges ? "' merged_case_id: '" : "' split_case_id: '", other_id,
                          "' }"));
  EXPECT_EQ(parts(before.at(case_id), before), world.Parts(case_id));
  Case after = world.cases[case_id];
  if (!merges) {
    after.mutable_merged_cases()->RemoveLast();
    after.set_merged_case_count(after.merged_case_count() - 1);
  }
  Case expected = before.at(case_id);
  if (merges && expected.assignee_id().empty()) {
    expected.set_assignee_id(before.at(other_id).assignee_id());
    expected.clear_assignee_spans();
    after.clear_assignee_spans();
  }
  // Clocks begin anew after a merge, from the instants of both; the undoing of a split is one.
  after.clear_service_times();
  expected.clear_service_times();
  EXPECT_TRUE(MessageDifferencer::Equals(after, expected));
  if (merges) {
    Case restored = world.cases[other_id];
    restored.mutable_state_spans()->DeleteSubrange(restored.state_spans_size() - 2, 2);
    restored = Counted(restored);
    *restored.mutable_service_times() = before.at(other_id).service_times();
    EXPECT_EQ(restored.DebugString(), before.at(other_id).DebugString());
  }
  CheckWorldLaws(world);
  return true;
}

TEST(CaseRelationsLawsTest, HoldOverRandomLives) {
  const char* given = std::getenv("FRONTDESK_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : uint64_t{std::random_device{}()};
  std::cout << "FRONTDESK_TEST_SEED=" << seed << std::endl;
  RandomVerbs verbs(seed);
  std::map<std::string, int> done;
  int refused = 0;
  int undone = 0;
  static constexpr const char* kDone[] = {"LinkCase",         "UnlinkCase",     "AddCaseTask",
                                          "CompleteCaseTask", "RemoveCaseTask", "MergeCases",
                                          "UnmergeCases",     "SplitCase",      "UnsplitCase"};
  // Longer, if need be, until each was done.
  const auto enough = [&](int round) {
    if (round < kCaseRounds) return false;
    return round >= 5 * kCaseRounds ||
           std::all_of(std::begin(kDone), std::end(kDone),
                       [&done](const char* verb) { return done[verb] > 0; });
  };
  for (int round = 0; !enough(round); ++round) {
    CaseWorld world;
    for (int step = 0; step < kCaseSteps; ++step) {
      world.seconds += verbs.Below(5) - 1;  // Now and then a clock goes back.
      const v1::Command command = world.Make(verbs.Next(world));
      const std::map<std::string, Case> before = world.cases;
      if (world.Do(command).refused()) {
        ++refused;
        continue;
      }
      ++done[std::string(FindCommand(command)->name)];
      // Parts are added, and nothing else becomes of them.
      for (const auto& [case_id, one] : before) {
        for (int i = 0; i < one.parts_size(); ++i) {
          ASSERT_TRUE(MessageDifferencer::Equals(one.parts(i), world.cases[case_id].parts(i)));
        }
      }
      CheckWorldLaws(world);
      undone += TryAndUndo(world, &verbs);
      ASSERT_FALSE(HasFailure()) << command.ShortDebugString();
    }
    CheckHistories(world);
    ASSERT_FALSE(HasFailure());
  }
  for (const char* verb : kDone) EXPECT_GT(done[verb], 0) << verb;
  for (const auto& [verb, times] : done) std::cout << verb << " " << times << "  ";
  std::cout << "refused " << refused << "  undone " << undone << std::endl;
  EXPECT_GT(refused, 100);
  EXPECT_GT(undone, 100);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
