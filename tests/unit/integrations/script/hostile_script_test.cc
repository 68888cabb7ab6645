// Scripts that mean harm. Each ends cleanly within its limits while another integration goes on.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "pool_fixture.h"

namespace gantry::integrations::script {
namespace {

using namespace std::chrono_literals;

constexpr auto kCpu = 300ms;
// The machine may be busy with other tests: what is held here is that the run ends at all soon;
// the exact overrun is a benchmark's business.
constexpr auto kSoon = 10s;

class HostileScriptTest : public WorkerPoolTest {
 protected:
  HostileScriptTest()
      : WorkerPoolTest([] {
          WorkerPoolOptions options;
          options.computing_max = 2;
          return options;
        }()) {}

  RunOutcome attack(RunRequest request) {
    request.integration_id = "hostile";
    request.limits.call.cpu = kCpu;
    request.limits.load.cpu = kCpu;
    request.limits.call.wall = 8s;
    const RunRequest victim = counter();
    EXPECT_EQ(run(victim).status, RunStatus::Returned);
    const auto started = std::chrono::steady_clock::now();
    auto attacking = start(std::move(request));
    const RunOutcome meanwhile = run(victim);
    EXPECT_EQ(meanwhile.status, RunStatus::Returned);
    RunOutcome outcome = attacking.get();
    EXPECT_LT(std::chrono::steady_clock::now() - started, kSoon);
    EXPECT_EQ(run(victim).status, RunStatus::Returned);
    EXPECT_NE(outcome.status, RunStatus::EngineFailed) << outcome.fault.message;
    return outcome;
  }

