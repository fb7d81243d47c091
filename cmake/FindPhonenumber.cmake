# Finds libphonenumber, which ships no CMake package: defines Phonenumber_FOUND and Phonenumber::phonenumber.
find_path(PHONENUMBER_INCLUDE_DIR phonenumbers/phonenumberutil.h)
find_library(PHONENUMBER_LIBRARY phonenumber)
mark_as_advanced(PHONENUMBER_INCLUDE_DIR PHONENUMBER_LIBRARY)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Phonenumber REQUIRED_VARS PHONENUMBER_LIBRARY PHONENUMBER_INCLUDE_DIR)

if(Phonenumber_FOUND AND NOT TARGET Phonenumber::phonenumber)
  add_library(Phonenumber::phonenumber UNKNOWN IMPORTED GLOBAL)
  set_target_properties(Phonenumber::phonenumber PROPERTIES
    IMPORTED_LOCATION "${PHONENUMBER_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${PHONENUMBER_INCLUDE_DIR}")
endif()
