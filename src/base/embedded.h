#pragma once
// Files that the build puts inside the binary; see cmake/embed.cmake.

#include <span>
#include <string_view>

namespace gantry {

struct EmbeddedFile {
  std::string_view name;  // file name without folders
  std::string_view bytes;
};

}  // namespace gantry
