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

// So few are always looked through, whatever the room holds.
constexpr std::size_t kFewMade = 32;

// Both lists are sorted by (_createdAt, _id); an entry of both appears once.
void merge_into(IntegrationEntries& out, const IntegrationList& more) {
  if (more.empty()) return;
  const auto before = [](const auto& a, const auto& b) {
    return std::tie(a->integration.created_at, a->integration.id) <
           std::tie(b->integration.created_at, b->integration.id);
  };
  IntegrationEntries merged;
  merged.reserve(out.size() + more.size());
  std::set_union(out.begin(), out.end(), more.begin(), more.end(), std::back_inserter(merged),
                 before);
  out = std::move(merged);
}

// Those filed under any of the channels that the caller may see.
IntegrationEntries collect(const domain::Directory::View& view, const domain::User& user,
                           const IntegrationRights& rights,
                           const std::vector<std::string>& channels) {
  IntegrationEntries found;
  for (const std::string& channel : channels) merge_into(found, view.list_by_channel(channel));
  if (rights.all_incoming && rights.all_outgoing) return found;
  std::erase_if(found,
                [&](const auto& entry) { return !rights.may_see(entry->integration, user.id); });
  return found;
}

// The caller's own only, and few of them beside many in the room: walk the maker's list instead.
IntegrationEntries collect_own(const IntegrationList& made, const domain::User& user,
                               const IntegrationRights& rights,
                               const std::vector<std::string>& channels) {
  IntegrationEntries found;
  for (const auto& entry : made) {
    const auto& filed = entry->integration.channels;
    const bool here = std::any_of(filed.begin(), filed.end(), [&](const std::string& channel) {
      return std::find(channels.begin(), channels.end(), channel) != channels.end();
    });
    if (here && rights.may_see(entry->integration, user.id)) found.push_back(entry);
  }
  return found;
}

// Seven bits a byte, so that usual keys are short.
void add_bytes(std::string& key, std::int64_t number) {
  auto left = static_cast<std::uint64_t>(number);
  for (; left >= 0x80; left >>= 7U) key += static_cast<char>(left | 0x80U);
  key += static_cast<char>(left);
}

// All that a reply depends on besides the room and what is filed there.
domain::ListingKey listing_key(const IntegrationRights& rights, domain::UserNumber caller,
                               bool with_scope, const RoomIntegrationsParameters& in,
                               const domain::Settings& settings) {
  const bool own_incoming = rights.own_incoming && !rights.all_incoming;
  const bool own_outgoing = rights.own_outgoing && !rights.all_outgoing;
  const domain::Page page = read_page(in, settings);
  domain::ListingKey out{{}, own_incoming || own_outgoing};
  std::string& key = out.text;
  key += static_cast<char>((rights.all_incoming ? 1 : 0) + (rights.all_outgoing ? 2 : 0) +
                           (own_incoming ? 4 : 0) + (own_outgoing ? 8 : 0) + (with_scope ? 16 : 0));
  if (out.of_one_caller) add_bytes(key, caller);
  for (const std::int64_t number : {page.offset, page.count}) add_bytes(key, number);
  add_bytes(key, settings.get_int(domain::Setting::QueryScanMax));
  for (const std::string* text : {&in.sort, &in.query, &in.projection}) {
    add_bytes(key, static_cast<std::int64_t>(text->size()));
    key += *text;
  }
  return out;
}

domain::RoomNumber find_room(const domain::Directory::View& view, std::string_view id,
                             std::string_view name, domain::UserNumber visitor) {
  return id.empty() ? view.find_room_by_name(name) : view.find_room(id, visitor);
}

domain::UserNumber number_of(const domain::Directory::View& view, const domain::Caller& caller) {
  return caller.number != domain::kNoNumber ? caller.number : view.number_of(caller.id());
}

