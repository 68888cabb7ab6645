#pragma once
// One compilation inside a worker: the parser runs in a memory of its own, which holds nothing of
// any script and is made anew each time.

#include "integrations/script/worker/run_session.h"

namespace gantry::integrations::script {

class CompileSession final : public Session {
 public:
  CompileSession(Channel& channel, CpuTimer& timer) : Session(channel, timer) {}

  CompileDoneMessage compile(const CompileMessage& request, const PreparedEngine& engine);

 private:
  JsPointer perform(HostCall call, JsPointer arguments) override;

  CompileDoneMessage done_;
  bool has_done_ = false;
};

}  // namespace gantry::integrations::script
