#include "domain/directory.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace gantry::domain {
namespace {

constexpr int kChanges = 3000;

std::shared_ptr<Integration> make_integration(std::string_view id, std::string_view channel) {
  auto out = std::make_shared<Integration>();
  out->id = IntegrationId{id};
  out->name = id;
  out->channels = {std::string(channel)};
  return out;
}

std::shared_ptr<const User> make_user(std::string_view id, std::vector<std::string> roles) {
  User user;
  user.id = UserId{id};
  user.username = "Name-" + std::string(id);
  user.emails = {{std::string(id) + "@Example.org", true}};
  user.roles = std::move(roles);
  return std::make_shared<const User>(std::move(user));
}

std::shared_ptr<const Room> make_room(std::string_view id, std::string_view name) {
  Room room;
  room.id = RoomId{id};
  room.type = RoomType::Group;
  room.name = name;
  return std::make_shared<const Room>(std::move(room));
}

class DirectoryTest : public testing::Test {
 protected:
  Directory directory_{[](const Integration& integration) {
    return json::object{{"_id", integration.id.text}, {"name", integration.name}};
  }};
};

TEST_F(DirectoryTest, shows_a_changed_integration_before_or_after_and_never_without_it) {
  for (const char* id : {"a", "b", "c"}) {
    directory_.apply(IntegrationChanged{make_integration(id, "#room")});
  }
  std::atomic<bool> over{false};
  std::atomic<int> torn{0};
  std::thread reader([&] {
    while (!over.load()) {
      if (directory_.list_by_channel("#room").size() != 3) ++torn;
      if (directory_.list_integrations().size() != 3) ++torn;
      if (directory_.find_integration(IntegrationId{"b"}) == nullptr) ++torn;
    }
  });
  for (int i = 0; i < kChanges; ++i) {
    auto changed = make_integration("b", "#room");
    changed->name = std::to_string(i);
    directory_.apply(IntegrationChanged{changed});
  }
  over.store(true);
  reader.join();
  EXPECT_EQ(torn.load(), 0);
}

TEST_F(DirectoryTest, shows_all_changes_of_a_commit_together) {
  const std::vector<Change> there{IntegrationChanged{make_integration("a", "#one")},
                                  IntegrationChanged{make_integration("b", "#two")}};
  const std::vector<Change> gone{IntegrationRemoved{IntegrationId{"a"}},
                                 IntegrationRemoved{IntegrationId{"b"}}};
  std::atomic<bool> over{false};
  std::atomic<int> torn{0};
  std::thread reader([&] {
    while (!over.load()) {
      const Directory::View view(directory_);
      if (view.list_by_channel("#one").size() != view.list_by_channel("#two").size()) ++torn;
    }
  });
  for (int i = 0; i < kChanges; ++i) directory_.apply(i % 2 == 0 ? there : gone);
  over.store(true);
  reader.join();
  EXPECT_EQ(torn.load(), 0);
}

TEST_F(DirectoryTest, gives_permissions_as_grants_and_roles_change) {
  directory_.apply(UserChanged{make_user("ada", {"user", "deputy"})});
  const auto may = [&](Permission permission) {
    const Directory::View view(directory_);
    return holds(view.permissions(view.number_of(UserId{"ada"})), permission);
  };
  EXPECT_FALSE(may(Permission::ViewCRoom));
  directory_.apply(GrantChanged{{Permission::ViewCRoom, {"deputy", "admin"}, {}}});
  EXPECT_TRUE(may(Permission::ViewCRoom));
  EXPECT_FALSE(may(Permission::ManageIncomingIntegrations));
  EXPECT_TRUE(directory_.has_permission(*make_user("x", {"admin"}), Permission::ViewCRoom));
  directory_.apply(UserChanged{make_user("ada", {"user"})});
  EXPECT_FALSE(may(Permission::ViewCRoom));
  directory_.apply(GrantChanged{{Permission::ViewCRoom, {"user"}, {}}});
  EXPECT_TRUE(may(Permission::ViewCRoom));
  directory_.apply(UserRemoved{UserId{"ada"}});
  EXPECT_FALSE(may(Permission::ViewCRoom));
  EXPECT_FALSE(holds(Directory::View(directory_).permissions(kNoNumber), Permission::ViewCRoom));
}

TEST_F(DirectoryTest, counts_rights_of_a_room_in_that_room_only) {
  directory_.apply(GrantChanged{{Permission::EditRoom, {"owner"}, {}}});
  directory_.apply(UserChanged{make_user("ada", {"user"})});
  directory_.apply(MembershipChanged{RoomId{"r"}, UserId{"ada"}, {"owner", "leader"}});
  const User& ada = *directory_.find_user(UserId{"ada"});
  EXPECT_TRUE(directory_.has_permission(ada, Permission::EditRoom, RoomId{"r"}));
  EXPECT_FALSE(directory_.has_permission(ada, Permission::EditRoom, RoomId{"s"}));
  EXPECT_FALSE(directory_.has_permission(ada, Permission::EditRoom));
  EXPECT_EQ(directory_.roles_in(UserId{"ada"}, RoomId{"r"}),
            (std::vector<std::string>{"owner", "leader"}));
}

TEST_F(DirectoryTest, finds_accounts_by_name_and_mail_without_case_until_they_change) {
  directory_.apply(UserChanged{make_user("ada", {})});
  EXPECT_NE(directory_.find_user_by_name("NAME-ADA"), nullptr);
  EXPECT_NE(directory_.find_user_by_email("ADA@example.ORG"), nullptr);
  auto renamed = std::make_shared<User>(*directory_.find_user(UserId{"ada"}));
  renamed->username = "countess";
  renamed->emails.clear();
  directory_.apply(UserChanged{renamed});
  EXPECT_EQ(directory_.find_user_by_name("name-ada"), nullptr);
  EXPECT_EQ(directory_.find_user_by_email("ada@example.org"), nullptr);
  EXPECT_EQ(directory_.find_user_by_name("Countess"), renamed);
  EXPECT_EQ(directory_.user_count(), 1U);
  directory_.apply(UserRemoved{UserId{"ada"}});
  EXPECT_EQ(directory_.find_user_by_name("countess"), nullptr);
  EXPECT_EQ(directory_.find_user(UserId{"ada"}), nullptr);
  EXPECT_EQ(directory_.user_count(), 0U);
  EXPECT_TRUE(directory_.list_users().empty());
}

TEST_F(DirectoryTest, knows_what_a_token_opens_until_it_is_removed) {
  directory_.apply(UserChanged{make_user("ada", {})});
  for (const char* hash : {"first", "second"}) {
    Token token;
    token.hash = hash;
    token.user = UserId{"ada"};
    directory_.apply(TokenAdded{token});
  }
  directory_.apply(TokenRemoved{"first"});
  {
    const Directory::View view(directory_);
    EXPECT_FALSE(view.find_session("ada", "first"));
    EXPECT_FALSE(view.find_session("eve", "second"));
    const auto session = view.find_session("ada", "second");
    ASSERT_TRUE(session);
    EXPECT_NE(view.find_active_user(session->user), nullptr);
    EXPECT_EQ(view.find_active_user(kNoNumber), nullptr);
  }
  EXPECT_EQ(directory_.find_token("first"), nullptr);
  ASSERT_NE(directory_.find_token("second"), nullptr);
  EXPECT_EQ(directory_.find_token("second")->user, UserId{"ada"});
  auto off = std::make_shared<User>(*directory_.find_user(UserId{"ada"}));
  off->active = false;
  directory_.apply(UserChanged{off});
  const Directory::View view(directory_);
  EXPECT_EQ(view.find_active_user(view.find_session("ada", "second")->user), nullptr);
}

TEST_F(DirectoryTest, knows_every_session_of_an_account_and_whose_it_is) {
  const auto open = [&](const char* user, const char* hash) {
    Token token;
    token.hash = hash;
    token.user = UserId{user};
    directory_.apply(TokenAdded{token});
  };
  const auto opens = [&](const char* user, const char* hash) {
    const Directory::View view(directory_);
    return view.find_session(user, hash).has_value();
  };
  for (const char* user : {"ada", "eve"}) directory_.apply(UserChanged{make_user(user, {})});
  open("ada", "older");
  open("ada", "newer");
  EXPECT_TRUE(opens("ada", "older"));
  EXPECT_TRUE(opens("ada", "newer"));
  directory_.apply(TokenRemoved{"newer"});
  EXPECT_FALSE(opens("ada", "newer"));
  EXPECT_FALSE(opens("ada", ""));
  EXPECT_TRUE(opens("ada", "older"));
  // It gets the place that was free.
  open("eve", "hers");
  EXPECT_TRUE(opens("eve", "hers"));
  EXPECT_FALSE(opens("ada", "hers"));
  EXPECT_FALSE(opens("eve", "older"));
  EXPECT_TRUE(opens("ada", "older"));
}

TEST_F(DirectoryTest, has_nobody_in_a_room_that_is_unknown) {
  EXPECT_FALSE(directory_.is_member(UserId{"ada"}, RoomId{"r"}));
  directory_.apply(MembershipChanged{RoomId{"r"}, UserId{"ada"}, {}});
  EXPECT_TRUE(directory_.is_member(UserId{"ada"}, RoomId{"r"}));
  EXPECT_FALSE(directory_.is_member(UserId{"eve"}, RoomId{"s"}));
  EXPECT_EQ(directory_.find_room(RoomId{"r"}), nullptr);
  directory_.apply(MembershipRemoved{RoomId{"r"}, UserId{"ada"}});
  EXPECT_FALSE(directory_.is_member(UserId{"ada"}, RoomId{"r"}));
}

class KeptListings : public DirectoryTest {
 protected:
  const ListingKey kKey{"key"};

