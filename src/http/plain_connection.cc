#include <boost/asio/socket_base.hpp>

#include "http/connection.h"

namespace gantry::http {
namespace {

class PlainConnection final : public Connection {
 public:
  PlainConnection(std::shared_ptr<ServerState> state, Socket socket, Peer peer)
      : Connection(std::move(state), std::move(peer), Transport::Plain),
        socket_(std::move(socket)) {
    state_->registry.add(*this, socket_.native_handle());
  }
  ~PlainConnection() override { state_->registry.remove(*this); }

  void start() override {
    // For write_now; waiting operations do not mind.
    Code ignored;
    socket_.non_blocking(true, ignored);
    begin();
  }

 private:
  void read_some(asio::mutable_buffer into) override {
    socket_.async_read_some(into,
                            [self = shared_from_this()](const Code& fault, std::size_t bytes) {
                              static_cast<PlainConnection&>(*self).on_read(fault, bytes);
                            });
  }

  void write_some(const Gather& from) override {
    socket_.async_write_some(from,
                             [self = shared_from_this()](const Code& fault, std::size_t bytes) {
                               static_cast<PlainConnection&>(*self).on_written(fault, bytes);
                             });
  }

  std::size_t write_now(const Gather& from, Code& fault) override {
    const std::size_t sent = socket_.write_some(from, fault);
    if (fault != asio::error::would_block) return sent;
    fault.clear();
    return 0;
  }

  void say_farewell() override {
    Code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    on_read(Code(), 0);
  }

  void close() override {
    state_->registry.remove(*this);
    Code ignored;
    socket_.close(ignored);
  }

  Socket socket_;
};

}  // namespace

std::shared_ptr<Connection> make_plain_connection(std::shared_ptr<ServerState> state, Socket socket,
                                                  asio::ip::address peer, Admission admission) {
  return std::make_shared<PlainConnection>(std::move(state), std::move(socket),
                                           Connection::Peer{std::move(peer), admission});
}

}  // namespace gantry::http
