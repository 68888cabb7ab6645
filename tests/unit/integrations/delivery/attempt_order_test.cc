#include "integrations/delivery/attempt_order.h"

#include <map>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace gantry::integrations {
namespace {

constexpr Time kStart = from_epoch_ms(1'772'618'400'000);
constexpr Milliseconds kQuick{5};
constexpr Milliseconds kSlow{5'000};

class AttemptOrderTest : public testing::Test {
 protected:
  static Turn retry(const std::string& id, const std::string& target,
                    const std::string& integration = "i") {
    return turn_of(id, {domain::IntegrationId{integration}, target, ""});
  }
  static Turn first(const std::string& id, const std::string& target, const std::string& line,
                    const std::string& integration = "i") {
    Turn turn = turn_of(id, {domain::IntegrationId{integration}, target, line});
    turn.in_line = true;
    return turn;
  }
  static Turn turn_of(const std::string& id, Lane lane) {
    return {{domain::DeliveryId{id}, nullptr}, std::make_shared<const Lane>(std::move(lane))};
  }

  std::vector<Turn> take_all(Time now = kStart) {
    std::vector<Turn> out;
    while (auto turn = order_.next(now)) out.push_back(*std::move(turn));
    return out;
  }
  std::string take_one(Time now = kStart) {
    auto turn = order_.next(now);
    if (!turn) return "";
    taken_ = *std::move(turn);
    return taken_.of.id.text;
  }
  void answer(const Turn& turn, Milliseconds took = kQuick, Time now = kStart) {
    order_.ended(turn, Reach::Answered, took, now);
  }
  void forget(const std::vector<std::string>& ids) {
    std::unordered_set<domain::DeliveryId> deliveries;
    for (const std::string& id : ids) deliveries.insert(domain::DeliveryId{id});
    order_.forget(deliveries, kStart);
  }
  void fail(const Turn& turn, Time now = kStart) { order_.ended(turn, Reach::Failed, kSlow, now); }

  AttemptOrder order_{AttemptLimits{}};
  Turn taken_;
};

TEST_F(AttemptOrderTest, a_line_goes_one_after_another_in_its_order) {
  for (const char* id : {"1", "2", "3"}) order_.add(first(id, "t", "line"), kStart);
  for (const char* id : {"1", "2", "3"}) {
    EXPECT_EQ(take_one(), id);
    EXPECT_FALSE(order_.next(kStart));
    answer(taken_);
  }
  EXPECT_EQ(take_one(), "");
  EXPECT_EQ(order_.running(), 0u);
  EXPECT_EQ(order_.waiting(), 0u);
}

TEST_F(AttemptOrderTest, targets_take_turns) {
  for (int i = 0; i < 3; ++i) order_.add(retry("a" + std::to_string(i), "a"), kStart);
  for (int i = 0; i < 3; ++i) order_.add(retry("b" + std::to_string(i), "b"), kStart);
  std::string ids;
  for (const Turn& turn : take_all()) ids += turn.of.id.text + " ";
  EXPECT_EQ(ids, "a0 b0 a1 b1 ");
}

TEST_F(AttemptOrderTest, quick_answers_earn_a_target_more_places_and_slow_ones_lose_them) {
  for (int i = 0; i < 400; ++i) order_.add(retry(std::to_string(i), "t"), kStart);
  std::vector<Turn> running = take_all();
  EXPECT_EQ(running.size(), 2u);
  for (const std::size_t wanted : {4u, 8u, 16u, 32u, 32u}) {
    for (const Turn& turn : running) answer(turn);
    running = take_all();
    EXPECT_EQ(running.size(), wanted);
  }
  for (const Turn& turn : running) answer(turn, kSlow);
  EXPECT_EQ(take_all().size(), 2u);
}

TEST_F(AttemptOrderTest, many_hanging_targets_leave_places_for_a_healthy_one) {
  for (int target = 0; target < 100; ++target) {
    const std::string name = "hanging " + std::to_string(target);
    for (int i = 0; i < 50; ++i) order_.add(retry("x", name, name), kStart);
  }
  EXPECT_EQ(take_all().size(), 200u);
  for (int i = 0; i < 500; ++i) order_.add(retry("h", "healthy", "healthy"), kStart);
  int made = 0;
  for (std::vector<Turn> running = take_all(); !running.empty(); running = take_all()) {
    for (const Turn& turn : running) {
      answer(turn);
      ++made;
    }
  }
  EXPECT_EQ(made, 500);
}

TEST_F(AttemptOrderTest, an_integration_has_so_many_places_at_once_over_all_its_targets) {
  for (int i = 0; i < 100; ++i) order_.add(retry("a", "t" + std::to_string(i), "busy"), kStart);
  for (int i = 0; i < 10; ++i) order_.add(retry("b", "t" + std::to_string(i), "other"), kStart);
  std::map<std::string, std::size_t> by_owner;
  std::vector<Turn> running = take_all();
  for (const Turn& turn : running) ++by_owner[turn.lane->integration.text];
  EXPECT_EQ(by_owner["busy"], 64u);
  EXPECT_EQ(by_owner["other"], 10u);
  std::size_t made = 0;
  while (!running.empty()) {
    for (const Turn& turn : running) answer(turn);
    made += running.size();
    running = take_all();
  }
  EXPECT_EQ(made, 110u);
}

TEST_F(AttemptOrderTest, a_target_that_cannot_be_reached_is_probed_and_then_served_again) {
  for (int i = 0; i < 20; ++i) order_.add(retry(std::to_string(i), "dead"), kStart);
  int tries = 0;
  for (std::vector<Turn> running = take_all(); !running.empty(); running = take_all()) {
    for (const Turn& turn : running) {
      fail(turn);
      ++tries;
    }
  }
  EXPECT_EQ(tries, 6);  // two at once: one of them ended after it opened
  EXPECT_EQ(order_.open_circuits(), 1u);
  ASSERT_TRUE(order_.probe_at());
  const Time probe = *order_.probe_at();
  order_.wake(probe - Milliseconds{1});
  EXPECT_TRUE(take_all(probe - Milliseconds{1}).empty());
  order_.wake(probe);
  std::vector<Turn> running = take_all(probe);
  ASSERT_EQ(running.size(), 1u);
  EXPECT_FALSE(order_.probe_at()) << "nothing to wait for while it is probed";
  fail(running[0], probe);
  EXPECT_GT(*order_.probe_at(), probe);
  const Time again = *order_.probe_at();
  order_.wake(again);
  running = take_all(again);
  ASSERT_EQ(running.size(), 1u);
  answer(running[0], kQuick, again);
  EXPECT_EQ(order_.open_circuits(), 0u);
  EXPECT_GE(take_all(again).size(), 2u);
}

TEST_F(AttemptOrderTest, who_steps_aside_keeps_the_line_and_gives_up_the_place) {
  order_.add(first("1", "t", "line"), kStart);
  order_.add(first("2", "t", "line"), kStart);
  order_.add(first("3", "t", "another"), kStart);
  order_.add(first("4", "t", "third"), kStart);
  std::vector<Turn> running = take_all();
  ASSERT_EQ(running.size(), 2u);
  order_.step_aside(running[0], kStart);
  EXPECT_EQ(take_one(), "4");
  order_.step_back(running[0]);
  EXPECT_EQ(order_.running(), 3u);
  answer(running[0]);
  answer(running[1]);
  EXPECT_EQ(take_one(), "2");
}

TEST_F(AttemptOrderTest, what_is_forgotten_is_never_given_and_its_line_goes_on) {
  for (const char* id : {"1", "2", "3"}) order_.add(first(id, "t", "line"), kStart);
  order_.add(first("4", "t", "another"), kStart);
  order_.add(retry("5", "t"), kStart);
  order_.add(retry("6", "t"), kStart);
  EXPECT_EQ(take_one(), "5");
  forget({"5", "6", "1", "4"});
  EXPECT_EQ(order_.waiting(), 2u);
  EXPECT_EQ(order_.running(), 1u) << "what runs is not touched";
  answer(taken_);
  for (const char* id : {"2", "3"}) {
    EXPECT_EQ(take_one(), id);
    answer(taken_);
  }
  EXPECT_EQ(take_one(), "");
  EXPECT_EQ(order_.waiting(), 0u);
}

TEST_F(AttemptOrderTest, a_parked_one_can_be_forgotten) {
  for (int i = 0; i < 80; ++i) {
    const std::string id = std::to_string(i);
    order_.add(first(id, "t" + id, "line " + id), kStart);
    order_.add(first("after " + id, "t" + id, "line " + id), kStart);
  }
  std::vector<Turn> running = take_all();
  EXPECT_EQ(running.size(), 64u);
  forget({"70", "79", "after 79"});
  std::size_t made = 0;
  while (!running.empty()) {
    for (const Turn& turn : running) answer(turn);
    made += running.size();
    running = take_all();
  }
  EXPECT_EQ(made, 157u);
  EXPECT_EQ(order_.waiting(), 0u);
}

TEST_F(AttemptOrderTest, nothing_is_left_of_a_target_whose_deliveries_are_forgotten) {
  for (int i = 0; i < 9; ++i) order_.add(retry(std::to_string(i), "dead"), kStart);
  for (std::vector<Turn> running = take_all(); !running.empty(); running = take_all()) {
    for (const Turn& turn : running) fail(turn);
  }
  ASSERT_TRUE(order_.probe_at());
  forget({"6", "7", "8"});
  EXPECT_FALSE(order_.probe_at());
  EXPECT_EQ(order_.waiting(), 0u);
}

TEST_F(AttemptOrderTest, whatever_happens_each_is_given_once_and_lines_keep_their_order) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto draw = [&random](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  Time now = kStart;
  std::map<std::string, int> last_of_line;
  std::vector<Turn> running;
  int added = 0;
  int given = 0;
  for (int step = 0; step < 20'000 || given < added; ++step) {
    ASSERT_LT(step, 400'000) << "something is never given";
    if (step < 20'000 && draw(3) == 0) {
      const std::string target = "t" + std::to_string(draw(8));
      const std::string owner = "i" + std::to_string(draw(3));
      const std::string line = owner + target + std::to_string(draw(4));
      const std::string id = std::to_string(added++);
      order_.add(draw(4) == 0 ? retry(id, target, owner) : first(id, target, line, owner), now);
    }
    if (auto turn = order_.next(now)) {
      ++given;
      if (turn->in_line) {
        int& last = last_of_line.try_emplace(turn->lane->line, -1).first->second;
        EXPECT_LT(last, std::stoi(turn->of.id.text));
        last = std::stoi(turn->of.id.text);
        for (const Turn& other : running) {
          EXPECT_FALSE(other.in_line && other.lane->line == turn->lane->line);
        }
      }
      running.push_back(*std::move(turn));
    }
    if (!running.empty() && draw(2) == 0) {
      const std::size_t at = random() % running.size();
      const Turn turn = running[at];
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(at));
      // Two of the eight targets are mostly down.
      const bool is_down = turn.lane->target < "t2" && draw(10) != 0;
      order_.ended(turn, is_down ? Reach::Failed : Reach::Answered, draw(2) == 0 ? kQuick : kSlow,
                   now);
    }
    now += Milliseconds{draw(200)};
    order_.wake(now);
  }
  for (const Turn& turn : running) answer(turn, kQuick, now);
  EXPECT_EQ(order_.running(), 0u);
  EXPECT_EQ(order_.waiting(), 0u);
  EXPECT_EQ(given, added);
}

}  // namespace
}  // namespace gantry::integrations
