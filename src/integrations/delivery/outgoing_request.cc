#include "integrations/delivery/outgoing_request.h"

#include <algorithm>
#include <array>

#include "base/crypto.h"
#include "domain/directory.h"
#include "domain/error_codes.h"
#include "domain/signing_secret.h"

namespace gantry::integrations {
namespace {

// Receivers may match it.
constexpr std::string_view kUserAgent =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/41.0.2227.0 Safari/537.36";

void set_header(egress::Headers& headers, std::string_view name, std::string value) {
  const std::string lower = domain::to_lower(name);
  std::erase_if(headers, [&](const auto& h) { return domain::to_lower(h.first) == lower; });
  headers.emplace_back(name, std::move(value));
}

// They say nothing that only the target may know.
constexpr std::array<std::string_view, 6> kOpenHeaders{
    "accept", "accept-encoding", "accept-language", "content-type", "date", "user-agent"};

}  // namespace

json::object OutgoingRequest::to_json() const {
  json::object out{{"params", json::object{}}, {"method", method}, {"url", url}};
  if (!data.is_null()) out["data"] = data.value();
  if (auth) out["auth"] = *auth;
  out["headers"] = headers;
  return out;
}

OutgoingRequest default_request(const domain::Delivery& delivery) {
  OutgoingRequest request;
  request.url = delivery.url;
  request.headers = {{"User-Agent", kUserAgent}};
  request.data = delivery.data;
  return request;
}

std::optional<OutgoingRequest> request_from_script(const json::object& result) {
  const std::string_view url = text_of(result, "url");
  const std::string_view method = text_of(result, "method");
  if (url.empty() || method.empty()) return std::nullopt;
  OutgoingRequest request;
  request.url = url;
  request.method = method;
  const json::value* headers = find_member(result, "headers");
  request.headers = headers != nullptr && headers->is_object()
                        ? headers->get_object()
                        : json::object{{"User-Agent", kUserAgent}};
  if (const json::value* data = find_member(result, "data"); data != nullptr && is_truthy(*data)) {
    request.data = JsonDocument(*data);
  }
  if (const std::string_view auth = text_of(result, "auth"); !auth.empty()) request.auth = auth;
  if (const json::value* timeout = find_member(result, "timeout");
      timeout != nullptr && timeout->is_number()) {
    const double ms = timeout->to_number<double>();
    if (ms >= 1) request.timeout = Milliseconds{static_cast<std::int64_t>(std::min(ms, 1e9))};
  }
  return request;
}

Result<egress::HttpRequest> to_http(const OutgoingRequest& request) {
  egress::HttpRequest out;
  out.method = request.method;
  std::transform(out.method.begin(), out.method.end(), out.method.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  out.url = request.url;
  for (const auto& header : request.headers) {
    if (header.value().is_null() || header.value().is_structured()) continue;
    out.headers.emplace_back(header.key(), to_js_string(header.value()));
  }
  if (request.auth) {
    if (request.auth->find(':') == std::string::npos) {
      return failure("auth option should be of the form \"username:password\"");
    }
    set_header(out.headers, "Authorization", "Basic " + base64_encode(*request.auth));
  }
  if (!request.data.is_null()) {
    set_header(out.headers, "Content-Type", "application/json");
    const json::string* plain = request.data.value().if_string();
    out.body = plain != nullptr ? std::string(*plain) : request.data.text();
  }
  if (request.timeout) out.timeout = *request.timeout;
  return out;
}

void sign(egress::HttpRequest& request, const domain::Integration& integration,
          const domain::DeliveryId& delivery, Time now) {
  const bool signs = !integration.signing_secrets.empty();
  if (!signs && !integration.send_delivery_id.value_or(false)) return;
  set_header(request.headers, "webhook-id", delivery.text);
  set_header(request.headers, "webhook-timestamp", std::to_string(to_epoch_ms(now) / 1000));
  if (!signs) return;
  const std::string content = domain::signed_content(delivery.text, now, request.body.value_or(""));
  std::string signatures;
  for (const std::string& text : integration.signing_secrets) {
    const auto secret = domain::SigningSecret::parse(text);
    if (!secret) continue;
    if (!signatures.empty()) signatures += ' ';
    signatures += secret->sign(content);
  }
  set_header(request.headers, "webhook-signature", std::move(signatures));
}

void keep_headers_for_target(egress::HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    const std::string lower = domain::to_lower(name);
    const bool is_open =
        std::find(kOpenHeaders.begin(), kOpenHeaders.end(), lower) != kOpenHeaders.end();
    if (!is_open) request.secret_headers.push_back(name);
  }
}

}  // namespace gantry::integrations
