#pragma once
// Integrations as a set of files: what is there, what the files would change, and changing exactly
// that. All checks are those of integrations.create, update and remove, by the rights of the
// caller; applying is one transaction, so all of it happens or nothing.

#include "domain/integration_service.h"
#include "integrations/files/description.h"

namespace gantry::integrations {

// More descriptions at once are refused.
inline constexpr std::size_t kIntegrationFilesMax = 2'000;

enum class Prune { No, Yes };  // Yes: what no file describes is removed

struct PlannedChange {
  enum class Action { Create, Update, Remove };
  Action action = Action::Create;
  std::string file;  // empty for what is removed
  std::optional<domain::Integration> before;
  std::optional<domain::Integration> after;  // with its script compiled, when it was applied
  bool token_given = false;
};

std::string_view to_text(PlannedChange::Action action);

// {action, file, _id, name, type, before, after, scriptBefore, scriptAfter}: texts to compare, in
// which secrets only tell whether they change.
json::object to_json(const PlannedChange& change);

class IntegrationFiles {
 public:
  IntegrationFiles(const domain::Context& context, domain::IntegrationService& integrations,
                   const domain::IntegrationSaving& saving)
      : context_(context), integrations_(integrations), saving_(saving) {}

  // What the caller may see, by name and id.
  Task<std::vector<domain::Integration>> list(domain::Caller caller);

  using Plan = std::vector<PlannedChange>;
  // Nothing of what is as the files say. Errors: Failure, naming file and key of every problem, a
  // line each.
  Task<Plan> plan(domain::Caller caller, std::vector<IntegrationFile> files, Prune prune);
  // Makes a plan and carries it out. Errors: those of plan(), IntegrationChanged.
  Task<Plan> apply(domain::Caller caller, std::vector<IntegrationFile> files, Prune prune);
  // What will keep those that were applied from running or posting, "FILE: reason" each.
  Task<std::vector<std::string>> warnings_of(Plan applied);

 private:
  const domain::Context context_;
  domain::IntegrationService& integrations_;
  const domain::IntegrationSaving& saving_;
};

}  // namespace gantry::integrations
