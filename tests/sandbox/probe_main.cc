// Stands where a script worker stands: started by the spawner, prepared and confined in the same
// steps by the same code. Then it does what it is told over its socket, one act a message.

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <vector>

#include <sys/socket.h>

#include "acts.h"
#include "integrations/script/script_worker.h"
#include "integrations/script/worker/empty_root.h"
#include "integrations/script/worker/linear_memory.h"
#include "integrations/script/worker/sandbox.h"
#include "probe_timer.h"

namespace gantry::sandbox {

std::string said(long result) {
  if (result != -1) return "ok";
  const char* const name = strerrorname_np(errno);
  return name == nullptr ? "an error without a name" : name;
}

namespace {

namespace script = integrations::script;

std::string receive() {
  char text[256];
  const ssize_t got = recv(worker_socket, text, sizeof text, 0);
  return got <= 0 ? std::string() : std::string(text, static_cast<std::size_t>(got));
}

void answer(const std::string& text) {
  send(worker_socket, (text + '\0').data(), text.size() + 1, MSG_NOSIGNAL);
}

std::string do_act(const std::string& name) {
  std::string names;
  for (const std::span<const Act> acts :
       {file_acts(), network_acts(), process_acts(), privilege_acts(), memory_acts(),
        allowed_acts(), isolated_acts()}) {
    for (const Act& act : acts) {
      if (name == act.name) return act.run();
      names += std::string(act.name) + "\n";
    }
  }
  return name == "list" ? names : "no such act";
}

int run() {
  worker_socket = script::kScriptWorkerFile;
  script::prepare_process(script::kScriptWorkerFile);
  make_timer();
  std::vector<std::uint8_t> bytes(script::kWasmPageBytes, 7);
  wasm_rt_memory_t memory{};
  memory.data = bytes.data();
  memory.pages = 1;
  memory.size = static_cast<std::uint32_t>(bytes.size());
  const script::MemoryImage image(memory);
  image_file = image.file();

  const std::string how = receive();
  if (how == "isolate") {
    answer(script::leave_the_machine());
  } else {
    if (how == "confine") script::confine_process(script::kWorkerStatesMax);
    answer("ready");
  }
  for (std::string name = receive(); !name.empty(); name = receive()) answer(do_act(name));
  _Exit(0);
}

}  // namespace

}  // namespace gantry::sandbox

int main() {
  return gantry::sandbox::run();
}
