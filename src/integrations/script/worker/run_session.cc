#include "integrations/script/worker/run_session.h"

#include <sys/random.h>

namespace gantry::integrations::script {

namespace {

constexpr std::size_t kFaultNameBytesMax = 256;
constexpr std::size_t kFaultTextBytesMax = 16 * 1024;
// The soft limit asks the engine to stop; the timer does not ask, a little later.
constexpr std::uint64_t kTimerGraceUs = 15000;
// For reporting, after a script has used all it may.
constexpr std::uint64_t kReportBytes = 1024 * 1024;
constexpr std::uint32_t kRunsPerCollection = 64;

}  // namespace

JsPointer Session::host_call(std::uint32_t count, JsPointer arguments) {
  if (count == 0) return 0;
  JsPointer result = 0;
  {
    const QuickJs::HostSection section;
    result =
        perform(static_cast<HostCall>(static_cast<int>(number_argument(arguments, 0))), arguments);
  }
  if (timer_.fired()) engine_.leave();
  return result;
}

bool Session::should_interrupt() {
  if (stopped_by_ != RunLimit::None) return true;
  if (cpu_now_us() >= cpu_end_us_) {
    stopped_by_ = RunLimit::Cpu;
  } else if (std::chrono::steady_clock::now() >= wall_end_) {
    stopped_by_ = RunLimit::Wall;
  }
  return stopped_by_ != RunLimit::None;
}

void Session::begin_limits(std::uint64_t cpu_us, std::uint64_t wall_us) {
  cpu_end_us_ = cpu_now_us() + cpu_us;
  wall_end_ = std::chrono::steady_clock::now() + std::chrono::microseconds(wall_us);
  timer_.arm(cpu_us + kTimerGraceUs);
}

void Session::end_limits() {
  timer_.disarm();
}

bool Session::text_argument(JsPointer arguments, std::uint32_t index, std::string& to,
                            std::size_t bytes_max) {
  return engine_.copy_text(engine_.argument(arguments, index), to, bytes_max);
}

double Session::number_argument(JsPointer arguments, std::uint32_t index) {
  return engine_.number_of(engine_.argument(arguments, index));
}

void Session::read_fault(JsPointer arguments, ScriptFault& fault) {
  text_argument(arguments, 2, fault.name, kFaultNameBytesMax);
  text_argument(arguments, 3, fault.message, kFaultTextBytesMax);
  text_argument(arguments, 4, fault.stack, kFaultTextBytesMax);
}

JsPointer RunSession::perform(HostCall call, JsPointer arguments) {
  switch (call) {
    case HostCall::Log:
      log(arguments);
      return 0;
    case HostCall::Http:
      return http(arguments);
    case HostCall::Done:
      done(arguments);
      return 0;
    case HostCall::Store:
      done_.has_store = text_argument(arguments, 1, done_.store, request_.store_bytes_max);
      return 0;
    case HostCall::Random: {
      std::uint32_t random = 0;
      if (getrandom(&random, sizeof random, 0) != sizeof random) random = 0;
      return engine_.new_number(random);
    }
    case HostCall::ZoneName:
      return engine_.new_text(tzname[number_argument(arguments, 1) > 0 ? 1 : 0]);
  }
  return 0;
}

void RunSession::log(JsPointer arguments) {
  if (done_.console.size() >= request_.log_lines_max || log_bytes_ >= request_.log_bytes_max) {
    done_.console_truncated = true;
    return;
  }
  const int level = static_cast<int>(number_argument(arguments, 1));
  if (level < 0 || level > static_cast<int>(ConsoleLevel::Error)) return;
  if (!text_argument(arguments, 2, text_, request_.log_bytes_max - log_bytes_)) {
    done_.console_truncated = true;
  }
  log_bytes_ += text_.size();
  done_.console.push_back({static_cast<ConsoleLevel>(level), text_});
}

// http(blocking, request): the reply's text, or the number of the call to come.
JsPointer RunSession::http(JsPointer arguments) {
  const bool blocking = number_argument(arguments, 1) != 0;
  if (http_calls_ >= request_.http_calls_max) {
    return engine_.new_text(R"({"error":"Too many HTTP calls in one run"})");
  }
  if (!text_argument(arguments, 2, text_, request_.http_request_bytes_max)) {
    return engine_.new_text(R"({"error":"The HTTP request is too large"})");
  }
  const std::uint32_t call_id = ++http_calls_;
  if (!channel_.send(HttpCallMessage{call_id, blocking, text_}.encode())) {
    server_gone_ = true;
    stop(RunLimit::Wall);
    return 0;
  }
  waiting_for_.insert(call_id);
  if (!blocking) return engine_.new_number(call_id);
  // Replies to earlier calls of fetch() may come first; they are handed over at once, which is
  // safe because only the prelude sees them now and the script's own code runs later, as jobs.
  for (;;) {
    auto frame = channel_.receive();
    auto reply = frame && frame->type == FrameType::HttpReply
                     ? HttpReplyMessage::decode(frame->body)
                     : std::nullopt;
    if (!reply || waiting_for_.erase(reply->call_id) == 0) {
      server_gone_ = true;
      stop(RunLimit::Wall);
      return 0;
    }
    if (reply->call_id == call_id) return engine_.new_text(reply->reply);
    engine_.release(
        engine_.call_entry({engine_.new_number(static_cast<int>(EntryCall::Reply)),
                            engine_.new_number(reply->call_id), engine_.new_text(reply->reply)}));
  }
}

void RunSession::done(JsPointer arguments) {
  if (has_done_) return;
  has_done_ = true;
  switch (static_cast<DoneKind>(static_cast<int>(number_argument(arguments, 1)))) {
    case DoneKind::Undefined:
      done_.status = RunStatus::Returned;
      return;
    case DoneKind::Value:
      done_.status = RunStatus::Returned;
      done_.lacks_response_method = number_argument(arguments, 3) == 1;
      done_.has_result = text_argument(arguments, 2, done_.result, request_.result_bytes_max);
      if (!done_.has_result) {
        done_.result.clear();
        stop(RunLimit::Result);
      }
      return;
    case DoneKind::Threw:
      done_.status = RunStatus::Threw;
      read_fault(arguments, done_.fault);
      // What the engine throws when even its error finds no memory.
      if (engine_.growth_was_refused() && done_.fault.message == "null") stop(RunLimit::Memory);
      return;
    case DoneKind::NoMethod:
      done_.status = RunStatus::NoMethod;
      return;
    case DoneKind::LoadFailed:
      done_.status = RunStatus::LoadFailed;
      read_fault(arguments, done_.fault);
      return;
    case DoneKind::NoMemory:
      stop(RunLimit::Memory);
      return;
    case DoneKind::StoreTooLarge:
      stop(RunLimit::Store);
      return;
    case DoneKind::Compiled:
    case DoneKind::NotCompiled:
      break;
  }
  done_.status = RunStatus::EngineFailed;
}

RunDoneMessage RunSession::run(ScriptState& state, const PreparedEngine& engine, bool is_new) {
  const std::uint64_t cpu_before_us = cpu_now_us();
  const auto limit_memory = [&](std::uint64_t bytes) {
    state.memory.set_pages_max(
        static_cast<std::uint32_t>(engine.image.pages() + bytes / kWasmPageBytes));
  };
  limit_memory(request_.memory_bytes_max);
  engine_.set_host(this);
  Trap trap = Trap::None;
  if (is_new) {
    begin_limits(request_.load_cpu_us, request_.wall_us);
    trap = engine_.enter(state.memory, state.handles, [&] {
      load([&] { limit_memory(request_.memory_bytes_max + kReportBytes); });
    });
    if (trap == Trap::None && loaded_ && request_.fresh_state) {
      state.memory.remember(engine.image);
      state.remembered = true;
    }
  } else {
    loaded_ = true;
  }
  if (trap == Trap::None && loaded_ && stopped_by_ == RunLimit::None) {
    begin_limits(request_.call_cpu_us, request_.wall_us);
    trap = engine_.enter(state.memory, state.handles, [&] {
      // Each time that a run took more memory, and now and then.
      if (state.memory.pages() > state.pages_before || ++state.runs % kRunsPerCollection == 0) {
        state.pages_before = state.memory.pages();
        engine_.request_collection();
      }
      call();
    });
  }
  done_.memory_bytes = engine_.heap_bytes(state.memory);
  end_limits();
  engine_.set_host(nullptr);
  done_.cpu_us = cpu_now_us() - cpu_before_us;
  done_.state_was_kept = !is_new && !request_.fresh_state;
  conclude(trap);
  return std::move(done_);
}

void RunSession::load(const std::function<void()>& widen_memory) {
  engine_.release(engine_.call_entry(
      {engine_.new_number(static_cast<int>(EntryCall::Begin)), engine_.new_text(request_.store)}));
  const JsPointer result = engine_.evaluate(request_.code, "script.js", false);
  const JsPointer thrown = engine_.take_exception(result);
  if (stopped_by_ != RunLimit::None) return;
  JsPointer started = 0;
  if (thrown) {
    widen_memory();
    started =
        engine_.call_entry({engine_.new_number(static_cast<int>(EntryCall::LoadFailed)), thrown});
  } else {
    engine_.release(result);
    started = engine_.call_entry(
        {engine_.new_number(static_cast<int>(EntryCall::Start)), engine_.new_text(request_.code)});
  }
  const bool failed = engine_.take_exception(started) != 0;
  if (!failed) engine_.release(started);
  if (failed && !has_done_ && stopped_by_ == RunLimit::None) stop(RunLimit::Memory);
  loaded_ = !thrown && !failed && !has_done_ && stopped_by_ == RunLimit::None;
}

void RunSession::call() {
  const JsPointer result = engine_.call_entry(
      {engine_.new_number(static_cast<int>(EntryCall::Call)),
       engine_.new_number(static_cast<int>(request_.method)), engine_.new_text(request_.argument),
       engine_.new_text(request_.store), engine_.new_number(request_.argument_has_dates ? 1 : 0),
       engine_.new_number(static_cast<double>(request_.store_bytes_max))});
  const JsPointer thrown = engine_.take_exception(result);
  if (stopped_by_ != RunLimit::None) return;
  if (thrown) {
    // The prelude catches all that a script throws, so only lack of memory comes here.
    stop(RunLimit::Memory);
    return;
  }
  engine_.release(result);
  while (finish_jobs() && !waiting_for_.empty()) {
    if (!wait_for_reply()) return;
  }
}

bool RunSession::finish_jobs() {
  JsPointer failed = 0;
  while (engine_.run_job(failed)) {
    if (stopped_by_ != RunLimit::None) return false;
    if (failed) engine_.release(failed);
    if (should_interrupt()) return false;
  }
  return true;
}

bool RunSession::wait_for_reply() {
  bool received = false;
  {
    const QuickJs::HostSection section;
    if (channel_.send(FrameWriter(FrameType::Waiting).finish())) {
      if (auto frame = channel_.receive()) {
        reply_ = *std::move(frame);
        received = reply_.type == FrameType::HttpReply;
      }
    }
  }
  FrameReader from(reply_.body);
  const std::uint32_t call_id = from.u32();
  if (!received || waiting_for_.erase(call_id) == 0) {
    server_gone_ = true;
    stop(RunLimit::Wall);
    return false;
  }
  engine_.release(engine_.call_entry({engine_.new_number(static_cast<int>(EntryCall::Reply)),
                                      engine_.new_number(call_id), engine_.new_text(from.text())}));
  return stopped_by_ == RunLimit::None;
}

void RunSession::conclude(Trap trap) {
  switch (trap) {
    case Trap::None:
      break;
    case Trap::CpuTimer:
      stop(RunLimit::Cpu);
      break;
    case Trap::NoMemory:
      stop(RunLimit::Memory);
      break;
    case Trap::StackExhausted:
      stop(RunLimit::Stack);
      break;
    case Trap::Fault:
      done_.status = RunStatus::EngineFailed;
      done_.fault = {"EngineError", "the script engine faulted", ""};
      return;
  }
  if (stopped_by_ != RunLimit::None) {
    done_.status = RunStatus::LimitExceeded;
    done_.limit = stopped_by_;
    done_.has_result = false;
    done_.result.clear();
    done_.has_store = false;
    done_.store.clear();
    done_.fault = {};
    return;
  }
  if (!has_done_) {
    done_.status = RunStatus::Threw;
    done_.fault = {"Error", "the promise that the method returned can never be settled", ""};
  }
  // A script that lacked memory may have stopped half way.
  done_.state_lives_on =
      loaded_ && !engine_.growth_was_refused() && done_.status != RunStatus::LoadFailed;
}

}  // namespace gantry::integrations::script
