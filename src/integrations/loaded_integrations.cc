#include "integrations/loaded_integrations.h"

#include "integrations/script_state.h"

namespace gantry::integrations {
namespace {

constexpr std::size_t kKeptBytesMax = 8 * 1024 * 1024;

std::size_t script_bytes(const LoadedIntegration& loaded) {
  return loaded.integration->script.value_or("").size() +
         loaded.integration->script_compiled.value_or("").size();
}

}  // namespace

Task<LoadedIntegration> LoadedIntegrations::find(domain::IntegrationId id) {
  const auto shown = directory_.find_integration(id);
  if (!shown) co_return LoadedIntegration{};
  if (!shown->integration.script_enabled) {
    co_return LoadedIntegration{{shown, &shown->integration}, {}};
  }
  LoadedIntegration kept = find_kept(shown);
  if (kept.integration) co_return kept;
  const std::function<Result<LoadedIntegration>(const domain::Tx&)> work =
      [id](const domain::Tx& tx) -> Result<LoadedIntegration> {
    auto found = tx.integrations().find(id);
    if (!found) return LoadedIntegration{};
    std::string revision = revision_of(*found);
    return LoadedIntegration{std::make_shared<const domain::Integration>(*std::move(found)),
                             std::move(revision)};
  };
  CO_TRY(LoadedIntegration found, co_await store_.read<LoadedIntegration>(work));
  if (found.integration) keep({shown, found});
  co_return found;
}

LoadedIntegration LoadedIntegrations::find_kept(
    const std::shared_ptr<const domain::IntegrationEntry>& shown) const {
  const std::lock_guard lock(mutex_);
  const auto at = kept_.find(shown->integration.id);
  return at != kept_.end() && at->second.shown == shown ? at->second.loaded : LoadedIntegration{};
}

void LoadedIntegrations::keep(Kept kept) {
  const domain::IntegrationId id = kept.shown->integration.id;
  const std::size_t bytes = script_bytes(kept.loaded);
  const std::lock_guard lock(mutex_);
  if (const auto at = kept_.find(id); at != kept_.end()) {
    kept_bytes_ -= script_bytes(at->second.loaded);
    kept_.erase(at);
  }
  if (kept_bytes_ + bytes > kKeptBytesMax) {
    kept_.clear();
    kept_bytes_ = 0;
  }
  kept_bytes_ += bytes;
  kept_.emplace(id, std::move(kept));
}

}  // namespace gantry::integrations
