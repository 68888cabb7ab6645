#pragma once
// Which addresses an integration may reach: decided by the present rights of its maker. And whom it
// trusts there. Source: contract "integrations" 11.

#include <mutex>

#include "domain/directory.h"
#include "egress/address_policy.h"

namespace gantry::integrations {

// What its targets are checked by, or null: the system's authorities. Keeps the integration alive.
std::shared_ptr<const std::string> ca_certificates_of(
    const std::shared_ptr<const domain::Integration>& integration);

class EgressRules {
 public:
  explicit EgressRules(const domain::Directory& directory) : directory_(directory) {}

  // Where this server itself listens, known once it does: no integration may reach these.
  void set_own_listeners(std::vector<egress::ip::tcp::endpoint> listeners);

  // For requests on behalf of the integration, its scripts included.
  egress::AddressPolicy policy_for(const domain::Integration& integration) const;

 private:
  std::shared_ptr<const egress::NetworkRules> rules() const;

  const domain::Directory& directory_;
  // The parsed settings, made anew when their texts or the listeners change.
  mutable std::mutex mutex_;
  std::vector<egress::ip::tcp::endpoint> own_listeners_;
  mutable std::string allow_text_;
  mutable std::string deny_text_;
  mutable std::shared_ptr<const egress::NetworkRules> rules_;
};

}  // namespace gantry::integrations
