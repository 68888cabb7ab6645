#pragma once
// The runs of one script in a trial: a state of their own, which no real run sees, canned HTTP, and
// a Store whose changes end with the trial. One run at a time.

#include "domain/integration.h"
#include "integrations/trial/canned_http.h"

namespace gantry::integrations {

class TrialRun {
 public:
  struct State {
    std::string place;     // the engine's name for the state; trials under way have different ones
    std::string revision;  // never used before, so that the globals are new
    json::object store;    // what Store holds at first
  };

  // The integration's script has compiled, or says why not.
  TrialRun(script::ScriptEngine& engine, std::shared_ptr<const domain::Integration> integration,
           State state, std::vector<CannedAnswer> http)
      : engine_(engine),
        integration_(std::move(integration)),
        state_(std::move(state)),
        http_(std::make_shared<CannedHttp>(std::move(http))) {}

  const domain::Integration& integration() const { return *integration_; }
  // Whether there is a script at all.
  bool scripted() const;
  // The script must have compiled.
  asio::awaitable<script::RunOutcome> run(script::ScriptMethod method, json::object argument);

  // Whether the script was the fault of nothing so far.
  bool is_well() const { return is_well_; }
  // What is told of the runs, the script's HTTP requests and what Store would hold.
  void report(json::object* out) const;

 private:
  script::ScriptEngine& engine_;
  const std::shared_ptr<const domain::Integration> integration_;
  State state_;
  const std::shared_ptr<CannedHttp> http_;
  json::array runs_;
  bool store_changed_ = false;
  bool is_well_ = true;
};

// {name, message, stack} and, where the stack names them, line and column in the script.
json::object fault_json(const script::ScriptFault& fault);

}  // namespace gantry::integrations
