#include "app/config.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "domain/directory.h"
#include "domain/error_codes.h"

namespace gantry::app {
namespace {

constexpr VariableInfo kVariables[] = {
    {"GANTRY_LISTEN", "127.0.0.1:3000", "addresses to listen on, comma separated (--listen)"},
    {"GANTRY_DATA", "./gantry-data", "the data directory (--data)"},
    {"GANTRY_TLS_CERT", "", "certificate chain in PEM (--tls-cert)"},
    {"GANTRY_TLS_KEY", "", "private key in PEM (--tls-key)"},
    {"GANTRY_METRICS_LISTEN", "", "where /metrics is served, off when empty (--metrics-listen)"},
    {"GANTRY_LOG_LEVEL", "info", "debug, info, warn or error (--log-level)"},
    {"GANTRY_COMPAT_VERSION", kCompatVersion, "the Rocket.Chat version that clients are told"},
    {"PORT", "3000", "port, when no listen address is given"},
    {"BIND_IP", "127.0.0.1", "address, when no listen address is given"},
    {"ROOT_URL", "", "address under which users reach the server; its path is the prefix"},
    {"HTTP_FORWARDED_COUNT", "0", "proxies in front, for the client's address"},
    {"GANTRY_HEADER_SECONDS", "15", "a client whose request head takes longer is cut off"},
    {"GANTRY_BODY_SECONDS", "30",
     "a client whose body stands still so long, or comes slower than 512 bytes a second, is cut "
     "off"},
    {"ADMIN_USERNAME", "admin", "name of the administrator made at first run"},
    {"ADMIN_PASS", "", "its password; random and printed once when empty"},
    {"ADMIN_EMAIL", "", "its mail address"},
    {"ADMIN_NAME", "Administrator", "its display name"},
    {"ADMIN_EMAIL_VERIFIED", "false", "whether that address counts as verified"},
    {"OVERWRITE_SETTING_<id>", "", "forces a setting at each start"},
    {"<id>", "", "value of a setting when the workspace is made"},
    {"CREATE_TOKENS_FOR_USERS", "false", "whether users.createToken answers"},
    {"CREATE_TOKENS_FOR_USERS_SECRET", "", "the secret that users.createToken wants"},
    {"FREEZE_INTEGRATION_SCRIPTS", "", "yes, true or ivm: saving scripts is refused"},
    {"DISABLE_INTEGRATION_SCRIPTS", "", "yes, true or ivm: stored scripts are not run"},
    {"http_proxy, https_proxy, no_proxy", "", "proxy of outgoing webhooks"},
    {"ALLOW_UNSAFE_QUERY_AND_FIELDS_API_PARAMS", "false",
     "honours `query` and `fields` everywhere"},
    {"TEST_MODE", "false", "test accounts and no limits; loopback and a data directory of its own"},
};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

bool is_true(std::string_view text) {
  return domain::to_lower(text) == "true";
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    std::string_view item = text.substr(0, end);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) out.emplace_back(item);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Result<std::uint16_t> parse_port(std::string_view text, std::string_view whole) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port > 65535) {
    return failure("\"" + std::string(whole) + "\": the port must be a number up to 65535");
  }
  return static_cast<std::uint16_t>(port);
}

Result<std::chrono::seconds> seconds_of(const char* name, std::chrono::seconds otherwise) {
  constexpr unsigned kSecondsMax = 3600;
  const std::string text = variable(name);
  if (text.empty()) return otherwise;
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || seconds == 0 ||
      seconds > kSecondsMax) {
    return failure(std::string(name) + " \"" + text + "\" must be a number from 1 to 3600");
  }
  return std::chrono::seconds{seconds};
}

// "https://chat.example:8443/team/" -> "/team"
Result<std::string> prefix_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (!url.starts_with("http://") && !url.starts_with("https://")) {
    return failure("ROOT_URL \"" + std::string(url) + "\" must begin with http:// or https://");
  }
  const std::size_t path = url.find('/', scheme + 3);
  return path == std::string_view::npos ? std::string() : std::string(url.substr(path));
}

Result<void> read_settings(Config& config) {
  for (const domain::SettingInfo& info : domain::all_settings()) {
    const std::string id(info.id);
    if (const char* text = std::getenv(("OVERWRITE_SETTING_" + id).c_str())) {
      auto value = domain::setting_from_text(info, text);
      if (!value) return failure("OVERWRITE_SETTING_" + id + ": " + value.error().message);
      config.forced_settings.emplace_back(info.setting, *std::move(value));
    }
    if (const char* text = std::getenv(id.c_str())) {
      auto value = domain::setting_from_text(info, text);
      if (!value) return failure(id + ": " + value.error().message);
      config.initial_settings.emplace_back(info.setting, *std::move(value));
    }
  }
  for (char** entry = environ; *entry != nullptr; ++entry) {
    constexpr std::string_view kPrefix = "OVERWRITE_SETTING_";
    std::string_view text(*entry);
    if (!text.starts_with(kPrefix)) continue;
    text.remove_prefix(kPrefix.size());
    const std::string_view id = text.substr(0, text.find('='));
    if (domain::find_setting(id) == nullptr) {
      return failure("OVERWRITE_SETTING_" + std::string(id) +
                     ": there is no such setting; see docs/configuration.md");
    }
  }
  return Done{};
}

