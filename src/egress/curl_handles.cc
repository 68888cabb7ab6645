#include "egress/curl_handles.h"

#include <algorithm>
#include <new>

#include "egress/address_guard.h"
#include "egress/reply_reader.h"

namespace gantry::egress {
namespace {

// The size of one read. libcurl allocates it for each request and replies to webhooks are short, so
// a larger one costs CPU (measured with bench/micro/egress_bench.cc).
constexpr long kReceiveBufferBytes = 8 * 1024;

long to_seconds(Milliseconds duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::seconds>(duration).count());
}

}  // namespace

CurlHandles::CurlHandles(const EgressOptions& options)
    : options_(options), multi_(curl_multi_init()), share_(curl_share_init()) {
  if (multi_ == nullptr || share_ == nullptr) throw std::bad_alloc();
  curl_share_setopt(share_.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS,
                    static_cast<long>(options.active_max + options.idle_connections_max));
  curl_multi_setopt(multi_, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  watch_.attach(multi_);
}

CurlHandles::~CurlHandles() {
  idle_.clear();
  curl_multi_cleanup(multi_);
}

EasyHandle CurlHandles::take_easy() {
  if (idle_.empty()) return make_easy();
  EasyHandle easy = std::move(idle_.back());
  idle_.pop_back();
  return easy;
}

void CurlHandles::give_back(EasyHandle easy) {
  // The buffer goes with its transfer, and libcurl may write to it whenever the handle is touched.
  curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, nullptr);
  if (idle_.size() < kIdleHandlesMax) idle_.push_back(std::move(easy));
}

EasyHandle CurlHandles::make_easy() {
  EasyHandle owner(curl_easy_init());
  CURL* easy = owner.get();
  if (easy == nullptr) throw std::bad_alloc();
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // Without it, giving up a slow name would block the loop until the resolver gives up as well.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_SHARE, share_.get());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kReceiveBufferBytes);
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
  curl_easy_setopt(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, to_seconds(options_.names_kept));
  curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN,
                   std::max(1L, to_seconds(options_.idle_connection_kept)));
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
  }
  watch_.attach_easy(easy);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &AddressGuard::open_socket);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &AddressGuard::before_request);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &ReplyReader::on_header);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &ReplyReader::on_body);
  return owner;
}

}  // namespace gantry::egress
