#include "domain/interaction_part.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "domain/event_maker.h"
#include "frontdesk/domain/interaction/interaction.h"
#include "frontdesk/domain/reasons.h"

namespace frontdesk {
namespace domain {
namespace {

using v1::InteractionPart;

// Most ids in other systems that a part has.
constexpr int kMaxPartExternalIds = 20;

// Most reasons of a tool call that was refused.
constexpr int kMaxToolCallReasons = 100;

// Whether nobody but the company may ever see the part.
bool IsAlwaysInternal(const InteractionPart& part) {
  return part.kind() == InteractionPart::KIND_NOTE ||
         part.kind() == InteractionPart::KIND_TOOL_CALL;
}

bool RefersToMedia(const InteractionPart& part) {
  return part.kind() == InteractionPart::KIND_ATTACHMENT ||
         part.kind() == InteractionPart::KIND_RECORDING;
}

void CheckMedia(const FieldPath& field, const v1::MediaReference& media, ArgumentChecker* checker) {
  checker->RequireText({&field, "uri"}, media.uri());
  if (media.size_bytes() < 0) {
    checker->Add({&field, "size_bytes"}, kReasonArgumentOutOfRange, "must be at least 0");
  }
  checker->CheckTime({&field, "expire_time"}, media.has_expire_time(), media.expire_time());
}

void CheckToolCall(const FieldPath& field, const v1::ToolCall& call, ArgumentChecker* checker) {
  checker->RequireText({&field, "call_id"}, call.call_id());
  checker->RequireText({&field, "tool"}, call.tool());
  checker->CheckEnum({&field, "result"}, call.result(),
                     call.result() != v1::ToolCall::RESULT_UNSPECIFIED &&
                         v1::ToolCall::Result_IsValid(call.result()));
  checker->CheckCount({&field, "reasons"}, call.reasons_size(), 0, kMaxToolCallReasons);
}

void CheckContent(const FieldPath& field, const InteractionPart& part, ArgumentChecker* checker) {
  const FieldPath text{&field, "text"};
  const FieldPath media{&field, "media"};
  const FieldPath tool_call{&field, "tool_call"};
  if (part.kind() == InteractionPart::KIND_TOOL_CALL) {
    checker->Forbid(text, !part.text().empty());
    checker->Forbid(media, part.has_media());
    if (checker->RequireMessage(tool_call, part.has_tool_call())) {
      CheckToolCall(tool_call, part.tool_call(), checker);
    }
    return;
  }
  checker->Forbid(tool_call, part.has_tool_call());
  if (RefersToMedia(part)) {
    checker->Forbid(text, !part.text().empty());
    if (checker->RequireMessage(media, part.has_media())) {
      CheckMedia(media, part.media(), checker);
    }
  } else {
    checker->RequireText(text, part.text());
    checker->Forbid(media, part.has_media());
  }
}

const InteractionPart* FindPart(const Parts& parts, absl::string_view part_id) {
  for (const InteractionPart& part : parts) {
    if (part.part_id() == part_id) return &part;
  }
  return nullptr;
}

}  // namespace

bool IsPublic(const InteractionPart& part) { return IsPublicPart(part); }

bool IsPublicPart(const InteractionPart& part) {
  return !IsAlwaysInternal(part) && part.visibility() == v1::VISIBILITY_PUBLIC;
}

void CheckPartArguments(const FieldPath& verb, bool present, const InteractionPart& part,
                        ArgumentChecker* checker) {
  const FieldPath field{&verb, "part"};
  if (!checker->RequireMessage(field, present)) return;
  CheckPartFields(field, part, PartOrigin::kAsked, checker);
}

void CheckPartFields(const FieldPath& field, const InteractionPart& part, PartOrigin origin,
                     ArgumentChecker* checker) {
  const bool asked = origin == PartOrigin::kAsked;
  checker->RequireText({&field, "part_id"}, part.part_id());
  const bool known = checker->CheckEnum({&field, "kind"}, part.kind(),
                                        part.kind() != InteractionPart::KIND_UNSPECIFIED &&
                                            v1::InteractionPart_Kind_IsValid(part.kind()));
  if (asked) {
    checker->Forbid({&field, "author"}, part.has_author());
  } else {
    checker->RequireMessage({&field, "author"}, part.has_author());
  }
  const FieldPath visibility{&field, "visibility"};
  if (checker->CheckEnum(visibility, part.visibility(),
                         v1::Visibility_IsValid(part.visibility())) &&
      IsAlwaysInternal(part) && part.visibility() == v1::VISIBILITY_PUBLIC) {
    checker->Add(visibility, kReasonArgumentUnknownValue,
                 part.kind() == InteractionPart::KIND_NOTE
                     ? "is PUBLIC, and a note is internal"
                     : "is PUBLIC, and a tool call is internal");
  }
  if (checker->CheckCount({&field, "external_ids"}, part.external_ids_size(), 0,
                          kMaxPartExternalIds)) {
    checker->CheckExternalIds(field, part.external_ids());
  }
  // Fields of an unknown kind are not checked.
  if (known) CheckContent(field, part, checker);
  if (asked) {
    checker->Forbid({&field, "time"}, part.has_time());
    checker->Forbid({&field, "occur_time"}, part.has_occur_time());
  } else {
    checker->CheckTime({&field, "time"}, part.has_time(), part.time());
    checker->CheckTime({&field, "occur_time"}, part.has_occur_time(), part.occur_time());
  }
}

void CheckLink(const FieldPath& field, const v1::EntityRef& link, v1::EntityKind first,
               v1::EntityKind second, ArgumentChecker* checker) {
  checker->CheckEnum({&field, "kind"}, link.kind(), link.kind() == first || link.kind() == second);
  checker->RequireText({&field, "id"}, link.id());
}

std::vector<v1::Refusal> CheckPartInvariants(absl::string_view verb_field,
                                             const InteractionPart& part, const Parts& parts,
                                             const PartReasons& reasons) {
  std::vector<v1::Refusal> refusals;
  const std::string field = absl::StrCat(verb_field, ".part");
  if (FindPart(parts, part.part_id()) != nullptr) {
    refusals.push_back(MakeRefusal(reasons.id_exists, absl::StrCat(field, ".part_id"),
                                   "a part of that id exists already"));
  }
  if (part.corrects_part_id().empty()) return refusals;
  const InteractionPart* corrected = FindPart(parts, part.corrects_part_id());
  if (corrected == nullptr) {
    refusals.push_back(MakeRefusal(reasons.corrects_unknown,
                                   absl::StrCat(field, ".corrects_part_id"),
                                   "there is no such part to correct"));
  } else if (IsPublic(part) && !IsPublic(*corrected)) {
    refusals.push_back(MakeRefusal(reasons.more_visible, absl::StrCat(field, ".visibility"),
                                   "the corrected part is internal"));
  }
  return refusals;
}

InteractionPart MakePart(const InteractionPart& asked, const Occasion& occasion) {
  InteractionPart part = asked;
  *part.mutable_author() = occasion.actor;
  part.set_visibility(IsPublic(asked) ? v1::VISIBILITY_PUBLIC : v1::VISIBILITY_INTERNAL);
  *part.mutable_time() = occasion.now;
  if (occasion.occur_time != nullptr) *part.mutable_occur_time() = *occasion.occur_time;
  return part;
}

void CountPart(const InteractionPart& part,
               google::protobuf::RepeatedPtrField<v1::PartCount>* counts) {
  const auto place_of = [](v1::Visibility visibility, v1::Actor::Kind author_kind) {
    return std::make_pair(static_cast<int>(visibility), static_cast<int>(author_kind));
  };
  const auto place = place_of(part.visibility(), part.author().kind());
  auto count = std::find_if(counts->begin(), counts->end(), [&](const v1::PartCount& each) {
    return place_of(each.visibility(), each.author_kind()) >= place;
  });
  if (count == counts->end() || place_of(count->visibility(), count->author_kind()) != place) {
    const auto before = count - counts->begin();
    v1::PartCount& added = *counts->Add();
    added.set_visibility(part.visibility());
    added.set_author_kind(part.author().kind());
    std::rotate(counts->pointer_begin() + before, counts->pointer_end() - 1, counts->pointer_end());
    count = counts->begin() + before;
  }
  count->set_count(NextCount(count->count()));
  if (!part.has_time() && !part.has_occur_time()) return;
  const google::protobuf::Timestamp& time = part.has_occur_time() ? part.occur_time() : part.time();
  if (!count->has_first_time() || IsBefore(time, count->first_time())) {
    *count->mutable_first_time() = time;
  }
  if (!count->has_last_time() || IsBefore(count->last_time(), time)) {
    *count->mutable_last_time() = time;
  }
}

void ApplyPart(const InteractionPart& part, Parts* parts) {
  for (InteractionPart& known : *parts) {
    if (known.part_id() != part.part_id()) continue;
    known = part;
    return;
  }
  *parts->Add() = part;
}

bool IsSameEntity(const v1::EntityRef& a, const v1::EntityRef& b) {
  return a.kind() == b.kind() && a.id() == b.id();
}

bool HasLink(const Links& links, const v1::EntityRef& entity) {
  return std::any_of(links.begin(), links.end(),
                     [&](const v1::EntityRef& link) { return IsSameEntity(link, entity); });
}

bool IsBefore(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return std::make_pair(a.seconds(), a.nanos()) < std::make_pair(b.seconds(), b.nanos());
}

}  // namespace domain
}  // namespace frontdesk
