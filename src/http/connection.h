#pragma once
// One client connection: reads requests, asks the service, sends replies, one after the other.
//
// Owned by its pending operation, of which there is always exactly one (a read, a write or an
// answer that is waited for). So no two threads are in a connection at once and it needs no strand;
// the registry touches it only in ways that are safe at any time.

#include <array>
#include <memory>
#include <string>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "http/read_buffer.h"
#include "http/request_parser.h"
#include "http/server_state.h"

namespace gantry::http {

using Socket = asio::basic_stream_socket<asio::ip::tcp, asio::io_context::executor_type>;

enum class Admission { Welcome, OverLimit };

class Connection : public Registered, public std::enable_shared_from_this<Connection> {
 public:
  struct Peer {
    asio::ip::address address;
    Admission admission = Admission::Welcome;
  };

  virtual ~Connection();
  // Once, right after construction.
  virtual void start() = 0;

 protected:
  using Code = boost::system::error_code;
  using Gather = std::array<asio::const_buffer, 2>;

  enum class Transport { Plain, Tls };

  Connection(std::shared_ptr<ServerState> state, Peer peer, Transport transport);

  // What the transport offers. read_some() ends in on_read(), write_some() in on_written().
  virtual void read_some(asio::mutable_buffer into) = 0;
  virtual void write_some(const Gather& from) = 0;
  // Takes what goes without waiting, perhaps nothing.
  virtual std::size_t write_now(const Gather& from, Code& fault) = 0;
  // Tells the peer that no more will come; ends in on_read(), or in close().
  virtual void say_farewell() = 0;
  virtual void close() = 0;

  // The transport is ready for the first request.
  void begin();
  void on_read(const Code& fault, std::size_t bytes);
  void on_written(const Code& fault, std::size_t bytes);
  void wait_for_handshake();

  const std::shared_ptr<ServerState> state_;

 private:
  enum class AfterWrite { Reply, Body };

  // Runs `work`; a fault that escapes closes the connection.
  template <class Work>
  void guarded(Work work);

  // Goes on until there is something to wait for.
  void advance();
  void wait_for_bytes();
  void read_failed();
  // False when the request was refused or something has to be waited for.
  bool accept_head();
  bool hold_body();
  void release_body();
  bool take_next_pieces();

  // These return true when the reply has left and the next request may be read.
  bool serve();
  bool send(Response&& reply);
  bool transmit();
  bool after_reply();

  void await_answer(asio::awaitable<Response> answer);
  void on_answer(const std::exception_ptr& fault, Response reply);
  bool wants_gzip() const;
  void compress_on_pool();
  void send_continue();
  void refuse(unsigned status);
  void finish();
  void linger(std::size_t bytes);

  Response internal_error(const std::exception_ptr& fault) const;
  std::string request_id() const;
  std::int64_t deadline_in(std::chrono::milliseconds time) const;
  std::int64_t progress_deadline(std::uint64_t bytes) const;

  const Peer peer_;
  const Transport transport_;
  const std::string peer_text_;
  std::string id_stem_;
  std::uint64_t requests_ = 0;

  ReadBuffer buffer_;
  RequestParser parser_;
  std::uint64_t body_held_ = 0;
  // When the current head, body or reply began.
  std::int64_t began_ms_ = 0;

  std::string head_;
  Response reply_;
  Gather unsent_;
  std::size_t next_piece_ = 0;
  std::uint64_t reply_bytes_ = 0;
  std::uint64_t sent_bytes_ = 0;
  AfterWrite after_write_ = AfterWrite::Reply;

  bool keep_alive_ = true;
  bool http11_ = true;
  bool head_only_ = false;
  bool accepts_gzip_ = false;
  bool gzipped_ = false;
  bool unread_input_ = false;
  bool lingering_ = false;
  std::size_t lingered_bytes_ = 0;
};

// The two kinds; the TLS one is made in tls.cc.
std::shared_ptr<Connection> make_plain_connection(std::shared_ptr<ServerState> state, Socket socket,
                                                  asio::ip::address peer, Admission admission);

}  // namespace gantry::http
