#include "api/trials_api.h"

#include "domain/error_codes.h"

namespace gantry::api {
namespace {

using domain::Permission;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr std::int64_t kStatusMin = 100;
constexpr std::int64_t kStatusMax = 599;

const std::vector<Permission> kAnyRight{
    Permission::ManageIncomingIntegrations, Permission::ManageOwnIncomingIntegrations,
    Permission::ManageOutgoingIntegrations, Permission::ManageOwnOutgoingIntegrations};

Headers headers_of(const std::optional<json::object>& given) {
  Headers out;
  if (!given) return out;
  for (const auto& header : *given) {
    if (header.value().is_null() || header.value().is_structured()) continue;
    out.emplace_back(domain::to_lower(header.key()), to_js_string(header.value()));
  }
  return out;
}

std::string_view find(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return {};
}

// A text as it is; anything else as JSON, and then the headers say so.
std::string body_of(const json::value& given, Headers& headers) {
  if (given.is_null()) return "";
  if (given.is_string()) return std::string(given.get_string());
  if (find(headers, "content-type").empty()) {
    headers.emplace_back("content-type", "application/json");
  }
  return to_json_text(given);
}

Result<std::int64_t> status_of(const std::optional<std::int64_t>& given) {
  const std::int64_t status = given.value_or(200);
  if (status < kStatusMin || status > kStatusMax) {
    return Error(ErrorCode::InvalidParams, "status is 100 to 599");
  }
  return status;
}

Result<integrations::CannedAnswer> canned(TrialAnswerInput in) {
  integrations::CannedAnswer out;
  out.method = in.method.value_or("");
  out.url = in.url.value_or("");
  out.reply.error = in.error.value_or("");
  TRY(const std::int64_t status, status_of(in.status));
  out.reply.status = static_cast<int>(status);
  out.reply.headers = headers_of(in.headers);
  out.reply.body = body_of(in.body, out.reply.headers);
  return out;
}

}  // namespace

Result<integrations::TrialRequest> to_trial_request(TryScript in) {
  integrations::TrialRequest out;
  if (in.integration_id) out.integration = domain::IntegrationId{*in.integration_id};
  if (in.delivery_id) out.delivery = domain::DeliveryId{*in.delivery_id};
  if (in.call_id) out.call = domain::IncomingCallId{*in.call_id};
  if (in.type) {
    out.type = *in.type == domain::to_text(domain::IntegrationType::Incoming)
                   ? domain::IntegrationType::Incoming
                   : domain::IntegrationType::Outgoing;
  }
  out.script = std::move(in.script);
  out.version = in.version;
  out.compare_with = in.compare_with;
  out.skip_transpile = in.skip_transpile;
  out.data = std::move(in.data);
  out.url = std::move(in.url);
  out.store = std::move(in.store);
  if (in.response) {
    egress::HttpReply reply;
    TRY(const std::int64_t status, status_of(in.response->status));
    reply.status = static_cast<unsigned>(status);
    reply.headers = headers_of(in.response->headers);
    reply.body = body_of(in.response->body, reply.headers);
    out.response = std::move(reply);
  }
  if (in.request) {
    integrations::HookCall call;
    call.query = std::move(in.request->query);
    call.headers = headers_of(in.request->headers);
    call.body = body_of(in.request->body, call.headers);
    call.content_type = find(call.headers, "content-type");
    out.request = std::move(call);
  }
  for (TrialAnswerInput& answer : in.http.value_or(std::vector<TrialAnswerInput>{})) {
    TRY(auto one, canned(std::move(answer)));
    out.http.push_back(std::move(one));
  }
  return out;
}

void TrialsApi::add_routes(dispatch::Routes& routes) {
  routes.post("/api/v1/integrations.try", *this, &TrialsApi::run,
              {.any_permission = kAnyRight,
               .validation = dispatch::Validation::Newer,
               .summary = "Run a script to see what it would do; nothing is sent or posted"});
}

Task<json::object> TrialsApi::run(domain::Caller caller, TryScript in) {
  CO_TRY(integrations::TrialRequest request, to_trial_request(std::move(in)));
  co_return co_await trials_.run(std::move(caller), std::move(request));
}

}  // namespace gantry::api
