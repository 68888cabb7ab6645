#include "domain/script_version_service.h"

#include "domain/error_codes.h"

namespace gantry::domain {

Task<Listed<ScriptVersion>> ScriptVersionService::list(Caller caller, IntegrationId id, Page page) {
  CO_TRY_DO(co_await integrations_.get(std::move(caller), id, std::nullopt));
  const std::function<Result<Listed<ScriptVersion>>(const Tx&)> work =
      [id, page](const Tx& tx) -> Result<Listed<ScriptVersion>> {
    return tx.script_versions().list(id, page);
  };
  co_return co_await context_.store.read<Listed<ScriptVersion>>(work);
}

Task<ScriptVersion> ScriptVersionService::get(Caller caller, IntegrationId id,
                                              std::int64_t number) {
  CO_TRY_DO(co_await integrations_.get(std::move(caller), id, std::nullopt));
  const std::function<Result<ScriptVersion>(const Tx&)> work =
      [id, number](const Tx& tx) -> Result<ScriptVersion> {
    auto found = tx.script_versions().find(id, number);
    if (!found) return ErrorCode::InvalidScriptVersion;
    return *std::move(found);
  };
  co_return co_await context_.store.read<ScriptVersion>(work);
}

Task<Integration> ScriptVersionService::restore(Caller caller, IntegrationId id,
                                                std::int64_t number) {
  CO_TRY(ScriptVersion version, co_await get(caller, id, number));
  CO_TRY(const Integration stored, co_await integrations_.get(caller, id, std::nullopt));
  IntegrationDraft draft = draft_of(stored);
  draft.script = std::move(version.script);
  IntegrationName name;
  name.id = std::move(id);
  co_return co_await integrations_.update(std::move(caller), std::move(name), std::move(draft));
}

}  // namespace gantry::domain
