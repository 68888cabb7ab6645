#include "api/room_integrations_api.h"

#include <algorithm>
#include <tuple>

#include "api/integration_listing.h"
#include "domain/error_codes.h"
#include "domain/room_access.h"

namespace gantry::api {
namespace {

using domain::IntegrationEntries;
using domain::IntegrationList;
using domain::IntegrationRights;

std::string_view text_of(const std::optional<json::value>& value) {
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}

std::string_view room_text(const std::optional<json::value>& value) {
  const std::string_view text = text_of(value);
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos ? std::string_view{} : text;
}

// Both lists are sorted by (_createdAt, _id); an entry of both appears once.
void merge_into(IntegrationEntries& out, const IntegrationList& more) {
  if (more->empty()) return;
  const auto before = [](const auto& a, const auto& b) {
    return std::tie(a->integration.created_at, a->integration.id) <
           std::tie(b->integration.created_at, b->integration.id);
  };
  IntegrationEntries merged;
  merged.reserve(out.size() + more->size());
  std::set_union(out.begin(), out.end(), more->begin(), more->end(), std::back_inserter(merged),
                 before);
  out = std::move(merged);
}

// Those filed under any of the channels that the caller may see.
IntegrationEntries collect(const domain::Directory& directory, const domain::User& user,
                           const IntegrationRights& rights,
                           const std::vector<std::string>& channels) {
  IntegrationEntries found;
  for (const std::string& channel : channels) merge_into(found, directory.list_by_channel(channel));
  if (rights.all_incoming && rights.all_outgoing) return found;
  std::erase_if(found,
                [&](const auto& entry) { return !rights.may_see(entry->integration, user.id); });
  return found;
}

// The caller's own only, and few of them beside many in the room: walk the maker's list instead.
IntegrationEntries collect_own(const domain::Directory& directory, const domain::User& user,
                               const IntegrationRights& rights,
                               const std::vector<std::string>& channels) {
  IntegrationEntries found;
  for (const auto& entry : *directory.list_by_maker(user.id)) {
    const auto& filed = entry->integration.channels;
    const bool here = std::any_of(filed.begin(), filed.end(), [&](const std::string& channel) {
      return std::find(channels.begin(), channels.end(), channel) != channels.end();
    });
    if (here && rights.may_see(entry->integration, user.id)) found.push_back(entry);
  }
  return found;
}

const std::vector<domain::Permission>& any_integration_right() {
  using domain::Permission;
  static const std::vector<Permission> rights{
      Permission::ManageIncomingIntegrations, Permission::ManageOwnIncomingIntegrations,
      Permission::ManageOutgoingIntegrations, Permission::ManageOwnOutgoingIntegrations};
  return rights;
}

}  // namespace

void RoomIntegrationsApi::add_routes(dispatch::Routes& routes) {
  routes.get("/api/v1/groups.getIntegrations", *this, &RoomIntegrationsApi::of_group,
             {.any_permission = any_integration_right(),
              .validation = dispatch::Validation::Newer,
              .summary = "List the integrations of a private group"});
  routes.get("/api/v1/channels.getIntegrations", *this, &RoomIntegrationsApi::of_channel,
             {.any_permission = any_integration_right(),
              .validation = dispatch::Validation::Newer,
              .summary = "List the integrations of a public channel"});
}

Result<dispatch::Reply> RoomIntegrationsApi::of_group(domain::Caller caller,
                                                      RoomIntegrationsParameters in) {
  const std::string_view id = room_text(in.room_id);
  const std::string_view name = room_text(in.room_name);
  if (id.empty() && name.empty()) return ErrorCode::RoomParamNotProvided;
  const auto room = domain::find_room(directory_, id, name);
  // One text for all three, so that nobody can probe for groups.
  if (!room || room->type != domain::RoomType::Group ||
      !domain::can_access(directory_, *caller.user, *room)) {
    return Error(ErrorCode::RoomNotFound,
                 "The required \"roomId\" or \"roomName\" param provided does not match any group");
  }
  std::vector<std::string> channels{"#" + (room->is_discussion() ? room->fname : room->name),
                                    // Compat: upstream misses integrations stored by the room's
                                    // id (tests/api/room_integrations_test.mjs).
                                    "#" + room->id.text};
  // Absent and empty both mean true here.
  const std::string_view all = text_of(in.include_all_groups);
  if (all.empty() || all == "true") channels.emplace_back(domain::kAllPrivateGroups);
  return list(*caller.user, channels, in);
}

Result<dispatch::Reply> RoomIntegrationsApi::of_channel(domain::Caller caller,
                                                        RoomIntegrationsParameters in) {
  const std::string_view id = room_text(in.room_id);
  const std::string_view name = room_text(in.room_name);
  if (id.empty() && name.empty()) return ErrorCode::RoomIdParamNotProvided;
  const auto room = domain::find_room(directory_, id, name);
  if (!room || room->type != domain::RoomType::Channel) return ErrorCode::RoomNotFound;
  if (!domain::can_access(directory_, *caller.user, *room)) return ErrorCode::Refused;
  std::vector<std::string> channels{"#" + room->name, "#" + room->id.text};
  // Compat: empty means false here, unlike for groups (tests/api/room_integrations_test.mjs).
  const bool all = !in.include_all_channels || text_of(in.include_all_channels) == "true";
  if (all) channels.emplace_back(domain::kAllPublicChannels);
  return list(*caller.user, channels, in);
}

Result<dispatch::Reply> RoomIntegrationsApi::list(const domain::User& user,
                                                  const std::vector<std::string>& channels,
                                                  const RoomIntegrationsParameters& in) const {
  // The documented page offers `query` and `fields` here, so no switch guards them.
  TRY(const ListRequest request,
      lists_.read(in, {.unsafe_parameters = UnsafeParameters::Honoured}));
  const IntegrationRights rights = domain::integration_rights(directory_, user);
  std::size_t in_room = 0;
  for (const std::string& channel : channels)
    in_room += directory_.list_by_channel(channel)->size();
  const bool only_own = !rights.all_incoming && !rights.all_outgoing;
  const bool walk_own = only_own && directory_.list_by_maker(user.id)->size() < in_room;
  TRY(const ListedEntries listed,
      select_entries(walk_own ? collect_own(directory_, user, rights, channels)
                              : collect(directory_, user, rights, channels),
                     request));
  return dispatch::Reply{.headers = {}, .body = listing_body(listed, request)};
}

}  // namespace gantry::api