const std::vector<domain::Permission>& any_integration_right() {
  using domain::Permission;
  static const std::vector<Permission> kRights{
      Permission::ManageIncomingIntegrations, Permission::ManageOwnIncomingIntegrations,
      Permission::ManageOutgoingIntegrations, Permission::ManageOwnOutgoingIntegrations};
  return kRights;
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
  // Absent and empty both mean true here.
  const std::string_view all = text_of(in.include_all_groups);
  std::optional<domain::Directory::View> view(directory_);
  const domain::UserNumber user = number_of(*view, caller);
  const domain::RoomNumber number = find_room(*view, id, name, user);
  // One text for all three, so that nobody can probe for groups.
  if (number == domain::kNoNumber || view->type_of(number) != domain::RoomType::Group ||
      !domain::can_access(*view, user, number)) {
    return Error(ErrorCode::RoomNotFound,
                 "The required \"roomId\" or \"roomName\" param provided does not match any group");
  }
  Found found =
      look(*view, *caller.user,
           {user, number,
            (all.empty() || all == "true") ? domain::kAllPrivateGroups : std::string_view{}},
           in);
  view.reset();
  return answer(std::move(found), number, in);
}

Result<dispatch::Reply> RoomIntegrationsApi::of_channel(domain::Caller caller,
                                                        RoomIntegrationsParameters in) {
  const std::string_view id = room_text(in.room_id);
  const std::string_view name = room_text(in.room_name);
  if (id.empty() && name.empty()) return ErrorCode::RoomIdParamNotProvided;
  // Compat: empty means false here, unlike for groups (tests/api/room_integrations_test.mjs).
  const bool all = !in.include_all_channels || text_of(in.include_all_channels) == "true";
  std::optional<domain::Directory::View> view(directory_);
  const domain::UserNumber user = number_of(*view, caller);
  const domain::RoomNumber number = find_room(*view, id, name, user);
  if (number == domain::kNoNumber || view->type_of(number) != domain::RoomType::Channel) {
    return ErrorCode::RoomNotFound;
  }
  if (!domain::can_access(*view, user, number)) return ErrorCode::Refused;
  Found found = look(*view, *caller.user,
                     {user, number, all ? domain::kAllPublicChannels : std::string_view{}}, in);
  view.reset();
  return answer(std::move(found), number, in);
}

RoomIntegrationsApi::Found RoomIntegrationsApi::look(const domain::Directory::View& view,
                                                     const domain::User& caller,
                                                     const Sought& sought,
                                                     const RoomIntegrationsParameters& in) {
  Found found;
  const IntegrationRights rights = domain::integration_rights(view.permissions(sought.user));
  const bool is_group_discussion =
      view.is_discussion(sought.room) && view.type_of(sought.room) == domain::RoomType::Group;
  if (!is_group_discussion) {
    found.key = listing_key(rights, sought.user, !sought.scope.empty(), in, view.settings());
    found.ready = view.find_listing(sought.room, *found.key);
    if (found.ready) return found;
  }
  found.version = view.listing_version();
  const domain::Room& room = view.room(sought.room);
  std::vector<std::string> channels{"#" + (is_group_discussion ? room.fname : room.name),
                                    // Compat: upstream misses integrations stored by the room's
                                    // id (tests/api/room_integrations_test.mjs).
                                    "#" + room.id.text};
  if (!sought.scope.empty()) channels.emplace_back(sought.scope);
  if (!rights.all_incoming && !rights.all_outgoing) {
    const IntegrationList made = view.list_by_maker(caller.id);
    std::size_t in_room = kFewMade;
    for (const std::string& channel : channels) {
      if (made.size() < in_room) break;
      in_room += view.list_by_channel(channel).size();
    }
    if (made.size() < in_room) {
      found.entries = collect_own(made, caller, rights, channels);
      return found;
    }
  }
  found.entries = collect(view, caller, rights, channels);
  return found;
}

Result<dispatch::Reply> RoomIntegrationsApi::answer(Found found, domain::RoomNumber room,
                                                    const RoomIntegrationsParameters& in) const {
  if (found.ready)
    return dispatch::Reply{.headers = {}, .body = std::move(found.ready), .rate = {}};
  // The documented page offers `query` and `fields` here, so no switch guards them.
  TRY(const ListRequest request,
      lists_.read(in, {.unsafe_parameters = UnsafeParameters::Honoured}));
  TRY(const ListedEntries listed, select_entries(std::move(found.entries), request));
  dispatch::Body body = listing_body(listed, request);
  if (auto* joined = std::get_if<std::string>(&body); joined != nullptr && found.key) {
    const domain::Directory::View view(directory_);
    body = view.keep_listing(room, found.version, *found.key, std::move(*joined));
  }
  return dispatch::Reply{.headers = {}, .body = std::move(body), .rate = {}};
}

}  // namespace gantry::api
