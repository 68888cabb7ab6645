#pragma once
// The content of the frames, one struct each. encode() makes the whole frame; decode() takes a
// body and gives nothing when it is not exactly such a body, so that a worker that lies is found
// out here.

#include <optional>
#include <string>
#include <vector>

#include "integrations/script/frames.h"
#include "integrations/script/script_types.h"

namespace gantry::integrations::script {

struct RunMessage {
  std::uint64_t state_id = 0;            // whose globals; the pool gives the numbers
  std::vector<std::uint64_t> forgotten;  // states that no run will ask for again
  ScriptMethod method{};
  bool fresh_state = false;
  bool argument_has_dates = false;
  std::uint64_t load_cpu_us = 0;
  std::uint64_t call_cpu_us = 0;
  std::uint64_t wall_us = 0;  // from now
  std::uint64_t memory_bytes_max = 0;
  std::uint64_t result_bytes_max = 0;
  std::uint64_t store_bytes_max = 0;
  std::uint64_t http_request_bytes_max = 0;
  std::uint32_t http_calls_max = 0;
  std::uint64_t log_bytes_max = 0;
  std::uint32_t log_lines_max = 0;
  std::string argument;  // JSON
  std::string store;     // JSON
  bool has_code = false;
  std::string code;

  std::string encode() const;
  static std::optional<RunMessage> decode(std::string_view body);
};

struct RunDoneMessage {
  RunStatus status = RunStatus::EngineFailed;
  RunLimit limit = RunLimit::None;
  bool has_result = false;
  std::string result;  // JSON
  ScriptFault fault;
  std::vector<ConsoleLine> console;
  bool console_truncated = false;
  bool has_store = false;
  std::string store;  // JSON
  bool state_was_kept = false;
  bool state_lives_on = false;
  bool lacks_response_method = false;
  std::uint64_t cpu_us = 0;
  std::uint64_t memory_bytes = 0;

  std::string encode() const;
  static std::optional<RunDoneMessage> decode(std::string_view body);
};

struct CompileMessage {
  CompileMode mode{};
  std::uint64_t cpu_us = 0;
  std::uint64_t memory_bytes_max = 0;
  std::string source;

  std::string encode() const;
  static std::optional<CompileMessage> decode(std::string_view body);
};

struct CompileDoneMessage {
  bool compiled = false;
  std::string code;
  ScriptFault fault;

  std::string encode() const;
  static std::optional<CompileDoneMessage> decode(std::string_view body);
};

struct HttpCallMessage {
  std::uint32_t call_id = 0;
  bool blocking = false;
  std::string request;  // JSON

  std::string encode() const;
  static std::optional<HttpCallMessage> decode(std::string_view body);
};

struct HttpReplyMessage {
  std::uint32_t call_id = 0;
  std::string reply;  // JSON

  std::string encode() const;
  static std::optional<HttpReplyMessage> decode(std::string_view body);
};

}  // namespace gantry::integrations::script
