#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "domain/attributes.h"
#include "domain/case/case_draft.h"
#include "domain/interaction_part.h"
#include "frontdesk/domain/case/reasons.h"
#include "frontdesk/domain/reasons.h"
#include "google/protobuf/util/message_differencer.h"

namespace frontdesk {
namespace domain {
namespace {

using google::protobuf::util::MessageDifferencer;
using v1::Case;

constexpr int kMaxClassifyTags = 100;

// `tags` of the list `name`; `seen` holds those of both lists.
void CheckCaseTags(const FieldPath& root, absl::string_view name,
                   const google::protobuf::RepeatedPtrField<std::string>& tags, DistinctIds* seen,
                   ArgumentChecker* checker) {
  checker->CheckCount({&root, name}, tags.size(), 0, kMaxClassifyTags);
  for (int i = 0; i < tags.size(); ++i) {
    const FieldPath field{&root, name, i};
    if (checker->RequireText(field, tags[i])) seen->Check(field, tags[i], checker);
  }
}

bool HasWord(const google::protobuf::RepeatedPtrField<std::string>& words,
             const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The tags as they are afterwards; whether they are others than before.
bool ChangeCaseTags(const v1::ClassifyCase& verb, const Case& current, v1::CaseClassified* fact) {
  bool changed = false;
  for (const std::string& tag : current.tags()) {
    if (HasWord(verb.remove_tags(), tag)) {
      changed = true;
    } else {
      fact->add_tags(tag);
    }
  }
  for (const std::string& tag : verb.add_tags()) {
    if (HasWord(current.tags(), tag)) continue;
    fact->add_tags(tag);
    changed = true;
  }
  return changed;
}

// The attributes as they are afterwards, each in its place, new ones at the end; whether they are
// others than before.
bool ChangeCaseAttributes(const v1::ClassifyCase& verb, const Case& current,
                          v1::CaseClassified* fact) {
  std::map<std::string, const v1::Attribute*> to_set;
  for (const v1::Attribute& attribute : verb.set_attributes()) {
    to_set.emplace(attribute.name(), &attribute);
  }
  bool changed = false;
  for (const v1::Attribute& attribute : current.attributes()) {
    if (HasWord(verb.remove_attributes(), attribute.name())) {
      changed = true;
      continue;
    }
    const auto found = to_set.find(attribute.name());
    const v1::Attribute& after = found != to_set.end() ? *found->second : attribute;
    changed |= !MessageDifferencer::Equals(after, attribute);
    *fact->add_attributes() = after;
    if (found != to_set.end()) to_set.erase(found);
  }
  for (const v1::Attribute& attribute : verb.set_attributes()) {
    if (to_set.find(attribute.name()) == to_set.end()) continue;
    *fact->add_attributes() = attribute;
    changed = true;
  }
  return changed;
}

}  // namespace

void CheckClassifyCase(const FieldPath& root, const v1::CaseCommand& command,
                       ArgumentChecker* checker) {
  const v1::ClassifyCase& verb = command.classify_case();
  const FieldPath kind{&root, "kind"};
  checker->CheckEnum(kind, verb.kind(), v1::Case_Kind_IsValid(verb.kind()));
  if (verb.kind() == Case::KIND_UNSPECIFIED && verb.add_tags().empty() &&
      verb.remove_tags().empty() && verb.set_attributes().empty() &&
      verb.remove_attributes().empty()) {
    checker->Add(kind, kReasonArgumentRequired,
                 "is required when no tag and no attribute is named");
  }
  DistinctIds seen;
  CheckCaseTags(root, "add_tags", verb.add_tags(), &seen, checker);
  CheckCaseTags(root, "remove_tags", verb.remove_tags(), &seen, checker);
  checker->CheckAttributes(root, verb.set_attributes(), "set_attributes");
  checker->CheckCount({&root, "remove_attributes"}, verb.remove_attributes_size(), 0,
                      kMaxAttributes);
  DistinctIds names;
  ArgumentChecker told;  // CheckAttributes() reports duplicates in set_attributes.
  for (const v1::Attribute& attribute : verb.set_attributes()) {
    names.Check(root, attribute.name(), &told);
  }
  for (int i = 0; i < verb.remove_attributes_size(); ++i) {
    const FieldPath field{&root, "remove_attributes", i};
    if (checker->RequireText(field, verb.remove_attributes(i))) {
      names.Check(field, verb.remove_attributes(i), checker);
    }
  }
}

bool IsClassifyCaseUnchanged(const v1::CaseDecisionInput& input, const v1::CaseAssessment&) {
  const v1::ClassifyCase& verb = input.command().classify_case();
  const Case& current = input.case_();
  if (verb.kind() != Case::KIND_UNSPECIFIED && verb.kind() != current.kind()) return false;
  v1::CaseClassified unused;
  return !ChangeCaseTags(verb, current, &unused) && !ChangeCaseAttributes(verb, current, &unused);
}

void DecideClassifyCase(CaseDraft* draft) {
  const v1::ClassifyCase& verb = draft->command().classify_case();
  const Case& current = draft->current();
  v1::CaseClassified fact;
  fact.set_kind(verb.kind() == Case::KIND_UNSPECIFIED ? current.kind() : verb.kind());
  ChangeCaseTags(verb, current, &fact);
  ChangeCaseAttributes(verb, current, &fact);
  draft->Refuse(CheckSetAttributes("classify_case.set_attributes", verb.set_attributes(),
                                   draft->input().attribute_definitions()));
  *draft->AddEvent().mutable_case_()->mutable_case_classified() = std::move(fact);
}

}  // namespace domain
}  // namespace frontdesk
