# The copyright and the changelog, which Debian wants in /usr/share/doc/frontdesk. CPack runs this before it packs.
set(_doc "${CPACK_TEMPORARY_DIRECTORY}/usr/share/doc/${CPACK_PACKAGE_NAME}")
if(NOT IS_DIRECTORY "${_doc}")
  message(FATAL_ERROR "The package has no folder ${_doc}")
endif()
# The license is in Debian's common licenses, which are installed on every system.
file(REMOVE "${_doc}/LICENSE")
file(WRITE "${_doc}/copyright"
"Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: ${CPACK_PACKAGE_NAME}
Upstream-Contact: ${CPACK_PACKAGE_CONTACT}

Files: *
Copyright: ${CPACK_PACKAGE_VENDOR}
License: Apache-2.0
 On Debian systems, the full text of the Apache License, Version 2.0, is in the file /usr/share/common-licenses/Apache-2.0.
")
# SOURCE_DATE_EPOCH makes it the same each time.
string(TIMESTAMP _time "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE "${_doc}/changelog"
"${CPACK_PACKAGE_NAME} (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium

  * Version ${CPACK_PACKAGE_VERSION}. Its changes are listed in CHANGELOG.md of the sources.

 -- ${CPACK_PACKAGE_CONTACT}  ${_time}
")
execute_process(COMMAND gzip -9n "${_doc}/changelog" COMMAND_ERROR_IS_FATAL ANY)
file(CHMOD "${_doc}/copyright" "${_doc}/changelog.gz" PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
