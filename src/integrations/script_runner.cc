#include "integrations/script_runner.h"

#include <algorithm>
#include <array>

#include "domain/room_access.h"

namespace gantry::integrations {
namespace {

constexpr std::array<std::string_view, 12> kDateMembers{
    "timestamp", "ts",       "lm", "_updatedAt", "_createdAt", "createdAt",
    "lastLogin", "editedAt", "ls", "lr",         "tlm",        "dlm"};
constexpr int kDateDepthMax = 6;
constexpr std::size_t kStatesSweptAt = 4'096;

void mark_dates(json::object& object, int depth) {
  for (auto& member : object) {
    json::value& value = member.value();
    if (value.is_string() && std::find(kDateMembers.begin(), kDateMembers.end(),
                                       std::string_view(member.key())) != kDateMembers.end()) {
      if (const auto time = from_iso(value.get_string())) {
        value = json::object{{"$date", to_epoch_ms(*time)}};
      }
    } else if (value.is_object() && depth < kDateDepthMax) {
      mark_dates(value.get_object(), depth + 1);
    }
  }
}

std::string_view level_text(script::ConsoleLevel level) {
  switch (level) {
    case script::ConsoleLevel::Debug:
      return "debug";
    case script::ConsoleLevel::Log:
      return "log";
    case script::ConsoleLevel::Info:
      return "info";
    case script::ConsoleLevel::Warn:
      return "warn";
    case script::ConsoleLevel::Error:
      return "error";
  }
  return "log";
}

// A script's own HTTP request, under the address rules of its integration.
asio::awaitable<script::HttpPowerReply> perform(egress::HttpClient* client,
                                                egress::AddressPolicy policy,
                                                std::shared_ptr<const std::string> ca_certificates,
                                                script::HttpPowerRequest asked) {
  egress::HttpRequest request;
  request.method = std::move(asked.method);
  request.url = std::move(asked.url);
  request.headers = std::move(asked.headers);
  request.body = std::move(asked.body);
  request.redirects =
      asked.follow_redirects ? egress::Redirects::Follow : egress::Redirects::Return;
  request.verify = asked.allow_self_signed ? egress::Verify::No : egress::Verify::Yes;
  if (asked.reply_bytes_max != 0) request.reply_bytes_max = asked.reply_bytes_max;
  const auto left =
      std::chrono::duration_cast<Milliseconds>(asked.deadline - std::chrono::steady_clock::now());
  request.timeout = std::max(Milliseconds{1}, std::min(asked.timeout, left));
  request.policy = std::move(policy);
  request.ca_certificates = std::move(ca_certificates);

  egress::HttpResult result = co_await client->send(std::move(request));
  script::HttpPowerReply reply;
  if (auto* failed = std::get_if<egress::HttpFailure>(&result)) {
    reply.error = failed->code.empty() ? failed->text : failed->code + ": " + failed->text;
    co_return reply;
  }
  auto& got = std::get<egress::HttpReply>(result);
  reply.status = static_cast<int>(got.status);
  reply.url = std::move(got.final_url);
  reply.headers = std::move(got.headers);
  reply.body = std::move(got.body);
  co_return reply;
}

}  // namespace

json::object with_dates(json::object data) {
  mark_dates(data, 0);
  return data;
}

json::array console_json(const script::RunOutcome& outcome) {
  json::array out;
  for (const script::ConsoleLine& line : outcome.console) {
    out.push_back({{"level", level_text(line.level)}, {"text", line.text}});
  }
  return out;
}

asio::awaitable<domain::CompiledScript> ScriptRunner::compile(std::string source,
                                                              domain::Transpile transpile) {
  const auto mode = transpile == domain::Transpile::Yes ? script::CompileMode::Sloppy
                                                        : script::CompileMode::Plain;
  script::CompileOutcome outcome = co_await engine_.compile(std::move(source), mode, {});
  domain::CompiledScript out;
  out.code = std::move(outcome.code);
  out.error = {std::move(outcome.fault.name), std::move(outcome.fault.message),
               std::move(outcome.fault.stack)};
  co_return out;
}

bool ScriptRunner::takes_part(const domain::Integration& integration) const {
  return integration.script_enabled && integration.script &&
         !domain::is_blank(*integration.script) && !switches_.running_disabled;
}

std::shared_ptr<ScriptState> ScriptRunner::open_state(const LoadedIntegration& loaded,
                                                      domain::Store& store) {
  const domain::Integration& integration = *loaded.integration;
  // A changed freshState is another state, too.
  const std::string key = integration.id.text + ' ' + loaded.script_revision +
                          (integration.fresh_state.value_or(false) ? " fresh" : "");
  const std::lock_guard lock(states_mutex_);
  if (states_.size() >= states_swept_at_) {
    std::erase_if(states_, [](const auto& entry) { return entry.second.used.expired(); });
    states_swept_at_ = std::max(kStatesSweptAt, 2 * states_.size());
  }
  KnownState& known = states_[key];
  auto state = known.used.lock();
  if (!state) {
    state = std::make_shared<ScriptState>(integration, loaded.script_revision, store, known.memory);
    known.used = state;
  }
  return state;
}

asio::awaitable<script::RunOutcome> ScriptRunner::run(
    std::shared_ptr<const domain::Integration> integration, script::ScriptMethod method,
    json::object argument, std::shared_ptr<ScriptState> state) {
  const auto turn = co_await state->take_turn();
  if (!turn) {
    script::RunOutcome outcome;
    outcome.status = script::RunStatus::EngineBusy;
    outcome.fault = {"ScriptEngineError", "earlier runs of this script take too long", ""};
    co_return outcome;
  }
  co_return co_await run_in_turn(std::move(integration), method, std::move(argument),
                                 std::move(state));
}

asio::awaitable<script::RunOutcome> ScriptRunner::run_in_turn(
    std::shared_ptr<const domain::Integration> integration, script::ScriptMethod method,
    json::object argument, std::shared_ptr<ScriptState> state) {
  auto content = co_await state->content();
  if (!content) {
    script::RunOutcome outcome;
    outcome.fault = {"ScriptEngineError", "the script's Store cannot be read", ""};
    co_return outcome;
  }
  script::RunRequest request;
  request.integration_id = integration->id.text;
  request.revision = state->revision();
  request.code = {integration, &*integration->script_compiled};
  request.method = method;
  request.argument = std::move(argument);
  request.store = *std::move(content);
  request.fresh_state = state->starts_fresh();
  request.http = [client = &client_, policy = rules_.policy_for(*integration),
                  certificates = ca_certificates_of(integration)](script::HttpPowerRequest asked) {
    return perform(client, policy, certificates, std::move(asked));
  };
  script::RunOutcome outcome = co_await engine_.run(std::move(request));
  if (state->starts_fresh()) outcome.store.reset();
  if (outcome.store) state->put(*outcome.store);
  co_return outcome;
}

}  // namespace gantry::integrations
