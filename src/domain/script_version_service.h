#pragma once
// The versions of an integration's script, for who may see the integration; restoring one is an
// update like any other.

#include "domain/integration_service.h"

namespace gantry::domain {

class ScriptVersionService {
 public:
  ScriptVersionService(const Context& context, IntegrationService& integrations)
      : context_(context), integrations_(integrations) {}

  // Errors of all: those of IntegrationService::get.
  // Newest first, without their texts. `count` 0 gives all.
  Task<Listed<ScriptVersion>> list(Caller caller, IntegrationId id, Page page);
  // Errors: InvalidScriptVersion.
  Task<ScriptVersion> get(Caller caller, IntegrationId id, std::int64_t number);
  // Gives the script the text of that version again, as a new version; nothing else changes.
  // Errors: InvalidScriptVersion, and those of IntegrationService::update.
  Task<Integration> restore(Caller caller, IntegrationId id, std::int64_t number);

 private:
  const Context context_;
  IntegrationService& integrations_;
};

}  // namespace gantry::domain
