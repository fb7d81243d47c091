// The links between cases and their parts, as every command and query of cases reads them. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_RELATIONS_H_
#define FRONTDESK_DOMAIN_CASE_CASE_RELATIONS_H_

#include <cstdint>
#include <map>
#include <string>

#include "domain/arguments.h"
#include "domain/case/case_draft.h"
#include "frontdesk/domain/case/case_links.h"
#include "frontdesk/v1/case.pb.h"
#include "frontdesk/v1/interaction.pb.h"
#include "frontdesk/v1/outcome.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace frontdesk {
namespace domain {

// The parts of `parts` that go with those named in `owners`, a map from part id to owner: they themselves,
// and their corrections. Returns part id to owner. A part corrects only parts before it.
std::map<std::string, std::string> WithCorrections(
    const google::protobuf::RepeatedPtrField<v1::InteractionPart>& parts,
    std::map<std::string, std::string> owners);

// The parts of the case that were split off, and to which case each went: part id to case id.
std::map<std::string, std::string> SplitOffParts(const v1::Case& current_case);

// The case merged into this one of that id, or null.
const v1::MergedCase* FindMergedCase(const v1::Case& current_case, const std::string& case_id);

// The split that made the case of that id, or null.
const v1::CaseSplitOff* FindSplitOff(const v1::Case& current_case, const std::string& case_id);

// Whether commands may make and take away links of that kind: those of a split go with the split.
bool IsFreeCaseLink(v1::CaseLink::Kind kind);

// The id of the case's parent; null when it has none.
const std::string* FindParent(const v1::Case& child);

// Whether the case says that the one of that id is `kind` to it.
bool HasCaseLink(const v1::Case& current_case, v1::CaseLink::Kind kind, const std::string& case_id);

// Whether a case's state has the links of that kind, and not its rows.
bool IsInState(v1::CaseLink::Kind kind);

// Changes the number of links of that kind.
void CountCaseLinks(v1::CaseLink::Kind kind, std::int64_t change, v1::Case* current_case);

// Adds a link, unless it is there; and removes one, unless it is not.
void AddCaseLink(const v1::CaseLink& link, v1::Case* current_case);
void RemoveCaseLink(const v1::CaseLink& link, v1::Case* current_case);

// One of two cases, and whether it has the link to the other already.
struct CaseLinkSide {
  const v1::Case& one;
  v1::CaseLink::Kind kind;
  const std::string& other_id;

  bool linked() const;
  // Whether it says the opposite.
  bool opposed() const;
};

// Puts the link of `side` into a CaseLinked or CaseUnlinked.
template <typename Fact>
void SetCaseLink(const CaseLinkSide& side, Fact* fact) {
  fact->mutable_case_link()->set_kind(side.kind);
  fact->mutable_case_link()->set_case_id(side.other_id);
}

// Adds the survivor of `merged`, if it is merged into one, to the details of a refusal: "survivor_case_id".
void AddStandingCase(const v1::Case& merged, v1::Refusal* refusal);

// Refuses with CASE_NOT_FOUND, and returns false, when the other case that the command names is not
// in the input.
bool RequireOtherCase(absl::string_view field, absl::string_view case_id, CaseDraft* draft);

// Whether `merged` is merged into `into`, as both of them say.
bool IsMergedInto(const v1::Case& merged, const v1::Case& into);

// Adds the events that merge the other case into the current one, which takes over its assignee if it has none.
void AddMergeEvents(const v1::Case& merged, CaseDraft* draft);

// Whether both are links to the same thing in another system, in the same role.
bool IsSameLink(const v1::ExternalLink& a, const v1::ExternalLink& b);

// Whether the case has that link.
bool HasExternalLink(const v1::Case& current_case, const v1::ExternalLink& link);

// The arguments of LinkCase and UnlinkCase: a case, an interaction or order, or something in another system. Those that are not set are
// null.
void CheckLinkArguments(const FieldPath& root, const v1::CaseLink* case_link,
                        const v1::EntityRef* entity, const v1::ExternalLink* external_link,
                        ArgumentChecker* checker);

// The same of `verb`, a LinkCase or UnlinkCase.
template <typename Verb>
void CheckLinkArguments(const FieldPath& root, const Verb& verb, ArgumentChecker* checker) {
  CheckLinkArguments(root, verb.has_case_link() ? &verb.case_link() : nullptr,
                     verb.has_entity() ? &verb.entity() : nullptr,
                     verb.has_external_link() ? &verb.external_link() : nullptr, checker);
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_RELATIONS_H_
