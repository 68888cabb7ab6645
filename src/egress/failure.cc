#include "egress/failure.h"

#include <cerrno>
#include <cstring>

namespace gantry::egress {
namespace {

using Kind = HttpFailure::Kind;

std::string to_text(const ip::tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  const std::string host = endpoint.address().is_v6() ? "[" + address + "]" : address;
  return host + ":" + std::to_string(endpoint.port());
}

const char* name_of_errno(int number) {
  const char* name = strerrorname_np(number);
  return name == nullptr ? "EUNKNOWN" : name;
}

int system_error(CURL* easy, const AddressGuard& guard) {
  if (guard.socket_error() != 0) return guard.socket_error();
  long number = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
  return static_cast<int>(number);
}

HttpFailure connect_failure(CURL* easy, const AddressGuard& guard, const Url& url) {
  int number = system_error(easy, guard);
  if (number == 0) number = ECONNREFUSED;
  const Kind kind = number == ECONNREFUSED ? Kind::Refused
                    : number == ETIMEDOUT  ? Kind::TimedOut
                    : number == ECONNRESET ? Kind::Reset
                                           : Kind::Other;
  const std::string name = name_of_errno(number);
  const std::string place = guard.last_address() ? to_text(*guard.last_address()) : url.host;
  return {kind, name, "connect " + name + " " + place};
}

HttpFailure broken_connection(CURL* easy, const AddressGuard& guard) {
  int number = system_error(easy, guard);
  if (number == 0 || number == EAGAIN || number == EINPROGRESS) number = ECONNRESET;
  const Kind kind = number == ETIMEDOUT ? Kind::TimedOut : Kind::Reset;
  return {kind, name_of_errno(number), "The connection broke before the reply was complete."};
}

// X.509 results as Node names them; the numbers are OpenSSL's X509_V_ERR_*.
const char* certificate_code(long result) {
  switch (result) {
    case 9:
      return "CERT_NOT_YET_VALID";
    case 10:
      return "CERT_HAS_EXPIRED";
    case 18:
      return "DEPTH_ZERO_SELF_SIGNED_CERT";
    case 19:
      return "SELF_SIGNED_CERT_IN_CHAIN";
    case 20:
      return "UNABLE_TO_GET_ISSUER_CERT_LOCALLY";
    case 21:
      return "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
    case 23:
      return "CERT_REVOKED";
    case 0:
    case 1:  // the chain was not at fault
      return "ERR_TLS_CERT_ALTNAME_INVALID";
    default:
      return "CERT_REJECTED";
  }
}

HttpFailure certificate_failure(CURL* easy, const std::string& detail) {
  long result = 0;
  curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &result);
  return {Kind::Tls, certificate_code(result), "The certificate is not trusted: " + detail};
}

}  // namespace

std::string_view to_string(HttpFailure::Kind kind) {
  switch (kind) {
    case Kind::InvalidUrl:
      return "invalid-url";
    case Kind::SchemeNotAllowed:
      return "scheme-not-allowed";
    case Kind::Blocked:
      return "blocked";
    case Kind::NotResolved:
      return "not-resolved";
    case Kind::Refused:
      return "refused";
    case Kind::Reset:
      return "reset";
    case Kind::TimedOut:
      return "timed-out";
    case Kind::Tls:
      return "tls";
    case Kind::TooLarge:
      return "too-large";
    case Kind::TooManyRedirects:
      return "too-many-redirects";
    case Kind::BadRequest:
      return "bad-request";
    case Kind::Busy:
      return "busy";
    case Kind::Cancelled:
      return "cancelled";
    case Kind::ShuttingDown:
      return "shutting-down";
    case Kind::Other:
      return "other";
  }
  return "other";
}

HttpFailure blocked(const std::string& host, Verdict verdict) {
  return {Kind::Blocked, "ERR_EGRESS_BLOCKED",
          "The network rule forbids " + host + ": it is " + std::string(to_words(verdict)) + "."};
}

HttpFailure timed_out(const std::string& host, Milliseconds timeout) {
  return {Kind::TimedOut, "ETIMEDOUT",
          "No complete reply from " + host + " within " + std::to_string(timeout.count()) + " ms."};
}

HttpFailure busy() {
  return {Kind::Busy, "ERR_EGRESS_BUSY", "Too many requests wait to be sent; this one was not."};
}

HttpFailure cancelled() {
  return {Kind::Cancelled, "ABORT_ERR", "The request was cancelled."};
}

HttpFailure shutting_down() {
  return {Kind::ShuttingDown, "ERR_EGRESS_SHUTDOWN", "The server is shutting down."};
}

HttpFailure to_failure(CURL* easy, CURLcode code, const AddressGuard& guard, const Url& url,
                       Milliseconds timeout, const std::string& detail) {
  if (guard.refusal() && (code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK)) {
    return blocked(url.host, *guard.refusal());
  }
  const std::string text = detail.empty() ? curl_easy_strerror(code) : detail;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Kind::NotResolved, "ENOTFOUND", "getaddrinfo ENOTFOUND " + url.host};
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {Kind::NotResolved, "ENOTFOUND", "The name of the proxy cannot be resolved."};
    case CURLE_COULDNT_CONNECT:
      return connect_failure(easy, guard, url);
    case CURLE_OPERATION_TIMEDOUT:
      return timed_out(url.host, timeout);
    case CURLE_GOT_NOTHING:
      return {Kind::Reset, "ECONNRESET", "socket hang up"};
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return broken_connection(easy, guard);
    case CURLE_PARTIAL_FILE:
      return {Kind::Reset, "ERR_STREAM_PREMATURE_CLOSE", "The reply ended too early."};
    case CURLE_PEER_FAILED_VERIFICATION:
      return certificate_failure(easy, text);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_SHUTDOWN_FAILED:
      return {Kind::Tls, "EPROTO", text};
    // So libcurl calls a line of the head that is longer than it takes; memory that is out throws.
    case CURLE_OUT_OF_MEMORY:
      return {Kind::TooLarge, "HPE_HEADER_OVERFLOW", "The headers of the reply are too long."};
    case CURLE_BAD_CONTENT_ENCODING:
      return {Kind::Other, "Z_DATA_ERROR", "The compressed reply cannot be read: " + text};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return {Kind::Other, "HPE_INVALID_CONSTANT", "The reply is not HTTP/1: " + text};
    default:
      return {Kind::Other, "ERR_HTTP", text};
  }
}

}  // namespace gantry::egress
