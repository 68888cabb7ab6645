#pragma once
// What an integration becomes when it is created or changed: every check of contract "integrations"
// 4.2 to 4.5 and the record that they lead to. Nothing is written here; insert_in and update_in
// write what was made.

#include "domain/integration_checks.h"
#include "domain/script_compiler.h"
#include "domain/store.h"

namespace gantry::domain {

class IntegrationSaving {
 public:
  IntegrationSaving(const Directory& directory, const Clock& clock, ScriptCompiler& compiler,
                    ScriptSwitches switches)
      : directory_(directory), clock_(clock), compiler_(compiler), switches_(switches) {}

  // The script of what they give is not compiled.
  Result<Integration> created(const Caller& caller, IntegrationDraft draft) const;
  Result<Integration> changed(const Caller& caller, Integration stored,
                              IntegrationDraft draft) const;

  // Sets either scriptCompiled or scriptError, or neither when no script is to run.
  asio::awaitable<void> compile_into(Integration* integration) const;

  // Whether scripts may be changed. Errors: Failure.
  Result<void> check_script_saving() const;

 private:
  Result<Integration> created_incoming(const Caller& caller, IntegrationDraft draft) const;
  Result<Integration> created_outgoing(const Caller& caller, IntegrationDraft draft) const;
  Result<Integration> changed_incoming(const Caller& caller, Integration stored,
                                       IntegrationDraft draft) const;
  Result<Integration> changed_outgoing(const Caller& caller, Integration stored,
                                       IntegrationDraft draft) const;

  const Directory& directory_;
  const Clock& clock_;
  ScriptCompiler& compiler_;
  const ScriptSwitches switches_;
};

// Both keep the script's text as a version when it is a new one.
void insert_in(Tx& tx, const Integration& integration);
// An integration that was removed meanwhile stays removed. Errors: InvalidIntegration.
Result<void> update_in(Tx& tx, const Integration& integration);

Error integration_not_authorized(std::string_view method);

// The draft that changes nothing but what is set in it afterwards.
IntegrationDraft draft_of(const Integration& integration);

}  // namespace gantry::domain
