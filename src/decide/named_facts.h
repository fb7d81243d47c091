// The facts that a command names. Private.
#ifndef FRONTDESK_SRC_DECIDE_NAMED_FACTS_H_
#define FRONTDESK_SRC_DECIDE_NAMED_FACTS_H_

#include "frontdesk/v1/catalog.pb.h"
#include "frontdesk/v1/order_commands.pb.h"

namespace frontdesk {
namespace internal {

// Adds to `*named` the variants of `catalog` whose ids are in fields of `command` with the option `fact`, with their products, in the
// order of the catalog. On an arena it borrows them: see lend.h.
void AddNamedFacts(const v1::OrderCommand& command, const v1::CatalogFacts& catalog,
                   v1::CatalogFacts* named);

}  // namespace internal
}  // namespace frontdesk

#endif  // FRONTDESK_SRC_DECIDE_NAMED_FACTS_H_
