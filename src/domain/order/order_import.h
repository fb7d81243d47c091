// Checks that the two steps of an import of an order share. Private.
#ifndef FRONTDESK_DOMAIN_ORDER_ORDER_IMPORT_H_
#define FRONTDESK_DOMAIN_ORDER_ORDER_IMPORT_H_

#include "domain/arguments.h"
#include "domain/import_cleaning.h"
#include "frontdesk/v1/order.pb.h"

namespace frontdesk {
namespace domain {

// Takes away what is not valid of the order at `field`, which is the one that `cleaner` cleans; money and pieces that do not add up are
// refused.
void CleanImportedOrder(const FieldPath& field, const v1::Order& order, ImportCleaner* cleaner,
                        ArgumentChecker* checker);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_ORDER_ORDER_IMPORT_H_
