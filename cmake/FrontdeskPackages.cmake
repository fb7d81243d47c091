# The Debian package of everything that is installed: `cpack -G DEB` in the build folder, or `./dev deb`. Included last.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME frontdesk)
set(CPACK_PACKAGE_CONTACT "The frontdesk authors <frontdesk@example.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/dist")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
# The Python package is a wheel.
set(CPACK_COMPONENTS_ALL Unspecified)
set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
# Shared libraries that the programs and libraries of the package need are found out. Its static libraries, headers and CMake files
# need these:
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(_frontdesk_packages libabsl-dev libprotobuf-dev libprotoc-dev protobuf-compiler libre2-dev nettle-dev libutf8proc-dev
  pkg-config)
if(FRONTDESK_WITH_PHONENUMBER)
  list(APPEND _frontdesk_packages libphonenumber-dev)
endif()
if(FRONTDESK_WITH_SQLITE)
  list(APPEND _frontdesk_packages libsqlite3-dev)
endif()
list(JOIN _frontdesk_packages ", " CPACK_DEBIAN_PACKAGE_DEPENDS)
include(CPack)
