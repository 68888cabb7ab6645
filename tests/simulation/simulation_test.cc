// Many deliveries under random faults, with all that must hold checked at each step; and the bugs
// that show whether the checker sees anything.
//
// GANTRY_SIMULATED=1000000 GANTRY_SEED=7 gantry_unit_tests --gtest_filter='Simulation.*'

#include "simulation/simulation.h"

#include <array>
#include <cstdlib>
#include <iostream>
#include <random>

#include <gtest/gtest.h>

namespace gantry::simulation {
namespace {

constexpr std::size_t kDeliveries = 12'000;
constexpr std::size_t kDeliveriesWithBug = 40'000;

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

TEST(Simulation, nothing_is_lost_doubled_or_out_of_order) {
  Plan plan;
  plan.seed = number_of("GANTRY_SEED", std::random_device{}());
  plan.deliveries = number_of("GANTRY_SIMULATED", kDeliveries);
  const Report report = simulate(plan);
  std::cout << "seed " << plan.seed << ": " << report.deliveries << " deliveries, "
            << report.requests << " requests, " << report.retries << " retries, "
            << report.failed_writes << " failed writes, " << report.deaths << " deaths\n";
  for (const std::string& one : report.violations) ADD_FAILURE() << one;
  EXPECT_GE(report.deliveries, plan.deliveries);
  EXPECT_GT(report.retries, 0u);
  EXPECT_GT(report.failed_writes, 0u);
  EXPECT_GT(report.deaths, 0u);
}

class SeededBug : public ::testing::TestWithParam<const char*> {};

TEST_P(SeededBug, is_found) {
  Plan plan;
  plan.seed = number_of("GANTRY_SEED", std::random_device{}());
  plan.deliveries = kDeliveriesWithBug;
  plan.bug = gantry::testing::find_bug(GetParam());
  ASSERT_TRUE(plan.bug);
  const Report report = simulate(plan);
  ASSERT_FALSE(report.violations.empty()) << "seed " << plan.seed;
  std::cout << GetParam() << " after " << report.deliveries
            << " deliveries: " << report.violations.front() << '\n';
}

// Those of scripts, incoming calls and the disk are the crash test's.
INSTANTIATE_TEST_SUITE_P(Simulation, SeededBug,
                         ::testing::Values("outbox-apart", "reply-apart", "reply-late",
                                           "retry-counted-twice", "attempt-reused",
                                           "retry-forgotten", "wait-forgotten", "lost-wake-up",
                                           "double-claim", "order-dropped"),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) {
                             if (c == '-') c = '_';
                           }
                           return name;
                         });

}  // namespace
}  // namespace gantry::simulation
