#pragma once
// The texts that an integration's script has had. Each change of a script is kept in the
// transaction that makes it; the newest version is the script as it is.

#include <optional>
#include <string>

#include "base/time.h"
#include "domain/ids.h"
#include "domain/integration.h"
#include "domain/stores.h"

namespace gantry::domain {

// Beyond either of them the oldest versions go; the newest always stays.
inline constexpr std::int64_t kScriptVersionsMax = 100;
inline constexpr std::int64_t kScriptVersionBytesMax = std::int64_t{4} << 20;

struct ScriptVersion {
  std::int64_t number = 0;  // from 1, in the order in which they were saved
  std::string hash;         // SHA-256 of the text, in hex
  std::int64_t bytes = 0;   // of the text
  Time saved_at;
  std::optional<UserRef> saved_by;
  std::string script;  // not in lists
};

class ScriptVersionStore {
 public:
  virtual ~ScriptVersionStore() = default;
  virtual std::optional<ScriptVersion> find(const IntegrationId& id, std::int64_t number) const = 0;
  // Newest first, without their texts.
  virtual Listed<ScriptVersion> list(const IntegrationId& id, const Page& page) const = 0;
  // Gives it the next number and lets old ones go.
  virtual void append(const IntegrationId& id, ScriptVersion version) = 0;
};

}  // namespace gantry::domain
