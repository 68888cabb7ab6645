#include "integrations/files/description.h"

#include <algorithm>

#include "domain/signing_secret.h"
#include "wire/fields.h"
#include "wire/verification_shape.h"

namespace gantry::integrations {
namespace {

using domain::Integration;
using domain::IntegrationType;
using wire::field;

constexpr std::size_t kIdBytesMax = 64;
constexpr std::int64_t kRetryCountMax = 1'000'000;

// clang-format off: one line a member keeps the shapes readable.
struct VerificationPart {
  std::string preset;
  std::optional<std::int64_t> tolerance_seconds;
  std::optional<std::string> header, algorithm, encoding;
  std::optional<std::vector<std::string>> secrets;

  static constexpr auto fields() {
    using S = VerificationPart;
    return std::tuple{
        field("preset", &S::preset),     field("toleranceSeconds", &S::tolerance_seconds),
        field("header", &S::header),     field("algorithm", &S::algorithm),
        field("encoding", &S::encoding), field("secrets", &S::secrets)};
  }
};

struct CommonPart {
  std::optional<std::string> id;
  std::string type, name;
  bool enabled = false;
  std::string username;
  std::vector<std::string> channel;
  std::optional<std::string> alias, avatar, emoji;
  std::optional<bool> script_enabled, skip_transpile, fresh_state;
  std::optional<std::string> token, script_file;

  static constexpr auto fields() {
    using S = CommonPart;
    return std::tuple{field("_id", &S::id),
                      field("type", &S::type),
                      field("name", &S::name),
                      field("enabled", &S::enabled),
                      field("username", &S::username),
                      field("channel", &S::channel).with_default(),
                      field("alias", &S::alias),
                      field("avatar", &S::avatar),
                      field("emoji", &S::emoji),
                      field("scriptEnabled", &S::script_enabled),
                      field("skipTranspile", &S::skip_transpile),
                      field("freshState", &S::fresh_state),
                      field("token", &S::token),
                      field("scriptFile", &S::script_file)};
  }
};

struct IncomingDescription : CommonPart {
  std::optional<bool> override_destination;
  std::optional<VerificationPart> verification;

  static constexpr auto fields() {
    using S = IncomingDescription;
    return std::tuple_cat(
        CommonPart::fields(),
        std::tuple{field("overrideDestinationChannelEnabled", &S::override_destination),
                   field("verification", &S::verification)});
  }
};

struct OutgoingDescription : CommonPart {
  std::string event;
  std::vector<std::string> urls;
  std::optional<std::string> target_room, retry_delay, ca_certificates;
  std::optional<std::vector<std::string>> trigger_words, signing_secrets;
  std::optional<bool> trigger_word_anywhere, run_on_edits, impersonate_user, retry_failed_calls,
      send_delivery_id;
  std::optional<std::int64_t> retry_count;

