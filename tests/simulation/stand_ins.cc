#include "simulation/stand_ins.h"

#include "domain/error_codes.h"

namespace gantry::simulation {
namespace {

namespace script = integrations::script;

constexpr std::size_t kWritesBetweenFaults = 60;
constexpr std::size_t kReadsBetweenFaults = 400;

}  // namespace

Result<void> SimulatedStore::write_now(const std::function<Result<void>(domain::Tx&)>& work) {
  return inner_.write_now(work);
}

Result<void> SimulatedStore::read_now(const std::function<Result<void>(const domain::Tx&)>& work) {
  return inner_.read_now(work);
}

Task<void> SimulatedStore::run_write(std::function<Result<void>(domain::Tx&)> work,
                                     domain::Urgency) {
  co_await turns_.take();
  if (fate_.dead) co_return ErrorCode::StorageFailed;
  if (!fate_.calm && chance_.one_in(kWritesBetweenFaults)) {
    ++fate_.failed_writes;
    checker_.trouble();
    co_return ErrorCode::StorageFailed;
  }
  co_return inner_.write_now(work);
}

Task<void> SimulatedStore::run_read(std::function<Result<void>(const domain::Tx&)> work) {
  co_await turns_.take();
  if (fate_.dead) co_return ErrorCode::StorageFailed;
  if (!fate_.calm && chance_.one_in(kReadsBetweenFaults)) {
    checker_.trouble();
    co_return ErrorCode::StorageFailed;
  }
  co_return inner_.read_now(work);
}

asio::awaitable<egress::HttpResult> SimulatedTargets::send(egress::HttpRequest request) {
  domain::DeliveryId id;
  for (const auto& [name, value] : request.headers) {
    if (name == "webhook-id") id.text = value;
  }
  if (!fate_.dead) {
    const auto read = store_.read_now([&](const domain::Tx& tx) -> Result<void> {
      const auto row = tx.deliveries().find(id);
      if (!row) return ErrorCode::NotFound;
      checker_.sent(*row, clock_.now());
      return Done{};
    });
    if (!read) checker_.violate("a request for no delivery: " + request.url);
  }
  co_await turns_.take();
  if (fate_.dead) {
    co_return egress::HttpFailure{egress::HttpFailure::Kind::ShuttingDown, "", "it died"};
  }
  co_return answer(request.url, id.text);
}

egress::HttpResult SimulatedTargets::answer(const std::string& url, const std::string& id) {
  using Kind = egress::HttpFailure::Kind;
  const auto fail = [&](Kind kind, const char* code) -> egress::HttpResult {
    checker_.answered(domain::DeliveryId{id}, false);
    return egress::HttpFailure{kind, code, "simulated"};
  };
  const auto reply = [&](unsigned status, std::string body,
                         egress::Headers headers) -> egress::HttpResult {
    const bool replies = status == 200 && body.find("\"text\"") != std::string::npos;
    checker_.answered(domain::DeliveryId{id}, replies);
    egress::HttpReply out;
    out.status = status;
    out.body = std::move(body);
    out.headers = std::move(headers);
    out.headers.emplace_back("content-type", "application/json");
    return out;
  };
  const bool ill = url.find("//ill") != std::string::npos;
  switch (chance_.below(ill ? 10 : 40)) {
    case 0:
      return fail(Kind::Refused, "ECONNREFUSED");
    case 1:
      return fail(Kind::Reset, "ECONNRESET");
    case 2:
      return fail(Kind::TimedOut, "ETIMEDOUT");
    case 3:
      return reply(503, "", {{"retry-after", "120"}});
    case 4:
      return reply(502, "<html>", {});
    case 5:
      checker_.not_sent(domain::DeliveryId{id});
      return egress::HttpFailure{Kind::Busy, "", "simulated"};
    case 6:
      return reply(204, "", {});
    case 7:
      return reply(200, "{}", {});
    default:
      // Replies are messages, which trigger the other hooks of the room.
      if (!chance_.one_in(4)) return reply(200, R"({"ok":true})", {});
      return reply(200, R"({"text":"reply to )" + id + "\"}", {});
  }
}

asio::awaitable<script::CompileOutcome> SimulatedScripts::compile(std::string source,
                                                                  script::CompileMode,
                                                                  script::ScriptLimits) {
  co_await turns_.take();
  co_return script::CompileOutcome{std::move(source), {}};
}

asio::awaitable<script::RunOutcome> SimulatedScripts::run(script::RunRequest request) {
  co_await turns_.take();
  script::RunOutcome out;
  if (fate_.dead) {
    out.status = script::RunStatus::EngineFailed;
    co_return out;
  }
  const bool prepares = request.method == script::ScriptMethod::PrepareOutgoingRequest;
  switch (chance_.below(30)) {
    case 0:
      out.status = script::RunStatus::EngineBusy;
      break;
    case 1:
      out.status = script::RunStatus::EngineFailed;
      out.fault = {"ScriptEngineError", "simulated", ""};
      break;
    case 2:
      out.status = prepares ? script::RunStatus::NoMethod : script::RunStatus::Threw;
      out.fault = {"Error", "simulated", ""};
      break;
    default:
      out.status = script::RunStatus::Returned;
      if (prepares) out.result = request.argument.at("request");
  }
  co_return out;
}

}  // namespace gantry::simulation
