#include "http/server.h"

#include <list>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/crypto.h"
#include "base/log.h"
#include "http/coarse_clock.h"
#include "http/connection.h"
#include "http/server_state.h"
#include "http/target.h"
#include "http/tls.h"

namespace gantry::http {
namespace {

using asio::ip::tcp;
using Code = boost::system::error_code;

// After a failed accept (no descriptors left), before the next.
constexpr std::chrono::milliseconds kAcceptPause{100};
// Clients over the limit that may be told so at once; those beyond are cut without a word.
constexpr std::size_t kRefusalsMax = 256;
constexpr std::size_t kIdPrefixBytes = 2;  // four hexadecimal digits
constexpr int kBacklog = 4096;

}  // namespace

std::string Endpoint::url() const {
  const bool v6 = address.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}", secure ? "https" : "http", v6 ? "[" : "", address,
                     v6 ? "]" : "", port);
}

ServerState::ServerState(asio::io_context& context, ServerOptions given, Service& served)
    : io(context),
      options(std::move(given)),
      prefix(to_prefix(options.path_prefix)),
      service(served),
      security(options.security),
      gzip_budget(options.gzip.cpu_share_max),
      registry(options.limits.connections_max, options.limits.connections_per_address_max),
      id_prefix(hex_encode(random_bytes(kIdPrefixBytes))) {}

// The acceptors and the sweep, all on one strand.
class Server::Listening : public std::enable_shared_from_this<Listening> {
 public:
  Listening(asio::io_context& io, ServerOptions options, Service& service)
      : state_(std::make_shared<ServerState>(io, std::move(options), service)),
        strand_(asio::make_strand(io.get_executor())),
        sweep_timer_(strand_),
        drained_(strand_) {}

  Result<void> open();
  const std::vector<Endpoint>& endpoints() const { return endpoints_; }
  ServerState& state() { return *state_; }
  void abandon();
  static asio::awaitable<std::size_t> stop(std::shared_ptr<Listening> self,
                                           std::chrono::milliseconds grace);

 private:
  using Strand = asio::strand<asio::io_context::executor_type>;
  using Acceptor = asio::basic_socket_acceptor<tcp, Strand>;
  using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                           asio::wait_traits<std::chrono::steady_clock>, Strand>;

  struct Door {
    explicit Door(const Strand& strand) : acceptor(strand), pause(strand) {}
    Acceptor acceptor;
    Timer pause;
  };

  Result<void> open_door(const ListenAddress& where);
  void watch_for_empty();
  void accept_next(Door& door);
  void welcome(Socket socket);
  void arm_sweep();
  void close_doors();
  static asio::awaitable<std::size_t> stop_on_strand(std::shared_ptr<Listening> self,
                                                     std::chrono::milliseconds grace);

  const std::shared_ptr<ServerState> state_;
  Strand strand_;
  std::list<Door> doors_;
  std::vector<Endpoint> endpoints_;
  TlsContext tls_;
  Timer sweep_timer_;
  bool sweeping_ = false;
  Timer drained_;
  std::atomic<bool> draining_{false};
};

Result<void> Server::Listening::open() {
  const ServerOptions& options = state_->options;
  if (options.listen.empty()) return Error(ErrorCode{}, "no address to listen on");
  if (options.tls) {
    TRY(tls_, load_tls(*options.tls));
  }
  for (const ListenAddress& where : options.listen) {
    if (auto opened = open_door(where); !opened) {
      close_doors();
      doors_.clear();
      endpoints_.clear();
      return opened;
    }
  }
  watch_for_empty();
  // The strand serves the first connection when its threads run, perhaps already now.
  asio::post(strand_, [self = shared_from_this()] {
    for (Door& door : self->doors_) self->accept_next(door);
  });
  return Done{};
}

Result<void> Server::Listening::open_door(const ListenAddress& where) {
  Code fault;
  const asio::ip::address address = asio::ip::make_address(where.address, fault);
  if (fault) {
    return Error(
        ErrorCode{},
        fmt::format("cannot listen on \"{}\": it is not an IPv4 or IPv6 address", where.address));
  }
  Door& door = doors_.emplace_back(strand_);
  Acceptor& acceptor = door.acceptor;
  acceptor.open(address.is_v6() ? tcp::v6() : tcp::v4(), fault);
  if (!fault) acceptor.set_option(asio::socket_base::reuse_address(true), fault);
  if (!fault && address.is_v6()) {
    // "::" takes IPv4 as well, unless that has a listener of its own.
    const auto& all = state_->options.listen;
    const bool own_v4 = std::any_of(all.begin(), all.end(), [&](const ListenAddress& other) {
      return other.port == where.port && other.address.find(':') == std::string::npos;
    });
    acceptor.set_option(asio::ip::v6_only(own_v4), fault);
  }
  if (!fault) acceptor.bind({address, where.port}, fault);
  if (!fault) acceptor.listen(kBacklog, fault);
  tcp::endpoint bound;
  if (!fault) bound = acceptor.local_endpoint(fault);
  if (fault) {
    return Error(ErrorCode{}, fmt::format("cannot listen on {} port {}: {}", where.address,
                                          where.port, fault.message()));
  }
  endpoints_.push_back({bound.address().to_string(), bound.port(), tls_ != nullptr});
  return Done{};
}

