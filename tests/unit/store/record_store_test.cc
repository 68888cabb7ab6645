// The contract of domain/record_store.h: pruning in steps by number and time, and what records say
// of messages that are deleted.

#include "domain/record_store.h"

#include "base/derived_id.h"
#include "domain/delivery_records.h"
#include "store_fixture.h"

namespace gantry::store::sqlite {
namespace {

using domain::Delivery;
using domain::DeliveryId;
using domain::DeliveryState;
using domain::HistoryEntry;
using domain::IntegrationId;
using domain::MessageFate;
using domain::MessageId;
using domain::PruneStep;
using domain::RecordKind;
using domain::RoomId;
using domain::UserId;

const IntegrationId kHook{"i1"};

class RecordStoreTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    write([](domain::Tx& tx) {
      tx.integrations().insert(integration("i1"));
      tx.users().insert(user("u1"));
      tx.rooms().insert(room("r1"));
    });
  }

  static Delivery delivery_at(std::int64_t ms, DeliveryState state) {
    Delivery out = delivery(ordered_id(from_epoch_ms(ms)), "i1");
    out.state = state;
    out.created_at = from_epoch_ms(ms);
    return out;
  }
  static HistoryEntry attempt_of(const Delivery& delivery) {
    HistoryEntry out;
    out.id = history_id_of(delivery.id, delivery.tries);
    out.delivery = delivery.id;
    out.integration = delivery.integration;
    out.data = delivery.data;
    out.target_url = delivery.url;
    out.url = delivery.url;
    out.http_call_data = delivery.data;
    out.http_result = "\"ok\"";
    out.finished = !delivery.open();
    out.created_at = out.updated_at = delivery.created_at;
    return out;
  }
  // A message with a delivery of it, and an attempt of that.
  struct Said {
    domain::Message message;
    Delivery delivery;
    HistoryEntry attempt;
  };
  Said say(const std::string& id, std::int64_t ms, DeliveryState state) {
    Said out{message(id, "r1", ms), delivery_at(ms, state), {}};
    out.message.text = "said";
    out.delivery.message = out.message.id;
    out.delivery.data = JsonDocument({{"message_id", id}, {"text", "said"}});
    out.attempt = attempt_of(out.delivery);
    write([&](domain::Tx& tx) {
      tx.messages().insert(out.message);
      tx.deliveries().insert(out.delivery);
      tx.deliveries().put_history(out.attempt);
    });
    return out;
  }
  Delivery stored(const Said& said) {
    Delivery out;
    read([&](const domain::Tx& tx) { out = tx.deliveries().find(said.delivery.id).value(); });
    return out;
  }
  HistoryEntry stored_attempt(const Said& said) {
    HistoryEntry out;
    read(
        [&](const domain::Tx& tx) { out = tx.deliveries().find_history(said.attempt.id).value(); });
    return out;
  }
  PruneStep prune(RecordKind kind, std::int64_t from, std::int64_t to, std::int64_t count) {
    PruneStep out;
    write([&](domain::Tx& tx) {
      out = tx.records().prune(kind, kHook, from_epoch_ms(from), from_epoch_ms(to), count);
    });
    return out;
  }
  std::optional<Time> beyond(RecordKind kind, std::int64_t kept) {
    std::optional<Time> out;
    read([&](const domain::Tx& tx) { out = tx.records().find_beyond(kind, kHook, kept); });
    return out;
  }
};

