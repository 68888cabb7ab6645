#include "api/hooks_api.h"

#include <algorithm>
#include <array>

#include "dispatch/percent.h"
#include "domain/error_codes.h"
#include "wire/attachments.h"
#include "wire/hook_body.h"
#include "wire/integration_json.h"

namespace gantry::api {
namespace {

using domain::IntegrationDraft;
using domain::IntegrationId;
using domain::IntegrationType;

constexpr std::size_t kSampleTokenLength = 24;
// Who speaks for hooks that the helper route makes.
constexpr std::string_view kHelperAccount = "rocket.cat";

json::object body_of(const dispatch::RawRequest& in) {
  auto body = wire::read_hook_body(in.header("content-type"), in.body, wire::WantedBody::Object);
  return body && body->content.is_object() ? std::move(body->content.get_object()) : json::object{};
}

std::vector<std::string> words_of(const json::value* value) {
  std::vector<std::string> out;
  if (value == nullptr) return out;
  if (const json::array* list = value->if_array()) {
    for (const json::value& word : *list) {
      if (word.is_string()) out.emplace_back(word.get_string());
    }
  } else if (value->is_string()) {
    std::string_view text = value->get_string();
    while (!text.empty()) {
      const std::size_t comma = std::min(text.find(','), text.size());
      const std::string_view word = wire::trim_spaces(text.substr(0, comma));
      if (!word.empty()) out.emplace_back(word);
      text.remove_prefix(std::min(comma + 1, text.size()));
    }
  }
  return out;
}

// The outgoing webhook that `add` asks for. Errors: Failure.
Result<IntegrationDraft> helper_draft(const json::object& body) {
  const std::string_view event = text_of(body, "event");
  const json::value* data_value = find_member(body, "data");
  const json::object data =
      data_value != nullptr && data_value->is_object() ? data_value->get_object() : json::object{};
  IntegrationDraft draft;
  draft.type = IntegrationType::Outgoing;
  draft.event = "sendMessage";
  draft.name = text_of(body, "name");
  draft.enabled = true;
  draft.username = kHelperAccount;
  draft.urls = std::vector<std::string>{std::string(text_of(body, "target_url"))};
  draft.trigger_words = words_of(find_member(data, "trigger_words"));
  if (event == "newMessageOnChannel") {
    const std::string_view channel = text_of(data, "channel_name");
    draft.channel =
        channel.empty() ? std::string(domain::kAllPublicChannels) : "#" + std::string(channel);
  } else if (event == "newMessageToUser") {
    const json::value* names = find_member(data, "usernames");
    std::string_view name = text_of(data, "username");
    if (name.empty() && names != nullptr && names->is_string()) name = names->get_string();
    if (name.empty()) return failure("username-required");
    draft.channel = "@" + std::string(name);
  } else {
    return Error(ErrorCode::InvalidBody, "invalid-params");
  }
  return draft;
}

// Compat: upstream decodes it once more than the other parts (tests/api/hook_calls_test.mjs).
std::string decode_token(std::string_view text) {
  return dispatch::percent_decode(text);
}

std::string token_of(const dispatch::RawRequest& in) {
  return decode_token(in.parameter("token"));
}

std::string_view parameter_of(const dispatch::PathParameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

// A hook's own limit is used up by those alone who know its token.
dispatch::RouteOptions HooksApi::hook_options(std::string summary) const {
  dispatch::RouteOptions out{.auth = dispatch::Auth::Open,
                             .rate = dispatch::Rate::PerPath,
                             .summary = std::move(summary),
                             .body_bytes_setting = domain::Setting::IncomingBodyMax};
  out.shared_limit_of = [this](const dispatch::PathParameters& parameters) {
    IntegrationId id{parameter_of(parameters, "integrationId")};
    const bool known = hooks_.knows(id, decode_token(parameter_of(parameters, "token")));
    return known ? std::move(id.text) : std::string();
  };
  return out;
}

void HooksApi::add_routes(dispatch::Routes& routes) {
  // The four words come first: an address that begins with one of them is a helper's.
  for (const std::string prefix : {"/:integrationId/:token", "/:integrationId/:userId/:token"}) {
    routes.get("/hooks/sample" + prefix, *this, &HooksApi::sample,
               hook_options("Sample payloads of an outgoing webhook"));
    routes.get("/hooks/info" + prefix, *this, &HooksApi::info,
               hook_options("Whether the hook's address is valid"));
    routes.post("/hooks/add" + prefix, *this, &HooksApi::add,
                hook_options("Make an outgoing webhook"));
    routes.post("/hooks/remove" + prefix, *this, &HooksApi::remove,
                hook_options("Remove an outgoing webhook made by this hook's account"));
  }
  for (const std::string suffix : {"/:integrationId/:token", "/:integrationId/:userId/:token"}) {
    routes.post("/hooks" + suffix, *this, &HooksApi::execute,
                hook_options("Call an incoming webhook"));
    routes.get("/hooks" + suffix, *this, &HooksApi::execute,
               hook_options("Call an incoming webhook"));
  }
}

Result<integrations::IncomingHooks::Opened> HooksApi::open(const dispatch::RawRequest& in) const {
  return hooks_.open(IntegrationId{in.parameter("integrationId")}, token_of(in));
}

Task<dispatch::Reply> HooksApi::execute(domain::Caller, dispatch::RawRequest in) {
  integrations::HookCall call;
  call.integration = IntegrationId{in.parameter("integrationId")};
  call.user_id = in.parameter("userId");
  call.token = token_of(in);
  call.content_type = in.header("content-type");
  call.path = std::move(in.path);
  call.query = std::move(in.query);
  call.headers = std::move(in.headers);
  call.body = std::move(in.body);
  CO_TRY(auto answer, co_await hooks_.execute(std::move(call)));
  co_return dispatch::Reply{.status = answer.status, .headers = {}, .body = std::move(answer.body)};
}

Result<dispatch::Reply> HooksApi::sample(domain::Caller, dispatch::RawRequest in) {
  TRY_DO(open(in));
  json::array out;
  for (const std::string number : {"1", "2", "3"}) {
    out.push_back({{"token", random_id(kSampleTokenLength)},
                   {"channel_id", random_id()},
                   {"channel_name", "general"},
                   {"timestamp", to_iso(clock_.now())},
                   {"user_id", random_id()},
                   {"user_name", "rocket.cat"},
                   {"text", "Sample text " + number},
                   {"trigger_word", "Sample"}});
  }
  return dispatch::Reply{.headers = {}, .body = to_json_text(out)};
}

Result<dispatch::Reply> HooksApi::info(domain::Caller, dispatch::RawRequest in) {
  TRY_DO(open(in));
  return dispatch::to_reply(json::object{});
}

Task<dispatch::Reply> HooksApi::add(domain::Caller, dispatch::RawRequest in) {
  CO_TRY(const auto opened, open(in));
  CO_TRY(IntegrationDraft draft, helper_draft(body_of(in)));
  CO_TRY(const auto made,
         co_await integrations_.create(domain::Caller{opened.account, {}, {}}, std::move(draft)));
  co_return dispatch::to_reply(wire::to_json(made, wire::ScriptErrorKey::OnFailure));
}

Task<dispatch::Reply> HooksApi::remove(domain::Caller, dispatch::RawRequest in) {
  CO_TRY(const auto opened, open(in));
  const json::object body = body_of(in);
  const std::string url(text_of(body, "target_url"));
  const domain::Caller account{opened.account, {}, {}};
  for (const auto& entry : integrations_.list_visible(account)) {
    const domain::Integration& integration = entry->integration;
    const bool named =
        std::find(integration.urls.begin(), integration.urls.end(), url) != integration.urls.end();
    if (!named || !integration.made_by(account.id())) continue;
    CO_TRY_DO(co_await integrations_.remove(account, IntegrationType::Outgoing,
                                            {std::nullopt, integration.id}));
    co_return dispatch::to_reply(json::object{});
  }
  co_return failure("integration-not-found");
}

}  // namespace gantry::api
