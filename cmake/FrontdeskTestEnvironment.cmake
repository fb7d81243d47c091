# The environment of tests: the folders of the sources and of the real data, the interpreter, and its dependencies.
if(DEFINED ENV{FRONTDESK_SHARED})
  set(_frontdesk_shared "$ENV{FRONTDESK_SHARED}")
else()
  get_filename_component(_frontdesk_shared "${PROJECT_SOURCE_DIR}/../shared" ABSOLUTE)
endif()
set(FRONTDESK_SHARED "${_frontdesk_shared}" CACHE PATH "Where the real data to test on lies; tests that need it skip without it")
set(FRONTDESK_TEST_ENVIRONMENT "FRONTDESK_SOURCE_DIR=${PROJECT_SOURCE_DIR};FRONTDESK_SHARED=${FRONTDESK_SHARED}")

# The distribution's interpreter has protobuf and pytest; another python3 may come first on PATH.
find_program(FRONTDESK_PYTHON NAMES python3 HINTS /usr/bin NO_DEFAULT_PATH)
find_program(FRONTDESK_PYTHON NAMES python3)

# An interpreter that loads code with sanitizers needs their runtime first, and with it the library that throws. Leaks of
# the interpreter itself at its end are not ours to find.
set(FRONTDESK_SANITIZER_RUNTIME "" CACHE STRING "The runtime library of the sanitizers that everything is compiled with, if any")
set(FRONTDESK_PYTHON_ENVIRONMENT "PYTHONPATH=${PROJECT_BINARY_DIR}/python")
if(FRONTDESK_SANITIZER_RUNTIME)
  set(_preload)
  foreach(_library "${FRONTDESK_SANITIZER_RUNTIME}" libstdc++.so.6)
    execute_process(COMMAND "${CMAKE_CXX_COMPILER}" "-print-file-name=${_library}"
      OUTPUT_VARIABLE _path OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    list(APPEND _preload "${_path}")
  endforeach()
  list(JOIN _preload ":" _preload)
  list(APPEND FRONTDESK_PYTHON_ENVIRONMENT "LD_PRELOAD=${_preload}" "ASAN_OPTIONS=detect_leaks=0")
endif()
