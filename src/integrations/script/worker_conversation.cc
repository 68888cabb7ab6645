// What the pool and a worker say to each other while a script runs.
#include <algorithm>

#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>

#include "base/log.h"
#include "integrations/script/http_power.h"
#include "integrations/script/worker_pool_parts.h"

namespace gantry::integrations::script {

namespace {

// Open HTTP calls are answered so long before the deadline, so that the script can still end.
constexpr auto kCutOffBefore = std::chrono::milliseconds(100);
// Of one read: most frames are short, and what is read into has to be cleared before.
constexpr std::size_t kReadBytesMin = 4 * 1024;
constexpr std::size_t kReadBytesMax = 64 * 1024;
constexpr std::size_t kJsonDepthMax = 128;
// JSON escapes may make a reply six times as long as its body.
constexpr std::size_t kReplyJsonBytesMax = kFrameBytesMaxToWorker - 1024;

std::string words_for(RunLimit limit, const ScriptLimits& limits) {
  const auto megabytes = [](std::size_t bytes) { return std::to_string(bytes / (1024 * 1024)); };
  switch (limit) {
    case RunLimit::None:
      break;
    case RunLimit::Cpu:
      return "the script used more than " + std::to_string(limits.call.cpu.count()) +
             " ms of computing time";
    case RunLimit::Wall:
      return "the script took longer than " + std::to_string(limits.call.wall.count()) + " ms";
    case RunLimit::Memory:
      return "the script used more than " + megabytes(limits.call.memory_bytes_max) +
             " MB of memory";
    case RunLimit::Argument:
      return "the event is too large for a script";
    case RunLimit::Result:
      return "the script's result is too large";
    case RunLimit::Store:
      return "the script's Store holds more than " +
             std::to_string(limits.call.store_bytes_max / 1024) + " KB";
    case RunLimit::Stack:
      return "the script calls itself too deeply";
  }
  return {};
}

// What the worker reports, checked: false when it cannot be true.
bool to_outcome(RunDoneMessage&& done, const ScriptLimits& limits, RunOutcome& outcome) {
  if (done.status == RunStatus::EngineBusy || done.status == RunStatus::EngineFailed ||
      done.console.size() > limits.log.lines_max ||
      done.result.size() > limits.call.result_bytes_max ||
      done.store.size() > limits.call.store_bytes_max ||
      (done.status == RunStatus::LimitExceeded) != (done.limit != RunLimit::None)) {
    return false;
  }
  outcome.status = done.status;
  outcome.limit = done.limit;
  outcome.fault = {to_valid_utf8(std::move(done.fault.name)),
                   to_valid_utf8(std::move(done.fault.message)),
                   to_valid_utf8(std::move(done.fault.stack))};
  if (outcome.limit != RunLimit::None) {
    outcome.fault = {"ScriptLimitError", words_for(outcome.limit, limits), ""};
  }
  std::size_t log_bytes = 0;
  for (ConsoleLine& line : done.console) {
    log_bytes += line.text.size();
    outcome.console.push_back({line.level, to_valid_utf8(std::move(line.text))});
  }
  if (log_bytes > limits.log.bytes_max) return false;
  outcome.console_truncated = done.console_truncated;
  outcome.state_was_kept = done.state_was_kept;
  outcome.lacks_response_method = done.lacks_response_method;
  outcome.cost.cpu_us = done.cpu_us;
  outcome.cost.memory_bytes = done.memory_bytes;
  // The worker writes JSON itself, so what does not parse is a script's doing: nested too deeply.
  const auto refuse = [&outcome](RunLimit limit, std::string words) {
    outcome.status = RunStatus::LimitExceeded;
    outcome.limit = limit;
    outcome.result.reset();
    outcome.fault = {"ScriptLimitError", std::move(words), ""};
    return true;
  };
  if (done.has_result) {
    outcome.result = parse_json(done.result, {limits.call.result_bytes_max, kJsonDepthMax});
    if (!outcome.result)
      return refuse(RunLimit::Result, "the script's result is too deeply nested");
  }
  if (done.has_store) {
    auto store = parse_json(done.store, {limits.call.store_bytes_max, kJsonDepthMax});
    if (!store) return refuse(RunLimit::Store, "the script's Store is too deeply nested");
    if (!store->is_object()) return false;
    outcome.store = std::move(store->get_object());
  }
  return true;
}

}  // namespace

asio::awaitable<std::optional<ReceivedFrame>> receive_frame(
    asio::local::stream_protocol::socket* socket, std::string* unread) {
  for (;;) {
    std::size_t missing = 0;
    if (unread->size() >= kFrameHeaderBytes) {
      char header_bytes[kFrameHeaderBytes];
      unread->copy(header_bytes, kFrameHeaderBytes);
      const FrameHeader header = read_frame_header(header_bytes);
      if (header.body_bytes > kFrameBytesMaxFromWorker) co_return std::nullopt;
      const std::size_t whole = kFrameHeaderBytes + header.body_bytes;
      if (unread->size() >= whole) {
        ReceivedFrame frame{header.type, unread->substr(kFrameHeaderBytes, header.body_bytes)};
        unread->erase(0, whole);
        co_return frame;
      }
      missing = whole - unread->size();
    }
    const std::size_t had = unread->size();
    const std::size_t wanted = std::clamp(missing, kReadBytesMin, kReadBytesMax);
    unread->resize(had + wanted);
    boost::system::error_code failed;
    const std::size_t got =
        co_await socket->async_read_some(asio::buffer(unread->data() + had, wanted),
                                         asio::redirect_error(asio::use_awaitable, failed));
    unread->resize(had + got);
    if (failed) co_return std::nullopt;
  }
}

asio::awaitable<bool> send_frame(asio::local::stream_protocol::socket* socket, std::string frame) {
  boost::system::error_code failed;
  co_await asio::async_write(*socket, asio::buffer(frame),
                             asio::redirect_error(asio::use_awaitable, failed));
  co_return !failed;
}

asio::awaitable<WorkerPool::Exchanged> WorkerPool::converse(std::shared_ptr<Conversation> talk,
                                                            std::string frame) {
  const WorkerPtr worker = talk->worker;
  Exchanged exchanged;
  bool honest = co_await send_frame(&worker->socket, std::move(frame));
  while (honest) {
    auto received = co_await receive_frame(&worker->socket, &worker->unread);
    if (!received) break;
    exchanged.was_heard = true;
    if (received->type == FrameType::HttpCall) {
      honest = on_http_call(talk, received->body);
    } else if (received->type == FrameType::Waiting) {
      honest = received->body.empty();
      if (honest && !talk->outstanding.empty()) set_waiting(*talk, true);
    } else if (received->type == FrameType::RunDone) {
      auto done = RunDoneMessage::decode(received->body);
      if (!done) break;
      exchanged.state_lives_on = done->state_lives_on;
      exchanged.worker_is_fine =
          to_outcome(std::move(*done), talk->limits, exchanged.outcome) && worker->unread.empty();
      break;
    } else {
      break;
    }
  }
  set_waiting(*talk, false);
  talk->over = true;
  talk->cut_off_timer.cancel();
  // An honest worker has read all replies; another one is killed by its deadline here.
  if (talk->writing) {
    boost::system::error_code ignored;
    talk->written.expires_at(Instant::max());
    co_await talk->written.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  exchanged.worker_is_fine = exchanged.worker_is_fine && !worker->dead;
  RunOutcome& outcome = exchanged.outcome;
  if (exchanged.worker_is_fine) {
    if (talk->was_cut_off && outcome.status == RunStatus::Threw) {
      outcome.status = RunStatus::LimitExceeded;
      outcome.limit = RunLimit::Wall;
      outcome.fault = {"ScriptLimitError", words_for(RunLimit::Wall, talk->limits), ""};
    }
    co_return exchanged;
  }
  exchanged.state_lives_on = false;
  outcome = {};
  if (worker->was_late) {
    outcome.status = RunStatus::LimitExceeded;
    outcome.limit = RunLimit::Wall;
    outcome.fault = {"ScriptLimitError", words_for(RunLimit::Wall, talk->limits), ""};
  } else {
    if (!stopping_) {
      ++counters_.failed;
      log::error("script worker failed",
                 {{"pid", worker->pid}, {"integration", talk->integration_id}});
    }
    outcome.status = RunStatus::EngineFailed;
    outcome.fault = {"ScriptEngineError",
                     stopping_ ? "the server is shutting down" : "the script's worker failed", ""};
  }
  co_return exchanged;
}

void WorkerPool::set_waiting(Conversation& talk, bool waiting) {
  if (talk.waiting == waiting) return;
  talk.waiting = waiting;
  Worker& worker = *talk.worker;
  if (worker.aside) return;
  worker.computing_since = std::chrono::steady_clock::now();
  set_computing(worker, !waiting);
  if (waiting) dispatch();
}

bool WorkerPool::on_http_call(const std::shared_ptr<Conversation>& talk, std::string_view body) {
  auto call = HttpCallMessage::decode(body);
  // Workers count up from one and know their limits.
  if (!call || call->call_id != ++talk->calls || talk->calls > talk->limits.call.http_calls_max ||
      call->request.size() > talk->limits.call.http_request_bytes_max) {
    return false;
  }
  talk->outstanding.insert(call->call_id);
  if (call->blocking) set_waiting(*talk, true);
  auto request = to_http_power_request(call->request);
  if (!request) {
    give_reply(talk, call->call_id, to_error_json("the request is not valid HTTP"));
    return true;
  }
  if (!talk->http) {
    give_reply(talk, call->call_id, to_error_json("HTTP is not available"));
    return true;
  }
  if (talk->calls == 1) {
    talk->cut_off_timer.expires_at(talk->deadline - kCutOffBefore);
    tasks_.spawn_on(strand_, "script HTTP cut-off", cut_off(talk));
  }
  request->integration_id = talk->integration_id;
  request->deadline = talk->deadline - kCutOffBefore;
  request->reply_bytes_max = talk->limits.call.http_reply_bytes_max;
  // Off the strand: what performs requests may compute for a while.
  tasks_.spawn("script HTTP", perform_http(talk, call->call_id, *std::move(request)));
  return true;
}

asio::awaitable<void> WorkerPool::perform_http(std::shared_ptr<Conversation> talk,
                                               std::uint32_t call_id, HttpPowerRequest request) {
  const std::size_t bytes_max = request.reply_bytes_max;
  HttpPowerReply reply;
  try {
    reply = co_await talk->http(std::move(request));
  } catch (const std::exception& fault) {
    reply.error = "the request failed inside the server";
  }
  std::string text = to_reply_json(reply, bytes_max);
  if (text.size() > kReplyJsonBytesMax) text = to_error_json("the reply is too large");
  asio::post(strand_, [this, talk, call_id, text = std::move(text)]() mutable {
    give_reply(talk, call_id, std::move(text));
  });
}

void WorkerPool::give_reply(const std::shared_ptr<Conversation>& talk, std::uint32_t call_id,
                            std::string reply) {
  // A reply that comes after the cut-off or the end is nobody's any more.
  if (talk->over || talk->outstanding.erase(call_id) == 0) return;
  set_waiting(*talk, false);
  talk->replies.push_back(HttpReplyMessage{call_id, std::move(reply)}.encode());
  if (talk->writing) return;
  talk->writing = true;
  tasks_.spawn_on(strand_, "script HTTP reply", write_replies(talk));
}

asio::awaitable<void> WorkerPool::write_replies(std::shared_ptr<Conversation> talk) {
  while (!talk->replies.empty() && !talk->over) {
    std::string frame = std::move(talk->replies.front());
    talk->replies.pop_front();
    // When it fails the reader of the same socket sees it too.
    if (!co_await send_frame(&talk->worker->socket, std::move(frame))) break;
  }
  talk->writing = false;
  talk->written.cancel();
}

asio::awaitable<void> WorkerPool::cut_off(std::shared_ptr<Conversation> talk) {
  boost::system::error_code cancelled;
  co_await talk->cut_off_timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  if (talk->over) co_return;
  talk->was_cut_off = true;
  const auto open = talk->outstanding;
  for (const std::uint32_t call_id : open) {
    give_reply(talk, call_id, to_error_json("the script's time is over"));
  }
}

}  // namespace gantry::integrations::script
