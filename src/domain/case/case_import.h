// Checks that the two steps of an import of a case share. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_IMPORT_H_
#define FRONTDESK_DOMAIN_CASE_CASE_IMPORT_H_

#include "domain/arguments.h"
#include "domain/import_cleaning.h"
#include "frontdesk/v1/case.pb.h"

namespace frontdesk {
namespace domain {

// Takes away what is not valid of the case at `field`, which is the one that `cleaner` cleans; what makes it unreadable is refused.
void CleanImportedCase(const FieldPath& field, const v1::Case& imported, ImportCleaner* cleaner,
                       ArgumentChecker* checker);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_IMPORT_H_
