#pragma once
// An integration as a description for version control: the names that the REST API has for its
// members, always in one order, without what is usual and without what the server keeps for itself.
// The script is a file of its own.

#include <string>
#include <vector>

#include "base/json.h"
#include "domain/integration_draft.h"

namespace gantry::integrations {

// One description as it was read.
struct IntegrationFile {
  std::string file;  // for messages: its name
  json::object description;
  std::optional<std::string> script;  // absent: it has none
};

// What a description asks for.
struct WantedIntegration {
  std::string file;
  domain::IntegrationDraft draft;
};

// "deploy.json: channel: Invalid room"
using Problems = std::vector<std::string>;

// With tokens and secrets.
json::object describe(const domain::Integration& integration);
// Takes token and secrets out of a description.
void leave_out_secrets(json::object& description);

// Adds to the problems what no integration could be made of, and gives nothing then.
std::optional<WantedIntegration> read_description(IntegrationFile in, Problems* problems);

}  // namespace gantry::integrations
