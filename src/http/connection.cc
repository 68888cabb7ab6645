#include "http/connection.h"

#include <algorithm>
#include <charconv>
#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>

#include "base/compute_pool.h"
#include "base/log.h"
#include "http/client_address.h"
#include "http/coarse_clock.h"

namespace gantry::http {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// Reads of large bodies use a block of this size.
constexpr std::size_t kBodyBlockBytes = 64 * 1024;
// Replies up to this size are joined with their headers into one TLS record.
constexpr std::size_t kJoinBytesMax = 15 * 1024;
constexpr std::size_t kHeadBufferKeptMax = 16 * 1024;

void append_base36(std::string& out, std::uint64_t number) {
  char digits[16];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, 36).ptr;
  out.append(digits, static_cast<std::size_t>(end - digits));
}

std::string text_of(const std::exception_ptr& fault) {
  try {
    std::rethrow_exception(fault);
  } catch (const std::exception& known) {
    return known.what();
  } catch (...) {
    return "unknown";
  }
}

bool may_have_body(unsigned status) {
  return status >= 200 && status != 204 && status != 304;
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerState> state, Peer peer, Transport transport)
    : state_(std::move(state)),
      peer_(std::move(peer)),
      transport_(transport),
      peer_text_(parse_address(peer_.address.to_string()).value_or(std::string())),
      parser_(state_->options.limits, state_->prefix) {
  id_stem_ = state_->id_prefix;
  append_base36(id_stem_, state_->connections_numbered.fetch_add(1, std::memory_order_relaxed));
  id_stem_ += '-';
  state_->counters.add(Counter::Accepted);
}

Connection::~Connection() {
  release_body();
  state_->counters.add(Counter::Closed);
  if (peer_.admission == Admission::Welcome) {
    state_->registry.leave(peer_.address);
  } else {
    state_->refusals_open.fetch_sub(1, std::memory_order_relaxed);
  }
}

template <class Work>
void Connection::guarded(Work work) {
  try {
    work();
  } catch (const std::exception& fault) {
    log::error("connection failed", {{"request", request_id()}, {"fault", fault.what()}});
    close();
  }
}

std::string Connection::request_id() const {
  std::string id = id_stem_;
  append_base36(id, requests_);
  return id;
}

std::int64_t Connection::deadline_in(std::chrono::milliseconds time) const {
  return coarse_now_ms() + time.count();
}

std::int64_t Connection::progress_deadline(std::uint64_t bytes) const {
  const Limits& limits = state_->options.limits;
  const std::uint64_t rate = std::max<std::uint64_t>(limits.bytes_per_second_min, 1);
  const auto earned_ms = static_cast<std::int64_t>(bytes * 1000 / rate);
  return std::min(deadline_in(limits.stall_max), began_ms_ + limits.rate_grace.count() + earned_ms);
}

void Connection::begin() {
  guarded([this] {
    if (peer_.admission == Admission::OverLimit) return refuse(503);
    enter(Phase::Idle, deadline_in(state_->options.limits.header_time_max));
    read_some(buffer_.prepare(ReadBuffer::kUsualBytes));
  });
}

void Connection::wait_for_handshake() {
  enter(Phase::Sending, deadline_in(state_->options.limits.header_time_max));
}

void Connection::on_read(const Code& fault, std::size_t bytes) {
  guarded([&] {
    if (fault) return read_failed();
    state_->counters.add(Counter::BytesReceived, bytes);
    if (lingering_) return linger(bytes);
    buffer_.commit(bytes);
    advance();
  });
}

void Connection::read_failed() {
  const bool in_request = phase() == Phase::Head || phase() == Phase::Body;
  if (!lingering_ && in_request && expired()) return refuse(408);
  close();
}

void Connection::advance() {
  for (;;) {
    std::size_t used = 0;
    const RequestParser::Step step = parser_.advance(buffer_.view(), used);
    buffer_.consume(used);
    switch (step) {
      case RequestParser::Step::NeedMore:
        if (!hold_body()) return refuse(503);
        return wait_for_bytes();
      case RequestParser::Step::Head:
        if (!accept_head()) return;
        break;
      case RequestParser::Step::Done:
        if (!hold_body()) return refuse(503);
        if (!serve()) return;
        break;
      case RequestParser::Step::Failed:
        return refuse(parser_.failure());
    }
  }
}

void Connection::wait_for_bytes() {
  std::size_t wanted = ReadBuffer::kUsualBytes;
  if (parser_.head_done()) {
    const std::uint64_t received = parser_.request().body.size();
    const auto& length = parser_.facts().content_length;
    if (!length || *length - received > ReadBuffer::kUsualBytes) wanted = kBodyBlockBytes;
    enter(Phase::Body, progress_deadline(received));
  } else if (parser_.started() || !buffer_.empty()) {
    if (phase() != Phase::Head) began_ms_ = coarse_now_ms();
    enter(Phase::Head, began_ms_ + state_->options.limits.header_time_max.count());
  } else {
    enter(Phase::Idle, deadline_in(state_->options.limits.keep_alive_idle_max));
    if (state_->stopping.load(std::memory_order_seq_cst)) return close();
  }
  read_some(buffer_.prepare(wanted));
}

