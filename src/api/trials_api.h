#pragma once
// integrations.try: what a script would do with an event or a call, without doing it; ours alone.

#include "dispatch/routes.h"
#include "integrations/trial/trial_service.h"

namespace gantry::api {

// clang-format off: one line a member keeps the shapes readable.
struct TrialAnswerInput {
  std::optional<std::string> method, url;
  std::optional<std::int64_t> status;
  std::optional<json::object> headers;
  json::value body;
  std::optional<std::string> error;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = TrialAnswerInput;
    using wire::field;
    return std::tuple{
        field("method", &S::method, "answers only such requests"),
        field("url", &S::url, "answers only requests of exactly this address"),
        field("status", &S::status, "200"),
        field("headers", &S::headers, "names and texts"),
        field("body", &S::body, "a text, or anything else, which is sent as JSON").with_default(),
        field("error", &S::error, "no answer comes, for this reason")};
  }
};

struct TrialResponseInput {
  std::optional<std::int64_t> status;
  std::optional<json::object> headers;
  json::value body;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = TrialResponseInput;
    using wire::field;
    return std::tuple{
        field("status", &S::status, "200"), field("headers", &S::headers, "names and texts"),
        field("body", &S::body, "a text, or anything else, which is sent as JSON").with_default()};
  }
};

struct TrialCallInput {
  std::string query;
  std::optional<json::object> headers;
  json::value body;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = TrialCallInput;
    using wire::field;
    return std::tuple{
        field("query", &S::query, "without ?").with_default(),
        field("headers", &S::headers, "names and texts"),
        field("body", &S::body, "a text, or anything else, which is sent as JSON").with_default()};
  }
};

struct TryScript {
  std::optional<std::string> integration_id, delivery_id, call_id, type, script;
  std::optional<std::int64_t> version, compare_with;
  std::optional<bool> skip_transpile;
  std::optional<json::object> data;
  std::optional<std::string> url;
  std::optional<TrialResponseInput> response;
  std::optional<TrialCallInput> request;
  std::optional<std::vector<TrialAnswerInput>> http;
  std::optional<json::object> store;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = TryScript;
    using wire::field;
    return std::tuple{
        field("integrationId", &S::integration_id, "whose script").min_length(1),
        field("deliveryId", &S::delivery_id, "with the event of this delivery").min_length(1),
        field("callId", &S::call_id, "with the request of this incoming call").min_length(1),
        field("type", &S::type, "of a script that no integration has yet")
            .one_of({"webhook-incoming", "webhook-outgoing"}),
        field("script", &S::script, "instead of the stored one"),
        field("version", &S::version,
              "a former text instead of the stored one; 0 is the stored one"),
        field("compareWith", &S::compare_with, "a version to run as well; 0 is the stored one"),
        field("skipTranspile", &S::skip_transpile, "run the script as it is"),
        field("data", &S::data, "the payload of the event; else a sample"),
        field("url", &S::url, "the address of the delivery; else the first one"),
        field("response", &S::response, "what the target answers; else nothing is processed"),
        field("request", &S::request, "the call of an incoming integration; else a sample"),
        field("http", &S::http, "answers for the script's own requests; others fail"),
        field("store", &S::store, "what Store holds at first; else what is stored")};
  }
};
// clang-format on

// Errors: InvalidParams.
Result<integrations::TrialRequest> to_trial_request(TryScript in);

class TrialsApi {
 public:
  explicit TrialsApi(integrations::TrialService& trials) : trials_(trials) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> run(domain::Caller caller, TryScript in);

  integrations::TrialService& trials_;
};

}  // namespace gantry::api
