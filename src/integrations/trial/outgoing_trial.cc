#include "integrations/trial/outgoing_trial.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "domain/error_codes.h"
#include "integrations/delivery/outgoing_request.h"
#include "integrations/delivery/reply_content.h"
#include "integrations/delivery/retry_schedule.h"
#include "integrations/incoming/hook_decision.h"
#include "integrations/script/http_power.h"
#include "integrations/script_runner.h"
#include "integrations/trial/message_preview.h"
#include "wire/post_payload.h"

namespace gantry::integrations {
namespace {

using script::RunOutcome;
using script::RunStatus;
using script::ScriptMethod;

// Known when the request goes out; a signature over words of the caller's choice is for nobody.
constexpr std::array<std::string_view, 3> kMadeWhenSent{"webhook-id", "webhook-timestamp",
                                                        "webhook-signature"};

json::object request_json(const egress::HttpRequest& request) {
  json::object headers;
  for (const auto& [name, value] : request.headers) {
    const bool later =
        std::find(kMadeWhenSent.begin(), kMadeWhenSent.end(), name) != kMadeWhenSent.end();
    headers[name] = later ? "(made when it is sent)" : script::to_valid_utf8(value);
  }
  json::object out{
      {"method", request.method}, {"url", request.url}, {"headers", std::move(headers)}};
  if (request.body) out["body"] = script::to_valid_utf8(*request.body);
  out["timeoutMs"] = request.timeout.count();
  return out;
}

// Whether the room of the event takes the message: when there is no such target, or it is a public
// room that does not take it.
bool gives_way(const domain::Tx& tx, ErrorCode why, std::string_view target) {
  if (why == ErrorCode::InvalidChannelTarget) return true;
  constexpr std::array<ErrorCode, 4> kRoomRefuses{
      ErrorCode::RoomIsArchived, ErrorCode::NotAllowedInRoom, ErrorCode::RoomIsReadOnly,
      ErrorCode::MutedInRoom};
  if (std::find(kRoomRefuses.begin(), kRoomRefuses.end(), why) == kRoomRefuses.end()) return false;
  if (target.starts_with('#')) target.remove_prefix(1);
  auto room = tx.rooms().find(domain::RoomId{target});
  if (!room) room = tx.rooms().find_by_name(target);
  return room && room->type == domain::RoomType::Channel;
}

class OutgoingTrial {
 public:
  OutgoingTrial(const domain::Context& context, TrialRun& run, domain::Delivery delivery,
                std::optional<egress::HttpReply> response)
      : context_(context),
        run_(run),
        delivery_(std::move(delivery)),
        response_(std::move(response)) {}

  Task<json::object> go() {
    CO_TRY(const bool sends, co_await prepare());
    if (sends && response_) CO_TRY_DO(co_await process());
    out_["messages"] = std::move(messages_);
    run_.report(&out_);
    co_return std::move(out_);
  }

 private:
  void end(std::string_view step) { out_["step"] = step; }
  void fail(std::string_view step, std::string_view why) {
    end(step);
    out_["error"] = why;
  }
  void fail_run(ScriptMethod method, const RunOutcome& outcome) {
    fail(outcome.status == RunStatus::LoadFailed
             ? std::string("execute-script-getting-script")
             : fmt::format("execute-script-error-running-{}", script::to_name(method)),
         outcome.fault.message);
  }

  // Whether a request would be sent.
  Task<bool> prepare();
  Task<bool> run_prepare();
  Task<void> process();
  Task<void> judge();
  // Adds what the message would be; false when it could not be posted.
  Task<bool> foresee(std::string_view place, json::object payload);
  std::shared_ptr<const domain::User> sender() const;
  Result<json::object> preview(const domain::Tx& tx, const json::object& payload) const;

