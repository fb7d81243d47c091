#include "domain/customer/customer_draft.h"

namespace frontdesk {
namespace domain {

void CheckDiscloseCustomer(const FieldPath& root, const v1::CustomerCommand& command,
                           ArgumentChecker* checker) {
  const v1::DiscloseCustomer& verb = command.disclose_customer();
  constexpr int kMaxTopics = 100;
  if (!checker->CheckCount({&root, "topics"}, verb.topics_size(), 1, kMaxTopics)) return;
  DistinctIds topics;
  for (int i = 0; i < verb.topics_size(); ++i) {
    const FieldPath field{&root, "topics", i};
    if (checker->RequireText(field, verb.topics(i))) topics.Check(field, verb.topics(i), checker);
  }
}

void DecideDiscloseCustomer(CustomerDraft* draft) {
  const v1::DiscloseCustomer& verb = draft->command().disclose_customer();
  v1::CustomerDisclosed& fact = *draft->AddEvent().mutable_customer()->mutable_customer_disclosed();
  *fact.mutable_topics() = verb.topics();
  fact.set_purpose(verb.purpose());
  fact.set_interaction_id(draft->input().interaction().interaction_id());
  fact.set_identity_level(draft->input().identity_level());
}

}  // namespace domain
}  // namespace frontdesk
