#include "app/care/workspace_archive.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/ids.h"

namespace gantry::app {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kManifestBytesMax = 1024UL * 1024 * 1024;

std::optional<std::int64_t> number_of(const json::object& in, std::string_view key) {
  const json::value* found = find_member(in, key);
  if (found == nullptr || !found->is_int64()) return std::nullopt;
  return found->get_int64();
}

std::optional<store::archive::ArchivedFile> parse_file(const json::value& in) {
  const json::object* row = in.if_object();
  if (row == nullptr) return std::nullopt;
  const auto bytes = number_of(*row, "bytes");
  if (!bytes || *bytes < 0) return std::nullopt;
  return store::archive::ArchivedFile{std::string(text_of(*row, "name")),
                                      static_cast<std::uint64_t>(*bytes),
                                      std::string(text_of(*row, "sha256"))};
}

}  // namespace

std::string to_text(const Manifest& manifest) {
  json::array files;
  for (const auto& file : manifest.files) {
    files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  return to_json_text(json::object{
             {"format", kFormat},
             {"madeBy", manifest.made_by},
             {"madeAt", to_iso(manifest.made_at)},
             {"databaseVersion", manifest.database_version},
             {"missing", json::array(manifest.missing.begin(), manifest.missing.end())},
             {"files", std::move(files)}}) +
         "\n";
}

std::optional<Manifest> parse_manifest(std::string_view text) {
  const auto parsed = parse_json(text, {.bytes_max = kManifestBytesMax});
  if (!parsed || !parsed->is_object()) return std::nullopt;
  const json::object& in = parsed->get_object();
  const json::value* files = find_member(in, "files");
  const json::value* missing = find_member(in, "missing");
  const auto version = number_of(in, "databaseVersion");
  const auto made_at = from_iso(text_of(in, "madeAt"));
  if (number_of(in, "format") != kFormat || !version || !made_at || files == nullptr ||
      !files->is_array() || missing == nullptr || !missing->is_array()) {
    return std::nullopt;
  }
  Manifest out;
  out.made_by = std::string(text_of(in, "madeBy"));
  out.made_at = *made_at;
  out.database_version = static_cast<int>(*version);
  for (const json::value& row : files->get_array()) {
    auto file = parse_file(row);
    if (!file) return std::nullopt;
    out.files.push_back(*std::move(file));
  }
  for (const json::value& id : missing->get_array()) {
    if (id.is_string()) out.missing.emplace_back(id.get_string());
  }
  return out;
}

std::string manifest_hash_text(std::string_view manifest) {
  return sha256_hex(manifest) + "  " + kManifest + "\n";
}

bool may_be_archived(std::string_view name) {
  if (name == kArchivedDatabase || name == kArchivedTestMark) return true;
  constexpr std::string_view kUploads = kArchivedUploads;
  if (!name.starts_with(kUploads) || name.size() == kUploads.size()) return false;
  name.remove_prefix(kUploads.size());
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return kIdAlphabet.find(c) != std::string_view::npos; });
}

}  // namespace gantry::app
