#include "app/delivery_command_line.h"

#include <iostream>

#include <fmt/format.h>

#include "app/control_socket.h"
#include "app/data_directory.h"
#include "app/data_request.h"
#include "app/delivery_commands.h"
#include "app/exit_status.h"
#include "domain/error_codes.h"

namespace gantry::app {
namespace {

// What has ended: the others are still to be made.
constexpr char kEndedStates[] = "succeeded,failed,dropped";

int refuse(const json::object& reply) {
  std::cerr << "gantry: " << text_of(reply, "error") << std::endl;
  return reply.contains("damaged") ? kDamagedData : kWrongSetup;
}

// Status or error of the newest attempt, or why there is none.
std::string outcome_of(const json::object& row) {
  for (const std::string_view key : {"lastError", "dropReason"}) {
    if (const auto text = text_of(row, key); !text.empty()) return std::string(text);
  }
  if (const json::value* status = find_member(row, "lastStatus")) return to_json_text(*status);
  return "-";
}

std::string line_of(const json::object& row) {
  const json::value* tries = find_member(row, "tries");
  std::string out = fmt::format(
      "{}  {:<9}  {}  {}  {}  {}  {}", text_of(row, row.contains("at") ? "at" : "createdAt"),
      text_of(row, "state"), text_of(row, "_id"), text_of(row, "integration"), text_of(row, "url"),
      fmt::format("attempt {}", tries != nullptr ? tries->to_number<std::int64_t>() + 1 : 1),
      outcome_of(row));
  if (const auto next = text_of(row, "nextAt"); !next.empty())
    out += fmt::format("  next {}", next);
  return out;
}

}  // namespace

void DeliveryCommandLine::declare(CLI::App& app, Flags& flags) {
  deliveries_ = app.add_subcommand("deliveries", "list outgoing deliveries, the newest last");
  deliveries_->add_flag("--follow", follow_, "then print each new state as it is reached");
  deliveries_->add_option("--count", count_, "how many to list (default 20)")
      ->check(CLI::Range(std::int64_t{0}, kDeliveriesListedMax));
  redeliver_ = deliveries_->add_subcommand("redeliver", "deliver those of a time range again");
  redeliver_->add_option("--from", from_, "ISO date: made then or later")->required();
  redeliver_->add_option("--to", to_, "ISO date: made then or before")->required();
  redeliver_->add_flag("--dry-run", dry_run_, "only count them");
  for (CLI::App* one : {deliveries_, redeliver_}) {
    one->add_option("--state", state_,
                    "queued, retrying, succeeded, failed, dropped, comma separated");
    one->add_option("--integration", integration_, "id or name of one outgoing integration");
    add_data_flag(*one, flags);
  }
  deliveries_->add_flag("--json", json_, "one JSON object a line");
}

std::optional<int> DeliveryCommandLine::run(const Flags& flags) const {
  if (!deliveries_->parsed()) return std::nullopt;
  auto config = make_config(flags);
  if (!config) return report_error(config.error());
  if (redeliver_->parsed()) return redeliver(*std::move(config));
  return follow_ ? follow(*config) : list(*std::move(config));
}

json::object DeliveryCommandLine::request(std::string_view command) const {
  return {{"command", command}, {"state", state_}, {"integration", integration_}, {"from", from_},
          {"to", to_},          {"count", count_}, {"dryRun", dry_run_}};
}

void DeliveryCommandLine::print(const json::object& row) const {
  std::cout << (json_ ? to_json_text(row) : line_of(row)) << std::endl;
}

int DeliveryCommandLine::list(Config config) const {
  const auto reply = ask_about_data(config, request("deliveries"));
  if (!reply) return report_error(reply.error());
  if (!is_ok(*reply)) return refuse(*reply);
  const json::array& rows = reply->at("deliveries").as_array();
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) print(row->as_object());
  return kDone;
}

int DeliveryCommandLine::follow(const Config& config) const {
  if (!DataDirectory::is_locked(config.data)) {
    return report_error(failure("no server runs on " + config.data +
                                ", so there is nothing to follow: start gantry serve, or leave out "
                                "--follow"));
  }
  int status = kDone;
  const auto take = [this, &status](const json::object& line) {
    if (const json::value* row = find_member(line, "delivery")) {
      print(row->as_object());
    } else if (const json::value* missed = find_member(line, "missed")) {
      std::cerr << "gantry: " << to_json_text(*missed) << " states came too fast to be shown"
                << std::endl;
    } else if (!is_ok(line)) {
      status = refuse(line);
    }
    return true;
  };
  const auto ended =
      follow_server(config.data + "/control.sock", request("deliveries.follow"), take);
  if (!ended) return report_error(ended.error());
  return status;
}

int DeliveryCommandLine::redeliver(Config config) const {
  json::object asked = request("deliveries.redeliver");
  if (state_.empty()) asked["state"] = kEndedStates;
  auto reply = ask_about_data(config, std::move(asked));
  if (!reply) return report_error(reply.error());
  if (!is_ok(*reply)) return refuse(*reply);
  reply->erase("ok");
  std::cout << to_json_text(*reply) << std::endl;
  return kDone;
}

}  // namespace gantry::app
