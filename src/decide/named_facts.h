// The facts that a command names. Private.
#ifndef FRONTDESK_SRC_DECIDE_NAMED_FACTS_H_
#define FRONTDESK_SRC_DECIDE_NAMED_FACTS_H_

#include "frontdesk/v1/catalog.pb.h"
#include "google/protobuf/message.h"

namespace frontdesk {
namespace internal {

// The variants of `catalog` whose ids are in fields of `command` with the option `fact`, with their products, in the order of the
// catalog. `command` is that of one entity, an OrderCommand for example.
v1::CatalogFacts NamedFacts(const google::protobuf::Message& command,
                            const v1::CatalogFacts& catalog);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_NAMED_FACTS_H_
