#include "integrations/files/integration_files.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "domain/error_codes.h"
#include "domain/posting_warnings.h"
#include "domain/room_access.h"
#include "integrations/files/pretty_json.h"

namespace gantry::integrations {
namespace {

using domain::Integration;
using domain::IntegrationId;
using domain::Tx;
using Action = PlannedChange::Action;
using Plan = IntegrationFiles::Plan;

struct KeyOfError {
  ErrorCode code;
  std::string_view key;
};
// Which key of a description an error of saving is about.
constexpr KeyOfError kKeysOfErrors[] = {
    {ErrorCode::InvalidChannel, "channel"},
    {ErrorCode::InvalidChannelStart, "channel"},
    {ErrorCode::InvalidRoom, "channel"},
    {ErrorCode::InvalidPermissions, "event"},
    {ErrorCode::InvalidUsername, "username"},
    {ErrorCode::InvalidUser, "username"},
    {ErrorCode::InvalidPostAsUser, "username"},
    {ErrorCode::LacksImpersonation, "username"},
    {ErrorCode::InvalidEventType, "event"},
    {ErrorCode::InvalidTargetRoom, "targetRoom"},
    {ErrorCode::InvalidUrls, "urls"},
    {ErrorCode::InvalidTriggerWords, "triggerWords"},
    {ErrorCode::InvalidRetryDelay, "retryDelay"},
    {ErrorCode::InvalidSigningSecret, "signingSecrets"},
    {ErrorCode::TooManySigningSecrets, "signingSecrets"},
    {ErrorCode::InvalidCaCertificates, "caCertificates"},
    {ErrorCode::InvalidVerification, "verification"},
    {ErrorCode::InvalidToken, "token"},
    {ErrorCode::NotAuthorizedIntegration, "type"},
    {ErrorCode::InvalidIntegration, "_id"},
    {ErrorCode::IntegrationNotFound, "_id"},
};

std::string problem_of(const std::string& file, const Error& error) {
  const std::string text(gantry::text_of(error));
  for (const auto& [code, key] : kKeysOfErrors) {
    if (code == error.code) return fmt::format("{}: {}: {}", file, key, text);
  }
  // Of the failures that have no code only the switches for scripts are left.
  return file + ": script: " + text;
}

Error joined(const Problems& problems) {
  std::string text;
  for (const std::string& problem : problems) {
    if (!text.empty()) text += '\n';
    text += problem;
  }
  return failure(std::move(text));
}

std::string script_of(const std::optional<Integration>& integration) {
  return integration ? integration->script.value_or("") : "";
}

bool same(const Integration& one, const Integration& other) {
  return describe(one) == describe(other) && one.script.value_or("") == other.script.value_or("");
}

bool has_name_and_rooms(const Integration& integration, const domain::IntegrationDraft& draft) {
  if (integration.type != draft.type || integration.name != draft.name) return false;
  return domain::draft_of(integration).channel == draft.channel;
}

class Planner {
 public:
  Planner(const domain::Directory& directory, const domain::IntegrationSaving& saving,
          const domain::Caller& caller, std::vector<Integration> stored)
      : directory_(directory),
        saving_(saving),
        caller_(caller),
        stored_(std::move(stored)),
        taken_(stored_.size()) {}

  Result<Plan> make(std::vector<IntegrationFile> files, Prune prune) {
    std::vector<WantedIntegration> wanted;
    for (IntegrationFile& file : files) {
      if (auto one = read_description(std::move(file), &problems_)) {
        wanted.push_back(*std::move(one));
      }
    }
    std::vector<std::optional<std::size_t>> matches(wanted.size());
    // Ids first, so that nobody takes by his name what another names by its id.
    for (std::size_t i = 0; i < wanted.size(); ++i) matches[i] = match_by_id(wanted[i]);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (!matches[i]) matches[i] = match_by_name(wanted[i]);
    }
    check_new_names(wanted, matches);
    for (std::size_t i = 0; i < wanted.size(); ++i) add(std::move(wanted[i]), matches[i]);
    if (!problems_.empty()) return joined(problems_);
    for (std::size_t i = 0; prune == Prune::Yes && i < stored_.size(); ++i) {
      if (taken_[i].empty()) plan_.push_back({Action::Remove, "", stored_[i], std::nullopt, false});
    }
    return std::move(plan_);
  }

