#pragma once
// The services of accounts, rights and settings, made together.

#include "domain/account_service.h"
#include "domain/personal_token_service.h"
#include "domain/rights_service.h"
#include "domain/settings_service.h"

namespace gantry::domain {

struct AccountServices {
  explicit AccountServices(const Context& context)
      : accounts(context), tokens(context), rights(context), settings(context) {}

  AccountService accounts;
  PersonalTokenService tokens;
  RightsService rights;
  SettingsService settings;
};

}  // namespace gantry::domain
