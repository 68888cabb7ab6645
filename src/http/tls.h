#pragma once
// TLS for client connections: the certificate with its key, and the connection over it.

#include <memory>

#include "base/result.h"
#include "http/connection.h"
#include "http/options.h"

namespace boost::asio::ssl {
class context;
}

namespace gantry::http {

using TlsContext = std::shared_ptr<asio::ssl::context>;

// TLS 1.2 and 1.3, HTTP/1.1 by ALPN. Fails with a text that names the file and what is wrong.
Result<TlsContext> load_tls(const TlsFiles& files);

std::shared_ptr<Connection> make_tls_connection(std::shared_ptr<ServerState> state, Socket socket,
                                                asio::ip::address peer, Admission admission,
                                                TlsContext context);

}  // namespace gantry::http