 private:
  std::size_t take(std::size_t place, const WantedIntegration& by) {
    if (taken_[place].empty()) {
      taken_[place] = by.file;
    } else {
      problems_.push_back(by.file + ": _id: " + taken_[place] +
                          " describes the same integration, " + stored_[place].id.text);
    }
    return place;
  }

  std::optional<std::size_t> match_by_id(const WantedIntegration& wanted) {
    if (!wanted.draft.id) return std::nullopt;
    for (std::size_t i = 0; i < stored_.size(); ++i) {
      if (stored_[i].id != *wanted.draft.id) continue;
      if (stored_[i].type != wanted.draft.type) {
        problems_.push_back(wanted.file + ": type: the integration " + stored_[i].id.text + " is " +
                            std::string(domain::to_text(stored_[i].type)));
      }
      return take(i, wanted);
    }
    return std::nullopt;
  }

  std::optional<std::size_t> match_by_name(const WantedIntegration& wanted) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < stored_.size(); ++i) {
      if (has_name_and_rooms(stored_[i], wanted.draft)) found.push_back(i);
    }
    if (found.size() > 1) {
      problems_.push_back(wanted.file + ": name: " + std::to_string(found.size()) +
                          " integrations of this kind have this name and these rooms; say _id");
      return std::nullopt;
    }
    if (found.empty()) return std::nullopt;
    // Another file names it by its id, and this one is a new one of the same name.
    if (wanted.draft.id && !taken_[found.front()].empty()) return std::nullopt;
    return take(found.front(), wanted);
  }

  // Without an id the second run could not tell two new ones from each other.
  void check_new_names(const std::vector<WantedIntegration>& wanted,
                       const std::vector<std::optional<std::size_t>>& matches) {
    std::set<std::string> ids;
    std::map<std::string, std::string> names;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (matches[i]) continue;
      const domain::IntegrationDraft& draft = wanted[i].draft;
      if (draft.id && !ids.insert(draft.id->text).second) {
        problems_.push_back(wanted[i].file + ": _id: another file has it, too");
      }
      if (draft.id) continue;
      const std::string name = std::string(domain::to_text(draft.type)) + '\n' + draft.name + '\n' +
                               draft.channel.value_or("");
      const auto [at, is_new] = names.emplace(name, wanted[i].file);
      if (!is_new) {
        problems_.push_back(wanted[i].file + ": name: " + at->second +
                            " has the same, and the same rooms; say _id");
      }
    }
  }

  void add(WantedIntegration wanted, std::optional<std::size_t> match) {
    const bool token_given = wanted.draft.token.has_value();
    if (token_given && domain::is_blank(*wanted.draft.token)) {
      problems_.push_back(wanted.file + ": token: is blank");
      return;
    }
    if (!match && wanted.draft.id && directory_.find_integration(*wanted.draft.id)) {
      problems_.push_back(wanted.file + ": _id: the integration is not the caller's to change");
      return;
    }
    std::optional<Integration> before;
    if (match) before = stored_[*match];
    keep_secrets(wanted.draft, before);
    auto after = before ? saving_.changed(caller_, *before, std::move(wanted.draft))
                        : saving_.created(caller_, std::move(wanted.draft));
    if (!after) {
      problems_.push_back(problem_of(wanted.file, after.error()));
      return;
    }
    if (before && same(*before, *after)) return;
    plan_.push_back({before ? Action::Update : Action::Create, std::move(wanted.file),
                     std::move(before), *std::move(after), token_given});
  }

  // A description without secrets leaves them as they are.
  static void keep_secrets(domain::IntegrationDraft& draft,
                           const std::optional<Integration>& before) {
    if (before && draft.verification && draft.verification->secrets.empty() &&
        draft.verification->preset == before->verification.preset) {
      draft.verification->secrets = before->verification.secrets;
    }
  }

  const domain::Directory& directory_;
  const domain::IntegrationSaving& saving_;
  const domain::Caller& caller_;
  const std::vector<Integration> stored_;
  std::vector<std::string> taken_;  // by which file
  Problems problems_;
  Plan plan_;
};

// In place of a secret: only whether it is another.
void mask(json::object* before, json::object* after, std::string_view key, bool given) {
  json::value* one = before != nullptr ? before->if_contains(key) : nullptr;
  json::value* other = after != nullptr ? after->if_contains(key) : nullptr;
  const bool equal = one != nullptr && other != nullptr && *one == *other;
  if (other != nullptr) {
    *other = equal ? "(as stored)" : given ? "(from the file)" : "(made when it is created)";
  }
  if (one != nullptr) *one = "(as stored)";
}

