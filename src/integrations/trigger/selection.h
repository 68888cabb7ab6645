#pragma once
// Which outgoing integrations an event triggers. Pure: directory and facts in, matches out.
// Source: contract "integrations" 10.

#include <string>
#include <vector>

#include "domain/directory.h"
#include "wire/hook_payload.h"

namespace gantry::integrations {

struct HookMatch {
  std::shared_ptr<const domain::IntegrationEntry> entry;
  std::string trigger_word;  // empty: none was asked for
};

// In the order in which they run.
std::vector<HookMatch> select_hooks(const domain::Directory& directory,
                                    const wire::HookFacts& facts);

// The first word, in list order, at which the text starts, or which it holds anywhere.
std::optional<std::string> find_trigger_word(const std::vector<std::string>& words,
                                             std::string_view text, bool anywhere);

}  // namespace gantry::integrations