  void expect_limit(const RunOutcome& outcome, RunLimit limit) {
    EXPECT_EQ(outcome.status, RunStatus::LimitExceeded) << outcome.fault.message;
    EXPECT_EQ(outcome.limit, limit) << outcome.fault.message;
  }
};

TEST_F(HostileScriptTest, an_endless_loop_is_stopped_by_its_computing_time) {
  expect_limit(attack(incoming("for (;;) {}")), RunLimit::Cpu);
}

TEST_F(HostileScriptTest, an_endless_loop_that_catches_everything_is_stopped_too) {
  expect_limit(
      attack(incoming("for (;;) { try { for (;;) {} } catch (e) {} finally { continue; } }")),
      RunLimit::Cpu);
}

TEST_F(HostileScriptTest, an_endless_loop_while_loading_is_stopped) {
  expect_limit(attack(request_for("for (;;) {}\nclass Script {}")), RunLimit::Cpu);
}

TEST_F(HostileScriptTest, a_regexp_that_explodes_is_stopped) {
  expect_limit(attack(incoming("return /^(a+)+$/.test('a'.repeat(60) + 'b');")), RunLimit::Cpu);
}

TEST_F(HostileScriptTest, a_builtin_that_never_asks_is_stopped) {
  // A search through a huge sparse length does not come back to the interpreter for a long time.
  expect_limit(attack(incoming("const a = []; a.length = 4294967295; return a.indexOf(1);")),
               RunLimit::Cpu);
}

TEST_F(HostileScriptTest, recursion_is_an_error_in_the_script) {
  const RunOutcome outcome = attack(incoming("const f = () => f() + 1; return f();"));
  EXPECT_EQ(outcome.status, RunStatus::Threw);
  EXPECT_EQ(outcome.fault.name, "RangeError");
  EXPECT_EQ(outcome.fault.message, "Maximum call stack size exceeded");
}

TEST_F(HostileScriptTest, recursion_through_builtins_does_not_break_the_worker) {
  for (const char* body :
       {"const f = () => [1].map(f); return f();",
        "const o = { get a() { return JSON.stringify(o); } }; return o.a;",
        "const o = { toString() { return `${o}`; } }; return `${o}`;",
        "const p = new Proxy({}, { get: (t, k, r) => r[k] }); return p.x;",
        "let s = '('.repeat(100000); return new RegExp(s + ')'.repeat(100000)).test('');",
        "return JSON.parse('['.repeat(200000));",
        "let a = []; for (let i = 0; i < 200000; i++) a = [a]; return JSON.stringify(a);",
        "return (0, eval)('1' + '+1'.repeat(100000) + '-'.repeat(50000) + '1');",
        "return [1, 2].sort(function f() { return [1, 2].sort(f); });"}) {
    const RunOutcome outcome = attack(incoming(body));
    EXPECT_TRUE(outcome.status == RunStatus::Threw || outcome.status == RunStatus::LimitExceeded ||
                outcome.status == RunStatus::Returned)
        << body;
  }
}

TEST_F(HostileScriptTest, a_huge_string_hits_the_memory_limit) {
  expect_limit(attack(incoming("return 'x'.repeat(500000000).length;")), RunLimit::Memory);
  expect_limit(attack(incoming("const a = []; for (;;) a.push('x'.repeat(100000) + a.length);")),
               RunLimit::Memory);
}

TEST_F(HostileScriptTest, a_string_longer_than_strings_can_be_is_a_range_error) {
  const RunOutcome outcome = attack(incoming("let s = 'x'; for (;;) s += s + 'y';"));
  EXPECT_EQ(outcome.status, RunStatus::Threw);
  EXPECT_EQ(outcome.fault.message, "Invalid string length");
}

TEST_F(HostileScriptTest, a_huge_array_hits_the_memory_limit) {
  expect_limit(attack(incoming("const a = []; for (;;) a.push({ a: [] });")), RunLimit::Memory);
}

TEST_F(HostileScriptTest, array_buffers_count_as_memory) {
  expect_limit(attack(incoming("const a = []; for (;;) a.push(new Uint8Array(1000000));")),
               RunLimit::Memory);
}

TEST_F(HostileScriptTest, one_giant_allocation_is_refused) {
  const RunOutcome outcome = attack(incoming("return new Uint8Array(1500000000).length;"));
  expect_limit(outcome, RunLimit::Memory);
}

TEST_F(HostileScriptTest, a_getter_that_allocates_while_the_result_is_read_is_stopped) {
  expect_limit(attack(incoming("const kept = []; return { get a() { for (;;) kept.push(new "
                               "Array(1000).fill({})); } };")),
               RunLimit::Memory);
}

TEST_F(HostileScriptTest, a_script_that_catches_lack_of_memory_goes_on_within_its_limit) {
  const RunOutcome outcome = attack(incoming(
      "let kept = []; try { for (;;) kept.push(new Uint8Array(100000)); } catch (e) { kept = null; "
      "return 'caught'; }"));
  EXPECT_EQ(text_result(outcome), R"("caught")");
}

TEST_F(HostileScriptTest, an_endless_chain_of_promises_is_stopped) {
  // Each link waits for the next one, so that memory may run out before time does.
  const RunOutcome outcome =
      attack(incoming("const f = () => Promise.resolve().then(f); return f();"));
  EXPECT_EQ(outcome.status, RunStatus::LimitExceeded);
}

TEST_F(HostileScriptTest, promises_left_behind_are_stopped_too) {
  expect_limit(attack(incoming("const f = () => { Promise.resolve().then(f); }; f(); return 1;")),
               RunLimit::Cpu);
}

TEST_F(HostileScriptTest, a_promise_that_is_never_settled_ends_at_once) {
  const RunOutcome outcome = attack(incoming("return new Promise(() => {});"));
  EXPECT_EQ(outcome.status, RunStatus::Threw);
}

TEST_F(HostileScriptTest, a_giant_console_is_cut) {
  const RunOutcome outcome = attack(
      incoming("for (let i = 0; i < 5000; i++) console.log('x'.repeat(1000)); return 'done';"));
  EXPECT_EQ(text_result(outcome), R"("done")");
  EXPECT_TRUE(outcome.console_truncated);
  std::size_t bytes = 0;
  for (const ConsoleLine& line : outcome.console) bytes += line.text.size();
  EXPECT_LE(bytes, ScriptLimits{}.log.bytes_max);
}

TEST_F(HostileScriptTest, many_console_lines_are_cut) {
  const RunOutcome outcome =
      attack(incoming("for (let i = 0; i < 5000; i++) console.log(i); return 'done';"));
  EXPECT_EQ(outcome.console.size(), ScriptLimits{}.log.lines_max);
  EXPECT_TRUE(outcome.console_truncated);
}

TEST_F(HostileScriptTest, a_giant_result_is_refused) {
  expect_limit(attack(incoming("return 'x'.repeat(3000000);")), RunLimit::Result);
}

TEST_F(HostileScriptTest, a_result_nested_beyond_reason_is_refused) {
  const RunOutcome outcome =
      attack(incoming("let a = []; for (let i = 0; i < 1000; i++) a = [a]; return a;"));
  expect_limit(outcome, RunLimit::Result);
}

TEST_F(HostileScriptTest, a_result_that_refers_to_itself_throws) {
  const RunOutcome outcome = attack(incoming("const a = {}; a.a = a; return a;"));
  EXPECT_EQ(outcome.status, RunStatus::Threw);
  EXPECT_EQ(outcome.fault.name, "TypeError");
}

TEST_F(HostileScriptTest, a_giant_error_message_is_cut) {
  const RunOutcome outcome = attack(incoming("throw new Error('x'.repeat(2000000));"));
  EXPECT_EQ(outcome.status, RunStatus::Threw);
  EXPECT_LE(outcome.fault.message.size(), 64u * 1024);
}

TEST_F(HostileScriptTest, thrown_things_without_a_text_are_reported) {
  for (const char* body :
       {"throw { toString() { throw 1; } };",
        "throw { get message() { throw 1; }, get name() { for "
        "(const x of 1) {} } };",
        "throw new Proxy(new Error('x'), { get() { throw new Error('trap'); } });",
        "throw Object.create(null);", "throw Symbol('s');", "throw undefined;", "throw 5n;",
        "const e = new Error('a'); Object.defineProperty(e, 'stack', { get() { throw e; } }); "
        "throw "
        "e;"}) {
    EXPECT_EQ(attack(incoming(body)).status, RunStatus::Threw) << body;
  }
}

TEST_F(HostileScriptTest, results_that_trick_the_reader_are_contained) {
  for (const char* body :
       {"return new Proxy({}, { ownKeys() { throw new Error('trap'); } });",
        "return { toJSON() { return { toJSON: null, a: 1 }; } };",
        "return { get then() { throw new Error('then'); } };",
        "return { then(ok) { ok({ then(ok2) { ok2(1); } }); ok(2); } };",
        "JSON.stringify = () => 'no'; JSON.parse = 1; Object.keys = null; return { a: 1 };",
        "Promise.prototype.then = () => 1; return Promise.resolve(3);",
        "Object.prototype.toJSON = () => 7; return {};",
        "String.prototype.replace = () => { throw 1; }; return '\\ud800';",
        "delete globalThis.Object; delete globalThis.Promise; return 5;",
        "globalThis.Script = null; return 5;"}) {
    const RunOutcome outcome = attack(incoming(body));
    EXPECT_TRUE(outcome.status == RunStatus::Returned || outcome.status == RunStatus::Threw)
        << body;
  }
}

TEST_F(HostileScriptTest, halves_of_characters_do_not_reach_the_server) {
  const RunOutcome outcome =
      attack(incoming("console.log('\\udc00'); return ['\\ud800', '\\\\ud800', '\\u0000'];"));
  EXPECT_EQ(text_result(outcome), "[\"\xEF\xBF\xBD\",\"\\\\ud800\",\"\\u0000\"]");
  EXPECT_EQ(outcome.console.at(0).text, "\xEF\xBF\xBD");
}

TEST_F(HostileScriptTest, nothing_of_the_host_is_in_reach) {
  const RunOutcome outcome = attack(incoming(
      "return ['__host', '$gantry', 'require', 'process', 'setTimeout', 'ivm', 'std', 'os']"
      ".filter((name) => name in globalThis);"));
  EXPECT_EQ(text_result(outcome), "[]");
}

TEST_F(HostileScriptTest, imports_load_nothing) {
  const RunOutcome outcome = attack(request_for(
      "class Script { async process_incoming_request() { return import('/etc/passwd'); } }"));
  EXPECT_EQ(outcome.status, RunStatus::Threw);
}

TEST_F(HostileScriptTest, a_state_that_broke_a_limit_is_not_used_again) {
  RunRequest request = incoming(
      "seen = (typeof seen === 'number' ? seen : 0) + 1; if (request.loop) for (;;) {} "
      "return seen;");
  request.integration_id = "hostile";
  EXPECT_EQ(text_result(run(request)), "1");
  RunRequest looping = request;
  looping.argument = {{"request", {{"loop", true}}}};
  looping.limits.call.cpu = kCpu;
  EXPECT_EQ(run(looping).status, RunStatus::LimitExceeded);
  EXPECT_EQ(text_result(run(request)), "1");
}

TEST_F(HostileScriptTest, scripts_that_cannot_be_compiled_in_reason_are_refused) {
  for (const std::string& source : {std::string(200000, '('), "x" + std::string(300000, '+') + "1",
                                    std::string(2 * 1024 * 1024, ' ')}) {
    const CompileOutcome outcome = compile(source);
    EXPECT_FALSE(outcome.code);
    EXPECT_FALSE(outcome.fault.message.empty());
  }
  EXPECT_TRUE(compile("class Script {}").code);
}

// The pids of this process's children.
std::vector<pid_t> children() {
  std::vector<pid_t> found;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream in(task.path() / "children");
    pid_t pid = 0;
    while (in >> pid) found.push_back(pid);
  }
  return found;
}

TEST_F(HostileScriptTest, workers_killed_while_idle_are_replaced_unnoticed) {
  EXPECT_EQ(run(incoming("return 1;")).status, RunStatus::Returned);
  for (const pid_t pid : children()) kill(pid, SIGKILL);
  EXPECT_EQ(run(incoming("return 1;")).status, RunStatus::Returned);
}

TEST_F(HostileScriptTest, a_worker_killed_at_work_is_replaced_and_the_run_tried_again) {
  auto running =
      start(incoming("const end = Date.now() + 400; while (Date.now() < end); return 1;"));
  std::this_thread::sleep_for(200ms);
  for (const pid_t pid : children()) kill(pid, SIGKILL);
  EXPECT_EQ(running.get().status, RunStatus::Returned);
  EXPECT_GE(pool_->metrics().failed, 1u);
}

HttpPower killing_the_workers() {
  return [](HttpPowerRequest) -> asio::awaitable<HttpPowerReply> {
    return []() -> asio::awaitable<HttpPowerReply> {
      for (const pid_t pid : children()) kill(pid, SIGKILL);
      HttpPowerReply reply;
      reply.error = "gone";
      co_return reply;
    }();
  };
}

TEST_F(HostileScriptTest, a_run_that_has_made_an_http_call_is_not_tried_again) {
  RunRequest request = incoming("HTTP('POST', 'http://peer/'); return 1;");
  request.http = killing_the_workers();
  const RunOutcome outcome = run(std::move(request));
  EXPECT_EQ(outcome.status, RunStatus::EngineFailed);
  EXPECT_EQ(run(incoming("return 1;")).status, RunStatus::Returned);
}

TEST_F(HostileScriptTest, a_stopped_worker_is_killed_at_its_deadline) {
  RunRequest request = incoming("for (;;) {}");
  request.limits.call.wall = 500ms;
  auto running = start(std::move(request));
  std::this_thread::sleep_for(200ms);
  for (const pid_t pid : children()) kill(pid, SIGSTOP);
  const RunOutcome outcome = running.get();
  for (const pid_t pid : children()) kill(pid, SIGCONT);
  expect_limit(outcome, RunLimit::Wall);
  EXPECT_EQ(pool_->metrics().killed, 1u);
  EXPECT_EQ(run(incoming("return 1;")).status, RunStatus::Returned);
}

}  // namespace
}  // namespace gantry::integrations::script
