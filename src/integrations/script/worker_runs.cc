// A run and a compilation from the first to the last step: a worker, the exchange, the outcome.
#include <utility>

#include "integrations/script/http_power.h"
#include "integrations/script/worker_pool_parts.h"

namespace gantry::integrations::script {

namespace {

// A worker may have been killed from outside while nobody looked. What it never answered to is
// tried once more in another one.
constexpr int kTries = 2;

std::uint64_t to_us(std::chrono::milliseconds time) {
  return static_cast<std::uint64_t>(std::chrono::microseconds(time).count());
}

RunMessage to_message(const RunRequest& request, std::string argument, std::string store) {
  const ScriptLimits& limits = request.limits;
  RunMessage message;
  message.method = request.method;
  message.fresh_state = request.fresh_state;
  message.argument_has_dates = argument.find("\"$date\"") != std::string::npos;
  message.load_cpu_us = to_us(limits.load.cpu);
  message.call_cpu_us = to_us(limits.call.cpu);
  message.wall_us = to_us(limits.call.wall);
  message.memory_bytes_max = limits.call.memory_bytes_max;
  message.result_bytes_max = limits.call.result_bytes_max;
  message.store_bytes_max = limits.call.store_bytes_max;
  message.http_request_bytes_max = limits.call.http_request_bytes_max;
  message.http_calls_max = limits.call.http_calls_max;
  message.log_bytes_max = limits.log.bytes_max;
  message.log_lines_max = limits.log.lines_max;
  message.argument = std::move(argument);
  message.store = std::move(store);
  return message;
}

RunOutcome refusal(RunStatus status, RunLimit limit, std::string words) {
  RunOutcome outcome;
  outcome.status = status;
  outcome.limit = limit;
  outcome.fault = {"ScriptEngineError", std::move(words), ""};
  return outcome;
}

}  // namespace

asio::awaitable<RunOutcome> WorkerPool::run_here(RunRequest request, std::string argument,
                                                 std::string store) {
  const InFlight in_flight(*this);
  ++counters_.runs;
  if (argument.size() > request.limits.call.argument_bytes_max) {
    co_return refusal(RunStatus::LimitExceeded, RunLimit::Argument,
                      "the event is too large for a script");
  }
  RunMessage message = to_message(request, std::move(argument), std::move(store));
  Exchanged exchanged;
  for (int left = kTries; left > 0; --left) {
    exchanged = co_await run_once(&request, &message);
    const bool was_lost = exchanged.outcome.status == RunStatus::EngineFailed;
    if (!was_lost || exchanged.was_heard || stopping_) break;
  }
  co_return std::move(exchanged.outcome);
}

asio::awaitable<WorkerPool::Exchanged> WorkerPool::run_once(const RunRequest* request,
                                                            RunMessage* message) {
  const auto waiter = std::make_shared<Waiter>(strand_);
  waiter->request = request;
  waiter->home = home_of(request->integration_id);
  Exchanged exchanged;
  if (!co_await acquire(waiter, request->limits.call.wall)) {
    ++counters_.busy;
    exchanged.outcome =
        stopping_
            ? refusal(RunStatus::EngineFailed, RunLimit::None, "the server is shutting down")
            : refusal(RunStatus::EngineBusy, RunLimit::None, "no script worker came free in time");
    co_return exchanged;
  }
  const auto started = std::chrono::steady_clock::now();
  const auto talk = std::make_shared<Conversation>(strand_);
  talk->worker = waiter->worker;
  talk->http = request->http;
  talk->integration_id = request->integration_id;
  talk->limits = request->limits;
  talk->deadline = started + request->limits.call.wall;

  message->state_id = waiter->home->slots[waiter->slot].state_id;
  message->forgotten = std::exchange(waiter->worker->forgotten, {});
  message->has_code = waiter->is_new_state;
  message->code = waiter->is_new_state ? *request->code : std::string();

  arm_deadline(waiter->worker, talk->deadline);
  exchanged = co_await converse(talk, message->encode());
  release_slot(*waiter, exchanged.state_lives_on);
  if (!exchanged.worker_is_fine) end_worker(waiter->worker);
  release(waiter->worker);
  exchanged.outcome.cost.wall_ms =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(
                                     std::chrono::steady_clock::now() - started)
                                     .count());
  co_return exchanged;
}

asio::awaitable<CompileOutcome> WorkerPool::compile_here(std::string source, CompileMode mode,
                                                         ScriptLimits limits) {
  const InFlight in_flight(*this);
  ++counters_.compilations;
  CompileOutcome outcome;
  if (source.size() > limits.compile.source_bytes_max) {
    outcome.fault = {"Error", "the script is too long", ""};
    co_return outcome;
  }
  CompileMessage message;
  message.mode = mode;
  message.cpu_us = to_us(limits.compile.cpu);
  message.memory_bytes_max = limits.compile.memory_bytes_max;
  message.source = std::move(source);
  for (int left = kTries; left > 0; --left) {
    if (auto done = co_await compile_once(&message, limits)) co_return *std::move(done);
  }
  outcome.fault = {"ScriptEngineError", "the script's worker failed", ""};
  co_return outcome;
}

asio::awaitable<std::optional<CompileOutcome>> WorkerPool::compile_once(
    const CompileMessage* message, ScriptLimits limits) {
  CompileOutcome outcome;
  const auto waiter = std::make_shared<Waiter>(strand_);
  if (!co_await acquire(waiter, limits.compile.wall)) {
    ++counters_.busy;
    outcome.fault = {"ScriptEngineError", "no script worker came free in time", ""};
    co_return outcome;
  }
  const WorkerPtr worker = waiter->worker;
  arm_deadline(worker, std::chrono::steady_clock::now() + limits.compile.wall);
  std::optional<CompileDoneMessage> done;
  if (co_await send_frame(&worker->socket, message->encode())) {
    const auto frame = co_await receive_frame(&worker->socket, &worker->unread);
    if (frame && frame->type == FrameType::CompileDone) {
      done = CompileDoneMessage::decode(frame->body);
    }
  }
  const bool was_late = worker->was_late;
  if (!done) {
    if (!was_late) ++counters_.failed;
    end_worker(worker);
  }
  release(worker);
  if (!done && !was_late) co_return std::nullopt;
  if (!done) {
    outcome.fault = {"Error", "the script takes too long to compile", ""};
  } else if (done->compiled) {
    outcome.code = to_valid_utf8(std::move(done->code));
  } else {
    outcome.fault = {to_valid_utf8(done->fault.name), to_valid_utf8(done->fault.message),
                     to_valid_utf8(done->fault.stack)};
  }
  co_return outcome;
}

}  // namespace gantry::integrations::script