json::object* verification_in(std::optional<json::object>& description) {
  json::value* found = description ? description->if_contains("verification") : nullptr;
  return found != nullptr ? found->if_object() : nullptr;
}

}  // namespace

std::string_view to_text(Action action) {
  switch (action) {
    case Action::Create:
      return "create";
    case Action::Update:
      return "update";
    case Action::Remove:
      return "delete";
  }
  return "";
}

json::object to_json(const PlannedChange& change) {
  std::optional<json::object> before;
  std::optional<json::object> after;
  if (change.before) before = describe(*change.before);
  if (change.after) after = describe(*change.after);
  json::object* const one = before ? &*before : nullptr;
  json::object* const other = after ? &*after : nullptr;
  mask(one, other, "token", change.token_given);
  mask(one, other, "signingSecrets", true);
  mask(verification_in(before), verification_in(after), "secrets", true);
  const Integration& named = change.after ? *change.after : *change.before;
  return {{"action", to_text(change.action)},
          {"file", change.file},
          {"_id", named.id.text},
          {"name", named.name},
          {"type", domain::to_text(named.type)},
          {"before", before ? to_pretty_json(*before) : ""},
          {"after", after ? to_pretty_json(*after) : ""},
          {"scriptBefore", script_of(change.before)},
          {"scriptAfter", script_of(change.after)}};
}

Task<std::vector<Integration>> IntegrationFiles::list(domain::Caller caller) {
  std::vector<IntegrationId> ids;
  for (const auto& entry : integrations_.list_visible(caller)) {
    ids.push_back(entry->integration.id);
  }
  CO_TRY(auto found, co_await integrations_.load_all(std::move(ids)));
  std::sort(found.begin(), found.end(), [](const Integration& a, const Integration& b) {
    return std::tie(a.name, a.id.text) < std::tie(b.name, b.id.text);
  });
  co_return found;
}

Task<Plan> IntegrationFiles::plan(domain::Caller caller, std::vector<IntegrationFile> files,
                                  Prune prune) {
  if (files.size() > kIntegrationFilesMax) {
    co_return failure("at most " + std::to_string(kIntegrationFilesMax) + " descriptions");
  }
  CO_TRY(auto stored, co_await list(caller));
  Planner planner(context_.directory, saving_, caller, std::move(stored));
  co_return planner.make(std::move(files), prune);
}

Task<Plan> IntegrationFiles::apply(domain::Caller caller, std::vector<IntegrationFile> files,
                                   Prune prune) {
  CO_TRY(Plan changes, co_await plan(std::move(caller), std::move(files), prune));
  for (PlannedChange& change : changes) {
    if (change.after) co_await saving_.compile_into(&*change.after);
  }
  const std::function<Result<void>(Tx&)> work = [&changes](Tx& tx) -> Result<void> {
    for (const PlannedChange& change : changes) {
      const Integration& named = change.after ? *change.after : *change.before;
      const auto stored = tx.integrations().find(named.id);
      const bool as_planned = change.before ? stored && same(*stored, *change.before) : !stored;
      if (!as_planned) {
        return Error(ErrorCode::IntegrationChanged,
                     "The integration " + named.id.text + " was changed meanwhile");
      }
      if (change.action == Action::Create) insert_in(tx, *change.after);
      if (change.action == Action::Update) TRY_DO(update_in(tx, *change.after));
      if (change.action == Action::Remove) tx.integrations().remove(named.id);
    }
    return Done{};
  };
  if (!changes.empty()) CO_TRY_DO(co_await context_.store.write<void>(work));
  co_return changes;
}

Task<std::vector<std::string>> IntegrationFiles::warnings_of(Plan applied) {
  using Warnings = std::vector<std::string>;
  const std::function<Result<Warnings>(const Tx&)> work =
      [this, &applied](const Tx& tx) -> Result<Warnings> {
    Warnings out;
    for (const PlannedChange& change : applied) {
      if (!change.after) continue;
      if (const auto& error = change.after->script_error) {
        out.push_back(change.file + ": the script does not compile: " + error->name + ": " +
                      error->message);
      }
      for (const auto& warning : domain::posting_warnings(tx, context_.directory, *change.after)) {
        out.push_back(change.file + ": " + warning.message);
      }
    }
    return out;
  };
  co_return co_await context_.store.read<Warnings>(work);
}

}  // namespace gantry::integrations
