#pragma once
// What the integrations engine knows of scripts: compile one, run one of its methods on plain data
// and get plain data back. Implemented by WorkerPool, which runs scripts in other processes; tests
// may put a stand-in behind ScriptEngine. Every call may come from any executor and resumes there.
// Nothing that a script does is an exception here: each way to end is a RunStatus.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/task.h"
#include "integrations/script/script_types.h"

namespace gantry::integrations::script {

std::string_view to_name(ScriptMethod method);  // "process_incoming_request" and so on

struct CompileOutcome {
  std::optional<std::string> code;  // what run() wants; absent when the script does not compile
  ScriptFault fault;                // set when there is no code
};

// One HTTP request that a script asks for. The performer applies the address rules, and ends
// before `deadline` at the latest.
struct HttpPowerRequest {
  std::string integration_id;
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  bool follow_redirects = true;
  bool allow_self_signed = false;
  std::chrono::milliseconds timeout{20000};
  std::size_t reply_bytes_max = 0;
  std::chrono::steady_clock::time_point deadline;
};

struct HttpPowerReply {
  std::string error;  // not empty: nothing came back, and this says why
  int status = 0;
  std::string status_text;
  std::string url;  // after redirects
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

using HttpPower = std::function<asio::awaitable<HttpPowerReply>(HttpPowerRequest)>;

struct RunRequest {
  std::string integration_id;
  std::string revision;                     // another one means another script: globals start anew
  std::shared_ptr<const std::string> code;  // CompileOutcome::code
  ScriptMethod method = ScriptMethod::ProcessIncomingRequest;
  // {"request": ...} and, for process_outgoing_response, "response". {"$date": ms} becomes a Date.
  json::object argument;
  json::object store;        // what the last run left in Store
  bool fresh_state = false;  // globals of earlier runs are not seen
  ScriptLimits limits;
  HttpPower http;  // empty: HTTP and fetch fail
};

struct RunCost {
  std::uint64_t cpu_us = 0;
  std::uint64_t wall_ms = 0;
  std::uint64_t memory_bytes = 0;  // what the script's state holds after the run
};

struct RunOutcome {
  RunStatus status = RunStatus::EngineFailed;
  RunLimit limit = RunLimit::None;
  // Absent: the method returned undefined (or did not return).
  std::optional<json::value> result;
  // Set unless Returned or NoMethod; for limits it says which in words.
  ScriptFault fault;
  std::vector<ConsoleLine> console;
  bool console_truncated = false;
  // The new content of Store, when the run changed it and ended as Returned or Threw.
  std::optional<json::object> store;
  bool state_was_kept = false;  // globals of an earlier run were there
  // After prepare_outgoing_request: process_outgoing_response would end as NoMethod.
  bool lacks_response_method = false;
  RunCost cost;
};

class ScriptEngine {
 public:
  virtual ~ScriptEngine() = default;
  virtual asio::awaitable<CompileOutcome> compile(std::string source, CompileMode mode,
                                                  ScriptLimits limits) = 0;
  virtual asio::awaitable<RunOutcome> run(RunRequest request) = 0;
};

}  // namespace gantry::integrations::script
