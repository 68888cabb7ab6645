#include "domain/integration_rights.h"

namespace gantry::domain {

IntegrationRights integration_rights(const Directory& directory, const User& user) {
  return integration_rights(Directory::View(directory).permissions_of(user.roles));
}

IntegrationRights integration_rights(const PermissionSet& permissions) {
  return {holds(permissions, Permission::ManageIncomingIntegrations),
          holds(permissions, Permission::ManageOwnIncomingIntegrations),
          holds(permissions, Permission::ManageOutgoingIntegrations),
          holds(permissions, Permission::ManageOwnOutgoingIntegrations)};
}

}  // namespace gantry::domain
