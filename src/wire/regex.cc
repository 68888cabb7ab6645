#define PCRE2_CODE_UNIT_WIDTH 8
#include "wire/regex.h"

#include <array>
#include <optional>

#include <fmt/format.h>
#include <pcre2.h>

#include "domain/error_codes.h"

namespace gantry::wire {
namespace {

// PCRE2_MATCH_INVALID_UTF: a text that is not UTF-8 is matched in its valid pieces.
constexpr std::uint32_t kAlways = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;

std::optional<std::uint32_t> to_flags(std::string_view options) {
  std::uint32_t flags = 0;
  for (const char option : options) {
    switch (option) {
      case 'i':
        flags |= PCRE2_CASELESS;
        break;
      case 'm':
        flags |= PCRE2_MULTILINE;
        break;
      case 's':
        flags |= PCRE2_DOTALL;
        break;
      case 'x':
        flags |= PCRE2_EXTENDED;
        break;
      case 'u':
        break;
      default:
        return std::nullopt;
    }
  }
  return flags;
}

PCRE2_SPTR to_pcre(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

std::string reason(int error) {
  std::array<PCRE2_UCHAR, 128> text{};
  pcre2_get_error_message(error, text.data(), text.size());
  return reinterpret_cast<const char*>(text.data());
}

}  // namespace

struct Regex::Compiled {
  pcre2_code* code = nullptr;
  pcre2_match_context* context = nullptr;
  pcre2_match_data* data = nullptr;
};

void Regex::Free::operator()(Compiled* compiled) const {
  pcre2_match_data_free(compiled->data);
  pcre2_match_context_free(compiled->context);
  pcre2_code_free(compiled->code);
  delete compiled;
}

Result<Regex> Regex::create(std::string_view pattern, std::string_view options,
                            const RegexLimits& limits) {
  if (pattern.size() > limits.pattern_bytes_max) {
    return Error(
        ErrorCode::InvalidQuery,
        fmt::format("Invalid regular expression: longer than {} bytes", limits.pattern_bytes_max));
  }
  const auto flags = to_flags(options);
  if (!flags) {
    return Error(ErrorCode::InvalidQuery, "Invalid regular expression: unknown option");
  }
  std::unique_ptr<Compiled, Free> compiled(new Compiled);
  int error = 0;
  PCRE2_SIZE where = 0;
  compiled->code =
      pcre2_compile(to_pcre(pattern), pattern.size(), kAlways | *flags, &error, &where, nullptr);
  if (compiled->code == nullptr) {
    return Error(ErrorCode::InvalidQuery,
                 fmt::format("Invalid regular expression: {} at offset {}", reason(error), where));
  }
  compiled->context = pcre2_match_context_create(nullptr);
  // Whether it matches is all that is asked, so one pair of offsets is enough.
  compiled->data = pcre2_match_data_create(1, nullptr);
  if (compiled->context == nullptr || compiled->data == nullptr) throw std::bad_alloc();
  pcre2_set_match_limit(compiled->context, limits.steps_max);
  pcre2_set_depth_limit(compiled->context, limits.depth_max);
  pcre2_set_heap_limit(compiled->context, limits.heap_kib_max);
  return Regex(std::move(compiled));
}

Result<bool> Regex::matches(std::string_view text) const {
  const int found = pcre2_match(compiled_->code, to_pcre(text), text.size(), 0, 0, compiled_->data,
                                compiled_->context);
  if (found >= 0) return true;
  if (found == PCRE2_ERROR_NOMATCH) return false;
  return Error(ErrorCode::InvalidQuery,
               fmt::format("The regular expression was stopped: {}", reason(found)));
}

}  // namespace gantry::wire
