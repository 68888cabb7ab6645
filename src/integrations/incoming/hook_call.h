#pragma once
// A call of an incoming webhook's address, and what its caller is told.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "domain/ids.h"

namespace gantry::integrations {

struct HookCall {
  domain::IntegrationId integration;
  std::string user_id;  // of the three-part address; not looked at
  std::string token;
  std::string path;                                          // as called
  std::string query;                                         // without '?'
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string content_type;
  std::string body;

  // The first of the name; empty when there is none.
  std::string_view header(std::string_view lower_name) const {
    for (const auto& [name, value] : headers) {
      if (name == lower_name) return value;
    }
    return {};
  }
};

struct HookAnswer {
  unsigned status = 200;
  std::string body;  // JSON text, with `success`
};

}  // namespace gantry::integrations
