// Taking a case over from another system. Private.
#ifndef FRONTDESK_DOMAIN_CASE_CASE_IMPORT_H_
#define FRONTDESK_DOMAIN_CASE_CASE_IMPORT_H_

#include "domain/arguments.h"
#include "frontdesk/v1/case_commands.pb.h"

namespace frontdesk {
namespace domain {

// The arguments of ImportCase below `root`, all but the id of the case: the shape of the imported
// case. Whether its parts fit each other is looked at when it is decided.
void CheckImportCase(const FieldPath& root, const v1::ImportCase& verb, ArgumentChecker* checker);

}  // namespace domain
}  // namespace frontdesk

#endif  // FRONTDESK_DOMAIN_CASE_CASE_IMPORT_H_
