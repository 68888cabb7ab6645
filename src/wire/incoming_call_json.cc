#include "wire/incoming_call_json.h"

namespace gantry::wire {
namespace {

constexpr double kMicrosecondsInMillisecond = 1000.0;

json::array posted_json(const domain::IncomingCall& call) {
  json::array out;
  for (const domain::IncomingPost& post : call.posted) {
    out.push_back({{"roomId", post.room.text}, {"messageId", post.message.text}});
  }
  return out;
}

}  // namespace

json::object to_summary_json(const domain::LoggedCall& logged) {
  const domain::IncomingCall& call = logged.call;
  json::object out{{"_id", call.id.text},
                   {"integrationId", call.integration.text},
                   {"status", call.ok() ? "ok" : "failed"},
                   {"_createdAt", to_iso(call.created_at)},
                   {"finishedAt", to_iso(call.finished_at)},
                   {"statusCode", call.status},
                   {"contentType", call.content_type},
                   {"bodyBytes", call.body_bytes},
                   {"ranScript", call.script.has_value()},
                   {"posted", posted_json(call)}};
  if (!call.idempotency_key.empty()) out["idempotencyKey"] = call.idempotency_key;
  if (!call.answered_by.empty()) out["answeredBy"] = call.answered_by.text;
  if (call.forgotten) out["forgotten"] = true;
  if (logged.bodies_hidden) out["bodiesHidden"] = true;
  return out;
}

json::object to_json(const domain::LoggedCall& logged) {
  const domain::IncomingCall& call = logged.call;
  const bool silent = call.forgotten || logged.bodies_hidden;
  json::object out = to_summary_json(logged);
  out["headers"] = call.headers;
  const domain::IncomingCallContent& content = call.content;
  if (!content.query.empty()) out["query"] = content.query;
  if (content.body) out["body"] = *content.body;
  if (call.script) {
    json::object script{
        {"end", call.script->end},
        {"cpuMs", static_cast<double>(call.script->cpu_us) / kMicrosecondsInMillisecond},
        {"memoryBytes", call.script->memory_bytes}};
    if (!silent) script["console"] = content.console;
    if (content.returned) script["result"] = *content.returned;
    out["script"] = std::move(script);
  }
  if (!content.error.empty()) out["error"] = content.error;
  json::object answer{{"status", call.status}};
  // The answer of a call that was answered as before is in the earlier record.
  if (!silent && call.answered_by.empty()) answer["body"] = content.answer;
  out["answer"] = std::move(answer);
  return out;
}

}  // namespace gantry::wire
