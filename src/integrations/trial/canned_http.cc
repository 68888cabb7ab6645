#include "integrations/trial/canned_http.h"

#include <algorithm>

#include "integrations/script/http_power.h"

namespace gantry::integrations {
namespace {

asio::awaitable<script::HttpPowerReply> give(std::shared_ptr<CannedHttp> canned,
                                             script::HttpPowerRequest asked) {
  co_return canned->answer(asked);
}

}  // namespace

script::HttpPowerReply CannedHttp::answer(const script::HttpPowerRequest& asked) {
  const std::lock_guard lock(mutex_);
  const auto fits = [&asked](const CannedAnswer& one) {
    return (one.method.empty() || one.method == asked.method) &&
           (one.url.empty() || one.url == asked.url);
  };
  const auto found = std::find_if(answers_.begin(), answers_.end(), fits);
  json::object headers;
  for (const auto& [name, value] : asked.headers) headers[name] = value;
  json::object call{{"method", asked.method}, {"url", asked.url}, {"headers", std::move(headers)}};
  if (asked.body) call["body"] = script::to_valid_utf8(*asked.body);
  call["answered"] = found != answers_.end();
  calls_.push_back(std::move(call));
  script::HttpPowerReply reply;
  if (found == answers_.end()) {
    reply.error = "a trial sends nothing, and has no answer for " + asked.method + " " + asked.url;
    return reply;
  }
  reply = std::move(found->reply);
  if (reply.url.empty()) reply.url = asked.url;
  answers_.erase(found);
  return reply;
}

json::array CannedHttp::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

script::HttpPower power_of(std::shared_ptr<CannedHttp> canned) {
  return [canned = std::move(canned)](script::HttpPowerRequest asked) {
    return give(canned, std::move(asked));
  };
}

}  // namespace gantry::integrations
