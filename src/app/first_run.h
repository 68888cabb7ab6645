#pragma once
// What every workspace must have: roles, grants, settings, #general, rocket.cat, an administrator;
// in test mode also the test accounts. Runs at each start and adds only what is missing. Source:
// contract "rest" 17.1 and 17.2.

#include <string>

#include "app/config.h"
#include "base/time.h"
#include "domain/directory.h"
#include "domain/store.h"

namespace gantry::app {

struct FirstRun {
  bool made_admin = false;
  std::string admin_username;
  std::string admin_password;  // set when it was made at random
};

Result<FirstRun> prepare_workspace(domain::Store& store, const Config& config, Time now);

}  // namespace gantry::app
