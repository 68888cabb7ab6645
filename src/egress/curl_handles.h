#pragma once
// The libcurl objects of the loop: the multi handle with its connections and names, the shared TLS
// sessions, and easy handles that are used again. Used on the loop's thread only.

#include <atomic>
#include <memory>
#include <vector>

#include <curl/curl.h>

#include "egress/egress_options.h"
#include "egress/socket_watch.h"

namespace gantry::egress {

// Idle handles cost some kilobytes each; more are made when needed.
inline constexpr std::size_t kIdleHandlesMax = 64;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeShare {
  void operator()(CURLSH* share) const { curl_share_cleanup(share); }
};
using EasyHandle = std::unique_ptr<CURL, FreeEasy>;

class CurlHandles {
 public:
  explicit CurlHandles(const EgressOptions& options);
  ~CurlHandles();
  CurlHandles(const CurlHandles&) = delete;
  CurlHandles& operator=(const CurlHandles&) = delete;

  CURLM* multi() const { return multi_; }
  SocketWatch& watch() { return watch_; }
  EasyHandle take_easy();
  void give_back(EasyHandle easy);

 private:
  EasyHandle make_easy();

  const EgressOptions& options_;
  SocketWatch watch_;
  CURLM* multi_;
  std::unique_ptr<CURLSH, FreeShare> share_;
  std::vector<EasyHandle> idle_;
};

}  // namespace gantry::egress
