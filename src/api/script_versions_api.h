#pragma once
// integrations.scriptVersions, .scriptVersion and .restoreScript: what an integration's script was
// before; ours alone.

#include "api/integrations_api.h"
#include "domain/script_version_service.h"

namespace gantry::api {

struct ListScriptVersions {
  std::string integration_id;
  json::value offset;
  json::value count;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = ListScriptVersions;
    using wire::field;
    return std::tuple{
        field("integrationId", &S::integration_id, "id of the integration").min_length(1),
        field("offset", &S::offset, "how many to skip").with_default(),
        field("count", &S::count, "how many to answer; 0 asks for all").with_default()};
  }
};

struct NamedScriptVersion {
  std::string integration_id;
  std::int64_t version = 0;

  static constexpr auto kUnknownKeys = wire::UnknownKeys::Refused;
  static constexpr auto fields() {
    using S = NamedScriptVersion;
    using wire::field;
    return std::tuple{
        field("integrationId", &S::integration_id, "id of the integration").min_length(1),
        field("version", &S::version, "number of the version, from 1")};
  }
};

struct ScriptVersionReply {
  json::object version;

  static constexpr auto fields() {
    return std::tuple{wire::field("version", &ScriptVersionReply::version)};
  }
};

class ScriptVersionsApi {
 public:
  ScriptVersionsApi(domain::ScriptVersionService& versions, const ListReader& lists)
      : versions_(versions), lists_(lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Task<json::object> list(domain::Caller caller, ListScriptVersions in);
  Task<ScriptVersionReply> get(domain::Caller caller, NamedScriptVersion in);
  Task<IntegrationReply> restore(domain::Caller caller, NamedScriptVersion in);

  domain::ScriptVersionService& versions_;
  const ListReader& lists_;
};

}  // namespace gantry::api
