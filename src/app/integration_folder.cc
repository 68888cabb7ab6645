#include "app/integration_folder.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "domain/error_codes.h"
#include "integrations/files/pretty_json.h"

namespace gantry::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kStemBytesMax = 60;
constexpr std::size_t kPieceBytes = 16 * 1024;

Result<std::vector<fs::path>> descriptions_in(const std::string& path) {
  std::error_code error;
  std::vector<fs::path> out;
  for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".json" && at->is_regular_file()) out.push_back(at->path());
  }
  if (error) return failure(path + ": " + error.message());
  std::sort(out.begin(), out.end());
  return out;
}

// A file of the same directory; nothing else is looked at.
bool is_plain_name(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos &&
         name.find('\0') == name.npos;
}

Result<json::object> read_one(const fs::path& path) {
  const std::string name = path.filename().string();
  const auto in_file = [&name](const std::string& text) { return failure(name + ": " + text); };
  auto text = read_file(path.string(), kDescriptionBytesMax);
  if (!text) return text.error();
  auto parsed = parse_json(*text, {.bytes_max = kDescriptionBytesMax});
  if (!parsed || !parsed->is_object()) return in_file("is not a JSON object");
  json::object out{{"file", name}};
  json::object& description = parsed->get_object();
  if (const json::value* script = find_member(description, "scriptFile")) {
    const std::string file(text_of(description, "scriptFile"));
    if (!script->is_string() || !is_plain_name(file)) {
      return in_file("scriptFile: is the name of a file beside it");
    }
    auto code = read_file((path.parent_path() / file).string(), kScriptFileBytesMax);
    if (!code) return in_file("scriptFile: " + std::string(gantry::text_of(code.error())));
    out["script"] = *std::move(code);
  }
  out["description"] = std::move(description);
  return out;
}

// "Deploy bot (EU)" gives "deploy-bot-eu".
std::string stem_of(std::string_view name) {
  std::string out;
  for (const unsigned char c : name) {
    if (std::isalnum(c) != 0) {
      out += static_cast<char>(std::tolower(c));
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
    if (out.size() == kStemBytesMax) break;
  }
  while (out.ends_with('-')) out.pop_back();
  return out.empty() ? "integration" : out;
}

Result<bool> write_if_changed(const fs::path& path, const std::string& text, FileRights rights) {
  std::error_code error;
  if (fs::exists(path, error)) {
    std::ifstream in(path, std::ios::binary);
    const std::string there((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (in && there == text && rights == FileRights::Usual) return false;
  }
  // In place of the old one at once, so that a full disk leaves what was there.
  const fs::path part = path.string() + ".part";
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  if (rights == FileRights::OwnerOnly) {
    fs::permissions(part, fs::perms::owner_read | fs::perms::owner_write, error);
  }
  out << text;
  out.close();
  if (!out || error) return failure(path.string() + ": cannot be written");
  fs::rename(part, path, error);
  if (error) return failure(path.string() + ": " + error.message());
  return true;
}

// Which file there is for which integration.
struct Names {
  std::map<std::string, std::string> stem_by_id;
  std::set<std::string> taken;
};

Result<Names> names_in(const std::string& path) {
  Names out;
  TRY(const auto files, descriptions_in(path));
  for (const fs::path& file : files) {
    out.taken.insert(file.stem().string());
    auto text = read_file(file.string(), kDescriptionBytesMax);
    const auto parsed = text ? parse_json(*text) : std::nullopt;
    if (!parsed || !parsed->is_object()) continue;
    const std::string id(text_of(parsed->get_object(), "_id"));
    if (!id.empty()) out.stem_by_id.emplace(id, file.stem().string());
  }
  return out;
}

std::string take_stem(Names& names, const json::object& description) {
  const std::string id(text_of(description, "_id"));
  if (const auto known = names.stem_by_id.find(id); known != names.stem_by_id.end()) {
    std::string stem = known->second;
    names.stem_by_id.erase(known);
    return stem;
  }
  std::string stem = stem_of(text_of(description, "name"));
  while (names.taken.contains(stem)) stem += "-" + id;
  names.taken.insert(stem);
  return stem;
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  std::ifstream in(path, std::ios::binary);
  std::error_code error;
  if (!in || fs::is_directory(path, error)) return failure(path + ": cannot be read");
  std::string out;
  for (std::array<char, kPieceBytes> piece; in && out.size() <= bytes_max;) {
    in.read(piece.data(), piece.size());
    out.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return failure(path + ": cannot be read");
  if (out.size() > bytes_max) {
    return failure(path + ": is longer than " + std::to_string(bytes_max) + " bytes");
  }
  return out;
}

Result<json::array> read_folder(const std::string& path) {
  TRY(const auto files, descriptions_in(path));
  if (files.empty()) return failure(path + ": there is no description (*.json) in it");
  json::array out;
  std::string problems;
  for (const fs::path& file : files) {
    auto one = read_one(file);
    if (one) {
      out.push_back(*std::move(one));
    } else {
      if (!problems.empty()) problems += '\n';
      problems += gantry::text_of(one.error());
    }
  }
  if (!problems.empty()) return failure(std::move(problems));
  return out;
}

Result<WrittenFolder> write_folder(const std::string& path, const json::array& integrations,
                                   FileRights rights) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return failure(path + ": " + error.message());
  TRY(Names names, names_in(path));
  WrittenFolder out;
  for (const json::value& row : integrations) {
    const json::object& integration = row.as_object();
    json::object description = integration.at("description").as_object();
    const std::string stem = take_stem(names, description);
    if (const json::value* script = find_member(integration, "script")) {
      description["scriptFile"] = stem + ".js";
      TRY(const bool changed, write_if_changed(fs::path(path) / (stem + ".js"),
                                               std::string(script->as_string()), rights));
      if (changed) ++out.changed_files;
    }
    TRY(const bool changed, write_if_changed(fs::path(path) / (stem + ".json"),
                                             integrations::to_pretty_json(description), rights));
    if (changed) ++out.changed_files;
    ++out.integrations;
  }
  for (const auto& [id, stem] : names.stem_by_id) out.left_over.push_back(stem + ".json");
  std::sort(out.left_over.begin(), out.left_over.end());
  return out;
}

}  // namespace gantry::app
