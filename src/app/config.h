#pragma once
// What the administrator decides before the start: flags, GANTRY_* and Rocket.Chat-style
// environment. A wrong flag, variable or setting is an error that names it.

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "domain/settings.h"
#include "http/options.h"

namespace gantry::app {

struct AdminAccount {
  std::string username = "admin";
  std::string password;  // empty: a random one is made and printed once
  std::string email;
  std::string name = "Administrator";
  bool email_verified = false;
};

struct Config {
  std::vector<http::ListenAddress> listen;
  std::optional<http::ListenAddress> metrics_listen;
  std::string data = "./gantry-data";
  std::optional<http::TlsFiles> tls;
  std::string root_url;     // without a slash at its end; empty: from the first listener
  std::string path_prefix;  // of root_url
  std::size_t forwarded_count = 0;
  std::chrono::seconds header_time_max{15};  // for the head of a request
  std::chrono::seconds body_stall_max{30};   // without progress of a body or a reply
  std::string compat_version;
  std::string log_level = "info";
  std::size_t io_threads = 0;  // 0: one for each processor this process may use
  AdminAccount admin;
  bool test_mode = false;
  bool resume_deliveries = false;
  bool unsafe_query_and_fields = false;
  bool create_tokens_for_users = false;
  std::string create_tokens_secret;
  std::vector<std::pair<domain::Setting, json::value>> forced_settings;   // OVERWRITE_SETTING_<id>
  std::vector<std::pair<domain::Setting, json::value>> initial_settings;  // <id>, at creation only
};

// The newest Rocket.Chat minor whose behaviour is kept.
inline constexpr std::string_view kCompatVersion = "8.8.0";

// "HOST:PORT", "[::1]:PORT". The error names what was given.
Result<http::ListenAddress> parse_listen(std::string_view text);

// Fills what flags left open from the environment, and checks the whole.
struct Flags {
  std::vector<std::string> listen;
  std::string data;
  std::string tls_cert;
  std::string tls_key;
  std::string metrics_listen;
  std::string compat_version;
  std::string log_level;
  std::size_t io_threads = 0;
  bool resume_deliveries = false;
};
Result<Config> make_config(const Flags& flags);

// One row each environment variable that is read, for docs/configuration.md.
struct VariableInfo {
  std::string_view name;
  std::string_view default_text;
  std::string_view words;
};
std::span<const VariableInfo> environment_variables();

}  // namespace gantry::app
