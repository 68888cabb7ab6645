#include "api/settings_api.h"

#include <algorithm>

#include "domain/error_codes.h"

namespace gantry::api {
namespace {

using domain::Caller;
using domain::SettingInfo;

// Whether the comma separated list names the id; an empty list names all.
bool names(std::string_view list, std::string_view id) {
  if (list.empty()) return true;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == id) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

Error unknown_setting() {
  return failure("");
}

}  // namespace

void SettingsApi::add_routes(dispatch::Routes& routes) {
  using dispatch::Auth;
  using dispatch::SecondFactor;
  using domain::Permission;
  routes.get("/api/v1/settings.public", *this, &SettingsApi::list_public,
             {.auth = Auth::Open, .summary = "Settings that anyone may read"});
  routes.get("/api/v1/settings", *this, &SettingsApi::list,
             {.summary = "Settings that the caller may read"});
  routes.get("/api/v1/settings/:_id", *this, &SettingsApi::get,
             {.any_permission = {Permission::ViewPrivilegedSetting}, .summary = "One setting"});
  routes.post("/api/v1/settings/:_id", *this, &SettingsApi::change,
              {.any_permission = {Permission::EditPrivilegedSetting},
               .second_factor = SecondFactor::Asked,
               .summary = "Change a setting"});
  routes.post("/api/v1/settings", *this, &SettingsApi::change_many,
              {.any_permission = {Permission::EditPrivilegedSetting},
               .second_factor = SecondFactor::EachTime,
               .summary = "Change settings"});
  routes.get("/api/v1/settings.oauth", *this, &SettingsApi::oauth,
             {.auth = Auth::Open, .summary = "Services to log in with: there are none"});
  routes.get("/api/v1/service.configurations", *this, &SettingsApi::configurations,
             {.auth = Auth::Open, .summary = "Services to log in with: there are none"});
}

Result<json::object> SettingsApi::list_for(const Caller& caller, const ListSettings& in) const {
  TRY(ListRequest request, lists_.read(in, {.default_sort = R"({"_id":1})"}));
  const auto values = directory_.settings();
  std::vector<json::object> rows;
  for (const SettingInfo& info : domain::all_settings()) {
    if (!settings_.may_see(caller, info) || !names(in.ids, info.id)) continue;
    json::object row{{"_id", info.id}, {"value", values->get(info.setting)}};
    if (in.with_defaults) row["packageValue"] = info.default_value;
    rows.push_back(std::move(row));
  }
  TRY(auto listed, select_page(std::move(rows), request));
  return to_list_reply("settings", std::move(listed), request);
}

Result<json::object> SettingsApi::list_public(Caller, ListSettings in) {
  return list_for(Caller{}, in);
}

Result<json::object> SettingsApi::list(Caller caller, ListSettings in) {
  return list_for(caller, in);
}

Result<json::object> SettingsApi::get(Caller, OneSetting in) {
  const SettingInfo* info = domain::find_setting(in.id);
  if (info == nullptr) return unknown_setting();
  return json::object{{"_id", info->id}, {"value", directory_.settings()->get(info->setting)}};
}

Task<dispatch::Success> SettingsApi::change(Caller caller, ChangeSetting in) {
  if (!in.value) co_return unknown_setting();
  std::vector<domain::SettingValue> values{{in.id, *std::move(in.value)}};
  CO_TRY_DO(co_await settings_.update(std::move(caller), std::move(values)));
  co_return dispatch::Success{};
}

Task<dispatch::Success> SettingsApi::change_many(Caller caller, ChangeSettings in) {
  std::vector<domain::SettingValue> values;
  for (ChangeSetting& one : in.settings) {
    if (!one.value) co_return unknown_setting();
    values.push_back({std::move(one.id), *std::move(one.value)});
  }
  CO_TRY_DO(co_await settings_.update(std::move(caller), std::move(values)));
  co_return dispatch::Success{};
}

Result<json::object> SettingsApi::oauth(Caller, dispatch::NoParameters) {
  return json::object{{"services", json::array{}}};
}

Result<json::object> SettingsApi::configurations(Caller, dispatch::NoParameters) {
  return json::object{{"configurations", json::array{}}};
}

}  // namespace gantry::api
