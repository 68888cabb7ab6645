#pragma once
// What a caller asks an integration to be; absent members were not sent.

#include <optional>
#include <string>
#include <vector>

#include "domain/integration.h"

namespace gantry::domain {

// What becomes of a member that was not sent.
enum class Omitted {
  Keep,
  Reset,  // to what it is without; secrets stay all the same
};

struct IntegrationDraft {
  Omitted omitted = Omitted::Keep;
  std::optional<IntegrationId> id;  // of one that is to be made; else a new one
  IntegrationType type = IntegrationType::Incoming;
  std::string name;
  bool enabled = false;
  std::optional<std::string> username;
  std::optional<std::string> channel;  // comma separated
  bool script_enabled = false;
  std::optional<std::string> script;
  std::optional<bool> skip_transpile;
  std::optional<bool> fresh_state;
  std::optional<std::string> alias;
  std::optional<std::string> avatar;
  std::optional<std::string> emoji;
  std::optional<std::string> token;

  std::optional<bool> override_destination;
  std::optional<CallVerification> verification;

  std::string event;
  std::optional<std::vector<std::string>> urls;
  std::optional<std::vector<std::string>> trigger_words;
  std::optional<bool> trigger_word_anywhere;
  std::optional<std::string> target_room;
  std::optional<bool> impersonate_user;
  std::optional<bool> run_on_edits;
  std::optional<bool> retry_failed_calls;
  std::optional<std::int64_t> retry_count;
  std::optional<std::string> retry_delay;
  std::optional<std::vector<std::string>> signing_secrets;
  std::optional<bool> send_delivery_id;
  std::optional<std::string> ca_certificates;  // blank: the system's again
};

}  // namespace gantry::domain
