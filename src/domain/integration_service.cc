#include "domain/integration_service.h"

#include <algorithm>

#include "domain/delivery_records.h"
#include "domain/error_codes.h"
#include "domain/record_pruning.h"
#include "domain/room_access.h"

namespace gantry::domain {
namespace {

std::function<Result<void>(Tx&)> inserting(Integration integration) {
  return [integration = std::move(integration)](Tx& tx) -> Result<void> {
    insert_in(tx, integration);
    return Done{};
  };
}

std::function<Result<void>(Tx&)> updating(Integration integration) {
  return [integration = std::move(integration)](Tx& tx) -> Result<void> {
    return update_in(tx, integration);
  };
}

}  // namespace

std::optional<IntegrationId> IntegrationService::find_id(const IntegrationName& name) const {
  if (name.target_url) {
    for (const auto& entry : context_.directory.list_integrations()) {
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
  CO_TRY(Integration made, saving_.created(caller, std::move(draft)));
  co_await saving_.compile_into(&made);
  CO_TRY_DO(co_await context_.store.write<void>(inserting(made)));
  co_return made;
}

Task<Integration> IntegrationService::update(Caller caller, IntegrationName name,
                                             IntegrationDraft draft) {
  const auto id = find_id(name);
  if (!id) co_return failure("No integration found.");
  CO_TRY(Integration stored, co_await load(*id));
  CO_TRY(Integration changed, saving_.changed(caller, std::move(stored), std::move(draft)));
  co_await saving_.compile_into(&changed);
  CO_TRY_DO(co_await context_.store.write<void>(updating(changed)));
  co_return changed;
}

Task<std::vector<PostingWarning>> IntegrationService::warnings_of(Integration integration) {
  using Warnings = std::vector<PostingWarning>;
  const std::function<Result<Warnings>(const Tx&)> work =
      [this, &integration](const Tx& tx) -> Result<Warnings> {
    return posting_warnings(tx, context_.directory, integration);
  };
  co_return co_await context_.store.read<Warnings>(work);
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
    co_return integration_not_authorized(type == IntegrationType::Incoming
                                             ? "deleteIncomingIntegration"
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
    co_return integration_not_authorized("clearIntegrationHistory");
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
    co_return integration_not_authorized("replayOutgoingIntegration");
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
    const auto first = tx.deliveries().find(recorded->delivery);
    if (recorded->not_kept || (first && first->message_fate == MessageFate::NotKept)) {
      return Error(ErrorCode::DeliveryNotKept,
                   "What this attempt sent was not kept (" +
                       std::string(info_of(Setting::OutgoingKeepBodies).id) + ")");
    }
    if (recorded->data.object().empty()) return ErrorCode::HistoryDataMissing;
    if (!recorded->url) return Done{};  // nothing was requested then, so there is nothing to repeat
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
  for (const auto& entry : context_.directory.list_integrations()) {
    if (rights.may_see(entry->integration, caller.id())) out.push_back(entry);
  }
  return out;
}

}  // namespace gantry::domain
