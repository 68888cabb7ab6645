#pragma once
// What all connections of a server share. Connections keep it alive, so it outlives the Server
// when the io_context is destroyed later.

#include <atomic>
#include <string>

#include <boost/asio/io_context.hpp>

#include "http/gzip.h"
#include "http/message.h"
#include "http/metrics.h"
#include "http/options.h"
#include "http/registry.h"
#include "http/reply_head.h"

namespace gantry::http {

struct ServerState {
  ServerState(boost::asio::io_context& context, ServerOptions given, Service& served);

  boost::asio::io_context& io;
  const ServerOptions options;
  const std::string prefix;
  Service& service;
  const SecurityBlock security;
  CpuBudget gzip_budget;
  ConnectionRegistry registry;
  Counters counters;
  std::atomic<bool> stopping{false};
  std::atomic<std::uint64_t> body_bytes_held{0};
  std::atomic<std::uint64_t> connections_numbered{0};
  std::atomic<std::size_t> refusals_open{0};
  // The start of request ids: random, so that ids of two runs differ.
  const std::string id_prefix;
};

}  // namespace gantry::http
