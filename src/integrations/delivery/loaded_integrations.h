#pragma once
// Integrations as attempts need them, with their scripts, which the directory does not keep. What
// was read stays as long as the directory shows the same integration. Belongs to one strand.

#include <unordered_map>

#include "domain/directory.h"
#include "domain/store.h"

namespace gantry::integrations {

class LoadedIntegrations {
 public:
  LoadedIntegrations(const domain::Directory& directory, domain::Store& store)
      : directory_(directory), store_(store) {}

  // Null when there is none of the id.
  Task<std::shared_ptr<const domain::Integration>> find(domain::IntegrationId id);

 private:
  struct Loaded {
    std::shared_ptr<const domain::IntegrationEntry> shown;
    std::shared_ptr<const domain::Integration> integration;
  };

  void keep(Loaded loaded);

  const domain::Directory& directory_;
  domain::Store& store_;
  std::unordered_map<domain::IntegrationId, Loaded> kept_;
  std::size_t kept_bytes_ = 0;  // of scripts
};

}  // namespace gantry::integrations
