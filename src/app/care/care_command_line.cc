#include "app/care/care_command_line.h"

#include <filesystem>
#include <iostream>

#include "app/care/backup.h"
#include "app/care/compacting.h"
#include "app/care/data_check.h"
#include "app/care/restore.h"
#include "app/control_socket.h"
#include "app/exit_status.h"
#include "base/log.h"
#include "domain/error_codes.h"
#include "store/sqlite/database_care.h"

namespace gantry::app {
namespace {

int report(const Result<json::object>& done) {
  if (!done) return report_error(done.error());
  std::cout << to_json_text(*done) << std::endl;
  return kDone;
}

// Asks the server that holds the data, or works on the data itself when there is none.
int run_on(const std::string& data, const json::object& request,
           const std::function<Result<json::object>(const DataDirectory&)>& work) {
  if (!DataDirectory::is_locked(data)) {
    auto held = DataDirectory::open_existing(data);
    return held ? report(work(*held)) : report_error(held.error());
  }
  auto reply = ask_server(data + "/control.sock", request);
  if (!reply) return report_error(reply.error());
  if (!is_truthy(reply->at("ok"))) {
    std::cerr << "gantry: " << text_of(*reply, "error") << std::endl;
    return reply->contains("damaged") ? kDamagedData : kWrongSetup;
  }
  reply->erase("ok");
  return report(*std::move(reply));
}

// What the server's memory says; another command that holds the data has none that matters.
void add_memory_findings(const std::string& data, json::object& checked) {
  const auto reply = ask_server(data + "/control.sock", {{"command", "check.memory"}});
  if (!reply || !reply->contains("findings")) {
    std::cerr << "gantry: the memory of the server was not checked: "
              << (reply ? text_of(*reply, "error") : text_of(reply.error())) << std::endl;
    return;
  }
  json::array& findings = checked.at("findings").as_array();
  for (const json::value& finding : reply->at("findings").as_array()) findings.push_back(finding);
}

const std::atomic<bool> kNeverStopped{false};

}  // namespace

void CareCommandLine::declare(CLI::App& app, Flags& flags) {
  backup_ = app.add_subcommand("backup", "write the data of this moment into one file");
  backup_->add_option("file", file_, "the file to make: a tar file with a manifest")->required();
  backup_->add_flag("--replace", replace_, "the file may be there already");
  restore_ = app.add_subcommand("restore", "check a backup and make a data directory of it");
  restore_->add_option("file", file_, "what gantry backup made")->required();
  check_ = app.add_subcommand("check", "look for damage in the data; changes nothing");
  compact_ = app.add_subcommand("compact", "remove what was deleted from the files, too");
  for (CLI::App* one : {backup_, restore_, check_, compact_}) add_data_flag(*one, flags);
}

std::optional<int> CareCommandLine::run(const Flags& flags) const {
  const bool given =
      backup_->parsed() || restore_->parsed() || check_->parsed() || compact_->parsed();
  if (!given) return std::nullopt;
  const auto config = make_config(flags);
  if (!config) return report_error(config.error());
  log::set_level(log::Level::Warn);
  if (backup_->parsed()) return backup(config->data);
  if (restore_->parsed()) return restore(config->data);
  return check_->parsed() ? check(config->data) : compact(config->data);
}

int CareCommandLine::backup(const std::string& data) const {
  BackupOrder order;
  order.file = std::filesystem::absolute(file_).string();
  if (replace_) order.existing = BackupOrder::Existing::Replaced;
  order.now = SystemClock().now();
  return run_on(
      data, {{"command", "backup"}, {"file", order.file}, {"replace", replace_}},
      [&order](const DataDirectory& held) { return make_backup(held, order, kNeverStopped); });
}

int CareCommandLine::restore(const std::string& data) const {
  return report(restore_backup(file_, data));
}

int CareCommandLine::check(const std::string& data) {
  const DataUse use = DataDirectory::is_locked(data) ? DataUse::ServerRuns : DataUse::Idle;
  auto checked = check_data(data, use);
  if (checked && use == DataUse::ServerRuns) add_memory_findings(data, *checked);
  if (report(checked) != kDone) return kWrongSetup;
  const json::array& findings = checked->at("findings").as_array();
  for (const json::value& finding : findings) {
    std::cerr << "gantry: " << text_of(finding.as_object(), "text") << std::endl;
  }
  return findings.empty() ? kDone : kDamagedData;
}

int CareCommandLine::compact(const std::string& data) {
  return run_on(data, {{"command", "compact"}}, [](const DataDirectory& held) {
    return compact_data(held, DataUse::Idle, [&held] {
      return store::sqlite::compact_database(held.database_path(), kNeverStopped);
    });
  });
}

}  // namespace gantry::app
