#include "api/info_api.h"

#include <fmt/format.h>

#include "dispatch/openapi.h"

namespace gantry::api {
namespace {

constexpr std::string_view kRootPage = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{0}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #1c2530; }}
code, pre {{ font: 14px/1.5 ui-monospace, monospace; background: #f2f5f8; border-radius: 4px; }}
code {{ padding: .1em .3em; }} pre {{ padding: .8rem; overflow-x: auto; }}
dt {{ font-weight: 600; margin-top: .6rem; }} dd {{ margin: 0; }}
</style>
</head>
<body>
<h1>{0}</h1>
<p>This is a <b>Gantry</b> {1} server: team chat that speaks Rocket.Chat's REST protocol, with
webhooks at its heart. It answers clients as version {2}.</p>
<dl>
<dt>State</dt><dd>{3}, {4} accounts, {5} integrations</dd>
<dt>API</dt><dd><a href="api/docs">browse and try every operation</a>, or read
<a href="api/openapi.json">the OpenAPI description</a></dd>
<dt>Connect</dt><dd>point an SDK, bot or <code>curl</code> at this address:</dd>
</dl>
<pre>curl -s {6}/api/v1/login -H 'Content-Type: application/json' \
  -d '{{"user":"NAME","password":"PASSWORD"}}'</pre>
</body>
</html>
)";

std::string escape_html(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

dispatch::Reply text_reply(unsigned status, std::string text) {
  return {.status = status, .content_type = "text/plain", .headers = {}, .body = std::move(text)};
}

}  // namespace

void InfoApi::add_routes(dispatch::Routes& routes) {
  using dispatch::Auth;
  using dispatch::Rate;
  routes.get("/", *this, &InfoApi::root,
             {.auth = Auth::Open,
              .rate = Rate::Unlimited,
              .summary = "What this server is and how to connect",
              .in_openapi = false});
  routes.get("/livez", *this, &InfoApi::livez,
             {.auth = Auth::Open,
              .rate = Rate::Unlimited,
              .summary = "Whether the process lives",
              .in_openapi = false});
  routes.get("/readyz", *this, &InfoApi::readyz,
             {.auth = Auth::Open,
              .rate = Rate::Unlimited,
              .summary = "Whether requests should be sent here",
              .in_openapi = false});
  routes.get("/api/openapi.json", *this, &InfoApi::openapi,
             {.auth = Auth::Open,
              .rate = Rate::Unlimited,
              .summary = "The OpenAPI description",
              .in_openapi = false});
  routes.get("/api/info", *this, &InfoApi::info,
             {.auth = Auth::Open, .rate = Rate::Unlimited, .summary = "Version of the server"});
  routes.get("/api/v1/info", *this, &InfoApi::info,
             {.auth = Auth::Open, .rate = Rate::Unlimited, .summary = "Version of the server"});
}

Result<json::object> InfoApi::info(domain::Caller caller, dispatch::NoParameters) {
  const std::string& version = info_.compat_version;
  json::object minimum{{"desktop", "3.9.6"}, {"mobile", "4.39.0"}};
  const bool full = caller.logged_in() &&
                    directory_.has_permission(*caller.user, domain::Permission::ViewStatistics);
  if (!full) {
    return json::object{{"version", version.substr(0, version.rfind('.'))},
                        {"minimumClientVersions", std::move(minimum)}};
  }
  return json::object{{"version", version},
                      {"minimumClientVersions", std::move(minimum)},
                      {"info",
                       {{"version", version},
                        {"build", {{"platform", "linux"}, {"arch", "x64"}}},
                        {"commit", json::object{}},
                        {"marketplaceApiVersion", "1.0.0"},
                        {"gantry", info_.version}}}};
}

std::string InfoApi::state_text() const {
  if (!ready_.load()) return "shutting down";
  return info_.notice.empty() ? "ready" : "ready; " + info_.notice;
}

Result<dispatch::Reply> InfoApi::root(domain::Caller, dispatch::NoParameters) {
  const auto settings = directory_.settings();
  const std::string name = escape_html(settings->get_text(domain::Setting::SiteName));
  return dispatch::Reply{
      .content_type = "text/html; charset=utf-8",
      .headers = {},
      .body =
          fmt::format(fmt::runtime(kRootPage), name, info_.version, info_.compat_version,
                      state_text(), directory_.user_count(), directory_.list_integrations().size(),
                      escape_html(settings->get_text(domain::Setting::SiteUrl)))};
}

Result<dispatch::Reply> InfoApi::livez(domain::Caller, dispatch::NoParameters) {
  return text_reply(200, "ok\n");
}

Result<dispatch::Reply> InfoApi::readyz(domain::Caller, dispatch::NoParameters) {
  return text_reply(ready_.load() ? 200 : 503, state_text() + "\n");
}

Result<dispatch::Reply> InfoApi::openapi(domain::Caller, dispatch::NoParameters) {
  return dispatch::Reply{
      .headers = {},
      .body = to_json_text(dispatch::to_openapi(routes_, info_.version, info_.path_prefix + "/"))};
}

}  // namespace gantry::api
