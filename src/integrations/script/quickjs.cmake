# gantry_quickjs: the engine package's .wasm as a static library, and GANTRY_ACORN_JS, the parser's
# file. npm puts both packages into the build tree, pinned by engine/package-lock.json.
find_program(GANTRY_NODE node REQUIRED)
find_program(GANTRY_NPM npm REQUIRED)
find_program(GANTRY_WASM2C wasm2c REQUIRED)
find_path(GANTRY_WASM_RT_INCLUDE wasm-rt.h REQUIRED)
find_path(GANTRY_WASM_RT_SOURCE wasm-rt-impl.c
  PATHS /usr/share/wabt/wasm2c /usr/src/wasm2c REQUIRED NO_DEFAULT_PATH)

set(engine_source ${CMAKE_SOURCE_DIR}/engine)
set(engine_build ${CMAKE_CURRENT_BINARY_DIR}/engine)
set(package ${engine_build}/node_modules/@jitl/quickjs-wasmfile-release-sync/dist)
set(GANTRY_ACORN_JS ${engine_build}/node_modules/acorn/dist/acorn.js)
set(engine_scripts ${engine_source}/derive_names.mjs ${engine_source}/glue.mjs
  ${engine_source}/memory_base.mjs ${engine_source}/messages.mjs)

add_custom_command(
  OUTPUT ${package}/emscripten-module.cjs ${package}/emscripten-module.wasm ${GANTRY_ACORN_JS}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${engine_build}
  COMMAND ${CMAKE_COMMAND} -E copy ${engine_source}/package.json ${engine_source}/package-lock.json
          ${engine_build}
  COMMAND ${GANTRY_NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
  COMMAND ${CMAKE_COMMAND} -E touch ${package}/emscripten-module.cjs
          ${package}/emscripten-module.wasm ${GANTRY_ACORN_JS}
  DEPENDS ${engine_source}/package.json ${engine_source}/package-lock.json
  WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/engine
  COMMENT "Fetching the script engine's packages" VERBATIM)
file(MAKE_DIRECTORY ${engine_build})

add_custom_command(
  OUTPUT ${engine_build}/translated/quickjs_module.c ${engine_build}/translated/quickjs_module.h
  COMMAND ${CMAKE_COMMAND} -E make_directory ${engine_build}/translated
  COMMAND ${GANTRY_WASM2C} ${package}/emscripten-module.wasm --module-name=qjs
          -o ${engine_build}/translated/quickjs_module.c
  DEPENDS ${package}/emscripten-module.wasm
  COMMENT "Translating the script engine to C" VERBATIM)

# The scripts import the parser from node_modules beside them, so they run from the build tree.
add_custom_command(
  OUTPUT ${engine_build}/quickjs.c ${engine_build}/include/quickjs_names.h
  COMMAND ${CMAKE_COMMAND} -E copy ${engine_scripts} ${engine_build}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${engine_build}/include
  COMMAND ${CMAKE_COMMAND} -E copy ${engine_build}/translated/quickjs_module.h
          ${engine_build}/include
  COMMAND ${GANTRY_NODE} ${engine_build}/derive_names.mjs ${package}/emscripten-module.cjs
          ${package}/emscripten-module.wasm ${engine_build}/translated/quickjs_module.c
          ${engine_build}/translated/quickjs_module.h ${engine_build}/quickjs.c
          ${engine_build}/include/quickjs_names.h
  DEPENDS ${engine_scripts} ${engine_build}/translated/quickjs_module.c
          ${package}/emscripten-module.cjs
  COMMENT "Deriving the names of the script engine's functions" VERBATIM)

# Never instrumented and never optimised across files: the code is not ours, and its speed is the
# scripts' speed. So it links nothing of the project's compiler settings.
add_library(gantry_quickjs STATIC ${engine_build}/quickjs.c
  ${engine_build}/include/quickjs_names.h ${GANTRY_WASM_RT_SOURCE}/wasm-rt-impl.c)
target_include_directories(gantry_quickjs SYSTEM PUBLIC ${engine_build}/include
  ${GANTRY_WASM_RT_INCLUDE})
target_include_directories(gantry_quickjs PRIVATE ${GANTRY_WASM_RT_SOURCE})
target_compile_definitions(gantry_quickjs PRIVATE NDEBUG)
target_compile_options(gantry_quickjs PRIVATE -O3 -w -g0 -fno-lto -fno-sanitize=all
  -fno-exceptions)
set_target_properties(gantry_quickjs PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
