#include "dispatch/dispatcher.h"

#include <algorithm>

#include <fmt/format.h>

#include "domain/error_codes.h"
#include "domain/session_service.h"

namespace gantry::dispatch {
namespace {

// Read and dropped, so that the caller is told 404 and not 413.
constexpr std::size_t kUnknownBodyBytesMax = 1024 * 1024;

void add_headers(Reply& reply, HeaderList headers) {
  for (auto& header : headers) reply.headers.push_back(std::move(header));
}

asio::awaitable<Reply> with_headers(asio::awaitable<Reply> pending, HeaderList headers) {
  Reply reply = co_await std::move(pending);
  add_headers(reply, std::move(headers));
  co_return reply;
}

RateLimit limit_of(const RouteOptions& options, const domain::Settings& settings) {
  using domain::Setting;
  if (options.own_limit) return *options.own_limit;
  return {settings.get_int(options.calls_setting.value_or(Setting::ApiRateLimiterCalls)),
          Milliseconds{settings.get_int(Setting::ApiRateLimiterWindow)}};
}

}  // namespace

Dispatcher::Dispatcher(const Routes& routes, const domain::Directory& directory, const Clock& clock,
                       ComputePool& compute, DispatchOptions options)
    : routes_(routes),
      directory_(directory),
      clock_(clock),
      options_(options),
      second_factor_(directory, clock, compute) {}

void Dispatcher::sweep() {
  limiter_.sweep(clock_.now());
  second_factor_.sweep(clock_.now());
}

std::size_t Dispatcher::body_bytes_max(Method method, std::string_view path) const {
  const Routes::Match match = routes_.find(method, path);
  return match.operation == nullptr ? kUnknownBodyBytesMax
                                    : match.operation->options.body_bytes_max;
}

Answer Dispatcher::serve(Call call) {
  Routes::Match match = routes_.find(call.method, call.path);
  if (match.operation == nullptr) return to_reply(ErrorCode::NotFound);
  const Operation& operation = *match.operation;

  Invocation invocation{call, identify(call), std::move(match.parameters), {}};
  if (operation.options.auth == Auth::Required && !invocation.caller.logged_in()) {
    return to_reply(ErrorCode::NotLoggedIn);
  }
  if (!has_declared_right(operation, invocation.caller)) return to_reply(ErrorCode::MissingRight);

  HeaderList headers;
  // The caller is moved into the handler after admit() has run.
  invocation.admit = [&]() -> Admission {
    if (auto refused = count(operation, call, invocation.caller, headers)) return *refused;
    if (!options_.second_factors) return std::monostate{};
    return second_factor_.check(operation.options.second_factor, call, invocation.caller);
  };
  Answer answer = operation.invoke(operation, invocation);
  if (headers.empty()) return answer;
  if (Reply* reply = std::get_if<Reply>(&answer)) {
    add_headers(*reply, std::move(headers));
    return answer;
  }
  return with_headers(std::move(std::get<1>(answer)), std::move(headers));
}

domain::Caller Dispatcher::identify(const Call& call) const {
  domain::Caller caller;
  caller.remote_address = call.remote_address;
  const std::string_view user_id = call.headers.find("x-user-id");
  const std::string_view secret = call.headers.find("x-auth-token");
  if (user_id.empty() || secret.empty()) return caller;
  std::string hash = domain::hash_token(secret);
  const auto token = directory_.find_token(hash);
  if (!token || token->user.text != user_id) return caller;
  if (domain::has_expired(*token, *directory_.settings(), clock_.now())) return caller;
  auto user = directory_.find_user(token->user);
  if (!user || !user->active) return caller;
  caller.user = std::move(user);
  caller.token_hash = std::move(hash);
  return caller;
}

bool Dispatcher::has_declared_right(const Operation& operation,
                                    const domain::Caller& caller) const {
  const auto& wanted = operation.options.any_permission;
  return wanted.empty() ||
         (caller.logged_in() && std::any_of(wanted.begin(), wanted.end(), [&](auto permission) {
            return directory_.has_permission(*caller.user, permission);
          }));
}

std::optional<Reply> Dispatcher::count(const Operation& operation, const Call& call,
                                       const domain::Caller& caller, HeaderList& headers) {
  if (!options_.rate_limits || operation.options.rate == Rate::Unlimited) return std::nullopt;
  const auto settings = directory_.settings();
  if (!settings->get_bool(domain::Setting::ApiRateLimiter)) return std::nullopt;
  if (operation.options.rate == Rate::Default && caller.logged_in()) {
    const auto lifting = operation.options.limit_lifted_by;
    if (directory_.has_permission(*caller.user, domain::Permission::ApiBypassRateLimit) ||
        (lifting && directory_.has_permission(*caller.user, *lifting))) {
      return std::nullopt;
    }
  }
  const RateLimit limit = limit_of(operation.options, *settings);
  std::string key(to_text(operation.method));
  key += operation.options.rate == Rate::PerPath ? call.path : std::string_view(operation.path);
  key += ' ';
  key += call.remote_address;
  const Time now = clock_.now();
  const RateVerdict verdict = limiter_.count(key, limit, now);
  headers.emplace_back("X-RateLimit-Limit", std::to_string(verdict.limit));
  headers.emplace_back("X-RateLimit-Remaining", std::to_string(verdict.remaining));
  headers.emplace_back("X-RateLimit-Reset", std::to_string(to_epoch_ms(verdict.reset_at)));
  if (verdict.allowed) return std::nullopt;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(verdict.reset_at - now).count();
  return to_reply(
      Error(ErrorCode::TooManyRequests,
            fmt::format("Error, too many requests. Please slow down. You must wait {} seconds "
                        "before trying this endpoint again.",
                        seconds)));
}

}  // namespace gantry::dispatch
