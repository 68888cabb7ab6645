#include "app/integration_command.h"

#include <array>
#include <iostream>

#include "app/data_request.h"
#include "app/exit_status.h"
#include "app/integration_folder.h"
#include "app/line_diff.h"
#include "domain/error_codes.h"
#include "integrations/files/pretty_json.h"

namespace gantry::app {
namespace {

constexpr int kSame = 0;
constexpr int kDiffers = 1;
constexpr int kTrouble = 2;  // of diff, as diff has it
constexpr std::size_t kInputBytesMax = 8 * 1024 * 1024;

int complain(const Error& error, int status) {
  std::cerr << "gantry: " << gantry::text_of(error) << std::endl;
  return status;
}

// Nothing when it was told already, with the exit status.
std::optional<json::object> ask_and_get(const Flags& flags, json::object request, int* status) {
  auto reply = ask_about_data(flags, std::move(request));
  if (!reply) {
    *status = report_error(reply.error());
    return std::nullopt;
  }
  if (!is_ok(*reply)) {
    *status = complain(failure(std::string(text_of(*reply, "error"))), kRefused);
    return std::nullopt;
  }
  reply->erase("ok");
  return *std::move(reply);
}

Result<void> put_json(json::object& out, std::string_view key, const std::string& path) {
  if (path.empty()) return Done{};
  TRY(const std::string text, read_file(path, kInputBytesMax));
  auto value = parse_json(text);
  if (!value) return failure(path + ": is not JSON");
  out[key] = *std::move(value);
  return Done{};
}

void put(json::object& out, std::string_view key, const std::string& text) {
  if (!text.empty()) out[key] = text;
}

bool script_did_well(const json::value* outcome) {
  const json::object* object = outcome != nullptr ? outcome->if_object() : nullptr;
  if (object == nullptr) return true;
  const json::value* script = find_member(*object, "script");
  if (script != nullptr && script->is_object() && script->get_object().contains("error")) {
    return false;
  }
  const json::value* runs = find_member(*object, "runs");
  if (runs == nullptr || !runs->is_array()) return true;
  for (const json::value& run : runs->get_array()) {
    if (run.is_object() && run.get_object().contains("error")) return false;
  }
  return true;
}

const json::array& changes_of(const json::object& reply) {
  return reply.at("changes").as_array();
}

std::string stem(std::string file) {
  constexpr std::string_view kEnd = ".json";
  if (file.ends_with(kEnd)) file.resize(file.size() - kEnd.size());
  return file;
}

// One change: what happens, then both texts.
void print_change(const json::object& change) {
  const std::string_view action = text_of(change, "action");
  const std::string id(text_of(change, "_id"));
  std::string file(text_of(change, "file"));
  std::cout << action << " " << text_of(change, "type") << " \"" << text_of(change, "name") << "\"";
  if (action != "create") std::cout << " " << id;
  if (!file.empty()) std::cout << " (" << file << ")";
  std::cout << "\n";
  if (file.empty()) file = id + ".json";
  const auto print = [](const std::string& name, std::string_view before, std::string_view after) {
    std::cout << unified_diff(before.empty() ? "/dev/null" : "server/" + name, before,
                              after.empty() ? "/dev/null" : "files/" + name, after);
  };
  print(file, text_of(change, "before"), text_of(change, "after"));
  print(stem(file) + ".js", text_of(change, "scriptBefore"), text_of(change, "scriptAfter"));
  std::cout << "\n";
}

void print_sum(const json::array& changes, std::string_view words) {
  std::array<std::size_t, 3> counts{};
  for (const json::value& change : changes) {
    const std::string_view action = text_of(change.as_object(), "action");
    ++counts[action == "create" ? 0 : action == "update" ? 1 : 2];
  }
  std::cout << words << counts[0] << " created, " << counts[1] << " updated, " << counts[2]
            << " deleted" << std::endl;
}

}  // namespace

void IntegrationCommand::declare(CLI::App& app, Flags& flags) {
  CLI::App* integration =
      app.add_subcommand("integration", "try scripts; integrations as files: export, diff, apply");
  integration->require_subcommand(1);
  declare_try(*integration);
  declare_files(*integration);
  for (CLI::App* one : {try_, export_, diff_, apply_}) {
    one->add_option("--data", flags.data, "data directory (default ./gantry-data)");
    one->add_option("--as", as_, "account to act as (default: the oldest administrator)");
  }
}

void IntegrationCommand::declare_try(CLI::App& integration) {
  try_ = integration.add_subcommand(
      "try", "run a script to see what it would do; nothing is sent or posted");
  try_->add_option("id", id_, "the integration");
  try_->add_option("--delivery", delivery_, "with the recorded event of this delivery");
  try_->add_option("--call", call_, "with the recorded request of this incoming call");
  try_->add_option("--type", type_, "webhook-incoming or webhook-outgoing: of no integration yet");
  try_->add_option("--script", script_, "file with a script to run instead of the stored one");
  try_->add_option("--version", version_, "a former version to run instead of the stored one");
  try_->add_option("--compare", compare_, "a version to run as well (0: the stored one)");
  try_->add_option("--event", event_, "JSON file: the payload of an outgoing integration");
  try_->add_option("--url", url_, "the address of an outgoing integration");
  try_->add_option("--response", response_, "JSON file {status, headers, body}: the answer to it");
  try_->add_option("--request", request_, "JSON file {query, headers, body}: an incoming call");
  try_->add_option("--http", http_, "JSON file [{method, url, status, headers, body, error}]");
  try_->add_option("--store", store_, "JSON file: what Store holds at first");
}

void IntegrationCommand::declare_files(CLI::App& integration) {
  export_ = integration.add_subcommand("export", "write all integrations into a directory");
  export_->add_flag("--with-secrets", with_secrets_,
                    "with tokens, signing secrets and secrets of verifications");
  diff_ = integration.add_subcommand(
      "diff", "what apply would do; ends with 0 when that is nothing, else 1, 2 in trouble");
  diff_->alias("plan");
  apply_ = integration.add_subcommand("apply", "make the integrations as the directory says");
  apply_->alias("import");
  for (CLI::App* one : {export_, diff_, apply_}) {
    one->add_option("directory", folder_)->required();
  }
  for (CLI::App* one : {diff_, apply_}) {
    one->add_flag("--prune", prune_, "delete the integrations that no file describes");
  }
}

int IntegrationCommand::run(const Flags& flags) const {
  if (try_->parsed()) return run_try(flags);
  if (export_->parsed()) return run_export(flags);
  if (diff_->parsed()) return run_diff(flags);
  return run_apply(flags);
}

Result<json::object> IntegrationCommand::trial() const {
  json::object out;
  put(out, "integrationId", id_);
  put(out, "deliveryId", delivery_);
  put(out, "callId", call_);
  put(out, "type", type_);
  put(out, "url", url_);
  if (!script_.empty()) {
    TRY(const std::string text, read_file(script_, kScriptFileBytesMax));
    out["script"] = text;
  }
  if (version_) out["version"] = *version_;
  if (compare_) out["compareWith"] = *compare_;
  TRY_DO(put_json(out, "data", event_));
  TRY_DO(put_json(out, "request", request_));
  TRY_DO(put_json(out, "response", response_));
  TRY_DO(put_json(out, "http", http_));
  TRY_DO(put_json(out, "store", store_));
  return out;
}

int IntegrationCommand::run_try(const Flags& flags) const {
  auto wanted = trial();
  if (!wanted) return complain(wanted.error(), kWrongSetup);
  int status = 0;
  const auto told = ask_and_get(
      flags, {{"command", "integration.try"}, {"as", as_}, {"trial", *std::move(wanted)}}, &status);
  if (!told) return status;
  std::cout << integrations::to_pretty_json(*told) << std::flush;
  return script_did_well(find_member(*told, "outcome")) ? 0 : kRefused;
}

int IntegrationCommand::run_export(const Flags& flags) const {
  int status = 0;
  const auto listed = ask_and_get(
      flags, {{"command", "integration.export"}, {"as", as_}, {"withSecrets", with_secrets_}},
      &status);
  if (!listed) return status;
  const auto written = write_folder(folder_, listed->at("integrations").as_array(),
                                    with_secrets_ ? FileRights::OwnerOnly : FileRights::Usual);
  if (!written) return complain(written.error(), kRefused);
  for (const std::string& file : written->left_over) {
    std::cerr << "gantry: " << file << " describes an integration that is not there; left as it is"
              << std::endl;
  }
  std::cout << written->integrations << " integrations, " << written->changed_files
            << " files written" << std::endl;
  return 0;
}

std::optional<json::object> IntegrationCommand::ask_about_folder(const Flags& flags,
                                                                 std::string_view command,
                                                                 int* status) const {
  auto files = read_folder(folder_);
  if (!files) {
    *status = complain(files.error(), kRefused);
    return std::nullopt;
  }
  json::object request{{"command", command}, {"as", as_}, {"prune", prune_}};
  request["files"] = *std::move(files);
  return ask_and_get(flags, std::move(request), status);
}

int IntegrationCommand::run_diff(const Flags& flags) const {
  int status = 0;
  const auto told = ask_about_folder(flags, "integration.plan", &status);
  if (!told) return kTrouble;
  const json::array& changes = changes_of(*told);
  if (changes.empty()) return kSame;
  for (const json::value& change : changes) print_change(change.as_object());
  print_sum(changes, "would be: ");
  return kDiffers;
}

int IntegrationCommand::run_apply(const Flags& flags) const {
  int status = 0;
  const auto told = ask_about_folder(flags, "integration.apply", &status);
  if (!told) return status;
  const json::array& changes = changes_of(*told);
  for (const json::value& change : changes) print_change(change.as_object());
  for (const json::value& warning : told->at("warnings").as_array()) {
    std::cerr << "gantry: " << std::string_view(warning.as_string()) << std::endl;
  }
  if (changes.empty()) {
    std::cout << "nothing to do" << std::endl;
  } else {
    print_sum(changes, "done: ");
  }
  return 0;
}

}  // namespace gantry::app
