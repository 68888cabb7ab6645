#include "api/users_api.h"

#include <algorithm>
#include <array>

#include "domain/error_codes.h"
#include "wire/user_json.h"

namespace gantry::api {
namespace {

using domain::Caller;
using domain::Permission;
using domain::User;
using domain::UserId;

// Never selected and never queried on users.*, by who asks (contract "rest" 14.3).
constexpr std::array<std::string_view, 2> kHiddenFromAll{"services", "inviteToken"};
constexpr std::array<std::string_view, 15> kHiddenFromMost{"services",
                                                           "inviteToken",
                                                           "avatarOrigin",
                                                           "emails",
                                                           "phone",
                                                           "statusConnection",
                                                           "createdAt",
                                                           "lastLogin",
                                                           "requirePasswordChange",
                                                           "requirePasswordChangeReason",
                                                           "roles",
                                                           "statusDefault",
                                                           "_updatedAt",
                                                           "settings",
                                                           "customFields"};
constexpr std::array<std::string_view, 4> kListOperators{"$or", "$and", "$regex", "$options"};
constexpr std::array<std::string_view, 11> kListAttributes{
    "_id",  "username", "name",  "status",    "statusText",     "active",
    "type", "emails",   "roles", "lastLogin", "nameInsensitive"};

domain::AccountDraft to_draft(AccountData in) {
  domain::AccountDraft draft;
  draft.username = std::move(in.username);
  draft.name = std::move(in.name);
  draft.email = std::move(in.email);
  draft.password = std::move(in.password);
  draft.email_verified = in.verified;
  draft.active = in.active;
  draft.require_password_change = in.require_password_change;
  draft.roles = std::move(in.roles);
  draft.bio = std::move(in.bio);
  draft.nickname = std::move(in.nickname);
  draft.status_text = std::move(in.status_text);
  draft.custom_fields = std::move(in.custom_fields);
  draft.random_password = in.random_password;
  draft.default_rooms =
      in.join_default_rooms ? domain::DefaultRooms::Join : domain::DefaultRooms::StayOut;
  return draft;
}

domain::Relinquish to_relinquish(bool confirmed) {
  return confirmed ? domain::Relinquish::Confirmed : domain::Relinquish::Refused;
}

domain::AccountName to_name(const NamedAccount& in) {
  return {in.user_id, in.username.empty() ? in.user : in.username};
}

// A row of users.list: little, unless the caller's query or fields ask for more.
json::object list_row(const User& user, wire::UserView view, const ListRequest& request) {
  json::object row = wire::to_json(user, view);
  row["nameInsensitive"] = domain::to_lower(user.name);
  if (!request.projection.selected().empty() || !request.query.matches_everything()) return row;
  json::object out;
  for (std::string_view key : kListAttributes) {
    if (json::value* member = row.if_contains(key)) out[key] = std::move(*member);
  }
  return out;
}

// The query may look at what is selected, and at what is within it.
Result<void> check_list_query(const ListRequest& request) {
  if (request.query.matches_everything()) return Done{};
  std::vector<std::string> names(kListAttributes.begin(), kListAttributes.end());
  if (!request.projection.selected().empty()) names = request.projection.selected();
  const std::size_t count = names.size();
  names.reserve(count * 2);
  for (std::size_t i = 0; i < count; ++i) names.push_back(names[i] + ".*");
  const std::vector<std::string_view> allowed(names.begin(), names.end());
  return request.query.restrict_to(allowed, kListOperators);
}

}  // namespace

void UsersApi::add_routes(dispatch::Routes& routes) {
  using dispatch::Auth;
  using dispatch::SecondFactor;
  using dispatch::Validation;
  routes.post("/api/v1/users.create", *this, &UsersApi::create,
              {.second_factor = SecondFactor::Asked, .summary = "Make an account"});
  routes.post("/api/v1/users.register", *this, &UsersApi::register_account,
              {.auth = Auth::Open,
               .calls_setting = domain::Setting::RegistrationCalls,
               .summary = "Make one's own account"});
  routes.post("/api/v1/users.update", *this, &UsersApi::update,
              {.second_factor = SecondFactor::Asked, .summary = "Change an account"});
  routes.post("/api/v1/users.delete", *this, &UsersApi::remove,
              {.any_permission = {Permission::DeleteUser}, .summary = "Remove an account"});
  routes.post("/api/v1/users.setActiveStatus", *this, &UsersApi::set_active_status,
              {.any_permission = {Permission::EditOtherUserActiveStatus,
                                  Permission::ManageModerationActions},
               .summary = "Switch an account on or off"});
  routes.get("/api/v1/users.info", *this, &UsersApi::info,
             {.validation = Validation::Newer, .summary = "One account"});
  routes.get("/api/v1/users.list", *this, &UsersApi::list,
             {.any_permission = {Permission::ViewDRoom},
              .validation = Validation::Newer,
              .summary = "All accounts"});
}

json::object UsersApi::view_for(const Caller& caller, const User& user) const {
  const bool full = caller.logged_in() &&
                    directory_.has_permission(*caller.user, Permission::ViewFullOtherUserInfo);
  return wire::to_json(user, full ? wire::UserView::Full : wire::UserView::Limited);
}

Task<json::object> UsersApi::create(Caller caller, CreateAccount in) {
  CO_TRY(const User user, co_await accounts_.create(caller, to_draft(std::move(in))));
  co_return json::object{{"user", view_for(caller, user)}};
}

Task<json::object> UsersApi::register_account(Caller caller, RegisterAccount in) {
  domain::Registration registration;
  registration.account.username = std::move(in.username);
  registration.account.email = std::move(in.email);
  registration.account.password = std::move(in.password);
  registration.account.name = std::move(in.name);
  registration.account.reason = std::move(in.reason);
  registration.account.custom_fields = std::move(in.custom_fields);
  registration.secret = std::move(in.secret);
  CO_TRY(const User user, co_await accounts_.register_account(caller, std::move(registration)));
  co_return json::object{{"user", view_for(caller, user)}};
}

Task<json::object> UsersApi::update(Caller caller, UpdateAccount in) {
  CO_TRY(const User user,
         co_await accounts_.update(caller, UserId{in.user_id}, to_draft(std::move(in.data)),
                                   to_relinquish(in.confirm_relinquish)));
  co_return json::object{{"user", view_for(caller, user)}};
}

Task<json::object> UsersApi::remove(Caller caller, DeleteAccount in) {
  CO_TRY(const auto user, accounts_.get_named(to_name(in)));
  CO_TRY(const auto removed,
         co_await accounts_.remove(caller, user->id, to_relinquish(in.confirm_relinquish)));
  json::array rooms;
  for (const domain::RoomId& room : removed) rooms.emplace_back(room.text);
  co_return json::object{{"deletedRooms", std::move(rooms)}};
}

Task<json::object> UsersApi::set_active_status(Caller caller, SetActiveStatus in) {
  const auto activity = in.active ? domain::Activity::Active : domain::Activity::Inactive;
  CO_TRY(const User user, co_await accounts_.set_active(caller, UserId{in.user_id}, activity,
                                                        to_relinquish(in.confirm_relinquish)));
  co_return json::object{{"user", {{"_id", user.id.text}, {"active", user.active}}}};
}

Result<std::shared_ptr<const User>> UsersApi::find(const Caller& caller,
                                                   const FindAccount& in) const {
  std::shared_ptr<const User> user;
  if (!in.user_id.empty()) {
    user = directory_.find_user(UserId{in.user_id});
  } else if (!in.username.empty()) {
    user = directory_.find_user_by_name(in.username);
  } else if (!in.email.empty()) {
    // A stranger's mail address must not be found out by trying.
    user = directory_.find_user_by_email(in.email);
    if (user && !accounts_.sees_everything_of(caller, user->id)) user = nullptr;
  } else if (in.import_id.empty()) {
    return failure("Invalid search query.");
  }
  if (!user) return failure("User not found.");
  return user;
}

Task<json::array> UsersApi::rooms_of(UserId user) {
  const std::function<Result<json::array>(const domain::Tx&)> work =
      [user](const domain::Tx& tx) -> Result<json::array> {
    std::vector<json::object> rows;
    for (const domain::Subscription& one : tx.subscriptions().list_of_user(user)) {
      const auto room = tx.rooms().find(one.room);
      if (!room) continue;
      json::object row{{"_id", one.id.text}, {"rid", one.room.text}};
      row["name"] = room->name;
      row["t"] = std::string(1, static_cast<char>(room->type));
      row["unread"] = tx.subscriptions().count_unread(one.room, user, one.last_seen);
      if (!one.roles.empty()) row["roles"] = json::array(one.roles.begin(), one.roles.end());
      rows.push_back(std::move(row));
    }
    std::sort(rows.begin(), rows.end(), [](const json::object& a, const json::object& b) {
      return std::pair(text_of(a, "t"), text_of(a, "name")) <
             std::pair(text_of(b, "t"), text_of(b, "name"));
    });
    return json::array(rows.begin(), rows.end());
  };
  co_return co_await store_.read<json::array>(work);
}

// Compat: clients of before includeUserRooms name the rooms in `fields` (tests/api/users_test.mjs).
Result<bool> UsersApi::wants_rooms(const FindAccount& in) const {
  if (in.with_rooms || in.projection.empty()) return in.with_rooms;
  ListParameters parameters;
  parameters.projection = in.projection;
  TRY(const ListRequest request, lists_.read(parameters));
  const auto& selected = request.projection.selected();
  return std::find(selected.begin(), selected.end(), "userRooms") != selected.end();
}

Task<json::object> UsersApi::info(Caller caller, FindAccount in) {
  CO_TRY(const auto user, find(caller, in));
  CO_TRY(const bool with_rooms, wants_rooms(in));
  const bool own = user->id == caller.id();
  const bool full = directory_.has_permission(*caller.user, Permission::ViewFullOtherUserInfo);
  json::object out =
      wire::to_json(*user, own || full ? wire::UserView::Full : wire::UserView::Limited);
  out["canViewAllInfo"] = full;
  if (own) out["services"] = {{"password", !user->password_bcrypt.empty()}};
  if (with_rooms &&
      (own || directory_.has_permission(*caller.user, Permission::ViewOtherUserChannels))) {
    CO_TRY(out["rooms"], co_await rooms_of(user->id));
  }
  co_return json::object{{"user", std::move(out)}};
}

Result<json::object> UsersApi::list(Caller caller, ListAccounts in) {
  const bool full = directory_.has_permission(*caller.user, Permission::ViewFullOtherUserInfo);
  const bool apply_outside =
      directory_.settings()->get_bool(domain::Setting::ViewOutsideRoomOnUsersList);
  if ((!in.email.empty() && !full) ||
      (apply_outside && !directory_.has_permission(*caller.user, Permission::ViewOutsideRoom))) {
    return Error(ErrorCode::Refused);
  }
  ListRules rules{.default_sort = R"({"username":1})"};
  rules.hidden = kHiddenFromMost;
  if (full) rules.hidden = kHiddenFromAll;
  TRY(ListRequest request, lists_.read(in, rules));
  TRY_DO(check_list_query(request));
  auto users = directory_.list_users();
  if (!in.email.empty()) {
    const auto one = directory_.find_user_by_email(in.email);
    users.clear();
    if (one) users.push_back(one);
  }
  std::sort(users.begin(), users.end(),
            [](const auto& a, const auto& b) { return a->username < b->username; });
  const auto view = full ? wire::UserView::Full : wire::UserView::Limited;
  ListedRows listed;
  const auto to_rows = [&](const auto& from) {
    std::vector<json::object> rows;
    for (const auto& user : from) rows.push_back(list_row(*user, view, request));
    return rows;
  };
  // In the usual order the rows of the page are enough.
  const bool usual = request.sorts_only_by("username") &&
                     request.sort.keys().front().direction == wire::SortDirection::Rising;
  if (usual) {
    listed = {to_rows(cut_page(users, request.page)), static_cast<std::int64_t>(users.size())};
  } else {
    TRY(listed, select_page(to_rows(users), request));
  }
  return to_list_reply("users", std::move(listed), request);
}

}  // namespace gantry::api
