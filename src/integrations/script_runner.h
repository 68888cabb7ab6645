#pragma once
// Runs a method of an integration's script: with the kept Store, the address rules of its maker
// for HTTP, and the workspace's switches. Safe from any thread.

#include <unordered_map>

#include "domain/delivery.h"
#include "domain/script_compiler.h"
#include "domain/store.h"
#include "egress/http_client.h"
#include "integrations/egress_rules.h"
#include "integrations/loaded_integrations.h"
#include "integrations/script/script_engine.h"
#include "integrations/script_state.h"

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

  // What the script keeps; all who have the integration's script at work share it. Whose run gave
  // `RunOutcome::store` writes it with ScriptState::save_in before letting go of it.
  std::shared_ptr<ScriptState> open_state(const LoadedIntegration& loaded, domain::Store& store);

  // The integration's script must have compiled.
  asio::awaitable<script::RunOutcome> run(std::shared_ptr<const domain::Integration> integration,
                                          script::ScriptMethod method, json::object argument,
                                          std::shared_ptr<ScriptState> state);

 private:
  asio::awaitable<script::RunOutcome> run_in_turn(
      std::shared_ptr<const domain::Integration> integration, script::ScriptMethod method,
      json::object argument, std::shared_ptr<ScriptState> state);

  script::ScriptEngine& engine_;
  egress::HttpClient& client_;
  const EgressRules& rules_;
  const domain::ScriptSwitches switches_;
  struct KnownState {
    std::weak_ptr<ScriptState> used;
    std::shared_ptr<ScriptState::Memory> memory = std::make_shared<ScriptState::Memory>();
  };
  std::mutex states_mutex_;
  std::unordered_map<std::string, KnownState> states_;  // by id and revision
  std::size_t states_swept_at_ = 0;
};

// ISO texts of known date members become {"$date": ms}, which scripts see as Date.
json::object with_dates(json::object data);

json::array console_json(const script::RunOutcome& outcome);

}  // namespace gantry::integrations
