#include "api/integrations_api.h"

#include <algorithm>

#include "api/integration_listing.h"
#include "domain/error_codes.h"
#include "domain/room_access.h"
#include "wire/integration_json.h"
#include "wire/verification_shape.h"

namespace gantry::api {
namespace {

using domain::IntegrationDraft;
using domain::IntegrationId;
using domain::IntegrationType;
using domain::Permission;
using wire::ScriptErrorKey;

constexpr double kRetryCountMax = 1e6;

// Compat: the schema's pattern is not anchored, so other words that hold the right one come this
// far (tests/api/integrations_create_test.mjs).
Result<void> check_type(std::string_view given, IntegrationType type) {
  if (given != domain::to_text(type)) return failure("Invalid integration type.");
  return Done{};
}

// Members that incoming and outgoing requests share.
template <class Shape>
IntegrationDraft common_draft(const Shape& in, IntegrationType type) {
  IntegrationDraft out;
  out.type = type;
  out.name = in.name;
  out.enabled = in.enabled;
  out.username = in.username;
  out.channel = in.channel;
  out.script_enabled = in.script_enabled;
  out.script = in.script;
  out.skip_transpile = in.skip_transpile;
  out.fresh_state = in.fresh_state;
  out.alias = in.alias;
  out.avatar = in.avatar;
  out.emoji = in.emoji;
  return out;
}

Result<domain::CallVerification> verification_of(const VerificationInput& in) {
  auto out = wire::to_verification(in);
  if (!out) {
    return Error(ErrorCode::InvalidVerification,
                 "preset is none, standard-webhooks, github, gitlab, stripe, slack or hmac");
  }
  return *std::move(out);
}

template <class Shape>
Result<IntegrationDraft> incoming_draft(const Shape& in) {
  IntegrationDraft out = common_draft(in, IntegrationType::Incoming);
  out.override_destination = in.override_destination;
  if (in.verification) {
    TRY(out.verification, verification_of(*in.verification));
  }
  return out;
}

// Compat: the protocol takes any number here and cuts its fraction off
// (tests/api/integrations_create_outgoing_test.mjs).
std::int64_t to_retry_count(double given) {
  return static_cast<std::int64_t>(std::clamp(given, 0.0, kRetryCountMax));
}

IntegrationDraft outgoing_draft(const CreateOutgoing& in) {
  IntegrationDraft out = common_draft(in, IntegrationType::Outgoing);
  out.token = in.token;
  out.event = in.event;
  out.urls = in.urls;
  out.trigger_words = in.trigger_words;
  out.trigger_word_anywhere = in.trigger_word_anywhere;
  out.target_room = in.target_room;
  out.impersonate_user = in.impersonate_user;
  out.run_on_edits = in.run_on_edits;
  out.retry_failed_calls = in.retry_failed_calls;
  if (in.retry_count) out.retry_count = to_retry_count(*in.retry_count);
  out.retry_delay = in.retry_delay;
  out.signing_secrets = in.signing_secrets;
  out.send_delivery_id = in.send_delivery_id;
  out.ca_certificates = in.ca_certificates;
  return out;
}

IntegrationReply reply_of(const domain::Integration& integration) {
  return {wire::to_json(integration, ScriptErrorKey::OnFailure)};
}

bool holds_without_case(std::string_view text, std::string_view part) {
  return domain::to_lower(text).find(domain::to_lower(part)) != std::string::npos;
}

const std::vector<Permission> kAnyRight{
    Permission::ManageIncomingIntegrations, Permission::ManageOwnIncomingIntegrations,
    Permission::ManageOutgoingIntegrations, Permission::ManageOwnOutgoingIntegrations};
const std::vector<Permission> kOutgoingRight{Permission::ManageOutgoingIntegrations,
                                             Permission::ManageOwnOutgoingIntegrations};

}  // namespace

void IntegrationsApi::add_routes(dispatch::Routes& routes) {
  constexpr auto kNewer = dispatch::Validation::Newer;
  routes.post("/api/v1/integrations.create", *this, &IntegrationsApi::create,
              {.validation = kNewer, .summary = "Create a webhook integration"});
  routes.put("/api/v1/integrations.update", *this, &IntegrationsApi::update,
             {.validation = kNewer, .summary = "Change a webhook integration"});
  routes.get("/api/v1/integrations.get", *this, &IntegrationsApi::get,
             {.validation = kNewer, .summary = "One integration"});
  routes.get("/api/v1/integrations.list", *this, &IntegrationsApi::list,
             {.any_permission = kAnyRight,
              .validation = kNewer,
              .summary = "The integrations that the caller may see"});
  routes.get("/api/v1/integrations.history", *this, &IntegrationsApi::history,
             {.any_permission = kOutgoingRight,
              .validation = kNewer,
              .summary = "The deliveries of an outgoing integration"});
  routes.post("/api/v1/integrations.remove", *this, &IntegrationsApi::remove,
              {.any_permission = kAnyRight,
               .validation = kNewer,
               .summary = "Remove an integration with its history"});
  routes.post("/api/v1/integrations.clearHistory", *this, &IntegrationsApi::clear_history,
              {.validation = kNewer, .summary = "Forget the deliveries of an integration"});
  routes.post("/api/v1/integrations.replayOutgoing", *this, &IntegrationsApi::replay,
              {.validation = kNewer, .summary = "Deliver a recorded payload again"});
}

// The integration is saved, so a fault while looking for warnings is no reason to deny it.
Task<SavedIntegrationReply> IntegrationsApi::saved(domain::Integration integration) {
  SavedIntegrationReply out{reply_of(integration).integration, std::nullopt};
  const auto warnings = co_await integrations_.warnings_of(std::move(integration));
  if (!warnings || warnings->empty()) co_return out;
  out.warnings.emplace();
  for (const domain::PostingWarning& warning : *warnings) {
    out.warnings->push_back({warning.code, warning.message, warning.room});
  }
  co_return out;
}

Task<SavedIntegrationReply> IntegrationsApi::create(
    domain::Caller caller, wire::OneOf<CreateIncoming, CreateOutgoing> in) {
  IntegrationDraft draft;
  if (const auto* incoming = std::get_if<CreateIncoming>(&in.value)) {
    CO_TRY_DO(check_type(incoming->type, IntegrationType::Incoming));
    CO_TRY(draft, incoming_draft(*incoming));
  } else {
    const auto& outgoing = std::get<CreateOutgoing>(in.value);
    CO_TRY_DO(check_type(outgoing.type, IntegrationType::Outgoing));
    draft = outgoing_draft(outgoing);
  }
  CO_TRY(auto made, co_await integrations_.create(std::move(caller), std::move(draft)));
  co_return co_await saved(std::move(made));
}

Task<SavedIntegrationReply> IntegrationsApi::update(
    domain::Caller caller, wire::OneOf<UpdateIncoming, UpdateOutgoing> in) {
  IntegrationDraft draft;
  domain::IntegrationName name;
  if (const auto* incoming = std::get_if<UpdateIncoming>(&in.value)) {
    CO_TRY_DO(check_type(incoming->type, IntegrationType::Incoming));
    name.id = IntegrationId{incoming->integration_id};
    CO_TRY(draft, incoming_draft(*incoming));
  } else {
    const auto& outgoing = std::get<UpdateOutgoing>(in.value);
    CO_TRY_DO(check_type(outgoing.type, IntegrationType::Outgoing));
    // Compat: an outgoing integration may be named by any of its own urls too
    // (tests/api/integrations_update_test.mjs).
    name.target_url = outgoing.target_url;
    if (outgoing.integration_id) name.id = IntegrationId{*outgoing.integration_id};
    draft = outgoing_draft(outgoing);
  }
  CO_TRY(auto changed,
         co_await integrations_.update(std::move(caller), std::move(name), std::move(draft)));
  co_return co_await saved(std::move(changed));
}

Task<IntegrationReply> IntegrationsApi::remove(
    domain::Caller caller, wire::OneOf<RemoveIncoming, RemoveOutgoingByUrl, RemoveOutgoing> in) {
  domain::IntegrationName name;
  IntegrationType type = IntegrationType::Outgoing;
  std::string given;
  if (const auto* incoming = std::get_if<RemoveIncoming>(&in.value)) {
    type = IntegrationType::Incoming;
    given = incoming->type;
    name.id = IntegrationId{incoming->integration_id};
  } else if (const auto* by_url = std::get_if<RemoveOutgoingByUrl>(&in.value)) {
    given = by_url->type;
    name.target_url = by_url->target_url;
  } else {
    given = std::get<RemoveOutgoing>(in.value).type;
    name.id = IntegrationId{std::get<RemoveOutgoing>(in.value).integration_id};
  }
  CO_TRY_DO(check_type(given, type));
  CO_TRY(const auto removed,
         co_await integrations_.remove(std::move(caller), type, std::move(name)));
  co_return reply_of(removed);
}

Task<IntegrationReply> IntegrationsApi::get(domain::Caller caller, GetIntegration in) {
  CO_TRY(const auto found,
         co_await integrations_.get(std::move(caller), IntegrationId{in.integration_id},
                                    std::move(in.created_by)));
  co_return reply_of(found);
}

Task<json::object> IntegrationsApi::list(domain::Caller caller, ListIntegrations in) {
  // Newest first; the original sorts by an attribute that does not exist.
  CO_TRY(const ListRequest request, lists_.read(in, {.default_sort = R"({"_createdAt":-1})"}));
  domain::IntegrationEntries entries = integrations_.list_visible(caller);
  std::erase_if(entries, [&in](const auto& entry) {
    const domain::Integration& integration = entry->integration;
    return (in.name && !holds_without_case(integration.name, *in.name)) ||
           (in.type && domain::to_text(integration.type) != *in.type);
  });
  CO_TRY(const ListedEntries listed, select_entries(std::move(entries), request));
  std::vector<IntegrationId> ids;
  for (const auto& entry : listed.entries) ids.push_back(entry->integration.id);
  CO_TRY(const auto loaded, co_await integrations_.load_all(std::move(ids)));
  json::array rows;
  for (const domain::Integration& integration : loaded) {
    json::object row = wire::to_json(integration, ScriptErrorKey::OnFailure);
    request.projection.apply(row);
    rows.push_back(std::move(row));
  }
  const std::size_t count = rows.size();
  co_return json::object{{"integrations", std::move(rows)},
                         {"offset", request.page.offset},
                         {"items", count},
                         {"count", count},
                         {"total", listed.total}};
}

Task<json::object> IntegrationsApi::history(domain::Caller caller, ListHistory in) {
  if (domain::is_blank(in.id)) co_return failure("Invalid integration id.");
  CO_TRY(const ListRequest request, lists_.read(in, {.default_sort = R"({"_updatedAt":-1})"}));
  // The usual order comes from the store; any other looks at all entries.
  const bool usual = in.sort.empty() && request.query.matches_everything();
  const domain::Page page = usual ? request.page : domain::Page{0, 0};
  CO_TRY(const auto listed,
         co_await integrations_.list_history(std::move(caller), IntegrationId{in.id}, page));
  std::vector<json::object> documents;
  for (const domain::HistoryEntry& entry : listed.items) documents.push_back(wire::to_json(entry));
  ListedRows rows{std::move(documents), listed.total};
  if (!usual) {
    CO_TRY(rows, select_page(std::move(rows.rows), request));
  }
  const std::size_t count = rows.rows.size();
  json::object out = to_list_reply("history", std::move(rows), request);
  out["items"] = count;
  co_return out;
}

Task<dispatch::Success> IntegrationsApi::clear_history(domain::Caller caller, ClearHistory in) {
  CO_TRY_DO(co_await integrations_.clear_history(std::move(caller), std::move(in.integration_id)));
  co_return dispatch::Success{};
}

Task<dispatch::Success> IntegrationsApi::replay(domain::Caller caller, ReplayOutgoing in) {
  CO_TRY_DO(co_await integrations_.replay(std::move(caller), std::move(in.integration_id),
                                          std::move(in.history_id)));
  co_return dispatch::Success{};
}

}  // namespace gantry::api
