# Installs the libraries, headers, protos, the CMake package and the pkg-config files. Included last: it looks at every
# room that was made.
include(CMakePackageConfigHelpers)

set(FRONTDESK_INSTALL_CMAKEDIR "${CMAKE_INSTALL_LIBDIR}/cmake/frontdesk" CACHE STRING "Where the CMake package goes")
mark_as_advanced(FRONTDESK_INSTALL_CMAKEDIR)

get_property(FRONTDESK_INSTALLED_LIBRARIES GLOBAL PROPERTY FRONTDESK_LIBRARIES)
get_property(FRONTDESK_INSTALLED_PROGRAMS GLOBAL PROPERTY FRONTDESK_PROGRAMS)

install(TARGETS ${FRONTDESK_INSTALLED_LIBRARIES} ${FRONTDESK_INSTALLED_PROGRAMS} frontdesk
  EXPORT frontdeskTargets
  RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}"
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h")

# The protos lie beside the headers made from them, as protobuf's own do.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/proto/frontdesk" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.proto")
install(DIRECTORY "${PROJECT_BINARY_DIR}/proto/frontdesk" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.pb.h")
get_property(_frontdesk_generated_headers GLOBAL PROPERTY FRONTDESK_GENERATED_HEADERS)
foreach(_header IN LISTS _frontdesk_generated_headers)
  cmake_path(GET _header PARENT_PATH _dir)
  install(FILES "${PROJECT_BINARY_DIR}/generated/${_header}" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/${_dir}")
endforeach()

install(EXPORT frontdeskTargets NAMESPACE frontdesk:: DESTINATION "${FRONTDESK_INSTALL_CMAKEDIR}")
# The components that the CMake package lists when a host asks for one that does not exist.
list(TRANSFORM FRONTDESK_INSTALLED_LIBRARIES REPLACE "^frontdesk_" "" OUTPUT_VARIABLE FRONTDESK_INSTALLED_COMPONENTS)
list(JOIN FRONTDESK_INSTALLED_COMPONENTS ", " FRONTDESK_INSTALLED_COMPONENTS)
set(FRONTDESK_INSTALLED_LIBICAL OFF)
if(TARGET frontdesk_calendar AND FRONTDESK_WITH_LIBICAL)
  set(FRONTDESK_INSTALLED_LIBICAL ON)
endif()
set(FRONTDESK_INSTALLED_SQLITE OFF)
if(TARGET frontdesk_sqlite)
  set(FRONTDESK_INSTALLED_SQLITE ON)
endif()
set(FRONTDESK_INSTALLED_POSTGRES OFF)
if(TARGET frontdesk_postgres)
  set(FRONTDESK_INSTALLED_POSTGRES ON)
endif()
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/frontdeskConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/frontdeskConfig.cmake" INSTALL_DESTINATION "${FRONTDESK_INSTALL_CMAKEDIR}" PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
# While the major version is 0, a minor version may break.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/frontdeskConfigVersion.cmake"
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/frontdeskConfig.cmake"
  "${PROJECT_BINARY_DIR}/frontdeskConfigVersion.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FindPhonenumber.cmake"
  "${CMAKE_CURRENT_LIST_DIR}/FrontdeskAccessors.cmake"
  DESTINATION "${FRONTDESK_INSTALL_CMAKEDIR}")
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/docs/" DESTINATION "${CMAKE_INSTALL_DOCDIR}"
  FILES_MATCHING PATTERN "*.md" PATTERN "*.csv" PATTERN "*.svg")
install(DIRECTORY "${PROJECT_SOURCE_DIR}/examples/policies" DESTINATION "${CMAKE_INSTALL_DATADIR}/frontdesk"
  FILES_MATCHING PATTERN "*.textproto")

