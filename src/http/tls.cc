#include "http/tls.h"

#include <cerrno>
#include <cstring>
#include <fstream>

#include <boost/asio/ssl.hpp>
#include <fmt/format.h>

namespace gantry::http {
namespace {

using Code = boost::system::error_code;

class TlsConnection final : public Connection {
 public:
  TlsConnection(std::shared_ptr<ServerState> state, Socket socket, Peer peer, TlsContext context)
      : Connection(std::move(state), std::move(peer), Transport::Tls),
        context_(std::move(context)),
        stream_(std::move(socket), *context_) {
    state_->registry.add(*this, stream_.lowest_layer().native_handle());
  }
  ~TlsConnection() override { state_->registry.remove(*this); }

  void start() override {
    wait_for_handshake();
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = shared_from_this()](const Code& fault) {
                              static_cast<TlsConnection&>(*self).on_handshake(fault);
                            });
  }

 private:
  void on_handshake(const Code& fault) {
    if (!fault) return begin();
    state_->counters.add(Counter::HandshakeFailed);
    close();
  }

  void read_some(asio::mutable_buffer into) override {
    stream_.async_read_some(into,
                            [self = shared_from_this()](const Code& fault, std::size_t bytes) {
                              static_cast<TlsConnection&>(*self).on_read(fault, bytes);
                            });
  }

  void write_some(const Gather& from) override {
    // One record holds bytes of one buffer.
    const asio::const_buffer next = from[0].size() > 0 ? from[0] : from[1];
    stream_.async_write_some(next,
                             [self = shared_from_this()](const Code& fault, std::size_t bytes) {
                               static_cast<TlsConnection&>(*self).on_written(fault, bytes);
                             });
  }

  std::size_t write_now(const Gather& /*from*/, Code& /*fault*/) override { return 0; }

  void say_farewell() override {
    stream_.async_shutdown([self = shared_from_this()](const Code& /*fault*/) {
      static_cast<TlsConnection&>(*self).close();
    });
  }

  void close() override {
    state_->registry.remove(*this);
    Code ignored;
    stream_.lowest_layer().close(ignored);
  }

  const TlsContext context_;
  asio::ssl::stream<Socket> stream_;
};

// The system's words when the file cannot be opened, empty when it can.
std::string unreadable(const std::string& path) {
  errno = 0;
  const std::ifstream file(path);
  if (file) return {};
  return errno != 0 ? std::strerror(errno) : "cannot be opened";
}

Error tls_error(std::string_view what, const std::string& path, const std::string& why) {
  return Error(ErrorCode{}, fmt::format("cannot use the TLS {} {}: {}", what, path, why));
}

// The server's choice among the protocols that the client offers.
int choose_protocol(SSL* /*ssl*/, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void* /*arg*/) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* picked = nullptr;
  const int outcome = SSL_select_next_proto(&picked, chosen_size, kHttp11, sizeof kHttp11 - 1,
                                            offered, offered_size);
  *chosen = picked;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

Result<TlsContext> load_tls(const TlsFiles& files) {
  for (const auto& [what, path] :
       {std::pair{"certificate", &files.certificate_path}, std::pair{"key", &files.key_path}}) {
    if (auto why = unreadable(*path); !why.empty()) return tls_error(what, *path, why);
  }
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX* raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Idle connections give their record buffers back.
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(raw, &choose_protocol, nullptr);
  // OpenSSL asks on the terminal for the passphrase of an encrypted key; a server must not.
  Code fault;
  context->set_password_callback(
      [](std::size_t, asio::ssl::context::password_purpose) { return std::string(); }, fault);
  context->use_certificate_chain_file(files.certificate_path, fault);
  if (fault) return tls_error("certificate", files.certificate_path, fault.message());
  context->use_private_key_file(files.key_path, asio::ssl::context::pem, fault);
  if (fault) return tls_error("key", files.key_path, fault.message());
  if (SSL_CTX_check_private_key(raw) != 1) {
    return tls_error("key", files.key_path, "it does not belong to " + files.certificate_path);
  }
  return context;
}

std::shared_ptr<Connection> make_tls_connection(std::shared_ptr<ServerState> state, Socket socket,
                                                asio::ip::address peer, Admission admission,
                                                TlsContext context) {
  return std::make_shared<TlsConnection>(std::move(state), std::move(socket),
                                         Connection::Peer{std::move(peer), admission},
                                         std::move(context));
}

}  // namespace gantry::http
