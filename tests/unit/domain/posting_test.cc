// Posting over a real store, for what no route reaches: integrations, targets that fail on their
// own, and states of rooms that have no route yet.

#include "domain/posting.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "domain/error_codes.h"
#include "domain/room_membership.h"
#include "store/sqlite/sqlite_store.h"

namespace gantry::domain {
namespace {

constexpr Time kNow = from_epoch_ms(1'700'000'000'000);

class Recorder final : public EventRecorder {
 public:
  Result<void> record(Tx&, const Event& event) override {
    if (fails) return ErrorCode::CapacityReached;
    if (const auto* sent = std::get_if<MessageSent>(&event)) messages.push_back(*sent->message);
    return Done{};
  }

  bool fails = false;
  std::vector<Message> messages;
};

User make_user(std::string_view name, std::vector<std::string> roles) {
  User out;
  out.id = UserId{"id-" + std::string(name)};
  out.username = out.name = name;
  out.roles = std::move(roles);
  out.created_at = out.updated_at = kNow;
  return out;
}

Room make_room(std::string_view name, RoomType type) {
  Room out;
  out.id = RoomId{"room-" + std::string(name)};
  out.type = type;
  out.name = name;
  out.created_at = out.updated_at = kNow;
  return out;
}

class Posting : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "gantry-posting-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store::sqlite::StoreOptions options;
    options.path = folder_ + "/gantry.db";
    store_ = std::move(*store::sqlite::SqliteStore::open(std::move(options), directory_));
    store_->add_recorder(recorder_);
    write([&](Tx& tx) -> Result<void> {
      for (const Role& role : default_roles(kNow)) tx.rights().put_role(role);
      for (const Grant& grant : default_grants(kNow)) tx.rights().put_grant(grant);
      for (const User& user : {ada_, bot_}) tx.users().insert(user);
      for (const Room& room : {hall_, crypt_}) tx.rooms().insert(room);
      TRY_DO(found_in(tx, directory_, hall_, ada_, kNow, Founder::Member));
      return found_in(tx, directory_, hall_, bot_, kNow, Founder::Member);
    });
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void write(const std::function<Result<void>(Tx&)>& work) {
    const auto done = store_->write_now(work);
    ASSERT_TRUE(done) << text_of(done.error());
  }
  std::string refusal(const std::function<Result<void>(Tx&)>& work) {
    const auto done = store_->write_now(work);
    return done ? std::string() : std::string(text_of(done.error()));
  }
  std::string refusal_in_hall(const std::function<void(Room&)>& change) {
    return refusal([&](Tx& tx) -> Result<void> {
      Room room = *tx.rooms().find(hall_.id);
      change(room);
      tx.rooms().update(room);
      return check_may_post(tx, directory_, ada_, room);
    });
  }

