// The contract of domain/incoming_call.h: keys have one holder, records are bounded in age and
// number, and what a call said goes with its messages.

#include "domain/incoming_call.h"
#include "store_fixture.h"

namespace gantry::store::sqlite {
namespace {

using domain::IncomingCall;
using domain::IncomingCallId;
using domain::IntegrationId;
using domain::MessageId;
using domain::RoomId;
using domain::UserId;

const IntegrationId kHook{"hook"};
constexpr Time kEver = from_epoch_ms(0);

class IncomingCallStoreTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    write([](domain::Tx& tx) {
      domain::Integration integration;
      integration.id = kHook;
      tx.integrations().insert(integration);
      tx.users().insert(user("u1"));
      tx.rooms().insert(room("r1"));
    });
  }

  static IncomingCall call(const std::string& body, std::int64_t ms) {
    IncomingCall out;
    out.id = new_ordered_id<IncomingCallId>(from_epoch_ms(ms));
    out.integration = kHook;
    out.integration_maker = UserId{"u1"};
    out.created_at = out.finished_at = from_epoch_ms(ms);
    out.status = 200;
    out.content.body = body;
    return out;
  }
  static IncomingCall keyed(const std::string& key, std::int64_t ms) {
    IncomingCall out = call("body", ms);
    out.idempotency_key = key;
    out.holds_key = true;
    return out;
  }
  std::vector<std::int64_t> times() {
    std::vector<std::int64_t> out;
    read([&](const domain::Tx& tx) {
      for (const IncomingCall& one :
           tx.incoming_calls().list({kHook, {}, {}, {}, {}}, {0, 0}).items)
        out.push_back(to_epoch_ms(one.created_at));
    });
    return out;
  }
  bool insert(const IncomingCall& one, Time keys_since = kEver) {
    bool done = false;
    write([&](domain::Tx& tx) { done = tx.incoming_calls().insert(one, keys_since); });
    return done;
  }
};

