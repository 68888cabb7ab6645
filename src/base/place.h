#pragma once
// Where in the code something happened. clang 14 has no std::source_location with libstdc++.

namespace gantry {

struct Place {
  const char* file = "";
  unsigned line = 0;

  static constexpr Place current(const char* file_now = __builtin_FILE(),
                                 unsigned line_now = __builtin_LINE()) {
    return {file_now, line_now};
  }
};

}  // namespace gantry
