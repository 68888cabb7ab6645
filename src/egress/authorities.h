#pragma once
// Who vouches for the peer of a request: the system's certificate authorities, or those that the
// request names and nobody else. libcurl uses a kept connection or TLS session only for requests
// that trust the same ones (tests/unit/egress/curl_authorities_test.cc).

#include <string>

#include <curl/curl.h>

namespace gantry::egress {

// `pem` null: what the handle was made with. It may go once this returns.
void trust(CURL* easy, const std::string* pem);

}  // namespace gantry::egress