  std::string folder_;
  Directory directory_{[](const Integration&) { return json::object{}; }};
  std::unique_ptr<store::sqlite::SqliteStore> store_;
  Recorder recorder_;
  const User ada_ = make_user("ada", {"user"});
  const User bot_ = make_user("hook.bot", {"bot"});
  const Room hall_ = make_room("hall", RoomType::Channel);
  const Room crypt_ = make_room("crypt", RoomType::Group);
};

TEST_F(Posting, refuses_the_muted) {
  RecordProperty("covers", "integrations 8.1/check-6");
  EXPECT_EQ(refusal_in_hall([](Room& room) { room.muted = {"ada"}; }), "You_have_been_muted");
}

TEST_F(Posting, lets_the_unmuted_write_in_read_only_rooms) {
  RecordProperty("covers", "integrations 8.1/check-5");
  EXPECT_EQ(refusal_in_hall([](Room& room) {
              room.read_only = true;
              room.unmuted = {"ada"};
            }),
            "");
}

TEST_F(Posting, tells_the_faults_of_a_room_in_their_order) {
  EXPECT_EQ(refusal_in_hall([](Room& room) {
              room.archived = room.read_only = true;
              room.muted = {"ada"};
            }),
            "room_is_archived");
  EXPECT_EQ(refusal_in_hall([](Room& room) {
              room.archived = false;
              room.read_only = true;
              room.muted = {"ada"};
            }),
            "You can't send messages because the room is readonly.");
}

TEST_F(Posting, keeps_the_integration_that_posted_and_the_length_of_the_chain) {
  RecordProperty("covers", "integrations 8.2/7");
  MessageDraft draft;
  draft.text = "by a hook";
  draft.alias = "Bell";
  draft.posted_by = IntegrationId{"hook"};
  draft.hook_depth = 2;
  write([&](Tx& tx) -> Result<void> {
    TRY(const auto posted,
        post_to_targets_in(tx, directory_, bot_, draft, {"#hall"}, Separate::No, kNow));
    const auto stored = tx.messages().find(posted.front().message->id);
    EXPECT_EQ(stored->posted_by.text, "hook");
    EXPECT_EQ(stored->hook_depth, 2);
    EXPECT_EQ(stored->alias, "Bell");
    return Done{};
  });
  ASSERT_EQ(recorder_.messages.size(), 1U);
  EXPECT_EQ(recorder_.messages.front().text, "by a hook");
}

TEST_F(Posting, each_target_fails_alone_when_they_are_separate) {
  RecordProperty("covers", "integrations 8.2/result");
  MessageDraft draft;
  draft.text = "x";
  write([&](Tx& tx) -> Result<void> {
    TRY(const auto posted,
        post_to_targets_in(tx, directory_, bot_, draft, {"#no-such", "#hall", "crypt", "@ada"},
                           Separate::Yes, kNow));
    EXPECT_EQ(posted.size(), 4U);
    EXPECT_EQ(posted[0].error->code, ErrorCode::InvalidChannelTarget);
    EXPECT_EQ(posted[1].message->room, hall_.id);
    EXPECT_EQ(posted[2].error->code, ErrorCode::NotAllowedInRoom);
    EXPECT_EQ(posted[3].message->room.text, "id-adaid-hook.bot");
    EXPECT_EQ(posted[3].channel, "@ada");
    return Done{};
  });
  EXPECT_EQ(recorder_.messages.size(), 2U);
}

TEST_F(Posting, without_separation_the_first_fault_posts_nothing) {
  MessageDraft draft;
  draft.text = "x";
  EXPECT_EQ(refusal([&](Tx& tx) -> Result<void> {
              TRY_DO(post_to_targets_in(tx, directory_, bot_, draft, {"#hall", "@ada", "crypt"},
                                        Separate::No, kNow));
              return Done{};
            }),
            "error-not-allowed");
  EXPECT_TRUE(recorder_.messages.empty());
}

TEST_F(Posting, the_same_new_direct_room_named_twice_is_made_once) {
  MessageDraft draft;
  draft.text = "x";
  write([&](Tx& tx) -> Result<void> {
    TRY(const auto posted,
        post_to_targets_in(tx, directory_, bot_, draft, {"@ada", "id-ada"}, Separate::No, kNow));
    EXPECT_EQ(posted[0].message->room, posted[1].message->room);
    EXPECT_EQ(tx.rooms().activity_of(posted[0].message->room).message_count, 2);
    return Done{};
  });
}

TEST_F(Posting, a_fault_of_a_recorder_fails_the_whole_write) {
  recorder_.fails = true;
  MessageDraft draft;
  draft.text = "x";
  EXPECT_NE(refusal([&](Tx& tx) -> Result<void> {
              TRY_DO(post_to_targets_in(tx, directory_, bot_, draft, {"#hall", "#no-such"},
                                        Separate::Yes, kNow));
              return Done{};
            }),
            "");
  const auto nothing = store_->read_now([&](const Tx& tx) -> Result<void> {
    EXPECT_EQ(tx.rooms().activity_of(hall_.id).message_count, 0);
    return Done{};
  });
  EXPECT_TRUE(nothing);
}

TEST_F(Posting, a_membership_that_ended_in_the_same_commit_does_not_count) {
  write([&](Tx& tx) -> Result<void> {
    return found_in(tx, directory_, crypt_, ada_, kNow, Founder::Member);
  });
  EXPECT_EQ(refusal([&](Tx& tx) -> Result<void> {
              tx.subscriptions().remove(crypt_.id, ada_.id);
              return check_may_post(tx, directory_, ada_, crypt_);
            }),
            "error-not-allowed");
}

TEST_F(Posting, more_targets_than_allowed_are_refused) {
  std::vector<std::string> targets;
  for (std::size_t i = 0; i <= kPostTargetsMax; ++i) targets.push_back(std::to_string(i));
  EXPECT_NE(refusal([&](Tx& tx) -> Result<void> {
              TRY_DO(post_to_targets_in(tx, directory_, bot_, {}, targets, Separate::Yes, kNow));
              return Done{};
            }),
            "");
}

}  // namespace
}  // namespace gantry::domain
