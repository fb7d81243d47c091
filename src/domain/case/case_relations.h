// The links between cases and their parts, as every command and query of cases reads them. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_RELATIONS_H_
#define FRONTDESK_DOMAIN_CASE_CASE_RELATIONS_H_

#include <map>
#include <string>

#include "domain/arguments.h"
#include "domain/case/case_draft.h"
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

// The relation of the case to the other when the other is `kind` to it; KIND_UNSPECIFIED for unknown kinds.
v1::CaseLink::Kind CounterpartOf(v1::CaseLink::Kind kind);

// Whether commands may make and take away links of that kind: those of a split go with the split.
bool IsFreeCaseLink(v1::CaseLink::Kind kind);

// Whether the case says that the one of that id is `kind` to it.
bool HasCaseLink(const v1::Case& current_case, v1::CaseLink::Kind kind, const std::string& case_id);

// Takes that link away; false when there is none.
bool RemoveCaseLink(v1::CaseLink::Kind kind, const std::string& case_id, v1::Case* current_case);

// Adds the survivor of `merged`, if it is merged into one, to the details of a refusal: "survivor_case_id".
void AddStandingCase(const v1::Case& merged, v1::Refusal* refusal);

// Refuses with CASE_NOT_FOUND, and returns false, when the other case that the command names is not
// in the input.
bool RequireOtherCase(absl::string_view field, absl::string_view case_id, CaseDraft* draft);

// Adds the events that merge the other case into the current one.
void AddMergeEvents(const v1::Case& merged, CaseDraft* draft);

// Adds the effects that propose to resolve what this case caused, which is resolved by `code` now.
void ProposeResolutions(const std::string& code, CaseDraft* draft);

// The arguments of the commands that link, merge and split cases, and of those about tasks.
void CheckRelationArguments(const FieldPath& root, const v1::CaseCommand& command,
                            ArgumentChecker* checker);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_RELATIONS_H_