  KeptListings() {
    directory_.apply(RoomChanged{make_room("id-1", "alpha")});
    directory_.apply(RoomChanged{make_room("id-2", "beta")});
  }
  void keep() {
    const Directory::View view(directory_);
    for (const char* room : {"id-1", "id-2"}) {
      view.keep_listing(view.find_room(room), view.listing_version(), kKey, "reply");
    }
  }
  std::string kept() {
    const Directory::View view(directory_);
    std::string out;
    for (const char* room : {"id-1", "id-2"}) {
      if (view.find_listing(view.find_room(room), kKey)) out += room;
    }
    return out;
  }
  std::string kept_after(const Change& change) {
    keep();
    directory_.apply(change);
    return kept();
  }
};

TEST_F(KeptListings, are_found_by_room_and_key) {
  EXPECT_EQ(kept(), "");
  keep();
  EXPECT_EQ(kept(), "id-1id-2");
  const Directory::View view(directory_);
  EXPECT_EQ(*view.find_listing(view.find_room("id-1"), kKey), "reply");
  EXPECT_EQ(view.find_listing(view.find_room("id-1"), {"other key"}), nullptr);
  EXPECT_EQ(view.find_listing(view.find_room("id-1"), {"key", true}), nullptr);
}

TEST_F(KeptListings, are_forgotten_when_what_the_room_lists_changes) {
  EXPECT_EQ(kept_after(IntegrationChanged{make_integration("a", "#alpha")}), "id-2");
  EXPECT_EQ(kept_after(IntegrationChanged{make_integration("b", "#id-2")}), "id-1");
  EXPECT_EQ(kept_after(IntegrationChanged{make_integration("c", "@ada")}), "id-1id-2");
  EXPECT_EQ(kept_after(IntegrationChanged{make_integration("c", "all_private_groups")}), "");
  EXPECT_EQ(kept_after(IntegrationChanged{make_integration("a", "#nowhere")}), "id-2");
  EXPECT_EQ(kept_after(IntegrationRemoved{IntegrationId{"b"}}), "id-1");
  EXPECT_EQ(kept_after(IntegrationRemoved{IntegrationId{"c"}}), "");
}

TEST_F(KeptListings, are_forgotten_when_the_room_changes) {
  EXPECT_EQ(kept_after(RoomChanged{make_room("id-1", "gamma")}), "id-2");
  EXPECT_EQ(kept_after(IntegrationChanged{make_integration("a", "#gamma")}), "id-2");
}

TEST_F(KeptListings, are_not_made_of_an_older_state) {
  const std::uint64_t before = Directory::View(directory_).listing_version();
  directory_.apply(IntegrationChanged{make_integration("a", "#alpha")});
  {
    const Directory::View view(directory_);
    EXPECT_EQ(*view.keep_listing(view.find_room("id-1"), before, kKey, "reply"), "reply");
  }
  EXPECT_EQ(kept(), "");
}

TEST_F(KeptListings, are_not_long_and_not_many_of_one_room) {
  const Directory::View view(directory_);
  const RoomNumber room = view.find_room("id-1");
  const auto keep_one = [&](const ListingKey& key, std::size_t bytes) {
    const auto reply =
        view.keep_listing(room, view.listing_version(), key, std::string(bytes, 'x'));
    EXPECT_EQ(reply->size(), bytes);
    return view.find_listing(room, key) != nullptr;
  };
  EXPECT_FALSE(keep_one({"long"}, 64 * 1024 + 1));
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(keep_one({std::to_string(i)}, 64 * 1024));
  EXPECT_FALSE(keep_one({"ninth"}, 1));
  // What one caller alone gets has other places.
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(keep_one({std::to_string(i), true}, 1));
  EXPECT_FALSE(keep_one({"ninth", true}, 1));
}

}  // namespace
}  // namespace gantry::domain
