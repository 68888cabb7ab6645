#include "integrations/trial/trial_run.h"

#include <charconv>

#include "domain/room_access.h"
#include "integrations/incoming/call_record.h"
#include "integrations/script_runner.h"

namespace gantry::integrations {
namespace {

using script::RunStatus;

constexpr double kMicrosecondsInMillisecond = 1000;

std::string_view to_text(script::RunLimit limit) {
  switch (limit) {
    case script::RunLimit::None:
      return "";
    case script::RunLimit::Cpu:
      return "cpu";
    case script::RunLimit::Wall:
      return "wall";
    case script::RunLimit::Memory:
      return "memory";
    case script::RunLimit::Argument:
      return "argument";
    case script::RunLimit::Result:
      return "result";
    case script::RunLimit::Store:
      return "store";
    case script::RunLimit::Stack:
      return "stack";
  }
  return "";
}

// Takes ":123" off the front.
bool take_number(std::string_view& text, std::int64_t& out) {
  if (!text.starts_with(':')) return false;
  const char* const begin = text.data() + 1;
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), out);
  if (error != std::errc() || out < 1) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// The first ":line:column" or ":line" of the stack, which shows the script's own lines only.
void put_place(json::object& out, std::string_view stack) {
  for (std::size_t at = stack.find(':'); at != std::string_view::npos;
       at = stack.find(':', at + 1)) {
    std::string_view rest = stack.substr(at);
    std::int64_t line = 0;
    std::int64_t column = 0;
    if (!take_number(rest, line)) continue;
    out["line"] = line;
    if (take_number(rest, column)) out["column"] = column;
    return;
  }
}

}  // namespace

json::object fault_json(const script::ScriptFault& fault) {
  json::object out{{"name", fault.name}, {"message", fault.message}};
  put_place(out, fault.stack);
  out["stack"] = fault.stack;
  return out;
}

bool TrialRun::scripted() const {
  return integration_->script && !domain::is_blank(*integration_->script);
}

asio::awaitable<script::RunOutcome> TrialRun::run(script::ScriptMethod method,
                                                  json::object argument) {
  script::RunRequest request;
  request.integration_id = state_.place;
  request.revision = state_.revision;
  request.code = {integration_, &*integration_->script_compiled};
  request.method = method;
  request.argument = std::move(argument);
  request.store = state_.store;
  request.fresh_state = integration_->fresh_state.value_or(false);
  request.http = power_of(http_);
  script::RunOutcome outcome = co_await engine_.run(std::move(request));
  const bool keeps = !integration_->fresh_state.value_or(false);
  if (outcome.store && keeps) {
    state_.store = *outcome.store;
    store_changed_ = true;
  }
  json::object told{{"method", script::to_name(method)}, {"end", end_of(outcome.status)}};
  if (outcome.limit != script::RunLimit::None) told["limit"] = to_text(outcome.limit);
  if (outcome.result) told["result"] = *outcome.result;
  const bool failed =
      outcome.status != RunStatus::Returned && outcome.status != RunStatus::NoMethod;
  if (failed) {
    is_well_ = false;
    told["error"] = fault_json(outcome.fault);
  }
  told["console"] = console_json(outcome);
  if (outcome.console_truncated) told["consoleTruncated"] = true;
  told["cost"] = {{"cpuMs", static_cast<double>(outcome.cost.cpu_us) / kMicrosecondsInMillisecond},
                  {"wallMs", outcome.cost.wall_ms},
                  {"memoryBytes", outcome.cost.memory_bytes}};
  runs_.push_back(std::move(told));
  co_return outcome;
}

void TrialRun::report(json::object* out) const {
  (*out)["runs"] = runs_;
  (*out)["http"] = http_->calls();
  if (store_changed_) (*out)["store"] = state_.store;
}

}  // namespace gantry::integrations
