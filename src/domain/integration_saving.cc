#include "domain/integration_saving.h"

#include <algorithm>

#include "base/crypto.h"
#include "domain/error_codes.h"
#include "domain/room_access.h"

namespace gantry::domain {
namespace {

constexpr std::size_t kIncomingTokenLength = 48;
constexpr std::size_t kOutgoingTokenLength = 24;

UserRef maker_of(const Caller& caller) {
  return {caller.id(), caller.user->username, ""};
}

bool has_text(const std::optional<std::string>& text) {
  return text && !is_blank(*text);
}

// What is no secret; a secret that was not sent stays whoever asks.
void forget_optional_members(Integration& out) {
  const Integration fresh;
  out.script = fresh.script;
  out.skip_transpile = fresh.skip_transpile;
  out.fresh_state = fresh.fresh_state;
  out.alias = fresh.alias;
  out.avatar = fresh.avatar;
  out.emoji = fresh.emoji;
  out.override_destination = fresh.override_destination;
  out.verification = fresh.verification;
  out.trigger_words = fresh.trigger_words;
  out.trigger_word_anywhere = fresh.trigger_word_anywhere;
  out.target_room = fresh.target_room;
  out.impersonate_user = fresh.impersonate_user;
  out.run_on_edits = fresh.run_on_edits;
  out.retry_failed_calls = fresh.retry_failed_calls;
  out.retry_count = fresh.retry_count;
  out.retry_delay = fresh.retry_delay;
  out.send_delivery_id = fresh.send_delivery_id;
  out.ca_certificates = fresh.ca_certificates;
}

void take_common(Integration& out, IntegrationDraft& draft) {
  if (draft.omitted == Omitted::Reset) forget_optional_members(out);
  out.name = std::move(draft.name);
  out.enabled = draft.enabled;
  out.script_enabled = draft.script_enabled;
  if (draft.script) out.script = std::move(draft.script);
  if (draft.skip_transpile) out.skip_transpile = *draft.skip_transpile;
  if (draft.fresh_state) out.fresh_state = draft.fresh_state;
  if (draft.alias) out.alias = std::move(draft.alias);
  if (draft.avatar) out.avatar = std::move(draft.avatar);
  if (draft.emoji) out.emoji = std::move(draft.emoji);
}

// Members that were not sent keep their value.
// Compat: upstream loses them on an update (tests/api/integrations_update_test.mjs).
void take_outgoing(Integration& out, IntegrationDraft& draft, CheckedOutgoing& checked) {
  take_common(out, draft);
  out.event = checked.event->event;
  out.channels = std::move(checked.channels);
  out.urls = std::move(checked.urls);
  out.username = checked.account->username;
  out.user = checked.account->id;
  if (draft.trigger_words) {
    std::vector<std::string> words;
    for (std::string& word : *draft.trigger_words) {
      if (!is_blank(word)) words.push_back(std::move(word));
    }
    out.trigger_words = std::move(words);
  }
  if (!checked.event->uses_words) out.trigger_words.reset();
  if (draft.trigger_word_anywhere) out.trigger_word_anywhere = draft.trigger_word_anywhere;
  if (draft.target_room) out.target_room = std::move(draft.target_room);
  if (draft.impersonate_user) out.impersonate_user = draft.impersonate_user;
  if (draft.run_on_edits) out.run_on_edits = draft.run_on_edits;
  if (draft.retry_failed_calls) out.retry_failed_calls = draft.retry_failed_calls;
  if (draft.retry_count) out.retry_count = draft.retry_count;
  if (draft.retry_delay) out.retry_delay = std::move(draft.retry_delay);
  if (draft.signing_secrets) out.signing_secrets = *std::move(draft.signing_secrets);
  if (draft.send_delivery_id) out.send_delivery_id = draft.send_delivery_id;
  if (draft.ca_certificates) {
    out.ca_certificates.reset();
    if (has_text(draft.ca_certificates)) out.ca_certificates = std::move(draft.ca_certificates);
  }
}

void keep_version(Tx& tx, const Integration& integration) {
  ScriptVersion version;
  version.script = integration.script.value_or("");
  version.hash = sha256_hex(version.script);
  version.bytes = static_cast<std::int64_t>(version.script.size());
  version.saved_at = integration.updated_at;
  version.saved_by = integration.updated_by ? integration.updated_by : integration.created_by;
  tx.script_versions().append(integration.id, std::move(version));
}

}  // namespace

Error integration_not_authorized(std::string_view method) {
  return Error(ErrorCode::NotAuthorizedIntegration).with_details({{"method", method}});
}

IntegrationDraft draft_of(const Integration& integration) {
  IntegrationDraft out;
  out.type = integration.type;
  out.name = integration.name;
  out.enabled = integration.enabled;
  out.username = integration.username;
  std::string channels;
  for (const std::string& channel : integration.channels) {
    if (!channels.empty()) channels += ',';
    channels += channel;
  }
  out.channel = std::move(channels);
  out.script_enabled = integration.script_enabled;
  if (integration.type == IntegrationType::Incoming) return out;
  out.event = info_of(integration.event).name;
  out.urls = integration.urls;
  out.target_room = integration.target_room;
  return out;
}

void insert_in(Tx& tx, const Integration& integration) {
  tx.integrations().insert(integration);
  if (has_text(integration.script)) keep_version(tx, integration);
}

Result<void> update_in(Tx& tx, const Integration& integration) {
  const auto former = tx.integrations().find(integration.id);
  if (!former) return ErrorCode::InvalidIntegration;
  tx.integrations().update(integration);
  // Who saves it has looked at it: what failed before counts no more.
  tx.integrations().forget_failures(integration.id);
  if (former->script.value_or("") == integration.script.value_or("")) return Done{};
  // Saved before there were versions.
  const bool is_first = tx.script_versions().list(integration.id, Page{0, 1}).total == 0;
  if (is_first && has_text(former->script)) keep_version(tx, *former);
  keep_version(tx, integration);
  return Done{};
}

Result<void> IntegrationSaving::check_script_saving() const {
  if (switches_.saving_frozen) return failure("integration-scripts-disabled");
  if (switches_.saving_frozen_engine) return failure("integration-scripts-isolated-vm-disabled");
  return Done{};
}

asio::awaitable<void> IntegrationSaving::compile_into(Integration* integration) const {
  integration->script_compiled.reset();
  integration->script_error.reset();
  if (!integration->script_enabled || !has_text(integration->script)) co_return;
  CompiledScript compiled = co_await compiler_.compile(
      *integration->script, integration->skip_transpile ? Transpile::No : Transpile::Yes);
  if (compiled.code) {
    integration->script_compiled = std::move(compiled.code);
  } else {
    integration->script_error = std::move(compiled.error);
  }
}

Result<Integration> IntegrationSaving::created(const Caller& caller, IntegrationDraft draft) const {
  return draft.type == IntegrationType::Incoming ? created_incoming(caller, std::move(draft))
                                                 : created_outgoing(caller, std::move(draft));
}

Result<Integration> IntegrationSaving::changed(const Caller& caller, Integration stored,
                                               IntegrationDraft draft) const {
  return draft.type == IntegrationType::Incoming
             ? changed_incoming(caller, std::move(stored), std::move(draft))
             : changed_outgoing(caller, std::move(stored), std::move(draft));
}

Result<Integration> IntegrationSaving::created_incoming(const Caller& caller,
                                                        IntegrationDraft draft) const {
  const IntegrationRights rights = integration_rights(directory_, *caller.user);
  if (!rights.any_of(IntegrationType::Incoming)) {
    return integration_not_authorized("addIncomingIntegration");
  }
  TRY(auto channels, check_incoming_channels(draft));
  if (!draft.username || is_blank(*draft.username)) return ErrorCode::InvalidUsername;
  if (has_text(draft.script)) TRY_DO(check_script_saving());
  const auto account = directory_.find_user_by_name(*draft.username);
  if (!account || account->username != *draft.username) return ErrorCode::InvalidUser;
  TRY_DO(check_impersonation(directory_, *account));
  TRY_DO(check_targets(directory_, caller, IntegrationType::Incoming, rights, channels));
  TRY(auto verification, check_verification(draft.verification.value_or(CallVerification{})));

  Integration made;
  made.id = draft.id ? *draft.id : new_id<IntegrationId>();
  made.type = IntegrationType::Incoming;
  take_common(made, draft);
  made.channels = std::move(channels);
  made.username = account->username;
  made.user = account->id;
  made.override_destination = draft.override_destination.value_or(false);
  made.verification = std::move(verification);
  made.token = has_text(draft.token) ? *draft.token : random_id(kIncomingTokenLength);
  made.created_at = made.updated_at = clock_.now();
  made.created_by = maker_of(caller);
  return made;
}

Result<Integration> IntegrationSaving::created_outgoing(const Caller& caller,
                                                        IntegrationDraft draft) const {
  const IntegrationRights rights = integration_rights(directory_, *caller.user);
  if (!rights.any_of(IntegrationType::Outgoing)) {
    // Compat: the outgoing form of this refusal has no reason
    // (tests/api/integrations_create_test.mjs).
    return Error(ErrorCode::NotAuthorizedIntegration, "[not_authorized]");
  }
  if (has_text(draft.script)) TRY_DO(check_script_saving());
  TRY(CheckedOutgoing checked, check_outgoing(directory_, caller, rights, draft));

  Integration made;
  made.id = draft.id ? *draft.id : new_id<IntegrationId>();
  made.type = IntegrationType::Outgoing;
  take_outgoing(made, draft, checked);
  TRY_DO(apply_retry_rules(made));
  made.token = has_text(draft.token) ? *draft.token : random_id(kOutgoingTokenLength);
  made.created_at = made.updated_at = clock_.now();
  made.created_by = maker_of(caller);
  return made;
}

Result<Integration> IntegrationSaving::changed_incoming(const Caller& caller, Integration stored,
                                                        IntegrationDraft draft) const {
  TRY(auto channels, check_incoming_channels(draft));
  const IntegrationRights rights = integration_rights(directory_, *caller.user);
  if (!rights.any_of(IntegrationType::Incoming)) {
    return integration_not_authorized("updateIncomingIntegration");
  }
  if (stored.type != IntegrationType::Incoming || !rights.may_see(stored, caller.id())) {
    return ErrorCode::InvalidIntegration;
  }
  const bool script_changed = draft.script && draft.script != stored.script;
  if (script_changed) TRY_DO(check_script_saving());
  TRY_DO(check_targets(directory_, caller, IntegrationType::Incoming, rights, channels));
  const std::string username = draft.username.value_or(stored.username);
  const auto account = directory_.find_user_by_name(username);
  if (!account || account->username != username) return ErrorCode::InvalidPostAsUser;
  TRY_DO(check_impersonation(directory_, *account));
  const CallVerification kept =
      draft.omitted == Omitted::Reset ? CallVerification{} : stored.verification;
  TRY(auto verification, check_verification(draft.verification.value_or(kept)));

  take_common(stored, draft);
  stored.channels = std::move(channels);
  if (draft.username) {
    stored.username = account->username;
    stored.user = account->id;
  }
  if (draft.override_destination) stored.override_destination = *draft.override_destination;
  stored.verification = std::move(verification);
  if (has_text(draft.token)) stored.token = std::move(draft.token);
  stored.updated_at = clock_.now();
  stored.updated_by = maker_of(caller);
  return stored;
}

Result<Integration> IntegrationSaving::changed_outgoing(const Caller& caller, Integration stored,
                                                        IntegrationDraft draft) const {
  const IntegrationRights rights = integration_rights(directory_, *caller.user);
  TRY(CheckedOutgoing checked, check_outgoing(directory_, caller, rights, draft));
  // Compat: a blank token does not fail the update while one is stored
  // (tests/api/integrations_update_test.mjs).
  if (draft.token && is_blank(*draft.token)) {
    if (!has_text(stored.token)) return ErrorCode::InvalidToken;
    draft.token.reset();
  }
  if (!rights.any_of(IntegrationType::Outgoing)) {
    return integration_not_authorized("updateOutgoingIntegration");
  }
  if (stored.type != IntegrationType::Outgoing || !rights.may_see(stored, caller.id())) {
    return ErrorCode::IntegrationNotFound;
  }
  if (draft.script && draft.script != stored.script) TRY_DO(check_script_saving());

  take_outgoing(stored, draft, checked);
  TRY_DO(apply_retry_rules(stored));
  if (draft.token) stored.token = draft.token;
  stored.updated_at = clock_.now();
  stored.updated_by = maker_of(caller);
  return stored;
}

}  // namespace gantry::domain
