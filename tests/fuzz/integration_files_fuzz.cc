// A folder of integrations as files, as `gantry integration apply` reads it: the input is a number
// of files, each a line "== NAME" and what it holds. Nothing outside of the folder is read, every
// problem names its file, and what was taken is written and read again as the same integrations.

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <unistd.h>

#include "app/integration_folder.h"
#include "description_mutator.h"
#include "domain/error_codes.h"
#include "fuzz_support.h"
#include "integrations/files/description.h"
#include "integrations/files/pretty_json.h"

namespace gantry::integrations {
namespace {

using domain::Integration;
using fuzz::require;
namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 6;
constexpr std::size_t kNameBytesMax = 24;
constexpr std::string_view kBegin = "== ";
// Beside the folder, under names that the seeds have; no script may ever be one of these.
constexpr std::string_view kOutside[] = {"x.js", "ci.js"};
constexpr char kOutsideText[] = "what lies outside of the folder";

// A folder in memory for this process, gone when it ends.
class Place {
 public:
  Place()
      : root_(fs::path("/dev/shm") / ("gantry-files-fuzz-" + std::to_string(getpid()))),
        given_(root_ / "given"),
        written_(root_ / "written") {
    fs::create_directories(given_);
    for (const std::string_view name : kOutside) std::ofstream(root_ / name) << kOutsideText;
  }
  ~Place() {
    std::error_code ignored;
    fs::remove_all(root_, ignored);
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  const fs::path& given() const { return given_; }
  const fs::path& written() const { return written_; }

 private:
  const fs::path root_;
  const fs::path given_;
  const fs::path written_;
};

using Files = std::map<std::string, std::string>;

bool is_plain(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == name.npos &&
         name.find_first_not_of('.') != name.npos;
}

Files files_of(std::string_view input) {
  Files out;
  std::string* content = nullptr;
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\n'), input.size() - 1);
    const std::string_view line = input.substr(0, end + 1);
    input.remove_prefix(end + 1);
    if (line.starts_with(kBegin)) {
      const std::string name(line.substr(kBegin.size(), line.find('\n') - kBegin.size()));
      content = is_plain(name) && out.size() < kFilesMax ? &out[name] : nullptr;
      if (content != nullptr) content->clear();
    } else if (content != nullptr) {
      *content += line;
    }
  }
  return out;
}

std::string text_of(const Files& files) {
  std::string out;
  for (const auto& [name, content] : files) {
    out.append(kBegin).append(name).append("\n").append(content);
    if (!out.ends_with('\n')) out += '\n';
  }
  return out;
}

void write_files(const fs::path& folder, const Files& files) {
  for (const auto& [name, content] : files) {
    std::ofstream(folder / name, std::ios::binary)
        .write(content.data(), static_cast<std::streamsize>(content.size()));
  }
}

void check_problem_lines(const std::string& text, const Files& files, const fs::path& folder) {
  require(!text.empty());
  require(text.starts_with(folder.string()) ||
          std::any_of(files.begin(), files.end(),
                      [&](const auto& file) { return text.starts_with(file.first + ": "); }));
}

// What saving would make of a draft that it took as it is.
Integration integration_of(const domain::IntegrationDraft& draft) {
  Integration out;
  out.id = draft.id.value_or(domain::IntegrationId{"new"});
  out.type = draft.type;
  out.name = draft.name;
  out.enabled = draft.enabled;
  out.username = draft.username.value_or("");
  if (draft.channel && !draft.channel->empty()) out.channels = {*draft.channel};
  out.script_enabled = draft.script_enabled;
  out.script = draft.script;
  out.skip_transpile = draft.skip_transpile.value_or(false);
  out.fresh_state = draft.fresh_state;
  out.alias = draft.alias;
  out.avatar = draft.avatar;
  out.emoji = draft.emoji;
  out.token = draft.token;
  out.override_destination = draft.override_destination.value_or(false);
  out.verification = draft.verification.value_or(domain::CallVerification{});
  if (const auto* event = domain::find_hook_event(draft.event)) out.event = event->event;
  out.urls = draft.urls.value_or(std::vector<std::string>{});
  out.trigger_words = draft.trigger_words;
  out.trigger_word_anywhere = draft.trigger_word_anywhere;
  out.target_room = draft.target_room;
  out.impersonate_user = draft.impersonate_user;
  out.run_on_edits = draft.run_on_edits;
  out.retry_failed_calls = draft.retry_failed_calls;
  out.retry_count = draft.retry_count;
  out.retry_delay = draft.retry_delay;
  out.signing_secrets = draft.signing_secrets.value_or(std::vector<std::string>{});
  out.send_delivery_id = draft.send_delivery_id;
  return out;
}

IntegrationFile file_of(const json::object& row) {
  IntegrationFile out;
  out.file = gantry::text_of(row, "file");
  out.description = row.at("description").as_object();
  if (row.contains("script")) out.script = std::string(gantry::text_of(row, "script"));
  return out;
}

void check_secrets_leave(json::object description) {
  leave_out_secrets(description);
  require(!description.contains("token") && !description.contains("signingSecrets"));
  const json::value* verification = find_member(description, "verification");
  require(verification == nullptr || !verification->as_object().contains("secrets"));
}

// The integration of a description, when one could be made.
std::optional<Integration> read(IntegrationFile file) {
  const std::string before = file.file + ": ";
  Problems problems;
  const auto wanted = read_description(std::move(file), &problems);
  require(wanted.has_value() == problems.empty());
  for (const std::string& problem : problems) require(problem.starts_with(before));
  if (!wanted) return std::nullopt;
  return integration_of(wanted->draft);
}

// Described, written, and read again it is the same.
void check_description(const Integration& integration) {
  const json::object description = describe(integration);
  check_secrets_leave(description);
  const auto parsed = parse_json(to_pretty_json(description));
  require(parsed.has_value() && *parsed == json::value(description));
  const auto again = read({"again.json", parsed->get_object(), integration.script});
  require(again.has_value());
  require(describe(*again) == description && again->script == integration.script);
}

void check_export(const fs::path& folder, const std::vector<Integration>& integrations) {
  json::array rows;
  std::map<std::string, const Integration*> by_id;
  for (const Integration& integration : integrations) {
    // The store has each id once.
    if (!by_id.emplace(integration.id.text, &integration).second) continue;
    json::object row{{"description", describe(integration)}};
    if (integration.script) row["script"] = *integration.script;
    rows.push_back(std::move(row));
  }
  std::error_code ignored;
  fs::remove_all(folder, ignored);
  const std::size_t count = rows.size();
  const auto written = app::write_folder(folder.string(), rows, app::FileRights::Usual);
  require(static_cast<bool>(written) && written->integrations == count);
  const auto again = app::write_folder(folder.string(), rows, app::FileRights::Usual);
  require(static_cast<bool>(again) && again->changed_files == 0 && again->left_over.empty());
  const auto found = app::read_folder(folder.string());
  require(static_cast<bool>(found) && found->size() == count);
  for (const json::value& row : *found) {
    const auto one = read(file_of(row.as_object()));
    require(one.has_value());
    const auto given = by_id.find(one->id.text);
    require(given != by_id.end() && describe(*one) == describe(*given->second));
    require(one->script == given->second->script);
    by_id.erase(given);
  }
}

void run(std::string_view input) {
  static const Place kPlace;
  const Files files = files_of(input);
  write_files(kPlace.given(), files);
  const auto rows = app::read_folder(kPlace.given().string());
  for (const auto& [name, content] : files) fs::remove(kPlace.given() / name);
  if (!rows) {
    check_problem_lines(std::string(gantry::text_of(rows.error())), files, kPlace.given());
    return;
  }
  std::vector<Integration> taken;
  for (const json::value& row : *rows) {
    IntegrationFile file = file_of(row.as_object());
    require(files.contains(file.file) && file.file.ends_with(".json"));
    require(file.script.has_value() == file.description.contains("scriptFile"));
    if (file.script) {
      const auto script = files.find(std::string(gantry::text_of(file.description, "scriptFile")));
      require(script != files.end() && script->second == *file.script);
    }
    if (auto integration = read(std::move(file))) {
      check_description(*integration);
      taken.push_back(*std::move(integration));
    }
  }
  if (!taken.empty()) check_export(kPlace.written(), taken);
}

}  // namespace
}  // namespace gantry::integrations

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

// Every other time a member of a description, else bytes.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t size_max, unsigned seed) {
  using namespace gantry;
  fuzz::DescriptionMutator mutator(seed);
  if (mutator.pick(2) == 0) return LLVMFuzzerMutate(data, size, size_max);
  auto files = integrations::files_of(fuzz::to_view(data, size));
  if (files.empty()) return LLVMFuzzerMutate(data, size, size_max);
  const auto chosen = std::next(files.begin(), static_cast<long>(mutator.pick(files.size())));
  auto description = parse_json(chosen->second);
  if (!description || !description->is_object()) return LLVMFuzzerMutate(data, size, size_max);
  mutator.change(description->get_object());
  chosen->second = json::serialize(*description);
  const std::string text = integrations::text_of(files);
  if (text.size() > size_max) return LLVMFuzzerMutate(data, size, size_max);
  std::copy(text.begin(), text.end(), data);
  return text.size();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  gantry::integrations::run(gantry::fuzz::to_view(data, size));
  return 0;
}