void Server::Listening::watch_for_empty() {
  state_->registry.on_empty([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || !self->draining_.load()) return;
    asio::post(self->strand_, [self] { self->drained_.cancel(); });
  });
}

void Server::Listening::accept_next(Door& door) {
  if (!door.acceptor.is_open()) return;
  auto accepted = [self = shared_from_this(), &door](const Code& fault, Socket socket) {
    if (!door.acceptor.is_open()) return;
    if (!fault) {
      try {
        self->welcome(std::move(socket));
      } catch (const std::exception& failed) {
        log::error("cannot take a connection", {{"fault", failed.what()}});
      }
      return self->accept_next(door);
    }
    if (fault == asio::error::connection_aborted) return self->accept_next(door);
    log::warn("cannot accept a connection", {{"fault", fault.message()}});
    door.pause.expires_after(kAcceptPause);
    door.pause.async_wait([self, &door](const Code&) { self->accept_next(door); });
  };
  door.acceptor.async_accept(state_->io.get_executor(), std::move(accepted));
}

void Server::Listening::welcome(Socket socket) {
  Code fault;
  const tcp::endpoint peer = socket.remote_endpoint(fault);
  if (fault) return;
  socket.set_option(tcp::no_delay(true), fault);
  Admission admission = Admission::Welcome;
  if (!state_->registry.admit(peer.address())) {
    state_->counters.add(Counter::Refused);
    if (state_->refusals_open.fetch_add(1) >= kRefusalsMax) {
      state_->refusals_open.fetch_sub(1);
      return;
    }
    admission = Admission::OverLimit;
  }
  const auto connection =
      tls_ ? make_tls_connection(state_, std::move(socket), peer.address(), admission, tls_)
           : make_plain_connection(state_, std::move(socket), peer.address(), admission);
  arm_sweep();
  connection->start();
}

void Server::Listening::arm_sweep() {
  if (sweeping_) return;
  sweeping_ = true;
  sweep_timer_.expires_after(state_->options.limits.sweep_interval);
  sweep_timer_.async_wait([self = shared_from_this()](const Code& fault) {
    self->sweeping_ = false;
    if (fault) return;
    const auto swept = self->state_->registry.sweep(coarse_now_ms());
    self->state_->counters.add(Counter::TimedOut, swept.ended);
    // Without connections nothing ticks; the next one starts it again.
    if (swept.left > 0) self->arm_sweep();
  });
}

void Server::Listening::close_doors() {
  Code ignored;
  for (Door& door : doors_) {
    door.acceptor.close(ignored);
    door.pause.cancel();
  }
}

void Server::Listening::abandon() {
  state_->stopping.store(true, std::memory_order_seq_cst);
  state_->registry.close_all();
  asio::post(strand_, [self = shared_from_this()] {
    self->close_doors();
    self->state_->registry.close_all();
  });
}

asio::awaitable<std::size_t> Server::Listening::stop(std::shared_ptr<Listening> self,
                                                     std::chrono::milliseconds grace) {
  const Strand strand = self->strand_;
  co_return co_await asio::co_spawn(strand, stop_on_strand(std::move(self), grace),
                                    asio::use_awaitable);
}

asio::awaitable<std::size_t> Server::Listening::stop_on_strand(std::shared_ptr<Listening> self,
                                                               std::chrono::milliseconds grace) {
  ServerState& state = *self->state_;
  self->close_doors();
  state.stopping.store(true, std::memory_order_seq_cst);
  state.registry.close_idle();
  self->draining_.store(true);
  if (state.registry.size() > 0) {
    self->drained_.expires_after(grace);
    Code cancelled;
    co_await self->drained_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  self->draining_.store(false);
  const std::size_t left = state.registry.size();
  state.registry.close_all();
  co_return left;
}

Server::Server(asio::io_context& io, ServerOptions options, Service& service)
    : listening_(std::make_shared<Listening>(io, std::move(options), service)) {}

Server::~Server() {
  listening_->abandon();
}

Result<void> Server::start() {
  return listening_->open();
}

std::vector<Endpoint> Server::endpoints() const {
  return listening_->endpoints();
}

asio::awaitable<std::size_t> Server::stop(std::chrono::milliseconds grace) {
  return Listening::stop(listening_, grace);
}

Metrics Server::metrics() const {
  const ServerState& state = listening_->state();
  const Counters& counters = state.counters;
  Metrics out;
  // Closed before accepted, so that the difference is never negative.
  out.connections_closed = counters.sum(Counter::Closed);
  out.connections_accepted = counters.sum(Counter::Accepted);
  out.connections_refused = counters.sum(Counter::Refused);
  out.connections_timed_out = counters.sum(Counter::TimedOut);
  out.bodies_too_large = counters.sum(Counter::TooLarge);
  out.handshakes_failed = counters.sum(Counter::HandshakeFailed);
  for (std::size_t i = 0; i < out.replies_by_class.size(); ++i) {
    out.replies_by_class[i] =
        counters.sum(static_cast<Counter>(static_cast<std::size_t>(Counter::Replies1xx) + i));
  }
  out.replies_compressed = counters.sum(Counter::Compressed);
  out.bytes_received = counters.sum(Counter::BytesReceived);
  out.bytes_sent = counters.sum(Counter::BytesSent);
  out.body_bytes_held = state.body_bytes_held.load(std::memory_order_relaxed);
  return out;
}

}  // namespace gantry::http
