#pragma once
// docs/configuration.md, from the tables of settings and variables.

#include <string>

namespace gantry::app {

std::string configuration_page();

}  // namespace gantry::app
