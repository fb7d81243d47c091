# What frontdesk links. Everything comes from the distribution's packages.
find_package(absl REQUIRED)
find_package(Threads REQUIRED)

# Newer protobuf ships a CMake package; Debian's 3.21 does not, so fall back to CMake's own module.
find_package(Protobuf CONFIG QUIET)
if(NOT Protobuf_FOUND)
  find_package(Protobuf REQUIRED)
endif()

find_package(PkgConfig REQUIRED)
pkg_check_modules(re2 REQUIRED IMPORTED_TARGET re2)

# libphonenumber reads national phone numbers. Without it only numbers typed with `+` are taken.
find_path(PHONENUMBER_INCLUDE_DIR phonenumbers/phonenumberutil.h)
find_library(PHONENUMBER_LIBRARY phonenumber)
if(PHONENUMBER_INCLUDE_DIR AND PHONENUMBER_LIBRARY)
  set(_frontdesk_phonenumber_found ON)
else()
  set(_frontdesk_phonenumber_found OFF)
endif()
option(FRONTDESK_WITH_PHONENUMBER "Read national phone numbers with libphonenumber" ${_frontdesk_phonenumber_found})
if(FRONTDESK_WITH_PHONENUMBER AND NOT _frontdesk_phonenumber_found)
  message(FATAL_ERROR "FRONTDESK_WITH_PHONENUMBER is ON and libphonenumber was not found")
endif()
