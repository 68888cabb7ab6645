#include "http/request_parser.h"

#include <algorithm>
#include <limits>

#include <boost/beast/http/basic_parser.hpp>

#include "http/header_tokens.h"
#include "http/plain_head.h"
#include "http/target.h"

namespace gantry::http {
namespace {

namespace beast_http = boost::beast::http;

// A chunked body may take this many bytes of framing for each byte of content, which is more than
// chunks of one byte need, besides header_bytes_max for extensions and trailers.
constexpr std::size_t kFramingBytesPerByte = 8;

constexpr std::size_t kBodyReserveMax = 1024 * 1024;

Method to_method(beast_http::verb verb) {
  switch (verb) {
    case beast_http::verb::get:
      return Method::Get;
    case beast_http::verb::head:
      return Method::Head;
    case beast_http::verb::post:
      return Method::Post;
    case beast_http::verb::put:
      return Method::Put;
    case beast_http::verb::patch:
      return Method::Patch;
    case beast_http::verb::delete_:
      return Method::Delete;
    case beast_http::verb::options:
      return Method::Options;
    default:
      return Method::Other;
  }
}

unsigned to_status(const boost::system::error_code& fault) {
  if (fault == beast_http::error::header_limit) return 431;
  return 400;
}

}  // namespace

// The callbacks run in the order of the wire. A refusal sets failure_ and any error.
class RequestParser::Grammar final : public beast_http::basic_parser<true> {
 public:
  explicit Grammar(RequestParser& parser) : parser_(parser) {
    header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(
        parser.limits_.header_bytes_max, std::numeric_limits<std::uint32_t>::max())));
    body_limit(boost::none);
    eager(false);
  }

 private:
  using Code = boost::beast::error_code;
  using Text = boost::beast::string_view;

  void refuse(unsigned status, Code& fault) {
    parser_.failure_ = status;
    fault = beast_http::error::bad_value;
  }

  void on_request_impl(beast_http::verb verb, Text /*method*/, Text target, int version,
                       Code& fault) override {
    if (target.size() > parser_.limits_.target_bytes_max) return refuse(414, fault);
    Request& request = parser_.request_;
    request.method = to_method(verb);
    request.headers.reserve(8);
    parser_.facts_.http11 = version == 11;
    switch (read_target(target, parser_.prefix_, request.target, request.path_size)) {
      case TargetKind::Inside:
        return;
      case TargetKind::Outside:
        parser_.facts_.outside_prefix = true;
        return;
      case TargetKind::Malformed:
        return refuse(400, fault);
    }
  }

  void on_field_impl(beast_http::field field, Text name, Text value, Code& fault) override {
    // Trailers come through here too. They are dropped: nothing may be added to the headers
    // after they were judged.
    if (parser_.head_done_) return;
    if (++parser_.header_count_ > parser_.limits_.headers_max) return refuse(431, fault);
    Facts& facts = parser_.facts_;
    switch (field) {
      case beast_http::field::transfer_encoding:
        // Beast reads other codings as "no body", which a proxy in front may see differently.
        if (!facts.http11) return refuse(400, fault);
        if (!equals_ignoring_case(value, "chunked")) return refuse(501, fault);
        break;
      case beast_http::field::expect:
        if (!equals_ignoring_case(value, "100-continue")) return refuse(417, fault);
        facts.expects_continue = facts.http11;
        break;
      default:
        break;
    }
    parser_.note_field(name, value);
    parser_.request_.headers.add(std::string(name), std::string(value));
  }

  void on_header_impl(Code& fault) override {
    Facts& facts = parser_.facts_;
    if (parser_.host_count_ > 1 || (facts.http11 && parser_.host_count_ == 0)) {
      return refuse(400, fault);
    }
    facts.keep_alive = keep_alive();
    const auto length = content_length();
    if (length) facts.content_length = *length;
    facts.has_body = chunked() || (length && *length > 0);
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code& /*fault*/) override {
    if (!length) return;
    // No more in advance: a client that announces much need not send it.
    parser_.request_.body.reserve(
        static_cast<std::size_t>(std::min<std::uint64_t>(*length, kBodyReserveMax)));
  }

  std::size_t on_body_impl(Text bytes, Code& fault) override {
    if (bytes.size() > parser_.body_bytes_max_ - parser_.request_.body.size()) {
      refuse(413, fault);
      return 0;
    }
    parser_.request_.body.append(bytes);
    return bytes.size();
  }

  std::size_t on_chunk_body_impl(std::uint64_t /*remain*/, Text bytes, Code& fault) override {
    return on_body_impl(bytes, fault);
  }

  void on_chunk_header_impl(std::uint64_t size, Text /*extensions*/, Code& fault) override {
    if (size > parser_.body_bytes_max_ - parser_.request_.body.size()) refuse(413, fault);
  }

  void on_response_impl(int /*status*/, Text /*reason*/, int /*version*/, Code& /*f*/) override {}
  void on_finish_impl(Code& /*fault*/) override {}

  RequestParser& parser_;
};