TEST_F(IncomingCallStoreTest, gives_back_what_was_recorded) {
  IncomingCall made = keyed("k", 1'000);
  made.finished_at = from_epoch_ms(1'234);
  made.body_hash = "hash";
  made.content_type = "text/x";
  made.body_bytes = 7;
  made.headers = {{"x-a", "b"}};
  made.script = domain::IncomingScriptRun{"returned", 1'500, 4'096};
  made.posted = {{RoomId{"r1"}, MessageId{"m1"}}};
  made.content.query = "a=b";
  made.content.returned = "{}";
  made.content.console = {{{"level", "log"}, {"text", "x"}}};
  made.content.error = "oops";
  made.content.answer = "{\"success\":true}";
  ASSERT_TRUE(insert(made));
  open();
  read([&](const domain::Tx& tx) {
    const auto found = tx.incoming_calls().find(made.id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->finished_at, made.finished_at);
    EXPECT_EQ(found->integration_maker.text, "u1");
    EXPECT_TRUE(found->holds_key);
    EXPECT_EQ(found->idempotency_key, "k");
    EXPECT_EQ(found->body_hash, "hash");
    EXPECT_EQ(found->content_type, "text/x");
    EXPECT_EQ(found->body_bytes, 7);
    EXPECT_EQ(found->headers, made.headers);
    ASSERT_TRUE(found->script);
    EXPECT_EQ(found->script->end, "returned");
    EXPECT_EQ(found->script->cpu_us, 1'500);
    EXPECT_EQ(found->script->memory_bytes, 4'096);
    ASSERT_EQ(found->posted.size(), 1U);
    EXPECT_EQ(found->posted[0].room.text, "r1");
    EXPECT_EQ(found->posted[0].message.text, "m1");
    EXPECT_EQ(found->content.query, "a=b");
    EXPECT_EQ(found->content.body, "body");
    EXPECT_EQ(found->content.returned, "{}");
    EXPECT_EQ(found->content.console, made.content.console);
    EXPECT_EQ(found->content.error, "oops");
    EXPECT_EQ(found->content.answer, made.content.answer);
    EXPECT_FALSE(found->forgotten);
  });
}

TEST_F(IncomingCallStoreTest, a_key_has_one_holder_until_it_is_too_old) {
  EXPECT_TRUE(insert(keyed("k", 1'000)));
  EXPECT_FALSE(insert(keyed("k", 2'000)));
  EXPECT_TRUE(insert(keyed("other", 2'000)));
  EXPECT_EQ(times(), (std::vector<std::int64_t>{2'000, 1'000}));
  read([](const domain::Tx& tx) {
    EXPECT_TRUE(tx.incoming_calls().find_by_key(kHook, "k", from_epoch_ms(1'000)));
    EXPECT_FALSE(tx.incoming_calls().find_by_key(kHook, "k", from_epoch_ms(1'001)));
    EXPECT_FALSE(tx.incoming_calls().find_by_key(IntegrationId{"x"}, "k", kEver));
  });
  EXPECT_TRUE(insert(keyed("k", 3'000), from_epoch_ms(1'001)));
  read([](const domain::Tx& tx) {
    EXPECT_EQ(tx.incoming_calls().find_by_key(kHook, "k", kEver)->created_at, from_epoch_ms(3'000));
  });
}

TEST_F(IncomingCallStoreTest, a_key_that_is_not_held_is_in_nobodys_way) {
  IncomingCall again = keyed("k", 1'000);
  again.holds_key = false;
  EXPECT_TRUE(insert(again));
  EXPECT_TRUE(insert(keyed("k", 2'000)));
}

TEST_F(IncomingCallStoreTest, nothing_is_kept_of_an_integration_that_is_gone) {
  ASSERT_TRUE(insert(call("x", 1'000)));
  write([](domain::Tx& tx) { tx.integrations().remove(kHook); });
  EXPECT_TRUE(times().empty());
  EXPECT_TRUE(insert(call("x", 2'000)));
  EXPECT_TRUE(times().empty());
}

TEST_F(IncomingCallStoreTest, what_a_call_said_goes_with_any_of_its_messages) {
  using Removal = std::function<void(domain::Tx&)>;
  const std::vector<Removal> removals{
      [](domain::Tx& tx) { tx.messages().remove(MessageId{"m1"}); },
      [](domain::Tx& tx) { tx.messages().remove_of_author(UserId{"u1"}); },
      [](domain::Tx& tx) {
        domain::Message stub = message("m1", "r1", 1'000);
        stub.type = "rm";
        tx.messages().update(stub);
      },
      [](domain::Tx& tx) { tx.rooms().remove(RoomId{"r1"}); }};
  std::int64_t ms = 1'000;
  for (const Removal& removal : removals) {
    IncomingCall posting = call("said", ++ms);
    posting.posted = {{RoomId{"r1"}, MessageId{"m1"}}, {RoomId{"r1"}, MessageId{"m2"}}};
    const IncomingCall other = call("kept", ++ms);
    write([&](domain::Tx& tx) {
      for (const char* id : {"m1", "m2"}) tx.messages().insert(message(id, "r1", 1'000));
      tx.incoming_calls().insert(posting, kEver);
      tx.incoming_calls().insert(other, kEver);
    });
    write(removal);
    read([&](const domain::Tx& tx) {
      const auto found = tx.incoming_calls().find(posting.id);
      ASSERT_TRUE(found);
      EXPECT_TRUE(found->forgotten);
      EXPECT_FALSE(found->content.body);
      EXPECT_EQ(found->posted.size(), 2U);
      EXPECT_EQ(tx.incoming_calls().find(other.id)->content.body, "kept");
    });
    write([&](domain::Tx& tx) {
      tx.incoming_calls().prune(from_epoch_ms(1'000'000), 100);
      for (const char* id : {"m1", "m2"}) tx.messages().remove(MessageId{id});
    });
  }
}

TEST_F(IncomingCallStoreTest, an_edited_message_takes_nothing_along) {
  IncomingCall posting = call("said", 1'000);
  posting.posted = {{RoomId{"r1"}, MessageId{"m1"}}};
  write([&](domain::Tx& tx) {
    tx.messages().insert(message("m1", "r1", 1'000));
    tx.incoming_calls().insert(posting, kEver);
    tx.messages().update(message("m1", "r1", 1'000));
  });
  read(
      [&](const domain::Tx& tx) { EXPECT_FALSE(tx.incoming_calls().find(posting.id)->forgotten); });
}

TEST_F(IncomingCallStoreTest, prunes_the_oldest_by_age) {
  for (const std::int64_t ms : {1'000, 2'000, 3'000, 4'000, 5'000}) {
    ASSERT_TRUE(insert(call("x", ms)));
  }
  write([](domain::Tx& tx) {
    EXPECT_EQ(tx.incoming_calls().prune(from_epoch_ms(3'000), 1), 1);
    EXPECT_EQ(tx.incoming_calls().prune(from_epoch_ms(3'000), 10), 1);
    EXPECT_EQ(tx.incoming_calls().prune(from_epoch_ms(3'000), 10), 0);
  });
  EXPECT_EQ(times(), (std::vector<std::int64_t>{5'000, 4'000, 3'000}));
}

TEST_F(IncomingCallStoreTest, lists_by_maker_result_and_time) {
  IncomingCall failed = call("x", 2'000);
  failed.status = 400;
  IncomingCall of_another = call("x", 3'000);
  of_another.integration_maker = UserId{"u2"};
  for (const IncomingCall& one : {call("x", 1'000), failed, of_another}) ASSERT_TRUE(insert(one));
  const auto listed = [&](const domain::IncomingCallRange& range) {
    std::vector<std::int64_t> out;
    read([&](const domain::Tx& tx) {
      const auto found = tx.incoming_calls().list(range, {0, 50});
      EXPECT_EQ(static_cast<std::size_t>(found.total), found.items.size());
      for (const IncomingCall& one : found.items) out.push_back(to_epoch_ms(one.created_at));
    });
    return out;
  };
  using Times = std::vector<std::int64_t>;
  EXPECT_EQ(listed({kHook, {}, {}, {}, {}}), (Times{3'000, 2'000, 1'000}));
  EXPECT_EQ(listed({kHook, UserId{"u2"}, {}, {}, {}}), Times{3'000});
  EXPECT_EQ(listed({kHook, {}, true, {}, {}}), (Times{3'000, 1'000}));
  EXPECT_EQ(listed({kHook, {}, false, {}, {}}), Times{2'000});
  EXPECT_EQ(listed({kHook, {}, {}, from_epoch_ms(2'000), from_epoch_ms(3'000)}), Times{2'000});
}

}  // namespace
}  // namespace gantry::store::sqlite
