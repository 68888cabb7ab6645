#pragma once
// Names that tests make up: the test program's own getaddrinfo answers for them, and for no other
// name does anybody ask the network.

#include <chrono>
#include <string>
#include <vector>

namespace gantry::egress::testing {

struct ScriptedName {
  // One list of addresses for each look-up; the last stays.
  std::vector<std::vector<std::string>> answers;
  std::chrono::milliseconds delay{0};
};

void script_name(const std::string& name, ScriptedName answers);
unsigned look_ups_of(const std::string& name);

}  // namespace gantry::egress::testing
