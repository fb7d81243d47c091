#include "frontdesk/domain/customer_view.h"

#include <set>
#include <string>
#include <utility>

namespace frontdesk {
namespace domain {
namespace {

void CopyMedia(const v1::MediaReference& from, v1::MediaReference* to) {
  to->set_uri(from.uri());
  to->set_media_type(from.media_type());
  to->set_title(from.title());
  to->set_size_bytes(from.size_bytes());
  to->set_consent_purpose(from.consent_purpose());
  if (from.has_expire_time()) *to->mutable_expire_time() = from.expire_time();
}

v1::EntityRef Ref(v1::EntityKind kind, const std::string& id) {
  v1::EntityRef entity;
  entity.set_kind(kind);
  entity.set_id(id);
  return entity;
}

// Leaves out the names of corrected parts that are not seen. Part ids are unique within a source.
template <typename Parts>
void HideCorrectionsOfUnseen(Parts* parts) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const v1::CustomerViewPart& part : *parts) seen.emplace(part.source().id(), part.part_id());
  for (v1::CustomerViewPart& part : *parts) {
    if (seen.count({part.source().id(), part.corrects_part_id()}) == 0) {
      part.clear_corrects_part_id();
    }
  }
}

}  // namespace

bool IsSeenByCustomer(const v1::InteractionPart& part) {
  if (part.visibility() != v1::VISIBILITY_PUBLIC) return false;
  switch (part.kind()) {
    case v1::InteractionPart::KIND_MESSAGE:
    case v1::InteractionPart::KIND_TRANSCRIPT:
    case v1::InteractionPart::KIND_ATTACHMENT:
    case v1::InteractionPart::KIND_RECORDING:
      return true;
    default:
      return false;
  }
}

absl::optional<v1::CustomerViewPart> ViewPart(const v1::InteractionPart& part,
                                              const v1::EntityRef& source) {
  if (!IsSeenByCustomer(part)) return absl::nullopt;
  v1::CustomerViewPart view;
  *view.mutable_source() = source;
  view.set_part_id(part.part_id());
  view.set_kind(part.kind());
  view.set_author_kind(part.author().kind());
  view.set_text(part.text());
  if (part.has_media()) CopyMedia(part.media(), view.mutable_media());
  view.set_corrects_part_id(part.corrects_part_id());
  if (part.has_time()) *view.mutable_time() = part.time();
  if (part.has_occur_time()) *view.mutable_occur_time() = part.occur_time();
  return view;
}

v1::CustomerViewInteraction ViewInteraction(const v1::Interaction& interaction) {
  v1::CustomerViewInteraction view;
  view.set_interaction_id(interaction.interaction_id());
  view.set_state(interaction.state());
  view.set_channel(interaction.channel());
  view.set_direction(interaction.direction());
  if (interaction.has_start_time()) *view.mutable_start_time() = interaction.start_time();
  if (interaction.has_end_time()) *view.mutable_end_time() = interaction.end_time();
  if (interaction.has_end_occur_time()) {
    *view.mutable_end_occur_time() = interaction.end_occur_time();
  }
  const v1::EntityRef source = Ref(v1::ENTITY_KIND_INTERACTION, interaction.interaction_id());
  for (const v1::InteractionPart& part : interaction.parts()) {
    if (auto seen = ViewPart(part, source)) *view.add_parts() = *std::move(seen);
  }
  HideCorrectionsOfUnseen(view.mutable_parts());
  return view;
}

v1::CustomerViewCase ViewCase(const v1::Case& current_case, const CaseLookup& find_case) {
  v1::CustomerViewCase view;
  view.set_case_id(current_case.case_id());
  view.set_state(current_case.state());
  view.set_kind(current_case.kind());
  view.set_subject(current_case.subject());
  if (current_case.has_open_time()) *view.mutable_open_time() = current_case.open_time();
  if (current_case.has_close_time()) *view.mutable_close_time() = current_case.close_time();
  view.set_survivor_case_id(current_case.survivor_case_id());
  for (const CasePart& each : CollectCaseParts(current_case, find_case).parts) {
    const v1::EntityRef source = Ref(v1::ENTITY_KIND_CASE, each.source->case_id());
    if (auto seen = ViewPart(*each.part, source)) *view.add_parts() = *std::move(seen);
  }
  HideCorrectionsOfUnseen(view.mutable_parts());
  return view;
}

}  // namespace domain
}  // namespace frontdesk
