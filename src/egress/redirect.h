#pragma once
// What a redirect makes of a request, as the fetch standard has it. Pure functions.

#include "egress/http_client.h"
#include "egress/url.h"

namespace gantry::egress {

// 301, 302, 303, 307, 308.
bool is_redirect(unsigned status);

// 301 and 302 make GET of POST, 303 of all but HEAD; 307 and 308 keep method and body. Leaving
// the origin (scheme, host or port) drops Host and every secret header.
void apply_redirect(HttpRequest& request, unsigned status, const Url& from, const Url& to);

}  // namespace gantry::egress
