#pragma once
// One page of integrations as reply bytes: from ready-made JSON where nothing else is asked for.

#include "api/list_parameters.h"
#include "dispatch/exchange.h"

namespace gantry::api {

struct ListedEntries {
  domain::IntegrationEntries entries;  // of the page
  std::int64_t total = 0;
};

// The entries of the page and how many match in all; without a sort in the order of the entries.
// Errors: InvalidQuery, QueryTooBroad.
Result<ListedEntries> select_entries(domain::IntegrationEntries entries,
                                     const ListRequest& request);

// {"integrations": [...], "count", "offset", "total", "success": true}; a long one in pieces that
// share the entries' own bytes.
dispatch::Body listing_body(const ListedEntries& listed, const ListRequest& request);

}  // namespace gantry::api
