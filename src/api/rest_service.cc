#include "api/rest_service.h"

#include <algorithm>

#include "base/append_number.h"
#include "base/log.h"
#include "domain/error_codes.h"

namespace gantry::api {
namespace {

constexpr std::size_t kLinesBytesUsual = 192;
constexpr std::string_view kNoStoreLines = "Cache-Control: no-store\r\nPragma: no-cache\r\n";

std::optional<dispatch::Method> to_dispatch(http::Method method) {
  switch (method) {
    case http::Method::Get:
    case http::Method::Head:
      return dispatch::Method::Get;
    case http::Method::Post:
      return dispatch::Method::Post;
    case http::Method::Put:
      return dispatch::Method::Put;
    case http::Method::Delete:
      return dispatch::Method::Delete;
    case http::Method::Patch:
    case http::Method::Options:
    case http::Method::Other:
      return std::nullopt;
  }
  return std::nullopt;
}

class RequestHeaders final : public dispatch::HeaderSource {
 public:
  explicit RequestHeaders(const http::Headers& headers) : headers_(headers) {}

  std::string_view find(std::string_view name) const override { return headers_.find(name); }
  dispatch::HeaderList list() const override {
    dispatch::HeaderList out;
    for (const http::Header& header : headers_) {
      out.emplace_back(domain::to_lower(header.name), header.value);
    }
    return out;
  }

 private:
  const http::Headers& headers_;
};

void add_rate(std::string& out, const dispatch::RateVerdict& rate) {
  out += "X-RateLimit-Limit: ";
  append_number(out, rate.limit);
  out += "\r\nX-RateLimit-Remaining: ";
  append_number(out, rate.remaining);
  out += "\r\nX-RateLimit-Reset: ";
  append_number(out, to_epoch_ms(rate.reset_at));
  out += "\r\n";
}

http::Response to_response(dispatch::Reply reply, http::Headers headers) {
  http::Response response;
  response.status = reply.status;
  response.headers = std::move(headers);
  response.lines.reserve(kLinesBytesUsual);
  if (reply.rate) add_rate(response.lines, *reply.rate);
  bool cached = false;
  for (auto& [name, value] : reply.headers) {
    cached = cached || name == "Cache-Control";
    response.headers.add(std::move(name), std::move(value));
  }
  if (!cached) {
    response.lines += kNoStoreLines;
  }
  response.content_type = std::move(reply.content_type);
  response.body = std::move(reply.body);
  return response;
}

// The address of a hook is a password: what follows its id stays out of the log.
std::string path_for_log(std::string_view path) {
  constexpr std::string_view kHooks = "/hooks/";
  if (!path.starts_with(kHooks)) return std::string(path);
  const std::size_t end = path.find('/', kHooks.size());
  if (end == std::string_view::npos) return std::string(path);
  return std::string(path.substr(0, end)) + "/(masked)";
}

void log_request(std::string_view id, std::string_view path, unsigned status) {
  if (!log::enabled(log::Level::Debug)) return;
  log::debug("request", {{"request", id}, {"path", path_for_log(path)}, {"status", status}});
}

// The fault in full for the log; an id for the caller.
dispatch::Reply fault_reply(std::string_view id, std::string_view path,
                            const std::exception& fault) {
  log::error("request failed",
             {{"request", id}, {"operation", path_for_log(path)}, {"fault", fault.what()}});
  return dispatch::to_reply(Error(ErrorCode::Internal).with_details({{"request", id}}));
}

bool lists_origin(std::string_view list, std::string_view origin) {
  const std::string wanted = domain::to_lower(origin);
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string one = domain::to_lower(list.substr(0, comma));
    one.erase(std::remove(one.begin(), one.end(), ' '), one.end());
    if (one == wanted) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

RestService::RestService(dispatch::Dispatcher& dispatcher, const domain::Directory& directory)
    : dispatcher_(dispatcher), directory_(directory) {}

std::size_t RestService::body_bytes_max(http::Method method, std::string_view path) const {
  const auto known = to_dispatch(method);
  return dispatcher_.body_bytes_max(known.value_or(dispatch::Method::Get), path);
}

http::Answer RestService::serve(http::Request request) {
  http::Headers cors;
  const std::string_view origin = request.headers.find("origin");
  const bool asks =
      !origin.empty() || !request.headers.find("access-control-request-method").empty();
  const auto settings = asks ? directory_.settings() : nullptr;
  if (asks && settings->get_bool(domain::Setting::ApiEnableCors)) {
    const std::string_view allowed = settings->get_text(domain::Setting::ApiCorsOrigin);
    if (allowed == "*") {
      cors.add("Access-Control-Allow-Origin", "*");
    } else if (lists_origin(allowed, origin)) {
      cors.add("Access-Control-Allow-Origin", std::string(origin));
      cors.add("Vary", "Origin");
    } else {
      return http::Response{.status = 403, .headers = {}, .content_type = {}, .body = {}};
    }
    cors.add("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, HEAD, PATCH");
    cors.add("Access-Control-Allow-Headers",
             "Origin, X-Requested-With, Content-Type, Accept, X-User-Id, X-Auth-Token, "
             "x-visitor-token, Authorization");
  }
  if (request.method == http::Method::Options) {
    return http::Response{.status = 200,
                          .headers = std::move(cors),
                          .lines = {},
                          .content_type = "text/plain",
                          .body = "OK"};
  }
  const auto method = to_dispatch(request.method);
  if (!method) {
    return to_response(dispatch::to_reply(ErrorCode::NotFound), std::move(cors));
  }

  const std::string operation =
      log::enabled(log::Level::Debug) ? std::string(request.path()) : std::string();
  try {
    RequestHeaders headers(request.headers);
    dispatch::Answer answer =
        dispatcher_.serve(dispatch::Call{*method, request.path(), request.query(), request.body,
                                         headers, request.remote_address, request.id});
    if (auto* reply = std::get_if<dispatch::Reply>(&answer)) {
      if (!operation.empty()) log_request(request.id, operation, reply->status);
      return to_response(std::move(*reply), std::move(cors));
    }
    return wait(std::move(std::get<1>(answer)), request.id, std::string(request.path()),
                std::move(cors));
  } catch (const std::exception& fault) {
    return to_response(fault_reply(request.id, request.path(), fault), std::move(cors));
  }
}

asio::awaitable<http::Response> RestService::wait(asio::awaitable<dispatch::Reply> pending,
                                                  std::string id, std::string operation,
                                                  http::Headers cors) {
  dispatch::Reply reply;
  try {
    reply = co_await std::move(pending);
  } catch (const std::exception& fault) {
    reply = fault_reply(id, operation, fault);
  }
  log_request(id, operation, reply.status);
  co_return to_response(std::move(reply), std::move(cors));
}

}  // namespace gantry::api
