#include "dispatch/call_limits.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/crypto.h"
#include "dispatch/routes.h"
#include "domain/error_codes.h"

namespace gantry::dispatch {

RateVerdict CallLimiter::count_one(const std::string& key, const RateLimit& limit, RefusedBy by,
                                   Time now) {
  const RateVerdict verdict = windows_.count(key, limit, now);
  if (!verdict.allowed) {
    refused_[static_cast<std::size_t>(by)].fetch_add(1, std::memory_order_relaxed);
  }
  return verdict;
}

RateVerdict CallLimiter::count(const Operation& operation, const Call& call,
                               const CallLimits& limits, Time now) {
  if (limits.route) {
    // Short enough, with an address, to need no memory of its own.
    std::string key;
    for (const std::uint32_t byte : {operation.number & 0xFFU, operation.number >> 8U}) {
      key += static_cast<char>(byte);
    }
    key += call.remote_address;
    return count_one(key, *limits.route, RefusedBy::Route, now);
  }
  const domain::IncomingLimits& of_hook = *limits.of_hook;
  // First, so that a client who tries many addresses makes only so many windows.
  if (of_hook.client_calls) {
    const RateVerdict verdict =
        count_one("hooks " + std::string(call.remote_address),
                  {*of_hook.client_calls, of_hook.window}, RefusedBy::Client, now);
    if (!verdict.allowed) return verdict;
  }
  // Paths are as long as their callers like; windows are not.
  std::string key = std::string(to_text(operation.method)) + sha256_hex(call.path);
  key += call.remote_address;
  const RateVerdict verdict =
      count_one(key, {of_hook.calls, of_hook.window}, RefusedBy::HookAndClient, now);
  if (!verdict.allowed || limits.shared_key.empty() || !of_hook.hook_calls) return verdict;
  const RateVerdict shared = count_one("hook " + limits.shared_key,
                                       {*of_hook.hook_calls, of_hook.window}, RefusedBy::Hook, now);
  return shared.allowed ? verdict : shared;
}

RefusedCalls CallLimiter::refused() const {
  RefusedCalls out{};
  for (std::size_t i = 0; i < kRefusers; ++i) out[i] = refused_[i].load(std::memory_order_relaxed);
  return out;
}

Reply too_many_requests(const RateVerdict& verdict, Time now) {
  const std::int64_t seconds = std::max<std::int64_t>(
      1, std::chrono::ceil<std::chrono::seconds>(verdict.reset_at - now).count());
  Reply reply = to_reply(
      Error(ErrorCode::TooManyRequests,
            fmt::format("Error, too many requests. Please slow down. You must wait {} seconds "
                        "before trying this endpoint again.",
                        seconds)));
  reply.headers.emplace_back("Retry-After", std::to_string(seconds));
  return reply;
}

}  // namespace gantry::dispatch
