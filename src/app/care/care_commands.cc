#include "app/care/care_commands.h"

#include "app/care/backup.h"
#include "app/care/compacting.h"
#include "app/care/directory_check.h"
#include "domain/error_codes.h"

namespace gantry::app {

void CareCommands::add_to(ControlCommands& commands) {
  commands.add("backup", std::bind_front(&CareCommands::backup, this));
  commands.add("compact", std::bind_front(&CareCommands::compact, this));
  commands.add("check.memory", std::bind_front(&CareCommands::check_memory, this));
}

Task<json::object> CareCommands::run_alone(std::function<Result<json::object>()> work) {
  using Report = Result<json::object>;
  const Error busy = failure(data_.path() +
                             ": another backup or compact is under way; try again when it has "
                             "ended");
  CO_TRY(Report report, co_await thread_.run<Report>(std::move(work), busy));
  co_return report;
}

Task<json::object> CareCommands::backup(json::object in) {
  BackupOrder order;
  order.file = std::string(text_of(in, "file"));
  const json::value* replace = find_member(in, "replace");
  if (replace != nullptr && is_truthy(*replace)) order.existing = BackupOrder::Existing::Replaced;
  order.now = clock_.now();
  const std::function<Result<json::object>()> work = [this, order]() -> Result<json::object> {
    const auto held = files_.hold_removals();
    return make_backup(data_, order, stopping_);
  };
  co_return co_await run_alone(work);
}

Task<json::object> CareCommands::check_memory(json::object) {
  CO_TRY(json::array findings, co_await check_directory(store_, directory_));
  co_return json::object{{"findings", std::move(findings)}};
}

Task<json::object> CareCommands::compact(json::object) {
  const std::function<Result<json::object>()> work = [this] {
    return compact_data(data_, DataUse::ServerRuns, [this] { return store_.compact(stopping_); });
  };
  co_return co_await run_alone(work);
}

}  // namespace gantry::app
