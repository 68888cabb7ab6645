#pragma once
// From libcurl's results to HttpFailure, with the codes that Node's users know.

#include <curl/curl.h>

#include "egress/address_guard.h"
#include "egress/http_client.h"
#include "egress/url.h"

namespace gantry::egress {

HttpFailure blocked(const std::string& host, Verdict verdict);
HttpFailure timed_out(const std::string& host, Milliseconds timeout);
HttpFailure busy();
HttpFailure cancelled();
HttpFailure shutting_down();

// `detail` is libcurl's own text, which holds no secrets but may be empty.
HttpFailure to_failure(CURL* easy, CURLcode code, const AddressGuard& guard, const Url& url,
                       Milliseconds timeout, const std::string& detail);

}  // namespace gantry::egress
