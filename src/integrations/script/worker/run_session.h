#pragma once
// One run of a script inside a worker: the limits, what the script wrote to the console, how it
// ended. The engine's host functions end up here while the run lasts.

#include <chrono>
#include <set>
#include <string>

#include "integrations/script/messages.h"
#include "integrations/script/worker/channel.h"
#include "integrations/script/worker/cpu_timer.h"
#include "integrations/script/worker/quickjs.h"

namespace gantry::integrations::script {

// The numbers are shared with prelude/core.js.
enum class HostCall : int { Log = 0, Http = 1, Done = 2, Store = 3, Random = 4, ZoneName = 5 };
enum class EntryCall : int {
  Start = 0,
  Call = 1,
  Reply = 2,
  LoadFailed = 3,
  Compile = 4,
  Begin = 5
};
enum class DoneKind : int {
  Undefined = 0,
  Value = 1,
  Threw = 2,
  NoMethod = 3,
  LoadFailed = 4,
  NoMemory = 5,
  StoreTooLarge = 6,
  Compiled = 7,
  NotCompiled = 8
};

// What host functions need to answer for; a run or a compilation.
class Session : public QuickJsHost {
 public:
  Session(Channel& channel, CpuTimer& timer) : channel_(channel), timer_(timer) {}

  JsPointer host_call(std::uint32_t count, JsPointer arguments) override;
  bool should_interrupt() override;

 protected:
  virtual JsPointer perform(HostCall call, JsPointer arguments) = 0;
  // Reads argument `index` (1 is the first after the call's number) into `to`.
  bool text_argument(JsPointer arguments, std::uint32_t index, std::string& to,
                     std::size_t bytes_max);
  double number_argument(JsPointer arguments, std::uint32_t index);
  void read_fault(JsPointer arguments, ScriptFault& fault);
  void begin_limits(std::uint64_t cpu_us, std::uint64_t wall_us);
  void end_limits();

  QuickJs& engine_ = QuickJs::the();
  Channel& channel_;
  CpuTimer& timer_;
  RunLimit stopped_by_ = RunLimit::None;

 private:
  std::uint64_t cpu_end_us_ = 0;
  std::chrono::steady_clock::time_point wall_end_{};
};

// A script's memory between runs.
struct ScriptState {
  explicit ScriptState(const PreparedEngine& engine)
      : memory(engine.image), handles(engine.handles), pages_before(memory.pages()) {}
  LinearMemory memory;
  EngineHandles handles;
  bool remembered = false;  // memory.restore() brings back what loading left
  std::uint32_t runs = 0;
  std::uint32_t pages_before;  // when garbage was last looked for
};

class RunSession final : public Session {
 public:
  RunSession(Channel& channel, CpuTimer& timer, const RunMessage& request)
      : Session(channel, timer), request_(request) {}

  // `state` is freshly made when `is_new`. The server has gone when the result says so.
  RunDoneMessage run(ScriptState& state, const PreparedEngine& engine, bool is_new);
  bool server_gone() const { return server_gone_; }

 private:
  JsPointer perform(HostCall call, JsPointer arguments) override;
  void log(JsPointer arguments);
  JsPointer http(JsPointer arguments);
  void done(JsPointer arguments);
  void load(const std::function<void()>& widen_memory);
  void call();
  bool finish_jobs();
  bool wait_for_reply();
  void stop(RunLimit limit) { stopped_by_ = limit; }
  void conclude(Trap trap);

  const RunMessage& request_;
  RunDoneMessage done_;
  bool has_done_ = false;
  bool loaded_ = false;
  bool server_gone_ = false;
  std::uint32_t http_calls_ = 0;
  std::set<std::uint32_t> waiting_for_;
  std::size_t log_bytes_ = 0;
  // Members, so that a trap that jumps over host functions loses nothing.
  std::string text_;
  Channel::Frame reply_;
};

}  // namespace gantry::integrations::script
