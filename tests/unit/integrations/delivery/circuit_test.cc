#include "integrations/delivery/circuit.h"

#include <gtest/gtest.h>

namespace gantry::integrations {
namespace {

constexpr Time kStart = from_epoch_ms(1'772'618'400'000);

Circuit opened(Time at) {
  Circuit circuit;
  for (int i = 0; i < Circuit::kFailuresToOpen; ++i) circuit.ended(Reach::Failed, at);
  return circuit;
}

TEST(Circuit, a_few_failures_change_nothing) {
  Circuit circuit;
  for (int i = 1; i < Circuit::kFailuresToOpen; ++i) circuit.ended(Reach::Failed, kStart);
  EXPECT_FALSE(circuit.is_open());
  EXPECT_TRUE(circuit.may_try(kStart, 30));
  EXPECT_FALSE(circuit.is_calm());
}

TEST(Circuit, only_failures_in_a_row_open_it) {
  Circuit circuit;
  for (int i = 0; i < 10 * Circuit::kFailuresToOpen; ++i) {
    circuit.ended(i % Circuit::kFailuresToOpen == 0 ? Reach::Answered : Reach::Failed, kStart);
  }
  EXPECT_FALSE(circuit.is_open());
}

TEST(Circuit, what_says_nothing_about_the_target_does_not_count) {
  Circuit circuit;
  for (int i = 0; i < 10 * Circuit::kFailuresToOpen; ++i) circuit.ended(Reach::Unknown, kStart);
  EXPECT_TRUE(circuit.is_calm());
  circuit = opened(kStart);
  circuit.ended(Reach::Unknown, kStart);
  EXPECT_TRUE(circuit.is_open());
}

TEST(Circuit, an_open_one_lets_one_probe_through_after_its_pause) {
  const Circuit circuit = opened(kStart);
  EXPECT_FALSE(circuit.may_try(kStart + Circuit::kPauseFirst - Milliseconds{1}, 0));
  EXPECT_TRUE(circuit.may_try(kStart + Circuit::kPauseFirst, 0));
  EXPECT_FALSE(circuit.may_try(kStart + Circuit::kPauseFirst, 1));
}

TEST(Circuit, each_probe_that_fails_doubles_the_pause_up_to_a_bound) {
  Circuit circuit = opened(kStart);
  Time now = kStart;
  for (const int wanted_s : {1, 2, 4, 8, 16, 30, 30}) {
    const Milliseconds pause = *circuit.probe_at() - now;
    EXPECT_EQ(pause, Milliseconds{wanted_s * 1'000});
    now = *circuit.probe_at();
    circuit.ended(Reach::Failed, now);
  }
}

TEST(Circuit, late_ends_of_older_attempts_do_not_make_the_pause_longer) {
  Circuit circuit = opened(kStart);
  for (int i = 0; i < 30; ++i) circuit.ended(Reach::Failed, kStart + Milliseconds{i});
  EXPECT_EQ(*circuit.probe_at(), kStart + Circuit::kPauseFirst);
}

TEST(Circuit, an_answer_closes_it_and_forgets_all) {
  Circuit circuit = opened(kStart);
  circuit.ended(Reach::Failed, *circuit.probe_at());
  circuit.ended(Reach::Answered, kStart);
  EXPECT_TRUE(circuit.is_calm());
  EXPECT_FALSE(circuit.is_open());
  EXPECT_EQ(*opened(kStart).probe_at(), kStart + Circuit::kPauseFirst);
}

TEST(Circuit, a_clock_that_is_set_back_does_not_lengthen_the_pause) {
  Circuit circuit = opened(kStart);
  const Time earlier = kStart - std::chrono::hours(10);
  EXPECT_TRUE(circuit.may_try(earlier, 0));
  circuit.ended(Reach::Failed, earlier);
  EXPECT_FALSE(circuit.may_try(earlier, 0));
  EXPECT_EQ(*circuit.probe_at(), earlier + 2 * Circuit::kPauseFirst);
}

}  // namespace
}  // namespace gantry::integrations
