#pragma once
// A regular expression from a stranger (PCRE2): its length, its steps and its memory are bounded,
// so that no expression and no text can hold a thread. Interpreted, not compiled to machine code:
// the interpreter honours every limit. A Regex is used by one thread at a time.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace gantry::wire {

struct RegexLimits {
  std::size_t pattern_bytes_max = 1024;
  std::uint32_t steps_max = 50'000;  // of one match
  std::uint32_t depth_max = 5'000;
  std::uint32_t heap_kib_max = 1024;
};

class Regex {
 public:
  // Options are letters of `imsxu`. ErrorCode::InvalidQuery with a text when it does not compile.
  static Result<Regex> create(std::string_view pattern, std::string_view options,
                              const RegexLimits& limits = {});

  // Whether the expression is found in the text; ErrorCode::InvalidQuery when a limit stopped it.
  Result<bool> matches(std::string_view text) const;

 private:
  struct Compiled;
  struct Free {
    void operator()(Compiled* compiled) const;
  };

  explicit Regex(std::unique_ptr<Compiled, Free> compiled) : compiled_(std::move(compiled)) {}

  std::unique_ptr<Compiled, Free> compiled_;
};

}  // namespace gantry::wire
