# gantry_embed(target name file...): each file becomes bytes inside the target, found at run time
# by its file name through `std::span<const gantry::EmbeddedFile> gantry::embedded::<name>()`.
function(gantry_embed target name)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cc)
  add_custom_command(OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAME=${name} "-DFILES=${ARGN}"
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
    DEPENDS ${ARGN} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake VERBATIM)
  target_sources(${target} PRIVATE ${out})
  set_source_files_properties(${out} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()

# gantry_embed_program(target name program): the same for a program of this build, compressed: a
# third of its size. Needs zlib to be unpacked.
function(gantry_embed_program target name program)
  set(packed ${CMAKE_CURRENT_BINARY_DIR}/${program}.gz)
  add_custom_command(OUTPUT ${packed}
    COMMAND gzip -9 -n -c $<TARGET_FILE:${program}> > ${packed}
    DEPENDS ${program} VERBATIM)
  gantry_embed(${target} ${name} ${packed})
  target_link_libraries(${target} PRIVATE ZLIB::ZLIB)
endfunction()
