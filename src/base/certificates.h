#pragma once
// Certificates as people hand them over: PEM text, perhaps with words between its blocks.

#include <optional>
#include <string>
#include <string_view>

namespace gantry {

// What keeps the text from being one to `count_max` certificates, in words that follow a colon;
// nothing when it is. Whether they are valid today is not asked.
std::optional<std::string> find_certificate_fault(std::string_view pem, std::size_t count_max);

}  // namespace gantry
