#include "integrations/script/messages.h"

namespace gantry::integrations::script {

namespace {

std::uint8_t flag(bool value) {
  return value ? 1 : 0;
}

// A number of an enumeration whose last member is `last`; anything else makes `fine` false.
template <class T>
T enumerator(std::uint8_t number, T last, bool& fine) {
  if (number > static_cast<std::uint8_t>(last)) fine = false;
  return static_cast<T>(number);
}

void write(FrameWriter& to, const ScriptFault& fault) {
  to.text(fault.name).text(fault.message).text(fault.stack);
}

ScriptFault read_fault(FrameReader& from) {
  ScriptFault fault;
  fault.name = from.text();
  fault.message = from.text();
  fault.stack = from.text();
  return fault;
}

}  // namespace

std::string RunMessage::encode() const {
  FrameWriter to(FrameType::Run);
  to.u64(state_id).u32(static_cast<std::uint32_t>(forgotten.size()));
  for (const std::uint64_t id : forgotten) to.u64(id);
  to.u8(static_cast<std::uint8_t>(method)).u8(flag(fresh_state)).u8(flag(argument_has_dates));
  to.u64(load_cpu_us).u64(call_cpu_us).u64(wall_us).u64(memory_bytes_max).u64(result_bytes_max);
  to.u64(store_bytes_max).u64(http_request_bytes_max).u32(http_calls_max);
  to.u64(log_bytes_max).u32(log_lines_max).text(argument).text(store);
  to.u8(flag(has_code)).text(code);
  return std::move(to).finish();
}

std::optional<RunMessage> RunMessage::decode(std::string_view body) {
  FrameReader from(body);
  RunMessage m;
  bool fine = true;
  m.state_id = from.u64();
  for (std::uint32_t left = from.u32(); left > 0 && from.ok(); --left) {
    m.forgotten.push_back(from.u64());
  }
  m.method = enumerator(from.u8(), ScriptMethod::ProcessOutgoingResponse, fine);
  m.fresh_state = from.u8() != 0;
  m.argument_has_dates = from.u8() != 0;
  m.load_cpu_us = from.u64();
  m.call_cpu_us = from.u64();
  m.wall_us = from.u64();
  m.memory_bytes_max = from.u64();
  m.result_bytes_max = from.u64();
  m.store_bytes_max = from.u64();
  m.http_request_bytes_max = from.u64();
  m.http_calls_max = from.u32();
  m.log_bytes_max = from.u64();
  m.log_lines_max = from.u32();
  m.argument = from.text();
  m.store = from.text();
  m.has_code = from.u8() != 0;
  m.code = from.text();
  if (!fine || !from.at_end()) return std::nullopt;
  return m;
}

std::string RunDoneMessage::encode() const {
  FrameWriter to(FrameType::RunDone);
  to.u8(static_cast<std::uint8_t>(status)).u8(static_cast<std::uint8_t>(limit));
  to.u8(flag(has_result)).text(result);
  write(to, fault);
  to.u32(static_cast<std::uint32_t>(console.size()));
  for (const ConsoleLine& line : console) {
    to.u8(static_cast<std::uint8_t>(line.level)).text(line.text);
  }
  to.u8(flag(console_truncated)).u8(flag(has_store)).text(store);
  to.u8(flag(state_was_kept)).u8(flag(state_lives_on)).u8(flag(lacks_response_method));
  to.u64(cpu_us).u64(memory_bytes);
  return std::move(to).finish();
}

std::optional<RunDoneMessage> RunDoneMessage::decode(std::string_view body) {
  FrameReader from(body);
  RunDoneMessage m;
  bool fine = true;
  m.status = enumerator(from.u8(), RunStatus::EngineFailed, fine);
  m.limit = enumerator(from.u8(), RunLimit::Stack, fine);
  m.has_result = from.u8() != 0;
  m.result = from.text();
  m.fault = read_fault(from);
  for (std::uint32_t left = from.u32(); left > 0 && from.ok(); --left) {
    const ConsoleLevel level = enumerator(from.u8(), ConsoleLevel::Error, fine);
    m.console.push_back({level, std::string(from.text())});
  }
  m.console_truncated = from.u8() != 0;
  m.has_store = from.u8() != 0;
  m.store = from.text();
  m.state_was_kept = from.u8() != 0;
  m.state_lives_on = from.u8() != 0;
  m.lacks_response_method = from.u8() != 0;
  m.cpu_us = from.u64();
  m.memory_bytes = from.u64();
  if (!fine || !from.at_end()) return std::nullopt;
  return m;
}

std::string CompileMessage::encode() const {
  FrameWriter to(FrameType::Compile);
  to.u8(static_cast<std::uint8_t>(mode)).u64(cpu_us).u64(memory_bytes_max).text(source);
  return std::move(to).finish();
}

std::optional<CompileMessage> CompileMessage::decode(std::string_view body) {
  FrameReader from(body);
  CompileMessage m;
  bool fine = true;
  m.mode = enumerator(from.u8(), CompileMode::Plain, fine);
  m.cpu_us = from.u64();
  m.memory_bytes_max = from.u64();
  m.source = from.text();
  if (!fine || !from.at_end()) return std::nullopt;
  return m;
}

std::string CompileDoneMessage::encode() const {
  FrameWriter to(FrameType::CompileDone);
  to.u8(flag(compiled)).text(code);
  write(to, fault);
  return std::move(to).finish();
}

std::optional<CompileDoneMessage> CompileDoneMessage::decode(std::string_view body) {
  FrameReader from(body);
  CompileDoneMessage m;
  m.compiled = from.u8() != 0;
  m.code = from.text();
  m.fault = read_fault(from);
  if (!from.at_end()) return std::nullopt;
  return m;
}

std::string HttpCallMessage::encode() const {
  FrameWriter to(FrameType::HttpCall);
  to.u32(call_id).u8(flag(blocking)).text(request);
  return std::move(to).finish();
}

std::optional<HttpCallMessage> HttpCallMessage::decode(std::string_view body) {
  FrameReader from(body);
  HttpCallMessage m;
  m.call_id = from.u32();
  m.blocking = from.u8() != 0;
  m.request = from.text();
  if (!from.at_end()) return std::nullopt;
  return m;
}

std::string HttpReplyMessage::encode() const {
  FrameWriter to(FrameType::HttpReply);
  to.u32(call_id).text(reply);
  return std::move(to).finish();
}

std::optional<HttpReplyMessage> HttpReplyMessage::decode(std::string_view body) {
  FrameReader from(body);
  HttpReplyMessage m;
  m.call_id = from.u32();
  m.reply = from.text();
  if (!from.at_end()) return std::nullopt;
  return m;
}

}  // namespace gantry::integrations::script
