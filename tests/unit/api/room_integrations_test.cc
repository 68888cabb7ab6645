// Discussions in the lists of integrations by room, through the whole pipeline of an operation: no
// route makes discussions yet, so the directory is told of them here.

#include <gtest/gtest.h>

#include "api/room_integrations_api.h"
#include "dispatch/dispatcher.h"
#include "wire/integration_json.h"

namespace gantry::api {
namespace {

using domain::Integration;
using domain::Room;
using domain::RoomType;
using domain::User;

constexpr std::string_view kSecret = "secret-of-";

class Headers final : public dispatch::HeaderSource {
 public:
  explicit Headers(std::string user) : user_(std::move(user)), secret_(kSecret) {
    secret_ += user_;
  }

  std::string_view find(std::string_view name) const override {
    if (name == "x-user-id") return user_;
    return name == "x-auth-token" ? std::string_view(secret_) : std::string_view();
  }
  dispatch::HeaderList list() const override { return {}; }

 private:
  std::string user_;
  std::string secret_;
};

Room make_room(std::string_view id, RoomType type, std::string_view name) {
  Room out;
  out.id = domain::RoomId{id};
  out.type = type;
  out.name = out.fname = name;
  return out;
}

Room make_discussion(std::string_view id, const Room& parent, std::string_view name,
                     std::string_view fname) {
  Room out = make_room(id, parent.type, name);
  out.fname = fname;
  out.parent = parent.id;
  return out;
}

class RoomIntegrations : public ::testing::Test {
 protected:
  void SetUp() override {
    for (domain::Grant grant : domain::default_grants(clock_.now())) {
      const bool here = grant.permission == domain::Permission::ManageOutgoingIntegrations;
      if (here) grant.roles.emplace_back(domain::kUserRole);
      directory_.apply(domain::GrantChanged{std::move(grant)});
    }
    for (const char* name : {"ada", "eve"}) add_user(name);
    for (const Room& room : {club_, talk_, plaza_, chatter_}) {
      directory_.apply(domain::RoomChanged{std::make_shared<const Room>(room)});
    }
    directory_.apply(domain::MembershipChanged{club_.id, domain::UserId{"ada"}, {}});
    for (const char* channel : {"#club", "#topic", "#zK3", "#talk-id", "#plaza", "#pQ7"}) {
      add_integration(channel);
    }
    api_.add_routes(routes_);
  }

  void add_user(std::string_view name) {
    User user;
    user.id = domain::UserId{name};
    user.username = name;
    user.roles = {std::string(domain::kUserRole)};
    domain::Token token;
    token.hash = domain::hash_token(std::string(kSecret) + std::string(name));
    token.user = user.id;
    token.created_at = clock_.now();
    directory_.apply(domain::UserChanged{std::make_shared<const User>(std::move(user))});
    directory_.apply(domain::TokenAdded{std::move(token)});
  }

  void add_integration(std::string_view channel) {
    Integration out;
    out.id = domain::IntegrationId{channel};
    out.type = domain::IntegrationType::Outgoing;
    out.name = channel;
    out.channels = {std::string(channel)};
    directory_.apply(domain::IntegrationChanged{std::make_shared<const Integration>(out)});
  }

  // The names listed, or the error's text.
  std::string ask(std::string_view path, const char* caller, std::string_view query) {
    const Headers headers(caller);
    std::string body;
    const dispatch::Answer answer =
        dispatcher_.serve({dispatch::Method::Get, path, query, body, headers, "127.0.0.1", "1"});
    const auto& reply = std::get<dispatch::Reply>(answer);
    // Asked for again, a list is a reply that others share.
    const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&reply.body);
    const std::string& text = shared != nullptr ? **shared : std::get<std::string>(reply.body);
    const auto object = json::parse(text).as_object();
    if (reply.status != 200) return std::string(object.at("error").as_string());
    std::string names;
    for (const json::value& one : object.at("integrations").as_array()) {
      names += std::string(one.at("name").as_string()) + " ";
    }
    return names;
  }
  std::string of_group(const char* caller, std::string_view query) {
    return ask("/api/v1/groups.getIntegrations", caller, query);
  }

  const SystemClock clock_{};
  domain::Directory directory_{[](const Integration& integration) {
    return wire::to_json(integration, wire::ScriptErrorKey::WheneverEnabled);
  }};
  const ListReader lists_{directory_, UnsafeParameters::Ignored};
  RoomIntegrationsApi api_{directory_, lists_};
  dispatch::Routes routes_;
  ComputePool compute_{1, 1};
  dispatch::Dispatcher dispatcher_{routes_, directory_, clock_, compute_, {}};

  const Room club_ = make_room("club-id", RoomType::Group, "club");
  const Room talk_ = make_discussion("talk-id", club_, "zK3", "topic");
  const Room plaza_ = make_room("plaza-id", RoomType::Channel, "plaza");
  const Room chatter_ = make_discussion("chatter-id", plaza_, "pQ7", "topic");
};

TEST_F(RoomIntegrations, matches_a_private_discussion_by_its_fname_and_its_id) {
  RecordProperty("covers", "integrations 3.1/select-2");
  EXPECT_EQ(of_group("ada", "roomId=talk-id"), "#talk-id #topic ");
  EXPECT_EQ(of_group("ada", "roomName=zK3"), "#talk-id #topic ");
}

TEST_F(RoomIntegrations, lists_what_changed_since_it_was_asked_for) {
  EXPECT_EQ(of_group("ada", "roomId=club-id"), "#club ");
  EXPECT_EQ(of_group("ada", "roomId=club-id&fields={\"name\":1}"), "#club ");
  add_integration("#club-id");
  EXPECT_EQ(of_group("ada", "roomId=club-id"), "#club #club-id ");
  EXPECT_EQ(of_group("ada", "roomId=club-id&fields={\"name\":1}"), "#club #club-id ");
  add_integration("all_private_groups");
  EXPECT_EQ(of_group("ada", "roomId=club-id"), "#club #club-id all_private_groups ");
  EXPECT_EQ(of_group("ada", "roomId=club-id&includeAllPrivateGroups=false"), "#club #club-id ");
  directory_.apply(domain::IntegrationRemoved{domain::IntegrationId{"#club"}});
  EXPECT_EQ(of_group("ada", "roomId=club-id"), "#club-id all_private_groups ");
}

TEST_F(RoomIntegrations, finds_no_discussion_by_its_fname) {
  EXPECT_EQ(of_group("ada", "roomName=topic"),
            "The required \"roomId\" or \"roomName\" param provided does not match any group "
            "[error-room-not-found]");
}

TEST_F(RoomIntegrations, opens_a_discussion_to_members_of_its_parent_alone) {
  RecordProperty("covers", "integrations 3.1/access-2");
  EXPECT_EQ(of_group("ada", "roomId=club-id"), "#club ");
  EXPECT_EQ(of_group("ada", "roomId=talk-id"), "#talk-id #topic ");
  EXPECT_EQ(of_group("eve", "roomId=talk-id"), of_group("eve", "roomId=nowhere"));
}

TEST_F(RoomIntegrations, matches_a_public_discussion_by_its_name) {
  RecordProperty("covers", "integrations 3.2/6");
  EXPECT_EQ(ask("/api/v1/channels.getIntegrations", "ada", "roomId=chatter-id"), "#pQ7 ");
}

}  // namespace
}  // namespace gantry::api
