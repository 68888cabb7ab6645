#pragma once
// Runs a method of an integration's script: with the kept Store, the address rules of its maker
// for HTTP, and the workspace's switches.

#include "domain/delivery.h"
#include "domain/script_compiler.h"
#include "domain/store.h"
#include "egress/http_client.h"
#include "integrations/egress_rules.h"
#include "integrations/script/script_engine.h"

namespace gantry::integrations {

class ScriptRunner final : public domain::ScriptCompiler {
 public:
  ScriptRunner(script::ScriptEngine& engine, egress::HttpClient& client, const EgressRules& rules,
               domain::ScriptSwitches switches)
      : engine_(engine), client_(client), rules_(rules), switches_(switches) {}

  asio::awaitable<domain::CompiledScript> compile(std::string source,
                                                  domain::Transpile transpile) override;

  // Whether the script takes part: enabled, not blank, and running is not switched off.
  bool takes_part(const domain::Integration& integration) const;

  // The integration's script must have compiled. `state` is what Store held before.
  asio::awaitable<script::RunOutcome> run(std::shared_ptr<const domain::Integration> integration,
                                          script::ScriptMethod method, json::object argument,
                                          json::object state);

 private:
  script::ScriptEngine& engine_;
  egress::HttpClient& client_;
  const EgressRules& rules_;
  const domain::ScriptSwitches switches_;
};

// Changes whenever the script does; Store and globals are lost then.
std::string revision_of(const domain::Integration& integration);

// ISO texts of known date members become {"$date": ms}, which scripts see as Date.
json::object with_dates(json::object data);

json::array console_json(const script::RunOutcome& outcome);

}  // namespace gantry::integrations
