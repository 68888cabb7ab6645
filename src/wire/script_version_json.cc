#include "wire/script_version_json.h"

namespace gantry::wire {

json::object to_summary_json(const domain::ScriptVersion& version) {
  json::object out{{"version", version.number},
                   {"hash", version.hash},
                   {"bytes", version.bytes},
                   {"savedAt", to_iso(version.saved_at)},
                   {"savedBy", nullptr}};
  if (version.saved_by) {
    out["savedBy"] = {{"_id", version.saved_by->id.text}, {"username", version.saved_by->username}};
  }
  return out;
}

json::object to_json(const domain::ScriptVersion& version) {
  json::object out = to_summary_json(version);
  out["script"] = version.script;
  return out;
}

}  // namespace gantry::wire