bool is_loopback(const http::ListenAddress& listen) {
  return listen.address.starts_with("127.") || listen.address == "::1";
}

Result<void> check(const Config& config) {
  if (!config.test_mode) return Done{};
  for (const http::ListenAddress& listen : config.listen) {
    if (!is_loopback(listen)) {
      return failure("TEST_MODE has known passwords: every --listen must be a loopback address, " +
                     listen.address + " is not");
    }
  }
  return Done{};
}

}  // namespace

std::span<const VariableInfo> environment_variables() {
  return kVariables;
}

Result<http::ListenAddress> parse_listen(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return failure("\"" + std::string(text) + "\": an address to listen on is HOST:PORT");
  }
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  if (host.empty()) host = "0.0.0.0";
  TRY(const std::uint16_t port, parse_port(text.substr(colon + 1), text));
  return http::ListenAddress{std::string(host), port};
}

Result<Config> make_config(const Flags& flags) {
  const auto pick = [](const std::string& flag, const char* name, std::string_view otherwise) {
    if (!flag.empty()) return flag;
    const std::string value = variable(name);
    return value.empty() ? std::string(otherwise) : value;
  };
  Config config;
  std::vector<std::string> listen = flags.listen;
  if (listen.empty()) listen = split(variable("GANTRY_LISTEN"), ',');
  if (listen.empty()) {
    const std::string host = variable("BIND_IP");
    const std::string port = variable("PORT");
    listen.push_back((host.empty() ? "127.0.0.1" : host) + ":" + (port.empty() ? "3000" : port));
  }
  for (const std::string& text : listen) {
    TRY(auto address, parse_listen(text));
    config.listen.push_back(std::move(address));
  }
  config.data = pick(flags.data, "GANTRY_DATA", "./gantry-data");
  const std::string cert = pick(flags.tls_cert, "GANTRY_TLS_CERT", "");
  const std::string key = pick(flags.tls_key, "GANTRY_TLS_KEY", "");
  if (cert.empty() != key.empty()) return failure("--tls-cert and --tls-key go together");
  if (!cert.empty()) config.tls = http::TlsFiles{cert, key};
  const std::string metrics = pick(flags.metrics_listen, "GANTRY_METRICS_LISTEN", "");
  if (!metrics.empty()) {
    TRY(config.metrics_listen, parse_listen(metrics));
  }
  config.log_level = pick(flags.log_level, "GANTRY_LOG_LEVEL", "info");
  config.compat_version = pick(flags.compat_version, "GANTRY_COMPAT_VERSION", kCompatVersion);
  config.io_threads = flags.io_threads;
  config.resume_deliveries = flags.resume_deliveries;

  config.root_url = variable("ROOT_URL");
  while (config.root_url.ends_with('/')) config.root_url.pop_back();
  if (!config.root_url.empty()) {
    TRY(config.path_prefix, prefix_of(config.root_url));
  }
  const std::string forwarded = variable("HTTP_FORWARDED_COUNT");
  if (!forwarded.empty()) {
    const auto [end, error] = std::from_chars(forwarded.data(), forwarded.data() + forwarded.size(),
                                              config.forwarded_count);
    if (error != std::errc{} || end != forwarded.data() + forwarded.size()) {
      return failure("HTTP_FORWARDED_COUNT \"" + forwarded + "\" must be a number");
    }
  }
  TRY(config.header_time_max, seconds_of("GANTRY_HEADER_SECONDS", config.header_time_max));
  TRY(config.body_stall_max, seconds_of("GANTRY_BODY_SECONDS", config.body_stall_max));
  if (const std::string name = variable("ADMIN_USERNAME"); !name.empty())
    config.admin.username = name;
  config.admin.password = variable("ADMIN_PASS");
  config.admin.email = variable("ADMIN_EMAIL");
  if (const std::string name = variable("ADMIN_NAME"); !name.empty()) config.admin.name = name;
  config.admin.email_verified = is_true(variable("ADMIN_EMAIL_VERIFIED"));
  config.test_mode = is_true(variable("TEST_MODE"));
  config.unsafe_query_and_fields = is_true(variable("ALLOW_UNSAFE_QUERY_AND_FIELDS_API_PARAMS"));
  config.create_tokens_for_users = is_true(variable("CREATE_TOKENS_FOR_USERS"));
  config.create_tokens_secret = variable("CREATE_TOKENS_FOR_USERS_SECRET");
  TRY_DO(read_settings(config));
  TRY_DO(check(config));
  return config;
}

}  // namespace gantry::app
