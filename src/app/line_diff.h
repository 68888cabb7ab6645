#pragma once
// Two texts as a unified diff, as diff -u and git write it.

#include <string>
#include <string_view>

namespace gantry::app {

// Beyond so many pairs of lines what differs is shown as one block.
inline constexpr std::size_t kComparedPairsMax = 4'000'000;

// Empty when they are equal.
std::string unified_diff(std::string_view before_name, std::string_view before,
                         std::string_view after_name, std::string_view after);

}  // namespace gantry::app