bool Connection::accept_head() {
  const RequestParser::Facts& facts = parser_.facts();
  if (!facts.has_body) return true;
  if (facts.outside_prefix) {
    refuse(404);
    return false;
  }
  const Request& request = parser_.request();
  const std::size_t bytes_max = state_->service.body_bytes_max(request.method, request.path());
  if (facts.content_length.value_or(0) > bytes_max) {
    refuse(413);
    return false;
  }
  parser_.set_body_bytes_max(bytes_max);
  began_ms_ = coarse_now_ms();
  if (!facts.expects_continue || !buffer_.empty()) return true;
  send_continue();
  return false;
}

bool Connection::hold_body() {
  const std::uint64_t now_held = parser_.request().body.size();
  const std::uint64_t grown = now_held - body_held_;
  if (grown == 0) return true;
  body_held_ = now_held;
  return state_->body_bytes_held.fetch_add(grown, std::memory_order_relaxed) + grown <=
         state_->options.limits.bodies_bytes_max;
}

void Connection::release_body() {
  if (body_held_ == 0) return;
  state_->body_bytes_held.fetch_sub(body_held_, std::memory_order_relaxed);
  body_held_ = 0;
}

bool Connection::serve() {
  const RequestParser::Facts& facts = parser_.facts();
  Request& request = parser_.request();
  ++requests_;
  keep_alive_ = facts.keep_alive;
  http11_ = facts.http11;
  accepts_gzip_ = facts.accepts_gzip;
  head_only_ = request.method == Method::Head;
  enter(Phase::Serving, kNoDeadline);
  if (facts.outside_prefix) return send(plain_reply(404));
  request.id = request_id();
  request.secure = transport_ == Transport::Tls;
  request.remote_address =
      client_address(peer_text_, facts.real_ip, facts.forwarded_for, state_->options);
  std::optional<Answer> answer;
  try {
    answer.emplace(state_->service.serve(std::move(request)));
  } catch (...) {
    return send(internal_error(std::current_exception()));
  }
  if (auto* reply = std::get_if<Response>(&*answer)) return send(std::move(*reply));
  await_answer(std::move(std::get<1>(*answer)));
  return false;
}

Response Connection::internal_error(const std::exception_ptr& fault) const {
  log::error("request failed", {{"request", request_id()}, {"fault", text_of(fault)}});
  Response reply = plain_reply(500);
  reply.headers.add("X-Request-Id", request_id());
  return reply;
}

void Connection::await_answer(asio::awaitable<Response> answer) {
  auto done = [self = shared_from_this()](std::exception_ptr fault, Response reply) {
    self->on_answer(fault, std::move(reply));
  };
  const auto executor = state_->io.get_executor();
  if (state_->options.threads <= 1) {
    asio::co_spawn(executor, std::move(answer), std::move(done));
  } else {
    asio::co_spawn(asio::make_strand(executor), std::move(answer), std::move(done));
  }
}

void Connection::on_answer(const std::exception_ptr& fault, Response reply) {
  guarded([&] {
    if (send(fault ? internal_error(fault) : std::move(reply))) advance();
  });
}

bool Connection::wants_gzip() const {
  const std::string_view bytes = reply_.bytes();
  return bytes.size() >= state_->options.gzip.reply_bytes_min && may_have_body(reply_.status) &&
         reply_.status != 206 && is_compressible(reply_.content_type) &&
         reply_.headers.find("Content-Encoding").empty();
}

bool Connection::send(Response&& reply) {
  reply_ = std::move(reply);
  gzipped_ = false;
  if (!accepts_gzip_ || head_only_ || !wants_gzip()) return transmit();
  const Gzip& options = state_->options.gzip;
  if (reply_.bytes().size() > options.inline_bytes_max) {
    if (options.pool == nullptr) return transmit();
    compress_on_pool();
    return false;
  }
  if (state_->gzip_budget.may_spend()) {
    const auto began = std::chrono::steady_clock::now();
    if (auto smaller = gzip(reply_.bytes(), options.level)) {
      reply_.body = std::move(*smaller);
      gzipped_ = true;
    }
    state_->gzip_budget.spend(std::chrono::steady_clock::now() - began);
  }
  return transmit();
}

void Connection::compress_on_pool() {
  using Bytes = std::optional<std::string>;
  std::shared_ptr<const std::string> whole;
  if (auto* own = std::get_if<std::string>(&reply_.body)) {
    whole = std::make_shared<const std::string>(std::move(*own));
    reply_.body = whole;
  } else {
    whole = std::get<1>(reply_.body);
  }
  auto work = [whole, level = state_->options.gzip.level] { return gzip(*whole, level); };
  auto done = [self = shared_from_this()](std::exception_ptr fault, Result<Bytes> smaller) {
    self->guarded([&] {
      // A busy pool is no fault: the reply goes as it is.
      if (!fault && smaller && *smaller) {
        self->reply_.body = std::move(**smaller);
        self->gzipped_ = true;
      }
      if (self->transmit()) self->advance();
    });
  };
  asio::co_spawn(state_->io.get_executor(),
                 state_->options.gzip.pool->run<Bytes>(std::move(work), Error()), std::move(done));
}

