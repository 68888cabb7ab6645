#include "wire/integration_json.h"

#include "base/time.h"
#include "domain/signing_secret.h"
#include "wire/masking.h"

namespace gantry::wire {
namespace {

json::array texts(const std::vector<std::string>& list) {
  return json::array(list.begin(), list.end());
}

json::object maker_json(const domain::UserRef& maker) {
  return {{"_id", maker.id.text}, {"username", maker.username}};
}

template <class T>
void put(json::object& out, std::string_view key, const std::optional<T>& value) {
  if (value) out[key] = *value;
}

void put(json::object& out, std::string_view key,
         const std::optional<std::vector<std::string>>& value) {
  if (value) out[key] = texts(*value);
}

// The secrets themselves are never shown again.
void put_signing(json::object& out, const domain::Integration& integration) {
  if (integration.signing_secrets.empty()) return;
  json::array shown;
  for (const std::string& text : integration.signing_secrets) {
    if (const auto secret = domain::SigningSecret::parse(text)) shown.push_back(secret->describe());
  }
  out["signing"] = std::move(shown);
}

void put_verification(json::object& out, const domain::CallVerification& verification) {
  if (!verification.wanted()) return;
  json::object shown{{"preset", domain::to_text(verification.preset)},
                     {"secretCount", verification.secrets.size()},
                     {"toleranceSeconds", verification.tolerance_seconds}};
  if (verification.preset == domain::VerificationPreset::Hmac) {
    shown["header"] = verification.header;
    shown["algorithm"] = verification.algorithm;
    shown["encoding"] = verification.encoding;
  }
  out["verification"] = std::move(shown);
}

void put_outgoing(json::object& out, const domain::Integration& integration) {
  out["event"] = domain::info_of(integration.event).name;
  out["urls"] = texts(integration.urls);
  put(out, "triggerWords", integration.trigger_words);
  put(out, "triggerWordAnywhere", integration.trigger_word_anywhere);
  put(out, "targetRoom", integration.target_room);
  put(out, "impersonateUser", integration.impersonate_user);
  put(out, "runOnEdits", integration.run_on_edits);
  put(out, "retryFailedCalls", integration.retry_failed_calls);
  put(out, "retryCount", integration.retry_count);
  put(out, "retryDelay", integration.retry_delay);
  put(out, "sendDeliveryId", integration.send_delivery_id);
  put(out, "caCertificates", integration.ca_certificates);
  put_signing(out, integration);
}

void put_script_error(json::object& out, const domain::Integration& integration,
                      ScriptErrorKey key) {
  if (integration.script_error) {
    out["scriptError"] = {{"name", integration.script_error->name},
                          {"message", integration.script_error->message},
                          {"stack", integration.script_error->stack}};
  } else if (key == ScriptErrorKey::WheneverEnabled && integration.script_enabled) {
    out["scriptError"] = "";
  }
}

}  // namespace

json::object to_json(const domain::Integration& integration, ScriptErrorKey key) {
  json::object out{{"_id", integration.id.text},
                   {"type", domain::to_text(integration.type)},
                   {"name", integration.name},
                   {"enabled", integration.enabled},
                   {"username", integration.username},
                   {"userId", integration.user.text},
                   {"channel", texts(integration.channels)},
                   {"scriptEnabled", integration.script_enabled},
                   {"scriptEngine", "isolated-vm"},
                   {"skipTranspile", integration.skip_transpile}};
  put(out, "freshState", integration.fresh_state);
  put(out, "script", integration.script);
  put(out, "scriptCompiled", integration.script_compiled);
  put_script_error(out, integration, key);
  put(out, "alias", integration.alias);
  put(out, "avatar", integration.avatar);
  put(out, "emoji", integration.emoji);
  put(out, "token", integration.token);
  if (integration.type == domain::IntegrationType::Outgoing) {
    put_outgoing(out, integration);
  } else {
    out["overrideDestinationChannelEnabled"] = integration.override_destination;
    put_verification(out, integration.verification);
  }
  out["_createdAt"] = to_iso(integration.created_at);
  if (integration.created_by) {
    out["_createdBy"] = maker_json(*integration.created_by);
  } else {
    out["_createdBy"] = nullptr;
  }
  out["_updatedAt"] = to_iso(integration.updated_at);
  if (integration.updated_by) out["_updatedBy"] = maker_json(*integration.updated_by);
  return out;
}

json::object to_history_copy(const domain::Integration& integration) {
  json::object out = to_json(integration, ScriptErrorKey::OnFailure);
  // The last one is no secret, but long.
  for (std::string_view left_out : {"token", "script", "scriptCompiled", "caCertificates"}) {
    out.erase(left_out);
  }
  return out;
}

namespace {

void mask_secrets(json::object& shown, const domain::HistoryEntry& entry) {
  Mask mask;
  add_secrets(mask, entry);
  mask_token(shown["data"].as_object());
  if (json::value* sent = shown.if_contains("httpCallData"); sent != nullptr && sent->is_object()) {
    mask_token(sent->get_object());
  }
  if (entry.url) shown["url"] = mask_url(*entry.url);
  const json::value* urls = shown["integration"].as_object().if_contains("urls");
  if (urls != nullptr && urls->is_array()) {
    json::array masked;
    for (const json::value& url : urls->get_array()) {
      const std::string_view text = url.is_string() ? std::string_view(url.get_string()) : "";
      mask.add_url(text);
      masked.emplace_back(mask_url(text));
    }
    shown["integration"].as_object()["urls"] = std::move(masked);
  }
  mask.apply(shown);
}

}  // namespace

json::object to_json(const domain::HistoryEntry& entry) {
  json::object out{{"_id", entry.id.text},
                   {"type", "outgoing-webhook"},
                   {"step", entry.step},
                   {"integration", entry.integration_copy.object()},
                   {"event", domain::info_of(entry.event).name},
                   {"_createdAt", to_iso(entry.created_at)},
                   {"_updatedAt", to_iso(entry.updated_at)},
                   {"data", entry.data.object()},
                   {"ranPrepareScript", entry.ran_prepare},
                   {"finished", entry.finished}};
  if (!entry.trigger_word.empty()) out["triggerWord"] = entry.trigger_word;
  put(out, "url", entry.url);
  put(out, "httpResult", entry.http_result);
  put(out, "error", entry.error);
  put(out, "errorStack", entry.error_stack);
  const auto put_open = [&out](std::string_view key, const json::value& value) {
    if (!value.is_null()) out[key] = value;
  };
  put_open("httpCallData", entry.http_call_data.value());
  put_open("httpError", entry.http_error);
  put_open("prepareSentMessage", entry.prepare_sent);
  put_open("processSentMessage", entry.process_sent);
  put_open("resultMessage", entry.result_message);
  if (!entry.console.empty()) out["console"] = entry.console;
  if (entry.forgotten) out["forgotten"] = true;
  if (entry.not_kept) out["bodiesNotKept"] = true;
  mask_secrets(out, entry);
  return out;
}

}  // namespace gantry::wire
