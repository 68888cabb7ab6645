#include "seeded_bugs.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "domain/error_codes.h"
#include "store_between.h"

namespace gantry::testing {
namespace {

using domain::Delivery;
using domain::DeliveryState;
using domain::Tx;
using Work = std::function<Result<void>(Tx&)>;

constexpr std::array<std::pair<std::string_view, Bug>, 13> kNames{{
    {"outbox-apart", Bug::OutboxApart},
    {"reply-apart", Bug::ReplyApart},
    {"reply-late", Bug::ReplyLate},
    {"store-apart", Bug::StoreApart},
    {"key-apart", Bug::KeyApart},
    {"retry-counted-twice", Bug::RetryCountedTwice},
    {"attempt-reused", Bug::AttemptReused},
    {"retry-forgotten", Bug::RetryForgotten},
    {"wait-forgotten", Bug::WaitForgotten},
    {"lost-wake-up", Bug::LostWakeUp},
    {"double-claim", Bug::DoubleClaim},
    {"order-dropped", Bug::OrderDropped},
    {"ack-before-sync", Bug::AckBeforeSync},
}};

// Between two transactions that should be one: wide enough for a kill to fall into.
constexpr std::chrono::milliseconds kGap{15};
constexpr int kNowAndThen = 5;

// What a bug has taken out of a transaction.
struct Moved {
  std::vector<Work> later;
  bool ends_attempt = false;

  void clear() {
    later.clear();
    ends_attempt = false;
  }
};

class BuggyDeliveries final : public DeliveriesBetween {
 public:
  BuggyDeliveries(domain::DeliveryStore& inner, Bug bug, Moved& moved)
      : DeliveriesBetween(inner), bug_(bug), moved_(moved) {}

  void visit_open(std::int64_t after, std::size_t count,
                  const std::function<void(Delivery)>& visit) const override {
    inner_.visit_open(after, count, [&](Delivery delivery) {
      const bool retries = delivery.state == DeliveryState::Retrying;
      if (retries && bug_ == Bug::RetryForgotten) return;
      if (retries && bug_ == Bug::WaitForgotten) delivery.next_at = delivery.created_at;
      visit(std::move(delivery));
    });
  }

  domain::AttemptEnding end_attempt(const Delivery& delivery) override {
    const bool retries = delivery.state == DeliveryState::Retrying;
    Delivery changed = delivery;
    if (retries && bug_ == Bug::RetryCountedTwice) ++changed.tries;
    if (retries && bug_ == Bug::AttemptReused) --changed.tries;
    if (bug_ == Bug::ReplyApart && delivery.state == DeliveryState::Succeeded) {
      changed.state = DeliveryState::Queued;
      ++changed.tries;
      inner_.update(changed);
    }
    if (!moves_end(delivery)) return inner_.end_attempt(changed);
    moved_.ends_attempt = true;
    moved_.later.emplace_back([delivery](Tx& tx) -> Result<void> {
      tx.deliveries().end_attempt(delivery);
      return Done{};
    });
    return {delivery.state, false};
  }

  void put_history(const domain::HistoryEntry& entry) override {
    if (!moved_.ends_attempt) return inner_.put_history(entry);
    moved_.later.emplace_back([entry](Tx& tx) -> Result<void> {
      tx.deliveries().put_history(entry);
      return Done{};
    });
  }

  void put_script_state(const domain::IntegrationId& id, std::string_view revision,
                        const json::object& state) override {
    if (bug_ != Bug::StoreApart) return inner_.put_script_state(id, revision, state);
    moved_.later.emplace_back(
        [id, state, revision = std::string(revision)](Tx& tx) -> Result<void> {
          tx.deliveries().put_script_state(id, revision, state);
          return Done{};
        });
  }

 private:
  bool moves_end(const Delivery& delivery) const {
    return (bug_ == Bug::ReplyApart || bug_ == Bug::ReplyLate) &&
           delivery.state == DeliveryState::Succeeded;
  }

  const Bug bug_;
  Moved& moved_;
};

class BuggyCalls final : public CallsBetween {
 public:
  BuggyCalls(domain::IncomingCallStore& inner, Bug bug, Moved& moved)
      : CallsBetween(inner), bug_(bug), moved_(moved) {}

  bool insert(const domain::IncomingCall& call, Time keys_since) override {
    if (bug_ != Bug::KeyApart || !call.holds_key) return inner_.insert(call, keys_since);
    moved_.later.emplace_back([call, keys_since](Tx& tx) -> Result<void> {
      tx.incoming_calls().insert(call, keys_since);
      return Done{};
    });
    return true;
  }

 private:
  const Bug bug_;
  Moved& moved_;
};

class BuggyTx final : public TxBetween {
 public:
  BuggyTx(Tx& inner, Bug bug, Moved& moved)
      : TxBetween(inner),
        bug_(bug),
        moved_(moved),
        deliveries_(inner.deliveries(), bug, moved),
        calls_(inner.incoming_calls(), bug, moved) {}

