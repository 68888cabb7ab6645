#pragma once
// The commands of the administrator's own shell about accounts: user.add, user.list, user.passwd,
// user.remove.

#include "app/control_commands.h"
#include "domain/account_service.h"

namespace gantry::app {

class AccountCommands {
 public:
  AccountCommands(domain::AccountService& accounts, const domain::Directory& directory)
      : accounts_(accounts), directory_(directory) {}

  void add_to(ControlCommands& commands);

 private:
  Task<json::object> add(json::object in);
  Task<json::object> list(json::object in);
  Task<json::object> set_password(json::object in);
  Task<json::object> remove(json::object in);

  // Errors: Failure, naming the account.
  Result<std::shared_ptr<const domain::User>> get_account(const json::object& in) const;

  domain::AccountService& accounts_;
  const domain::Directory& directory_;
};

}  // namespace gantry::app