  const domain::Context& context_;
  TrialRun& run_;
  const domain::Delivery delivery_;
  std::optional<egress::HttpReply> response_;
  OutgoingRequest request_;
  bool lacks_response_method_ = false;
  json::array messages_;
  json::object out_{{"step", ""}, {"request", nullptr}};
};

Task<bool> OutgoingTrial::prepare() {
  request_ = default_request(delivery_);
  if (run_.scripted()) {
    CO_TRY(const bool sends, co_await run_prepare());
    if (!sends) co_return false;
  }
  auto http = to_http(request_);
  if (!http) {
    fail("pre-http-call", gantry::text_of(http.error()));
    co_return false;
  }
  sign(*http, run_.integration(), delivery_.id, context_.clock.now());
  out_["request"] = request_json(*http);
  end("pre-http-call");
  co_return true;
}

Task<bool> OutgoingTrial::run_prepare() {
  const domain::Integration& integration = run_.integration();
  if (!integration.script_compiled) {
    fail("execute-script-getting-script",
         integration.script_error ? integration.script_error->message : "");
    co_return false;
  }
  json::object shown = request_.to_json();
  shown["data"] = with_dates(delivery_.data.object());
  json::object argument;
  argument["request"] = std::move(shown);
  const RunOutcome outcome =
      co_await run_.run(ScriptMethod::PrepareOutgoingRequest, std::move(argument));
  if (outcome.status == RunStatus::NoMethod) co_return true;
  if (outcome.status != RunStatus::Returned) {
    fail_run(ScriptMethod::PrepareOutgoingRequest, outcome);
    co_return false;
  }
  lacks_response_method_ = outcome.lacks_response_method;
  const json::object* result = outcome.result ? outcome.result->if_object() : nullptr;
  if (result == nullptr) {
    end("after-prepare-no-opts");
    co_return false;
  }
  if (const json::value* message = find_member(*result, "message");
      message != nullptr && message->is_object()) {
    CO_TRY(const bool posted, co_await foresee("prepare", message->get_object()));
    if (!posted) {
      end("after-prepare-send-message-failed");
      co_return false;
    }
  }
  auto request = request_from_script(*result);
  if (!request) {
    end("after-prepare-no-url_or_method");
    co_return false;
  }
  request_ = *std::move(request);
  co_return true;
}

Task<void> OutgoingTrial::process() {
  *response_ = to_text(std::move(*response_));
  if (!run_.scripted() || lacks_response_method_) co_return co_await judge();
  json::object argument;
  argument["request"] = request_.to_json();
  argument["response"] = response_json(*response_);
  const RunOutcome outcome =
      co_await run_.run(ScriptMethod::ProcessOutgoingResponse, std::move(argument));
  if (outcome.status != RunStatus::Returned || !outcome.result) co_return co_await judge();
  if (*outcome.result == json::value(false)) {
    end("after-process-false-result");
    co_return Done{};
  }
  const json::object* result = outcome.result->if_object();
  const json::value* content = result != nullptr ? find_member(*result, "content") : nullptr;
  if (content == nullptr || !content->is_object()) co_return co_await judge();
  CO_TRY(const bool posted, co_await foresee("response", content->get_object()));
  end(posted ? "after-process-send-message" : "after-process-send-message-failed");
  co_return Done{};
}

// Contract "integrations" 12: the first attempt, seen without a clock.
Task<void> OutgoingTrial::judge() {
  const unsigned status = response_->status;
  if (is_success(*response_)) {
    const auto message = message_in(*response_);
    if (!message) {
      end("after-http-call");
      co_return Done{};
    }
    CO_TRY(const bool posted, co_await foresee("answer", *message));
    end(posted ? "url-response-sent-message" : "after-http-call-send-message-failed");
    co_return Done{};
  }
  const std::string why = fmt::format("The target answered {}", status);
  const auto settings = context_.directory.settings();
  const RetryRules rules = retry_rules_of(run_.integration(), *settings);
  if (status == 410) {
    fail("after-process-http-status-410", why);
  } else if (status == 500 && !settings->get_bool(domain::Setting::Retry500)) {
    fail("after-process-http-status-500", why);
  } else if (!rules.enabled || rules.count <= 0 ||
             (rules.delay == "policy" && !policy_retries(status))) {
    fail("failed-and-not-configured-to-retry", why);
  } else {
    fail("going-to-retry-1", why);
  }
  co_return Done{};
}

std::shared_ptr<const domain::User> OutgoingTrial::sender() const {
  const domain::Integration& integration = run_.integration();
  if (integration.impersonate_user.value_or(false)) {
    const std::string_view name = gantry::text_of(delivery_.data.object(), "user_name");
    if (auto user = context_.directory.find_user_by_name(name)) return user;
  }
  return context_.directory.find_user_by_name(integration.username);
}

Result<json::object> OutgoingTrial::preview(const domain::Tx& tx,
                                            const json::object& payload) const {
  const domain::Integration& integration = run_.integration();
  const auto who = sender();
  if (!who) return failure("there is no account to post as");
  const domain::PostDefaults defaults{integration.alias.value_or(""),
                                      integration.avatar.value_or(""),
                                      integration.emoji.value_or(""),
                                      {}};
  const domain::MessageDraft draft = wire::read_post_payload(payload, defaults).draft;
  std::string wanted(gantry::text_of(payload, "channel"));
  if (wanted.empty()) wanted = integration.target_room.value_or("");
  if (!wanted.empty()) {
    const auto found = domain::check_post(tx, context_.directory, *who, wanted, draft);
    if (found || delivery_.room.empty() || !gives_way(tx, found.error().code, wanted)) {
      return preview_message(tx, context_.directory, *who, wanted, draft);
    }
  }
  const auto room = tx.rooms().find(delivery_.room);
  if (room) return preview_in_room(tx, context_.directory, *who, *room, draft);
  return json::object{
      {"sender", who->username}, {"error", "invalid-channel"}, {"message", draft_json(draft)}};
}

Task<bool> OutgoingTrial::foresee(std::string_view place, json::object payload) {
  const std::function<Result<json::object>(const domain::Tx&)> work =
      [this, payload](const domain::Tx& tx) { return preview(tx, payload); };
  auto seen = co_await context_.store.read<json::object>(work);
  if (!seen && info_of(seen.error().code).kind == ErrorClass::Unavailable) co_return seen.error();
  json::object row =
      seen ? *std::move(seen) : json::object{{"error", hook_error_text(seen.error())}};
  const json::value* error = find_member(row, "error");
  const bool fits = error == nullptr;
  if (!fits) out_["error"] = *error;
  row["place"] = place;
  messages_.push_back(std::move(row));
  co_return fits;
}

}  // namespace

Task<json::object> try_outgoing(const domain::Context& context, TrialRun& run,
                                domain::Delivery delivery,
                                std::optional<egress::HttpReply> response) {
  OutgoingTrial trial(context, run, std::move(delivery), std::move(response));
  co_return co_await trial.go();
}

}  // namespace gantry::integrations
