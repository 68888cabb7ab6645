#include "integrations/trigger/selection.h"

#include <gtest/gtest.h>

namespace gantry::integrations {
namespace {

using domain::HookEvent;
using domain::Integration;
using domain::RoomType;
using Names = std::vector<std::string>;

class Selection : public ::testing::Test {
 protected:
  Selection() : directory_([](const Integration&) { return json::object{}; }) {
    add_user("Aid", "ada");
    add_user("Bid", "ben");
  }

  void add_user(std::string_view id, std::string username) {
    auto user = std::make_shared<domain::User>();
    user->id = domain::UserId{id};
    user->username = std::move(username);
    directory_.apply(domain::UserChanged{user});
  }

  // An enabled outgoing integration for messages; its name is its id.
  static Integration hook(std::string_view name, Names channels = {"#ops"}) {
    Integration out;
    out.id = domain::IntegrationId{name};
    out.type = domain::IntegrationType::Outgoing;
    out.name = name;
    out.enabled = true;
    out.channels = std::move(channels);
    out.urls = {"http://target.example/"};
    return out;
  }

  void add(Integration integration) {
    // Lists are in the order of creation.
    integration.created_at = from_epoch_ms(++created_);
    directory_.apply(
        domain::IntegrationChanged{std::make_shared<const Integration>(std::move(integration))});
  }

  static std::shared_ptr<domain::Room> room(RoomType type = RoomType::Channel) {
    auto out = std::make_shared<domain::Room>();
    out->id = domain::RoomId{"Rid"};
    out->type = type;
    if (type == RoomType::Direct) {
      out->member_ids = {domain::UserId{"Aid"}, domain::UserId{"Bid"}};
    } else {
      out->name = "ops";
    }
    return out;
  }

  // A message by ada.
  static wire::HookFacts said(std::string text,
                              std::shared_ptr<const domain::Room> where = room()) {
    wire::HookFacts facts;
    auto message = std::make_shared<domain::Message>();
    message->text = std::move(text);
    message->author = {domain::UserId{"Aid"}, "ada", ""};
    facts.message = message;
    facts.room = std::move(where);
    return facts;
  }

  Names chosen(const wire::HookFacts& facts) const {
    Names out;
    for (const HookMatch& match : select_hooks(directory_, facts)) {
      out.push_back(match.entry->integration.name);
    }
    return out;
  }