RequestParser::RequestParser(const Limits& limits, const std::string& prefix)
    : limits_(limits), prefix_(prefix), grammar_(std::make_unique<Grammar>(*this)) {}

RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  if (grammar_used_) {
    // Beast's parsers read one message each; the memory is kept.
    std::destroy_at(grammar_.get());
    std::construct_at(grammar_.get(), *this);
  }
  request_ = Request{};
  facts_ = Facts{};
  body_bytes_max_ = 0;
  head_bytes_ = 0;
  framing_bytes_ = 0;
  header_count_ = 0;
  host_count_ = 0;
  failure_ = 0;
  head_done_ = false;
  plain_ = false;
  grammar_used_ = false;
}

// What the connection has to know of a header, from whichever side it comes.
void RequestParser::note_field(std::string_view name, std::string_view value) {
  switch (name.size()) {
    case 4:
      if (equals_ignoring_case(name, "Host")) ++host_count_;
      break;
    case 9:
      if (equals_ignoring_case(name, "X-Real-IP")) facts_.real_ip = value;
      break;
    case 15:
      if (equals_ignoring_case(name, "Accept-Encoding")) {
        facts_.accepts_gzip = facts_.accepts_gzip || accepts_gzip(value);
      } else if (equals_ignoring_case(name, "X-Forwarded-For")) {
        if (!facts_.forwarded_for.empty()) facts_.forwarded_for += ',';
        facts_.forwarded_for += value;
      }
      break;
    default:
      break;
  }
}

// False, and nothing has changed, when the head is not plain or there is something to refuse.
bool RequestParser::take_plain_head(std::string_view bytes, std::size_t& taken) {
  PlainHead head;
  if (!read_plain_head(bytes, head) || head.bytes > limits_.header_bytes_max ||
      head.target.size() > limits_.target_bytes_max || head.header_count > limits_.headers_max) {
    return false;
  }
  const auto* const end = head.headers.begin() + head.header_count;
  if (std::count_if(head.headers.cbegin(), end, [](const auto& header) {
        return equals_ignoring_case(header.first, "Host");
      }) != 1) {
    return false;
  }
  switch (read_target(head.target, prefix_, request_.target, request_.path_size)) {
    case TargetKind::Inside:
      break;
    case TargetKind::Outside:
      facts_.outside_prefix = true;
      break;
    case TargetKind::Malformed:
      return false;
  }
  request_.method = Method::Get;
  request_.headers.reserve(head.header_count);
  for (const auto* header = head.headers.cbegin(); header != end; ++header) {
    note_field(header->first, header->second);
    request_.headers.add(std::string(header->first), std::string(header->second));
  }
  taken = head.bytes;
  return true;
}

RequestParser::Step RequestParser::fail(unsigned status) {
  failure_ = status;
  return Step::Failed;
}

RequestParser::Step RequestParser::advance(std::string_view bytes, std::size_t& used) {
  used = 0;
  if (failure_ != 0) return Step::Failed;
  if (head_bytes_ == 0) {
    // RFC 9112, 2.2: empty lines before a request are skipped.
    while (bytes.substr(0, 2) == "\r\n") {
      bytes.remove_prefix(2);
      used += 2;
    }
    if (bytes.empty() || bytes == "\r") return Step::NeedMore;
    if (!grammar_used_ && take_plain_head(bytes, head_bytes_)) {
      used += head_bytes_;
      head_done_ = true;
      plain_ = true;
      return Step::Head;
    }
  }
  if (plain_) return Step::Done;
  grammar_used_ = true;
  for (;;) {
    if (grammar_->is_done()) return Step::Done;
    const std::size_t body_before = request_.body.size();
    boost::beast::error_code fault;
    const std::size_t taken = grammar_->put(boost::asio::buffer(bytes), fault);
    bytes.remove_prefix(taken);
    used += taken;
    if (head_done_) {
      framing_bytes_ += taken - (request_.body.size() - body_before);
    } else {
      head_bytes_ += taken;
    }
    if (failure_ != 0) return Step::Failed;
    const bool more = fault == beast_http::error::need_more;
    if (fault && !more) return fail(to_status(fault));
    if (!head_done_) {
      const std::size_t seen = head_bytes_ + (more ? bytes.size() : 0);
      if (seen > limits_.header_bytes_max) return fail(431);
      if (more) return Step::NeedMore;
      head_done_ = true;
      return Step::Head;
    }
    const std::size_t framing_max =
        limits_.header_bytes_max + kFramingBytesPerByte * request_.body.size();
    if (framing_bytes_ + (more ? bytes.size() : 0) > framing_max) return fail(400);
    if (grammar_->is_done()) return Step::Done;
    if (more || bytes.empty()) return Step::NeedMore;
  }
}

}  // namespace gantry::http
