#pragma once
// QuickJS, translated from WebAssembly to C and linked in. There is one module in a process and
// many memories, one a script's state: enter() makes one of them the module's for the time of a
// call. A fault inside (a stray address, no stack, the CPU timer) ends the call and gives a Trap;
// the memory is then good for nothing and must go. Worker processes only, one thread.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/embedded.h"
#include "integrations/script/worker/linear_memory.h"

namespace gantry::integrations::script {

using JsPointer = std::uint32_t;  // an address in the linear memory; 0 is none

// Where things are in a prepared memory, and so in every copy of it.
struct EngineHandles {
  JsPointer runtime = 0;
  JsPointer context = 0;
  JsPointer entry = 0;                // the function that the last prelude file gives
  std::uint32_t gc_threshold_at = 0;  // the runtime collects garbage above this many bytes
};

struct PreparedEngine {
  MemoryImage image;
  EngineHandles handles;
};

enum class Trap : std::uint8_t { None, Fault, StackExhausted, NoMemory, CpuTimer };

// What the prelude's host() reaches. Functions called here must leave no unfinished business in
// their own frame when they call back into QuickJs: a trap jumps over them.
class QuickJsHost {
 public:
  virtual ~QuickJsHost() = default;
  // The pointer to a new JavaScript value, or 0 for undefined.
  virtual JsPointer host_call(std::uint32_t argument_count, JsPointer arguments) = 0;
  // True stops the script for good.
  virtual bool should_interrupt() = 0;
};

class QuickJs {
 public:
  static QuickJs& the();

  void set_host(QuickJsHost* host) { host_ = host; }
  QuickJsHost* host() { return host_; }

  // Since enter(): the script wanted more memory than it may have.
  bool growth_was_refused() const;
  // The part of a memory that is heap.
  std::uint64_t heap_bytes(const LinearMemory& memory) const;

  // Evaluates the files in their order in a new runtime; throws when one of them fails.
  PreparedEngine prepare(const std::vector<EmbeddedFile>& files);

  // Runs `work` on `memory`. Whatever `work` owns is lost when there is a trap.
  Trap enter(LinearMemory& memory, const EngineHandles& handles, const std::function<void()>& work);

  // For the CPU timer's signal handler: jumps out of the engine, if it is running and not within
  // a HostSection.
  void leave_from_signal();
  // The same, for a HostSection that ends after the timer fired.
  [[noreturn]] void leave();

  // While one lives, the CPU timer waits: for host functions, which own things.
  class HostSection {
   public:
    HostSection() { the().inside_ = false; }
    ~HostSection() { the().inside_ = true; }
    HostSection(const HostSection&) = delete;
    HostSection& operator=(const HostSection&) = delete;
  };

  // All below only within enter().
  // The engine cannot tell the size of what it allocates, so garbage is counted too late: asks for
  // a collection when the script makes its next object.
  void request_collection();
  JsPointer new_text(std::string_view text);
  JsPointer new_number(double number);
  double number_of(JsPointer value);
  // Copies into `to`; false when only a part fitted into bytes_max (or no memory was left).
  bool copy_text(JsPointer value, std::string& to, std::size_t bytes_max);
  JsPointer argument(JsPointer arguments, std::uint32_t index);
  void release(JsPointer value);
  // The thrown value, or 0 when `result` is no exception.
  JsPointer take_exception(JsPointer result);
  JsPointer evaluate(std::string_view code, std::string_view file_name, bool only_compile);
  // Calls the prelude's entry function; the arguments are released.
  JsPointer call_entry(std::initializer_list<JsPointer> arguments);
  // False when there was none; `failed` gets what a job threw, else 0.
  bool run_job(JsPointer& failed);

 private:
  QuickJs();
  void activate(LinearMemory& memory, const EngineHandles& handles);
  JsPointer copy_in(std::string_view text);
  void find_gc_threshold();
  void install_host_function();

  QuickJsHost* host_ = nullptr;
  EngineHandles now_;
  std::uint32_t stack_pointer_ = 0;  // and where the module's heap begins
  volatile bool inside_ = false;
};

}  // namespace gantry::integrations::script
