#include "dispatch/dispatcher.h"

#include <algorithm>

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
  if (match.operation == nullptr) return kUnknownBodyBytesMax;
  const RouteOptions& options = match.operation->options;
  if (!options.body_bytes_setting) return options.body_bytes_max;
  const std::int64_t set = directory_.settings()->get_int(*options.body_bytes_setting);
  return set <= 0 ? options.body_bytes_max
                  : std::min(options.body_bytes_max, static_cast<std::size_t>(set));
}

class Dispatcher::CallGate final : public Gate {
 public:
  CallGate(Dispatcher& dispatcher, const Operation& operation, const Call& call,
           const CallLimits& limits)
      : dispatcher_(dispatcher), operation_(operation), call_(call), limits_(limits) {}

  Admission admit(const domain::Caller& caller) override {
    if (limits_.any()) {
      const Time now = dispatcher_.clock_.now();
      verdict = dispatcher_.limiter_.count(operation_, call_, limits_, now);
      if (!verdict->allowed) return too_many_requests(*verdict, now);
    }
    if (!dispatcher_.options_.second_factors) return std::monostate{};
    return dispatcher_.second_factor_.check(operation_.options.second_factor, call_, caller);
  }

  std::optional<RateVerdict> verdict;  // when the call was counted

 private:
  Dispatcher& dispatcher_;
  const Operation& operation_;
  const Call& call_;
  const CallLimits& limits_;
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

  if (standing.limits.of_hook && operation.options.shared_limit_of) {
    standing.limits.shared_key = operation.options.shared_limit_of(match.parameters);
  }
  CallGate gate(*this, operation, call, standing.limits);
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
  out.limits = limits_of(operation, out, view.settings());
  return out;
}

CallLimits Dispatcher::limits_of(const Operation& operation, const Standing& standing,
                                 const domain::Settings& settings) const {
  using domain::Setting;
  const RouteOptions& options = operation.options;
  CallLimits out;
  if (!options_.rate_limits || options.rate == Rate::Unlimited ||
      !settings.get_bool(Setting::ApiRateLimiter)) {
    return out;
  }
  if (options.rate == Rate::PerPath) {
    out.of_hook = domain::incoming_limits_of(settings);
    return out;
  }
  if (standing.caller.logged_in() &&
      (domain::holds(standing.permissions, domain::Permission::ApiBypassRateLimit) ||
       (options.limit_lifted_by &&
        domain::holds(standing.permissions, *options.limit_lifted_by)))) {
    return out;
  }
  out.route = options.own_limit.value_or(
      RateLimit{settings.get_int(options.calls_setting.value_or(Setting::ApiRateLimiterCalls)),
                Milliseconds{settings.get_int(Setting::ApiRateLimiterWindow)}});
  return out;
}

}  // namespace gantry::dispatch
