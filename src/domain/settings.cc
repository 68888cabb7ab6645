#include "domain/settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include "domain/error_codes.h"

namespace gantry::domain {
namespace {

const std::array<SettingInfo, kSettingCount>& table() {
  static const std::array<SettingInfo, kSettingCount> rows{{
#define X(name, id, type, value, group, visibility, words) \
  {Setting::name, id, SettingType::type, value, group, Visibility::visibility, words},
      GANTRY_SETTING_TABLE(X)
#undef X
  }};
  return rows;
}

Error does_not_fit(const SettingInfo& info, std::string_view wanted) {
  return Error(ErrorCode::SettingValidationFailed,
               "The value of " + std::string(info.id) + " must be " + std::string(wanted));
}

bool equals_without_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
           return std::tolower(static_cast<unsigned char>(x)) == y;
         });
}

}  // namespace

const SettingInfo& info_of(Setting setting) {
  return table()[static_cast<std::size_t>(setting)];
}

const SettingInfo* find_setting(std::string_view id) {
  static const auto index = [] {
    std::unordered_map<std::string_view, const SettingInfo*> map;
    for (const SettingInfo& info : table()) map.emplace(info.id, &info);
    return map;
  }();
  const auto at = index.find(id);
  return at == index.end() ? nullptr : at->second;
}

std::span<const SettingInfo> all_settings() {
  return table();
}

Result<json::value> to_setting_value(const SettingInfo& info, const json::value& raw) {
  switch (info.type) {
    case SettingType::Boolean:
      if (raw.is_bool()) return raw;
      if (raw.is_string()) return setting_from_text(info, raw.get_string());
      return does_not_fit(info, "true or false");
    case SettingType::Int:
      if (raw.is_int64()) return raw;
      if (raw.is_double() && std::abs(raw.get_double()) < 9e15) {
        return json::value(static_cast<std::int64_t>(raw.get_double()));
      }
      if (raw.is_string()) return setting_from_text(info, raw.get_string());
      return does_not_fit(info, "a number");
    case SettingType::String:
    case SettingType::Select:
    case SettingType::Password:
      if (raw.is_string()) return raw;
      if (raw.is_null()) return json::value("");
      if (raw.is_structured()) return does_not_fit(info, "text");
      return json::value(to_js_string(raw));
  }
  return does_not_fit(info, "of a known type");
}

Result<json::value> setting_from_text(const SettingInfo& info, std::string_view text) {
  switch (info.type) {
    case SettingType::Boolean:
      if (equals_without_case(text, "true")) return json::value(true);
      if (equals_without_case(text, "false")) return json::value(false);
      return does_not_fit(info, "true or false");
    case SettingType::Int: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc{} || end != text.data() + text.size()) {
        return does_not_fit(info, "a number");
      }
      return json::value(number);
    }
    case SettingType::String:
    case SettingType::Select:
    case SettingType::Password:
      return json::value(text);
  }
  return does_not_fit(info, "of a known type");
}

Settings::Settings() {
  for (const SettingInfo& info : table()) set(info.setting, info.default_value);
}

bool Settings::get_bool(Setting setting) const {
  return get(setting).as_bool();
}

std::int64_t Settings::get_int(Setting setting) const {
  return get(setting).as_int64();
}

std::string_view Settings::get_text(Setting setting) const {
  return get(setting).as_string();
}

void Settings::set(Setting setting, json::value value) {
  values_[static_cast<std::size_t>(setting)] = std::move(value);
}

}  // namespace gantry::domain
