#include "app/command_line.h"

#include <iostream>

#include <CLI/CLI.hpp>

#include "app/care/care_command_line.h"
#include "app/config.h"
#include "app/config_docs.h"
#include "app/data_directory.h"
#include "app/data_request.h"
#include "app/delivery_command_line.h"
#include "app/exit_status.h"
#include "app/integration_command.h"
#include "app/server.h"
#include "app/version.h"
#include "base/log.h"
#include "domain/error_codes.h"

namespace gantry::app {
namespace {

int serve(const Flags& flags, const ServerMaker& make) {
  auto config = make_config(flags);
  if (!config) return report_error(config.error());
  if (!log::set_level(config->log_level)) {
    return report_error(failure("--log-level \"" + config->log_level +
                                "\": known are debug, info, warn and error"));
  }
  auto server = make(*std::move(config));
  if (!server) return report_error(server.error());
  if (auto ran = (*server)->run(); !ran) return report_error(ran.error());
  return 0;
}

int command(const Flags& flags, json::object request) {
  auto reply = ask_about_data(flags, std::move(request));
  if (!reply) return report_error(reply.error());
  if (!is_ok(*reply)) {
    std::cerr << "gantry: " << text_of(*reply, "error") << std::endl;
    return kRefused;
  }
  reply->erase("ok");
  std::cout << to_json_text(*reply) << std::endl;
  return 0;
}

int status(const Flags& flags) {
  auto config = make_config(flags);
  if (!config) return report_error(config.error());
  if (!DataDirectory::is_locked(config->data)) {
    return report_error(failure("no server runs on " + config->data + ": start gantry serve"));
  }
  return command(flags, {{"command", "status"}});
}

// gantry user add|list|passwd|remove: what was given on the command line, as a request.
struct UserCommand {
  CLI::App* add = nullptr;
  CLI::App* list = nullptr;
  CLI::App* passwd = nullptr;
  CLI::App* remove = nullptr;
  std::string username;
  std::string password;
  std::string email;
  std::string name;
  std::vector<std::string> roles;
  bool confirm_relinquish = false;

  void declare(CLI::App& app, Flags& flags);
  json::object request() const;
};

void UserCommand::declare(CLI::App& app, Flags& flags) {
  CLI::App* user = app.add_subcommand("user", "make, list and remove accounts; answers in JSON");
  user->require_subcommand(1);
  add = user->add_subcommand("add", "make an account");
  add->add_option("username", username)->required();
  add->add_option("--password", password, "its password (default: a random one, printed once)");
  add->add_option("--email", email, "its mail address, which counts as verified");
  add->add_option("--name", name, "its display name (default: the user name)");
  add->add_option("--role", roles, "a role, may be repeated (default user)");
  list = user->add_subcommand("list", "all accounts");
  passwd = user->add_subcommand("passwd", "set a password and end the sessions of the account");
  passwd->add_option("username", username)->required();
  passwd->add_option("--password", password, "the new password")->required();
  remove = user->add_subcommand("remove", "remove an account");
  remove->add_option("username", username)->required();
  remove->add_flag("--confirm-relinquish", confirm_relinquish,
                   "rooms that it alone owns go to their oldest member, or away");
  for (CLI::App* one : {add, list, passwd, remove}) add_data_flag(*one, flags);
}

json::object UserCommand::request() const {
  if (list->parsed()) return {{"command", "user.list"}};
  json::object out{{"username", username}};
  if (add->parsed()) {
    out["command"] = "user.add";
    out["email"] = email;
    out["name"] = name;
    out["roles"] = json::array(roles.begin(), roles.end());
  } else if (passwd->parsed()) {
    out["command"] = "user.passwd";
  } else {
    out["command"] = "user.remove";
    out["confirmRelinquish"] = confirm_relinquish;
  }
  if (!remove->parsed()) out["password"] = password;
  return out;
}

}  // namespace

int run_command_line(int argc, char** argv, const ServerMaker& make) {
  CLI::App app{"Gantry: team chat with webhooks at its heart", "gantry"};
  app.set_version_flag("--version", std::string(kVersion));
  app.require_subcommand(1);
  Flags flags;

  CLI::App* serve_command = app.add_subcommand("serve", "run the server");
  add_data_flag(*serve_command, flags);
  serve_command->add_option("--listen", flags.listen,
                            "HOST:PORT, may be repeated (default 127.0.0.1:3000)");
  serve_command->add_option("--tls-cert", flags.tls_cert, "certificate chain, PEM");
  serve_command->add_option("--tls-key", flags.tls_key, "private key, PEM");
  serve_command->add_option("--metrics-listen", flags.metrics_listen,
                            "HOST:PORT of /metrics, e.g. 127.0.0.1:9458 (default off)");
  serve_command->add_option("--compat-version", flags.compat_version,
                            "Rocket.Chat version that clients are told");
  serve_command->add_option("--log-level", flags.log_level, "debug, info, warn or error");
  serve_command->add_option("--io-threads", flags.io_threads,
                            "threads for connections (default: one a processor)");
  serve_command->add_flag("--resume-deliveries", flags.resume_deliveries,
                          "a restored copy takes the place of the first: deliver again");

  std::string username;
  CLI::App* token_command =
      app.add_subcommand("token", "make a login token and print it with the user's id");
  token_command->add_option("username", username)->required();
  add_data_flag(*token_command, flags);

  CLI::App* status_command =
      app.add_subcommand("status", "how the server that runs is; answers in JSON");
  add_data_flag(*status_command, flags);

  UserCommand user_command;
  user_command.declare(app, flags);

  CareCommandLine care;
  care.declare(app, flags);
  DeliveryCommandLine deliveries;
  deliveries.declare(app, flags);
  IntegrationCommand integration_command;
  integration_command.declare(app, flags);

  CLI::App* openapi_command =
      app.add_subcommand("openapi", "print the OpenAPI description of the API");

  CLI::App* docs_command = app.add_subcommand("config-docs", "print docs/configuration.md");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongSetup;
  }
  if (serve_command->parsed()) return serve(flags, make);
  if (token_command->parsed()) {
    return command(flags, {{"command", "token"}, {"username", username}});
  }
  if (status_command->parsed()) return status(flags);
  if (app.got_subcommand("user")) return command(flags, user_command.request());
  if (const auto status = care.run(flags)) return *status;
  if (const auto status = deliveries.run(flags)) return *status;
  if (app.got_subcommand("integration")) return integration_command.run(flags);
  if (openapi_command->parsed()) std::cout << to_json_text(describe_api()) << std::endl;
  if (docs_command->parsed()) std::cout << configuration_page();
  return 0;
}

}  // namespace gantry::app
