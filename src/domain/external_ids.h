// Ids in other systems: whether two are one, and whether a list has one. Private.
#ifndef FRONTDESK_DOMAIN_EXTERNAL_IDS_H_
#define FRONTDESK_DOMAIN_EXTERNAL_IDS_H_

#include <algorithm>

#include "frontdesk/v1/common.pb.h"
#include "google/protobuf/repeated_ptr_field.h"

namespace frontdesk {
namespace domain {

using ExternalIds = google::protobuf::RepeatedPtrField<v1::ExternalId>;

// Whether they are the same id of the same system.
inline bool IsSameId(const v1::ExternalId& one, const v1::ExternalId& other) {
  return one.id() == other.id() && one.system() == other.system();
}

inline bool HasExternalId(const ExternalIds& external_ids, const v1::ExternalId& wanted) {
  return std::any_of(external_ids.begin(), external_ids.end(),
                     [&wanted](const v1::ExternalId& each) { return IsSameId(each, wanted); });
}

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_EXTERNAL_IDS_H_
