#include "domain/settings_service.h"

#include <algorithm>
#include <array>

#include "domain/error_codes.h"
#include "domain/name_pattern.h"

namespace gantry::domain {
namespace {

constexpr std::size_t kTextBytesMax = 64 * 1024;

struct Choices {
  Setting setting;
  std::array<std::string_view, 3> values;
};

constexpr Choices kChoices[] = {
    {Setting::RegistrationForm, {"Public", "Disabled", "Secret URL"}},
    {Setting::MessageErasure, {"Delete", "Unlink", "Keep"}},
};

Error does_not_fit(const SettingInfo& info, std::string_view words) {
  return Error(ErrorCode::SettingValidationFailed,
               "The value of " + std::string(info.id) + " " + std::string(words));
}

Result<json::value> check(const SettingInfo& info, const json::value& raw) {
  TRY(json::value value, to_setting_value(info, raw));
  if (!value.is_string()) return value;
  const std::string_view text = value.get_string();
  if (text.size() > kTextBytesMax) return does_not_fit(info, "is too long");
  for (const Choices& choices : kChoices) {
    if (choices.setting != info.setting) continue;
    const auto& known = choices.values;
    if (std::find(known.begin(), known.end(), text) == known.end()) {
      return does_not_fit(info, "is not one of its choices");
    }
  }
  const bool is_pattern =
      info.setting == Setting::UsernamePattern || info.setting == Setting::ChannelNamePattern;
  if (is_pattern && (!is_name_pattern(text))) {
    return does_not_fit(info, "is not a regular expression that can be run");
  }
  return value;
}

}  // namespace

bool SettingsService::may_see(const Caller& caller, const SettingInfo& info) const {
  return info.visibility == Visibility::Public ||
         (caller.logged_in() &&
          context_.directory.has_permission(*caller.user, Permission::ViewPrivilegedSetting));
}

Task<void> SettingsService::update(Caller, std::vector<SettingValue> values) {
  std::vector<std::pair<Setting, json::value>> checked;
  for (const SettingValue& one : values) {
    const SettingInfo* info = find_setting(one.id);
    if (info == nullptr) co_return failure("");
    CO_TRY(json::value value, check(*info, one.value));
    checked.emplace_back(info->setting, std::move(value));
  }
  const std::function<Result<void>(Tx&)> work = [checked](Tx& tx) -> Result<void> {
    for (const auto& [setting, value] : checked) tx.settings().put(setting, value);
    return Done{};
  };
  co_return co_await context_.store.write<void>(work);
}

}  // namespace gantry::domain
