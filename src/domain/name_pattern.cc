#include "domain/name_pattern.h"

#include <memory>
#include <string>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace gantry::domain {
namespace {

constexpr std::size_t kNameBytesMax = 512;
constexpr std::uint32_t kStepsMax = 50'000;
constexpr std::uint32_t kDepthMax = 5'000;

struct Free {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
};

PCRE2_SPTR bytes(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

std::unique_ptr<pcre2_code, Free> compile(std::string_view pattern) {
  const std::string whole = "^(?:" + std::string(pattern) + ")$";
  int error = 0;
  std::size_t where = 0;
  return std::unique_ptr<pcre2_code, Free>(pcre2_compile(
      bytes(whole), whole.size(), PCRE2_UTF | PCRE2_DOLLAR_ENDONLY, &error, &where, nullptr));
}

}  // namespace

bool is_name_pattern(std::string_view pattern) {
  return !pattern.empty() && compile(pattern) != nullptr;
}

bool fits_name_pattern(std::string_view pattern, std::string_view name) {
  if (name.size() > kNameBytesMax) return false;
  const std::unique_ptr<pcre2_code, Free> code = compile(pattern);
  if (!code) return false;
  const std::unique_ptr<pcre2_match_context, Free> context(pcre2_match_context_create(nullptr));
  pcre2_set_match_limit(context.get(), kStepsMax);
  pcre2_set_depth_limit(context.get(), kDepthMax);
  const std::unique_ptr<pcre2_match_data, Free> found(
      pcre2_match_data_create_from_pattern(code.get(), nullptr));
  return pcre2_match(code.get(), bytes(name), name.size(), 0, 0, found.get(), context.get()) > 0;
}

}  // namespace gantry::domain
