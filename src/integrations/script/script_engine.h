#pragma once
// What the integrations engine knows of scripts: compile one, run one of its methods on plain data
// and get plain data back. Implemented by WorkerPool, which runs scripts in other processes; tests
// may put a stand-in behind ScriptEngine. Every call may come from any executor and resumes there.
// Nothing that a script does is an exception here: each way to end is a RunStatus.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/task.h"

namespace gantry::integrations::script {

enum class ScriptMethod : std::uint8_t {
  ProcessIncomingRequest,
  PrepareOutgoingRequest,
  ProcessOutgoingResponse
};

std::string_view to_name(ScriptMethod method);  // "process_incoming_request" and so on

// Sloppy is skipTranspile:false: names that are assigned but declared nowhere become globals.
// Plain is skipTranspile:true: the script stays as it is.
enum class CompileMode : std::uint8_t { Sloppy, Plain };

// Separate scopes, so that one may be widened without the others.
struct ScriptLimits {
  struct Compile {
    std::size_t source_bytes_max = 1024 * 1024;
    std::chrono::milliseconds cpu{1000};
    std::chrono::milliseconds wall{5000};
    std::size_t memory_bytes_max = 96 * 1024 * 1024;
  } compile;
  struct Load {  // evaluating the script and constructing its class
    std::chrono::milliseconds cpu{3000};
  } load;
  struct Call {
    std::chrono::milliseconds cpu{3000};
    std::chrono::milliseconds wall{10000};  // loading and waiting for HTTP included
    std::size_t memory_bytes_max = 16 * 1024 * 1024;
    std::size_t argument_bytes_max = 8 * 1024 * 1024;
    std::size_t result_bytes_max = 2 * 1024 * 1024;
    std::size_t store_bytes_max = 256 * 1024;
    std::uint32_t http_calls_max = 20;
    std::size_t http_request_bytes_max = 1024 * 1024;
    std::size_t http_reply_bytes_max = 4 * 1024 * 1024;
  } call;
  struct Log {  // what console.* may leave behind in one run
    std::size_t bytes_max = 32 * 1024;
    std::uint32_t lines_max = 500;
  } log;
};

// What a script's error looks like to people; the stack shows the script's own lines only.
struct ScriptFault {
  std::string name;
  std::string message;
  std::string stack;
};

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
  std::string revision;  // another one means another script: globals start anew
  std::string code;      // CompileOutcome::code
  ScriptMethod method = ScriptMethod::ProcessIncomingRequest;
  // {"request": ...} and, for process_outgoing_response, "response". {"$date": ms} becomes a Date.
  json::object argument;
  json::object store;        // what the last run left in Store
  bool fresh_state = false;  // globals of earlier runs are not seen
  ScriptLimits limits;
  HttpPower http;  // empty: HTTP and fetch fail
};

enum class RunStatus : std::uint8_t {
  Returned,
  Threw,
  NoMethod,       // the class lacks the method
  LoadFailed,     // the script cannot be evaluated, has no class Script, or its constructor throws
  LimitExceeded,  // see RunOutcome::limit
  EngineBusy,     // no worker came free within the wall limit
  EngineFailed    // the worker died or spoke nonsense; never the script's honest fault
};

enum class RunLimit : std::uint8_t {
  None,
  Cpu,
  Wall,
  Memory,
  Argument,
  Result,
  Store,
  Stack  // deeper than the engine can report as a RangeError
};

enum class ConsoleLevel : std::uint8_t { Debug, Log, Info, Warn, Error };

struct ConsoleLine {
  ConsoleLevel level;
  std::string text;
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
