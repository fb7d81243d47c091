// Whether two customers may be one, and the evidence for it.
//
//   absl::optional<frontdesk::v1::DuplicateCandidate> candidate =
//       frontdesk::domain::MatchCustomers(customer, other);
//   if (candidate.has_value() && candidate->is_certain()) Merge(customer, other);
#ifndef FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_MATCH_H_
#define FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_MATCH_H_

#include "absl/types/optional.h"
#include "frontdesk/v1/customer.pb.h"
#include "frontdesk/v1/find.pb.h"

namespace frontdesk {
namespace domain {

// The evidence that `customer` and `other` are one; the candidate is `other`. Nothing when there is
// none. Symmetric, except for the id. Pure; linear in the customers but for a logarithm.
//
// Each kind of evidence is listed once, at its heaviest:
//   KIND_EXTERNAL_ID     1,000  the same id in the same system
//   KIND_EMAIL             400  the same e-mail address by match key; 600 verified
//   KIND_HANDLE            300  the same handle at the same service, the service without regard to
//                               case; 400 verified
//   KIND_PAYMENT_METHOD    300  the same token of a gateway; 350 verified
//   KIND_PHONE             200  the same telephone number by match key; 250 verified
//   KIND_NAME              150  the same given and family name, both set, or the same name of an
//                               organization
//   KIND_ADDRESS           150  an address with the same postal code and the same first line
// Names, services and addresses are compared without regard to case and blanks, by the full case
// folding of Unicode; accents count. The score is the sum, at most 1,000; of equal weights the kind
// with the lower number comes first.
//
// `verified`: both sides were verified, and a contact point is valid without end (`expire_time` is
// absent): an address that its owner gave up may become another's. External ids, names and
// addresses are not verified in this sense. `is_certain`: the same external id, or the same
// verified e-mail address. A telephone number or handle never is, since several people share one or
// have it in turn.
absl::optional<v1::DuplicateCandidate> MatchCustomers(const v1::Customer& customer,
                                                      const v1::Customer& other);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CUSTOMER_CUSTOMER_MATCH_H_
