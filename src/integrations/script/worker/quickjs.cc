#include "integrations/script/worker/quickjs.h"

#include <algorithm>
#include <cstring>
#include <ctime>
#include <stdexcept>

extern "C" {
#include <setjmp.h>
#include <wasm-rt.h>

#include "quickjs_module.h"
#include "quickjs_names.h"

extern jmp_buf wasm_rt_jmp_buf;
}

namespace gantry::integrations::script {

namespace {

// The module's own data and stack end at 5.1 MB; its heap begins there.
constexpr std::uint32_t kFirstPages = 96;
constexpr std::uint32_t kPreparePagesMax = 1024;
// Of the module's stack; deeper recursion is a RangeError in the script. The native stack, which
// sandbox.cc makes large, is used about eight times as fast.
constexpr std::uint32_t kScriptStackBytes = 512 * 1024;
constexpr int kTrapCpuTimer = 100;
constexpr int kTrapNoMemory = 101;
constexpr std::uint32_t kEvalOnlyCompile = 1 << 5;

Z_qjs_instance_t g_module;
wasm_rt_memory_t* g_memory = nullptr;

}  // namespace

}  // namespace gantry::integrations::script

// What the module imports. `Z_a_instance_t` is the translator's name for the importing side, of
// which there is only one here, so it stays empty.
struct Z_a_instance_t {};

using gantry::integrations::script::g_memory;
using gantry::integrations::script::QuickJs;

namespace {

Z_a_instance_t g_imports;
bool g_growth_refused = false;
constexpr std::uint32_t kReservePages = 8;
constexpr std::uint32_t kReserveStepPages = 2;

template <class T>
void store(std::uint32_t at, T value) {
  std::memcpy(g_memory->data + at, &value, sizeof value);
}

std::uint32_t load_word(std::uint32_t at) {
  std::uint32_t word = 0;
  std::memcpy(&word, g_memory->data + at, sizeof word);
  return word;
}

void store_text(std::uint32_t at, const char* text, std::size_t bytes_max) {
  const std::size_t count = strnlen(text, bytes_max - 1);
  std::memcpy(g_memory->data + at, text, count);
  g_memory->data[at + count] = 0;
}

}  // namespace

extern "C" {

wasm_rt_memory_t* qjs_import_memory(Z_a_instance_t*) {
  return g_memory;
}

void qjs_import_assert_fail(Z_a_instance_t*, u32, u32, u32, u32) {
  wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
}

void qjs_import_abort_js(Z_a_instance_t*) {
  wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
}

void qjs_import_proc_exit(Z_a_instance_t*, u32) {
  wasm_rt_trap(WASM_RT_TRAP_UNREACHABLE);
}

void qjs_import_runtime_keepalive_clear(Z_a_instance_t*) {}

u32 qjs_import_setitimer_js(Z_a_instance_t*, u32, f64) {
  return 0;
}

f64 qjs_import_date_now(Z_a_instance_t*) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<double>(now.tv_sec) * 1000.0 + static_cast<double>(now.tv_nsec / 1000000);
}

void qjs_import_localtime_js(Z_a_instance_t*, u64 seconds, u32 at) {
  const auto when = static_cast<time_t>(seconds);
  tm local{};
  localtime_r(&when, &local);
  const int fields[] = {local.tm_sec,  local.tm_min,  local.tm_hour, local.tm_mday, local.tm_mon,
                        local.tm_year, local.tm_wday, local.tm_yday, local.tm_isdst};
  for (std::uint32_t i = 0; i < 9; ++i) store(at + i * 4, fields[i]);
  store(at + 36, static_cast<std::int32_t>(local.tm_gmtoff));
}

void qjs_import_tzset_js(Z_a_instance_t*, u32 seconds_west, u32 has_daylight, u32 name,
                         u32 daylight_name) {
  store(seconds_west, static_cast<std::int32_t>(timezone));
  store(has_daylight, static_cast<std::int32_t>(daylight));
  store_text(name, tzname[0], 17);
  store_text(daylight_name, tzname[1], 17);
}

u32 qjs_import_resize_heap(Z_a_instance_t*, u32 bytes) {
  using gantry::integrations::script::kWasmPageBytes;
  const std::uint32_t pages =
      static_cast<std::uint32_t>((std::size_t{bytes} + kWasmPageBytes - 1) / kWasmPageBytes);
  if (pages <= g_memory->pages) return 1;
  // A refusal is thrown as an error, which needs memory too: a little is left for that.
  const bool is_reserve = g_growth_refused && pages <= g_memory->pages + kReserveStepPages &&
                          pages <= g_memory->max_pages;
  if (pages + kReservePages > g_memory->max_pages && !is_reserve) {
    g_growth_refused = true;
    return 0;
  }
  return wasm_rt_grow_memory(g_memory, pages - g_memory->pages) == ~0u ? 0 : 1;
}

u32 qjs_import_environ_get(Z_a_instance_t*, u32, u32) {
  return 0;
}

