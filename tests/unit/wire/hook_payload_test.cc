#include "wire/hook_payload.h"

#include <gtest/gtest.h>

namespace gantry::wire {
namespace {

using domain::HookEvent;

class HookPayload : public ::testing::Test {
 protected:
  HookPayload() : directory_([](const domain::Integration&) { return json::object{}; }) {
    auto user = std::make_shared<domain::User>();
    user->id = domain::UserId{"Uid"};
    user->username = "ada";
    user->password_bcrypt = "$2b$10$secret";
    user->created_at = from_epoch_ms(1000);
    facts_.user = user;
    auto room = std::make_shared<domain::Room>();
    room->id = domain::RoomId{"Rid"};
    room->name = "ops";
    room->created_at = from_epoch_ms(2000);
    facts_.room = room;
    auto message = std::make_shared<domain::Message>();
    message->id = domain::MessageId{"Mid"};
    message->text = "hi";
    message->author = {user->id, "ada", ""};
    message->sent_at = from_epoch_ms(3000);
    facts_.message = message;
    facts_.happened_at = from_epoch_ms(4000);
    facts_.site_url = "https://chat.example";
  }

  json::object payload(HookEvent event, std::optional<std::string> token = "t",
                       std::string_view word = "") const {
    HookFacts facts = facts_;
    facts.event = event;
    return to_hook_payload(facts, directory_, token, word);
  }

  static std::string keys(const json::object& object) {
    std::string out;
    for (const auto& member : object) out += (out.empty() ? "" : " ") + std::string(member.key());
    return out;
  }

  void make_bot() {
    auto bot = std::make_shared<domain::User>(*facts_.user);
    bot->type = "bot";
    facts_.user = bot;
  }

  domain::Directory directory_;
  HookFacts facts_;
};

TEST_F(HookPayload, has_the_members_of_its_event_in_order) {
  RecordProperty("covers",
                 "integrations 9/A-1, integrations 9/A', integrations 9/B, integrations 9/C, "
                 "integrations 9/D");
  const struct {
    HookEvent event;
    const char* members;
  } cases[] = {
      {HookEvent::SendMessage,
       "token bot channel_id channel_name message_id timestamp user_id user_name text siteUrl"},
      {HookEvent::FileUploaded,
       "token bot channel_id channel_name message_id timestamp user_id user_name text user room "
       "message"},
      {HookEvent::RoomArchived,
       "token bot timestamp channel_id channel_name user_id user_name user room"},
      {HookEvent::RoomJoined,
       "token bot timestamp channel_id channel_name user_id user_name user room"},
      {HookEvent::RoomLeft,
       "token bot timestamp channel_id channel_name user_id user_name user room"},
      {HookEvent::RoomCreated,
       "token bot channel_id channel_name timestamp user_id user_name owner room"},
      {HookEvent::UserCreated, "token bot timestamp user_id user_name user"},
  };
  for (const auto& one : cases) {
    const json::object out = payload(one.event);
    EXPECT_EQ(keys(out), one.members);
    EXPECT_EQ(out.at("bot"), json::value(false));
    const std::string text = json::serialize(out);
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    EXPECT_EQ(text.find("services"), std::string::npos) << text;
  }
}

TEST_F(HookPayload, says_when_it_happened) {
  RecordProperty("covers", "integrations 9/B, integrations 9/C, integrations 9/D");
  const struct {
    HookEvent event;
    std::int64_t ms;
  } cases[] = {{HookEvent::SendMessage, 3000}, {HookEvent::FileUploaded, 3000},
               {HookEvent::RoomJoined, 4000},  {HookEvent::RoomArchived, 4000},
               {HookEvent::RoomCreated, 2000}, {HookEvent::UserCreated, 1000}};
  for (const auto& one : cases) {
    EXPECT_EQ(payload(one.event).at("timestamp"), json::value(to_iso(from_epoch_ms(one.ms))));
  }
}

TEST_F(HookPayload, says_that_an_account_is_a_bot) {
  RecordProperty("covers", "integrations 9/B, integrations 9/D");
  make_bot();
  for (const HookEvent event : {HookEvent::RoomArchived, HookEvent::RoomJoined, HookEvent::RoomLeft,
                                HookEvent::UserCreated}) {
    EXPECT_EQ(payload(event).at("bot"), json::value(true));
  }
  EXPECT_EQ(payload(HookEvent::SendMessage).at("bot"), json::value(false));
}

TEST_F(HookPayload, begins_with_token_bot_and_word) {
  RecordProperty("covers", "integrations 9/base");
  EXPECT_EQ(keys(payload(HookEvent::UserCreated, "t", "ship")),
            "token bot trigger_word timestamp user_id user_name user");
  EXPECT_EQ(keys(payload(HookEvent::UserCreated, std::nullopt)),
            "bot timestamp user_id user_name user");
}

TEST_F(HookPayload, ends_with_what_applies) {
  RecordProperty("covers", "integrations 9/A-2");
  auto message = std::make_shared<domain::Message>(*facts_.message);
  message->alias = "Night shift";
  message->thread = domain::MessageId{"Tid"};
  message->bot = {{"i", "x"}};
  facts_.message = message;
  facts_.edited = true;
  const json::object out = payload(HookEvent::SendMessage);
  EXPECT_EQ(keys(out),
            "token bot channel_id channel_name message_id timestamp user_id user_name text siteUrl "
            "alias isEdited tmid");
  EXPECT_EQ(out.at("bot"), json::value(true));
  EXPECT_EQ(keys(payload(HookEvent::FileUploaded)),
            "token bot channel_id channel_name message_id timestamp user_id user_name text alias "
            "user room message");
}

TEST_F(HookPayload, has_no_name_of_a_direct_room) {
  RecordProperty("covers", "integrations 9/channel-name");
  auto room = std::make_shared<domain::Room>(*facts_.room);
  room->type = domain::RoomType::Direct;
  room->name.clear();
  facts_.room = room;
  EXPECT_EQ(keys(payload(HookEvent::SendMessage)),
            "token bot channel_id message_id timestamp user_id user_name text siteUrl");
}

}  // namespace
}  // namespace gantry::wire
