#pragma once
// integrations.create, update, get, list, history, remove, clearHistory, replayOutgoing. Source:
// contract "integrations" 4.

#include "api/list_parameters.h"
#include "dispatch/routes.h"
#include "domain/integration_service.h"

namespace gantry::api {

// clang-format off: one line a member keeps the shapes readable beside the contract's tables.
struct VerificationInput {
  std::string preset;
  std::optional<std::vector<std::string>> secrets;
  std::optional<std::int64_t> tolerance_seconds;
  std::optional<std::string> header, algorithm, encoding;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = VerificationInput;
    using wire::field;
    return std::tuple{
        field("preset", &S::preset,
              "none, standard-webhooks, github, gitlab, stripe, slack or hmac"),
        field("secrets", &S::secrets, "one, or two during a rotation; never shown again")
            .nullable(),
        field("toleranceSeconds", &S::tolerance_seconds,
              "how far the time of a call may be from the server's; 300")
            .nullable(),
        field("header", &S::header, "of hmac: the header with the signature").nullable(),
        field("algorithm", &S::algorithm, "of hmac: sha1, sha256 or sha512").nullable(),
        field("encoding", &S::encoding, "of hmac: hex or base64").nullable()};
  }
};

struct CreateIncoming {
  std::string type, username, channel;
  bool script_enabled = false;
  std::string name;
  bool enabled = false;
  std::optional<bool> override_destination;
  std::optional<VerificationInput> verification;
  std::optional<std::string> script, alias, avatar, emoji, script_engine;
  std::optional<bool> skip_transpile, fresh_state;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = CreateIncoming;
    using wire::field;
    return std::tuple{
        field("type", &S::type, "webhook-incoming").pattern("webhook-incoming"),
        field("username", &S::username, "account to post as"),
        field("channel", &S::channel, "#room or @user, comma separated"),
        field("scriptEnabled", &S::script_enabled, "whether the script runs"),
        field("name", &S::name, "name of the integration"),
        field("enabled", &S::enabled, "whether calls are accepted"),
        field("overrideDestinationChannelEnabled", &S::override_destination,
              "whether a call may name its channel")
            .nullable(),
        field("verification", &S::verification, "how a call proves who sends it").nullable(),
        field("script", &S::script, "JavaScript with a class Script").nullable(),
        field("alias", &S::alias, "name shown beside messages").nullable(),
        field("avatar", &S::avatar, "address of an image").nullable(),
        field("emoji", &S::emoji, "emoji as avatar").nullable(),
        field("scriptEngine", &S::script_engine, "isolated-vm").nullable(),
        field("skipTranspile", &S::skip_transpile, "run the script as it is").nullable(),
        field("freshState", &S::fresh_state, "each run begins without Store and globals")
            .nullable()};
  }
};

