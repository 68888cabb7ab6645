#include "domain/integration_service.h"

#include <algorithm>

#include "domain/delivery_records.h"
#include "domain/error_codes.h"
#include "domain/record_pruning.h"
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

Error not_authorized(std::string_view method) {
  return Error(ErrorCode::NotAuthorizedIntegration).with_details({{"method", method}});
}

void take_common(Integration& out, IntegrationDraft& draft) {
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
}

std::function<Result<void>(Tx&)> inserting(Integration integration) {
  return [integration = std::move(integration)](Tx& tx) -> Result<void> {
    tx.integrations().insert(integration);
    return Done{};
  };
}

// An integration that was removed meanwhile stays removed.
std::function<Result<void>(Tx&)> updating(Integration integration) {
  return [integration = std::move(integration)](Tx& tx) -> Result<void> {
    if (!tx.integrations().find(integration.id)) return ErrorCode::InvalidIntegration;
    tx.integrations().update(integration);
    return Done{};
  };
}

}  // namespace

Result<void> IntegrationService::check_script_saving() const {
  if (switches_.saving_frozen) return failure("integration-scripts-disabled");
  if (switches_.saving_frozen_engine) return failure("integration-scripts-isolated-vm-disabled");
  return Done{};
}

asio::awaitable<void> IntegrationService::compile_into(Integration* integration) {
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

std::optional<IntegrationId> IntegrationService::find_id(const IntegrationName& name) const {
  if (name.target_url) {
    for (const auto& entry : *context_.directory.list_integrations()) {
      const auto& urls = entry->integration.urls;
      if (std::find(urls.begin(), urls.end(), *name.target_url) != urls.end()) {
        return entry->integration.id;
      }
    }
  }
  if (name.id && context_.directory.find_integration(*name.id)) return name.id;
  return std::nullopt;
}

Task<Integration> IntegrationService::load(IntegrationId id) {
  const std::function<Result<Integration>(const Tx&)> work =
      [id](const Tx& tx) -> Result<Integration> {
    auto found = tx.integrations().find(id);
    if (!found) return ErrorCode::InvalidIntegration;
    return *std::move(found);
  };
  co_return co_await context_.store.read<Integration>(work);
}

Task<Integration> IntegrationService::create(Caller caller, IntegrationDraft draft) {
  if (draft.type == IntegrationType::Incoming) {
    co_return co_await create_incoming(std::move(caller), std::move(draft));
  }
  co_return co_await create_outgoing(std::move(caller), std::move(draft));
}

Task<Integration> IntegrationService::create_incoming(Caller caller, IntegrationDraft draft) {
  const Directory& directory = context_.directory;
  const IntegrationRights rights = integration_rights(directory, *caller.user);
  if (!rights.any_of(IntegrationType::Incoming)) {
    co_return not_authorized("addIncomingIntegration");
  }
  CO_TRY(auto channels, check_incoming_channels(draft));
  if (!draft.username || is_blank(*draft.username)) co_return ErrorCode::InvalidUsername;
  if (has_text(draft.script)) CO_TRY_DO(check_script_saving());
  const auto account = directory.find_user_by_name(*draft.username);
  if (!account || account->username != *draft.username) co_return ErrorCode::InvalidUser;
  CO_TRY_DO(check_impersonation(directory, *account));
  CO_TRY_DO(check_targets(directory, caller, IntegrationType::Incoming, rights, channels));
  CO_TRY(auto verification, check_verification(draft.verification.value_or(CallVerification{})));

  Integration made;
  made.id = new_id<IntegrationId>();
  made.type = IntegrationType::Incoming;
  take_common(made, draft);
  made.channels = std::move(channels);
  made.username = account->username;
  made.user = account->id;
  made.override_destination = draft.override_destination.value_or(false);
  made.verification = std::move(verification);
  made.token = random_id(kIncomingTokenLength);
  made.created_at = made.updated_at = context_.clock.now();
  made.created_by = maker_of(caller);
  co_await compile_into(&made);
  CO_TRY_DO(co_await context_.store.write<void>(inserting(made)));
  co_return made;
}

Task<Integration> IntegrationService::create_outgoing(Caller caller, IntegrationDraft draft) {
  const Directory& directory = context_.directory;
  const IntegrationRights rights = integration_rights(directory, *caller.user);
  if (!rights.any_of(IntegrationType::Outgoing)) {
    // Compat: the outgoing form of this refusal has no reason
    // (tests/api/integrations_create_test.mjs).
    co_return Error(ErrorCode::NotAuthorizedIntegration, "[not_authorized]");
  }
  if (has_text(draft.script)) CO_TRY_DO(check_script_saving());
  CO_TRY(CheckedOutgoing checked, check_outgoing(directory, caller, rights, draft));

  Integration made;
  made.id = new_id<IntegrationId>();
  made.type = IntegrationType::Outgoing;
  take_outgoing(made, draft, checked);
  CO_TRY_DO(apply_retry_rules(made));
  made.token = has_text(draft.token) ? *draft.token : random_id(kOutgoingTokenLength);
  made.created_at = made.updated_at = context_.clock.now();
  made.created_by = maker_of(caller);
  co_await compile_into(&made);
  CO_TRY_DO(co_await context_.store.write<void>(inserting(made)));
  co_return made;
}

Task<Integration> IntegrationService::update(Caller caller, IntegrationName name,
                                             IntegrationDraft draft) {
  const auto id = find_id(name);
  if (!id) co_return failure("No integration found.");
  CO_TRY(Integration stored, co_await load(*id));
  if (draft.type == IntegrationType::Incoming) {
    co_return co_await update_incoming(std::move(caller), std::move(stored), std::move(draft));
  }
  co_return co_await update_outgoing(std::move(caller), std::move(stored), std::move(draft));
}

Task<Integration> IntegrationService::update_incoming(Caller caller, Integration stored,
                                                      IntegrationDraft draft) {
  const Directory& directory = context_.directory;
  CO_TRY(auto channels, check_incoming_channels(draft));
  const IntegrationRights rights = integration_rights(directory, *caller.user);
  if (!rights.any_of(IntegrationType::Incoming)) {
    co_return not_authorized("updateIncomingIntegration");
  }
  if (stored.type != IntegrationType::Incoming || !rights.may_see(stored, caller.id())) {
    co_return ErrorCode::InvalidIntegration;
  }
  const bool script_changed = draft.script && draft.script != stored.script;
  if (script_changed) CO_TRY_DO(check_script_saving());
  CO_TRY_DO(check_targets(directory, caller, IntegrationType::Incoming, rights, channels));
  const std::string username = draft.username.value_or(stored.username);
  const auto account = directory.find_user_by_name(username);
  if (!account || account->username != username) co_return ErrorCode::InvalidPostAsUser;
  CO_TRY_DO(check_impersonation(directory, *account));
  CO_TRY(auto verification, check_verification(draft.verification.value_or(stored.verification)));

  take_common(stored, draft);
  stored.channels = std::move(channels);
  if (draft.username) {
    stored.username = account->username;
    stored.user = account->id;
  }
  if (draft.override_destination) stored.override_destination = *draft.override_destination;
  stored.verification = std::move(verification);
  stored.updated_at = context_.clock.now();
  stored.updated_by = maker_of(caller);
  co_await compile_into(&stored);
  CO_TRY_DO(co_await context_.store.write<void>(updating(stored)));
  co_return stored;
}

Task<Integration> IntegrationService::update_outgoing(Caller caller, Integration stored,
                                                      IntegrationDraft draft) {
  const Directory& directory = context_.directory;
  const IntegrationRights rights = integration_rights(directory, *caller.user);
  CO_TRY(CheckedOutgoing checked, check_outgoing(directory, caller, rights, draft));
  // Compat: a blank token does not fail the update while one is stored
  // (tests/api/integrations_update_test.mjs).
  if (draft.token && is_blank(*draft.token)) {
    if (!has_text(stored.token)) co_return ErrorCode::InvalidToken;
    draft.token.reset();
  }
  if (!rights.any_of(IntegrationType::Outgoing))
    co_return not_authorized("updateOutgoingIntegration");
  if (stored.type != IntegrationType::Outgoing || !rights.may_see(stored, caller.id())) {
    co_return ErrorCode::IntegrationNotFound;
  }
  if (draft.script && draft.script != stored.script) CO_TRY_DO(check_script_saving());

  take_outgoing(stored, draft, checked);
  CO_TRY_DO(apply_retry_rules(stored));
  if (draft.token) stored.token = draft.token;
  stored.updated_at = context_.clock.now();
  stored.updated_by = maker_of(caller);
  co_await compile_into(&stored);
  CO_TRY_DO(co_await context_.store.write<void>(updating(stored)));
  co_return stored;
}

Task<Integration> IntegrationService::remove(Caller caller, IntegrationType type,
                                             IntegrationName name) {
  const auto id = find_id(name);
  if (!id) co_return failure("No integration found.");
  CO_TRY(Integration stored, co_await load(*id));
  // Compat: upstream does not compare the types, so a right on one kind removes the other
  // (tests/api/integrations_remove_test.mjs).
  if (stored.type != type) co_return failure("No integration found.");
  const IntegrationRights rights = integration_rights(context_.directory, *caller.user);
  if (!rights.any_of(type)) {
    co_return not_authorized(type == IntegrationType::Incoming ? "deleteIncomingIntegration"
                                                               : "deleteOutgoingIntegration");
  }
  if (!rights.may_see(stored, caller.id())) co_return ErrorCode::InvalidIntegration;
  // The last transaction has little left to remove.
  for (const RecordKind kind : kRecordKinds) {
    CO_TRY_DO(co_await clear_records(context_.store, kind, stored.id, context_.clock.now()));
  }
  const std::function<Result<void>(Tx&)> work = [id = stored.id](Tx& tx) -> Result<void> {
    tx.integrations().remove(id);
    return Done{};
  };
  CO_TRY_DO(co_await context_.store.write<void>(work));
  co_return stored;
}

Task<Integration> IntegrationService::get(Caller caller, IntegrationId id,
                                          std::optional<std::string> created_by) {
  const auto entry = context_.directory.find_integration(id);
  const bool narrowed_away =
      entry && created_by && !entry->integration.made_by(UserId{*created_by});
  if (!entry || narrowed_away) co_return failure("The integration does not exists.");
  const IntegrationRights rights = integration_rights(context_.directory, *caller.user);
  if (!rights.may_see(entry->integration, caller.id())) co_return failure("not-authorized");
  co_return co_await load(std::move(id));
}

Task<void> IntegrationService::clear_history(Caller caller, IntegrationId id) {
  const IntegrationRights rights = integration_rights(context_.directory, *caller.user);
  if (!rights.any_of(IntegrationType::Outgoing)) {
    co_return not_authorized("clearIntegrationHistory");
  }
  const auto entry = context_.directory.find_integration(id);
  if (!entry || !rights.may_see(entry->integration, caller.id())) {
    co_return ErrorCode::InvalidIntegration;
  }
  CO_TRY_DO(co_await clear_records(context_.store, RecordKind::Attempt, id, context_.clock.now()));
  const std::function<Result<void>(Tx&)> work = [id](Tx& tx) -> Result<void> {
    tx.deliveries().remove_history(id);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<Listed<HistoryEntry>> IntegrationService::list_history(Caller caller, IntegrationId id,
                                                            Page page) {
  const IntegrationRights rights = integration_rights(context_.directory, *caller.user);
  HistoryRange range{std::move(id), std::nullopt};
  if (!rights.all_outgoing) range.maker = caller.id();
  if (page.count == 0 || page.count > kHistoryListMax) page.count = kHistoryListMax;
  const std::function<Result<Listed<HistoryEntry>>(const Tx&)> work =
      [range, page](const Tx& tx) -> Result<Listed<HistoryEntry>> {
    return tx.deliveries().list_history(range, page);
  };
  co_return co_await context_.store.read<Listed<HistoryEntry>>(work);
}

Task<void> IntegrationService::replay(Caller caller, IntegrationId id, HistoryId entry_id) {
  const IntegrationRights rights = integration_rights(context_.directory, *caller.user);
  if (!rights.any_of(IntegrationType::Outgoing)) {
    co_return not_authorized("replayOutgoingIntegration");
  }
  const auto entry = context_.directory.find_integration(id);
  if (!entry || !rights.may_see(entry->integration, caller.id())) {
    co_return ErrorCode::InvalidIntegration;
  }
  const std::function<Result<void>(Tx&)> work =
      [id, entry_id, type = entry->integration.type, now = context_.clock.now(),
       delivery_id = new_ordered_id<DeliveryId>(context_.clock.now())](Tx& tx) -> Result<void> {
    const auto recorded = tx.deliveries().find_history(entry_id);
    if (!recorded || recorded->integration != id) return ErrorCode::InvalidIntegrationHistory;
    if (type != IntegrationType::Outgoing) return ErrorCode::ReplayOutgoingOnly;
    if (recorded->data.object().empty()) return ErrorCode::HistoryDataMissing;
    if (!recorded->url) return Done{};  // nothing was requested then, so there is nothing to repeat
    const auto first = tx.deliveries().find(recorded->delivery);
    Delivery again;
    if (first) {
      again = *first;
    } else {
      again.message = MessageId{text_of(recorded->data.object(), "message_id")};
      again.room = RoomId{text_of(recorded->data.object(), "channel_id")};
      again.user = UserId{text_of(recorded->data.object(), "user_id")};
    }
    again.integration = id;
    again.event = recorded->event;
    again.url = recorded->target_url;
    again.data = recorded->data;
    again.trigger_word = recorded->trigger_word;
    TRY_DO(queue_again(tx, std::move(again), delivery_id, now));
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

Task<std::vector<Integration>> IntegrationService::load_all(std::vector<IntegrationId> ids) {
  const std::function<Result<std::vector<Integration>>(const Tx&)> work =
      [ids](const Tx& tx) -> Result<std::vector<Integration>> {
    std::vector<Integration> out;
    for (const IntegrationId& id : ids) {
      if (auto found = tx.integrations().find(id)) out.push_back(*std::move(found));
    }
    return out;
  };
  co_return co_await context_.store.read<std::vector<Integration>>(work);
}

IntegrationEntries IntegrationService::list_visible(const Caller& caller) const {
  const IntegrationRights rights = integration_rights(context_.directory, *caller.user);
  IntegrationEntries out;
  for (const auto& entry : *context_.directory.list_integrations()) {
    if (rights.may_see(entry->integration, caller.id())) out.push_back(entry);
  }
  return out;
}

}  // namespace gantry::domain
