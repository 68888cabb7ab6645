#include "integrations/trial/trial_service.h"

#include "base/crypto.h"
#include "domain/error_codes.h"
#include "domain/room_access.h"
#include "integrations/script_state.h"
#include "integrations/trial/difference.h"
#include "integrations/trial/incoming_trial.h"
#include "integrations/trial/outgoing_trial.h"
#include "integrations/trial/sample_event.h"

namespace gantry::integrations {
namespace {

using domain::Integration;
using domain::IntegrationType;

Error invalid(std::string text) {
  return Error(ErrorCode::InvalidParams, std::move(text));
}

Error no_text(std::string text) {
  return Error(ErrorCode::RecordHasNoText, std::move(text));
}

// Posts nowhere and calls nobody; enough for a script that is not stored yet.
Integration integration_for(const domain::Caller& caller, IntegrationType type) {
  Integration out;
  out.id = domain::IntegrationId{"trial"};
  out.type = type;
  out.name = "trial";
  out.username = caller.user->username;
  out.user = caller.id();
  out.urls = {"https://example.com/"};
  return out;
}

// The parts of an outcome in which two versions may honestly differ.
json::object comparable(json::object outcome) {
  outcome.erase("script");
  if (json::value* runs = outcome.if_contains("runs"); runs != nullptr && runs->is_array()) {
    for (json::value& run : runs->get_array()) {
      if (run.is_object()) run.get_object().erase("cost");
    }
  }
  return outcome;
}

Result<void> check(const TrialRequest& request) {
  if (request.delivery && request.call) return invalid("Say either deliveryId or callId");
  if (request.script && request.version) return invalid("Say either script or version");
  if (request.data && request.delivery) return invalid("Say either data or deliveryId");
  if (request.request && request.call) return invalid("Say either request or callId");
  if (request.http.size() > kCannedAnswersMax) {
    return invalid("http has at most " + std::to_string(kCannedAnswersMax) + " answers");
  }
  const bool named = request.integration || request.delivery || request.call;
  if (!named && !request.type) {
    return invalid("Say integrationId, deliveryId or callId, or the type of a script that is new");
  }
  if (!named && !request.script) return invalid("Say script, or the integration that has one");
  return Done{};
}

Result<void> check_kind(const TrialRequest& request, IntegrationType type) {
  if (request.type && *request.type != type) {
    return invalid("The integration is of another type");
  }
  const bool outgoing = type == IntegrationType::Outgoing;
  if (outgoing && request.request) return invalid("request is for incoming integrations");
  if (!outgoing && (request.data || request.url || request.response)) {
    return invalid("data, url and response are for outgoing integrations");
  }
  return Done{};
}

}  // namespace

// One of the trials that may be under way.
class TrialService::Slot {
 public:
  explicit Slot(std::array<std::atomic<bool>, kTrialsMax>& taken) : taken_(taken) {
    for (std::size_t i = 0; i < taken_.size(); ++i) {
      if (!taken_[i].exchange(true)) {
        place_ = i;
        return;
      }
    }
  }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    if (place_) taken_[*place_] = false;
  }
  std::optional<std::size_t> place() const { return place_; }

 private:
  std::array<std::atomic<bool>, kTrialsMax>& taken_;
  std::optional<std::size_t> place_;
};

Task<json::object> TrialService::run(domain::Caller caller, TrialRequest request) {
  CO_TRY_DO(check(request));
  const Slot slot(taken_);
  if (!slot.place()) co_return ErrorCode::TooManyTrials;
  co_return co_await run_in_slot(std::move(caller), std::move(request), *slot.place());
}

Task<json::object> TrialService::run_in_slot(domain::Caller caller, TrialRequest request,
                                             std::size_t place) {
  CO_TRY(const Subject subject, co_await subject_of(caller, request));
  ScriptText text{"given", 0, request.script};
  if (!request.script) {
    CO_TRY(text, co_await stored_text(caller, subject, request.version.value_or(kStoredScript)));
  }
  // Who forbids new texts wants no others run, either.
  if (text.from != "stored") CO_TRY_DO(s_.saving.check_script_saving());
  const bool runs = text.text && !domain::is_blank(*text.text);
  if (runs && s_.switches.running_disabled) co_return failure("integration-scripts-disabled");
  CO_TRY(json::object outcome, co_await outcome_of(subject, request, std::move(text), place));
  json::object out;
  if (request.compare_with) {
    CO_TRY(ScriptText other, co_await stored_text(caller, subject, *request.compare_with));
    if (other.from != "stored") CO_TRY_DO(s_.saving.check_script_saving());
    CO_TRY(json::object compared, co_await outcome_of(subject, request, std::move(other), place));
    json::array differences;
    for (const std::string& path : differing_paths(comparable(outcome), comparable(compared))) {
      differences.emplace_back(path);
    }
    out["compared"] = {{"version", *request.compare_with},
                       {"outcome", std::move(compared)},
                       {"differences", std::move(differences)}};
  }
  out["outcome"] = std::move(outcome);
  co_return out;
}