bool Connection::transmit() {
  if (state_->stopping.load(std::memory_order_relaxed)) keep_alive_ = false;
  const std::string_view body = reply_.bytes();
  ReplyHead head;
  if (!keep_alive_) {
    head.keep_alive = KeepAlive::No;
  } else if (!http11_) {
    head.keep_alive = KeepAlive::Said;
  }
  const bool with_body = may_have_body(reply_.status);
  const std::size_t body_size = reply_.body_size();
  if (with_body) head.content_length = body_size;
  head.gzipped = gzipped_;
  head.varies_by_encoding = gzipped_ || wants_gzip();
  if (gzipped_) state_->counters.add(Counter::Compressed);
  head_.clear();
  compose_head(head_, reply_, head, state_->security);

  unsent_ = {asio::buffer(head_), asio::const_buffer()};
  if (with_body && !head_only_ && !body.empty()) {
    if (transport_ == Transport::Tls && body.size() <= kJoinBytesMax) {
      head_ += body;
      unsent_[0] = asio::buffer(head_);
    } else {
      unsent_[1] = asio::buffer(body.data(), body.size());
    }
  }
  reply_bytes_ = unsent_[0].size() + unsent_[1].size();
  next_piece_ = 0;
  if (with_body && !head_only_ && std::holds_alternative<Pieces>(reply_.body)) {
    reply_bytes_ += body_size;
  }
  sent_bytes_ = 0;
  after_write_ = AfterWrite::Reply;

  Code fault;
  const std::size_t sent = write_now(unsent_, fault);
  if (fault) {
    close();
    return false;
  }
  if (sent == reply_bytes_) return after_reply();
  began_ms_ = coarse_now_ms();
  enter(Phase::Sending, progress_deadline(0));
  on_written(Code(), sent);
  return false;
}

void Connection::on_written(const Code& fault, std::size_t bytes) {
  guarded([&] {
    if (fault) return close();
    sent_bytes_ += bytes;
    const std::size_t of_first = std::min(bytes, unsent_[0].size());
    unsent_[0] += of_first;
    unsent_[1] += bytes - of_first;
    const bool some_left = unsent_[0].size() + unsent_[1].size() > 0;
    if (some_left || take_next_pieces()) {
      set_deadline(progress_deadline(sent_bytes_));
      return write_some(unsent_);
    }
    if (after_write_ == AfterWrite::Body) return advance();
    if (after_reply()) advance();
  });
}

// The next two pieces of the body; what was sent before is let go.
bool Connection::take_next_pieces() {
  auto* pieces = std::get_if<Pieces>(&reply_.body);
  if (after_write_ != AfterWrite::Reply || pieces == nullptr || sent_bytes_ == reply_bytes_) {
    return false;
  }
  for (asio::const_buffer& buffer : unsent_) {
    if (next_piece_ >= 2) (*pieces)[next_piece_ - 2].reset();
    buffer = asio::const_buffer();
    if (next_piece_ < pieces->size()) {
      buffer = asio::buffer(*(*pieces)[next_piece_]);
      ++next_piece_;
    }
  }
  return true;
}

bool Connection::after_reply() {
  state_->counters.add_reply(reply_.status, reply_bytes_);
  reply_.body.emplace<std::string>();
  if (head_.capacity() > kHeadBufferKeptMax) head_ = std::string();
  release_body();
  if (!keep_alive_) {
    finish();
    return false;
  }
  parser_.reset();
  return true;
}

void Connection::send_continue() {
  unsent_ = {asio::buffer(kContinue.data(), kContinue.size()), asio::const_buffer()};
  sent_bytes_ = 0;
  after_write_ = AfterWrite::Body;
  began_ms_ = coarse_now_ms();
  enter(Phase::Sending, progress_deadline(0));
  Code fault;
  const std::size_t sent = write_now(unsent_, fault);
  on_written(fault, sent);
}

void Connection::refuse(unsigned status) {
  keep_alive_ = false;
  unread_input_ = true;
  head_only_ = false;
  accepts_gzip_ = false;
  if (status == 413) state_->counters.add(Counter::TooLarge);
  Response reply = plain_reply(status);
  if (status == 503) reply.headers.add("Retry-After", "1");
  send(std::move(reply));
}

void Connection::finish() {
  if (!unread_input_ && buffer_.empty() && transport_ == Transport::Plain) return close();
  lingering_ = true;
  enter(Phase::Sending, deadline_in(state_->options.limits.linger_time_max));
  say_farewell();
}

void Connection::linger(std::size_t bytes) {
  lingered_bytes_ += bytes;
  if (lingered_bytes_ > state_->options.limits.linger_bytes_max) return close();
  buffer_.clear();
  read_some(buffer_.prepare(ReadBuffer::kUsualBytes));
}

}  // namespace gantry::http
