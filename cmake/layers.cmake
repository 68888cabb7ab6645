# One static library a folder of src. The link list of each repeats the table "who may include
# whom" of docs/architecture.md; tools/tidy checks the includes against the same table.
function(gantry_library name)
  cmake_parse_arguments(arg "NO_PCH" "" "LINK;SOURCES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_library(gantry_${name} STATIC ${sources} ${arg_SOURCES})
  target_include_directories(gantry_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(gantry_${name} PRIVATE gantry_compiler PUBLIC ${arg_LINK})
  if(NOT arg_NO_PCH)
    target_precompile_headers(gantry_${name} REUSE_FROM gantry_base)
  endif()
endfunction()
