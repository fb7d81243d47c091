// A layout of files that no release has had, and the way from it to the current one.
#ifndef FRONTDESK_TESTS_STORE_OLD_SCHEMA_TESTING_H_
#define FRONTDESK_TESTS_STORE_OLD_SCHEMA_TESTING_H_

#include <string>

#include "store/sqlite/schema.h"

namespace frontdesk {
namespace store {

// Version 1 is made up: its rows have no checksums, and table and desk are columns of their own. Version 2 has the
// tables of today.
const sqlite_internal::Schema& SchemaWithMigration();

// Makes a file of that version 1, with the desks "" and "other". Each has `rows` rows in table 1: the key is the number
// in five digits, the value is "value " and the number. The position is 7.
void MakeOldFile(const std::string& path, int rows);

}  // namespace store
}  // namespace frontdesk

#endif  // FRONTDESK_TESTS_STORE_OLD_SCHEMA_TESTING_H_
