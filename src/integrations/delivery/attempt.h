#pragma once
// One attempt of a delivery, from the script's preparation to the record of the end. Everything it
// decides is in the store when run() returns: the history entry, the messages it posted and the
// state of the delivery are one transaction. Source: contract "integrations" 11, 12 and 15.

#include "base/task_group.h"
#include "base/time.h"
#include "domain/context.h"
#include "domain/delivery.h"
#include "integrations/delivery/attempt_of.h"
#include "integrations/delivery/circuit.h"
#include "integrations/delivery/outgoing_request.h"
#include "integrations/delivery/switching_off.h"
#include "integrations/loaded_integrations.h"
#include "integrations/script_runner.h"

namespace gantry::integrations {

class DeliveryFeed;

// What every attempt works with; outlives all of them.
struct AttemptTools {
  domain::Context context;
  ScriptRunner& scripts;
  egress::HttpClient& client;
  const EgressRules& rules;
  LoadedIntegrations& integrations;
  TaskGroup& tasks;
  DeliveryFeed* feed = nullptr;  // null: nobody is told
};

struct AttemptEnd {
  enum class Next {
    Done,      // nothing more will happen
    RetryAt,   // at `at`, by the rules of the integration
    TryAgain,  // nothing was decided: the store or the engine is in trouble, or the server stops
  };
  Next next = Next::Done;
  Time at;
  Reach reach = Reach::Unknown;
  Milliseconds took{0};  // the request, while `reach` is known
};

class Attempt {
 public:
  // `stopping` tells that faults of scripts and requests may be those of a server that stops; it
  // outlives the attempt.
  Attempt(const AttemptTools& tools, AttemptOf of, const std::atomic<bool>& stopping)
      : tools_(tools), id_(std::move(of.id)), known_(std::move(of.delivery)), stopping_(stopping) {}

  asio::awaitable<AttemptEnd> run();

 private:
  // What the end of the attempt writes besides the history entry.
  struct Ending {
    domain::DeliveryState state = domain::DeliveryState::Succeeded;
    std::optional<Time> retry_at;
    std::optional<json::object> message;  // to post first
    // Steps for when the message was posted and for when it could not be.
    std::string_view sent_step;
    std::string_view failed_step;
    json::value domain::HistoryEntry::*sent_member = nullptr;
    bool gone = false;  // the target wants no more
  };
  enum class Go { On, Stop };

  Task<Go> load();
  Task<Go> prepare();
  Task<Go> post_prepared(json::object message);
  Task<Go> call(egress::HttpResult* result);
  asio::awaitable<egress::HttpResult> send(egress::HttpRequest request);
  Task<Go> process(const egress::HttpReply& reply);
  Task<Go> judge(const egress::HttpReply& reply);
  Task<Go> judge(const egress::HttpFailure& failed);
  Task<Go> fail(std::string_view reason, std::optional<unsigned> status,
                std::optional<Milliseconds> retry_after);
  Task<Go> finish(std::string_view step, Ending ending);
  Outcome outcome_of(const Ending& ending) const;
  void record(domain::Tx& tx, bool forgotten) const;
  Task<bool> read_delivery();
  Task<void> drop();

  asio::awaitable<script::RunOutcome> run_script(script::ScriptMethod method,
                                                 json::object argument);
  bool was_cut_short(const script::RunOutcome& outcome) const;
  void note_script_failure(script::ScriptMethod method, const script::RunOutcome& outcome);
  void step(std::string_view name) { entry_.step = name; }

  const AttemptTools tools_;
  const domain::DeliveryId id_;
  const std::shared_ptr<const domain::Delivery> known_;
  const std::atomic<bool>& stopping_;
  domain::Delivery delivery_;
  std::shared_ptr<const domain::Integration> integration_;
  std::shared_ptr<ScriptState> script_state_;
  bool script_state_changed_ = false;
  bool scripted_ = false;
  bool lacks_response_method_ = false;
  bool keeps_bodies_ = true;  // the workspace, when the attempt began
  OutgoingRequest request_;
  domain::HistoryEntry entry_;
  AttemptEnd end_;
};

}  // namespace gantry::integrations