struct CreateOutgoing {
  std::string type, username, channel, event;
  bool script_enabled = false;
  std::string name;
  bool enabled = false;
  std::optional<std::string> target_room;
  std::optional<std::vector<std::string>> urls, trigger_words;
  std::optional<bool> trigger_word_anywhere;
  std::optional<std::string> token, script;
  std::optional<bool> run_on_edits, retry_failed_calls;
  std::optional<double> retry_count;
  std::optional<std::string> retry_delay;
  std::optional<std::vector<std::string>> signing_secrets;
  std::optional<bool> send_delivery_id;
  std::optional<std::string> ca_certificates;
  std::optional<bool> impersonate_user;
  std::optional<std::string> alias, avatar, emoji, script_engine;
  std::optional<bool> skip_transpile, fresh_state;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = CreateOutgoing;
    using wire::field;
    return std::tuple{
        field("type", &S::type, "webhook-outgoing").pattern("webhook-outgoing"),
        field("username", &S::username, "account to post replies as"),
        field("channel", &S::channel,
              "#room, @user or all_public_channels and the like, comma separated"),
        field("event", &S::event,
              "sendMessage, fileUploaded, roomArchived, roomCreated, roomJoined, roomLeft, "
              "userCreated"),
        field("scriptEnabled", &S::script_enabled, "whether the script runs"),
        field("name", &S::name, "name of the integration"),
        field("enabled", &S::enabled, "whether events are delivered"),
        field("targetRoom", &S::target_room, "room for replies").nullable(),
        field("urls", &S::urls, "addresses that are called").nullable().min_length(1),
        field("triggerWords", &S::trigger_words, "words at which a message must start")
            .nullable()
            .min_length(1),
        field("triggerWordAnywhere", &S::trigger_word_anywhere, "words may stand anywhere")
            .nullable(),
        field("token", &S::token, "sent with each call").nullable(),
        field("script", &S::script, "JavaScript with a class Script").nullable(),
        field("runOnEdits", &S::run_on_edits, "whether edited messages count").nullable(),
        field("retryFailedCalls", &S::retry_failed_calls, "whether failed calls are tried again")
            .nullable(),
        field("retryCount", &S::retry_count, "how often").nullable(),
        field("retryDelay", &S::retry_delay,
              "powers-of-ten, powers-of-two, increments-of-two or policy")
            .nullable(),
        field("signingSecrets", &S::signing_secrets,
              "whsec_ or whsk_ keys that sign each call (Standard Webhooks); at most two, newest "
              "first; never shown again")
            .nullable(),
        field("sendDeliveryId", &S::send_delivery_id,
              "send webhook-id and webhook-timestamp, also without a key")
            .nullable(),
        field("caCertificates", &S::ca_certificates,
              "PEM certificates that targets are checked by instead of the system's authorities; "
              "at most 20 and 32 KiB; empty: the system's again")
            .nullable(),
        field("impersonateUser", &S::impersonate_user, "replies come from the message's sender")
            .nullable(),
        field("alias", &S::alias, "name shown beside replies").nullable(),
        field("avatar", &S::avatar, "address of an image").nullable(),
        field("emoji", &S::emoji, "emoji as avatar").nullable(),
        field("scriptEngine", &S::script_engine, "isolated-vm").nullable(),
        field("skipTranspile", &S::skip_transpile, "run the script as it is").nullable(),
        field("freshState", &S::fresh_state, "each run begins without Store and globals")
            .nullable()};
  }
};

struct UpdateIncoming {
  std::string integration_id, type, channel;
  bool script_enabled = false;
  std::string name;
  bool enabled = false;
  std::optional<std::string> username;
  std::optional<bool> override_destination;
  std::optional<VerificationInput> verification;
  std::optional<std::string> script, alias, avatar, emoji, script_engine;
  std::optional<bool> skip_transpile, fresh_state;

  static constexpr auto fields() {
    using S = UpdateIncoming;
    using wire::field;
    return std::tuple{
        field("integrationId", &S::integration_id, "id of the integration"),
        field("type", &S::type, "webhook-incoming").pattern("webhook-incoming"),
        field("channel", &S::channel, "#room or @user, comma separated"),
        field("scriptEnabled", &S::script_enabled),
        field("name", &S::name),
        field("enabled", &S::enabled),
        field("username", &S::username, "account to post as").nullable(),
        field("overrideDestinationChannelEnabled", &S::override_destination).nullable(),
        field("verification", &S::verification).nullable(),
        field("script", &S::script).nullable(),
        field("alias", &S::alias).nullable(),
        field("avatar", &S::avatar).nullable(),
        field("emoji", &S::emoji).nullable(),
        field("scriptEngine", &S::script_engine).nullable(),
        field("skipTranspile", &S::skip_transpile).nullable(),
        field("freshState", &S::fresh_state).nullable()};
  }
};

struct UpdateOutgoing : CreateOutgoing {
  std::optional<std::string> integration_id, target_url;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using wire::field;
    return std::tuple_cat(
        CreateOutgoing::fields(),
        std::tuple{
            field("integrationId", &UpdateOutgoing::integration_id, "id of the integration")
                .nullable(),
            field("target_url", &UpdateOutgoing::target_url, "one of its addresses; tried first")
                .nullable()});
  }
};

