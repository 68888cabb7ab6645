#include "dispatch/dispatcher.h"

#include <algorithm>

#include <fmt/format.h>

#include "domain/error_codes.h"
#include "domain/session_service.h"

namespace gantry::dispatch {
namespace {

// Read and dropped, so that the caller is told 404 and not 413.
constexpr std::size_t kUnknownBodyBytesMax = 1024 * 1024;

asio::awaitable<Reply> with_rate(asio::awaitable<Reply> pending, RateVerdict rate) {
  Reply reply = co_await std::move(pending);
  reply.rate = rate;
  co_return reply;
}

bool has_any(const std::vector<domain::Permission>& wanted, const domain::PermissionSet& held) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), [&](auto permission) {
           return domain::holds(held, permission);
         });
}

Reply too_many_requests(const RateVerdict& verdict, Time now) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(verdict.reset_at - now).count();
  return to_reply(
      Error(ErrorCode::TooManyRequests,
            fmt::format("Error, too many requests. Please slow down. You must wait {} seconds "
                        "before trying this endpoint again.",
                        seconds)));
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

class Dispatcher::CallGate final : public Gate {
 public:
  CallGate(Dispatcher& dispatcher, const Operation& operation, const Call& call,
           const std::optional<RateLimit>& limit)
      : dispatcher_(dispatcher), operation_(operation), call_(call), limit_(limit) {}

  Admission admit(const domain::Caller& caller) override {
    if (limit_) {
      const Time now = dispatcher_.clock_.now();
      verdict = dispatcher_.count(operation_, call_, *limit_, now);
      if (!verdict->allowed) return too_many_requests(*verdict, now);
    }
    if (!dispatcher_.options_.second_factors) return std::monostate{};
    return dispatcher_.second_factor_.check(operation_.options.second_factor, call_, caller);
  }

  std::optional<RateVerdict> verdict;

 private:
  Dispatcher& dispatcher_;
  const Operation& operation_;
  const Call& call_;
  const std::optional<RateLimit>& limit_;
};

Answer Dispatcher::serve(Call call) {
  Routes::Match match = routes_.find(call.method, call.path);
  if (match.operation == nullptr) return to_reply(ErrorCode::NotFound);
  const Operation& operation = *match.operation;

  Standing standing = identify(operation, call);
  if (operation.options.auth == Auth::Required && !standing.caller.logged_in()) {
    return to_reply(ErrorCode::NotLoggedIn);
  }
  if (!has_any(operation.options.any_permission, standing.permissions)) {
    return to_reply(ErrorCode::MissingRight);
  }

  CallGate gate(*this, operation, call, standing.limit);
  Invocation invocation{call, std::move(standing.caller), std::move(match.parameters), gate};
  Answer answer = operation.invoke(operation, invocation);
  if (!gate.verdict) return answer;
  if (Reply* reply = std::get_if<Reply>(&answer)) {
    reply->rate = gate.verdict;
    return answer;
  }
  return with_rate(std::move(std::get<1>(answer)), *gate.verdict);
}

Dispatcher::Standing Dispatcher::identify(const Operation& operation, const Call& call) const {
  Standing out;
  out.caller.remote_address = call.remote_address;
  const std::string_view user_id = call.headers.find("x-user-id");
  const std::string_view secret = call.headers.find("x-auth-token");

  const domain::Directory::View view(directory_);
  if (!user_id.empty() && !secret.empty()) {
    view.expect_session(user_id);
    std::string hash = domain::hash_token(secret);
    const auto session = view.find_session(user_id, hash);
    if (session &&
        !domain::has_expired(session->kind, session->created_at, view.settings(), clock_.now())) {
      out.caller.user = view.find_active_user(session->user);
    }
    if (out.caller.user) {
      out.caller.token_hash = std::move(hash);
      out.caller.number = session->user;
      out.permissions = view.permissions(session->user);
    }
  }
  out.limit = limit_of(operation, out, view.settings());
  return out;
}

std::optional<RateLimit> Dispatcher::limit_of(const Operation& operation, const Standing& standing,
                                              const domain::Settings& settings) const {
  using domain::Setting;
  const RouteOptions& options = operation.options;
  if (!options_.rate_limits || options.rate == Rate::Unlimited ||
      !settings.get_bool(Setting::ApiRateLimiter)) {
    return std::nullopt;
  }
  if (options.rate == Rate::Default && standing.caller.logged_in() &&
      (domain::holds(standing.permissions, domain::Permission::ApiBypassRateLimit) ||
       (options.limit_lifted_by &&
        domain::holds(standing.permissions, *options.limit_lifted_by)))) {
    return std::nullopt;
  }
  if (options.own_limit) return *options.own_limit;
  return RateLimit{settings.get_int(options.calls_setting.value_or(Setting::ApiRateLimiterCalls)),
                   Milliseconds{settings.get_int(Setting::ApiRateLimiterWindow)}};
}

RateVerdict Dispatcher::count(const Operation& operation, const Call& call, const RateLimit& limit,
                              Time now) {
  std::string key;
  if (operation.options.rate == Rate::PerPath) {
    key += to_text(operation.method);
    key += call.path;
    key += ' ';
  } else {
    // Short enough, with an address, to need no memory of its own.
    for (const std::uint32_t byte : {operation.number & 0xFFU, operation.number >> 8U}) {
      key += static_cast<char>(byte);
    }
  }
  key += call.remote_address;
  return limiter_.count(key, limit, now);
}

}  // namespace gantry::dispatch
