#include "app/care/data_check.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "base/ids.h"
#include "domain/error_codes.h"
#include "store/sqlite/database_check.h"

namespace gantry::app {
namespace {

namespace fs = std::filesystem;
using store::sqlite::Finding;
using store::sqlite::kFindingsShownMax;
using store::sqlite::StoredUpload;

// A file is there before the database knows it.
constexpr std::chrono::minutes kUploadTimeMax{10};

std::string path_in(const std::string& directory, std::string_view name) {
  return fmt::format("{}/{}", directory, name);
}

using Sizes = std::unordered_map<std::string, std::uintmax_t>;

Sizes list_files(const std::string& uploads) {
  Sizes out;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(uploads, error)) {
    const auto size = entry.file_size(error);
    if (!error && entry.path().extension() != ".part") {
      out.emplace(entry.path().filename().string(), size);
    }
  }
  return out;
}

bool is_new(const std::string& path) {
  std::error_code error;
  const auto written = fs::last_write_time(path, error);
  return error || fs::file_time_type::clock::now() - written < kUploadTimeMax;
}

std::unordered_set<std::string> ids_of(const std::vector<StoredUpload>& uploads) {
  std::unordered_set<std::string> out;
  for (const StoredUpload& upload : uploads) out.insert(upload.id.text);
  return out;
}

std::vector<Finding> check_uploads(const std::string& directory, const Sizes& before,
                                   const std::vector<StoredUpload>& uploads, DataUse use) {
  std::vector<Finding> out;
  std::error_code error;
  for (const StoredUpload& upload : uploads) {
    const std::string path = path_in(directory, upload.id.text);
    const auto size = fs::file_size(path, error);
    if (error) {
      out.push_back(
          {"missing-upload", path + " is missing; take it from a backup or delete its message"});
    } else if (size != static_cast<std::uintmax_t>(upload.bytes)) {
      out.push_back({"wrong-upload", fmt::format("{} has {} bytes instead of {}; take it from a "
                                                 "backup or delete its message",
                                                 path, size, upload.bytes)});
    }
  }
  const auto known = ids_of(uploads);
  for (const auto& [name, size] : before) {
    const std::string path = path_in(directory, name);
    if (known.contains(name) || (use == DataUse::ServerRuns && is_new(path))) continue;
    out.push_back({"orphan", path + " belongs to no upload; gantry compact removes it"});
  }
  return out;
}

// Then its tables were not read.
bool is_damaged(const store::sqlite::DatabaseCheck& checked) {
  return std::any_of(checked.findings.begin(), checked.findings.end(),
                     [](const Finding& finding) { return finding.kind == "integrity"; });
}

// Names that the server gave, and nothing that somebody else put there.
bool is_upload_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return kIdAlphabet.find(c) != std::string_view::npos; });
}

json::array to_json(const std::vector<Finding>& findings) {
  json::array out;
  std::unordered_map<std::string, std::size_t> shown;
  for (const Finding& finding : findings) {
    // The checks of the database keep to this by themselves, with a line that counts the rest.
    if (++shown[finding.kind] <= kFindingsShownMax + 1) {
      out.push_back({{"kind", finding.kind}, {"text", finding.text}});
    }
  }
  return out;
}

}  // namespace

Result<json::object> check_data(const std::string& data, DataUse use) {
  const std::string database = data + "/gantry.db";
  const std::string uploads = data + "/uploads";
  if (!fs::exists(database)) {
    return failure(database + ": there is no such file; choose a --data that has one");
  }
  // First the files, then what the database says of them: one that is new to it is no orphan yet.
  const Sizes before = list_files(uploads);
  TRY(auto checked, store::sqlite::check_database(database, store::sqlite::CheckDepth::Everything));
  if (!is_damaged(checked)) {
    std::vector<Finding> files = check_uploads(uploads, before, checked.uploads, use);
    if (!files.empty() && use == DataUse::ServerRuns) {
      // What was removed meanwhile is not missing.
      TRY(const auto now, store::sqlite::list_stored_uploads(database));
      files = check_uploads(uploads, before, now, use);
    }
    checked.findings.insert(checked.findings.end(), files.begin(), files.end());
  }
  return json::object{{"data", data},
                      {"databaseVersion", checked.version},
                      {"messages", checked.messages},
                      {"deliveries", checked.deliveries},
                      {"uploads", checked.uploads.size()},
                      {"findings", to_json(checked.findings)}};
}

Result<std::vector<std::string>> list_orphans(const std::string& data, DataUse use) {
  const std::string uploads = data + "/uploads";
  const Sizes before = list_files(uploads);
  TRY(const auto stored, store::sqlite::list_stored_uploads(data + "/gantry.db"));
  const auto known = ids_of(stored);
  std::vector<std::string> out;
  for (const auto& [name, size] : before) {
    const std::string path = path_in(uploads, name);
    if (known.contains(name) || !is_upload_name(name)) continue;
    if (use == DataUse::Idle || !is_new(path)) out.push_back(path);
  }
  return out;
}

}  // namespace gantry::app
