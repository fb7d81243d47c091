// Parts, which interactions and cases share: checked, decided and folded alike. Private.
#ifndef FRONTDESK_DOMAIN_INTERACTION_PART_H_
#define FRONTDESK_DOMAIN_INTERACTION_PART_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "domain/arguments.h"
#include "domain/event_maker.h"
#include "frontdesk/domain/decided.h"
#include "frontdesk/v1/common.pb.h"
#include "frontdesk/v1/interaction.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/protobuf/timestamp.pb.h"

namespace frontdesk {
namespace domain {

using Parts = google::protobuf::RepeatedPtrField<v1::InteractionPart>;
using Links = google::protobuf::RepeatedPtrField<v1::EntityRef>;

// The reasons of the command that adds a part.
struct PartReasons {
  absl::string_view id_exists;
  absl::string_view corrects_unknown;
  absl::string_view more_visible;
};

// The arguments of a part below `verb`.
void CheckPartArguments(const FieldPath& verb, bool present, const v1::InteractionPart& part,
                        ArgumentChecker* checker);

// As IsPublic() of interaction.h, for code that does not include interactions.
bool IsPublicPart(const v1::InteractionPart& part);

// The origin of a part: asked for now, with the author and time of the command; or recorded elsewhere, with
// an author of its own.
enum class PartOrigin { kAsked, kRecorded };

// The arguments of the part at `field`.
void CheckPartFields(const FieldPath& field, const v1::InteractionPart& part, PartOrigin origin,
                     ArgumentChecker* checker);

// A reference to one of two kinds of entity, with an id.
void CheckLink(const FieldPath& field, const v1::EntityRef& link, v1::EntityKind first,
               v1::EntityKind second, ArgumentChecker* checker);

// The invariants of a part asked for by the verb `verb_field`.
std::vector<v1::Refusal> CheckPartInvariants(absl::string_view verb_field,
                                             const v1::InteractionPart& part, const Parts& parts,
                                             const PartReasons& reasons);

// The part as it is recorded.
v1::InteractionPart MakePart(const v1::InteractionPart& asked, const Occasion& occasion);

// Counts a part.
void CountPart(const v1::InteractionPart& part,
               google::protobuf::RepeatedPtrField<v1::PartCount>* counts);

// Adds a recorded part to the list.
void ApplyPart(const v1::InteractionPart& part, Parts* parts);

// Adds a recorded part to an interaction or a case.
template <typename Holder>
void AddPart(const v1::InteractionPart& part, Holder* holder) {
  ApplyPart(part, holder->mutable_parts());
  holder->set_part_count(NextCount(holder->part_count()));
  CountPart(part, holder->mutable_part_counts());
}

// Counts the parts that an interaction or a case begins with.
template <typename Holder>
void CountParts(Holder* holder) {
  holder->set_part_count(holder->parts_size());
  holder->clear_part_counts();
  for (const v1::InteractionPart& part : holder->parts()) {
    CountPart(part, holder->mutable_part_counts());
  }
}

bool IsSameEntity(const v1::EntityRef& a, const v1::EntityRef& b);
bool HasLink(const Links& links, const v1::EntityRef& entity);

bool IsBefore(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_INTERACTION_PART_H_
