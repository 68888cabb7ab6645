#include "http/reply_head.h"

#include <algorithm>

#include "base/append_number.h"
#include "base/log.h"
#include "http/coarse_clock.h"
#include "http/header_tokens.h"

namespace gantry::http {
namespace {

constexpr std::string_view kJsonType = "application/json";
constexpr std::string_view kJsonTypeLine = "Content-Type: application/json\r\n";

enum class NameKind { Ordinary, Ours, Security };

// The sizes sort out nearly all names without comparing text.
NameKind kind_of(std::string_view name) {
  switch (name.size()) {
    case 4:
      return equals_ignoring_case(name, "Date") ? NameKind::Ours : NameKind::Ordinary;
    case 10:
      return equals_ignoring_case(name, "Connection") ? NameKind::Ours : NameKind::Ordinary;
    case 14:
      return equals_ignoring_case(name, "Content-Length") ? NameKind::Ours : NameKind::Ordinary;
    case 15:
      return equals_ignoring_case(name, "X-Frame-Options") ? NameKind::Security
                                                           : NameKind::Ordinary;
    case 16:
      return equals_ignoring_case(name, "X-XSS-Protection") ? NameKind::Security
                                                            : NameKind::Ordinary;
    case 17:
      return equals_ignoring_case(name, "Transfer-Encoding") ? NameKind::Ours : NameKind::Ordinary;
    case 22:
      return equals_ignoring_case(name, "X-Content-Type-Options") ? NameKind::Security
                                                                  : NameKind::Ordinary;
    case 23:
      return equals_ignoring_case(name, "Content-Security-Policy") ? NameKind::Security
                                                                   : NameKind::Ordinary;
    default:
      return NameKind::Ordinary;
  }
}

// A line end inside a header would let its value write further headers.
bool is_header_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  if (name.empty() || name.find_first_of(" \t:") != std::string_view::npos ||
      !is_header_text(name) || !is_header_text(value)) {
    log::error("reply header left out: it holds control characters", {{"name", name}});
    return;
  }
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

}  // namespace

SecurityBlock::SecurityBlock(const SecurityHeaders& headers) {
  const auto add = [this](std::string_view name, std::string_view value) {
    std::string line;
    append_header(line, name, value);
    all_ += line;
    lines_.emplace_back(name, std::move(line));
  };
  if (headers.xss_protection) add("X-XSS-Protection", "1");
  if (headers.no_sniff) add("X-Content-Type-Options", "nosniff");
  if (!headers.frame_options.empty()) add("X-Frame-Options", headers.frame_options);
  if (!headers.content_security_policy.empty()) {
    add("Content-Security-Policy", headers.content_security_policy);
  }
}

void SecurityBlock::append_missing(std::string& out, const Headers& headers) const {
  for (const auto& [name, line] : lines_) {
    if (headers.find(name).empty()) out += line;
  }
}

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Payload Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Entity";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Status";
  }
}

void compose_head(std::string& out, const Response& reply, const ReplyHead& head,
                  const SecurityBlock& security) {
  if (reply.status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
  } else {
    out += "HTTP/1.1 ";
    append_number(out, reply.status);
    out += ' ';
    out += reason_of(reply.status);
    out += "\r\n";
  }
  out += date_header();
  if (reply.content_type == kJsonType) {
    out += kJsonTypeLine;
  } else if (!reply.content_type.empty()) {
    append_header(out, "Content-Type", reply.content_type);
  }
  if (head.content_length) {
    out += "Content-Length: ";
    append_number(out, *head.content_length);
    out += "\r\n";
  }
  if (head.gzipped) out += "Content-Encoding: gzip\r\n";
  if (head.varies_by_encoding) out += "Vary: Accept-Encoding\r\n";
  out += reply.lines;
  bool own_security = false;
  for (const Header& header : reply.headers) {
    const NameKind kind = kind_of(header.name);
    if (kind == NameKind::Ours) continue;
    own_security = own_security || kind == NameKind::Security;
    append_header(out, header.name, header.value);
  }
  if (own_security) {
    security.append_missing(out, reply.headers);
  } else {
    out += security.all();
  }
  if (head.keep_alive == KeepAlive::No) {
    out += "Connection: close\r\n";
  } else if (head.keep_alive == KeepAlive::Said) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

Response plain_reply(unsigned status) {
  Response reply;
  reply.status = status;
  reply.content_type = "application/json";
  std::string body = R"({"success":false,"error":")";
  // Compat: the text of the reference server for faults of its own.
  body += status == 500 ? "Internal server error" : reason_of(status);
  body += "\"}";
  reply.body = std::move(body);
  return reply;
}

}  // namespace gantry::http
