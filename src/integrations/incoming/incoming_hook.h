#pragma once
// Incoming webhooks: from a call to a hook's address to a posted message. Source: contract
// "integrations" 7 and 8.

#include <variant>

#include "domain/context.h"
#include "domain/posting.h"
#include "integrations/script_runner.h"

namespace gantry::integrations {

struct HookCall {
  domain::IntegrationId integration;
  std::string user_id;  // of the three-part address; not looked at
  std::string token;
  std::string path;                                          // as called
  std::string query;                                         // without '?'
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string content_type;
  std::string body;
};

// What the caller is told.
struct HookAnswer {
  unsigned status = 200;
  json::object body;  // with `success`
};

class IncomingHooks {
 public:
  IncomingHooks(const domain::Context& context, LoadedIntegrations& integrations,
                ScriptRunner& scripts)
      : context_(context), integrations_(integrations), scripts_(scripts) {}

  // The checks of the address and its account, in their order. Errors: NotFound, NotLoggedIn,
  // Unavailable, Failure.
  struct Opened {
    std::shared_ptr<const domain::IntegrationEntry> entry;
    std::shared_ptr<const domain::User> account;
  };
  Result<Opened> open(const domain::IntegrationId& id, std::string_view token) const;

  Task<HookAnswer> execute(HookCall call);

 private:
  struct Plan {
    json::object content;
    std::shared_ptr<const domain::User> sender;
    std::optional<json::object> response;  // given to the caller after posting
    std::shared_ptr<ScriptState> unsaved;  // to be written with the messages
  };
  using Decided = std::variant<Plan, HookAnswer>;
  struct ScriptEnd {
    Result<Decided> decided;
    std::shared_ptr<ScriptState> unsaved;  // set when the run changed Store
  };

  asio::awaitable<ScriptEnd> run_script(LoadedIntegration loaded,
                                        std::shared_ptr<const domain::User> account, HookCall call,
                                        json::value content);
  // What the end of a run means. Errors: Failure.
  Result<Decided> decide(const domain::Integration& integration, const script::RunOutcome& outcome,
                         const json::value& content,
                         std::shared_ptr<const domain::User> account) const;
  static Result<void> check_destination(const domain::Integration& integration, const Plan& plan);
  Task<void> save(std::shared_ptr<ScriptState> state) const;
  Task<HookAnswer> post(std::shared_ptr<const domain::Integration> integration, Plan plan);
  std::shared_ptr<const domain::User> sender_from(
      const json::value& wanted, std::shared_ptr<const domain::User> otherwise) const;

  const domain::Context context_;
  LoadedIntegrations& integrations_;
  ScriptRunner& scripts_;
};

}  // namespace gantry::integrations
