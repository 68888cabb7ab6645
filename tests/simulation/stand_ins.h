#pragma once
// What the simulation puts in place of clock, disk faults, targets and scripts.

#include "domain/store.h"
#include "egress/http_client.h"
#include "integrations/script/script_engine.h"
#include "simulation/checker.h"
#include "simulation/turns.h"
#include "store/sqlite/sqlite_store.h"

namespace gantry::simulation {

// Of a process that may die: what is under way then ends without having done anything.
struct Fate {
  bool dead = false;
  bool calm = false;  // no write fails
  std::uint64_t failed_writes = 0;
};

class SimulatedClock final : public Clock {
 public:
  Time now() const override { return now_; }
  void move_to(Time time) { now_ = std::max(now_, time); }

 private:
  Time now_ = from_epoch_ms(1'795'000'000'000);
};

// The real store, called in the same thread when it is its turn.
class SimulatedStore final : public domain::Store {
 public:
  SimulatedStore(store::sqlite::SqliteStore& inner, Turns& turns, Chance& chance, Fate& fate,
                 Checker& checker)
      : inner_(inner), turns_(turns), chance_(chance), fate_(fate), checker_(checker) {}

  Result<void> write_now(const std::function<Result<void>(domain::Tx&)>& work) override;
  Result<void> read_now(const std::function<Result<void>(const domain::Tx&)>& work) override;

 protected:
  Task<void> run_write(std::function<Result<void>(domain::Tx&)> work, domain::Urgency) override;
  Task<void> run_read(std::function<Result<void>(const domain::Tx&)> work) override;

 private:
  store::sqlite::SqliteStore& inner_;
  Turns& turns_;
  Chance& chance_;
  Fate& fate_;
  Checker& checker_;
};

// Targets of different tempers, by their names.
class SimulatedTargets final : public egress::HttpClient {
 public:
  SimulatedTargets(store::sqlite::SqliteStore& store, const Clock& clock, Turns& turns,
                   Chance& chance, const Fate& fate, Checker& checker)
      : store_(store),
        clock_(clock),
        turns_(turns),
        chance_(chance),
        fate_(fate),
        checker_(checker) {}

  asio::awaitable<egress::HttpResult> send(egress::HttpRequest request) override;

 private:
  egress::HttpResult answer(const std::string& url, const std::string& id);

  store::sqlite::SqliteStore& store_;
  const Clock& clock_;
  Turns& turns_;
  Chance& chance_;
  const Fate& fate_;
  Checker& checker_;
};

class SimulatedScripts final : public integrations::script::ScriptEngine {
 public:
  SimulatedScripts(Turns& turns, Chance& chance, const Fate& fate)
      : turns_(turns), chance_(chance), fate_(fate) {}

  asio::awaitable<integrations::script::CompileOutcome> compile(
      std::string source, integrations::script::CompileMode,
      integrations::script::ScriptLimits) override;
  asio::awaitable<integrations::script::RunOutcome> run(
      integrations::script::RunRequest request) override;

 private:
  Turns& turns_;
  Chance& chance_;
  const Fate& fate_;
};

}  // namespace gantry::simulation
