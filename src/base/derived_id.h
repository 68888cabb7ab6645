#pragma once
// An id that follows from a text: the same text gives the same id, so that work which a crash makes
// run again names what it writes as it did before.

#include <string>
#include <string_view>

namespace gantry {

// As long and of the same symbols as a random id.
std::string derived_id(std::string_view text);
// The same, but sorted beside `id`, an ordered one.
std::string derived_id_beside(std::string_view id, std::string_view text);

}  // namespace gantry
