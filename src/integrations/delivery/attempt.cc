#include "integrations/delivery/attempt.h"

#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include "base/crypto.h"
#include "base/log.h"
#include "domain/delivery_records.h"
#include "domain/error_codes.h"
#include "domain/record_content.h"
#include "integrations/delivery/delivery_feed.h"
#include "integrations/delivery/reply_content.h"
#include "integrations/delivery/reply_posting.h"
#include "integrations/delivery/retry_schedule.h"

namespace gantry::integrations {
namespace {

using domain::DeliveryState;
using script::RunStatus;
using script::ScriptMethod;

constexpr std::size_t kRecordedReplyBytesMax = 64 * 1024;
// A request that takes longer is recorded while it lasts.
constexpr Milliseconds kUnrecordedMax{100};

// The end of the attempt may be recorded before; then nothing is left to say.
asio::awaitable<void> record_under_way(domain::Store& store, domain::HistoryEntry entry) {
  const std::function<Result<void>(domain::Tx&)> work =
      [entry](domain::Tx& tx) mutable -> Result<void> {
    domain::follow_messages(tx, entry);
    tx.deliveries().begin_history(entry);
    return Done{};
  };
  const auto done = co_await store.write<void>(work, domain::Urgency::Soon);
  if (!done) log::warn("delivery under way not recorded", {{"delivery", entry.delivery.text}});
}

std::string indented(std::string_view stack) {
  std::string out;
  while (!stack.empty()) {
    const std::size_t end = std::min(stack.find('\n'), stack.size());
    out += "  ";
    out += stack.substr(0, end);
    stack.remove_prefix(std::min(end + 1, stack.size()));
    if (!stack.empty()) out += '\n';
  }
  return out;
}

// Failures that say nothing about the target.
bool is_own_trouble(egress::HttpFailure::Kind kind) {
  using Kind = egress::HttpFailure::Kind;
  return kind == Kind::Busy || kind == Kind::Cancelled || kind == Kind::ShuttingDown;
}

Reach reach_of(const egress::HttpResult& result) {
  using Kind = egress::HttpFailure::Kind;
  const auto* failed = std::get_if<egress::HttpFailure>(&result);
  if (failed == nullptr) return Reach::Answered;
  switch (failed->kind) {
    case Kind::NotResolved:
    case Kind::Refused:
    case Kind::Reset:
    case Kind::TimedOut:
      return Reach::Failed;
    // What one integration does not trust another may, so it says nothing of the target.
    case Kind::Tls:
    default:
      return Reach::Unknown;
  }
}

std::string_view header_of(const egress::HttpReply& reply, std::string_view name) {
  for (const auto& [key, value] : reply.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

asio::awaitable<AttemptEnd> Attempt::run() {
  Result<Go> going = co_await load();
  if (going && *going == Go::On) going = co_await prepare();
  egress::HttpResult result;
  if (going && *going == Go::On) going = co_await call(&result);
  if (going && *going == Go::On) {
    if (const auto* failed = std::get_if<egress::HttpFailure>(&result)) {
      going = co_await judge(*failed);
    } else {
      const auto& reply = std::get<egress::HttpReply>(result);
      going = co_await process(reply);
      if (going && *going == Go::On) going = co_await judge(reply);
    }
  }
  if (!going) {
    log::warn("delivery attempt not recorded",
              {{"delivery", id_.text}, {"why", text_of(going.error())}});
    end_.next = AttemptEnd::Next::TryAgain;
  }
  co_return end_;
}

// False: there is nothing to try any more.
Task<bool> Attempt::read_delivery() {
  if (known_) {
    delivery_ = *known_;
    co_return true;
  }
  using Found = std::optional<domain::Delivery>;
  const std::function<Result<Found>(const domain::Tx&)> work =
      [id = id_](const domain::Tx& tx) -> Result<Found> { return tx.deliveries().find(id); };
  CO_TRY(Found found, co_await tools_.context.store.read<Found>(work));
  if (!found || !found->open()) co_return false;
  delivery_ = *std::move(found);
  co_return true;
}

Task<void> Attempt::drop() {
  const std::function<Result<void>(domain::Tx&)> work =
      [delivery = delivery_, keeps_bodies = keeps_bodies_](domain::Tx& tx) mutable -> Result<void> {
    delivery.state = DeliveryState::Dropped;
    const domain::AttemptEnding ended = tx.deliveries().end_attempt(delivery);
    if (!keeps_bodies && !ended.forgotten) domain::drop_bodies(tx, delivery);
    return Done{};
  };
  CO_TRY_DO(co_await tools_.context.store.write<void>(work, domain::Urgency::Soon));
  delivery_.state = DeliveryState::Dropped;
  if (tools_.feed != nullptr) tools_.feed->tell(delivery_, entry_);
  co_return Done{};
}

Task<Attempt::Go> Attempt::load() {
  keeps_bodies_ =
      tools_.context.directory.settings()->get_bool(domain::Setting::OutgoingKeepBodies);
  CO_TRY(const bool open, co_await read_delivery());
  if (!open) co_return Go::Stop;
  CO_TRY(const LoadedIntegration loaded, co_await tools_.integrations.find(delivery_.integration));
  integration_ = loaded.integration;
  if (!integration_ || !integration_->enabled) {
    CO_TRY_DO(co_await drop());
    co_return Go::Stop;
  }
  scripted_ = tools_.scripts.takes_part(*integration_);
  if (scripted_) script_state_ = tools_.scripts.open_state(loaded, tools_.context.store);

  const Time now = tools_.context.clock.now();
  entry_.id = domain::history_id_of(delivery_.id, delivery_.tries);
  entry_.delivery = delivery_.id;
  entry_.integration = integration_->id;
  if (integration_->created_by) entry_.integration_maker = integration_->created_by->id;
  entry_.attempt = delivery_.tries;
  entry_.event = delivery_.event;
  entry_.integration_copy = loaded.history_copy;
  entry_.data = delivery_.data;
  entry_.trigger_word = delivery_.trigger_word;
  entry_.target_url = delivery_.url;
  entry_.created_at = entry_.updated_at = now;
  step("mapped-args-to-data");
  co_return Go::On;
}

asio::awaitable<script::RunOutcome> Attempt::run_script(ScriptMethod method,
                                                        json::object argument) {
  script::RunOutcome outcome =
      co_await tools_.scripts.run(integration_, method, std::move(argument), script_state_);
  for (json::value& line : console_json(outcome)) entry_.console.push_back(std::move(line));
  if (outcome.store) script_state_changed_ = true;
  co_return outcome;
}

// When the server stops, scripts fail for no fault of theirs; they run again after the next start.
bool Attempt::was_cut_short(const script::RunOutcome& outcome) const {
  return stopping_ && outcome.status != RunStatus::Returned &&
         outcome.status != RunStatus::NoMethod;
}

void Attempt::note_script_failure(ScriptMethod method, const script::RunOutcome& outcome) {
  step(outcome.status == RunStatus::LoadFailed
           ? std::string("execute-script-getting-script")
           : fmt::format("execute-script-error-running-{}", script::to_name(method)));
  entry_.error = outcome.fault.message;
  entry_.error_stack = indented(outcome.fault.stack);
}

Task<Attempt::Go> Attempt::prepare() {
  request_ = default_request(delivery_);
  entry_.ran_prepare = true;
  if (!scripted_) {
    step("after-maybe-ran-prepare");
    co_return Go::On;
  }
  if (!integration_->script_compiled) {
    // Compat: upstream sends the raw payload when the script does not compile
    // (tests/api/outgoing_scripts_test.mjs).
    if (integration_->script_error) {
      entry_.error = integration_->script_error->message;
      entry_.error_stack = indented(integration_->script_error->stack);
    }
    co_return co_await finish("execute-script-getting-script",
                              Ending{.state = DeliveryState::Failed});
  }
  json::object shown = request_.to_json();
  shown["data"] = with_dates(delivery_.data.object());
  json::object argument;
  argument["request"] = std::move(shown);
  const script::RunOutcome outcome =
      co_await run_script(ScriptMethod::PrepareOutgoingRequest, std::move(argument));
  if (outcome.status == RunStatus::NoMethod) {
    step("execute-script-no-method-prepare_outgoing_request");
    co_return Go::On;
  }
  // Requests of the script end with the server, and it may have taken that for an answer.
  if (stopping_) co_return ErrorCode::Unavailable;
  // The script had no turn: nothing has happened yet, so the attempt begins again soon.
  if (outcome.status == RunStatus::EngineBusy) co_return ErrorCode::Busy;
  if (outcome.status == RunStatus::EngineFailed) {
    co_return co_await fail(outcome.fault.message, std::nullopt, std::nullopt);
  }
  if (outcome.status != RunStatus::Returned) {
    note_script_failure(ScriptMethod::PrepareOutgoingRequest, outcome);
    co_return co_await finish(entry_.step, Ending{.state = DeliveryState::Failed});
  }
  lacks_response_method_ = outcome.lacks_response_method;
  const json::object* result = outcome.result ? outcome.result->if_object() : nullptr;
  if (result == nullptr) co_return co_await finish("after-prepare-no-opts", {});
  if (const json::value* message = find_member(*result, "message");
      message != nullptr && message->is_object()) {
    CO_TRY(const Go go, co_await post_prepared(message->get_object()));
    if (go == Go::Stop) co_return Go::Stop;
  }
  auto request = request_from_script(*result);
  if (!request) co_return co_await finish("after-prepare-no-url_or_method", {});
  request_ = *std::move(request);
  co_return Go::On;
}

// The message goes out before the request, so it has a transaction of its own.
Task<Attempt::Go> Attempt::post_prepared(json::object message) {
  const Time now = tools_.context.clock.now();
  const std::function<Result<json::array>(domain::Tx&)> work =
      [this, message, now](domain::Tx& tx) -> Result<json::array> {
    return post_reply(tx,
                      {tools_.context.directory, *integration_, delivery_,
                       fmt::format("{} {} prepare", delivery_.id.text, delivery_.tries), now},
                      message);
  };
  auto sent = co_await tools_.context.store.write<json::array>(work);
  if (!sent) {
    const ErrorClass kind = info_of(sent.error().code).kind;
    if (kind == ErrorClass::Unavailable) co_return sent.error();
    entry_.error = std::string(text_of(sent.error()));
    co_return co_await finish("after-prepare-send-message-failed",
                              Ending{.state = DeliveryState::Failed});
  }
  entry_.prepare_sent = *std::move(sent);
  step("after-prepare-send-message");
  co_return Go::On;
}

// Most targets answer at once, and the record of the end says it all. Who takes longer is seen to
// be at it.
asio::awaitable<egress::HttpResult> Attempt::send(egress::HttpRequest request) {
  const auto executor = co_await asio::this_coro::executor;
  const auto open = std::make_shared<bool>(true);
  const std::shared_ptr<void> closing(nullptr, [open](void*) { *open = false; });
  asio::steady_timer late(executor, kUnrecordedMax);
  late.async_wait([this, open, executor](boost::system::error_code cancelled) {
    if (cancelled || !*open) return;
    entry_.updated_at = tools_.context.clock.now();
    domain::HistoryEntry entry = entry_;
    if (!keeps_bodies_) domain::drop_bodies(entry);
    tools_.tasks.spawn_on(executor, "record of " + id_.text,
                          record_under_way(tools_.context.store, std::move(entry)));
  });
  co_return co_await tools_.client.send(std::move(request));
}

Task<Attempt::Go> Attempt::call(egress::HttpResult* result) {
  auto http = to_http(request_);
  if (!http) {
    entry_.error = std::string(text_of(http.error()));
    co_return co_await finish("pre-http-call", Ending{.state = DeliveryState::Failed});
  }
  entry_.url = request_.url;
  entry_.http_call_data = request_.data;
  step("pre-http-call");

  sign(*http, *integration_, delivery_.id, tools_.context.clock.now());
  keep_headers_for_target(*http);
  http->policy = tools_.rules.policy_for(*integration_);
  http->ca_certificates = ca_certificates_of(integration_);
  const auto settings = tools_.context.directory.settings();
  // Who names an authority wants it asked, whatever others put up with.
  if (settings->get_bool(domain::Setting::AllowSelfSigned) && !http->ca_certificates) {
    http->verify = egress::Verify::No;
  }
  const auto started = std::chrono::steady_clock::now();
  *result = co_await send(*std::move(http));
  end_.took = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - started);
  end_.reach = reach_of(*result);
  if (auto* reply = std::get_if<egress::HttpReply>(result)) *reply = to_text(std::move(*reply));
  step("after-http-call");
  co_return Go::On;
}

Task<Attempt::Go> Attempt::process(const egress::HttpReply& reply) {
  entry_.http_status = reply.status;
  entry_.http_result = to_json_text(json::value(first_bytes(reply.body, kRecordedReplyBytesMax)));
  if (!scripted_ || lacks_response_method_) co_return Go::On;
  json::object argument;
  argument["request"] = request_.to_json();
  argument["response"] = response_json(reply);
  const script::RunOutcome outcome =
      co_await run_script(ScriptMethod::ProcessOutgoingResponse, std::move(argument));
  if (outcome.status == RunStatus::NoMethod) co_return Go::On;
  if (was_cut_short(outcome)) co_return ErrorCode::Unavailable;
  if (outcome.status != RunStatus::Returned) {
    note_script_failure(ScriptMethod::ProcessOutgoingResponse, outcome);
    co_return Go::On;
  }
  if (!outcome.result) co_return Go::On;
  if (*outcome.result == json::value(false)) {
    co_return co_await finish("after-process-false-result", {});
  }
  const json::object* result = outcome.result->if_object();
  const json::value* content = result != nullptr ? find_member(*result, "content") : nullptr;
  if (content == nullptr || !content->is_object()) co_return Go::On;
  Ending ending;
  ending.message = content->get_object();
  ending.sent_step = "after-process-send-message";
  ending.failed_step = "after-process-send-message-failed";
  ending.sent_member = &domain::HistoryEntry::process_sent;
  const std::string_view step_name = ending.sent_step;
  co_return co_await finish(step_name, std::move(ending));
}

Task<Attempt::Go> Attempt::judge(const egress::HttpReply& reply) {
  if (is_success(reply)) {
    Ending ending;
    ending.message = message_in(reply);
    if (!ending.message) co_return co_await finish("after-http-call", {});
    ending.sent_step = "url-response-sent-message";
    ending.failed_step = "after-http-call-send-message-failed";
    ending.sent_member = &domain::HistoryEntry::result_message;
    const std::string_view step_name = ending.sent_step;
    co_return co_await finish(step_name, std::move(ending));
  }
  entry_.error = fmt::format("The target answered {}", reply.status);
  if (reply.status == 410) {
    co_return co_await finish("after-process-http-status-410",
                              Ending{.state = DeliveryState::Failed, .gone = true});
  }
  const auto settings = tools_.context.directory.settings();
  if (reply.status == 500 && !settings->get_bool(domain::Setting::Retry500)) {
    co_return co_await finish("after-process-http-status-500",
                              Ending{.state = DeliveryState::Failed});
  }
  co_return co_await fail(
      *entry_.error, reply.status,
      read_retry_after(header_of(reply, "retry-after"), tools_.context.clock.now()));
}

Task<Attempt::Go> Attempt::judge(const egress::HttpFailure& failed) {
  // The attempt did not fail, it is made again: soon, or after the next start.
  if (is_own_trouble(failed.kind)) co_return ErrorCode::Unavailable;
  entry_.http_result = "null";
  entry_.http_error = {{"code", failed.code}, {"message", failed.text}};
  co_return co_await fail(failed.text, std::nullopt, std::nullopt);
}

Task<Attempt::Go> Attempt::fail(std::string_view reason, std::optional<unsigned> status,
                                std::optional<Milliseconds> retry_after) {
  entry_.error = std::string(reason);
  const auto settings = tools_.context.directory.settings();
  const RetryRules rules = retry_rules_of(*integration_, *settings);
  const Ending failed{.state = DeliveryState::Failed};
  const bool final_for_policy = rules.delay == "policy" && status && !policy_retries(*status);
  if (!rules.enabled || rules.count <= 0 || final_for_policy) {
    co_return co_await finish("failed-and-not-configured-to-retry", failed);
  }
  if (delivery_.tries >= rules.count) co_return co_await finish("too-many-retries", failed);
  const double jitter = static_cast<double>(static_cast<unsigned char>(random_bytes(1)[0])) / 256;
  auto wait = retry_wait(rules.delay, delivery_.tries, jitter);
  if (!wait) {
    entry_.error = "The integration's retryDelay setting is invalid.";
    co_return co_await finish("failed-and-retry-delay-is-invalid", failed);
  }
  if (retry_after) {
    const std::chrono::seconds cap{settings->get_int(domain::Setting::RetryAfterMax)};
    wait = std::max(*wait, std::min<Milliseconds>(*retry_after, cap));
  }
  Ending ending{.state = DeliveryState::Retrying};
  ending.retry_at = tools_.context.clock.now() + *wait;
  if (is_too_old(rules.delay, delivery_.created_at, *ending.retry_at)) {
    co_return co_await finish("too-many-retries", failed);
  }
  const std::string step_name = fmt::format("going-to-retry-{}", delivery_.tries + 1);
  co_return co_await finish(step_name, std::move(ending));
}

// Messages may have been deleted while the target answered.
void Attempt::record(domain::Tx& tx, bool forgotten) const {
  if (keeps_bodies_ && !forgotten && entry_.prepare_sent.is_null()) {
    return tx.deliveries().put_history(entry_);
  }
  domain::HistoryEntry entry = entry_;
  domain::follow_messages(tx, entry);
  if (!keeps_bodies_) domain::drop_bodies(entry);
  tx.deliveries().put_history(entry);
}

// A script that decides that nothing is to be sent says nothing of the target.
Outcome Attempt::outcome_of(const Ending& ending) const {
  if (ending.gone) return Outcome::Gone;
  if (ending.state == DeliveryState::Succeeded) {
    const bool came_through = entry_.http_status || !entry_.prepare_sent.is_null();
    return came_through ? Outcome::Accepted : Outcome::Unsaid;
  }
  return delivery_.state == DeliveryState::Failed ? Outcome::Failed : Outcome::Unsaid;
}

Task<Attempt::Go> Attempt::finish(std::string_view step_name, Ending ending) {
  entry_.updated_at = tools_.context.clock.now();
  // It may run twice, so it begins from what is decided here each time.
  std::optional<std::string> switched_off;
  const std::function<Result<void>(domain::Tx&)> work =
      [this, &ending, &switched_off, error = entry_.error, tries = delivery_.tries,
       last_step = std::string(step_name)](domain::Tx& tx) -> Result<void> {
    step(last_step);
    entry_.error = error;
    delivery_.state = ending.state;
    delivery_.tries = tries;
    if (ending.message) {
      step(ending.sent_step);
      auto sent = post_reply(tx,
                             {tools_.context.directory, *integration_, delivery_,
                              fmt::format("{} {} response", id_.text, tries), entry_.updated_at},
                             *ending.message);
      if (sent) {
        entry_.*ending.sent_member = *std::move(sent);
      } else {
        entry_.*ending.sent_member = nullptr;
        step(ending.failed_step);
        entry_.error = std::string(text_of(sent.error()));
        delivery_.state = DeliveryState::Failed;
      }
    }
    if (ending.retry_at) {
      ++delivery_.tries;
      delivery_.next_at = *ending.retry_at;
    }
    const domain::AttemptEnding ended = tx.deliveries().end_attempt(delivery_);
    delivery_.state = ended.state;
    const bool retries = delivery_.state == DeliveryState::Retrying;
    // It was cancelled while the target answered.
    if (ending.retry_at && !retries) step("cancelled");
    entry_.finished = !retries;
    switched_off = follow_outcome(
        tx, {tools_.context.directory, delivery_, outcome_of(ending), entry_.updated_at});
    if (switched_off) entry_.error = entry_.error.value_or("") + ". " + *switched_off;
    record(tx, ended.forgotten);
    if (!keeps_bodies_ && !ended.forgotten) domain::drop_bodies(tx, delivery_);
    if (script_state_changed_) script_state_->save_in(tx);
    return Done{};
  };
  const auto urgency = ending.message ? domain::Urgency::Now : domain::Urgency::Soon;
  CO_TRY_DO(co_await tools_.context.store.write<void>(work, urgency));
  if (switched_off) {
    log::warn(
        "integration switched off",
        {{"integration", integration_->id.text}, {"delivery", id_.text}, {"why", *switched_off}});
  }
  if (tools_.feed != nullptr) tools_.feed->tell(delivery_, entry_);
  if (delivery_.state == DeliveryState::Failed) {
    log::info("delivery failed", {{"delivery", id_.text},
                                  {"integration", integration_->id.text},
                                  {"attempt", entry_.attempt + 1},
                                  {"step", entry_.step}});
  }
  if (delivery_.state == DeliveryState::Retrying) {
    end_.next = AttemptEnd::Next::RetryAt;
    end_.at = *ending.retry_at;
  }
  co_return Go::Stop;
}

}  // namespace gantry::integrations