  domain::Directory directory_;
  std::int64_t created_ = 0;
};

TEST_F(Selection, reads_the_keys_of_the_kind_of_room) {
  RecordProperty("covers",
                 "integrations 10/2a, integrations 10/2b, integrations 10/2c, integrations 10/1a");
  const Names keys = {"all_public_channels",
                      "all_private_groups",
                      "all_direct_messages",
                      "#ops",
                      "#Rid",
                      "@Aid",
                      "@Bid",
                      "@ada",
                      "@ben",
                      "#OPS",
                      "ops",
                      "@cid"};
  for (const std::string& key : keys) add(hook(key, {key}));
  const struct {
    RoomType type;
    Names expected;
  } cases[] = {
      {RoomType::Channel, {"all_public_channels", "#Rid", "#ops"}},
      {RoomType::Group, {"all_private_groups", "#Rid", "#ops"}},
      {RoomType::Direct, {"all_direct_messages", "@Aid", "@Bid", "@ben"}},
  };
  for (const auto& one : cases) EXPECT_EQ(chosen(said("hello", room(one.type))), one.expected);
}

TEST_F(Selection, takes_each_integration_once) {
  RecordProperty("covers", "integrations 10/3a");
  add(hook("many", {"#ops", "#Rid", "all_public_channels", "#ops"}));
  EXPECT_EQ(chosen(said("hello")), Names{"many"});
}

TEST_F(Selection, leaves_out_what_is_off_or_of_another_kind) {
  RecordProperty("covers", "integrations 10/3a");
  Integration off = hook("off");
  off.enabled = false;
  add(off);
  Integration other = hook("other");
  other.event = HookEvent::RoomLeft;
  add(other);
  Integration incoming = hook("incoming");
  incoming.type = domain::IntegrationType::Incoming;
  add(incoming);
  add(hook("right"));
  EXPECT_EQ(chosen(said("hello")), Names{"right"});
}

TEST_F(Selection, hears_public_channels_when_the_list_is_empty) {
  RecordProperty("covers", "integrations 10/1c");
  add(hook("all", {}));
  EXPECT_EQ(chosen(said("hello")), Names{"all"});
  EXPECT_EQ(chosen(said("hello", room(RoomType::Group))), Names{});
  EXPECT_EQ(chosen(said("hello", room(RoomType::Direct))), Names{});
}

TEST_F(Selection, hears_events_without_channel_anywhere) {
  RecordProperty("covers", "integrations 10/1b");
  for (const HookEvent event :
       {HookEvent::RoomArchived, HookEvent::RoomCreated, HookEvent::UserCreated}) {
    Integration any = hook(domain::info_of(event).name, {});
    any.event = event;
    add(any);
  }
  wire::HookFacts facts;
  facts.event = HookEvent::RoomArchived;
  facts.room = room(RoomType::Group);
  EXPECT_EQ(chosen(facts), Names{"roomArchived"});
  facts.event = HookEvent::UserCreated;
  facts.room = nullptr;
  EXPECT_EQ(chosen(facts), Names{"userCreated"});
}

TEST_F(Selection, finds_the_first_word_in_list_order) {
  RecordProperty("covers", "integrations 10/4a, integrations 10/4b, integrations 10/4c");
  enum class Where { Start, Anywhere };
  const struct {
    Names words;
    std::string_view text;
    Where where;
    std::optional<std::string> expected;
  } cases[] = {
      {{"a", "ab"}, "abc", Where::Start, "a"},
      {{"ab", "a"}, "abc", Where::Start, "ab"},
      {{"b", "abc"}, "abc", Where::Start, "abc"},
      {{"b"}, "abc", Where::Start, std::nullopt},
      {{"b"}, "abc", Where::Anywhere, "b"},
      {{"x", "c", "a"}, "abc", Where::Anywhere, "c"},
      {{"A"}, "abc", Where::Start, std::nullopt},
      {{"A"}, "abc", Where::Anywhere, std::nullopt},
      {{"abc"}, " abc", Where::Start, std::nullopt},
      {{"abcd"}, "abc", Where::Anywhere, std::nullopt},
      {{"gr\xC3\xBC"}, "gr\xC3\xBC\xC3\x9F", Where::Start, "gr\xC3\xBC"},
      {{"a"}, "", Where::Start, std::nullopt},
      {{}, "abc", Where::Anywhere, std::nullopt},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(find_trigger_word(one.words, one.text, one.where == Where::Anywhere), one.expected)
        << one.text;
  }
}

TEST_F(Selection, asks_for_words_only_where_the_event_has_them) {
  RecordProperty("covers", "integrations 10/4d");
  Integration message = hook("message");
  message.trigger_words = Names{"ship"};
  add(message);
  Integration file = hook("file");
  file.event = HookEvent::FileUploaded;
  file.trigger_words = Names{"ship"};
  add(file);
  EXPECT_EQ(chosen(said("sail")), Names{});
  const auto matches = select_hooks(directory_, said("ship it"));
  ASSERT_EQ(matches.size(), 1U);
  EXPECT_EQ(matches[0].trigger_word, "ship");
  wire::HookFacts upload = said("sail");
  upload.event = HookEvent::FileUploaded;
  EXPECT_EQ(chosen(upload), Names{"file"});
}

TEST_F(Selection, passes_over_edits_unless_they_are_wanted) {
  RecordProperty("covers", "integrations 10/5");
  add(hook("silent"));
  Integration no = hook("no");
  no.run_on_edits = false;
  add(no);
  Integration yes = hook("yes");
  yes.run_on_edits = true;
  add(yes);
  wire::HookFacts facts = said("hello");
  facts.edited = true;
  EXPECT_EQ(chosen(facts), Names{"yes"});
}

TEST_F(Selection, ends_loops) {
  RecordProperty("covers", "integrations 10/6a, integrations 10/6b, integrations 10/6c");
  add(hook("one"));
  add(hook("two"));
  const struct {
    std::string_view posted_by;
    int depth;
    Names expected;
  } cases[] = {
      {"", 0, {"one", "two"}},
      {"an incoming one", 0, {"one", "two"}},
      {"one", 1, {"two"}},
      {"two", 2, {"one"}},
      {"another", 2, {"one", "two"}},
      {"another", 3, {}},
      {"", 3, {}},
      {"another", 4, {}},
  };
  for (const auto& one : cases) {
    wire::HookFacts facts = said("hello");
    auto message = std::make_shared<domain::Message>(*facts.message);
    message->posted_by = domain::IntegrationId{one.posted_by};
    message->hook_depth = one.depth;
    facts.message = message;
    EXPECT_EQ(chosen(facts), one.expected) << one.posted_by << " " << one.depth;
  }
}

}  // namespace
}  // namespace gantry::integrations
