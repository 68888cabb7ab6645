// Many callers at once: each keeps or loses his own work, and who has an answer reads his write.

#include <atomic>
#include <deque>
#include <future>
#include <thread>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "domain/error_codes.h"
#include "store_fixture.h"

namespace gantry::store::sqlite {
namespace {

class GroupCommitTest : public StoreTest {
 protected:
  using Work = std::function<Result<void>(domain::Tx&)>;

  void SetUp() override {
    StoreTest::SetUp();
    store_->start();
    thread_ = std::thread([this] { io_.run(); });
  }
  void TearDown() override {
    store_->stop();
    work_.reset();
    thread_.join();
    StoreTest::TearDown();
  }

  std::future<Result<void>> start(Work work) {
    return asio::co_spawn(io_, store_->write<void>(std::move(work)), asio::use_future);
  }

  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  std::thread thread_;
};

TEST_F(GroupCommitTest, an_error_rolls_back_its_own_work_only) {
  std::vector<std::future<Result<void>>> all;
  for (int i = 0; i < 200; ++i) {
    all.push_back(start([i](domain::Tx& tx) -> Result<void> {
      tx.rooms().insert(room(std::to_string(i)));
      if (i % 3 == 0) return ErrorCode::InvalidRoom;
      return Done{};
    }));
  }
  for (int i = 0; i < 200; ++i) {
    const bool kept = static_cast<bool>(all[static_cast<std::size_t>(i)].get());
    EXPECT_EQ(kept, i % 3 != 0);
    EXPECT_EQ(directory_->find_room(domain::RoomId{std::to_string(i)}) != nullptr, kept) << i;
  }
  EXPECT_LT(store_->metrics().commits.load(), 200U);
}

class ShortLogTest : public GroupCommitTest {
 protected:
  StoreOptions options() const override { return {.path = path(), .checkpoint_pages = 100}; }
};

TEST_F(ShortLogTest, the_log_begins_again_under_steady_writing) {
  const std::string text(3'000, 'x');  // a row fills a page
  constexpr std::size_t kWrites = 4'000;
  constexpr std::size_t kAtOnce = 64;
  std::deque<std::future<Result<void>>> open;
  for (std::size_t i = 0; i < kWrites; ++i) {
    open.push_back(start([i, &text](domain::Tx& tx) -> Result<void> {
      domain::Room made = room(std::to_string(i));
      made.topic = text;
      tx.rooms().insert(made);
      return Done{};
    }));
    if (open.size() < kAtOnce) continue;
    EXPECT_TRUE(open.front().get());
    open.pop_front();
  }
  for (auto& one : open) EXPECT_TRUE(one.get());
  EXPECT_LT(std::filesystem::file_size(path() + "-wal"), kWrites / 2 * 4096);
  EXPECT_EQ(directory_->list_rooms().size(), kWrites);
}

TEST_F(GroupCommitTest, a_fault_reaches_its_caller_and_nobody_else) {
  auto faulty = start([](domain::Tx&) -> Result<void> { throw std::runtime_error("a bug"); });
  auto good = start([](domain::Tx& tx) -> Result<void> {
    tx.rooms().insert(room("good"));
    return Done{};
  });
  EXPECT_THROW((void)faulty.get(), std::runtime_error);
  EXPECT_TRUE(good.get());
  EXPECT_NE(directory_->find_room(domain::RoomId{"good"}), nullptr);
}

TEST_F(GroupCommitTest, a_broken_rule_of_the_database_fails_its_own_work_only) {
  auto first = start([](domain::Tx& tx) -> Result<void> {
    tx.users().insert(user("u1"));
    return Done{};
  });
  auto twin = start([](domain::Tx& tx) -> Result<void> {
    tx.rooms().insert(room("of-twin"));
    tx.users().insert(user("u1"));
    return Done{};
  });
  EXPECT_TRUE(first.get());
  EXPECT_FALSE(twin.get());
  EXPECT_EQ(directory_->find_room(domain::RoomId{"of-twin"}), nullptr);
}

TEST_F(GroupCommitTest, followers_hear_of_committed_events_in_order) {
  class Counting final : public domain::EventFollower {
   public:
    void follow(const domain::Event& event) override {
      if (const auto* sent = std::get_if<domain::MessageSent>(&event)) {
        heard.push_back(sent->message->id.text);
      }
    }
    std::vector<std::string> heard;
  } follower;
  store_->add_follower(follower);
  const auto sending = [](std::string id, bool keep) {
    return [id, keep](domain::Tx& tx) -> Result<void> {
      auto sent = std::make_shared<domain::Message>(message(id, "r1", 1));
      TRY_DO(tx.record(domain::MessageSent{sent, nullptr, false}));
      if (!keep) return ErrorCode::NotAllowed;
      return Done{};
    };
  };
  std::vector<std::future<Result<void>>> all;
  all.push_back(start(sending("a", true)));
  all.push_back(start(sending("lost", false)));
  all.push_back(start(sending("b", true)));
  for (auto& one : all) (void)one.get();
  store_->stop();
  EXPECT_EQ(follower.heard, (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace gantry::store::sqlite
