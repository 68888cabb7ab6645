#include "app/care/directory_check.h"

#include <algorithm>

#include <fmt/format.h>

namespace gantry::app {
namespace {

using domain::Directory;

constexpr std::size_t kDifferencesShownMax = 20;

class Differences {
 public:
  void add(std::string_view what, std::string_view id) {
    if (++count_ > kDifferencesShownMax) return;
    add_text(fmt::format("the server's memory of {} {} is not what its database says", what, id));
  }
  void compare(std::string_view what, std::size_t in_memory, std::size_t stored) {
    if (in_memory == stored) return;
    add_text(
        fmt::format("the server's memory has {} {}, its database {}", in_memory, what, stored));
  }
  json::array take() {
    if (count_ > kDifferencesShownMax) {
      add_text(fmt::format("and {} more like this", count_ - kDifferencesShownMax));
    }
    return std::move(found_);
  }

 private:
  void add_text(const std::string& text) {
    found_.push_back({{"kind", "memory"}, {"text", text + "; restart the server"}});
  }

  json::array found_;
  std::size_t count_ = 0;
};

void check_users(const domain::Tx& tx, const Directory& directory, Differences& out) {
  std::size_t stored = 0;
  tx.users().visit_all([&](const domain::User& user) {
    ++stored;
    const auto known = directory.find_user(user.id);
    if (!known || known->username != user.username || known->active != user.active ||
        known->roles != user.roles || known->updated_at != user.updated_at) {
      out.add("account", user.id.text);
    }
  });
  out.compare("accounts", directory.user_count(), stored);
  tx.users().visit_all_tokens([&](const domain::Token& token) {
    const auto known = directory.find_token(token.hash);
    if (!known || known->user != token.user) out.add("a token of account", token.user.text);
  });
}

void check_rooms(const domain::Tx& tx, const Directory& directory, Differences& out) {
  std::size_t stored = 0;
  tx.rooms().visit_all([&](const domain::Room& room) {
    ++stored;
    const auto known = directory.find_room(room.id);
    if (!known || known->name != room.name || known->type != room.type) {
      out.add("room", room.id.text);
    }
  });
  out.compare("rooms", directory.list_rooms().size(), stored);
  std::size_t memberships = 0;
  tx.subscriptions().visit_memberships([&](const auto&...) { ++memberships; });
  out.compare("memberships", directory.membership_count(), memberships);
}

void check_integrations(const domain::Tx& tx, const Directory& directory, Differences& out) {
  std::size_t stored = 0;
  tx.integrations().visit_all([&](const domain::Integration& integration) {
    ++stored;
    const auto known = directory.find_integration(integration.id);
    if (!known || known->integration.enabled != integration.enabled ||
        known->integration.token != integration.token ||
        known->integration.updated_at != integration.updated_at) {
      out.add("integration", integration.id.text);
    }
  });
  out.compare("integrations", directory.list_integrations().size(), stored);
}

void check_rights(const domain::Tx& tx, const Directory& directory, Differences& out) {
  for (const domain::Role& role : tx.rights().list_roles()) {
    const auto known = directory.find_role(role.id);
    if (!known || known->name != role.name) out.add("role", role.id);
  }
  const auto known = directory.list_grants();
  for (const domain::Grant& grant : tx.rights().list_grants()) {
    const auto same = [&grant](const domain::Grant& other) {
      return other.permission == grant.permission && other.roles == grant.roles;
    };
    if (std::none_of(known.begin(), known.end(), same)) {
      out.add("permission", to_text(grant.permission));
    }
  }
  const auto settings = directory.settings();
  for (const auto& [setting, value] : tx.settings().list()) {
    if (settings->get(setting) != value) out.add("setting", domain::info_of(setting).id);
  }
}

}  // namespace

Task<json::array> check_directory(domain::Store& store, const Directory& directory) {
  const std::function<Result<json::array>(domain::Tx&)> work =
      [&directory](const domain::Tx& tx) -> Result<json::array> {
    Differences out;
    check_users(tx, directory, out);
    check_rooms(tx, directory, out);
    check_integrations(tx, directory, out);
    check_rights(tx, directory, out);
    return out.take();
  };
  co_return co_await store.write<json::array>(work);
}

}  // namespace gantry::app
