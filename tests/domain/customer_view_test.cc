#include "frontdesk/domain/customer_view.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace frontdesk {
namespace domain {
namespace {

using ::testing::ElementsAre;
using v1::InteractionPart;

InteractionPart Part(absl::string_view id, InteractionPart::Kind kind, v1::Visibility visibility,
                     absl::string_view corrects = "") {
  InteractionPart part;
  part.set_part_id(std::string(id));
  part.set_kind(kind);
  part.set_visibility(visibility);
  part.set_text("text of " + std::string(id));
  part.set_corrects_part_id(std::string(corrects));
  part.mutable_author()->set_actor_id("anna");
  part.mutable_author()->set_kind(v1::Actor::KIND_AGENT);
  part.mutable_time()->set_seconds(7);
  return part;
}

template <typename View>
std::vector<std::string> Ids(const View& view) {
  std::vector<std::string> ids;
  for (const v1::CustomerViewPart& part : view.parts()) ids.push_back(part.part_id());
  return ids;
}

TEST(CustomerViewTest, EveryKindByEveryVisibility) {
  v1::EntityRef source;
  source.set_kind(v1::ENTITY_KIND_INTERACTION);
  source.set_id("i1");
  for (int kind = 0; kind <= 6; ++kind) {
    for (int visibility = 0; visibility <= 3; ++visibility) {
      const InteractionPart part = Part("p", static_cast<InteractionPart::Kind>(kind),
                                        static_cast<v1::Visibility>(visibility));
      const bool is_seen =
          visibility == v1::VISIBILITY_PUBLIC &&
          (kind == InteractionPart::KIND_MESSAGE || kind == InteractionPart::KIND_TRANSCRIPT ||
           kind == InteractionPart::KIND_ATTACHMENT || kind == InteractionPart::KIND_RECORDING);
      EXPECT_EQ(ViewPart(part, source).has_value(), is_seen) << kind << " " << visibility;
    }
  }
  const auto seen =
      ViewPart(Part("p", InteractionPart::KIND_MESSAGE, v1::VISIBILITY_PUBLIC, "q"), source);
  ASSERT_TRUE(seen.has_value());
  EXPECT_EQ(seen->source().id(), "i1");
  EXPECT_EQ(seen->part_id(), "p");
  EXPECT_EQ(seen->author_kind(), v1::Actor::KIND_AGENT);
  EXPECT_EQ(seen->text(), "text of p");
  EXPECT_EQ(seen->corrects_part_id(), "q");
  EXPECT_EQ(seen->time().seconds(), 7);
  EXPECT_FALSE(seen->has_media());
  EXPECT_EQ(seen->DebugString().find("anna"), std::string::npos);
}

TEST(CustomerViewTest, OfAnInteraction) {
  v1::Interaction interaction;
  interaction.set_interaction_id("i1");
  interaction.set_state(v1::Interaction::STATE_WRAPPED_UP);
  interaction.set_channel(v1::CHANNEL_VOICE);
  interaction.set_direction(v1::DIRECTION_INBOUND);
  interaction.mutable_start_time()->set_seconds(1);
  interaction.mutable_end_time()->set_seconds(2);
  interaction.mutable_wrap_up()->set_note("SECRET");
  interaction.set_agent_id("SECRET");
  *interaction.add_parts() = Part("said", InteractionPart::KIND_MESSAGE, v1::VISIBILITY_PUBLIC);
  *interaction.add_parts() = Part("note", InteractionPart::KIND_NOTE, v1::VISIBILITY_INTERNAL);
  *interaction.add_parts() =
      Part("inside", InteractionPart::KIND_MESSAGE, v1::VISIBILITY_INTERNAL, "said");
  *interaction.add_parts() =
      Part("again", InteractionPart::KIND_MESSAGE, v1::VISIBILITY_PUBLIC, "said");
  *interaction.add_parts() =
      Part("of note", InteractionPart::KIND_MESSAGE, v1::VISIBILITY_PUBLIC, "note");
  InteractionPart recording =
      Part("recording", InteractionPart::KIND_RECORDING, v1::VISIBILITY_PUBLIC);
  recording.clear_text();
  recording.mutable_media()->set_uri("store://7");
  recording.mutable_media()->set_size_bytes(9);
  recording.mutable_media()->mutable_expire_time()->set_seconds(9);
  *interaction.add_parts() = recording;
  recording.set_part_id("hidden");
  recording.set_visibility(v1::VISIBILITY_INTERNAL);
  *interaction.add_parts() = recording;

  const v1::CustomerViewInteraction view = ViewInteraction(interaction);
  EXPECT_EQ(view.interaction_id(), "i1");
  EXPECT_EQ(view.state(), v1::Interaction::STATE_WRAPPED_UP);
  EXPECT_EQ(view.channel(), v1::CHANNEL_VOICE);
  EXPECT_EQ(view.direction(), v1::DIRECTION_INBOUND);
  EXPECT_EQ(view.start_time().seconds(), 1);
  EXPECT_EQ(view.end_time().seconds(), 2);
  ASSERT_THAT(Ids(view), ElementsAre("said", "again", "of note", "recording"));
  EXPECT_EQ(view.parts(1).corrects_part_id(), "said");
  EXPECT_EQ(view.parts(2).corrects_part_id(), "") << "not even the id of an internal part";
  EXPECT_EQ(view.parts(3).media().SerializeAsString(), recording.media().SerializeAsString());
  EXPECT_EQ(view.DebugString().find("SECRET"), std::string::npos);
}

TEST(CustomerViewTest, ACaseIsShownWithTheCasesMergedIntoIt) {
  std::map<std::string, v1::Case> cases;
  v1::Case& survivor = cases["k1"];
  survivor.set_case_id("k1");
  survivor.set_state(v1::Case::STATE_OPEN);
  survivor.set_kind(v1::Case::KIND_COMPLAINT);
  survivor.set_subject("Broken");
  survivor.set_queue_id("SECRET");
  survivor.mutable_open_time()->set_seconds(5);
  survivor.add_merged_cases()->set_case_id("k2");
  *survivor.add_parts() = Part("p", InteractionPart::KIND_MESSAGE, v1::VISIBILITY_PUBLIC);
  v1::Case& merged = cases["k2"];
  merged.set_case_id("k2");
  merged.set_state(v1::Case::STATE_MERGED);
  merged.set_survivor_case_id("k1");
  *merged.add_parts() = Part("p", InteractionPart::KIND_NOTE, v1::VISIBILITY_INTERNAL);
  *merged.add_parts() = Part("q", InteractionPart::KIND_MESSAGE, v1::VISIBILITY_PUBLIC, "p");
  const CaseLookup find_case = [&cases](const std::string& id) -> const v1::Case* {
    const auto found = cases.find(id);
    return found == cases.end() ? nullptr : &found->second;
  };

  const v1::CustomerViewCase view = ViewCase(survivor, find_case);
  EXPECT_EQ(view.case_id(), "k1");
  EXPECT_EQ(view.state(), v1::Case::STATE_OPEN);
  EXPECT_EQ(view.kind(), v1::Case::KIND_COMPLAINT);
  EXPECT_EQ(view.subject(), "Broken");
  EXPECT_EQ(view.open_time().seconds(), 5);
  EXPECT_FALSE(view.has_close_time());
  ASSERT_THAT(Ids(view), ElementsAre("p", "q"));
  EXPECT_EQ(view.parts(0).source().id(), "k1");
  EXPECT_EQ(view.parts(1).source().id(), "k2");
  EXPECT_EQ(view.parts(1).corrects_part_id(), "") << "the part of that id is another case's";
  EXPECT_EQ(view.DebugString().find("SECRET"), std::string::npos);
  EXPECT_EQ(ViewCase(merged, find_case).survivor_case_id(), "k1");
}

}  // namespace
}  // namespace domain
}  // namespace frontdesk
