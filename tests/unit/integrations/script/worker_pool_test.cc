#include <string_view>

#include <boost/asio/steady_timer.hpp>

#include "pool_fixture.h"

namespace gantry::integrations::script {
namespace {

using namespace std::chrono_literals;

TEST_F(WorkerPoolTest, gives_back_what_the_method_returns) {
  const RunOutcome outcome = run(incoming("return { content: { text: request.content.text } };"));
  EXPECT_EQ(outcome.status, RunStatus::Returned);
  EXPECT_EQ(text_result(outcome), R"({"content":{"text":"hello"}})");
}

TEST_F(WorkerPoolTest, tells_undefined_from_null_and_false) {
  EXPECT_EQ(text_result(run(incoming("return undefined;"))), "undefined");
  EXPECT_EQ(text_result(run(incoming("return null;"))), "null");
  EXPECT_EQ(text_result(run(incoming("return false;"))), "false");
}

TEST_F(WorkerPoolTest, awaits_async_methods) {
  const RunOutcome outcome = run(request_for(
      "class Script { async process_incoming_request() { await null; return 'late'; } }"));
  EXPECT_EQ(text_result(outcome), R"("late")");
}

TEST_F(WorkerPoolTest, reports_a_throw_with_the_scripts_own_line) {
  const RunOutcome outcome = run(incoming("\n\nconst a = {};\nreturn a.b.c;"));
  EXPECT_EQ(outcome.status, RunStatus::Threw);
  EXPECT_EQ(outcome.fault.name, "TypeError");
  EXPECT_EQ(outcome.fault.message, "Cannot read properties of undefined (reading 'c')");
  EXPECT_NE(outcome.fault.stack.find("(script.js:4:"), std::string::npos) << outcome.fault.stack;
  EXPECT_EQ(outcome.fault.stack.find("gantry:"), std::string::npos) << outcome.fault.stack;
}

TEST_F(WorkerPoolTest, reports_a_missing_method) {
  RunRequest request = incoming("return 1;");
  request.method = ScriptMethod::PrepareOutgoingRequest;
  EXPECT_EQ(run(std::move(request)).status, RunStatus::NoMethod);
}

TEST_F(WorkerPoolTest, reports_a_script_without_its_class) {
  const RunOutcome outcome = run(request_for("const a = 1;"));
  EXPECT_EQ(outcome.status, RunStatus::LoadFailed);
  EXPECT_EQ(outcome.fault.message, "Script is not defined");
}

TEST_F(WorkerPoolTest, reports_a_constructor_that_throws_as_a_failed_load) {
  const RunOutcome outcome =
      run(request_for("class Script { constructor() { throw new RangeError('no'); } }"));
  EXPECT_EQ(outcome.status, RunStatus::LoadFailed);
  EXPECT_EQ(outcome.fault.name, "RangeError");
}

TEST_F(WorkerPoolTest, keeps_the_console_in_order_with_levels) {
  const RunOutcome outcome =
      run(incoming("console.log('a', 1, { b: 2 }); console.error('c'); return 1;"));
  ASSERT_EQ(outcome.console.size(), 2u);
  EXPECT_EQ(outcome.console[0].text, R"(a 1 {"b":2})");
  EXPECT_EQ(outcome.console[0].level, ConsoleLevel::Log);
  EXPECT_EQ(outcome.console[1].level, ConsoleLevel::Error);
}

TEST_F(WorkerPoolTest, a_preparation_tells_whether_the_response_would_be_looked_at) {
  const auto lacks = [this](const std::string& before, const std::string& more) {
    RunRequest request = request_for(
        before + "class Script { prepare_outgoing_request() { return {}; } " + more + " }");
    request.method = ScriptMethod::PrepareOutgoingRequest;
    const RunOutcome outcome = run(std::move(request));
    EXPECT_EQ(outcome.status, RunStatus::Returned);
    return outcome.lacks_response_method;
  };
  EXPECT_TRUE(lacks("", ""));
  EXPECT_TRUE(lacks("", "get process_outgoing_response() { return 7; }"));
  EXPECT_FALSE(lacks("", "process_outgoing_response() {}"));
  EXPECT_FALSE(lacks("", "constructor() { this.process_outgoing_response = () => {}; }"));
  EXPECT_FALSE(lacks("", "get process_outgoing_response() { throw new Error('no'); }"));
  EXPECT_FALSE(lacks("class Base { process_outgoing_response() {} }\n",
                     "constructor() { Object.setPrototypeOf(this, Base.prototype); "
                     "this.prepare_outgoing_request = () => ({}); }"));
}

TEST_F(WorkerPoolTest, what_is_nested_too_deeply_is_over_a_limit_and_harms_nobody) {
  const std::string deep = "let deep = {}; for (let i = 0; i < 200; ++i) deep = { deep };";
  const RunOutcome result = run(incoming(deep + "return deep;"));
  EXPECT_EQ(result.status, RunStatus::LimitExceeded);
  EXPECT_EQ(result.limit, RunLimit::Result);
  const RunOutcome store = run(incoming(deep + "Store.set('deep', deep); return 1;"));
  EXPECT_EQ(store.status, RunStatus::LimitExceeded);
  EXPECT_EQ(store.limit, RunLimit::Store);
  EXPECT_EQ(store.fault.message, "the script's Store is too deeply nested");
  EXPECT_FALSE(store.store);
  EXPECT_EQ(pool_->metrics().failed, 0u);
}

TEST_F(WorkerPoolTest, dates_pass_both_ways) {
  RunRequest request = request_for(
      "class Script { prepare_outgoing_request({ request }) {"
      "return { iso: request.at, is: request.at instanceof Date, year: request.at.getUTCFullYear() "
      "}; } }");
  request.method = ScriptMethod::PrepareOutgoingRequest;
  request.argument = {{"request", {{"at", {{"$date", 1772618400000}}}}}};
  EXPECT_EQ(text_result(run(std::move(request))),
            R"({"iso":"2026-03-04T10:00:00.000Z","is":true,"year":2026})");
}

TEST_F(WorkerPoolTest, dates_in_the_words_of_outsiders_stay_as_they_are) {
  RunRequest request = incoming("return request;");
  request.argument = {{"request", {{"at", {{"$date", 5}}}}}};
  EXPECT_EQ(text_result(run(std::move(request))), R"({"at":{"$date":5}})");
}

TEST_F(WorkerPoolTest, loading_sees_and_changes_the_store) {
  RunRequest request = incoming(
      "return seen;", "const seen = Store.get('loads') || 0; Store.set('loads', seen + 1);");
  request.store = {{"loads", 4}};
  const RunOutcome outcome = run(std::move(request));
  EXPECT_EQ(text_result(outcome), "4");
  ASSERT_TRUE(outcome.store);
  EXPECT_EQ(json::serialize(*outcome.store), R"({"loads":5})");
}

TEST_F(WorkerPoolTest, plain_scripts_see_v8s_words_in_catch_clauses_too) {
  const RunOutcome outcome =
      run(request_for("class Script { process_incoming_request({ request }) {"
                      "try { request.nothing(); } catch (e) { return e.message; } } }",
                      CompileMode::Plain));
  EXPECT_EQ(text_result(outcome), R"("request.nothing is not a function")");
}

TEST_F(WorkerPoolTest, plain_compilation_keeps_the_script_as_it_is) {
  const std::string source = "class Script { a() { try { b(); } catch (e) { c(e); } } }\n";
  EXPECT_EQ(compile(source, CompileMode::Plain).code, source);
}

TEST_F(WorkerPoolTest, sloppy_compilation_keeps_line_numbers) {
  const CompileOutcome outcome = compile("class Script {\n a() {\n b = 1;\n } }");
  ASSERT_TRUE(outcome.code);
  EXPECT_EQ(std::count(outcome.code->begin(), outcome.code->end(), '\n'), 3);
}

TEST_F(WorkerPoolTest, plain_compilation_finds_syntax_errors_with_their_place) {
  const CompileOutcome outcome = compile("class Script {\n  go( { }\n}", CompileMode::Plain);
  EXPECT_FALSE(outcome.code);
  EXPECT_EQ(outcome.fault.name, "SyntaxError");
  EXPECT_NE(outcome.fault.stack.find("script.js:3:"), std::string::npos) << outcome.fault.stack;
}

TEST_F(WorkerPoolTest, a_forgotten_integration_starts_anew) {
  RunRequest request = counter();
  EXPECT_EQ(text_result(run(request)), "1");
  pool_->forget("counter");
  EXPECT_EQ(text_result(run(request)), "1");
}

TEST_F(WorkerPoolTest, parsed_content_can_be_parsed_again) {
  RunRequest request = request_for(
      "class Script { process_outgoing_response({ response }) {"
      "return [JSON.parse(response.content).gif, response.content.gif, Object.keys("
      "response.content)]; } }");
  request.method = ScriptMethod::ProcessOutgoingResponse;
  request.argument = {
      {"request", json::object{}},
      {"response", {{"content", {{"gif", "url"}}}, {"content_raw", R"({"gif":"url"})"}}}};
  EXPECT_EQ(text_result(run(std::move(request))), R"(["url","url",["gif"]])");
}

TEST_F(WorkerPoolTest, globals_survive_runs_of_one_revision) {
  RunRequest request = counter();
  EXPECT_EQ(text_result(run(request)), "1");
  const RunOutcome second = run(request);
  EXPECT_EQ(text_result(second), "2");
  EXPECT_TRUE(second.state_was_kept);
  request.revision = "another";
  const RunOutcome third = run(request);
  EXPECT_EQ(text_result(third), "1");
  EXPECT_FALSE(third.state_was_kept);
}

TEST_F(WorkerPoolTest, fresh_state_sees_no_earlier_run) {
  RunRequest request = counter();
  request.fresh_state = true;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(text_result(run(request)), "1");
}

TEST_F(WorkerPoolTest, fresh_state_draws_other_random_numbers_each_time) {
  RunRequest request = incoming("return Math.random();");
  request.fresh_state = true;
  EXPECT_NE(text_result(run(request)), text_result(run(request)));
}

TEST_F(WorkerPoolTest, integrations_do_not_share_globals_or_changed_builtins) {
  RunRequest spoiler = incoming(
      "shared = 1; Array.prototype.map = () => 'spoiled'; Object.prototype.evil = 1; JSON.parse = "
      "null; return 1;");
  spoiler.integration_id = "spoiler";
  EXPECT_EQ(run(spoiler).status, RunStatus::Returned);
  EXPECT_EQ(run(spoiler).status, RunStatus::Returned);
  const RunOutcome other = run(incoming(
      "return [typeof shared, [1].map((x) => x + 1), ({}).evil === undefined, JSON.parse('2')];"));
  EXPECT_EQ(text_result(other), R"(["undefined",[2],true,2])");
}

TEST_F(WorkerPoolTest, store_is_handed_out_and_in) {
  RunRequest request = incoming(
      "const list = Store.get('list') || []; list.push(request.content.text); "
      "return Store.set('list', list);");
  const RunOutcome first = run(request);
  ASSERT_TRUE(first.store);
  EXPECT_EQ(json::serialize(*first.store), R"({"list":["hello"]})");
  // Another worker or a restart: only what was handed out is there.
  request.revision = "after a restart";
  request.store = *first.store;
  EXPECT_EQ(text_result(run(request)), R"(["hello","hello"])");
}

TEST_F(WorkerPoolTest, a_run_that_leaves_store_alone_hands_out_none) {
  RunRequest request = incoming("return Store.get('a');");
  request.store = {{"a", 1}};
  const RunOutcome outcome = run(std::move(request));
  EXPECT_EQ(text_result(outcome), "1");
  EXPECT_FALSE(outcome.store);
}

TEST_F(WorkerPoolTest, a_store_above_its_quota_is_refused) {
  const RunOutcome outcome = run(incoming("Store.set('a', 'x'.repeat(300000)); return 1;"));
  EXPECT_EQ(outcome.status, RunStatus::LimitExceeded);
  EXPECT_EQ(outcome.limit, RunLimit::Store);
  EXPECT_FALSE(outcome.store);
}

HttpPower answering(int status, std::string body) {
  return [status, body](HttpPowerRequest request) -> asio::awaitable<HttpPowerReply> {
    return
        [](int with, std::string text, HttpPowerRequest asked) -> asio::awaitable<HttpPowerReply> {
          HttpPowerReply reply;
          reply.status = with;
          reply.url = asked.url;
          reply.headers = {{"Content-Type", "application/json; charset=utf-8"}};
          reply.body = std::move(text);
          co_return reply;
        }(status, body, std::move(request));
  };
}

TEST_F(WorkerPoolTest, http_blocks_the_script_until_the_reply) {
  RunRequest request = incoming(
      "const { result } = HTTP('POST', 'http://peer/x', { data: { a: 1 } });"
      "return [result.statusCode, result.data.ok, result.headers['content-type']];");
  request.http = answering(200, R"({"ok":true})");
  EXPECT_EQ(text_result(run(std::move(request))),
            R"([200,true,"application/json; charset=utf-8"])");
}

TEST_F(WorkerPoolTest, http_gives_an_error_object_for_a_bad_status) {
  RunRequest request = incoming(
      "const { error } = HTTP('GET', 'http://peer/x'); "
      "return [error.message, error.response.statusCode];");
  request.http = answering(404, "gone");
  EXPECT_EQ(text_result(run(std::move(request))), R"(["failed [404] gone",404])");
}

TEST_F(WorkerPoolTest, fetches_run_at_the_same_time) {
  RunRequest request = request_for(
      "class Script { async process_incoming_request() {"
      "const all = await Promise.all([1, 2, 3].map((n) => fetch('http://peer/' + n)));"
      "return Promise.all(all.map(async (r) => [r.ok, r.url, (await r.json()).n])); } }");
  request.http = answering(200, R"({"n":5})");
  EXPECT_EQ(text_result(run(std::move(request))),
            R"([[true,"http://peer/1",5],[true,"http://peer/2",5],[true,"http://peer/3",5]])");
}

TEST_F(WorkerPoolTest, http_calls_beyond_the_limit_are_refused_in_the_script) {
  RunRequest request = incoming(
      "let n = 0; for (;;) { const { error } = HTTP('GET', 'http://peer/'); "
      "if (error) return [n, error.message]; n++; }");
  request.limits.call.http_calls_max = 3;
  request.http = answering(200, "{}");
  EXPECT_EQ(text_result(run(std::move(request))), R"([3,"Too many HTTP calls in one run"])");
}

asio::awaitable<HttpPowerReply> never_in_time(HttpPowerRequest request) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_at(request.deadline + 200ms);
  co_await timer.async_wait(asio::use_awaitable);
  co_return HttpPowerReply{};
}

TEST_F(WorkerPoolTest, a_script_that_waits_too_long_for_http_ends_by_its_wall_limit) {
  RunRequest request = request_for(
      "class Script { async process_incoming_request() {"
      "return (await fetch('http://slow/')).status; } }");
  request.limits.call.wall = 400ms;
  request.http = never_in_time;
  const auto started = std::chrono::steady_clock::now();
  const RunOutcome outcome = run(std::move(request));
  EXPECT_EQ(outcome.status, RunStatus::LimitExceeded);
  EXPECT_EQ(outcome.limit, RunLimit::Wall);
  EXPECT_LT(std::chrono::steady_clock::now() - started, 2s);
}

TEST_F(WorkerPoolTest, waiting_for_http_leaves_the_cores_to_others) {
  std::vector<std::future<RunOutcome>> slow;
  for (int i = 0; i < 6; ++i) {
    RunRequest request = incoming("return HTTP('GET', 'http://slow/').error.message;");
    request.integration_id = "slow" + std::to_string(i);
    request.limits.call.wall = 3s;
    request.http = never_in_time;
    slow.push_back(start(std::move(request)));
  }
  const RunOutcome quick = run(incoming("return 1;"));
  EXPECT_EQ(quick.status, RunStatus::Returned);
  for (auto& one : slow) {
    EXPECT_NE(one.wait_for(0s), std::future_status::ready);
  }
  for (auto& one : slow) EXPECT_EQ(one.get().status, RunStatus::Returned);
}

TEST_F(WorkerPoolTest, at_most_two_runs_of_one_integration_overlap) {
  RunRequest request = incoming("return HTTP('GET', 'http://slow/').error.message;");
  request.limits.call.wall = 700ms;
  request.http = never_in_time;
  std::vector<std::future<RunOutcome>> runs;
  runs.reserve(3);
  for (int i = 0; i < 3; ++i) runs.push_back(start(request));
  int busy = 0;
  for (auto& one : runs) busy += one.get().status == RunStatus::EngineBusy ? 1 : 0;
  // The third either came when the first had ended or gave up; never did three run at once.
  EXPECT_LE(busy, 1);
  EXPECT_GE(pool_->metrics().workers, 2u);
}

TEST_F(WorkerPoolTest, stopping_ends_runs_under_way) {
  RunRequest request = incoming("for (;;) {}");
  auto running = start(std::move(request));
  std::this_thread::sleep_for(50ms);
  pool_->stop();
  EXPECT_EQ(running.get().status, RunStatus::EngineFailed);
}

}  // namespace
}  // namespace gantry::integrations::script
