// script_runner: reads cases from standard input, one JSON object a line, runs each through a
// WorkerPool and prints one JSON object a line.
//
// A case: {"source", "mode": "sloppy"|"plain", "integration"?, "revision"?, "fresh"?, "runs":
// [{"method", "argument"}], "http": [{"method", "url", "status", "headers", "body"} or
// {"method", "url", "error"}]}. An answer: {"compiled"} and {"runs": [{"status", "result"?,
// "error"?, "console"}]}, or {"compile_error"}. With "repeat": N the first run is made N times
// more, "parallel": K at once (each its own integration), and "per_second" says how fast.
#include <iostream>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "integrations/script/worker_pool.h"

namespace script = gantry::integrations::script;
namespace asio = boost::asio;
namespace json = boost::json;

namespace {

const char* status_name(script::RunStatus status) {
  switch (status) {
    case script::RunStatus::Returned:
      return "returned";
    case script::RunStatus::Threw:
      return "threw";
    case script::RunStatus::NoMethod:
      return "no-method";
    case script::RunStatus::LoadFailed:
      return "load-failed";
    case script::RunStatus::LimitExceeded:
      return "limit";
    case script::RunStatus::EngineBusy:
      return "busy";
    case script::RunStatus::EngineFailed:
      return "failed";
  }
  return "";
}

const char* level_name(script::ConsoleLevel level) {
  switch (level) {
    case script::ConsoleLevel::Debug:
      return "debug";
    case script::ConsoleLevel::Log:
      return "log";
    case script::ConsoleLevel::Info:
      return "info";
    case script::ConsoleLevel::Warn:
      return "warn";
    case script::ConsoleLevel::Error:
      return "error";
  }
  return "";
}

json::object fault_json(const script::ScriptFault& fault) {
  return {{"name", fault.name}, {"message", fault.message}, {"stack", fault.stack}};
}

script::ScriptMethod method_of(std::string_view name) {
  if (name == "prepare_outgoing_request") return script::ScriptMethod::PrepareOutgoingRequest;
  if (name == "process_outgoing_response") return script::ScriptMethod::ProcessOutgoingResponse;
  return script::ScriptMethod::ProcessIncomingRequest;
}

// The canned answer of the case whose method and url are asked for.
asio::awaitable<script::HttpPowerReply> answer(json::array canned,
                                               script::HttpPowerRequest request) {
  script::HttpPowerReply reply;
  reply.error = "getaddrinfo ENOTFOUND";
  for (const json::value& one : canned) {
    const json::object& entry = one.as_object();
    if (gantry::text_of(entry, "url") != request.url ||
        gantry::text_of(entry, "method") != request.method) {
      continue;
    }
    reply.error = gantry::text_of(entry, "error");
    reply.url = request.url;
    if (const json::value* status = entry.if_contains("status")) {
      reply.status = static_cast<int>(status->to_number<int>());
    }
    reply.status_text = gantry::text_of(entry, "statusText");
    if (const json::value* headers = entry.if_contains("headers")) {
      for (const auto& [name, value] : headers->as_object()) {
        reply.headers.emplace_back(name, value.as_string());
      }
    }
    reply.body =
        entry.contains("echo") ? request.body.value_or("") : gantry::text_of(entry, "body");
    break;
  }
  co_return reply;
}

asio::awaitable<void> run_again(script::WorkerPool& pool, script::RunRequest request, int times) {
  for (int i = 0; i < times; ++i) co_await pool.run(request);
}

double runs_per_second(asio::io_context& io, script::WorkerPool& pool, const json::object& one,
                       const std::string& code, int times, int parallel) {
  std::vector<std::future<void>> lines;
  const auto started = std::chrono::steady_clock::now();
  for (int line = 0; line < parallel; ++line) {
    const json::object& run = one.at("runs").as_array().at(0).as_object();
    script::RunRequest request;
    request.integration_id = "repeated-" + std::to_string(line);
    request.revision = "1";
    request.code = std::make_shared<const std::string>(code);
    request.method = method_of(gantry::text_of(run, "method"));
    request.argument = run.at("argument").as_object();
    request.fresh_state = one.contains("fresh");
    lines.push_back(
        asio::co_spawn(io, run_again(pool, std::move(request), times), asio::use_future));
  }
  for (auto& line : lines) line.get();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - started;
  return times * parallel / took.count();
}

json::object run_case(asio::io_context& io, script::WorkerPool& pool, const json::object& one) {
  static int number = 0;
  const auto mode = gantry::text_of(one, "mode") == "plain" ? script::CompileMode::Plain
                                                            : script::CompileMode::Sloppy;
  auto compiled =
      asio::co_spawn(io, pool.compile(std::string(gantry::text_of(one, "source")), mode, {}),
                     asio::use_future)
          .get();
  if (!compiled.code) return {{"compile_error", fault_json(compiled.fault)}};
  json::object answer_json{{"compiled", *compiled.code}};
  json::array runs;
  json::object store;
  const std::string integration = "case-" + std::to_string(++number);
  json::array canned;
  if (const json::value* http = one.if_contains("http")) canned = http->as_array();
  for (const json::value& run : one.at("runs").as_array()) {
    script::RunRequest request;
    request.integration_id = integration;
    request.revision = "1";
    request.code = std::make_shared<const std::string>(*compiled.code);
    request.method = method_of(gantry::text_of(run.as_object(), "method"));
    request.argument = run.at("argument").as_object();
    request.store = store;
    request.fresh_state = one.contains("fresh");
    request.http = [canned](script::HttpPowerRequest asked) { return answer(canned, asked); };
    script::RunOutcome outcome =
        asio::co_spawn(io, pool.run(std::move(request)), asio::use_future).get();
    if (outcome.store) store = *outcome.store;
    json::object made{{"status", status_name(outcome.status)}};
    if (outcome.result) made["result"] = *outcome.result;
    if (!outcome.fault.name.empty()) made["error"] = fault_json(outcome.fault);
    json::array console;
    for (const script::ConsoleLine& line : outcome.console) {
      console.push_back(json::array{level_name(line.level), line.text});
    }
    made["console"] = std::move(console);
    made["cpu_us"] = outcome.cost.cpu_us;
    made["wall_ms"] = outcome.cost.wall_ms;
    made["memory_bytes"] = outcome.cost.memory_bytes;
    if (outcome.store) made["store"] = *outcome.store;
    runs.push_back(std::move(made));
  }
  answer_json["runs"] = std::move(runs);
  if (const json::value* repeat = one.if_contains("repeat")) {
    const json::value* parallel = one.if_contains("parallel");
    answer_json["per_second"] =
        runs_per_second(io, pool, one, *compiled.code, repeat->to_number<int>(),
                        parallel ? parallel->to_number<int>() : 1);
  }
  return answer_json;
}

}  // namespace

int main() {
  asio::io_context io;
  auto work = asio::make_work_guard(io);
  std::thread thread([&io] { io.run(); });
  {
    script::WorkerPool pool(io, {});
    std::string line;
    while (std::getline(std::cin, line)) {
      if (line.empty()) continue;
      std::cout << json::serialize(run_case(io, pool, json::parse(line).as_object())) << std::endl;
    }
  }
  work.reset();
  thread.join();
  return 0;
}
