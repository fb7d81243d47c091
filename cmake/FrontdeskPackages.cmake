# The Debian package of everything that is installed: `cpack -G DEB` in the build folder, or `./dev deb`. Included last.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME frontdesk)
set(CPACK_PACKAGE_CONTACT "The frontdesk authors <frontdesk@example.com>")
set(CPACK_PACKAGE_VENDOR "The frontdesk authors")
# A summary of Debian has no article.
string(REGEX REPLACE "^The " "" CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Types, verbs and policy of a service desk for C++ programs: each command is
done, refused with reasons, or held for approval, and explains itself.
The package has the libraries with their headers, protos, CMake and pkg-config
files, the tool frontdesk for desks in a file, the docs, and example policies
in /usr/share/frontdesk/policies.")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/dist")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS "${CMAKE_CURRENT_LIST_DIR}/FrontdeskDebFiles.cmake")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
# The Python package is a wheel.
set(CPACK_COMPONENTS_ALL Unspecified)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# Shared libraries that the programs and libraries of the package need are found out. Its static libraries, headers and CMake files
# need these:
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
file(WRITE "${PROJECT_BINARY_DIR}/debian/triggers" "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${PROJECT_BINARY_DIR}/debian/triggers")
set(_frontdesk_packages libabsl-dev libprotobuf-dev libprotoc-dev protobuf-compiler libre2-dev nettle-dev libutf8proc-dev
  pkg-config)
if(FRONTDESK_WITH_PHONENUMBER)
  list(APPEND _frontdesk_packages libphonenumber-dev)
endif()
if(FRONTDESK_WITH_LIBICAL)
  list(APPEND _frontdesk_packages libical-dev)
endif()
if(FRONTDESK_WITH_SQLITE)
  list(APPEND _frontdesk_packages libsqlite3-dev)
endif()
if(FRONTDESK_WITH_POSTGRES)
  list(APPEND _frontdesk_packages libpq-dev)
endif()
list(JOIN _frontdesk_packages ", " CPACK_DEBIAN_PACKAGE_DEPENDS)
include(CPack)
