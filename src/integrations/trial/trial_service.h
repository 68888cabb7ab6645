#pragma once
// Trials of scripts: a stored, a former or a given text, on a given event or on the recorded one of
// a delivery or call, alone or beside another version. They run where real runs do and within the
// same limits; only so many at once. Who may see an integration may try its script.

#include <atomic>

#include "domain/delivery_service.h"
#include "domain/incoming_call_service.h"
#include "domain/script_version_service.h"
#include "egress/http_client.h"
#include "integrations/incoming/hook_call.h"
#include "integrations/trial/canned_http.h"

namespace gantry::integrations {

// Under way at a time; more are TooManyTrials.
inline constexpr std::size_t kTrialsMax = 2;
// Canned answers that one trial brings.
inline constexpr std::size_t kCannedAnswersMax = 20;
// The version that stands for the script as it is stored.
inline constexpr std::int64_t kStoredScript = 0;

struct TrialRequest {
  // At least one of the first three says what is tried; without an integration the type does.
  std::optional<domain::IntegrationId> integration;
  std::optional<domain::DeliveryId> delivery;  // its recorded event
  std::optional<domain::IncomingCallId> call;  // its recorded request
  std::optional<domain::IntegrationType> type;

  std::optional<std::string> script;  // instead of the stored one
  std::optional<std::int64_t> version;
  std::optional<std::int64_t> compare_with;
  std::optional<bool> skip_transpile;

  std::optional<json::object> data;  // the payload, of outgoing ones
  std::optional<std::string> url;
  std::optional<egress::HttpReply> response;  // what the target answers
  std::optional<HookCall> request;            // of incoming ones; its address is filled in

  std::vector<CannedAnswer> http;
  std::optional<json::object> store;  // what Store holds at first
};

class TrialService {
 public:
  struct Services {
    domain::Context context;
    const domain::IntegrationSaving& saving;
    domain::IntegrationService& integrations;
    domain::ScriptVersionService& versions;
    domain::DeliveryService& deliveries;
    domain::IncomingCallService& calls;
    script::ScriptEngine& engine;
    domain::ScriptSwitches switches;
  };
  explicit TrialService(const Services& services) : s_(services) {}

  // {outcome} and, beside another version, {compared: {version, outcome, differences}}.
  // Errors: TooManyTrials, InvalidParams, InvalidDelivery, InvalidIncomingCall, NotAllowed,
  // RecordHasNoText, InvalidScriptVersion, those of IntegrationService::get, Failure.
  Task<json::object> run(domain::Caller caller, TrialRequest request);

 private:
  // The event, and the integration that it goes to.
  struct Subject {
    domain::Integration integration;
    std::optional<domain::Delivery> delivery;
    std::optional<HookCall> call;
  };
  struct ScriptText {
    std::string from;  // stored, version, given
    std::int64_t version = 0;
    std::optional<std::string> text;
  };
  class Slot;

  Task<json::object> run_in_slot(domain::Caller caller, TrialRequest request, std::size_t place);
  Task<Subject> subject_of(domain::Caller caller, const TrialRequest& request);
  Task<void> take_delivery(domain::Caller caller, const TrialRequest& request, Subject* subject);
  Task<void> take_call(domain::Caller caller, const TrialRequest& request, Subject* subject);
  Task<ScriptText> stored_text(domain::Caller caller, const Subject& subject, std::int64_t version);
  Task<json::object> outcome_of(const Subject& subject, const TrialRequest& request,
                                ScriptText text, std::size_t place);
  Task<json::object> store_of(const domain::Integration& integration);

  const Services s_;
  std::array<std::atomic<bool>, kTrialsMax> taken_{};
  std::atomic<std::uint64_t> runs_{0};
};

}  // namespace gantry::integrations
