#include "integrations/delivery/loaded_integrations.h"

namespace gantry::integrations {
namespace {

constexpr std::size_t kKeptBytesMax = 8 * 1024 * 1024;

std::size_t script_bytes(const domain::Integration& integration) {
  return integration.script.value_or("").size() + integration.script_compiled.value_or("").size();
}

}  // namespace

Task<std::shared_ptr<const domain::Integration>> LoadedIntegrations::find(
    domain::IntegrationId id) {
  using Found = std::shared_ptr<const domain::Integration>;
  const auto shown = directory_.find_integration(id);
  if (!shown) co_return nullptr;
  if (!shown->integration.script_enabled) co_return Found(shown, &shown->integration);
  if (const auto at = kept_.find(id); at != kept_.end() && at->second.shown == shown) {
    co_return at->second.integration;
  }
  const std::function<Result<Found>(const domain::Tx&)> work =
      [id](const domain::Tx& tx) -> Result<Found> {
    auto integration = tx.integrations().find(id);
    if (!integration) return Found();
    return std::make_shared<const domain::Integration>(*std::move(integration));
  };
  CO_TRY(Found found, co_await store_.read<Found>(work));
  if (found) keep({shown, found});
  co_return found;
}

void LoadedIntegrations::keep(Loaded loaded) {
  const std::size_t bytes = script_bytes(*loaded.integration);
  if (kept_bytes_ + bytes > kKeptBytesMax) {
    kept_.clear();
    kept_bytes_ = 0;
  }
  kept_bytes_ += bytes;
  const domain::IntegrationId id = loaded.integration->id;
  kept_.insert_or_assign(id, std::move(loaded));
}

}  // namespace gantry::integrations
