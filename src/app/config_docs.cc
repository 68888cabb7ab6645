#include "app/config_docs.h"

#include <fmt/format.h>

#include "app/config.h"

namespace gantry::app {
namespace {

std::string_view type_words(domain::SettingType type) {
  switch (type) {
    case domain::SettingType::Boolean:
      return "true or false";
    case domain::SettingType::Int:
      return "number";
    case domain::SettingType::String:
    case domain::SettingType::Select:
      return "text";
    case domain::SettingType::Password:
      return "secret text";
  }
  return "";
}

std::string cell(const json::value& value) {
  const std::string text = to_json_text(value);
  return text == "\"\"" ? std::string() : "`" + text + "`";
}

}  // namespace

std::string configuration_page() {
  std::string out =
      "# Configuration\n\nMade by `gantry config-docs`; do not edit.\n\n## Environment\n\n"
      "Flags of `gantry serve` (see `--help`) win over the environment.\n\n"
      "| variable | default | meaning |\n| --- | --- | --- |\n";
  for (const VariableInfo& variable : environment_variables()) {
    const std::string value =
        variable.default_text.empty() ? "" : fmt::format("`{}`", variable.default_text);
    fmt::format_to(std::back_inserter(out), "| `{}` | {} | {} |\n", variable.name, value,
                   variable.words);
  }
  out +=
      "\n## Settings\n\nSet by `POST /api/v1/settings/<id>`, forced at start by "
      "`OVERWRITE_SETTING_<id>`.\n\n| setting | type | default | public | meaning |\n"
      "| --- | --- | --- | --- | --- |\n";
  for (const domain::SettingInfo& info : domain::all_settings()) {
    fmt::format_to(std::back_inserter(out), "| `{}` | {} | {} | {} | {} |\n", info.id,
                   type_words(info.type), cell(info.default_value),
                   info.visibility == domain::Visibility::Public ? "yes" : "no", info.words);
  }
  return out;
}

}  // namespace gantry::app
