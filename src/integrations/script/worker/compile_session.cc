#include "integrations/script/worker/compile_session.h"

namespace gantry::integrations::script {

namespace {

constexpr std::uint64_t kWallUs = 60ull * 1000 * 1000;  // the server's own limit is what counts
constexpr std::size_t kCodeBytesMax = 6 * 1024 * 1024;

const char* words_for(RunLimit limit) {
  switch (limit) {
    case RunLimit::Memory:
    case RunLimit::Stack:
      return "the script is too large or too deeply nested to compile";
    default:
      return "the script takes too long to compile";
  }
}

}  // namespace

JsPointer CompileSession::perform(HostCall call, JsPointer arguments) {
  if (call != HostCall::Done || has_done_) return 0;
  const auto kind = static_cast<DoneKind>(static_cast<int>(number_argument(arguments, 1)));
  has_done_ = true;
  if (kind == DoneKind::Compiled) {
    done_.compiled = text_argument(arguments, 2, done_.code, kCodeBytesMax);
  } else {
    read_fault(arguments, done_.fault);
  }
  return 0;
}

CompileDoneMessage CompileSession::compile(const CompileMessage& request,
                                           const PreparedEngine& engine) {
  ScriptState state(engine);
  state.memory.set_pages_max(
      static_cast<std::uint32_t>(engine.image.pages() + request.memory_bytes_max / kWasmPageBytes));
  engine_.set_host(this);
  begin_limits(request.cpu_us, kWallUs);
  const Trap trap = engine_.enter(state.memory, state.handles, [&] {
    const JsPointer result = engine_.call_entry(
        {engine_.new_number(static_cast<int>(EntryCall::Compile)), engine_.new_text(request.source),
         engine_.new_number(static_cast<int>(request.mode))});
    const JsPointer thrown = engine_.take_exception(result);
    if (thrown || !done_.compiled) return;
    // The parser knows newer forms than the engine may: what cannot run must not be accepted.
    const JsPointer checked = engine_.evaluate(done_.code, "script.js", true);
    if (const JsPointer refused = engine_.take_exception(checked)) {
      has_done_ = false;
      done_.compiled = false;
      engine_.call_entry({engine_.new_number(static_cast<int>(EntryCall::LoadFailed)), refused});
    }
  });
  end_limits();
  engine_.set_host(nullptr);
  if (trap == Trap::CpuTimer) stopped_by_ = RunLimit::Cpu;
  if (trap == Trap::StackExhausted || trap == Trap::NoMemory || trap == Trap::Fault) {
    stopped_by_ = RunLimit::Stack;
  }
  if (stopped_by_ == RunLimit::None && !has_done_) stopped_by_ = RunLimit::Memory;
  if (stopped_by_ != RunLimit::None) {
    done_.compiled = false;
    done_.fault = {"Error", words_for(stopped_by_), ""};
  }
  if (!done_.compiled) done_.code.clear();
  return std::move(done_);
}

}  // namespace gantry::integrations::script
