# The dependencies of frontdesk. Everything comes from the distribution's packages. The targets are global, so that a host that
# takes frontdesk as a subdirectory sees them too.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
find_package(absl REQUIRED)
find_package(Threads REQUIRED)

# Newer protobuf ships a CMake package; Debian's 3.21 does not, so fall back to CMake's own module.
find_package(Protobuf CONFIG QUIET)
if(NOT Protobuf_FOUND)
  find_package(Protobuf REQUIRED)
endif()

find_package(PkgConfig REQUIRED)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET GLOBAL re2)
# Its -pthread says what Threads::Threads says better, and would keep precompiled headers from being shared.
set_property(TARGET PkgConfig::re2 PROPERTY INTERFACE_COMPILE_OPTIONS "")

# Nettle makes SHA-256 hashes with the instructions that the processor has.
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET GLOBAL nettle)

# utf8proc folds and normalizes texts.
pkg_check_modules(libutf8proc REQUIRED IMPORTED_TARGET GLOBAL libutf8proc)

# xxHash makes short hashes. It is used as a header alone.
find_path(FRONTDESK_XXHASH_INCLUDE_DIR xxhash.h REQUIRED)
mark_as_advanced(FRONTDESK_XXHASH_INCLUDE_DIR)

# libphonenumber reads national phone numbers. Without it only numbers typed with `+` are accepted.
find_package(Phonenumber QUIET)
option(FRONTDESK_WITH_PHONENUMBER "Read national phone numbers with libphonenumber" ${Phonenumber_FOUND})
if(FRONTDESK_WITH_PHONENUMBER AND NOT Phonenumber_FOUND)
  message(FATAL_ERROR "FRONTDESK_WITH_PHONENUMBER is ON and libphonenumber was not found")
endif()

# libical reads iCalendar text.
pkg_check_modules(libical QUIET IMPORTED_TARGET GLOBAL libical>=3)
if(libical_FOUND)
  set(_frontdesk_libical ON)
else()
  set(_frontdesk_libical OFF)
endif()
option(FRONTDESK_WITH_LIBICAL "Read holidays from iCalendar text with libical" ${_frontdesk_libical})
if(FRONTDESK_WITH_LIBICAL AND NOT libical_FOUND)
  message(FATAL_ERROR "FRONTDESK_WITH_LIBICAL is ON and libical 3 or newer was not found")
endif()

# SQLite keeps a store in a file.
pkg_check_modules(sqlite3 QUIET IMPORTED_TARGET GLOBAL sqlite3>=3.37)
if(sqlite3_FOUND)
  set(_frontdesk_sqlite ON)
else()
  set(_frontdesk_sqlite OFF)
endif()
option(FRONTDESK_WITH_SQLITE "Build the store in a SQLite file, frontdesk::sqlite" ${_frontdesk_sqlite})
if(FRONTDESK_WITH_SQLITE AND NOT sqlite3_FOUND)
  message(FATAL_ERROR "FRONTDESK_WITH_SQLITE is ON and SQLite 3.37 or newer was not found")
endif()

# libpq connects to PostgreSQL. Version 14 has the pipeline mode.
pkg_check_modules(libpq QUIET IMPORTED_TARGET GLOBAL libpq>=14)
if(libpq_FOUND)
  set(_frontdesk_postgres ON)
else()
  set(_frontdesk_postgres OFF)
endif()
option(FRONTDESK_WITH_POSTGRES "Build the store in a PostgreSQL database, frontdesk::postgres" ${_frontdesk_postgres})
if(FRONTDESK_WITH_POSTGRES AND NOT libpq_FOUND)
  message(FATAL_ERROR "FRONTDESK_WITH_POSTGRES is ON and libpq 14 or newer was not found")
endif()
