#pragma once
// The scheduler, the attempts, the outbox and the store of the program in one thread, with only
// clock, HTTP client and script engine replaced. A seed decides who goes on next, what targets
// answer, which writes fail and when the process dies. Checked at each step (checker.h).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/seeded_bugs.h"

namespace gantry::simulation {

struct Plan {
  std::uint64_t seed = 1;
  std::size_t deliveries = 10'000;
  std::optional<testing::Bug> bug;  // that the checker is to find
};

struct Report {
  std::uint64_t deliveries = 0;
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;
  std::uint64_t deaths = 0;
  std::uint64_t failed_writes = 0;
  std::vector<std::string> violations;  // the first ones
};

Report simulate(const Plan& plan);

}  // namespace gantry::simulation
