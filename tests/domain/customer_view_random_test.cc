// A customer never sees an internal part, whatever happens to the cases that contain it.
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "domain/case/case_world.h"
#include "frontdesk/domain/customer_view.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

constexpr int kRounds = 40;
constexpr int kSteps = 250;

// All that is internal has this in every text: what it says, its id, what it refers to.
constexpr absl::string_view kInside = "inside-";
constexpr absl::string_view kPublic = "public-";

class RandomLife {
 public:
  explicit RandomLife(uint64_t seed) : random_(seed) {}

  int Below(int end) { return static_cast<int>(random_() % static_cast<uint64_t>(end)); }

  std::string Next(const CaseWorld& world) {
    if (world.cases.empty()) return Open();
    const v1::Case& one = Any(world);
    const std::string case_id = absl::StrCat("case_id: '", one.case_id(), "' ");
    switch (Below(19)) {
      case 0:
        return Open();
      case 1:
        return absl::StrCat("merge_cases { ", case_id, "merged_case_id: '", Any(world).case_id(),
                            "' }");
      case 2:
      case 3:
        return Unmerge(world);
      case 4:
      case 5:
        return Split(one);
      case 6:
        return Unsplit(world);
      case 7:
        return absl::StrCat("assign_case { ", case_id, "assignee_id: '", kInside, ++count_, "' }");
      case 8:
        return absl::StrCat("add_case_task { ", case_id, "task { task_id: '", kInside, ++count_,
                            "' title: '", kInside, "' } }");
      case 9:
        return absl::StrCat(
            "add_case_participant { ", case_id, "participant { participant_id: '", kInside,
            ++count_, "' kind: ", Below(2) == 0 ? "KIND_FOLLOWER" : "KIND_COPIED", " actor_id: '",
            kInside, "' name: '", kInside, "' address: '", kInside, "' } }");
      case 10:
        return absl::StrCat("link_case { ", case_id, "external_link { system: '", kInside,
                            "' id: '", kInside, ++count_, "' role: '", kInside, "' } }");
      case 11:
        return absl::StrCat("change_case_external_ids { ", case_id, "add_external_ids { system: '",
                            kInside, "' id: '", kInside, ++count_, "' } }");
      default:
        return AddPart(one);
    }
  }

 private:
  const v1::Case& Any(const CaseWorld& world) {
    return std::next(world.cases.begin(), Below(static_cast<int>(world.cases.size())))->second;
  }

  std::string Open() {
    return absl::StrCat("open_case { case_id: 'case-", ++count_,
                        "' kind: KIND_TROUBLE subject: 's' customer_id: 'ann' }");
  }

  // A part of any kind; corrects one of the case now and then.
  std::string AddPart(const v1::Case& one) {
    const auto kind = static_cast<v1::InteractionPart::Kind>(1 + Below(5));
    const bool is_public = kind != v1::InteractionPart::KIND_NOTE && Below(2) == 0;
    const std::string text = absl::StrCat("'", is_public ? kPublic : kInside, ++count_, "'");
    const bool is_reference =
        kind == v1::InteractionPart::KIND_ATTACHMENT || kind == v1::InteractionPart::KIND_RECORDING;
    std::string corrects;
    if (one.parts_size() > 0 && Below(3) == 0) {
      corrects =
          absl::StrCat("corrects_part_id: '", one.parts(Below(one.parts_size())).part_id(), "' ");
    }
    return absl::StrCat("add_case_part { case_id: '", one.case_id(), "' part { part_id: ", text,
                        " kind: ", v1::InteractionPart::Kind_Name(kind), " visibility: ",
                        is_public       ? "VISIBILITY_PUBLIC "
                        : Below(2) == 0 ? "VISIBILITY_INTERNAL "
                                        : "VISIBILITY_UNSPECIFIED ",
                        corrects,
                        is_reference ? absl::StrCat("media { uri: ", text,
                                                    " media_type: 'audio/ogg' title: ", text, " }")
                                     : absl::StrCat("text: ", text),
                        " } }");
  }

  std::string Split(const v1::Case& one) {
    std::string parts;
    for (const v1::InteractionPart& part : one.parts()) {
      if (Below(2) == 0) absl::StrAppend(&parts, " part_ids: '", part.part_id(), "'");
    }
    return absl::StrCat("split_case { case_id: '", one.case_id(), "' new_case_id: 'case-", ++count_,
                        "' subject: 's'", parts, " }");
  }

  std::string Unmerge(const CaseWorld& world) {
    const v1::Case& one = Any(world);
    const std::string merged = one.merged_cases().empty()
                                   ? "none"
                                   : one.merged_cases(Below(one.merged_cases_size())).case_id();
    return absl::StrCat("unmerge_cases { case_id: '", one.case_id(), "' merged_case_id: '", merged,
                        "' }");
  }

  std::string Unsplit(const CaseWorld& world) {
    const v1::Case& one = Any(world);
    const std::string split =
        one.split_offs().empty() ? "none" : one.split_offs(Below(one.split_offs_size())).case_id();
    return absl::StrCat("unsplit_case { case_id: '", one.case_id(), "' split_case_id: '", split,
                        "' }");
  }

  std::mt19937_64 random_;
  int count_ = 0;
};

// The view of every case holds nothing internal, and every public part that belongs to the case.
void CheckViews(const CaseWorld& world, int* seen) {
  for (const auto& [case_id, one] : world.cases) {
    const v1::CustomerViewCase view = ViewCase(one, world.lookup());
    ASSERT_FALSE(absl::StrContains(view.SerializeAsString(), kInside)) << view.DebugString();
    std::vector<std::string> expected;
    for (const CasePart& each : CollectCaseParts(one, world.lookup()).parts) {
      if (absl::StartsWith(each.part->part_id(), kPublic)) expected.push_back(each.part->part_id());
    }
    std::vector<std::string> ids;
    for (const v1::CustomerViewPart& part : view.parts()) ids.push_back(part.part_id());
    ASSERT_EQ(ids, expected) << case_id;
    *seen += view.parts_size();
  }
}

TEST(CustomerViewLawsTest, NothingInternalIsSeenThroughMergesAndSplits) {
  const char* given = std::getenv("FRONTDESK_TEST_SEED");
  const uint64_t seed =
      given != nullptr ? std::strtoull(given, nullptr, 10) : uint64_t{std::random_device{}()};
  std::cout << "FRONTDESK_TEST_SEED=" << seed << std::endl;
  RandomLife life(seed);
  std::map<std::string, int> done;
  int seen = 0;
  int internal = 0;
  for (int round = 0; round < kRounds; ++round) {
    CaseWorld world;
    for (int step = 0; step < kSteps; ++step) {
      ++world.seconds;
      const v1::Command command = world.Make(life.Next(world));
      if (world.Do(command).refused()) continue;
      ++done[std::string(FindCommand(command)->name)];
      CheckViews(world, &seen);
      ASSERT_FALSE(HasFailure()) << command.ShortDebugString();
    }
    for (const auto& [case_id, one] : world.cases) {
      for (const v1::InteractionPart& part : one.parts()) {
        internal += absl::StartsWith(part.part_id(), kInside);
      }
    }
  }
  for (const char* verb : {"MergeCases", "UnmergeCases", "SplitCase", "UnsplitCase"}) {
    EXPECT_GT(done[verb], 20) << verb;
  }
  EXPECT_GT(seen, 1'000);
  EXPECT_GT(internal, 500);
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
