#include "domain/integration_checks.h"

#include <algorithm>
#include <array>

#include "base/certificates.h"
#include "domain/error_codes.h"
#include "domain/room_access.h"
#include "domain/signing_secret.h"

namespace gantry::domain {
namespace {

constexpr std::int64_t kRetryCountDefault = 4;
constexpr std::array<std::string_view, 3> kScopes{kAllPublicChannels, kAllPrivateGroups,
                                                  kAllDirectMessages};
constexpr std::array<std::string_view, 4> kRetryDelays{"powers-of-ten", "powers-of-two",
                                                       "increments-of-two", "policy"};

std::string_view trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::vector<std::string> split_channels(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view item = trim(text.substr(0, comma));
    if (!item.empty()) out.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

bool names_target(std::string_view channel) {
  return channel.starts_with('@') || channel.starts_with('#');
}

// The scope in its own spelling, or the text as it was.
std::string normalize_scope(std::string text) {
  const std::string lower = to_lower(text);
  const bool is_scope = std::find(kScopes.begin(), kScopes.end(), lower) != kScopes.end();
  return is_scope ? lower : text;
}

std::vector<std::string> without_blanks(const std::vector<std::string>& list) {
  std::vector<std::string> out;
  std::copy_if(list.begin(), list.end(), std::back_inserter(out),
               [](const std::string& text) { return !is_blank(text); });
  return out;
}

std::shared_ptr<const Room> find_target_room(const Directory& directory, std::string_view name) {
  if (auto room = directory.find_room(RoomId{name})) return room;
  return directory.find_room_by_name(name);
}

bool account_exists(const Directory& directory, std::string_view name) {
  return directory.find_user(UserId{name}) != nullptr ||
         directory.find_user_by_name(name) != nullptr;
}

Result<void> check_signing(const IntegrationDraft& draft) {
  if (!draft.signing_secrets) return Done{};
  if (draft.signing_secrets->size() > kSigningSecretsMax) return ErrorCode::TooManySigningSecrets;
  for (const std::string& text : *draft.signing_secrets) TRY_DO(SigningSecret::parse(text));
  return Done{};
}

Result<void> check_ca_certificates(const IntegrationDraft& draft) {
  if (!draft.ca_certificates || is_blank(*draft.ca_certificates)) return Done{};
  const auto refused = [](const std::string& why) {
    return Error(ErrorCode::InvalidCaCertificates, "Invalid caCertificates: " + why);
  };
  if (draft.ca_certificates->size() > kCaCertificatesBytesMax) {
    return refused("longer than " + std::to_string(kCaCertificatesBytesMax) + " bytes");
  }
  const auto fault = find_certificate_fault(*draft.ca_certificates, kCaCertificatesMax);
  if (fault) return refused(*fault);
  return Done{};
}

}  // namespace

Result<std::vector<std::string>> check_incoming_channels(const IntegrationDraft& draft) {
  if (!draft.channel || is_blank(*draft.channel)) {
    return Error(ErrorCode::InvalidChannel, "Invalid channel");
  }
  std::vector<std::string> channels = split_channels(*draft.channel);
  if (!std::all_of(channels.begin(), channels.end(), names_target)) {
    return ErrorCode::InvalidChannelStart;
  }
  return channels;
}

Result<void> check_impersonation(const Directory& directory, const User& account) {
  if (!directory.has_permission(account, Permission::MessageImpersonate)) {
    return ErrorCode::LacksImpersonation;
  }
  return Done{};
}

Result<void> check_targets(const Directory& directory, const Caller& caller, IntegrationType type,
                           const IntegrationRights& rights,
                           const std::vector<std::string>& channels) {
  const bool anywhere = rights.all(type) && rights.own(type);
  for (const std::string& channel : channels) {
    if (!names_target(channel)) {
      // Scopes: the public one is free, the others reach rooms the caller may not read.
      if (channel != kAllPublicChannels && !rights.all_outgoing) return ErrorCode::InvalidChannel;
      continue;
    }
    const std::string_view name = std::string_view(channel).substr(1);
    if (channel.front() == '@') {
      // Compat: upstream looks for a subscription to the account's id and so always refuses; an
      // existing account is enough here (tests/api/integrations_create_test.mjs).
      if (!account_exists(directory, name)) return ErrorCode::InvalidRoom;
      continue;
    }
    const auto room = find_target_room(directory, name);
    if (!room) return ErrorCode::InvalidRoom;
    if (!anywhere && !directory.is_member(caller.id(), room->id)) return ErrorCode::InvalidChannel;
  }
  return Done{};
}

Result<CheckedOutgoing> check_outgoing(const Directory& directory, const Caller& caller,
                                       const IntegrationRights& rights,
                                       const IntegrationDraft& draft) {
  CheckedOutgoing out;
  out.event = find_hook_event(draft.event);
  if (out.event == nullptr) {
    return Error(ErrorCode::InvalidEventType)
        .with_details({{"function", "validateOutgoing._verifyRequiredFields"}});
  }
  if (!draft.username || is_blank(*draft.username)) return ErrorCode::InvalidUsername;
  if (out.event->uses_target_room && (!draft.target_room || is_blank(*draft.target_room))) {
    return ErrorCode::InvalidTargetRoom;
  }
  out.urls = without_blanks(draft.urls.value_or(std::vector<std::string>{}));
  if (out.urls.empty()) return ErrorCode::InvalidUrls;
  if (out.event->uses_channel) {
    if (!draft.channel || is_blank(*draft.channel)) return ErrorCode::InvalidChannel;
    for (std::string& channel : split_channels(*draft.channel)) {
      channel = normalize_scope(std::move(channel));
      const bool is_scope = std::find(kScopes.begin(), kScopes.end(), channel) != kScopes.end();
      if (!names_target(channel) && !is_scope) return ErrorCode::InvalidChannelStart;
      out.channels.push_back(std::move(channel));
    }
  } else if (!rights.all_outgoing) {
    return ErrorCode::InvalidPermissions;
  }
  out.account = directory.find_user_by_name(*draft.username);
  if (!out.account || out.account->username != *draft.username) {
    return Error(ErrorCode::InvalidUser, "Invalid user (did you delete the `rocket.cat` user?)");
  }
  TRY_DO(check_targets(directory, caller, IntegrationType::Outgoing, rights, out.channels));
  TRY_DO(check_signing(draft));
  TRY_DO(check_ca_certificates(draft));
  return out;
}

Result<void> apply_retry_rules(Integration& integration) {
  if (!integration.retry_failed_calls.value_or(false)) return Done{};
  if (integration.retry_count.value_or(0) <= 0) integration.retry_count = kRetryCountDefault;
  std::string delay = to_lower(integration.retry_delay.value_or(""));
  if (is_blank(delay)) delay = kRetryDelays.front();
  if (std::find(kRetryDelays.begin(), kRetryDelays.end(), delay) == kRetryDelays.end()) {
    return ErrorCode::InvalidRetryDelay;
  }
  integration.retry_delay = delay;
  return Done{};
}

}  // namespace gantry::domain
