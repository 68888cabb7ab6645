#include "api/docs_api.h"

#include <span>

#include "base/embedded.h"
#include "domain/error_codes.h"

namespace gantry::embedded {
std::span<const EmbeddedFile> web();
}

namespace gantry::api {
namespace {

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  return "text/html; charset=utf-8";
}

Result<dispatch::Reply> reply_with(std::string_view name) {
  for (const EmbeddedFile& file : embedded::web()) {
    if (file.name != name) continue;
    return dispatch::Reply{.content_type = std::string(type_of(name)),
                           .headers = {{"Cache-Control", "no-cache"}},
                           .body = std::string(file.bytes)};
  }
  return ErrorCode::NotFound;
}

}  // namespace

void DocsApi::add_routes(dispatch::Routes& routes) {
  const dispatch::RouteOptions options{.auth = dispatch::Auth::Open,
                                       .rate = dispatch::Rate::Unlimited,
                                       .summary = "The API viewer",
                                       .in_openapi = false};
  routes.get("/api/docs", *this, &DocsApi::page, options);
  routes.get("/api/docs/:file", *this, &DocsApi::file, options);
}

Result<dispatch::Reply> DocsApi::page(domain::Caller, dispatch::NoParameters) {
  return reply_with("docs.html");
}

Result<dispatch::Reply> DocsApi::file(domain::Caller, dispatch::RawRequest in) {
  return reply_with(in.parameter("file"));
}

}  // namespace gantry::api
