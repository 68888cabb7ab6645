#pragma once
// From an Error to the body and status of a REST reply; nowhere else. Source: contract "rest" 4.

#include <string>

#include "base/error.h"

namespace gantry::wire {

struct ErrorReply {
  unsigned status = 400;
  std::string body;
};

ErrorReply to_rest(const Error& error);

}  // namespace gantry::wire
