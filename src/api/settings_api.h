#pragma once
// settings*, service.configurations: what the workspace is set to. Source: contract "resources"
// B.10, "rest" 17.

#include "api/list_parameters.h"
#include "dispatch/routes.h"
#include "domain/settings_service.h"

namespace gantry::api {

struct ListSettings : ListParameters {
  std::string ids;
  bool with_defaults = false;

  static constexpr auto fields() {
    return std::tuple_cat(
        ListParameters::fields(),
        std::tuple{
            wire::field("_id", &ListSettings::ids, "only these, comma separated").with_default(),
            wire::field("includeDefaults", &ListSettings::with_defaults,
                        "adds the value that a new workspace has")
                .with_default()});
  }
};

struct OneSetting {
  std::string id;

  static constexpr auto fields() {
    return std::tuple{wire::field("_id", &OneSetting::id, "name of the setting")};
  }
};

struct ChangeSetting : OneSetting {
  std::optional<json::value> value;

  static constexpr auto fields() {
    return std::tuple_cat(
        OneSetting::fields(),
        std::tuple{wire::field("value", &ChangeSetting::value, "the new value, in its type")});
  }
};

struct ChangeSettings {
  std::vector<ChangeSetting> settings;

  static constexpr auto fields() {
    return std::tuple{wire::field("settings", &ChangeSettings::settings, "what changes")};
  }
};

class SettingsApi {
 public:
  SettingsApi(domain::SettingsService& settings, const domain::Directory& directory,
              const ListReader& lists)
      : settings_(settings), directory_(directory), lists_(lists) {}

  void add_routes(dispatch::Routes& routes);

 private:
  Result<json::object> list_public(domain::Caller caller, ListSettings in);
  Result<json::object> list(domain::Caller caller, ListSettings in);
  Result<json::object> get(domain::Caller caller, OneSetting in);
  Task<dispatch::Success> change(domain::Caller caller, ChangeSetting in);
  Task<dispatch::Success> change_many(domain::Caller caller, ChangeSettings in);
  Result<json::object> oauth(domain::Caller caller, dispatch::NoParameters in);
  Result<json::object> configurations(domain::Caller caller, dispatch::NoParameters in);

  Result<json::object> list_for(const domain::Caller& caller, const ListSettings& in) const;

  domain::SettingsService& settings_;
  const domain::Directory& directory_;
  const ListReader& lists_;
};

}  // namespace gantry::api
