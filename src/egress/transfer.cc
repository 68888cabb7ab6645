#include "egress/transfer.h"

#include <algorithm>

#include "base/crypto.h"
#include "egress/authorities.h"
#include "egress/failure.h"
#include "egress/redirect.h"
#include "egress/request_check.h"

namespace gantry::egress {
namespace {

using Kind = HttpFailure::Kind;

HttpTiming::Microseconds time_of(CURL* easy, CURLINFO what) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, what, &value);
  return HttpTiming::Microseconds(value);
}

std::string remote_address_of(CURL* easy) {
  const char* address = nullptr;
  long port = 0;
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
  curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
  if (address == nullptr || *address == '\0') return {};
  const std::string text(address);
  const bool v6 = text.find(':') != std::string::npos;
  return (v6 ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

}  // namespace

Transfer::Transfer(std::uint64_t id, HttpRequest request, std::shared_ptr<const Url> url,
                   std::unique_ptr<Completion> completion)
    : id_(id),
      request_(std::move(request)),
      url_(std::move(url)),
      completion_(std::move(completion)) {
  take_user_info();
}

void Transfer::take_user_info() {
  if (url_->user_info.empty()) return;
  if (find_header(request_.headers, "Authorization") == nullptr) {
    request_.headers.emplace_back("Authorization", "Basic " + base64_encode(url_->user_info));
  }
}

void Transfer::resume(std::unique_ptr<Transfer> transfer, HttpResult result) {
  Completion& completion = *transfer->completion_;
  completion.resume(std::move(result), std::move(transfer));
}

HttpFailure Transfer::timeout_failure() const {
  return timed_out(url_->host, timeout_);
}

std::optional<HttpFailure> Transfer::prepare_hop(const EgressOptions& options, SteadyTime now) {
  if (!started_) {
    started_ = now;
    timeout_ = std::clamp(request_.timeout, Milliseconds{1}, options.timeout_max);
  }
  if (now >= deadline()) return timeout_failure();
  const Verdict named = judge_host(request_.policy, url_->host, url_->port);
  if (named != Verdict::Allowed) return blocked(url_->host, named);
  proxy_ = proxy_for(options.proxy, *url_);
  if (proxy_.empty()) {
    route_ = AddressGuard::Route::Direct;
  } else {
    route_ = probed_ ? AddressGuard::Route::Proxied : AddressGuard::Route::Probe;
  }
  return std::nullopt;
}

void Transfer::set_method(CURL* easy) {
  const std::string& method = request_.method;
  const bool sends_length = method == "POST" || method == "PUT" || method == "PATCH";
  if (request_.body || sends_length) {
    static constexpr std::string_view kNothing;
    const std::string_view body = request_.body ? std::string_view(*request_.body) : kNothing;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method == "POST" ? nullptr : method.c_str());
    return;
  }
  // The former transfer's body is gone; the handle must not keep its address.
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, nullptr);
  curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
  if (method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  const bool built_in = method == "GET" || method == "HEAD";
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, built_in ? nullptr : method.c_str());
}

void Transfer::configure(CURL* easy, const EgressOptions& options, SteadyTime now) {
  guard_.begin(request_.policy, url_->host, route_);
  reader_.begin(request_.method, request_.reply_bytes_max, request_.redirects);
  error_text_[0] = '\0';

  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_URL, url_->text.c_str());
  set_method(easy);
  header_list_.assign(request_.headers);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, header_list_.get());
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reader_);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &reader_);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &guard_);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &guard_);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text_.data());

  const auto rest = std::chrono::ceil<Milliseconds>(deadline() - now);
  const Milliseconds left = std::max(rest, Milliseconds{1});
  const Milliseconds connect = std::min(left, options.connect_timeout);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect.count()));

  const bool verify = request_.verify == Verify::Yes;
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
  trust(easy, request_.ca_certificates.get());

  const bool probes = route_ == AddressGuard::Route::Probe;
  curl_easy_setopt(easy, CURLOPT_PROXY, probes ? "" : proxy_.c_str());
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, probes || wants_new_connection_ ? 1L : 0L);
}

Transfer::Step Transfer::finish(HttpResult result) {
  result_ = std::move(result);
  return Step::Finished;
}