TEST_F(RecordStoreTest, a_message_takes_its_records_along_whichever_way_it_goes) {
  using Removal = std::function<void(domain::Tx&)>;
  const std::vector<Removal> removals{
      [](domain::Tx& tx) { tx.messages().remove(MessageId{"m1"}); },
      [](domain::Tx& tx) { tx.messages().remove_of_author(UserId{"u1"}); },
      [](domain::Tx& tx) {
        tx.messages().give_to_author(UserId{"u1"}, {UserId{"heir"}, "heir", "Heir"}, "Gone");
      },
      [](domain::Tx& tx) {
        domain::Message stub = message("m1", "r1", 1'000);
        stub.type = "rm";
        tx.messages().update(stub);
      },
      [](domain::Tx& tx) { tx.rooms().remove(RoomId{"r1"}); }};
  for (const Removal& removal : removals) {
    const Said said = say("m1", 1'000, DeliveryState::Succeeded);
    write(removal);
    EXPECT_EQ(stored(said).message_fate, MessageFate::Deleted);
    EXPECT_EQ(stored(said).state, DeliveryState::Succeeded);
    EXPECT_TRUE(stored(said).data.is_null());
    EXPECT_TRUE(stored_attempt(said).forgotten);
    EXPECT_TRUE(stored_attempt(said).data.is_null());
    EXPECT_TRUE(stored_attempt(said).http_call_data.is_null());
    EXPECT_FALSE(stored_attempt(said).http_result);
    write([](domain::Tx& tx) { tx.messages().remove(MessageId{"m1"}); });
  }
}

TEST_F(RecordStoreTest, other_messages_of_the_same_time_keep_theirs) {
  const Said said = say("m1", 1'000, DeliveryState::Succeeded);
  const Said other = say("m2", 1'000, DeliveryState::Succeeded);
  write([](domain::Tx& tx) { tx.messages().remove(MessageId{"m1"}); });
  EXPECT_TRUE(stored(said).forgotten());
  EXPECT_EQ(stored(other).data, other.delivery.data);
  EXPECT_EQ(stored_attempt(other).http_call_data, other.delivery.data);
}

TEST_F(RecordStoreTest, what_is_due_is_dropped_and_stays_so_unless_it_succeeds) {
  const Said said = say("m1", 1'000, DeliveryState::Queued);
  write([](domain::Tx& tx) { tx.messages().remove(MessageId{"m1"}); });
  EXPECT_EQ(stored(said).state, DeliveryState::Dropped);
  EXPECT_EQ(stored(said).message_fate, MessageFate::DeletedWhileDue);
  write([&](domain::Tx& tx) {
    Delivery ended = said.delivery;
    for (const auto& [tried, wanted] : {std::pair{DeliveryState::Retrying, DeliveryState::Dropped},
                                        {DeliveryState::Failed, DeliveryState::Dropped},
                                        {DeliveryState::Succeeded, DeliveryState::Succeeded}}) {
      ended.state = tried;
      const domain::AttemptEnding ending = tx.deliveries().end_attempt(ended);
      EXPECT_EQ(ending.state, wanted);
      EXPECT_TRUE(ending.forgotten);
    }
  });
}

TEST_F(RecordStoreTest, a_reply_takes_along_what_was_answered) {
  Said said = say("m1", 1'000, DeliveryState::Succeeded);
  const std::string reply = derived_id_beside(said.delivery.id.text, "reply");
  said.attempt.result_message =
      json::array{json::object{{"channel", "r1"}, {"message", {{"_id", reply}, {"msg", "told"}}}}};
  write([&](domain::Tx& tx) {
    tx.deliveries().put_history(said.attempt);
    tx.messages().insert(message(reply, "r1", 9'000));
    tx.messages().remove(MessageId{reply});
  });
  EXPECT_FALSE(stored(said).forgotten());
  EXPECT_EQ(stored_attempt(said).data.object().at("text"), "said");
  EXPECT_FALSE(stored_attempt(said).http_result);
  EXPECT_EQ(json::serialize(stored_attempt(said).result_message),
            R"([{"channel":"r1","message":{"_id":")" + reply + R"("}}])");
}

TEST_F(RecordStoreTest, prunes_in_steps_but_nothing_of_open_deliveries) {
  say("m1", 1'000, DeliveryState::Retrying);
  for (const std::int64_t ms : {2'000, 3'000, 4'000}) {
    say("m" + std::to_string(ms), ms, DeliveryState::Failed);
  }
  for (const RecordKind kind : {RecordKind::Attempt, RecordKind::Delivery}) {
    EXPECT_EQ(beyond(kind, 4), std::nullopt);
    EXPECT_EQ(beyond(kind, 1), from_epoch_ms(3'000));
    PruneStep step = prune(kind, 0, 3'000, 1);
    EXPECT_EQ(step.looked_at, 1);
    EXPECT_EQ(step.removed, 0);
    EXPECT_EQ(step.last, from_epoch_ms(1'000));
    step = prune(kind, 1'001, 3'000, 10);
    EXPECT_EQ(step.looked_at, 2);
    EXPECT_EQ(step.removed, 2);
    EXPECT_EQ(prune(kind, 1'001, 3'000, 10).looked_at, 0);
    EXPECT_EQ(beyond(kind, 1), from_epoch_ms(1'000));
  }
}

TEST_F(RecordStoreTest, an_attempt_that_led_to_a_retry_goes_once_its_delivery_has_ended) {
  const Said said = say("m1", 1'000, DeliveryState::Retrying);
  EXPECT_EQ(prune(RecordKind::Attempt, 0, 1'000, 10).removed, 0);
  write([&](domain::Tx& tx) {
    EXPECT_EQ(tx.deliveries().prune_history(from_epoch_ms(2'000), 10), 0);
    Delivery ended = said.delivery;
    ended.state = DeliveryState::Failed;
    tx.deliveries().end_attempt(ended);
    EXPECT_EQ(tx.deliveries().prune_history(from_epoch_ms(2'000), 10), 1);
  });
}

TEST_F(RecordStoreTest, counts_bytes_of_a_time_span) {
  say("m1", 60'000, DeliveryState::Failed);
  say("m2", 120'000, DeliveryState::Failed);
  read([](const domain::Tx& tx) {
    const auto bytes = [&tx](std::int64_t from, std::int64_t to) {
      return tx.records().count_bytes(from_epoch_ms(from), from_epoch_ms(to));
    };
    EXPECT_EQ(bytes(0, 60'000), 0);
    EXPECT_GT(bytes(60'000, 60'001), 500);
    EXPECT_EQ(bytes(0, 1'000'000), bytes(0, 120'000) + bytes(120'000, 1'000'000));
    EXPECT_EQ(tx.records().find_oldest(), from_epoch_ms(60'000));
    EXPECT_GT(tx.records().count_all_bytes(), bytes(0, 1'000'000));
  });
}

}  // namespace
}  // namespace gantry::store::sqlite
