#include "app/care/last_backup.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/json.h"
#include "base/log.h"

namespace gantry::app {

void note_backup(const DataDirectory& data, const LastBackup& backup) {
  const std::string path = data.last_backup_path();
  const std::string unfinished = path + ".part";
  std::ofstream file(unfinished, std::ios::trunc);
  file << to_json_text(json::object{{"at", to_iso(backup.at)}, {"bytes", backup.bytes}}) << '\n';
  file.close();
  std::error_code error;
  if (file) std::filesystem::rename(unfinished, path, error);
  if (!file || error) log::warn("time of the backup not noted", {{"path", path}});
}

std::optional<LastBackup> read_last_backup(const DataDirectory& data) {
  std::ifstream file(data.last_backup_path());
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto noted = parse_json(text);
  if (!noted || !noted->is_object()) return std::nullopt;
  const auto at = from_iso(text_of(noted->get_object(), "at"));
  const json::value* bytes = find_member(noted->get_object(), "bytes");
  if (!at || bytes == nullptr || !bytes->is_number()) return std::nullopt;
  return LastBackup{*at, bytes->to_number<std::uint64_t>()};
}

}  // namespace gantry::app
