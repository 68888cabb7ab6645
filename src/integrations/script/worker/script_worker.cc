#include "integrations/script/script_worker.h"

#include <ctime>
#include <map>
#include <memory>
#include <stdexcept>

#include "integrations/script/worker/channel.h"
#include "integrations/script/worker/compile_session.h"
#include "integrations/script/worker/run_session.h"
#include "integrations/script/worker/sandbox.h"

namespace gantry::embedded {
std::span<const EmbeddedFile> script_prelude();
std::span<const EmbeddedFile> script_compiler();
}  // namespace gantry::embedded

namespace gantry::integrations::script {

namespace {

// Scripts begin with it when they were compiled for this engine; others are put in form first.
constexpr std::string_view kCompiledMark = "/*gantry*/";

class Worker {
 public:
  explicit Worker(int file) : channel_(file) {}

  // Why it has no namespaces of its own, or nothing.
  std::string prepare() {
    tzset();
    const auto prelude = embedded::script_prelude();
    const auto compiler = embedded::script_compiler();
    run_engine_ = QuickJs::the().prepare({prelude.begin(), prelude.end()});
    compile_engine_ = QuickJs::the().prepare({compiler.begin(), compiler.end()});
    return confine_process(kWorkerStatesMax);
  }

  void serve(const std::string& not_isolated) {
    FrameWriter hello(FrameType::Hello);
    hello.u32(kProtocolVersion).text(not_isolated);
    if (!channel_.send(std::move(hello).finish())) return;
    while (auto frame = channel_.receive()) {
      if (!(frame->type == FrameType::Run
                ? run(frame->body)
                : frame->type == FrameType::Compile && compile(frame->body))) {
        return;
      }
    }
  }

 private:
  bool run(std::string_view body) {
    auto request = RunMessage::decode(body);
    if (!request) return false;
    for (const std::uint64_t id : request->forgotten) states_.erase(id);
    auto& state = states_[request->state_id];
    const bool is_new = state == nullptr;
    if (is_new) {
      if (!request->has_code || states_.size() > kWorkerStatesMax) return false;
      if (!request->code.starts_with(kCompiledMark)) put_in_form(*request);
      state = std::make_unique<ScriptState>(run_engine_);
    } else if (state->remembered) {
      state->memory.restore();
    }
    RunSession session(channel_, timer_, *request);
    RunDoneMessage done = session.run(*state, run_engine_, is_new);
    if (session.server_gone()) return false;
    if (state->remembered) done.state_lives_on = true;
    if (!done.state_lives_on) states_.erase(request->state_id);
    return channel_.send(done.encode());
  }

  // What catch clauses see is put into V8's words by the compiled form; a script that the caller
  // keeps as it was written gets it here. One that cannot be parsed stays as it is and fails.
  void put_in_form(RunMessage& request) {
    CompileMessage wanted;
    wanted.mode = CompileMode::Plain;
    wanted.cpu_us = request.load_cpu_us;
    wanted.memory_bytes_max = ScriptLimits{}.compile.memory_bytes_max;
    wanted.source = request.code;
    CompileDoneMessage made = CompileSession(channel_, timer_).compile(wanted, compile_engine_);
    if (made.compiled) request.code = std::move(made.code);
  }

  bool compile(std::string_view body) {
    const auto request = CompileMessage::decode(body);
    if (!request) return false;
    CompileDoneMessage done = CompileSession(channel_, timer_).compile(*request, compile_engine_);
    // A plain script is kept as it was written; it is put in form when it is loaded.
    if (done.compiled && request->mode == CompileMode::Plain) done.code = request->source;
    return channel_.send(done.encode());
  }

  Channel channel_;
  CpuTimer timer_;
  PreparedEngine run_engine_;
  PreparedEngine compile_engine_;
  std::map<std::uint64_t, std::unique_ptr<ScriptState>> states_;
};

}  // namespace

int run_script_worker(int file) {
  try {
    prepare_process(file);
    // Never destroyed: closing files takes a call that a confined process no longer has.
    static Worker& worker = *new Worker(file);
    worker.serve(worker.prepare());
    return 0;
  } catch (const std::exception& fault) {
    FrameWriter hello(FrameType::Hello);
    hello.u32(0).text(fault.what());
    Channel(file).send(std::move(hello).finish());
    return 1;
  }
}

}  // namespace gantry::integrations::script
