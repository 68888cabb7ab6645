#pragma once
// Incoming webhooks: from a call to a hook's address to a posted message and the call's record.
// Source: contract "integrations" 7 and 8.

#include "base/task_group.h"
#include "domain/context.h"
#include "domain/posting.h"
#include "integrations/incoming/call_record.h"
#include "integrations/incoming/hook_call.h"
#include "integrations/incoming/hook_decision.h"
#include "integrations/incoming/key_turns.h"
#include "integrations/script_runner.h"

namespace gantry::integrations {

class IncomingHooks {
 public:
  IncomingHooks(const domain::Context& context, LoadedIntegrations& integrations,
                ScriptRunner& scripts, TaskGroup& tasks, const asio::any_io_executor& executor)
      : context_(context),
        integrations_(integrations),
        scripts_(scripts),
        tasks_(tasks),
        key_turns_(executor) {}

  // Whether there is such an incoming webhook with that token.
  bool knows(const domain::IntegrationId& id, std::string_view token) const {
    return static_cast<bool>(find(id, token));
  }
  // The checks of the address and its account, in their order. Errors: NotFound, NotLoggedIn,
  // Unavailable, Failure.
  struct Opened {
    std::shared_ptr<const domain::IntegrationEntry> entry;
    std::shared_ptr<const domain::User> account;
  };
  Result<Opened> open(const domain::IntegrationId& id, std::string_view token) const;

  // With an address that is right, the call leaves a record. Errors beside those of open(): those
  // of the verification, of the idempotency key, of the store, Failure.
  Task<HookAnswer> execute(HookCall call);

 private:
  // What a call has come to, shared by the steps of its way.
  struct Progress {
    domain::IncomingCall record;
    KeepBodies keep = KeepBodies::Yes;
    std::optional<KeyTurns::Turn> turn;    // held until the record is written
    std::shared_ptr<ScriptState> unsaved;  // set when the run changed Store
    bool recorded = false;                 // with the messages, or the store takes no writes

    Progress(domain::IncomingCall begun, KeepBodies kept) : record(std::move(begun)), keep(kept) {}
  };
  using ProgressPtr = std::shared_ptr<Progress>;
  using EntryPtr = std::shared_ptr<const domain::IntegrationEntry>;
  using AccountPtr = std::shared_ptr<const domain::User>;

  using Plan = HookPlan;
  using Decided = HookDecision;

  Result<EntryPtr> find(const domain::IntegrationId& id, std::string_view token) const;
  Result<AccountPtr> account_of(const domain::IntegrationEntry& entry) const;

  // The checks, then the answer that was given before, or run().
  Task<HookAnswer> serve(EntryPtr entry, HookCall call, ProgressPtr progress);
  // Nothing when the key is new, and then the call holds it. Errors: IdempotencyKeyReused,
  // IdempotencyKeyInUse.
  Task<std::optional<HookAnswer>> answer_before(std::string key, std::string body_hash,
                                                ProgressPtr progress);
  Task<HookAnswer> run(LoadedIntegration loaded, AccountPtr account, HookCall call,
                       ProgressPtr progress);
  Task<Decided> run_script(LoadedIntegration loaded, AccountPtr account, HookCall call,
                           json::value content, ProgressPtr progress);
  // Messages, Store and record in one transaction.
  Task<HookAnswer> post(std::shared_ptr<const domain::Integration> integration, Plan plan,
                        ProgressPtr progress);
  // The record of a call that posted nothing.
  Task<void> record_end_of(ProgressPtr progress);
  Task<void> write_record(ProgressPtr progress, domain::Urgency urgency) const;
  asio::awaitable<void> write_record_later(ProgressPtr progress) const;

  const domain::Context context_;
  LoadedIntegrations& integrations_;
  ScriptRunner& scripts_;
  TaskGroup& tasks_;
  KeyTurns key_turns_;
};

}  // namespace gantry::integrations
