#pragma once
// The commands of the administrator's own shell about integrations: integration.try, .export,
// .plan and .apply. All act as an account: the one named by `as`, else the oldest administrator.

#include "app/control_commands.h"
#include "integrations/files/integration_files.h"
#include "integrations/trial/trial_service.h"

namespace gantry::app {

class IntegrationCommands {
 public:
  IntegrationCommands(integrations::TrialService& trials, integrations::IntegrationFiles& files,
                      const domain::Directory& directory)
      : trials_(trials), files_(files), directory_(directory) {}

  void add_to(ControlCommands& commands);

 private:
  Task<json::object> run_trial(json::object in);
  Task<json::object> export_all(json::object in);
  Task<json::object> plan(json::object in);
  Task<json::object> apply(json::object in);

  // Errors: Failure.
  Result<domain::Caller> caller_of(const json::object& in) const;

  integrations::TrialService& trials_;
  integrations::IntegrationFiles& files_;
  const domain::Directory& directory_;
};

}  // namespace gantry::app
