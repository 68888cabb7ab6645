#pragma once
// Why an account may not post somewhere, in words that say whose fault it is and what would help.
// The errors' own texts are the protocol's and say little.

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace gantry::domain {

struct PostingRefusal {
  std::string_view code;
  std::string message;
};

// `room` as the reader knows it: "#ops", "the room of the event". Nothing for errors that are not
// about membership, right or room.
std::optional<PostingRefusal> describe_refusal(ErrorCode error, std::string_view sender,
                                               std::string_view room);

// The error with the description behind its text, or as it was.
Error explained(Error error, std::string_view sender, std::string_view room);

}  // namespace gantry::domain
