#pragma once
// The words about scripts that server and worker share; the worker's program has no more of the
// server than this, frames.h and messages.h.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace gantry::integrations::script {

enum class ScriptMethod : std::uint8_t {
  ProcessIncomingRequest,
  PrepareOutgoingRequest,
  ProcessOutgoingResponse
};

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

}  // namespace gantry::integrations::script
