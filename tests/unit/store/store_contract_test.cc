// The contract of domain/stores.h: what is written is read back, lookups follow their rules, and
// the directory shows what was committed, also after a restart.

#include "store_fixture.h"

namespace gantry::store::sqlite {
namespace {

using domain::IntegrationId;
using domain::MessageId;
using domain::RoomId;
using domain::UserId;

TEST_F(StoreTest, finds_accounts_by_id_name_and_mail_without_case) {
  write([](domain::Tx& tx) { tx.users().insert(user("u1")); });
  read([](const domain::Tx& tx) {
    ASSERT_TRUE(tx.users().find(UserId{"u1"}));
    EXPECT_EQ(tx.users().find_by_username("nAME.U1")->name, "Full u1");
    EXPECT_EQ(tx.users().find_by_email("U1@example.ORG")->emails.at(0).verified, true);
    EXPECT_FALSE(tx.users().find_by_username("nobody"));
  });
  EXPECT_EQ(directory_->find_user_by_email("u1@example.org")->id.text, "u1");
}

TEST_F(StoreTest, an_updated_account_is_no_longer_found_by_what_it_was) {
  write([](domain::Tx& tx) {
    tx.users().insert(user("u1"));
    domain::User changed = user("u1");
    changed.username = "lovelace";
    changed.emails = {{"new@example.org", false}};
    tx.users().update(changed);
  });
  EXPECT_EQ(directory_->find_user_by_name("name.u1"), nullptr);
  EXPECT_EQ(directory_->find_user_by_email("u1@example.org"), nullptr);
  EXPECT_NE(directory_->find_user_by_name("Lovelace"), nullptr);
}

TEST_F(StoreTest, removing_an_account_takes_its_tokens_and_memberships) {
  write([](domain::Tx& tx) {
    tx.users().insert(user("u1"));
    tx.rooms().insert(room("r1"));
    tx.users().insert_token(
        {"hash1", UserId{"u1"}, domain::TokenKind::Login, "", "", false, from_epoch_ms(1)});
    domain::Subscription subscription;
    subscription.id = domain::SubscriptionId{"s1"};
    subscription.room = RoomId{"r1"};
    subscription.user = UserId{"u1"};
    subscription.roles = {"owner"};
    tx.subscriptions().insert(subscription);
  });
  EXPECT_TRUE(directory_->is_member(UserId{"u1"}, RoomId{"r1"}));
  EXPECT_EQ(directory_->roles_in(UserId{"u1"}, RoomId{"r1"}), std::vector<std::string>{"owner"});
  write([](domain::Tx& tx) { tx.users().remove(UserId{"u1"}); });
  EXPECT_EQ(directory_->find_token("hash1"), nullptr);
  EXPECT_FALSE(directory_->is_member(UserId{"u1"}, RoomId{"r1"}));
  read([](const domain::Tx& tx) {
    EXPECT_FALSE(tx.subscriptions().find(RoomId{"r1"}, UserId{"u1"}));
    EXPECT_EQ(tx.subscriptions().count_owners(RoomId{"r1"}), 0);
  });
}

TEST_F(StoreTest, refuses_a_second_account_with_the_name_in_another_case) {
  write([](domain::Tx& tx) { tx.users().insert(user("u1")); });
  const auto second = store_->write_now([](domain::Tx& tx) -> Result<void> {
    domain::User twin = user("u2");
    twin.username = "NAME.u1";
    tx.users().insert(twin);
    return Done{};
  });
  EXPECT_FALSE(second);
  EXPECT_EQ(directory_->find_user(UserId{"u2"}), nullptr);
}

TEST_F(StoreTest, lists_messages_newest_first_within_a_range) {
  write([](domain::Tx& tx) {
    tx.rooms().insert(room("r1"));
    for (int i = 1; i <= 5; ++i) {
      tx.messages().insert(message("m" + std::to_string(i), "r1", i * 10));
    }
  });
  read([](const domain::Tx& tx) {
    domain::MessageRange range;
    range.oldest = from_epoch_ms(10);
    range.latest = from_epoch_ms(40);
    const auto inner = tx.messages().list_range(RoomId{"r1"}, range, {0, 10});
    ASSERT_EQ(inner.size(), 2U);
    EXPECT_EQ(inner[0].id.text, "m3");
    range.inclusive = true;
    EXPECT_EQ(tx.messages().list_range(RoomId{"r1"}, range, {0, 10}).size(), 4U);
    const auto page = tx.messages().list_of_room(RoomId{"r1"}, {1, 2});
    EXPECT_EQ(page.total, 5);
    ASSERT_EQ(page.items.size(), 2U);
    EXPECT_EQ(page.items[0].id.text, "m4");
  });
}

TEST_F(StoreTest, a_message_id_is_taken_once) {
  write([](domain::Tx& tx) {
    tx.rooms().insert(room("r1"));
    EXPECT_TRUE(tx.messages().insert(message("m1", "r1", 1)));
    domain::Message twin = message("m1", "r1", 2);
    twin.text = "another";
    EXPECT_FALSE(tx.messages().insert(twin));
    EXPECT_EQ(tx.messages().find(MessageId{"m1"})->text, "text of m1");
  });
}

TEST_F(StoreTest, keeps_every_member_of_a_message) {
  domain::Message whole = message("m1", "r1", 5);
  whole.alias = "Guggy";
  whole.posted_by = IntegrationId{"i1"};
  whole.attachments = json::array{json::object{{"image_url", "http://x/"}, {"size", 1.5}}};
  whole.groupable = false;
  whole.edited_at = from_epoch_ms(9);
  whole.edited_by = domain::UserRef{UserId{"u2"}, "bob", "Bob"};
  whole.hook_depth = 2;
  write([&](domain::Tx& tx) {
    tx.rooms().insert(room("r1"));
    tx.messages().insert(whole);
  });
  read([&](const domain::Tx& tx) {
    const auto got = tx.messages().find(MessageId{"m1"});
    ASSERT_TRUE(got);
    EXPECT_EQ(got->alias, "Guggy");
    EXPECT_EQ(got->posted_by.text, "i1");
    EXPECT_EQ(got->attachments, whole.attachments);
    EXPECT_EQ(got->groupable, std::optional<bool>(false));
    EXPECT_EQ(got->edited_by->username, "bob");
    EXPECT_EQ(got->hook_depth, 2);
    EXPECT_EQ(got->author.name, "Ada");
  });
}

TEST_F(StoreTest, files_integrations_under_their_channels) {
  write([](domain::Tx& tx) {
    tx.integrations().insert(integration("i1"));
    domain::Integration changed = integration("i1");
    changed.channels = {"#ops", "#new", "#new"};
    changed.script = "class Script {}";
    tx.integrations().update(changed);
    tx.integrations().insert(integration("i2"));
    EXPECT_EQ(tx.integrations().list_with_channel("#new").size(), 1U);
    EXPECT_EQ(tx.integrations().list_with_channel("#ops").size(), 2U);
  });
  EXPECT_EQ(directory_->list_by_channel("#new").size(), 1U);
  EXPECT_EQ(directory_->list_by_maker(UserId{"u1"}).size(), 2U);
  EXPECT_FALSE(directory_->find_integration(IntegrationId{"i1"})->integration.script);
  read([](const domain::Tx& tx) {
    EXPECT_EQ(tx.integrations().find(IntegrationId{"i1"})->script, "class Script {}");
  });
}

TEST_F(StoreTest, removing_an_integration_takes_deliveries_history_and_state) {
  write([](domain::Tx& tx) {
    tx.integrations().insert(integration("i1"));
    domain::Delivery row = delivery("d1", "i1");
    tx.deliveries().insert(row);
    domain::HistoryEntry entry;
    entry.id = domain::HistoryId{"h1"};
    entry.integration = IntegrationId{"i1"};
    entry.step = "after-http-call";
    tx.deliveries().put_history(entry);
    tx.deliveries().put_script_state(IntegrationId{"i1"}, "rev", {{"n", 1}});
    tx.integrations().remove(IntegrationId{"i1"});
    EXPECT_FALSE(tx.deliveries().find(domain::DeliveryId{"d1"}));
    EXPECT_FALSE(tx.deliveries().find_history(domain::HistoryId{"h1"}));
    EXPECT_FALSE(tx.deliveries().find_script_state(IntegrationId{"i1"}, "rev"));
  });
  EXPECT_EQ(directory_->list_integrations().size(), 0U);
}

TEST_F(StoreTest, an_entry_of_an_attempt_under_way_never_replaces_its_end) {
  write([](domain::Tx& tx) {
    domain::HistoryEntry entry;
    entry.id = domain::HistoryId{"h1"};
    entry.integration = IntegrationId{"i1"};
    entry.step = "pre-http-call";
    entry.data = JsonDocument({{"text", "guggy cats"}});
    entry.http_call_data = entry.data;
    tx.deliveries().begin_history(entry);
    EXPECT_EQ(tx.deliveries().find_history(entry.id)->step, "pre-http-call");
    EXPECT_EQ(tx.deliveries().find_history(entry.id)->http_call_data, entry.http_call_data);
    entry.step = "after-http-call";
    entry.http_call_data = JsonDocument({{"text", "another"}});
    tx.deliveries().put_history(entry);
    EXPECT_EQ(tx.deliveries().find_history(entry.id)->http_call_data, entry.http_call_data);
    entry.step = "pre-http-call";
    tx.deliveries().begin_history(entry);
    EXPECT_EQ(tx.deliveries().find_history(entry.id)->step, "after-http-call");
  });
}

TEST_F(StoreTest, visits_open_deliveries_in_the_order_of_their_events) {
  write([](domain::Tx& tx) {
    for (const char* id : {"d1", "d2", "d3"}) {
      domain::Delivery row = delivery(id, "i1");
      tx.deliveries().insert(row);
      if (row.id.text == "d2") {
        row.state = domain::DeliveryState::Succeeded;
        tx.deliveries().update(row);
      }
    }
    std::vector<std::string> seen;
    std::int64_t last = 0;
    tx.deliveries().visit_open(0, 10, [&](const domain::Delivery& row) {
      EXPECT_GT(row.sequence, last);
      last = row.sequence;
      EXPECT_EQ(row.data.object().at("text"), "guggy cats");
      seen.push_back(row.id.text);
    });
    EXPECT_EQ(seen, (std::vector<std::string>{"d1", "d3"}));
    // In pages.
    const auto note = [&seen](const domain::Delivery& row) { seen.push_back(row.id.text); };
    seen.clear();
    tx.deliveries().visit_open(0, 1, note);
    EXPECT_EQ(seen, (std::vector<std::string>{"d1"}));
    tx.deliveries().visit_open(last - 1, 10, note);
    tx.deliveries().visit_open(last, 10, note);
    EXPECT_EQ(seen, (std::vector<std::string>{"d1", "d3"}));
    EXPECT_EQ(tx.deliveries().count_open(), 2);
    EXPECT_EQ(tx.deliveries().find_oldest_open(), delivery("d1", "i1").created_at);
  });
}

TEST_F(StoreTest, prunes_only_what_ended_and_is_old) {
  write([](domain::Tx& tx) {
    domain::Delivery open = delivery("open", "i1");
    domain::Delivery done = delivery("done", "i1");
    done.state = domain::DeliveryState::Failed;
    tx.deliveries().insert(open);
    tx.deliveries().insert(done);
    EXPECT_EQ(tx.deliveries().prune_deliveries(from_epoch_ms(4'000), 0, 10).removed, 0);
    const auto step = tx.deliveries().prune_deliveries(from_epoch_ms(4'001), 0, 1);
    EXPECT_EQ(step.removed, 0);
    EXPECT_EQ(step.old, 1);
    EXPECT_EQ(step.last, open.sequence);
    EXPECT_EQ(tx.deliveries().prune_deliveries(from_epoch_ms(4'001), step.last, 1).removed, 1);
    EXPECT_TRUE(tx.deliveries().find(domain::DeliveryId{"open"}));
    EXPECT_FALSE(tx.deliveries().find(domain::DeliveryId{"done"}));
  });
}

TEST_F(StoreTest, script_state_belongs_to_one_revision) {
  write([](domain::Tx& tx) {
    tx.deliveries().put_script_state(IntegrationId{"i1"}, "one", {{"n", 1}});
    EXPECT_EQ(tx.deliveries().find_script_state(IntegrationId{"i1"}, "one")->at("n"), 1);
    EXPECT_FALSE(tx.deliveries().find_script_state(IntegrationId{"i1"}, "two"));
    tx.deliveries().put_script_state(IntegrationId{"i1"}, "two", {{"n", 2}});
    EXPECT_FALSE(tx.deliveries().find_script_state(IntegrationId{"i1"}, "one"));
  });
}

TEST_F(StoreTest, everything_is_there_after_a_restart) {
  write([](domain::Tx& tx) {
    tx.users().insert(user("u1"));
    tx.rooms().insert(room("r1"));
    tx.integrations().insert(integration("i1"));
    tx.rights().put_role({"guide", "Guide", domain::RoleScope::Users, "", false, {}});
    tx.rights().put_grant({domain::Permission::CreateC, {"guide", "user"}, {}});
    tx.settings().put(domain::Setting::SiteName, json::value("Works"));
  });
  open();
  EXPECT_NE(directory_->find_user_by_name("name.u1"), nullptr);
  EXPECT_NE(directory_->find_room_by_name("room-r1"), nullptr);
  EXPECT_EQ(directory_->list_by_channel("#ops").size(), 1U);
  EXPECT_EQ(directory_->find_role("guide")->name, "Guide");
  EXPECT_TRUE(directory_->has_permission(*directory_->find_user(UserId{"u1"}),
                                         domain::Permission::CreateC));
  EXPECT_EQ(directory_->settings()->get_text(domain::Setting::SiteName), "Works");
}

TEST_F(StoreTest, memberships_and_their_roles_are_there_after_a_restart) {
  const auto join = [](domain::Tx& tx, const char* room_id, const char* user_id,
                       std::vector<std::string> roles) {
    domain::Subscription row;
    row.id = domain::SubscriptionId{std::string(room_id) + user_id};
    row.room = RoomId{room_id};
    row.user = UserId{user_id};
    row.roles = std::move(roles);
    row.preferences = {{"roles", "a word in another place"}};
    tx.subscriptions().insert(row);
  };
  write([&](domain::Tx& tx) {
    for (const char* id : {"u1", "u2"}) tx.users().insert(user(id));
    for (const char* id : {"r1", "r2"}) tx.rooms().insert(room(id));
    join(tx, "r1", "u1", {"owner", "moderator"});
    join(tx, "r1", "u2", {});
    join(tx, "r2", "u1", {});
  });
  open();
  EXPECT_EQ(directory_->membership_count(), 3U);
  EXPECT_EQ(directory_->roles_in(UserId{"u1"}, RoomId{"r1"}),
            (std::vector<std::string>{"owner", "moderator"}));
  EXPECT_TRUE(directory_->roles_in(UserId{"u2"}, RoomId{"r1"}).empty());
  EXPECT_TRUE(directory_->is_member(UserId{"u1"}, RoomId{"r2"}));
  EXPECT_FALSE(directory_->is_member(UserId{"u2"}, RoomId{"r2"}));
}

TEST_F(StoreTest, integrations_are_listed_in_order_after_a_restart) {
  const auto ids = [](const domain::IntegrationList& list) {
    std::string out;
    for (const auto& entry : list) out += entry->integration.id.text + " ";
    return out;
  };
  write([](domain::Tx& tx) {
    domain::Integration late = integration("a-late");
    late.created_at = from_epoch_ms(9'000);
    late.channels = {"#ops", "#ops", "#new"};
    late.script = "class Script {}";
    tx.integrations().insert(late);
    tx.integrations().insert(integration("b-early"));
    domain::Integration anywhere = integration("c-anywhere");
    anywhere.channels = {};
    anywhere.created_by = domain::UserRef{UserId{"u2"}, "bob", ""};
    tx.integrations().insert(anywhere);
  });
  for (int starts = 0; starts < 2; ++starts) {
    EXPECT_EQ(ids(directory_->list_integrations()), "b-early c-anywhere a-late ");
    EXPECT_EQ(ids(directory_->list_by_channel("#ops")), "b-early a-late ");
    EXPECT_EQ(ids(directory_->list_by_channel("#new")), "a-late ");
    EXPECT_EQ(ids(directory_->list_by_maker(UserId{"u1"})), "b-early a-late ");
    EXPECT_EQ(ids(directory_->list_by_maker(UserId{"u2"})), "c-anywhere ");
    EXPECT_EQ(ids(directory_->list_without_channel()), "c-anywhere ");
    EXPECT_FALSE(directory_->find_integration(IntegrationId{"a-late"})->integration.script);
    open();
  }
}

TEST_F(StoreTest, refuses_a_database_of_a_newer_version) {
  store_.reset();
  {
    Connection connection(path(), Access::ReadWrite);
    connection.execute("PRAGMA user_version = 9999");
  }
  auto opened = SqliteStore::open({.path = path()}, *directory_);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find(path()), std::string::npos);
  EXPECT_NE(opened.error().message.find("9999"), std::string::npos);
}

}  // namespace
}  // namespace gantry::store::sqlite
