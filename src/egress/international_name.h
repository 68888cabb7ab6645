#pragma once
// Names of hosts in other scripts as ASCII ("bücher.example" is "xn--bcher-kva.example"), by
// IDNA2008. libcurl could do it, but 7.88 loses memory with each name that cannot be converted.

#include <optional>
#include <string>

namespace gantry::egress {

// `name` is UTF-8; nothing when it is not, or when no host may have that name.
std::optional<std::string> find_ascii_name(const std::string& name);

}  // namespace gantry::egress
