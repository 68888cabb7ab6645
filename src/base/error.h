#pragma once
// What an honest caller can cause: bad input, no right, not there, conflict, limit. Faults
// (a broken store, a bug) are exceptions and never travel as Error.

#include <cstdint>
#include <string>

#include <boost/json/value.hpp>

#include "base/place.h"

namespace gantry {

// The table of codes, with protocol names, default texts and classes, is domain/error_codes.h.
// Zero is Internal.
enum class ErrorCode : std::uint16_t;

struct Error {
  ErrorCode code{};
  std::string message;         // for the user; empty means the table's default text
  boost::json::value details;  // null when there are none
  std::string cause;           // for operators; never shown, nothing secret
  Place where;

  Error() = default;
  // Implicit, so that `return ErrorCode::InvalidRoom;` reads as it should.
  Error(ErrorCode c, Place at = Place::current()) : code(c), where(at) {}
  Error(ErrorCode c, std::string text, Place at = Place::current())
      : code(c), message(std::move(text)), where(at) {}

  Error with_details(boost::json::value value) && {
    details = std::move(value);
    return std::move(*this);
  }
  Error with_cause(std::string text) && {
    cause = std::move(text);
    return std::move(*this);
  }
};

}  // namespace gantry
