#pragma once
// The HTTP request of a delivery: the default one, what a script makes of it, and what goes over
// the wire. Source: contract "integrations" 11.

#include "base/json_document.h"
#include "base/result.h"
#include "domain/delivery.h"
#include "domain/integration.h"
#include "egress/http_client.h"

namespace gantry::integrations {

// A request in the form in which scripts see and change it.
struct OutgoingRequest {
  std::string method = "POST";
  std::string url;
  json::object headers;
  JsonDocument data;  // null: no body
  std::optional<std::string> auth;
  std::optional<Milliseconds> timeout;

  json::object to_json() const;
};

OutgoingRequest default_request(const domain::Delivery& delivery);

// From what prepare_outgoing_request returned. Nothing when it has no url or no method.
std::optional<OutgoingRequest> request_from_script(const json::object& result);

// Errors: a Failure with the text for the record.
Result<egress::HttpRequest> to_http(const OutgoingRequest& request);

// Adds webhook-id, webhook-timestamp and webhook-signature as the integration wants; what a script
// set of them gives way.
void sign(egress::HttpRequest& request, const domain::Integration& integration,
          const domain::DeliveryId& delivery, Time now);

// What is meant for the target is not shown to who it redirects to: all headers but those of the
// body and of every client.
void keep_headers_for_target(egress::HttpRequest& request);

}  // namespace gantry::integrations