# One pkg-config file a room, and frontdesk.pc for all. The dependencies of a static room must be on every command
# line that links the room, so they are required publicly there, privately otherwise.
function(_frontdesk_write_pkg_config target)
  get_target_property(type ${target} TYPE)
  get_target_property(public_libraries ${target} INTERFACE_LINK_LIBRARIES)
  get_target_property(all_libraries ${target} LINK_LIBRARIES)
  set(requires)
  set(requires_private)
  set(libs)
  set(libs_private)
  foreach(library IN LISTS public_libraries all_libraries)
    set(suffix)
    if(library MATCHES "^\\$<LINK_ONLY:(.*)>$")
      set(library "${CMAKE_MATCH_1}")
    endif()
    if(NOT type STREQUAL "STATIC_LIBRARY" AND NOT library IN_LIST public_libraries)
      set(suffix _private)
    endif()
    if(library MATCHES "^frontdesk(::|_)(.*)$")
      list(APPEND requires${suffix} "frontdesk-${CMAKE_MATCH_2}")
    elseif(library MATCHES "^absl::(.*)$")
      list(APPEND requires${suffix} "absl_${CMAKE_MATCH_1}")
    elseif(library STREQUAL "protobuf::libprotobuf")
      list(APPEND requires${suffix} "protobuf")
    elseif(library MATCHES "^PkgConfig::(.*)$")
      list(APPEND requires${suffix} "${CMAKE_MATCH_1}")
    elseif(library STREQUAL "Phonenumber::phonenumber")
      list(APPEND libs${suffix} "-lphonenumber")
    elseif(library STREQUAL "Threads::Threads")
      list(APPEND libs${suffix} "-pthread")
    elseif(library)
      message(FATAL_ERROR "No pkg-config name is known for ${library}, which ${target} links")
    endif()
  endforeach()
  string(REPLACE "frontdesk_" "frontdesk-" name "${target}")
  # pkg-config follows every path, so their number counts: a requirement that another one brings is left out.
  set(brought)
  foreach(required IN LISTS requires)
    get_property(more GLOBAL PROPERTY "FRONTDESK_REQUIRED_BY_${required}")
    list(APPEND brought ${more})
  endforeach()
  set_property(GLOBAL PROPERTY "FRONTDESK_REQUIRED_BY_${name}" ${requires} ${brought})
  if(brought)
    list(REMOVE_ITEM requires ${brought})
  endif()
  foreach(list requires requires_private libs libs_private)
    list(REMOVE_DUPLICATES ${list})
    string(REPLACE ";" " " ${list} "${${list}}")
  endforeach()
  if(NOT type STREQUAL "INTERFACE_LIBRARY")
    set(libs "-l${target} ${libs}")
  endif()
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/pkgconfig/${name}.pc" @ONLY CONTENT
"prefix=@CMAKE_INSTALL_PREFIX@
libdir=\${prefix}/@CMAKE_INSTALL_LIBDIR@
includedir=\${prefix}/@CMAKE_INSTALL_INCLUDEDIR@

Name: @name@
Description: @PROJECT_DESCRIPTION@
Version: @PROJECT_VERSION@
Requires: @requires@
Requires.private: @requires_private@
Cflags: -I\${includedir}
Libs: -L\${libdir} @libs@
Libs.private: @libs_private@
")
  # The prefix is known only when installing: `cmake --install --prefix` may change it.
  install(CODE "
    file(READ \"${PROJECT_BINARY_DIR}/pkgconfig/${name}.pc\" text)
    string(REGEX REPLACE \"^prefix=[^\\n]*\" \"prefix=\${CMAKE_INSTALL_PREFIX}\" text \"\${text}\")
    file(WRITE \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/pkgconfig/${name}.pc\" \"\${text}\")")
endfunction()
foreach(_target IN LISTS FRONTDESK_INSTALLED_LIBRARIES ITEMS frontdesk)
  _frontdesk_write_pkg_config(${_target})
endforeach()

# Everything that is installed.
add_custom_target(frontdesk_installed)
add_dependencies(frontdesk_installed ${FRONTDESK_INSTALLED_LIBRARIES} ${FRONTDESK_INSTALLED_PROGRAMS})
