#pragma once
// What a caller may do with integrations. Source: contract "integrations" 2.

#include "domain/directory.h"

namespace gantry::domain {

struct IntegrationRights {
  bool all_incoming = false;
  bool own_incoming = false;
  bool all_outgoing = false;
  bool own_outgoing = false;

  bool any() const { return all_incoming || own_incoming || all_outgoing || own_outgoing; }
  bool all(IntegrationType type) const {
    return type == IntegrationType::Incoming ? all_incoming : all_outgoing;
  }
  bool own(IntegrationType type) const {
    return type == IntegrationType::Incoming ? own_incoming : own_outgoing;
  }
  bool any_of(IntegrationType type) const { return all(type) || own(type); }

  // The list filter: the union of all rights held.
  // Compat: upstream shows a holder of both own-rights only his own even beside an all-right; here
  // no right takes anything away (tests/api/room_integrations_test.mjs).
  bool may_see(const Integration& integration, const UserId& caller) const {
    return all(integration.type) || (own(integration.type) && integration.made_by(caller));
  }
};

IntegrationRights integration_rights(const Directory& directory, const User& user);
IntegrationRights integration_rights(const PermissionSet& permissions);

}  // namespace gantry::domain