  domain::DeliveryStore& deliveries() override { return deliveries_; }
  domain::IncomingCallStore& incoming_calls() override { return calls_; }
  const domain::DeliveryStore& deliveries() const override { return deliveries_; }
  const domain::IncomingCallStore& incoming_calls() const override { return calls_; }

  Result<void> record(domain::Event event) override {
    const bool raises = std::holds_alternative<domain::MessageSent>(event);
    if (bug_ != Bug::OutboxApart || !raises) return inner_.record(std::move(event));
    moved_.later.emplace_back(
        [event = std::move(event)](Tx& tx) -> Result<void> { return tx.record(event); });
    return Done{};
  }

 private:
  const Bug bug_;
  Moved& moved_;
  BuggyDeliveries deliveries_;
  BuggyCalls calls_;
};

class BuggyStore final : public domain::Store {
 public:
  BuggyStore(domain::Store& inner, Bug bug) : inner_(inner), bug_(bug) {}

  Result<void> write_now(const Work& work) override { return inner_.write_now(work); }
  Result<void> read_now(const std::function<Result<void>(const Tx&)>& work) override {
    return inner_.read_now(work);
  }

 protected:
  Task<void> run_write(Work work, domain::Urgency urgency) override {
    Moved moved;
    const Work first = [this, &work, &moved](Tx& tx) -> Result<void> {
      moved.clear();
      BuggyTx buggy(tx, bug_, moved);
      TRY_DO(work(buggy));
      // The end alone comes first: all the rest is undone and follows it.
      if (bug_ == Bug::ReplyLate && moved.ends_attempt) return failure("not yet");
      return Done{};
    };
    const Work rest = [&moved](Tx& tx) -> Result<void> {
      for (const Work& one : moved.later) TRY_DO(one(tx));
      return Done{};
    };
    auto done = co_await inner_.write<void>(first, urgency);
    const bool end_first = bug_ == Bug::ReplyLate && moved.ends_attempt;
    if (end_first) {
      CO_TRY_DO(co_await inner_.write<void>(rest, urgency));
    } else if (!done || moved.later.empty()) {
      co_return done;
    }
    asio::steady_timer gap(co_await asio::this_coro::executor, kGap);
    co_await gap.async_wait(asio::use_awaitable);
    if (end_first) co_return co_await inner_.write<void>(work, urgency);
    co_return co_await inner_.write<void>(rest, urgency);
  }

  Task<void> run_read(std::function<Result<void>(const Tx&)> work) override {
    const std::function<Result<Done>(const Tx&)> reading = [this,
                                                            &work](const Tx& tx) -> Result<Done> {
      Moved nothing;
      // Safety: what is read only is not changed through it either.
      const BuggyTx buggy(const_cast<Tx&>(tx), bug_, nothing);
      TRY_DO(work(buggy));
      return Done{};
    };
    CO_TRY_DO(co_await inner_.read<Done>(reading));
    co_return Done{};
  }

 private:
  domain::Store& inner_;
  const Bug bug_;
};

class BuggyFollower final : public domain::EventFollower {
 public:
  BuggyFollower(domain::EventFollower& inner, Bug bug) : inner_(inner), bug_(bug) {}

  void follow(const domain::Event& event) override {
    const auto* queued = std::get_if<domain::DeliveryQueued>(&event);
    if (queued == nullptr) return inner_.follow(event);
    const bool now = ++followed_ % kNowAndThen == 0;
    if (now && bug_ == Bug::LostWakeUp) return;
    if (now && bug_ == Bug::DoubleClaim) inner_.follow(event);
    if (bug_ != Bug::OrderDropped) return inner_.follow(event);
    Delivery own_line = *queued->delivery;
    own_line.room.text = own_line.id.text;
    own_line.data = {};  // so that the attempt reads the row, with the room as it is
    inner_.follow(domain::DeliveryQueued{std::make_shared<const Delivery>(std::move(own_line))});
  }

 private:
  domain::EventFollower& inner_;
  const Bug bug_;
  int followed_ = 0;
};

}  // namespace

std::optional<Bug> find_bug(std::string_view name) {
  const auto* at = std::find_if(kNames.begin(), kNames.end(),
                                [name](const auto& known) { return known.first == name; });
  if (at == kNames.end()) return std::nullopt;
  return at->second;
}

std::unique_ptr<domain::Store> with_bug(domain::Store& store, Bug bug) {
  return std::make_unique<BuggyStore>(store, bug);
}

std::unique_ptr<domain::EventFollower> with_bug(domain::EventFollower& follower, Bug bug) {
  return std::make_unique<BuggyFollower>(follower, bug);
}

}  // namespace gantry::testing
