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
  frontdesk_set_rpath(${target})
  target_compile_features(${target} PUBLIC cxx_std_17)
  target_include_directories(${target}
    PUBLIC "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>"
    PRIVATE "${PROJECT_SOURCE_DIR}/src")
  target_link_libraries(${target} PUBLIC ${ARG_PUBLIC_LIBS} PRIVATE ${ARG_PRIVATE_LIBS})
  frontdesk_set_warnings(${target})
  if(room MATCHES "^(cel|accessors)$")
    frontdesk_precompile(${target} CORE)
  else()
    frontdesk_precompile(${target} WORDS)
    frontdesk_unite(${target})
  endif()
  set_property(GLOBAL APPEND PROPERTY FRONTDESK_LIBRARIES ${target})
endfunction()

# Lets an installed library of ours find the others beside it: a program's own path does not lead to the dependencies of its libraries.
function(frontdesk_set_rpath target)
  if(APPLE)
    set(beside "@loader_path")
  else()
    set(beside "$ORIGIN")
  endif()
  # In the build tree too, from which the Python package copies libraries into one folder.
  set_property(TARGET ${target} APPEND PROPERTY BUILD_RPATH "${beside}")
  set_property(TARGET ${target} APPEND PROPERTY INSTALL_RPATH "${beside}")
endfunction()

# Our warnings, for our own targets only; never exported.
function(frontdesk_set_warnings target)
  # Clang warns inside of std::stable_sort of libstdc++ 12; g++ finds what is deprecated.
  target_compile_options(${target} PRIVATE -Wall -Wextra $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
    $<$<BOOL:${FRONTDESK_WARNINGS_AS_ERRORS}>:-Werror>)
endfunction()

# frontdesk_add_test(<room> SOURCES … [LIBS …])
#
# One test binary a room, frontdesk_<room>_tests, one CTest entry a binary. The binary writes its cases to
# test-cases/<room>.xml in the build folder, where `./dev test` counts them.
function(frontdesk_add_test room)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBS" ${ARGN})
  set(target frontdesk_${room}_tests)
  add_executable(${target} ${ARG_SOURCES} "${PROJECT_SOURCE_DIR}/tests/failed_steps.cc")
  set_target_properties(${target} PROPERTIES CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src" "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${target} PRIVATE ${ARG_LIBS} GTest::gmock GTest::gtest_main)
  frontdesk_set_warnings(${target})
  frontdesk_precompile(${target} TESTS)
  frontdesk_unite(${target})
  add_test(NAME ${room} COMMAND ${target})
  set_tests_properties(${room} PROPERTIES ENVIRONMENT "${FRONTDESK_TEST_ENVIRONMENT};GTEST_OUTPUT=xml:${PROJECT_BINARY_DIR}/test-cases/${room}.xml")
endfunction()

# frontdesk_unite(<target> [NAME…])
#
# Compiles the sources of <target> several at a time, with FRONTDESK_UNITY_BUILD on: most of the cost of a
# small source is its headers. A name in an unnamed namespace must therefore be unique in its target; each NAME
# is made so, for sources that are generated.
function(frontdesk_unite target)
  set(rename "#define FRONTDESK_JOIN_(a, b) a##_##b\n#define FRONTDESK_JOIN(a, b) FRONTDESK_JOIN_(a, b)")
  set(restore "#undef FRONTDESK_JOIN\n#undef FRONTDESK_JOIN_")
  foreach(name IN LISTS ARGN)
    string(APPEND rename "\n#define ${name} FRONTDESK_JOIN(${name}, FRONTDESK_UNITY_ID)")
    string(APPEND restore "\n#undef ${name}")
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${FRONTDESK_UNITY_BUILD} UNITY_BUILD_BATCH_SIZE 8)
  if(ARGN)
    set_target_properties(${target} PROPERTIES UNITY_BUILD_UNIQUE_ID FRONTDESK_UNITY_ID
      UNITY_BUILD_CODE_BEFORE_INCLUDE "${rename}" UNITY_BUILD_CODE_AFTER_INCLUDE "${restore}")
  endif()
endfunction()

# frontdesk_precompile(<target> WORDS|CORE|TESTS)
#
# Lets <target> start from headers that are compiled once. The sets are:
# - CORE (standard library, Abseil, protobuf) for code that knows no messages of ours;
# - WORDS (the same and frontdesk/v1) for the rest;
# - TESTS (the same and GoogleTest) for tests.
# TESTS also means less optimization: the time of tests goes into the code under test. It keeps assertions: an index behind the
# end of a repeated field is an exception of protobuf then, which fails one test and not the whole program. Off unless
# FRONTDESK_PRECOMPILE_HEADERS is on: sources include all they need, and hosts that add this directory get no headers
# forced on them.
function(frontdesk_precompile target set)
  if(set STREQUAL "TESTS")
    target_compile_options(${target} PRIVATE -UNDEBUG)
  endif()
  if(NOT FRONTDESK_PRECOMPILE_HEADERS)
    return()
  endif()
  string(TOLOWER "frontdesk_pch_${set}" headers)
  if(NOT TARGET ${headers})
    file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/pch/${headers}.cc" CONTENT "// Compiled for its headers alone.\n")
    add_library(${headers} OBJECT "${PROJECT_BINARY_DIR}/pch/${headers}.cc")
    set_target_properties(${headers} PROPERTIES
      POSITION_INDEPENDENT_CODE ON CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
    target_link_libraries(${headers} PRIVATE protobuf::libprotobuf absl::statusor absl::flat_hash_map absl::str_format absl::time)
    set(files <algorithm> <cstdint> <functional> <map> <memory> <string> <utility> <vector>
      <absl/container/flat_hash_map.h> <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/strings/str_format.h>
      <absl/time/time.h> <absl/types/span.h> <google/protobuf/message.h> <google/protobuf/descriptor.h>)
    if(set MATCHES "^(WORDS|TESTS)$")
      target_link_libraries(${headers} PRIVATE frontdesk::proto)
      list(APPEND files <frontdesk/v1/entity_state.pb.h> <frontdesk/v1/error.pb.h> <frontdesk/v1/journal.pb.h> <frontdesk/v1/policy.pb.h>)
    endif()
    if(set STREQUAL "TESTS")
      target_link_libraries(${headers} PRIVATE GTest::gmock)
      list(APPEND files <gmock/gmock.h> <gtest/gtest.h>)
      target_compile_options(${headers} PRIVATE -O0 -UNDEBUG)
    endif()
    target_precompile_headers(${headers} PRIVATE ${files})
    target_compile_options(${headers} PRIVATE -pthread)
    frontdesk_set_warnings(${headers})
  endif()
  # RE2 asks for it; headers compiled with it are of use only where it is on too.
  target_compile_options(${target} PRIVATE -pthread)
  if(set STREQUAL "TESTS")
    target_link_libraries(${target} PRIVATE GTest::gtest)
    target_compile_options(${target} PRIVATE -O0)
  endif()
  # Programs would be compiled with -fPIE, which headers compiled with -fPIC do not fit.
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "EXECUTABLE")
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    target_compile_options(${target} PRIVATE -fPIC)
  endif()
  target_precompile_headers(${target} REUSE_FROM ${headers})
endfunction()
