#pragma once
// Integrations as webhooks need them, with their scripts, which the directory does not keep. What
// was read stays as long as the directory shows the same integration. Safe from any thread.

#include <mutex>
#include <unordered_map>

#include "base/json_document.h"
#include "domain/directory.h"
#include "domain/store.h"

namespace gantry::integrations {

struct LoadedIntegration {
  std::shared_ptr<const domain::Integration> integration;  // null: there is none of the id
  std::string script_revision;                             // empty without a script that may run
  JsonDocument history_copy;                               // as entries of the history show it
};

class LoadedIntegrations {
 public:
  LoadedIntegrations(const domain::Directory& directory, domain::Store& store)
      : directory_(directory), store_(store) {}

  Task<LoadedIntegration> find(domain::IntegrationId id);

 private:
  struct Kept {
    std::shared_ptr<const domain::IntegrationEntry> shown;
    LoadedIntegration loaded;
  };

  LoadedIntegration find_kept(const std::shared_ptr<const domain::IntegrationEntry>& shown) const;
  void keep(Kept kept);

  const domain::Directory& directory_;
  domain::Store& store_;
  mutable std::mutex mutex_;
  std::unordered_map<domain::IntegrationId, Kept> kept_;
  std::size_t kept_bytes_ = 0;  // of scripts and copies
};

}  // namespace gantry::integrations
