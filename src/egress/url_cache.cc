#include "egress/url_cache.h"

namespace gantry::egress {

SharedUrlOrFailure UrlCache::parse(const std::string& text) {
  {
    const std::lock_guard lock(mutex_);
    const auto at = urls_.find(text);
    if (at != urls_.end()) return at->second;
  }
  UrlOrFailure parsed = parse_url(text);
  if (auto* failure = std::get_if<HttpFailure>(&parsed)) return std::move(*failure);
  auto url = std::make_shared<const Url>(std::get<Url>(std::move(parsed)));
  if (text.size() > kKeptUrlBytesMax) return url;
  const std::lock_guard lock(mutex_);
  // Starting over is cheaper than keeping an order of use; it happens once in kUrlsKept addresses.
  if (urls_.size() >= kUrlsKept) urls_.clear();
  urls_.emplace(text, url);
  return url;
}

}  // namespace gantry::egress
