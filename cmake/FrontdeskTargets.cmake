# frontdesk_add_room(<room> SOURCES … [PUBLIC_LIBS …] [PRIVATE_LIBS …])
#
# Defines the library frontdesk_<room> with the alias frontdesk::<room>. Public headers are in include/frontdesk/<room>,
# sources beside the caller. Consumers need C++17; our own sources may use C++20.
function(frontdesk_add_room room)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC_LIBS;PRIVATE_LIBS" ${ARGN})
  set(target frontdesk_${room})
  add_library(${target} ${ARG_SOURCES})
  add_library(frontdesk::${room} ALIAS ${target})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${room}
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
    POSITION_INDEPENDENT_CODE ON
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  target_compile_features(${target} PUBLIC cxx_std_17)
  target_include_directories(${target}
    PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>"
    PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(${target} PUBLIC ${ARG_PUBLIC_LIBS} PRIVATE ${ARG_PRIVATE_LIBS})
  frontdesk_set_warnings(${target})
  set_property(GLOBAL APPEND PROPERTY FRONTDESK_LIBRARIES ${target})
endfunction()

# Our warnings, for our own targets only; never exported.
function(frontdesk_set_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra $<$<BOOL:${FRONTDESK_WARNINGS_AS_ERRORS}>:-Werror>)
endfunction()

# frontdesk_add_test(<room> SOURCES … [LIBS …])
#
# One test binary a room, frontdesk_<room>_tests, one CTest entry a binary. The binary writes its cases to
# test-cases/<room>.xml in the build folder, where `./dev test` counts them.
function(frontdesk_add_test room)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  set(target frontdesk_${room}_tests)
  add_executable(${target} ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${target} PRIVATE ${ARG_LIBS} GTest::gmock GTest::gtest_main)
  frontdesk_set_warnings(${target})
  add_test(NAME ${room} COMMAND ${target})
  set_tests_properties(${room} PROPERTIES ENVIRONMENT "${FRONTDESK_TEST_ENVIRONMENT};GTEST_OUTPUT=xml:${PROJECT_BINARY_DIR}/test-cases/${room}.xml")
endfunction()
