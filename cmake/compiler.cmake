# Warnings, linker and, but for the plain form, sanitizers: applied to every target of the project.
add_library(gantry_plain_compiler INTERFACE)
add_library(gantry_compiler INTERFACE)
target_link_libraries(gantry_compiler INTERFACE gantry_plain_compiler)

target_compile_options(gantry_plain_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Woverloaded-virtual
  -Wcast-align -Wunused -Wformat=2 -Wimplicit-fallthrough -Wnull-dereference -Wno-missing-field-initializers -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these inside the standard library and Boost when it inlines coroutines.
  target_compile_options(gantry_plain_compiler INTERFACE -fcoroutines -Wno-null-dereference
    -Wno-maybe-uninitialized -Wno-restrict -Wno-array-bounds -Wno-stringop-overflow
    -Wno-dangling-pointer -Wno-mismatched-new-delete -Wno-stringop-overread -Wno-use-after-free)
endif()
target_link_options(gantry_plain_compiler INTERFACE -fuse-ld=lld)

# Boost.Asio and Beast are compiled once, in src/base/boost_*.cc.
target_compile_definitions(gantry_plain_compiler INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_BEAST_USE_STD_STRING_VIEW
  BOOST_ASIO_NO_DEPRECATED SPDLOG_FMT_EXTERNAL)

if(GANTRY_SANITIZE)
  set(flags -fsanitize=${GANTRY_SANITIZE} -fno-omit-frame-pointer)
  if(GANTRY_SANITIZE MATCHES "undefined")
    # clang 14 cannot assemble coroutines with the function check.
    list(APPEND flags -fno-sanitize=function -fno-sanitize-recover=undefined)
  endif()
  target_compile_options(gantry_compiler INTERFACE ${flags})
  target_link_options(gantry_compiler INTERFACE ${flags})
endif()
if(GANTRY_FUZZ)
  # The profile is for the lines that a corpus reaches, which ./dev fuzz asks llvm-cov for.
  set(profile -fprofile-instr-generate -fcoverage-mapping)
  target_compile_options(gantry_compiler INTERFACE -fsanitize=fuzzer-no-link ${profile})
  target_link_options(gantry_compiler INTERFACE ${profile})
endif()
