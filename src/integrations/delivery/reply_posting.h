#pragma once
// Who posts the messages that a delivery leads to, and where. Runs inside the transaction of the
// attempt's end. Source: contract "integrations" 11.3.

#include "domain/delivery.h"
#include "domain/directory.h"
#include "domain/store.h"

namespace gantry::integrations {

struct ReplyPosting {
  const domain::Directory& directory;
  const domain::Integration& integration;
  const domain::Delivery& delivery;
  // Names the place in the attempt; the same place posts once, however often it runs.
  std::string place;
  Time now;
};

// [{channel, message}] of what was posted. Errors: those of posting.
Result<json::array> post_reply(domain::Tx& tx, const ReplyPosting& posting,
                               const json::object& payload);

}  // namespace gantry::integrations
