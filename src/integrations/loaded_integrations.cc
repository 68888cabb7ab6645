#include "integrations/loaded_integrations.h"

#include "integrations/script_state.h"
#include "wire/integration_json.h"

namespace gantry::integrations {
namespace {

constexpr std::size_t kKeptBytesMax = 8 * 1024 * 1024;

std::size_t bytes_of(const LoadedIntegration& loaded) {
  const auto size = [](const std::optional<std::string>& text) { return text ? text->size() : 0; };
  return size(loaded.integration->script) + size(loaded.integration->script_compiled) +
         loaded.history_copy.text().size();
}

JsonDocument history_copy_of(const domain::Integration& integration) {
  return JsonDocument(wire::to_history_copy(integration));
}

}  // namespace

Task<LoadedIntegration> LoadedIntegrations::find(domain::IntegrationId id) {
  const auto shown = directory_.find_integration(id);
  if (!shown) co_return LoadedIntegration{};
  LoadedIntegration kept = find_kept(shown);
  if (kept.integration) co_return kept;
  if (!shown->integration.script_enabled) {
    LoadedIntegration plain{{shown, &shown->integration}, {}, history_copy_of(shown->integration)};
    keep({shown, plain});
    co_return plain;
  }
  const std::function<Result<LoadedIntegration>(const domain::Tx&)> work =
      [id](const domain::Tx& tx) -> Result<LoadedIntegration> {
    auto found = tx.integrations().find(id);
    if (!found) return LoadedIntegration{};
    std::string revision = revision_of(*found);
    JsonDocument copy = history_copy_of(*found);
    return LoadedIntegration{std::make_shared<const domain::Integration>(*std::move(found)),
                             std::move(revision), std::move(copy)};
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
  const std::size_t bytes = bytes_of(kept.loaded);
  const std::lock_guard lock(mutex_);
  if (const auto at = kept_.find(id); at != kept_.end()) {
    kept_bytes_ -= bytes_of(at->second.loaded);
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
