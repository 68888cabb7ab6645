#include <cstdlib>
#include <fstream>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include "http/server.h"
#include "http_fixture.h"

namespace gantry::http {
namespace {

using asio::ip::tcp;

// A fresh key and a certificate for it.
TlsFiles make_certificate(const std::string& name) {
  const std::string base = testing::TempDir() + "gantry_tls_" + std::to_string(getpid()) + name;
  const TlsFiles files{base + ".crt", base + ".key"};
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
      "/CN=localhost -keyout '" +
      files.key_path + "' -out '" + files.certificate_path + "' 2>/dev/null";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl failed");
  return files;
}

const TlsFiles& certificate() {
  static const TlsFiles files = make_certificate("a");
  return files;
}

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port)
      : context_(asio::ssl::context::tls_client),
        stream_(io_, context_),
        reader_([this] { return receive(); }) {
    stream_.lowest_layer().connect({asio::ip::address_v4::loopback(), port});
    stream_.handshake(asio::ssl::stream_base::client);
  }

  void send(std::string_view bytes) { asio::write(stream_, asio::buffer(bytes)); }
  Reply read() { return reader_.read(); }
  std::string rest() { return reader_.rest(); }
  boost::system::error_code ended_by() const { return ended_by_; }

 private:
  std::string receive() {
    char block[16384];
    const std::size_t got = stream_.read_some(asio::buffer(block), ended_by_);
    return std::string(block, got);
  }

  asio::io_context io_;
  asio::ssl::context context_;
  asio::ssl::stream<tcp::socket> stream_;
  boost::system::error_code ended_by_;
  ReplyReader reader_;
};

ServerOptions with_tls() {
  ServerOptions options;
  options.tls = certificate();
  return options;
}

TEST(ServerTls, serves_small_and_large_replies) {
  TestServer server(with_tls());
  EXPECT_TRUE(server.server().endpoints()[0].secure);
  const std::string large(2 * 1024 * 1024, 'L');
  server.service.answer = [&](Request request) {
    Response reply;
    reply.body = request.target == "/large" ? large : (request.secure ? "secure" : "plain");
    return reply;
  };
  TlsClient client(server.port());
  client.send(get("/"));
  EXPECT_EQ(client.read().body, "secure");
  client.send(get("/large") + get("/"));
  EXPECT_EQ(client.read().body, large);
  EXPECT_EQ(client.read().body, "secure");
}

TEST(ServerTls, says_farewell_when_it_closes) {
  TestServer server(with_tls());
  TlsClient client(server.port());
  client.send(get("/", "Connection: close\r\n"));
  EXPECT_EQ(client.read().status, 200U);
  EXPECT_EQ(client.rest(), "");
  EXPECT_EQ(client.ended_by(), asio::error::eof);
}

TEST(ServerTls, counts_failed_handshakes_and_cuts_silent_ones) {
  ServerOptions options = with_tls();
  options.limits.header_time_max = std::chrono::milliseconds(50);
  TestServer server(options);
  Client plain(server.port());
  plain.send(get("/"));
  plain.rest();
  EXPECT_TRUE(eventually([&] { return server.server().metrics().handshakes_failed == 1; }));
  Client silent(server.port());
  EXPECT_EQ(silent.rest(), "");
}

TEST(ServerTls, tells_a_slow_client_over_tls_as_well) {
  ServerOptions options = with_tls();
  options.limits.header_time_max = std::chrono::milliseconds(100);
  TestServer server(options);
  TlsClient client(server.port());
  client.send("GET / HTT");
  client.rest();
  EXPECT_TRUE(eventually([&] { return server.server().metrics().connections_open() == 0; }));
}

std::string start_error(const TlsFiles& files) {
  asio::io_context io;
  FunctionService service;
  ServerOptions options;
  options.listen = {{"127.0.0.1", 0}};
  options.tls = files;
  Server server(io, options, service);
  const auto started = server.start();
  return started ? "started" : started.error().message;
}

TEST(ServerTls, names_the_file_that_it_cannot_use) {
  const std::string missing = testing::TempDir() + "gantry_no_such_file";
  EXPECT_EQ(start_error({missing, certificate().key_path}),
            "cannot use the TLS certificate " + missing + ": No such file or directory");
  EXPECT_EQ(start_error({certificate().certificate_path, missing}),
            "cannot use the TLS key " + missing + ": No such file or directory");
  const std::string junk = testing::TempDir() + "gantry_junk.pem";
  std::ofstream(junk) << "junk";
  EXPECT_EQ(
      start_error({junk, certificate().key_path}).find("cannot use the TLS certificate " + junk),
      0U);
  const TlsFiles other = make_certificate("b");
  EXPECT_EQ(start_error({certificate().certificate_path, other.key_path})
                .find("cannot use the TLS key " + other.key_path),
            0U);
}

}  // namespace
}  // namespace gantry::http
