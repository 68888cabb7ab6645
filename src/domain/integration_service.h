#pragma once
// Creating, changing and removing integrations. Source: contract "integrations" 4 and 6; the
// errors and their order are its tables'.

#include "domain/context.h"
#include "domain/integration_saving.h"
#include "domain/posting_warnings.h"

namespace gantry::domain {

// Names an integration: by a target URL of it, else by its id.
struct IntegrationName {
  std::optional<std::string> target_url;
  std::optional<IntegrationId> id;
};

inline constexpr std::int64_t kHistoryListMax = 10'000;

class IntegrationService {
 public:
  IntegrationService(const Context& context, const IntegrationSaving& saving)
      : context_(context), saving_(saving) {}

  Task<Integration> create(Caller caller, IntegrationDraft draft);
  Task<Integration> update(Caller caller, IntegrationName name, IntegrationDraft draft);
  // Why it could not post, as things stand.
  Task<std::vector<PostingWarning>> warnings_of(Integration integration);
  // With its history and open deliveries.
  Task<Integration> remove(Caller caller, IntegrationType type, IntegrationName name);
  // `created_by` narrows to one maker.
  Task<Integration> get(Caller caller, IntegrationId id, std::optional<std::string> created_by);
  Task<void> clear_history(Caller caller, IntegrationId id);

  // Of one integration, newest first; empty when the caller may not see it. `count` 0 gives at
  // most kHistoryListMax.
  Task<Listed<HistoryEntry>> list_history(Caller caller, IntegrationId id, Page page);
  // Queues the recorded payload for the recorded address again.
  Task<void> replay(Caller caller, IntegrationId id, HistoryId entry);

  // What the caller may see, in the directory's order.
  IntegrationEntries list_visible(const Caller& caller) const;
  // The same integrations with their scripts; those removed meanwhile are left out.
  Task<std::vector<Integration>> load_all(std::vector<IntegrationId> ids);

 private:
  std::optional<IntegrationId> find_id(const IntegrationName& name) const;
  Task<Integration> load(IntegrationId id);

  const Context context_;
  const IntegrationSaving& saving_;
};

}  // namespace gantry::domain