u32 qjs_import_environ_sizes_get(Z_a_instance_t*, u32 count_at, u32 bytes_at) {
  store(count_at, 0u);
  store(bytes_at, 0u);
  return 0;
}

u32 qjs_import_fd_close(Z_a_instance_t*, u32) {
  return 8;  // no such file
}

u32 qjs_import_fd_seek(Z_a_instance_t*, u32, u64, u32, u32) {
  return 8;
}

u32 qjs_import_fd_write(Z_a_instance_t*, u32, u32, u32, u32) {
  return 8;
}

u32 qjs_import_call_function(Z_a_instance_t*, u32, u32, u32 count, u32 arguments, u32) {
  auto* const host = QuickJs::the().host();
  return host ? host->host_call(count, arguments) : 0;
}

u32 qjs_import_should_interrupt(Z_a_instance_t*, u32) {
  auto* const host = QuickJs::the().host();
  return host && host->should_interrupt() ? 1 : 0;
}

// Modules are switched off: nothing loads them.
u32 qjs_import_load_module_source(Z_a_instance_t*, u32, u32, u32) {
  return 0;
}

u32 qjs_import_normalize_module(Z_a_instance_t*, u32, u32, u32, u32) {
  return 0;
}

void qjs_import_free_host_ref(Z_a_instance_t*, u32, u32) {}

}  // extern "C"

