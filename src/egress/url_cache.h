#pragma once
// The URLs parsed last. Hooks post to the same few addresses over and over, and parsing one costs
// more than all else that is done before a request is queued. May be used from any thread.

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <variant>

#include "egress/url.h"

namespace gantry::egress {

inline constexpr std::size_t kUrlsKept = 512;
inline constexpr std::size_t kKeptUrlBytesMax = 1024;

using SharedUrlOrFailure = std::variant<std::shared_ptr<const Url>, HttpFailure>;

class UrlCache {
 public:
  SharedUrlOrFailure parse(const std::string& text);

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const Url>> urls_;
};

}  // namespace gantry::egress
