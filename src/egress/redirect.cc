#include "egress/redirect.h"

#include <algorithm>
#include <array>

#include "egress/text.h"

namespace gantry::egress {
namespace {

template <class Names>
bool has_name(const Names& names, std::string_view wanted) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return equal_ignoring_case(name, wanted); });
}

bool is_bound_to_origin(const HttpRequest& request, std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {"Authorization", "Cookie", "Host",
                                                             "Proxy-Authorization", "X-Auth-Token"};
  return has_name(kNames, name) || has_name(request.secret_headers, name);
}

bool describes_body(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kNames = {
      "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-Type"};
  return has_name(kNames, name);
}

bool becomes_get(const std::string& method, unsigned status) {
  if (status == 303) return method != "GET" && method != "HEAD";
  return (status == 301 || status == 302) && method == "POST";
}

}  // namespace

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

void apply_redirect(HttpRequest& request, unsigned status, const Url& from, const Url& to) {
  if (becomes_get(request.method, status)) {
    request.method = "GET";
    request.body.reset();
    std::erase_if(request.headers, [](const auto& header) { return describes_body(header.first); });
  }
  if (from.origin == to.origin) return;
  std::erase_if(request.headers,
                [&](const auto& header) { return is_bound_to_origin(request, header.first); });
}

}  // namespace gantry::egress
