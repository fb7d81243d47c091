# frontdesk_generate_accessors(TARGET <target> PROTOS <file>… IMPORT_DIRS <dir>… HEADER <path> FUNCTION <name>)
#
# Adds to <target> typed getters for every message of the given proto files, so that rules and expressions read them
# without reflection. The sources are made by protoc-gen-frontdesk-accessors and call only the public generated C++ API.
#
#   add_library(shop ${SHOP_GENERATED_SOURCES})
#   target_link_libraries(shop PUBLIC protobuf::libprotobuf)
#   frontdesk_generate_accessors(TARGET shop PROTOS proto/shop/order.proto IMPORT_DIRS proto
#     HEADER shop/accessors.h FUNCTION shop::Accessors)
#
# gives `#include "shop/accessors.h"` and `const frontdesk::cel::AccessorTable& shop::Accessors()`, for
# frontdesk::cel::EnvironmentBuilder::AddAccessors.
#
# TARGET       a library or program that holds, or links, the generated classes (`order.pb.h`); it gets
#              frontdesk::cel linked
# PROTOS       the proto files; each lies in or below one of IMPORT_DIRS
# IMPORT_DIRS  where protoc looks for imports
# HEADER       the header to make, as it is included
# FUNCTION     the function to make, with its namespace
# OUT_DIR      where the sources go; default ${CMAKE_CURRENT_BINARY_DIR}/accessors
function(frontdesk_generate_accessors)
  cmake_parse_arguments(ARG "" "TARGET;HEADER;FUNCTION;OUT_DIR" "PROTOS;IMPORT_DIRS" ${ARGN})
  foreach(required TARGET HEADER FUNCTION PROTOS IMPORT_DIRS)
    if(NOT ARG_${required})
      message(FATAL_ERROR "frontdesk_generate_accessors: ${required} is missing")
    endif()
  endforeach()
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "frontdesk_generate_accessors: unknown argument ${ARG_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT ARG_OUT_DIR)
    set(ARG_OUT_DIR "${CMAKE_CURRENT_BINARY_DIR}/accessors")
  endif()

  set(include_options)
  set(import_dirs)
  foreach(dir IN LISTS ARG_IMPORT_DIRS)
    get_filename_component(dir "${dir}" ABSOLUTE)
    list(APPEND import_dirs "${dir}")
    list(APPEND include_options -I "${dir}")
  endforeach()

  set(files)
  set(outputs)
  foreach(proto IN LISTS ARG_PROTOS)
    get_filename_component(file "${proto}" ABSOLUTE)
    set(relative)
    foreach(dir IN LISTS import_dirs)
      cmake_path(IS_PREFIX dir "${file}" NORMALIZE inside)
      if(inside)
        file(RELATIVE_PATH relative "${dir}" "${file}")
        break()
      endif()
    endforeach()
    if(NOT relative)
      message(FATAL_ERROR "frontdesk_generate_accessors: ${proto} lies in none of IMPORT_DIRS")
    endif()
    string(REGEX REPLACE "\\.proto$" ".accessors.cc" output "${relative}")
    list(APPEND files "${file}")
    list(APPEND outputs "${ARG_OUT_DIR}/${output}")
  endforeach()
  string(REGEX REPLACE "\\.h$" ".cc" source "${ARG_HEADER}")
  list(APPEND outputs "${ARG_OUT_DIR}/${ARG_HEADER}" "${ARG_OUT_DIR}/${source}")

  file(MAKE_DIRECTORY "${ARG_OUT_DIR}")
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND protobuf::protoc
      "--plugin=protoc-gen-frontdesk-accessors=$<TARGET_FILE:frontdesk::protoc-gen-frontdesk-accessors>"
      "--frontdesk-accessors_out=${ARG_OUT_DIR}"
      "--frontdesk-accessors_opt=header=${ARG_HEADER},function=${ARG_FUNCTION}"
      ${include_options} ${files}
    DEPENDS ${files} frontdesk::protoc-gen-frontdesk-accessors
    COMMENT "Making typed getters for ${ARG_TARGET}"
    VERBATIM)
  target_sources(${ARG_TARGET} PRIVATE ${outputs})
  target_include_directories(${ARG_TARGET} SYSTEM PUBLIC "$<BUILD_INTERFACE:${ARG_OUT_DIR}>")
  target_link_libraries(${ARG_TARGET} PUBLIC frontdesk::cel)
endfunction()