namespace gantry::integrations::script {

QuickJs& QuickJs::the() {
  static QuickJs* const only = new QuickJs;
  return *only;
}

QuickJs::QuickJs() {
  wasm_rt_init();
  Z_qjs_init_module();
}

void QuickJs::activate(LinearMemory& memory, const EngineHandles& handles) {
  g_memory = memory.memory();
  g_module.Z_aZ_a = g_memory;
  g_module.w2c_g0 = stack_pointer_;
  now_ = handles;
}

Trap QuickJs::enter(LinearMemory& memory, const EngineHandles& handles,
                    const std::function<void()>& work) {
  activate(memory, handles);
  g_growth_refused = false;
  const int code = sigsetjmp(wasm_rt_jmp_buf, 1);
  if (code == 0) {
    inside_ = true;
    work();
    inside_ = false;
    return Trap::None;
  }
  inside_ = false;
  if (code == kTrapCpuTimer) return Trap::CpuTimer;
  if (code == kTrapNoMemory) return Trap::NoMemory;
  return code == WASM_RT_TRAP_EXHAUSTION ? Trap::StackExhausted : Trap::Fault;
}

void QuickJs::leave_from_signal() {
  if (inside_) leave();
}

void QuickJs::leave() {
  inside_ = false;
  siglongjmp(wasm_rt_jmp_buf, kTrapCpuTimer);
}

PreparedEngine QuickJs::prepare(const std::vector<EmbeddedFile>& files) {
  LinearMemory memory(kFirstPages);
  memory.set_pages_max(kPreparePagesMax);
  g_memory = memory.memory();
  PreparedEngine prepared;
  std::string failure;
  const int code = sigsetjmp(wasm_rt_jmp_buf, 1);
  if (code != 0) throw std::runtime_error("the script engine faults while it starts");
  Z_qjs_instantiate(&g_module, &g_imports);
  static constexpr char kMessages[] = QJS_MESSAGES_BYTES;
  std::memcpy(g_memory->data + QJS_MESSAGES_ADDRESS, kMessages, sizeof kMessages);
  qjs_call_constructors(&g_module);
  stack_pointer_ = g_module.w2c_g0;
  now_ = {};
  now_.runtime = qjs_QTS_NewRuntime(&g_module);
  find_gc_threshold();
  now_.context = qjs_QTS_NewContext(&g_module, now_.runtime, 0);
  qjs_QTS_RuntimeSetMaxStackSize(&g_module, now_.runtime, kScriptStackBytes);
  install_host_function();
  JsPointer last = 0;
  for (const EmbeddedFile& file : files) {
    if (last) release(last);
    last = evaluate(file.bytes, "gantry:" + std::string(file.name), false);
    if (const JsPointer thrown = take_exception(last)) {
      const JsPointer text = qjs_QTS_Dump(&g_module, now_.context, thrown);
      throw std::runtime_error("prelude file " + std::string(file.name) + ": " +
                               reinterpret_cast<const char*>(g_memory->data + text));
    }
  }
  now_.entry = last;
  qjs_QTS_RuntimeEnableInterruptHandler(&g_module, now_.runtime);
  // Garbage goes now, so that it is in no copy.
  request_collection();
  release(evaluate("({})", "gantry:collect", false));
  prepared.handles = now_;
  prepared.image = MemoryImage(*g_memory);
  return prepared;
}

// The threshold is the one word of a new runtime that has the engine's default.
void QuickJs::find_gc_threshold() {
  constexpr std::uint32_t kDefault = 256 * 1024;
  constexpr std::uint32_t kLookBytes = 1024;
  for (std::uint32_t at = now_.runtime; at < now_.runtime + kLookBytes; at += 4) {
    if (load_word(at) != kDefault) continue;
    if (now_.gc_threshold_at) throw std::runtime_error("the script engine's runtime is not known");
    now_.gc_threshold_at = at;
  }
  if (!now_.gc_threshold_at) throw std::runtime_error("the script engine's runtime is not known");
}

bool QuickJs::growth_was_refused() const {
  return g_growth_refused;
}

void QuickJs::request_collection() {
  store(now_.gc_threshold_at, 0u);
}

std::uint64_t QuickJs::heap_bytes(const LinearMemory& memory) const {
  return memory.pages() * kWasmPageBytes - stack_pointer_;
}

void QuickJs::install_host_function() {
  const JsPointer name = copy_in("__host");
  const JsPointer function = qjs_QTS_NewFunction(&g_module, now_.context, name, 4, 0, 1);
  const JsPointer global = qjs_QTS_GetGlobalObject(&g_module, now_.context);
  const JsPointer key = new_text("__host");
  qjs_QTS_SetProp(&g_module, now_.context, global, key, function);
  release(key);
  release(global);
  release(function);
  qjs_free(&g_module, name);
}

JsPointer QuickJs::copy_in(std::string_view text) {
  const JsPointer at = qjs_malloc(&g_module, static_cast<std::uint32_t>(text.size() + 1));
  if (!at) siglongjmp(wasm_rt_jmp_buf, kTrapNoMemory);
  std::memcpy(g_memory->data + at, text.data(), text.size());
  g_memory->data[at + text.size()] = 0;
  return at;
}

JsPointer QuickJs::new_text(std::string_view text) {
  const JsPointer bytes = copy_in(text);
  const JsPointer value = qjs_QTS_NewString(&g_module, now_.context, bytes);
  qjs_free(&g_module, bytes);
  return value;
}

JsPointer QuickJs::new_number(double number) {
  return qjs_QTS_NewFloat64(&g_module, now_.context, number);
}

double QuickJs::number_of(JsPointer value) {
  return qjs_QTS_GetFloat64(&g_module, now_.context, value);
}

bool QuickJs::copy_text(JsPointer value, std::string& to, std::size_t bytes_max) {
  to.clear();
  const JsPointer bytes = qjs_QTS_GetString(&g_module, now_.context, value);
  if (!bytes) return false;
  const char* const text = reinterpret_cast<const char*>(g_memory->data + bytes);
  const std::size_t count = strnlen(text, bytes_max + 1);
  const bool fits = count <= bytes_max;
  to.assign(text, std::min(count, bytes_max));
  qjs_QTS_FreeCString(&g_module, now_.context, bytes);
  return fits;
}

JsPointer QuickJs::argument(JsPointer arguments, std::uint32_t index) {
  return qjs_QTS_ArgvGetJSValueConstPointer(&g_module, arguments, index);
}

void QuickJs::release(JsPointer value) {
  if (value) qjs_QTS_FreeValuePointer(&g_module, now_.context, value);
}

JsPointer QuickJs::take_exception(JsPointer result) {
  return qjs_QTS_ResolveException(&g_module, now_.context, result);
}

JsPointer QuickJs::evaluate(std::string_view code, std::string_view file_name, bool only_compile) {
  const JsPointer name = copy_in(file_name);
  const JsPointer text = copy_in(code);
  const JsPointer result =
      qjs_QTS_Eval(&g_module, now_.context, text, static_cast<std::uint32_t>(code.size()), name, 0,
                   only_compile ? kEvalOnlyCompile : 0);
  qjs_free(&g_module, text);
  qjs_free(&g_module, name);
  return result;
}

JsPointer QuickJs::call_entry(std::initializer_list<JsPointer> arguments) {
  const auto count = static_cast<std::uint32_t>(arguments.size());
  const JsPointer list = qjs_malloc(&g_module, 4 * count + 4);
  if (!list) siglongjmp(wasm_rt_jmp_buf, kTrapNoMemory);
  std::uint32_t index = 0;
  for (const JsPointer one : arguments) store(list + 4 * index++, one);
  const JsPointer result = qjs_QTS_Call(&g_module, now_.context, now_.entry,
                                        qjs_QTS_GetUndefined(&g_module), count, list);
  qjs_free(&g_module, list);
  for (const JsPointer one : arguments) release(one);
  return result;
}

bool QuickJs::run_job(JsPointer& failed) {
  failed = 0;
  if (!qjs_QTS_IsJobPending(&g_module, now_.runtime)) return false;
  const JsPointer context_at = qjs_malloc(&g_module, 4);
  const JsPointer result = qjs_QTS_ExecutePendingJob(&g_module, now_.runtime, 64, context_at);
  qjs_free(&g_module, context_at);
  // A number of jobs, or what one of them threw: jobs of promises never throw but when stopped.
  const double done = number_of(result);
  if (done >= 0) {
    release(result);
  } else {
    failed = result;
  }
  return true;
}

}  // namespace gantry::integrations::script
