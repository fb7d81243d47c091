// The section of a pack that holds the company's words, and the use of words in the pack. Private.
#ifndef FRONTDESK_POLICY_VOCABULARY_H_
#define FRONTDESK_POLICY_VOCABULARY_H_

#include "frontdesk/policy/policy.h"
#include "frontdesk/rules/rule_set.h"
#include "frontdesk/v1/policy.pb.h"
#include "policy/pack_issues.h"

namespace frontdesk {
namespace internal {

// Reports a vocabulary with more words than the options allow.
void CheckVocabularyLimits(const v1::PolicyPack& pack, const PolicyOptions& options,
                           PackIssues* issues);

// Checks the words of the vocabulary, and those that the pack uses outside of expressions.
void CheckVocabulary(const v1::PolicyPack& pack, PackIssues* issues);

// Finds words in expressions that are compared with a field of the option (frontdesk.v1.vocabulary) and are not in its list.
// `pack` must outlive the result. For one rule set after the other.
rules::ExpressionCheck MakeWordCheck(const v1::PolicyPack& pack);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_POLICY_VOCABULARY_H_
