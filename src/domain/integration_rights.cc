#include "domain/integration_rights.h"

namespace gantry::domain {

IntegrationRights integration_rights(const Directory& directory, const User& user) {
  return {directory.has_permission(user, Permission::ManageIncomingIntegrations),
          directory.has_permission(user, Permission::ManageOwnIncomingIntegrations),
          directory.has_permission(user, Permission::ManageOutgoingIntegrations),
          directory.has_permission(user, Permission::ManageOwnOutgoingIntegrations)};
}

}  // namespace gantry::domain