struct RemoveIncoming {
  std::string type, integration_id;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    return std::tuple{
        wire::field("type", &RemoveIncoming::type, "webhook-incoming").pattern("webhook-incoming"),
        wire::field("integrationId", &RemoveIncoming::integration_id)};
  }
};
struct RemoveOutgoingByUrl {
  std::string type, target_url;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    return std::tuple{wire::field("type", &RemoveOutgoingByUrl::type, "webhook-outgoing")
                          .pattern("webhook-outgoing"),
                      wire::field("target_url", &RemoveOutgoingByUrl::target_url)};
  }
};
struct RemoveOutgoing {
  std::string type, integration_id;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    return std::tuple{
        wire::field("type", &RemoveOutgoing::type, "webhook-outgoing").pattern("webhook-outgoing"),
        wire::field("integrationId", &RemoveOutgoing::integration_id)};
  }
};

struct GetIntegration {
  std::string integration_id;
  std::optional<std::string> created_by;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    return std::tuple{
        wire::field("integrationId", &GetIntegration::integration_id).min_length(1),
        wire::field("createdBy", &GetIntegration::created_by, "only if this account made it")};
  }
};

struct ListIntegrations : ListParameters {
  std::optional<std::string> name, type;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    return std::tuple_cat(
        ListParameters::fields(),
        std::tuple{
            wire::field("name", &ListIntegrations::name, "part of the name, without case"),
            wire::field("type", &ListIntegrations::type, "webhook-incoming or webhook-outgoing")});
  }
};

struct ListHistory : ListParameters {
  std::string id;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    return std::tuple_cat(
        ListParameters::fields(),
        std::tuple{wire::field("id", &ListHistory::id, "id of the integration").min_length(1)});
  }
};

struct ClearHistory {
  domain::IntegrationId integration_id;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    return std::tuple{wire::field("integrationId", &ClearHistory::integration_id).min_length(1)};
  }
};

struct ReplayOutgoing {
  domain::IntegrationId integration_id;
  domain::HistoryId history_id;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    return std::tuple{wire::field("integrationId", &ReplayOutgoing::integration_id).min_length(1),
                      wire::field("historyId", &ReplayOutgoing::history_id).min_length(1)};
  }
};
// clang-format on

struct WarningRow {
  std::string code, message, room;

  static constexpr auto fields() {
    using S = WarningRow;
    using wire::field;
    return std::tuple{
        field("code", &S::code,
              "not-a-member, room-archived, room-read-only, room-blocked, room-not-found, muted, "
              "cannot-impersonate or no-account"),
        field("message", &S::message, "for people"),
        field("room", &S::room, "as the integration names it")};
  }
};

struct SavedIntegrationReply {
  json::object integration;
  std::optional<std::vector<WarningRow>> warnings;

  static constexpr auto fields() {
    using S = SavedIntegrationReply;
    return std::tuple{
        wire::field("integration", &S::integration),
        wire::field("warnings", &S::warnings,
                    "why it could not post as things stand; only when there is something")};
  }
};

struct IntegrationReply {
  json::object integration;

  static constexpr auto fields() {
    return std::tuple{wire::field("integration", &IntegrationReply::integration)};
  }
};

class IntegrationsApi {
 public:
  IntegrationsApi(domain::IntegrationService& integrations, const ListReader& lists)
      : integrations_(integrations), lists_(lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<SavedIntegrationReply> create(domain::Caller caller,
                                     wire::OneOf<CreateIncoming, CreateOutgoing> in);
  Task<SavedIntegrationReply> update(domain::Caller caller,
                                     wire::OneOf<UpdateIncoming, UpdateOutgoing> in);
  Task<SavedIntegrationReply> saved(domain::Integration integration);
  Task<IntegrationReply> remove(
      domain::Caller caller, wire::OneOf<RemoveIncoming, RemoveOutgoingByUrl, RemoveOutgoing> in);
  Task<IntegrationReply> get(domain::Caller caller, GetIntegration in);
  Task<json::object> list(domain::Caller caller, ListIntegrations in);
  Task<json::object> history(domain::Caller caller, ListHistory in);
  Task<dispatch::Success> clear_history(domain::Caller caller, ClearHistory in);
  Task<dispatch::Success> replay(domain::Caller caller, ReplayOutgoing in);

  domain::IntegrationService& integrations_;
  const ListReader& lists_;
};

}  // namespace gantry::api
