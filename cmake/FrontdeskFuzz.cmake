# frontdesk_add_fuzzer(<name> SOURCES … [LIBS …] [CORPUS <folder>] [MAX_LENGTH <bytes>] [RUNS <count>])
#
# Defines the program fuzz_<name> of SOURCES, one of which defines
#
#   extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);
#
# which takes any bytes and returns 0, or ends the process on a failure. CORPUS (default corpus/<name> beside
# the caller) holds inputs, one a file; a file *.lines holds one a line, a file *.hex one a line in hexadecimal digits.
#
# In the preset `fuzz` (FRONTDESK_FUZZING, clang) libFuzzer drives it: `./dev fuzz <name> --seconds 60`. In every other
# build a small driver of our own (tests/fuzz/driver.cc) does, and the test fuzz.<name> runs it over the corpus and over
# RUNS (default two thousand) mutations of it.
option(FRONTDESK_FUZZING "Build the fuzzers with libFuzzer (clang only)" OFF)
if(FRONTDESK_FUZZING AND NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "FRONTDESK_FUZZING needs clang")
endif()

add_custom_target(fuzzers)
if(NOT FRONTDESK_FUZZING)
  add_library(frontdesk_fuzz_driver OBJECT "${PROJECT_SOURCE_DIR}/tests/fuzz/driver.cc")
  set_target_properties(frontdesk_fuzz_driver PROPERTIES CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  frontdesk_set_warnings(frontdesk_fuzz_driver)
endif()

function(frontdesk_add_fuzzer name)
  cmake_parse_arguments(ARG "" "CORPUS;MAX_LENGTH;RUNS" "SOURCES;LIBS" ${ARGN})
  if(NOT ARG_CORPUS)
    set(ARG_CORPUS "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name}")
  endif()
  if(NOT ARG_MAX_LENGTH)
    set(ARG_MAX_LENGTH 4096)
  endif()
  if(NOT ARG_RUNS)
    set(ARG_RUNS 2000)
  endif()
  set(target fuzz_${name})
  add_executable(${target} ${ARG_SOURCES})
  set_target_properties(${target} PROPERTIES CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${target} PRIVATE ${ARG_LIBS})
  frontdesk_set_warnings(${target})
  frontdesk_precompile(${target} TESTS)
  add_dependencies(fuzzers ${target})
  if(FRONTDESK_FUZZING)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  else()
    target_link_libraries(${target} PRIVATE frontdesk_fuzz_driver)
    add_test(NAME fuzz.${name} COMMAND ${target} -runs=${ARG_RUNS} -seed=4711 -max_len=${ARG_MAX_LENGTH} "${ARG_CORPUS}")
    set_tests_properties(fuzz.${name} PROPERTIES ENVIRONMENT "${FRONTDESK_TEST_ENVIRONMENT}")
  endif()
  # The list that `./dev fuzz` reads: name, folder of the program, corpus, longest input.
  set_property(GLOBAL APPEND_STRING PROPERTY FRONTDESK_FUZZERS
    "${name}\t${CMAKE_CURRENT_BINARY_DIR}/${target}\t${ARG_CORPUS}\t${ARG_MAX_LENGTH}\n")
  get_property(all GLOBAL PROPERTY FRONTDESK_FUZZERS)
  file(WRITE "${PROJECT_BINARY_DIR}/fuzzers.tsv" "${all}")
endfunction()
