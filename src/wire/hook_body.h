#pragma once
// The body of an incoming webhook call. Source: contract "integrations" 7.3.

#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace gantry::wire {

struct HookBody {
  json::value content = json::object{};  // an object, but for scripts also a list or a plain value

  bool empty() const { return content.is_object() && content.get_object().empty(); }
};

enum class WantedBody {
  Object,    // anything else is refused
  Anything,  // a script takes lists and plain values too, and XML as an object
};

// Errors: Failure with the protocol's text.
Result<HookBody> read_hook_body(std::string_view content_type, std::string_view body,
                                WantedBody wanted);

}  // namespace gantry::wire