Transfer::Step Transfer::finish_with_reply(CURL* easy, SteadyTime now) {
  HttpReply reply = std::move(reader_.reply());
  reply.final_url = url_->text;
  reply.remote_address = remote_address_of(easy);
  reply.timing.resolved = time_of(easy, CURLINFO_NAMELOOKUP_TIME_T);
  reply.timing.connected = time_of(easy, CURLINFO_CONNECT_TIME_T);
  reply.timing.secured = time_of(easy, CURLINFO_APPCONNECT_TIME_T);
  reply.timing.first_byte = time_of(easy, CURLINFO_STARTTRANSFER_TIME_T);
  reply.timing.total = std::chrono::duration_cast<HttpTiming::Microseconds>(now - *started_);
  reply.timing.redirects = redirects_;
  return finish(std::move(reply));
}

Transfer::Step Transfer::follow(const std::string& location) {
  if (redirects_ == request_.redirects_max) {
    return finish(
        HttpFailure{Kind::TooManyRedirects, "ERR_TOO_MANY_REDIRECTS",
                    "More than " + std::to_string(request_.redirects_max) + " redirects."});
  }
  UrlOrFailure next = resolve_url(*url_, location);
  if (auto* failure = std::get_if<HttpFailure>(&next)) {
    failure->text = "After a redirect: " + failure->text;
    // The caller's request was sound; what the receiver answered was not.
    if (failure->kind == Kind::BadRequest) failure->kind = Kind::InvalidUrl;
    return finish(std::move(*failure));
  }
  Url& to = std::get<Url>(next);
  apply_redirect(request_, reader_.reply().status, *url_, to);
  url_ = std::make_shared<const Url>(std::move(to));
  take_user_info();
  ++redirects_;
  probed_ = false;
  wants_new_connection_ = false;
  return Step::NextHop;
}

// A probe ends well when it was refused a socket only because it is a probe.
Transfer::Step Transfer::probe_ended(CURL* easy, CURLcode code, const EgressOptions& options) {
  const bool unresolved = code == CURLE_COULDNT_RESOLVE_HOST;
  const bool left_to_proxy = unresolved && options.proxy.unresolved == UnresolvedName::LeaveToProxy;
  const bool judged_well =
      code == CURLE_COULDNT_CONNECT && guard_.saw_allowed_address() && !guard_.refusal();
  if (left_to_proxy || judged_well) {
    probed_ = true;
    return Step::SameHop;
  }
  return finish(to_failure(easy, code, guard_, *url_, timeout_, error_text_.data()));
}

Transfer::Step Transfer::hop_ended(CURL* easy, CURLcode code, const EgressOptions& options,
                                   SteadyTime now) {
  if (route_ == AddressGuard::Route::Probe) return probe_ended(easy, code, options);
  switch (reader_.stop()) {
    case ReplyReader::Stop::None:
      break;
    case ReplyReader::Stop::HeadersTooLarge:
      return finish(HttpFailure{Kind::TooLarge, "HPE_HEADER_OVERFLOW",
                                "The headers of the reply are too long."});
    case ReplyReader::Stop::TwoLengths:
      return finish(HttpFailure{Kind::Other, "HPE_UNEXPECTED_CONTENT_LENGTH",
                                "The reply names two lengths."});
    case ReplyReader::Stop::BodyTooLarge:
      return finish(HttpFailure{
          Kind::TooLarge, "ERR_REPLY_TOO_LARGE",
          "The reply is longer than " + std::to_string(request_.reply_bytes_max) + " bytes."});
    case ReplyReader::Stop::RedirectBodySkipped:
      code = CURLE_OK;
      break;
  }
  if (code != CURLE_OK && guard_.refused_kept_connection() && !wants_new_connection_) {
    wants_new_connection_ = true;
    return Step::SameHop;
  }
  if (code != CURLE_OK) {
    return finish(to_failure(easy, code, guard_, *url_, timeout_, error_text_.data()));
  }
  if (const std::string* location = reader_.find_location()) return follow(std::string(*location));
  return finish_with_reply(easy, now);
}

}  // namespace gantry::egress