Task<TrialService::Subject> TrialService::subject_of(domain::Caller caller,
                                                     const TrialRequest& request) {
  Subject subject;
  if (request.delivery) CO_TRY_DO(co_await take_delivery(caller, request, &subject));
  if (request.call) CO_TRY_DO(co_await take_call(caller, request, &subject));
  auto id = request.integration;
  if (subject.delivery) id = subject.delivery->integration;
  if (subject.call) id = subject.call->integration;
  if (id) {
    CO_TRY(subject.integration, co_await s_.integrations.get(caller, *id, std::nullopt));
  } else {
    const auto rights = domain::integration_rights(s_.context.directory, *caller.user);
    if (!rights.any_of(*request.type)) co_return domain::integration_not_authorized("tryScript");
    subject.integration = integration_for(caller, *request.type);
  }
  const Integration& integration = subject.integration;
  CO_TRY_DO(check_kind(request, integration.type));
  if (integration.type == IntegrationType::Outgoing) {
    if (!subject.delivery) {
      subject.delivery =
          sample_delivery(s_.context.directory, caller, integration, s_.context.clock.now());
      if (request.data) {
        subject.delivery->data = JsonDocument(*request.data);
        subject.delivery->room = domain::RoomId{gantry::text_of(*request.data, "channel_id")};
      }
    }
    if (request.url) subject.delivery->url = *request.url;
    co_return subject;
  }
  if (!subject.call) subject.call = request.request ? *request.request : sample_call(integration);
  subject.call->integration = integration.id;
  subject.call->token = integration.token.value_or("");
  subject.call->path = hook_path_of(integration);
  co_return subject;
}

Task<void> TrialService::take_delivery(domain::Caller caller, const TrialRequest& request,
                                       Subject* subject) {
  CO_TRY(domain::LoggedDelivery found, co_await s_.deliveries.get(caller, *request.delivery));
  domain::Delivery& delivery = found.delivery;
  if (request.integration && *request.integration != delivery.integration) {
    co_return ErrorCode::InvalidDelivery;
  }
  if (found.bodies_hidden) {
    co_return Error(ErrorCode::NotAllowed, "The event happened in a room that you may not read");
  }
  if (delivery.data.is_null()) co_return no_text("The payload of the delivery is gone");
  subject->delivery = std::move(delivery);
  co_return Done{};
}

Task<void> TrialService::take_call(domain::Caller caller, const TrialRequest& request,
                                   Subject* subject) {
  CO_TRY(const domain::LoggedCall logged, co_await s_.calls.get(caller, *request.call));
  const domain::IncomingCall& found = logged.call;
  if (request.integration && *request.integration != found.integration) {
    co_return ErrorCode::InvalidIncomingCall;
  }
  if (logged.bodies_hidden) {
    co_return Error(ErrorCode::NotAllowed, "The call posted to a room that you may not read");
  }
  const std::string body = found.content.body.value_or("");
  if (found.forgotten) co_return no_text("The text of the call went with its message");
  if (!found.answered_by.empty()) {
    co_return no_text("The call repeats " + found.answered_by.text + ", whose record has the body");
  }
  if (static_cast<std::int64_t>(body.size()) < found.body_bytes) {
    co_return no_text(body.empty() ? "The body of the call was not kept"
                                   : "The body of the call was longer than what is kept of it");
  }
  HookCall call;
  call.integration = found.integration;
  call.query = found.content.query;
  call.content_type = found.content_type;
  call.body = body;
  for (const auto& header : found.headers) {
    call.headers.emplace_back(header.key(), to_js_string(header.value()));
  }
  subject->call = std::move(call);
  co_return Done{};
}

Task<TrialService::ScriptText> TrialService::stored_text(domain::Caller caller,
                                                         const Subject& subject,
                                                         std::int64_t version) {
  if (version == kStoredScript) co_return ScriptText{"stored", 0, subject.integration.script};
  CO_TRY(domain::ScriptVersion found,
         co_await s_.versions.get(std::move(caller), subject.integration.id, version));
  co_return ScriptText{"version", version, std::move(found.script)};
}

Task<json::object> TrialService::outcome_of(const Subject& subject, const TrialRequest& request,
                                            ScriptText text, std::size_t place) {
  Integration integration = subject.integration;
  json::object about{{"from", text.from}};
  if (text.from == "version") about["version"] = text.version;
  about["hash"] = sha256_hex(text.text.value_or(""));
  integration.script = std::move(text.text);
  integration.script_enabled = true;
  if (request.skip_transpile) integration.skip_transpile = *request.skip_transpile;
  co_await s_.saving.compile_into(&integration);
  if (integration.script_error) {
    about["error"] = fault_json({integration.script_error->name, integration.script_error->message,
                                 integration.script_error->stack});
  }
  TrialRun::State state;
  state.place = "trial " + std::to_string(place);
  state.revision = "trial " + std::to_string(++runs_);
  if (request.store) {
    state.store = *request.store;
  } else {
    CO_TRY(state.store, co_await store_of(integration));
  }
  TrialRun run(s_.engine, std::make_shared<const Integration>(std::move(integration)),
               std::move(state), request.http);
  json::object out{{"script", std::move(about)}};
  json::object happened;
  if (subject.call) {
    CO_TRY(happened, co_await try_incoming(s_.context, run, *subject.call));
  } else {
    CO_TRY(happened, co_await try_outgoing(s_.context, run, *subject.delivery, request.response));
  }
  for (auto& member : happened) out[member.key()] = std::move(member.value());
  co_return out;
}

// What the next real run would find; another text would find nothing.
Task<json::object> TrialService::store_of(const Integration& integration) {
  if (!integration.script_compiled || integration.fresh_state.value_or(false)) {
    co_return json::object{};
  }
  const std::function<Result<json::object>(const domain::Tx&)> work =
      [id = integration.id,
       revision = revision_of(integration)](const domain::Tx& tx) -> Result<json::object> {
    return tx.deliveries().find_script_state(id, revision).value_or(json::object{});
  };
  co_return co_await s_.context.store.read<json::object>(work);
}

}  // namespace gantry::integrations
