#pragma once
// Changing settings. Values are checked against the setting's type and own rule, and hold for
// everybody at once when the change is acknowledged. Source: contract "resources" B.10.

#include <string>
#include <vector>

#include "domain/context.h"

namespace gantry::domain {

struct SettingValue {
  std::string id;
  json::value value;
};

class SettingsService {
 public:
  explicit SettingsService(const Context& context) : context_(context) {}

  // All or nothing. Errors: Failure without text for an unknown id, SettingValidationFailed.
  Task<void> update(Caller caller, std::vector<SettingValue> values);

  // Private settings are there for holders of view-privileged-setting only.
  bool may_see(const Caller& caller, const SettingInfo& info) const;

 private:
  const Context context_;
};

}  // namespace gantry::domain
