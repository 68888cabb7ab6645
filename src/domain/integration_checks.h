#pragma once
// The rules that an integration must meet to be saved, in the order of contract "integrations" 4.2
// and 4.3. Pure over the directory.

#include "domain/directory.h"
#include "domain/integration_draft.h"
#include "domain/integration_rights.h"

namespace gantry::domain {

inline constexpr std::size_t kCaCertificatesBytesMax = 32 * 1024;
inline constexpr std::size_t kCaCertificatesMax = 20;

// Which table: texts and the account check differ.
enum class Saving { Create, Update };

struct CheckedIncoming {
  std::vector<std::string> channels;
  std::shared_ptr<const User> account;
};

struct CheckedOutgoing {
  const HookEventInfo* event = nullptr;
  std::vector<std::string> channels;
  std::vector<std::string> urls;
  std::shared_ptr<const User> account;
};

// Steps 2 to 4 of creation, 2 of an update. Errors: InvalidChannel, InvalidChannelStart.
Result<std::vector<std::string>> check_incoming_channels(const IntegrationDraft& draft);

// Every target exists and the caller is in it. Errors: InvalidRoom, InvalidChannel.
Result<void> check_targets(const Directory& directory, const Caller& caller, IntegrationType type,
                           const IntegrationRights& rights,
                           const std::vector<std::string>& channels);

// Steps 3 to 11 and 13 of 4.3.
Result<CheckedOutgoing> check_outgoing(const Directory& directory, const Caller& caller,
                                       const IntegrationRights& rights,
                                       const IntegrationDraft& draft);

// Errors: LacksImpersonation.
Result<void> check_impersonation(const Directory& directory, const User& account);

// The retry fields as they are stored. Errors: InvalidRetryDelay.
Result<void> apply_retry_rules(Integration& integration);

}  // namespace gantry::domain