  static constexpr auto fields() {
    using S = OutgoingDescription;
    return std::tuple_cat(
        CommonPart::fields(),
        std::tuple{
            field("event", &S::event), field("urls", &S::urls),
            field("targetRoom", &S::target_room), field("triggerWords", &S::trigger_words),
            field("triggerWordAnywhere", &S::trigger_word_anywhere),
            field("runOnEdits", &S::run_on_edits), field("impersonateUser", &S::impersonate_user),
            field("retryFailedCalls", &S::retry_failed_calls), field("retryCount", &S::retry_count),
            field("retryDelay", &S::retry_delay), field("sendDeliveryId", &S::send_delivery_id),
            field("caCertificates", &S::ca_certificates),
            field("signingSecrets", &S::signing_secrets)});
  }
};
// clang-format on

json::array texts(const std::vector<std::string>& list) {
  return json::array(list.begin(), list.end());
}

void put(json::object& out, std::string_view key, const std::optional<std::string>& value) {
  if (value && !value->empty()) out[key] = *value;
}

void put_if(json::object& out, std::string_view key, bool value) {
  if (value) out[key] = true;
}

void put_outgoing(json::object& out, const Integration& from) {
  out["event"] = domain::info_of(from.event).name;
  out["urls"] = texts(from.urls);
  put(out, "targetRoom", from.target_room);
  if (from.trigger_words && !from.trigger_words->empty()) {
    out["triggerWords"] = texts(*from.trigger_words);
  }
  put_if(out, "triggerWordAnywhere", from.trigger_word_anywhere.value_or(false));
  put_if(out, "runOnEdits", from.run_on_edits.value_or(false));
  put_if(out, "impersonateUser", from.impersonate_user.value_or(false));
  // Absent is not false here: the workspace decides then.
  if (from.retry_failed_calls) out["retryFailedCalls"] = *from.retry_failed_calls;
  if (from.retry_count) out["retryCount"] = *from.retry_count;
  put(out, "retryDelay", from.retry_delay);
  put_if(out, "sendDeliveryId", from.send_delivery_id.value_or(false));
  put(out, "caCertificates", from.ca_certificates);
}

void put_incoming(json::object& out, const Integration& from) {
  put_if(out, "overrideDestinationChannelEnabled", from.override_destination);
  const domain::CallVerification& verification = from.verification;
  if (!verification.wanted()) return;
  json::object shown{{"preset", domain::to_text(verification.preset)},
                     {"toleranceSeconds", verification.tolerance_seconds}};
  if (verification.preset == domain::VerificationPreset::Hmac) {
    shown["header"] = verification.header;
    shown["algorithm"] = verification.algorithm;
    shown["encoding"] = verification.encoding;
  }
  shown["secrets"] = texts(verification.secrets);
  out["verification"] = std::move(shown);
}

// Every key on its own, so that the message can name it.
void check_members(const wire::Schema& schema, json::object& object, const std::string& before,
                   Problems* problems) {
  for (const auto& member : object) {
    const bool known = std::any_of(schema.properties.begin(), schema.properties.end(),
                                   [&](const auto& one) { return one.name == member.key(); });
    if (!known) problems->push_back(before + std::string(member.key()) + ": there is no such key");
  }
  for (const wire::Property& property : schema.properties) {
    json::value* member = object.if_contains(property.name);
    const wire::Schema& inner = property.schema.front();
    if (member == nullptr) {
      if (property.required) problems->push_back(before + property.name + ": is missing");
    } else if (inner.type == wire::Schema::Type::Object && member->is_object()) {
      check_members(inner, member->get_object(), before + property.name + ".", problems);
    } else if (auto wrong = wire::validate(inner, *member, wire::Coercion::Scalars)) {
      problems->push_back(before + property.name + ": " + *wrong);
    }
  }
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

template <class Shape>
domain::IntegrationDraft common_draft(Shape& in, IntegrationType type,
                                      std::optional<std::string> script) {
  domain::IntegrationDraft out;
  out.omitted = domain::Omitted::Reset;
  out.type = type;
  if (in.id) out.id = domain::IntegrationId{*in.id};
  out.name = std::move(in.name);
  out.enabled = in.enabled;
  out.username = std::move(in.username);
  std::string channels;
  for (const std::string& channel : in.channel) {
    if (!channels.empty()) channels += ',';
    channels += channel;
  }
  out.channel = std::move(channels);
  out.script_enabled = in.script_enabled.value_or(false);
  out.script = std::move(script);
  out.skip_transpile = in.skip_transpile;
  out.fresh_state = in.fresh_state;
  out.alias = std::move(in.alias);
  out.avatar = std::move(in.avatar);
  out.emoji = std::move(in.emoji);
  out.token = std::move(in.token);
  return out;
}

std::optional<domain::CallVerification> verification_of(const VerificationPart& in,
                                                        const std::string& before,
                                                        Problems* problems) {
  auto out = wire::to_verification(in);
  if (!out) {
    problems->push_back(before + "verification.preset: there is no \"" + in.preset + "\"");
  }
  return out;
}

}  // namespace

json::object describe(const Integration& integration) {
  json::object out{{"_id", integration.id.text},       {"type", domain::to_text(integration.type)},
                   {"name", integration.name},         {"enabled", integration.enabled},
                   {"username", integration.username}, {"channel", texts(integration.channels)}};
  if (integration.type == IntegrationType::Outgoing) {
    put_outgoing(out, integration);
  } else {
    put_incoming(out, integration);
  }
  put(out, "alias", integration.alias);
  put(out, "avatar", integration.avatar);
  put(out, "emoji", integration.emoji);
  put_if(out, "scriptEnabled", integration.script_enabled);
  put_if(out, "skipTranspile", integration.skip_transpile);
  put_if(out, "freshState", integration.fresh_state.value_or(false));
  put(out, "token", integration.token);
  if (!integration.signing_secrets.empty()) {
    out["signingSecrets"] = texts(integration.signing_secrets);
  }
  return out;
}

void leave_out_secrets(json::object& description) {
  description.erase("token");
  description.erase("signingSecrets");
  if (json::value* verification = description.if_contains("verification");
      verification != nullptr && verification->is_object()) {
    verification->get_object().erase("secrets");
  }
}

std::optional<WantedIntegration> read_description(IntegrationFile in, Problems* problems) {
  const std::string before = in.file + ": ";
  const std::size_t fine = problems->size();
  const std::string_view type = gantry::text_of(in.description, "type");
  const bool incoming = type == domain::to_text(IntegrationType::Incoming);
  if (!incoming && type != domain::to_text(IntegrationType::Outgoing)) {
    problems->push_back(before + "type: is webhook-incoming or webhook-outgoing");
    return std::nullopt;
  }
  check_members(incoming ? wire::shared_schema_of<IncomingDescription>()
                         : wire::shared_schema_of<OutgoingDescription>(),
                in.description, before, problems);
  const json::value* id = find_member(in.description, "_id");
  if (id != nullptr && id->is_string() && !is_id(id->get_string())) {
    problems->push_back(before + "_id: is up to 64 letters, digits, - and _");
  }
  if (problems->size() > fine) return std::nullopt;
  WantedIntegration out;
  out.file = in.file;
  json::value description(std::move(in.description));
  if (incoming) {
    auto shape = wire::from_json<IncomingDescription>(std::move(description));
    out.draft = common_draft(shape, IntegrationType::Incoming, std::move(in.script));
    out.draft.override_destination = shape.override_destination;
    if (shape.verification) {
      out.draft.verification = verification_of(*shape.verification, before, problems);
    }
  } else {
    auto shape = wire::from_json<OutgoingDescription>(std::move(description));
    out.draft = common_draft(shape, IntegrationType::Outgoing, std::move(in.script));
    out.draft.event = std::move(shape.event);
    out.draft.urls = std::move(shape.urls);
    out.draft.target_room = std::move(shape.target_room);
    out.draft.trigger_words = std::move(shape.trigger_words);
    out.draft.trigger_word_anywhere = shape.trigger_word_anywhere;
    out.draft.run_on_edits = shape.run_on_edits;
    out.draft.impersonate_user = shape.impersonate_user;
    out.draft.retry_failed_calls = shape.retry_failed_calls;
    if (shape.retry_count) {
      out.draft.retry_count = std::clamp<std::int64_t>(*shape.retry_count, 0, kRetryCountMax);
    }
    out.draft.retry_delay = std::move(shape.retry_delay);
    out.draft.send_delivery_id = shape.send_delivery_id;
    out.draft.ca_certificates = std::move(shape.ca_certificates);
    out.draft.signing_secrets = std::move(shape.signing_secrets);
  }
  if (problems->size() > fine) return std::nullopt;
  return out;
}

}  // namespace gantry::integrations
